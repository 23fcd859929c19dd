/*
 * side.c - agents and links; see side.h. A link (signed URL) opens one conversation within 15
 * minutes, once when it carries a conversation's id, else as often as it is used.
 */
#include "tests/sim/eleven/side.h"

#include "shared/clock.h"
#include "tests/sim/eleven/conv.h"
#include "tests/sim/eleven/links.h"

#define LINK_US (INT64_C(15) * 60 * 1000000)

struct sim_agent *sim_agent_find(const struct sim *s, struct str id)
{
	for (unsigned i = 0; i < s->agents_n; i++) {
		if (str_is(id, s->agents[i].id))
			return &s->agents[i];
	}
	return NULL;
}

struct sim_agent *sim_agent_get(struct sim *s, struct str id)
{
	struct sim_agent *a = sim_agent_find(s, id);
	char text[SIM_AGENT_ID];

	if (a != NULL || s->agents_n == SIM_AGENTS_MAX || id.n == 0 || id.n >= SIM_AGENT_ID)
		return a;
	if (s->agents == NULL)
		s->agents = xcalloc(SIM_AGENTS_MAX, sizeof *s->agents);
	snprintf(text, sizeof text, STR_FMT, STR_ARG(id));
	a = &s->agents[s->agents_n++];
	sim_agent_init(a, text);
	return a;
}

const char *sim_link_new(struct sim *s, const char *agent, bool once)
{
	struct sim_el_link *l;

	if (s->links == NULL)
		s->links = xcalloc(SIM_EL_LINKS_MAX, sizeof *s->links);
	l = &s->links[s->links_n++ % SIM_EL_LINKS_MAX];
	*l = (struct sim_el_link){.until_us = clock_mono_us() + LINK_US, .once = once};
	snprintf(l->agent, sizeof l->agent, "%s", agent);
	memcpy(l->signature, "cvtkn_", 6);
	sim_random_hex(16, l->signature + 6);
	return l->signature;
}

bool sim_link_use(struct sim *s, struct str agent, struct str signature)
{
	for (unsigned i = 0; i < SIM_EL_LINKS_MAX && s->links != NULL; i++) {
		struct sim_el_link *l = &s->links[i];

		if (l->signature[0] == '\0' || !str_is(signature, l->signature))
			continue;
		if (clock_mono_us() > l->until_us || (l->once && l->used) ||
		    !str_is(agent, l->agent))
			return false;
		l->used = true;
		return true;
	}
	return false;
}

void sim_el_forget(struct sim *s)
{
	for (unsigned i = 0; i < s->agents_n; i++) {
		char id[SIM_AGENT_ID];

		memcpy(id, s->agents[i].id, sizeof id);
		sim_agent_init(&s->agents[i], id);
	}
	if (s->links != NULL)
		memset(s->links, 0, SIM_EL_LINKS_MAX * sizeof *s->links);
	sim_convs_forget(s);
}

void sim_el_free(struct sim *s)
{
	sim_convs_free(s);
	free(s->agents);
	free(s->links);
	s->agents = NULL;
	s->links = NULL;
	s->agents_n = 0;
}
