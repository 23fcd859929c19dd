/*
 * json_schema.c - see json_schema.h. One table says which keywords there are, of what type, and
 * which function holds a value against each.
 */
#include "tests/support/json_schema.h"

#include <regex.h>

#include "shared/clock.h"
#include "shared/utf8.h"

#define PLACE_MAX 160

/* A value being looked at: where it is, and what it is held against. */
struct place {
	const json_t *root, *value;
	const json_t *schema; /* that the keyword stands in */
	const char *at;
	struct err *err;
};

typedef bool keyword_check(const struct place *p, const json_t *wanted);

static bool holds(const json_t *root, const json_t *schema, const json_t *value, const char *at,
		  struct err *err);

const json_t *json_reference(const json_t *root, const char *reference)
{
	struct str rest = str_of(reference);
	char name[80];

	if (!str_starts(rest, STR_LIT("#/")))
		return NULL;
	rest = str_sub(rest, 2, rest.n);
	while (root != NULL && rest.n > 0) {
		struct str part = str_cut(&rest, '/');

		snprintf(name, sizeof name, STR_FMT, STR_ARG(part));
		root = json_object_get(root, name);
	}
	return root;
}

static bool is_type(const json_t *v, const char *type)
{
	switch (json_typeof(v)) {
	case JSON_OBJECT: return strcmp(type, "object") == 0;
	case JSON_ARRAY: return strcmp(type, "array") == 0;
	case JSON_STRING: return strcmp(type, "string") == 0;
	case JSON_INTEGER: return strcmp(type, "integer") == 0 || strcmp(type, "number") == 0;
	case JSON_REAL: return strcmp(type, "number") == 0;
	case JSON_NULL: return strcmp(type, "null") == 0;
	default: return strcmp(type, "boolean") == 0;
	}
}

static bool type_check(const struct place *p, const json_t *wanted)
{
	size_t i;
	json_t *one;

	if (json_is_string(wanted) && is_type(p->value, json_string_value(wanted)))
		return true;
	json_array_foreach(wanted, i, one)
	{
		if (is_type(p->value, json_string_value(one)))
			return true;
	}
	return err_set(p->err, ERR_INPUT, "%s has another type than described", p->at);
}

static bool enum_check(const struct place *p, const json_t *wanted)
{
	size_t i;
	json_t *one;

	json_array_foreach(wanted, i, one)
	{
		if (json_equal(one, p->value))
			return true;
	}
	return err_set(p->err, ERR_INPUT, "%s is none of the described values (\"%.60s\")", p->at,
		       json_is_string(p->value) ? json_string_value(p->value) : "...");
}

static bool const_check(const struct place *p, const json_t *wanted)
{
	return json_equal(wanted, p->value) ||
	       err_set(p->err, ERR_INPUT, "%s is not the described value", p->at);
}

static bool required_check(const struct place *p, const json_t *wanted)
{
	size_t i;
	json_t *name;

	json_array_foreach(wanted, i, name)
	{
		if (json_is_object(p->value) &&
		    json_object_get(p->value, json_string_value(name)) == NULL)
			return err_set(p->err, ERR_INPUT, "%s has no \"%s\"", p->at,
				       json_string_value(name));
	}
	return true;
}

static bool properties_check(const struct place *p, const json_t *wanted)
{
	json_t *others = json_object_get(p->schema, "additionalProperties");
	void *iterator;

	if (!json_is_object(p->value))
		return true;
	for (iterator = json_object_iter((json_t *)(uintptr_t)p->value); iterator != NULL;
	     iterator = json_object_iter_next((json_t *)(uintptr_t)p->value, iterator)) {
		const char *name = json_object_iter_key(iterator);
		const json_t *schema = json_object_get(wanted, name);
		char at[PLACE_MAX];

		snprintf(at, sizeof at, "%s.%s", p->at, name);
		if (schema == NULL && json_is_object(others))
			schema = others;
		if (schema == NULL && json_is_false(others))
			return err_set(p->err, ERR_INPUT, "%s is not described", at);
		if (schema != NULL &&
		    !holds(p->root, schema, json_object_iter_value(iterator), at, p->err))
			return false;
	}
	return true;
}

/* Looked at by `properties`; on its own it needs one. */
static bool additional_check(const struct place *p, const json_t *wanted)
{
	(void)wanted;
	return json_object_get(p->schema, "properties") != NULL ||
	       properties_check(p, json_object_get(p->schema, "properties"));
}

static bool items_check(const struct place *p, const json_t *wanted)
{
	size_t i;
	json_t *one;

	json_array_foreach(p->value, i, one)
	{
		char at[PLACE_MAX];

		snprintf(at, sizeof at, "%s[%zu]", p->at, i);
		if (!holds(p->root, wanted, one, at, p->err))
			return false;
	}
	return true;
}

