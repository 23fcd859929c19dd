/*
 * date_clock.c - times of the day and parts of it: see date_piece.h.
 */
#include "server/agent/date_piece.h"

#define HOUR_MIN 60
#define SKIP_MAX 4

/* ---- looking ---- */

bool is_word(const struct date_text *x, size_t i, const char *list)
{
	struct str word;

	if (i >= x->n)
		return false;
	word = x->t[i].text;
	for (const char *p = list; *p != '\0'; p++) {
		if (*p == word.p[0] && strncmp(p, word.p, word.n) == 0 &&
		    (p[word.n] == ' ' || p[word.n] == '\0'))
			return true;
		while (*p != ' ' && p[1] != '\0')
			p++;
	}
	return false;
}

bool is_number(const struct date_text *x, size_t i, int min, int max)
{
	return i < x->n && x->t[i].kind == TOKEN_NUMBER && x->t[i].value >= min &&
	       x->t[i].value <= max;
}

size_t skip(const struct date_text *x, size_t i, enum date_term one, enum date_term two)
{
	size_t end = size_min(x->n, i + SKIP_MAX);

	while (i < end && (x->t[i].term == one || x->t[i].term == two))
		i++;
	return i;
}

/* "12 Main St": a word of an address soon behind. */
static bool is_address(const struct date_text *x, size_t i)
{
	for (size_t k = i; k < i + 3 && k < x->n && x->t[k].kind == TOKEN_WORD; k++) {
		if (x->t[k].term == TERM_COUNTED && x->t[k].value == 2)
			return true;
		if (!is_plain(x, k) && x->t[k].term != TERM_OF)
			return false;
	}
	return false;
}

bool is_counted(const struct date_text *x, size_t i)
{
	const struct date_token *t = &x->t[i];

	if (i >= x->n)
		return false;
	if (t->kind == TOKEN_SIGN)
		return strchr("$%\"*+#", t->text.p[0]) != NULL ||
		       (t->tight && strchr("/-.,:", t->text.p[0]) != NULL && x->t[i + 1].tight &&
			x->t[i + 1].kind == TOKEN_NUMBER);
	if (t->kind == TOKEN_NUMBER)
		return t->digits > 0 && (t->tight || t->digits > 2);
	return t->term == TERM_COUNTED ||
	       (t->term >= TERM_DAY_UNIT && t->term <= TERM_MINUTE_UNIT) ||
	       (t->tight && i > 0 && x->t[i - 1].kind == TOKEN_NUMBER && x->t[i - 1].digits > 0 &&
		t->term != TERM_AM && t->term != TERM_PM) ||
	       is_address(x, i) || is_word(x, i, "x of more other autres");
}

/* Digits that begin here belong to no longer number: "$20", "4,021", "555-1234", "x28". */
static bool stands_free(const struct date_text *x, size_t i)
{
	const struct date_token *t = &x->t[i], *before;

	if (i == 0)
		return true;
	before = t - 1;
	if (is_sign(x, i - 1, '$') || is_sign(x, i - 1, '#') ||
	    is_word(x, i - 1, "num numero number commande order size taille"))
		return false;
	if (!t->tight)
		return true;
	if (before->kind == TOKEN_SIGN)
		return strchr("-/.,:+", before->text.p[0]) == NULL || i < 2 || !before->tight ||
		       x->t[i - 2].kind != TOKEN_NUMBER;
	return before->term == TERM_A || before->term == TERM_AT ||
	       (is_word(x, i - 1, "t") && before->tight && is_sign(x, i + 1, ':'));
}

/* ---- a clock time ---- */

