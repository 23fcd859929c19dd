/*
 * intent.c - see intent.h. The tables are in rules.c.
 */
#include "server/agent/intent.h"

#include "server/agent/rules.h"

unsigned intent_topics(struct phrase *p)
{
	unsigned topics = 0;

	for (size_t i = 0; i < intent_rules_n; i++) {
		if (pattern_mark(intent_rules[i].pattern, p))
			topics |= TOPIC_BIT(intent_rules[i].topic);
	}
	return topics;
}

const char *topic_reason(enum topic t)
{
	switch (t) {
	case TOPIC_INJURY:
	case TOPIC_COMPLAINT: return "complaint";
	case TOPIC_HUMAN:
	case TOPIC_BOT: return "human_request";
	case TOPIC_RETURN: return "returns";
	case TOPIC_SERVICE: return "service_booking";
	case TOPIC_ORDER: return "order_status";
	case TOPIC_SALES: return "sales_inquiry";
	case TOPIC_SUPPORT: return "general_support";
	default: return "unknown";
	}
}

const char *topic_class(enum topic t)
{
	const char *reason = topic_reason(t);

	return strcmp(reason, "unknown") == 0 ? "general_support" : reason;
}

size_t intent_unexplained(const struct phrase *p)
{
	size_t n = 0;

	for (size_t i = 0; i < p->n; i++) {
		bool filler = p->words[i].explained;

		for (size_t j = 0; j < filler_words_n && !filler; j++)
			filler = word_among(p->words[i].text, filler_words[j]);
		n += filler ? 0 : 1;
	}
	return n;
}

bool intent_about_us(const struct phrase *p)
{
	for (size_t i = 0; i < p->n; i++) {
		if (word_among(p->words[i].text, about_us_words))
			return true;
	}
	return false;
}
