/*
 * date_calendar.c - days of the calendar by month and number, in words and in figures: see
 * date_piece.h.
 */
#include "server/agent/date_piece.h"
#include "shared/day.h"

#define WEEK_DAYS 7
#define YEAR_MIN  1990
#define YEAR_MAX  2099

/* ---- months in words ---- */

/* The year behind a date: "2026", ", 2026". */
static size_t year_read(const struct date_text *x, size_t i, int *year)
{
	size_t at = is_sign(x, i, ',') || is_term(x, i, TERM_OF) ? i + 1 : i;

	if (!is_number(x, at, YEAR_MIN, YEAR_MAX) || x->t[at].digits != 4 ||
	    is_term(x, at + 1, TERM_HOUR_UNIT) || is_term(x, at + 1, TERM_PM) ||
	    is_term(x, at + 1, TERM_AM))
		return i;
	*year = x->t[at].value;
	return at + 1;
}

/* Without a year it is the next one; false when there is no such day. */
static bool date_set(const struct date_text *x, int year, int month, int mday, struct date_day *out)
{
	int this = day_split(x->today).year;

	*out = (struct date_day){.other = DATE_NO_DAY};
	if (year > 0) {
		if (!day_exists(year, month, mday))
			return false;
		out->day = day_number(year, month, mday);
		out->past = out->day < x->today;
		return true;
	}
	for (year = this; year <= this + 8; year++) { /* February 29 */
		if (!day_exists(year, month, mday) || day_number(year, month, mday) < x->today)
			continue;
		out->day = day_number(year, month, mday);
		return true;
	}
	return false;
}

/* A number that is no day of the month but a time or an amount. */
static bool is_other_number(const struct date_text *x, size_t i)
{
	size_t at = i + 1;
	int year;

	if (x->t[i].ordinal || year_read(x, at, &year) > at)
		return false;
	return (is_sign(x, at, ':') && x->t[at].tight) || is_term(x, at, TERM_AM) ||
	       is_term(x, at, TERM_PM) || (is_term(x, at, TERM_HOUR_UNIT) && x->t[at].tight) ||
	       is_term(x, at, TERM_OCLOCK) || (!is_sign(x, at, '-') && is_counted(x, at));
}

/* "May 14", "October, 1st", "Sept. 12", "august the 5th" */
static size_t month_first(const struct date_text *x, size_t i, struct date_day *out)
{
	size_t at = i + 1, mday;
	int year = 0;

	if (!is_term(x, i, TERM_MONTH))
		return 0;
	if (is_sign(x, at, '.') || is_sign(x, at, ','))
		at++;
	mday = skip(x, at, TERM_THE, TERM_THE);
	if (!is_number(x, mday, 1, 31) || x->t[mday].digits > 2 || is_other_number(x, mday) ||
	    (x->t[i].weak && x->t[mday].digits == 0 && !x->t[mday].ordinal))
		return 0;
	if (is_word(x, i, "may march") && i > 0 && is_word(x, i - 1, "i we you they"))
		return 0;
	at = year_read(x, mday + 1, &year);
	return date_set(x, year, x->t[i].value, x->t[mday].value, out) ? at : 0;
}

/* The month of a list that ends in one: "10 au 22 août", "24 et 25 décembre". */
static size_t month_borrowed(const struct date_text *x, size_t i)
{
	size_t at = i;

	if (!is_sign(x, at, '-') && !is_term(x, at, TERM_TO) && !is_term(x, at, TERM_A) &&
	    !is_term(x, at, TERM_AND) && !is_term(x, at, TERM_OR) && !is_sign(x, at, ','))
		return 0;
	at = skip(x, at + 1, TERM_THE, TERM_ON);
	if (!is_number(x, at, 1, 31) || x->t[at].digits > 2)
		return 0;
	at = skip(x, at + 1, TERM_OF, TERM_OF);
	return is_term(x, at, TERM_MONTH) ? at : 0;
}

