/*
 * delays.h - growing delays after wrong passwords, by whatever is counted: an address, an account's
 * name, the two together. Never a lock: the longest is a minute, and a quarter of an hour without a
 * further failure forgets all.
 *
 * Names that are nobody's are counted like all others, so a delay does not tell who has an account.
 * Bounded: of too many the one that failed longest ago is forgotten. What is counted is kept as a
 * digest under a key of this process.
 */
#ifndef SWITCHBACK_SERVER_STAFF_DELAYS_H
#define SWITCHBACK_SERVER_STAFF_DELAYS_H

#include "shared/str.h"

struct delays;

struct delays *delays_new(void);
void delays_free(struct delays *d);

enum delay_of {
	DELAY_ADDRESS, /* 20 are free: many people may sit behind one */
	DELAY_ACCOUNT, /* 4 are free: the delays of the database (schema/functions/session.sql) */
	DELAY_PAIR,    /* an account from an address; 4 are free */
};

/* Seconds until the next try may be made, rounded up; 0: now. */
unsigned delays_left_s(const struct delays *d, enum delay_of kind, struct str a, struct str b);
/* A try is about to be made. True: tries are delayed here, so it counts as failed from now on (of
 * many at a time one is made); delays_forget when it turns out right. False: not counted. */
MUST_USE
bool delays_counted(struct delays *d, enum delay_of kind, struct str a, struct str b);
void delays_failed(struct delays *d, enum delay_of kind, struct str a, struct str b);
/* Takes back what delays_counted counted; what was counted before stays. */
void delays_uncounted(struct delays *d, enum delay_of kind, struct str a, struct str b);
void delays_forget(struct delays *d, enum delay_of kind, struct str a, struct str b);

#endif
