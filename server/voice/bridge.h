/*
 * bridge.h - the audio of one call, both ways: a Twilio media stream (their socket to us) and an
 * ElevenLabs conversation (our socket to them). mu-law 8 kHz on both sides, so the base64 text is
 * copied across and never decoded (twilio.md 5, elevenlabs.md 1.6 and 3.5).
 *
 * The bridge is protocol and two sockets: it knows no store. What it learns it tells its ear, in
 * order, from inside the loop turn in which it came; the ear may call any bridge_* function then.
 * No frame costs an allocation (`allocations` in the figures counts the exceptions).
 *
 * A caller is not left in silence: while the agent owes an answer for longer than COMFORT_MS a soft
 * tone is played, and when it owes one for longer than ANSWER_MS the conversation counts as lost.
 */
#ifndef SWITCHBACK_SERVER_VOICE_BRIDGE_H
#define SWITCHBACK_SERVER_VOICE_BRIDGE_H

#include "server/net/socket.h"
#include "shared/str.h"

#define BRIDGE_CONNECT_MS 1500 /* until the conversation's metadata has come */
#define BRIDGE_COMFORT_MS 2200 /* a tone, and again each so long */
#define BRIDGE_ANSWER_MS  8000 /* no word of an agent whose turn it is */
/* No message of any kind from the conversation: pings come every few seconds, and how many that is,
 * each conversation shows (the longest pause between two messages so far). The tone is played when
 * it is silent for half a second longer than that, QUIET_MS at least; after four such pauses,
 * ANSWER_MS at least and SILENT_MS at most, it counts as lost. */
#define BRIDGE_QUIET_MS  2500
#define BRIDGE_SILENT_MS 30000
#define BRIDGE_STREAM_MS 1500 /* none from Twilio, which sends 50 a second */
#define BRIDGE_CUT_MS    1000 /* audio so short ago: the agent was within a sentence */

struct bridge;
struct bridges; /* all of a process */

enum bridge_end {
	BRIDGE_STREAM_STOPPED, /* Twilio said stop: the call ended, or was redirected */
	BRIDGE_STREAM_LOST,    /* Twilio's socket broke, or speaks another format */
	BRIDGE_STREAM_SILENT, /* it is there, and nothing comes of it: Twilio may not see its end */
	BRIDGE_AGENT_DONE,    /* ElevenLabs closed with 1000 */
	BRIDGE_AGENT_REFUSED, /* 1008, 3008, the wrong audio format: not to be tried again with the
				 same data */
	BRIDGE_AGENT_LOST,    /* any other close, an error, silence, no connection in time */
	BRIDGE_CLOSED_BY_US,  /* bridge_close */
};

/* Whose words, or what became of them. Texts live during the call of the ear only. */
struct bridge_line {
	bool customer; /* else the agent */
	int64_t event; /* the conversation's event id; 0 where it gave none */
	struct str text;
};

/* Any member may be NULL but `ended`. */
struct bridge_ear {
	/* Twilio's `start`: the call's SID, our token of <Parameter name="t">. The caller's audio
	 * waits (the last 2 s of it) until a conversation takes it. */
	void (*started)(struct bridge *b, void *with, struct str call_sid, struct str stream_sid,
			struct str token);
	/* The conversation's metadata has come; it takes audio now. */
	void (*connected)(struct bridge *b, void *with, struct str conversation_id);
	void (*partial)(struct bridge *b, void *with, const struct bridge_line *l);
	void (*final)(struct bridge *b, void *with, const struct bridge_line *l);
	/* agent_response_correction: the agent's line of that event was cut to `text` */
	void (*corrected)(struct bridge *b, void *with, int64_t event, struct str original,
			  struct str text);
	/* A key that the caller pressed. */
	void (*digit)(struct bridge *b, void *with, char digit);
	/* client_tool_call: answer with bridge_tool_result. */
	void (*tool)(struct bridge *b, void *with, struct str name, struct str id,
		     struct str parameters_json);
	/* The conversation has come to its end (`why` is one of AGENT_...) and the caller is still
	 * there. True: bridge_connect or bridge_close follows soon; meanwhile the caller hears the
	 * tone. False, or NULL: the bridge ends. */
	bool (*lost)(struct bridge *b, void *with, enum bridge_end why, unsigned code,
		     struct str reason);
	/* The last: both sockets are closed or closing, and b is gone when this returns. `code` is
	 * the close status that the other side gave, 0 where there is none. */
	void (*ended)(struct bridge *b, void *with, enum bridge_end why, unsigned code,
		      struct str reason);
};

/* The socket of WS /api/media/twilio. `judge` is the route's allow(): it proves who asks (the
 * upgrade's signature) and sets *self to what bridge_accept gave. */
#define BRIDGE_STREAM(judge)                                                          \
	{                                                                             \
		"media stream", 64u * 1024u, 2u << 20, (judge), bridge_stream_opened, \
			bridge_stream_message, bridge_stream_closed                   \
	}
void bridge_stream_opened(struct socket *s, void *self);
void bridge_stream_message(struct socket *s, void *self, bool text, struct str m);
void bridge_stream_closed(struct socket *s, void *self);

/* A new bridge for a stream that is let in. NULL: no room for more. */
struct bridge *bridge_accept(struct bridges *all, const struct bridge_ear *ear, void *with);

/* Opens the conversation: `url` is wss:// or ws:// and secret (a signed URL), `initiation` the
 * whole first message (JSON). Both are copied. `speaks_first`: the agent owes the first word. Of
 * the one before, if any, nothing is heard any more. A URL that cannot be used is told by `lost`,
 * as any other failure is. */
void bridge_connect(struct bridge *b, const char *url, struct str initiation, bool speaks_first);

/* Text to the agent: a user_message (it answers) or a contextual_update (it knows). False: no
 * conversation now. */
bool bridge_say(struct bridge *b, struct str text);
bool bridge_tell(struct bridge *b, struct str text);
bool bridge_tool_result(struct bridge *b, struct str id, struct str result, bool is_error);
/* From now on not one more byte of the agent's audio goes to the caller: what waits here is
 * dropped, Twilio's buffer is cleared, and the caller's audio goes nowhere. Comes before
 * bridge_close where the holder changes. */
void bridge_hush(struct bridge *b);
/* Of the conversation that has just come to its end (inside `lost` and `ended`): the caller waits
 * for a word, because the agent owes one, or was cut off within a sentence; it had fallen silent,
 * or told of the caller's last words no more than a part, so that things may have been said in it
 * that were never told. */
bool bridge_unfinished(const struct bridge *b);
bool bridge_deaf(const struct bridge *b);
/* Ends both sockets: Twilio goes on with the document's next verb. `ended` (BRIDGE_CLOSED_BY_US)
 * comes inside. */
void bridge_close(struct bridge *b);

struct bridge_figures {
	unsigned live;
	uint64_t frames_in, frames_out; /* of audio: from Twilio, to Twilio */
	uint64_t frames_dropped;        /* stale after an interruption, or no room */
	uint64_t allocations; /* made for messages of any kind, by all sockets of the process */
	uint64_t lost;        /* conversations that were lost or refused */
	uint64_t ignored;     /* messages that could not be read, or are not known */
};
/* `sockets` is borrowed and outlives it. */
struct bridges *bridges_open(struct loop *l, struct sockets *sockets, unsigned max);
void bridges_figures(const struct bridges *all, struct bridge_figures *out);
/* Ends all (their ears hear CLOSED_BY_US), and frees when the loop has closed their sockets: call
 * it before the web server is closed. NULL is fine. */
void bridges_close(struct bridges *all);

#endif
