/*
 * calls_script.c - what callers and staff do; see calls.h. Nobody here is surprised by anything: a
 * step that a fault has made impossible is noted and left out, and what it means is for the judge.
 */
#include <pthread.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "shared/clock.h"
#include "tests/storm/calls.h"

#define REPLY_MS 14000 /* that a caller waits for an answer before they go on */
#define PHONE_MS 12000 /* that a phone, a room, a line of staff is waited for */
#define RINGS    "{\"rings\":\"by hand\"}"

struct play {
	struct link *l;
	struct call *c;
	json_t *leg; /* as it was seen last */
	bool over;
};

void call_note(struct call *c, const char *fmt, ...)
{
	char text[400], at[CLOCK_TEXT];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof text, fmt, ap);
	va_end(ap);
	clock_text(clock_wall_us(), at);
	buf_printf(&c->notes, "%s  script  %s\n", at, text);
}

/* ---- the caller ---- */

static void leg_read(struct play *p)
{
	char path[80];

	json_decref(p->leg);
	snprintf(path, sizeof path, "/sim/calls/%s", p->c->sid);
	if (sim_ask(p->l, path, NULL, &p->leg) != 200)
		storm_fail("the practice line does not know %s", p->c->sid);
	p->over = json_is_true(json_object_get(p->leg, "over"));
}

/* Reads the leg again once there is news of it. */
static void leg_await(struct play *p)
{
	char path[120];

	snprintf(path, sizeof path, "/sim/calls/%s?since=%lld&wait=500", p->c->sid,
		 (long long)json_integer_value(json_object_get(p->leg, "version")));
	(void)sim_ask(p->l, path, NULL, NULL);
	leg_read(p);
}

static size_t lines_n(const struct play *p)
{
	return json_array_size(json_object_get(p->leg, "lines"));
}

static bool is_voice(const json_t *line)
{
	const char *kind = text_of(line, "kind");

	return strcmp(kind, "say") == 0 || strcmp(kind, "agent") == 0 ||
	       strcmp(kind, "person") == 0;
}

/* From line `from` on somebody has spoken, and has come to their end. */
static bool answered(const struct play *p, size_t from)
{
	const json_t *last = NULL, *lines = json_object_get(p->leg, "lines");

	for (size_t i = from; i < json_array_size(lines); i++) {
		if (is_voice(json_array_get(lines, i)))
			last = json_array_get(lines, i);
	}
	return last != NULL && json_is_true(json_object_get(last, "over")) &&
	       !json_is_true(json_object_get(p->leg, "talking"));
}

static bool await_answer(struct play *p, size_t from)
{
	int64_t until = clock_mono_ms() + REPLY_MS;

	leg_read(p);
	while (!p->over && !answered(p, from) && clock_mono_ms() < until)
		leg_await(p);
	if (!p->over && !answered(p, from))
		call_note(p->c, "nobody has answered in %d ms", REPLY_MS);
	return !p->over;
}

static bool heard(const json_t *leg, const char *text)
{
	const json_t *lines = json_object_get(leg, "lines");

	for (size_t i = 0; i < json_array_size(lines); i++) {
		if (strstr(text_of(json_array_get(lines, i), "text"), text) != NULL)
			return true;
	}
	return false;
}

static bool await_words(struct play *p, const char *text)
{
	int64_t until = clock_mono_ms() + PHONE_MS;

	leg_read(p);
	while (!p->over && !heard(p->leg, text) && clock_mono_ms() < until)
		leg_await(p);
	return heard(p->leg, text);
}

static void person_does(struct play *p, const char *sid, const char *json)
{
	char path[80];
	int status;

	snprintf(path, sizeof path, "/sim/calls/%s", sid);
	status = sim_ask(p->l, path, json, NULL);
	if (status != 200)
		call_note(p->c, "%s: %d", json, status);
}

/* Sentences are told apart without digits, which are spoken otherwise than they are written. */
static void sentence(char out[120], const char *who, int call, int n)
{
	static const char *const letters[] = {"alfa", "bravo", "carlo", "delta", "emil",
					      "foxy", "gamma", "helix", "inga",  "julia"};
	static const char *const which[] = {"first", "second", "third",    "fourth",
					    "fifth", "sixth",  "seventh",  "eighth",
					    "ninth", "tenth",  "eleventh", "twelfth"};

	snprintf(out, 120, "The %s %s pedal of %s %s %s squeaks.", which[n % SAID_MAX], who,
		 letters[call / 100 % 10], letters[call / 10 % 10], letters[call % 10]);
}

