/*
 * sounds.c - see sounds.h.
 */
#include "tests/sim/voice/sounds.h"

#include "tests/sim/fetch.h"
#include "tests/sim/sign.h"
#include "tests/sim/speech.h"
#include "tests/sim/voice/run.h"
#include "tests/sim/voice/scribe.h"

#define PLAY_MS  2000 /* of a recording, whose length nobody knows here */
#define DIGIT_MS 250
#define LOOP_MAX 1000

struct sim_sounds {
	struct sim_leg *leg;
	const struct sim_node *now;
	bool only_one, sounding, speaking;
	int64_t left; /* times that it is played again */
	size_t line;
	struct sim_timer *timer;
	void (*done)(void *);
	void *with;
};

static void sound_begin(struct sim_sounds *s);

static void next(struct sim_sounds *s)
{
	do
		s->now = s->only_one || s->now == NULL ? NULL : s->now->next;
	while (s->now != NULL && s->now->refused);
	s->left = -1;
	sound_begin(s);
}

/* What was played to the person is what a transcription has heard. */
static void sound_over(struct sim_sounds *s)
{
	struct sim_heard *h = sim_line_at(s->leg, s->line);

	if (!s->sounding)
		return;
	s->sounding = false;
	if (s->speaking && h != NULL)
		sim_scribe_said(s->leg, true, str_make(h->text, h->n));
	sim_line_over(s->leg, s->line);
	sim_quiet_turn(s->leg);
}

static void on_due(void *with)
{
	struct sim_sounds *s = with;

	sound_over(s);
	if (s->now == NULL) {
		s->done(s->with);
		return;
	}
	if (s->left > 0) {
		s->left--;
		sound_begin(s);
		return;
	}
	next(s);
}

static unsigned say_begin(struct sim_sounds *s)
{
	struct sim_leg *leg = s->leg;
	struct str text = str_trim(s->now->text);
	struct sim_utterance *u;
	struct sim_heard *h;

	s->line = sim_line_add(leg, SIM_LINE_SAY, text);
	h = sim_line_at(leg, s->line);
	snprintf(h->language, sizeof h->language, "%s", sim_attr_or(s->now, "language", "en-US"));
	u = sim_track_add(&leg->talk.played, text, leg->sim->set.letters_per_s);
	s->speaking = true;
	return u->count * SIM_SPEECH_MS;
}

/* Nobody waits for the answer, but somebody must know when there is nothing to be heard. */
struct listening {
	struct arena arena;
	struct sim_leg *leg;
	struct str url;
};

static void on_sound_came(void *with, const struct sim_fetch_answer *a)
{
	struct listening *l = with;
	struct sim_leg *leg = l->leg;
	char text[200];

	leg->hooks--;
	leg->sim->hooks_running--;
	snprintf(text, sizeof text, "%.120s answers %d", l->url.p, a->status);
	if (a->status / 100 != 2 && !leg->sim->closing) {
		sim_alert_raise(leg->sim, 11200, leg->sid, "<Play>: %s", text);
		sim_line_note(leg, "11200: <Play>: %s", text);
	}
	arena_free(&l->arena);
	free(l);
}

static void sound_fetch(struct sim_leg *leg, struct str url)
{
	struct listening *l = xcalloc(1, sizeof *l);
	char signature[SIM_SIGNATURE];
	struct sim_fetch ask = {.url = url,
				.signature = signature,
				.idempotency = leg->sid,
				.connect_ms = 5000,
				.total_ms = 15000,
				.limit = 1024 * 1024};

	l->leg = leg;
	l->url = str_of(arena_cstr(&l->arena, url));
	sim_sign(str_of(leg->sim->accounts[leg->account].token), url, NULL, signature);
	leg->hooks++;
	leg->sim->hooks_running++;
	sim_fetch_start(leg->sim, &ask, on_sound_came, l);
}

