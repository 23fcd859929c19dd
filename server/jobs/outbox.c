/*
 * outbox.c - one row of the outbox: ask the carrier to send it, or find out what came of having
 * asked.
 *
 * The row is `sending` before the request begins (outbox_claim commits that), so a crash at any
 * point leaves a row that says so. What happens then: 201                                   sent
 *   429, connection refused, TLS, DNS     surely not taken: queued again, with jitter and
 * Retry-After other 4xx                             failed, with a sentence for staff 5xx, timeout,
 * reset, garbage          unknown: never repeated blindly the process died                      the
 * lease runs out, outbox_claim finds `sending` and says unknown An unknown row is settled by the
 * status callback, which names it, or here by the carrier's list: found is sent; absent in a list
 * read at least ABSENT_AFTER_MS after the request began is surely absent, and queued again. That
 * time is longer than our own deadline and than a carrier may sit on a request before acting on it.
 */
#include "server/store/outbox.h"
#include "server/app.h"
#include "server/events/hub.h"
#include "server/jobs/jobs.h"
#include "server/jobs/runner.h"
#include "server/keys.h"
#include "server/twilio/message_api.h"
#include "server/twilio/status.h"
#include "shared/clock.h"
#include "shared/log.h"
#include "shared/segments.h"

#define SEND_MS          10000
#define LOOK_MS          5000
#define ANSWER_MAX       (1024 * 1024)
#define LIST_MAX         1000 /* the API's largest page */
#define SIDS_MAX         64
#define FIRST_LOOK_MS    2000
#define LOOK_MAX_MS      60000
#define ABSENT_AFTER_MS  45000
#define CLOCK_SLACK_US   (5 * 60 * INT64_C(1000000)) /* ours against the carrier's */
#define ATTEMPTS_MAX     120                         /* about two hours */
#define BACKOFF_FIRST_MS 500
#define BACKOFF_MAX_MS   60000

static flow_step asked, claimed, answered, listed, known, settled;

struct outbox_job {
	struct job job;
	struct outbox_claim claim;
	struct str account_sid, token;
	struct http_answer answer;
	struct message_page page;
	struct str sids[SIDS_MAX], known[SIDS_MAX];
	size_t sids_n, known_n;
};

#define SELF(f) CONTAINER_OF(f, struct outbox_job, job.flow)

static void asked(struct flow *f)
{
	struct outbox_job *o = SELF(f);

	outbox_claim(f, f->app->db, &o->job.work, &o->claim);
	flow_then(f, claimed);
}

/* ---- what came of it ---- */

static void settle(struct flow *f, struct outbox_job *o, const struct outbox_settle *s)
{
	struct figures *figures = &f->app->figures;

	switch (s->result) {
	case OUTBOX_SENT: figures->sends_sent++; break;
	case OUTBOX_AGAIN: figures->sends_again++; break;
	case OUTBOX_FAILED: figures->sends_failed++; break;
	case OUTBOX_UNKNOWN: figures->sends_unknown++; break;
	}
	if (s->result != OUTBOX_SENT)
		log_warn("event=send_%s organization=%s outbox=%s attempt=%d status=%d code=%d "
			 "reason=\"%s\"",
			 s->result == OUTBOX_AGAIN    ? "put_off"
			 : s->result == OUTBOX_FAILED ? "failed"
						      : "unknown",
			 o->job.work.organization, o->job.work.ref, o->claim.attempts,
			 o->answer.status, s->error_code, o->answer.error);
	outbox_settle(f, f->app->db, &o->job.work, s);
	flow_then(f, settled);
}

static void settled(struct flow *f)
{
	hub_nudge_soon(f->app->hub, SELF(f)->job.work.organization);
}

/* Half of the wait is certain and half is chance, so that many do not come back at one moment. */
static unsigned backoff_ms(struct flow *f, int attempts)
{
	unsigned ms = BACKOFF_FIRST_MS;

	for (int i = 1; i < attempts && ms < BACKOFF_MAX_MS; i++)
		ms *= 2;
	if (ms > BACKOFF_MAX_MS)
		ms = BACKOFF_MAX_MS;
	return ms / 2 + (unsigned)(uv_hrtime() / 1000 + f->token.turn) % (ms / 2);
}

static void errors_told(struct flow *f, struct outbox_settle *s, int code)
{
	char en[CARRIER_ERROR_TEXT], fr[CARRIER_ERROR_TEXT];

	carrier_error_text(code, false, en);
	carrier_error_text(code, true, fr);
	s->error_code = code;
	s->error_en = arena_strdup(&f->arena, en);
	s->error_fr = arena_strdup(&f->arena, fr);
}

