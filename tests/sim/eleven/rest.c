/*
 * rest.c - ElevenLabs' API, as far as a service with a bridge of its own needs it, and the door of
 * the conversation socket (elevenlabs.md 1.1, 7).
 */
#include "server/net/web.h"
#include "shared/clock.h"
#include "tests/sim/crypt.h"
#include "tests/sim/eleven/conv.h"
#include "tests/sim/eleven/links.h"
#include "tests/sim/eleven/side.h"
#include "tests/sim/json.h"
#include "tests/sim/late.h"

#define BODY_MAX (1024u * 1024)

/* One request: what is asked, and what will be answered. */
struct el_ask {
	struct sim *sim;
	const struct web_request *request;
	struct arena arena;
	struct sim_pairs query;
	json_t *body; /* NULL when there is none */
	int status;
	const char *content_type;
	struct buf out;
};

typedef void el_step(struct el_ask *q);

/* The present form of its errors; `status` repeats the older code. */
static void refuse(struct el_ask *q, int status, const char *type, const char *code,
		   const char *message)
{
	struct buf *b = &q->out;

	buf_reset(b);
	sim_json_open(b, NULL, '{');
	sim_json_open(b, "detail", '{');
	sim_json_cstr(b, "type", type);
	sim_json_cstr(b, "code", code);
	sim_json_cstr(b, "message", message);
	sim_json_cstr(b, "status", code);
	sim_json_cstr(b, "request_id", q->request->id);
	sim_json_null(b, "param");
	sim_json_close(b, '}');
	sim_json_close(b, '}');
	q->status = status;
	q->content_type = "application/json";
}

/* Validation has a form of its own. */
static void invalid(struct el_ask *q, const char *where, const char *message)
{
	struct buf *b = &q->out;

	buf_reset(b);
	sim_json_open(b, NULL, '{');
	sim_json_open(b, "detail", '[');
	sim_json_open(b, NULL, '{');
	sim_json_open(b, "loc", '[');
	sim_json_cstr(b, NULL, where);
	sim_json_close(b, ']');
	sim_json_cstr(b, "msg", message);
	sim_json_cstr(b, "type", "value_error");
	sim_json_close(b, '}');
	sim_json_close(b, ']');
	sim_json_close(b, '}');
	q->status = 422;
	q->content_type = "application/json";
}

static struct sim_agent *agent_named(struct el_ask *q, struct str id)
{
	struct sim_agent *a = sim_agent_find(q->sim, id);

	if (a == NULL)
		refuse(q, 404, "not_found", "agent_not_found",
		       "No agent of this workspace has that id");
	return a;
}

static struct str part(struct el_ask *q, unsigned i)
{
	return sim_unescape(&q->arena, q->request->params[i]);
}

/* ---- requests ---- */

static void signed_url(struct el_ask *q)
{
	struct str id = sim_pairs_value(&q->query, "agent_id");
	bool once = str_is(sim_pairs_value(&q->query, "include_conversation_id"), "true");
	const struct sim_agent *a;
	char hex[29] = "";

	if (id.n == 0) {
		invalid(q, "query", "agent_id is required");
		return;
	}
	a = agent_named(q, id);
	if (a == NULL)
		return;
	if (once)
		sim_random_hex(14, hex);
	sim_json_open(&q->out, NULL, '{');
	sim_json_printf(
		&q->out, "signed_url",
		"ws://%s:%d/v1/convai/conversation?agent_id=%s&conversation_signature=%s%s%s",
		q->sim->set.host, q->sim->set.elevenlabs_port, a->id,
		sim_link_new(q->sim, a->id, once), once ? "&conversation_id=conv_" : "", hex);
	sim_json_close(&q->out, '}');
}

static void agents_list(struct el_ask *q)
{
	sim_json_open(&q->out, NULL, '{');
	sim_json_open(&q->out, "agents", '[');
	for (unsigned i = 0; i < q->sim->agents_n; i++) {
		sim_json_open(&q->out, NULL, '{');
		sim_json_cstr(&q->out, "agent_id", q->sim->agents[i].id);
		sim_json_cstr(&q->out, "name", q->sim->agents[i].name);
		sim_json_int(&q->out, "created_at_unix_secs", 1767225600);
		sim_json_close(&q->out, '}');
	}
	sim_json_close(&q->out, ']');
	sim_json_null(&q->out, "next_cursor");
	sim_json_bool(&q->out, "has_more", false);
	sim_json_close(&q->out, '}');
}

