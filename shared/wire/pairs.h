/*
 * pairs.h - a flat JSON object of texts, for the database's jsonb parameters.
 */
#ifndef SWITCHBACK_SHARED_WIRE_PAIRS_H
#define SWITCHBACK_SHARED_WIRE_PAIRS_H

#include "shared/arena.h"

struct pair {
	struct str name, value;
};

/* {"name":"value",...} in the arena; of a repeated name the last value stands. Text must be valid
 * UTF-8 without NUL (utf8_repair). */
const char *pairs_json(struct arena *a, const struct pair *pairs, size_t n);

#endif
