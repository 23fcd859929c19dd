/*
 * hook.h - one signed request from "Twilio" to a store: the webhook of an inbound text, or a status
 * callback. Attempts, fallback, redirects and limits are twilio.md 1.2 to 1.4.
 */
#ifndef SWITCHBACK_TESTS_SIM_HOOK_H
#define SWITCHBACK_TESTS_SIM_HOOK_H

#include "tests/sim/pairs.h"
#include "tests/sim/sim.h"
#include "tests/sim/twiml.h"

enum sim_hook_kind { SIM_HOOK_TEXT, SIM_HOOK_STATUS };

struct sim_hook_ask {
	enum sim_hook_kind kind;
	unsigned account;
	const char *sid;  /* of the message */
	struct str phone; /* of the customer: switches may name it */
	const char *url, *method;
	const char *fallback_url, *fallback_method; /* NULL or "": none */
	const struct sim_pairs *params;
};

struct sim_hook_result {
	char url[512]; /* the one that answered last */
	int status;    /* 0: no answer */
	unsigned attempts;
	int code;          /* of what a debugger would show, 0 when all is well */
	const char *fault; /* the switch that fired, NULL if none */
	double ms;
	const struct sim_twiml *twiml; /* NULL when there was none to execute */
};

/* Copies what it needs. `done` is told once, possibly inside this call, and may be NULL. */
void sim_hook_send(struct sim *s, const struct sim_hook_ask *ask,
		   void (*done)(void *with, const struct sim_hook_result *), void *with);

/* Sends what "reorder" holds back; of a line that is closing it is dropped. */
void sim_hooks_release(struct sim *s);

/* `to` as seen from `base`: absolute, or a path on the same host, or beside it. */
struct str sim_url_join(struct arena *a, struct str base, struct str to);

#endif