static bool caller_says(struct play *p)
{
	char words[120], json[200];
	size_t from;

	leg_read(p);
	if (p->over)
		return false;
	from = lines_n(p) + 1;
	sentence(words, "blue", p->c->n, p->c->said_n++);
	snprintf(json, sizeof json, "{\"say\":\"%s\"}", words);
	person_does(p, p->c->sid, json);
	return await_answer(p, from);
}

/* One sentence after the other, each when the one before was answered. */
static void caller_talks(struct play *p, int sentences)
{
	while (sentences-- > 0 && caller_says(p))
		;
}

static void caller_calls(struct play *p)
{
	char json[120];
	json_t *leg;

	snprintf(json, sizeof json, "{\"from\":\"%s\",\"to\":\"%s\"}", p->c->phone,
		 p->l->world->number);
	if (sim_ask(p->l, "/sim/calls", json, &leg) != 200)
		storm_fail("nobody can call");
	snprintf(p->c->sid, sizeof p->c->sid, "%s", text_of(leg, "sid"));
	json_decref(leg);
	p->c->began = await_answer(p, 0);
}

/* ---- staff ---- */

static bool thread_find(struct play *p)
{
	char *id = link_sql(p->l,
			    "SELECT conversation_id FROM call_sessions WHERE twilio_call_sid = $1",
			    p->c->sid);

	if (id != NULL)
		snprintf(p->c->conversation, sizeof p->c->conversation, "%s", id);
	free(id);
	return p->c->conversation[0] != '\0';
}

static long epoch_now(struct link *l, const struct call *c)
{
	char *text = link_sql(l, "SELECT epoch FROM conversations WHERE id = $1", c->conversation);
	long epoch = text == NULL ? 0 : strtol(text, NULL, 10);

	free(text);
	return epoch;
}

static int commands(struct play *p, struct staff *s, const char *what, const char *more)
{
	char body[300];
	int status;

	snprintf(body, sizeof body, "{\"epoch\":%ld%s}", epoch_now(p->l, p->c), more);
	status = staff_asks(p->l, s, p->c->conversation, what, body);
	call_note(p->c, "%s %s %s: %d", s->email, what, body, status);
	return status;
}

static bool takes(struct play *p, const char *by)
{
	return thread_find(p) && commands(p, p->c->colleague[0], "takeover", by) == 200;
}

/* The holder writes, and the caller hears it. */
static void writes(struct play *p, struct staff *s)
{
	char more[200], *words;

	if (p->c->wrote_n >= SAID_MAX)
		return;
	words = p->c->wrote[p->c->wrote_n];
	sentence(words, "red", p->c->n, p->c->wrote_n);
	snprintf(more, sizeof more, ",\"body\":\"%s\"", words);
	if (commands(p, s, "messages", more) != 201)
		return;
	p->c->wrote_unheard[p->c->wrote_n++] = !await_words(p, words) && !p->over;
}

/* The newest leg of that phone which is not over; NULL after PHONE_MS. */
static json_t *phone_leg(struct play *p, const struct staff *s, int64_t ms)
{
	int64_t until = clock_mono_ms() + ms;
	char path[80];

	snprintf(path, sizeof path, "/sim/calls?phone=%%2B%s&limit=1", s->phone + 1);
	do {
		json_t *list, *leg;

		if (sim_ask(p->l, path, NULL, &list) != 200)
			storm_fail("the practice line does not answer");
		leg = json_incref(json_array_get(json_object_get(list, "calls"), 0));
		json_decref(list);
		if (leg != NULL && !json_is_true(json_object_get(leg, "over")))
			return leg;
		json_decref(leg);
		leg_await(p); /* the caller goes on meanwhile */
	} while (!p->over && clock_mono_ms() < until);
	return NULL;
}

static bool phone_hears(struct play *p, const struct staff *s, const char *text)
{
	int64_t until = clock_mono_ms() + PHONE_MS;

	while (clock_mono_ms() < until) {
		json_t *leg = phone_leg(p, s, 0);
		bool there = leg != NULL && heard(leg, text);
		char path[120];

		if (leg == NULL || there) {
			json_decref(leg);
			return there;
		}
		snprintf(path, sizeof path, "/sim/calls/%s?since=%lld&wait=500",
			 text_of(leg, "sid"),
			 (long long)json_integer_value(json_object_get(leg, "version")));
		json_decref(leg);
		(void)sim_ask(p->l, path, NULL, NULL);
	}
	return false;
}

