/*
 * script_peer.h - the service as a client may meet it: an HTTP server in threads whose every
 * answer, silence and cut is written by the test. For the console's link.
 */
#ifndef SWITCHBACK_TESTS_SUPPORT_SCRIPT_PEER_H
#define SWITCHBACK_TESTS_SUPPORT_SCRIPT_PEER_H

#include "shared/str.h"

#define SCRIPT_REQUESTS_MAX 512

struct script_request {
	char method[8], path[512]; /* with its query */
	char bearer[128], key[64], after[32];
	char body[4096];
};

struct script_peer;

/* One request on one connection. */
struct script_call {
	struct script_peer *peer;
	int fd;
	unsigned number; /* of all requests, from 0 */
	struct script_request request;
	void *with; /* as given to script_start */
};

/* Answers the call; false closes the connection. Runs in a thread of the connection: calls of
 * several connections run at once. */
typedef bool script_handler(struct script_call *call);

struct script_peer *script_start(script_handler *handler, void *with);
/* Cuts every connection and waits for the threads. */
void script_stop(struct script_peer *p);
/* "http://127.0.0.1:PORT" */
const char *script_url(const struct script_peer *p);

/* What was asked so far; the requests stay where they are. */
unsigned script_count(struct script_peer *p);
const struct script_request *script_request_at(struct script_peer *p, unsigned n);
/* How many of them have this method and a path that begins so. */
unsigned script_asked(struct script_peer *p, const char *method, const char *path);

/* ---- for handlers ---- */

bool script_is(const struct script_call *c, const char *method, const char *path);
bool script_answer(struct script_call *c, int status, const char *type, const char *body);
bool script_json(struct script_call *c, int status, const char *body);
/* The head of an event stream; then script_say(). */
bool script_stream(struct script_call *c);
bool script_say(struct script_call *c, struct str bytes);
/* Closes with a reset. */
bool script_reset(struct script_call *c);
/* Stands still until the client closes or the peer is stopped; then false. */
bool script_hold(struct script_call *c);
/* Waits until the test has called script_let(p) so many times in all; false when stopped. */
bool script_await(struct script_call *c, unsigned times);
void script_let(struct script_peer *p);

#endif
