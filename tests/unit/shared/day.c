/*
 * day.c - the calendar: numbers, dates, weekdays.
 */
#include "shared/day.h"

#include <criterion/criterion.h>

Test(day, counts_from_1970)
{
	cr_expect_eq(day_number(1970, 1, 1), 0);
	cr_expect_eq(day_number(2000, 2, 29), 11016);
	cr_expect_eq(day_number(1969, 12, 31), -1);
	cr_expect_eq(day_weekday(day_number(2026, 7, 1)), 3);
	cr_expect_eq(day_weekday(day_number(1900, 1, 1)), 1);
}

Test(day, splits_what_it_counted)
{
	for (int64_t n = -800000; n < 800000; n += 13) {
		struct day d = day_split(n);

		cr_assert_eq(day_number(d.year, d.month, d.mday), n);
		cr_assert(d.weekday >= 1 && d.weekday <= 7);
	}
}

Test(day, reads_only_dates_that_exist)
{
	static const char *const bad[] = {"2026-02-29", "2026-13-01", "2026-00-10", "2026-1-01",
					  "2026-04-31", "0000-01-01", "20260401",   "2026-04-3x",
					  "",           "2026-04-011"};
	int64_t n;

	cr_expect(day_parse(STR_LIT("2028-02-29"), &n));
	cr_expect_eq(n, day_number(2028, 2, 29));
	for (size_t i = 0; i < ARRAY_LEN(bad); i++)
		cr_expect_not(day_parse(str_of(bad[i]), &n), "%s", bad[i]);
}

Test(day, finds_the_nth_weekday_of_a_month)
{
	cr_expect_eq(day_nth(2026, 9, 1, 1), day_number(2026, 9, 7));
	cr_expect_eq(day_nth(2026, 10, 1, 2), day_number(2026, 10, 12));
	cr_expect_eq(day_nth(2026, 2, 7, 1), day_number(2026, 2, 1));
}
