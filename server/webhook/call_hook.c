/*
 * call_hook.c - everything that the carrier asks or tells about a call: one flow for all doors
 * (docs/calls.md). Signature first; then one call of the database, which keeps what is told and
 * gives the facts; where the agent has to answer, its turn and a second call; then the document.
 *
 * A caller waits while a document is computed. So the database has 700 ms: past them the carrier is
 * asked to come again in a second, three times, and then the call goes to the store's own number.
 * Nothing is lost by that: what was told is kept once by its document's number, whether the first
 * try was kept after all or not.
 */
#include "server/app.h"
#include "server/events/hub.h"
#include "server/jobs/runner.h"
#include "server/twilio/stream_token.h"
#include "server/voice/outage.h"
#include "server/voice/plan.h"
#include "server/voice/sentences.h"
#include "server/webhook/call_form.h"
#include "server/webhook/signed.h"
#include "server/webhook/webhooks.h"
#include "shared/clock.h"
#include "shared/log.h"
#include "shared/phone.h"
#include "shared/utf8.h"

#define ANSWER_MS 700
#define KEEP_MS   12000

static flow_step received, account_known, told, answered, failed;

struct call_request {
	struct flow flow;
	struct signed_form sender;
	const struct call_door *door;
	struct str target; /* path and query of the request */
	bool is_proved;
	int try;
	struct call_told told;
	struct call_arrival arrival;
	struct call_facts facts, after; /* after: of the document, when the agent answered first */
	struct agent_out said;
	char token[STREAM_TOKEN_TEXT];
};

static const struct flow_kind answer_kind = FLOW_KIND(call_request, received, failed, ANSWER_MS);
static const struct flow_kind keep_kind = FLOW_KIND(call_request, received, failed, KEEP_MS);

void call_hook_start(struct app *app, const struct web_request *r, struct ticket t)
{
	const struct call_door *door = call_door_find(r->path);
	struct call_request *c;

	if (door == NULL)
		BUG("a route of no door");
	c = flow_new(app->flows, door->answered ? &answer_kind : &keep_kind);
	c->door = door;
	c->target = arena_str(&c->flow.arena, r->target);
	c->sender.request = r;
	c->sender.ticket = t;
	flow_begin(&c->flow);
}

/* ---- answers ---- */

static void document_sent(struct call_request *c, struct buf *b, bool whole)
{
	if (!whole)
		BUG("a document does not fit: stage %s", call_stage_word(c->facts.stage));
	web_reply(c->sender.ticket, 200, "text/xml", buf_str(b));
	buf_clear(b);
}

static void facts_answered(struct flow *f, struct call_request *c, const struct call_facts *facts)
{
	struct plan_places places = {f->app->settings->public_url, str_of(c->token)};
	struct buf b;

	buf_init(&b, PLAN_LIMIT);
	document_sent(c, &b, plan_document(&b, facts, &places));
}

/* The store that was called, or that calls: as it was last read. */
static struct outage_store store_remembered(const struct flow *f, const struct call_request *c)
{
	struct outage_store s = {.number = {NULL, 0}, .language = LANGUAGE_UNKNOWN};

	if (!outage_store(f->app->outage, form_get(&c->sender.form, "To"), &s))
		(void)!outage_store(f->app->outage, form_get(&c->sender.form, "From"), &s);
	return s;
}

static void store_connected(struct flow *f, struct call_request *c, struct str number,
			    enum language l)
{
	struct buf b;

	f->app->figures.calls_to_store++;
	buf_init(&b, PLAN_LIMIT);
	document_sent(c, &b, plan_store(&b, f->app->settings->public_url, number, l));
}

/* ---- reading ---- */

/* The call and the document that this request belongs to. */
static struct str document_key(struct flow *f, const struct call_request *c)
{
	return str_of(arena_printf(&f->arena, STR_FMT ":%" PRId64, STR_ARG(c->told.call),
				   c->told.document));
}

