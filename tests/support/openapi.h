/*
 * openapi.h - holds real answers of the service against docs/openapi.yaml.
 *
 * It knows the part of OpenAPI 3.1 and JSON Schema that our description uses; a keyword that it
 * does not know is an error, so nothing in the description goes unchecked in silence.
 */
#ifndef SWITCHBACK_TESTS_SUPPORT_OPENAPI_H
#define SWITCHBACK_TESTS_SUPPORT_OPENAPI_H

#include <jansson.h>

#include "shared/err.h"
#include "shared/str.h"

struct openapi {
	json_t *root;
};

MUST_USE
bool openapi_load(struct openapi *a, const char *path, struct err *err);
void openapi_free(struct openapi *a);

/* The answer to `method` (lower case) of `path` (as requested, without query) is one that the
 * description allows: the path and method are there, the status is, the content type is, and a JSON
 * body has the described form. */
MUST_USE
bool openapi_answer_check(const struct openapi *a, const char *method, const char *path, int status,
			  const char *content_type, struct str body, struct err *err);

/* The description itself: every reference leads somewhere, every schema uses known keywords only,
 * every path parameter is declared, every operationId is there once. */
MUST_USE
bool openapi_check(const struct openapi *a, struct err *err);

/* The schema of that name under components, NULL if there is none. Borrowed. */
const json_t *openapi_schema(const struct openapi *a, const char *name);

#endif
