/*
 * date_lead.c - the words between dates that say how they are meant: see date_reader.h.
 */
#include "server/agent/date_reader.h"

static void bound_set(struct lead *l, enum date_bound bound, bool inclusive)
{
	bool not = l->refuse;

	l->refuse = false;
	if (not ) /* "not before" is after */
		bound = bound == BOUND_AFTER ? BOUND_BEFORE : BOUND_AFTER;
	l->bound = bound;
	l->inclusive = inclusive || not ;
}

/* "or later", "onwards", "au plus tard" behind a piece. Returns behind it, or 0. */
static size_t bound_behind(const struct reader *r, size_t i)
{
	const struct date_text *x = r->x;
	struct date_group *g = r->g;
	size_t at = is_term(x, i, TERM_OR) || is_term(x, i, TERM_AND) ? i + 1 : i;
	enum date_bound bound = BOUND_NONE;
	bool joined = at > i;

	if (g == NULL || g->to != i || g->bound != BOUND_NONE)
		return 0;
	if (is_word(x, at, "plus") && is_word(x, at + 1, "tard tot") && joined) {
		bound = is_word(x, at + 1, "tard") ? BOUND_AFTER : BOUND_BEFORE;
		at += 2;
	} else if (is_word(x, at, "onward onwards") ||
		   (joined && is_word(x, at, "later after on up beyond apres plus"))) {
		bound = BOUND_AFTER;
		at++;
	} else if (joined && is_word(x, at, "earlier before avant")) {
		bound = BOUND_BEFORE;
		at++;
	} else if (is_word(x, at, "au") && is_word(x, at + 1, "plus") &&
		   is_word(x, at + 2, "tard tot")) {
		bound = is_word(x, at + 2, "tard") ? BOUND_BEFORE : BOUND_AFTER;
		at += 3;
	} else if (is_word(x, at, "at") && is_word(x, at + 1, "the") &&
		   is_word(x, at + 2, "latest earliest")) {
		bound = is_word(x, at + 2, "latest") ? BOUND_BEFORE : BOUND_AFTER;
		at += 3;
	} else {
		return 0;
	}
	g->bound = bound;
	g->inclusive = bound == BOUND_BEFORE;
	return at;
}

/* "no later than", "au plus tard", "à partir de", "d'ici": phrases that set a bound. */
static size_t bound_phrase(struct reader *r, size_t i)
{
	const struct date_text *x = r->x;
	struct lead *l = &r->lead;
	struct date_shift shift;

	if (is_word(x, i, "no pas not") && is_term(x, i + 1, TERM_LATER)) {
		bound_set(l, BOUND_BEFORE, true);
		return is_word(x, i + 2, "than") ? i + 3 : i + 2;
	}
	if (is_word(x, i, "pas") && is_word(x, i + 1, "plus") && is_word(x, i + 2, "tard tot") &&
	    is_word(x, i + 3, "que")) {
		bound_set(l, is_word(x, i + 2, "tard") ? BOUND_BEFORE : BOUND_AFTER, true);
		return i + 4;
	}
	if (is_word(x, i, "au") && is_word(x, i + 1, "plus") && is_word(x, i + 2, "tard tot")) {
		bound_set(l, is_word(x, i + 2, "tard") ? BOUND_BEFORE : BOUND_AFTER, true);
		return i + 3;
	}
	if ((is_word(x, i, "make") && is_word(x, i + 1, "it")) ||
	    is_word(x, i, "say disons mettons")) {
		l->time = true;
		return is_word(x, i, "make") ? i + 2 : i + 1;
	}
	if (is_word(x, i, "d") && is_word(x, i + 1, "ici") && shift_read(x, i, &shift) == 0) {
		bound_set(l, BOUND_BEFORE, true);
		return i + 2;
	}
	if (is_word(x, i, "instead rather plutot") && is_word(x, i + 1, "of than que")) {
		l->refuse = true;
		return i + 2;
	}
	if (is_word(x, i, "au") && is_word(x, i + 1, "lieu") && is_term(x, i + 2, TERM_OF)) {
		l->refuse = true;
		return i + 3;
	}
	return 0;
}

static bool is_glue(const struct date_text *x, size_t i)
{
	if (x->t[i].kind == TOKEN_SIGN)
		return strchr(",()@-:/~\"", x->t[i].text.p[0]) != NULL;
	return is_word(x, i, "s hui t ci ok like genre maybe peut etre heure lheure") ||
	       is_term(x, i, TERM_COMING);
}

void lead_word(struct reader *r, size_t i)
{
	const struct date_text *x = r->x;
	struct lead *l = &r->lead;
	bool joined = l->joined, back = l->back;

	switch (x->t[i].term) {
	case TERM_AT: l->time = true; return;
	case TERM_A:
		l->time = l->time || x->t[i].accent || (r->g != NULL && joined);
		l->to = l->goal = true;
		return;
	case TERM_ABOUT: l->about = l->time = true; return;
	case TERM_BEFORE: bound_set(l, BOUND_BEFORE, false); return;
	case TERM_BY: bound_set(l, BOUND_BEFORE, true); return;
	case TERM_UNTIL:
		bound_set(l, BOUND_BEFORE, true);
		l->to = true;
		return;
	case TERM_AFTER: bound_set(l, BOUND_AFTER, false); return;
	case TERM_FROM: bound_set(l, BOUND_AFTER, true); return;
	case TERM_SINCE: l->past = true; return;
	case TERM_TO:
		l->to = l->goal = true;
		l->time = l->time || r->moving;
		return;
	case TERM_OF:
		if (x->t[i].accent)
			bound_set(l, BOUND_AFTER, true); /* "dès" */
		return;
	case TERM_BETWEEN: r->between = true; return;
	case TERM_OR: l->either = true; return;
	case TERM_NO:
	case TERM_RATHER: l->back = l->joined = r->g != NULL; return;
	case TERM_NOT: l->refuse = !(i > 0 && is_word(x, i - 1, "why pourquoi")); return;
	case TERM_MOVE:
		r->moving = true;
		*l = (struct lead){0};
		return;
	case TERM_ON: l->goal = l->goal || is_word(x, i, "pour pr for"); return;
	case TERM_THE:
	case TERM_IN: return;
	case TERM_AND:
		l->to = l->to || r->between;
		r->between = false;
		return;
	default: break;
	}
	if (is_sign(x, i, '@'))
		l->time = true;
	if (is_sign(x, i, '-'))
		l->to = true;
	if (is_sign(x, i, ','))
		l->refuse = false;
	if (is_glue(x, i))
		return;
	if (is_sign(x, i, '.') || is_sign(x, i, '!') || is_sign(x, i, '?') || is_sign(x, i, '\n')) {
		*l = (struct lead){.joined = joined, .back = back};
		return;
	}
	*l = (struct lead){.back = back};
}

size_t lead_phrase(struct reader *r, size_t i)
{
	size_t to = bound_behind(r, i);

	return to > 0 ? to : bound_phrase(r, i);
}
