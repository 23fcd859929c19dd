/*
 * outbound.h - calls to customers as work: what is due, and what came of it
 * (schema/functions/outbound.sql).
 */
#ifndef SWITCHBACK_SERVER_STORE_OUTBOUND_H
#define SWITCHBACK_SERVER_STORE_OUTBOUND_H

#include "server/agent/calling_hours.h"
#include "server/store/work.h"

enum outbound_action {
	OUTBOUND_NONE,   /* nothing to ask of anybody: settled, put off, the lease is gone */
	OUTBOUND_DECIDE, /* due: may it be now? Then outbound_place, else outbound_later */
	OUTBOUND_LOOK,   /* whether the carrier dials is unknown: look at its list */
	OUTBOUND_WATCH,  /* it dials or talks, and nothing was heard for a while: ask */
};

/* Texts in the flow's arena. */
struct outbound_claim {
	enum outbound_action action;
	bool pickup; /* an order is ready; else a call back */
	enum language language;
	struct str order_number, to, from;
	int64_t placing_us;      /* when the last request began, database clock; 0: never */
	struct str call_sid;     /* with WATCH */
	struct str account_sid;  /* the store's own account; empty: the platform's */
	struct str token_sealed; /* bytea as hex text, \x... */
	struct calling_window window;
	struct store store; /* with DECIDE */
};

void outbound_claim(struct flow *f, struct db *db, const struct work *w,
		    struct outbound_claim *out);

/* why: hours | no_hours | carrier */
void outbound_later(struct flow *f, struct db *db, const struct work *w, int64_t due_us,
		    const char *why);

struct outbound_words {
	const char *opening, *machine, *text;
};

struct outbound_placing {
	bool go; /* the leg is there, and the carrier may be asked; else it was put off or is over
		  */
	char leg[ID_TEXT];
};

/* The moment after which the carrier may be asked, through that account. Not asked again: what a
 * lost answer began is found by outbound_claim. */
void outbound_place(struct flow *f, struct db *db, const struct work *w, struct str account_sid,
		    const struct outbound_words *words, struct outbound_placing *out);

enum outbound_result {
	OUTBOUND_PLACED,  /* sid is the call */
	OUTBOUND_AGAIN,   /* surely not taken: once more after delay_ms */
	OUTBOUND_REFUSED, /* for good */
	OUTBOUND_UNKNOWN, /* look again after delay_ms */
	OUTBOUND_OVER,    /* the carrier's record says that the call is over: state */
};

struct outbound_settle {
	enum outbound_result result;
	struct str sid;
	const char *state; /* call_sessions.state */
	int error_code;    /* 0: none */
	unsigned delay_ms;
};

/* Safe to repeat: what has moved on stays where it is. */
void outbound_settle(struct flow *f, struct db *db, const struct work *w,
		     const struct outbound_settle *s);

/* Of these SIDs, those that legs of the organization carry already. */
void call_sids_known(struct flow *f, struct db *db, const char *organization,
		     const struct str *sids, size_t n, struct str *out, size_t *out_n);

#endif
