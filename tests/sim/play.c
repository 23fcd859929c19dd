/*
 * play.c - see play.h.
 *
 * One flow walks through the steps. What comes to a phone is asked for with a long poll from the
 * version that was last seen; each text is printed once, when it is first seen, and waits in a list
 * until an expectation takes it (and passes over what came before it). A call goes the same way
 * (play_call.h).
 */
#include "tests/sim/play.h"

#include "shared/clock.h"
#include "shared/log.h"
#include "shared/phone.h"
#include "tests/sim/glob.h"
#include "tests/sim/play_call.h"
#include "tests/sim/sids.h"
#include "tests/sim/transcript.h"
#include "tests/sim/words.h"

#define PHONES_MAX 16
#define CAME_MAX   200
#define PLAY_MS    (60u * 60 * 1000)

struct watched { /* a phone of the script */
	char number[PHONE_MAX];
	uint64_t version;
	bool begun; /* what was there before the script does not count */
};

struct came {
	char sid[SIM_SID];
	char phone[PHONE_MAX], from[PHONE_MAX];
	struct str body;
	bool taken;
};

struct play {
	struct flow flow;
	struct sim_play ask;
	size_t at; /* the step being played */
	struct watched phones[PHONES_MAX];
	size_t phones_n;
	struct came came[CAME_MAX];
	size_t came_n;
	struct http_answer answer;
	struct watched *watching;
	int64_t until_ms;    /* of the expectation that waits */
	struct pause *pause; /* while a "wait" lasts */
	struct sim_play_call call;
	unsigned texts, answers, calls;
	struct sim_transcript transcript;
};

static flow_step begun, next_step, text_sent, asked, looked, first_looked, call_placed, heard,
	ended_well, failed;

static const struct flow_kind play_kind = FLOW_KIND(play, begun, failed, PLAY_MS);

static const struct sim_step *step_of(const struct play *p)
{
	return &p->ask.script->steps[p->at];
}

static const char *says(const struct play *p, enum sim_word w)
{
	return sim_says(w, p->ask.french);
}

/* ---- what came to a phone ---- */

static struct watched *watched_of(struct play *p, struct str number)
{
	struct watched *w;

	for (size_t i = 0; i < p->phones_n; i++) {
		if (str_is(number, p->phones[i].number))
			return &p->phones[i];
	}
	if (p->phones_n == PHONES_MAX)
		return NULL;
	w = &p->phones[p->phones_n++];
	snprintf(w->number, sizeof w->number, STR_FMT, STR_ARG(number));
	return w;
}

static bool seen(const struct play *p, const char *sid)
{
	for (size_t i = 0; i < p->came_n; i++) {
		if (strcmp(p->came[i].sid, sid) == 0)
			return true;
	}
	return false;
}

static void text_came(struct play *p, const json_t *t, bool print)
{
	const char *sid = json_string_value(json_object_get(t, "sid"));
	const char *from = json_string_value(json_object_get(t, "from"));
	const json_t *body = json_object_get(t, "body");
	struct came *c;

	if (json_is_true(json_object_get(t, "mine")) || sid == NULL || from == NULL ||
	    !json_is_string(body) || seen(p, sid))
		return;
	if (p->came_n == CAME_MAX) {
		memmove(p->came, p->came + 1, (CAME_MAX - 1) * sizeof *p->came);
		p->came_n--;
	}
	c = &p->came[p->came_n++];
	*c = (struct came){.taken = !print};
	snprintf(c->sid, sizeof c->sid, "%s", sid);
	snprintf(c->phone, sizeof c->phone, "%s", p->watching->number);
	snprintf(c->from, sizeof c->from, "%s", from);
	c->body = arena_str(&p->flow.arena,
			    str_make(json_string_value(body), json_string_length(body)));
	if (!print)
		return;
	p->answers++;
	sim_transcript_line(&p->transcript, str_of(from), "<", c->body);
}

static bool news_take(struct play *p, bool print)
{
	json_t *body = sim_link_read(p->ask.link, &p->answer, &p->flow.err), *t;
	size_t i;

	if (body == NULL)
		return false;
	json_array_foreach(json_object_get(body, "texts"), i, t)
	{
		text_came(p, t, print);
	}
	p->watching->version = (uint64_t)json_integer_value(json_object_get(body, "version"));
	p->watching->begun = true;
	json_decref(body);
	return true;
}

