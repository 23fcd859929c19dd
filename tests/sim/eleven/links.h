/*
 * links.h - signed URLs: who may open a conversation.
 */
#ifndef SWITCHBACK_TESTS_SIM_ELEVEN_LINKS_H
#define SWITCHBACK_TESTS_SIM_ELEVEN_LINKS_H

#include "tests/sim/eleven/agent.h"
#include "tests/sim/sim.h"

#define SIM_EL_LINKS_MAX 1024

struct sim_el_link {
	char agent[SIM_AGENT_ID], signature[48];
	int64_t until_us; /* monotonic */
	bool once, used;
};

/* A new one's signature. */
const char *sim_link_new(struct sim *s, const char *agent, bool once);
/* It may open a conversation with this agent now; it is used by that. */
bool sim_link_use(struct sim *s, struct str agent, struct str signature);

#endif
