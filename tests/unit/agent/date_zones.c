/*
 * date_zones.c - what must hold of days and times in words on every day of two years, in the zones
 * of Canada's stores: the right wall time, the right instant, and what clocks skip or repeat is
 * said.
 */
#include "server/agent/date_words.h"

#include "shared/day.h"
#include "tests/unit/agent/shop.h"

#define DAYS      731
#define MINUTE_US INT64_C(60000000)
#define DAY_MIN   1440

static const char *const zones[] = {"America/Toronto", "America/Vancouver", "America/St_Johns",
				    "America/Halifax", "America/Winnipeg",  "America/Regina"};
static const char *const months[] = {"January",   "February", "March",    "April",
				     "May",       "June",     "July",     "August",
				     "September", "October",  "November", "December"};

struct place {
	struct date_frame frame;
	int64_t today;
	struct arena arena;
};

/* Calls with every day at 11:07 by the clock on the wall. */
static void every_day(const char *name, void (*holds)(struct place *p))
{
	struct zone *z = zone_open(str_of(name));
	struct place p = {.frame = {.zone = z}};
	int64_t first = day_number(2026, 1, 1);

	for (p.today = first; p.today < first + DAYS; p.today++) {
		zone_instant(z, p.today, 11 * 60 + 7, &p.frame.now_us);
		holds(&p);
	}
	arena_free(&p.arena);
	zone_close(z);
}

static struct date_found found(struct place *p, enum language language, const char *text)
{
	struct dates d;

	p->frame.language = language;
	date_words(&p->arena, str_of(text), &p->frame, &d);
	arena_clear(&p->arena);
	cr_assert_eq(d.n, 1, "%s", text);
	return d.found[0];
}

/* The found start is this wall time, with the instant that the zone has for it. */
static void is_at(const struct place *p, const struct date_found *f, const char *text, int64_t day,
		  int minute)
{
	int64_t at_us;
	enum zone_fit fit = zone_instant(p->frame.zone, day, minute, &at_us);

	cr_assert(f->start.timed && f->start.day == day && f->start.minute == minute &&
			  f->start.at_us == at_us && f->start.fit == fit,
		  "\"%s\" said on day %" PRId64 ": day %" PRId64 " minute %d", text, p->today,
		  f->start.day, f->start.minute);
}

/* ---- the properties ---- */

static void times_are_those_on_the_wall(struct place *p)
{
	struct day d = day_split(p->today + 40);
	struct date_found f = found(p, LANGUAGE_EN, "tomorrow at 3:15");
	char text[64];

	is_at(p, &f, "tomorrow at 3:15", p->today + 1, 15 * 60 + 15);
	f = found(p, LANGUAGE_FR, "demain à 9 h 30");
	is_at(p, &f, "demain à 9 h 30", p->today + 1, 9 * 60 + 30);
	snprintf(text, sizeof(text), "%s %d at 2:30 am", months[d.month - 1], d.mday);
	f = found(p, LANGUAGE_EN, text);
	is_at(p, &f, text, p->today + 40, 150);
	snprintf(text, sizeof(text), "le %04d-%02d-%02d à 01:30", d.year, d.month, d.mday);
	f = found(p, LANGUAGE_FR, text);
	is_at(p, &f, text, p->today + 40, 90);
}

static void days_are_the_next_ones(struct place *p)
{
	static const char *const names[] = {"lundi",    "mardi",  "mercredi", "jeudi",
					    "vendredi", "samedi", "dimanche"};
	struct day d;
	char text[64];
	struct date_found f;

	for (int w = 1; w <= 7; w++) {
		f = found(p, LANGUAGE_FR, names[w - 1]);
		cr_assert(f.start.day >= p->today && f.start.day < p->today + 7 &&
				  day_weekday(f.start.day) == w && !f.start.timed,
			  "%s", names[w - 1]);
	}
	d = day_split(p->today + 20);
	snprintf(text, sizeof(text), "le %d", d.mday);
	f = found(p, LANGUAGE_FR, text);
	cr_assert_eq(day_split(f.start.day).mday, d.mday, "%s", text);
	cr_assert(f.start.day >= p->today && f.start.day <= p->today + 20, "%s", text);
}