static bool items_max_check(const struct place *p, const json_t *wanted)
{
	return json_array_size(p->value) <= (size_t)json_integer_value(wanted) ||
	       err_set(p->err, ERR_INPUT, "%s has too many items", p->at);
}

static bool items_min_check(const struct place *p, const json_t *wanted)
{
	return !json_is_array(p->value) ||
	       json_array_size(p->value) >= (size_t)json_integer_value(wanted) ||
	       err_set(p->err, ERR_INPUT, "%s has too few items", p->at);
}

static bool length_max_check(const struct place *p, const json_t *wanted)
{
	return !json_is_string(p->value) ||
	       utf8_count(str_of(json_string_value(p->value))) <=
		       (size_t)json_integer_value(wanted) ||
	       err_set(p->err, ERR_INPUT, "%s is too long", p->at);
}

static bool length_min_check(const struct place *p, const json_t *wanted)
{
	return !json_is_string(p->value) ||
	       utf8_count(str_of(json_string_value(p->value))) >=
		       (size_t)json_integer_value(wanted) ||
	       err_set(p->err, ERR_INPUT, "%s is too short", p->at);
}

static bool maximum_check(const struct place *p, const json_t *wanted)
{
	return !json_is_number(p->value) ||
	       json_number_value(p->value) <= json_number_value(wanted) ||
	       err_set(p->err, ERR_INPUT, "%s is above the maximum", p->at);
}

static bool minimum_check(const struct place *p, const json_t *wanted)
{
	return !json_is_number(p->value) ||
	       json_number_value(p->value) >= json_number_value(wanted) ||
	       err_set(p->err, ERR_INPUT, "%s is below the minimum", p->at);
}

static bool matches(const char *pattern, const char *text)
{
	regex_t compiled;
	bool found;

	if (regcomp(&compiled, pattern, REG_EXTENDED | REG_NOSUB) != 0)
		return false;
	found = regexec(&compiled, text, 0, NULL, 0) == 0;
	regfree(&compiled);
	return found;
}

static bool pattern_check(const struct place *p, const json_t *wanted)
{
	return !json_is_string(p->value) ||
	       matches(json_string_value(wanted), json_string_value(p->value)) ||
	       err_set(p->err, ERR_INPUT, "%s does not match %s", p->at, json_string_value(wanted));
}

static bool format_check(const struct place *p, const json_t *wanted)
{
	const char *format = json_string_value(wanted), *text = json_string_value(p->value);
	int64_t at;
	bool fine;

	if (text == NULL)
		return true;
	if (strcmp(format, "uuid") == 0)
		fine = matches("^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$", text);
	else if (strcmp(format, "date-time") == 0)
		fine = matches("^[0-9]{4}-[0-9]{2}-[0-9]{2}T.*(Z|[+-][0-9]{2}:[0-9]{2})$", text) &&
		       clock_parse(text, &at);
	else if (strcmp(format, "date") == 0)
		fine = matches("^[0-9]{4}-[0-9]{2}-[0-9]{2}$", text);
	else
		return err_set(p->err, ERR_INPUT, "format \"%s\" is not known here", format);
	return fine || err_set(p->err, ERR_INPUT, "%s is no %s", p->at, format);
}

static size_t held_count(const struct place *p, const json_t *schemas)
{
	size_t i, n = 0;
	json_t *one;

	json_array_foreach(schemas, i, one) n += holds(p->root, one, p->value, p->at, NULL);
	return n;
}

static bool all_check(const struct place *p, const json_t *wanted)
{
	size_t i;
	json_t *one;

	json_array_foreach(wanted, i, one)
	{
		if (!holds(p->root, one, p->value, p->at, p->err))
			return false;
	}
	return true;
}

static bool any_check(const struct place *p, const json_t *wanted)
{
	return held_count(p, wanted) > 0 ||
	       err_set(p->err, ERR_INPUT, "%s has none of the described forms", p->at);
}

static bool one_check(const struct place *p, const json_t *wanted)
{
	return held_count(p, wanted) == 1 ||
	       err_set(p->err, ERR_INPUT, "%s has not exactly one of the described forms", p->at);
}

static bool reference_check(const struct place *p, const json_t *wanted)
{
	const json_t *schema = json_reference(p->root, json_string_value(wanted));

	if (schema == NULL)
		return err_set(p->err, ERR_INPUT, "%s leads nowhere", json_string_value(wanted));
	return holds(p->root, schema, p->value, p->at, p->err);
}

/* The type that a keyword's own value has. */
enum form { FORM_TEXT, FORM_NUMBER, FORM_LIST, FORM_SCHEMA, FORM_SCHEMAS, FORM_NAMED, FORM_ANY };

