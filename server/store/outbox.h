/*
 * outbox.h - texts that we ask the carrier to send (schema/functions/outbox.sql).
 */
#ifndef SWITCHBACK_SERVER_STORE_OUTBOX_H
#define SWITCHBACK_SERVER_STORE_OUTBOX_H

#include "server/store/work.h"

enum outbox_action {
	OUTBOX_NONE, /* nothing to do: sent, settled, superseded, the lease is gone */
	OUTBOX_SEND, /* the row is `sending` now: ask the carrier */
	OUTBOX_LOOK, /* whether it took effect is unknown: look at the carrier's list */
	OUTBOX_WAIT, /* an earlier text to the same number goes first */
};

struct outbox_claim {
	enum outbox_action action;
	struct str to, from, body;
	int attempts;
	int64_t sending_us;      /* when the last request began, database clock; 0: never */
	struct str account_sid;  /* the store's own account; empty: the platform's */
	struct str token_sealed; /* bytea as hex text, \x... */
	char conversation[ID_TEXT];
};

void outbox_claim(struct flow *f, struct db *db, const struct work *w, struct outbox_claim *out);

enum outbox_result { OUTBOX_SENT, OUTBOX_AGAIN, OUTBOX_FAILED, OUTBOX_UNKNOWN };

struct outbox_settle {
	enum outbox_result result;
	struct str sid;                  /* with SENT */
	unsigned segments;               /* 0: not known */
	int error_code;                  /* 0: none */
	const char *error_en, *error_fr; /* sentences for staff, or NULL */
	unsigned delay_ms;               /* until it is looked at again: AGAIN, UNKNOWN */
};

/* Safe to repeat: a row that has moved on stays where it is. */
void outbox_settle(struct flow *f, struct db *db, const struct work *w,
		   const struct outbox_settle *s);

/* Of these SIDs, those that rows of the organization carry already. */
void outbox_known(struct flow *f, struct db *db, const char *organization, const struct str *sids,
		  size_t n, struct str *out, size_t *out_n);

enum promise_end {
	PROMISE_SETTLED, /* it was kept, or called off */
	PROMISE_BROKEN,  /* it was still open */
	PROMISE_CALLING, /* a call was promised: it is due now, as work */
};

/* A promise's time has come. */
void promise_due(struct flow *f, struct db *db, const struct work *w, enum promise_end *out);

#endif
