/*
 * conversations.c - see conversations.h.
 *
 * A command may be asked twice (its connection was lost, its client pressed again): command_first()
 * keys it by the Idempotency-Key, or by the request where there is none.
 */
#include "server/api/conversations.h"

#include "server/api/command.h"

#define TEXT_MAX 1600 /* characters of a text: what the carrier takes */
#define NOTE_MAX 4000

/* ---- reading ---- */

const struct api_row conversation_list_row = {
	.statement = {"conversation_list",
		      "SELECT outcome, body FROM conversation_list($1, $2, $3, $4, $5, $6, $7, $8, "
		      "$9)",
		      9, true},
	.params = {FROM(API_ORG), FROM(API_USER),
		   FROM_QUERY_OR("open", "state", FIELD_WORD, .words = "open|closed|all"),
		   FROM_QUERY("holder", FIELD_WORD, .words = "agent|nobody|staff|me"),
		   FROM_QUERY("waiting", FIELD_BOOL), FROM_QUERY("customer_id", FIELD_ID),
		   FROM_QUERY("q", FIELD_TEXT, .max = 200), FROM_LIMIT, FROM_CURSOR},
};

const struct api_row conversation_one_row = {
	.statement = {"conversation_one", "SELECT outcome, body FROM conversation_one($1, $2)", 2,
		      true},
	.params = {FROM(API_ORG), FROM_PATH("id", FIELD_ID)},
};

const struct api_row conversation_messages_row = {
	.statement = {"conversation_messages",
		      "SELECT outcome, body FROM conversation_messages($1, $2, $3, $4)", 4, true},
	.params = {FROM(API_ORG), FROM_PATH("id", FIELD_ID), FROM_LIMIT, FROM_CURSOR},
};

/* ---- saying ---- */

const struct api_row conversation_start_row = {
	.statement = {"conversation_start",
		      "SELECT outcome, body FROM conversation_start(" CALLER
		      ", $8, $9, $10, $11, $12, $13)",
		      13, true},
	.params = {FROM_CALLER, FROM_BODY("customer_id", FIELD_ID),
		   FROM_BODY("phone_number", FIELD_TEXT, .max = 40),
		   FROM_BODY("store_number", FIELD_TEXT, .max = 40),
		   FROM_BODY("body", FIELD_LINES, .needed = true, .min = 1, .max = TEXT_MAX),
		   FROM_BODY("language", FIELD_WORD, .words = "en|fr"), FROM_SEGMENTS("body")},
	.command = true,
};

const struct api_row conversation_reply_row = {
	.statement = {"conversation_reply",
		      "SELECT outcome, body FROM conversation_say(" CALLER
		      ", $8, $9, $10, $11, $12)",
		      12, true},
	.params = {FROM_CALLER, FROM_PATH("id", FIELD_ID), FROM_EPOCH,
		   FROM_BODY("body", FIELD_LINES, .needed = true, .min = 1, .max = TEXT_MAX),
		   FROM_BODY("language", FIELD_WORD, .words = "en|fr"), FROM_SEGMENTS("body")},
	.command = true,
};

const struct api_row conversation_note_row = {
	.statement = {"conversation_note",
		      "SELECT outcome, body FROM conversation_note(" CALLER ", $8, 'note', $9)", 9,
		      true},
	.params = {FROM_CALLER, FROM_PATH("id", FIELD_ID),
		   FROM_BODY("body", FIELD_LINES, .needed = true, .min = 1, .max = NOTE_MAX)},
	.command = true,
};

const struct api_row conversation_whisper_row = {
	.statement = {"conversation_whisper",
		      "SELECT outcome, body FROM conversation_note(" CALLER ", $8, 'whisper', $9)",
		      9, true},
	.params = {FROM_CALLER, FROM_PATH("id", FIELD_ID),
		   FROM_BODY("body", FIELD_LINES, .needed = true, .min = 1, .max = NOTE_MAX)},
	.command = true,
};

/* ---- who may speak ---- */

const struct api_row conversation_take_over_row = {
	.statement = {"conversation_take_over",
		      "SELECT outcome, body FROM conversation_take(" CALLER
		      ", $8, $9, $10, $11, $12, $13)",
		      13, true},
	.params = {FROM_CALLER, FROM_PATH("id", FIELD_ID), FROM_EPOCH,
		   FROM_BODY("by", FIELD_WORD, .words = "typing|phone"),
		   FROM_BODY("force", FIELD_BOOL), FROM_BODY("reason", FIELD_TEXT, .min = 1),
		   FROM_MAY("conversation.force")},
	.command = true,
};

const struct api_row conversation_hand_back_row = {
	.statement = {"conversation_hand_back",
		      "SELECT outcome, body FROM conversation_return(" CALLER ", $8, $9)", 9, true},
	.params = {FROM_CALLER, FROM_PATH("id", FIELD_ID), FROM_EPOCH},
	.command = true,
};

const struct api_row conversation_close_row = {
	.statement = {"conversation_close",
		      "SELECT outcome, body FROM conversation_end(" CALLER ", $8, $9, $10)", 10,
		      true},
	.params = {FROM_CALLER, FROM_PATH("id", FIELD_ID), FROM_EPOCH,
		   FROM_BODY("resolution", FIELD_TEXT, .min = 1, .max = 40)},
	.command = true,
};
