/*
 * turn_read.h - reading the JSON that our own functions write (store_context, call_facts): a member
 * that is not there, or of another kind, reads as "not known". For server/store's own files.
 */
#ifndef SWITCHBACK_SERVER_STORE_TURN_READ_H
#define SWITCHBACK_SERVER_STORE_TURN_READ_H

#include <jansson.h>

#include "server/agent/agent.h"

/* NULL for what is no JSON. json_decref it. */
json_t *json_of(struct str text);
/* A member's text, in the arena; {NULL, 0} for any other kind. */
struct str text_of(struct arena *a, const json_t *object, const char *name);
int64_t int_of(const json_t *object, const char *name);
/* store_context()'s object. */
void store_of(struct arena *a, const json_t *j, struct store *out);

#endif
