/*
 * call_steer.c - brings the legs of a call to where the database says that they are: rings a staff
 * phone, redirects a leg to its next document, holds and mutes in a room, ends a leg
 * (docs/calls.md).
 *
 * One request to the carrier for each run, under the work's lease; what came of it is settled in
 * SQL, which also says when to look again. All but making a call may be asked twice. A call is
 * written down as asked for before it is made (steer_claim), and when no answer comes it is looked
 * for in the carrier's list and never made again.
 *
 * "No such call" and "not in progress" (404, 21220) are no proof that a call is over: it may still
 * ring, or the account's answer may be late. So the call itself is fetched then, and what the
 * carrier says of it is believed.
 */
#include "server/app.h"
#include "server/events/hub.h"
#include "server/jobs/jobs.h"
#include "server/jobs/runner.h"
#include "server/keys.h"
#include "server/store/steer.h"
#include "server/twilio/call_api.h"
#include "server/twilio/sids.h"
#include "server/voice/plan.h"
#include "shared/log.h"

#define ASK_MS         5000
#define ANSWER_MAX     (1024 * 1024)
#define LIST_MAX       200
#define RING_S         25
#define CLOCK_SLACK_US (5 * 60 * INT64_C(1000000)) /* ours against the carrier's */

static flow_step asked, claimed, answered, fetched, settled;

struct steer_job {
	struct job job;
	struct steer_claim claim;
	struct str account_sid, token;
	struct http_answer answer;
	struct steer_settle settle;
	struct str sids[STEER_SIDS_MAX];
	enum steer_need next;
};

#define SELF(f) CONTAINER_OF(f, struct steer_job, job.flow)

static void asked(struct flow *f)
{
	struct steer_job *j = SELF(f);

	steer_claim(f, f->app->db, &j->job.work, &j->claim);
	flow_then(f, claimed);
}

/* ---- what came of it ---- */

static void settle(struct flow *f, struct steer_job *j, enum steer_result result)
{
	static const char *const said[] = {
		[STEER_DONE] = "done",       [STEER_AGAIN] = "put_off", [STEER_UNKNOWN] = "unknown",
		[STEER_REFUSED] = "refused", [STEER_GONE] = "gone",     [STEER_ABSENT] = "absent"};

	j->settle.result = result;
	if (result == STEER_DONE)
		f->app->figures.steers_done++;
	else
		f->app->figures.steers_again++;
	if (result != STEER_DONE && result != STEER_GONE)
		log_warn("event=steer_%s organization=%s call=%s need=%s status=%d code=%d "
			 "reason=\"%s\"",
			 said[result], j->job.work.organization, j->job.work.ref,
			 steer_word(j->claim.need), j->answer.status, j->settle.code,
			 j->answer.error);
	steer_settle(f, f->app->db, &j->job.work, j->claim.need, &j->settle, &j->next);
	flow_then(f, settled);
}

static void settled(struct flow *f)
{
	struct steer_job *j = SELF(f);

	hub_nudge_soon(f->app->hub, j->job.work.organization);
	if (j->next != STEER_NONE)
		runner_nudge(f->app->runner, 0);
}

/* ---- asking ---- */

static void send_it(struct flow *f, struct steer_job *j, const struct call_request *c)
{
	struct http_request r = {
		.method = c->method,
		.url = c->url,
		.user = arena_cstr(&f->arena, j->account_sid),
		.password = arena_cstr(&f->arena, j->token),
		.body = c->body,
		.content_type = c->body.n == 0 ? NULL : "application/x-www-form-urlencoded",
		.timeout_ms = ASK_MS,
		.answer_max = ANSWER_MAX};

	http_send(f, f->app->http, &r, &j->answer);
}

/* A URL of ours about this leg. */
static const char *hook(struct flow *f, const struct steer_job *j, const char *door, int64_t proves)
{
	const char *base = f->app->settings->public_url;

	if (proves > 0)
		return arena_printf(&f->arena, "%s" PLAN_HOOKS "%s?c=%s&d=%" PRId64 PLAN_RETRIES,
				    base, door, j->job.work.ref, proves);
	return arena_printf(&f->arena, "%s" PLAN_HOOKS "%s?c=%s" PLAN_RETRIES, base, door,
			    j->job.work.ref);
}

