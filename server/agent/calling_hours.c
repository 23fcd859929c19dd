/*
 * calling_hours.c - see calling_hours.h.
 */
#include "server/agent/calling_hours.h"

#include "shared/day.h"

#define DAY_MIN  1440
#define AHEAD_US (STORE_LOOK_AHEAD_D * 24 * 3600 * INT64_C(1000000))

/* The first instant of the span, from at_us on, that lies in the window of its day and leaves room;
 * 0: none. A span may run over midnight. */
static int64_t first_in(const struct zone *z, struct calling_window w, const struct store_span *s,
			int64_t at_us)
{
	struct zone_time t;
	int64_t from, until, last_day;

	zone_local(z, s->to_us, &t);
	last_day = t.day;
	zone_local(z, at_us > s->from_us ? at_us : s->from_us, &t);
	for (int64_t day = t.day; day <= last_day; day++) {
		zone_instant(z, day, w.from, &from);
		zone_instant(z, day, w.until, &until);
		if (from < s->from_us)
			from = s->from_us;
		if (from < at_us)
			from = at_us;
		if (until > s->to_us)
			until = s->to_us;
		if (until - from >= CALLING_ROOM_US)
			return from;
	}
	return 0;
}

int64_t calling_next(const struct store *s, const struct zone *z, struct calling_window w,
		     int64_t at_us, int64_t now_us)
{
	struct store_span span;
	int64_t at = at_us, found;

	if (z == NULL || w.until <= w.from || w.from < 0 || w.until > DAY_MIN)
		return 0;
	while (at < at_us + AHEAD_US && store_next_span(s, z, at, now_us, &span)) {
		found = first_in(z, w, &span, at);
		if (found != 0)
			return found < at_us + AHEAD_US ? found : 0;
		at = span.to_us;
	}
	return 0;
}
