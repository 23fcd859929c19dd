/*
 * cards_find.c - see cards_find.h.
 *
 * Tokens that may belong to one number form a run: figures, number words and a few fillers, with
 * nothing but blanks, dashes, dots and the like between them. Inside a run every piece that begins
 * and ends with a token is tried, in every reading of its words. One digit in ten passes the check
 * by chance, so what is only a part of a longer run must also look like a card: in one piece, in an
 * issuer's grouping, or of the issuer's usual length; and it does not cut telephone numbers apart.
 */
#include "shared/cards_find.h"

#define DIGITS_MIN  13
#define DIGITS_MAX  19
#define FILLERS_MAX 4 /* in a row, inside a number */

/* Readings tried from one place, enough for any number that a person tells; and in all, past which
 * each word is read in one way only. */
#define STEPS_MAX 400
#define STEPS_ALL 100000

/* ---- issuers
 * ---------------------------------------------------------------------------------------
 */

/* Fronts of six digits, from and to, the lengths that exist (bit n), and the usual one. */
struct issuer {
	unsigned from, to;
	unsigned lengths, usual;
};

#define LENGTH(n) (1u << (n))
#define FROM16    (LENGTH(16) | LENGTH(17) | LENGTH(18) | LENGTH(19))

static const struct issuer issuers[] = {
	{220000, 220499, LENGTH(16), 16},                           /* Mir */
	{222100, 272099, LENGTH(16), 16},                           /* Mastercard */
	{300000, 305999, LENGTH(14) | LENGTH(16), 14},              /* Diners */
	{309500, 309599, LENGTH(14) | LENGTH(16), 14},              /* Diners */
	{340000, 349999, LENGTH(15), 15},                           /* American Express */
	{352800, 358999, FROM16, 16},                               /* JCB */
	{360000, 369999, LENGTH(14) | LENGTH(16), 14},              /* Diners */
	{370000, 379999, LENGTH(15), 15},                           /* American Express */
	{380000, 399999, LENGTH(14) | LENGTH(16), 14},              /* Diners */
	{400000, 499999, LENGTH(13) | LENGTH(16) | LENGTH(19), 16}, /* Visa, Interac */
	{500000, 509999, LENGTH(16) | LENGTH(18) | LENGTH(19), 16}, /* Maestro, Interac */
	{510000, 559999, LENGTH(16), 16},                           /* Mastercard */
	{560000, 589999, LENGTH(16) | LENGTH(18) | LENGTH(19), 16}, /* Maestro */
	{601100, 601199, FROM16, 16},                               /* Discover */
	{620000, 629999, FROM16, 16},                               /* UnionPay */
	{630400, 630499, LENGTH(16) | LENGTH(18) | LENGTH(19), 16}, /* Maestro */
	{636000, 639999, FROM16, 16},                               /* InstaPayment, Interac */
	{644000, 659999, FROM16, 16},                               /* Discover */
	{670000, 679999, LENGTH(16) | LENGTH(18) | LENGTH(19), 16}, /* Maestro */
};

static const struct issuer *issuer_of(const char *digits, size_t n)
{
	unsigned front = 0;

	if (n < 6)
		return NULL;
	for (size_t i = 0; i < 6; i++)
		front = front * 10 + (unsigned)(digits[i] - '0');
	for (size_t i = 0; i < ARRAY_LEN(issuers); i++) {
		if (front >= issuers[i].from && front <= issuers[i].to)
			return &issuers[i];
	}
	return NULL;
}

/* ISO/IEC 7812-1, annex B (Luhn). */
static bool check_digit_right(const char *digits, size_t n)
{
	unsigned sum = 0;

	for (size_t i = 0; i < n; i++) {
		unsigned d = (unsigned)(digits[n - 1 - i] - '0');

		if (i % 2 == 1)
			d = d > 4 ? d * 2 - 9 : d * 2;
		sum += d;
	}
	return sum % 10 == 0;
}

bool card_number_valid(const char *digits, size_t n)
{
	const struct issuer *who = n > DIGITS_MAX ? NULL : issuer_of(digits, n);

	return who != NULL && (who->lengths & LENGTH(n)) != 0 && check_digit_right(digits, n);
}

