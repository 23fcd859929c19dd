/*
 * line_begin.c - how a stream's conversation is begun: the token shown, the store's agent found, a
 * signed URL fetched, everything told that the agent must know. See line_inside.h.
 */
#include "server/elevenlabs/api.h"
#include "server/elevenlabs/tool_token.h"
#include "server/jobs/runner.h"
#include "server/keys.h"
#include "server/voice/initiation.h"
#include "server/voice/line_inside.h"
#include "server/voice/sentences.h"
#include "shared/clock.h"
#include "shared/log.h"
#include "shared/phone.h"

#define BEGIN_MS      3000 /* all of it; the caller hears nothing yet */
#define AGAIN_MS      1500 /* the same, in the middle of a call */
#define URL_MS        1200
#define OVER_MS       2000
#define INITIATION_IN (64 * 1024)

/* ---- the end of the agent's part ---- */

struct over {
	struct flow flow;
	struct line *line;
	char organization[ID_TEXT], call[ID_TEXT];
	const char *why;
};

static flow_step over_asked, over_told, over_failed;

static const struct flow_kind over_kind = FLOW_KIND(over, over_asked, over_failed, OVER_MS);

void line_give_up(struct line *l, const char *why)
{
	struct over *o = flow_new(l->app->flows, &over_kind);

	if (strcmp(why, "failed") == 0)
		l->app->figures.bridges_failed++;
	o->line = l;
	o->why = why;
	snprintf(o->organization, sizeof o->organization, "%s", l->call.organization);
	snprintf(o->call, sizeof o->call, "%s", l->call.call);
	line_hold(l);
	flow_on_end(&o->flow, line_over, l);
	flow_begin(&o->flow);
}

static void over_asked(struct flow *f)
{
	struct over *o = FLOW_SELF(f, struct over);

	stream_over(f, f->app->db, o->organization, o->call, o->why);
	flow_then(f, over_told);
}

static void closed_now(struct over *o)
{
	if (!o->line->gone)
		bridge_close(o->line->call.bridge);
}

static void over_told(struct flow *f)
{
	struct over *o = FLOW_SELF(f, struct over);

	hub_nudge(f->app->hub, o->organization);
	runner_nudge(f->app->runner, 0);
	closed_now(o);
}

/* The carrier's next request says it again. */
static void over_failed(struct flow *f)
{
	closed_now(FLOW_SELF(f, struct over));
}

/* ---- the begin ---- */

struct begin {
	struct flow flow;
	struct line *line;
	struct stream_shown shown;
	struct stream_begun begun;
	struct account account;
	struct http_answer answer;
};

static flow_step token_shown, begun, account_known, url_known, begin_failed;

static const struct flow_kind begin_kind = FLOW_KIND(begin, token_shown, begin_failed, BEGIN_MS);
static const struct flow_kind again_kind = {.name = "begin_again",
					    .size = sizeof(struct begin),
					    .first = token_shown,
					    .failed = begin_failed,
					    .deadline_ms = AGAIN_MS};

void line_begin(struct line *l)
{
	struct begin *b = flow_new(l->app->flows, l->begun ? &again_kind : &begin_kind);

	b->line = l;
	b->shown.call_sid = str_of(l->call_sid);
	b->shown.stream_sid = str_of(l->stream_sid);
	memcpy(b->shown.hash, l->hash, sizeof b->shown.hash);
	line_hold(l);
	flow_on_end(&b->flow, line_over, l);
	flow_begin(&b->flow);
}

static void token_shown(struct flow *f)
{
	struct begin *b = FLOW_SELF(f, struct begin);

	stream_begin(f, f->app->db, &b->shown, &b->begun);
	flow_then(f, begun);
}

