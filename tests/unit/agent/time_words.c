/*
 * time_words.c - times and days as people write them, in both languages.
 */
#include "server/agent/time_words.h"

#include "shared/day.h"
#include "tests/unit/agent/shop.h"

static void expect(struct buf *b, const char *want)
{
	cr_expect_str_eq(buf_cstr(b), want, "%s, not %s", buf_cstr(b), want);
	buf_reset(b);
}

Test(time_words, writes_times)
{
	static const struct {
		const char *at, *en, *fr;
	} cases[] = {
		{"2026-06-16T09:00:00-04:00", "9:00 a.m.", "9 h"},
		{"2026-06-16T14:30:00-04:00", "2:30 p.m.", "14 h 30"},
		{"2026-06-16T12:00:00-04:00", "noon", "midi"},
		{"2026-06-16T12:05:00-04:00", "12:05 p.m.", "12 h 05"},
		{"2026-06-16T00:00:00-04:00", "midnight", "minuit"},
		{"2026-06-16T00:15:00-04:00", "12:15 a.m.", "0 h 15"},
		{"2026-11-01T05:30:00Z", "1:30 a.m. EDT", "1 h 30 HAE"},
		{"2026-11-01T06:30:00Z", "1:30 a.m. EST", "1 h 30 HNE"},
	};
	struct zone *z = zone_open(STR_LIT("America/Toronto"));
	struct buf b = {0};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct time_words en = {LANGUAGE_EN, z, 0}, fr = {LANGUAGE_FR, z, 0};

		words_time(&b, &en, at(cases[i].at));
		expect(&b, cases[i].en);
		words_time(&b, &fr, at(cases[i].at));
		expect(&b, cases[i].fr);
	}
	buf_clear(&b);
	zone_close(z);
}

Test(time_words, writes_days_from_where_the_customer_stands)
{
	static const struct {
		const char *at, *when_en, *when_fr, *by_en, *by_fr;
	} cases[] = {
		{"2026-06-16T17:00:00-04:00", "today at 5:00 p.m.", "aujourd'hui à 17 h",
		 "5:00 p.m.", "à 17 h"},
		{"2026-06-17T09:30:00-04:00", "tomorrow at 9:30 a.m.", "demain à 9 h 30",
		 "tomorrow at 9:30 a.m.", "demain à 9 h 30"},
		{"2026-06-20T12:00:00-04:00", "Saturday at noon", "samedi à midi",
		 "Saturday at noon", "samedi à midi"},
		{"2026-06-23T10:00:00-04:00", "Tuesday, June 23 at 10:00 a.m.",
		 "le mardi 23 juin à 10 h", "Tuesday, June 23 at 10:00 a.m.",
		 "le mardi 23 juin à 10 h"},
		{"2026-08-01T10:00:00-04:00", "Saturday, August 1 at 10:00 a.m.",
		 "le samedi 1er aout à 10 h", "Saturday, August 1 at 10:00 a.m.",
		 "le samedi 1er aout à 10 h"},
		{"2027-02-01T10:00:00-05:00", "Monday, February 1, 2027 at 10:00 a.m.",
		 "le lundi 1er février 2027 à 10 h", "Monday, February 1, 2027 at 10:00 a.m.",
		 "le lundi 1er février 2027 à 10 h"},
	};
	struct zone *z = zone_open(STR_LIT("America/Toronto"));
	struct time_words en = {LANGUAGE_EN, z, at(SHOP_NOW)}, fr = {LANGUAGE_FR, z, at(SHOP_NOW)};
	struct buf b = {0};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		words_when(&b, &en, at(cases[i].at));
		expect(&b, cases[i].when_en);
		words_when(&b, &fr, at(cases[i].at));
		expect(&b, cases[i].when_fr);
		words_deadline(&b, &en, at(cases[i].at));
		expect(&b, cases[i].by_en);
		words_deadline(&b, &fr, at(cases[i].at));
		expect(&b, cases[i].by_fr);
	}
	buf_clear(&b);
	zone_close(z);
}

Test(time_words, writes_periods_and_the_week)
{
	static struct store_period periods[] = {{1, 540, 720},  {1, 780, 1050}, {2, 540, 720},
						{2, 780, 1050}, {5, 0, 1440},   {6, 600, 1560}};
	struct store s = shop();
	struct zone *z = zone_open(s.zone);
	struct time_words en = {LANGUAGE_EN, z, at(SHOP_NOW)}, fr = {LANGUAGE_FR, z, at(SHOP_NOW)};
	struct store_day d;
	struct buf b = {0};

	s.periods = periods;
	s.periods_n = ARRAY_LEN(periods);
	store_day_at(&s, z, day_number(2026, 6, 15), en.now_us, &d);
	words_spans(&b, &en, d.spans, d.spans_n);
	expect(&b, "from 9:00 a.m. to noon and from 1:00 p.m. to 5:30 p.m.");
	words_spans(&b, &fr, d.spans, d.spans_n);
	expect(&b, "de 9 h à midi et de 13 h à 17 h 30");
	store_day_at(&s, z, day_number(2026, 6, 19), en.now_us, &d);
	words_spans(&b, &en, d.spans, d.spans_n);
	expect(&b, "24 hours");
	words_week(&b, &en, &s);
	expect(&b, "Monday and Tuesday from 9:00 a.m. to noon and from 1:00 p.m. to 5:30 p.m.; "
		   "Wednesday and "
		   "Thursday closed; Friday 24 hours; Saturday from 10:00 a.m. to 2:00 a.m.; "
		   "Sunday closed");
	words_week(&b, &fr, &s);
	expect(&b, "lundi et mardi de 9 h à midi et de 13 h à 17 h 30; mercredi et jeudi fermé; "
		   "vendredi 24 "
		   "heures sur 24; samedi de 10 h à 2 h; dimanche fermé");
	buf_clear(&b);
	zone_close(z);
}
