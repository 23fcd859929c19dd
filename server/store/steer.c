/*
 * steer.c - see steer.h.
 */
#include "server/store/steer.h"

#include "shared/buf.h"

static const char *const words[] = {
	[STEER_NONE] = "none",         [STEER_DIAL] = "dial",     [STEER_LOOK] = "look",
	[STEER_REDIRECT] = "redirect", [STEER_END] = "end",       [STEER_FETCH] = "fetch",
	[STEER_HOLD] = "hold",         [STEER_UNHOLD] = "unhold", [STEER_MUTE] = "mute",
	[STEER_UNMUTE] = "unmute",     [STEER_STAY] = "stay",
};

const char *steer_word(enum steer_need need)
{
	return words[need];
}

static enum steer_need need_of(struct str word)
{
	for (size_t i = 0; i < ARRAY_LEN(words); i++) {
		if (str_is(word, words[i]))
			return (enum steer_need)i;
	}
	return STEER_NONE;
}

static void claim_read(struct flow *f, const struct db_rows *rows, void *to)
{
	struct steer_claim *out = to;

	*out = (struct steer_claim){.need = STEER_NONE};
	if (rows->n == 0)
		return;
	out->need = need_of(row_str(rows, 0, 0));
	out->staff = str_is(row_str(rows, 0, 1), "staff");
	out->call_sid = row_keep(&f->arena, rows, 0, 2);
	out->conference_sid = row_keep(&f->arena, rows, 0, 3);
	out->to = row_keep(&f->arena, rows, 0, 4);
	out->from = row_keep(&f->arena, rows, 0, 5);
	out->dialled_us = row_null(rows, 0, 6) ? 0 : row_time(rows, 0, 6);
	out->proves = row_null(rows, 0, 7) ? 0 : row_int(rows, 0, 7);
	out->french = str_is(row_str(rows, 0, 8), "fr");
	out->account_sid = row_keep(&f->arena, rows, 0, 9);
	out->token_sealed = row_keep(&f->arena, rows, 0, 10);
}

void steer_claim(struct flow *f, struct db *db, const struct work *w, struct steer_claim *out)
{
	static const struct db_statement sql = {
		"steer_claim",
		"SELECT need, leg, call_sid, conference_sid, to_number, from_number, dialled_at, "
		"proves,"
		" language, account_sid, token_sealed FROM call_steer_claim($1, $2, $3)",
		3, true};

	db_ask(f, db, &sql, DB_PARAMS(w->organization, w->ref, w->lease), claim_read, out);
}

static void need_read(struct flow *f, const struct db_rows *rows, void *to)
{
	enum steer_need *out = to;

	(void)f;
	*out = rows->n == 0 ? STEER_NONE : need_of(row_str(rows, 0, 0));
}

void steer_settle(struct flow *f, struct db *db, const struct work *w, enum steer_need need,
		  const struct steer_settle *s, enum steer_need *out)
{
	static const char *const results[] = {
		[STEER_DONE] = "done",       [STEER_AGAIN] = "again", [STEER_UNKNOWN] = "unknown",
		[STEER_REFUSED] = "refused", [STEER_GONE] = "gone",   [STEER_ABSENT] = "absent"};
	static const struct db_statement sql = {
		"steer_settle",
		"SELECT need FROM call_steer_settle($1, $2, $3, $4, $5, $6, $7, $8, $9)", 9, true};
	struct buf sids;

	buf_init(&sids, 8192);
	for (size_t i = 0; i < s->sids_n; i++) /* SIDs are checked: letters and digits only */
		buf_printf(&sids, "%c" STR_FMT, i == 0 ? '{' : ',', STR_ARG(s->sids[i]));
	buf_add_cstr(&sids, s->sids_n == 0 ? "{}" : "}");
	db_ask(f, db, &sql,
	       DB_PARAMS(w->organization, w->ref, w->lease, words[need], results[s->result],
			 db_str_or_null(f, s->sid), db_str(f, buf_str(&sids)), s->state,
			 s->code == 0 ? NULL : db_int(f, s->code)),
	       need_read, out);
	buf_clear(&sids);
}
