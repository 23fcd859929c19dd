/*
 * agent.c - one turn: read the phrases, settle the language, answer what the rows prove, hand the
 * rest to a person.
 *
 * The order matters twice. Every phrase is understood before anything is said, because one phrase
 * may choose the language of all. And the hand-over comes last, because it says "the rest" only
 * when something was answered before it.
 */
#include "server/agent/agent.h"

#include "server/agent/promise.h"
#include "server/agent/sentences.h"
#include "server/agent/tongue.h"
#include "server/agent/turn.h"
#include "shared/utf8.h"

#define SAY_MAX 4000 /* bytes of one reply */

static void look_at_messages(struct turn *t)
{
	for (size_t i = 0; i < t->in->messages_n; i++) {
		t->media = t->media || t->in->messages[i].media > 0;
		t->text = t->text || str_trim(t->in->messages[i].body).n > 0;
	}
}

/* ---- language ---- */

/* What the texts ask for now, the last of them; or the key on the telephone. */
static enum language asked(const struct turn *t)
{
	enum language l = LANGUAGE_UNKNOWN;

	for (size_t i = 0; i < t->found.n; i++) {
		const struct finding *f = &t->found.f[i];
		enum language named = LANGUAGE_UNKNOWN;

		if ((f->topics & TOPIC_BIT(TOPIC_LANGUAGE)) || tongue_insists(&f->phrase))
			named = tongue_named(&f->phrase);
		l = named != LANGUAGE_UNKNOWN ? named : l;
	}
	return t->in->wish == WISH_LANGUAGE ? t->in->conversation_language : l;
}

static enum language chosen_before(const struct agent_in *in)
{
	if (in->customer_chose_language)
		return in->customer_language;
	return in->conversation_language_chosen ? in->conversation_language : LANGUAGE_UNKNOWN;
}

static void settle_language(struct turn *t)
{
	const struct agent_in *in = t->in;
	struct tongue settled = tongue_settle(&(struct tongue_says){
		.asked = asked(t),
		.chosen = chosen_before(in),
		.conversation = in->conversation_language,
		.customer = in->customer_language,
		.store = in->store->default_language,
		.messages = in->messages,
		.messages_n = in->messages_n,
	});

	t->out->language = settled.language;
	t->out->language_chosen = settled.by == TONGUE_ASKED;
	t->reply.words.language = settled.language;
}

/* ---- what a person must see ---- */

void turn_leave(struct turn *t, int urgency, const char *reason, const char *class,
		const struct finding *f)
{
	if (t->reason == NULL || urgency < t->urgency) {
		t->reason = reason;
		t->class = class;
		t->urgency = urgency;
	}
	if (f == NULL || str_find(buf_str(&t->words), f->phrase.raw) >= 0)
		return;
	if (t->words.n > 0)
		buf_add_char(&t->words, ' ');
	buf_add_str(&t->words, f->phrase.raw);
}

static void leave_for_staff(struct turn *t, const struct finding *f)
{
	unsigned topics = f->topics | (f->unknown ? f->weak : 0);

	for (int topic = 0; topic < TOPIC_WEEK; topic++) {
		if (topics & TOPIC_BIT(topic)) {
			turn_leave(t, topic, topic_reason((enum topic)topic),
				   topic_class((enum topic)topic), f);
			return;
		}
	}
	if (f->unknown)
		turn_leave(t, TOPIC_COUNT + 1, "unknown", "general_support", f);
}

/* ---- answering ---- */

static void answer(struct turn *t, const struct finding *f)
{
	struct reply *r = &t->reply;
	const char *class = NULL;

	if (f->topics & TOPICS_HOURS) {
		class = "store_info";
		if (!answer_hours(r, f->topics, &f->days))
			turn_leave(t, TOPIC_WEEK, "store_info", "store_info", f);
	}
	if (f->topics & TOPICS_WHERE) {
		class = "store_info";
		if (!answer_where(r, f->topics & TOPICS_WHERE))
			turn_leave(t, TOPIC_WEEK, "store_info", "store_info", f);
	}
	for (size_t i = 0; i < f->policies_n; i++) {
		class = f->policies[i].class;
		if (!answer_policy(r, f->policies[i].row))
			turn_leave(t, TOPIC_WEEK, class, class, f);
	}
	if (t->out->class == NULL)
		t->out->class = class;
}

static unsigned all_topics(const struct turn *t)
{
	unsigned topics = t->in->wish == WISH_LANGUAGE ? TOPIC_BIT(TOPIC_LANGUAGE) : 0;

	for (size_t i = 0; i < t->found.n; i++)
		topics |= t->found.f[i].topics;
	return topics;
}

static void introduce(struct turn *t)
{
	const struct store *s = t->in->store;
	enum language l = t->out->language;

	if (t->in->first_turn && s->name.n > 0)
		SAY(&t->reply.say, GREETING, l, {"store", s->name});
	else if (t->in->first_turn)
		SAY_PLAIN(&t->reply.say, GREETING_NAMELESS, l);
}

