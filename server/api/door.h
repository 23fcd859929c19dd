/*
 * door.h - the one door of the staff API. A route that names it is passed only with a valid token
 *of a session in force whose role may do the route's action; then the request is read by the
 *route's own table, the route's statement runs under the session's organization, and its answer is
 *passed on.
 *
 *	{.method = WEB_POST, .path = "/api/conversations/{id}/takeover", .handle = door,
 *	 .action = "conversation.take_over", .with = &conversation_take_over_row},
 *
 * Refused in this order: 401 (token, session: always the same answer), 403 (role), 404 (an id in
 * the path that is none), 415 and 400 (what cannot be taken), then what the statement says.
 */
#ifndef SWITCHBACK_SERVER_API_DOOR_H
#define SWITCHBACK_SERVER_API_DOOR_H

#include "server/db/db.h"
#include "server/net/web.h"
#include "server/staff/sessions.h" /* struct staff */
#include "shared/wire/field.h"

/* ---- rows ---- */

/* Where a parameter of the statement comes from. */
enum api_from {
	API_END, /* the end of the list */
	API_ORG,
	API_USER,
	API_SESSION,
	API_ROLE,     /* its name */
	API_MAY,      /* boolean: may the role do the action that field.name names? */
	API_ACTIONS,  /* JSON array of the names of all that it may do */
	API_PATH,     /* the next {part} of the path, in their order; refused: 404 */
	API_QUERY,    /* NULL when absent */
	API_BODY,     /* a member of the JSON body; NULL when absent or null */
	API_KEY,      /* the header Idempotency-Key: 1 to 128 printable characters, or NULL */
	API_SEGMENTS, /* in how many segments the body's member field.name travels as a text */
	API_HASH,     /* bytea: SHA-256 of method, path, query and body */
	API_REQUEST,  /* the request's id, for the audit log */
	API_ADDRESS,  /* who is connected, as inet; NULL when it is no address */
};

#define API_PARAMS_MAX 20

struct api_param {
	enum api_from from;
	struct field field;   /* of API_PATH, API_QUERY, API_BODY */
	const char *fallback; /* instead of NULL */
};

/* What a row's list is made of; further members of struct field follow the kind:
 * FROM_BODY("epoch", FIELD_INT, .needed = true, .min = 1, .max = INT32_MAX). */
#define FROM(source)             \
	{                        \
		.from = (source) \
	}
#define FROM_PATH(n, k, ...)                                                        \
	{                                                                           \
		.from = API_PATH, .field = {.name = (n), .kind = (k), __VA_ARGS__ } \
	}
#define FROM_QUERY(n, k, ...)                                                        \
	{                                                                            \
		.from = API_QUERY, .field = {.name = (n), .kind = (k), __VA_ARGS__ } \
	}
#define FROM_BODY(n, k, ...)                                                        \
	{                                                                           \
		.from = API_BODY, .field = {.name = (n), .kind = (k), __VA_ARGS__ } \
	}
#define FROM_QUERY_OR(f, n, k, ...)                                                  \
	{                                                                            \
		.from = API_QUERY, .field = {.name = (n), .kind = (k), __VA_ARGS__}, \
		.fallback = (f)                                                      \
	}

#define FROM_MAY(action)                                      \
	{                                                     \
		.from = API_MAY, .field = {.name = (action) } \
	}
#define FROM_SEGMENTS(member)                                      \
	{                                                          \
		.from = API_SEGMENTS, .field = {.name = (member) } \
	}

/* The statement answers one row `outcome text, body text` (no row is `missing`):
 *   ok 200 · created 201 · none 204 (body ignored)                     body is the JSON answer
 *   input 400 · denied 403 · missing 404 · conflict 409 · gone 410 · too_many 429
 *                              body is NULL, or an object whose "code" is one of the problem table
 *                              and whose other members stand beside it in the problem
 * Query parameters and body members that the list does not name are refused (400). */
struct api_row {
	struct db_statement statement; /* its params: as many as the list has */
	struct api_param params[API_PARAMS_MAX + 1];
	bool command;       /* writes: whoever listens to the organization is told after it */
	bool ends_sessions; /* no session of the organization is believed from memory after it */
};

/* For routes with `.with = &` a struct api_row. */
web_handler door;

/* ---- what is no row (the stream) ---- */

/* Called once the door has let the request in: within the web handler's call or later, with a
 * request that is valid during this call. Bodies and parameters are its own affair. */
struct staff_handler {
	void (*handle)(struct app *app, const struct web_request *r, struct ticket t,
		       const struct staff *who);
};

/* For routes with `.with = &` a struct staff_handler. */
web_handler door_through;

#endif
