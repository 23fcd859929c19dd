/*
 * calling_hours.c - when customers may be called: hours and window together, holidays, closures,
 * changes of clocks.
 */
#include "server/agent/calling_hours.h"

#include "tests/unit/agent/shop.h"

#define USUAL             \
	{                 \
		540, 1200 \
	} /* 9:00 to 20:00 */
#define ALL_DAY(w)         \
	{                  \
		w, 0, 1440 \
	}

static struct store_period always[] = {ALL_DAY(1), ALL_DAY(2), ALL_DAY(3), ALL_DAY(4),
				       ALL_DAY(5), ALL_DAY(6), ALL_DAY(7)};

static struct store day_and_night(void)
{
	struct store s = shop();

	s.periods = always;
	s.periods_n = ARRAY_LEN(always);
	s.specials_n = 0;
	return s;
}

struct calling_case {
	struct calling_window window;
	const char *from, *next; /* NULL: never */
};

static void expect_next(const struct store *s, const struct calling_case *c)
{
	struct zone *z = zone_open(s->zone);
	int64_t next = calling_next(s, z, c->window, at(c->from), at(c->from));
	char text[CLOCK_TEXT] = "never";

	if (next != 0)
		clock_text(next, text);
	cr_expect_eq(next, c->next == NULL ? 0 : at(c->next), "from %s: %s, wanted %s", c->from,
		     text, c->next == NULL ? "never" : c->next);
	zone_close(z);
}

Test(calling_hours, are_the_store_s_and_the_window_s)
{
	static const struct calling_case cases[] = {
		{USUAL, SHOP_NOW, SHOP_NOW},
		{USUAL, "2026-06-16T08:10:00-04:00", "2026-06-16T09:00:00-04:00"},
		/* five minutes before closing nobody is rung any more */
		{USUAL, "2026-06-16T17:55:00-04:00", "2026-06-16T17:55:00-04:00"},
		{USUAL, "2026-06-16T17:55:01-04:00", "2026-06-17T09:00:00-04:00"},
		/* Thursday is open to 20:30, calls end at 20:00 */
		{USUAL, "2026-06-18T19:56:00-04:00", "2026-06-19T09:00:00-04:00"},
		/* over a Sunday; into Saturday's later opening */
		{USUAL, "2026-06-20T16:58:00-04:00", "2026-06-22T09:00:00-04:00"},
		{USUAL, "2026-06-19T18:00:00-04:00", "2026-06-20T10:00:00-04:00"},
		/* closed for the day; open in the afternoon only */
		{USUAL, "2026-06-30T18:00:00-04:00", "2026-07-02T09:00:00-04:00"},
		{USUAL, "2026-06-24T10:00:00-04:00", "2026-06-24T12:00:00-04:00"},
		/* a window that no hours meet, an empty one, one upside down */
		{{0, 480}, SHOP_NOW, NULL},
		{{0, 0}, SHOP_NOW, NULL},
		{{1200, 540}, SHOP_NOW, NULL},
	};
	struct store s = shop();

	for (size_t i = 0; i < ARRAY_LEN(cases); i++)
		expect_next(&s, &cases[i]);
}

Test(calling_hours, follow_the_clock_on_the_wall_when_it_changes)
{
	static const struct calling_case cases[] = {
		/* the night of the change: nine by the new time, not an hour beside it */
		{USUAL, "2026-03-07T20:00:00-05:00", "2026-03-08T09:00:00-04:00"},
		{USUAL, "2026-10-31T20:00:00-04:00", "2026-11-01T09:00:00-05:00"},
		{USUAL, "2026-03-08T19:56:00-04:00", "2026-03-09T09:00:00-04:00"},
		{USUAL, "2026-11-01T19:50:00-05:00", "2026-11-01T19:50:00-05:00"},
		/* 1:30 to 3:00 is half an hour in spring, and 2:10 to 2:50 is not at all */
		{{90, 180}, "2026-03-08T01:54:00-05:00", "2026-03-08T01:54:00-05:00"},
		{{90, 180}, "2026-03-08T01:56:00-05:00", "2026-03-09T01:30:00-04:00"},
		{{130, 170}, "2026-03-08T00:00:00-05:00", "2026-03-09T02:10:00-04:00"},
		/* 1:00 to 2:00 comes twice in autumn: it begins with the first and ends with the
		   last */
		{{60, 120}, "2026-11-01T00:10:00-04:00", "2026-11-01T01:00:00-04:00"},
		{{60, 120}, "2026-11-01T01:30:00-05:00", "2026-11-01T01:30:00-05:00"},
		{{60, 120}, "2026-11-01T01:58:00-05:00", "2026-11-02T01:00:00-05:00"},
	};
	struct store s = day_and_night();

	for (size_t i = 0; i < ARRAY_LEN(cases); i++)
		expect_next(&s, &cases[i]);
}

Test(calling_hours, are_none_where_nothing_is_known_or_the_store_is_closed_by_hand)
{
	struct calling_case usual = {USUAL, SHOP_NOW, NULL};
	struct calling_case reopened = {USUAL, SHOP_NOW, "2026-06-18T13:00:00-04:00"};
	struct store s = shop();

	cr_expect_eq(calling_next(&s, NULL, usual.window, at(SHOP_NOW), at(SHOP_NOW)), 0);
	s.periods_n = s.specials_n = 0;
	expect_next(&s, &usual);
	s = shop();
	s.closed_now = true;
	expect_next(&s, &usual);
	s.closed_until_us = at("2026-06-18T13:00:00-04:00");
	expect_next(&s, &reopened);
}
