/*
 * call.c - see call.h. The facts are one JSON object of our own functions.
 */
#include "server/store/call.h"

#include "server/store/store_json.h"
#include "shared/buf.h"

#define HASH_TEXT (2 * 32 + 1)

static const char *const stage_words[] = {
	[CALL_RINGING] = "ringing",       [CALL_BRIDGE] = "bridge",
	[CALL_BUILTIN] = "builtin",       [CALL_TYPING] = "typing",
	[CALL_CONFERENCE] = "conference", [CALL_VOICEMAIL] = "voicemail",
	[CALL_NATIVE] = "native",         [CALL_ENDED] = "ended",
};

const char *call_stage_word(enum call_stage s)
{
	return stage_words[s];
}

enum call_stage call_stage_parse(struct str word)
{
	for (size_t i = 0; i < ARRAY_LEN(stage_words); i++) {
		if (str_is(word, stage_words[i]))
			return (enum call_stage)i;
	}
	return CALL_ENDED;
}

/* ---- reading the facts ---- */

static bool yes(const json_t *j, const char *name)
{
	return json_is_true(json_object_get(j, name));
}

static enum language language_of(struct arena *a, const json_t *j, const char *name)
{
	return language_parse(json_text(a, j, name));
}

static void id_of(const json_t *j, const char *name, char out[ID_TEXT])
{
	const char *text = json_string_value(json_object_get(j, name));

	snprintf(out, ID_TEXT, "%s", text == NULL ? "" : text);
}

static void lines_read(struct arena *a, const json_t *lines, struct call_facts *out)
{
	out->lines_n = size_min(json_array_size(lines), CALL_LINES_MAX);
	for (size_t i = 0; i < out->lines_n; i++) {
		const json_t *line = json_array_get(lines, i);

		out->lines[i].body = json_text(a, line, "body");
		out->lines[i].language = language_of(a, line, "language");
	}
}

/* A key that was pressed is a wish; the newest counts. */
static enum agent_wish key_wish(struct str key)
{
	return str_is(key, "0") ? WISH_PERSON : str_is(key, "9") ? WISH_LANGUAGE : WISH_NONE;
}

static void messages_read(struct arena *a, const json_t *list, struct turn_context *out)
{
	struct agent_message *fresh = ARENA_ARRAY(a, struct agent_message, TURN_MESSAGES_MAX);

	for (size_t i = 0; i < json_array_size(list) && out->messages_n < TURN_MESSAGES_MAX; i++) {
		const json_t *m = json_array_get(list, i);
		struct turn_message *to = &out->messages[out->messages_n];
		struct str body = json_text(a, m, "body");

		if (yes(m, "keyword")) {
			if (yes(m, "new") && key_wish(body) != WISH_NONE)
				out->in.wish = key_wish(body);
			continue;
		}
		out->messages_n++;
		id_of(m, "id", to->id);
		to->body = body;
		to->answered = !yes(m, "new");
		if (!to->answered)
			fresh[out->in.messages_n++] = (struct agent_message){to->body, 0};
	}
	out->in.messages = fresh;
}

static void turn_read(struct arena *a, const json_t *j, struct call_turn *out)
{
	struct turn_context *c = &out->context;
	struct agent_in *in = &c->in;
	struct str wish = json_text(a, j, "wish");

	if (!json_is_object(j))
		return;
	out->wanted = c->found = true;
	out->misses = (int)json_int(j, "misses");
	c->epoch = json_int(j, "epoch");
	c->answered_to = json_int(j, "answered_to");
	in->call = true;
	in->person_here = yes(j, "person_here");
	in->person_awaited = yes(j, "person_awaited");
	in->asked_again = out->misses > 0;
	in->reachable = yes(j, "reachable");
	in->conversation_language = language_of(a, j, "language");
	in->conversation_language_chosen = yes(j, "language_chosen");
	in->first_turn = !yes(j, "greeted");
	in->customer_language = language_of(a, j, "customer_language");
	in->customer_chose_language = yes(j, "customer_chose");
	in->escalation_open = yes(j, "escalation_open");
	in->promise_due_us = json_int(j, "promise_due_us");
	in->addition_noted = yes(j, "addition_noted");
	store_of_object(a, json_object_get(j, "store"), &c->store);
	in->store = &c->store;
	messages_read(a, json_object_get(j, "messages"), c);
	if (wish.n > 0) {
		out->wish = arena_cstr(a, wish);
		in->wish = str_is(wish, "waited") ? WISH_WAITED : WISH_UNHEARD;
	}
}

