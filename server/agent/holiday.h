/*
 * holiday.h - the days on which a Canadian store may be closed without anybody having typed it in
 * yet.
 *
 * Knowing a holiday is not knowing the store's hours on it: it only keeps the agent from reading
 * the weekly hours out as if the day were like any other.
 */
#ifndef SWITCHBACK_SERVER_AGENT_HOLIDAY_H
#define SWITCHBACK_SERVER_AGENT_HOLIDAY_H

#include "shared/base.h"

#define HOLIDAY_PATTERNS 5

enum holiday_rule {
	HOLIDAY_FIXED,  /* month, n = day of the month */
	HOLIDAY_NTH,    /* the n-th weekday of the month */
	HOLIDAY_BEFORE, /* the last weekday at or before day n of the month */
	HOLIDAY_EASTER, /* n days after Easter Sunday */
};

struct holiday {
	const char *name_en, *name_fr;
	bool unusual; /* stores are often closed, or keep other hours, all over the country */
	enum holiday_rule rule;
	int month, n, weekday;
	const char *patterns[HOLIDAY_PATTERNS]; /* phrase.h; how people name it */
};

/* One after the other; NULL behind the last. What contains another's name comes first. */
const struct holiday *holiday_at(size_t i);
int64_t holiday_day(const struct holiday *h, int year);
/* The first one at or behind this day (day.h). */
int64_t holiday_next(const struct holiday *h, int64_t from);
/* The holiday on this day, or NULL. */
const struct holiday *holiday_on(int64_t day);

#endif
