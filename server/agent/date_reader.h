/*
 * date_reader.h - what date_group.c, date_place.c, date_lead.c and date_join.c share while they
 * read one text. Private to them.
 */
#ifndef SWITCHBACK_SERVER_AGENT_DATE_READER_H
#define SWITCHBACK_SERVER_AGENT_DATE_READER_H

#include "server/agent/date_group.h"

/* What the words since the last piece announce about the next one. */
struct lead {
	enum date_bound bound;
	bool inclusive;
	bool time; /* a number may be an hour: "at", "vers" */
	bool about;
	bool to;     /* "to", "-", "au": the end of something */
	bool goal;   /* "to", "pour": where something is moved */
	bool either; /* "or" */
	bool back;   /* "no", "actually": takes back what was said */
	bool refuse; /* "not", "instead of" */
	bool past;   /* "since" */
	bool joined; /* nothing but articles and prepositions since the last piece */
};

struct reader {
	const struct date_text *x;
	struct date_groups *out;
	struct date_group *g; /* the last one, or NULL */
	struct lead lead;
	bool moving;  /* "reschedule" was said */
	bool between; /* "between" was: the next "and" is a "to" */
};

/* Said by its weekday alone, or by its number alone. */
static inline bool is_plain_day(const struct date_day *d)
{
	return d->day == DATE_NO_DAY && d->weekday != 0 && d->mday == 0;
}

static inline bool is_number_day(const struct date_day *d)
{
	return d->day == DATE_NO_DAY && d->mday != 0;
}

/* ---- date_place.c: a piece that was read (tokens from..to) goes into the last group, or opens one
 * ---- */

void day_place(struct reader *r, size_t from, size_t to, struct date_day d);
void span_place(struct reader *r, size_t from, size_t to, struct date_span s);
/* n: 1 time, or 2: from one to the other. */
void clocks_place(struct reader *r, size_t from, size_t to, const struct date_clock *c, int n);
void part_place(struct reader *r, size_t from, size_t to, struct date_part p);
void shift_place(struct reader *r, size_t from, size_t to, const struct date_shift *s);

/* "Tuesday the 11th", "demain vendredi": one day, said twice. False: they are two. */
MUST_USE
bool days_merge(const struct date_text *x, struct date_day *have, const struct date_day *more);
/* "Wednesday next week": the span says which Wednesday. False: it does not. */
MUST_USE
bool span_narrows(const struct date_text *x, const struct date_span *span, struct date_day *d);

/* ---- date_lead.c: the words between pieces ---- */

/* A phrase that announces something about the next piece, or says it of the last one. Returns
 * behind it, or 0. */
size_t lead_phrase(struct reader *r, size_t i);
/* Any other single word or sign. */
void lead_word(struct reader *r, size_t i);

/* ---- date_join.c: all groups of the text ---- */

/* "can't do Tuesday", "pas libre mardi": a refusal some words before token `from`. */
bool refused_before(const struct date_text *x, size_t from);
/* What is over goes; a day and a time that stand apart come together; alternatives and corrections
 * take what they do not say from what they replace. */
void groups_join(const struct date_text *x, struct date_groups *all);

#endif
