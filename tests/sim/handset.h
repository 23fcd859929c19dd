/*
 * handset.h - what a phone shows: its texts in and out with times and states, as JSON; at once, or
 * when there is news ("long polling": the phone screen and scripts wait here).
 */
#ifndef SWITCHBACK_TESTS_SIM_HANDSET_H
#define SWITCHBACK_TESTS_SIM_HANDSET_H

#include "server/net/web.h"
#include "tests/sim/json.h"
#include "tests/sim/sim.h"

#define SIM_WAIT_MAX_MS 30000

struct sim_handset_ask {
	struct str phone;
	uint64_t since;
	unsigned wait_ms;
	bool held; /* a person looks at it: what rings there is answered by hand */
};

/* Answers the ticket with the texts and calls of the phone that changed after version `since`; when
 * there are none, waits up to wait_ms for some. */
void sim_handset_answer(struct sim *s, struct ticket t, const struct sim_handset_ask *ask);
/* Somebody holds that phone in their hand now. */
bool sim_handset_held(const struct sim *s, struct str phone);
/* One text as an object of an array. */
void sim_handset_text(const struct sim *s, const struct sim_text *t, struct buf *b);

/* Tells those who wait; the listener of sim_texts. */
void sim_handset_news(void *sim, const struct sim_text *t);
/* The same for a call of their phone. */
void sim_handset_call_news(const struct sim_leg *leg);
/* Ends all waiting; nobody is answered. */
void sim_handset_drop(struct sim *s);

#endif
