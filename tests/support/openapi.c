/*
 * openapi.c - see openapi.h.
 */
#include "tests/support/openapi.h"

#include <strings.h>

#include "tests/support/json_schema.h"
#include "tests/support/yaml.h"

static const char *const methods[] = {"get", "put", "post", "delete", "patch", "head"};

bool openapi_load(struct openapi *a, const char *path, struct err *err)
{
	a->root = yaml_load(path, err);
	return a->root != NULL;
}

void openapi_free(struct openapi *a)
{
	json_decref(a->root);
	a->root = NULL;
}

const json_t *openapi_schema(const struct openapi *a, const char *name)
{
	const json_t *components = json_object_get(a->root, "components");

	return json_object_get(json_object_get(components, "schemas"), name);
}

/* Follows a reference, if it is one. */
static const json_t *followed(const struct openapi *a, const json_t *v)
{
	const char *reference = json_string_value(json_object_get(v, "$ref"));

	return reference == NULL ? v : json_reference(a->root, reference);
}

/* "/api/orders/{id}" against "/api/orders/17": a part in braces stands for any part. */
static bool path_fits(const char *described, const char *asked)
{
	struct str d = str_of(described), p = str_of(asked);

	while (d.n > 0 && p.n > 0) {
		struct str d_part = str_cut(&d, '/'), p_part = str_cut(&p, '/');

		if (str_starts(d_part, STR_LIT("{")) ? p_part.n == 0 : !str_eq(d_part, p_part))
			return false;
	}
	return d.n == 0 && p.n == 0;
}

/* An exact path before one with braces. */
static const json_t *path_find(const struct openapi *a, const char *asked)
{
	const json_t *paths = json_object_get(a->root, "paths"),
		     *exact = json_object_get(paths, asked);
	const char *described;
	json_t *item;

	if (exact != NULL)
		return exact;
	json_object_foreach((json_t *)(uintptr_t)paths, described, item)
	{
		if (path_fits(described, asked))
			return item;
	}
	return NULL;
}

/* The content type without its parameters. */
static bool media_type_is(const char *described, const char *given)
{
	size_t n = strlen(described);

	return strncasecmp(described, given, n) == 0 &&
	       (given[n] == '\0' || given[n] == ';' || given[n] == ' ');
}

static bool body_check(const struct openapi *a, const json_t *response, const char *content_type,
		       struct str body, struct err *err)
{
	const json_t *content = json_object_get(response, "content"), *schema = NULL;
	const char *described;
	json_error_t why;
	json_t *media, *value;
	bool known = false, fine;

	if (content == NULL)
		return body.n == 0 ||
		       err_set(err, ERR_INPUT, "a body came where none is described");
	if (content_type == NULL)
		return err_set(err, ERR_INPUT, "the answer has no content type");
	json_object_foreach((json_t *)(uintptr_t)content, described, media)
	{
		if (!media_type_is(described, content_type))
			continue;
		known = true;
		schema = json_object_get(media, "schema");
	}
	if (!known)
		return err_set(err, ERR_INPUT, "content type \"%.60s\" is not described",
			       content_type);
	if (schema == NULL || strstr(content_type, "json") == NULL)
		return true;
	value = json_loadb(body.p, body.n, JSON_REJECT_DUPLICATES, &why);
	if (value == NULL)
		return err_set(err, ERR_INPUT, "the body is no JSON: %.80s", why.text);
	fine = json_schema_holds(a->root, schema, value, err);
	json_decref(value);
	return fine;
}

bool openapi_answer_check(const struct openapi *a, const char *method, const char *path, int status,
			  const char *content_type, struct str body, struct err *err)
{
	const json_t *item = path_find(a, path), *operation, *responses, *response;
	char code[16];

	*err = (struct err){0};
	if (item == NULL)
		return err_set(err, ERR_INPUT, "path %.80s is not described", path);
	operation = json_object_get(item, method);
	/* 405 is described once for every path: it is about methods that are not there. */
	if (operation == NULL && status != 405)
		return err_set(err, ERR_INPUT, "%s of %.80s is not described", method, path);
	snprintf(code, sizeof code, "%d", status);
	responses = operation == NULL
			    ? json_object_get(json_object_get(a->root, "components"), "responses")
			    : json_object_get(operation, "responses");
	response =
		followed(a, json_object_get(responses, operation == NULL ? "wrong_method" : code));
	if (response == NULL)
		return err_set(err, ERR_INPUT, "status %d of %s %.80s is not described", status,
			       method, path);
	return body_check(a, response, content_type, body, err);
}

