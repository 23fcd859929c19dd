/*
 * when.c - times as staff read them, in the store's zone and in no other.
 */
#include <criterion/criterion.h>

#include "shared/clock.h"
#include "tui/model/when.h"

static int64_t us(const char *text)
{
	int64_t at = 0;

	cr_assert(clock_parse(text, &at), "bad instant in the test: %s", text);
	return at;
}

Test(when, shows_the_clock_of_the_stores_zone)
{
	static const struct {
		const char *zone, *at, *en, *fr;
	} cases[] = {
		{"America/Toronto", "2026-07-01T22:30:00Z", "18:30", "18 h 30"},
		{"America/Toronto", "2026-01-01T03:59:59Z", "22:59", "22 h 59"},
		{"America/Toronto", "2120-03-10T07:00:00Z", "3:00", "3 h 00"},
		{"America/St_Johns", "2026-03-08T05:29:00Z", "1:59", "1 h 59"},
		{"Asia/Kathmandu", "2026-07-01T00:00:00Z", "5:45", "5 h 45"},
		{"UTC", "1969-12-31T23:59:59Z", "23:59", "23 h 59"},
		{"", "2026-07-01T22:30:00Z", "22:30", "22 h 30"},
		{"Mars/Olympus", "2026-07-01T22:30:00Z", "22:30", "22 h 30"},
		{"EST5EDT4", "2026-07-01T22:30:00Z", "22:30", "22 h 30"},
		{"../../../etc/localtime", "2026-07-01T22:30:00Z", "22:30", "22 h 30"},
		{"/usr/share/zoneinfo/America/Toronto", "2026-07-01T22:30:00Z", "22:30", "22 h 30"},
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct when en = {LANGUAGE_EN, 0}, fr = {LANGUAGE_FR, 0};
		char text[WHEN_TEXT];

		when_zone(str_of(cases[i].zone));
		when_clock(&en, us(cases[i].at), text);
		cr_expect_str_eq(text, cases[i].en, "%s: %s", cases[i].zone, text);
		when_clock(&fr, us(cases[i].at), text);
		cr_expect_str_eq(text, cases[i].fr, "%s: %s", cases[i].zone, text);
	}
}

Test(when, says_the_day_where_it_is_another_there)
{
	struct when w = {LANGUAGE_EN, us("2026-07-14T03:00:00Z")}; /* Monday evening in Toronto */
	char text[WHEN_TEXT];

	when_zone(STR_LIT("America/Toronto"));
	when_day(&w, us("2026-07-13T05:00:00Z"), text);
	cr_expect_str_eq(text, "Today");
	when_day(&w, us("2026-07-13T03:59:00Z"), text);
	cr_expect_str_eq(text, "Yesterday");
	when_full(&w, us("2026-07-14T15:05:00Z"), text);
	cr_expect_str_eq(text, "Tue 14 Jul 11:05");
	when_date(us("2026-01-01T04:00:00Z"), text);
	cr_expect_str_eq(text, "2025-12-31");
	cr_expect_eq(when_day_number(us("2026-07-14T03:59:59Z")) + 1,
		     when_day_number(us("2026-07-14T04:00:00Z")));
}

Test(when, says_how_long_in_whole_minutes)
{
	static const struct {
		int64_t seconds;
		const char *since, *left;
	} cases[] = {
		{0, "now", "1 min"},        {59, "now", "1 min"},       {60, "1 min", "1 min"},
		{3599, "59 min", "59 min"}, {3600, "1 h 00", "1 h 00"}, {7800, "2 h 10", "2 h 10"},
		{36000, "10 h", "10 h"},    {86400, "1 d", "1 d"},      {-5, "now", "1 min"},
	};
	struct when w = {LANGUAGE_EN, us("2026-07-14T12:00:00Z")};
	char text[WHEN_TEXT];

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		when_since(&w, w.now_us - cases[i].seconds * 1000000, text);
		cr_expect_str_eq(text, cases[i].since);
		when_left(&w, w.now_us + cases[i].seconds * 1000000, text);
		cr_expect_str_eq(text, cases[i].left);
	}
}
