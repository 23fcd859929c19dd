/*
 * customers.c - see customers.h.
 */
#include "server/api/customers.h"

#include "server/api/command.h"

const struct api_row customer_search_row = {
	.statement = {"customer_search",
		      "SELECT outcome, body FROM customer_search($1, $2, $3, $4)", 4, true},
	.params = {FROM(API_ORG), FROM_QUERY("q", FIELD_TEXT, .max = 200), FROM_LIMIT, FROM_CURSOR},
};

const struct api_row customer_one_row = {
	.statement = {"customer_one", "SELECT outcome, body FROM customer_one($1, $2, $3)", 3,
		      true},
	.params = {FROM(API_ORG), FROM(API_USER), FROM_PATH("id", FIELD_ID)},
};

/* "none" takes the choice back. */
const struct api_row customer_speaks_row = {
	.statement = {"customer_speaks",
		      "SELECT outcome, body FROM customer_speaks(" CALLER ", $8, $9)", 9, true},
	.params = {FROM_CALLER, FROM_PATH("id", FIELD_ID),
		   FROM_BODY("language", FIELD_WORD, .needed = true, .words = "en|fr|none")},
	.command = true,
};
