/*
 * cards_read.h - text as cards.c sees it: figures, number words, the few other words that matter,
 * and what stands between them. Private to shared/cards*.c.
 */
#ifndef SWITCHBACK_SHARED_CARDS_READ_H
#define SWITCHBACK_SHARED_CARDS_READ_H

#include "shared/arena.h"
#include "shared/str.h"

enum card_kind {
	CARD_FIGURES,  /* figures with nothing between them */
	CARD_UNIT,     /* a number word: zero to nine */
	CARD_TEEN,     /* ten to nineteen */
	CARD_TEN,      /* twenty, thirty, ... ninety */
	CARD_HUNDRED,  /* hundred, cent */
	CARD_THOUSAND, /* thousand, mille */
	CARD_REPEAT,   /* double, triple */
	CARD_FILLER,   /* a word that may stand inside a number that is told: and, then, the rest is
			*/
	CARD_MARK,     /* our own "[card ****1111]" or "[card]" */
	CARD_CVV,      /* a word for the security code */
	CARD_SECURITY, /* "security", "sécurité": one together with the next */
	CARD_CODE,     /* "code" */
	CARD_BACK,     /* "back", "dos", "endos": a code together with the next */
	CARD_DIGITS,   /* "digits", "chiffres" */
	CARD_EXPIRY,   /* exp, expires, date, ... */
	CARD_CARD,     /* card, carte, Visa, ... */
	CARD_TRACKING, /* tracking, suivi, colis, ... */
	CARD_NAMING,   /* number, numéro, no, my, de: between such a word and its number */
	CARD_ORDER,    /* order, commande, invoice, ... */
	CARD_WORD,     /* any other word */
	CARD_STOP,     /* a character that no number runs across */
};

enum card_language { CARD_ENGLISH = 1, CARD_FRENCH = 2, CARD_BOTH = 3 };

/* What stands before a token, after the one before it. */
enum card_gap {
	GAP_NONE, /* nothing: they touch */
	GAP_BLANK,
	GAP_DASH,
	GAP_DOT,
	GAP_SLASH,
	GAP_OTHER,
	GAP_MIXED,
	GAP_TEXT, /* the end of a text */
};

#define CARD_FIGURES_MAX 20 /* figures kept of one token; more than 19 are no card */

struct card_token {
	enum card_kind kind;
	enum card_gap gap;
	unsigned language; /* of a word; a set */
	unsigned value;    /* of a number word, or the character of a CARD_STOP */
	bool sentence;     /* a full stop, or a line's end, stands before it */
	unsigned text;     /* which text, and where in it */
	size_t from, to;
	unsigned n; /* figures; more than CARD_FIGURES_MAX says there were more */
	char figures[CARD_FIGURES_MAX];
};

struct card_reader {
	struct str text;
	size_t at;
	unsigned number; /* of the text */
};

/* The next token; false at the end. A fresh reader is {text, 0, number}. */
bool card_next(struct card_reader *r, struct card_token *out);

/* Part of a number: figures or a number word. */
static inline bool card_is_number(const struct card_token *t)
{
	return t->kind <= CARD_REPEAT;
}

/* The digits that a token may stand for, at most. */
unsigned card_digits_at_most(const struct card_token *t);

/* One way to read a number that begins at tokens[at]: which tokens it takes and its digits. */
struct card_reading {
	size_t end; /* behind the last */
	unsigned n;
	char digits[CARD_FIGURES_MAX];
};

/* All ways, the longest first ("quatre vingt dix": 90, 80, 4), as people mostly mean it; none when
 * no number begins there or it has too many figures. Returns how many of the at most
 * CARD_READINGS_MAX were written. */
#define CARD_READINGS_MAX 12
size_t card_readings(const struct card_token *tokens, size_t count, size_t at,
		     struct card_reading out[CARD_READINGS_MAX]);

#endif
