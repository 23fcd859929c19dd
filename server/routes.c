/*
 * routes.c - see routes.h. A new webhook, command or query is a new file and a row here.
 */
#include "server/routes.h"

#include "server/api/auth.h"
#include "server/api/calls.h"
#include "server/api/conversations.h"
#include "server/api/customers.h"
#include "server/api/events.h"
#include "server/api/health.h"
#include "server/api/outbound.h"
#include "server/voice/line.h"
#include "server/webhook/webhooks.h"

/* What anybody may call: it proves by itself who sent it, or tells nothing. */
#define OPEN(verb, where, handler)                                         \
	{                                                                  \
		.method = WEB_##verb, .path = (where), .handle = (handler) \
	}
#define BOUNDED(verb, where, handler, n)                                                    \
	{                                                                                   \
		.method = WEB_##verb, .path = (where), .handle = (handler), .body_max = (n) \
	}
/* What staff may call whose role grants the action: a row that the door runs, or a handler behind
 * it. */
#define STAFF(verb, where, may, row)                                                    \
	{                                                                               \
		.method = WEB_##verb, .path = (where), .handle = door, .action = (may), \
		.with = &(row)                                                          \
	}
#define STAFF_BY(verb, where, may, handler)                                                     \
	{                                                                                       \
		.method = WEB_##verb, .path = (where), .handle = door_through, .action = (may), \
		.with = &(handler)                                                              \
	}

/* One route, one line. */
/* clang-format off */
const struct route routes[] = {
	OPEN(GET, "/healthz", healthz),
	OPEN(GET, "/readyz", readyz_start),
	OPEN(GET, "/metrics", metrics),
	OPEN(POST, "/api/webhooks/twilio/sms", sms_in_start),
	OPEN(POST, "/api/webhooks/twilio/status", status_start),
	OPEN(POST, "/api/webhooks/twilio/voice", call_hook_start),
	OPEN(POST, "/api/webhooks/twilio/voice/next", call_hook_start),
	OPEN(POST, "/api/webhooks/twilio/stream-end", call_hook_start),
	OPEN(POST, "/api/webhooks/twilio/stream", call_hook_start),
	OPEN(POST, "/api/webhooks/twilio/gather", call_hook_start),
	OPEN(POST, "/api/webhooks/twilio/dial", call_hook_start),
	OPEN(POST, "/api/webhooks/twilio/conference", call_hook_start),
	OPEN(POST, "/api/webhooks/twilio/transcription", call_hook_start),
	OPEN(POST, "/api/webhooks/twilio/voicemail", call_hook_start),
	OPEN(POST, "/api/webhooks/twilio/recording", call_hook_start),
	OPEN(POST, "/api/webhooks/twilio/staff", call_hook_start),
	OPEN(POST, "/api/webhooks/twilio/staff-key", call_hook_start),
	OPEN(POST, "/api/webhooks/twilio/fallback", call_hook_start),
	BOUNDED(POST, "/api/webhooks/elevenlabs/conversation-initiation", initiation_start, 8192),
	{.method = WEB_GET, .path = "/api/media/twilio", .socket = &line_stream},
	OPEN(POST, "/api/webhooks/twilio/hold", room_hold_start),
	OPEN(GET, "/api/audio/hold.wav", hold_sound),
	BOUNDED(POST, "/api/auth/login", login, 8192),
	BOUNDED(POST, "/api/auth/refresh", refresh, 8192),
	STAFF(POST, "/api/auth/logout", "account.own", logout_row),
	STAFF(GET, "/api/auth/sessions", "account.own", session_list_row),
	STAFF(DELETE, "/api/auth/sessions/{id}", "account.own", session_revoke_row),
	STAFF(GET, "/api/me", "account.own", me_row),
	STAFF(GET, "/api/colleagues", "colleagues.read", colleagues_row),
	STAFF_BY(GET, "/api/events", "events.read", events_of_store),
	STAFF_BY(GET, "/api/sse/conversation/{customerId}", "events.read", events_of_customer),
	STAFF(GET, "/api/conversations", "conversation.read", conversation_list_row),
	STAFF(POST, "/api/conversations", "outbound.text", conversation_start_row),
	STAFF(GET, "/api/conversations/{id}", "conversation.read", conversation_one_row),
	STAFF(GET, "/api/conversations/{id}/messages", "conversation.read", conversation_messages_row),
	STAFF(POST, "/api/conversations/{id}/messages", "conversation.reply", conversation_reply_row),
	STAFF(POST, "/api/conversations/{id}/takeover", "conversation.take_over", conversation_take_over_row),
	STAFF(POST, "/api/conversations/{id}/hand-back", "conversation.hand_back", conversation_hand_back_row),
	STAFF(POST, "/api/conversations/{id}/close", "conversation.close", conversation_close_row),
	STAFF(POST, "/api/conversations/{id}/hold", "conversation.take_over", call_hold_row),
	STAFF(POST, "/api/conversations/{id}/mute", "conversation.take_over", call_mute_row),
	STAFF(POST, "/api/conversations/{id}/transfer", "escalation.transfer", call_transfer_row),
	STAFF(POST, "/api/conversations/{id}/voicemail", "conversation.take_over", call_voicemail_row),
	STAFF(POST, "/api/conversations/{id}/hang-up", "conversation.close", call_hang_up_row),
	STAFF(POST, "/api/conversations/{id}/call-back", "outbound.call", call_back_row),
	STAFF(POST, "/api/conversations/{id}/notes", "conversation.note", conversation_note_row),
	STAFF(POST, "/api/conversations/{id}/whisper", "conversation.whisper", conversation_whisper_row),
	STAFF(GET, "/api/customers", "customer.read", customer_search_row),
	STAFF(GET, "/api/customers/{id}", "customer.read", customer_one_row),
	STAFF(PATCH, "/api/customers/{id}", "customer.edit", customer_speaks_row),
	STAFF(GET, "/api/outbound", "conversation.read", outbound_list_row),
	STAFF(POST, "/api/outbound", "outbound.call", outbound_add_row),
	STAFF(POST, "/api/outbound/{id}/cancel", "outbound.call", outbound_cancel_row),
	{.path = NULL},
};
/* clang-format on */
