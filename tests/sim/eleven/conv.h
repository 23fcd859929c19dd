/*
 * conv.h - a conversation with an agent: one WebSocket to the service (elevenlabs.md 1).
 *
 *   conv      its life: opening, checks of what the client says first, limits, the end
 *   conv_in   messages of the client
 *   conv_out  events to the client
 *   voice     what the agent says and when; being interrupted
 *   turns     what it answers: after a sentence, a tool, a silence
 *   report    all of it as JSON, for /sim/conversations and as ElevenLabs' own object
 *
 * Audio in both directions holds words (speech.h): the agent hears what was really carried.
 */
#ifndef SWITCHBACK_TESTS_SIM_ELEVEN_CONV_H
#define SWITCHBACK_TESTS_SIM_ELEVEN_CONV_H

#include <jansson.h>

#include "tests/sim/eleven/agent.h"
#include "tests/sim/eleven/script.h"
#include "tests/sim/sim.h"
#include "tests/sim/speech.h"
#include "tests/sim/voice/timer.h"
#include "tests/sim/ws.h"

#define SIM_CONVS_MAX  1000
#define SIM_CONV_ID    48
#define SIM_CONV_LINES 2000

enum sim_conv_state {
	SIM_CONV_OPENING, /* the client has not said its first */
	SIM_CONV_LIVE,
	SIM_CONV_ENDING, /* we have closed */
	SIM_CONV_OVER
};

enum sim_conv_role { SIM_ROLE_AGENT, SIM_ROLE_USER, SIM_ROLE_TOOL, SIM_ROLE_CONTEXT };

struct sim_conv_line {
	enum sim_conv_role role;
	char *text;     /* owned; of a tool its name */
	char *original; /* before it was cut; NULL */
	char *detail;   /* of a tool: its result; NULL */
	bool interrupted, is_error, typed;
	int64_t ms; /* since the conversation began */
	unsigned event_id;
};

struct sim_conv_counts {
	uint64_t sent, received;              /* messages */
	uint64_t audio_in, audio_in_bytes;    /* of the client */
	uint64_t audio_out, audio_out_blocks; /* of the agent */
	uint64_t blocks, lost, doubled, crossed, noise, silence;
	uint64_t pings, pongs, late_pongs;
	uint64_t interruptions, tools, contexts, activities, unknown;
};

struct sim_conv {
	struct sim_conv *next;
	struct sim *sim;
	struct sim_ws *ws;
	struct arena arena;
	struct sim_agent agent; /* as it was configured then */
	char id[SIM_CONV_ID];
	enum sim_conv_state state;
	int64_t began_us, accepted_us; /* monotonic; wall */
	int64_t ended_us;              /* monotonic */
	uint64_t version;
	json_t *client_data, *variables; /* owned; variables is an object, never NULL once live */
	bool french, text_only;
	unsigned next_id; /* of events */
	struct sim_fault fault;
	uint64_t messages; /* of either direction: switches count them */
	struct sim_conv_counts counts;

	/* what the agent says */
	struct {
		char *text; /* NULL: nothing; owned */
		unsigned event_id, count, sent;
		uint16_t utterance;
		int64_t began_ms;
		enum sim_turn_end then;
	} says;
	struct sim_timer *speak_timer;

	/* what it hears */
	struct sim_speech_ear ear;
	uint32_t caller, other; /* the voice it talks with, 0 until it was heard; a second one */
	struct buf words;
	bool hearing;
	uint16_t hearing_utterance;
	unsigned heard_blocks, last_index;
	struct sim_timer *hear_timer; /* the rest of a sentence does not come */

	/* turns */
	struct sim_timer *think_timer;
	char *to_answer; /* what was said last, not answered yet; owned */
	char tool_id[32];
	bool tool_waits;
	struct sim_timer *tool_timer;

	struct sim_timer *ping_timer, *idle_timer, *max_timer, *post_timer;
	unsigned ping_id;
	int64_t ping_us, ping_ms; /* ping_ms: of the last pong, -1 before */
	bool ping_open;