static void agent_show(struct el_ask *q)
{
	const struct sim_agent *a = agent_named(q, part(q, 0));

	if (a != NULL)
		sim_agent_write_api(a, &q->out);
}

static void summary_write(const struct sim_conv *c, struct buf *b)
{
	sim_json_open(b, NULL, '{');
	sim_json_cstr(b, "agent_id", c->agent.id);
	sim_json_cstr(b, "agent_name", c->agent.name);
	sim_json_cstr(b, "conversation_id", c->id);
	sim_json_int(b, "start_time_unix_secs", c->accepted_us / 1000000);
	sim_json_int(b, "call_duration_secs",
		     c->state == SIM_CONV_OVER ? (c->ended_us - c->began_us) / 1000000
					       : sim_conv_ms(c) / 1000);
	sim_json_int(b, "message_count", (int64_t)c->lines_n);
	sim_json_cstr(b, "status", sim_conv_status_word(c));
	sim_json_cstr(b, "call_successful", c->error_type == NULL ? "success" : "failure");
	sim_json_close(b, '}');
}

static void convs_list(struct el_ask *q)
{
	struct str agent = sim_pairs_value(&q->query, "agent_id");
	struct str cursor = sim_pairs_value(&q->query, "cursor");
	int64_t size = 30, after = 0;
	const struct sim_conv *last = NULL;
	bool more = false, begun = cursor.n == 0;

	if (sim_pairs_get(&q->query, "page_size") != NULL &&
	    !str_int(sim_pairs_value(&q->query, "page_size"), 1, 100, &size)) {
		invalid(q, "query", "page_size is 1 to 100");
		return;
	}
	(void)!str_int(sim_pairs_value(&q->query, "call_start_after_unix"), 0, INT64_MAX / 1000000,
		       &after);
	sim_json_open(&q->out, NULL, '{');
	sim_json_open(&q->out, "conversations", '[');
	for (const struct sim_conv *c = q->sim->convs; c != NULL; c = c->next) {
		if (!begun) {
			begun = str_is(cursor, c->id);
			continue;
		}
		if ((agent.n > 0 && !str_is(agent, c->agent.id)) ||
		    c->accepted_us / 1000000 < after)
			continue;
		if (size-- == 0) {
			more = true;
			break;
		}
		summary_write(c, &q->out);
		last = c;
	}
	sim_json_close(&q->out, ']');
	sim_json_cstr(&q->out, "next_cursor", more && last != NULL ? last->id : NULL);
	sim_json_bool(&q->out, "has_more", more);
	sim_json_close(&q->out, '}');
}

static struct sim_conv *conv_named(struct el_ask *q)
{
	struct sim_conv *c = sim_conv_find(q->sim, part(q, 0));

	if (c == NULL)
		refuse(q, 404, "not_found", "conversation_not_found",
		       "No conversation of this workspace has that id");
	return c;
}

static void conv_show(struct el_ask *q)
{
	const struct sim_conv *c = conv_named(q);

	if (c != NULL)
		sim_conv_write_api(c, NULL, &q->out);
}

/* Speech: the words in mu-law blocks, as raw bytes without a header. */
static void speech(struct el_ask *q)
{
	const json_t *text = json_object_get(q->body, "text");
	struct str format = sim_pairs_value(&q->query, "output_format");
	struct str words = str_make(json_string_value(text), json_string_length(text));
	struct sim_speech_block b = {.voice = sim_speech_voice(part(q, 0)), .utterance = 1};
	unsigned char block[SIM_SPEECH_BLOCK];
	unsigned count;

	if (words.n == 0) {
		invalid(q, "body", "text is required");
		return;
	}
	if (!str_is(format, "ulaw_8000")) {
		refuse(q, 400, "validation_error", "output_format_not_allowed",
		       "The practice line speaks ulaw_8000 alone");
		return;
	}
	count = sim_speech_count(words, q->sim->set.letters_per_s);
	q->out.limit = 16u * 1024 * 1024;
	b.utterance = (uint16_t)(1 + q->sim->spoken++ % 65535);
	for (unsigned i = 0; i < count; i++) {
		sim_speech_block_cut(words, i, count, &b);
		sim_speech_block_write(&b, block);
		buf_add(&q->out, block, sizeof block);
	}
	q->content_type = "audio/basic";
}

