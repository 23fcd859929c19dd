/*
 * caller.h - what a store knows of somebody who calls, as caller_context(...) writes it
 * (schema/functions/caller_context.sql), read into what the voice agent is told.
 */
#ifndef SWITCHBACK_SERVER_STORE_CALLER_H
#define SWITCHBACK_SERVER_STORE_CALLER_H

#include "server/agent/variables.h"

struct caller {
	struct store store;
	struct variables_in in; /* in.store points into this struct: do not move it */
};

/* Everything in the arena; no JSON at all gives a caller of whom, and of whose store, nothing is
 * known. Left to the asker: now_us, language, and the names of call, thread and numbers. */
void caller_of_json(struct arena *a, struct str json, struct caller *out);

#endif
