/*
 * stream.c - see stream.h.
 */
#include "server/store/stream.h"

#include "server/store/store_json.h"

enum column {
	COL_ORGANIZATION,
	COL_CONVERSATION,
	COL_CALL,
	COL_CUSTOMER,
	COL_EPOCH,
	COL_LANGUAGE,
	COL_STORE_LANGUAGE,
	COL_PEER,
	COL_STORE_NUMBER,
	COL_AGENT,
	COL_KEY_SEALED,
	COL_ACCOUNT,
	COL_CONTINUED,
	COL_LAST_EVENT,
	COL_CONTEXT,
};

/* PostgreSQL's hex form of a bytea. */
static const char *hex_of(struct flow *f, const unsigned char *bytes, size_t n)
{
	static const char digits[] = "0123456789abcdef";
	char *text = arena_take(&f->arena, 2 * n + 3), *at = text;

	*at++ = '\\';
	*at++ = 'x';
	for (size_t i = 0; i < n; i++) {
		*at++ = digits[bytes[i] >> 4];
		*at++ = digits[bytes[i] & 15];
	}
	return text;
}

static void begun_read(struct flow *f, const struct db_rows *r, void *to)
{
	struct stream_begun *out = to;
	struct arena *a = &f->arena;

	*out = (struct stream_begun){0};
	if (r->n == 0)
		return;
	out->known = true;
	row_id(r, 0, COL_ORGANIZATION, out->organization);
	row_id(r, 0, COL_CONVERSATION, out->conversation);
	row_id(r, 0, COL_CALL, out->call);
	row_id(r, 0, COL_CUSTOMER, out->customer);
	out->epoch = row_int(r, 0, COL_EPOCH);
	out->language = language_parse(row_str(r, 0, COL_LANGUAGE));
	out->store_language = language_parse(row_str(r, 0, COL_STORE_LANGUAGE));
	out->peer = row_keep(a, r, 0, COL_PEER);
	out->store_number = row_keep(a, r, 0, COL_STORE_NUMBER);
	out->agent = row_keep(a, r, 0, COL_AGENT);
	out->key_sealed = row_keep(a, r, 0, COL_KEY_SEALED);
	out->account = row_keep(a, r, 0, COL_ACCOUNT);
	out->continued = row_bool(r, 0, COL_CONTINUED);
	out->last_event = row_int(r, 0, COL_LAST_EVENT);
	caller_of_json(a, row_str(r, 0, COL_CONTEXT), &out->caller);
}

void stream_begin(struct flow *f, struct db *db, const struct stream_shown *s,
		  struct stream_begun *out)
{
	static const struct db_statement sql = {
		"call_stream_begin",
		"SELECT organization, conversation, call, customer, epoch, language, "
		"store_language,"
		" peer, store_number, agent, key_sealed, account, continued, last_event, context"
		" FROM call_stream_begin($1, $2, $3)",
		3, true};

	db_ask(f, db, &sql,
	       DB_PARAMS(db_str(f, s->call_sid), db_str(f, s->stream_sid),
			 hex_of(f, s->hash, sizeof s->hash)),
	       begun_read, out);
}

static void wished_read(struct flow *f, const struct db_rows *r, void *to)
{
	static const char *const words[] = {
		[WISH_OVER] = "over",         [WISH_ASKED] = "asked",
		[WISH_PROMISED] = "promised", [WISH_VOICEMAIL] = "voicemail",
		[WISH_ALREADY] = "already",
	};
	struct stream_wished *out = to;

	(void)f;
	*out = (struct stream_wished){.outcome = WISH_OVER};
	if (r->n == 0)
		return;
	for (size_t i = 0; i < ARRAY_LEN(words); i++) {
		if (str_is(row_str(r, 0, 0), words[i]))
			out->outcome = (enum wish_outcome)i;
	}
	out->due_us = row_time(r, 0, 1);
}

void stream_wish(struct flow *f, struct db *db, const struct stream_wish *w,
		 struct stream_wished *out)
{
	static const struct db_statement sql = {
		"call_stream_wish",
		"SELECT outcome, due FROM call_stream_wish($1, $2, $3, $4, $5, $6, $7)", 7, true};

	db_ask(f, db, &sql,
	       DB_PARAMS(w->organization, w->call, db_int(f, w->epoch), w->reason,
			 db_str_or_null(f, w->text), db_str_or_null(f, w->say),
			 db_time(f, w->due_us)),
	       wished_read, out);
}

static void store_read(struct flow *f, const struct db_rows *r, void *to)
{
	struct store *out = to;

	*out = (struct store){0};
	if (r->n > 0)
		store_of_json(&f->arena, row_str(r, 0, 0), out);
}

void stream_store(struct flow *f, struct db *db, const char *organization, struct store *out)
{
	static const struct db_statement sql = {"store_context", "SELECT store_context($1)", 1,
						true};

	db_ask_for(f, db, organization, &sql, DB_PARAMS(organization), store_read, out);
}

static void over_read(struct flow *f, const struct db_rows *r, void *to)
{
	(void)f;
	(void)r;
	(void)to;
}

void stream_over(struct flow *f, struct db *db, const char *organization, const char *call,
		 const char *why)
{
	static const struct db_statement sql = {"call_bridge_over",
						"SELECT call_bridge_over($1, $2, $3)", 3, true};

	db_ask(f, db, &sql, DB_PARAMS(organization, call, why), over_read, NULL);
}
