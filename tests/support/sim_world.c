/*
 * sim_world.c - see sim_world.h.
 */
#include <criterion/criterion.h>

#include "shared/clock.h"
#include "shared/log.h"
#include "tests/support/sim_world.h"

/* ---- the store ---- */

static void keep(struct sim_world *w, const struct web_request *r)
{
	struct world_seen *s = &w->seen[w->seen_n];
	struct arena *a = &w->arena;

	cr_assert_lt(w->seen_n, WORLD_SEEN);
	*s = (struct world_seen){.method = str_of(web_method_name(r->method)),
				 .path = arena_str(a, r->path),
				 .target = arena_str(a, r->target),
				 .body = arena_str(a, r->body),
				 .signature = arena_str(a, web_header(r, "x-twilio-signature")),
				 .token = arena_str(a, web_header(r, "i-twilio-idempotency-token")),
				 .agent = arena_str(a, web_header(r, "user-agent")),
				 .at_us = clock_mono_us()};
	sim_pairs_read(&s->params, a, arena_str(a, r->query));
	sim_pairs_read(&s->params, a, s->body);
	w->seen_n++;
}

static void on_store(struct app *app, const struct web_request *r, struct ticket t)
{
	struct sim_world *w = (struct sim_world *)(void *)app;
	struct world_answer a = {0};
	struct web_field location;
	struct str body;

	keep(w, r);
	if (w->upgrade != NULL && str_is_nocase(web_header(r, "upgrade"), "websocket")) {
		w->upgrade(w->upgrade_with, r, t);
		return;
	}
	for (size_t i = 0; i < w->by_path_n; i++) {
		if (!str_is(r->path, w->by_path[i].path))
			continue;
		web_reply(t, 200, "text/xml", str_of(w->by_path[i].body));
		return;
	}
	if (w->answers_at < w->answers_n)
		a = w->answers[w->answers_at++];
	if (a.hang)
		return;
	if (a.reset) {
		web_reset(t);
		return;
	}
	if (a.status == 0)
		a.status = 200;
	if (a.content_type == NULL)
		a.content_type = "text/xml";
	body = str_of(a.body == NULL ? "<Response/>" : a.body);
	if (a.size > 0) {
		char *p = arena_take(&w->arena, a.size);

		memset(p, ' ', a.size);
		body = str_make(p, a.size);
	}
	location = (struct web_field){"Location", str_of(a.location)};
	web_reply_headers(t, a.status, a.content_type[0] == '\0' ? NULL : a.content_type, body,
			  &location, a.location == NULL ? 0 : 1);
}

#define ANY(path)                                             \
	{WEB_GET, path, on_store, 0, NULL, NULL, NULL},       \
	{                                                     \
		WEB_POST, path, on_store, 0, NULL, NULL, NULL \
	}

static const struct route store_routes[] = {
	ANY("/{a}"), ANY("/{a}/{b}"), ANY("/{a}/{b}/{c}"), ANY("/{a}/{b}/{c}/{d}"), {0}};

void world_will_answer(struct sim_world *w, struct world_answer a)
{
	cr_assert_lt(w->answers_n, ARRAY_LEN(w->answers));
	w->answers[w->answers_n++] = a;
}

const char *world_url(struct sim_world *w, const char *path)
{
	return arena_printf(&w->arena, "http://127.0.0.1:%d%s", w->store_port, path);
}

/* ---- opening and closing ---- */

void world_open(struct sim_world *w, const char *url, void (*change)(struct sim_options *o))
{
	struct web_options store = {.tables = {store_routes}};
	struct sim_options o = {.account_sid = STR_LIT(WORLD_ACCOUNT),
				.auth_token = STR_LIT(WORLD_TOKEN)};
	struct err err = {0};

	memset(w, 0, sizeof *w);
	log_set_level(LOG_ERROR);
	sim_line_open(&w->line);
	w->store = web_open(&w->line.loop, (struct app *)(void *)w, &store);
	cr_assert(web_listen(w->store, "127.0.0.1", 0, &err), "%s", err.text);
	w->store_port = web_port(w->store);
	sim_settings_default(&o.set);
	o.set.send_ms = 10;
	o.set.deliver_ms = 10;
	o.set.extra_every = 0;
	o.set.letters_per_s = 400;
	o.set.answer_ms = 20;
	o.set.ring_ms = 10;
	o.set.calls_per_s = 0;
	o.set.elevenlabs_port = 0;
	o.set.post_call_secret = WORLD_SECRET;
	o.set.post_call_url = world_url(w, "/post-call");
	o.numbers.at[o.numbers.n++] =
		str_of(arena_printf(&w->arena, WORLD_STORE "=%s",
				    world_url(w, url == NULL ? "/api/webhooks/twilio/sms" : url)));
	if (change != NULL)
		change(&o);
	cr_assert(sim_line_serve(&w->line, &o, &err), "%s", err.text);
}

void world_close(struct sim_world *w)
{
	sim_line_stop(&w->line);
	web_close(w->store);
	loop_run(&w->line.loop);
	sim_line_close(&w->line);
	json_decref(w->json);
	arena_free(&w->arena);
}

