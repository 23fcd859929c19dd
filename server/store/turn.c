/*
 * turn.c - see turn.h.
 */
#include "server/store/turn.h"

#include "server/store/store_json.h"

enum column {
	COL_EPOCH,
	COL_LANGUAGE,
	COL_LANGUAGE_CHOSEN,
	COL_GREETED,
	COL_CUSTOMER_LANGUAGE,
	COL_CUSTOMER_CHOSE,
	COL_OPTED_OUT,
	COL_ESCALATION_OPEN,
	COL_PROMISE_DUE,
	COL_ADDITION_NOTED,
	COL_ANSWERED_TO,
	COL_MESSAGES,
	COL_STORE,
	COL_ENGINE,
};

static const struct db_statement begin_sql = {
	"agent_turn_begin",
	"SELECT epoch, language, language_chosen, greeted, customer_language, customer_chose, "
	"opted_out,"
	" escalation_open, promise_due, addition_noted, answered_to, messages, store, engine"
	" FROM agent_turn_begin($1, $2, $3)",
	3, true};

static void messages_read(struct arena *a, struct str text, struct turn_context *out)
{
	json_t *j = json_of_text(text);
	struct agent_message *fresh = ARENA_ARRAY(a, struct agent_message, TURN_MESSAGES_MAX);

	out->messages_n = size_min(json_array_size(j), TURN_MESSAGES_MAX);
	for (size_t i = 0; i < out->messages_n; i++) {
		const json_t *m = json_array_get(j, i);
		struct turn_message *to = &out->messages[i];

		snprintf(to->id, sizeof to->id, STR_FMT, STR_ARG(json_text(a, m, "id")));
		to->body = json_text(a, m, "body");
		to->media = (int)json_int(m, "media");
		to->answered = !json_is_true(json_object_get(m, "new"));
		if (!to->answered)
			fresh[out->in.messages_n++] = (struct agent_message){to->body, to->media};
	}
	out->in.messages = fresh;
	json_decref(j);
}

static void context_read(struct flow *f, const struct db_rows *r, void *to)
{
	struct turn_context *out = to;
	struct agent_in *in = &out->in;

	*out = (struct turn_context){0};
	if (r->n == 0)
		return;
	out->found = true;
	out->epoch = row_int(r, 0, COL_EPOCH);
	out->answered_to = row_int(r, 0, COL_ANSWERED_TO);
	in->conversation_language = language_parse(row_str(r, 0, COL_LANGUAGE));
	in->conversation_language_chosen = row_bool(r, 0, COL_LANGUAGE_CHOSEN);
	in->first_turn = !row_bool(r, 0, COL_GREETED);
	in->customer_language = language_parse(row_str(r, 0, COL_CUSTOMER_LANGUAGE));
	in->customer_chose_language = row_bool(r, 0, COL_CUSTOMER_CHOSE);
	in->opted_out = row_bool(r, 0, COL_OPTED_OUT);
	in->escalation_open = row_bool(r, 0, COL_ESCALATION_OPEN);
	in->promise_due_us = row_time(r, 0, COL_PROMISE_DUE);
	in->addition_noted = row_bool(r, 0, COL_ADDITION_NOTED);
	out->engine = row_keep(&f->arena, r, 0, COL_ENGINE);
	store_of_json(&f->arena, row_str(r, 0, COL_STORE), &out->store);
	in->store = &out->store;
	messages_read(&f->arena, row_str(r, 0, COL_MESSAGES), out);
}

void turn_begin(struct flow *f, struct db *db, const struct work *w, struct turn_context *out)
{
	db_ask(f, db, &begin_sql, DB_PARAMS(w->organization, w->ref, w->lease), context_read, out);
}

static void outcome_read(struct flow *f, const struct db_rows *rows, void *to)
{
	enum turn_outcome *out = to;
	struct str word = rows->n > 0 ? row_str(rows, 0, 0) : STR_LIT("");

	(void)f;
	*out = str_is(word, "stored")  ? TURN_STORED
	       : str_is(word, "taken") ? TURN_TAKEN
				       : TURN_LEASE_LOST;
}

void turn_store(struct flow *f, struct db *db, const struct work *w, const struct turn_store *s,
		enum turn_outcome *out)
{
	static const struct db_statement sql = {"agent_turn_store",
						"SELECT outcome FROM agent_turn_store($1, $2, $3, "
						"$4, $5, $6, $7, $8, $9, $10, $11, $12, $13,"
						" $14)",
						14, true};
	const struct agent_out *o = s->said;
	const char *language = language_code(o->language);

	db_ask(f, db, &sql,
	       DB_PARAMS(w->organization, w->ref, w->lease, db_int(f, s->epoch),
			 db_int(f, s->answered_to), language[0] == '\0' ? NULL : language,
			 db_bool(o->language_chosen), db_str_or_null(f, o->say),
			 db_int(f, s->segments), o->class, o->escalate ? o->reason : NULL,
			 o->escalate ? db_str_or_null(f, o->reason_text) : NULL,
			 o->escalate ? db_time(f, o->promise_due_us) : NULL, s->redact),
	       outcome_read, out);
}