static enum staff_plan staff_plan_of(struct str word)
{
	static const char *const words[] = {
		[STAFF_SILENCE] = "silence",     [STAFF_BRIEF] = "brief",
		[STAFF_ROOM] = "room",           [STAFF_GONE] = "gone",
		[STAFF_DECLINED] = "declined",   [STAFF_NO_KEY] = "no_key",
		[STAFF_WITHDRAWN] = "withdrawn", [STAFF_HANDED_BACK] = "handed_back",
		[STAFF_TYPING] = "typing",       [STAFF_OVER] = "over",
	};

	for (size_t i = 0; i < ARRAY_LEN(words); i++) {
		if (str_is(word, words[i]))
			return (enum staff_plan)i;
	}
	return STAFF_OVER;
}

static void phone_read(struct arena *a, const json_t *j, struct call_staff *out)
{
	const json_t *words = json_object_get(j, "words");

	if (!json_is_object(j))
		return;
	out->plan = staff_plan_of(json_text(a, j, "plan"));
	id_of(j, "parent", out->parent);
	out->muted = yes(j, "muted");
	out->ends = yes(j, "ends");
	out->first = yes(j, "first");
	out->who = json_text(a, j, "who");
	out->from_name = json_text(a, j, "from_name");
	out->reason = json_text(a, j, "reason");
	out->words_n = size_min(json_array_size(words), ARRAY_LEN(out->words));
	for (size_t i = 0; i < out->words_n; i++) {
		const json_t *one = json_array_get(words, i);

		out->words[i] = (struct call_line){json_text(a, one, "body"),
						   language_of(a, one, "language")};
	}
}

static void facts_read(struct flow *f, const struct db_rows *rows, void *to)
{
	struct call_facts *out = to;
	struct arena *a = &f->arena;
	json_t *j;

	*out = (struct call_facts){.stage = CALL_ENDED};
	if (rows->n == 0)
		return;
	out->json = row_keep(a, rows, 0, 0);
	j = json_of_text(out->json);
	out->known = str_is(json_text(a, j, "outcome"), "ok");
	id_of(j, "organization", out->organization);
	id_of(j, "conversation", out->conversation);
	id_of(j, "call", out->call);
	out->goes_on = yes(j, "goes_on");
	out->staff = str_is(json_text(a, j, "leg"), "staff");
	out->outbound = str_is(json_text(a, j, "call_direction"), "outbound");
	out->sid = json_text(a, j, "sid");
	out->stage = call_stage_parse(json_text(a, j, "stage"));
	out->stage_number = json_int(j, "stage_number");
	out->document = json_int(j, "document");
	out->epoch = json_int(j, "epoch");
	out->held_by_staff = str_is(json_text(a, j, "holder"), "staff");
	out->holder_name = json_text(a, j, "holder_name");
	out->language = language_of(a, j, "language");
	out->language_chosen = yes(j, "language_chosen");
	out->store_name = json_text(a, j, "store_name");
	out->store_number = json_text(a, j, "store_number");
	out->fallback_number = json_text(a, j, "fallback_number");
	out->reachable = yes(j, "reachable");
	out->misses = (int)json_int(j, "misses");
	out->bridge_failures = (int)json_int(j, "bridge_failures");
	out->awaited = yes(j, "awaited");
	out->waiting = yes(j, "waiting");
	out->arrived = yes(j, "arrived");
	out->over = yes(j, "over");
	out->message_taken = yes(j, "message_taken");
	out->on_hold = yes(j, "on_hold");
	out->muted = yes(j, "muted");
	out->room = json_text(a, j, "room");
	out->recording = yes(j, "recording");
	out->transcribe = yes(j, "transcribe");
	out->transcribing = yes(j, "transcribing");
	lines_read(a, json_object_get(j, "lines"), out);
	turn_read(a, json_object_get(j, "turn"), &out->turn);
	phone_read(a, json_object_get(j, "staff"), &out->phone);
	json_decref(j);
}

/* ---- writing what is told ---- */

static void text_told(json_t *j, const char *name, struct str value)
{
	if (value.n > 0)
		json_object_set_new(j, name, json_stringn(value.p, value.n));
}

static void word_told(json_t *j, const char *name, const char *value)
{
	text_told(j, name, str_of(value));
}

