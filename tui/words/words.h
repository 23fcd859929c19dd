/*
 * words.h - every sentence of the console, in English and in French (catalogue.h), and how a number
 * or a name gets into one.
 *
 * The language is the staff member's, whatever the customer speaks. Patterns hold {1} {2} {3},
 * which the languages may order as they like.
 */
#ifndef SWITCHBACK_TUI_WORDS_WORDS_H
#define SWITCHBACK_TUI_WORDS_WORDS_H

#include "shared/language.h"
#include "tui/words/catalogue.h"

enum word {
	WORD_NONE,
#define X(symbol, en, fr) WORD_##symbol,
	WORDS(X)
#undef X
		WORDS_N
};

/* The text of a word; anything but French gives English. "" for WORD_NONE. */
const char *say(enum language language, enum word w);
/* Its symbol, for tests. */
const char *word_name(enum word w);

/* Fills the places of a pattern; what does not fit is left off, not inside a character. NULL:
 * nothing. */
void say_fill(char *out, size_t room, const char *pattern, const char *a, const char *b,
	      const char *c);

/* "1 person waits", "3 people wait": one for 1 (in French for 0 too), else many; {1} is the number.
 */
void say_count(char *out, size_t room, enum language language, enum word one, enum word many,
	       int64_t n);

/* A code word of the service ("ready_for_pickup") as staff say it; kind is the front of its
 * symbols: "ABOUT_", "ORDER_", "VISIT_". One that the catalogue does not have comes with blanks for
 * its underscores. */
void say_code(char *out, size_t room, enum language language, const char *kind, const char *code);

#endif
