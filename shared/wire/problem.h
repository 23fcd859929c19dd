/*
 * problem.h - a refusal (application/problem+json, RFC 9457) and what it tells beside its code:
 * who holds the conversation, under which epoch.
 */
#ifndef SWITCHBACK_SHARED_WIRE_PROBLEM_H
#define SWITCHBACK_SHARED_WIRE_PROBLEM_H

#include "shared/wire/message.h"

struct wire_problem {
	int status;
	const char *code;       /* "already_held", ...; never NULL, "" when there is none */
	const char *title;      /* for people, English; or NULL */
	const char *request_id; /* or NULL */
	/* of already_held and stale_epoch */
	enum holder holder;
	char holder_user_id[WIRE_ID];
	const char *holder_name;
	int64_t holder_since;
	int64_t epoch; /* 0: not told */
};

/* Reads what it can of the answer's body; a body that is none (a proxy's page, nothing) gives the
 * status alone. Never fails: the refusal stands, whatever its words. */
void wire_problem_read(int status, struct str json, struct arena *a, struct wire_problem *out);

#endif
