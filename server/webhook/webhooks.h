/*
 * webhooks.h - what providers call; one flow a file. Rows of the route table (server/routes.c).
 */
#ifndef SWITCHBACK_SERVER_WEBHOOK_WEBHOOKS_H
#define SWITCHBACK_SERVER_WEBHOOK_WEBHOOKS_H

#include "server/net/web.h"

/* POST /api/webhooks/twilio/sms (twilio.md 2) */
web_handler sms_in_start;
/* POST /api/webhooks/twilio/status: of messages (twilio.md 6.2) and of calls (6.1) */
web_handler status_start;
web_handler message_status_start;
/* POST /api/webhooks/twilio/voice and all other doors of a call (docs/calls.md) */
web_handler call_hook_start;
/* POST /api/webhooks/twilio/hold: what is heard on hold; GET /api/audio/hold.wav: its sound */
web_handler room_hold_start, hold_sound;

/* POST /api/webhooks/elevenlabs/conversation-initiation (elevenlabs.md 3.2) */
web_handler initiation_start;

#endif
