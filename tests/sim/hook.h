/*
 * hook.h - one signed request from "Twilio" to a store: the webhook of a text or a call, or a
 * status callback. Attempts, fallback, redirects and limits are twilio.md 1.2 to 1.4.
 */
#ifndef SWITCHBACK_TESTS_SIM_HOOK_H
#define SWITCHBACK_TESTS_SIM_HOOK_H

#include "tests/sim/pairs.h"
#include "tests/sim/sim.h"
#include "tests/sim/twiml.h"

enum sim_hook_kind {
	SIM_HOOK_TEXT,       /* its TwiML is executed here */
	SIM_HOOK_STATUS,     /* of a text: what is answered does not matter */
	SIM_HOOK_VOICE,      /* of a call: its document is handed to whoever asked */
	SIM_HOOK_CALL_STATUS /* of a call */
};

struct sim_hook_ask {
	enum sim_hook_kind kind;
	unsigned account;
	const char *sid;  /* of the message */
	struct str phone; /* of the customer: switches may name it */
	const char *url, *method;
	const char *fallback_url, *fallback_method; /* NULL or "": none */
	const struct sim_pairs *params;
	/* Of SIM_HOOK_VOICE: the document can be executed; else *why (160 bytes) says why not, and
	 * the fallback has its turn. */
	bool (*check)(struct str document, char why[160]);
};

struct sim_hook_result {
	char url[512]; /* the one that answered last */
	int status;    /* 0: no answer */
	unsigned attempts;
	int code;          /* of what a debugger would show, 0 when all is well */
	const char *fault; /* the switch that fired, NULL if none */
	double ms;
	const struct sim_twiml *twiml; /* of a text; NULL when there was none to execute */
	/* Of a call: borrowed for the call of done; document.p is NULL when there was none. */
	struct str document, content_type;
};

/* Copies what it needs. `done` is told once, possibly inside this call, and may be NULL. */
void sim_hook_send(struct sim *s, const struct sim_hook_ask *ask,
		   void (*done)(void *with, const struct sim_hook_result *), void *with);

/* Sends what "reorder" holds back; of a line that is closing it is dropped. */
void sim_hooks_release(struct sim *s);

/* `to` as seen from `base`: absolute, or a path on the same host, or beside it. */
struct str sim_url_join(struct arena *a, struct str base, struct str to);

#endif