static void dial(struct flow *f, struct steer_job *j, struct call_request *out)
{
	struct call_create c = {.to = j->claim.to,
				.from = j->claim.from,
				.url = hook(f, j, "staff", 0),
				.fallback_url = hook(f, j, "fallback", 0),
				.status_callback = hook(f, j, "status", 0),
				.ring_s = RING_S,
				.machine = MACHINE_ENABLE};

	call_create_request(&f->arena, f->app->settings->twilio_api_url, j->account_sid, &c, out);
}

static void changed(struct flow *f, struct steer_job *j, enum participant_change change,
		    struct call_request *out)
{
	const char *url = arena_printf(&f->arena, "%s/api/webhooks/twilio/hold?l=%s",
				       f->app->settings->public_url, j->claim.french ? "fr" : "en");

	participant_change_request(&f->arena, f->app->settings->twilio_api_url, j->account_sid,
				   j->claim.conference_sid, j->claim.call_sid, change,
				   change == PARTICIPANT_HOLD ? url : NULL, out);
}

static void fetch_it(struct flow *f, struct steer_job *j)
{
	struct call_request r;

	call_fetch_request(&f->arena, f->app->settings->twilio_api_url, j->account_sid,
			   j->claim.call_sid, &r);
	send_it(f, j, &r);
	flow_then(f, fetched);
}

static void ask_it(struct flow *f, struct steer_job *j)
{
	const char *api = f->app->settings->twilio_api_url;
	const struct steer_claim *c = &j->claim;
	struct call_request r;

	switch (c->need) {
	case STEER_NONE: return;
	case STEER_FETCH: fetch_it(f, j); return;
	case STEER_DIAL: dial(f, j, &r); break;
	case STEER_LOOK:
		call_list_request(&f->arena, api, j->account_sid, c->from, c->to, LIST_MAX, &r);
		break;
	case STEER_REDIRECT:
		call_redirect_request(&f->arena, api, j->account_sid, c->call_sid,
				      hook(f, j, c->staff ? "staff" : "voice/next", c->proves),
				      hook(f, j, "fallback", 0), &r);
		break;
	case STEER_END: call_end_request(&f->arena, api, j->account_sid, c->call_sid, &r); break;
	case STEER_HOLD: changed(f, j, PARTICIPANT_HOLD, &r); break;
	case STEER_UNHOLD: changed(f, j, PARTICIPANT_UNHOLD, &r); break;
	case STEER_MUTE: changed(f, j, PARTICIPANT_MUTE, &r); break;
	case STEER_UNMUTE: changed(f, j, PARTICIPANT_UNMUTE, &r); break;
	case STEER_STAY: changed(f, j, PARTICIPANT_STAY, &r); break;
	}
	send_it(f, j, &r);
	flow_then(f, answered);
}

static bool account_chosen(struct flow *f, struct steer_job *j)
{
	const struct settings *s = f->app->settings;

	j->account_sid = j->claim.account_sid;
	if (j->account_sid.n > 0)
		return keys_token_open(f->app->keys, &f->arena, j->job.work.organization,
				       j->claim.token_sealed, &j->token, &f->err);
	j->account_sid = str_of(s->twilio_account_sid);
	j->token = str_of(s->twilio_auth_token);
	return true;
}

/* Names that go into a path are the carrier's; the database took them as it got them. */
static bool named_well(const struct steer_claim *c)
{
	bool called = c->need == STEER_DIAL || c->need == STEER_LOOK || sid_is(c->call_sid, "CA");
	bool roomed = c->need < STEER_HOLD || sid_is(c->conference_sid, "CF");

	return called && roomed;
}

static void claimed(struct flow *f)
{
	struct steer_job *j = SELF(f);

	if (j->claim.need == STEER_NONE) {
		hub_nudge_soon(f->app->hub, j->job.work.organization); /* a lease may be over */
	} else if (!account_chosen(f, j)) {
		log_error("event=account_token_unusable organization=%s text=\"%s\"",
			  j->job.work.organization, f->err.text);
		f->err = (struct err){0};
		settle(f, j, STEER_REFUSED);
	} else if (!named_well(&j->claim)) {
		log_error("event=call_without_a_name organization=%s call=%s need=%s",
			  j->job.work.organization, j->job.work.ref, steer_word(j->claim.need));
		settle(f, j, STEER_REFUSED);
	} else {
		ask_it(f, j);
	}
}