/* Surely not taken. After many tries somebody must look. */
static void put_off(struct flow *f, struct outbox_job *o)
{
	struct outbox_settle s = {.result = OUTBOX_AGAIN};

	if (o->claim.attempts >= ATTEMPTS_MAX) {
		s.result = OUTBOX_FAILED;
		s.error_en =
			"The carrier could not be reached for a long time; the text was not sent.";
		s.error_fr = "L'opérateur est resté injoignable trop longtemps; le texto n'a pas "
			     "été envoyé.";
	} else {
		s.delay_ms = backoff_ms(f, o->claim.attempts);
		if (o->answer.retry_after_s > 0 &&
		    (unsigned)o->answer.retry_after_s * 1000 > s.delay_ms)
			s.delay_ms = (unsigned)int_clamp(o->answer.retry_after_s, 0, 3600) * 1000;
	}
	settle(f, o, &s);
}

static void not_known(struct flow *f, struct outbox_job *o, unsigned look_ms)
{
	struct outbox_settle s = {.result = OUTBOX_UNKNOWN, .delay_ms = look_ms};

	settle(f, o, &s);
}

static void refused(struct flow *f, struct outbox_job *o)
{
	struct outbox_settle s = {.result = OUTBOX_FAILED};
	struct rest_error said;
	int code;

	rest_error_read(&f->arena, o->answer.body, &said);
	code = said.code;
	if (code == 0 && (o->answer.status == 401 || o->answer.status == 403))
		code = 20003;
	if (carrier_error_reaction(code) == REACT_RETRY) { /* its queue is full: 21611 */
		put_off(f, o);
		return;
	}
	errors_told(f, &s, code);
	if (carrier_error_reaction(code) == REACT_CREDENTIALS)
		log_error("event=carrier_denies_us organization=%s account=" STR_FMT,
			  o->job.work.organization, STR_ARG(o->account_sid));
	settle(f, o, &s);
}

static void answered(struct flow *f)
{
	struct outbox_job *o = SELF(f);
	struct message_resource m;
	struct outbox_settle s = {.result = OUTBOX_SENT,
				  .segments = segments_of(o->claim.body).count};

	if (o->answer.outcome == HTTP_NOT_SENT ||
	    (o->answer.outcome == HTTP_ANSWERED && o->answer.status == 429)) {
		put_off(f, o);
	} else if (o->answer.outcome == HTTP_ANSWERED && o->answer.status >= 200 &&
		   o->answer.status < 300 && message_read(&f->arena, o->answer.body, &m)) {
		s.sid = m.sid;
		settle(f, o, &s);
	} else if (o->answer.outcome == HTTP_ANSWERED && o->answer.status >= 400 &&
		   o->answer.status < 500 && o->answer.status != 408) {
		refused(f, o);
	} else {
		not_known(f, o, FIRST_LOOK_MS);
	}
}

/* ---- asking ---- */

static void sent_to(struct flow *f, struct outbox_job *o, const char *method,
		    const struct rest_request *m, unsigned timeout_ms)
{
	struct http_request r = {.method = method,
				 .url = m->url,
				 .user = arena_cstr(&f->arena, o->account_sid),
				 .password = arena_cstr(&f->arena, o->token),
				 .body = m->body,
				 .content_type = "application/x-www-form-urlencoded",
				 .timeout_ms = timeout_ms,
				 .answer_max = ANSWER_MAX};

	http_send(f, f->app->http, &r, &o->answer);
}

static void send_it(struct flow *f, struct outbox_job *o)
{
	const struct settings *s = f->app->settings;
	const char *callback = arena_printf(&f->arena, "%s/api/webhooks/twilio/status?outbox=%s",
					    s->public_url, o->job.work.ref);
	struct rest_request m;

	message_create_request(&f->arena, s->twilio_api_url, o->account_sid, o->claim.from,
			       o->claim.to, o->claim.body, callback, &m);
	sent_to(f, o, "POST", &m, SEND_MS);
	flow_then(f, answered);
}

static void look_for_it(struct flow *f, struct outbox_job *o)
{
	struct rest_request m;

	message_list_request(&f->arena, f->app->settings->twilio_api_url, o->account_sid,
			     o->claim.from, o->claim.to, LIST_MAX, &m);
	sent_to(f, o, "GET", &m, LOOK_MS);
	flow_then(f, listed);
}

