/*
 * event.h - one event of the stream (docs/events.md), read from its data line. Texts, times and
 * strictness as in message.h.
 *
 * A type that this program does not know is EVENT_OTHER with its seq and ids, so that a reader can
 * count it and look again at the conversation it names.
 */
#ifndef SWITCHBACK_SHARED_WIRE_EVENT_H
#define SWITCHBACK_SHARED_WIRE_EVENT_H

#include "shared/wire/message.h"

enum event_type {
	EVENT_OTHER,
	EVENT_MESSAGE_RECEIVED,
	EVENT_MESSAGE_QUEUED,
	EVENT_MESSAGE_NOTED,
	EVENT_MESSAGE_STATUS,
	EVENT_MESSAGE_REDACTED,
	EVENT_CONVERSATION_OPENED,
	EVENT_CONVERSATION_UPDATED,
	EVENT_CONVERSATION_CLOSED,
	EVENT_ESCALATION_REQUESTED,
	EVENT_ESCALATION_UPDATED,
	EVENT_PROMISE_MADE,
	EVENT_PROMISE_SETTLED,
	EVENT_CUSTOMER_CREATED,
	EVENT_CUSTOMER_ERASED,
	EVENT_CONSENT_CHANGED,
	EVENT_SESSION_ENDED,
	EVENT_MESSAGE_CORRECTED,
	EVENT_CALL_STARTED,
	EVENT_CALL_UPDATED,
	EVENT_CALL_ENDED,
	EVENT_CALL_PARTIAL, /* without a number */
};

/* The first event of a stream. */
struct wire_connection {
	char organization_id[WIRE_ID], user_id[WIRE_ID];
	int64_t last_event;   /* the newest number now: at it, one has caught up */
	int64_t oldest_event; /* the oldest that is still kept */
	int64_t server_time;
};

/* message.received, .queued and .noted */
struct wire_event_message {
	char id[WIRE_ID];
	int64_t position;
	enum author author;
	enum message_kind kind;
	char author_user_id[WIRE_ID];
	const char *author_name;
	enum channel channel; /* OTHER where the event does not tell (queued, noted) */
	const char *body;     /* never NULL */
	enum language language;
	int64_t epoch; /* 0: not told */
	enum delivery status;
	int64_t media_n;
	const char *from, *to; /* of received */
};

struct wire_event_status {
	char message_id[WIRE_ID];
	enum delivery status;
	int64_t error_code;
	const char *error_text_en, *error_text_fr;
};

struct wire_event_redacted {
	char message_id[WIRE_ID];
	const char *body;
};

/* conversation.opened, .updated and .closed; what an event does not tell is 0, "" or NULL. */
struct wire_event_conversation {
	enum channel channel;
	const char *peer, *store_number;
	enum holder holder;
	char holder_user_id[WIRE_ID];
	const char *holder_name;
	int64_t holder_since;
	int64_t epoch;
	enum language language;
	bool language_chosen;
	enum contact_class contact_class;
	const char *closed_by;
};

struct wire_event_escalation {
	char id[WIRE_ID];
	enum escalation_state state;
	const char *reason, *reason_text;
	int64_t due_at;
};

struct wire_event_promise {
	char id[WIRE_ID], escalation_id[WIRE_ID];
	const char *kind;  /* of made: answer, callback; else NULL */
	const char *state; /* of settled: kept, broken, cancelled; else NULL */
	int64_t due_at;
};

struct wire_event_consent {
	const char *phone_number;
	bool opted_out;
	const char *source;
};

struct wire_event_session {
	char session_id[WIRE_ID]; /* "": all of the user */
	char user_id[WIRE_ID];
	const char *reason;
};

/* call.started, .updated and .ended: of one leg */
struct wire_event_call {
	bool customer; /* else a staff phone's */
	enum call_on on;
	bool on_hold, muted, live_transcript;
	bool rings; /* of a staff phone: it is not answered yet */
	int64_t started_at;
};

/* call.partial: what somebody is saying at this moment */
struct wire_event_partial {
	bool customer; /* else the agent */
	const char *body;
};

struct wire_event {
	int64_t seq; /* 0 only for a session.ended that the stream says by itself */
	enum event_type type;
	const char *type_name;
	int64_t created_at;
	char conversation_id[WIRE_ID], customer_id[WIRE_ID];
	bool is_erased; /* a customer's payload that was taken out since: only seq, type, ids stand
			 */
	union {
		struct wire_event_message message;
		struct wire_event_status status;
		struct wire_event_redacted redacted;
		struct wire_event_conversation conversation;
		struct wire_event_escalation escalation;
		struct wire_event_promise promise;
		const char *phone_number; /* customer.created */
		struct wire_event_consent consent;
		struct wire_event_session session;
		struct wire_event_call call;
		struct wire_event_partial partial;
	};
};

MUST_USE
bool wire_connection_read(struct str json, struct wire_connection *out, struct err *err);
/* The data of call.partial, which is no numbered event and has a shape of its own. */
MUST_USE
bool wire_partial_read(struct str json, struct arena *a, struct wire_event *out, struct err *err);
MUST_USE
bool wire_event_read(struct str json, struct arena *a, struct wire_event *out, struct err *err);

#endif