/* ---- answers ---- */

static enum call_verdict verdict_of(struct flow *f, struct steer_job *j)
{
	if (j->answer.outcome == HTTP_NOT_SENT)
		return CALL_NOT_DONE;
	if (j->answer.outcome == HTTP_UNCERTAIN)
		return CALL_UNKNOWN;
	return call_verdict(&f->arena, j->answer.status, j->answer.body, &j->settle.code);
}

/* Could this be the call that we asked for? Not inbound, and not from before the request. */
static void list_read(struct flow *f, struct steer_job *j)
{
	struct call_page page;

	if (!call_page_read(&f->arena, j->answer.body, &page)) {
		settle(f, j, STEER_UNKNOWN);
		return;
	}
	for (size_t i = 0; i < page.n && j->settle.sids_n < STEER_SIDS_MAX; i++) {
		const struct call_resource *c = &page.calls[i];

		if (str_eq(c->to, j->claim.to) && str_eq(c->from, j->claim.from) &&
		    !str_starts(c->direction, STR_LIT("inbound")) &&
		    (c->created_us == 0 || c->created_us >= j->claim.dialled_us - CLOCK_SLACK_US))
			j->sids[j->settle.sids_n++] = c->sid;
	}
	j->settle.sids = j->sids;
	settle(f, j, j->settle.sids_n == 0 ? STEER_ABSENT : STEER_DONE);
}

static void done(struct flow *f, struct steer_job *j)
{
	struct call_resource c = {.sid = {NULL, 0}};
	bool read = call_read(&f->arena, j->answer.body, &c);

	switch (j->claim.need) {
	case STEER_LOOK: list_read(f, j); return;
	case STEER_DIAL:
		j->settle.sid = c.sid;
		settle(f, j, read ? STEER_DONE : STEER_UNKNOWN);
		return;
	case STEER_END:
	case STEER_REDIRECT: /* what it says is older than what follows from it, but never wrong */
		if (read && str_eq(c.sid, j->claim.call_sid))
			j->settle.state = call_state_word(c.status);
		break;
	default: break;
	}
	settle(f, j, STEER_DONE);
}

static void answered(struct flow *f)
{
	struct steer_job *j = SELF(f);

	switch (verdict_of(f, j)) {
	case CALL_DONE: done(f, j); break;
	case CALL_GONE:
		if (j->claim.need == STEER_END || j->claim.need == STEER_REDIRECT)
			fetch_it(f, j);
		else if (j->claim.need >= STEER_HOLD)
			settle(f, j, STEER_GONE);
		else
			settle(f, j, STEER_REFUSED);
		break;
	case CALL_NOT_DONE: settle(f, j, STEER_AGAIN); break;
	case CALL_UNKNOWN: settle(f, j, STEER_UNKNOWN); break;
	case CALL_BUG:
		log_error("event=carrier_refuses_our_request organization=%s call=%s need=%s "
			  "code=%d",
			  j->job.work.organization, j->job.work.ref, steer_word(j->claim.need),
			  j->settle.code);
		settle(f, j, STEER_REFUSED);
		break;
	case CALL_REFUSED: settle(f, j, STEER_REFUSED); break;
	}
}

/* The carrier's own record of the call. One that it does not have is over. */
static void fetched(struct flow *f)
{
	struct steer_job *j = SELF(f);
	enum call_verdict v = verdict_of(f, j);
	struct call_resource c;

	if (v == CALL_GONE)
		j->settle.state = "completed";
	else if (v == CALL_DONE && call_read(&f->arena, j->answer.body, &c))
		j->settle.state = call_state_word(c.status);
	if (j->settle.state == NULL)
		settle(f, j, v == CALL_NOT_DONE ? STEER_AGAIN : STEER_UNKNOWN);
	else
		settle(f, j, j->claim.need == STEER_FETCH ? STEER_DONE : STEER_GONE);
}

const struct flow_kind call_steer_kind = FLOW_KIND(steer_job, asked, NULL, 2 * ASK_MS + 6000);