static unsigned play_begin(struct sim_sounds *s)
{
	const char *digits = sim_attr_find(s->now, "digits");
	struct str text = str_trim(s->now->text);
	struct arena a = {0};
	struct str url = sim_run_url(s->leg, &a, text);

	s->speaking = false;
	if (digits != NULL) {
		s->line = sim_line_add(s->leg, SIM_LINE_PLAY, str_of(digits));
	} else {
		s->line = sim_line_add(s->leg, SIM_LINE_PLAY, url.n > 0 ? url : text);
		if (url.n > 0)
			sound_fetch(s->leg, url);
		else
			sim_alert_raise(s->leg->sim, 11100, s->leg->sid, "<Play> of no address");
	}
	arena_free(&a);
	return digits != NULL ? (unsigned)strlen(digits) * DIGIT_MS : PLAY_MS;
}

static void sound_begin(struct sim_sounds *s)
{
	unsigned ms = 0;

	if (s->now == NULL) {
		sim_timer_set(s->timer, 0);
		return;
	}
	if (s->left < 0) {
		s->left = sim_attr_int(s->now, "loop", 0, LOOP_MAX, 1) - 1;
		if (s->left < 0)
			s->left = LOOP_MAX;
	}
	if (sim_node_is(s->now, "Pause")) {
		s->left = 0;
		sim_quiet_wait(s->leg);
		ms = (unsigned)sim_attr_int(s->now, "length", 0, 3600, 1) * 1000;
	} else if (sim_node_is(s->now, "Say") || sim_node_is(s->now, "Play")) {
		ms = sim_node_is(s->now, "Say") ? say_begin(s) : play_begin(s);
		s->sounding = true;
		sim_quiet_sound(s->leg);
	}
	sim_timer_set(s->timer, ms);
}

struct sim_sounds *sim_sounds_play(struct sim_leg *leg, const struct sim_node *list, bool only_one,
				   void (*done)(void *with), void *with)
{
	struct sim_sounds *s = xcalloc(1, sizeof *s);

	s->leg = leg;
	s->now = list;
	s->only_one = only_one;
	s->left = -1;
	s->done = done;
	s->with = with;
	s->timer = sim_timer_new(&leg->sim->loop->uv, on_due, s);
	while (!only_one && s->now != NULL && s->now->refused)
		s->now = s->now->next;
	sound_begin(s);
	return s;
}

void sim_sounds_stop(struct sim_sounds **stop)
{
	struct sim_sounds *s = *stop;

	if (s == NULL)
		return;
	*stop = NULL;
	if (s->sounding) {
		struct sim_track *t = &s->leg->talk.played;
		struct sim_heard *h = sim_line_at(s->leg, s->line);

		if (s->speaking && t->n > 0) {
			sim_track_cut(t);
			sim_line_cut(s->leg, s->line, t->at[t->n - 1].cut, t->at[t->n - 1].count);
		}
		if (s->speaking && h != NULL && h->heard > 0)
			sim_scribe_said(s->leg, true, str_make(h->text, h->heard));
		sim_line_over(s->leg, s->line);
	}
	sim_timer_free(&s->timer);
	free(s);
}

/* ---- as verbs ---- */

struct act_sound {
	struct sim_act act;
	struct sim_sounds *sounds;
};

static void act_sound_stop(struct sim_act *act, enum sim_stop why)
{
	struct act_sound *a = CONTAINER_OF(act, struct act_sound, act);

	(void)why;
	sim_sounds_stop(&a->sounds);
	free(a);
}

static const struct sim_act_kind sound_kind = {"sound", act_sound_stop, NULL, NULL, NULL};

static void on_sound_done(void *with)
{
	struct act_sound *a = with;

	sim_act_end(&a->act);
}

void sim_verb_sound(struct sim_leg *leg, const struct sim_node *n)
{
	struct act_sound *a = xcalloc(1, sizeof *a);

	a->act.kind = &sound_kind;
	if (!sim_node_is(n, "Pause")) /* a <Pause> before anything else keeps ringing */
		sim_leg_answer(leg);
	sim_act_begin(leg, &a->act);
	a->sounds = sim_sounds_play(leg, n, true, on_sound_done, a);
}
