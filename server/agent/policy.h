/*
 * policy.h - which of the store's policies a phrase asks about.
 *
 * A store's rows have a topic and a text in each language. Topics that most stores have (returns,
 * warranty, rentals, layaway, payment, trade-in, parking ...) are recognized in many wordings; a
 * row with any other topic is found when a question holds the topic's own words. The agent only
 * ever says the row's text.
 */
#ifndef SWITCHBACK_SERVER_AGENT_POLICY_H
#define SWITCHBACK_SERVER_AGENT_POLICY_H

#include "server/agent/phrase.h"

#define POLICIES_MAX 3 /* answered in one turn */

enum policy_kind { POLICY_OTHER, POLICY_TRADE, POLICY_RETURNS, POLICY_LOCATIONS };

struct policy_asked {
	const struct store_policy *row; /* NULL: asked about, but the store has not said */
	const char *class;              /* agent.h */
	enum policy_kind kind;
};

/* Writes up to POLICIES_MAX to out, returns how many; marks the words. */
size_t policies_asked(struct arena *a, struct phrase *p, const struct store *s,
		      struct policy_asked out[POLICIES_MAX]);

#endif
