/*
 * answer.h - the store's facts as sentences: opening hours, place, ways to reach it, policies.
 *
 * Each function says what the rows hold and returns false when they do not hold (all of) it: then a
 * person is asked. Nothing is said twice in one reply.
 */
#ifndef SWITCHBACK_SERVER_AGENT_ANSWER_H
#define SWITCHBACK_SERVER_AGENT_ANSWER_H

#include "server/agent/intent.h"
#include "server/agent/policy.h"
#include "server/agent/time_words.h"
#include "server/agent/which_day.h"

struct reply {
	const struct store *store;
	struct time_words words;    /* words.zone may be NULL */
	struct store_status status; /* now */
	int64_t today;
	struct buf say;
	unsigned said; /* TOPIC_BIT()s that have been answered */
	struct asked_days days_said;
	bool status_said; /* open or closed, and until when */
};

/* Of a store that is closed: the reopening, when known. False when nothing is known about hours. */
bool answer_status(struct reply *r);
/* topics: some of TOPICS_HOURS. */
bool answer_hours(struct reply *r, unsigned topics, const struct asked_days *days);
/* topics: some of TOPICS_WHERE. */
bool answer_where(struct reply *r, unsigned topics);
bool answer_policy(struct reply *r, const struct store_policy *row);

/* The text in the reply's language, with nothing to fall back to. */
struct str in_language(enum language l, struct str en, struct str fr);

#endif
