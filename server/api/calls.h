/*
 * calls.h - rows of the API: what staff do within a live call (docs/calls.md, Takeover). Taking it,
 * speaking in it and giving it back are conversations.h's, as for texts. The SQL is in
 * schema/functions/call_command.sql.
 */
#ifndef SWITCHBACK_SERVER_API_CALLS_H
#define SWITCHBACK_SERVER_API_CALLS_H

#include "server/api/door.h"

extern const struct api_row call_hold_row, call_mute_row, call_transfer_row, call_voicemail_row,
	call_hang_up_row, call_back_row;

#endif
