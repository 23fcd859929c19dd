/*
 * fields.c - JSON objects of known members; see field.h. jansson reads them, but what it would let
 * through is looked at before (depth) and behind it (types, unknown members).
 */
#include <jansson.h>

#include "shared/buf.h"
#include "shared/wire/field_text.h"

#define DEPTH_MAX 32

/* The deepest nesting of brackets outside strings; jansson would go down to 2048. */
static bool shallow(struct str json)
{
	unsigned depth = 0;
	bool quoted = false;

	for (size_t i = 0; i < json.n; i++) {
		char c = json.p[i];

		if (quoted) {
			if (c == '\\')
				i++;
			else if (c == '"')
				quoted = false;
		} else if (c == '"') {
			quoted = true;
		} else if (c == '{' || c == '[') {
			if (++depth > DEPTH_MAX)
				return false;
		} else if ((c == '}' || c == ']') && depth > 0) {
			depth--;
		}
	}
	return true;
}

static json_t *object_of(struct str json)
{
	json_t *o;

	if (json.n == 0 || !shallow(json))
		return NULL;
	o = json_loadb(json.p, json.n, JSON_REJECT_DUPLICATES, NULL);
	if (json_is_object(o))
		return o;
	json_decref(o);
	return NULL;
}

static struct str text_of(const json_t *v)
{
	return str_make(json_string_value(v), json_string_length(v));
}

static bool words_read(const struct field *f, const json_t *v, struct arena *a, const char **out,
		       struct err *err)
{
	struct buf b;
	size_t n = json_array_size(v);
	bool ok = json_is_array(v) && (int64_t)n >= f->min && (int64_t)n <= f->max;

	buf_init(&b, 4096);
	buf_add_char(&b, '{');
	for (size_t i = 0; ok && i < n; i++) {
		const json_t *one = json_array_get(v, i);

		ok = json_is_string(one) && field_word_is(f, text_of(one));
		for (size_t j = 0; ok && j < i; j++)
			ok = !json_equal(one, json_array_get(v, j));
		if (ok && i > 0)
			buf_add_char(&b, ',');
		if (ok)
			buf_add_str(&b, text_of(one));
	}
	buf_add_char(&b, '}');
	if (ok)
		*out = arena_cstr(a, buf_str(&b));
	buf_clear(&b);
	return ok || err_set(err, ERR_INPUT, "%s is a list of %s", f->name, f->words);
}

static bool member_read(const struct field *f, const json_t *v, struct arena *a, const char **out,
			struct err *err)
{
	char number[24];

	switch (f->kind) {
	case FIELD_INT:
		if (!json_is_integer(v))
			return err_set(err, ERR_INPUT, "%s is a number", f->name);
		snprintf(number, sizeof number, "%" JSON_INTEGER_FORMAT, json_integer_value(v));
		return field_read(f, str_of(number), a, out, err);
	case FIELD_BOOL:
		if (!json_is_boolean(v))
			return err_set(err, ERR_INPUT, "%s is true or false", f->name);
		*out = json_is_true(v) ? "true" : "false";
		return true;
	case FIELD_WORDS: return words_read(f, v, a, out, err);
	default:
		if (!json_is_string(v))
			return err_set(err, ERR_INPUT, "%s is a text", f->name);
		return field_read(f, text_of(v), a, out, err);
	}
}

static bool members_read(const struct field *const *fields, size_t n, const json_t *o,
			 struct arena *a, const char **values, struct err *err)
{
	size_t taken = 0;

	for (size_t i = 0; i < n; i++) {
		const json_t *v = json_object_get(o, fields[i]->name);

		values[i] = NULL;
		taken += v != NULL ? 1 : 0;
		if (v == NULL || json_is_null(v)) {
			if (fields[i]->needed)
				return err_set(err, ERR_INPUT, "%s is missing", fields[i]->name);
		} else if (!member_read(fields[i], v, a, &values[i], err)) {
			return false;
		}
	}
	return json_object_size(o) == taken ||
	       err_set(err, ERR_INPUT, "the body has a member that is not known here");
}

bool fields_read(const struct field *const *fields, size_t n, struct str json, struct arena *a,
		 const char **values, struct err *err)
{
	json_t *o = json.n == 0 ? json_object() : object_of(json);
	bool ok;

	if (o == NULL)
		return err_set(err, ERR_INPUT, "the body is no JSON object that is taken here");
	ok = members_read(fields, n, o, a, values, err);
	json_decref(o);
	return ok;
}

/* ---- what PostgreSQL wrote ---- */

static bool of_every_problem(const char *name)
{
	static const char *const own[] = {"type", "title", "status", "code", "request_id"};

	for (size_t i = 0; i < ARRAY_LEN(own); i++) {
		if (strcmp(own[i], name) == 0)
			return true;
	}
	return false;
}

bool members_split(struct str json, struct arena *a, struct str *code, struct str *members)
{
	json_t *o = object_of(json), *v;
	const char *name;
	char *text;
	void *next;

	*code = *members = (struct str){NULL, 0};
	if (o == NULL)
		return false;
	v = json_object_get(o, "code");
	if (json_is_string(v))
		*code = arena_str(a, text_of(v));
	json_object_foreach_safe(o, next, name, v)
	{
		if (of_every_problem(name))
			json_object_del(o, name);
	}
	text = json_dumps(o, JSON_COMPACT);
	json_decref(o);
	if (text == NULL)
		BUG("a JSON object cannot be written");
	if (strlen(text) > 2)
		*members = arena_str(a, str_make(text + 1, strlen(text) - 2));
	free(text);
	return true;
}
