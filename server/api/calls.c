/*
 * calls.c - see calls.h.
 */
#include "server/api/calls.h"

#include "server/api/command.h"

const struct api_row call_hold_row = {
	.statement = {"conversation_hold",
		      "SELECT outcome, body FROM conversation_hold(" CALLER ", $8, $9, $10)", 10,
		      true},
	.params = {FROM_CALLER, FROM_PATH("id", FIELD_ID), FROM_EPOCH,
		   FROM_BODY("on", FIELD_BOOL, .needed = true)},
	.command = true,
};

const struct api_row call_mute_row = {
	.statement = {"conversation_mute",
		      "SELECT outcome, body FROM conversation_mute(" CALLER ", $8, $9)", 9, true},
	.params = {FROM_CALLER, FROM_PATH("id", FIELD_ID),
		   FROM_BODY("on", FIELD_BOOL, .needed = true)},
	.command = true,
};

const struct api_row call_transfer_row = {
	.statement = {"conversation_transfer",
		      "SELECT outcome, body FROM conversation_transfer(" CALLER ", $8, $9, $10)",
		      10, true},
	.params = {FROM_CALLER, FROM_PATH("id", FIELD_ID), FROM_EPOCH,
		   FROM_BODY("user_id", FIELD_ID, .needed = true)},
	.command = true,
};

const struct api_row call_voicemail_row = {
	.statement = {"conversation_voicemail",
		      "SELECT outcome, body FROM conversation_voicemail(" CALLER ", $8, $9)", 9,
		      true},
	.params = {FROM_CALLER, FROM_PATH("id", FIELD_ID), FROM_EPOCH},
	.command = true,
};

const struct api_row call_hang_up_row = {
	.statement = {"conversation_hang_up",
		      "SELECT outcome, body FROM conversation_hang_up(" CALLER ", $8, $9)", 9,
		      true},
	.params = {FROM_CALLER, FROM_PATH("id", FIELD_ID), FROM_EPOCH},
	.command = true,
};

const struct api_row call_back_row = {
	.statement = {"conversation_call_back",
		      "SELECT outcome, body FROM conversation_call_back(" CALLER ", $8, $9, $10)",
		      10, true},
	.params = {FROM_CALLER, FROM_PATH("id", FIELD_ID), FROM_BODY("due_at", FIELD_TIME),
		   FROM_BODY("reason", FIELD_TEXT, .min = 1, .max = 500)},
	.command = true,
};
