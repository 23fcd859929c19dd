/*
 * date_group.c - see date_group.h. One walk over the tokens: at each the pieces that may begin
 * there are tried, longest meaning first; what is no piece is a word between them.
 */
#include "server/agent/date_group.h"

#include "server/agent/date_reader.h"

#define DAY_MIN 1440

/* Behind a day: "friday 23" is a date when the 23rd is a Friday soon, or no hour can be meant. */
static size_t mday_beside(struct reader *r, size_t i)
{
	const struct date_text *x = r->x;
	const struct date_token *t = &x->t[i];
	struct date_day d = {.day = DATE_NO_DAY, .other = DATE_NO_DAY};
	int64_t day;

	if (r->g == NULL || r->g->days != 1 || r->g->past || !is_plain_day(&r->g->day[0]) ||
	    !r->lead.joined || r->lead.time || r->g->to != i || !is_number(x, i, 1, 31) ||
	    t->digits > 2 || is_counted(x, i + 1) || is_sign(x, i + 1, ':') ||
	    is_sign(x, i + 1, '-') || is_term(x, i + 1, TERM_TO) || is_term(x, i + 1, TERM_AM) ||
	    is_term(x, i + 1, TERM_PM) || is_term(x, i + 1, TERM_HOUR_UNIT) ||
	    is_term(x, i + 1, TERM_OCLOCK) || is_word(x, i + 1, "thing") ||
	    (t->digits == 0 && !t->ordinal))
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

	if (r->g == NULL || r->g->days != 1 || r->g->past || r->g->to + 1 != i ||
	    group_timed(r->g) || !(r->lead.to || r->lead.either || is_term(x, i - 1, TERM_AND)) ||
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
	       (is_plain_day(&g->day[0]) || g->day[0].day != DATE_NO_DAY) && is_number(x, i, 1, 12);
}

enum { SHIFT = 1, SPAN = 2, PART = 4, DAY = 8, CLOCK = 16 };

/* Which pieces may begin with a word of this term. */
/* clang-format off */
static const unsigned char begins[] = {
	[TERM_WEEKDAY] = DAY,
	[TERM_MONTH] = SPAN | DAY,
	[TERM_TODAY] = DAY,
	[TERM_TOMORROW] = DAY,
	[TERM_YESTERDAY] = DAY,
	[TERM_WEEKEND] = SPAN,
	[TERM_DAY_UNIT] = PART | DAY,
	[TERM_WEEK_UNIT] = SPAN,
	[TERM_MONTH_UNIT] = SPAN,
	[TERM_YEAR_UNIT] = SPAN,
	[TERM_PART] = PART,
	[TERM_TONIGHT] = PART,
	[TERM_NOON] = CLOCK,
	[TERM_MIDNIGHT] = CLOCK,
	[TERM_AM] = PART,
	[TERM_PM] = PART,
	[TERM_HALF] = SHIFT | CLOCK,
	[TERM_QUARTER] = SHIFT | CLOCK,
	[TERM_OPENING] = CLOCK,
	[TERM_CLOSING] = CLOCK,
	[TERM_NUMBER] = SHIFT | SPAN | DAY | CLOCK,
	[TERM_ONE] = SHIFT | SPAN | CLOCK,
	[TERM_FEW] = SHIFT | SPAN,
	[TERM_NEXT] = SPAN | DAY,
	[TERM_THIS] = SPAN | PART | DAY | CLOCK,
	[TERM_COMING] = SPAN | DAY,
	[TERM_LAST] = SPAN | PART | DAY,
	[TERM_EARLY] = SPAN | PART,
	[TERM_MID] = SPAN | PART,
	[TERM_LATE] = SPAN | PART,
	[TERM_END] = SPAN | PART,
	[TERM_START] = SPAN | PART,
	[TERM_A] = SHIFT | PART | CLOCK,
	[TERM_BEFORE] = PART | DAY,
	[TERM_AFTER] = PART | DAY,
	[TERM_FROM] = CLOCK,
	[TERM_BETWEEN] = CLOCK,
	[TERM_TO] = DAY,
	[TERM_IN] = SHIFT,
	[TERM_OF] = SHIFT | DAY | CLOCK,
	[TERM_ON] = SHIFT | SPAN | DAY,
	[TERM_THE] = SPAN | DAY,
	[TERM_SINCE] = SHIFT,
	[TERM_LATER] = SPAN,
	[TERM_OPENER] = SHIFT | SPAN | PART | DAY,
	[TERM_COUNTED] = 0,
};
/* clang-format on */

static bool holiday_begins(const struct date_text *x, size_t i)
{
	for (size_t h = 0; h < x->holidays_n; h++) {
		if (x->holidays[h].from == i)
			return true;
	}
	return false;
}

static size_t piece_take(struct reader *r, size_t i)
{
	const struct date_text *x = r->x;
	unsigned may = begins[x->t[i].term] | (holiday_begins(x, i) ? SPAN | DAY : 0u);
	bool bare = (may & CLOCK) != 0 && hour_expected(r, i);
	bool beside = r->g != NULL && r->lead.joined && r->g->days > 0 && r->g->to == i;
	struct date_clock c[2];
	struct date_shift shift;
	struct date_part part;
	struct date_span span;
	struct date_day day;
	size_t to = 0;

	if (is_term(x, i, TERM_NUMBER) &&
	    ((to = mday_beside(r, i)) > 0 || (to = mday_borrows(r, i)) > 0))
		return to;
	if ((may & SHIFT) != 0 && (to = shift_read(x, i, &shift)) > 0) {
		shift_place(r, i, to, &shift);
	} else if ((may & SPAN) != 0 && (to = span_read(x, i, &span)) > 0) {
		span_place(r, i, to, span);
	} else if ((may & PART) != 0 && (to = part_read(x, i, beside, &part)) > 0) {
		part_place(r, i, to, part);
	} else if ((may & DAY) != 0 && (to = day_read(x, i, &day)) > 0) {
		if (is_term(x, i, TERM_TO)) /* "au 22" */
			r->lead.to = r->lead.goal = true;
		day_place(r, i, to, day);
	} else if ((may & CLOCK) != 0 && !(r->moving && !is_term(x, i, TERM_BETWEEN)) &&
		   (to = clocks_read(x, i, bare, c)) > 0) {
		clocks_place(r, i, to, c, 2);
	} else if ((may & CLOCK) != 0 && (to = clock_read(x, i, bare, &c[0])) > 0) {
		clocks_place(r, i, to, c, 1);
	}
	return to;
}

/* What the words before it say of a group that was opened. */
static void group_judge(struct reader *r, size_t n)
{
	struct date_group *g = &r->out->g[n];

	if (n > 0 && !g->past && (r->lead.back || (r->moving && r->lead.goal)))
		g[-1].refused = true;
	if (refused_before(r->x, g->from))
		g->refused = true;
}

void date_groups_read(const struct date_text *x, struct date_groups *out)
{
	struct reader r = {.x = x, .out = out};
	size_t to;

	out->n = 0;
	out->cut = false;
	for (size_t i = 0; i < x->n; i = to) {
		bool known = x->t[i].term != TERM_NONE || holiday_begins(x, i);
		size_t n = out->n;

		to = known ? lead_phrase(&r, i) : 0;
		if (to > 0)
			continue;
		to = known ? piece_take(&r, i) : 0;
		if (to == 0) {
			lead_word(&r, i);
			to = i + 1;
			continue;
		}
		if (out->n > n)
			group_judge(&r, n);
		r.lead = (struct lead){.joined = true};
	}
	groups_join(x, out);
}
