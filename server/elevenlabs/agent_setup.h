/*
 * agent_setup.h - how an agent is set up at ElevenLabs (elevenlabs.md 7.2), as far as a call of
 * ours depends on it. Pure.
 */
#ifndef SWITCHBACK_SERVER_ELEVENLABS_AGENT_SETUP_H
#define SWITCHBACK_SERVER_ELEVENLABS_AGENT_SETUP_H

#include "shared/arena.h"
#include "shared/str.h"

/* GET {base}/v1/convai/agents/{id}, with the header xi-api-key. The id is checked: letters, digits,
 * - and _. */
const char *agent_setup_url(struct arena *a, const char *base, const char *agent_id);

#define AGENT_VARIABLES_MAX 64

struct agent_setup {
	bool hears_mulaw, speaks_mulaw; /* ulaw_8000 in and out: nothing is transcoded */
	const char *missing_event;      /* one that we need and that it does not send; NULL: none */
	bool may_be_silent, may_be_told_language;  /* overrides of first message and language */
	bool speaks_french;                        /* its own language, or a preset */
	struct str variables[AGENT_VARIABLES_MAX]; /* those that its prompt and tools name */
	size_t variables_n;
};

/* False: it is no such JSON. What is missing reads as not so. */
MUST_USE
bool agent_setup_read(struct arena *a, struct str json, struct agent_setup *out);

#endif