static void no_such(struct el_ask *q)
{
	refuse(q, 404, "not_found", "not_found",
	       "The practice line does not play this path of ElevenLabs");
}

/* ---- the door ---- */

static bool key_fits(struct el_ask *q)
{
	struct str given = web_header(q->request, "xi-api-key");
	const char *key = q->sim->set.elevenlabs_key;

	if (given.n == 0) {
		refuse(q, 401, "authentication_error", "missing_api_key", "xi-api-key is missing");
		return false;
	}
	if (key == NULL || key[0] == '\0' || sim_same(given, str_of(key)))
		return true;
	refuse(q, 401, "authentication_error", "invalid_api_key",
	       "The API key is not of this workspace");
	return false;
}

static void journal_keep(const struct el_ask *q, const struct sim_fault *f, int64_t started_us)
{
	struct sim_entry e = {
		.side = "elevenlabs",
		.method = web_method_name(q->request->method),
		.url = q->request->path, /* a signed URL's query is a secret */
		.params = NULL,
		.status = f->kind == SIM_FAULT_HANG || f->kind == SIM_FAULT_RESET ? 0 : q->status,
		.started_us = started_us,
		.fault = f->kind == SIM_FAULT_NONE ? NULL : sim_fault_word(f->kind)};

	sim_journal_add(&q->sim->journal, &e);
}

static void spoil(struct el_ask *q, const struct sim_fault *f)
{
	if (f->kind == SIM_FAULT_429)
		refuse(q, 429, "rate_limit_error", "concurrent_limit_exceeded",
		       "Too many requests");
	else if (f->kind == SIM_FAULT_500 || f->kind == SIM_FAULT_503)
		refuse(q, f->kind == SIM_FAULT_500 ? 500 : 503, "internal_error", "internal_error",
		       "by a switch of the practice line");
	if (f->kind != SIM_FAULT_GARBAGE)
		return;
	buf_reset(&q->out);
	buf_add_cstr(&q->out, "<html>");
	q->status = 200;
}

static bool prevents(const struct sim_fault *f)
{
	return f->kind != SIM_FAULT_NONE && !f->after && f->kind != SIM_FAULT_SLOW &&
	       f->kind != SIM_FAULT_GARBAGE;
}

static void give(struct sim *s, struct ticket t, const struct sim_answer *a)
{
	(void)s;
	web_reply(t, a->status, a->content_type, a->body);
}

static void answer_later(struct el_ask *q, struct ticket t, const struct sim_fault *f)
{
	bool hangs = f->kind == SIM_FAULT_HANG;
	struct sim_answer a = {.status = hangs ? 0 : q->status,
			       .content_type = q->content_type,
			       .body = buf_str(&q->out)};

	sim_late_answer(q->sim, t, &a, hangs ? SIM_HANG_MS : f->ms, give);
}

static void serve(struct app *app, const struct web_request *r, struct ticket t, el_step *step)
{
	struct el_ask q = {.sim = (struct sim *)(void *)app,
			   .request = r,
			   .status = 200,
			   .content_type = "application/json",
			   .out = {.limit = 8u * 1024 * 1024}};
	struct sim_fault f = sim_faults_take(&q.sim->faults, SIM_ON_ELEVENLABS, (struct str){0});
	int64_t started_us = clock_mono_us();

	sim_pairs_read(&q.query, &q.arena, r->query);
	if (r->body.n > 0)
		q.body = json_loadb(r->body.p, r->body.n, 0, NULL);
	if (!prevents(&f)) {
		if (r->body.n > 0 && !json_is_object(q.body))
			invalid(&q, "body", "the body is no JSON object");
		else if (key_fits(&q))
			step(&q);
	}
	spoil(&q, &f);
	journal_keep(&q, &f, started_us);
	if (f.kind == SIM_FAULT_RESET)
		web_reset(t);
	else if (f.kind == SIM_FAULT_HANG || f.kind == SIM_FAULT_SLOW)
		answer_later(&q, t, &f);
	else
		web_reply(t, q.status, q.content_type, buf_str(&q.out));
	json_decref(q.body);
	buf_clear(&q.out);
	arena_free(&q.arena);
}

