/*
 * date_span.c - weeks, weekends, months and parts of them: see date_piece.h.
 */
#include "server/agent/date_piece.h"
#include "shared/day.h"

#define WEEK_DAYS 7
#define DAY_MIN   1440
#define THIRD     10 /* days: "early", "mid" and "late" of a month */

static int64_t monday_of(int64_t day)
{
	return day - day_weekday(day) + 1;
}

static void span_set(struct date_span *s, int kind, int64_t from, int64_t to)
{
	*s = (struct date_span){
		.kind = (unsigned)kind, .from = from, .to = to, .other = DATE_NO_DAY};
}

/* ---- which one ---- */

struct choice {
	enum date_which which;
	bool past, french;
	bool said;
};

/* Before the unit: "next", "this coming", "cette". */
static size_t choice_before(const struct date_text *x, size_t i, struct choice *c)
{
	size_t at = skip(x, i, TERM_THE, TERM_ON);
	size_t begin = at;

	*c = (struct choice){0};
	for (; at < x->n; at++) {
		if (is_term(x, at, TERM_THIS))
			c->which = WHICH_THIS;
		else if (is_term(x, at, TERM_NEXT))
			c->which = c->which == WHICH_THIS ? WHICH_COMING : WHICH_NEXT;
		else if (is_term(x, at, TERM_COMING))
			c->which = is_word(x, at, "following") ? WHICH_NEXT : WHICH_COMING;
		else if (is_term(x, at, TERM_LAST) && x->t[at].value == 0)
			c->past = true;
		else
			break;
	}
	c->said = at > begin;
	return at;
}

/* Behind it: "prochaine", "qui vient", "d'après", "after next". */
static size_t choice_behind(const struct date_text *x, size_t i, struct choice *c)
{
	size_t at = i;

	if (is_term(x, at, TERM_NEXT)) {
		c->which = WHICH_NEXT;
		c->french = true;
		at++;
	} else if (is_term(x, at, TERM_COMING)) {
		c->which = WHICH_NEXT;
		at++;
	} else if (is_term(x, at, TERM_LAST)) {
		c->past = true;
		at++;
	} else if (is_word(x, at, "qui") && is_word(x, at + 1, "vient s")) {
		c->which = WHICH_COMING;
		at += is_word(x, at + 1, "s") ? 4 : 2;
	} else if (is_word(x, at, "d") && is_word(x, at + 1, "apres")) {
		c->which = WHICH_NEXT;
		at += 2;
	} else if (is_term(x, at, TERM_AFTER) && is_term(x, at + 1, TERM_NEXT)) {
		c->which = WHICH_SECOND;
		at += 2;
	} else if (is_word(x, at, "after") && c->which == WHICH_NEXT) {
		c->which = WHICH_SECOND; /* "the next week after": as written */
		at++;
	} else {
		return i;
	}
	c->said = true;
	return at;
}

/* ---- weeks ---- */

/* "week", and no weekend. */
static bool is_week(const struct date_text *x, size_t i)
{
	return is_term(x, i, TERM_WEEK_UNIT) &&
	       !(is_word(x, i + 1, "end ends") ||
		 (is_sign(x, i + 1, '-') && is_word(x, i + 2, "end ends")));
}

/* "the week of May 4", "semaine du 4 mai", "week beginning", "the week after Labour Day" */
static size_t week_of(const struct date_text *x, size_t i, struct date_span *out)
{
	struct date_day d;
	size_t at = skip(x, i, TERM_THE, TERM_ON), to;
	int64_t day, monday;
	bool after;

	if (!is_week(x, at))
		return 0;
	at++;
	after = is_term(x, at, TERM_AFTER);
	if (!is_term(x, at, TERM_OF) && !after &&
	    !is_word(x, at, "beginning starting commencing commencant debutant"))
		return 0;
	at = skip(x, at + 1, TERM_THE, TERM_ON);
	at = skip(x, at, TERM_OF, TERM_THE);
	if (is_number(x, at, 1, 31) && !is_counted(x, at + 1) && x->t[at].digits <= 2 &&
	    calendar_read(x, at, &d) == 0) {
		d = (struct date_day){.day = mday_next(x->today, x->t[at].value, 0)};
		to = at + 1;
	} else {
		to = day_plain_read(x, at, &d);
	}
	if (to == 0 || d.past || (day = day_settle(x, &d, DAY_MIN)) == DATE_NO_DAY)
		return 0;
	monday = monday_of(day) + (after ? WEEK_DAYS : 0);
	span_set(out, SPAN_WEEK, monday, monday + WEEK_DAYS);
	return to;
}

