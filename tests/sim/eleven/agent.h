/*
 * agent.h - an agent as ElevenLabs would have it configured: what it says first, in which formats
 * it hears and speaks, which events it sends, which variables and overrides it wants. Everything
 * can be changed at run time: POST /sim/agents/{id}.
 */
#ifndef SWITCHBACK_TESTS_SIM_ELEVEN_AGENT_H
#define SWITCHBACK_TESTS_SIM_ELEVEN_AGENT_H

#include <jansson.h>

#include "shared/arena.h"
#include "shared/buf.h"
#include "shared/err.h"

#define SIM_AGENTS_MAX 32
#define SIM_AGENT_ID   64
#define SIM_AGENT_TEXT 1000
#define SIM_AGENT_LIST 24

/* Events that an agent may send: bits, in the order of their names in agent.c. */
enum sim_agent_event {
	SIM_EV_METADATA,
	SIM_EV_AUDIO,
	SIM_EV_INTERRUPTION,
	SIM_EV_AGENT_RESPONSE,
	SIM_EV_CORRECTION,
	SIM_EV_CHAT_PART,
	SIM_EV_USER_TRANSCRIPT,
	SIM_EV_TENTATIVE,
	SIM_EV_PING,
	SIM_EV_TOOL_CALL,
	SIM_EV_TOOL_REQUEST,
	SIM_EV_TOOL_RESPONSE,
	SIM_EV_VAD,
	SIM_EV_ERROR,
	SIM_EV_QUEUE,
	SIM_EVENTS
};
const char *sim_agent_event_word(enum sim_agent_event e);

struct sim_agent {
	char id[SIM_AGENT_ID], name[80];
	char first_message[SIM_AGENT_TEXT]; /* with {{variables}}; "" waits for the customer */
	char language[8];
	char input_format[16], output_format[16];
	char voice[40];
	unsigned events; /* 1 << enum sim_agent_event */
	char required[SIM_AGENT_LIST][64];
	unsigned required_n;
	bool auth; /* a signed URL is needed */
	bool text_only;
	bool overrides;        /* what the client may override: all, or nothing */
	bool ignore_overrides; /* one that is not allowed is passed over instead of 1008 */
	bool lists;            /* variables that are arrays or objects are taken */
	bool metadata_first;   /* before the client has said anything, as the vendor's mock does */
	bool queue;            /* queue_status waiting, then admitted */
	bool pieces;           /* large messages come in fragments */
	bool string_ids;       /* event ids as strings: one published example has them */
	int ping;              /* 0: ping_ms is absent, 1: null at first, then a number */
	unsigned ping_every_ms, chunk_ms, pace, think_ms, idle_ms, max_ms, post_call_ms;
	unsigned tool_ms; /* it waits so long for a client tool's result */
};

void sim_agent_init(struct sim_agent *a, const char *id);
/* Members of `json` by the names above; an unknown one is refused. */
MUST_USE
bool sim_agent_change(struct sim_agent *a, const json_t *json, struct err *err);
/* As /sim/agents shows it. */
void sim_agent_write(const struct sim_agent *a, const char *name, struct buf *b);
/* As GET /v1/convai/agents/{id} answers. */
void sim_agent_write_api(const struct sim_agent *a, struct buf *b);

#endif
