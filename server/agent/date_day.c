/*
 * date_day.c - one day, by name, number or from another: see date_piece.h.
 */
#include "server/agent/date_piece.h"
#include "shared/day.h"

#define WEEK_DAYS    7
#define DAY_MIN      1440
#define MONTHS_AHEAD 24 /* a 29th on a Saturday comes sooner */

/* ---- which day that is ---- */

int64_t months_later(int64_t day, int months)
{
	struct day d = day_split(day);
	int month = d.year * 12 + d.month - 1 + months;

	while (!day_exists(month / 12, month % 12 + 1, d.mday))
		d.mday--;
	return day_number(month / 12, month % 12 + 1, d.mday);
}

int64_t mday_next(int64_t first, int mday, int weekday)
{
	struct day d = day_split(first);
	int month = d.year * 12 + d.month - 1;

	for (int i = 0; i < MONTHS_AHEAD; i++, month++) {
		int64_t day;

		if (!day_exists(month / 12, month % 12 + 1, mday))
			continue;
		day = day_number(month / 12, month % 12 + 1, mday);
		if (day >= first && (weekday == 0 || day_weekday(day) == weekday))
			return day;
	}
	return DATE_NO_DAY;
}

static int64_t weekday_settle(const struct date_text *x, struct date_day *d, int end)
{
	int here = day_weekday(x->today);
	int64_t ahead = (d->weekday - here + WEEK_DAYS) % WEEK_DAYS;
	int64_t behind_today = x->today + (ahead == 0 ? WEEK_DAYS : ahead);
	int64_t next_week = x->today - here + d->weekday + WEEK_DAYS;

	switch (d->which) {
	case WHICH_NEXT:
		if (behind_today == next_week)
			return next_week;
		d->ask = true;
		d->other = d->french ? next_week : behind_today;
		return d->french ? behind_today : next_week;
	case WHICH_SECOND:
		if (behind_today != next_week) {
			d->ask = true;
			d->other = next_week + WEEK_DAYS;
		}
		return behind_today + WEEK_DAYS;
	case WHICH_COMING: return behind_today;
	case WHICH_PLAIN:
	case WHICH_THIS: break;
	}
	if (ahead == 0 && d->plus == 0 && end > x->minute) {
		if (d->which == WHICH_PLAIN && end == DAY_MIN)
			d->other = x->today + WEEK_DAYS;
		return x->today;
	}
	return behind_today + d->plus;
}

int64_t day_settle(const struct date_text *x, struct date_day *d, int end)
{
	if (d->day != DATE_NO_DAY) {
		if (d->weekday != 0 && day_weekday(d->day) != d->weekday)
			d->ask = true;
		return d->day;
	}
	if (d->mday > 0) {
		int64_t first = end > x->minute ? x->today : x->today + 1;
		int64_t day = mday_next(first, d->mday, d->weekday);

		if (day == DATE_NO_DAY || (d->weekday != 0 && day > x->today + 366)) {
			d->ask = true;
			day = mday_next(first, d->mday, 0);
		}
		return day;
	}
	return weekday_settle(x, d, end);
}

/* ---- days of the week ---- */

/* "sat or sun", "mon-fri" */
static bool joins_weekdays(const struct date_text *x, size_t i)
{
	return is_term(x, i, TERM_OR) || is_term(x, i, TERM_AND) || is_term(x, i, TERM_TO) ||
	       is_sign(x, i, '/') || is_sign(x, i, '-') || is_sign(x, i, ',');
}

/* A short name that is a word of every day ("sun", "mer") stands among other words of dates. */
static bool weekday_meant(const struct date_text *x, size_t i)
{
	size_t next = is_sign(x, i + 1, '.') || is_sign(x, i + 1, ',') ? i + 2 : i + 1;

	if (!x->t[i].weak || x->n <= 2)
		return true;
	if (is_number(x, next, 1, 31) &&
	    (!is_counted(x, next + 1) || is_sign(x, next + 1, ':') ||
	     (is_term(x, next + 1, TERM_HOUR_UNIT) && x->t[next + 1].value == 1)))
		return true;
	if (is_term(x, next, TERM_NOON) || is_word(x, next, "prochain next") ||
	    (is_term(x, next, TERM_PART) && !is_word(x, i, "mon")) || is_sign(x, next, '@') ||
	    (is_term(x, next, TERM_AT) &&
	     (is_number(x, next + 1, 1, 24) || is_term(x, next + 1, TERM_NOON))))
		return true;
	if (is_term(x, next, TERM_MONTH) && is_number(x, next + 1, 1, 31))
		return true;
	if (joins_weekdays(x, next) && is_term(x, next + 1, TERM_WEEKDAY))
		return true;
	if (i == 0)
		return false;
	if (i > 1 && joins_weekdays(x, i - 1) && is_term(x, i - 2, TERM_WEEKDAY))
		return true;
	return !is_word(x, i, "mer jeu mar") &&
	       is_word(x, i - 1, "on this next by until till before after every last coming");
}