/* Nothing was asked: good manners, and an offer to help where the customer has not taken leave. */
static void be_polite(struct turn *t, unsigned topics)
{
	struct buf *b = &t->reply.say;
	enum language l = t->out->language;
	bool leaving = (topics & (TOPIC_BIT(TOPIC_THANKS) | TOPIC_BIT(TOPIC_GOODBYE) |
				  TOPIC_BIT(TOPIC_PRAISE))) != 0;

	if ((topics & TOPIC_BIT(TOPIC_GREETING)) && !t->in->first_turn)
		SAY_PLAIN(b, HELLO, l);
	if (topics & TOPIC_BIT(TOPIC_LANGUAGE))
		SAY_PLAIN(b, LANGUAGE_SET, l);
	if (topics & TOPIC_BIT(TOPIC_HOW_ARE_YOU))
		SAY_PLAIN(b, ALL_WELL, l);
	if (topics & TOPIC_BIT(TOPIC_PRAISE))
		SAY_PLAIN(b, KIND_WORDS, l);
	else if (topics & TOPIC_BIT(TOPIC_THANKS))
		SAY_PLAIN(b, YOU_ARE_WELCOME, l);
	if ((topics & TOPIC_BIT(TOPIC_GOODBYE)) && t->in->call)
		SAY_PLAIN(b, CALL_GOODBYE, l);
	else if (topics & TOPIC_BIT(TOPIC_GOODBYE))
		SAY_PLAIN(b, GOODBYE, l);
	if (t->in->first_turn && !leaving)
		SAY_PLAIN(b, OFFER, l);
	else if (!leaving && topics != TOPIC_BIT(TOPIC_ACK) && topics != 0)
		SAY_PLAIN(b, HOW_CAN_I_HELP, l);
}

/* ---- handing over ---- */

enum promise_form { FORM_FIRST, FORM_REST, FORM_ADDED, FORM_STANDING };

static void say_promise(struct turn *t, enum promise_form form, struct promise p)
{
	struct buf when = {0}, *b = &t->reply.say;
	enum language l = t->out->language;

	if (!p.told) {
		static const enum sentence untimed[] = {SAY_HAND_OFF_SOON, SAY_REST_SOON, SAY_ADDED,
							SAY_STANDING};

		sentence_add(b, untimed[form], l, NULL, 0);
		return;
	}
	words_deadline(&when, &t->reply.words, p.due_us);
	switch (form) {
	case FORM_FIRST: SAY(b, HAND_OFF_BY, l, {"when", buf_str(&when)}); break;
	case FORM_REST: SAY(b, REST_BY, l, {"when", buf_str(&when)}); break;
	case FORM_ADDED: SAY(b, ADDED_BY, l, {"when", buf_str(&when)}); break;
	case FORM_STANDING: SAY(b, STANDING_BY, l, {"when", buf_str(&when)}); break;
	}
	buf_clear(&when);
}

static void hand_over_by_text(struct turn *t, bool answered)
{
	struct promise p = promise_make(t->in->store, t->zone, t->in->now_us);

	t->out->promise_due_us = p.due_us;
	if (!t->reply.status.open && p.told)
		answer_status(&t->reply);
	say_promise(t, answered ? FORM_REST : FORM_FIRST, p);
}

/* Somebody is already asked: no second promise while the first one holds. */
static void hand_over_again(struct turn *t)
{
	struct promise p = promise_make(t->in->store, t->zone, t->in->now_us);

	if (t->in->promise_due_us <= t->in->now_us) {
		t->out->promise_due_us = p.due_us;
		if (t->in->promise_due_us > 0)
			SAY_PLAIN(&t->reply.say, SORRY_LATE, t->out->language);
		say_promise(t, FORM_FIRST, p);
		return;
	}
	t->out->promise_due_us = p.due_us = t->in->promise_due_us;
	if (!t->in->addition_noted)
		say_promise(t, FORM_ADDED, p);
}

static void hand_over(struct turn *t, bool answered)
{
	if (t->in->call)
		on_call_hand_over(t, answered);
	else if (t->in->escalation_open)
		hand_over_again(t);
	else
		hand_over_by_text(t, answered);
}

/* A greeting or a question mark while somebody waits asks how long. */
static void chase(struct turn *t)
{
	struct promise p = promise_make(t->in->store, t->zone, t->in->now_us);

	if (t->in->promise_due_us <= t->in->now_us) {
		turn_leave(t, TOPIC_COUNT, "unknown", "general_support", NULL);
		hand_over_again(t);
	} else if (!t->in->addition_noted) {
		p.due_us = t->in->promise_due_us;
		say_promise(t, FORM_STANDING, p);
	}
}

/* ---- the turn ---- */

