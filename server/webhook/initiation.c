/*
 * initiation.c - ElevenLabs is about to answer a call by itself and asks for its variables
 * (elevenlabs.md 3.2). The phone is ringing, a variable that is missing ends the call, and nobody
 * says how long it waits: so whoever has proved our secret gets 200 and the complete set, always,
 * within DEADLINE_MS. What could not be read in time is neutral - true, and never "open" - and
 * staff are told.
 *
 * The secret proves ElevenLabs, not the caller: native_begin decides whether anything personal may
 * be given.
 */
#include "server/voice/initiation.h"
#include "server/app.h"
#include "server/elevenlabs/initiation_request.h"
#include "server/elevenlabs/tool_token.h"
#include "server/events/hub.h"
#include "server/jobs/runner.h"
#include "server/keys.h"
#include "server/store/native.h"
#include "server/twilio/sids.h"
#include "server/webhook/signed.h"
#include "server/webhook/webhooks.h"
#include "shared/clock.h"
#include "shared/log.h"
#include "shared/phone.h"
#include "shared/utf8.h"

#define DEADLINE_MS 700
#define TELL_MS     120000 /* until the database is back */
#define ANSWER_MAX  65536
#define WATCH_MS    30000

static flow_step received, known, failed;

struct native_in {
	struct flow flow;
	const struct web_request *request; /* during the first step only */
	struct ticket ticket;
	struct native_asked asked;
	struct native_begun begun;
};

static const struct flow_kind native_in_kind = FLOW_KIND(native_in, received, failed, DEADLINE_MS);

void initiation_start(struct app *app, const struct web_request *r, struct ticket t)
{
	struct native_in *i = flow_new(app->flows, &native_in_kind);

	i->request = r;
	i->ticket = t;
	flow_begin(&i->flow);
}

/* ---- the answer ---- */

/* With what is known; nothing at all is a caller of whom, and of whose store, nothing is. */
static void answered(struct flow *f, struct native_in *i)
{
	struct variables_in *in = &i->begun.caller.in;
	struct variable told[VARIABLES_N];
	struct initiation answer = {.variables = told};
	char token[TOOL_TOKEN_TEXT] = "";
	struct buf b;

	in->now_us = clock_wall_us();
	in->store = &i->begun.caller.store;
	in->language = i->begun.language;
	in->thread_id = str_of(i->begun.conversation);
	in->caller_number = phone_valid(i->asked.caller) ? i->asked.caller : (struct str){NULL, 0};
	in->store_number = i->asked.called;
	in->call_sid = i->asked.sid;
	zones_hold(&f->app->zones, i->begun.caller.store.zone);
	if (i->begun.conversation[0] != '\0')
		tool_token_write(f->app->settings->tool_secret, i->begun.organization,
				 i->begun.conversation, token);
	in->tool_token = str_of(token);
	variables_of(&f->arena, in, told);
	buf_init(&b, ANSWER_MAX);
	if (!initiation_write(&answer, &b))
		BUG("the variables are longer than their bounds allow");
	web_reply(i->ticket, 200, "application/json", buf_str(&b));
	buf_clear(&b);
}

/* ---- the request ---- */

static bool secret_shown(struct flow *f, const struct web_request *r)
{
	struct str rest = web_header(r, "authorization"), scheme = str_cut(&rest, ' ');

	return str_is_nocase(scheme, "bearer") && keys_tool_secret_is(f->app->keys, rest);
}

static bool request_read(struct flow *f, struct native_in *i)
{
	static const char *const senders[] = {[PHONE_E164] = "e164",
					      [PHONE_SHORT] = "short",
					      [PHONE_WITHHELD] = "withheld",
					      [PHONE_ODD] = "odd"};
	struct initiation_request said;

	if (!initiation_request_read(&f->arena, i->request->body, &said))
		return false;
	i->asked.called = said.called_number;
	i->asked.caller = said.caller_id;
	i->asked.sender = senders[phone_kind_of(said.caller_id)];
	if (sid_is(said.call_sid, "CA"))
		i->asked.sid = said.call_sid;
	return phone_valid(said.called_number);
}

static void received(struct flow *f)
{
	struct native_in *i = FLOW_SELF(f, struct native_in);

	if (!secret_shown(f, i->request)) {
		f->app->figures.signatures_refused++;
		refusal_told(f->app, i->request->target, "no such bearer secret");
		web_reply_refusal(i->ticket, PROBLEM_DENIED);
		return;
	}
	f->app->figures.natives_asked++;
	if (!request_read(f, i)) {
		f->app->figures.forms_refused++;
		log_warn("event=initiation_unreadable bytes=%zu", i->request->body.n);
		i->asked = (struct native_asked){0};
		answered(f, i);
		return;
	}
	native_begin(f, f->app->db, &i->asked, &i->begun);
	flow_then(f, known);
}

static void known(struct flow *f)
{
	struct native_in *i = FLOW_SELF(f, struct native_in);

	answered(f, i);
	if (!i->begun.known)
		log_warn("event=initiation_of_nobody number=%s", phone_masked(i->asked.called));
	f->app->figures.natives_personal += i->begun.personal;
	if (i->begun.begun) {
		hub_nudge_soon(f->app->hub, i->begun.organization);
		runner_nudge(f->app->runner, WATCH_MS);
	}
}

/* ---- it could not be read ---- */

static flow_step unknown_asked, unknown_told;

struct blind {
	struct flow flow;
	struct str called, sid;
	char organization[ID_TEXT];
};

static const struct flow_kind blind_kind = FLOW_KIND(blind, unknown_asked, NULL, TELL_MS);

static void unknown_asked(struct flow *f)
{
	struct blind *b = FLOW_SELF(f, struct blind);

	native_unknown(f, f->app->db, b->called, b->sid, b->organization);
	flow_then(f, unknown_told);
}

static void unknown_told(struct flow *f)
{
	struct blind *b = FLOW_SELF(f, struct blind);

	if (b->organization[0] != '\0')
		hub_nudge_soon(f->app->hub, b->organization);
}

static void failed(struct flow *f)
{
	struct native_in *i = FLOW_SELF(f, struct native_in);
	struct blind *b;

	log_error("event=initiation_blind number=%s reason=\"%s\"", phone_masked(i->asked.called),
		  f->err.text);
	i->begun = (struct native_begun){0};
	answered(f, i);
	f->app->figures.natives_blind++;
	if (f->app->stopping)
		return;
	b = flow_new(f->app->flows, &blind_kind);
	b->called = arena_str(&b->flow.arena, i->asked.called);
	b->sid = arena_str(&b->flow.arena, i->asked.sid);
	flow_begin(&b->flow);
}
