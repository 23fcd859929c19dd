/*
 * phrase.h - what the customer wrote, cut into phrases and words that tables can be matched
 * against; and the matching.
 *
 * Words are folded (utf8_fold), split at everything that is no letter or digit, elisions too
 * ("l'atelier" is "l atelier"), and SMS forms are written out ("u" is "you"). Matching marks the
 * words that it has explained: what nobody explains is what the agent has not understood.
 */
#ifndef SWITCHBACK_SERVER_AGENT_PHRASE_H
#define SWITCHBACK_SERVER_AGENT_PHRASE_H

#include "server/agent/agent.h"

#define PHRASE_WORDS_MAX 80 /* more in one phrase are not read; phrases.cut says so */

struct word {
	struct str text;
	bool explained; /* by a table */
	bool dated;     /* named a day: which_day.h */
	bool breaks;    /* a comma, or "and", stands before it */
};

struct phrase {
	struct str raw; /* as the customer wrote it (repaired UTF-8) */
	struct word *words;
	size_t n;
	bool question;      /* ended in a question mark */
	uint64_t starts[4]; /* the beginnings that its words have; phrase.c's own */
};

struct phrases {
	struct phrase *p;
	size_t n;
	bool cut; /* something was too long to be read */
};

/* Phrases end at . ? ! ; and line ends, and at each message's end. Empty ones are left out. */
struct phrases phrases_read(struct arena *a, const struct agent_message *messages, size_t n);

/* To be called when a phrase's words were set by hand, before anything is matched against it. */
void phrase_index(struct phrase *p);

/*
 * A pattern is words with blanks between, each one element:
 *	close|closing	one of these		refund*		begins so
 *	?the|your	may be missing		...		up to four words of any kind
 *	_		any one word		#		a word with a digit in it
 *	^  $		the phrase begins, ends here
 * A word of seven letters or more also matches with one letter wrong, missing, added or swapped,
 *between the second and the last.
 */
struct match {
	size_t from, to; /* words; to is behind the last */
};

/* Finds the first place at or behind word `from`; nothing is marked. */
MUST_USE
bool pattern_find(const char *pattern, const struct phrase *p, size_t from, struct match *out);
/* Finds and marks every place; the words under "..." stay unmarked. True when there was one. */
bool pattern_mark(const char *pattern, struct phrase *p);

/* `word` is among the words of `list` (blanks between them). */
bool word_among(struct str word, const char *list);

#endif