static size_t week_read(const struct date_text *x, size_t i, struct date_span *out)
{
	struct choice c;
	size_t at = choice_before(x, i, &c), to;
	int64_t monday = monday_of(x->today);
	int weeks = 0;

	if (!is_week(x, at))
		return 0;
	to = choice_behind(x, at + 1, &c);
	if (to == at + 1 && is_term(x, i, TERM_THE) && is_word(x, to, "after apres")) {
		c.which = WHICH_NEXT; /* "the week after" */
		c.said = true;
		to++;
	}
	if (!c.said)
		return 0;
	if (c.which == WHICH_NEXT || c.which == WHICH_COMING)
		weeks = 1;
	else if (c.which == WHICH_SECOND)
		weeks = 2;
	span_set(out, SPAN_WEEK, monday + weeks * WEEK_DAYS, monday + (weeks + 1) * WEEK_DAYS);
	if (out->from < x->today)
		out->from = x->today;
	out->past = c.past;
	return to;
}

/* ---- weekends ---- */

/* The words: "weekend", "week-end", "fin de semaine", "ce we". Returns behind them. */
static size_t weekend_word(const struct date_text *x, size_t i)
{
	if (is_term(x, i, TERM_WEEKEND))
		return i + 1;
	if (is_term(x, i, TERM_WEEK_UNIT) && !is_week(x, i))
		return is_sign(x, i + 1, '-') ? i + 3 : i + 2;
	if (is_word(x, i, "fin fins") && is_word(x, i + 1, "de d") &&
	    is_word(x, i + 2, "semaine semaines sem"))
		return i + 3;
	if (is_word(x, i, "fds"))
		return i + 1;
	if (is_word(x, i, "we") && i > 0 && is_word(x, i - 1, "ce le du prochain"))
		return i + 1;
	return 0;
}

/* "victoria day weekend": with the holiday, where it touches it */
static size_t holiday_weekend(const struct date_text *x, size_t i, struct date_span *out)
{
	for (size_t h = 0; h < x->holidays_n; h++) {
		int64_t day = x->holidays[h].day, saturday = monday_of(day) + 5;
		size_t to = x->holidays[h].from == i ? weekend_word(x, x->holidays[h].to) : 0;

		if (to == 0)
			continue;
		if (day_weekday(day) == 1)
			saturday -= WEEK_DAYS;
		span_set(out, SPAN_WEEKEND, saturday, saturday + 2);
		if (day == saturday - 1)
			out->from--;
		else if (day == saturday + 2)
			out->to++;
		return to;
	}
	return 0;
}

static size_t weekend_read(const struct date_text *x, size_t i, struct date_span *out)
{
	struct choice c;
	size_t at = choice_before(x, i, &c), to = weekend_word(x, at);
	int64_t saturday = monday_of(x->today) + 5, first;
	struct date_day d;

	if (to == 0)
		return 0;
	at = to;
	to = choice_behind(x, at, &c);
	if (to == at && (is_term(x, at, TERM_AFTER) || is_term(x, at, TERM_OF))) {
		size_t named = skip(x, at + 1, TERM_THE, TERM_ON), end;

		end = day_plain_read(x, skip(x, named, TERM_OF, TERM_OF), &d);
		if (end > 0 && !d.past && d.day != DATE_NO_DAY) {
			saturday = monday_of(d.day) + 5;
			if (is_term(x, at, TERM_AFTER) && saturday <= d.day)
				saturday += WEEK_DAYS;
			span_set(out, SPAN_WEEKEND, saturday, saturday + 2);
			return end;
		}
	}
	first = saturday < x->today ? x->today : saturday; /* on a Sunday: what is left of it */
	span_set(out, SPAN_WEEKEND, first, saturday + 2);
	out->past = c.past;
	if (c.which == WHICH_NEXT || c.which == WHICH_SECOND) {
		int weeks = c.which == WHICH_NEXT ? 1 : 2;

		span_set(out, SPAN_WEEKEND, saturday + weeks * WEEK_DAYS,
			 saturday + weeks * WEEK_DAYS + 2);
		if (x->today < saturday) {
			out->other = out->from - WEEK_DAYS;
			out->ask = true;
		}
	} else if (c.which == WHICH_COMING && x->today >= saturday) {
		span_set(out, SPAN_WEEKEND, saturday + WEEK_DAYS, saturday + WEEK_DAYS + 2);
	}
	return to;
}