/* ---- waiting ---- */

static void on_tick(uv_timer_t *t)
{
	(void)t;
}

bool world_until(struct sim_world *w, bool (*done)(struct sim_world *w), unsigned ms)
{
	int64_t end = clock_mono_ms() + ms;
	uv_timer_t tick;
	bool good;

	uv_timer_init(&w->line.loop.uv, &tick);
	uv_timer_start(&tick, on_tick, 1, 5);
	while (!(good = done(w)) && clock_mono_ms() < end)
		uv_run(&w->line.loop.uv, UV_RUN_ONCE);
	uv_close((uv_handle_t *)&tick, NULL);
	uv_run(&w->line.loop.uv, UV_RUN_NOWAIT); /* the timer lies on this stack */
	return good;
}

static size_t wanted; /* of world_sees: done() has no further argument */

static bool enough_seen(struct sim_world *w)
{
	return w->seen_n >= wanted;
}

bool world_sees(struct sim_world *w, size_t n, unsigned ms)
{
	wanted = n;
	return world_until(w, enough_seen, ms);
}

static bool at_rest(struct sim_world *w)
{
	return w->line.sim.journeys == NULL && w->line.sim.hooks_running == 0;
}

void world_rests(struct sim_world *w)
{
	cr_assert(world_until(w, at_rest, 10000), "the line does not come to rest");
}

static bool never(struct sim_world *w)
{
	(void)w;
	return false;
}

void world_waits(struct sim_world *w, unsigned ms)
{
	(void)world_until(w, never, ms);
}

/* ---- asking the line ---- */

struct question {
	struct flow flow;
	struct sim_world *world;
	struct http_request request;
	const char *headers[2];
	struct http_answer answer;
};

static flow_step question_asked, question_answered;

static const struct flow_kind question_kind = FLOW_KIND(question, question_asked, NULL, 60000);

static void question_asked(struct flow *f)
{
	struct question *q = FLOW_SELF(f, struct question);

	http_send(f, q->world->line.http, &q->request, &q->answer);
	flow_then(f, question_answered);
}

static void question_answered(struct flow *f)
{
	struct question *q = FLOW_SELF(f, struct question);
	struct sim_world *w = q->world;

	w->answer = q->answer;
	w->answer.body = arena_str(&w->arena, q->answer.body);
	w->answer.content_type = arena_str(&w->arena, q->answer.content_type);
	w->answer.location = arena_str(&w->arena, q->answer.location);
	w->answered = true;
}

static bool was_answered(struct sim_world *w)
{
	return w->answered;
}

int world_ask(struct sim_world *w, const char *method, const char *path, const char *body,
	      const char *header, unsigned timeout_ms)
{
	struct question *q = flow_new(w->line.flows, &question_kind);
	bool api = strncmp(path, "/2010-04-01/", 12) == 0;

	q->world = w;
	q->headers[0] = header;
	q->request = (struct http_request){
		.method = method,
		.url = arena_printf(&w->arena, "http://127.0.0.1:%d%s", w->line.sim.set.port, path),
		.user = api ? WORLD_ACCOUNT : NULL,
		.password = WORLD_TOKEN,
		.headers = q->headers,
		.body = str_of(body),
		.content_type = body == NULL     ? NULL
				: body[0] == '{' ? "application/json"
						 : "application/x-www-form-urlencoded",
		.timeout_ms = timeout_ms == 0 ? 10000 : timeout_ms,
		.answer_max = 16u * 1024 * 1024,
	};
	w->answered = false;
	flow_begin(&q->flow);
	cr_assert(world_until(w, was_answered, 20000), "the line does not answer %s", path);
	json_decref(w->json);
	w->json = json_loadb(w->answer.body.p == NULL ? "" : w->answer.body.p, w->answer.body.n, 0,
			     NULL);
	return w->answer.outcome == HTTP_ANSWERED ? w->answer.status : 0;
}

int world_text(struct sim_world *w, const char *body)
{
	json_t *text =
		json_pack("{s:s,s:s,s:s}", "from", WORLD_PHONE, "to", WORLD_STORE, "body", body);
	char *s = json_dumps(text, 0);
	int status = world_ask(w, "POST", "/sim/texts", s, NULL, 0);

	free(s);
	json_decref(text);
	return status;
}

int world_send(struct sim_world *w, const char *to, const char *more)
{
	struct buf b = {0};
	int status;

	buf_add_cstr(&b, "From=%2B14165550001&Body=hello&To=");
	sim_escape(str_of(to), &b);
	buf_add_cstr(&b, more);
	status = world_ask(w, "POST", "/2010-04-01/Accounts/" WORLD_ACCOUNT "/Messages.json",
			   arena_strdup(&w->arena, buf_cstr(&b)), NULL, 1500);
	buf_clear(&b);
	return status;
}

void world_fault(struct sim_world *w, const char *text)
{
	json_t *body = json_pack("{s:s}", "fault", text);
	char *s = json_dumps(body, 0);

	cr_assert_eq(world_ask(w, "POST", "/sim/faults", s, NULL, 0), 200, "%s", text);
	free(s);
	json_decref(body);
}

