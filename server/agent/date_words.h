/*
 * date_words.h - days and times in words, English and French, as customers of stores in Canada
 * write them: "tomorrow at 3", "mardi en huit", "le 3 à 14 h", "between 2 and 4pm friday".
 *
 * Resolved in the store's zone. A past day is never meant: a day of the week, of the month or of
 * the year is the next one. An hour without a.m. or p.m. is the one in the store's opening hours,
 * or the nearer to them. What can be read in two ways carries the other reading, and `ask` where a
 * dialogue had better ask. Sizes, prices, numbers of orders and telephones are no dates: where
 * nothing is meant, nothing is found.
 */
#ifndef SWITCHBACK_SERVER_AGENT_DATE_WORDS_H
#define SWITCHBACK_SERVER_AGENT_DATE_WORDS_H

#include "server/agent/agent.h"
#include "shared/zone.h"

#define DATES_MAX  8
#define DATES_NONE SIZE_MAX

struct date_frame {
	int64_t now_us;
	const struct zone *zone;   /* the store's; never NULL */
	const struct store *store; /* for its hours; NULL, or none known: 9 to 18 */
	enum language language;    /* decides what both languages write alike; may be unknown */
};

enum date_kind {
	DATE_DAY,      /* start: the day */
	DATE_TIME,     /* start: the instant */
	DATE_INTERVAL, /* start, end: instants of one day, or the day after ("10pm to 2am") */
	DATE_PART,     /* start, end: of a part of a day, by convention ("morning" is 8 to 12) */
	DATE_RANGE,    /* start: first day; end: the day behind the last */
	DATE_AFTER,  /* start: the earliest, as named ("after 3": 15:00; "after Friday": Friday) */
	DATE_BEFORE, /* end: the latest, as named; start: with a time, its day, else none */
};

struct date_point {
	bool known;        /* there is one */
	bool timed;        /* an instant; else a whole day */
	int64_t day;       /* day.h, on the store's calendar */
	int minute;        /* of the day; 0 of a whole one */
	int64_t at_us;     /* the instant; of a whole day, its beginning */
	enum zone_fit fit; /* whether that wall time is skipped or comes twice; of an instant
			      counted from now, once */
};

struct date_found {
	enum date_kind kind;
	struct date_point start, end;
	struct date_point other; /* start (DATE_BEFORE: end) in the other reading; or not known */
	bool ask;                /* read in two ways that people really mean, or it contradicts
				    itself ("Monday the 3rd" when that is a Tuesday) */
	bool about;              /* "around 3", "vers 15 h" */
	bool refused;            /* "not Tuesday", or taken back by what follows */
	size_t from, to;         /* bytes of the text; to is behind the last */
};

struct dates {
	struct date_found found[DATES_MAX]; /* in the order of the text */
	size_t n;
	size_t main; /* what is meant after all corrections; DATES_NONE: nothing was found */
	bool cut;    /* the text was too long, or had more dates than these */
};

/* text: any bytes; AGENT_TEXT_MAX of them are read. The arena holds working memory only. */
void date_words(struct arena *a, struct str text, const struct date_frame *frame,
		struct dates *out);

#endif
