/*
 * words.h - the closed lists of words that go over the wire, as enums: what a conversation, a
 * message, an escalation can be. They are the words of the schema (0001_ground.sql, 0007).
 *
 * A word that this program does not know yet reads as ..._OTHER (0), never as an error: a newer
 * service may say more. What is null reads as ..._NONE where a list has one.
 */
#ifndef SWITCHBACK_SHARED_WIRE_WORDS_H
#define SWITCHBACK_SHARED_WIRE_WORDS_H

#include "shared/str.h"

enum channel { CHANNEL_OTHER, CHANNEL_SMS, CHANNEL_VOICE, CHANNEL_CHAT };

enum thread_state { THREAD_OTHER, THREAD_OPEN, THREAD_CLOSED };

/* Who may speak in a conversation now. */
enum holder { HOLDER_OTHER, HOLDER_AGENT, HOLDER_NOBODY, HOLDER_STAFF };

/* What a caller is connected to (docs/calls.md). */
enum call_on {
	CALL_OTHER,
	CALL_RINGING,
	CALL_BRIDGE,
	CALL_BUILTIN,
	CALL_TYPING,
	CALL_CONFERENCE,
	CALL_VOICEMAIL,
	CALL_NATIVE,
	CALL_ENDED,
};

enum direction { DIRECTION_OTHER, DIRECTION_IN, DIRECTION_OUT };

enum author { AUTHOR_OTHER, AUTHOR_CUSTOMER, AUTHOR_AGENT, AUTHOR_STAFF, AUTHOR_SYSTEM };

/* Events call a fenced text "reply": it reads as KIND_TEXT, which the message will be. */
enum message_kind {
	KIND_OTHER,
	KIND_TEXT,
	KIND_KEYWORD,
	KIND_NOTE,
	KIND_WHISPER,
	KIND_NOTICE,
	KIND_MARKER,
};

/* Where a message is on its way. NONE: null (notes, markers). */
enum delivery {
	DELIVERY_OTHER,
	DELIVERY_NONE,
	DELIVERY_RECEIVED,
	DELIVERY_QUEUED,
	DELIVERY_SENDING,
	DELIVERY_SENT,
	DELIVERY_DELIVERED,
	DELIVERY_UNDELIVERED,
	DELIVERY_FAILED,
	DELIVERY_READ,
	DELIVERY_ACCEPTED,
	DELIVERY_SCHEDULED,
	DELIVERY_CANCELED,
	DELIVERY_UNKNOWN,
	DELIVERY_SUPERSEDED,
	DELIVERY_SUPPRESSED,
	DELIVERY_HELD,
};

/* What a conversation is about. NONE: null, not known yet. */
enum contact_class {
	CLASS_OTHER,
	CLASS_NONE,
	CLASS_ORDER_STATUS,
	CLASS_SERVICE_BOOKING,
	CLASS_SALES_INQUIRY,
	CLASS_STORE_INFO,
	CLASS_RETURNS,
	CLASS_HUMAN_REQUEST,
	CLASS_COMPLAINT,
	CLASS_GENERAL_SUPPORT,
};

enum escalation_state {
	ESCALATION_OTHER,
	ESCALATION_REQUESTED,
	ESCALATION_QUEUED,
	ESCALATION_CLAIMED,
	ESCALATION_CONNECTING,
	ESCALATION_ACTIVE,
	ESCALATION_WRAP_UP,
	ESCALATION_CLOSED,
	ESCALATION_CALLBACK_PROMISED,
	ESCALATION_VOICEMAIL_TAKEN,
	ESCALATION_RETURNED_TO_BOT,
	ESCALATION_CUSTOMER_GONE,
	ESCALATION_EXPIRED,
};

/* A request that still wants a person: every state but the four that end it (and OTHER). */
bool escalation_is_open(enum escalation_state s);

enum role_word {
	ROLE_WORD_OTHER,
	ROLE_WORD_ADMIN,
	ROLE_WORD_MANAGER,
	ROLE_WORD_STAFF,
	ROLE_WORD_SERVICE_TECH
};

/* The lists, for wire_word_of() and wire_word(). */
enum wire_list {
	WORDS_CHANNEL,
	WORDS_THREAD_STATE,
	WORDS_HOLDER,
	WORDS_CALL,
	WORDS_DIRECTION,
	WORDS_AUTHOR,
	WORDS_MESSAGE_KIND,
	WORDS_DELIVERY,
	WORDS_CLASS,
	WORDS_ESCALATION_STATE,
	WORDS_ROLE,
};

/* The number of a word in its list; 0 (..._OTHER) when it is not there. */
int wire_word_of(enum wire_list list, struct str word);
/* The word of a number, as it goes over the wire; "" for OTHER and NONE. */
const char *wire_word(enum wire_list list, int number);

#endif
