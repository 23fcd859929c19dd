/*
 * person.c - see person.h.
 */
#include "tests/sim/voice/person.h"

#include "shared/clock.h"
#include "shared/utf8.h"
#include "tests/sim/handset.h"
#include "tests/sim/script.h"
#include "tests/sim/speech.h"
#include "tests/sim/voice/room.h"
#include "tests/sim/voice/run.h"
#include "tests/sim/voice/scribe.h"
#include "tests/sim/voice/stream.h"

#define WORDS_MAX  4000
#define DIGITS_MAX 64
#define MACHINE    "Hello, nobody can take your call right now. Leave a message after the tone."

/* ---- what a phone does when it rings ---- */

static const struct {
	const char *word;
	enum sim_ring_kind kind;
	const char *says;
} rings[] = {
	{"answered", SIM_RINGS_ANSWERED, "somebody answers"},
	{"by hand", SIM_RINGS_BY_HAND, "rings until a handset or a script answers or declines"},
	{"busy", SIM_RINGS_BUSY, "is busy"},
	{"declined", SIM_RINGS_DECLINED, "somebody declines"},
	{"on", SIM_RINGS_ON, "rings and rings"},
	{"failed", SIM_RINGS_FAILED, "no such number"},
	{"machine", SIM_RINGS_MACHINE, "an answering machine takes it"}};

bool sim_ring_parse(struct str words, struct sim_ring *out)
{
	ptrdiff_t after = str_find(words, STR_LIT(" after "));
	struct sim_ring r = {0};

	if (after >= 0) {
		if (!sim_duration_read(str_sub(words, (size_t)after + 7, words.n), &r.ms))
			return false;
		words = str_sub(words, 0, (size_t)after);
	}
	words = str_trim(words);
	for (size_t i = 0; i < ARRAY_LEN(rings); i++) {
		if (str_is(words, rings[i].word)) {
			r.kind = rings[i].kind;
			*out = r;
			return true;
		}
	}
	return false;
}

void sim_ring_words(struct sim_ring r, char out[40])
{
	if (r.ms > 0)
		snprintf(out, 40, "%s after %u ms", rings[r.kind].word, r.ms);
	else
		snprintf(out, 40, "%s", rings[r.kind].word);
}

static void mark_name(struct str phone, char out[SIM_MARK_NAME])
{
	snprintf(out, SIM_MARK_NAME, "%.*s", (int)size_min(phone.n, SIM_MARK_NAME - 1), phone.p);
}

struct sim_ring sim_ring_of(const struct sim *s, struct str phone)
{
	char name[SIM_MARK_NAME];
	int mark;

	mark_name(phone, name);
	mark = sim_marks_get(&s->rings, name);
	return (struct sim_ring){(enum sim_ring_kind)(mark & 7), (unsigned)mark >> 3};
}

bool sim_ring_set(struct sim *s, struct str phone, struct sim_ring r)
{
	char name[SIM_MARK_NAME];

	mark_name(phone, name);
	return sim_marks_set(&s->rings, name, (int)r.kind | (int)(r.ms << 3));
}

void sim_ring_help(struct buf *out)
{
	for (size_t i = 0; i < ARRAY_LEN(rings); i++)
		buf_printf(out, "  %-9s %s\n", rings[i].word, rings[i].says);
}

static void on_rung(void *with)
{
	struct sim_leg *leg = with;
	struct err err = {0};

	switch ((enum sim_ring_kind)leg->rings) {
	case SIM_RINGS_DECLINED: sim_leg_end(leg, SIM_LEG_BUSY, 603); return;
	case SIM_RINGS_BUSY: sim_leg_end(leg, SIM_LEG_BUSY, 486); return;
	case SIM_RINGS_FAILED: sim_leg_end(leg, SIM_LEG_FAILED, 404); return;
	case SIM_RINGS_ANSWERED: sim_leg_answer(leg); return;
	case SIM_RINGS_MACHINE:
		sim_leg_answer(leg);
		if (!sim_person_say(leg, STR_LIT(MACHINE), &err))
			sim_line_note(leg, "%s", err.text);
		return;
	case SIM_RINGS_BY_HAND:
	case SIM_RINGS_ON: break;
	}
	sim_leg_end(leg, SIM_LEG_NO_ANSWER, 487);
}

