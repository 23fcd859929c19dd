/*
 * run.h - a leg's document, verb by verb. A verb that lasts is an act: at most one is there, and
 * whatever ends it (its time, the person, an update of the call) ends it here.
 */
#ifndef SWITCHBACK_TESTS_SIM_VOICE_RUN_H
#define SWITCHBACK_TESTS_SIM_VOICE_RUN_H

#include "tests/sim/voice/leg.h"
#include "tests/sim/voice/tree.h"

#define SIM_DOCUMENTS_MAX 1000 /* of one call */

struct sim_program {
	struct arena arena;
	struct sim_node *next; /* the verb to come */
	struct str base;       /* where it came from; empty when it was given with a request */
	bool first;            /* no verb has run yet */
	bool inlined;
};

enum sim_stop {
	SIM_STOP_DONE,     /* it has come to its own end */
	SIM_STOP_REDIRECT, /* another document takes over */
	SIM_STOP_END,      /* the call is over */
};

struct sim_act_kind {
	const char *name;
	/* Gives everything back, the act too. */
	void (*stop)(struct sim_act *a, enum sim_stop why);
	/* The person begins to speak; has spoken; has pressed a digit. NULL: it does not listen. */
	void (*talks)(struct sim_act *a);
	void (*heard)(struct sim_act *a, struct str words);
	void (*digit)(struct sim_act *a, char digit);
};

struct sim_act {
	const struct sim_act_kind *kind;
	struct sim_leg *leg;
};

/* The leg waits for it. */
void sim_act_begin(struct sim_leg *leg, struct sim_act *a);
/* It is done: stopped (SIM_STOP_DONE), and the next verb runs, inside this call. */
void sim_act_end(struct sim_act *a);

/* Stops what runs, with this reason; the leg then has nothing to do. */
void sim_run_stop(struct sim_leg *leg, enum sim_stop why);
/* Runs a document that was given with a request. False when it cannot be executed. */
MUST_USE
bool sim_run_inline(struct sim_leg *leg, struct str twiml, char why[160]);

struct sim_document {
	struct str url;
	bool get;
	struct str fallback;
	bool fallback_get;
	const struct sim_pairs *more; /* parameters behind the usual ones; may be NULL */
	bool discard;                 /* asked for, but what it answers does not count */
};

/* Fetches a document and runs it in place of what runs. A relative URL is one beside the document
 * that runs. */
void sim_run_fetch(struct sim_leg *leg, const struct sim_document *d);
/* The same from a verb's attributes "action" and "method"; without an action: the document that
 * runs. */
void sim_run_action(struct sim_leg *leg, const char *action, const char *method,
		    const struct sim_pairs *more);
/* An address as the document means it; empty when it cannot be called. */
struct str sim_run_url(const struct sim_leg *leg, struct arena *a, struct str url);

/* ---- between the files of verbs ---- */

typedef void sim_verb(struct sim_leg *leg, const struct sim_node *n);

sim_verb sim_verb_sound; /* Say, Play, Pause */
sim_verb sim_verb_gather;
sim_verb sim_verb_dial;
sim_verb sim_verb_connect;
sim_verb sim_verb_start;
sim_verb sim_verb_stop;
sim_verb sim_verb_record;

#endif