/* ---- telephone numbers
 * ----------------------------------------------------------------------------- */

/* What each token of the run is to telephones: 0 nothing, else the number of the phone it is part
 * of. International ones ("+...") end a run; they are marked HARD. */
#define HARD 0xFFFFu

static bool north_american(const char *ten)
{
	return ten[0] >= '2' && ten[3] >= '2';
}

static bool figures_are(const struct card_token *t, size_t n)
{
	return t->kind == CARD_FIGURES && t->n == n;
}

/* "416 555 0199" in three pieces with the same between them, or "4165550199": tokens taken, or 0.
 */
static size_t phone_at(const struct card_token *tokens, size_t count, size_t at)
{
	const struct card_token *t = tokens + at;

	if (figures_are(t, 10) && north_american(t->figures))
		return 1;
	if (figures_are(t, 11) && t->figures[0] == '1' && north_american(t->figures + 1))
		return 1;
	if (at + 3 > count || !figures_are(t, 3) || !figures_are(t + 1, 3) ||
	    !figures_are(t + 2, 4))
		return 0;
	return t[0].figures[0] >= '2' && t[1].figures[0] >= '2' ? 3 : 0;
}

/* An international number at a '+': as many tokens as make at most 15 digits, on the same line. */
static size_t plus_phone_at(const struct card_token *tokens, size_t count, size_t at)
{
	unsigned digits = 0;
	size_t i = at;

	if (at == 0 || tokens[at - 1].kind != CARD_STOP || tokens[at - 1].value != '+' ||
	    tokens[at].gap != GAP_NONE)
		return 0;
	for (; i < count && tokens[i].kind == CARD_FIGURES; i++) {
		if (i > at && (tokens[i].gap == GAP_TEXT || tokens[i].gap == GAP_OTHER ||
			       tokens[i].sentence || digits >= 12))
			break;
		if (digits + tokens[i].n > 15)
			break;
		digits += tokens[i].n;
	}
	return i - at;
}

static void phones_mark(const struct card_token *tokens, size_t count, uint16_t *phone)
{
	uint16_t id = 0;

	for (size_t i = 0, n; i < count; i += n == 0 ? 1 : n) {
		n = tokens[i].kind == CARD_FIGURES ? plus_phone_at(tokens, count, i) : 0;
		if (n > 0) {
			for (size_t j = 0; j < n; j++)
				phone[i + j] = HARD;
			continue;
		}
		n = phone_at(tokens, count, i);
		id = (uint16_t)(id % 1000 + 1);
		for (size_t j = 0; j < n; j++)
			phone[i + j] = id;
	}
}

/* ---- looking at a run
 * ------------------------------------------------------------------------------ */

struct search {
	const struct card_token *tokens;
	size_t count; /* of all tokens: readings never look past the run, its end is no number */
	const uint16_t *phone;
	size_t run_first, run_last;
	size_t behind; /* the token behind the last card found in the run */
	/* while trying from one place */
	size_t first;
	unsigned steps, all_steps, n;
	char digits[DIGITS_MAX + CARD_FIGURES_MAX];
	struct card_found best;
	int best_score;
};

/* A word that may stand inside a number, or the end of one text's sentence before the next text. */
static bool may_stand_between(const struct card_token *tokens, size_t count, size_t at)
{
	size_t next = at;

	if (tokens[at].kind != CARD_STOP)
		return tokens[at].kind == CARD_FILLER;
	while (next < count && tokens[next].kind == CARD_STOP &&
	       tokens[next].text == tokens[at].text)
		next++;
	return (next < count && tokens[next].text != tokens[at].text) || tokens[at].gap == GAP_TEXT;
}

/* The run's next number token from `at` on, over fillers; count when it ends. */
static size_t number_from(const struct search *s, size_t at)
{
	while (at <= s->run_last && !card_is_number(&s->tokens[at]))
		at++;
	return at <= s->run_last ? at : s->count;
}

