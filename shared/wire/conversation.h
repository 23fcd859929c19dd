/*
 * conversation.h - a conversation as the staff API gives it: alone, in a list, with its timeline,
 * and as the answer of a command. Texts and times as in message.h.
 *
 * Every reader here is strict: a member that must be there and is missing, one of the wrong type,
 * a text longer than the schema allows, a uuid or a time that is none, make the whole answer
 * unreadable (ERR_UPSTREAM, with the member's name and never its value). Members that it does not
 * know are passed over.
 */
#ifndef SWITCHBACK_SHARED_WIRE_CONVERSATION_H
#define SWITCHBACK_SHARED_WIRE_CONVERSATION_H

#include "shared/wire/message.h"

struct wire_escalation {
	char id[WIRE_ID]; /* "": there is none */
	enum escalation_state state;
	const char *reason;      /* a code word: human_request, complaint, ... */
	const char *reason_text; /* the customer's words, or NULL */
	int64_t requested_at, due_at;
	char claimed_by[WIRE_ID];
};

/* The customer's leg of a call, and a staff phone that belongs to it. */
struct wire_call {
	bool is_there;
	enum call_on on;
	bool on_hold, muted;
	bool live_transcript; /* what is said comes as it is said */
	bool rings;           /* a staff phone is being rung for it */
	int64_t started_at;
};

/* The newest message in a line. */
struct wire_last_message {
	int64_t position; /* 0: there is none */
	enum author author;
	enum message_kind kind;
	const char *body; /* at most 160 characters */
	int64_t created_at;
};

struct wire_conversation {
	char id[WIRE_ID], customer_id[WIRE_ID];
	const char *customer_name;
	enum channel channel;
	const char *peer, *store_number;
	enum thread_state state;
	enum holder holder;
	char holder_user_id[WIRE_ID];
	const char *holder_name;
	int64_t holder_since;
	int64_t epoch;
	enum language language;
	bool language_chosen;
	enum contact_class contact_class;
	int64_t last_position, answered_position, unread;
	int64_t last_message_at, last_customer_at, waiting_since;
	int64_t opened_at, closed_at;
	const char *closed_by;
	bool undelivered;
	struct wire_escalation escalation;
	int64_t promise_due_at;
	struct wire_call call; /* of channel voice */
	struct wire_last_message last_message;
};

struct wire_conversation_list {
	const struct wire_conversation *items;
	size_t n;
	struct wire_page page;
};

/* GET /api/conversations/{id} */
struct wire_thread {
	struct wire_conversation conversation;
	const struct wire_message *messages; /* the newest, oldest first */
	size_t n;
	const char *previous_cursor; /* to the older ones; NULL: these are all */
	int64_t last_event;
};

/* What a command answered: the conversation as it is now, and the message if it wrote one. */
struct wire_outcome {
	bool has_conversation, has_message;
	struct wire_conversation conversation;
	struct wire_message message;
	int64_t last_event;
};

MUST_USE
bool wire_conversation_list_read(struct str json, struct arena *a,
				 struct wire_conversation_list *out, struct err *err);
MUST_USE
bool wire_thread_read(struct str json, struct arena *a, struct wire_thread *out, struct err *err);
MUST_USE
bool wire_outcome_read(struct str json, struct arena *a, struct wire_outcome *out, struct err *err);

#endif