static void phone_does(struct play *p, const struct staff *s, const char *json)
{
	json_t *leg = phone_leg(p, s, 0);

	if (leg != NULL)
		person_does(p, text_of(leg, "sid"), json);
	json_decref(leg);
}

/* Rings, is answered, the key is pressed; true when caller and colleague are in one room. */
static bool meets(struct play *p, struct staff *s, const char *key)
{
	char path[80], json[40];
	json_t *leg;

	snprintf(path, sizeof path, "/sim/phones/%s", s->phone);
	(void)sim_ask(p->l, path, RINGS, NULL);
	if (!takes(p, ",\"by\":\"phone\""))
		return false;
	leg = phone_leg(p, s, PHONE_MS);
	if (leg == NULL) {
		call_note(p->c, "%s does not ring", s->phone);
		return false;
	}
	json_decref(leg);
	phone_does(p, s, "{\"do\":\"answer\"}");
	if (!phone_hears(p, s, "ress 1")) {
		call_note(p->c, "%s is told nothing", s->phone);
		return false;
	}
	snprintf(json, sizeof json, "{\"press\":\"%s\"}", key);
	phone_does(p, s, json);
	if (strcmp(key, "1") != 0)
		return false;
	if (!await_words(p, "in the conference") || !phone_hears(p, s, "in the conference")) {
		call_note(p->c, "they do not meet");
		return false;
	}
	return true;
}

/* ---- the scripts ---- */

static void talk(struct play *p)
{
	caller_talks(p, 3);
}

static void typing(struct play *p)
{
	struct staff *s = p->c->colleague[0];

	if (!caller_says(p) || !takes(p, ",\"by\":\"typing\""))
		return;
	writes(p, s);
	if (!caller_says(p))
		return;
	writes(p, s);
	(void)commands(p, s, "hand-back", "");
	(void)(await_answer(p, lines_n(p)) && caller_says(p));
}

/* Somebody takes it while the caller speaks: the sentence belongs to both. */
static void interrupted(struct play *p)
{
	char words[120], json[200];
	size_t from;

	leg_read(p);
	from = lines_n(p) + 1;
	sentence(words, "blue", p->c->n, p->c->said_n++);
	snprintf(json, sizeof json, "{\"say\":\"%s\"}", words);
	person_does(p, p->c->sid, json);
	if (!takes(p, ",\"by\":\"typing\"") || !await_answer(p, from))
		return;
	writes(p, p->c->colleague[0]);
	(void)caller_says(p);
}

static void speak_together(struct play *p, struct staff *s)
{
	char words[120], json[200];

	sentence(words, "green", p->c->n, 0);
	snprintf(json, sizeof json, "{\"say\":\"%s\"}", words);
	phone_does(p, s, json);
	if (!await_words(p, words))
		call_note(p->c, "the caller does not hear %s", s->phone);
	sentence(words, "blue", p->c->n, p->c->said_n++);
	snprintf(json, sizeof json, "{\"say\":\"%s\"}", words);
	person_does(p, p->c->sid, json);
	if (!phone_hears(p, s, words))
		call_note(p->c, "%s does not hear the caller", s->phone);
	leg_read(p);
	while (!p->over && json_is_true(json_object_get(p->leg, "talking")))
		leg_await(p);
}

static void by_phone(struct play *p)
{
	struct staff *s = p->c->colleague[0];
	size_t from;

	if (!caller_says(p) || !meets(p, s, "1")) {
		(void)caller_says(p);
		return;
	}
	speak_together(p, s);
	from = lines_n(p);
	phone_does(p, s, "{\"do\":\"hang up\"}");
	(void)(await_answer(p, from) && caller_says(p));
}

static void by_phone_and_back(struct play *p)
{
	struct staff *s = p->c->colleague[0];
	size_t from;

	if (!caller_says(p) || !meets(p, s, "1")) {
		(void)caller_says(p);
		return;
	}
	speak_together(p, s);
	from = lines_n(p);
	(void)commands(p, s, "hand-back", "");
	(void)(await_answer(p, from) && caller_says(p));
}

static void declined(struct play *p)
{
	if (!caller_says(p))
		return;
	(void)meets(p, p->c->colleague[0], "2");
	caller_talks(p, 2);
}

static void key_zero(struct play *p)
{
	if (!caller_says(p))
		return;
	person_does(p, p->c->sid, "{\"press\":\"0\"}");
	caller_talks(p, 2);
}

/* ---- two at once ---- */