/* ---- months and years ---- */

static size_t month_read(const struct date_text *x, size_t i, bool staged, struct date_span *out)
{
	struct day today = day_split(x->today);
	int64_t first = day_number(today.year, today.month, 1);
	struct choice c;
	size_t at = choice_before(x, i, &c), to;
	bool led =
		staged || c.said ||
		(i > 0 &&
		 is_word(x, i - 1, "in en for during since before until till by mois pour d ici"));

	if (is_word(x, at, "mois month") && is_term(x, at + 1, TERM_OF) &&
	    is_term(x, at + 2, TERM_MONTH)) {
		at += 2;
		led = true;
	}
	if (is_term(x, at, TERM_MONTH)) {
		int ahead = (x->t[at].value - today.month + 12) % 12;

		if (!led || (is_number(x, at + 1, 1, 31) && x->t[at + 1].digits <= 2 && !staged))
			return 0;
		if (is_word(x, at, "may march") && i > 0 &&
		    is_word(x, i - 1, "for before until by"))
			return 0;
		to = choice_behind(x, at + 1, &c);
		first = months_later(first, ahead == 0 && c.which == WHICH_NEXT ? 12 : ahead);
	} else if (is_term(x, at, TERM_MONTH_UNIT)) {
		to = choice_behind(x, at + 1, &c);
		if (!c.said && !staged)
			return 0;
		if (c.which == WHICH_NEXT || c.which == WHICH_COMING)
			first = months_later(first, 1);
		else if (c.which == WHICH_SECOND)
			first = months_later(first, 2);
	} else if (is_term(x, at, TERM_YEAR_UNIT) || (is_word(x, at, "an") && i < at)) {
		to = choice_behind(x, at + 1, &c);
		if (c.which != WHICH_NEXT)
			return 0;
		first = day_number(today.year + 1, 1, 1);
		span_set(out, SPAN_DAYS, first, day_number(today.year + 2, 1, 1));
		return to;
	} else {
		return 0;
	}
	span_set(out, SPAN_MONTH, first, months_later(first, 1));
	out->past = c.past;
	if (out->from < x->today && !staged)
		out->from = x->today;
	return to;
}

/* "end of the month", "début mai", "mid-june", "late next week", "la fin de la semaine" */
static size_t staged_read(const struct date_text *x, size_t i, struct date_span *out)
{
	enum date_term stage = i < x->n ? x->t[i].term : TERM_NONE;
	size_t at = i + 1, to;
	bool week, article;

	if (is_word(x, i, "eom")) {
		struct date_span s;
		struct day d = day_split(months_later(x->today, 1));

		span_set(&s, SPAN_DAYS, day_number(d.year, d.month, 1) - THIRD,
			 day_number(d.year, d.month, 1));
		s.ending = true;
		*out = s;
		return i + 1;
	}
	if (stage != TERM_EARLY && stage != TERM_START && stage != TERM_MID && stage != TERM_LATE &&
	    stage != TERM_END && stage != TERM_LATER)
		return 0;
	if (is_sign(x, at, '-'))
		at++;
	at = skip(x, at, TERM_OF, TERM_IN);
	article = is_term(x, at, TERM_THE) || is_term(x, at, TERM_ON);
	to = week_read(x, at, out);
	if (to == 0) {
		size_t bare = skip(x, at, TERM_THE, TERM_ON);

		if (is_week(x, bare) && (article || stage == TERM_MID || stage == TERM_START)) {
			int64_t monday = monday_of(x->today);

			span_set(out, SPAN_WEEK, monday, monday + WEEK_DAYS);
			to = bare + 1;
		} else {
			to = week_of(x, at, out);
		}
	}
	week = to > 0;
	if (to == 0)
		to = month_read(x, at, true, out);
	if (to == 0 || out->past)
		return 0;
	if (week) {
		int64_t monday = out->to - WEEK_DAYS;

		if (stage == TERM_MID && x->today > monday + 2)
			monday += WEEK_DAYS;
		if (stage == TERM_EARLY || stage == TERM_START)
			span_set(out, SPAN_DAYS, monday, monday + 2);
		else if (stage == TERM_MID)
			span_set(out, SPAN_DAYS, monday + 2, monday + 3);
		else if (stage == TERM_LATER)
			span_set(out, SPAN_DAYS, x->today > monday ? x->today : monday,
				 monday + WEEK_DAYS);
		else
			span_set(out, SPAN_DAYS, monday + 3, monday + 5);
		if ((stage == TERM_EARLY || stage == TERM_START) && out->to <= x->today)
			span_set(out, SPAN_DAYS, monday + WEEK_DAYS, monday + WEEK_DAYS + 2);
	} else {
		int64_t first = out->from, end = out->to;

		if (stage == TERM_EARLY || stage == TERM_START)
			span_set(out, SPAN_DAYS, first, first + THIRD);
		else if (stage == TERM_MID)
			span_set(out, SPAN_DAYS, first + THIRD, first + 2 * THIRD);
		else
			span_set(out, SPAN_DAYS, first + 2 * THIRD, end);
	}
	out->ending = stage == TERM_END || stage == TERM_LATE;
	if (out->from < x->today && x->today < out->to)
		out->from = x->today;
	return to;
}

