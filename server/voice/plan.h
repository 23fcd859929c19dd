/*
 * plan.h - what the caller's leg does next, as a document (TwiML; twilio.md 4). Pure: the facts of
 * the call go in, markup comes out. The stage decides (docs/calls.md), and every URL in a document
 * carries the leg and the document's number.
 */
#ifndef SWITCHBACK_SERVER_VOICE_PLAN_H
#define SWITCHBACK_SERVER_VOICE_PLAN_H

#include "server/store/call.h"
#include "shared/buf.h"

#define PLAN_LIMIT (64u * 1024)
#define PLAN_HOOKS "/api/webhooks/twilio/"
/* Behind the address of whatever is fetched for a call: asked three times more when nobody
 * answered, or with 5xx (twilio.md 1.2); no part of what is signed. */
#define PLAN_RETRIES  "#rc=3&rp=5xx,ct,rt"
#define PLAN_MEDIA    "/api/media/twilio"
#define PLAN_TRIES    3  /* of a request while the database is away; then the store's number */
#define PLAN_RING_S   25 /* so long that number is rung */
#define PLAN_RECORD_S 180

struct plan_places {
	const char *public_url; /* without a slash at its end */
	struct str token;       /* of the media stream, where the facts' stage is bridge */
};

/* The document of the facts' stage, or of a staff phone. False: it would be too large, which no
 * facts make it. */
MUST_USE
bool plan_document(struct buf *out, const struct call_facts *f, const struct plan_places *p);

/* The same request again in a second: `target` is the path and query of this one (its parameter
 * `try` is replaced). Says nothing, and does not answer a ringing call. */
MUST_USE
bool plan_again(struct buf *out, const char *public_url, struct str target, int try);

/* The store itself, by the number for calls that we cannot take; then, when nobody answers there,
 * a sentence. `number` may be empty: the sentence at once. The language may be unknown: both. */
MUST_USE
bool plan_store(struct buf *out, const char *public_url, struct str number, enum language l);
/* That the call cannot be taken now. */
MUST_USE
bool plan_sorry(struct buf *out, enum language l);
/* The call ends here; a number that is nobody's is not answered at all. */
MUST_USE
bool plan_hangup(struct buf *out);
MUST_USE
bool plan_refusal(struct buf *out);

#endif
