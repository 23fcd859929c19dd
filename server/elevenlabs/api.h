/*
 * api.h - what ElevenLabs' REST API answers, read (elevenlabs.md 1.1, 7.1, 7.6). Pure.
 *
 * Schemas are open: members that are not known are passed over, and what is missing reads as not
 * told.
 */
#ifndef SWITCHBACK_SERVER_ELEVENLABS_API_H
#define SWITCHBACK_SERVER_ELEVENLABS_API_H

#include "shared/arena.h"
#include "shared/err.h"

/* GET .../get-signed-url for that agent; its name is of letters, digits, - and _ (else ERR_INPUT).
 */
MUST_USE
bool elevenlabs_signed_url_ask(struct arena *a, const char *api_url, struct str agent,
			       const char **url, struct err *err);
/* The URL of its answer: secret, good once, and a WebSocket's; encrypted where the API is. */
MUST_USE
bool elevenlabs_signed_url_read(struct arena *a, const char *api_url, struct str body,
				const char **url, struct err *err);

/* GET /v1/convai/conversations/{id} */
MUST_USE
bool elevenlabs_conversation_ask(struct arena *a, const char *api_url, struct str conversation,
				 const char **url, struct err *err);

struct elevenlabs_line {
	bool customer;
	struct str text, original; /* original: before it was cut, empty if it was not */
	int64_t event;             /* 0: not told */
	int64_t at_s;              /* since the conversation began */
};

struct elevenlabs_transcript {
	bool ended; /* processing, done or failed: nothing more is said in it */
	const struct elevenlabs_line *lines; /* what was spoken aloud, in order */
	size_t n;
};

#define ELEVENLABS_LINES_MAX 5000

MUST_USE
bool elevenlabs_transcript_read(struct arena *a, struct str body, struct elevenlabs_transcript *out,
				struct err *err);

/* A text among a tool's parameters, at most max bytes, in the arena; empty when it is none. */
struct str elevenlabs_parameter(struct arena *a, struct str parameters_json, const char *name,
				size_t max);

/* What a refusal calls itself ("quota_exceeded", "not_found"), whatever of its three shapes it has:
 * a code word for the log, "unknown" for anything else. */
void elevenlabs_refusal(struct str body, char out[64]);

#endif