/* "the first week of june", "la dernière semaine de mai" */
static size_t week_of_month(const struct date_text *x, size_t i, struct date_span *out)
{
	size_t at = skip(x, i, TERM_THE, TERM_ON), to;
	bool last = is_term(x, at, TERM_LAST) && x->t[at].value == 0;
	int nth = is_number(x, at, 1, 5) && x->t[at].ordinal ? x->t[at].value : 0;
	struct date_span month;

	if ((!last && nth == 0) || !is_week(x, at + 1) ||
	    (!is_term(x, at + 2, TERM_OF) && !is_term(x, at + 2, TERM_IN)))
		return 0;
	to = month_read(x, at + 3, true, &month);
	if (to == 0 || month.past)
		return 0;
	if (last)
		span_set(out, SPAN_DAYS, month.to - WEEK_DAYS, month.to);
	else
		span_set(out, SPAN_DAYS, month.from + (nth - 1) * WEEK_DAYS,
			 month.from + nth * WEEK_DAYS);
	return out->to > x->today ? to : 0;
}

/* "the next 3 days", "les prochains jours", "les 5 prochains jours" */
static size_t coming_days(const struct date_text *x, size_t i, struct date_span *out)
{
	size_t at = skip(x, i, TERM_THE, TERM_ON);
	bool next = is_term(x, at, TERM_NEXT) || is_term(x, at, TERM_COMING);
	int n = 3;

	at = is_word(x, at, "les") || next ? at + 1 : at;
	if (is_number(x, at, 1, 60) || is_term(x, at, TERM_FEW)) {
		n = x->t[at].value;
		at = skip(x, at + 1, TERM_OF, TERM_OF);
	}
	if (is_term(x, at, TERM_NEXT) || is_term(x, at, TERM_COMING)) {
		next = true;
		at++;
	}
	if (!next || !(is_word(x, at, "days jours weeks semaines") || is_word(x, at, "wks jrs")))
		return 0;
	if (is_term(x, at, TERM_WEEK_UNIT))
		n *= WEEK_DAYS;
	span_set(out, SPAN_DAYS, x->today + 1, x->today + 1 + n);
	return at + 1;
}

size_t span_read(const struct date_text *x, size_t i, struct date_span *out)
{
	struct date_span s;
	size_t to = weekend_read(x, i, &s);

	if (to == 0)
		to = holiday_weekend(x, i, &s);
	if (to == 0)
		to = staged_read(x, i, &s);
	if (to == 0)
		to = week_of_month(x, i, &s);
	if (to == 0)
		to = week_of(x, i, &s);
	if (to == 0)
		to = week_read(x, i, &s);
	if (to == 0)
		to = coming_days(x, i, &s);
	if (to == 0)
		to = month_read(x, i, false, &s);
	if (to > 0)
		*out = s;
	return to;
}
