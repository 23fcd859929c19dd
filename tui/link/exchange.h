/*
 * exchange.h - HTTP requests to the one service that the console belongs to, and the waiting: the
 * only place that knows curl.
 *
 * Nothing here blocks but exchanges_wait(). Certificates are checked; plain http is for loopback
 * only, unless asked for; no redirect is followed; every request has a deadline; an answer of more
 * than EXCHANGE_ANSWER_MAX bytes counts as lost. What has ended is told from exchanges_turn(),
 * never from within another call, so a caller may start and stop exchanges whenever it likes.
 */
#ifndef SWITCHBACK_TUI_LINK_EXCHANGE_H
#define SWITCHBACK_TUI_LINK_EXCHANGE_H

#include <poll.h>

#include "shared/err.h"
#include "shared/str.h"

#define EXCHANGE_ANSWER_MAX (4u * 1024u * 1024u)
#define EXCHANGE_WHY        160

struct exchanges;
struct exchange;

enum exchange_fate {
	EXCHANGE_ANSWERED, /* status and body are there */
	EXCHANGE_NOT_SENT, /* surely not a byte of the request has left: no name, no connection, no
			      certificate that is good */
	EXCHANGE_LOST,     /* it may have been done, and it may not */
};

struct exchange_answer {
	enum exchange_fate fate;
	int status;             /* when answered */
	struct str body;        /* borrowed for the call; empty for a stream */
	int retry_after_s;      /* 0: not said */
	char why[EXCHANGE_WHY]; /* when not answered: what went wrong, in curl's words */
};

struct exchange_request {
	const char *method;  /* "GET", "POST", "DELETE" */
	const char *path;    /* from the base on, with its query: "/api/me" */
	const char *bearer;  /* access token, or NULL */
	const char *key;     /* Idempotency-Key, or NULL */
	const char *after;   /* Last-Event-ID, or NULL */
	struct str body;     /* JSON; {NULL, 0}: none */
	int64_t deadline_ms; /* for all of it, from now; of a stream: until its head is there */
	void (*on_done)(void *to, const struct exchange_answer *answer);
	/* A stream: the bytes of a 200 as they come; false ends it. NULL: the body is gathered. */
	bool (*on_bytes)(void *to, struct str bytes);
	void *to;
};

/* base: "https://host[:port][/path]". The sentence of an error is meant for the user. */
struct exchanges *exchanges_open(const char *base, bool insecure_http, struct err *err);
/* Everything under way ends, untold. */
void exchanges_close(struct exchanges *e);

/* Never NULL. It is gone when on_done has been called or after exchange_stop(). */
struct exchange *exchange_start(struct exchanges *e, const struct exchange_request *request);
/* Ends it, untold. */
void exchange_stop(struct exchange *x);

/* Waits until something is there for curl, until one of the n fds is ready (their revents say
 * which), or for timeout_ms. */
void exchanges_wait(struct exchanges *e, struct pollfd *fds, size_t n, int timeout_ms);
/* Moves everything on and tells what has ended. */
void exchanges_turn(struct exchanges *e);

/* Is base an address that may be used? The sentence says why not. */
MUST_USE
bool exchange_base_good(const char *base, bool insecure_http, struct err *err);

/* Adds value to a path or query, everything but letters, digits, '-', '_', '.', '~' as %XX. */
struct buf;
void exchange_escape(struct buf *out, struct str value);

#endif