static void say_before_handing_over(struct turn *t, unsigned topics)
{
	struct buf *b = &t->reply.say;
	enum language l = t->out->language;

	if (topics & TOPIC_BIT(TOPIC_INJURY))
		SAY_PLAIN(b, EMERGENCY, l);
	if ((topics & TOPIC_BIT(TOPIC_COMPLAINT)) && !t->in->escalation_open)
		SAY_PLAIN(b, SORRY_TO_HEAR, l);
	if (topics & TOPIC_BIT(TOPIC_BOT))
		SAY_PLAIN(b, NOT_A_PERSON, l);
	if (t->media && t->found.n == 0)
		SAY_PLAIN(b, MEDIA, l);
}

static void compose(struct turn *t)
{
	unsigned topics = all_topics(t);
	size_t before;
	bool answered;

	for (size_t i = 0; i < t->found.n; i++)
		leave_for_staff(t, &t->found.f[i]);
	introduce(t);
	before = t->reply.say.n;
	for (size_t i = 0; i < t->found.n; i++)
		answer(t, &t->found.f[i]);
	answered = t->reply.say.n > before;
	if (t->found.unread)
		turn_leave(t, TOPIC_COUNT + 1, "unknown", "general_support", NULL);
	if (t->media)
		turn_leave(t, TOPIC_COUNT, "media_only", "general_support", NULL);
	if (t->in->call && on_call_wish(t, answered))
		return; /* that is all there is to say */
	if (t->reason != NULL) {
		say_before_handing_over(t, topics);
		hand_over(t, answered);
	} else if (!answered && t->in->escalation_open && t->in->call) {
		if (!on_call_chase(t, topics))
			be_polite(t,
				  topics & (TOPIC_BIT(TOPIC_GOODBYE) | TOPIC_BIT(TOPIC_LANGUAGE)));
	} else if (!answered && t->in->escalation_open) {
		buf_reset(&t->reply.say); /* no small talk while a person is awaited */
		if ((topics & TOPIC_BIT(TOPIC_GREETING)) || (topics & TOPIC_BIT(TOPIC_ASIDE)))
			chase(t);
		else if (topics & TOPIC_BIT(TOPIC_LANGUAGE))
			be_polite(t, TOPIC_BIT(TOPIC_LANGUAGE));
	} else if (answered && t->in->call) {
		be_polite(t, topics & TOPIC_BIT(TOPIC_GOODBYE));
	} else if (!answered && (t->text || topics != 0)) {
		be_polite(t, topics);
	} else if (!answered) {
		buf_reset(&t->reply.say); /* nothing came in */
	}
}

static void finish(struct turn *t)
{
	struct agent_out *out = t->out;

	out->escalate = t->reason != NULL;
	out->reason = t->reason;
	out->ends = t->in->call && !out->escalate && !out->voicemail && !out->missed &&
		    (all_topics(t) & TOPIC_BIT(TOPIC_GOODBYE)) != 0;
	if (t->class != NULL)
		out->class = t->class;
	if (out->class == NULL)
		out->class = "general_support";
	if (!out->escalate)
		out->promise_due_us = 0;
	out->reason_text = arena_str(t->arena, utf8_cut(buf_str(&t->words), AGENT_REASON_MAX));
	out->say = t->in->opted_out ? (struct str){"", 0}
				    : arena_str(t->arena, buf_str(&t->reply.say));
	buf_clear(&t->words);
	buf_clear(&t->reply.say);
	zone_close(t->zone);
}

/* Who may not be answered is not asked to write again: what we could have answered goes to a
 * person. */
static void leave_what_cannot_be_said(struct turn *t)
{
	for (size_t i = 0; i < t->found.n; i++) {
		if (finding_asks(&t->found.f[i]))
			turn_leave(t, TOPIC_WEEK, "store_info", "store_info", &t->found.f[i]);
	}
}

void agent_turn(struct arena *a, const struct agent_in *in, struct agent_out *out)
{
	struct turn t = {.arena = a, .in = in, .out = out, .zone = zone_open(in->store->zone)};
	struct zone_time now = {0};

	*out = (struct agent_out){0};
	buf_init(&t.words, AGENT_TEXT_MAX * 2);
	buf_init(&t.reply.say, SAY_MAX);
	if (t.zone != NULL)
		zone_local(t.zone, in->now_us, &now);
	t.reply.store = in->store;
	t.reply.today = now.day;
	t.reply.words = (struct time_words){LANGUAGE_UNKNOWN, t.zone, in->now_us};
	store_status_at(in->store, t.zone, in->now_us, &t.reply.status);
	look_at_messages(&t);
	t.found = understand(a, in->messages, in->messages_n, in->store, now.day);
	settle_language(&t);
	if (in->opted_out)
		leave_what_cannot_be_said(&t);
	compose(&t);
	finish(&t);
}
