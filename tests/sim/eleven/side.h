/*
 * side.h - ElevenLabs' side of the practice line: agents, its API, conversations, webhooks.
 */
#ifndef SWITCHBACK_TESTS_SIM_ELEVEN_SIDE_H
#define SWITCHBACK_TESTS_SIM_ELEVEN_SIDE_H

#include "server/net/route.h"
#include "tests/sim/eleven/agent.h"
#include "tests/sim/sim.h"

/* The tables of its own port, and of its controls under /sim/ on the line's port. */
extern const struct route sim_el_routes[];
extern const struct route sim_el_controls[];

/* An agent by its id; NULL when there is none. */
struct sim_agent *sim_agent_find(const struct sim *s, struct str id);
/* The same, made when it is not there; NULL when there are too many. */
struct sim_agent *sim_agent_get(struct sim *s, struct str id);

/* "ElevenLabs-Signature: t=...,v0=..." of a body. */
void sim_el_signature(struct arena *a, struct str secret, int64_t t, struct str body,
		      const char **header);

/* As new: agents as they were at the start, links forgotten, conversations that are over too. */
void sim_el_forget(struct sim *s);
void sim_el_free(struct sim *s);

#endif
