/*
 * import_json.c - JSON by jansson: an array of objects, or one object a line (JSON Lines).
 *
 * jansson tells no line of a value that it has read, so the elements of an array are cut out first
 * and read one by one; a row's line is the one that its object begins on.
 */
#include <jansson.h>

#include "server/ctl/import.h"

struct json_reader {
	struct import_sink *sink;
	struct arena arena; /* of the row that is being read */
	size_t line;        /* of the rest's first byte */
	struct str rest;
};

/* ---- one object ------------------------------------------------------------------------------ */

static const char *value_text(struct arena *a, const json_t *v)
{
	double real;

	switch (json_typeof(v)) {
	case JSON_STRING: return json_string_value(v);
	case JSON_INTEGER: return arena_printf(a, "%" JSON_INTEGER_FORMAT, json_integer_value(v));
	case JSON_TRUE: return "true";
	case JSON_FALSE: return "false";
	case JSON_REAL:
		real = json_real_value(v);
		return real > -1e12 && real < 1e12 &&
				       real * 100 - (double)(int64_t)(real * 100 + 0.5) < 1e-6 &&
				       real * 100 - (double)(int64_t)(real * 100 + 0.5) > -1e-6
			       ? arena_printf(a, "%.2f", real)
			       : arena_printf(a, "%.17g", real);
	default: return NULL;
	}
}

/* A value as text; objects and arrays where the column takes them. False: it is of the wrong kind.
 */
static bool value_take(struct json_reader *r, const struct import_column *column, const json_t *v,
		       struct str *out)
{
	bool nested = column->rule.kind == VALUE_OBJECT || column->rule.kind == VALUE_ARRAY;
	const char *text;
	char *dumped;

	if (json_is_null(v))
		return true;
	if (nested && (json_is_object(v) || json_is_array(v))) {
		dumped = json_dumps(v, JSON_COMPACT);
		if (dumped == NULL)
			return false;
		*out = arena_str(&r->arena, str_of(dumped));
		free(dumped);
		return true;
	}
	text = value_text(&r->arena, v);
	if (text == NULL)
		return false;
	if (str_trim(str_of(text)).n > 0)
		*out = str_of(text);
	return true;
}

static void object_done(struct json_reader *r, const json_t *object, size_t line)
{
	struct import_row row = {.line = line};
	const char *key;
	json_t *v;

	json_object_foreach((json_t *)(uintptr_t)object, key, v)
	{
		int column = import_column_find(r->sink->kind, str_of(key));

		if (column < 0 || row.values[column].p != NULL ||
		    !value_take(r, &r->sink->kind->columns[column], v, &row.values[column])) {
			r->sink->bad(r->sink, line,
				     arena_printf(&r->arena,
						  column < 0
							  ? "\"%s\" is no column of %s"
							  : "\"%s\" is there twice or of the wrong "
							    "kind for %s",
						  value_shown(&r->arena, str_of(key)),
						  r->sink->kind->what));
			return;
		}
	}
	r->sink->row(r->sink, &row);
}

static void element_read(struct json_reader *r, struct str text, size_t line)
{
	json_error_t why;
	json_t *v = json_loadb(text.p, text.n, JSON_REJECT_DUPLICATES | JSON_DECODE_ANY, &why);

	if (v == NULL)
		r->sink->bad(r->sink, line + (why.line > 1 ? (size_t)why.line - 1 : 0),
			     arena_printf(&r->arena, "it is not JSON (%s)",
					  value_shown(&r->arena, str_of(why.text))));
	else if (!json_is_object(v))
		r->sink->bad(r->sink, line, "it is not a JSON object");
	else
		object_done(r, v, line);
	json_decref(v);
	arena_clear(&r->arena);
}

/* ---- where elements begin and end ------------------------------------------------------------ */

static void advance(struct json_reader *r, size_t n)
{
	for (size_t i = 0; i < n; i++)
		r->line += r->rest.p[i] == '\n';
	r->rest = str_sub(r->rest, n, r->rest.n);
}

static void blanks_skip(struct json_reader *r)
{
	size_t n = 0;

	while (n < r->rest.n && strchr(" \t\r\n", r->rest.p[n]) != NULL && r->rest.p[n] != '\0')
		n++;
	advance(r, n);
}

/* Bytes up to the ',' or ']' that ends the element. */
static size_t element_size(struct str s)
{
	size_t depth = 0;
	bool quoted = false;

	for (size_t i = 0; i < s.n; i++) {
		char c = s.p[i];

		if (quoted) {
			if (c == '\\')
				i++;
			else if (c == '"')
				quoted = false;
		} else if (c == '"') {
			quoted = true;
		} else if (c == '{' || c == '[') {
			depth++;
		} else if (depth > 0 && (c == '}' || c == ']')) {
			depth--;
		} else if (depth == 0 && (c == ',' || c == ']')) {
			return i;
		}
	}
	return s.n;
}

static bool array_read(struct json_reader *r, struct err *err)
{
	char end = ',';

	advance(r, 1);
	blanks_skip(r);
	if (r->rest.n > 0 && r->rest.p[0] == ']') {
		end = ']';
		advance(r, 1);
	}
	while (end == ',') {
		size_t n;

		blanks_skip(r);
		n = element_size(r->rest);
		element_read(r, str_trim(str_sub(r->rest, 0, n)), r->line);
		advance(r, n);
		if (r->rest.n == 0)
			return err_set(err, ERR_INPUT, "Line %zu: the array is not closed.",
				       r->line);
		end = r->rest.p[0];
		advance(r, 1);
	}
	blanks_skip(r);
	return r->rest.n == 0 ||
	       err_set(err, ERR_INPUT, "Line %zu: there is something behind the array.", r->line);
}

static void lines_read(struct json_reader *r)
{
	while (r->rest.n > 0) {
		ptrdiff_t end = str_find_char(r->rest, '\n');
		size_t n = end < 0 ? r->rest.n : (size_t)end + 1;
		struct str line = str_trim(str_sub(r->rest, 0, n));

		if (line.n > 0)
			element_read(r, line, r->line);
		advance(r, n);
	}
}

bool import_json_read(struct str text, struct import_sink *sink, struct err *err)
{
	struct json_reader r = {.sink = sink, .line = 1, .rest = text};
	bool ok = true;

	blanks_skip(&r);
	if (r.rest.n > 0 && r.rest.p[0] == '[')
		ok = array_read(&r, err);
	else if (r.rest.n > 0 && r.rest.p[0] == '{')
		lines_read(&r);
	else
		ok = err_set(err, ERR_INPUT,
			     "The file is neither a JSON array of objects nor one object a line.");
	arena_free(&r.arena);
	return ok;
}
