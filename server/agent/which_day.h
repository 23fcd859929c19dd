/*
 * which_day.h - the days that a question about opening hours names: "today", "demain", "samedi",
 * "this weekend", "July 1", "le 24 juin", "2026-07-01", holidays by their names, and the store's
 * own special days by theirs. (Dates for appointments are another, larger matter.)
 */
#ifndef SWITCHBACK_SERVER_AGENT_WHICH_DAY_H
#define SWITCHBACK_SERVER_AGENT_WHICH_DAY_H

#include "server/agent/holiday.h"
#include "server/agent/phrase.h"

#define ASKED_DAYS_MAX 4

struct asked_day {
	int64_t day;
	const struct holiday *holiday; /* named as such; or NULL */
};

struct asked_days {
	struct asked_day d[ASKED_DAYS_MAX]; /* in the order of the calendar, none twice */
	size_t n;
	bool week;     /* the whole week: "this week", "Monday to Friday", more days than we list */
	bool holidays; /* "on holidays", none named */
};

/* Marks the words that it understands as explained. today: the store's. */
void which_day(struct arena *a, struct phrase *p, const struct store *s, int64_t today,
	       struct asked_days *out);

#endif
