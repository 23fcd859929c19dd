/*
 * cards_find.h - card numbers among the tokens of a text. Private to shared/cards*.c.
 */
#ifndef SWITCHBACK_SHARED_CARDS_FIND_H
#define SWITCHBACK_SHARED_CARDS_FIND_H

#include "shared/cards_read.h"

struct card_found {
	size_t first, last; /* tokens, both included */
	unsigned digits;    /* how many the number has */
	char last4[5];
};

/* The cards among tokens[0..count), in order, not overlapping; *out is an array in the arena. */
size_t card_find(struct arena *a, const struct card_token *tokens, size_t count,
		 struct card_found **out);

/* These digits are a card number: front and length of a known issuer, and the check digit. For
 * tests. */
bool card_number_valid(const char *digits, size_t n);

#endif