/* The socket: refused with 403 as long as it is HTTP. */
static void on_conversation(struct app *app, const struct web_request *r, struct ticket t)
{
	struct sim *s = (struct sim *)(void *)app;
	struct arena a = {0};
	struct sim_pairs query = {0};
	struct str key = web_header(r, "sec-websocket-key"), id, signature;
	struct sim_entry e = {.side = "agent",
			      .method = "GET",
			      .url = r->path,
			      .status = 403,
			      .started_us = clock_mono_us()};
	const struct sim_agent *agent;
	bool offered = str_find(web_header(r, "sec-websocket-protocol"), STR_LIT("convai")) >= 0;
	struct sim_fault fault = sim_faults_take(&s->faults, SIM_ON_AGENT, (struct str){0});
	int fd;

	sim_pairs_read(&query, &a, r->query);
	id = sim_pairs_value(&query, "agent_id");
	signature = sim_pairs_value(&query, "conversation_signature");
	if (signature.n == 0)
		signature = sim_pairs_value(&query, "token");
	agent = sim_agent_find(s, id);
	if (!str_is_nocase(web_header(r, "upgrade"), "websocket") || key.n != 24 ||
	    !str_is(web_header(r, "sec-websocket-version"), "13")) {
		e.problem = "no WebSocket was asked for";
		e.status = 426;
	} else if (agent == NULL) {
		e.problem = "no such agent";
	} else if (signature.n > 0 ? !sim_link_use(s, id, signature) : agent->auth) {
		e.problem = signature.n > 0 ? "the signed URL is unknown, expired or used"
					    : "the agent wants a signed URL";
	} else if (fault.kind == SIM_FAULT_REFUSE) {
		e.problem = "refused by a switch";
		e.fault = "refuse";
	} else {
		fd = web_take(t);
		if (fd >= 0)
			(void)sim_conv_open(s, agent, &fault, fd, key, offered ? "convai" : NULL);
		arena_free(&a);
		return;
	}
	sim_journal_add(&s->journal, &e);
	sim_alert_raise(s, 0, NULL, "conversation socket: %s", e.problem);
	web_reply(
		t, e.status, "application/json",
		STR_LIT("{\"detail\":{\"status\":\"forbidden\",\"message\":\"not authorized\"}}"));
	arena_free(&a);
}

#define STEP(step)                                                                           \
	static void on_##step(struct app *app, const struct web_request *r, struct ticket t) \
	{                                                                                    \
		serve(app, r, t, step);                                                      \
	}

STEP(signed_url)
STEP(agents_list)
STEP(agent_show)
STEP(convs_list)
STEP(conv_show)
STEP(speech)
STEP(no_such)

#define NO_SUCH(path)                                               \
	{WEB_GET, path, on_no_such, 0, NULL, NULL, NULL},           \
		{WEB_POST, path, on_no_such, 0, NULL, NULL, NULL},  \
		{WEB_PATCH, path, on_no_such, 0, NULL, NULL, NULL}, \
	{                                                           \
		WEB_DELETE, path, on_no_such, 0, NULL, NULL, NULL   \
	}

const struct route sim_el_routes[] = {
	{WEB_GET, "/v1/convai/conversation", on_conversation, 0, NULL, NULL, NULL},
	{WEB_GET, "/v1/convai/conversation/get-signed-url", on_signed_url, 0, NULL, NULL, NULL},
	{WEB_GET, "/v1/convai/agents", on_agents_list, 0, NULL, NULL, NULL},
	{WEB_GET, "/v1/convai/agents/{id}", on_agent_show, 0, NULL, NULL, NULL},
	{WEB_GET, "/v1/convai/conversations", on_convs_list, 0, NULL, NULL, NULL},
	{WEB_GET, "/v1/convai/conversations/{id}", on_conv_show, 0, NULL, NULL, NULL},
	{WEB_POST, "/v1/text-to-speech/{voice}", on_speech, BODY_MAX, NULL, NULL, NULL},
	{WEB_POST, "/v1/text-to-speech/{voice}/stream", on_speech, BODY_MAX, NULL, NULL, NULL},
	NO_SUCH("/"),
	NO_SUCH("/{a}"),
	NO_SUCH("/{a}/{b}"),
	NO_SUCH("/{a}/{b}/{c}"),
	NO_SUCH("/{a}/{b}/{c}/{d}"),
	{0},
};