	struct sim_conv_line *lines;
	size_t lines_n, lines_cap;
	unsigned close_code; /* how it ended */
	char close_why[128];
	const char *reason; /* termination_reason */
	const char *error_type;
	bool posted;
};

/* A conversation over this connection, which has asked for one. */
struct sim_conv *sim_conv_open(struct sim *s, const struct sim_agent *a, const struct sim_fault *f,
			       int fd, struct str key, const char *protocol);
/* The client's first words were taken: live from here on. */
void sim_conv_begin(struct sim_conv *c);
/* The caller's number, as the variable customer_phone tells it; empty before the client has said
 * its first. */
struct str sim_conv_phone(const struct sim_conv *c);
struct sim_conv *sim_conv_find(const struct sim *s, struct str id);
void sim_conv_changed(struct sim_conv *c);
int64_t sim_conv_ms(const struct sim_conv *c);
/* An error event, then the close with its code. error_type NULL: no event. */
void sim_conv_close(struct sim_conv *c, unsigned code, const char *error_type, const char *why);
/* The agent ends it, as it should. */
void sim_conv_finish(struct sim_conv *c, const char *reason);
/* Something of the client came: it is not idle. */
void sim_conv_active(struct sim_conv *c);

void sim_convs_drop(struct sim *s);
void sim_convs_free(struct sim *s);
void sim_convs_forget(struct sim *s);

/* ---- conv_in ---- */
void sim_conv_message(struct sim_conv *c, bool text, struct str m);

/* ---- conv_out ---- */
/* One more message of either direction; false when a switch has ended it. */
bool sim_conv_counted(struct sim_conv *c);
/* Sends the event, if the agent sends such events; body is what stands behind "type":"...". */
void sim_conv_event(struct sim_conv *c, enum sim_agent_event e, const char *body);
void sim_conv_send(struct sim_conv *c, const char *json);
/* {"type":T,"KEY":{...}} with a text and the event's id. */
void sim_conv_text_event(struct sim_conv *c, enum sim_agent_event e, const char *key,
			 const char *member, struct str text, unsigned event_id);
void sim_conv_metadata(struct sim_conv *c);
void sim_conv_ping(struct sim_conv *c);
/* "N", or "\"N\"" when the agent writes ids as strings. */
const char *sim_conv_id_text(const struct sim_conv *c, unsigned id, char out[16]);
struct sim_conv_line *sim_conv_line(struct sim_conv *c, enum sim_conv_role role, struct str text,
				    unsigned event_id);

/* ---- voice ---- */
void sim_conv_say(struct sim_conv *c, struct str text, enum sim_turn_end then);
/* What it says now breaks off; the client is told. */
void sim_conv_interrupt(struct sim_conv *c);
void sim_conv_hear(struct sim_conv *c, const unsigned char *audio, size_t n);
bool sim_conv_is_speaking(const struct sim_conv *c);
void sim_conv_hush(struct sim_conv *c);

/* ---- turns ---- */
/* The customer has said this (typed: as user_message). */
void sim_conv_said(struct sim_conv *c, struct str words, bool typed);
void sim_conv_tool(struct sim_conv *c, const char *name, const json_t *parameters);
void sim_conv_tool_result(struct sim_conv *c, struct str id, struct str result, bool is_error);
/* What comes behind a sentence that was said to its end. */
void sim_conv_spoken(struct sim_conv *c, enum sim_turn_end then);

/* ---- report ---- */
void sim_conv_write(const struct sim_conv *c, const char *name, bool full, struct buf *b);
/* GET /v1/convai/conversations/{id}, and `data` of post_call_transcription. */
void sim_conv_write_api(const struct sim_conv *c, const char *name, struct buf *b);
const char *sim_conv_status_word(const struct sim_conv *c);
void sim_conv_journal(struct sim_conv *c, bool opening);

/* ---- post_call ---- */
void sim_post_call(struct sim_conv *c);

#endif