static void weekday_behind(const struct date_text *x, size_t *at, struct date_day *d)
{
	if (is_term(x, *at, TERM_NEXT) && !is_term(x, *at + 1, TERM_WEEK_UNIT) &&
	    !is_term(x, *at + 1, TERM_MONTH_UNIT)) {
		d->which = WHICH_NEXT;
		d->french = !is_word(x, *at, "next nxt");
		++*at;
	} else if (is_term(x, *at, TERM_COMING)) {
		d->which = WHICH_COMING;
		++*at;
	} else if (is_word(x, *at, "qui") && is_word(x, *at + 1, "vient s")) {
		d->which = WHICH_COMING;
		*at += is_word(x, *at + 1, "s") ? 4 : 2; /* "qui s'en vient" */
	} else if (is_term(x, *at, TERM_LAST) && !is_term(x, *at + 1, TERM_WEEK_UNIT)) {
		d->past = true;
		++*at;
	} else if (is_word(x, *at, "en") && is_number(x, *at + 1, 8, 15) &&
		   (x->t[*at + 1].value == 8 || x->t[*at + 1].value == 15) &&
		   !is_counted(x, *at + 2)) {
		d->plus = x->t[*at + 1].value == 8 ? WEEK_DAYS : 2 * WEEK_DAYS;
		*at += 2;
	} else if (is_term(x, *at, TERM_AFTER) && is_word(x, *at + 1, "next") &&
		   !is_term(x, *at + 2, TERM_WEEK_UNIT)) {
		d->which = WHICH_SECOND;
		*at += 2;
	} else if (is_word(x, *at, "week wk") &&
		   !is_word(x, *at + 1, "of end beginning starting") && !is_sign(x, *at + 1, '-')) {
		d->plus = WEEK_DAYS;
		++*at;
	} else if (is_word(x, *at, "ci")) {
		d->which = WHICH_THIS;
		++*at;
	}
}

static size_t weekday_read(const struct date_text *x, size_t i, struct date_day *out)
{
	struct date_day d = {.day = DATE_NO_DAY, .other = DATE_NO_DAY};
	size_t at = i;

	for (; at < i + 2; at++) {
		if (is_term(x, at, TERM_THIS) && d.which == WHICH_PLAIN)
			d.which = WHICH_THIS;
		else if (is_term(x, at, TERM_COMING) || (is_term(x, at, TERM_NEXT) && at > i))
			d.which = WHICH_COMING;
		else if (is_term(x, at, TERM_NEXT))
			d.which = WHICH_NEXT;
		else if (is_term(x, at, TERM_LAST) && x->t[at].value == 0)
			d.past = true;
		else
			break;
	}
	d.french = at > i && is_word(x, i, "prochain prochaine");
	if (!is_term(x, at, TERM_WEEKDAY) || (at == i && !weekday_meant(x, at)))
		return 0;
	d.weekday = x->t[at++].value;
	if (is_sign(x, at, '.') && !is_plain(x, at + 1))
		at++;
	weekday_behind(x, &at, &d);
	*out = d;
	return at;
}

/* ---- others ---- */

static size_t holiday_read(const struct date_text *x, size_t i, struct date_day *out)
{
	for (size_t h = 0; h < x->holidays_n; h++) {
		if (x->holidays[h].from != i)
			continue;
		*out = (struct date_day){.day = x->holidays[h].day, .other = DATE_NO_DAY};
		return x->holidays[h].to;
	}
	return 0;
}

/* "today", "demain", "day after tomorrow", "après-demain" */
static size_t near_day(const struct date_text *x, size_t i, struct date_day *out)
{
	struct date_day d = {.day = x->today, .other = DATE_NO_DAY};
	size_t at = i;

	if (is_word(x, at, "day") && is_term(x, at + 1, TERM_AFTER) &&
	    is_term(x, at + 2, TERM_TOMORROW)) {
		d.day += 2;
		at += 3;
	} else if (is_word(x, at, "apres") &&
		   (is_term(x, at + 1, TERM_TOMORROW) ||
		    (is_sign(x, at + 1, '-') && is_term(x, at + 2, TERM_TOMORROW)))) {
		d.day += 2;
		at += is_sign(x, at + 1, '-') ? 3 : 2;
	} else if (is_term(x, at, TERM_TOMORROW)) {
		d.day += 1;
		at++;
	} else if (is_term(x, at, TERM_TODAY)) {
		at++;
		if (is_word(x, at, "hui"))
			at++;
	} else if (is_word(x, at, "this") && is_word(x, at + 1, "day")) {
		at += 2;
	} else if (is_word(x, at, "day before yesterday") || is_word(x, at, "avant")) {
		size_t hier = is_sign(x, at + 1, '-') ? at + 2 : at + 1;

		if (is_word(x, at, "day"))
			hier = is_term(x, at + 1, TERM_BEFORE) ? at + 2 : at;
		if (!is_term(x, hier, TERM_YESTERDAY))
			return 0;
		d.past = true;
		at = hier + 1;
	} else if (is_term(x, at, TERM_YESTERDAY)) {
		d.past = true;
		at++;
	} else {
		return 0;
	}
	*out = d;
	return at;
}

