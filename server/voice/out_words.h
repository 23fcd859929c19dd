/*
 * out_words.h - what a customer is told whom the store calls by itself: at the beginning of the
 * call, on a machine, and in the text that follows three tries. English and French.
 *
 * The call begins by saying that it is automated, whose it is, and why. A machine is told no more
 * than that: anybody in the house may hear it.
 */
#ifndef SWITCHBACK_SERVER_VOICE_OUT_WORDS_H
#define SWITCHBACK_SERVER_VOICE_OUT_WORDS_H

#include "shared/arena.h"
#include "shared/language.h"

#define OUT_WORDS_MAX 500 /* characters of each */

struct out_words {
	const char *opening, *machine, *text; /* in the arena */
};

/* pickup: an order is ready (number may be empty); else a call back. phone is E.164: the number
 * that calls. An unknown language is English. */
void out_words_of(struct arena *a, bool pickup, enum language l, struct str store,
		  struct str order_number, struct str phone, struct out_words *out);

#endif
