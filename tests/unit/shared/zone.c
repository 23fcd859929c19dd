/*
 * zone.c - wall time and instants in the zones where stores are, on the days when clocks change.
 */
#include "shared/zone.h"

#include <criterion/criterion.h>

#include "shared/clock.h"
#include "shared/day.h"

static int64_t us(const char *text)
{
	int64_t at;

	cr_assert(clock_parse(text, &at), "bad instant in the test: %s", text);
	return at;
}

Test(zone, knows_places_and_nothing_else)
{
	static const char *const good[] = {"America/Toronto", "America/St_Johns", "UTC",
					   "America/Argentina/Buenos_Aires", "Etc/GMT+5"};
	static const char *const bad[] = {
		"",
		"Mars/Olympus",
		"EST5",
		"+05:00",
		"America",
		"America/Argentina",
		"../etc/passwd",
		"/usr/share/zoneinfo/UTC",
		"America/../UTC",
		"America/Toronto\n",
		"-05",
		"A/aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"};

	for (size_t i = 0; i < ARRAY_LEN(good); i++) {
		struct zone *z = zone_open(str_of(good[i]));

		cr_expect_not_null(z, "%s", good[i]);
		zone_close(z);
	}
	for (size_t i = 0; i < ARRAY_LEN(bad); i++)
		cr_expect_null(zone_open(str_of(bad[i])), "%s", bad[i]);
	cr_expect_null(zone_open((struct str){NULL, 0}));
	zone_close(NULL);
}

Test(zone, says_what_the_clock_on_the_wall_shows)
{
	static const struct {
		const char *zone, *at, *day;
		int minute, offset_s;
		const char *abbreviation;
	} cases[] = {
		{"America/Toronto", "2026-07-01T22:30:00Z", "2026-07-01", 18 * 60 + 30, -14400,
		 "EDT"},
		{"America/Toronto", "2026-01-01T03:59:59Z", "2025-12-31", 22 * 60 + 59, -18000,
		 "EST"},
		{"America/St_Johns", "2026-03-08T05:29:00Z", "2026-03-08", 119, -12600, "NST"},
		{"America/St_Johns", "2026-03-08T05:30:00Z", "2026-03-08", 180, -9000, "NDT"},
		{"America/Vancouver", "2024-11-03T08:59:00Z", "2024-11-03", 119, -25200, "PDT"},
		{"America/Vancouver", "2024-11-03T09:00:00Z", "2024-11-03", 60, -28800, "PST"},
		{"UTC", "1969-12-31T23:59:59Z", "1969-12-31", 1439, 0, "UTC"},
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct zone *z = zone_open(str_of(cases[i].zone));
		struct zone_time t;
		int64_t day;

		zone_local(z, us(cases[i].at), &t);
		cr_assert(day_parse(str_of(cases[i].day), &day));
		cr_expect_eq(t.day, day, "%s", cases[i].at);
		cr_expect_eq(t.minute, cases[i].minute, "%s: %d", cases[i].at, t.minute);
		cr_expect_eq(t.offset_s, cases[i].offset_s, "%s", cases[i].at);
		cr_expect_str_eq(t.abbreviation, cases[i].abbreviation);
		zone_close(z);
	}
}

