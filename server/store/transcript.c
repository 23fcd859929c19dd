/*
 * transcript.c - see transcript.h.
 */
#include "server/store/transcript.h"

#include <jansson.h>

static void begun_read(struct flow *f, const struct db_rows *r, void *to)
{
	struct transcript_begun *out = to;

	*out = (struct transcript_begun){0};
	if (r->n == 0 || !str_is(row_str(r, 0, 0), "read"))
		return;
	out->wanted = true;
	out->name = row_keep(&f->arena, r, 0, 1);
	out->key_sealed = row_keep(&f->arena, r, 0, 2);
}

void transcript_begin(struct flow *f, struct db *db, const struct work *w,
		      struct transcript_begun *out)
{
	static const struct db_statement sql = {
		"call_transcript_begin",
		"SELECT outcome, name, key_sealed FROM call_transcript_begin($1, $2, $3)", 3, true};

	db_ask(f, db, &sql, DB_PARAMS(w->organization, w->ref, w->lease), begun_read, out);
}

static json_t *text_json(struct str s)
{
	json_t *j = s.p == NULL ? json_null() : json_stringn(s.p, s.n);

	if (j == NULL)
		BUG("text for the database is not valid UTF-8");
	return j;
}

static void added_read(struct flow *f, const struct db_rows *r, void *to)
{
	int *added = to;

	(void)f;
	*added = r->n == 0 ? 0 : (int)row_int(r, 0, 0);
}

void transcript_keep(struct flow *f, struct db *db, const struct work *w,
		     const struct transcript_line *lines, size_t n, int *added)
{
	static const struct db_statement sql = {
		"call_transcript_keep", "SELECT added FROM call_transcript_keep($1, $2, $3, $4)", 4,
		true};
	json_t *all = json_array();
	char *text;

	for (size_t i = 0; i < n; i++) {
		json_t *o = json_object();

		json_object_set_new(o, "key",
				    lines[i].key.n == 0 ? json_null() : text_json(lines[i].key));
		json_object_set_new(o, "who",
				    json_string(lines[i].customer ? "customer" : "agent"));
		json_object_set_new(o, "body", text_json(lines[i].body));
		json_object_set_new(o, "original",
				    lines[i].original.n == 0 ? json_null()
							     : text_json(lines[i].original));
		json_object_set_new(o, "language",
				    lines[i].language == NULL ? json_null()
							      : json_string(lines[i].language));
		json_object_set_new(o, "at_s", json_integer(lines[i].at_s));
		json_array_append_new(all, o);
	}
	text = json_dumps(all, JSON_COMPACT);
	json_decref(all);
	if (text == NULL)
		BUG("a transcript cannot be written");
	db_ask(f, db, &sql,
	       DB_PARAMS(w->organization, w->ref, w->lease,
			 lines == NULL ? NULL : arena_strdup(&f->arena, text)),
	       added_read, added);
	free(text);
}
