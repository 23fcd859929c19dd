/*
 * post_call.c - the webhook after a conversation, signed as ElevenLabs does (elevenlabs.md 4.6).
 * Retries are off, as they are by default: what the service does not take is gone, and the line
 * says so.
 */
#include "shared/clock.h"
#include "tests/sim/copies.h"
#include "tests/sim/crypt.h"
#include "tests/sim/eleven/conv.h"
#include "tests/sim/eleven/side.h"
#include "tests/sim/json.h"

#define ANSWER_LIMIT (64u * 1024)

struct post {
	struct sim *sim;
	struct arena arena;
	struct str url;
	const char *sid, *fault;
};

static void on_answered(void *with, const struct sim_fetch_answer *a)
{
	struct post *p = with;
	struct sim_entry e = {.side = "post-call",
			      .method = "POST",
			      .url = p->url,
			      .status = a->status,
			      .started_us = a->started_us,
			      .attempt = 1,
			      .fault = p->fault,
			      .problem = a->text,
			      .sid = p->sid};

	p->sim->hooks_running--;
	sim_journal_add(&p->sim->journal, &e);
	if (a->status != 200 && !p->sim->closing)
		sim_alert_raise(
			p->sim, 0, p->sid,
			"the webhook after the call was answered %d: it is not offered again",
			a->status);
	arena_free(&p->arena);
	free(p);
}

void sim_el_signature(struct arena *a, struct str secret, int64_t t, struct str body,
		      const char **header)
{
	char hex[2 * SIM_SHA256 + 1];
	struct buf b = {.limit = body.n + 64};

	buf_printf(&b, "%" PRId64 ".", t);
	buf_add_str(&b, body);
	sim_hmac_sha256_hex(secret, buf_str(&b), hex);
	buf_clear(&b);
	*header = arena_printf(a, "ElevenLabs-Signature: t=%" PRId64 ",v0=%s", t, hex);
}

static void webhook_send(struct sim *s, const char *sid, struct str url, struct str body)
{
	struct sim_fault fault = sim_faults_take(&s->faults, SIM_ON_POST_CALL, (struct str){0});
	struct post *p = xcalloc(1, sizeof *p);
	struct sim_fetch ask = {
		.post = true, .connect_ms = 5000, .total_ms = 15000, .limit = ANSWER_LIMIT};
	struct sim_entry like = {.side = "post-call", .fault = sim_fault_word(fault.kind)};
	struct str secret = str_of(s->set.post_call_secret);

	p->sim = s;
	p->url = arena_str(&p->arena, url);
	p->sid = arena_strdup(&p->arena, sid);
	p->fault = fault.kind == SIM_FAULT_NONE ? NULL : sim_fault_word(fault.kind);
	ask.url = p->url;
	ask.form = arena_str(&p->arena, body);
	ask.idempotency = "";
	if (fault.kind == SIM_FAULT_WRONG_SIGNATURE)
		secret = STR_LIT("not the secret");
	sim_el_signature(&p->arena, secret, clock_wall_us() / 1000000, body, &ask.json_header);
	if (fault.kind == SIM_FAULT_NO_SIGNATURE)
		ask.json_header = "";
	like.sid = sid;
	if (fault.kind == SIM_FAULT_LOST) {
		arena_free(&p->arena);
		free(p);
		return;
	}
	if (fault.kind == SIM_FAULT_DUPLICATE)
		sim_copy_send(s, &ask, &like, 0);
	if (fault.kind == SIM_FAULT_REPLAY)
		sim_copy_send(s, &ask, &like, (unsigned)fault.ms);
	s->hooks_running++;
	sim_fetch_start(s, &ask, on_answered, p);
}

void sim_post_call(struct sim_conv *c)
{
	struct sim *s = c->sim;
	struct buf b = {.limit = 8u * 1024 * 1024};
	char url[SIM_URL] = "";

	if (s->set.post_call_url != NULL)
		snprintf(url, sizeof url, "%s", s->set.post_call_url);
	else if (s->set.service_url != NULL)
		snprintf(url, sizeof url, "%s/api/webhooks/elevenlabs/post-call-analysis",
			 s->set.service_url);
	if (url[0] == '\0' || s->set.post_call_secret == NULL)
		return;
	sim_json_open(&b, NULL, '{');
	sim_json_cstr(&b, "type", "post_call_transcription");
	sim_json_int(&b, "event_timestamp", clock_wall_us() / 1000000);
	sim_conv_write_api(c, "data", &b);
	sim_json_close(&b, '}');
	webhook_send(s, c->id, str_of(url), buf_str(&b));
	buf_clear(&b);
}