/* The store's agent and the key to it; its own, else the platform's. */
static void url_ask(struct flow *f, struct begin *b)
{
	const struct settings *s = f->app->settings;
	struct str agent = b->begun.agent.n > 0 ? b->begun.agent : str_of(s->elevenlabs_agent_id);
	struct str key = str_of(s->elevenlabs_api_key);
	const char *headers[2] = {NULL, NULL};
	struct http_request r = {.method = "GET", .timeout_ms = URL_MS, .answer_max = 16 * 1024};

	if (b->begun.key_sealed.n > 0 &&
	    !keys_elevenlabs_open(f->app->keys, &f->arena, b->begun.organization,
				  b->begun.key_sealed, &key, &f->err)) {
		flow_fail(f, f->err.kind, "%s", "the store's ElevenLabs key cannot be opened");
		return;
	}
	if (key.n == 0 ||
	    !elevenlabs_signed_url_ask(&f->arena, s->elevenlabs_api_url, agent, &r.url, &f->err)) {
		flow_fail(f, ERR_INPUT, "the store has no agent at ElevenLabs, or no key to it");
		return;
	}
	headers[0] = arena_printf(&f->arena, "xi-api-key: " STR_FMT, STR_ARG(key));
	r.headers = headers;
	http_send(f, f->app->http, &r, &b->answer);
	flow_then(f, url_known);
}

static void line_fill(struct line *l, const struct stream_begun *s)
{
	struct scribe_of of = {.organization = l->call.organization,
			       .conversation = l->call.conversation,
			       .call = l->call.call,
			       .customer = s->customer[0] == '\0' ? NULL : s->customer,
			       .epoch = s->epoch,
			       .language = s->language};

	memcpy(l->call.organization, s->organization, sizeof l->call.organization);
	memcpy(l->call.conversation, s->conversation, sizeof l->call.conversation);
	memcpy(l->call.call, s->call, sizeof l->call.call);
	l->call.epoch = s->epoch;
	l->language = s->language;
	l->begun = true;
	l->call.scribe = scribe_new(l->app->scribes, &of);
	board_add(l->app->board, &l->call, s->last_event);
}

static void let_in(struct flow *f, struct begin *b)
{
	struct line *l = b->line;

	if (!l->begun)
		line_fill(l, &b->begun);
	url_ask(f, b);
}

static void refused(struct flow *f, const char *why)
{
	f->app->figures.streams_refused++;
	flow_fail(f, ERR_DENIED, "%s", why);
}

static void begun(struct flow *f)
{
	struct begin *b = FLOW_SELF(f, struct begin);
	const char *organization;

	if (b->line->gone)
		return;
	if (!b->begun.known) {
		refused(f, "the stream's token is not good");
	} else if (b->line->signature == NULL || b->line->begun) {
		let_in(f, b);
	} else if (b->begun.account.n == 0) {
		refused(f, "the stream's signature is wrong");
	} else if (keys_of(f->app->keys, b->begun.account, &organization) != NULL) {
		flow_then(f, account_known);
	} else {
		account_find(f, f->app->db, b->begun.account, &b->account);
		flow_then(f, account_known);
	}
}

/* The upgrade was signed with the key of the call's own store. */
static void account_known(struct flow *f)
{
	struct begin *b = FLOW_SELF(f, struct begin);
	const struct twilio_key *key;
	const char *organization = "";

	if (b->line->gone)
		return;
	if (b->account.found)
		keys_learn(f->app->keys, b->begun.account, &b->account);
	key = keys_of(f->app->keys, b->begun.account, &organization);
	if (key == NULL || !line_signed(b->line, key))
		refused(f, "the stream's signature is wrong");
	else
		let_in(f, b);
}

/* ---- what the agent is told ---- */

static struct str told_as(const struct variable told[VARIABLES_N], const char *name)
{
	for (size_t i = 0; i < VARIABLES_N; i++) {
		if (strcmp(told[i].name, name) == 0)
			return told[i].text;
	}
	BUG("no variable is called %s", name);
}

