/*
 * call_form.h - the doors of a call (docs/calls.md) and what the carrier's parameters tell there,
 * in our words (twilio.md 3, 4, 6).
 */
#ifndef SWITCHBACK_SERVER_WEBHOOK_CALL_FORM_H
#define SWITCHBACK_SERVER_WEBHOOK_CALL_FORM_H

#include "server/store/call.h"
#include "server/twilio/form.h"

struct call_door {
	const char *path; /* behind /api/webhooks/twilio/ */
	const char *name; /* what the database calls it */
	bool answered;    /* with a document; else 204 */
	bool begins;      /* a call that is not known yet is begun here */
	bool nudges;      /* may leave something to be done by the carrier's API at once */
};

/* NULL: no door of a call. `path` is the whole one. */
const struct call_door *call_door_find(struct str path);

/* Reads what the door's requests tell into t (door, account, expected, agent and key are the
 * caller's). Everything lives in the arena or the form. *cards counts card numbers taken out.
 * False: ERR_INPUT. */
MUST_USE
bool call_form_read(struct arena *a, const struct call_door *door, const struct form *form,
		    const struct form *query, struct call_told *t, uint64_t *cards,
		    struct err *err);
/* The same of what a door that begins calls needs. */
MUST_USE
bool call_arrival_read(struct arena *a, const struct form *form, struct call_arrival *out,
		       struct err *err);

/* The fallback was asked because a document of ours cannot be carried out (and not because we did
 * not answer): the same document would fail again. twilio.md 8.3: 12xxx and 13xxx. */
bool call_document_refused(const struct form *form);

#endif
