/*
 * initiation_request.h - the personalization webhook of ElevenLabs: what it asks before a call that
 * it answers by itself (elevenlabs.md 3.2). Pure.
 */
#ifndef SWITCHBACK_SERVER_ELEVENLABS_INITIATION_REQUEST_H
#define SWITCHBACK_SERVER_ELEVENLABS_INITIATION_REQUEST_H

#include "shared/arena.h"
#include "shared/str.h"

/* What the request says; outside text in the arena, valid UTF-8 without NUL, at most 256 bytes
 * each; empty where a member is absent or no text. */
struct initiation_request {
	struct str caller_id, agent_id, called_number, call_sid;
};

/* False: it is no JSON object. Members that are not known are passed over. */
MUST_USE
bool initiation_request_read(struct arena *a, struct str json, struct initiation_request *out);

#endif
