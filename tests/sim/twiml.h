/*
 * twiml.h - what a store's webhook answers: TwiML for messages, read as Twilio reads it. Names are
 * case-sensitive, verbs run from top to bottom, a <Redirect> ends the document.
 */
#ifndef SWITCHBACK_TESTS_SIM_TWIML_H
#define SWITCHBACK_TESTS_SIM_TWIML_H

#include "shared/arena.h"
#include "tests/sim/texts.h"

#define SIM_REPLIES_MAX 10 /* error 14109 past it */

struct sim_reply {
	struct str to, from, body, callback; /* empty: the other side's number, ours, none */
	struct str media[SIM_MEDIA_MAX];
	unsigned media_n;
};

struct sim_twiml {
	struct sim_reply replies[SIM_REPLIES_MAX];
	unsigned replies_n;
	struct str redirect; /* where to go on; {NULL, 0} if nowhere */
	bool redirected, redirect_get;
	int warning;         /* 12200, 14109, 14110: reported, the document still runs; 0 none */
	char complaint[160]; /* what was wrong, for the alert */
};

/* False when the document cannot be executed: out->complaint says why (error 12100). */
MUST_USE
bool sim_twiml_read(struct arena *a, struct str xml, struct sim_twiml *out);

#endif