struct racer {
	pthread_t thread;
	struct link l;
	struct staff *staff;
	const struct call *call;
	char body[80];
	int status;
};

static void *racer_run(void *with)
{
	struct racer *r = with;

	r->status = staff_asks(&r->l, r->staff, r->call->conversation, "takeover", r->body);
	return NULL;
}

static void race(struct play *p)
{
	struct racer r[2] = {0};
	struct staff *holder = NULL;
	char body[200], *id;

	if (!caller_says(p) || !thread_find(p))
		return;
	for (int i = 0; i < 2; i++) {
		link_open(&r[i].l, p->l->world);
		r[i].staff = p->c->colleague[i];
		r[i].call = p->c;
		snprintf(r[i].body, sizeof r[i].body, "{\"epoch\":%ld,\"by\":\"typing\"}",
			 epoch_now(p->l, p->c));
		if (pthread_create(&r[i].thread, NULL, racer_run, &r[i]) != 0)
			storm_fail("no thread");
	}
	for (int i = 0; i < 2; i++) {
		pthread_join(r[i].thread, NULL);
		link_close(&r[i].l);
		call_note(p->c, "%s races: %d", r[i].staff->email, r[i].status);
		p->c->won += r[i].status == 200;
	}
	id = link_sql(p->l, "SELECT holder_user_id FROM conversations WHERE id = $1",
		      p->c->conversation);
	for (int i = 0; i < 2 && id != NULL; i++) {
		struct staff *s = p->c->colleague[i];

		if (strcmp(s->id, id) == 0) {
			holder = s;
			continue;
		}
		snprintf(body, sizeof body, ",\"body\":\"I hold this, do I not?\"");
		p->c->intruded += commands(p, s, "messages", body) == 201;
	}
	free(id);
	if (holder != NULL) {
		writes(p, holder);
		(void)caller_says(p);
		(void)commands(p, holder, "hand-back", "");
		(void)await_answer(p, lines_n(p));
	}
	(void)caller_says(p);
}

static const struct {
	const char *name;
	void (*play)(struct play *p);
} scripts[] = {{"talk", talk},
	       {"typing", typing},
	       {"by phone", by_phone},
	       {"key 0", key_zero},
	       {"by phone and back", by_phone_and_back},
	       {"race", race},
	       {"interrupted", interrupted},
	       {"declined", declined}};
const int scripts_n = (int)ARRAY_LEN(scripts);

/* ---- one call ---- */

static void fault_throw(struct play *p, const char *words, const char *phone)
{
	char fault[160], json[200];

	snprintf(fault, sizeof fault, "%s", "");
	for (const char *at = words; *at != '\0';) { /* %s is the phone */
		size_t n = strlen(fault);

		if (strncmp(at, "%s", 2) == 0) {
			snprintf(fault + n, sizeof fault - n, "%s", phone);
			at += 2;
		} else {
			snprintf(fault + n, sizeof fault - n, "%c", *at++);
		}
	}
	snprintf(json, sizeof json, "{\"fault\":\"%s\"}", fault);
	call_note(p->c, "%s", fault);
	if (sim_ask(p->l, "/sim/faults", json, NULL) != 200)
		storm_fail("the practice line does not take \"%s\"", fault);
}

static void faults_forget(struct play *p, const char *phone)
{
	char url[300];

	snprintf(url, sizeof url, "%s/sim/faults?to=%%2B%s", p->l->world->sim, phone + 1);
	(void)link_ask(p->l, "DELETE", url, NULL, NULL, NULL, NULL);
}

void call_play(struct link *l, struct call *c, int script)
{
	struct play p = {.l = l, .c = c};
	const struct fault *f = c->fault;

	c->script_name = scripts[script].name;
	if (f != NULL && f->words != NULL)
		fault_throw(&p, f->words, f->staff ? c->colleague[0]->phone : c->phone);
	if (f != NULL && f->on_phone != NULL)
		fault_throw(&p, f->on_phone, c->phone);
	caller_calls(&p);
	if (c->began)
		scripts[script].play(&p);
	leg_read(&p);
	c->over_before = p.over;
	if (!p.over)
		person_does(&p, c->sid, "{\"do\":\"hang up\"}");
	phone_does(&p, c->colleague[0], "{\"do\":\"hang up\"}");
	(void)thread_find(&p);
	faults_forget(&p, c->phone);
	for (int i = 0; i < 2; i++)
		faults_forget(&p, c->colleague[i]->phone);
	json_decref(p.leg);
}
