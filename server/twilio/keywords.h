/*
 * keywords.h - the words that stop, start and explain texts (twilio.md 2.5): STOP, ARRET, START,
 * HELP, AIDE and their kin.
 *
 * A text is one only when it is nothing but the word: case, accents, blanks around it and
 * punctuation at its ends do not count; "STOP PLEASE" is not one. The agent never answers such a
 * text.
 */
#ifndef SWITCHBACK_SERVER_TWILIO_KEYWORDS_H
#define SWITCHBACK_SERVER_TWILIO_KEYWORDS_H

#include "shared/str.h"

enum keyword_class { KEYWORD_NONE, KEYWORD_STOP, KEYWORD_START, KEYWORD_HELP };
enum keyword_language { KEYWORD_EITHER, KEYWORD_ENGLISH, KEYWORD_FRENCH };

struct keyword {
	enum keyword_class class;
	/* Of the word; KEYWORD_EITHER for words that both languages use (STOP, INFO): the
	 * customer's. */
	enum keyword_language language;
	/* Twilio itself has acted on it and answered, so no confirmation of ours: it would be a
	 * second one, or be blocked (21610). By default for its own words, and whenever OptOutType
	 * is there. */
	bool answered_by_carrier;
	/* YES, OUI: a START only from somebody who is opted out, from anybody else an ordinary
	 * text. */
	bool only_if_opted_out;
};

/* What a text is. `opt_out_type` is the parameter OptOutType, {NULL, 0} when absent; when it says
 * START, STOP or HELP it decides, whatever the body. */
struct keyword keyword_of(struct str body, struct str opt_out_type);

#endif
