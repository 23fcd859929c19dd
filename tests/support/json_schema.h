/*
 * json_schema.h - the part of JSON Schema 2020-12 that docs/openapi.yaml uses. For openapi.c.
 */
#ifndef SWITCHBACK_TESTS_SUPPORT_JSON_SCHEMA_H
#define SWITCHBACK_TESTS_SUPPORT_JSON_SCHEMA_H

#include <jansson.h>

#include "shared/err.h"

/* What a local reference ("#/components/schemas/problem") leads to; NULL when it leads nowhere. */
const json_t *json_reference(const json_t *root, const char *reference);

/* `value` has the form of `schema`; references are looked up in `root`. The sentence of a failure
 * begins with the place in the value, "$.items[3].id". */
MUST_USE
bool json_schema_holds(const json_t *root, const json_t *schema, const json_t *value,
		       struct err *err);

/* The schema itself: known keywords of the right type, references that lead somewhere. */
MUST_USE
bool json_schema_check(const json_t *root, const json_t *schema, const char *where,
		       struct err *err);

#endif
