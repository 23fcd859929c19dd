/*
 * text.c - see text.h.
 */
#include "server/store/text.h"

#include "shared/buf.h"

/* A PostgreSQL array literal of texts: {"...","..."}. */
static const char *array_of(struct flow *f, const struct str *items, size_t n)
{
	struct buf b;
	char *text;

	if (n == 0)
		return NULL;
	buf_init(&b, 256 * 1024);
	buf_add_char(&b, '{');
	for (size_t i = 0; i < n; i++) {
		buf_add_cstr(&b, i == 0 ? "\"" : ",\"");
		for (size_t j = 0; j < items[i].n; j++) {
			if (items[i].p[j] == '"' || items[i].p[j] == '\\')
				buf_add_char(&b, '\\');
			buf_add_char(&b, items[i].p[j]);
		}
		buf_add_char(&b, '"');
	}
	buf_add_char(&b, '}');
	text = arena_cstr(&f->arena, buf_str(&b));
	buf_clear(&b);
	return text;
}

static void kept_read(struct flow *f, const struct db_rows *rows, void *to)
{
	struct text_kept *out = to;
	struct str word = rows->n > 0 ? row_str(rows, 0, 0) : STR_LIT("nobody");

	(void)f;
	*out = (struct text_kept){0};
	if (str_is(word, "nobody"))
		return;
	out->outcome = str_is(word, "kept") ? TEXT_KEPT : TEXT_DUPLICATE;
	row_id(rows, 0, 1, out->organization);
	row_id(rows, 0, 2, out->conversation);
	row_id(rows, 0, 3, out->message);
}

void text_in(struct flow *f, struct db *db, const struct text_in *t, struct text_kept *out)
{
	static const struct db_statement sql = {
		"text_in",
		"SELECT outcome, organization, conversation, message"
		" FROM text_in($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)",
		12, true};

	db_ask(f, db, &sql,
	       DB_PARAMS(db_str(f, t->to), db_str(f, t->from), t->sender, db_str(f, t->sid),
			 t->expected, db_str(f, t->body), array_of(f, t->media, t->media_n * 2),
			 t->keyword, t->keyword_language, t->notice, t->params, t->redact),
	       kept_read, out);
}

static void recent_read(struct flow *f, const struct db_rows *rows, void *to)
{
	struct text_recent *out = to;

	out->n = size_min((size_t)rows->n, TEXT_RECENT_MAX);
	for (size_t i = 0; i < out->n; i++) {
		row_id(rows, (int)i, 0, out->texts[i].message);
		out->texts[i].body = row_keep(&f->arena, rows, (int)i, 1);
	}
}

void text_recent(struct flow *f, struct db *db, const struct text_in *t, struct text_recent *out)
{
	static const struct db_statement sql = {
		"text_recent", "SELECT message_id, body FROM text_recent($1, $2, $3)", 3, true};

	db_ask(f, db, &sql, DB_PARAMS(db_str(f, t->to), db_str(f, t->from), t->expected),
	       recent_read, out);
}

static void status_read(struct flow *f, const struct db_rows *rows, void *to)
{
	struct text_status_kept *out = to;
	struct str word = rows->n > 0 ? row_str(rows, 0, 0) : STR_LIT("");

	(void)f;
	*out = (struct text_status_kept){.outcome = str_is(word, "moved") ? STATUS_MOVED
						    : str_is(word, "old") ? STATUS_OLD
									  : STATUS_UNKNOWN};
	if (rows->n > 0)
		row_id(rows, 0, 1, out->organization);
}

void text_status(struct flow *f, struct db *db, const struct text_status *s,
		 struct text_status_kept *out)
{
	static const struct db_statement sql = {"text_status",
						"SELECT outcome, organization_id FROM "
						"text_status($1, $2, $3, $4, $5, $6, $7, $8, $9)",
						9, true};

	db_ask(f, db, &sql,
	       DB_PARAMS(s->expected, db_str_or_null(f, s->outbox), db_str(f, s->account),
			 db_str(f, s->sid), db_str(f, s->status), db_int(f, s->rank),
			 s->error_code == 0 ? NULL : db_int(f, s->error_code), s->error_en,
			 s->error_fr),
	       status_read, out);
}