static bool account_chosen(struct flow *f, struct outbox_job *o)
{
	const struct settings *s = f->app->settings;

	o->account_sid = o->claim.account_sid;
	if (o->account_sid.n > 0)
		return keys_token_open(f->app->keys, &f->arena, o->job.work.organization,
				       o->claim.token_sealed, &o->token, &f->err);
	o->account_sid = str_of(s->twilio_account_sid);
	o->token = str_of(s->twilio_auth_token);
	return true;
}

static void claimed(struct flow *f)
{
	struct outbox_job *o = SELF(f);

	if (o->claim.action == OUTBOX_NONE || o->claim.action == OUTBOX_LOOK)
		hub_nudge_soon(f->app->hub,
			       o->job.work.organization); /* superseded, or unknown now */
	if (o->claim.action == OUTBOX_NONE || o->claim.action == OUTBOX_WAIT)
		return;
	if (!account_chosen(f, o)) {
		struct outbox_settle s = {.result = OUTBOX_FAILED,
					  .error_en = "The store's Twilio token cannot be opened; "
						      "an operator must set it again.",
					  .error_fr = "Le jeton Twilio du magasin est illisible; "
						      "un opérateur doit le saisir à nouveau."};

		log_error("event=account_token_unusable organization=%s text=\"%s\"",
			  o->job.work.organization, f->err.text);
		f->err = (struct err){0};
		settle(f, o, &s);
	} else if (o->claim.action == OUTBOX_SEND) {
		send_it(f, o);
	} else {
		look_for_it(f, o);
	}
}

/* ---- looking at the carrier's list ---- */

/* Could this be the text of our row? Same words between the same numbers, not inbound, and not from
 * before the request began. What the carrier leaves out does not speak against it: a text taken for
 * another is shown as sent and settled by its callback; one sent twice cannot be called back. */
static bool could_be_ours(const struct outbox_job *o, const struct message_resource *m)
{
	return str_eq(m->to, o->claim.to) && str_eq(m->from, o->claim.from) &&
	       str_eq(m->body, o->claim.body) && !str_starts(m->direction, STR_LIT("inbound")) &&
	       (m->created_us == 0 || m->created_us >= o->claim.sending_us - CLOCK_SLACK_US);
}

/* Soon at first, then as long again as it has been so far; never past the moment when absent is
 * certain. */
static unsigned look_again_ms(const struct outbox_job *o)
{
	int64_t age_ms = (clock_wall_us() - o->claim.sending_us) / 1000;
	int64_t ms = int_clamp(age_ms / 2, FIRST_LOOK_MS, LOOK_MAX_MS);

	if (age_ms < ABSENT_AFTER_MS && ms > ABSENT_AFTER_MS - age_ms)
		ms = ABSENT_AFTER_MS - age_ms + 100;
	return (unsigned)ms;
}

static void listed(struct flow *f)
{
	struct outbox_job *o = SELF(f);

	if (o->answer.outcome != HTTP_ANSWERED || o->answer.status != 200 ||
	    !message_page_read(&f->arena, o->answer.body, &o->page)) {
		not_known(f, o, look_again_ms(o));
		return;
	}
	for (size_t i = 0; i < o->page.n && o->sids_n < SIDS_MAX; i++) {
		if (could_be_ours(o, &o->page.messages[i]))
			o->sids[o->sids_n++] = o->page.messages[i].sid;
	}
	outbox_known(f, f->app->db, o->job.work.organization, o->sids, o->sids_n, o->known,
		     &o->known_n);
	flow_then(f, known);
}

static bool taken(const struct outbox_job *o, struct str sid)
{
	for (size_t i = 0; i < o->known_n; i++) {
		if (str_eq(o->known[i], sid))
			return true;
	}
	return false;
}

static void known(struct flow *f)
{
	struct outbox_job *o = SELF(f);
	int64_t age_ms = (clock_wall_us() - o->claim.sending_us) / 1000;
	struct outbox_settle s = {.result = OUTBOX_SENT,
				  .segments = segments_of(o->claim.body).count};

	for (size_t i = 0; i < o->sids_n; i++) {
		if (taken(o, o->sids[i]))
			continue;
		s.sid = o->sids[i];
		f->app->figures.sends_found++;
		settle(f, o, &s);
		return;
	}
	/* a list that goes on may hold it further down: then a person decides, not a repetition */
	if (age_ms < ABSENT_AFTER_MS || o->page.more) {
		not_known(f, o, look_again_ms(o));
		return;
	}
	f->app->figures.sends_absent++;
	put_off(f, o);
}

const struct flow_kind outbox_send_kind = FLOW_KIND(outbox_job, asked, NULL, SEND_MS + 8000);