const json_t *world_member(const struct sim_world *w, const char *path)
{
	struct str rest = str_of(path);
	const json_t *at = w->json;

	while (rest.n > 0) {
		struct str name = str_cut(&rest, '.');
		int64_t i;

		at = str_int(name, 0, 1000000, &i) ? json_array_get(at, (size_t)i)
						   : json_object_getn(at, name.p, name.n);
	}
	return at;
}

int64_t world_number(const struct sim_world *w, const char *path)
{
	return json_integer_value(world_member(w, path));
}

const char *world_word(const struct sim_world *w, const char *path)
{
	const char *s = json_string_value(world_member(w, path));

	return s == NULL ? "" : s;
}

/* ---- calls ---- */

void world_voice(struct sim_world *w, const char *voice, const char *status)
{
	struct sim_number *n = sim_number_find(&w->line.sim.numbers, STR_LIT(WORLD_STORE));

	sim_number_set(n, SIM_VOICE_URL, str_of(voice[0] == '\0' ? "" : world_url(w, voice)));
	sim_number_set(n, SIM_STATUS_CALLBACK,
		       str_of(status[0] == '\0' ? "" : world_url(w, status)));
}

void world_answers(struct sim_world *w, const char *path, const char *body)
{
	size_t i;

	for (i = 0; i < w->by_path_n && strcmp(w->by_path[i].path, path) != 0; i++)
		;
	cr_assert_lt(i, ARRAY_LEN(w->by_path));
	w->by_path[i].path = arena_strdup(&w->arena, path);
	w->by_path[i].body = arena_strdup(&w->arena, body);
	if (i == w->by_path_n)
		w->by_path_n++;
}

const char *world_call(struct sim_world *w)
{
	cr_assert_eq(world_ask(w, "POST", "/sim/calls",
			       "{\"from\":\"" WORLD_PHONE "\",\"to\":\"" WORLD_STORE "\"}", NULL,
			       0),
		     200);
	return arena_strdup(&w->arena, world_word(w, "sid"));
}

int world_do(struct sim_world *w, const char *sid, const char *member, const char *value)
{
	json_t *body = json_pack("{s:s}", member, value);
	char *s = json_dumps(body, 0);
	int status =
		world_ask(w, "POST", arena_printf(&w->arena, "/sim/calls/%s", sid), s, NULL, 0);

	free(s);
	json_decref(body);
	return status;
}

void world_look(struct sim_world *w, const char *sid)
{
	cr_assert_eq(
		world_ask(w, "GET", arena_printf(&w->arena, "/sim/calls/%s", sid), NULL, NULL, 0),
		200);
}

/* The next look at a call, once it has changed. */
static void look_again(struct sim_world *w, const char *sid)
{
	int64_t version = world_number(w, "version");

	world_ask(
		w, "GET",
		arena_printf(&w->arena, "/sim/calls/%s?since=%" PRId64 "&wait=1000", sid, version),
		NULL, NULL, 0);
	world_look(w, sid);
}

static bool line_holds(struct sim_world *w, const char *kind, const char *words)
{
	const json_t *line;
	size_t i;

	json_array_foreach(world_member(w, "lines"), i, line)
	{
		const char *k = json_string_value(json_object_get(line, "kind"));
		const char *t = json_string_value(json_object_get(line, "text"));

		if ((kind == NULL || strcmp(k, kind) == 0) && strstr(t, words) != NULL)
			return true;
	}
	return false;
}

bool world_hears(struct sim_world *w, const char *sid, const char *kind, const char *words)
{
	int64_t end = clock_mono_ms() + 10000;

	world_look(w, sid);
	while (!line_holds(w, kind, words) && clock_mono_ms() < end)
		look_again(w, sid);
	return line_holds(w, kind, words);
}

bool world_call_is(struct sim_world *w, const char *sid, const char *status)
{
	int64_t end = clock_mono_ms() + 10000;

	world_look(w, sid);
	while (strcmp(world_word(w, "status"), status) != 0 && clock_mono_ms() < end)
		look_again(w, sid);
	return strcmp(world_word(w, "status"), status) == 0;
}

static const char *asked_path;
static size_t asked_n;

static const struct world_seen *asked_find(struct sim_world *w)
{
	size_t n = asked_n;

	for (size_t i = 0; i < w->seen_n; i++) {
		if (str_is(w->seen[i].path, asked_path) && n-- == 0)
			return &w->seen[i];
	}
	return NULL;
}

static bool was_asked(struct sim_world *w)
{
	return asked_find(w) != NULL;
}

const struct world_seen *world_asked(struct sim_world *w, const char *path, size_t n)
{
	asked_path = path;
	asked_n = n;
	(void)world_until(w, was_asked, 10000);
	return asked_find(w);
}

bool world_said(const struct world_seen *s, const char *name, const char *value)
{
	return s != NULL && str_is(sim_pairs_value(&s->params, name), value);
}

int world_api(struct sim_world *w, const char *path, const char *form)
{
	return world_ask(w, "POST",
			 arena_printf(&w->arena, "/2010-04-01/Accounts/" WORLD_ACCOUNT "/%s", path),
			 form, NULL, 0);
}
