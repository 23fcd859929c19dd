/*
 * cards_words.c - the ways to read a number that is told in words, English or French
 * (cards_read.h).
 *
 * "quatre vingt dix" may be 4 20 10, 80 10, 4 30 or 90, and people say card numbers in all of these
 * ways: nothing is decided here, every reading is offered and the check digit chooses.
 */
#include "shared/cards_read.h"

/* Readings being gathered. */
struct offer {
	const struct card_token *tokens;
	size_t count;
	struct card_reading *out;
	size_t n;
};

struct value {
	size_t end;
	unsigned value;
};

#define VALUES_MAX 6

static void offer_value(struct offer *o, size_t end, unsigned value)
{
	struct card_reading *r = &o->out[o->n];
	char text[16];

	if (o->n == CARD_READINGS_MAX)
		return;
	r->end = end;
	r->n = (unsigned)snprintf(text, sizeof text, "%u", value);
	memcpy(r->digits, text, r->n);
	o->n++;
}

/* The token at `at` if it goes on with a number of this language, blank or dash between; else NULL.
 */
static const struct card_token *part(const struct offer *o, size_t at, unsigned language)
{
	const struct card_token *t = &o->tokens[at];

	if (at >= o->count || !card_is_number(t) || (t->language & language) == 0)
		return NULL;
	return t->gap == GAP_BLANK || t->gap == GAP_DASH || t->gap == GAP_TEXT ? t : NULL;
}

/* Behind an "et" or "and" at `at`, if there is one. */
static size_t behind_and(const struct offer *o, size_t at, unsigned language)
{
	bool is = at < o->count && o->tokens[at].kind == CARD_FILLER &&
		  (o->tokens[at].language & language) != 0;

	return is ? at + 1 : at;
}

static void value_add(struct value *out, size_t *n, size_t end, unsigned value)
{
	if (*n < VALUES_MAX)
		out[(*n)++] = (struct value){end, value};
}

/* dix-sept, dix-huit, dix-neuf; `base` is 0, 60 or 80. */
static void ten_and_unit(const struct offer *o, size_t at, unsigned base, struct value *out,
			 size_t *n)
{
	const struct card_token *unit = part(o, at, CARD_FRENCH);

	if (unit != NULL && unit->kind == CARD_UNIT && unit->value >= 7)
		value_add(out, n, at + 1, base + 10 + unit->value);
}

/* What may follow twenty, soixante, quatre-vingt, ... */
static void behind_ten(const struct offer *o, size_t at, unsigned base, unsigned language,
		       struct value *out, size_t *n)
{
	size_t next = behind_and(o, at, language & CARD_FRENCH);
	const struct card_token *t = part(o, next, language);

	if (t == NULL)
		return;
	if (t->kind == CARD_UNIT && t->value > 0)
		value_add(out, n, next + 1, base + t->value);
	if (t->kind == CARD_TEEN && language == CARD_FRENCH && (base == 60 || base == 80)) {
		value_add(out, n, next + 1, base + t->value);
		if (t->value == 10)
			ten_and_unit(o, next + 1, base, out, n);
	}
}

static size_t below_hundred(const struct offer *o, size_t at, struct value out[VALUES_MAX])
{
	const struct card_token *t = &o->tokens[at], *next;
	size_t n = 0;

	if (at >= o->count || (t->kind != CARD_UNIT && t->kind != CARD_TEEN && t->kind != CARD_TEN))
		return 0;
	value_add(out, &n, at + 1, t->value);
	if (t->kind == CARD_TEN)
		behind_ten(o, at + 1, t->value, t->language, out, &n);
	if (t->kind == CARD_TEEN && t->value == 10 && t->language == CARD_FRENCH)
		ten_and_unit(o, at + 1, 0, out, &n);
	next = part(o, at + 1, CARD_FRENCH);
	if (t->kind == CARD_UNIT && t->value == 4 && t->language == CARD_FRENCH && next != NULL &&
	    next->kind == CARD_TEN && next->value == 20) {
		value_add(out, &n, at + 2, 80);
		behind_ten(o, at + 2, 80, CARD_FRENCH, out, &n);
	}
	return n;
}

