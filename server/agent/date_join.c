/*
 * date_join.c - what the groups of a text have to do with each other: see date_reader.h.
 */
#include "server/agent/date_reader.h"

#define NEAR 5 /* words over which a refusal carries */

bool refused_before(const struct date_text *x, size_t from)
{
	for (size_t k = 1; k <= NEAR && k <= from; k++) {
		size_t i = from - k;

		if (x->t[i].kind == TOKEN_SIGN || is_term(x, i, TERM_OR) ||
		    is_word(x, i, "but mais before avant until"))
			return false;
		if (is_term(x, i, TERM_NOT) && x->t[i].value == 1)
			return true;
		if (is_word(x, i, "t") && i > 0 && is_word(x, i - 1, "can won couldn"))
			return true;
		if (is_term(x, i, TERM_NOT) &&
		    (is_word(x, i + 1, "available able free libre dispo disponible disponibles") ||
		     (i > 0 && is_word(x, i - 1,
				       "peux peut pourrai pourrais pourra marche fonctionne "
				       "convient can will"))))
			return !(i > 0 && is_word(x, i - 1, "why pourquoi"));
	}
	return false;
}

/* "Friday doesn't work, Saturday?", "mardi je peux pas, mercredi": a refusal behind it, before a
 * comma. */
static bool refused_behind(const struct date_text *x, size_t to, size_t next)
{
	bool refused = false;

	for (size_t i = to; i < next; i++) {
		if (x->t[i].kind == TOKEN_SIGN || is_word(x, i, "but mais"))
			return refused && i > to;
		if ((is_term(x, i, TERM_NOT) && !is_term(x, i + 1, TERM_BEFORE)) ||
		    (is_word(x, i, "t") && i > to && is_word(x, i - 1, "don doesn won can isn")) ||
		    (is_word(x, i, "no") && is_word(x, i + 1, "good")))
			refused = true;
	}
	return false;
}

static void fill(struct date_group *g, const struct date_group *from)
{
	if (!group_dated(g)) {
		g->days = from->days;
		memcpy(g->day, from->day, sizeof(g->day));
		g->spans = from->spans;
		g->span = from->span;
	}
	if (!group_timed(g) && group_timed(from)) {
		g->clocks = from->clocks;
		memcpy(g->clock, from->clock, sizeof(g->clock));
		g->parts = from->parts;
		g->part = from->part;
		if (g->bound == BOUND_NONE) {
			g->bound = from->bound;
			g->inclusive = from->inclusive;
		}
	}
	g->about = g->about || from->about;
}

/* "sometime next week, maybe thursday" */
static bool narrows_apart(const struct date_text *x, struct date_group *a, struct date_group *b)
{
	if (!a->spans || a->days > 0 || b->days != 1 || b->spans || a->bound != BOUND_NONE ||
	    b->alternative || a->refused || b->refused || group_timed(a) ||
	    !span_narrows(x, &a->span, &b->day[0]))
		return false;
	b->from = a->from;
	b->alternative = a->alternative;
	*a = *b;
	return true;
}

static bool complete_each_other(const struct date_group *a, const struct date_group *b)
{
	if (a->past || b->past || a->shifts || b->shifts || a->days == 2 || b->days == 2)
		return false;
	return (group_dated(a) && !group_timed(a) && !a->spans && group_timed(b) &&
		!group_dated(b) && !b->part.today) ||
	       (group_timed(a) && !group_dated(a) && !a->part.today && group_dated(b) &&
		!group_timed(b) && !b->spans);
}

static void group_drop(struct date_groups *all, size_t i)
{
	memmove(&all->g[i], &all->g[i + 1], (all->n - i - 1) * sizeof(all->g[0]));
	all->n--;
}

void groups_join(const struct date_text *x, struct date_groups *all)
{
	for (size_t i = all->n; i-- > 0;) {
		if (all->g[i].past)
			group_drop(all, i);
	}
	for (size_t i = 0; i + 1 < all->n; i++) {
		if (refused_behind(x, all->g[i].to, all->g[i + 1].from))
			all->g[i].refused = true;
	}
	for (size_t i = 0; i + 1 < all->n;) {
		struct date_group *a = &all->g[i], *b = &all->g[i + 1];

		if (!a->refused && !b->refused && !b->alternative && complete_each_other(a, b) &&
		    !(a->bound != BOUND_NONE && b->bound != BOUND_NONE)) {
			struct date_group one = *b;

			fill(&one, a);
			if (one.bound == BOUND_NONE) {
				one.bound = a->bound;
				one.inclusive = a->inclusive;
			}
			one.from = a->from;
			one.alternative = a->alternative;
			*a = one;
			group_drop(all, i + 1);
		} else if (narrows_apart(x, a, b)) {
			group_drop(all, i + 1);
		} else {
			i++;
		}
	}
	for (size_t i = 1; i < all->n; i++) {
		struct date_group *a = &all->g[i - 1], *b = &all->g[i];

		if ((b->alternative || (a->refused && !b->refused)) && !a->shifts && !b->shifts) {
			fill(b, a);
			if (b->alternative && !a->refused)
				fill(a, b);
		}
	}
}