/* What the caller said while the database was away is in no later request. */
static void words_recalled(struct flow *f, struct call_request *c)
{
	struct outage_words w;

	if (c->try == 0 || c->told.words.n > 0 || c->told.digits.n > 0)
		return;
	outage_words_take(f->app->outage, &f->arena, document_key(f, c), &w);
	c->told.words = w.words;
	c->told.confidence = w.confidence;
	c->told.digits = w.digits;
}

static void words_remembered(struct flow *f, struct call_request *c)
{
	struct outage_words w = {c->told.words, c->told.confidence, c->told.digits};

	if (w.words.n > 0 || w.digits.n > 0)
		outage_words_keep(f->app->outage, document_key(f, c), &w);
}

static bool request_read(struct flow *f, struct call_request *c)
{
	const struct settings *s = f->app->settings;
	struct call_told *t = &c->told;
	int64_t try = 0;

	if (!call_form_read(&f->arena, c->door, &c->sender.form, &c->sender.query, t,
			    &f->app->figures.cards_redacted, &f->err))
		return false;
	if (str_int(form_get(&c->sender.query, "try"), 0, PLAN_TRIES, &try))
		c->try = (int)try;
	t->account = c->sender.account_sid;
	t->expected = c->sender.expected[0] == '\0' ? NULL : c->sender.expected;
	t->has_key = s->elevenlabs_api_key != NULL;
	t->has_agent = t->has_key && s->elevenlabs_agent_id != NULL;
	stream_token_make(c->token);
	stream_token_hash(str_of(c->token), t->stream_hash);
	words_recalled(f, c);
	if (!c->door->begins)
		return true;
	if (!call_arrival_read(&f->arena, &c->sender.form, &c->arrival, &f->err))
		return false;
	c->arrival.words = voice_greeting_json(&f->arena);
	return true;
}

/* ---- the steps ---- */

/* The store's own telephone was rung because the database was away: it has talked with the caller,
 * or nobody was there. Asks nobody. */
static void store_rung(struct call_request *c)
{
	struct str status = form_get(&c->sender.form, "DialCallStatus");
	struct buf b;
	bool whole;

	buf_init(&b, PLAN_LIMIT);
	if (str_is(status, "completed") || str_is(status, "answered"))
		whole = plan_hangup(&b);
	else
		whole = plan_sorry(&b, language_parse(form_get(&c->sender.query, "store")));
	document_sent(c, &b, whole);
}

static void proved(struct flow *f, struct call_request *c)
{
	c->is_proved = true;
	if (strcmp(c->door->name, "dial") == 0 && form_get(&c->sender.query, "store").p != NULL) {
		store_rung(c);
		return;
	}
	if (!request_read(f, c)) {
		f->app->figures.forms_refused++;
		return;
	}
	if (c->door->begins && c->told.call.n == 0)
		call_in(f, f->app->db, &c->arrival, &c->told, &c->facts);
	else
		call_hook(f, f->app->db, &c->told, &c->facts);
	flow_then(f, told);
}

static void go_on(struct flow *f, struct call_request *c, enum signed_state state)
{
	if (state == SIGNED_ASKED)
		flow_then(f, account_known);
	else if (state == SIGNED_PROVED)
		proved(f, c);
}

static void received(struct flow *f)
{
	struct call_request *c = FLOW_SELF(f, struct call_request);

	go_on(f, c, signed_read(f, &c->sender));
}

static void account_known(struct flow *f)
{
	struct call_request *c = FLOW_SELF(f, struct call_request);

	go_on(f, c, signed_answered(f, &c->sender));
}

/* What was committed is told to the consoles; what it makes due is begun. */
static void followed_up(struct flow *f, const struct call_request *c)
{
	hub_nudge(f->app->hub, c->facts.organization);
	if (c->door->nudges)
		runner_nudge(f->app->runner, 0);
}