/* base, and base with what may follow a hundred or a thousand. */
static void behind_large(struct offer *o, size_t end, unsigned base, unsigned language)
{
	struct value more[VALUES_MAX];
	size_t n, next = behind_and(o, end, language);

	offer_value(o, end, base);
	if (part(o, next, language) == NULL)
		return;
	n = below_hundred(o, next, more);
	for (size_t i = 0; i < n; i++)
		offer_value(o, more[i].end, base + more[i].value);
}

/* Hundreds behind a thousand: "quatre mille cinq cent trente-deux". */
static void behind_thousand(struct offer *o, size_t end, unsigned base, unsigned language)
{
	const struct card_token *t = part(o, end, language), *hundred;

	behind_large(o, end, base, language);
	if (t == NULL)
		return;
	if (t->kind == CARD_HUNDRED && language == CARD_FRENCH)
		behind_large(o, end + 1, base + 100, language);
	hundred = part(o, end + 1, language);
	if (t->kind == CARD_UNIT && hundred != NULL && hundred->kind == CARD_HUNDRED)
		behind_large(o, end + 2, base + t->value * 100, language);
}

static void words_offer(struct offer *o, size_t at)
{
	const struct card_token *t = &o->tokens[at], *large;
	struct value small[VALUES_MAX];
	size_t n;

	if (t->kind == CARD_HUNDRED && t->language == CARD_FRENCH)
		behind_large(o, at + 1, 100, CARD_FRENCH);
	if (t->kind == CARD_THOUSAND && t->language == CARD_FRENCH)
		behind_thousand(o, at + 1, 1000, CARD_FRENCH);
	n = below_hundred(o, at, small);
	for (size_t i = 0; i < n; i++) {
		offer_value(o, small[i].end, small[i].value);
		large = part(o, small[i].end, t->language);
		if (large == NULL || small[i].value == 0)
			continue;
		if (large->kind == CARD_HUNDRED)
			behind_large(o, small[i].end + 1, small[i].value * 100, large->language);
		if (large->kind == CARD_THOUSAND && small[i].value < 10)
			behind_thousand(o, small[i].end + 1, small[i].value * 1000,
					large->language);
	}
}

/* "double five", "triple 1". */
static void repeat_offer(struct offer *o, size_t at)
{
	const struct card_token *t = &o->tokens[at], *next = t + 1;
	struct card_reading *r = &o->out[o->n];
	char digit;

	if (at + 1 >= o->count)
		return;
	if (next->kind == CARD_UNIT)
		digit = (char)('0' + next->value);
	else if (next->kind == CARD_FIGURES && next->n == 1)
		digit = next->figures[0];
	else
		return;
	r->end = at + 2;
	r->n = t->value;
	memset(r->digits, digit, r->n);
	o->n++;
}

static void longest_first(struct card_reading *r, size_t n)
{
	for (size_t i = 1; i < n; i++) {
		struct card_reading one = r[i];
		size_t j = i;

		for (; j > 0 && r[j - 1].end < one.end; j--)
			r[j] = r[j - 1];
		r[j] = one;
	}
}

size_t card_readings(const struct card_token *tokens, size_t count, size_t at,
		     struct card_reading out[CARD_READINGS_MAX])
{
	struct offer o = {tokens, count, out, 0};
	const struct card_token *t = &tokens[at];

	if (at >= count)
		return 0;
	if (t->kind == CARD_REPEAT) {
		repeat_offer(&o, at);
	} else if (t->kind == CARD_FIGURES && t->n < CARD_FIGURES_MAX) {
		out[0] = (struct card_reading){.end = at + 1, .n = t->n};
		memcpy(out[0].digits, t->figures, t->n);
		o.n = 1;
	} else if (t->kind != CARD_FIGURES) {
		words_offer(&o, at);
		longest_first(out, o.n);
	}
	return o.n;
}
