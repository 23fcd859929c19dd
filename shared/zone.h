/*
 * zone.h - wall time in an IANA zone ("America/Toronto"), from the machine's tz database.
 *
 * Instants are microseconds since 1970 UTC; wall time is a day number (day.h) and a minute of that
 * day. The host's own zone is never used. A wall time that a change of clocks skips or repeats is
 * said to be so, never silently moved (booking point 15).
 */
#ifndef SWITCHBACK_SHARED_ZONE_H
#define SWITCHBACK_SHARED_ZONE_H

#include "shared/str.h"

struct zone;

struct zone_time {
	int64_t day;              /* day.h */
	int minute;               /* of the day, 0..1439, by the clock on the wall */
	int second;               /* 0..59 */
	int offset_s;             /* east of UTC */
	const char *abbreviation; /* "EST"; lives as long as the zone */
};

enum zone_fit {
	ZONE_ONCE,    /* an ordinary wall time */
	ZONE_SKIPPED, /* does not exist: the instant is the change of clocks that skips it */
	ZONE_TWICE,   /* exists twice: the instant is the first */
};

/* Reads the zone's rules; NULL when the tz database has no such zone, or the name is not of the
 * form Area/Place (or UTC). Close it with zone_close(). */
struct zone *zone_open(struct str name);
/* Always the same distance from UTC, less than a day: an instant that names no place. */
struct zone *zone_fixed(int offset_s);
void zone_close(struct zone *z); /* NULL is fine */

void zone_local(const struct zone *z, int64_t at_us, struct zone_time *out);

/* The instant of a wall time. minute may lie outside the day (1500 is 01:00 on the day after). */
enum zone_fit zone_instant(const struct zone *z, int64_t day, int minute, int64_t *at_us);

#endif
