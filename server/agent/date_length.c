/*
 * date_length.c - how long, and how far from now or from a day: see date_piece.h.
 */
#include "server/agent/date_piece.h"

#define HOUR_MIN  60
#define WEEK_DAYS 7
#define MINUTE_US INT64_C(60000000)
#define MANY      400 /* more of a unit is no appointment */

/* ---- lengths ---- */

/* "half an hour", "une demi-heure", "trois quarts d'heure" */
static size_t fraction_read(const struct date_text *x, size_t i, struct date_length *out)
{
	size_t at = i;
	int count = 1, each;

	if (is_number(x, at, 2, 3) && is_term(x, at + 1, TERM_QUARTER))
		count = x->t[at++].value;
	else if (is_term(x, at, TERM_ONE) || is_term(x, at, TERM_A))
		at++;
	if (!is_term(x, at, TERM_HALF) && !is_term(x, at, TERM_QUARTER))
		return 0;
	each = x->t[at++].value;
	if (is_sign(x, at, '-'))
		at++;
	at = skip(x, at, TERM_OF, TERM_ONE);
	at = skip(x, at, TERM_A, TERM_ONE);
	if (!is_term(x, at, TERM_HOUR_UNIT))
		return 0;
	*out = (struct date_length){.minutes = count * each};
	return at + 1;
}

/* Behind the hours: "1h30", "an hour and a half", "une heure et quart". */
static size_t hours_tail(const struct date_text *x, size_t i, struct date_length *len)
{
	size_t at = i;

	if (is_number(x, at, 1, 59) && x->t[at].digits == 2 && x->t[at].tight) {
		len->minutes += x->t[at].value;
		return at + 1;
	}
	if (is_term(x, at, TERM_AND))
		at = skip(x, at + 1, TERM_A, TERM_ONE);
	if (at > i && (is_term(x, at, TERM_HALF) || is_term(x, at, TERM_QUARTER))) {
		len->minutes += x->t[at].value;
		return at + 1;
	}
	if (is_number(x, at, 1, 59) && is_term(x, at + 1, TERM_MINUTE_UNIT)) {
		len->minutes += x->t[at].value;
		return at + 2;
	}
	return i;
}

/* "quinze jours" is two weeks to most, "huit jours" one; in figures they are what they say. */
static void days_count(const struct date_token *number, int n, struct date_length *len)
{
	len->days = n;
	if (number->digits > 0 && n != 15)
		return;
	if (n == 15) {
		len->days = number->digits > 0 ? 15 : 14;
		len->other_days = number->digits > 0 ? 14 : 15;
	} else if (n == 8 && str_is(number->text, "huit")) {
		len->days = WEEK_DAYS;
		len->other_days = 8;
	}
}

size_t length_read(const struct date_text *x, size_t i, struct date_length *out)
{
	struct date_length len = {0};
	size_t at = fraction_read(x, i, out);
	const struct date_token *number;
	int n;

	if (at > 0)
		return at;
	at = is_term(x, i, TERM_A) && (is_term(x, i + 1, TERM_FEW)) ? i + 1 : i;
	at = is_term(x, at, TERM_ONE) && (is_term(x, at + 1, TERM_FEW)) ? at + 1 : at;
	number = &x->t[at];
	if (!(is_number(x, at, 1, MANY) && !number->ordinal) && !is_term(x, at, TERM_ONE) &&
	    !is_term(x, at, TERM_A) && !is_term(x, at, TERM_FEW))
		return 0;
	n = number->term == TERM_A ? 1 : number->value;
	at = skip(x, at + 1, TERM_OF, TERM_FEW);
	if (is_word(x, at, "business working full more other autres bonnes petites petite"))
		at++;
	if (at >= x->n)
		return 0;
	switch (x->t[at].term) {
	case TERM_DAY_UNIT: days_count(number, n, &len); break;
	case TERM_WEEK_UNIT:
		if (is_sign(x, at + 1, '-') || is_word(x, at + 1, "end"))
			return 0; /* weekends */
		len.days = n * x->t[at].value * WEEK_DAYS;
		break;
	case TERM_MONTH_UNIT: len.months = n; break;
	case TERM_YEAR_UNIT: len.months = n * 12; break;
	case TERM_HOUR_UNIT: len.minutes = n * HOUR_MIN; break;
	case TERM_MINUTE_UNIT: len.minutes = n; break;
	default: return 0;
	}
	at++;
	if (len.minutes > 0 && x->t[at - 1].term == TERM_HOUR_UNIT)
		at = hours_tail(x, at, &len);
	if (is_word(x, at, "ouvrables ouvrable"))
		at++;
	*out = len;
	return at;
}

/* ---- from now, or from a day ---- */

static void shift_by(const struct date_text *x, const struct date_length *len, int64_t from,
		     int sign, struct date_shift *s)
{
	*s = (struct date_shift){.day = {.other = DATE_NO_DAY}};
	if (len->minutes > 0) {
		s->timed = true;
		s->at_us = x->frame->now_us + sign * len->minutes * MINUTE_US;
		return;
	}
	s->day.day =
		len->months > 0 ? months_later(from, sign * len->months) : from + sign * len->days;
	if (len->other_days > 0)
		s->day.other = from + sign * len->other_days;
}

