/*
 * outbound.c - see outbound.h.
 */
#include "server/api/outbound.h"

#include "server/api/command.h"

const struct api_row outbound_list_row = {
	.statement = {"outbound_list",
		      "SELECT outcome, body FROM outbound_list($1, $2, $3, $4, $5)", 5, true},
	.params = {FROM(API_ORG),
		   FROM_QUERY_OR("open", "state", FIELD_WORD, .words = "open|ended|all"),
		   FROM_QUERY("customer_id", FIELD_ID), FROM_LIMIT, FROM_CURSOR},
};

const struct api_row outbound_add_row = {
	.statement = {"outbound_add",
		      "SELECT outcome, body FROM outbound_add(" CALLER
		      ", $8, $9, $10, $11, $12, $13)",
		      13, true},
	.params = {FROM_CALLER,
		   FROM_BODY("kind", FIELD_WORD, .needed = true, .words = "pickup_ready|callback"),
		   FROM_BODY("customer_id", FIELD_ID), FROM_BODY("order_id", FIELD_ID),
		   FROM_BODY("escalation_id", FIELD_ID),
		   FROM_BODY("language", FIELD_WORD, .words = "en|fr"),
		   FROM_BODY("not_before", FIELD_TIME)},
	.command = true,
};

const struct api_row outbound_cancel_row = {
	.statement = {"outbound_cancel",
		      "SELECT outcome, body FROM outbound_cancel(" CALLER ", $8)", 8, true},
	.params = {FROM_CALLER, FROM_PATH("id", FIELD_ID)},
	.command = true,
};
