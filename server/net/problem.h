/*
 * problem.h - what a refused request is told (RFC 9457), from one table.
 *
 * An answer carries a status, a stable code, a title and the request's id, and nothing else: why it
 * was refused in detail stands in the log under that id. The codes are part of the API's contract
 * (docs/openapi.yaml): they may be added to, never changed.
 */
#ifndef SWITCHBACK_SERVER_NET_PROBLEM_H
#define SWITCHBACK_SERVER_NET_PROBLEM_H

#include "shared/err.h"
#include "shared/str.h"

enum problem {
	PROBLEM_NONE,
	PROBLEM_MALFORMED, /* not HTTP as we take it */
	PROBLEM_INPUT,
	PROBLEM_UNAUTHENTICATED,
	PROBLEM_DENIED,
	PROBLEM_MISSING,
	PROBLEM_METHOD,
	PROBLEM_SLOW,
	PROBLEM_CONFLICT,
	PROBLEM_ALREADY_HELD, /* a colleague holds the conversation: which one stands beside it */
	PROBLEM_STALE_EPOCH,  /* it has changed hands since: the new epoch stands beside it */
	PROBLEM_CONVERSATION_CLOSED, /* it is over */
	PROBLEM_NOT_HOLDER,          /* only who holds it may do that */
	PROBLEM_PROMISE_OPEN,
	PROBLEM_UNREACHABLE,
	PROBLEM_OPTED_OUT,
	PROBLEM_NOT_READY,
	PROBLEM_ALREADY_QUEUED,
	PROBLEM_CALL_OVER,       /* there is no live call */
	PROBLEM_NO_PHONE,        /* no number at which that person may be rung */
	PROBLEM_ALREADY_CLAIMED, /* a colleague's phone is being rung: whose stands beside it */
	PROBLEM_ON_A_CALL,       /* that person is on another call */
	PROBLEM_WRONG_STAGE,     /* not at this point of the call */
	PROBLEM_IDEMPOTENCY,     /* the key was used for another request */
	PROBLEM_GONE,
	PROBLEM_EVENTS_GONE, /* the stream cannot go on from that number: begin with a list */
	PROBLEM_BODY_TOO_LARGE,
	PROBLEM_TARGET_TOO_LONG,
	PROBLEM_MEDIA_TYPE,
	PROBLEM_EXPECTATION,
	PROBLEM_UPGRADE,
	PROBLEM_TOO_MANY,
	PROBLEM_HEAD_TOO_LARGE,
	PROBLEM_INTERNAL,
	PROBLEM_NOT_IMPLEMENTED,
	PROBLEM_BUSY,
	PROBLEM_UNAVAILABLE,
	PROBLEM_TIMEOUT,
	PROBLEM_VERSION,
	PROBLEM_COUNT
};

struct problem_row {
	int status;
	const char *code, *title;
};

/* The row of a problem; PROBLEM_NONE and anything unknown read as PROBLEM_INTERNAL. */
const struct problem_row *problem_row(enum problem p);
/* The problem that an error of this kind becomes at the door. */
enum problem problem_of(enum err_kind kind);

/* The problem of that code; PROBLEM_NONE when there is none. */
enum problem problem_by_code(struct str code);

/* The JSON body, ended by NUL; returns its length. `room` of PROBLEM_TEXT is always enough. */
#define PROBLEM_TEXT 320
size_t problem_write(enum problem p, const char *request_id, char *out, size_t room);

#endif