/* "in 3 weeks' time", "in two days from now" */
static size_t behind_length(const struct date_text *x, size_t i)
{
	if (is_word(x, i, "s") && is_word(x, i + 1, "time"))
		return i + 2;
	if (is_word(x, i, "time"))
		return i + 1;
	if (is_term(x, i, TERM_FROM) && is_word(x, i + 1, "now today"))
		return i + 2;
	return i;
}

/* "2-3 days", "two or three weeks": returns the first number, *second is where the other stands. */
static int first_of_two(const struct date_text *x, size_t i, size_t *second)
{
	*second = i;
	if (!is_number(x, i, 1, MANY) ||
	    !(is_sign(x, i + 1, '-') || is_term(x, i + 1, TERM_TO) || is_term(x, i + 1, TERM_OR) ||
	      is_term(x, i + 1, TERM_A)) ||
	    !is_number(x, i + 2, 1, MANY))
		return 0;
	*second = i + 2;
	return x->t[i].value;
}

/* "in two weeks", "dans 20 min", "d'ici 3 jours" */
static size_t in_length(const struct date_text *x, size_t i, struct date_shift *out)
{
	struct date_length len;
	size_t at = i, second, to;
	bool within = is_word(x, i, "within") || is_word(x, i, "d");
	int first;

	if (is_word(x, at, "d") && is_word(x, at + 1, "ici"))
		at += 2;
	else if (is_term(x, at, TERM_IN) && !is_word(x, at, "en"))
		at++;
	else
		return 0;
	if (is_term(x, at, TERM_ABOUT) || is_word(x, at, "like genre another"))
		at++;
	first = first_of_two(x, at, &second);
	to = length_read(x, second, &len);
	if (to == 0)
		return 0;
	shift_by(x, &len, x->today, 1, out);
	if (first > 0 && first < x->t[second].value && !out->timed && len.months == 0) {
		out->last = out->day;
		out->day.day = x->today + (int64_t)len.days / x->t[second].value * first;
		out->ranges = true;
	}
	out->within = within;
	return behind_length(x, to);
}

/* "3 days ago", "il y a 3 jours", "for 2 weeks", "depuis 3 jours": over, or no date at all. */
static size_t past_length(const struct date_text *x, size_t i, struct date_shift *out)
{
	struct date_length len;
	size_t at = i, to;
	bool before = false;

	if (is_word(x, i, "il") && is_word(x, i + 1, "y") && is_word(x, i + 2, "a")) {
		at = i + 3;
		before = true;
	} else if (is_word(x, i, "for depuis since pendant durant takes took take prend prendre")) {
		at = i + 1;
		before = true;
	}
	if (is_term(x, at, TERM_ABOUT))
		at++;
	to = length_read(x, at, &len);
	if (to == 0 || !(before || is_term(x, to, TERM_AGO)) || is_term(x, to, TERM_FROM) ||
	    is_term(x, to, TERM_LATER))
		return 0;
	*out = (struct date_shift){.past = true};
	return is_term(x, to, TERM_AGO) ? to + 1 : to;
}

/* "3 days from Tuesday", "two weeks after Labour Day", "a week from now", "30 min later" */
static size_t length_from(const struct date_text *x, size_t i, struct date_shift *out)
{
	struct date_length len;
	struct date_day day;
	size_t at = length_read(x, i, &len), to;
	int sign = 1;
	int64_t from;

	if (at == 0)
		return 0;
	if (is_term(x, at, TERM_LATER) || is_word(x, at, "hence") ||
	    (is_word(x, at, "plus") && is_word(x, at + 1, "tard"))) {
		shift_by(x, &len, x->today, 1, out);
		return is_word(x, at, "plus") ? at + 2 : at + 1;
	}
	if (is_term(x, at, TERM_FROM) && is_word(x, at + 1, "now")) {
		shift_by(x, &len, x->today, 1, out);
		return at + 2;
	}
	if (len.minutes > 0)
		return 0;
	if (is_term(x, at, TERM_BEFORE))
		sign = -1;
	else if (is_term(x, at, TERM_A) && is_word(x, at + 1, "partir"))
		at++;
	else if (!is_term(x, at, TERM_FROM) && !is_term(x, at, TERM_AFTER) &&
		 !(len.days % WEEK_DAYS == 0 && len.days > 0 &&
		   (is_word(x, at, "on") || is_term(x, at, TERM_WEEKDAY) ||
		    is_word(x, at, "today tomorrow"))))
		return 0;
	if (!is_term(x, at, TERM_WEEKDAY) && !is_word(x, at, "today tomorrow"))
		at++;
	at = skip(x, at, TERM_ON, TERM_THE);
	at = skip(x, at, TERM_OF, TERM_THE);
	to = day_plain_read(x, at, &day);
	if (to == 0 || (from = day_settle(x, &day, 1440)) == DATE_NO_DAY)
		return 0;
	shift_by(x, &len, from, sign, out);
	return to;
}

size_t shift_read(const struct date_text *x, size_t i, struct date_shift *out)
{
	size_t to = past_length(x, i, out);

	if (to == 0)
		to = in_length(x, i, out);
	if (to == 0)
		to = length_from(x, i, out);
	return to;
}
