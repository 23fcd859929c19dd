/*
 * control.c - see control.h.
 */
#include "tests/sim/control.h"

#include <jansson.h>

#include "shared/utf8.h"
#include "tests/sim/carrier.h"
#include "tests/sim/crypt.h"
#include "tests/sim/errors.h"
#include "tests/sim/handset.h"
#include "tests/sim/pairs.h"

#define TEXT_BODY_MAX (8u * 1024 * 1024)

/* One pixel, grey: what "sample" sends as a picture. */
#define SAMPLE_PICTURE                                                                             \
	"iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR4nGNoAAAAggCBd81ytgAAAABJRU5ErkJg" \
	"gg=="

struct asked {
	struct sim *sim;
	const struct web_request *request;
	struct ticket ticket;
	struct arena arena;
	struct sim_pairs query;
	json_t *body; /* of a POST: an object; NULL otherwise */
};

static void detail_reply(struct ticket t, int status, const char *detail)
{
	struct buf b = {0};

	sim_json_open(&b, NULL, '{');
	sim_json_cstr(&b, "type", "about:blank");
	sim_json_cstr(&b, "title", "The practice line refuses");
	sim_json_int(&b, "status", status);
	sim_json_cstr(&b, "detail", detail);
	sim_json_close(&b, '}');
	web_reply(t, status, "application/problem+json", buf_str(&b));
	buf_clear(&b);
}

static void err_reply(struct ticket t, const struct err *err)
{
	detail_reply(t, problem_row(problem_of(err->kind))->status, err->text);
}

static void json_reply(struct asked *q, struct buf *b)
{
	if (b->overflowed)
		detail_reply(q->ticket, 500, "the answer is too large: ask for less");
	else
		web_reply(q->ticket, 200, "application/json", buf_str(b));
	buf_clear(b);
}

/* A page in a browser can reach 127.0.0.1 by another name; then Host tells. */
static bool is_local(const struct web_request *r)
{
	static const char *const names[] = {"127.0.0.1", "localhost", "[::1]"};
	struct str host = web_header(r, "host");

	if (!str_starts(r->peer, STR_LIT("127.")) && !str_is(r->peer, "::1") &&
	    !str_is(r->peer, "::ffff:127.0.0.1"))
		return false;
	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		struct str name = str_of(names[i]);

		if (str_starts(host, name) && (host.n == name.n || host.p[name.n] == ':'))
			return true;
	}
	return false;
}

static bool body_read(struct asked *q)
{
	struct str type = web_header(q->request, "content-type"), body = q->request->body;
	json_error_t problem;

	if (!str_starts(type, STR_LIT("application/json"))) {
		detail_reply(q->ticket, 415, "send application/json");
		return false;
	}
	q->body =
		json_loadb(body.p == NULL ? "" : body.p, body.n, JSON_REJECT_DUPLICATES, &problem);
	if (!json_is_object(q->body)) {
		detail_reply(q->ticket, 400, "the body is no JSON object");
		return false;
	}
	return true;
}

typedef void control_step(struct asked *q);

static void serve(struct app *app, const struct web_request *r, struct ticket t, control_step *step)
{
	struct asked q = {.sim = (struct sim *)(void *)app, .request = r, .ticket = t};

	if (!is_local(r)) {
		detail_reply(t, 403, "the controls are for this machine alone");
		return;
	}
	sim_pairs_read(&q.query, &q.arena, r->query);
	if (r->method != WEB_POST || body_read(&q))
		step(&q);
	json_decref(q.body);
	arena_free(&q.arena);
}

static struct str body_text(const struct asked *q, const char *name)
{
	const json_t *v = json_object_get(q->body, name);

	return json_is_string(v) ? str_make(json_string_value(v), json_string_length(v))
				 : (struct str){0};
}

static uint64_t query_number(const struct asked *q, const char *name, uint64_t otherwise)
{
	int64_t n;

	return str_int(sim_pairs_value(&q->query, name), 0, INT64_MAX, &n) ? (uint64_t)n
									   : otherwise;
}

/* ---- health, numbers, messages, requests, alerts ---- */

static void health(struct asked *q)
{
	struct sim *s = q->sim;
	struct buf b = {0};

	sim_json_open(&b, NULL, '{');
	sim_json_cstr(&b, "status", "ok");
	sim_json_cstr(&b, "version", SWITCHBACK_VERSION);
	sim_json_int(&b, "messages", (int64_t)(s->texts.next - s->texts.first));
	sim_json_int(&b, "hooks_running", s->hooks_running);
	sim_json_int(&b, "alerts", (int64_t)s->alerts_n);
	sim_json_close(&b, '}');
	json_reply(q, &b);
}