/* Behind the hour: "et quart", "et demie", "moins le quart", "moins dix", "pile". */
static size_t french_minutes(const struct date_text *x, size_t i, struct date_clock *c)
{
	if (is_term(x, i, TERM_AND) &&
	    (is_term(x, i + 1, TERM_HALF) || is_term(x, i + 1, TERM_QUARTER))) {
		c->minute = x->t[i + 1].value;
		return i + 2;
	}
	if (is_term(x, i, TERM_MINUS)) {
		size_t at = is_term(x, i + 1, TERM_THE) ? i + 2 : i + 1;
		int less = is_term(x, at, TERM_QUARTER) || is_number(x, at, 1, 30) ? x->t[at].value
										   : 0;

		if (less > 0) {
			c->hour = c->hour == 0 ? 23 : c->hour - 1;
			c->minute = HOUR_MIN - less;
			return at + 1;
		}
	}
	if (is_term(x, i, TERM_HALF) ||
	    (is_term(x, i, TERM_QUARTER) && x->t[i].term != TERM_NONE)) {
		c->minute = x->t[i].value;
		return i + 1;
	}
	return is_word(x, i, "pile tapant juste sharp precise precises") ? i + 1 : i;
}

static size_t half_of_day(const struct date_text *x, size_t i, struct date_clock *c)
{
	if (c->hour > 12)
		return i;
	if (is_term(x, i, TERM_AM) || is_term(x, i, TERM_PM)) {
		c->half = x->t[i].term == TERM_AM ? HALF_AM : HALF_PM;
		return i + 1;
	}
	if (i < x->n && x->t[i].tight && is_word(x, i, "a p") && x->t[i].kind == TOKEN_WORD) {
		c->half = x->t[i].text.p[0] == 'a' ? HALF_AM : HALF_PM;
		return i + 1;
	}
	if (is_word(x, i, "a p") && is_word(x, i + 1, "m")) {
		c->half = x->t[i].text.p[0] == 'a' ? HALF_AM : HALF_PM;
		return i + 2;
	}
	return i;
}

static size_t named_clock(const struct date_text *x, size_t i, struct date_clock *c)
{
	size_t at = i;

	if (is_number(x, i, 12, 12) && is_term(x, i + 1, TERM_NOON))
		at++;
	if (is_term(x, at, TERM_THIS) && is_term(x, at + 1, TERM_NOON)) {
		c->today = true;
		at++;
	}
	if (is_term(x, at, TERM_OPENING) || is_term(x, at, TERM_CLOSING)) {
		/* of the store, and not "the opening hours", "a closing date" */
		if (!(at > 0 && (is_term(x, at - 1, TERM_A) || is_term(x, at - 1, TERM_AT) ||
				 is_term(x, at - 1, TERM_ON) || is_term(x, at - 1, TERM_BEFORE) ||
				 is_term(x, at - 1, TERM_AFTER))) ||
		    is_word(x, at + 1, "hours hour heures date sale"))
			return 0;
		c->at = x->t[at].term == TERM_OPENING ? CLOCK_OPENING : CLOCK_CLOSING;
		return is_word(x, at + 1, "time") ? at + 2 : at + 1;
	}
	if ((is_word(x, at, "first") && is_word(x, at + 1, "thing")) ||
	    (is_word(x, at, "premiere premieres") && is_term(x, at + 1, TERM_HOUR_UNIT))) {
		c->at = CLOCK_OPENING;
		return at + 2;
	}
	if (is_term(x, at, TERM_NOON) || is_term(x, at, TERM_MIDNIGHT)) {
		bool noon = x->t[at].term == TERM_NOON;

		c->hour = noon ? 12 : 24;
		c->half = HALF_ALL;
		c->about = is_word(x, at, "noonish");
		at++;
		if (!noon)
			return at;
		if (is_number(x, at, 5, 59) && !is_counted(x, at + 1) &&
		    (x->t[at].digits == 2 || x->t[at].digits == 0) && x->t[at].value % 5 == 0 &&
		    !is_term(x, at + 1, TERM_MONTH)) {
			c->minute = x->t[at].value;
			return at + 1;
		}
		return french_minutes(x, at, c);
	}
	return 0;
}

