/*
 * initiation.h - the first message of a conversation at ElevenLabs, and the answer to its
 * initiation webhook: one object for both (elevenlabs.md 1.3, 2.5, 3.2).
 */
#ifndef SWITCHBACK_SERVER_VOICE_INITIATION_H
#define SWITCHBACK_SERVER_VOICE_INITIATION_H

#include "server/agent/variables.h"
#include "shared/buf.h"

struct initiation {
	const struct variable *variables; /* VARIABLES_N */
	const char *language;             /* "fr": override of the agent's own; NULL: none */
	/* Override of what the agent says first: "" waits for the caller's words; NULL: its own. */
	const char *first;
};

/* Adds the object. False: it did not fit. */
MUST_USE
bool initiation_write(const struct initiation *i, struct buf *out);

#endif
