/*
 * control.c - see control.h.
 */
#include "tests/sim/control.h"

#include "shared/utf8.h"
#include "tests/sim/asked.h"
#include "tests/sim/carrier.h"
#include "tests/sim/crypt.h"
#include "tests/sim/errors.h"
#include "tests/sim/handset.h"
#include "tests/sim/voice/person.h"

#define TEXT_BODY_MAX (8u * 1024 * 1024)

/* One pixel, grey: what "sample" sends as a picture. */
#define SAMPLE_PICTURE                                                                             \
	"iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR4nGNoAAAAggCBd81ytgAAAABJRU5ErkJg" \
	"gg=="

/* ---- health, numbers, messages, requests, alerts ---- */

static void health(struct sim_asked *q)
{
	struct sim *s = q->sim;
	struct buf b = {0};

	sim_json_open(&b, NULL, '{');
	sim_json_cstr(&b, "status", "ok");
	sim_json_cstr(&b, "version", SWITCHBACK_VERSION);
	sim_json_int(&b, "messages", (int64_t)(s->texts.next - s->texts.first));
	sim_json_int(&b, "calls", (int64_t)s->legs_n);
	sim_json_int(&b, "hooks_running", s->hooks_running);
	sim_json_int(&b, "alerts", (int64_t)s->alerts_n);
	sim_json_close(&b, '}');
	sim_asked_reply(q, &b);
}

static void numbers(struct sim_asked *q)
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
		sim_json_cstr(&b, "voice_url", n->set[SIM_VOICE_URL]);
		sim_json_close(&b, '}');
	}
	sim_json_close(&b, ']');
	sim_json_close(&b, '}');
	sim_asked_reply(q, &b);
}

static void messages(struct sim_asked *q)
{
	const struct sim_texts *ts = &q->sim->texts;
	uint64_t left = sim_asked_number(q, "limit", 100);
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
	sim_asked_reply(q, &b);
}

static void requests(struct sim_asked *q)
{
	struct buf b = {.limit = 64u * 1024 * 1024};

	sim_journal_read(&q->sim->journal, sim_asked_number(q, "since", 0),
			 (size_t)sim_asked_number(q, "limit", 1000), &b);
	sim_asked_reply(q, &b);
}

static void alerts(struct sim_asked *q)
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
	sim_asked_reply(q, &b);
}

static void reset(struct sim_asked *q)
{
	sim_forget(q->sim);
	sim_asked_done(q);
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

static bool media_read(struct sim_asked *q, struct sim_inbound *in, struct err *err)
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

static void texts(struct sim_asked *q)
{
	struct sim_inbound in = {.from = sim_asked_text(q, "from"),
				 .to = sim_asked_text(q, "to"),
				 .body = utf8_repair(&q->arena, sim_asked_text(q, "body"))};
	bool wait = !json_is_false(json_object_get(q->body, "wait"));
	struct ticket *kept = NULL;
	struct sim_received now = {0};
	struct err err = {0};
	struct buf b = {0};

	if (!media_read(q, &in, &err)) {
		sim_asked_refuse_err(q->ticket, &err);
		return;
	}
	if (wait) {
		kept = xmalloc(sizeof *kept);
		*kept = q->ticket;
	}
	if (!sim_carrier_receive(q->sim, &in, wait ? text_received : NULL, kept, now.sid, &err)) {
		free(kept);
		sim_asked_refuse_err(q->ticket, &err);
	} else if (!wait) {
		received_write(&now, &b);
		sim_asked_reply(q, &b);
	}
}

/* ---- phones ---- */

static void phone_show(struct sim_asked *q)
{
	struct sim_handset_ask ask = {
		.phone = sim_asked_part(q, 0),
		.since = sim_asked_number(q, "since", 0),
		.wait_ms = (unsigned)size_min(sim_asked_number(q, "wait", 0), SIM_WAIT_MAX_MS),
		.held = sim_asked_number(q, "held", 0) > 0};

	sim_handset_answer(q->sim, q->ticket, &ask);
}

static void phone_change(struct sim_asked *q)
{
	struct str phone = sim_asked_part(q, 0);
	struct str behaves = sim_asked_text(q, "behaves"), rings = sim_asked_text(q, "rings");
	struct sim_behaviour b;
	struct sim_ring r;

	if (!phone_valid(phone))
		sim_asked_refuse(q->ticket, 400, "that is no number such as +15145550199");
	else if (behaves.n == 0 && rings.n == 0)
		sim_asked_refuse(q->ticket, 400, "say how it behaves (texts) or rings (calls)");
	else if (behaves.n > 0 && !sim_behaviour_parse(behaves, &b))
		sim_asked_refuse(
			q->ticket, 400,
			"behaves: normal slow never twice swapped silent, or an error code");
	else if (rings.n > 0 && !sim_ring_parse(rings, &r))
		sim_asked_refuse(q->ticket, 400,
				 "rings: answered, by hand, busy, declined, on, failed or machine; "
				 "behind it perhaps \"after 2s\"");
	else if ((behaves.n > 0 && !sim_behaviour_set(q->sim, phone, b)) ||
		 (rings.n > 0 && !sim_ring_set(q->sim, phone, r)))
		sim_asked_refuse(q->ticket, 503, "too many phones are known");
	else
		sim_asked_done(q);
}

/* ---- switches ---- */

static void faults_show(struct sim_asked *q)
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
	sim_asked_reply(q, &b);
}

static void fault_throw(struct sim_asked *q)
{
	struct sim_fault f;
	struct err err = {0};

	if (!sim_fault_parse(sim_asked_text(q, "fault"), &f, &err) ||
	    !sim_faults_add(&q->sim->faults, &f, &err))
		sim_asked_refuse_err(q->ticket, &err);
	else
		faults_show(q);
}

/* All of them, or (?to=NUMBER) those that wait for one phone. */
static void faults_clear(struct sim_asked *q)
{
	struct str to = sim_pairs_value(&q->query, "to");

	if (to.n > 0)
		sim_faults_forget_phone(&q->sim->faults, to);
	else
		sim_faults_forget(&q->sim->faults);
	faults_show(q);
}

SIM_ASKED(health)
SIM_ASKED(numbers)
SIM_ASKED(messages)
SIM_ASKED(requests)
SIM_ASKED(alerts)
SIM_ASKED(reset)
SIM_ASKED(texts)
SIM_ASKED(phone_show)
SIM_ASKED(phone_change)
SIM_ASKED(faults_show)
SIM_ASKED(fault_throw)
SIM_ASKED(faults_clear)

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
