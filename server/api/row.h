/*
 * row.h - a row of the API (door.h): its parameters read from the request, its answer passed on.
 */
#ifndef SWITCHBACK_SERVER_API_ROW_H
#define SWITCHBACK_SERVER_API_ROW_H

#include "server/api/door.h"

/* Asks the row's statement; or refuses: flow_fail was called, and *refusal is what to answer. The
 * request is needed during this call only. */
struct row_answer {
	char outcome[16];
	struct str body;
	bool known; /* the statement answered */
};
void row_ask(struct flow *f, const struct api_row *row, const struct web_request *r,
	     const struct staff *who, enum problem *refusal, struct row_answer *out);

/* Answers with what the statement said; true when it did what was asked. */
bool row_reply(struct flow *f, struct ticket t, const struct row_answer *a);

/* The statement's list is as long as it says, and names fields that can be read. For tests. */
size_t row_params_count(const struct api_row *row);

/* The body may be read as JSON: there is none, or it says so. */
bool json_is_said(const struct web_request *r);

#endif
