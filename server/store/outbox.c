/*
 * outbox.c - see outbox.h.
 */
#include "server/store/outbox.h"

#include "shared/buf.h"

static void claim_read(struct flow *f, const struct db_rows *rows, void *to)
{
	static const char *const words[] = {[OUTBOX_NONE] = "none",
					    [OUTBOX_SEND] = "send",
					    [OUTBOX_LOOK] = "look",
					    [OUTBOX_WAIT] = "wait"};
	struct outbox_claim *out = to;

	*out = (struct outbox_claim){0};
	if (rows->n == 0)
		return;
	for (size_t i = 0; i < ARRAY_LEN(words); i++) {
		if (str_is(row_str(rows, 0, 0), words[i]))
			out->action = (enum outbox_action)i;
	}
	out->to = row_keep(&f->arena, rows, 0, 1);
	out->from = row_keep(&f->arena, rows, 0, 2);
	out->body = row_keep(&f->arena, rows, 0, 3);
	out->attempts = (int)row_int(rows, 0, 4);
	out->sending_us = row_time(rows, 0, 5);
	out->account_sid = row_keep(&f->arena, rows, 0, 6);
	out->token_sealed = row_keep(&f->arena, rows, 0, 7);
	row_id(rows, 0, 8, out->conversation);
}

void outbox_claim(struct flow *f, struct db *db, const struct work *w, struct outbox_claim *out)
{
	/* not asked again: a repeat would find its own `sending` and call it lost */
	static const struct db_statement sql = {"outbox_claim",
						"SELECT action, to_number, from_number, body, "
						"attempts, sending_at, account_sid, token_sealed,"
						" conversation_id FROM outbox_claim($1, $2, $3)",
						3, false};

	db_ask(f, db, &sql, DB_PARAMS(w->organization, w->ref, w->lease), claim_read, out);
}

void outbox_settle(struct flow *f, struct db *db, const struct work *w,
		   const struct outbox_settle *s)
{
	static const char *const words[] = {[OUTBOX_SENT] = "sent",
					    [OUTBOX_AGAIN] = "again",
					    [OUTBOX_FAILED] = "failed",
					    [OUTBOX_UNKNOWN] = "unknown"};
	static const struct db_statement sql = {
		"outbox_settle",
		"SELECT state FROM outbox_settle($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)", 10,
		true};

	db_ask(f, db, &sql,
	       DB_PARAMS(w->organization, w->ref, w->lease, words[s->result],
			 db_str_or_null(f, s->sid),
			 s->segments == 0 ? NULL : db_int(f, s->segments),
			 s->error_code == 0 ? NULL : db_int(f, s->error_code), s->error_en,
			 s->error_fr, db_int(f, s->delay_ms)),
	       NULL, NULL);
}

struct known {
	struct str *sids;
	size_t *n;
};

static void known_read(struct flow *f, const struct db_rows *rows, void *to)
{
	struct known *out = to;

	*out->n = (size_t)rows->n;
	for (int i = 0; i < rows->n; i++)
		out->sids[i] = row_keep(&f->arena, rows, i, 0);
}

void outbox_known(struct flow *f, struct db *db, const char *organization, const struct str *sids,
		  size_t n, struct str *out, size_t *out_n)
{
	static const struct db_statement sql = {"outbox_known",
						"SELECT sid FROM outbox_known($1, $2)", 2, true};
	struct known *known = ARENA_NEW(&f->arena, struct known);
	struct buf b;

	*known = (struct known){out, out_n};
	buf_init(&b, 64 * 1024);
	for (size_t i = 0; i < n; i++) /* SIDs are checked: letters and digits only */
		buf_printf(&b, "%c" STR_FMT, i == 0 ? '{' : ',', STR_ARG(sids[i]));
	buf_add_cstr(&b, n == 0 ? "{}" : "}");
	db_ask(f, db, &sql, DB_PARAMS(organization, db_str(f, buf_str(&b))), known_read, known);
	buf_clear(&b);
}

static void promise_read(struct flow *f, const struct db_rows *rows, void *to)
{
	enum promise_end *out = to;
	struct str word = rows->n > 0 ? row_str(rows, 0, 0) : STR_LIT("");

	(void)f;
	*out = str_is(word, "broken")    ? PROMISE_BROKEN
	       : str_is(word, "calling") ? PROMISE_CALLING
					 : PROMISE_SETTLED;
}

void promise_due(struct flow *f, struct db *db, const struct work *w, enum promise_end *out)
{
	static const struct db_statement sql = {
		"promise_due", "SELECT outcome FROM promise_due($1, $2, $3)", 3, true};

	db_ask(f, db, &sql, DB_PARAMS(w->organization, w->ref, w->lease), promise_read, out);
}
