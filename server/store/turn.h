/*
 * turn.h - one turn of the agent: its context read in one round trip, its decision stored in
 * another (schema/functions/agent_turn.sql).
 */
#ifndef SWITCHBACK_SERVER_STORE_TURN_H
#define SWITCHBACK_SERVER_STORE_TURN_H

#include "server/agent/agent.h"
#include "server/store/work.h"

#define TURN_MESSAGES_MAX 20

struct turn_message {
	char id[ID_TEXT];
	struct str body;
	int media;
	bool answered; /* an earlier turn has seen it */
};

/* Everything lives in the flow's arena. */
struct turn_context {
	bool found; /* false: not our lease any more, or nothing to answer; the work is settled */
	int64_t epoch, answered_to;
	struct store store;
	struct agent_in in; /* in.messages: those not answered yet; in.now_us is the caller's */
	struct turn_message messages[TURN_MESSAGES_MAX]; /* of the last half hour, oldest first */
	size_t messages_n;
	struct str engine; /* builtin | elevenlabs */
};

void turn_begin(struct flow *f, struct db *db, const struct work *w, struct turn_context *out);

/* Takes card numbers out of what the agent will read; the JSON of the rows to change (struct
 * turn_store), or NULL. Adds to *cards how many there were. */
const char *turn_cards_out(struct arena *a, struct turn_context *c, uint64_t *cards);

struct turn_store {
	int64_t epoch, answered_to;
	const struct agent_out *said;
	unsigned segments;
	const char *redact; /* JSON: message id -> new body; or NULL */
};

enum turn_outcome {
	TURN_STORED,
	TURN_TAKEN,      /* a person holds the thread, or its epoch moved: nothing was written */
	TURN_LEASE_LOST, /* somebody else does this turn */
};

/* Safe to repeat: a turn that is stored already finds its lease gone. */
void turn_store(struct flow *f, struct db *db, const struct work *w, const struct turn_store *s,
		enum turn_outcome *out);

#endif