/* 4-4-4-4, 4-4-4-4-3 and 4-6-5, 4-6-4: how cards print their numbers. */
static bool printed_grouping(const struct card_token *t, size_t n)
{
	static const unsigned char groupings[][5] = {{4, 4, 4, 4}, {4, 4, 4, 4, 3}, {4, 6, 5},
						     {4, 6, 4},    {4, 4, 4, 1},    {6, 4, 4, 5}};

	for (size_t g = 0; g < ARRAY_LEN(groupings); g++) {
		size_t i = 0;

		while (i < n && i < 5 && t[i].kind == CARD_FIGURES && t[i].n == groupings[g][i])
			i++;
		if (i == n && (n == 5 || groupings[g][n] == 0))
			return true;
	}
	return false;
}

/* No telephone number is cut apart; and one that is wholly inside stands there by chance only when
 * everything is typed with the same between. */
static bool respects_phones(const struct search *s, size_t first, size_t last)
{
	bool inside = false, even = true;

	for (size_t i = first; i <= last; i++) {
		if (s->phone[i] == HARD)
			return false;
		inside |= s->phone[i] != 0;
		even &= i <= first + 1 || s->tokens[i].gap == s->tokens[first + 1].gap;
	}
	if (!inside)
		return true;
	if (first > s->run_first && s->phone[first] != 0 && s->phone[first - 1] == s->phone[first])
		return false;
	if (last < s->run_last && s->phone[last] != 0 && s->phone[last + 1] == s->phone[last])
		return false;
	return even;
}

/* UPS: "1Z" touches the figures. */
static bool is_ups(const struct card_token *tokens, size_t at)
{
	return at >= 2 && tokens[at].gap == GAP_NONE && tokens[at - 1].kind == CARD_WORD &&
	       tokens[at - 1].value == 'z' && tokens[at - 1].gap == GAP_NONE &&
	       figures_are(&tokens[at - 2], 1) && tokens[at - 2].figures[0] == '1';
}

/* A word of this kind, with at most three like "number", "no" or "is" behind it, leads to the
 * number. */
static bool introduced(const struct search *s, size_t first, enum card_kind kind)
{
	for (size_t back = 1; back <= 4 && back <= first; back++) {
		const struct card_token *t = &s->tokens[first - back];

		if (t[1].sentence)
			return false;
		if (t->kind == kind)
			return true;
		if (t->kind != CARD_NAMING && t->kind != CARD_FILLER && t->kind != CARD_CODE &&
		    !(t->kind == CARD_STOP && t->value == '#'))
			return false;
	}
	return false;
}

/* "tracking number is 4...", "suivi : 4...", in a text that speaks of no card. */
static bool is_parcel(const struct search *s, size_t first)
{
	if (!introduced(s, first, CARD_TRACKING))
		return false;
	for (size_t i = 0; i < s->count; i++) {
		if (s->tokens[i].kind == CARD_CARD || s->tokens[i].kind == CARD_CVV ||
		    s->tokens[i].kind == CARD_MARK)
			return false;
	}
	return true;
}

/* The number does not begin in the middle of a row of equals ("1 2 3 4 5 ..."). */
static bool begins_afresh(const struct search *s)
{
	const struct card_token *t = &s->tokens[s->first];

	return s->first == s->run_first || s->first == s->behind || s->phone[s->first - 1] != 0 ||
	       !card_is_number(t - 1) || t->sentence || t->gap == GAP_TEXT ||
	       (s->first < s->run_last && t->gap != t[1].gap);
}

/* No fillers and no commas: "orders 5755, 1410 and 10581" are three numbers. */
static bool plainly_spaced(const struct search *s, size_t last)
{
	for (size_t i = s->first; i <= last; i++) {
		const struct card_token *t = &s->tokens[i];

		if (!card_is_number(t) ||
		    (i > s->first && (t->gap == GAP_OTHER || t->gap == GAP_MIXED)))
			return false;
	}
	return true;
}

