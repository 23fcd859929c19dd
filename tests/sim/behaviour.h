/*
 * behaviour.h - what becomes of a text to a certain phone: delivered, refused, lost, told twice ...
 *
 * A phone behaves by its number (Twilio's own test numbers +1500555000N, and +150055 followed by an
 * error code) or because somebody said so (POST /sim/phones/{number}). The table is also the help.
 */
#ifndef SWITCHBACK_TESTS_SIM_BEHAVIOUR_H
#define SWITCHBACK_TESTS_SIM_BEHAVIOUR_H

#include "shared/buf.h"

enum sim_behaviour_kind {
	SIM_NORMAL,
	SIM_REFUSED, /* create answers 400 with the code */
	SIM_FAILS,   /* create answers 201; later failed or undelivered with the code */
	SIM_SLOW,    /* delivered after 20 s */
	SIM_NEVER,   /* sent; delivered never comes (a carrier without receipts) */
	SIM_TWICE,   /* every callback comes twice */
	SIM_SWAPPED, /* the callback "delivered" comes before "sent" */
	SIM_SILENT,  /* delivered, but no callback comes at all */
};

struct sim_behaviour {
	enum sim_behaviour_kind kind;
	int code;
};

/* By the number alone. */
struct sim_behaviour sim_behaviour_of(struct str number);
/* A word: normal slow never twice swapped silent, or an error code. */
MUST_USE
bool sim_behaviour_parse(struct str word, struct sim_behaviour *out);
/* The word again, into room for 16 bytes. */
void sim_behaviour_word(struct sim_behaviour b, char out[16]);
/* Ends a message as "failed" (else "undelivered"). */
bool sim_code_is_failed(int code);

/* The table of magic numbers as text, one a line, for --help and docs. */
void sim_behaviour_help(struct buf *out);

#endif