static void int_told(json_t *j, const char *name, int64_t value)
{
	if (value >= 0)
		json_object_set_new(j, name, json_integer(value));
}

static void bool_told(json_t *j, const char *name, bool value)
{
	json_object_set_new(j, name, json_boolean(value));
}

static const char *json_written(struct flow *f, json_t *j)
{
	char *text = json_dumps(j, JSON_COMPACT), *kept;

	if (text == NULL)
		BUG("what a request tells is no UTF-8");
	kept = arena_strdup(&f->arena, text);
	free(text);
	json_decref(j);
	return kept;
}

static json_t *told_object(const struct call_told *t)
{
	json_t *j = json_object();
	char hash[HASH_TEXT];

	for (size_t i = 0; i < sizeof t->stream_hash; i++)
		snprintf(hash + 2 * i, 3, "%02x", t->stream_hash[i]);
	if (t->document > 0)
		int_told(j, "d", t->document);
	bool_told(j, "document", t->answered);
	word_told(j, "status", t->status);
	int_told(j, "sequence", t->sequence);
	int_told(j, "seconds", t->seconds);
	text_told(j, "words", t->words);
	text_told(j, "confidence", t->confidence);
	text_told(j, "digits", t->digits);
	text_told(j, "stream_sid", t->stream_sid);
	text_told(j, "recording_sid", t->recording_sid);
	text_told(j, "recording_url", t->recording_url);
	int_told(j, "recorded_seconds", t->recorded_seconds);
	if (t->form != NULL)
		json_object_set_new(j, "form", json_of_text(str_of(t->form)));
	bool_told(j, "agent", t->has_agent);
	bool_told(j, "key", t->has_key);
	word_told(j, "stream_hash", hash);
	return j;
}

void call_in(struct flow *f, struct db *db, const struct call_arrival *a, const struct call_told *t,
	     struct call_facts *out)
{
	static const struct db_statement sql = {
		"call_in", "SELECT call_in($1, $2, $3, $4, $5, $6, $7, $8)", 8, true};
	json_t *told = told_object(t);

	word_told(told, "attestation", a->attestation);
	json_object_set_new(told, "words", json_of_text(str_of(a->words)));
	db_ask(f, db, &sql,
	       DB_PARAMS(t->door, db_str(f, a->to), db_str(f, a->from), a->sender,
			 db_str(f, t->sid), db_str(f, t->account), t->expected,
			 json_written(f, told)),
	       facts_read, out);
}

void call_hook(struct flow *f, struct db *db, const struct call_told *t, struct call_facts *out)
{
	static const struct db_statement sql = {
		"call_hook", "SELECT call_hook($1, $2, $3, $4, $5, $6)", 6, true};

	db_ask(f, db, &sql,
	       DB_PARAMS(t->door, db_str_or_null(f, t->call), db_str_or_null(f, t->sid),
			 db_str(f, t->account), t->expected, json_written(f, told_object(t))),
	       facts_read, out);
}

void call_answer(struct flow *f, struct db *db, const struct call_facts *facts,
		 const struct call_said *s, const struct call_told *t, struct call_facts *out)
{
	static const struct db_statement sql = {"call_answer", "SELECT call_answer($1, $2, $3, $4)",
						4, true};
	const struct agent_out *o = s->out;
	const struct turn_context *c = &facts->turn.context;
	json_t *said = json_object();

	int_told(said, "epoch", c->epoch);
	int_told(said, "answered_to", c->answered_to);
	word_told(said, "wish", facts->turn.wish);
	int_told(said, "misses", facts->turn.misses);
	word_told(said, "language", language_code(o->language));
	bool_told(said, "language_chosen", o->language_chosen);
	text_told(said, "say", o->say);
	word_told(said, "class", o->class);
	if (o->escalate) {
		word_told(said, "reason", o->reason);
		text_told(said, "reason_text", o->reason_text);
	}
	int_told(said, "promise_due_us", o->escalate ? o->promise_due_us : 0);
	bool_told(said, "person_now", o->person_now);
	bool_told(said, "voicemail", o->voicemail);
	bool_told(said, "missed", o->missed);
	bool_told(said, "ends", o->ends);
	if (s->redact != NULL)
		json_object_set_new(said, "redact", json_of_text(str_of(s->redact)));
	db_ask(f, db, &sql,
	       DB_PARAMS(facts->organization, facts->call, json_written(f, said),
			 json_written(f, told_object(t))),
	       facts_read, out);
}
