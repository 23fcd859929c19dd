/*
 * sim_world.h - a practice line and a scripted store on one loop, for tests: the store keeps what
 * it was asked and answers what it was told to. Every wait ends in a failed test after 10 s.
 */
#ifndef SWITCHBACK_TESTS_SUPPORT_SIM_WORLD_H
#define SWITCHBACK_TESTS_SUPPORT_SIM_WORLD_H

#include <jansson.h>

#include "server/net/http.h"
#include "server/net/web.h"
#include "tests/sim/line.h"
#include "tests/sim/pairs.h"

#define WORLD_ACCOUNT "AC00000000000000000000000000000001"
#define WORLD_TOKEN   "9f3c1d2ab45e6f708192a3b4c5d6e7f8"
#define WORLD_SECRET  "wsec_0123456789abcdef0123456789abcdef"
#define WORLD_STORE   "+14165550001"
#define WORLD_PHONE   "+15145550199"
#define WORLD_SEEN    400

/* A request that the store received. */
struct world_seen {
	struct str method, path, target, body, signature, token, agent;
	struct sim_pairs params;
	int64_t at_us;
};

/* What the store answers; zero is 200, text/xml, <Response/>. */
struct world_answer {
	int status;
	const char *content_type; /* "" leaves it out */
	const char *body;
	const char *location;
	bool hang;
	bool reset;
	size_t size; /* instead of body: so many bytes */
};

struct sim_world {
	struct sim_line line;
	struct arena arena;
	struct web *store;
	int store_port;
	struct world_seen seen[WORLD_SEEN];
	size_t seen_n;
	struct world_answer answers[32]; /* in their order; then the plain one */
	size_t answers_n, answers_at;
	struct {
		const char *path, *body;
	} by_path[16]; /* before those */
	size_t by_path_n;
	/* who takes WebSockets to the store, NULL nobody */
	void (*upgrade)(void *with, const struct web_request *r, struct ticket t);
	void *upgrade_with;
	/* of the last question to the line */
	struct http_answer answer;
	json_t *json; /* its body, NULL if it is none */
	bool answered;
};

/* Opens both. `url` is the SmsUrl behind http://127.0.0.1:PORT, NULL is /api/webhooks/twilio/sms;
 * change(o), if not NULL, may change the options before. */
void world_open(struct sim_world *w, const char *url, void (*change)(struct sim_options *o));
void world_close(struct sim_world *w);

/* The next answers of the store. */
void world_will_answer(struct sim_world *w, struct world_answer a);
/* "http://127.0.0.1:PORT" and path. */
const char *world_url(struct sim_world *w, const char *path);

/* Turns the loop until done(w) or the time is over; says which. */
bool world_until(struct sim_world *w, bool (*done)(struct sim_world *w), unsigned ms);
/* Turns it until the store was asked n times in all; false after ms. */
bool world_sees(struct sim_world *w, size_t n, unsigned ms);
/* Turns it until no text is on its way and no request is under way; fails after 10 s. */
void world_rests(struct sim_world *w);
/* Turns it for so long: for what must not happen. */
void world_waits(struct sim_world *w, unsigned ms);

/* Asks the line and turns the loop until it has answered; w->answer and w->json have what came.
 * `body` NULL is a GET. A path under /2010-04-01 carries the credentials; a body that begins with
 * '{' is JSON, else a form. `header` is one more, NULL none. Returns the status, 0 without answer.
 */
int world_ask(struct sim_world *w, const char *method, const char *path, const char *body,
	      const char *header, unsigned timeout_ms);
/* POST /sim/texts and its answer. */
int world_text(struct sim_world *w, const char *body);
/* POST Messages.json from WORLD_STORE; `more` is further form text beginning with '&', or "". */
int world_send(struct sim_world *w, const char *to, const char *more);
/* Throws a switch: the words of faults.h. */
void world_fault(struct sim_world *w, const char *text);
/* The store's number calls this path, behind http://127.0.0.1:PORT, from now on; "" for nothing. */
void world_voice(struct sim_world *w, const char *voice, const char *status);
/* Answers of the store with this body, by path: for calls, whose order is not certain. */
void world_answers(struct sim_world *w, const char *path, const char *body);
/* POST /sim/calls from WORLD_PHONE; the SID, and the call is in w->json. */
const char *world_call(struct sim_world *w);
/* POST /sim/calls/{sid} with one member; the status. */
int world_do(struct sim_world *w, const char *sid, const char *member, const char *value);
/* The newest call in w->json. */
void world_look(struct sim_world *w, const char *sid);
/* Waits until a line of that call (kind NULL: of any kind) holds the words, 10 s at most. */
bool world_hears(struct sim_world *w, const char *sid, const char *kind, const char *words);
/* Waits until the call has that status, 10 s at most. */
bool world_call_is(struct sim_world *w, const char *sid, const char *status);
/* The n-th request (from 0) to that path, NULL if it has not come; after waiting for it. */
const struct world_seen *world_asked(struct sim_world *w, const char *path, size_t n);
bool world_said(const struct world_seen *s, const char *name, const char *value);
/* POST /2010-04-01/Accounts/{AC}/path with a form. */
int world_api(struct sim_world *w, const char *path, const char *form);
/* A member of w->json by its path, "webhook.status". */
const json_t *world_member(const struct sim_world *w, const char *path);
int64_t world_number(const struct sim_world *w, const char *path);
const char *world_word(const struct sim_world *w, const char *path);

#endif
