/*
 * tool_token.h - what a call's tools show: the variable secret__tool_token, sent back to us in the
 * header X-Switchback-Conversation. It names the organization and the conversation that a tool acts
 * for, under an HMAC-SHA256 keyed with TOOL_SECRET, so that neither a model nor a customer can name
 * others.
 */
#ifndef SWITCHBACK_SERVER_ELEVENLABS_TOOL_TOKEN_H
#define SWITCHBACK_SERVER_ELEVENLABS_TOOL_TOKEN_H

#include "shared/str.h"

#define TOOL_TOKEN_ID   37 /* a uuid as text, with its NUL */
#define TOOL_TOKEN_TEXT 120

/* secret NULL: no token, out is "". */
void tool_token_write(const char *secret, const char *organization_id, const char *conversation_id,
		      char out[TOOL_TOKEN_TEXT]);

/* True if it is one of ours; then, and only then, both ids are written. */
MUST_USE
bool tool_token_read(const char *secret, struct str token, char organization_id[TOOL_TOKEN_ID],
		     char conversation_id[TOOL_TOKEN_ID]);

#endif
