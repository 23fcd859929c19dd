/*
 * turn.h - a turn while it is made: what agent.c and on_call.c share, and nobody else.
 */
#ifndef SWITCHBACK_SERVER_AGENT_TURN_H
#define SWITCHBACK_SERVER_AGENT_TURN_H

#include "server/agent/agent.h"
#include "server/agent/answer.h"
#include "server/agent/understand.h"

struct turn {
	struct arena *arena;
	const struct agent_in *in;
	struct agent_out *out;
	struct zone *zone;
	struct reply reply;
	struct findings found;
	bool media, text; /* came with the messages */
	/* what is left for a person */
	const char *reason, *class;
	int urgency; /* of that reason: smaller is more urgent */
	struct buf words;
};

/* A person must see it: f (or NULL) are the words, and the smallest urgency gives the reason. */
void turn_leave(struct turn *t, int urgency, const char *reason, const char *class,
		const struct finding *f);

/* ---- on a call (on_call.c) ---- */

/* A key, silence, or a wait that was too long; and what is not understood is asked for once more.
 * answered: a part was. True: nothing is to be added. */
bool on_call_wish(struct turn *t, bool answered);
/* The turn has a reason: whether a person comes now, or when they call back. */
void on_call_hand_over(struct turn *t, bool answered);
/* Nothing was asked while a call back is promised: says when, where that is what is wondered.
 * False: it is not, or somebody comes to the phone. */
bool on_call_chase(struct turn *t, unsigned topics);

#endif
