/*
 * read.c - see read.h.
 */
#include "shared/wire/read.h"

#include "shared/clock.h"

const json_t *wire_start(struct wire_reader *r, struct str json, struct arena *a, struct err *err)
{
	json_error_t why;

	*r = (struct wire_reader){.arena = a, .err = err};
	r->root = json_loadb(json.p == NULL ? "" : json.p, json.n, JSON_REJECT_DUPLICATES, &why);
	if (!json_is_object(r->root)) {
		r->failed = true;
		err_set(err, ERR_UPSTREAM, "The service's answer is no JSON object.");
	}
	return r->root;
}

bool wire_finish(struct wire_reader *r)
{
	json_decref(r->root);
	r->root = NULL;
	return !r->failed;
}

void wire_wrong(struct wire_reader *r, const char *name, const char *what)
{
	if (r->failed)
		return;
	r->failed = true;
	err_set(r->err, ERR_UPSTREAM, "The service's answer cannot be read: %s is not %s.", name,
		what);
}

/* The member, or NULL when it is null or not there (which MUST makes wrong). */
static const json_t *member(struct wire_reader *r, const json_t *o, const char *name,
			    const char *what, enum need need)
{
	const json_t *v = r->failed ? NULL : json_object_get(o, name);

	if (v != NULL && !json_is_null(v))
		return v;
	if (need == MUST)
		wire_wrong(r, name, what);
	return NULL;
}

/* The text of a member as a view into the parsed answer; {NULL, 0} for null. */
static struct str text_of(struct wire_reader *r, const json_t *o, const char *name,
			  const char *what, size_t max, enum need need)
{
	const json_t *v = member(r, o, name, what, need);

	if (v == NULL)
		return (struct str){0};
	if (!json_is_string(v) || json_string_length(v) > max) {
		wire_wrong(r, name, what);
		return (struct str){0};
	}
	return str_make(json_string_value(v), json_string_length(v));
}

const char *wire_text(struct wire_reader *r, const json_t *o, const char *name, size_t max,
		      enum need need)
{
	struct str s = text_of(r, o, name, "a text of a fitting length", max, need);

	if (s.p == NULL)
		return need == MUST ? "" : NULL;
	return arena_cstr(r->arena, s);
}

static bool is_id(struct str s)
{
	if (s.n != WIRE_ID - 1)
		return false;
	for (size_t i = 0; i < s.n; i++) {
		bool dash = i == 8 || i == 13 || i == 18 || i == 23;
		char c = s.p[i];

		if (dash ? c != '-' : !((c >= '0' && c <= '9') || (c >= 'a' && c <= 'f')))
			return false;
	}
	return true;
}

void wire_id(struct wire_reader *r, const json_t *o, const char *name, enum need need,
	     char out[WIRE_ID])
{
	struct str s = text_of(r, o, name, "an id", WIRE_ID - 1, need);

	out[0] = '\0';
	if (s.p == NULL)
		return;
	if (!is_id(s)) {
		wire_wrong(r, name, "an id");
		return;
	}
	memcpy(out, s.p, s.n);
	out[s.n] = '\0';
}

int64_t wire_int(struct wire_reader *r, const json_t *o, const char *name, int64_t min, int64_t max,
		 enum need need)
{
	const json_t *v = member(r, o, name, "a number", need);

	if (v == NULL)
		return 0;
	if (!json_is_integer(v) || json_integer_value(v) < min || json_integer_value(v) > max) {
		wire_wrong(r, name, "a number that can be");
		return 0;
	}
	return json_integer_value(v);
}

bool wire_bool(struct wire_reader *r, const json_t *o, const char *name, enum need need)
{
	const json_t *v = member(r, o, name, "true or false", need);

	if (v == NULL)
		return false;
	if (!json_is_boolean(v))
		wire_wrong(r, name, "true or false");
	return json_is_true(v);
}

int64_t wire_time(struct wire_reader *r, const json_t *o, const char *name, enum need need)
{
	struct str s = text_of(r, o, name, "a time", 40, need);
	int64_t us = 0;

	if (s.p != NULL && !clock_parse(s.p, &us)) {
		wire_wrong(r, name, "a time");
		return 0;
	}
	return us;
}

int wire_word_read(struct wire_reader *r, const json_t *o, const char *name, enum wire_list list,
		   enum need need, int none)
{
	struct str s = text_of(r, o, name, "a word", 64, need);

	return s.p == NULL ? none : wire_word_of(list, s);
}

enum language wire_language(struct wire_reader *r, const json_t *o, const char *name)
{
	return language_parse(text_of(r, o, name, "a language", 16, MAY));
}

const json_t *wire_object(struct wire_reader *r, const json_t *o, const char *name, enum need need)
{
	const json_t *v = member(r, o, name, "an object", need);

	if (v != NULL && !json_is_object(v)) {
		wire_wrong(r, name, "an object");
		return NULL;
	}
	return v;
}

const json_t *wire_array(struct wire_reader *r, const json_t *o, const char *name, size_t max,
			 enum need need, size_t *n)
{
	const json_t *v = member(r, o, name, "a list", need);

	*n = 0;
	if (v == NULL)
		return NULL;
	if (!json_is_array(v) || json_array_size(v) > max) {
		wire_wrong(r, name, "a list of a fitting length");
		return NULL;
	}
	*n = json_array_size(v);
	return v;
}

const json_t *wire_at(struct wire_reader *r, const json_t *array, const char *name, size_t i)
{
	const json_t *v = json_array_get(array, i);

	if (!json_is_object(v)) {
		wire_wrong(r, name, "a list of objects");
		return NULL;
	}
	return v;
}

void wire_page_read(struct wire_reader *r, const json_t *o, struct wire_page *out)
{
	out->next_cursor = wire_text(r, o, "next_cursor", 1024, MAY);
	out->last_event = wire_int(r, o, "last_event", 0, INT64_MAX, MUST);
}
