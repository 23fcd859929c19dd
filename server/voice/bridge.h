/*
 * bridge.h - the audio of one call, both ways: a Twilio media stream (their socket to us) and an
 * ElevenLabs conversation (our socket to them). mu-law 8 kHz on both sides, so the base64 text is
 * copied across and never decoded (twilio.md 5, elevenlabs.md 1.6 and 3.5).
 *
 * The bridge is protocol and two sockets: it knows no store. What it learns it tells its ear, in
 * order, from inside the loop turn in which it came; the ear may call any bridge_* function then.
 * No frame costs an allocation (`allocations` in the figures counts the exceptions).
 */
#ifndef SWITCHBACK_SERVER_VOICE_BRIDGE_H
#define SWITCHBACK_SERVER_VOICE_BRIDGE_H

#include "server/net/socket.h"
#include "shared/str.h"

struct bridge;
struct bridges; /* all of a process */

enum bridge_end {
	BRIDGE_STREAM_STOPPED, /* Twilio said stop: the call ended, or was redirected */
	BRIDGE_STREAM_LOST,    /* Twilio's socket broke */
	BRIDGE_AGENT_DONE,     /* ElevenLabs closed with 1000 */
	BRIDGE_AGENT_REFUSED,  /* 1008, 3008, handshake refused: not to be tried again with the same
				  data */
	BRIDGE_AGENT_LOST, /* any other close, an error, silence of the socket, no answer in time */
	BRIDGE_CLOSED_BY_US, /* bridge_close */
};

/* Whose words, or what became of them. Texts live during the call of the ear only. */
struct bridge_line {
	bool customer; /* else the agent */
	int64_t event; /* the conversation's event id; 0 where it gave none */
	struct str text;
};

struct bridge_ear {
	/* Twilio's `start`: the call's SID, our token of <Parameter name="t">. The audio waits
	 * (bounded) until bridge_connect. */
	void (*started)(struct bridge *b, void *with, struct str call_sid, struct str stream_sid,
			struct str token);
	/* The conversation's metadata has come; it takes audio now. */
	void (*connected)(struct bridge *b, void *with, struct str conversation_id);
	void (*partial)(struct bridge *b, void *with, const struct bridge_line *l);
	void (*final)(struct bridge *b, void *with, const struct bridge_line *l);
	/* agent_response_correction: the agent's line of that event was cut to `text` */
	void (*corrected)(struct bridge *b, void *with, int64_t event, struct str original,
			  struct str text);
	/* a key that the caller pressed */
	void (*digit)(struct bridge *b, void *with, char digit);
	/* client_tool_call: answer with bridge_tool_result. */
	void (*tool)(struct bridge *b, void *with, struct str name, struct str id,
		     struct str parameters_json);
	/* The conversation has come to its end (why is one of AGENT_...) and the caller is still
	 * there. True: bridge_connect or bridge_close follows, soon. False, or NULL: the bridge
	 * ends. */
	bool (*lost)(struct bridge *b, void *with, enum bridge_end why, unsigned code,
		     struct str reason);
	/* The last: both sockets are closed or closing, and b is gone when this returns. */
	void (*ended)(struct bridge *b, void *with, enum bridge_end why, unsigned code,
		      struct str reason);
};

/* The socket kind of WS /api/media/twilio; `allow` (the signature of the upgrade) and what `with`
 * is come from who sets up the route: bridge_accept is called from its allow(). */
#define BRIDGE_MESSAGE_MAX (64 * 1024)
#define BRIDGE_QUEUE_MAX   (1024 * 1024)
extern const struct socket_kind bridge_stream;
/* A new bridge for a stream that was let in. NULL: no room for more. */
struct bridge *bridge_accept(struct bridges *all, const struct bridge_ear *ear, void *with);

/* Opens the conversation: `url` is wss:// or ws:// and secret (a signed URL), `initiation` the
 * whole first message. Both are copied. May be called once more after `lost` said true. */
void bridge_connect(struct bridge *b, const char *url, struct str initiation);

/* Text to the agent: a user_message (it answers) or a contextual_update (it knows). False: no
 * conversation now. */
bool bridge_say(struct bridge *b, struct str text);
bool bridge_tell(struct bridge *b, struct str text);
bool bridge_tool_result(struct bridge *b, struct str id, struct str result, bool is_error);
/* From now on not one more byte of the agent's audio goes to the caller: Twilio's buffer is
 * cleared, and the caller's audio goes nowhere. Comes before bridge_close where the holder changes.
 */
void bridge_hush(struct bridge *b);
/* Ends both sockets: Twilio goes on with the document's next verb. `ended` comes later
 * (BRIDGE_CLOSED_BY_US). */
void bridge_close(struct bridge *b);

struct bridge_figures {
	unsigned live;
	uint64_t frames_in, frames_out; /* of audio: from Twilio, to Twilio */
	uint64_t frames_dropped;        /* stale after an interruption, or no room */
	uint64_t allocations;           /* made for audio frames */
	uint64_t lost; /* conversations that ended with AGENT_LOST or AGENT_REFUSED */
};
struct bridges *bridges_open(struct loop *l, struct sockets *sockets, unsigned max);
void bridges_figures(const struct bridges *all, struct bridge_figures *out);
/* Ends all, and frees when the loop has closed their sockets. NULL is fine. */
void bridges_close(struct bridges *all);

#endif
