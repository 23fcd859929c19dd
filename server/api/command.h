/*
 * command.h - what rows of the API have in common: who commands, and a list's page.
 */
#ifndef SWITCHBACK_SERVER_API_COMMAND_H
#define SWITCHBACK_SERVER_API_COMMAND_H

#include "server/api/door.h"

/* The first seven parameters of every command: its function's staff_call (schema/0014_desk.sql). */
#define CALLER "ROW($1, $2, $3, $4, $5, $6, $7)::staff_call"
#define FROM_CALLER                                                                             \
	FROM(API_ORG), FROM(API_USER), FROM(API_SESSION), FROM(API_REQUEST), FROM(API_ADDRESS), \
		FROM(API_KEY), FROM(API_HASH)

/* The epoch that the caller has read. */
#define FROM_EPOCH FROM_BODY("epoch", FIELD_INT, .needed = true, .min = 1, .max = INT64_MAX)

#define FROM_LIMIT  FROM_QUERY_OR("50", "limit", FIELD_INT, .min = 1, .max = 200)
#define FROM_CURSOR FROM_QUERY("cursor", FIELD_TEXT, .min = 1, .max = 200)

#endif