/* "14 mai", "the 5th of June", "1er avril 2027" */
static size_t month_last(const struct date_text *x, size_t i, struct date_day *out)
{
	const struct date_token *t = &x->t[i];
	size_t at = i + 1, month;
	int year = 0;

	if (!is_number(x, i, 1, 31) || t->digits > 2 ||
	    (i > 0 && t->digits > 0 && t->tight &&
	     (is_sign(x, i - 1, '#') || is_sign(x, i - 1, '$') || is_sign(x, i - 1, ':'))))
		return 0;
	if (is_word(x, at, "day jour"))
		at++;
	at = skip(x, at, TERM_OF, TERM_OF);
	if (is_sign(x, at, '-') && x->t[at].tight && is_term(x, at + 1, TERM_MONTH))
		at++; /* "14-May-2026" */
	if (is_term(x, at, TERM_MONTH)) {
		if (x->t[at].weak && t->digits == 0 && !t->ordinal &&
		    is_word(x, at, "may march mar"))
			return 0;
		if (is_word(x, at, "may") &&
		    is_word(x, at + 1, "be have not need come also work want get go take cause i"))
			return 0;
		month = at;
		at++;
		if (is_sign(x, at, '.') || (is_sign(x, at, '-') && x->t[at].tight &&
					    is_number(x, at + 1, YEAR_MIN, YEAR_MAX)))
			at++;
		at = year_read(x, at, &year);
		return date_set(x, year, x->t[month].value, t->value, out) ? at : 0;
	}
	month = at == i + 1 ? month_borrowed(x, at) : 0;
	if (month == 0)
		return 0;
	year_read(x, month + 1, &year);
	return date_set(x, year, x->t[month].value, t->value, out) ? i + 1 : 0;
}

/* ---- of a month ---- */

/* "next month", "the month", "du mois prochain", "this month", "may": its first day. */
static size_t month_named(const struct date_text *x, size_t i, int64_t *first)
{
	struct day today = day_split(x->today);
	int64_t this = day_number(today.year, today.month, 1);
	size_t at = skip(x, i, TERM_THE, TERM_ON);

	if (is_term(x, at, TERM_MONTH)) {
		int year = today.year;

		if (x->t[at].value < today.month)
			year++;
		*first = day_number(year, x->t[at].value, 1);
		return at + 1;
	}
	*first = this;
	if (is_term(x, at, TERM_NEXT) && is_term(x, at + 1, TERM_MONTH_UNIT)) {
		*first = months_later(this, 1);
		return at + 2;
	}
	if (is_term(x, at, TERM_THIS))
		at++;
	if (!is_term(x, at, TERM_MONTH_UNIT))
		return 0;
	if (is_term(x, at + 1, TERM_NEXT) || is_word(x, at + 1, "suivant")) {
		*first = months_later(this, 1);
		return at + 2;
	}
	return at + 1;
}

/* "first monday in may", "le dernier vendredi du mois", "the last day of the month" */
static size_t weekday_of_month(const struct date_text *x, size_t i, struct date_day *out)
{
	bool last = is_term(x, i, TERM_LAST) && x->t[i].value == 0;
	int nth = is_number(x, i, 1, 5) && x->t[i].ordinal ? x->t[i].value : 0;
	int weekday = is_term(x, i + 1, TERM_WEEKDAY) ? x->t[i + 1].value : 0;
	size_t at = i + 2, to;
	int64_t first, day;

	if ((!last && nth == 0) || (weekday == 0 && !is_term(x, i + 1, TERM_DAY_UNIT)) ||
	    (!is_term(x, at, TERM_OF) && !is_term(x, at, TERM_IN)))
		return 0;
	to = month_named(x, at + 1, &first);
	for (int tries = 0; to > 0 && tries < 2; tries++) {
		struct day d = day_split(first);

		if (tries > 0) {
			first = months_later(first, is_term(x, to - 1, TERM_MONTH) ? 12 : 1);
			d = day_split(first);
		}
		if (last) {
			day = months_later(first, 1) - 1;
			while (weekday != 0 && day_weekday(day) != weekday)
				day--;
		} else {
			day = weekday == 0 ? first + nth - 1
					   : day_nth(d.year, d.month, weekday, nth);
		}
		if (day < x->today)
			continue;
		*out = (struct date_day){.day = day, .other = DATE_NO_DAY};
		return to;
	}
	return 0;
}

/* "the 15th of next month", "le 15 du mois prochain", "1st of the month" */
static size_t day_of_month(const struct date_text *x, size_t i, struct date_day *out)
{
	size_t at = i + 1, to;
	int64_t first;

	if (!is_number(x, i, 1, 31) || x->t[i].digits > 2)
		return 0;
	if (is_word(x, at, "day jour"))
		at++;
	if (is_term(x, at, TERM_OF))
		at++;
	else if (!is_term(x, at, TERM_NEXT) && !is_term(x, at, TERM_THIS))
		return 0;
	to = month_named(x, at, &first);
	if (to == 0 || is_term(x, to - 1, TERM_MONTH))
		return 0;
	if (first < x->today)
		first = x->today; /* of this month, or of the next */
	*out = (struct date_day){.day = mday_next(first, x->t[i].value, 0), .other = DATE_NO_DAY};
	return out->day == DATE_NO_DAY ? 0 : to;
}