/* ---- the description itself ------------------------------------------------------------------ */

static bool contents_check(const struct openapi *a, const json_t *holder, const char *where,
			   struct err *err)
{
	const char *type;
	json_t *media;

	json_object_foreach(json_object_get(holder, "content"), type, media)
	{
		const json_t *schema = json_object_get(media, "schema");

		if (schema != NULL && !json_schema_check(a->root, schema, where, err))
			return false;
	}
	return true;
}

static bool responses_check(const struct openapi *a, const json_t *responses, const char *where,
			    struct err *err)
{
	const char *code;
	json_t *r;

	json_object_foreach((json_t *)(uintptr_t)responses, code, r)
	{
		const json_t *response = followed(a, r);

		if (response == NULL)
			return err_set(err, ERR_INPUT, "%s, %s: the reference leads nowhere", where,
				       code);
		if (json_object_get(response, "description") == NULL)
			return err_set(err, ERR_INPUT, "%s, %s: has no description", where, code);
		if (!contents_check(a, response, where, err))
			return false;
	}
	return true;
}

/* Every {name} of the path is declared by the operation or its path. */
static bool parameters_check(const struct openapi *a, const json_t *item, const json_t *operation,
			     const char *path, struct err *err)
{
	const json_t *lists[] = {json_object_get(item, "parameters"),
				 json_object_get(operation, "parameters")};
	size_t declared = 0, wanted = 0;

	for (const char *c = path; *c != '\0'; c++)
		wanted += *c == '{';
	for (size_t l = 0; l < ARRAY_LEN(lists); l++) {
		size_t i;
		json_t *one;

		json_array_foreach(lists[l], i, one)
		{
			const json_t *parameter = followed(a, one);
			const char *in = json_string_value(json_object_get(parameter, "in"));

			if (in == NULL)
				return err_set(err, ERR_INPUT, "%.80s: a parameter without \"in\"",
					       path);
			declared += strcmp(in, "path") == 0;
			if (!json_schema_check(a->root, json_object_get(parameter, "schema"), path,
					       err))
				return false;
		}
	}
	return declared == wanted ||
	       err_set(err, ERR_INPUT, "%.80s: its path parameters are not all declared", path);
}

static bool operation_check(const struct openapi *a, json_t *ids, const json_t *item,
			    const json_t *operation, const char *path, struct err *err)
{
	const char *id = json_string_value(json_object_get(operation, "operationId"));

	if (id == NULL || json_object_get(ids, id) != NULL)
		return err_set(err, ERR_INPUT, "%.80s: operationId is missing, or used twice",
			       path);
	if (json_object_set_new(ids, id, json_true()) != 0)
		return err_set(err, ERR_INPUT, "%.80s: operationId cannot be kept", path);
	if (json_object_get(operation, "responses") == NULL)
		return err_set(err, ERR_INPUT, "%.80s: has no responses", path);
	return parameters_check(a, item, operation, path, err) &&
	       contents_check(a, json_object_get(operation, "requestBody"), path, err) &&
	       responses_check(a, json_object_get(operation, "responses"), path, err);
}

bool openapi_check(const struct openapi *a, struct err *err)
{
	const json_t *components = json_object_get(a->root, "components");
	json_t *ids = json_object(), *item, *schema;
	const char *path, *name;
	bool fine = true;

	*err = (struct err){0};
	json_object_foreach(json_object_get(components, "schemas"), name, schema) fine =
		fine && json_schema_check(a->root, schema, name, err);
	fine = fine &&
	       responses_check(a, json_object_get(components, "responses"), "components", err);
	json_object_foreach(json_object_get(a->root, "paths"), path, item)
	{
		for (size_t m = 0; m < ARRAY_LEN(methods); m++) {
			const json_t *operation = json_object_get(item, methods[m]);

			if (operation != NULL)
				fine = fine && operation_check(a, ids, item, operation, path, err);
		}
	}
	json_decref(ids);
	return fine;
}
