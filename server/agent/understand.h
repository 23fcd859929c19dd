/*
 * understand.h - from the customer's texts to findings: what each phrase, or part of one, is about,
 * what of it the agent may answer, and whether anything is left that it has not understood.
 */
#ifndef SWITCHBACK_SERVER_AGENT_UNDERSTAND_H
#define SWITCHBACK_SERVER_AGENT_UNDERSTAND_H

#include "server/agent/intent.h"
#include "server/agent/policy.h"
#include "server/agent/which_day.h"

#define FINDINGS_MAX 200 /* of one turn; what lies beyond is not read */

struct finding {
	struct phrase phrase;
	unsigned topics; /* those that count: to answer, to leave, or mere manners */
	unsigned weak;   /* for a person, but only if something is left */
	struct asked_days days;
	struct policy_asked policies[POLICIES_MAX];
	size_t policies_n;
	size_t left;  /* words that nothing explains */
	bool unknown; /* some or all of it was not understood */
};

struct findings {
	struct finding *f; /* in the order of the texts */
	size_t n;
	bool unread; /* the texts were too long: not all of them is in here */
};

/* today: the store's (day.h). */
struct findings understand(struct arena *a, const struct agent_message *messages, size_t n,
			   const struct store *s, int64_t today);

/* Asks for something that the store's rows may hold. */
bool finding_asks(const struct finding *f);

#endif