Test(zone, finds_the_instant_and_owns_up_to_changes_of_clocks)
{
	static const struct {
		const char *zone, *day;
		int minute;
		enum zone_fit fit;
		const char *at;
	} cases[] = {
		{"America/Toronto", "2026-07-01", 540, ZONE_ONCE, "2026-07-01T13:00:00Z"},
		{"America/Toronto", "2026-03-08", 119, ZONE_ONCE, "2026-03-08T06:59:00Z"},
		{"America/Toronto", "2026-03-08", 120, ZONE_SKIPPED, "2026-03-08T07:00:00Z"},
		{"America/Toronto", "2026-03-08", 150, ZONE_SKIPPED, "2026-03-08T07:00:00Z"},
		{"America/Toronto", "2026-03-08", 180, ZONE_ONCE, "2026-03-08T07:00:00Z"},
		{"America/Toronto", "2026-11-01", 59, ZONE_ONCE, "2026-11-01T04:59:00Z"},
		{"America/Toronto", "2026-11-01", 60, ZONE_TWICE, "2026-11-01T05:00:00Z"},
		{"America/Toronto", "2026-11-01", 119, ZONE_TWICE, "2026-11-01T05:59:00Z"},
		{"America/Toronto", "2026-11-01", 120, ZONE_ONCE, "2026-11-01T07:00:00Z"},
		{"America/Toronto", "2026-10-31", 1440 + 90, ZONE_TWICE, "2026-11-01T05:30:00Z"},
		{"America/Toronto", "2026-11-02", -60, ZONE_ONCE, "2026-11-02T04:00:00Z"},
		{"America/St_Johns", "2026-03-08", 150, ZONE_SKIPPED, "2026-03-08T05:30:00Z"},
		{"America/St_Johns", "2026-11-01", 90, ZONE_TWICE, "2026-11-01T04:00:00Z"},
		{"America/Vancouver", "2024-11-03", 90, ZONE_TWICE, "2024-11-03T08:30:00Z"},
		{"America/Regina", "2026-03-08", 150, ZONE_ONCE, "2026-03-08T08:30:00Z"},
		{"Pacific/Apia", "2011-12-30", 720, ZONE_SKIPPED, "2011-12-30T10:00:00Z"},
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct zone *z = zone_open(str_of(cases[i].zone));
		int64_t day, at;
		enum zone_fit fit;

		cr_assert(day_parse(str_of(cases[i].day), &day));
		fit = zone_instant(z, day, cases[i].minute, &at);
		cr_expect_eq(fit, cases[i].fit, "%s %s %d", cases[i].zone, cases[i].day,
			     cases[i].minute);
		cr_expect_eq(at, us(cases[i].at), "%s %s %d", cases[i].zone, cases[i].day,
			     cases[i].minute);
		zone_close(z);
	}
}

Test(zone, goes_there_and_back_through_a_whole_year)
{
	static const char *const zones[] = {"America/Toronto", "America/St_Johns",
					    "America/Vancouver", "America/Regina"};

	for (size_t i = 0; i < ARRAY_LEN(zones); i++) {
		struct zone *z = zone_open(str_of(zones[i]));
		int64_t first = day_number(2026, 1, 1);

		for (int64_t step = 0; step < 365 * 48; step++) {
			struct zone_time t;
			int64_t at;
			enum zone_fit fit = zone_instant(z, first, (int)(step * 30), &at);

			zone_local(z, at, &t);
			if (fit != ZONE_SKIPPED)
				cr_expect_eq(t.day * 1440 + t.minute, first * 1440 + step * 30);
		}
		zone_close(z);
	}
}

Test(zone, survives_instants_out_of_this_world)
{
	static const int64_t wild[] = {INT64_MIN, INT64_MAX, 0, -1, 253402300800000000};
	struct zone *z = zone_open(STR_LIT("America/Toronto"));

	for (size_t i = 0; i < ARRAY_LEN(wild); i++) {
		struct zone_time t;

		zone_local(z, wild[i], &t);
		cr_expect(t.minute >= 0 && t.minute < 1440);
	}
	zone_close(z);
}

Test(zone, a_fixed_one_never_changes_its_clocks)
{
	struct zone *z = zone_fixed(-12600);
	struct zone_time t;
	int64_t at;

	zone_local(z, us("2026-07-01T12:00:00Z"), &t);
	cr_expect_eq(t.minute, 8 * 60 + 30);
	cr_expect_eq(t.offset_s, -12600);
	cr_expect_eq(zone_instant(z, day_number(2026, 3, 8), 150, &at), ZONE_ONCE);
	cr_expect_eq(at, us("2026-03-08T06:00:00Z"));
	zone_close(z);
}
