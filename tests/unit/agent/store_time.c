/*
 * store_time.c - open or closed, why, and when next: layers, edges, midnight, changes of clocks.
 */
#include "server/agent/store_time.h"

#include "shared/day.h"
#include "tests/unit/agent/shop.h"

static struct store_status status(const struct store *s, const char *when)
{
	struct zone *z = zone_open(s->zone);
	struct store_status out;

	store_status_at(s, z, at(when), &out);
	zone_close(z);
	return out;
}

static struct store_day day(const struct store *s, const char *date)
{
	struct zone *z = zone_open(s->zone);
	struct store_day out;
	int64_t number;

	cr_assert(day_parse(str_of(date), &number));
	store_day_at(s, z, number, at(SHOP_NOW), &out);
	zone_close(z);
	return out;
}

Test(store_time, counts_the_closing_minute_as_closed)
{
	static const struct {
		const char *when;
		bool open;
		const char *next; /* closing, or opening */
	} cases[] = {
		{"2026-06-16T08:59:59-04:00", false, "2026-06-16T09:00:00-04:00"},
		{"2026-06-16T09:00:00-04:00", true, "2026-06-16T18:00:00-04:00"},
		{"2026-06-16T17:59:59-04:00", true, "2026-06-16T18:00:00-04:00"},
		{"2026-06-16T18:00:00-04:00", false, "2026-06-17T09:00:00-04:00"},
		{"2026-06-20T18:00:00-04:00", false, "2026-06-22T09:00:00-04:00"},
		{"2026-06-30T18:30:00-04:00", false, "2026-07-02T09:00:00-04:00"},
		{"2026-06-24T11:00:00-04:00", false, "2026-06-24T12:00:00-04:00"},
		{"2026-06-24T12:00:00-04:00", true, "2026-06-24T17:00:00-04:00"},
	};
	struct store s = shop();

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct store_status now = status(&s, cases[i].when);

		cr_expect_eq(now.open, cases[i].open, "%s", cases[i].when);
		cr_expect_eq(now.open ? now.closes_us : now.opens_us, at(cases[i].next), "%s",
			     cases[i].when);
	}
}

Test(store_time, lets_the_later_layer_win)
{
	struct store s = shop();

	cr_expect_eq(status(&s, "2026-06-16T12:00:00-04:00").why, STORE_WEEKLY);
	cr_expect_eq(status(&s, "2026-07-01T12:00:00-04:00").why, STORE_SPECIAL);
	cr_expect_not(status(&s, "2026-07-01T12:00:00-04:00").open);
	s.closed_now = true;
	s.closed_until_us = at("2026-06-24T14:00:00-04:00");
	cr_expect_eq(status(&s, "2026-06-16T12:00:00-04:00").why, STORE_BY_HAND);
	cr_expect_eq(status(&s, "2026-06-16T12:00:00-04:00").opens_us,
		     at("2026-06-24T14:00:00-04:00"));
	cr_expect(status(&s, "2026-06-24T14:00:00-04:00").open);
	s.closed_until_us = 0;
	cr_expect_eq(status(&s, "2026-06-16T12:00:00-04:00").opens_us, 0);
}

Test(store_time, owns_up_to_what_it_does_not_know)
{
	struct store s = shop();
	struct store_special blank = {.date = "2026-06-16"};

	s.specials = &blank;
	s.specials_n = 1;
	cr_expect_eq(status(&s, SHOP_NOW).why, STORE_UNKNOWN, "a special day without hours");
	cr_expect_not(status(&s, SHOP_NOW).open);
	s.specials_n = 0;
	s.zone = STR_LIT("America/Nowhere");
	cr_expect_eq(status(&s, SHOP_NOW).why, STORE_UNKNOWN);
	cr_expect_not(status(&s, SHOP_NOW).open);
	s = shop();
	s.periods_n = 0;
	s.specials_n = 0;
	cr_expect_eq(status(&s, SHOP_NOW).why, STORE_UNKNOWN);
	cr_expect_eq(status(&s, SHOP_NOW).opens_us, 0);
}

Test(store_time, finds_the_opening_behind_a_season_and_none_that_is_not_told)
{
	static struct store_special opening = {
		.date = "2027-04-01", .periods = shop_st_jean, .periods_n = 1};
	struct store s = shop();

	s.periods_n = 0;
	s.specials = &opening;
	s.specials_n = 1;
	cr_expect_eq(status(&s, "2026-11-16T15:00:00-05:00").opens_us,
		     at("2027-04-01T12:00:00-04:00"));
	cr_expect_eq(status(&s, "2026-03-16T15:00:00-04:00").opens_us, 0); /* more than a year */
	s.specials_n = 0;
	cr_expect_eq(status(&s, "2026-11-16T15:00:00-05:00").opens_us, 0);
}

