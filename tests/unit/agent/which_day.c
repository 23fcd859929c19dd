/*
 * which_day.c - the days that a question names, asked on Tuesday 2026-06-16; and the holidays.
 */
#include "server/agent/which_day.h"

#include "shared/day.h"
#include "tests/unit/agent/shop.h"

Test(which_day, finds_the_days_that_are_named)
{
	static const struct {
		const char *text, *days; /* dates; "week"; "" */
	} cases[] = {
		{"are you open today", "2026-06-16"},
		{"open tonight", "2026-06-16"},
		{"tomorrow?", "2026-06-17"},
		{"the day after tomorrow", "2026-06-18"},
		{"on saturday", "2026-06-20"},
		{"on tuesday", "2026-06-16"},
		{"next tuesday", "2026-06-23"},
		{"mardi prochain", "2026-06-23"},
		{"sat and sun", "2026-06-20 2026-06-21"},
		{"this weekend", "2026-06-20 2026-06-21"},
		{"la fin de semaine", "2026-06-20 2026-06-21"},
		{"monday to friday", "week"},
		{"7 days a week", "week"},
		{"aujourd'hui", "2026-06-16"},
		{"demain matin", "2026-06-17"},
		{"après-demain", "2026-06-18"},
		{"samedi pis dimanche", "2026-06-20 2026-06-21"},
		{"on July 1st", "2026-07-01"},
		{"le 24 juin", "2026-06-24"},
		{"le 1er juillet", "2026-07-01"},
		{"the 3rd of may", "2027-05-03"},
		{"dec 24 and 25", "2026-12-24 2026-12-25"},
		{"les 24 et 25 décembre", "2026-12-24 2026-12-25"},
		{"the 20th", "2026-06-20"},
		{"le 3", "2026-07-03"},
		{"2026-07-02", "2026-07-02"},
		{"on Canada Day", "2026-07-01"},
		{"à la fête du Canada", "2026-07-01"},
		{"labor day", "2026-09-07"},
		{"l'Action de grâce", "2026-10-12"},
		{"christmas eve", "2026-12-24"},
		{"good friday", "2027-03-26"},
		{"Easter Monday", "2027-03-29"},
		{"fête de la Reine", "2027-05-24"},
		{"st-jean", "2026-06-24"},
		{"are you open", ""},
		{"my 3 bikes", ""},
		{"the 9 am class", ""},
		{"february 31", ""},
	};
	struct store s = shop();
	struct arena a = {0};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct agent_message m = {.body = str_of(cases[i].text)};
		struct phrases read = phrases_read(&a, &m, 1);
		struct asked_days days;
		char text[100] = "";

		which_day(&a, &read.p[0], &s, day_number(2026, 6, 16), &days);
		for (size_t j = 0; j < days.n && !days.week; j++) {
			struct day d = day_split(days.d[j].day);

			snprintf(text + strlen(text), sizeof(text) - strlen(text),
				 "%s%04d-%02d-%02d", j > 0 ? " " : "", d.year, d.month, d.mday);
		}
		if (days.week)
			snprintf(text, sizeof(text), "week");
		cr_expect_str_eq(text, cases[i].days, "%s: %s", cases[i].text, text);
		arena_clear(&a);
	}
	arena_free(&a);
}

Test(which_day, knows_the_holidays_of_other_years)
{
	static const struct {
		const char *name, *date;
	} cases[] = {
		{"Good Friday", "2024-03-29"},   {"Easter Monday", "2025-04-21"},
		{"Easter Sunday", "2038-04-25"}, {"Victoria Day", "2026-05-18"},
		{"Victoria Day", "2027-05-24"},  {"Labour Day", "2025-09-01"},
		{"Thanksgiving", "2025-10-13"},  {"Family Day", "2026-02-16"},
	};
	const struct holiday *h;
	int64_t day;

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		cr_assert(day_parse(str_of(cases[i].date), &day));
		h = holiday_on(day);
		cr_assert_not_null(h, "%s", cases[i].date);
		cr_expect_str_eq(h->name_en, cases[i].name);
	}
	cr_expect_null(holiday_on(day_number(2026, 6, 16)));
}