static void numbers(struct asked *q)
{
	struct buf b = {.limit = 8u * 1024 * 1024};

	sim_json_open(&b, NULL, '{');
	sim_json_open(&b, "numbers", '[');
	for (size_t i = 0; i < q->sim->numbers.n; i++) {
		const struct sim_number *n = q->sim->numbers.at[i];

		sim_json_open(&b, NULL, '{');
		sim_json_cstr(&b, "number", n->phone);
		sim_json_cstr(&b, "name", n->set[SIM_FRIENDLY_NAME]);
		sim_json_cstr(&b, "sid", n->sid);
		sim_json_cstr(&b, "sms_url", n->set[SIM_SMS_URL]);
		sim_json_close(&b, '}');
	}
	sim_json_close(&b, ']');
	sim_json_close(&b, '}');
	json_reply(q, &b);
}

static void messages(struct asked *q)
{
	const struct sim_texts *ts = &q->sim->texts;
	uint64_t left = query_number(q, "limit", 100);
	struct buf b = {.limit = 32u * 1024 * 1024};

	sim_json_open(&b, NULL, '{');
	sim_json_int(&b, "version", (int64_t)ts->version);
	sim_json_int(&b, "count", (int64_t)(ts->next - ts->first));
	sim_json_open(&b, "messages", '[');
	for (uint64_t i = ts->next; i > ts->first && left > 0; i--) {
		const struct sim_text *t = sim_text_at(ts, i - 1);

		if (t == NULL)
			continue;
		sim_handset_text(q->sim, t, &b);
		left--;
	}
	sim_json_close(&b, ']');
	sim_json_close(&b, '}');
	json_reply(q, &b);
}

static void requests(struct asked *q)
{
	struct buf b = {.limit = 64u * 1024 * 1024};

	sim_journal_read(&q->sim->journal, query_number(q, "since", 0),
			 (size_t)query_number(q, "limit", 1000), &b);
	json_reply(q, &b);
}

static void alerts(struct asked *q)
{
	struct sim *s = q->sim;
	uint64_t first = s->alerts_n > SIM_ALERTS_MAX ? s->alerts_n - SIM_ALERTS_MAX : 0;
	struct buf b = {0};

	sim_json_open(&b, NULL, '{');
	sim_json_open(&b, "alerts", '[');
	for (uint64_t i = first; i < s->alerts_n; i++) {
		const struct sim_alert *a = &s->alerts[i % SIM_ALERTS_MAX];

		sim_json_open(&b, NULL, '{');
		sim_json_time(&b, "at", a->at_us);
		sim_json_int(&b, "code", a->code);
		sim_json_cstr(&b, "meaning", sim_error_text(a->code));
		sim_json_cstr(&b, "sid", a->sid);
		sim_json_cstr(&b, "text", a->text);
		sim_json_close(&b, '}');
	}
	sim_json_close(&b, ']');
	sim_json_close(&b, '}');
	json_reply(q, &b);
}

static void reset(struct asked *q)
{
	struct buf b = {0};

	sim_forget(q->sim);
	buf_add_cstr(&b, "{}");
	json_reply(q, &b);
}

/* ---- texts from a handset ---- */

static void received_write(const struct sim_received *r, struct buf *b)
{
	const struct sim_hook_result *h = r->hook;

	sim_json_open(b, NULL, '{');
	sim_json_cstr(b, "sid", r->sid);
	if (h == NULL) {
		sim_json_null(b, "webhook");
	} else {
		sim_json_open(b, "webhook", '{');
		sim_json_cstr(b, "url", h->url);
		sim_json_int(b, "status", h->status);
		sim_json_int(b, "attempts", h->attempts);
		sim_json_int(b, "code", h->code);
		sim_json_cstr(b, "fault", h->fault);
		sim_json_int(b, "ms", (int64_t)h->ms);
		sim_json_int(b, "replies", h->twiml == NULL ? 0 : h->twiml->replies_n);
		sim_json_close(b, '}');
	}
	sim_json_close(b, '}');
}

static void text_received(void *with, const struct sim_received *r)
{
	struct ticket *t = with;
	struct buf b = {0};

	received_write(r, &b);
	web_reply(*t, 200, "application/json", buf_str(&b));
	buf_clear(&b);
	free(t);
}

static bool media_read(struct asked *q, struct sim_inbound *in, struct err *err)
{
	const json_t *list = json_object_get(q->body, "media"), *m;
	size_t i;

	json_array_foreach(list, i, m)
	{
		const char *type = json_string_value(json_object_get(m, "content_type"));
		const char *coded = json_string_value(json_object_get(m, "base64"));

		if (in->media_n == SIM_MEDIA_MAX)
			return err_set(err, ERR_INPUT, "at most ten pictures");
		if (json_is_true(json_object_get(m, "sample"))) {
			type = "image/png";
			coded = SAMPLE_PICTURE;
		}
		if (type == NULL || coded == NULL || strpbrk(type, "\r\n") != NULL ||
		    !sim_base64_read(&q->arena, str_of(coded), &in->media[in->media_n].bytes))
			return err_set(err, ERR_INPUT,
				       "media want {content_type, base64} or {sample: true}");
		in->media[in->media_n++].content_type = str_of(type);
	}
	return true;
}