static void lengths_pass_over_changes_of_clocks(struct place *p)
{
	struct date_found f = found(p, LANGUAGE_EN, "in 20 hours");

	cr_assert_eq(f.start.at_us, p->frame.now_us + 20 * 60 * MINUTE_US);
	f = found(p, LANGUAGE_FR, "dans 20 heures et demie");
	cr_assert_eq(f.start.at_us, p->frame.now_us + (20 * 60 + 30) * MINUTE_US);
	f = found(p, LANGUAGE_EN, "in 3 days");
	cr_assert_eq(f.start.day, p->today + 3);
}

static void weekends_and_weeks_lie_ahead(struct place *p)
{
	struct date_found f = found(p, LANGUAGE_EN, "this weekend");

	cr_assert(f.kind == DATE_RANGE && f.start.day >= p->today &&
		  day_weekday(f.end.day - 1) == 7 && f.end.day <= p->today + 7);
	f = found(p, LANGUAGE_FR, "la semaine prochaine");
	cr_assert(day_weekday(f.start.day) == 1 && f.start.day > p->today &&
		  f.start.day <= p->today + 7 && f.end.day == f.start.day + 7);
}

Test(date_zones, times_are_those_on_the_wall)
{
	for (size_t i = 0; i < ARRAY_LEN(zones); i++)
		every_day(zones[i], times_are_those_on_the_wall);
}

Test(date_zones, days_are_the_next_ones)
{
	every_day("America/St_Johns", days_are_the_next_ones);
}

Test(date_zones, lengths_pass_over_changes_of_clocks)
{
	for (size_t i = 0; i < ARRAY_LEN(zones); i++)
		every_day(zones[i], lengths_pass_over_changes_of_clocks);
}

Test(date_zones, weekends_and_weeks_lie_ahead)
{
	every_day("America/Vancouver", weekends_and_weeks_lie_ahead);
}

Test(date_zones, skipped_and_repeated_times_are_said_to_be_so)
{
	static const struct {
		const char *zone, *now, *text;
		enum zone_fit fit;
		const char *at;
	} cases[] = {
		{"America/Toronto", "2026-03-07T09:00:00-05:00", "tomorrow at 2:30 am",
		 ZONE_SKIPPED, "2026-03-08T07:00:00Z"},
		{"America/Toronto", "2026-03-07T09:00:00-05:00", "demain à 02:30", ZONE_SKIPPED,
		 "2026-03-08T07:00:00Z"},
		{"America/Toronto", "2026-03-07T09:00:00-05:00", "tomorrow at 10", ZONE_ONCE,
		 "2026-03-08T14:00:00Z"},
		{"America/Toronto", "2026-10-31T09:00:00-04:00", "tomorrow at 1:30 am", ZONE_TWICE,
		 "2026-11-01T05:30:00Z"},
		{"America/Toronto", "2026-10-31T09:00:00-04:00", "demain 10h", ZONE_ONCE,
		 "2026-11-01T15:00:00Z"},
		{"America/Vancouver", "2026-03-01T09:00:00-08:00", "sunday march 8 at 2:15am",
		 ZONE_SKIPPED, "2026-03-08T10:00:00Z"},
		{"America/St_Johns", "2026-10-30T12:00:00-02:30", "le 1er novembre à 01:15",
		 ZONE_TWICE, "2026-11-01T03:45:00Z"},
		{"America/Halifax", "2026-10-31T12:00:00-03:00", "monday at 9", ZONE_ONCE,
		 "2026-11-02T13:00:00Z"},
		{"America/Winnipeg", "2026-03-06T12:00:00-06:00", "dimanche à 14 h", ZONE_ONCE,
		 "2026-03-08T19:00:00Z"},
		{"America/Regina", "2026-03-07T12:00:00-06:00", "tomorrow at 2:30 am", ZONE_ONCE,
		 "2026-03-08T08:30:00Z"},
		{"America/Toronto", "2026-03-07T23:30:00-05:00", "in 3 hours", ZONE_ONCE,
		 "2026-03-08T07:30:00Z"},
		{"America/Toronto", "2026-11-01T00:30:00-04:00", "dans 2 h", ZONE_ONCE,
		 "2026-11-01T06:30:00Z"},
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct zone *z = zone_open(str_of(cases[i].zone));
		struct place p = {.frame = {.zone = z, .now_us = at(cases[i].now)}};
		struct date_found f = found(&p, LANGUAGE_UNKNOWN, cases[i].text);

		cr_expect_eq(f.start.fit, cases[i].fit, "%s", cases[i].text);
		cr_expect_eq(f.start.at_us, at(cases[i].at), "%s", cases[i].text);
		arena_free(&p.arena);
		zone_close(z);
	}
}
