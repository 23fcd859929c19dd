/*
 * date_place.c - which group a piece belongs to: see date_reader.h.
 */
#include "server/agent/date_reader.h"
#include "shared/day.h"

#define WEEK_DAYS 7

/* ---- groups ---- */

static struct date_group *group_open(struct reader *r, size_t i)
{
	struct date_groups *out = r->out;

	if (out->n == DATE_GROUPS_MAX) {
		out->cut = true;
		return NULL;
	}
	r->g = &out->g[out->n++];
	*r->g = (struct date_group){.from = i,
				    .to = i,
				    .about = r->lead.about,
				    .refused = r->lead.refuse,
				    .past = r->lead.past,
				    .alternative = r->lead.either};
	return r->g;
}

static void bound_take(struct reader *r, struct date_group *g)
{
	if (r->lead.bound == BOUND_NONE)
		return;
	g->bound = r->lead.bound;
	g->inclusive = r->lead.inclusive;
}

/* "Tuesday the 11th", "mercredi 9 septembre", "demain vendredi": one day, said twice. */
bool days_merge(const struct date_text *x, struct date_day *have, const struct date_day *more)
{
	const struct date_day *week = is_plain_day(have) ? have : more;
	const struct date_day *other = week == have ? more : have;
	struct date_day merged;

	if (!is_plain_day(week) || is_plain_day(other) || other->weekday != 0)
		return false;
	merged = *other;
	merged.weekday = week->weekday;
	if (is_number_day(other) ||
	    (other->day != DATE_NO_DAY && day_weekday(other->day) == week->weekday)) {
		merged.other = DATE_NO_DAY; /* the weekday says which reading it is */
		merged.ask = false;
		*have = merged;
		return true;
	}
	/* 3/4 in the order in which it is that weekday */
	if (other->other != DATE_NO_DAY && day_weekday(other->other) == week->weekday) {
		merged.day = other->other;
		merged.other = DATE_NO_DAY;
		merged.ask = false;
		*have = merged;
		return true;
	}
	/* "in two weeks on Tuesday" */
	if (other->day > x->today + 6 && week == more && other->floats) {
		merged.day = other->day - day_weekday(other->day) + week->weekday;
		*have = merged;
		return true;
	}
	if (other->day <= x->today + 1)
		return false;
	merged.ask = true; /* it is another weekday */
	*have = merged;
	return true;
}

/* "Wednesday next week", "the 15th of next month", "this weekend on Saturday" */
bool span_narrows(const struct date_text *x, const struct date_span *span, struct date_day *d)
{
	int64_t monday = span->to - WEEK_DAYS, day;

	if (span->kind == SPAN_WEEK && is_plain_day(d))
		day = monday + d->weekday - 1;
	else if (span->kind == SPAN_WEEKEND && is_plain_day(d) && d->weekday >= 6)
		day = span->to - 2 + d->weekday - 6;
	else if (span->kind == SPAN_MONTH && is_number_day(d))
		day = mday_next(span->from, d->mday, 0);
	else
		return false;
	if (day < x->today || day == DATE_NO_DAY || day >= span->to)
		return false;
	d->day = day;
	d->ask = span->ask;
	d->other = span->other == DATE_NO_DAY ? DATE_NO_DAY : span->other + (day - span->from);
	return true;
}

/* ---- placing ---- */

void day_place(struct reader *r, size_t from, size_t to, struct date_day d)
{
	struct date_group *g = r->g;
	bool fits = g != NULL && r->lead.joined && !r->lead.either && !r->lead.back &&
		    !r->lead.refuse && !d.past && !g->past;

	if (fits && g->spans && g->days == 0 && span_narrows(r->x, &g->span, &d)) {
		g->spans = false;
		g->day[g->days++] = d;
	} else if (fits && g->days == 1 && !r->lead.to && days_merge(r->x, &g->day[0], &d)) {
		/* it was said twice */
	} else if (fits && g->days == 1 && r->lead.to && !r->moving && !group_timed(g)) {
		g->day[g->days++] = d;
		g->bound = BOUND_NONE;
	} else if (fits && g->days == 0 && !g->spans && !g->shifts && r->lead.bound == BOUND_NONE) {
		g->day[g->days++] = d;
	} else {
		g = group_open(r, from);
		if (g == NULL)
			return;
		g->day[g->days++] = d;
		g->past = g->past || d.past;
		bound_take(r, g);
	}
	g->to = to;
}

void span_place(struct reader *r, size_t from, size_t to, struct date_span s)
{
	struct date_group *g = r->g;
	bool fits = g != NULL && r->lead.joined && !r->lead.either && !s.past;

	if (fits && g->days == 1 && !g->spans && r->lead.bound == BOUND_NONE &&
	    span_narrows(r->x, &s, &g->day[0])) {
		g->to = to;
		return;
	}
	if (fits && g->days == 0 && !g->spans && g->clocks > 0 && r->lead.bound == BOUND_NONE) {
		g->spans = true;
		g->span = s;
		g->to = to;
		return;
	}
	g = group_open(r, from);
	if (g == NULL)
		return;
	g->spans = true;
	g->span = s;
	g->past = g->past || s.past;
	g->to = to;
	bound_take(r, g);
}

/* The group that a time joins: the last one, when it has none, or a new one. */
static struct date_group *time_group(struct reader *r, size_t from, bool has)
{
	struct date_group *g = r->g;

	if (g != NULL && r->lead.joined && !r->lead.either && !r->lead.back && !r->lead.refuse &&
	    !has && !g->shifts && g->days < 2 && !g->past &&
	    (g->bound == BOUND_NONE || r->lead.bound == BOUND_NONE))
		return g;
	return group_open(r, from);
}

void clocks_place(struct reader *r, size_t from, size_t to, const struct date_clock *c, int n)
{
	struct date_group *g = r->g;

	if (n == 1 && g != NULL && g->clocks == 1 && r->lead.joined && r->lead.to && !r->moving &&
	    g->bound != BOUND_BEFORE && !r->lead.either) { /* "from 3 tomorrow to 5" */
		g->clock[g->clocks++] = c[0];
		g->bound = BOUND_NONE;
		g->to = to;
		return;
	}
	g = time_group(r, from, g != NULL && g->clocks > 0);
	if (g == NULL)
		return;
	memcpy(g->clock, c, (size_t)n * sizeof(c[0]));
	g->clocks = n;
	g->to = to;
	g->about = g->about || r->lead.about || c[0].about;
	if (n == 1)
		bound_take(r, g);
}

void part_place(struct reader *r, size_t from, size_t to, struct date_part p)
{
	struct date_group *g = time_group(r, from, r->g != NULL && r->g->parts);

	if (g == NULL)
		return;
	g->parts = true;
	g->part = p;
	g->past = g->past || p.past;
	g->to = to;
	if (g->clocks == 0)
		bound_take(r, g);
}

void shift_place(struct reader *r, size_t from, size_t to, const struct date_shift *s)
{
	struct date_group *g;

	if (s->within && r->lead.bound == BOUND_NONE) {
		r->lead.bound = BOUND_BEFORE;
		r->lead.inclusive = true;
	}
	if (!s->timed) {
		struct date_day d = s->day;

		d.past = s->past;
		d.floats = true;
		if (s->past)
			r->lead.joined = false;
		day_place(r, from, to, d);
		if (s->ranges && r->g != NULL && r->g->days == 1) {
			r->g->day[1] = s->last;
			r->g->days = 2;
		}
		return;
	}
	g = group_open(r, from);
	if (g == NULL)
		return;
	g->shifts = true;
	g->at_us = s->at_us;
	g->to = to;
	bound_take(r, g);
}
