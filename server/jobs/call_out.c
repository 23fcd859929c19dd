/*
 * call_out.c - a customer is to be called: now or later, and once.
 *
 * Whether now is a time to call is decided here (hours, window); everything else in the database.
 * The wish is `placing`, with the leg that the call will be, before the carrier is asked
 * (outbound_place commits that): a crash at any point leaves a row that says so. What happens then:
 *   201                              calling; the rest is told by the carrier's callbacks
 *   429, connection refused, TLS     surely not taken: again in a moment, no try is counted
 *   401, 403                         our own trouble: again in a while, and an operator must look
 *   other 4xx                        the number cannot be called: given up, staff see why
 *   5xx, timeout, reset, garbage     unknown: never repeated blindly
 * An unknown one is settled by a callback, which names the leg, or here by the carrier's list:
 * found is placed; absent in a list read at least ABSENT_AFTER_MS after the request began is surely
 * absent (twilio.md 8.5).
 */
#include "server/app.h"
#include "server/events/hub.h"
#include "server/jobs/jobs.h"
#include "server/jobs/runner.h"
#include "server/keys.h"
#include "server/store/outbound.h"
#include "server/twilio/call_api.h"
#include "server/voice/out_words.h"
#include "shared/clock.h"
#include "shared/log.h"

#define PLACE_MS        10000
#define LOOK_MS         5000
#define ANSWER_MAX      (1024 * 1024)
#define LIST_MAX        200
#define SIDS_MAX        64
#define RING_S          30
#define FIRST_LOOK_MS   2000
#define LOOK_MAX_MS     60000
#define ABSENT_AFTER_MS 45000
#define WATCH_MS        60000
#define AGAIN_MS        2000
#define TROUBLE_US      (10 * 60 * INT64_C(1000000))
#define NO_HOURS_US     (6 * 3600 * INT64_C(1000000))
#define CLOCK_SLACK_US  (5 * 60 * INT64_C(1000000)) /* ours against the carrier's */
/* Of our documents: twice more after a 5xx or a silence (twilio.md 1.2). No part of what is signed.
 */
#define RETRIES "#rc=2&rp=5xx,ct,rt"

static flow_step asked, claimed, put_off, kept, answered, listed, known, fetched, settled;

struct call_job {
	struct job job;
	struct outbound_claim claim;
	struct outbound_placing placing;
	struct str account_sid, token;
	struct http_answer answer;
	struct call_page page;
	struct str sids[SIDS_MAX], known[SIDS_MAX];
	size_t sids_n, known_n;
};

#define SELF(f) CONTAINER_OF(f, struct call_job, job.flow)

static void asked(struct flow *f)
{
	struct call_job *c = SELF(f);

	outbound_claim(f, f->app->db, &c->job.work, &c->claim);
	flow_then(f, claimed);
}

/* ---- what came of it ---- */

static void settle(struct flow *f, struct call_job *c, const struct outbound_settle *s)
{
	struct figures *figures = &f->app->figures;

	switch (s->result) {
	case OUTBOUND_PLACED: figures->dials_taken++; break;
	case OUTBOUND_AGAIN: figures->dials_again++; break;
	case OUTBOUND_REFUSED: figures->dials_refused++; break;
	case OUTBOUND_UNKNOWN: figures->dials_unknown += c->claim.action == OUTBOUND_DECIDE; break;
	case OUTBOUND_OVER: figures->dials_found_over++; break;
	}
	if (s->result == OUTBOUND_AGAIN || s->result == OUTBOUND_REFUSED)
		log_warn(
			"event=dial_%s organization=%s outbound=%s status=%d code=%d reason=\"%s\"",
			s->result == OUTBOUND_AGAIN ? "put_off" : "refused",
			c->job.work.organization, c->job.work.ref, c->answer.status, s->error_code,
			c->answer.error);
	outbound_settle(f, f->app->db, &c->job.work, s);
	flow_then(f, settled);
}

static void settled(struct flow *f)
{
	hub_nudge_soon(f->app->hub, SELF(f)->job.work.organization);
}

static void not_known(struct flow *f, struct call_job *c, unsigned look_ms)
{
	struct outbound_settle s = {.result = OUTBOUND_UNKNOWN, .delay_ms = look_ms};

	settle(f, c, &s);
}

/* ---- asking the carrier ---- */

static void sent_to(struct flow *f, struct call_job *c, const struct call_request *m,
		    unsigned timeout_ms)
{
	struct http_request r = {.method = m->method,
				 .url = m->url,
				 .user = arena_cstr(&f->arena, c->account_sid),
				 .password = arena_cstr(&f->arena, c->token),
				 .body = m->body,
				 .content_type = "application/x-www-form-urlencoded",
				 .timeout_ms = timeout_ms,
				 .answer_max = ANSWER_MAX};

	http_send(f, f->app->http, &r, &c->answer);
}

