/*
 * sim_bridge.h - the smallest bridge between a media stream and an agent, for tests of the practice
 * line: it copies audio, answers pings, clears on interruptions, and keeps what it was told.
 */
#ifndef SWITCHBACK_TESTS_SUPPORT_SIM_BRIDGE_H
#define SWITCHBACK_TESTS_SUPPORT_SIM_BRIDGE_H

#include "tests/sim/ws.h"
#include "tests/support/sim_world.h"

#define BRIDGE_KEPT 4000

struct sim_bridge {
	struct sim_world *world;
	struct sim_ws *twilio, *agent;
	struct sim_ws_end twilio_end, agent_end;
	bool twilio_ended, agent_ended;
	char stream[40], call[40], conversation[64];
	bool no_agent;          /* only the stream: the test plays the service itself */
	bool no_audio_back;     /* what the agent says goes nowhere */
	const char *initiation; /* its first words; NULL: with a greeting */
	/* as they came, in order; "media" and audio are counted only */
	json_t *from_twilio[BRIDGE_KEPT], *from_agent[BRIDGE_KEPT];
	size_t from_twilio_n, from_agent_n;
	unsigned media, audio;
	struct str signature; /* of the upgrade */
};

/* Streams to WORLD's /media go through this one from now on. */
void sim_bridge_open(struct sim_bridge *b, struct sim_world *w);
/* Ends both legs at once. */
void sim_bridge_close(struct sim_bridge *b);
/* TwiML that connects to it, "" or more parameters and verbs. */
const char *sim_bridge_twiml(struct sim_world *w, const char *parameters, const char *behind);
/* To the line, as the service would. */
void sim_bridge_tell_twilio(struct sim_bridge *b, const char *json);
void sim_bridge_tell_agent(struct sim_bridge *b, const char *json);
/* The n-th message of that type ("event" or "type"); waits for it, 10 s at most; NULL if none. */
const json_t *sim_bridge_from_twilio(struct sim_bridge *b, const char *event, size_t n);
const json_t *sim_bridge_from_agent(struct sim_bridge *b, const char *type, size_t n);
/* Waits, 10 s at most. */
bool sim_bridge_twilio_ends(struct sim_bridge *b);
bool sim_bridge_agent_ends(struct sim_bridge *b);

#endif