/* ---- steps ---- */

struct pause { /* a timer, which outlives the flow by a turn of the loop */
	uv_timer_t timer;
	struct flows *flows;
	struct flow_token token;
};

static void on_pause_closed(uv_handle_t *t)
{
	free(t->data);
}

static void on_paused(uv_timer_t *t)
{
	struct pause *pause = t->data;
	struct flow *f = flow_find(pause->flows, pause->token);

	uv_close((uv_handle_t *)t, on_pause_closed);
	if (f == NULL)
		return;
	FLOW_SELF(f, struct play)->pause = NULL;
	flow_answered(f);
}

static void wait(struct flow *f, unsigned ms)
{
	struct play *p = FLOW_SELF(f, struct play);

	p->pause = xcalloc(1, sizeof *p->pause);
	p->pause->flows = f->flows;
	p->pause->token = flow_ask(f);
	p->pause->timer.data = p->pause;
	uv_timer_init(&p->ask.link->loop->uv, &p->pause->timer);
	uv_timer_start(&p->pause->timer, on_paused, ms, 0);
}

static void begun(struct flow *f)
{
	flow_then(f, next_step);
}

static void text_send(struct flow *f, struct play *p)
{
	const struct sim_step *s = step_of(p);
	json_t *text = sim_link_text(arena_cstr(&f->arena, s->from), arena_cstr(&f->arena, s->to),
				     arena_cstr(&f->arena, s->text), s->photo ? "" : NULL);

	sim_transcript_line(&p->transcript, s->from, s->photo ? "> [*]" : ">", s->text);
	p->texts++;
	json_object_set_new(text, "wait", json_false());
	sim_link_post(f, p->ask.link, "/sim/texts", text, 10000, &p->answer);
	json_decref(text);
	flow_then(f, text_sent);
}

static void look(struct flow *f, struct play *p)
{
	int64_t left = p->until_ms - clock_mono_ms();
	unsigned wait_ms = (unsigned)int_clamp(left, 1, 25000);

	sim_link_get(
		f, p->ask.link,
		sim_link_phone_path(&f->arena, p->watching->number, p->watching->version, wait_ms),
		wait_ms + 5000, &p->answer);
	flow_then(f, looked);
}

/* A phone that is new in the script: what it shows already is none of the script's business. */
static bool phone_ready(struct flow *f, struct play *p, struct str number)
{
	p->watching = watched_of(p, number);
	if (p->watching == NULL) {
		flow_fail(f, ERR_INPUT, "line %u: at most %d phones", step_of(p)->line, PHONES_MAX);
		return false;
	}
	if (p->watching->begun)
		return true;
	sim_link_get(f, p->ask.link, sim_link_phone_path(&f->arena, p->watching->number, 0, 0),
		     5000, &p->answer);
	flow_then(f, first_looked);
	return false;
}

static void said(struct flow *f, struct play *p, json_t *body, const char *path)
{
	sim_link_post(f, p->ask.link, path, body, 5000, &p->answer);
	json_decref(body);
	flow_then(f, asked);
}

/* ---- calls ---- */

static void call_act(struct flow *f, struct play *p, json_t *body)
{
	said(f, p, body, arena_printf(&f->arena, "/sim/calls/%s", p->call.sid));
}

static void call_place(struct flow *f, struct play *p)
{
	const struct sim_step *s = step_of(p);
	json_t *body = json_pack("{s:s,s:s}", "from", arena_cstr(&f->arena, s->from), "to",
				 arena_cstr(&f->arena, s->to));

	sim_transcript_line(&p->transcript, s->from, "tel >", str_of(says(p, SIM_SAYS_PLAY_RINGS)));
	p->calls++;
	sim_link_post(f, p->ask.link, "/sim/calls", body, 5000, &p->answer);
	json_decref(body);
	flow_then(f, call_placed);
}

