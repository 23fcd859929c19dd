/*
 * call_watch.c - does a call still last? The status callbacks of ElevenLabs' own calls go there,
 * and any callback can be missed; so the carrier is asked now and then. A call that nobody vouched
 * for is compared with the carrier's record, too.
 */
#include "server/app.h"
#include "server/events/hub.h"
#include "server/jobs/jobs.h"
#include "server/jobs/runner.h"
#include "server/keys.h"
#include "server/store/native.h"
#include "server/twilio/call_api.h"
#include "shared/log.h"

#define ASK_MS     5000
#define ANSWER_MAX (64 * 1024)

static flow_step asked, claimed, fetched, told;

struct watch_job {
	struct job job;
	struct watch_claim claim;
	struct http_answer answer;
	bool over;
};

#define SELF(f) CONTAINER_OF(f, struct watch_job, job.flow)

static void asked(struct flow *f)
{
	struct watch_job *w = SELF(f);

	call_watch_claim(f, f->app->db, &w->job.work, &w->claim);
	flow_then(f, claimed);
}

static void claimed(struct flow *f)
{
	struct watch_job *w = SELF(f);
	const struct settings *s = f->app->settings;
	struct str account = w->claim.account_sid, token = {NULL, 0};
	struct http_request r = {.timeout_ms = ASK_MS, .answer_max = ANSWER_MAX};
	struct call_request m;

	if (!w->claim.wanted)
		return;
	if (account.n > 0 && !keys_token_open(f->app->keys, &f->arena, w->job.work.organization,
					      w->claim.token_sealed, &token, &f->err)) {
		struct watch_told nothing = {.seconds = -1};

		log_error("event=account_token_unusable organization=%s text=\"%s\"",
			  w->job.work.organization, f->err.text);
		f->err = (struct err){0};
		call_watch_told(f, f->app->db, &w->job.work, &nothing, &w->over);
		flow_then(f, told);
		return;
	}
	if (account.n == 0) {
		account = str_of(s->twilio_account_sid);
		token = str_of(s->twilio_auth_token);
	}
	call_fetch_request(&f->arena, s->twilio_api_url, account, w->claim.call_sid, &m);
	r.method = m.method;
	r.url = m.url;
	r.user = arena_cstr(&f->arena, account);
	r.password = arena_cstr(&f->arena, token);
	http_send(f, f->app->http, &r, &w->answer);
	flow_then(f, fetched);
}

static void fetched(struct flow *f)
{
	struct watch_job *w = SELF(f);
	struct watch_told t = {.seconds = -1};
	enum call_verdict verdict = CALL_UNKNOWN;
	struct call_resource call;
	int code = 0;

	if (w->answer.outcome == HTTP_ANSWERED)
		verdict = call_verdict(&f->arena, w->answer.status, w->answer.body, &code);
	if (verdict == CALL_DONE && call_read(&f->arena, w->answer.body, &call)) {
		t.state = call_state_word(call.status);
		t.from = call.from;
		t.to = call.to;
	} else if (verdict == CALL_GONE) {
		t.state = "failed";
	}
	call_watch_told(f, f->app->db, &w->job.work, &t, &w->over);
	flow_then(f, told);
}

static void told(struct flow *f)
{
	hub_nudge_soon(f->app->hub, SELF(f)->job.work.organization);
}

const struct flow_kind call_watch_kind = FLOW_KIND(watch_job, asked, NULL, ASK_MS + 8000);
