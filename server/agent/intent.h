/*
 * intent.h - what a phrase is about: readable tables of patterns (phrase.h), English and French.
 *
 * A phrase can be about several things ("your hours and address please"). What the agent answers
 * itself is recognized only in forms that are hard to mistake; a word that no table explains keeps
 * it from claiming that it has understood. A person is reached by default, never by luck.
 */
#ifndef SWITCHBACK_SERVER_AGENT_INTENT_H
#define SWITCHBACK_SERVER_AGENT_INTENT_H

#include "server/agent/phrase.h"

enum topic {
	/* For a person. The first that is present gives the reason. */
	TOPIC_INJURY, /* somebody hurt, something burning */
	TOPIC_HUMAN,
	TOPIC_BOT, /* "are you a bot?" */
	TOPIC_COMPLAINT,
	TOPIC_RETURN,
	TOPIC_SERVICE,
	TOPIC_SUPPORT,
	TOPIC_ORDER,
	TOPIC_SALES,
	TOPIC_HAVE, /* "do you have", whatever follows */
	/* Answered from the store's rows. */
	TOPIC_WEEK,   /* "what are your hours" */
	TOPIC_OPEN,   /* "are you open" */
	TOPIC_CLOSES, /* "what time do you close" */
	TOPIC_OPENS,  /* "when do you open" */
	TOPIC_ADDRESS,
	TOPIC_DIRECTIONS,
	TOPIC_PHONE,
	TOPIC_EMAIL,
	TOPIC_CONTACT, /* any way to reach the store */
	/* Manners. */
	TOPIC_GREETING,
	TOPIC_THANKS,
	TOPIC_GOODBYE,
	TOPIC_HOW_ARE_YOU,
	TOPIC_PRAISE,
	TOPIC_ACK,      /* "ok", "perfect", "lol" */
	TOPIC_ASIDE,    /* "I have a question", "my name is Kim": nothing that wants an answer */
	TOPIC_LANGUAGE, /* "English please"; which one: tongue_named() */
	TOPIC_COUNT
};

#define TOPIC_BIT(t)     (1u << (t))
#define TOPICS_FOR_STAFF (TOPIC_BIT(TOPIC_WEEK) - 1)
#define TOPICS_HOURS                                                               \
	(TOPIC_BIT(TOPIC_WEEK) | TOPIC_BIT(TOPIC_OPEN) | TOPIC_BIT(TOPIC_CLOSES) | \
	 TOPIC_BIT(TOPIC_OPENS))
#define TOPICS_WHERE                                                                       \
	(TOPIC_BIT(TOPIC_ADDRESS) | TOPIC_BIT(TOPIC_DIRECTIONS) | TOPIC_BIT(TOPIC_PHONE) | \
	 TOPIC_BIT(TOPIC_EMAIL) | TOPIC_BIT(TOPIC_CONTACT))
#define TOPICS_MANNERS (TOPIC_BIT(TOPIC_COUNT) - TOPIC_BIT(TOPIC_GREETING))

/* The set of topics of a phrase; marks the words that led to them. */
unsigned intent_topics(struct phrase *p);

/* Reason code and class (agent.h) of a topic for staff. */
const char *topic_reason(enum topic t);
const char *topic_class(enum topic t);

/* Words that no table explained and that are not filler ("the", "svp", "would like"). In a phrase
 * about opening hours, words of that matter and numbers are filler too. */
size_t intent_unexplained(const struct phrase *p, bool about_hours);

/* The same for mere manners, where hardly a word is filler: "ok" says nothing, "ok do it" does. */
bool intent_only_manners(const struct phrase *p);

/* The phrase speaks of an order: "my order", "order 4021". */
bool intent_about_order(const struct phrase *p);

/* The phrase speaks of us: "you", "votre", "the store". */
bool intent_about_us(const struct phrase *p);

#endif
