/*
 * date_token.h - a text cut for date_words.c: words, numbers and signs, each with what it can mean
 * (date_lexicon.h) and its place. "14h30" is three tokens that touch; "vingt-deux" is one number.
 *
 * Words are lower case without accents. Apostrophes and full stops inside a shortening are no
 * tokens. There is always a run of empty tokens behind the last, so looking ahead needs no bounds.
 */
#ifndef SWITCHBACK_SERVER_AGENT_DATE_TOKEN_H
#define SWITCHBACK_SERVER_AGENT_DATE_TOKEN_H

#include "server/agent/date_lexicon.h"
#include "shared/arena.h"

#define DATE_TOKENS_MAX   800 /* more are not read */
#define DATE_TOKENS_AHEAD 16  /* empty ones behind the last */

struct date_token {
	enum { TOKEN_END, TOKEN_WORD, TOKEN_NUMBER, TOKEN_SIGN } kind;
	enum date_term term;
	int value;       /* of a word's term, or the number */
	int digits;      /* of a number; 0: spelled out */
	bool ordinal;    /* "3rd", "1er", "eleventh" */
	bool tight;      /* touches the one before */
	bool accent;     /* had an accented letter */
	bool weak;       /* means a date only beside another word of dates */
	struct str text; /* folded; of a sign its one byte */
	size_t from, to; /* bytes of the customer's text */
};

struct date_tokens {
	const struct date_token *t;
	size_t n;
	bool cut;
};

struct date_tokens date_tokens_read(struct arena *a, struct str text, enum language language);

#endif