static void call_placed(struct flow *f)
{
	struct play *p = FLOW_SELF(f, struct play);
	json_t *body = sim_link_read(p->ask.link, &p->answer, &f->err);

	if (body == NULL)
		return;
	p->call.french = p->ask.french;
	sim_play_call_begin(&p->call, body, step_of(p)->from, step_of(p)->to);
	json_decref(body);
	p->at++;
	flow_then(f, next_step);
}

static void hear(struct flow *f, struct play *p)
{
	unsigned wait_ms = (unsigned)int_clamp(p->until_ms - clock_mono_ms(), 1, 25000);

	sim_link_get(f, p->ask.link,
		     arena_printf(&f->arena, "/sim/calls/%s?since=%" PRIu64 "&wait=%u", p->call.sid,
				  p->call.version, wait_ms),
		     wait_ms + 5000, &p->answer);
	flow_then(f, heard);
}

/* With what has been heard so far: on, or in vain, or wait for more. */
static void hear_on(struct flow *f, struct play *p)
{
	const struct sim_step *s = step_of(p);

	if (sim_play_call_heard(&p->call, s->text)) {
		p->at++;
		flow_then(f, next_step);
	} else if (p->call.over || clock_mono_ms() >= p->until_ms) {
		flow_fail(f, ERR_TIMEOUT, "%s %u: %s: " STR_FMT, says(p, SIM_SAYS_PLAY_FAILED),
			  s->line, says(p, SIM_SAYS_PLAY_NOT_HEARD), STR_ARG(s->text));
	} else {
		hear(f, p);
	}
}

static void heard(struct flow *f)
{
	struct play *p = FLOW_SELF(f, struct play);
	json_t *body = sim_link_read(p->ask.link, &p->answer, &f->err);

	if (body == NULL)
		return;
	sim_play_call_news(&p->call, body, &f->arena, &p->transcript);
	json_decref(body);
	hear_on(f, p);
}

/* The steps of a call but the one that begins it. */
static void call_step(struct flow *f, struct play *p)
{
	const struct sim_step *s = step_of(p);
	char *text = arena_cstr(&f->arena, s->text);
	struct str words = s->text;

	if (s->kind == SIM_STEP_HEAR) {
		p->until_ms = clock_mono_ms() + s->ms;
		hear_on(f, p);
		return;
	}
	if (s->kind == SIM_STEP_PRESS)
		words = str_of(
			arena_printf(&f->arena, "%s %s)", says(p, SIM_SAYS_PLAY_PRESSES), text));
	else if (s->kind == SIM_STEP_HANG_UP)
		words = str_of(says(p, SIM_SAYS_PLAY_HANGS_UP));
	sim_transcript_line(&p->transcript, p->call.phone, "tel >", words);
	if (s->kind == SIM_STEP_HANG_UP)
		call_act(f, p, json_pack("{s:s}", "do", "hang up"));
	else
		call_act(f, p,
			 json_pack("{s:s}", s->kind == SIM_STEP_PRESS ? "press" : "say", text));
}

/* ---- the steps ---- */

static void next_step(struct flow *f)
{
	struct play *p = FLOW_SELF(f, struct play);
	const struct sim_step *s;
	char *text;

	if (p->at == p->ask.script->n) {
		flow_then(f, ended_well);
		return;
	}
	s = step_of(p);
	text = arena_cstr(&f->arena, s->text);
	switch (s->kind) {
	case SIM_STEP_TEXT:
		if (phone_ready(f, p, s->from))
			text_send(f, p);
		return;
	case SIM_STEP_EXPECT:
	case SIM_STEP_NOTHING:
		p->until_ms = clock_mono_ms() + s->ms;
		if (phone_ready(f, p, s->to))
			look(f, p);
		return;
	case SIM_STEP_WAIT:
		p->at++;
		wait(f, s->ms);
		flow_then(f, next_step);
		return;
	case SIM_STEP_FAULT: said(f, p, json_pack("{s:s}", "fault", text), "/sim/faults"); return;
	case SIM_STEP_BEHAVES:
		said(f, p, json_pack("{s:s}", "behaves", text),
		     arena_printf(&f->arena, "/sim/phones/" STR_FMT, STR_ARG(s->from)));
		return;
	case SIM_STEP_CLEAR:
		sim_link_delete(f, p->ask.link, "/sim/faults", &p->answer);
		flow_then(f, asked);
		return;
	case SIM_STEP_CALL: call_place(f, p); return;
	case SIM_STEP_SPEAK:
	case SIM_STEP_HEAR:
	case SIM_STEP_PRESS:
	case SIM_STEP_HANG_UP: call_step(f, p); return;
	case SIM_STEP_SAY: fprintf(p->ask.out, "\n" STR_FMT "\n", STR_ARG(s->text)); break;
	case SIM_STEP_NAME: break;
	}
	p->at++;
	flow_then(f, next_step);
}

