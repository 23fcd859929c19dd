/*
 * outbound.c - see outbound.h.
 */
#include "server/store/outbound.h"

#include "server/store/store_json.h"
#include "shared/buf.h"

enum column {
	COL_ACTION,
	COL_KIND,
	COL_LANGUAGE,
	COL_ORDER,
	COL_TO,
	COL_FROM,
	COL_PLACING_AT,
	COL_SID,
	COL_ACCOUNT,
	COL_TOKEN,
	COL_CALLS_FROM,
	COL_CALLS_UNTIL,
	COL_STORE,
};

static enum outbound_action action_parse(struct str word)
{
	return str_is(word, "decide")  ? OUTBOUND_DECIDE
	       : str_is(word, "look")  ? OUTBOUND_LOOK
	       : str_is(word, "watch") ? OUTBOUND_WATCH
				       : OUTBOUND_NONE;
}

static void claim_read(struct flow *f, const struct db_rows *r, void *to)
{
	struct outbound_claim *out = to;
	struct arena *a = &f->arena;

	*out = (struct outbound_claim){.action = OUTBOUND_NONE};
	if (r->n == 0)
		return;
	out->action = action_parse(row_str(r, 0, COL_ACTION));
	out->pickup = str_is(row_str(r, 0, COL_KIND), "pickup_ready");
	out->language = language_parse(row_str(r, 0, COL_LANGUAGE));
	out->order_number = row_keep(a, r, 0, COL_ORDER);
	out->to = row_keep(a, r, 0, COL_TO);
	out->from = row_keep(a, r, 0, COL_FROM);
	out->placing_us = row_time(r, 0, COL_PLACING_AT);
	out->call_sid = row_keep(a, r, 0, COL_SID);
	out->account_sid = row_keep(a, r, 0, COL_ACCOUNT);
	out->token_sealed = row_keep(a, r, 0, COL_TOKEN);
	out->window.from = (int)row_int(r, 0, COL_CALLS_FROM);
	out->window.until = (int)row_int(r, 0, COL_CALLS_UNTIL);
	if (out->action == OUTBOUND_DECIDE)
		store_of_json(a, row_str(r, 0, COL_STORE), &out->store);
}

void outbound_claim(struct flow *f, struct db *db, const struct work *w, struct outbound_claim *out)
{
	static const struct db_statement sql = {
		"outbound_claim",
		"SELECT action, kind, language, order_number, to_number, from_number, placing_at, "
		"call_sid, account_sid, token_sealed, calls_from, calls_until, store FROM "
		"outbound_claim($1, $2, $3)",
		3, true};

	db_ask(f, db, &sql, DB_PARAMS(w->organization, w->ref, w->lease), claim_read, out);
}

void outbound_later(struct flow *f, struct db *db, const struct work *w, int64_t due_us,
		    const char *why)
{
	static const struct db_statement sql = {
		"outbound_later", "SELECT outbound_later($1, $2, $3, $4, $5)", 5, true};

	db_ask(f, db, &sql, DB_PARAMS(w->organization, w->ref, w->lease, db_time(f, due_us), why),
	       NULL, NULL);
}

static void placing_read(struct flow *f, const struct db_rows *r, void *to)
{
	struct outbound_placing *out = to;

	(void)f;
	*out = (struct outbound_placing){.go = r->n > 0 && str_is(row_str(r, 0, 0), "place")};
	if (out->go)
		row_id(r, 0, 1, out->leg);
}

void outbound_place(struct flow *f, struct db *db, const struct work *w, struct str account_sid,
		    const struct outbound_words *words, struct outbound_placing *out)
{
	static const struct db_statement sql = {
		"outbound_place",
		"SELECT outcome, leg_id FROM outbound_place($1, $2, $3, $4, $5, $6, $7)", 7, false};

	db_ask(f, db, &sql,
	       DB_PARAMS(w->organization, w->ref, w->lease, db_str(f, account_sid), words->opening,
			 words->machine, words->text),
	       placing_read, out);
}

void outbound_settle(struct flow *f, struct db *db, const struct work *w,
		     const struct outbound_settle *s)
{
	static const struct db_statement sql = {
		"outbound_settle", "SELECT state FROM outbound_settle($1, $2, $3, $4, $5, $6, $7)",
		7, true};
	const char *words[] = {[OUTBOUND_PLACED] = "placed",
			       [OUTBOUND_AGAIN] = "again",
			       [OUTBOUND_REFUSED] = "refused",
			       [OUTBOUND_UNKNOWN] = "unknown",
			       [OUTBOUND_OVER] = s->state};

	db_ask(f, db, &sql,
	       DB_PARAMS(w->organization, w->ref, w->lease, words[s->result],
			 db_str_or_null(f, s->sid),
			 s->error_code == 0 ? NULL : db_int(f, s->error_code),
			 db_int(f, s->delay_ms)),
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

void call_sids_known(struct flow *f, struct db *db, const char *organization,
		     const struct str *sids, size_t n, struct str *out, size_t *out_n)
{
	static const struct db_statement sql = {"call_sids_known",
						"SELECT sid FROM call_sids_known($1, $2)", 2, true};
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
