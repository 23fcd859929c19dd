/*
 * date_piece.h - the pieces that dates in words are made of, read at one place of the text each;
 * date_group.h puts them together. Private to date_words.c and its neighbours.
 *
 * A reader takes the number of the token to begin at and returns the number of the token behind
 * what it has read, or 0 when it finds nothing there; *out is written only then.
 */
#ifndef SWITCHBACK_SERVER_AGENT_DATE_PIECE_H
#define SWITCHBACK_SERVER_AGENT_DATE_PIECE_H

#include "server/agent/date_token.h"
#include "server/agent/date_words.h"

#define DATE_HOLIDAYS_MAX 4
#define DATE_NO_DAY       INT64_MIN

struct date_text {
	const struct date_token *t; /* DATE_TOKENS_AHEAD empty ones behind the last */
	size_t n;
	const struct date_frame *frame;
	int64_t today; /* at the store */
	int minute;    /* of today */
	struct {
		size_t from, to;
		int64_t day;
	} holidays[DATE_HOLIDAYS_MAX];
	size_t holidays_n;
};

/* ---- times ---- */

enum date_half { HALF_UNSAID, HALF_AM, HALF_PM, HALF_ALL /* the hour is of 24 */ };

struct date_clock {
	enum { CLOCK_TIME, CLOCK_OPENING, CLOCK_CLOSING } at;
	int hour, minute; /* as said; the hour 0-24 */
	enum date_half half;
	bool bare;  /* nothing but a number was said */
	bool about; /* "noonish" */
	bool today; /* "ce midi" */
};

/* may_be_bare: a number alone may be an hour here ("at 3"). */
size_t clock_read(const struct date_text *x, size_t i, bool may_be_bare, struct date_clock *out);
/* The same behind "-", which may touch it. */
size_t clock_end_read(const struct date_text *x, size_t i, bool may_be_bare,
		      struct date_clock *out);
/* "between 2 and 4pm", "13-15h"; which of them is in the morning is settled. */
size_t clocks_read(const struct date_text *x, size_t i, bool may_be_bare, struct date_clock out[2]);

struct date_part {
	int from, to; /* minutes of the day */
	enum date_half half;
	bool today;    /* "this morning", "tonight" */
	bool past;     /* "last night" */
	bool by_store; /* from, to are said from the opening (>= 0), the closing (< 0) */
};

/* beside_day: a day stands right before ("demain am"). */
size_t part_read(const struct date_text *x, size_t i, bool beside_day, struct date_part *out);

/* ---- lengths ---- */

struct date_length {
	int days, months, minutes; /* one of them, or minutes beside hours */
	int other_days;            /* "quinze jours" is 14 or 15; else 0 */
};

size_t length_read(const struct date_text *x, size_t i, struct date_length *out);

/* ---- days ---- */

enum date_which { WHICH_PLAIN, WHICH_THIS, WHICH_NEXT, WHICH_COMING, WHICH_SECOND };

struct date_day {
	bool past;   /* "yesterday": nothing that is meant */
	int64_t day; /* DATE_NO_DAY: by weekday or mday */
	int weekday; /* ISO, as said; 0: none. With a day, only a remark on it */
	enum date_which which;
	bool french;   /* "mardi prochain" is sooner than "next Tuesday" */
	int plus;      /* days behind that weekday: "mardi en huit" is 7 */
	int mday;      /* "the 9th": the next one; 0: none */
	bool floats;   /* a date without a month: a span beside it may give the month */
	int64_t other; /* other reading, or DATE_NO_DAY */
	bool ask;
};

/* Everything that names one day. */
size_t day_read(const struct date_text *x, size_t i, struct date_day *out);
/* The same without those that lean on another ("the day after Labour Day"). */
size_t day_plain_read(const struct date_text *x, size_t i, struct date_day *out);
/* "May 3", "3/4", "2026-05-03", "the 15th of next month", "the last friday of may" */
size_t calendar_read(const struct date_text *x, size_t i, struct date_day *out);
/* Which day is meant by it, today, when the time does not matter; or DATE_NO_DAY. end: minute of
 * the day at which it is over, 1440 when no time was said. */
int64_t day_settle(const struct date_text *x, struct date_day *d, int end);
/* This day of some month behind first; a weekday other than 0 must fit too. DATE_NO_DAY: none. */
int64_t mday_next(int64_t first, int mday, int weekday);
int64_t months_later(int64_t day, int months);

struct date_span {
	enum { SPAN_DAYS, SPAN_WEEK, SPAN_WEEKEND, SPAN_MONTH } kind;
	int64_t from, to; /* to: the day behind */
	int64_t other;    /* other first day, or DATE_NO_DAY */
	bool ask, past;
	bool ending; /* "the end of the week": as a limit, its last day */
};

size_t span_read(const struct date_text *x, size_t i, struct date_span *out);

/* "in 20 minutes", "in two weeks", "d'ici 3 jours", "3 days from Tuesday" */
struct date_shift {
	bool timed; /* at_us; else day */
	int64_t at_us;
	struct date_day day, last;
	bool ranges; /* from day to last: "in 2-3 days" */
	bool within; /* a limit: "within 3 days" */
	bool past;   /* "3 days ago", "for 2 weeks" */
};

size_t shift_read(const struct date_text *x, size_t i, struct date_shift *out);

/* ---- looking at tokens ---- */

static inline bool is_term(const struct date_text *x, size_t i, enum date_term term)
{
	return i < x->n && x->t[i].term == term;
}

static inline bool is_sign(const struct date_text *x, size_t i, char c)
{
	return i < x->n && x->t[i].kind == TOKEN_SIGN && x->t[i].text.p[0] == c;
}

/* A word that says nothing about dates. */
static inline bool is_plain(const struct date_text *x, size_t i)
{
	return i < x->n && x->t[i].kind == TOKEN_WORD &&
	       (x->t[i].term == TERM_NONE || x->t[i].term == TERM_OPENER);
}

/* The word is one of these (blanks between them). */
bool is_word(const struct date_text *x, size_t i, const char *list);
/* A number without digits touching it that make it another ("4,021", "700x28"). */
bool is_number(const struct date_text *x, size_t i, int min, int max);
/* What stands at i is counted by the number before: "dollars", "%", "days". */
bool is_counted(const struct date_text *x, size_t i);
/* Behind the words of these terms at i, a few at most; i when there are none. */
size_t skip(const struct date_text *x, size_t i, enum date_term one, enum date_term two);

#endif
