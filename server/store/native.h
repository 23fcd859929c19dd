/*
 * native.h - calls that ElevenLabs answers by itself (schema/functions/native.sql).
 */
#ifndef SWITCHBACK_SERVER_STORE_NATIVE_H
#define SWITCHBACK_SERVER_STORE_NATIVE_H

#include "server/store/caller.h"
#include "server/store/work.h"

struct native_asked {
	struct str called, caller; /* valid UTF-8 without NUL */
	const char *sender;        /* e164 | short | withheld | odd */
	struct str sid;            /* a checked CallSid, or empty */
};

/* Texts in the flow's arena. */
struct native_begun {
	bool known;    /* false: the number is no active store's */
	bool begun;    /* a call was announced to staff */
	bool personal; /* what is known of the caller may be told: a signed webhook vouches */
	char organization[ID_TEXT], conversation[ID_TEXT]; /* empty: no call of ours */
	enum language language;
	struct caller caller;
};

/* May be asked again: a call is begun once, and personal things are told once. */
void native_begin(struct flow *f, struct db *db, const struct native_asked *a,
		  struct native_begun *out);

/* Staff are told that a call was answered without knowing anything. organization: ID_TEXT, empty
 * for nobody's. */
void native_unknown(struct flow *f, struct db *db, struct str called, struct str sid,
		    char *organization);

/* ---- does a call last? ---- */

struct watch_claim {
	bool wanted; /* false: it is over, or the lease is gone */
	struct str call_sid, account_sid, token_sealed;
};

void call_watch_claim(struct flow *f, struct db *db, const struct work *w, struct watch_claim *out);

struct watch_told {
	const char *state;   /* call_sessions.state; NULL: it could not be asked */
	int64_t seconds;     /* -1: not told */
	struct str from, to; /* empty: not told */
};

/* *over: the call has ended, now or before. */
void call_watch_told(struct flow *f, struct db *db, const struct work *w,
		     const struct watch_told *t, bool *over);

#endif