static void asked(struct flow *f)
{
	struct play *p = FLOW_SELF(f, struct play);
	json_t *body = sim_link_read(p->ask.link, &p->answer, &f->err);

	json_decref(body);
	p->at++;
	flow_then(f, next_step);
}

static void text_sent(struct flow *f)
{
	asked(f);
}

static void first_looked(struct flow *f)
{
	struct play *p = FLOW_SELF(f, struct play);

	if (news_take(p, false))
		flow_then(f, next_step);
}

/* The text that the step waits for, and all before it, are taken. */
static bool expectation_met(struct play *p)
{
	const struct sim_step *s = step_of(p);

	for (size_t i = 0; i < p->came_n; i++) {
		struct came *c = &p->came[i];

		if (c->taken || !str_is(s->from, c->from) || !str_is(s->to, c->phone) ||
		    (s->kind == SIM_STEP_EXPECT && !sim_glob(s->text, c->body)))
			continue;
		for (size_t k = 0; k <= i; k++) {
			if (strcmp(p->came[k].phone, c->phone) == 0)
				p->came[k].taken = true;
		}
		return true;
	}
	return false;
}

static void looked(struct flow *f)
{
	struct play *p = FLOW_SELF(f, struct play);
	const struct sim_step *s = step_of(p);
	bool over = clock_mono_ms() >= p->until_ms, met;

	if (!news_take(p, true))
		return;
	met = expectation_met(p);
	if (s->kind == SIM_STEP_NOTHING && met) {
		flow_fail(f, ERR_CONFLICT, "%s %u: %s", says(p, SIM_SAYS_PLAY_FAILED), s->line,
			  says(p, SIM_SAYS_PLAY_CAME));
	} else if (met || (s->kind == SIM_STEP_NOTHING && over)) {
		p->at++;
		flow_then(f, next_step);
	} else if (over) {
		flow_fail(f, ERR_TIMEOUT, "%s %u: %s: " STR_FMT, says(p, SIM_SAYS_PLAY_FAILED),
			  s->line, says(p, SIM_SAYS_PLAY_NOT_CAME), STR_ARG(s->text));
	} else {
		look(f, p);
	}
}

static void play_end(struct play *p, bool good)
{
	if (p->pause != NULL)
		uv_close((uv_handle_t *)&p->pause->timer, on_pause_closed);
	p->ask.ended(p->ask.ended_with, good);
}

static void ended_well(struct flow *f)
{
	struct play *p = FLOW_SELF(f, struct play);

	fprintf(p->ask.out, "\n%s (%s: %u, %s: %u", says(p, SIM_SAYS_PLAY_OK),
		says(p, SIM_SAYS_PLAY_TEXTS), p->texts, says(p, SIM_SAYS_PLAY_ANSWERS), p->answers);
	if (p->calls > 0)
		fprintf(p->ask.out, ", %s: %u", says(p, SIM_SAYS_PLAY_CALLS), p->calls);
	fputs(").\n", p->ask.out);
	play_end(p, true);
}

static void failed(struct flow *f)
{
	struct play *p = FLOW_SELF(f, struct play);

	fprintf(p->ask.out, "\n%s\n", f->err.text);
	play_end(p, false);
}

void sim_play_start(const struct sim_play *ask)
{
	struct play *p = flow_new(ask->link->flows, &play_kind);

	p->ask = *ask;
	sim_transcript_open(&p->transcript, ask->out, ask->script);
	flow_begin(&p->flow);
}
