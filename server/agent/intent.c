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
	case TOPIC_SALES:
	case TOPIC_HAVE: return "sales_inquiry";
	case TOPIC_SUPPORT: return "general_support";
	default: return "unknown";
	}
}

const char *topic_class(enum topic t)
{
	const char *reason = topic_reason(t);

	return strcmp(reason, "unknown") == 0 ? "general_support" : reason;
}

/* "5", "530", "9h30", "7pm": an hour of the day, as far as a word can tell. */
static bool is_hour(struct str word)
{
	int hour = 0;
	size_t i = 0;

	while (i < word.n && i < 2 && word.p[i] >= '0' && word.p[i] <= '9')
		hour = hour * 10 + (word.p[i++] - '0');
	if (i == 0 || hour > 60 || word.n > 5)
		return false;
	word = str_sub(word, i, word.n);
	return word.n == 0 || word.p[0] == 'h' || word_among(word, "am pm a p") ||
	       (word.p[0] >= '0' && word.p[0] <= '9');
}

static bool is_filler(struct str word, bool about_hours)
{
	if (about_hours && (word_among(word, hours_words) || is_hour(word)))
		return true;
	for (size_t i = 0; i < filler_words_n; i++) {
		if (word_among(word, filler_words[i]))
			return true;
	}
	return false;
}

size_t intent_unexplained(const struct phrase *p, bool about_hours)
{
	size_t n = 0;

	for (size_t i = 0; i < p->n; i++)
		n += p->words[i].explained || is_filler(p->words[i].text, about_hours) ? 0 : 1;
	return n;
}

bool intent_only_manners(const struct phrase *p)
{
	for (size_t i = 0; i < p->n; i++) {
		if (!p->words[i].explained && !word_among(p->words[i].text, manners_words))
			return false;
	}
	return true;
}

bool intent_about_us(const struct phrase *p)
{
	for (size_t i = 0; i < p->n; i++) {
		if (word_among(p->words[i].text, about_us_words))
			return true;
	}
	return false;
}

bool intent_about_order(const struct phrase *p)
{
	struct match m;

	return pattern_find("my|order|orders|purchase|ma|mon|mes|commande|commandes|colis|package",
			    p, 0, &m);
}
