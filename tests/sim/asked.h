/*
 * asked.h - one request to /sim/: who may ask, its query and JSON body, and how it is answered.
 * Between the files that hold control paths (control.c, voice/control.c, eleven/control.c).
 */
#ifndef SWITCHBACK_TESTS_SIM_ASKED_H
#define SWITCHBACK_TESTS_SIM_ASKED_H

#include <jansson.h>

#include "server/net/web.h"
#include "tests/sim/json.h"
#include "tests/sim/sim.h"

struct sim_asked {
	struct sim *sim;
	const struct web_request *request;
	struct ticket ticket;
	struct arena arena;
	struct sim_pairs query;
	json_t *body; /* of a POST: an object; NULL otherwise */
};

typedef void sim_asked_step(struct sim_asked *q);

/* Refuses what does not come from this machine and what is no JSON, else runs step. */
void sim_asked_serve(struct app *app, const struct web_request *r, struct ticket t,
		     sim_asked_step *step);

void sim_asked_refuse(struct ticket t, int status, const char *detail);
void sim_asked_refuse_err(struct ticket t, const struct err *err);
/* Gives b back. */
void sim_asked_reply(struct sim_asked *q, struct buf *b);
/* 200 with {}. */
void sim_asked_done(struct sim_asked *q);

/* Of the body; empty when it is not there or no text. */
struct str sim_asked_text(const struct sim_asked *q, const char *name);
uint64_t sim_asked_number(const struct sim_asked *q, const char *name, uint64_t otherwise);
/* A part of the path, decoded. */
struct str sim_asked_part(struct sim_asked *q, unsigned i);

/* One handler for each step: a route knows only a function. */
#define SIM_ASKED(step)                                                                      \
	static void on_##step(struct app *app, const struct web_request *r, struct ticket t) \
	{                                                                                    \
		sim_asked_serve(app, r, t, step);                                            \
	}

#endif
