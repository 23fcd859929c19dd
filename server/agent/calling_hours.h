/*
 * calling_hours.h - when a store may call a customer by itself: while it is open, and inside a
 * window of its own day, so that nobody is rung at night whatever the hours say.
 *
 * All in the store's zone. What is not known is no: without hours, without a zone or without a
 * window nobody is called.
 */
#ifndef SWITCHBACK_SERVER_AGENT_CALLING_HOURS_H
#define SWITCHBACK_SERVER_AGENT_CALLING_HOURS_H

#include "server/agent/store_time.h"

/* A call is not begun when less than this is left: somebody must be there to talk. */
#define CALLING_ROOM_US (5 * 60 * INT64_C(1000000))

/* Minutes by the clock on the wall, until > from; until 0 stands for "never". */
struct calling_window {
	int from, until;
};

/* The first instant from at_us on at which a call may begin; 0: none in the next days
 * (STORE_LOOK_AHEAD_D). now_us matters for a closure by hand only. */
int64_t calling_next(const struct store *s, const struct zone *z, struct calling_window w,
		     int64_t at_us, int64_t now_us);

#endif
