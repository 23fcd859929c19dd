/*
 * status.h - what becomes of a message at Twilio: its status words, in which order they count
 * (twilio.md 6.2), and what an error code asks of us (8.3).
 *
 * Callbacks arrive in any order and more than once, without time or number: a status only moves
 * forward, and of the words that end a message the first one stays.
 */
#ifndef SWITCHBACK_SERVER_TWILIO_STATUS_H
#define SWITCHBACK_SERVER_TWILIO_STATUS_H

#include "shared/str.h"

enum message_status {
	MESSAGE_UNKNOWN, /* a word that Twilio has added since */
	MESSAGE_ACCEPTED,
	MESSAGE_SCHEDULED,
	MESSAGE_QUEUED,
	MESSAGE_SENDING,
	MESSAGE_SENT,
	MESSAGE_PARTIALLY_DELIVERED,
	MESSAGE_DELIVERED,
	MESSAGE_UNDELIVERED,
	MESSAGE_FAILED,
	MESSAGE_CANCELED,
	MESSAGE_READ,
	MESSAGE_RECEIVING, /* inbound, as the next */
	MESSAGE_RECEIVED,
};

/* The status of a word of Twilio's; MESSAGE_UNKNOWN for any other. And the word, "unknown" too. */
enum message_status message_status_parse(struct str word);
const char *message_status_word(enum message_status status);

/* 0 accepted, scheduled; 1 queued; 2 sending; 3 sent; 4 the words that end it; 5 read. -1 for
 * unknown and for what only inbound messages have. */
int message_status_rank(enum message_status status);

/* Nothing but "read" can follow: delivered, undelivered, failed, canceled, read. */
bool message_status_ends(enum message_status status);

/* News of `to` changes a message that stands at `from`: its rank is higher, and "read" follows only
 * what may have arrived. From unknown everything with a rank is a step forward. */
bool message_status_moves(enum message_status from, enum message_status to);

/* What an error code asks of us. */
enum carrier_reaction {
	REACT_UNKNOWN,     /* no code of the table: what the status says */
	REACT_RETRY,       /* surely not sent: the same request again, later */
	REACT_LOOK_FIRST,  /* may or may not be sent: ask the carrier's list before repeating */
	REACT_TRY_AGAIN,   /* not delivered this time: a new attempt later may get through */
	REACT_FINAL,       /* this number will not get it: never repeat */
	REACT_OPTED_OUT,   /* the customer has said STOP: note it, never repeat */
	REACT_CREDENTIALS, /* the account does not let us in: alarm, stop sending for this store */
	REACT_SETUP,       /* numbers or account need a hand: alarm, do not repeat this one */
	REACT_FAULT,       /* our own request was wrong: alarm, do not repeat */
};

struct carrier_error {
	int code;
	enum carrier_reaction reaction;
	const char *english, *french; /* one sentence for staff */
};

/* The entry of a code, or NULL. */
const struct carrier_error *carrier_error_find(int64_t code);

/* REACT_UNKNOWN when there is none. */
enum carrier_reaction carrier_error_reaction(int64_t code);

/* One sentence for staff, always: the table's, or a general one with the number in it, or for code
 * 0 one that says the carrier gave no reason. `out` holds CARRIER_ERROR_TEXT bytes. */
#define CARRIER_ERROR_TEXT 200
void carrier_error_text(int64_t code, bool french, char out[CARRIER_ERROR_TEXT]);

#endif
