/*
 * date_group.c - see date_group.h.
 */
#include "server/agent/date_group.h"

#include "shared/day.h"

#define WEEK_DAYS 7
#define DAY_MIN   1440
#define NEAR      5 /* words over which a refusal carries */

/* What the words since the last piece announce about the next one. */
struct lead {
	enum date_bound bound;
	bool inclusive;
	bool time;   /* a number may be an hour: "at", "vers" */
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

static bool is_plain_day(const struct date_day *d)
{
	return d->day == DATE_NO_DAY && d->weekday != 0 && d->mday == 0;
}

static bool is_number_day(const struct date_day *d)
{
	return d->day == DATE_NO_DAY && d->mday != 0;
}

/* "Tuesday the 11th", "mercredi 9 septembre", "demain vendredi": one day, said twice. */
static bool days_merge(const struct date_text *x, struct date_day *have, const struct date_day *more)
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
static bool span_narrows(const struct date_text *x, const struct date_span *span,
			 struct date_day *d)
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

static void day_place(struct reader *r, size_t from, size_t to, struct date_day d)
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

static void span_place(struct reader *r, size_t from, size_t to, struct date_span s)
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

static void clocks_place(struct reader *r, size_t from, size_t to, const struct date_clock *c,
			 int n)
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

static void part_place(struct reader *r, size_t from, size_t to, struct date_part p)
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

static void shift_place(struct reader *r, size_t from, size_t to, const struct date_shift *s)
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

/* ---- reading pieces ---- */

/* Behind a day: "friday 23" is a date when the 23rd is a Friday soon, or no hour can be meant. */
static size_t mday_beside(struct reader *r, size_t i)
{
	const struct date_text *x = r->x;
	const struct date_token *t = &x->t[i];
	struct date_day d = {.day = DATE_NO_DAY, .other = DATE_NO_DAY};
	int64_t day;

	if (r->g == NULL || r->g->days != 1 || !is_plain_day(&r->g->day[0]) || !r->lead.joined ||
	    r->lead.time || r->g->to != i || !is_number(x, i, 1, 31) || t->digits > 2 ||
	    is_counted(x, i + 1) || is_sign(x, i + 1, ':') || is_sign(x, i + 1, '-') ||
	    is_term(x, i + 1, TERM_TO) || is_term(x, i + 1, TERM_AM) ||
	    is_term(x, i + 1, TERM_PM) || is_term(x, i + 1, TERM_HOUR_UNIT) ||
	    is_term(x, i + 1, TERM_OCLOCK) || (t->digits == 0 && !t->ordinal))
		return 0;
	d.mday = t->value;
	day = mday_next(x->today, d.mday, r->g->day[0].weekday);
	if (t->value <= 12 && !t->ordinal && (day == DATE_NO_DAY || day > x->today + 35))
		return 0;
	if (!days_merge(x, &r->g->day[0], &d))
		return 0;
	r->g->to = i + 1;
	return i + 1;
}

/* "aug 10-22", "May 4 or 5": the number takes the month of the date before it. */
static size_t mday_borrows(struct reader *r, size_t i)
{
	const struct date_text *x = r->x;
	struct date_day d = {.other = DATE_NO_DAY};
	const struct date_token *t = &x->t[i];
	int64_t before;

	if (r->g == NULL || r->g->days != 1 || r->g->to + 1 != i || group_timed(r->g) ||
	    !(r->lead.to || r->lead.either || is_term(x, i - 1, TERM_AND)) ||
	    !is_number(x, i, 1, 31) || t->digits > 2 || (t->digits == 0 && !t->ordinal) ||
	    is_counted(x, i + 1) || is_sign(x, i + 1, ':') || is_term(x, i + 1, TERM_AM) ||
	    is_term(x, i + 1, TERM_PM) || is_term(x, i + 1, TERM_HOUR_UNIT))
		return 0;
	before = r->g->day[0].day;
	if (r->g->day[0].mday > 0)
		before = day_settle(x, &r->g->day[0], DAY_MIN);
	if (before == DATE_NO_DAY || is_plain_day(&r->g->day[0]) ||
	    !(x->t[r->g->to - 1].kind == TOKEN_NUMBER))
		return 0;
	d.day = mday_next(before, t->value, 0);
	if (d.day == DATE_NO_DAY)
		return 0;
	day_place(r, i, i + 1, d);
	return i + 1;
}

/* A number may be an hour behind "at", or right behind a day. */
static bool hour_expected(const struct reader *r, size_t i)
{
	const struct date_text *x = r->x;
	const struct date_group *g = r->g;

	if (is_word(x, i, "one un une") && !r->lead.time)
		return false;
	if (r->lead.time || (r->lead.bound != BOUND_NONE && !is_number(x, i, 13, 24)))
		return true;
	if (g == NULL || !r->lead.joined || g->past)
		return false;
	if (g->clocks > 0)
		return (r->lead.either || r->lead.back || r->lead.to) && g->to + 3 >= i;
	return g->days == 1 && g->to + 2 >= i && x->t[i].digits > 0 && !r->lead.to &&
	       (is_plain_day(&g->day[0]) || g->day[0].day != DATE_NO_DAY) &&
	       is_number(x, i, 1, 12);
}

static size_t piece_take(struct reader *r, size_t i)
{
	const struct date_text *x = r->x;
	bool bare = hour_expected(r, i);
	bool beside = r->g != NULL && r->lead.joined && r->g->days > 0 && r->g->to == i;
	struct date_clock c[2];
	struct date_shift shift;
	struct date_part part;
	struct date_span span;
	struct date_day day;
	size_t to;

	if ((to = mday_beside(r, i)) > 0 || (to = mday_borrows(r, i)) > 0)
		return to;
	if ((to = shift_read(x, i, &shift)) > 0)
		shift_place(r, i, to, &shift);
	else if ((to = span_read(x, i, &span)) > 0)
		span_place(r, i, to, span);
	else if ((to = part_read(x, i, beside, &part)) > 0)
		part_place(r, i, to, part);
	else if ((to = day_read(x, i, &day)) > 0)
		day_place(r, i, to, day);
	else if ((to = clocks_read(x, i, bare, c)) > 0)
		clocks_place(r, i, to, c, 2);
	else if ((to = clock_read(x, i, bare, &c[0])) > 0)
		clocks_place(r, i, to, c, 1);
	return to;
}

/* ---- what stands between ---- */

static void bound_set(struct lead *l, enum date_bound bound, bool inclusive)
{
	bool not = l->refuse;

	l->refuse = false;
	if (not) /* "not before" is after */
		bound = bound == BOUND_AFTER ? BOUND_BEFORE : BOUND_AFTER;
	l->bound = bound;
	l->inclusive = inclusive || not;
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
	if (is_word(x, at, "onward onwards") || (joined && is_word(x, at, "later after on up beyond"))) {
		bound = BOUND_AFTER;
		at++;
	} else if (joined && is_word(x, at, "earlier before avant")) {
		bound = BOUND_BEFORE;
		at++;
	} else if (is_word(x, at, "plus") && is_word(x, at + 1, "tard tot") && joined) {
		bound = is_word(x, at + 1, "tard") ? BOUND_AFTER : BOUND_BEFORE;
		at += 2;
	} else if (joined && is_word(x, at, "apres plus")) {
		bound = BOUND_AFTER;
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
	if ((is_word(x, i, "make") && is_word(x, i + 1, "it")) || is_word(x, i, "say disons mettons")) {
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
	return is_word(x, i, "s the hui t ci heure ok") || is_term(x, i, TERM_COMING);
}

static void word_take(struct reader *r, size_t i)
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
	case TERM_UNTIL: bound_set(l, BOUND_BEFORE, true); l->to = true; return;
	case TERM_AFTER: bound_set(l, BOUND_AFTER, false); return;
	case TERM_FROM: bound_set(l, BOUND_AFTER, true); return;
	case TERM_SINCE: l->past = true; return;
	case TERM_TO: l->to = l->goal = true; return;
	case TERM_OF:
		if (x->t[i].accent)
			bound_set(l, BOUND_AFTER, true); /* "dès" */
		return;
	case TERM_BETWEEN: r->between = true; return;
	case TERM_OR: l->either = true; return;
	case TERM_NO: l->back = l->joined = r->g != NULL; return;
	case TERM_RATHER: l->back = l->joined = r->g != NULL; return;
	case TERM_NOT: l->refuse = !(i > 0 && is_word(x, i - 1, "why pourquoi")); return;
	case TERM_MOVE: r->moving = true; *l = (struct lead){0}; return;
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
	if (is_glue(x, i))
		return;
	if (is_sign(x, i, '.') || is_sign(x, i, '!') || is_sign(x, i, '?') || is_sign(x, i, '\n')) {
		*l = (struct lead){.joined = joined, .back = back};
		return;
	}
	*l = (struct lead){.back = back};
}

/* ---- the text as a whole ---- */

/* "can't do Tuesday", "pas libre mardi": a refusal some words before the group. */
static bool refused_before(const struct date_text *x, size_t from)
{
	for (size_t k = 1; k <= NEAR && k <= from; k++) {
		size_t i = from - k;

		if (x->t[i].kind == TOKEN_SIGN || is_term(x, i, TERM_OR) || is_word(x, i, "but mais before avant until"))
			return false;
		if (is_term(x, i, TERM_NOT) && x->t[i].value == 1)
			return true;
		if (is_word(x, i, "t") && i > 0 && is_word(x, i - 1, "can won couldn"))
			return true;
		if (is_term(x, i, TERM_NOT) &&
		    (is_word(x, i + 1, "available able free libre dispo disponible disponibles") ||
		     (i > 0 && is_word(x, i - 1, "peux peut pourrai pourrais pourra marche fonctionne "
						 "convient can will"))))
			return !(i > 0 && is_word(x, i - 1, "why pourquoi"));
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
	if (!group_timed(g)) {
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

/* What is over goes; a day and a time that stand apart come together; alternatives and corrections
 * take what they do not say from what they replace. */
static void groups_join(const struct date_text *x, struct date_groups *all)
{
	for (size_t i = all->n; i-- > 0;) {
		if (all->g[i].past)
			group_drop(all, i);
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
			if (!(a->refused && group_dated(b)) || group_timed(a))
				fill(b, a);
			if (b->alternative && !group_timed(a) && !a->refused)
				fill(a, b);
		}
	}
}

void date_groups_read(const struct date_text *x, struct date_groups *out)
{
	struct reader r = {.x = x, .out = out};
	size_t to;

	out->n = 0;
	out->cut = false;
	for (size_t i = 0; i < x->n; i = to) {
		size_t n = out->n;

		to = bound_behind(&r, i);
		if (to > 0)
			continue;
		to = bound_phrase(&r, i);
		if (to > 0)
			continue;
		to = piece_take(&r, i);
		if (to == 0) {
			word_take(&r, i);
			to = i + 1;
			continue;
		}
		if (out->n > n && out->n > 1 && !out->g[n].past) {
			struct date_group *before = &out->g[n - 1];

			if (r.lead.back || (r.moving && r.lead.goal))
				before->refused = true;
		}
		if (out->n > n && refused_before(x, out->g[n].from))
			out->g[n].refused = true;
		r.lead = (struct lead){.joined = true};
	}
	groups_join(x, out);
}
