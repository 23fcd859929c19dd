/*
 * promise.h - when a person will have answered: inside opening hours, so that it can be kept.
 */
#ifndef SWITCHBACK_SERVER_AGENT_PROMISE_H
#define SWITCHBACK_SERVER_AGENT_PROMISE_H

#include "server/agent/store_time.h"

struct promise {
	int64_t due_us; /* whole 5 minutes; always set */
	bool told;      /* the customer may be told the time; else it is only our own alarm */
};

/* The store's target after now, if the store is open until then; else after the first opening that
 * is long enough; with no opening in sight, four hours from now, untold. */
struct promise promise_make(const struct store *s, const struct zone *z, int64_t now_us);

#endif
