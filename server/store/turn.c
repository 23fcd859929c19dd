/*
 * turn.c - see turn.h. The JSON read here is our own functions' (store_context, agent_turn_begin):
 * a wrong shape is a bug of ours and reads as "not known".
 */
#include "server/store/turn.h"

#include "server/store/turn_read.h"

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

json_t *json_of(struct str text)
{
	return json_loadb(text.p == NULL ? "" : text.p, text.n, JSON_REJECT_DUPLICATES, NULL);
}

struct str text_of(struct arena *a, const json_t *object, const char *name)
{
	const json_t *v = json_object_get(object, name);

	if (!json_is_string(v))
		return (struct str){NULL, 0};
	return arena_str(a, str_make(json_string_value(v), json_string_length(v)));
}

int64_t int_of(const json_t *object, const char *name)
{
	return json_integer_value(json_object_get(object, name));
}

static int at(const json_t *array, size_t i)
{
	return (int)json_integer_value(json_array_get(array, i));
}

static void hours_read(struct arena *a, const json_t *hours, struct store *out)
{
	out->periods_n = json_array_size(hours);
	out->periods = ARENA_ARRAY(a, struct store_period, out->periods_n);
	for (size_t i = 0; i < out->periods_n; i++) {
		const json_t *h = json_array_get(hours, i);

		out->periods[i] = (struct store_period){at(h, 0), at(h, 1), at(h, 2)};
	}
}

static void special_read(struct arena *a, const json_t *day, struct store_special *out)
{
	const json_t *periods = json_object_get(day, "periods");
	struct str date = text_of(a, day, "date");

	snprintf(out->date, sizeof out->date, STR_FMT, STR_ARG(date));
	out->closed = json_is_true(json_object_get(day, "closed"));
	out->name_en = text_of(a, day, "name_en");
	out->name_fr = text_of(a, day, "name_fr");
	out->periods_n = json_array_size(periods);
	out->periods = ARENA_ARRAY(a, struct store_period, out->periods_n);
	for (size_t i = 0; i < out->periods_n; i++) {
		const json_t *p = json_array_get(periods, i);

		out->periods[i] = (struct store_period){0, at(p, 0), at(p, 1)};
	}
}

static void policies_read(struct arena *a, const json_t *policies, struct store *out)
{
	out->policies_n = json_array_size(policies);
	out->policies = ARENA_ARRAY(a, struct store_policy, out->policies_n);
	for (size_t i = 0; i < out->policies_n; i++) {
		const json_t *p = json_array_get(policies, i);

		out->policies[i] = (struct store_policy){
			text_of(a, p, "topic"), text_of(a, p, "text_en"), text_of(a, p, "text_fr")};
	}
}

void store_of(struct arena *a, const json_t *j, struct store *out)
{
	const json_t *special = json_object_get(j, "special");

	out->name = text_of(a, j, "name");
	out->phone = text_of(a, j, "phone");
	out->email = text_of(a, j, "email");
	out->address = text_of(a, j, "address");
	out->directions_en = text_of(a, j, "directions_en");
	out->directions_fr = text_of(a, j, "directions_fr");
	out->zone = text_of(a, j, "zone");
	out->default_language = language_parse(text_of(a, j, "default_language"));
	out->reply_target_minutes = (int)int_of(j, "reply_target_minutes");
	out->closed_now = json_is_true(json_object_get(j, "closed_manually"));
	out->closed_until_us = int_of(j, "closed_until_us");
	out->closed_reason_en = text_of(a, j, "closed_reason_en");
	out->closed_reason_fr = text_of(a, j, "closed_reason_fr");
	hours_read(a, json_object_get(j, "hours"), out);
	out->specials_n = json_array_size(special);
	out->specials = ARENA_ARRAY(a, struct store_special, out->specials_n);
	for (size_t i = 0; i < out->specials_n; i++)
		special_read(a, json_array_get(special, i), &out->specials[i]);
	policies_read(a, json_object_get(j, "policies"), out);
}

static void messages_read(struct arena *a, struct str text, struct turn_context *out)
{
	json_t *j = json_of(text);
	struct agent_message *fresh = ARENA_ARRAY(a, struct agent_message, TURN_MESSAGES_MAX);

	out->messages_n = size_min(json_array_size(j), TURN_MESSAGES_MAX);
	for (size_t i = 0; i < out->messages_n; i++) {
		const json_t *m = json_array_get(j, i);
		struct turn_message *to = &out->messages[i];

		snprintf(to->id, sizeof to->id, STR_FMT, STR_ARG(text_of(a, m, "id")));
		to->body = text_of(a, m, "body");
		to->media = (int)int_of(m, "media");
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
	json_t *store;

	*out = (struct turn_context){0};
	if (r->n == 0)
		return;
	out->found = true;
	out->epoch = row_int(r, 0, COL_EPOCH);
	out->answered_to = row_int(r, 0, COL_ANSWERED_TO);
	in->conversation_language = language_parse(row_str(r, 0, COL_LANGUAGE));
	in->first_turn = !row_bool(r, 0, COL_GREETED);
	in->customer_language = language_parse(row_str(r, 0, COL_CUSTOMER_LANGUAGE));
	in->customer_chose_language = row_bool(r, 0, COL_CUSTOMER_CHOSE);
	in->opted_out = row_bool(r, 0, COL_OPTED_OUT);
	in->escalation_open = row_bool(r, 0, COL_ESCALATION_OPEN);
	in->promise_due_us = row_time(r, 0, COL_PROMISE_DUE);
	in->addition_noted = row_bool(r, 0, COL_ADDITION_NOTED);
	out->engine = row_keep(&f->arena, r, 0, COL_ENGINE);
	store = json_of(row_str(r, 0, COL_STORE));
	store_of(&f->arena, store, &out->store);
	json_decref(store);
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