/* "half past two", "quarter to five", "ten past 3", "20 minutes to four" */
static size_t worded_clock(const struct date_text *x, size_t i, bool may_be_bare,
			   struct date_clock *c)
{
	size_t at = is_word(x, i, "a") ? i + 1 : i;
	bool spelled = true, minutes = false, to;
	int offset;

	if (is_term(x, at, TERM_HALF) || is_term(x, at, TERM_QUARTER)) {
		offset = x->t[at].value;
	} else if (is_number(x, at, 1, 29) && stands_free(x, at)) {
		offset = x->t[at].value;
		spelled = x->t[at].digits == 0;
	} else {
		return 0;
	}
	at++;
	if (offset == 30 && is_number(x, at, 1, 12) && may_be_bare && !is_counted(x, at + 1)) {
		c->hour = x->t[at].value; /* "at half 2" */
		c->minute = offset;
		return half_of_day(x, at + 1, c);
	}
	if (is_term(x, at, TERM_MINUTE_UNIT)) {
		minutes = true;
		at++;
	}
	to = is_word(x, at, "to til till of before") && offset != 30;
	/* "9 to 5" is another thing; "ten to four" is not */
	if (!is_term(x, at, TERM_PAST) &&
	    !(is_term(x, at, TERM_AFTER) && (minutes || offset == 15)) &&
	    !(to &&
	      (minutes ||
	       (is_word(x, at, "to til till") && spelled && offset % 5 == 0 && offset <= 25) ||
	       (offset == 15 && is_term(x, at - 1, TERM_QUARTER)))))
		return 0;
	at++;
	if (is_term(x, at, TERM_NOON) || is_term(x, at, TERM_MIDNIGHT)) {
		c->hour = x->t[at].term == TERM_NOON ? 12 : 24;
		c->half = HALF_ALL;
	} else if (is_number(x, at, 1, 12) || is_word(x, at, "one")) {
		c->hour = x->t[at].value;
	} else {
		return 0;
	}
	at++;
	c->minute = offset;
	if (to) {
		c->hour = c->hour == 1 && c->half != HALF_ALL ? 12 : c->hour - 1;
		c->minute = HOUR_MIN - offset;
	}
	return half_of_day(x, at, c);
}

/* "2h" that lasts, and is no time: "ca prend 2h", "2h de location". */
static bool lasts(const struct date_text *x, size_t i, size_t end, int hour)
{
	if (i > 0 && is_word(x, i - 1,
			     "prend prends prendre pendant durant dure durer depuis en location "
			     "takes take took"))
		return true;
	if (is_word(x, end, "max maximum par per chaque rental plus"))
		return true;
	if (hour >= 7)
		return false;
	if (is_term(x, end, TERM_OF)) {
		size_t at = skip(x, end + 1, TERM_ON, TERM_THE);

		return !is_term(x, at, TERM_PART) && !is_term(x, at, TERM_AFTER) &&
		       !is_term(x, at, TERM_BEFORE);
	}
	return i > 0 && is_term(x, i - 1, TERM_OF);
}

/* Behind "14h": "30", "30 min", "et quart". */
static size_t minutes_behind(const struct date_text *x, size_t i, struct date_clock *c)
{
	if (is_number(x, i, 0, 59) && !x->t[i].ordinal &&
	    (x->t[i].digits == 2 || (x->t[i].digits == 0 && x->t[i].value >= 5)) &&
	    !is_term(x, i + 1, TERM_MONTH) && !is_term(x, i + 1, TERM_HOUR_UNIT) &&
	    !(!is_term(x, i + 1, TERM_MINUTE_UNIT) && !is_word(x, i + 1, "m") &&
	      is_counted(x, i + 1) && !x->t[i].tight)) {
		c->minute = x->t[i].value;
		i++;
		return is_term(x, i, TERM_MINUTE_UNIT) || (is_word(x, i, "m") && x->t[i].tight)
			       ? i + 1
			       : i;
	}
	return french_minutes(x, i, c);
}