static void nobodys_call(struct flow *f, struct call_request *c)
{
	struct buf b;

	f->app->figures.calls_nobody++;
	log_warn("event=call_of_nobody door=%s sid=" STR_FMT " to=%s", c->door->name,
		 STR_ARG(c->told.sid), phone_masked(form_get(&c->sender.form, "To")));
	if (!c->door->answered) {
		web_reply(c->sender.ticket, 204, NULL, (struct str){NULL, 0});
		return;
	}
	buf_init(&b, PLAN_LIMIT);
	document_sent(c, &b, c->door->begins ? plan_refusal(&b) : plan_hangup(&b));
}

static void agent_asked(struct flow *f, struct call_request *c)
{
	struct turn_context *t = &c->facts.turn.context;
	struct call_said s = {.out = &c->said};

	s.redact = turn_cards_out(&f->arena, t, &f->app->figures.cards_redacted);
	zones_hold(&f->app->zones, t->store.zone);
	t->in.now_us = clock_wall_us();
	agent_turn(&f->arena, &t->in, &c->said);
	call_answer(f, f->app->db, &c->facts, &s, &c->told, &c->after);
	flow_then(f, answered);
}

static void told(struct flow *f)
{
	struct call_request *c = FLOW_SELF(f, struct call_request);
	const struct call_facts *facts = &c->facts;

	if (!facts->known) {
		nobodys_call(f, c);
		return;
	}
	outage_store_keep(f->app->outage, facts->store_number, facts->fallback_number,
			  facts->language);
	if (facts->document == 1 && c->door->begins) {
		f->app->figures.calls_begun++;
		log_info("event=call_begun organization=%s conversation=%s call=%s stage=%s",
			 facts->organization, facts->conversation, facts->call,
			 call_stage_word(facts->stage));
	}
	if (strcmp(c->door->name, "fallback") == 0)
		log_warn("event=call_fallback organization=%s call=%s code=" STR_FMT,
			 facts->organization, facts->call,
			 STR_ARG(utf8_cut(form_get(&c->sender.form, "ErrorCode"), 10)));
	if (facts->turn.wanted) {
		agent_asked(f, c);
		return;
	}
	if (!c->door->answered)
		web_reply(c->sender.ticket, 204, NULL, (struct str){NULL, 0});
	else if (call_document_refused(&c->sender.form) && facts->fallback_number.n > 0)
		store_connected(f, c, facts->fallback_number, facts->language);
	else
		facts_answered(f, c, facts);
	followed_up(f, c);
}

static void answered(struct flow *f)
{
	struct call_request *c = FLOW_SELF(f, struct call_request);
	struct figures *figures = &f->app->figures;

	figures->call_turns++;
	figures->turns_escalated += c->said.escalate ? 1 : 0;
	log_info("event=call_turn organization=%s conversation=%s class=%s language=%s "
		 "escalate=%s",
		 c->facts.organization, c->facts.conversation, c->said.class,
		 language_code(c->said.language), c->said.escalate ? c->said.reason : "no");
	facts_answered(f, c, &c->after);
	followed_up(f, c);
}

/* The database did not answer in time, or at all. */
static void failed(struct flow *f)
{
	struct call_request *c = FLOW_SELF(f, struct call_request);
	struct outage_store s;
	struct buf b;

	if (!c->door->answered || f->err.kind == ERR_DENIED || f->err.kind == ERR_INPUT) {
		signed_failed(f, &c->sender);
		return;
	}
	log_warn("event=call_not_kept door=%s sid=" STR_FMT " try=%d", c->door->name,
		 STR_ARG(c->told.sid), c->try);
	if (c->is_proved && c->try >= PLAN_TRIES) {
		s = store_remembered(f, c);
		store_connected(f, c, s.number, s.language);
		return;
	}
	words_remembered(f, c);
	f->app->figures.calls_again++;
	buf_init(&b, PLAN_LIMIT);
	document_sent(c, &b,
		      c->is_proved || c->try < PLAN_TRIES
			      ? plan_again(&b, f->app->settings->public_url, c->target, c->try + 1)
			      : plan_sorry(&b, LANGUAGE_UNKNOWN));
}
