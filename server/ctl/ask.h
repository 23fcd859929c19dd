/*
 * ask.h - one request to a provider, for an operator's command: synchronous, bounded, no redirects.
 */
#ifndef SWITCHBACK_SERVER_CTL_ASK_H
#define SWITCHBACK_SERVER_CTL_ASK_H

#include "shared/arena.h"
#include "shared/err.h"
#include "shared/str.h"

struct ask {
	const char *who;             /* "Twilio": for the sentence of a failure */
	const char *where;           /* its address as the operator set it */
	const char *url;             /* the whole */
	const char *user, *password; /* NULL: none */
	const char *header;          /* one more, "xi-api-key: ..."; NULL: none */
	struct str body;             /* a form; p NULL: GET */
};

/* The answer's status and body (in the arena), whatever they are; false when there was none. */
MUST_USE
bool ask_send(const struct ask *q, struct arena *a, long *status, struct str *body,
	      struct err *err);

#endif
