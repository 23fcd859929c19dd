/*
 * rules.h - the tables behind intent.h: patterns by topic, filler words. Data only.
 */
#ifndef SWITCHBACK_SERVER_AGENT_RULES_H
#define SWITCHBACK_SERVER_AGENT_RULES_H

#include "server/agent/intent.h"

struct rule {
	enum topic topic;
	const char *pattern;
};

extern const struct rule intent_rules[];
extern const size_t intent_rules_n;

/* Lists of words, blanks between. */
extern const char *const filler_words[];
extern const size_t filler_words_n;
extern const char *const about_us_words;
/* Filler between words of manners. */
extern const char *const manners_words;
/* Filler only in a phrase that asks about hours. */
extern const char *const hours_words;

#endif
