/*
 * understand.c - see understand.h.
 */
#include "server/agent/understand.h"

#define FACTS (TOPICS_HOURS | TOPICS_WHERE)

struct reader {
	struct arena *arena;
	const struct store *store;
	int64_t today;
	struct findings out;
};

/* "And Saturday?" */
static bool only_days(const struct phrase *p)
{
	for (size_t i = 0; i < p->n; i++) {
		if (!p->words[i].dated &&
		    !word_among(p->words[i].text, "and et what about how on le les la for pour in "
						  "during ce cette also aussi"))
			return false;
	}
	return true;
}

/* Topics that are no more than words of the policy that was asked for. */
static unsigned answered_by_policy(const struct finding *f)
{
	unsigned bits = 0;

	for (size_t i = 0; i < f->policies_n; i++) {
		bits |= TOPIC_BIT(TOPIC_SALES) | TOPIC_BIT(TOPIC_HAVE) | TOPIC_BIT(TOPIC_SUPPORT);
		if (f->policies[i].kind == POLICY_RETURNS || f->policies[i].kind == POLICY_TRADE)
			bits |= TOPIC_BIT(TOPIC_RETURN);
		if (f->policies[i].kind == POLICY_LOCATIONS) /* "the other store's number" */
			bits |= TOPICS_WHERE;
		if (!intent_about_order(&f->phrase))
			bits |= TOPIC_BIT(TOPIC_ORDER);
	}
	return bits;
}

/* What the phrase is about. */
static void recognize(struct reader *r, struct finding *f)
{
	unsigned covered;

	f->topics = intent_topics(&f->phrase);
	which_day(r->arena, &f->phrase, r->store, r->today, &f->days);
	f->policies_n = policies_asked(r->arena, &f->phrase, r->store, f->policies);
	covered = answered_by_policy(f);
	f->weak = f->topics & covered & TOPICS_FOR_STAFF;
	f->topics &= ~covered;
	if (f->topics & TOPIC_BIT(TOPIC_HOW_ARE_YOU))
		f->topics &= ~TOPIC_BIT(TOPIC_BOT); /* "how are you doing, bot" */
	if (f->topics == 0 && f->policies_n == 0 && f->days.n > 0 && f->phrase.question &&
	    only_days(&f->phrase))
		f->topics = TOPIC_BIT(TOPIC_OPEN);
	f->left = intent_unexplained(&f->phrase, (f->topics & TOPICS_HOURS) != 0);
	if (f->left == 0 && (f->topics & FACTS) != 0 &&
	    (f->topics & TOPICS_FOR_STAFF) == TOPIC_BIT(TOPIC_HAVE))
		f->topics &= ~TOPIC_BIT(TOPIC_HAVE); /* "do you have a phone number" */
}

/* What of it we may answer, and whether that is all of it. */
static void judge(struct finding *f)
{
	if (f->topics & TOPICS_FOR_STAFF) {
		/* Only hours are asked for in words that nothing else uses. */
		f->topics &= ~TOPICS_WHERE & ~TOPIC_BIT(TOPIC_OPEN);
		f->policies_n = 0;
	} else if (finding_asks(f)) {
		f->unknown = f->left > 0;
		if (f->left > 0 && !intent_about_us(&f->phrase)) { /* "when does the mall close" */
			f->topics &= ~FACTS;
			f->policies_n = 0;
		}
	} else if (f->topics & TOPIC_BIT(TOPIC_LANGUAGE)) {
		f->unknown = f->left > 0;
	} else {
		/* "Tuesday works" says something; "see you Tuesday" hardly. */
		f->unknown = f->topics == 0 || !intent_only_manners(&f->phrase) ||
			     (f->days.n > 0 && !(f->topics & TOPIC_BIT(TOPIC_GOODBYE)));
	}
	/* "A manual in French" is no wish to be answered in French. */
	if (f->left > 0 || (f->topics & (TOPICS_FOR_STAFF & ~TOPIC_BIT(TOPIC_HUMAN))) != 0)
		f->topics &= ~TOPIC_BIT(TOPIC_LANGUAGE);
}

static void part_add(struct reader *r, struct phrase p)
{
	struct finding *f = &r->out.f[r->out.n];

	if (r->out.n == FINDINGS_MAX) {
		r->out.unread = true;
		return;
	}
	*f = (struct finding){.phrase = p};
	recognize(r, f);
	judge(f);
	r->out.n++;
}

/* A phrase that holds a question for us and one for a person is read again, part by part. */
static void phrase_read(struct reader *r, struct phrase p)
{
	struct finding whole = {.phrase = p};
	size_t begin = 0;
	bool mixed;

	recognize(r, &whole);
	mixed = (whole.topics & TOPICS_FOR_STAFF) != 0 && finding_asks(&whole);
	for (size_t i = 1; i < p.n && mixed; i++) {
		struct phrase part = p;

		if (!p.words[i].breaks)
			continue;
		part.words += begin;
		part.n = i - begin;
		part_add(r, part);
		begin = i;
	}
	p.words += begin;
	p.n -= begin;
	part_add(r, p);
}

bool finding_asks(const struct finding *f)
{
	return (f->topics & FACTS) != 0 || f->policies_n > 0;
}

struct findings understand(struct arena *a, const struct agent_message *messages, size_t n,
			   const struct store *s, int64_t today)
{
	struct phrases read = phrases_read(a, messages, n);
	struct reader r = {.arena = a, .store = s, .today = today, .out.unread = read.cut};

	r.out.f = ARENA_ARRAY(a, struct finding, FINDINGS_MAX);
	for (size_t i = 0; i < read.n; i++)
		phrase_read(&r, read.p[i]);
	return r.out;
}