/* An agent that comes into the middle of a call knows what was said, and greets nobody. */
static void resume_prepare(struct line *l, const struct variable told[VARIABLES_N])
{
	struct str history = told_as(told, "conversation_history");
	struct buf b = {0};

	free(l->resume);
	buf_printf(&b,
		   "This call goes on: you have been connected in the middle of it. Do not greet "
		   "the caller again; wait for their words and go on from there. What was said "
		   "until now: " STR_FMT,
		   STR_ARG(history));
	l->resume = xstrdup(buf_cstr(&b));
	buf_clear(&b);
}

static void variables_fill(struct flow *f, struct begin *b, struct variable told[VARIABLES_N])
{
	struct stream_begun *s = &b->begun;
	struct variables_in *in = &s->caller.in;
	char *token = arena_take(&f->arena, TOOL_TOKEN_TEXT);

	tool_token_write(f->app->settings->tool_secret, s->organization, s->conversation, token);
	zones_hold(&f->app->zones, s->caller.store.zone);
	in->now_us = clock_wall_us();
	in->language = s->language;
	in->thread_id = str_of(s->conversation);
	in->caller_number = phone_valid(s->peer) ? s->peer : (struct str){NULL, 0};
	in->store_number = s->store_number;
	in->call_sid = str_of(b->line->call_sid);
	in->tool_token = str_of(token);
	if (s->continued)
		in->greeting = str_of(voice_sentence(
			b->line->unfinished ? VOICE_RECOVERED : VOICE_LISTENING, s->language));
	variables_of(&f->arena, in, told);
}

static void connect_now(struct flow *f, struct begin *b, const char *url)
{
	struct variable told[VARIABLES_N];
	struct line *l = b->line;
	struct initiation i = {.variables = told};
	struct buf text;

	variables_fill(f, b, told);
	/* nobody is greeted twice; but who was cut off, or has asked and not heard, is spoken to */
	if (b->begun.continued && !l->plain)
		i.first = l->unfinished ? voice_sentence(VOICE_RECOVERED, b->begun.language) : "";
	if (b->begun.language != b->begun.store_language && !l->plain)
		i.language = language_code(b->begun.language);
	l->overrode = i.first != NULL || i.language != NULL;
	if (b->begun.continued)
		resume_prepare(l, told);
	buf_init(&text, INITIATION_IN);
	if (!initiation_write(&i, &text))
		BUG("the variables are longer than their bounds allow");
	if (l->renewed)
		f->app->figures.bridges_renewed++;
	else
		f->app->figures.bridges_begun++;
	bridge_connect(l->call.bridge, url, buf_str(&text), i.first == NULL || i.first[0] != '\0');
	explicit_bzero(text.p, text.n);
	buf_clear(&text);
}

static void url_known(struct flow *f)
{
	struct begin *b = FLOW_SELF(f, struct begin);
	const struct http_answer *answer = &b->answer;
	const char *url;
	char word[64];

	if (b->line->gone || b->line->call.over)
		return;
	if (answer->outcome != HTTP_ANSWERED) {
		flow_fail(f, ERR_UPSTREAM, "ElevenLabs does not answer: %s", answer->error);
	} else if (answer->status != 200) {
		elevenlabs_refusal(answer->body, word);
		flow_fail(f, ERR_UPSTREAM, "ElevenLabs refuses a conversation: %d %s",
			  answer->status, word);
	} else if (!elevenlabs_signed_url_read(&f->arena, f->app->settings->elevenlabs_api_url,
					       answer->body, &url, &f->err)) {
		flow_fail(f, ERR_UPSTREAM, "ElevenLabs' answer holds no conversation");
	} else {
		connect_now(f, b, url);
	}
}

static void begin_failed(struct flow *f)
{
	struct begin *b = FLOW_SELF(f, struct begin);
	struct line *l = b->line;

	log_warn("event=bridge_not_begun conversation=%s text=\"%s\"", l->call.conversation,
		 f->err.text);
	if (l->gone)
		return;
	if (l->begun && !f->app->stopping)
		line_give_up(l, "failed");
	else
		bridge_close(l->call.bridge);
}
