/*
 * when.h - times as staff read them, in the store's zone: "14:05", "3 min", "Tue 14 July". Minutes
 * are rounded down; a time that lies ahead of us is "now".
 *
 * A console has one zone at a time, so it is the C library's (TZ); the service, which has many,
 * goes by shared/zone.h and GLib, which would take 1.1 MiB of the console's memory.
 */
#ifndef SWITCHBACK_TUI_MODEL_WHEN_H
#define SWITCHBACK_TUI_MODEL_WHEN_H

#include "shared/language.h"
#include "shared/str.h"

#define WHEN_TEXT 40

struct when {
	enum language language;
	int64_t now_us;
};

/* From now on all clocks are those of this zone of the tz database ("America/Toronto"); UTC for ""
 * and for what is none. The first call comes before the program has threads: it makes room in the
 * environment, which later calls change in place. */
void when_zone(struct str name);

/* "14:05", "14 h 05". */
void when_clock(const struct when *w, int64_t at_us, char out[WHEN_TEXT]);
/* "now", "3 min", "2 h"; from 24 h on the day: "14 Jul". */
void when_short(const struct when *w, int64_t at_us, char out[WHEN_TEXT]);
/* How long that is: "now", "3 min", "2 h 10", "3 d". */
void when_since(const struct when *w, int64_t at_us, char out[WHEN_TEXT]);
/* How long until then, at least "1 min". */
void when_left(const struct when *w, int64_t at_us, char out[WHEN_TEXT]);
/* "Today", "Yesterday", "Tuesday 14 July", with the year when it is another. */
void when_day(const struct when *w, int64_t at_us, char out[WHEN_TEXT]);
/* "14:05", or with the day when that is not today: "Tue 14 Jul 14:05". */
void when_full(const struct when *w, int64_t at_us, char out[WHEN_TEXT]);
/* "2026-07-14". */
void when_date(int64_t at_us, char out[WHEN_TEXT]);
/* The number of its day in the store's zone. */
int64_t when_day_number(int64_t at_us);

#endif