/* "230pm", "1030am"; "at 230". */
static size_t run_together(const struct date_text *x, size_t i, bool may_be_bare,
			   struct date_clock *c)
{
	const struct date_token *t = &x->t[i];
	size_t at;

	c->hour = t->value / 100;
	c->minute = t->value % 100;
	if (c->hour > 23 || c->minute >= HOUR_MIN || (c->hour == 0 && t->text.p[0] != '0'))
		return 0;
	if (t->text.p[0] == '0')
		c->half = HALF_ALL;
	at = half_of_day(x, i + 1, c);
	if (at > i + 1)
		return at;
	if (x->t[at].tight && is_term(x, at, TERM_HOUR_UNIT))
		return at + 1;
	if (is_word(x, at, "hrs hours") && t->digits == 4)
		return at + 1;
	return may_be_bare && c->hour > 0 && c->hour <= 23 && c->minute % 5 == 0 &&
			       !is_counted(x, at) && is_term(x, i - 1, TERM_AT) && i > 0
		       ? at
		       : 0;
}

/* The minutes that touch the hour: ":30", ".30" (which may also be a price or a size). */
static size_t minutes_touching(const struct date_text *x, size_t i, bool may_be_bare,
			       struct date_clock *c)
{
	bool colon = is_sign(x, i, ':');
	struct date_clock half = *c;

	if (!(colon || is_sign(x, i, '.')) || !x->t[i].tight || !is_number(x, i + 1, 0, 59) ||
	    x->t[i + 1].digits != 2 || !x->t[i + 1].tight)
		return i;
	if (!colon &&
	    ((!may_be_bare && !is_term(x, i + 2, TERM_TOMORROW) && !is_term(x, i + 2, TERM_TODAY) &&
	      half_of_day(x, i + 2, &half) == i + 2 && !is_term(x, i + 2, TERM_HOUR_UNIT)) ||
	     is_counted(x, i + 2)))
		return i;
	c->minute = x->t[i + 1].value;
	i += 2;
	if (is_sign(x, i, ':') && is_number(x, i + 1, 0, 60) && x->t[i + 1].tight)
		i += 2;
	return is_word(x, i, "h hrs") && x->t[i].tight ? i + 1 : i;
}

/* "two thirty", "five-thirty", "two oh five"; with digits only the quarters: "2 30". */
static size_t minutes_spelled(const struct date_text *x, size_t i, bool may_be_bare,
			      struct date_clock *c)
{
	size_t at = is_sign(x, i, '-') ? i + 1 : i;
	bool oh = is_word(x, at, "oh o") && is_number(x, at + 1, 1, 9);
	const struct date_token *hour = &x->t[i - 1], *t = &x->t[oh ? at + 1 : at];

	if (oh)
		at++;
	if (t->kind != TOKEN_NUMBER || t->ordinal || t->value > 59)
		return i;
	if (hour->digits == 0 ? t->digits != 0 || (t->value < 10 && !oh)
			      : !may_be_bare || t->digits != 2 || t->value % 15 != 0 || at != i)
		return i;
	if (is_counted(x, at + 1) || is_term(x, at + 1, TERM_MONTH))
		return i;
	c->minute = t->value;
	return at + 1;
}

static bool part_follows(const struct date_text *x, size_t i)
{
	size_t at = i = is_sign(x, i, ',') ? i + 1 : i;

	if (is_term(x, at, TERM_TONIGHT))
		return true;
	while (at < i + 3 &&
	       (is_term(x, at, TERM_IN) || is_term(x, at, TERM_THE) || is_term(x, at, TERM_OF) ||
		is_term(x, at, TERM_ON) || is_term(x, at, TERM_AT) || is_term(x, at, TERM_THIS)))
		at++;
	if (at == i)
		return is_term(x, at, TERM_TOMORROW) &&
		       is_term(x, at + 1, TERM_PART); /* "5 tomorrow evening" */
	return (is_term(x, at, TERM_PART) && !is_word(x, at, "journee lunch")) ||
	       (is_term(x, at, TERM_AFTER) && is_term(x, at + 1, TERM_NOON));
}