/* "the 28th", "le 28"; an ordinal alone where a preposition leads to it. */
static size_t mday_read(const struct date_text *x, size_t i, struct date_day *out)
{
	bool the = is_term(x, i, TERM_THE) || is_word(x, i, "les du au");
	size_t at = the ? i + 1 : i;
	const struct date_token *t = &x->t[at];
	bool led =
		i > 0 && (is_word(x, i - 1,
				  "on for by before after until till from around about since le") ||
			  is_term(x, i - 1, TERM_UNTIL) || is_term(x, i - 1, TERM_BEFORE));

	size_t to = the ? calendar_read(x, at, out) : 0;

	if (to > 0)
		return to;
	if (!is_number(x, at, 1, 31) || t->digits > 2 ||
	    (t->digits > 0 && t->tight && at > 0 && !the))
		return 0;
	if (is_word(x, at + 1, "day") && is_term(x, at + 2, TERM_OF))
		at++;
	else if (is_counted(x, at + 1) || is_sign(x, at + 1, ':') || is_term(x, at + 1, TERM_AM) ||
		 is_term(x, at + 1, TERM_PM) || is_term(x, at + 1, TERM_OCLOCK) ||
		 is_word(x, at + 1, "one ones two part most e thing things chose"))
		return 0;
	if (!the && !t->ordinal)
		return 0;
	/* "the 2nd bike", "third time", "the second": only where a day is expected */
	if (t->ordinal && (t->value < 4 || t->digits == 0 || !the) && !led && x->n > 2 &&
	    is_plain(x, at + 1))
		return 0;
	if (t->ordinal && t->digits == 0 && !led && !the)
		return 0;
	if (t->ordinal && t->digits == 0 && t->value < 4 && !(led && the))
		return 0;
	*out = (struct date_day){
		.day = DATE_NO_DAY, .other = DATE_NO_DAY, .mday = t->value, .floats = true};
	return at + 1;
}

size_t day_plain_read(const struct date_text *x, size_t i, struct date_day *out)
{
	size_t at = skip(x, i, TERM_THE, TERM_THE), to = holiday_read(x, i, out);

	if (to == 0 && at > i)
		to = holiday_read(x, at, out);
	if (to == 0)
		to = near_day(x, at, out);
	if (to == 0)
		to = calendar_read(x, at, out);
	if (to == 0)
		to = weekday_read(x, at, out);
	if (to == 0)
		to = mday_read(x, i, out);
	return to;
}

/* "the day after X", "la veille de X", "the Tuesday after X" */
static size_t leaning_read(const struct date_text *x, size_t i, struct date_day *out)
{
	struct date_day near = {.day = DATE_NO_DAY, .other = DATE_NO_DAY}, anchor;
	size_t at = skip(x, i, TERM_THE, TERM_THE), to;
	bool veille = is_word(x, at, "veille"), lendemain = is_word(x, at, "lendemain");
	bool before = veille;
	int64_t day;

	if (is_term(x, at, TERM_WEEKDAY) && !x->t[at].weak) {
		near.weekday = x->t[at].value;
		at++;
	} else if (is_word(x, at, "day jour") || veille || lendemain) {
		at++;
	} else {
		return 0;
	}
	if (is_term(x, at, TERM_BEFORE))
		before = true;
	else if (!is_term(x, at, TERM_AFTER) && !is_word(x, at, "following") && !lendemain &&
		 !veille)
		return 0;
	at = skip(x, veille || lendemain ? at : at + 1, TERM_ON, TERM_THE);
	at = skip(x, at, TERM_OF, TERM_ON);
	to = day_plain_read(x, at, &anchor);
	if (to == 0 || anchor.past || (near.weekday != 0 && anchor.weekday == near.weekday) ||
	    (day = day_settle(x, &anchor, DAY_MIN)) == DATE_NO_DAY)
		return 0;
	near.day = before ? day - 1 : day + 1;
	while (near.weekday != 0 && day_weekday(near.day) != near.weekday)
		near.day += before ? -1 : 1;
	*out = near;
	return to;
}

size_t day_read(const struct date_text *x, size_t i, struct date_day *out)
{
	size_t to = leaning_read(x, i, out);

	return to > 0 ? to : day_plain_read(x, i, out);
}
