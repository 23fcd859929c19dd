/*
 * date_lexicon.h - what single words mean in dates and times, in both languages.
 *
 * A word that also is an everyday word of its language ("may", "sun", "mer") is weak; a word that
 * means another thing in the other language ("mon", "sept") has a row for each.
 */
#ifndef SWITCHBACK_SERVER_AGENT_DATE_LEXICON_H
#define SWITCHBACK_SERVER_AGENT_DATE_LEXICON_H

#include "shared/language.h"

enum date_term {
	TERM_NONE,
	/* days and spans; value as said */
	TERM_WEEKDAY, /* ISO */
	TERM_MONTH,   /* 1-12 */
	TERM_TODAY,
	TERM_TOMORROW,
	TERM_YESTERDAY, /* any day that is over */
	TERM_WEEKEND,
	TERM_DAY_UNIT,
	TERM_WEEK_UNIT,
	TERM_MONTH_UNIT,
	TERM_YEAR_UNIT,
	TERM_HOUR_UNIT, /* value 1: also "h" and "heures", which stand in clock times */
	TERM_MINUTE_UNIT,
	TERM_HOLIDAY, /* stands in a holiday's name */
	/* parts of a day and times; value: enum date_part_of_day for TERM_PART */
	TERM_PART,
	TERM_TONIGHT,
	TERM_NOON,
	TERM_MIDNIGHT,
	TERM_AM,
	TERM_PM,
	TERM_OCLOCK,
	TERM_HALF,
	TERM_QUARTER,
	TERM_PAST,
	TERM_MINUS,
	TERM_OPENING, /* of the store */
	TERM_CLOSING,
	/* numbers; value */
	TERM_NUMBER,
	TERM_ORDINAL,
	TERM_ONE, /* "a", "an", "un", "une": one, before a unit */
	TERM_FEW, /* value: how many are meant */
	/* which one */
	TERM_NEXT,
	TERM_THIS,
	TERM_COMING,
	TERM_LAST,
	TERM_EARLY,
	TERM_MID,
	TERM_LATE,
	TERM_END,
	TERM_START,
	/* what joins */
	TERM_A, /* "a", "à": at, to, one */
	TERM_AT,
	TERM_ABOUT,
	TERM_BEFORE,
	TERM_BY,
	TERM_UNTIL,
	TERM_AFTER,
	TERM_FROM,
	TERM_BETWEEN,
	TERM_TO,
	TERM_AND,
	TERM_OR,
	TERM_IN,
	TERM_OF,
	TERM_ON,  /* "on", "le", "the", "for": before a day, and passed over */
	TERM_THE, /* "the", "le" before a number of a day */
	TERM_AGO,
	TERM_SINCE,
	TERM_LATER,
	/* what is said of it */
	TERM_NOT,
	TERM_NO,     /* "no", "non", "sorry": takes back what was said */
	TERM_RATHER, /* "actually", "plutôt" */
	TERM_MOVE,   /* "reschedule", "déplacer" */
	TERM_OPENER, /* begins one of the phrases that the readers know word by word */
	TERM_COUNTED /* what numbers count: "dollars", "vitesses", "km" */
};

enum date_part_of_day {
	PART_MORNING,
	PART_AFTERNOON,
	PART_EVENING,
	PART_NIGHT,
	PART_LUNCH,
	PART_DAY
};

struct date_word {
	const char *word;
	enum date_term term;
	int value;
	enum language language; /* unknown: of both */
	bool weak;
};

/* What the folded word means to somebody who writes this language; a name of a day or month may
 * have one letter wrong. NULL: nothing. */
const struct date_word *date_word_find(struct str folded, enum language language);

/* The i-th row, in the order of the words; NULL behind the last. */
const struct date_word *date_word_at(size_t i);

#endif
