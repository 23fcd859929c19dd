/*
 * steer.h - what a leg of a call needs of the carrier's API, and what came of asking
 * (schema/functions/call_steer.sql).
 */
#ifndef SWITCHBACK_SERVER_STORE_STEER_H
#define SWITCHBACK_SERVER_STORE_STEER_H

#include "server/store/work.h"

enum steer_need {
	STEER_NONE,
	STEER_DIAL,     /* the call is written down as asked for: ask */
	STEER_LOOK,     /* it may have been made: look at the carrier's list */
	STEER_REDIRECT, /* the leg is to fetch its next document */
	STEER_END,
	STEER_FETCH, /* is it still there? */
	STEER_HOLD,
	STEER_UNHOLD,
	STEER_MUTE,
	STEER_UNMUTE,
	STEER_STAY, /* the room does not end with this leg any more */
};

struct steer_claim {
	enum steer_need need;
	bool staff;                /* a staff phone's leg */
	struct str call_sid;       /* empty: not known yet */
	struct str conference_sid; /* of the room that it is in */
	struct str to, from;       /* of DIAL and LOOK */
	int64_t dialled_us;        /* when the call was asked for; database clock */
	int64_t proves;            /* the document that was surely played; 0: none */
	bool french;               /* the customer is spoken to in French */
	struct str account_sid;    /* the store's own account; empty: the platform's */
	struct str token_sealed;   /* bytea as hex text */
};

/* May be asked again: a call that was written down as asked for is then looked for, not made. */
void steer_claim(struct flow *f, struct db *db, const struct work *w, struct steer_claim *out);

enum steer_result {
	STEER_DONE,
	STEER_AGAIN,   /* surely not done */
	STEER_UNKNOWN, /* may have been done */
	STEER_REFUSED, /* for good */
	STEER_GONE,    /* no such call, or not in progress; no such participant */
	STEER_ABSENT,  /* LOOK: nothing in the list could be it */
};

#define STEER_SIDS_MAX 64

struct steer_settle {
	enum steer_result result;
	struct str sid;         /* of a call that was made */
	const struct str *sids; /* LOOK: those that could be it, checked */
	size_t sids_n;
	const char *state; /* where the carrier says that the call is, in our words; or NULL */
	int code;          /* the carrier's error; 0: none */
};

/* Safe to repeat. *out: what it needs next. */
void steer_settle(struct flow *f, struct db *db, const struct work *w, enum steer_need need,
		  const struct steer_settle *s, enum steer_need *out);

const char *steer_word(enum steer_need need);

#endif