static void weigh(struct search *s, size_t last)
{
	const struct issuer *who = issuer_of(s->digits, s->n);
	bool whole = s->first == s->run_first && last == s->run_last;
	bool one = s->first == last;
	bool printed = printed_grouping(s->tokens + s->first, last - s->first + 1);
	bool usual = who != NULL && s->n == who->usual && begins_afresh(s);
	int score = one * 8 + printed * 4 + usual * 2 + whole;

	if (score <= s->best_score || !card_number_valid(s->digits, s->n) ||
	    ((score == 1 || (score < 4 && introduced(s, s->first, CARD_ORDER))) &&
	     !plainly_spaced(s, last)) ||
	    !respects_phones(s, s->first, last) || is_ups(s->tokens, s->first) ||
	    ((one || printed) && is_parcel(s, s->first)))
		return;
	s->best_score = score;
	s->best = (struct card_found){.first = s->first, .last = last, .digits = s->n};
	memcpy(s->best.last4, s->digits + s->n - 4, 4);
}

/* Tries every reading of what begins at token `at`, after the n digits so far. */
static void go_on(struct search *s, size_t at)
{
	struct card_reading readings[CARD_READINGS_MAX];
	size_t count = card_readings(s->tokens, s->run_last + 1, at, readings), next;
	unsigned n = s->n;

	if (s->all_steps > STEPS_ALL)
		count = size_min(count, 1);
	for (size_t i = 0; i < count && s->steps < STEPS_MAX; i++) {
		s->steps++;
		s->all_steps++;
		if (n + readings[i].n > DIGITS_MAX)
			continue;
		memcpy(s->digits + n, readings[i].digits, readings[i].n);
		s->n = n + readings[i].n;
		if (s->n >= 6 && issuer_of(s->digits, s->n) == NULL)
			continue;
		if (s->n >= DIGITS_MIN)
			weigh(s, readings[i].end - 1);
		next = s->n < DIGITS_MAX ? number_from(s, readings[i].end) : s->count;
		if (next < s->count)
			go_on(s, next);
	}
	s->n = n;
}

/* The best card that begins at this token; false when none does. */
static bool try_from(struct search *s, size_t at)
{
	const struct card_token *t = &s->tokens[at];

	s->best_score = 0;
	if (!card_is_number(t) || s->phone[at] == HARD ||
	    (t->kind == CARD_FIGURES && (t->figures[0] < '2' || t->figures[0] > '6')))
		return false;
	s->first = at;
	s->steps = s->n = 0;
	go_on(s, at);
	return s->best_score > 0;
}

/* The next card of the run from `at` on. One that overlaps it and looks better wins. */
static bool next_in_run(struct search *s, size_t at, struct card_found *out)
{
	int score;

	while (at <= s->run_last && !try_from(s, at))
		at++;
	if (at > s->run_last)
		return false;
	*out = s->best;
	score = s->best_score;
	for (size_t i = at + 1; i <= out->last; i++) {
		if (try_from(s, i) && s->best_score > score) {
			*out = s->best;
			score = s->best_score;
		}
	}
	return true;
}

/* The last token of the run that begins at `first`, fillers at its end left out; *digits counts. */
static size_t run_end(const struct card_token *tokens, size_t count, size_t first, unsigned *digits)
{
	size_t last = first, fillers = 0;

	*digits = 0;
	for (size_t i = first; i < count; i++) {
		if (card_is_number(&tokens[i])) {
			*digits += card_digits_at_most(&tokens[i]);
			last = i;
			fillers = 0;
		} else if (!may_stand_between(tokens, count, i) || ++fillers > FILLERS_MAX) {
			break;
		}
	}
	return last;
}

size_t card_find(struct arena *a, const struct card_token *tokens, size_t count,
		 struct card_found **out)
{
	struct search s = {.tokens = tokens, .count = count};
	uint16_t *phone = ARENA_ARRAY(a, uint16_t, count);
	struct card_found one;
	size_t n = 0;
	unsigned digits;

	*out = ARENA_ARRAY(a, struct card_found, count);
	phones_mark(tokens, count, phone);
	s.phone = phone;
	for (size_t i = 0; i < count; i = s.run_last + 1) {
		s.run_first = s.run_last = s.behind = i;
		if (!card_is_number(&tokens[i]))
			continue;
		s.run_last = run_end(tokens, count, i, &digits);
		for (size_t at = i; digits >= DIGITS_MIN && next_in_run(&s, at, &one);
		     at = s.behind) {
			(*out)[n++] = one;
			s.behind = one.last + 1;
		}
	}
	return n;
}