Test(store_time, looks_behind_a_winter_of_special_days_and_a_closure_by_hand)
{
	static struct store_special winter[150];
	struct store s = shop();
	int64_t first, last;

	cr_assert(day_parse(STR_LIT("2026-11-10"), &first));
	for (size_t i = 0; i < ARRAY_LEN(winter); i++) {
		struct day d = day_split(first + (int64_t)i);

		winter[i] = (struct store_special){.closed = true};
		snprintf(winter[i].date, sizeof winter[i].date, "%04d-%02d-%02d", d.year % 10000,
			 d.month % 100, d.mday % 100);
	}
	last = first + (int64_t)ARRAY_LEN(winter) - 1;
	cr_assert(day_split(last).month == 4 && day_split(last).mday == 8); /* a Thursday */
	s.specials = winter;
	s.specials_n = ARRAY_LEN(winter);
	cr_expect_eq(status(&s, "2026-11-16T15:00:00-05:00").opens_us,
		     at("2027-04-09T09:00:00-04:00"));
	s.specials_n = 0;
	s.closed_now = true;
	s.closed_until_us = at("2027-04-09T12:00:00-04:00");
	cr_expect_eq(status(&s, "2026-11-16T15:00:00-05:00").opens_us,
		     at("2027-04-09T12:00:00-04:00"));
	s.closed_until_us = at("2027-04-11T12:00:00-04:00"); /* a Sunday */
	cr_expect_eq(status(&s, "2026-11-16T15:00:00-05:00").opens_us,
		     at("2027-04-12T09:00:00-04:00"));
}

Test(store_time, joins_periods_and_runs_over_midnight)
{
	static struct store_period periods[] = {
		{5, 1080, 1560},                                  /* Friday 18:00 to 02:00 */
		{2, 780, 1080},  {2, 540, 720},  {2, 720, 780},   /* out of order, touching */
		{3, 600, 720},   {3, 780, 1020},                  /* a lunch break */
		{4, 600, 500},   {4, -5, 100},   {4, 1500, 1600}, /* nonsense is not read */
	};
	struct store s = shop();
	struct store_day d;

	s.periods = periods;
	s.periods_n = ARRAY_LEN(periods);
	s.specials_n = 0;
	d = day(&s, "2026-06-16");
	cr_expect_eq(d.spans_n, 1);
	cr_expect_eq(d.spans[0].from_us, at("2026-06-16T09:00:00-04:00"));
	cr_expect_eq(d.spans[0].to_us, at("2026-06-16T18:00:00-04:00"));
	d = day(&s, "2026-06-17");
	cr_expect_eq(d.spans_n, 2);
	cr_expect_eq(status(&s, "2026-06-17T12:30:00-04:00").opens_us,
		     at("2026-06-17T13:00:00-04:00"));
	cr_expect_eq(day(&s, "2026-06-18").spans_n, 0);
	cr_expect(status(&s, "2026-06-20T01:59:00-04:00").open);
	cr_expect_not(status(&s, "2026-06-20T02:00:00-04:00").open);
	cr_expect_eq(status(&s, "2026-06-19T23:00:00-04:00").closes_us,
		     at("2026-06-20T02:00:00-04:00"));
}

Test(store_time, closes_a_special_day_from_midnight_to_midnight)
{
	static struct store_period periods[] = {{5, 1080, 1560}, {6, 1080, 1560}};
	static struct store_special saturday = {.date = "2026-06-20", .closed = true};
	struct store s = shop();

	s.periods = periods;
	s.periods_n = ARRAY_LEN(periods);
	s.specials = &saturday;
	s.specials_n = 1;
	cr_expect_eq(status(&s, "2026-06-19T23:00:00-04:00").closes_us,
		     at("2026-06-20T00:00:00-04:00"));
	cr_expect_not(status(&s, "2026-06-20T00:00:00-04:00").open);
	cr_expect_not(status(&s, "2026-06-21T01:00:00-04:00").open);
}

Test(store_time, stays_open_around_the_clock)
{
	static struct store_period always[] = {{1, 0, 1440}, {2, 0, 1440}, {3, 0, 1440},
					       {4, 0, 1440}, {5, 0, 1440}, {6, 0, 1440},
					       {7, 0, 1440}};
	struct store s = shop();

	s.periods = always;
	s.periods_n = ARRAY_LEN(always);
	cr_expect_eq(status(&s, SHOP_NOW).closes_us, at("2026-06-24T00:00:00-04:00"),
		     "until St-Jean");
	s.specials_n = 0;
	cr_expect(status(&s, SHOP_NOW).open);
	cr_expect_eq(status(&s, SHOP_NOW).closes_us, 0);
}

Test(store_time, keeps_its_hours_when_clocks_change)
{
	static struct store_period sunday[] = {{7, 540, 1020}, {6, 1320, 1590}};
	static struct store_period skipped[] = {{7, 150, 240}};
	static struct store_period gone[] = {{7, 125, 170}};
	struct store s = shop();

	s.specials_n = 0;
	s.periods = sunday;
	s.periods_n = 2;
	cr_expect_eq(status(&s, "2026-03-08T12:00:00Z").opens_us, at("2026-03-08T13:00:00Z"),
		     "EDT");
	cr_expect_eq(status(&s, "2026-11-01T12:00:00Z").opens_us, at("2026-11-01T14:00:00Z"),
		     "EST");
	/* Saturday 22:00 to 02:30, which Sunday 8 March does not have: the change of clocks */
	cr_expect_eq(status(&s, "2026-03-08T04:00:00Z").closes_us, at("2026-03-08T07:00:00Z"));
	/* and which 1 November has once, after 01:00 came twice */
	cr_expect_eq(status(&s, "2026-11-01T04:00:00Z").closes_us, at("2026-11-01T07:30:00Z"));
	s.periods = skipped;
	s.periods_n = 1;
	cr_expect_eq(day(&s, "2026-03-08").spans[0].from_us, at("2026-03-08T07:00:00Z"));
	cr_expect_eq(day(&s, "2026-03-08").spans[0].to_us, at("2026-03-08T08:00:00Z"));
	s.periods = gone;
	cr_expect_eq(day(&s, "2026-03-08").spans_n, 0, "all of it is skipped");
}
