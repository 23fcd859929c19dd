/*
 * agent.h - one turn of the built-in agent: what the customer wrote and what we know go in, what to
 * say and whether a person is needed come out.
 *
 * Pure: no clock, no database, no network; the same input gives the same output. The agent states
 * only what the store's rows say. Whatever it cannot prove goes to a person, with a reason and with
 * words that promise nothing that the opening hours do not allow.
 */
#ifndef SWITCHBACK_SERVER_AGENT_AGENT_H
#define SWITCHBACK_SERVER_AGENT_AGENT_H

#include "shared/arena.h"
#include "shared/language.h"

/* ---- what the store has told us; empty means not known ---- */

struct store_period {
	int weekday;       /* ISO: 1 = Monday .. 7 = Sunday; ignored inside a special day */
	int opens, closes; /* minutes from local midnight, closes > opens; past 1440 it is the next
			      day */
};

struct store_special {
	char date[11]; /* "2026-07-01" */
	bool closed;
	struct store_period *periods; /* of a special day that is not closed; none: not known */
	size_t periods_n;
	struct str name_en, name_fr; /* "Canada Day", may be empty */
};

struct store_policy {
	struct str topic; /* "returns", "trade-in", "dogs": see policy.h */
	struct str text_en, text_fr;
};

struct store {
	struct str name, phone /* E.164 */, email, address, directions_en, directions_fr;
	struct str zone;              /* IANA; unknown means closed */
	struct store_period *periods; /* none at all: hours are not known */
	size_t periods_n;
	struct store_special *specials;
	size_t specials_n;
	bool closed_now;         /* closed by hand, whatever the calendar says, */
	int64_t closed_until_us; /* until this instant; 0: until further notice */
	struct str closed_reason_en, closed_reason_fr;
	struct store_policy *policies;
	size_t policies_n;
	int reply_target_minutes; /* in opening hours; 0: 30 */
	enum language default_language;
};

/* ---- the turn ---- */

struct agent_message {
	struct str body; /* any bytes */
	int media;       /* pictures and files that came with it */
};

/* What a caller wants without having said it in words. */
enum agent_wish {
	WISH_NONE,
	WISH_PERSON,   /* pressed the key for a person */
	WISH_LANGUAGE, /* pressed the key for the other language, which is conversation_language now
			*/
	WISH_UNHEARD,  /* nothing was heard, three times running */
	WISH_WAITED,   /* has waited for a person too long */
};

struct agent_in {
	int64_t now_us;
	const struct store *store;
	enum language conversation_language; /* of our last reply; unknown on the first turn */
	bool conversation_language_chosen;   /* ... because the customer asked for it */
	enum language customer_language;     /* stored with the customer ... */
	bool customer_chose_language;        /* ... because they asked for it, or staff did */
	bool first_turn; /* nothing was said to this customer in this conversation */
	bool escalation_open;
	int64_t promise_due_us; /* of the open escalation */
	bool addition_noted;    /* "added for the team" was said since that promise: not again */
	bool opted_out;         /* nothing may be sent */
	const struct agent_message *messages; /* not answered yet, oldest first */
	size_t messages_n;
	/* on the telephone: what is said is heard, and a person would come now or call back */
	bool call;
	bool person_here;    /* somebody of the staff is at a console */
	bool person_awaited; /* the open escalation waits for somebody to come to the phone */
	bool reachable;      /* the caller's number can be called back */
	bool asked_again;    /* what was said before was not understood either */
	enum agent_wish wish;
};

struct agent_out {
	struct str say;         /* UTF-8; empty: send nothing */
	enum language language; /* of say, never unknown */
	bool language_chosen;   /* the customer asked for `language` in this turn: store it */
	bool escalate;          /* open an escalation, or add this reason to the open one */
	/* NULL, or: human_request complaint returns order_status service_booking sales_inquiry
	 * general_support store_info media_only unknown; of a call also no_speech nobody_free */
	const char *reason;
	struct str reason_text; /* the customer's words that led to it, at most AGENT_REASON_MAX
				   bytes */
	int64_t promise_due_us; /* with escalate: when a person must have answered; whole 5 minutes
				 */
	/* order_status service_booking sales_inquiry store_info returns human_request complaint
	 * general_support */
	const char *class;
	/* on a call */
	bool person_now; /* with escalate: a person can come while the caller waits */
	bool voicemail;  /* the caller is asked for a message, after the tone */
	bool missed;     /* not understood: the caller is asked to say it again */
	bool ends;       /* goodbye was said on both sides */
};

#define AGENT_TEXT_MAX                                                             \
	4000 /* bytes of one turn that are read; what lies beyond goes to a person \
	      */
#define AGENT_REASON_MAX 320

/* Everything in *out lives in the arena or for ever. Nothing of `in` is kept. */
void agent_turn(struct arena *a, const struct agent_in *in, struct agent_out *out);

#endif