/* ---- in figures ---- */

static bool figures(const struct date_text *x, size_t i, char sign, int n, int v[])
{
	for (int k = 0; k < n; k++, i += 2) {
		const struct date_token *t = &x->t[i];

		if (!is_number(x, i, 1, YEAR_MAX) || t->digits == 0 || t->ordinal ||
		    (k > 0 && (!t->tight || !is_sign(x, i - 1, sign) || !x->t[i - 1].tight)))
			return false;
		v[k] = t->value;
	}
	return true;
}

/* Day and month in the order of the language; both readings when both are days. */
static bool either_way(const struct date_text *x, size_t i, int year, int a, int b,
		       struct date_day *out)
{
	struct date_day one, two;
	bool month_first_here = x->frame->language == LANGUAGE_EN ||
				(x->frame->language == LANGUAGE_UNKNOWN &&
				 !(i > 0 && is_word(x, i - 1, "le du au avant apres pour")));
	bool ok_one = date_set(x, year, month_first_here ? a : b, month_first_here ? b : a, &one);
	bool ok_two = date_set(x, year, month_first_here ? b : a, month_first_here ? a : b, &two);

	if (!ok_one && !ok_two)
		return false;
	if (ok_one && ok_two && one.past && !two.past)
		ok_one = false;
	*out = ok_one ? one : two;
	if (ok_one && ok_two && !two.past && one.day != two.day) {
		out->other = two.day;
		out->ask = true;
	}
	return true;
}

/* "3/4" alone may be a size: a word of dates stands beside it, or nothing else. */
static bool is_date_context(const struct date_text *x, size_t i, size_t to)
{
	if (is_counted(x, to) || is_word(x, to, "inch in po chain thread headset axle turn"))
		return false;
	if ((i == 0 && (to == x->n || (to + 1 == x->n && x->t[to].kind == TOKEN_SIGN))))
		return true;
	if (is_term(x, to, TERM_AT) || is_sign(x, to, '@') || is_term(x, to, TERM_A) ||
	    is_term(x, to, TERM_PART) || is_term(x, to, TERM_ABOUT) ||
	    (is_number(x, to, 1, 24) && !is_counted(x, to + 1)))
		return true;
	if (i == 0)
		return false;
	if (is_sign(x, i - 1, ',') && i > 1)
		i--;
	return is_word(x, i - 1,
		       "on le for by before after until till from pour avant apres du au the") ||
	       is_term(x, i - 1, TERM_WEEKDAY);
}

static size_t figures_read(const struct date_text *x, size_t i, struct date_day *out)
{
	static const char signs[] = "-/.";
	int v[3];

	if (x->t[i].digits == 0 || x->t[i].digits == 3 ||
	    (i > 0 && x->t[i].tight && x->t[i - 1].kind != TOKEN_SIGN))
		return 0;
	if (i > 1 && x->t[i].tight && x->t[i - 1].tight && x->t[i - 2].kind == TOKEN_NUMBER)
		return 0; /* in the middle of a longer one */
	for (const char *sign = signs; *sign != '\0'; sign++) {
		if (!figures(x, i, *sign, 3, v) ||
		    (x->t[i + 5].tight && is_sign(x, i + 5, *sign) && x->t[i + 6].tight))
			continue;
		if (x->t[i].digits == 4)
			return v[0] >= YEAR_MIN && date_set(x, v[0], v[1], v[2], out) ? i + 5 : 0;
		if (x->t[i + 4].digits != 4 && (x->t[i + 4].digits != 2 || *sign == '.'))
			return 0;
		if (v[2] < 100)
			v[2] += 2000;
		return v[2] >= YEAR_MIN && either_way(x, i, v[2], v[0], v[1], out) ? i + 5 : 0;
	}
	if (figures(x, i, '/', 2, v) && !(v[0] == 24 && v[1] == 7) && x->t[i].digits <= 2 &&
	    x->t[i + 2].digits <= 2 && !(x->t[i + 3].tight && is_sign(x, i + 3, '/')) &&
	    is_date_context(x, i, i + 3) && either_way(x, i, 0, v[0], v[1], out))
		return i + 3;
	return 0;
}

size_t calendar_read(const struct date_text *x, size_t i, struct date_day *out)
{
	size_t to = figures_read(x, i, out);

	if (to == 0)
		to = month_first(x, i, out);
	if (to == 0)
		to = weekday_of_month(x, i, out);
	if (to == 0)
		to = month_last(x, i, out);
	if (to == 0)
		to = day_of_month(x, i, out);
	return to;
}
