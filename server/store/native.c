/*
 * native.c - see native.h.
 */
#include "server/store/native.h"

static void begun_read(struct flow *f, const struct db_rows *r, void *to)
{
	struct native_begun *out = to;

	out->known = r->n > 0;
	if (!out->known)
		return;
	row_id(r, 0, 0, out->organization);
	row_id(r, 0, 1, out->conversation);
	out->personal = row_bool(r, 0, 2);
	out->begun = row_bool(r, 0, 3);
	out->language = language_parse(row_str(r, 0, 4));
	caller_of_json(&f->arena, row_str(r, 0, 5), &out->caller);
}

void native_begin(struct flow *f, struct db *db, const struct native_asked *a,
		  struct native_begun *out)
{
	static const struct db_statement sql = {
		"native_begin",
		"SELECT organization, conversation, personal, begun, language, context FROM "
		"native_begin($1, $2, $3, $4)",
		4, true};

	db_ask(f, db, &sql,
	       DB_PARAMS(db_str(f, a->called), db_str(f, a->caller), a->sender,
			 db_str_or_null(f, a->sid)),
	       begun_read, out);
}

static void organization_read(struct flow *f, const struct db_rows *r, void *to)
{
	char *out = to;

	(void)f;
	out[0] = '\0';
	if (r->n > 0)
		row_id(r, 0, 0, out);
}

void native_unknown(struct flow *f, struct db *db, struct str called, struct str sid,
		    char *organization)
{
	static const struct db_statement sql = {
		"native_unknown", "SELECT organization FROM native_unknown($1, $2)", 2, false};

	db_ask(f, db, &sql, DB_PARAMS(db_str(f, called), db_str_or_null(f, sid)), organization_read,
	       organization);
}

static void watch_read(struct flow *f, const struct db_rows *r, void *to)
{
	struct watch_claim *out = to;

	*out = (struct watch_claim){.wanted = r->n > 0};
	if (!out->wanted)
		return;
	out->call_sid = row_keep(&f->arena, r, 0, 0);
	out->account_sid = row_keep(&f->arena, r, 0, 1);
	out->token_sealed = row_keep(&f->arena, r, 0, 2);
}

void call_watch_claim(struct flow *f, struct db *db, const struct work *w, struct watch_claim *out)
{
	static const struct db_statement sql = {
		"call_watch_claim",
		"SELECT call_sid, account_sid, token_sealed FROM call_watch_claim($1, $2, $3)", 3,
		true};

	db_ask(f, db, &sql, DB_PARAMS(w->organization, w->ref, w->lease), watch_read, out);
}

static void over_read(struct flow *f, const struct db_rows *r, void *to)
{
	bool *out = to;

	(void)f;
	*out = r->n > 0 && row_bool(r, 0, 0);
}

void call_watch_told(struct flow *f, struct db *db, const struct work *w,
		     const struct watch_told *t, bool *over)
{
	static const struct db_statement sql = {
		"call_watch_told", "SELECT over FROM call_watch_told($1, $2, $3, $4, $5, $6, $7)",
		7, true};

	db_ask(f, db, &sql,
	       DB_PARAMS(w->organization, w->ref, w->lease, t->state,
			 t->seconds < 0 ? NULL : db_int(f, t->seconds), db_str_or_null(f, t->from),
			 db_str_or_null(f, t->to)),
	       over_read, over);
}
