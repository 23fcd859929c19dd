/*
 * tongue.h - whose language: which one a turn is answered in.
 *
 * The first of these that names one decides:
 *   asked         the texts ask for it now ("English please", "parlez-vous français?"), or the key
 *                 on the telephone. It is the customer's choice from then on.
 *   chosen        what the customer chose before, or staff for them: it sticks, whatever language
 *                 they write in, until they ask again
 *   written       what the texts are written in: the latest that is decided. So one French sentence
 *                 in an English conversation is answered in French, and what follows stays French
 *                 until English is written. A text that only leans (TONGUE_SURE) does not take a
 *                 conversation out of its language.
 *   conversation  what was spoken last: "ok", a number, a name change nothing
 *   customer      what is stored with the customer, though nobody chose it
 *   store         its default; English where it has none
 */
#ifndef SWITCHBACK_SERVER_AGENT_TONGUE_H
#define SWITCHBACK_SERVER_AGENT_TONGUE_H

#include "server/agent/phrase.h"

#define TONGUE_SURE 95 /* per cent: detect.h's confidence that is no mere leaning */

enum tongue_by {
	TONGUE_ASKED,
	TONGUE_CHOSEN,
	TONGUE_WRITTEN,
	TONGUE_CONVERSATION,
	TONGUE_CUSTOMER,
	TONGUE_STORE
};

/* Unknown is "says none". */
struct tongue_says {
	enum language asked, chosen, conversation, customer, store;
	const struct agent_message *messages; /* oldest first */
	size_t messages_n;
};

struct tongue {
	enum language language; /* to answer in, never unknown */
	enum tongue_by by;
};

struct tongue tongue_settle(const struct tongue_says *s);

/* The language that a phrase names for speaking: "I don't speak French" names English, "English or
 * French" none. Whether it is asked for is tongue_insists, or the topic of a phrase that says
 * nothing else (intent.h). */
enum language tongue_named(const struct phrase *p);

/* It is asked for, whatever else the phrase says: "my order status in English please". Not where a
 * thing is to be in that language: "the manual in French please". */
bool tongue_insists(const struct phrase *p);

#endif
