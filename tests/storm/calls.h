/*
 * calls.h - the storm of calls: scripted callers and staff against the running service, one fault a
 * call, and a judge who afterwards holds what the callers heard against what was written down.
 *
 *   calls         the runs: which call gets which script and which fault; kills; the five figures
 *   calls_world   asking the practice line, the service and the database
 *   calls_fault   the faults: each boundary once
 *   calls_script  what callers and staff do
 *   calls_judge   the verdict on one call
 *   calls_heard   its transcript: each line once
 */
#ifndef SWITCHBACK_TESTS_STORM_CALLS_H
#define SWITCHBACK_TESTS_STORM_CALLS_H

#include <jansson.h>
#include <libpq-fe.h>
#include <stdatomic.h>

#include "shared/buf.h"

#define SAID_MAX  12
#define STAFF_MAX 96

/* ---- the world ---- */

struct staff {
	char email[80], password[80], phone[24], id[40];
	char token[2048];
	int64_t token_ms; /* when it was given */
};

struct world {
	const char *sim, *url, *database, *organization, *slug, *number, *pid_file;
	struct staff staff[STAFF_MAX];
	int staff_n;
	bool verbose;
};

/* One thread's connections: to the servers (curl's handle) and to the database. */
struct link {
	const struct world *world;
	void *curl;
	PGconn *db;
};
void link_open(struct link *l, const struct world *w);
void link_close(struct link *l);

/* Asks; the status, 0 when no answer came. *out, unless it is NULL, gets the answer's JSON (NULL
 * when it is none), to be decref'd. `bearer` and `key` (Idempotency-Key) may be NULL. */
int link_ask(struct link *l, const char *method, const char *url, const char *body,
	     const char *bearer, const char *key, json_t **out);
/* The practice line: GET (body NULL) or POST. */
int sim_ask(struct link *l, const char *path, const char *body, json_t **out);
/* POST /api/conversations/{id}/{what} as that member of the staff: again with the same key while no
 * answer or a 5xx comes, for 10 s at most. The last status. */
int staff_asks(struct link *l, struct staff *s, const char *conversation, const char *what,
	       const char *body);
/* The first value of the answer, to be freed; NULL without a row. The parameter may be NULL. */
char *link_sql(struct link *l, const char *sql, const char *parameter);
/* All of it; PQclear it. */
PGresult *link_rows(struct link *l, const char *sql, const char *parameter);
void storm_fail(const char *fmt, ...) PRINTF_LIKE(1, 2);

const char *text_of(const json_t *object, const char *name); /* "" when it is not there */

/* ---- faults ---- */

struct fault {
	const char *words;    /* with one %s for a phone; NULL: nothing goes wrong */
	bool staff;           /* of the first colleague's phone, else of the caller's */
	bool ends;            /* the caller is gone by it */
	const char *on_phone; /* a second switch, thrown with it; or NULL */
};
extern const struct fault faults[];
extern const size_t faults_n;
/* Faults of a whole stretch of calls: of what is asked before it is known whose call it is. */
extern const char *const weathers[];
extern const size_t weathers_n;

/* ---- a call ---- */

enum figure { SILENCE, LOST, VOICES, LINES, HOLDERS, FIGURES };

struct call {
	int n;
	const struct fault *fault;
	const char *weather; /* or NULL; "kill": the service is killed meanwhile */
	const char *script_name;
	struct staff *colleague[2];
	char phone[24], sid[40], conversation[40];
	bool began, over_before, bye;
	int said_n, wrote_n;
	char wrote[SAID_MAX][120]; /* what staff wrote, and the service took */
	bool wrote_unheard[SAID_MAX];
	int won;          /* takeovers that were let in, of those that raced */
	int intruded;     /* lines that were let in without holding the call */
	struct buf notes; /* what went otherwise than the script has it, for the timeline */
};

/* Plays it to its end: the caller has hung up, or is gone. */
void call_play(struct link *l, struct call *c, int script);
extern const int scripts_n;
void call_note(struct call *c, const char *fmt, ...) PRINTF_LIKE(2, 3);

/* ---- the judge ---- */

struct verdict {
	unsigned wrong[FIGURES];
	struct buf said; /* what is wrong, a line each */
	int64_t waited_ms, voices_ms;
};

/* What the judge reads: the caller's leg, conversations at ElevenLabs with their lines, requests of
 * the practice line. */
struct evidence {
	json_t *leg, *talks, *requests;
};

void verdict_add(struct verdict *v, enum figure f, const char *fmt, ...) PRINTF_LIKE(3, 4);
/* `requests`: the practice line's journal of the stretch. */
void call_judge(struct link *l, const struct call *c, const json_t *requests, struct verdict *v);
void lines_judge(struct link *l, const struct call *c, const struct evidence *e, struct verdict *v);
/* All that is known of it, in the order in which it happened. */
void call_timeline(struct link *l, const struct call *c, const json_t *requests, struct buf *out);

#endif