/* A phone that was told nothing and that somebody holds waits for them. */
static struct sim_ring ring_now(const struct sim *s, struct str phone)
{
	struct sim_ring r = sim_ring_of(s, phone);

	if (r.kind == SIM_RINGS_ANSWERED && r.ms == 0 && sim_handset_held(s, phone))
		r.kind = SIM_RINGS_BY_HAND;
	return r;
}

void sim_person_ring(struct sim_leg *leg, unsigned ms)
{
	struct sim_ring r = ring_now(leg->sim, sim_leg_phone(leg));
	unsigned own = r.ms > 0 ? r.ms : leg->sim->set.answer_ms;

	leg->status = SIM_LEG_RINGING;
	sim_line_note(leg, "ringing");
	leg->rings = r.kind;
	if (r.kind == SIM_RINGS_BUSY || r.kind == SIM_RINGS_FAILED)
		own = r.ms;
	if (r.kind == SIM_RINGS_BY_HAND || own >= ms) {
		leg->rings = SIM_RINGS_ON; /* nobody in time, unless by hand */
		own = ms;
	}
	if (leg->timer == NULL)
		leg->timer = sim_timer_new(&leg->sim->loop->uv, on_rung, leg);
	sim_timer_set(leg->timer, own);
}

/* ---- speaking ---- */

static void talk_on(struct sim_leg *leg);

static void on_spoken(void *with)
{
	struct sim_leg *leg = with;
	struct sim_talk *t = &leg->talk;
	struct sim_utterance u = t->said.at[t->next++];
	struct sim_act *act = leg->act;

	t->talking = false;
	if (!sim_line_sounds(leg)) /* else they hear something, and it is their turn behind it */
		sim_quiet_wait(leg);
	sim_scribe_said(leg, false, str_make(u.text, u.n));
	if (act != NULL && act->kind->heard != NULL)
		act->kind->heard(act, str_make(u.text, u.n));
	if (!sim_leg_is_over(leg))
		talk_on(leg);
}

static void talk_on(struct sim_leg *leg)
{
	struct sim_talk *t = &leg->talk;
	struct sim_utterance *u;
	struct sim_act *act = leg->act;

	if (t->talking || t->next == t->said.n)
		return;
	u = &t->said.at[t->next];
	u->started_ms = clock_mono_ms();
	t->talking = true;
	if (t->timer == NULL)
		t->timer = sim_timer_new(&leg->sim->loop->uv, on_spoken, leg);
	sim_timer_set(t->timer, (uint64_t)u->count * SIM_SPEECH_MS);
	sim_quiet_turn(leg);
	sim_room_said(leg, str_make(u->text, u->n));
	if (act != NULL && act->kind->talks != NULL)
		act->kind->talks(act);
}

static bool live(const struct sim_leg *leg, struct err *err)
{
	return leg->status == SIM_LEG_IN_PROGRESS ||
	       err_set(err, ERR_CONFLICT, "the call is %s", sim_leg_status_word(leg->status));
}

bool sim_person_say(struct sim_leg *leg, struct str words, struct err *err)
{
	if (!live(leg, err))
		return false;
	words = str_trim(words);
	if (words.n == 0 || utf8_count(words) > WORDS_MAX)
		return err_set(err, ERR_INPUT, "a sentence has 1 to %d characters", WORDS_MAX);
	sim_line_over(leg, sim_line_add(leg, SIM_LINE_ME, words));
	(void)sim_track_add(&leg->talk.said, words, leg->sim->set.letters_per_s);
	talk_on(leg);
	return true;
}

