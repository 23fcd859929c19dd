/*
 * caller.h - somebody on the telephone, for tests: posts the carrier's signed requests at a service
 * and reads the documents that come back. It does what a document says only where the test says so,
 * so that answers can be lost, repeated and mixed up.
 */
#ifndef SWITCHBACK_TESTS_SUPPORT_CALLER_H
#define SWITCHBACK_TESTS_SUPPORT_CALLER_H

#include "tests/support/daemon.h"

struct caller {
	const struct daemon *daemon;
	char sid[40], from[32], to[32];
	const char *state;   /* the carrier's CallStatus: "ringing", then "in-progress" */
	struct buf document; /* the last one */
	int status;
	int64_t took_ms;
};

/* A call that begins to ring; `n` makes its SID. caller_clear it. */
void caller_init(struct caller *c, const struct daemon *d, const char *from, const char *to, int n);
void caller_clear(struct caller *c);

/* One request to a path of ours; `more` are pairs, name, value, ..., NULL, or NULL. Returns the
 * status. */
int caller_asks(struct caller *c, const char *path, const char *const *more);
/* The first request of the call; fails unless it is answered with a document. */
void caller_rings(struct caller *c);
/* The URL of the document that stands in that attribute ("action"), or in a <Redirect>
 * ("Redirect"): its path and query. Fails when there is none. */
void caller_url(const struct caller *c, const char *name, char out[300]);
/* What was heard, pressed, or nothing ("" both): to the document's <Gather action>. */
void caller_says(struct caller *c, const char *words);
void caller_presses(struct caller *c, const char *digit);
/* The document goes on: its <Redirect>. */
void caller_goes_on(struct caller *c);
/* The end, as the number's status callback tells it. */
void caller_hangs_up(struct caller *c);

/* Fails unless the document has that text. */
void caller_hears(const struct caller *c, const char *text);
void caller_does_not_hear(const struct caller *c, const char *text);

#endif
