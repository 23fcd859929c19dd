/*
 * bridge_inside.h - what bridge.c, bridge_stream.c and bridge_agent.c share.
 */
#ifndef SWITCHBACK_SERVER_VOICE_BRIDGE_INSIDE_H
#define SWITCHBACK_SERVER_VOICE_BRIDGE_INSIDE_H

#include "server/core/loop.h"
#include "server/voice/bridge.h"
#include "shared/buf.h"

#define EARLY_FRAMES   100 /* 2 s */
#define FRAME_TEXT_MAX 256 /* base64 of a frame of 20 ms is 216; a longer one is not kept */
#define SID_TEXT       65
#define AUDIO_WAIT_MAX (32u * 1024u) /* beyond, what waits for the agent is stale */

/* The conversation's side. It lives until its socket has closed, perhaps longer than the bridge
 * cares for it. */
struct leg {
	struct bridge *b; /* NULL: nobody listens any more */
	struct bridges *all;
	struct socket *socket;
	char *initiation; /* until it is sent */
	bool connected;   /* the metadata has come */
	bool speaks_first;
	int64_t due_ms;     /* of the metadata */
	int64_t heard_ms;   /* when a message came last */
	bool in_words;      /* the caller's words came in part, and not whole yet */
	int64_t pause_ms;   /* the longest time between two messages */
	int64_t audio_ms;   /* when audio came last; 0: never */
	int64_t owes_ms;    /* since when the agent owes a word; 0: it does not */
	int64_t comfort_ms; /* when the next tone is due */
	int64_t stale;      /* audio of this event and those before it is not wanted any more */
};

/* The caller's last words before there is a conversation: a ring of frames. */
struct early {
	unsigned first, n;
	struct {
		unsigned short n;
		char text[FRAME_TEXT_MAX];
	} frames[EARLY_FRAMES];
};

struct bridge {
	struct bridges *all;
	struct bridge *next, *prev;
	const struct bridge_ear *ear;
	void *with;
	struct socket *stream;
	bool stream_gone; /* or was never there */
	struct leg *leg;  /* NULL: no conversation */
	struct early *early;
	char stream_sid[SID_TEXT];
	size_t unmarked;  /* audio sent since the last mark, in base64 letters */
	int64_t heard_ms; /* when Twilio's last message came */
	int64_t comfort_ms;
	bool started, hushed, over;
	bool unfinished, deaf; /* of the conversation before: see bridge.h */
};

struct bridges {
	struct loop *loop;
	struct sockets *sockets;
	struct bridge *list;
	struct buf out;     /* a message on its way out */
	struct buf comfort; /* the tone, in base64 */
	uv_timer_t watch;
	int64_t watched_ms;        /* when the watch looked last */
	unsigned max, count, legs; /* legs: those whose sockets have not closed */
	struct bridge_figures figures;
	bool closing, timer_closed;
};

/* Tells the ear and closes both sides. The bridge may be gone when it returns. */
void bridge_finish(struct bridge *b, enum bridge_end why, unsigned code, struct str reason);
/* Frees it when it is over and its stream is gone. */
void bridge_free_if_over(struct bridge *b);
void bridges_free_if_over(struct bridges *all);

/* To the caller. */
void bridge_stream_audio(struct bridge *b, int64_t event, struct str payload);
void bridge_stream_clear(struct bridge *b);
void bridge_stream_comfort(struct bridge *b, int64_t now);

/* To the agent. */
void leg_audio(struct bridge *b, struct str payload);
void leg_leave(struct bridge *b, unsigned status, const char *why);
/* The conversation was lost: asks the ear, or ends. */
void leg_lost(struct bridge *b, enum bridge_end why, unsigned code, struct str reason);
/* What is due by the clock. The bridge may be gone when it returns. */
void leg_watch(struct bridge *b, int64_t now);

#endif