static bool account_chosen(struct flow *f, struct call_job *c)
{
	const struct settings *s = f->app->settings;

	c->account_sid = c->claim.account_sid;
	if (c->account_sid.n > 0)
		return keys_token_open(f->app->keys, &f->arena, c->job.work.organization,
				       c->claim.token_sealed, &c->token, &f->err);
	c->account_sid = str_of(s->twilio_account_sid);
	c->token = str_of(s->twilio_auth_token);
	return true;
}

static void later(struct flow *f, struct call_job *c, int64_t due_us, const char *why)
{
	outbound_later(f, f->app->db, &c->job.work, due_us, why);
	flow_then(f, put_off);
}

static void put_off(struct flow *f)
{
	hub_nudge_soon(f->app->hub, SELF(f)->job.work.organization);
}

static void look_for_it(struct flow *f, struct call_job *c)
{
	struct call_request m;

	call_list_request(&f->arena, f->app->settings->twilio_api_url, c->account_sid,
			  c->claim.from, c->claim.to, LIST_MAX, &m);
	sent_to(f, c, &m, LOOK_MS);
	flow_then(f, listed);
}

static void ask_after_it(struct flow *f, struct call_job *c)
{
	struct call_request m;

	call_fetch_request(&f->arena, f->app->settings->twilio_api_url, c->account_sid,
			   c->claim.call_sid, &m);
	sent_to(f, c, &m, LOOK_MS);
	flow_then(f, fetched);
}

/* Now, when the store may; else then. */
static void decide(struct flow *f, struct call_job *c)
{
	int64_t now = clock_wall_us(), next;
	struct zone *z = zone_open(c->claim.store.zone);
	struct outbound_words words;
	struct out_words said;

	zones_hold(&f->app->zones, c->claim.store.zone);
	next = calling_next(&c->claim.store, z, c->claim.window, now, now);
	zone_close(z);
	if (next != now) {
		later(f, c, next == 0 ? now + NO_HOURS_US : next, next == 0 ? "no_hours" : "hours");
		return;
	}
	out_words_of(&f->arena, c->claim.pickup, c->claim.language, c->claim.store.name,
		     c->claim.order_number, c->claim.from, &said);
	words = (struct outbound_words){said.opening, said.machine, said.text};
	outbound_place(f, f->app->db, &c->job.work, c->account_sid, &words, &c->placing);
	flow_then(f, kept);
}

static void claimed(struct flow *f)
{
	struct call_job *c = SELF(f);

	if (c->claim.action == OUTBOUND_NONE) {
		hub_nudge_soon(f->app->hub, c->job.work.organization); /* it may be over now */
		return;
	}
	if (!account_chosen(f, c)) {
		log_error("event=account_token_unusable organization=%s text=\"%s\"",
			  c->job.work.organization, f->err.text);
		f->err = (struct err){0};
		if (c->claim.action == OUTBOUND_DECIDE)
			later(f, c, clock_wall_us() + TROUBLE_US, "carrier");
		else
			not_known(f, c, WATCH_MS);
	} else if (c->claim.action == OUTBOUND_DECIDE) {
		decide(f, c);
	} else if (c->claim.action == OUTBOUND_LOOK) {
		look_for_it(f, c);
	} else {
		ask_after_it(f, c);
	}
}

/* ---- dialling ---- */

static const char *our_url(struct flow *f, const char *path, const char *fragment)
{
	return arena_printf(&f->arena, "%s/api/webhooks/twilio/%s?c=%s%s",
			    f->app->settings->public_url, path, SELF(f)->placing.leg, fragment);
}

static void kept(struct flow *f)
{
	struct call_job *c = SELF(f);
	struct call_create create = {.to = c->claim.to,
				     .from = c->claim.from,
				     .ring_s = RING_S,
				     .machine = MACHINE_MESSAGE};
	struct call_request m;

	hub_nudge_soon(f->app->hub, c->job.work.organization);
	if (!c->placing.go)
		return;
	create.url = our_url(f, "voice/next", RETRIES);
	create.fallback_url = our_url(f, "fallback", "");
	create.status_callback = our_url(f, "status", RETRIES);
	call_create_request(&f->arena, f->app->settings->twilio_api_url, c->account_sid, &create,
			    &m);
	sent_to(f, c, &m, PLACE_MS);
	flow_then(f, answered);
}

static void refused(struct flow *f, struct call_job *c, int code)
{
	struct outbound_settle s = {.result = OUTBOUND_REFUSED, .error_code = code};

	if (c->answer.status == 401 || c->answer.status == 403) {
		log_error("event=carrier_denies_us organization=%s account=" STR_FMT,
			  c->job.work.organization, STR_ARG(c->account_sid));
		s = (struct outbound_settle){.result = OUTBOUND_AGAIN,
					     .error_code = code,
					     .delay_ms = TROUBLE_US / 1000};
	}
	settle(f, c, &s);
}