bool sim_person_press(struct sim_leg *leg, struct str digits, struct err *err)
{
	if (!live(leg, err))
		return false;
	if (digits.n == 0 || digits.n > DIGITS_MAX)
		return err_set(err, ERR_INPUT, "1 to %d digits are pressed at once", DIGITS_MAX);
	for (size_t i = 0; i < digits.n; i++) {
		if (strchr("0123456789*#ABCD", digits.p[i]) == NULL || digits.p[i] == '\0')
			return err_set(err, ERR_INPUT, "a phone has the keys 0 to 9, * and #");
	}
	sim_line_over(leg, sim_line_add(leg, SIM_LINE_DIGITS, digits));
	for (size_t i = 0; i < digits.n && !sim_leg_is_over(leg); i++) {
		struct sim_act *act = leg->act;

		sim_streams_digit(leg, digits.p[i]);
		if (act != NULL && act->kind->digit != NULL)
			act->kind->digit(act, digits.p[i]);
	}
	return true;
}

/* ---- taking and ending calls ---- */

static bool is_ringing(const struct sim_leg *leg, struct err *err)
{
	return (leg->status == SIM_LEG_RINGING && leg->direction != SIM_LEG_INBOUND) ||
	       err_set(err, ERR_CONFLICT, "that phone does not ring: the call is %s",
		       sim_leg_status_word(leg->status));
}

bool sim_person_answer(struct sim_leg *leg, struct err *err)
{
	if (!is_ringing(leg, err))
		return false;
	sim_timer_free(&leg->timer);
	sim_leg_answer(leg);
	return true;
}

bool sim_person_decline(struct sim_leg *leg, struct err *err)
{
	if (!is_ringing(leg, err))
		return false;
	sim_leg_end(leg, SIM_LEG_BUSY, 603);
	return true;
}

bool sim_person_hang_up(struct sim_leg *leg, struct err *err)
{
	if (sim_leg_is_over(leg))
		return err_set(err, ERR_CONFLICT, "the call is over already");
	sim_leg_end(leg,
		    leg->status == SIM_LEG_IN_PROGRESS  ? SIM_LEG_COMPLETED
		    : leg->direction == SIM_LEG_INBOUND ? SIM_LEG_NO_ANSWER
							: SIM_LEG_BUSY,
		    leg->status == SIM_LEG_IN_PROGRESS ? 200 : 487);
	return true;
}

struct sim_leg *sim_person_call(struct sim *s, struct str from, struct str to, struct err *err)
{
	const struct sim_number *n = sim_number_find(&s->numbers, to);
	struct sim_document d;
	struct sim_leg *leg;

	if (n == NULL) {
		err_set(err, ERR_MISSING, "no number of the practice line is " STR_FMT,
			STR_ARG(str_sub(to, 0, 32)));
		return NULL;
	}
	if (from.n == 0 || from.n >= SIM_PARTY) {
		err_set(err, ERR_INPUT, "a caller has a number of 1 to %d characters",
			SIM_PARTY - 1);
		return NULL;
	}
	leg = sim_leg_new(s, n->account, SIM_LEG_INBOUND, from, to);
	sim_leg_told_set(&leg->told, str_of(n->set[SIM_STATUS_CALLBACK]),
			 strcmp(n->set[SIM_STATUS_CALLBACK_METHOD], "GET") == 0, SIM_ENDED);
	leg->status = SIM_LEG_RINGING;
	leg->started_us = clock_wall_us();
	sim_line_note(leg, "ringing");
	if (n->set[SIM_VOICE_URL][0] == '\0') { /* fails at once and silently (twilio.md 9.30) */
		sim_leg_end(leg, SIM_LEG_FAILED, 404);
		return leg;
	}
	d = (struct sim_document){.url = str_of(n->set[SIM_VOICE_URL]),
				  .get = strcmp(n->set[SIM_VOICE_METHOD], "GET") == 0,
				  .fallback = str_of(n->set[SIM_VOICE_FALLBACK_URL]),
				  .fallback_get =
					  strcmp(n->set[SIM_VOICE_FALLBACK_METHOD], "GET") == 0};
	sim_run_fetch(leg, &d);
	return leg;
}
