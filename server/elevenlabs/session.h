/*
 * session.h - the messages of an ElevenLabs conversation socket, read and written
 * (elevenlabs.md 1.3, 1.4). Pure.
 *
 * Audio is recognised by its text and never decoded; all else is read as JSON. What is not known is
 * ignored, as the protocol asks.
 */
#ifndef SWITCHBACK_SERVER_ELEVENLABS_SESSION_H
#define SWITCHBACK_SERVER_ELEVENLABS_SESSION_H

#include <jansson.h>

#include "shared/buf.h"

enum session_event {
	SESSION_BAD,   /* no JSON object with a type, or one of ours that lacks what it must have */
	SESSION_OTHER, /* known to mean nothing to us, or not known at all */
	SESSION_METADATA,
	SESSION_AUDIO,
	SESSION_USER_TRANSCRIPT,
	SESSION_USER_PARTIAL,
	SESSION_AGENT_RESPONSE,
	SESSION_AGENT_CORRECTION,
	SESSION_INTERRUPTION,
	SESSION_PING,
	SESSION_TOOL_CALL,
	SESSION_ERROR,
};

struct session_message {
	enum session_event event;
	int64_t id;       /* event_id, a number or a string of one; 0: none */
	struct str audio; /* AUDIO: base64, as it came */
	struct str text; /* what was said; of a CORRECTION the new words; of an ERROR its message */
	struct str original;        /* CORRECTION: the words before */
	struct str conversation_id; /* METADATA */
	bool mulaw;                 /* METADATA: both directions are ulaw_8000 */
	struct str tool, tool_call_id;
	char *parameters; /* TOOL_CALL: JSON text; freed by session_clear */
	bool wants_result;
	json_t *json; /* what the views lie in */
};

/* Reads one message. Views live as long as the message and `out`; give `out` back with
 * session_clear. */
void session_read(struct str message, struct session_message *out);
void session_clear(struct session_message *m);

/* Written into `out`, which is emptied. `payload` is base64; texts are anybody's and are escaped.
 */
void session_audio_write(struct buf *out, struct str payload);
void session_pong_write(struct buf *out, int64_t id);
/* A typed turn of the user: the agent answers. */
void session_user_message_write(struct buf *out, struct str text);
/* Something to know: never answered. */
void session_context_write(struct buf *out, struct str text);
void session_tool_result_write(struct buf *out, struct str tool_call_id, struct str result,
			       bool is_error);

#endif
