/*
 * journal.h - every request in both directions as one JSON object a line: in a file, and the newest
 * in memory for GET /sim/requests.
 *
 * It holds what was said, in full: the practice line is for invented customers. Passwords and
 * signatures are not in it.
 */
#ifndef SWITCHBACK_TESTS_SIM_JOURNAL_H
#define SWITCHBACK_TESTS_SIM_JOURNAL_H

#include <uv.h>

#include "shared/err.h"
#include "tests/sim/pairs.h"

#define SIM_JOURNAL_KEPT  20000
#define SIM_JOURNAL_BYTES (32u * 1024 * 1024)

struct sim_entry {
	const char *side; /* "api", "webhook", "callback", "media", "elevenlabs" */
	const char *method;
	struct str url;
	const struct sim_pairs *params; /* may be NULL */
	int status;                     /* 0: no answer came, or none was given */
	int64_t started_us;             /* monotonic */
	unsigned attempt;               /* of a webhook, from 1; 0 for the API */
	const char *fault;              /* the switch that fired, NULL if none */
	const char *problem;            /* what went wrong, NULL if nothing */
	int code;                       /* Twilio's error code, 0 if none */
	const char *sid;                /* of the message it is about, NULL if none */
};

struct sim_journal {
	char **lines; /* a ring */
	size_t cap, bytes;
	uint64_t first, next; /* numbers of the lines kept, from 1 */
	FILE *file;           /* NULL when no log was asked for */
	uv_timer_t flush;
	bool flush_set, broken;
};

MUST_USE
bool sim_journal_open(struct sim_journal *j, uv_loop_t *loop, const char *file, struct err *err);
/* Writes out what is left. The loop must still turn once. */
void sim_journal_close(struct sim_journal *j);
void sim_journal_add(struct sim_journal *j, const struct sim_entry *e);
void sim_journal_forget(struct sim_journal *j);

/* {"requests":[...],"next":N}: those with number > since, at most `limit`; `next` is the number to
 * ask from the next time. */
void sim_journal_read(const struct sim_journal *j, uint64_t since, size_t limit, struct buf *out);

#endif
