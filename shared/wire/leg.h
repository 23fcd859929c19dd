/*
 * leg.h - a leg of a call as call.started, call.updated and call.ended tell of it (docs/events.md),
 * as far as somebody must know who acts on it. Strictness as in conversation.h.
 */
#ifndef SWITCHBACK_SHARED_WIRE_LEG_H
#define SWITCHBACK_SHARED_WIRE_LEG_H

#include "shared/wire/message.h"

struct wire_leg {
	char call_id[WIRE_ID];
	bool customer;     /* the caller's; else a staff phone's */
	const char *stage; /* what it is connected to: "bridge", "ended", ... */
};

/* json: the event's data line. */
MUST_USE
bool wire_leg_read(struct str json, struct arena *a, struct wire_leg *out, struct err *err);

#endif
