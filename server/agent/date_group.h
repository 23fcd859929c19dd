/*
 * date_group.h - the pieces of a text (date_piece.h) put together: what belongs to one appointment
 * is one group; and what the text says of each ("not", "or", "around", "before"). Private to
 * date_words.c.
 */
#ifndef SWITCHBACK_SERVER_AGENT_DATE_GROUP_H
#define SWITCHBACK_SERVER_AGENT_DATE_GROUP_H

#include "server/agent/date_piece.h"

#define DATE_GROUPS_MAX 16

enum date_bound { BOUND_NONE, BOUND_AFTER, BOUND_BEFORE };

struct date_group {
	size_t from, to; /* tokens */
	int days;        /* 0; 1: day; 2: from day[0] to day[1] */
	struct date_day day[2];
	bool spans;
	struct date_span span;
	int clocks; /* 0; 1: clock[0]; 2: from, to */
	struct date_clock clock[2];
	bool parts;
	struct date_part part;
	bool shifts; /* at_us, counted from now */
	int64_t at_us;
	enum date_bound bound; /* of the time, where there is one; else of the day or span */
	bool inclusive;        /* "by", "d'ici": the limit itself is still meant */
	bool about, refused, past;
	bool alternative; /* "or" stands before it */
};

struct date_groups {
	struct date_group g[DATE_GROUPS_MAX];
	size_t n;
	bool cut; /* there were more */
};

void date_groups_read(const struct date_text *x, struct date_groups *out);

static inline bool group_timed(const struct date_group *g)
{
	return g->clocks > 0 || g->parts || g->shifts;
}

static inline bool group_dated(const struct date_group *g)
{
	return g->days > 0 || g->spans;
}

#endif
