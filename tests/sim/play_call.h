/*
 * play_call.h - the call of a script: one at a time. What is heard on it is printed once it has
 * been said, and waits until a "hear" takes it (and passes over what came before it).
 */
#ifndef SWITCHBACK_TESTS_SIM_PLAY_CALL_H
#define SWITCHBACK_TESTS_SIM_PLAY_CALL_H

#include <jansson.h>

#include "shared/arena.h"
#include "tests/sim/sids.h"
#include "tests/sim/transcript.h"

#define SIM_HEARD_MAX 200

struct sim_play_heard {
	int64_t n; /* its number in the call */
	struct str words;
	bool taken;
};

struct sim_play_call {
	char sid[SIM_SID]; /* "" before the first one */
	struct str phone, store;
	uint64_t version;
	bool over, french;
	struct sim_play_heard heard[SIM_HEARD_MAX];
	size_t heard_n;
};

/* Another call, as the line told of it when it was placed. */
void sim_play_call_begin(struct sim_play_call *c, const json_t *told, struct str phone,
			 struct str store);
/* What the line tells of it now: prints what has been said since. */
void sim_play_call_news(struct sim_play_call *c, const json_t *told, struct arena *a,
			struct sim_transcript *out);
/* Words that fit were heard: they are taken now. */
bool sim_play_call_heard(struct sim_play_call *c, struct str pattern);

#endif
