/*
 * day.h - days of the calendar, without clock and zone: a day is its number since 1970-01-01, so
 * that "the next day" is + 1 and never depends on how long a day is anywhere.
 */
#ifndef SWITCHBACK_SHARED_DAY_H
#define SWITCHBACK_SHARED_DAY_H

#include "shared/str.h"

struct day {
	int year, month, mday; /* 1-12, 1-31 */
	int weekday;           /* ISO: 1 = Monday .. 7 = Sunday */
};

/* The number of a date of the Gregorian calendar; the date must exist (day_exists). */
int64_t day_number(int year, int month, int mday);
bool day_exists(int year, int month, int mday);
struct day day_split(int64_t number);
int day_weekday(int64_t number);

/* Reads exactly "2026-07-01", a date that exists. */
MUST_USE
bool day_parse(struct str s, int64_t *number);

/* The n-th (1..) given weekday of a month: day_nth(2026, 9, 1, 1) is Labour Day. */
int64_t day_nth(int year, int month, int weekday, int n);

#endif
