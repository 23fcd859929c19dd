/*
 * said.c - see said.h.
 */
#include "server/store/said.h"

#include <jansson.h>

static json_t *text_json(struct str s)
{
	json_t *j = json_stringn(s.p == NULL ? "" : s.p, s.n);

	if (j == NULL)
		BUG("text for the database is not valid UTF-8");
	return j;
}

static json_t *one_json(const struct said *s, int64_t now_ms)
{
	json_t *o = json_object();

	switch (s->kind) {
	case SAID_BEGAN: json_object_set_new(o, "began", text_json(s->key)); break;
	case SAID_OVER: json_object_set_new(o, "over", text_json(s->key)); break;
	case SAID_REDACTION: {
		json_t *lines = json_object();

		json_object_setn_new(lines, s->key.p, s->key.n, text_json(s->body));
		json_object_set_new(o, "redact", lines);
		break;
	}
	case SAID_CORRECTION:
		json_object_set_new(o, "key", text_json(s->key));
		json_object_set_new(o, "body", text_json(s->body));
		json_object_set_new(o, "correction", json_integer(s->correction));
		break;
	case SAID_LINE:
		json_object_set_new(o, "key", text_json(s->key));
		json_object_set_new(o, "who", json_string(s->customer ? "customer" : "agent"));
		json_object_set_new(o, "body", text_json(s->body));
		json_object_set_new(o, "language",
				    s->language == NULL ? json_null() : json_string(s->language));
		json_object_set_new(o, "ago_ms",
				    json_integer(int_clamp(now_ms - s->heard_ms, 0, INT32_MAX)));
		break;
	}
	return o;
}

static void kept_read(struct flow *f, const struct db_rows *rows, void *to)
{
	struct said_kept *out = to;

	(void)f;
	*out = (struct said_kept){0};
	if (rows->n == 0)
		return;
	out->kept = (int)row_int(rows, 0, 0);
	out->corrected = (int)row_int(rows, 0, 1);
	out->refused = (int)row_int(rows, 0, 2);
}

void said_keep(struct flow *f, struct db *db, const struct said_call *call, const struct said *told,
	       size_t n, int64_t now_ms, struct said_kept *out)
{
	static const struct db_statement sql = {
		"call_said", "SELECT kept, corrected, refused FROM call_said($1, $2, $3, $4, $5)",
		5, true};
	json_t *all = json_array();
	char *text;

	for (size_t i = 0; i < n; i++)
		json_array_append_new(all, one_json(&told[i], now_ms));
	text = json_dumps(all, JSON_COMPACT);
	json_decref(all);
	if (text == NULL)
		BUG("what was said cannot be written");
	db_ask(f, db, &sql,
	       DB_PARAMS(call->organization, call->conversation, call->call, db_int(f, call->epoch),
			 arena_strdup(&f->arena, text)),
	       kept_read, out);
	free(text);
}
