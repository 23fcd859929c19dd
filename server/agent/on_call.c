/*
 * on_call.c - what is different on the telephone. The caller waits: a person comes to the phone now
 * if the store is open and somebody is there, and nobody is announced who cannot come; else a time
 * is promised by which they call back, and a message can be left. Silence and bad lines are part of
 * it.
 */
#include "server/agent/promise.h"
#include "server/agent/sentences.h"
#include "server/agent/turn.h"

static bool person_comes(const struct turn *t)
{
	return t->in->person_here && t->reply.status.open && t->in->wish != WISH_WAITED;
}

static void drop_reason(struct turn *t)
{
	t->reason = t->class = NULL;
	buf_reset(&t->words);
}

/* Perhaps nobody is there: nothing is promised, but a message can be left. */
static bool unheard(struct turn *t)
{
	struct buf *b = &t->reply.say;
	enum language l = t->out->language;

	SAY_PLAIN(b, CALL_UNHEARD, l);
	if (person_comes(t)) {
		turn_leave(t, TOPIC_COUNT, "no_speech", "general_support", NULL);
		return false;
	}
	SAY_PLAIN(b, CALL_LEAVE_MESSAGE, l);
	t->out->voicemail = true;
	return true;
}

static bool not_understood(const struct turn *t)
{
	return t->reason != NULL && strcmp(t->reason, "unknown") == 0;
}

bool on_call_wish(struct turn *t, bool answered)
{
	switch (t->in->wish) {
	case WISH_PERSON:
		turn_leave(t, TOPIC_HUMAN, "human_request", "human_request", NULL);
		return false;
	case WISH_WAITED:
		turn_leave(t, TOPIC_HUMAN, "nobody_free", "human_request", NULL);
		return false;
	case WISH_UNHEARD: return unheard(t);
	default: break;
	}
	if (!not_understood(t) || answered || t->in->asked_again || t->in->person_awaited)
		return false;
	drop_reason(t);
	SAY_PLAIN(&t->reply.say, CALL_SAY_AGAIN, t->out->language);
	t->out->missed = true;
	return true;
}

/* ---- handing over ---- */

static void say_when(struct turn *t, enum sentence timed, int64_t due_us)
{
	struct buf when = {0};
	struct sentence_part part;

	words_deadline(&when, &t->reply.words, due_us);
	part = (struct sentence_part){"when", buf_str(&when)};
	sentence_add(&t->reply.say, timed, t->out->language, &part, 1);
	buf_clear(&when);
}

static bool promise_stands(const struct turn *t)
{
	return t->in->escalation_open && t->in->promise_due_us > t->in->now_us;
}

static void promise_call_back(struct turn *t, bool answered)
{
	struct promise p = promise_make(t->in->store, t->zone, t->in->now_us);
	enum language l = t->out->language;

	if (promise_stands(t) && t->in->wish != WISH_WAITED) {
		say_when(t, SAY_CALL_ADDED_BY, t->in->promise_due_us);
		return;
	}
	if (!t->reply.status.open && p.told)
		answer_status(&t->reply);
	else if (!answered && t->in->wish != WISH_WAITED)
		SAY_PLAIN(&t->reply.say, CALL_NOBODY, l);
	if (!t->in->reachable)
		return;
	t->out->promise_due_us = p.due_us;
	if (p.told)
		say_when(t, answered ? SAY_CALL_REST_BY : SAY_CALL_BACK_BY, p.due_us);
	else if (answered)
		SAY_PLAIN(&t->reply.say, CALL_REST_SOON, l);
	else
		SAY_PLAIN(&t->reply.say, CALL_BACK_SOON, l);
}

static void offer_message(struct turn *t)
{
	struct buf *b = &t->reply.say;
	enum language l = t->out->language;

	t->out->voicemail =
		strcmp(t->reason, "human_request") == 0 || strcmp(t->reason, "nobody_free") == 0;
	if (!t->out->voicemail)
		SAY_PLAIN(b, CALL_OFFER_MESSAGE, l);
	else if (t->in->reachable)
		SAY_PLAIN(b, CALL_LEAVE_MESSAGE, l);
	else
		SAY_PLAIN(b, CALL_LEAVE_NUMBER, l);
}

void on_call_hand_over(struct turn *t, bool answered)
{
	struct buf *b = &t->reply.say;
	enum language l = t->out->language;

	t->out->person_now = person_comes(t);
	if (t->in->wish == WISH_WAITED)
		SAY_PLAIN(b, CALL_WAITED, l);
	if (!t->out->person_now) {
		promise_call_back(t, answered);
		offer_message(t);
	} else if (t->in->person_awaited) {
		SAY_PLAIN(b, CALL_STILL_COMING, l);
	} else if (answered) {
		SAY_PLAIN(b, CALL_REST_NOW, l);
	} else {
		SAY_PLAIN(b, CALL_PERSON_NOW, l);
	}
}

bool on_call_chase(struct turn *t, unsigned topics)
{
	if (t->in->person_awaited || !promise_stands(t) ||
	    !(topics & (TOPIC_BIT(TOPIC_GREETING) | TOPIC_BIT(TOPIC_ASIDE))))
		return false;
	buf_reset(&t->reply.say);
	say_when(t, SAY_CALL_STANDING_BY, t->in->promise_due_us);
	return true;
}