static const struct {
	const char *name;
	enum form form;
	keyword_check *check; /* NULL: for readers */
} keywords[] = {
	{"$ref", FORM_TEXT, reference_check},
	{"type", FORM_ANY, type_check},
	{"enum", FORM_LIST, enum_check},
	{"const", FORM_ANY, const_check},
	{"required", FORM_LIST, required_check},
	{"properties", FORM_NAMED, properties_check},
	{"additionalProperties", FORM_ANY, additional_check},
	{"items", FORM_SCHEMA, items_check},
	{"maxItems", FORM_NUMBER, items_max_check},
	{"minItems", FORM_NUMBER, items_min_check},
	{"maxLength", FORM_NUMBER, length_max_check},
	{"minLength", FORM_NUMBER, length_min_check},
	{"maximum", FORM_NUMBER, maximum_check},
	{"minimum", FORM_NUMBER, minimum_check},
	{"pattern", FORM_TEXT, pattern_check},
	{"format", FORM_TEXT, format_check},
	{"allOf", FORM_SCHEMAS, all_check},
	{"anyOf", FORM_SCHEMAS, any_check},
	{"oneOf", FORM_SCHEMAS, one_check},
	{"description", FORM_TEXT, NULL},
	{"title", FORM_TEXT, NULL},
	{"default", FORM_ANY, NULL},
	{"examples", FORM_LIST, NULL},
};

static bool holds(const json_t *root, const json_t *schema, const json_t *value, const char *at,
		  struct err *err)
{
	struct place p = {.root = root, .value = value, .schema = schema, .at = at, .err = err};

	for (size_t i = 0; i < ARRAY_LEN(keywords); i++) {
		const json_t *wanted = json_object_get(schema, keywords[i].name);

		if (wanted != NULL && keywords[i].check != NULL && !keywords[i].check(&p, wanted))
			return false;
	}
	return true;
}

bool json_schema_holds(const json_t *root, const json_t *schema, const json_t *value,
		       struct err *err)
{
	return holds(root, schema, value, "$", err);
}

/* ---- the schema itself ----------------------------------------------------------------------- */

static bool all_schemas_check(const json_t *root, const json_t *list, const char *where,
			      struct err *err)
{
	size_t i;
	json_t *one;

	json_array_foreach(list, i, one)
	{
		if (!json_schema_check(root, one, where, err))
			return false;
	}
	return true;
}

static bool named_schemas_check(const json_t *root, const json_t *named, const char *where,
				struct err *err)
{
	const char *name;
	json_t *one;

	json_object_foreach((json_t *)(uintptr_t)named, name, one)
	{
		char at[PLACE_MAX];

		snprintf(at, sizeof at, "%s.%s", where, name);
		if (!json_schema_check(root, one, at, err))
			return false;
	}
	return true;
}

static bool keyword_form_check(const json_t *root, enum form form, const json_t *v,
			       const char *where, struct err *err)
{
	switch (form) {
	case FORM_TEXT: return json_is_string(v);
	case FORM_NUMBER: return json_is_number(v);
	case FORM_LIST: return json_is_array(v);
	case FORM_SCHEMA: return json_schema_check(root, v, where, err);
	case FORM_SCHEMAS: return json_is_array(v) && all_schemas_check(root, v, where, err);
	case FORM_NAMED: return json_is_object(v) && named_schemas_check(root, v, where, err);
	case FORM_ANY: break;
	}
	return !json_is_object(v) || json_schema_check(root, v, where, err);
}

bool json_schema_check(const json_t *root, const json_t *schema, const char *where, struct err *err)
{
	const char *name;
	json_t *v;

	if (!json_is_object(schema))
		return err_set(err, ERR_INPUT, "%s is no schema", where);
	json_object_foreach((json_t *)(uintptr_t)schema, name, v)
	{
		size_t i = 0;

		while (i < ARRAY_LEN(keywords) && strcmp(keywords[i].name, name) != 0)
			i++;
		if (i == ARRAY_LEN(keywords))
			return err_set(err, ERR_INPUT, "%s: \"%s\" is not known here", where, name);
		if (strcmp(name, "default") == 0 || strcmp(name, "const") == 0)
			continue;
		if (!keyword_form_check(root, keywords[i].form, v, where, err))
			return (err != NULL && err->kind != ERR_NONE)
				       ? false
				       : err_set(err, ERR_INPUT, "%s: \"%s\" has the wrong type",
						 where, name);
		if (strcmp(name, "$ref") == 0 && json_reference(root, json_string_value(v)) == NULL)
			return err_set(err, ERR_INPUT, "%s: %s leads nowhere", where,
				       json_string_value(v));
	}
	return true;
}