/* An hour in figures or words, and what belongs to it. */
static size_t figure_clock(const struct date_text *x, size_t i, bool may_be_bare,
			   struct date_clock *c)
{
	const struct date_token *t = &x->t[i];
	size_t at = i + 1, to;
	bool said = false; /* that it is a time */

	if ((!is_number(x, i, 0, 24) && !is_word(x, i, "one un une") &&
	     !(is_number(x, i, 0, 2359) && (t->digits == 3 || t->digits == 4))) ||
	    t->ordinal)
		return 0;
	if (t->digits > 2)
		return run_together(x, i, may_be_bare, c);
	c->hour = t->value;
	to = minutes_touching(x, at, may_be_bare, c);
	if (to == at && is_term(x, at, TERM_HOUR_UNIT) && x->t[at].value == 1) {
		to = minutes_behind(x, at + 1, c);
		if (to == at + 1 && !(is_term(x, to, TERM_AM) || is_term(x, to, TERM_PM)) &&
		    (lasts(x, i, to, c->hour) ||
		     (!may_be_bare && !part_follows(x, to) && i > 0 && !is_word(x, at, "h") &&
		      c->hour < 7 && to < x->n)))
			return 0;
	} else if (to == at && is_word(x, at, "hrs") && x->t[at].tight && c->hour > 12) {
		to = at + 1;
	} else if (to == at) {
		to = minutes_spelled(x, at, may_be_bare, c);
	}
	said = to > at && (c->minute > 0 || x->t[at].kind != TOKEN_NUMBER);
	at = to;
	if (t->value > 12 || t->value == 0 || (t->digits == 2 && t->text.p[0] == '0'))
		c->half = HALF_ALL;
	to = half_of_day(x, at, c);
	if (to == at && is_word(x, at, "o") && is_word(x, at + 1, "clock"))
		to = half_of_day(x, at + 2, c);
	else if (to == at && is_term(x, at, TERM_OCLOCK))
		to = half_of_day(x, at + 1, c);
	said = said || to > at;
	at = to;
	if (is_word(x, at, "ish") || (is_sign(x, at, '-') && is_word(x, at + 1, "ish"))) {
		c->about = true;
		at += is_word(x, at, "ish") ? 1 : 2;
		said = true;
	}
	if (said && t->kind != TOKEN_NUMBER && !is_word(x, i, "one un une"))
		return 0;
	if (said)
		return at;
	c->bare = true;
	if (t->kind != TOKEN_NUMBER && !is_word(x, i, "one"))
		return 0;
	if ((!may_be_bare && !part_follows(x, at)) || c->hour == 0 || c->hour == 24 ||
	    is_counted(x, at) || is_term(x, at, TERM_MONTH))
		return 0;
	return at;
}

size_t clock_end_read(const struct date_text *x, size_t i, bool may_be_bare, struct date_clock *out)
{
	struct date_clock c = {0};
	size_t to = named_clock(x, i, &c);

	if (to == 0) {
		c = (struct date_clock){0};
		to = worded_clock(x, i, may_be_bare, &c);
	}
	if (to == 0) {
		c = (struct date_clock){0};
		to = figure_clock(x, i, may_be_bare, &c);
	}
	if (to > 0)
		*out = c;
	return to;
}

size_t clock_read(const struct date_text *x, size_t i, bool may_be_bare, struct date_clock *out)
{
	return x->t[i].digits > 0 && !stands_free(x, i) ? 0
							: clock_end_read(x, i, may_be_bare, out);
}
