/*
 * work.h - what is due: claimed under a lease, done under the organization's context
 * (schema/functions/work.sql).
 */
#ifndef SWITCHBACK_SERVER_STORE_WORK_H
#define SWITCHBACK_SERVER_STORE_WORK_H

#include "server/db/db.h"

#define WORK_CLAIM_MAX 32

struct work {
	char organization[ID_TEXT], ref[ID_TEXT], lease[ID_TEXT];
	char kind[32];
	int attempts;
};

struct work_claimed {
	size_t n;
	struct work work[WORK_CLAIM_MAX];
};

/* Claims up to limit (WORK_CLAIM_MAX at most) rows for lease_ms. Not asked again: rows of a lost
 * answer come back when their lease runs out. */
void work_claim(struct flow *f, struct db *db, unsigned limit, unsigned lease_ms,
		struct work_claimed *out);

/* Milliseconds until something is due, -1 when nothing waits. */
void work_next_ms(struct flow *f, struct db *db, int64_t *out);

#endif
