/*
 * fetch.h - one HTTP request of the practice line to the store's service, and how it went. Over
 * server/net/http (kept-alive connections, no redirect is followed there).
 *
 * The answer is told exactly once, never inside the call that asked. At most SIM_FETCHES_MAX are
 * under way; the others wait in line for as long as it takes, and their time begins when they do.
 */
#ifndef SWITCHBACK_TESTS_SIM_FETCH_H
#define SWITCHBACK_TESTS_SIM_FETCH_H

#include "shared/arena.h"
#include "tests/sim/sim.h"

#define SIM_FETCHES_MAX 128

enum sim_fetch_problem {
	SIM_FETCH_GOOD,    /* there is an answer, of whatever status */
	SIM_FETCH_CONNECT, /* no connection: refused, unreachable, TLS, name */
	SIM_FETCH_LATE,    /* connected, but no whole answer in time */
	SIM_FETCH_BROKEN,  /* the connection broke or what came was no HTTP */
	SIM_FETCH_LARGE,   /* more than the limit */
};

struct sim_fetch_answer {
	enum sim_fetch_problem problem;
	int status;
	struct str content_type, location, body; /* borrowed for the call */
	const char *text;                        /* of a problem, for people */
	int64_t started_us;                      /* monotonic: when its turn had come */
};

struct sim_fetch {
	bool post;               /* else GET */
	struct str url;          /* without fragment */
	struct str form;         /* body of a POST */
	const char *signature;   /* of Twilio; NULL: the header is left out */
	const char *idempotency; /* I-Twilio-Idempotency-Token */
	const char
		*json_header; /* not Twilio's: the body is JSON, with this header ("Name: value") */
	unsigned connect_ms, total_ms;
	size_t limit; /* of the answer's body */
};

/* Borrows everything until it returns. */
void sim_fetch_start(struct sim *s, const struct sim_fetch *ask,
		     void (*told)(void *with, const struct sim_fetch_answer *), void *with);

/* At the end of the line: those in line are told that nothing came of it. */
void sim_fetches_drop(struct sim *s);

#endif