static void texts(struct asked *q)
{
	struct sim_inbound in = {.from = body_text(q, "from"),
				 .to = body_text(q, "to"),
				 .body = utf8_repair(&q->arena, body_text(q, "body"))};
	bool wait = !json_is_false(json_object_get(q->body, "wait"));
	struct ticket *kept = NULL;
	struct sim_received now = {0};
	struct err err = {0};
	struct buf b = {0};

	if (!media_read(q, &in, &err)) {
		err_reply(q->ticket, &err);
		return;
	}
	if (wait) {
		kept = xmalloc(sizeof *kept);
		*kept = q->ticket;
	}
	if (!sim_carrier_receive(q->sim, &in, wait ? text_received : NULL, kept, now.sid, &err)) {
		free(kept);
		err_reply(q->ticket, &err);
	} else if (!wait) {
		received_write(&now, &b);
		json_reply(q, &b);
	}
}

/* ---- phones ---- */

static void phone_show(struct asked *q)
{
	struct str phone = sim_unescape(&q->arena, q->request->params[0]);

	sim_handset_answer(q->sim, q->ticket, phone, query_number(q, "since", 0),
			   (unsigned)size_min(query_number(q, "wait", 0), SIM_WAIT_MAX_MS));
}

static void phone_change(struct asked *q)
{
	struct str phone = sim_unescape(&q->arena, q->request->params[0]);
	struct sim_behaviour b;
	struct buf out = {0};

	if (!phone_valid(phone)) {
		detail_reply(q->ticket, 400, "that is no number such as +15145550199");
	} else if (!sim_behaviour_parse(body_text(q, "behaves"), &b)) {
		detail_reply(q->ticket, 400,
			     "behaves: normal slow never twice swapped silent, or an error code");
	} else if (!sim_behaviour_set(q->sim, phone, b)) {
		detail_reply(q->ticket, 503, "too many phones are known");
	} else {
		buf_add_cstr(&out, "{}");
		json_reply(q, &out);
	}
}

/* ---- switches ---- */

static void faults_show(struct asked *q)
{
	struct buf b = {0}, text = {0};

	sim_json_open(&b, NULL, '{');
	sim_json_open(&b, "faults", '[');
	for (size_t i = 0; i < q->sim->faults.n; i++) {
		buf_reset(&text);
		sim_fault_text(&q->sim->faults.at[i], &text);
		sim_json_open(&b, NULL, '{');
		sim_json_str(&b, "fault", buf_str(&text));
		sim_json_int(&b, "taken", q->sim->faults.at[i].taken);
		sim_json_close(&b, '}');
	}
	sim_json_close(&b, ']');
	sim_json_close(&b, '}');
	buf_clear(&text);
	json_reply(q, &b);
}

static void fault_throw(struct asked *q)
{
	struct sim_fault f;
	struct err err = {0};

	if (!sim_fault_parse(body_text(q, "fault"), &f, &err) ||
	    !sim_faults_add(&q->sim->faults, &f, &err))
		err_reply(q->ticket, &err);
	else
		faults_show(q);
}

static void faults_clear(struct asked *q)
{
	sim_faults_forget(&q->sim->faults);
	faults_show(q);
}

/* One handler for each step: a route knows only a function. */
#define HANDLER(step)                                                                        \
	static void on_##step(struct app *app, const struct web_request *r, struct ticket t) \
	{                                                                                    \
		serve(app, r, t, step);                                                      \
	}

HANDLER(health)
HANDLER(numbers)
HANDLER(messages)
HANDLER(requests)
HANDLER(alerts)
HANDLER(reset)
HANDLER(texts)
HANDLER(phone_show)
HANDLER(phone_change)
HANDLER(faults_show)
HANDLER(fault_throw)
HANDLER(faults_clear)

const struct route sim_control_routes[] = {
	{.method = WEB_GET, .path = "/sim/health", .handle = on_health},
	{.method = WEB_GET, .path = "/sim/numbers", .handle = on_numbers},
	{.method = WEB_GET, .path = "/sim/messages", .handle = on_messages},
	{.method = WEB_GET, .path = "/sim/requests", .handle = on_requests},
	{.method = WEB_GET, .path = "/sim/alerts", .handle = on_alerts},
	{.method = WEB_POST, .path = "/sim/texts", .handle = on_texts, .body_max = TEXT_BODY_MAX},
	{.method = WEB_GET, .path = "/sim/phones/{number}", .handle = on_phone_show},
	{.method = WEB_POST, .path = "/sim/phones/{number}", .handle = on_phone_change},
	{.method = WEB_GET, .path = "/sim/faults", .handle = on_faults_show},
	{.method = WEB_POST, .path = "/sim/faults", .handle = on_fault_throw},
	{.method = WEB_DELETE, .path = "/sim/faults", .handle = on_faults_clear},
	{.method = WEB_POST, .path = "/sim/reset", .handle = on_reset},
	{0},
};