static void answered(struct flow *f)
{
	struct call_job *c = SELF(f);
	struct outbound_settle again = {.result = OUTBOUND_AGAIN, .delay_ms = AGAIN_MS};
	struct outbound_settle placed = {.result = OUTBOUND_PLACED};
	struct call_resource call;
	int code = 0;

	if (c->answer.outcome == HTTP_NOT_SENT) {
		settle(f, c, &again);
		return;
	}
	if (c->answer.outcome != HTTP_ANSWERED) {
		not_known(f, c, FIRST_LOOK_MS);
		return;
	}
	switch (call_verdict(&f->arena, c->answer.status, c->answer.body, &code)) {
	case CALL_DONE:
		if (!call_read(&f->arena, c->answer.body, &call)) {
			not_known(f, c, FIRST_LOOK_MS);
			return;
		}
		placed.sid = call.sid;
		settle(f, c, &placed);
		return;
	case CALL_NOT_DONE:
		if (c->answer.retry_after_s > 0)
			again.delay_ms =
				(unsigned)int_clamp(c->answer.retry_after_s, 1, 3600) * 1000;
		settle(f, c, &again);
		return;
	case CALL_UNKNOWN: not_known(f, c, FIRST_LOOK_MS); return;
	case CALL_BUG:
		log_error("event=dial_malformed organization=%s outbound=%s code=%d",
			  c->job.work.organization, c->job.work.ref, code);
		refused(f, c, code);
		return;
	case CALL_GONE:
	case CALL_REFUSED: refused(f, c, code); return;
	}
}

/* ---- what is not known ---- */

static bool could_be_ours(const struct call_job *c, const struct call_resource *call)
{
	return str_eq(call->to, c->claim.to) && str_eq(call->from, c->claim.from) &&
	       !str_starts(call->direction, STR_LIT("inbound")) &&
	       (call->created_us == 0 || call->created_us >= c->claim.placing_us - CLOCK_SLACK_US);
}

/* As long again as it has been so far; never past the moment when absent is certain. */
static unsigned look_again_ms(const struct call_job *c)
{
	int64_t age_ms = (clock_wall_us() - c->claim.placing_us) / 1000;
	int64_t ms = int_clamp(age_ms / 2, FIRST_LOOK_MS, LOOK_MAX_MS);

	if (age_ms < ABSENT_AFTER_MS && ms > ABSENT_AFTER_MS - age_ms)
		ms = ABSENT_AFTER_MS - age_ms + 100;
	return (unsigned)ms;
}

static void listed(struct flow *f)
{
	struct call_job *c = SELF(f);

	if (c->answer.outcome != HTTP_ANSWERED || c->answer.status != 200 ||
	    !call_page_read(&f->arena, c->answer.body, &c->page)) {
		not_known(f, c, look_again_ms(c));
		return;
	}
	for (size_t i = 0; i < c->page.n && c->sids_n < SIDS_MAX; i++) {
		if (could_be_ours(c, &c->page.calls[i]))
			c->sids[c->sids_n++] = c->page.calls[i].sid;
	}
	call_sids_known(f, f->app->db, c->job.work.organization, c->sids, c->sids_n, c->known,
			&c->known_n);
	flow_then(f, known);
}

static bool taken(const struct call_job *c, struct str sid)
{
	for (size_t i = 0; i < c->known_n; i++) {
		if (str_eq(c->known[i], sid))
			return true;
	}
	return false;
}

static void known(struct flow *f)
{
	struct call_job *c = SELF(f);
	int64_t age_ms = (clock_wall_us() - c->claim.placing_us) / 1000;
	struct outbound_settle again = {.result = OUTBOUND_AGAIN};
	struct outbound_settle placed = {.result = OUTBOUND_PLACED};

	for (size_t i = 0; i < c->sids_n; i++) {
		if (taken(c, c->sids[i]))
			continue;
		placed.sid = c->sids[i];
		f->app->figures.dials_found++;
		settle(f, c, &placed);
		return;
	}
	/* a list that goes on may hold it further down */
	if (age_ms < ABSENT_AFTER_MS || c->page.more) {
		not_known(f, c, look_again_ms(c));
		return;
	}
	f->app->figures.dials_absent++;
	settle(f, c, &again);
}

/* Nothing was heard of the call for a while: callbacks can be missed. */
static void fetched(struct flow *f)
{
	struct call_job *c = SELF(f);
	struct outbound_settle over = {.result = OUTBOUND_OVER, .state = "failed"};
	enum call_verdict verdict = CALL_UNKNOWN;
	struct call_resource call;
	int code = 0;

	if (c->answer.outcome == HTTP_ANSWERED)
		verdict = call_verdict(&f->arena, c->answer.status, c->answer.body, &code);
	if (verdict == CALL_DONE && call_read(&f->arena, c->answer.body, &call)) {
		over.state = call_state_word(call.status);
		if (over.state != NULL && call_state_ends(over.state)) {
			settle(f, c, &over);
			return;
		}
	} else if (verdict == CALL_GONE) {
		settle(f, c, &over);
		return;
	}
	not_known(f, c, WATCH_MS);
}

const struct flow_kind call_out_kind = FLOW_KIND(call_job, asked, NULL, PLACE_MS + 8000);
