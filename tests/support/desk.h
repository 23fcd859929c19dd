/*
 * desk.h - rows of the API asked of the database as the door asks them, without a service: by the
 * row's own statement and list of parameters, under the organization's context, as the service's
 * role. Every answer is held against docs/openapi.yaml on the way.
 *
 * Everything here fails the running test (cr_assert_fail) instead of returning an error.
 */
#ifndef SWITCHBACK_TESTS_SUPPORT_DESK_H
#define SWITCHBACK_TESTS_SUPPORT_DESK_H

#include "server/api/door.h"
#include "tests/support/db.h"

struct desk;

/* A member of the path, query or body, "key" for the Idempotency-Key, "user" for who asks. The list
 * ends with a NULL name. */
struct desk_said {
	const char *name, *value;
};

struct desk_answer {
	char outcome[16];
	char code[40];    /* of a refusal, "" when the outcome says it all */
	const void *body; /* json_t; NULL when there is none */
	const char *text; /* of the body */
};

struct desk *desk_open(struct test_db *t, const char *organization);
void desk_close(struct desk *d);

/* Who asks from now on: the first account of that role ("manager") or first name. An admin at
 * first. */
void desk_user(struct desk *d, const char *who);
const char *desk_user_id(const struct desk *d);

/* DESK(d, &conversation_one_row, {"id", id}) */
#define DESK(d, row, ...) \
	desk_ask((d), (row), (const struct desk_said[]){__VA_ARGS__, {NULL, NULL}})
const struct desk_answer *desk_ask(struct desk *d, const struct api_row *row,
				   const struct desk_said *said);

/* The same over a connection of one's own, not held against the page: for races. Returns the
 * outcome (or the code of a refusal); free() it. */
char *desk_send(struct desk *d, PGconn *c, const struct api_row *row, const struct desk_said *said);

/* What stands at "conversation.holder" or "items.0.id", as text; "null" for null, "" when there is
 * nothing. Borrowed until the next ten calls. */
const char *desk_at(const struct desk_answer *a, const char *path);

#endif
