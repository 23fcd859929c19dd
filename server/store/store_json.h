/*
 * store_json.h - the JSON that our own SQL functions write (store_context, ...), read. A wrong
 * shape is a bug of ours and reads as "not known". For server/store, and for switchbackctl, which
 * reads the same.
 */
#ifndef SWITCHBACK_SERVER_STORE_STORE_JSON_H
#define SWITCHBACK_SERVER_STORE_STORE_JSON_H

#include <jansson.h>

#include "server/agent/agent.h"

/* NULL when it is no JSON; give it back with json_decref. */
json_t *json_of_text(struct str text);
/* A member's text in the arena, empty when it is none; its number, 0 when it is none. */
struct str json_text(struct arena *a, const json_t *object, const char *name);
int64_t json_int(const json_t *object, const char *name);

/* What store_context() wrote. */
void store_of_object(struct arena *a, const json_t *j, struct store *out);
void store_of_json(struct arena *a, struct str text, struct store *out);

#endif
