/*
 * hours.h - opening hours in words: "mon 9:00-12:00,13:00-18:00", "mon-fri 9-18", "sun closed".
 *
 * Minutes count from the local midnight that begins the day; a period that ends past midnight
 * ("18:00-02:00") closes after 1440.
 */
#ifndef SWITCHBACK_SERVER_CTL_HOURS_H
#define SWITCHBACK_SERVER_CTL_HOURS_H

#include "shared/buf.h"
#include "shared/err.h"
#include "shared/str.h"

#define HOURS_PERIODS_MAX 6

struct hours_day {
	unsigned weekdays; /* bit 1 Monday ... bit 7 Sunday */
	size_t n;          /* 0: closed */
	struct {
		int opens, closes;
	} periods[HOURS_PERIODS_MAX]; /* in order, apart */
};

/* "DAY[-DAY] PERIODS". */
MUST_USE
bool hours_parse(struct str text, struct hours_day *out, struct err *err);

/* PERIODS alone: "closed" or "9:00-12:00,13:00-18:00". Leaves weekdays as they are. */
MUST_USE
bool hours_periods_parse(struct str text, struct hours_day *out, struct err *err);

/* "9:00-12:00", as hours_parse() reads it. */
void hours_period_say(struct buf *b, int opens, int closes);

/* "mon" ... "sun" of 1 ... 7. */
const char *hours_weekday(int weekday);

#endif
