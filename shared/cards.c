/*
 * cards.c - see cards.h. First a glance that costs a plain text next to nothing; then the tokens of
 * cards_read, the cards that cards_find sees among them, and the security codes beside those.
 */
#include "shared/cards.h"

#include "shared/buf.h"
#include "shared/cards_find.h"

#define GROUP_DIGITS 4 /* the smallest piece that people write a card in */
#define EDGE_DIGITS  3 /* at the edge of a text: as much as a security code */
#define CODE_WORDS   6 /* between "CVV" and its figures */

/* A stretch of one text and what takes its place. */
struct edit {
	unsigned text;
	size_t from, to;
	char put[20];
};

struct work {
	struct card_token *tokens;
	size_t count;
	struct edit *edits;
	size_t edit_count;
	unsigned found;
};

/* ---- a glance
 * -------------------------------------------------------------------------------------- */

struct glance {
	unsigned digits; /* at most */
	bool code, security, back, mark, code_word, digits_word;
};

static void glance_at(struct glance *g, struct str text)
{
	struct card_reader r = {text, 0, 0};
	struct card_token t;

	while (card_next(&r, &t)) {
		g->digits += card_digits_at_most(&t);
		g->code |= t.kind == CARD_CVV;
		g->mark |= t.kind == CARD_MARK;
		g->security |= t.kind == CARD_SECURITY;
		g->code_word |= t.kind == CARD_CODE || t.kind == CARD_NAMING;
		g->back |= t.kind == CARD_BACK;
		g->digits_word |= t.kind == CARD_DIGITS;
	}
}

static bool worth_a_look(const struct glance *g)
{
	bool code =
		g->code || g->mark || (g->security && g->code_word) || (g->back && g->digits_word);

	return g->digits >= 13 || (code && g->digits >= 1);
}

/* ---- edits
 * ----------------------------------------------------------------------------------------- */

static void edit_add(struct work *w, unsigned text, size_t from, size_t to, const char *put)
{
	struct edit *e = &w->edits[w->edit_count++];

	*e = (struct edit){.text = text, .from = from, .to = to};
	snprintf(e->put, sizeof e->put, "%s", put);
}

/* Tokens first to last become `put`; what of them lies in earlier texts becomes `earlier`. Words
 * around the number in each text stay. */
static void edit_tokens(struct work *w, size_t first, size_t last, const char *put,
			const char *earlier)
{
	const struct card_token *t = w->tokens;
	size_t i = first, end, inner;

	for (; i <= last; i = end + 1) {
		for (end = i; end < last && t[end + 1].text == t[i].text; end++)
			;
		for (inner = end; inner > i && !card_is_number(&t[inner]); inner--)
			;
		while (i < inner && !card_is_number(&t[i]))
			i++;
		if (card_is_number(&t[i]))
			edit_add(w, t[i].text, t[i].from, t[inner].to, end == last ? put : earlier);
	}
	w->found++;
}

static bool edited(const struct work *w, size_t token)
{
	const struct card_token *t = &w->tokens[token];

	for (size_t i = 0; i < w->edit_count; i++) {
		const struct edit *e = &w->edits[i];

		if (e->text == t->text && t->from < e->to && t->to > e->from)
			return true;
	}
	return false;
}

static int on_compare(const void *a, const void *b)
{
	const struct edit *x = a, *y = b;

	if (x->text != y->text)
		return x->text < y->text ? -1 : 1;
	return x->from < y->from ? -1 : x->from > y->from;
}

static struct str edits_apply(struct arena *a, const struct work *w, unsigned number,
			      struct str text)
{
	struct buf b = {.limit = text.n + w->edit_count * sizeof(struct edit)};
	struct str result = text;
	size_t at = 0;

	for (size_t i = 0; i < w->edit_count; i++) {
		const struct edit *e = &w->edits[i];

		if (e->text != number)
			continue;
		buf_add_str(&b, str_sub(text, at, e->from - at));
		buf_add_cstr(&b, e->put);
		at = e->to;
	}
	if (at > 0) {
		buf_add_str(&b, str_sub(text, at, text.n));
		result = arena_str(a, buf_str(&b));
	}
	buf_clear(&b);
	return result;
}

/* ---- security codes
 * -------------------------------------------------------------------------------- */

/* A number of three or four digits that begins at a token: the last of its tokens, or 0. Figures
 * that stand singly ("1 2 3", "one two three") are taken together. */
static size_t code_at(const struct work *w, size_t at)
{
	struct card_reading readings[CARD_READINGS_MAX];
	const struct card_token *t = w->tokens;
	unsigned digits = 0;
	size_t n, i = at;

	if (t[at].kind == CARD_FIGURES && t[at].n >= 3)
		return t[at].n <= 4 ? at : 0;
	n = card_readings(t, w->count, at, readings);
	for (size_t r = 0; r < n; r++) {
		if (readings[r].n == 3) /* "cent vingt-trois" */
			i = size_max(i, readings[r].end);
	}
	if (i > at)
		return i - 1;
	for (; i < w->count && card_is_number(&t[i]) && t[i].kind != CARD_REPEAT; i++) {
		unsigned more = card_digits_at_most(&t[i]);

		if (digits + more > 4 || (i > at && digits >= 3 && more > 1))
			break;
		digits += more;
	}
	return digits >= 3 ? i - 1 : 0;
}

static bool sentence_ends(const struct card_token *t)
{
	return t->sentence ||
	       (t->kind == CARD_STOP && (t->value == '?' || t->value == '!' || t->value == '['));
}

/* The token says "security code": a word for it, or two that do so together. */
static bool says_code(const struct work *w, size_t at)
{
	const struct card_token *t = w->tokens;
	enum card_kind other = t[at].kind == CARD_BACK ? CARD_DIGITS : CARD_CODE;
	size_t from = at < 3 ? 0 : at - 3;

	if (t[at].kind == CARD_CVV)
		return true;
	if (t[at].kind != CARD_SECURITY && t[at].kind != CARD_BACK)
		return false;
	for (size_t i = from; i < w->count && i <= at + 3; i++) {
		if (t[i].kind == other || (other == CARD_CODE && t[i].kind == CARD_NAMING))
			return true;
	}
	return false;
}

/* "CVV 123", "the security code on my card is 123". */
static bool code_after(struct work *w, size_t word)
{
	const struct card_token *t = w->tokens;
	size_t last;

	for (size_t i = word + 1, words = 0; i < w->count; i++) {
		if (edited(w, i) || (sentence_ends(&t[i]) && words > 0))
			return false;
		if (card_is_number(&t[i])) {
			last = code_at(w, i);
			if (last > 0)
				edit_tokens(w, i, last, "[removed]", "[removed]");
			return last > 0;
		}
		if (t[i].kind == CARD_ORDER || t[i].kind == CARD_TRACKING ||
		    (t[i].kind != CARD_STOP && ++words > CODE_WORDS))
			return false;
	}
	return false;
}

/* "123 is the CVV", "123 (cvc)". */
static bool code_before(struct work *w, size_t word)
{
	const struct card_token *t = w->tokens;
	size_t i = word, first;

	while (i > 0 && word - i < 4 && !card_is_number(&t[i - 1])) {
		if (sentence_ends(&t[i]) || t[i - 1].kind == CARD_ORDER)
			return false;
		i--;
	}
	if (i == 0 || t[i].sentence || !card_is_number(&t[i - 1]) || edited(w, i - 1))
		return false;
	first = i - 1;
	while (first > 0 && t[first].kind != CARD_FIGURES && i - first < 4 &&
	       card_is_number(&t[first - 1]) && !edited(w, first - 1))
		first--;
	for (; first < i; first++) {
		if (code_at(w, first) == i - 1) {
			edit_tokens(w, first, i - 1, "[removed]", "[removed]");
			return true;
		}
	}
	return false;
}

static unsigned two_digits(const char *p)
{
	return (unsigned)(p[0] - '0') * 10 + (unsigned)(p[1] - '0');
}

static bool is_month(const struct card_token *t)
{
	unsigned v = t->n == 1 ? (unsigned)(t->figures[0] - '0') : two_digits(t->figures);

	return t->kind == CARD_FIGURES && t->n <= 2 && v >= 1 && v <= 12;
}

/* "12/27", "12 2027", "1227", "122027" at a token: how many tokens it takes. */
static size_t expiry_at(const struct work *w, size_t at)
{
	const struct card_token *t = w->tokens + at;

	if (t->kind != CARD_FIGURES)
		return 0;
	if ((t->n == 4 || t->n == 6) && two_digits(t->figures) >= 1 && two_digits(t->figures) <= 12)
		return 1;
	if (is_month(t) && at + 1 < w->count && t[1].kind == CARD_FIGURES &&
	    (t[1].n == 2 || t[1].n == 4))
		return 2;
	return 0;
}

/* The same in words: "twelve twenty-seven", "zero one two seven"; the code is what is left of a
 * run. */
static size_t told_expiry_at(const struct work *w, size_t at)
{
	const struct card_token *t = w->tokens;
	size_t end = at, units = 0;

	while (end < w->count && (t[end].kind == CARD_TEEN || t[end].kind == CARD_TEN))
		end += t[end].kind == CARD_TEN && end + 1 < w->count && t[end + 1].kind == CARD_UNIT
			       ? 2
			       : 1;
	if (end > at)
		return end - at;
	while (at + units < w->count && t[at + units].kind == CARD_UNIT)
		units++;
	return units >= 7 ? units - 3 : units == 4 ? 4 : 0;
}

/* What stands behind a card with nothing but its expiry between. Amex has codes of four. */
static void code_behind(struct work *w, size_t at, bool four)
{
	const struct card_token *t = w->tokens;
	bool expiry = false;
	size_t n, last;

	while (at < w->count) {
		if (edited(w, at))
			return;
		if (!card_is_number(&t[at])) {
			bool between = t[at].kind == CARD_FILLER || t[at].kind == CARD_EXPIRY ||
				       t[at].kind == CARD_CODE ||
				       (t[at].kind == CARD_STOP && t[at].value == '#');

			if (!between)
				return;
			at++;
			continue;
		}
		n = expiry ? 0 : expiry_at(w, at);
		if (n == 0 && !expiry && t[at].kind != CARD_FIGURES)
			n = told_expiry_at(w, at);
		if (n == 0)
			break;
		expiry = true;
		at += n;
	}
	last = at < w->count ? code_at(w, at) : 0;
	if (last == 0 || (t[at].kind == CARD_FIGURES && t[at].n == 4 && !four))
		return;
	/* a longer number is something else */
	if (last + 1 < w->count && card_is_number(&t[last + 1]) && t[last + 1].gap != GAP_TEXT &&
	    expiry_at(w, last + 1) == 0)
		return;
	edit_tokens(w, at, last, "[removed]", "[removed]");
}

static void codes_find(struct work *w, const struct card_found *cards, size_t card_count)
{
	size_t words = 0;

	for (size_t i = 0; i < w->count; i++) {
		if (!says_code(w, i))
			continue;
		words++;
		if (!code_after(w, i))
			(void)code_before(w, i);
	}
	if (words > 0 && w->found > card_count)
		return;
	for (size_t i = 0; i < card_count; i++)
		code_behind(w, cards[i].last + 1, cards[i].digits == 15);
	for (size_t i = 0; i < w->count; i++) {
		if (w->tokens[i].kind == CARD_MARK)
			code_behind(w, i + 1, true);
	}
}

/* ---- what callers use
 * ------------------------------------------------------------------------------ */

/* Twice over the texts: to count the tokens, and to keep them. */
static void tokens_read(struct arena *a, struct work *w, const struct str *texts, size_t count)
{
	struct card_token t;
	size_t room = 0;

	for (size_t i = 0; i < count; i++) {
		struct card_reader r = {texts[i], 0, 0};

		while (card_next(&r, &t))
			room++;
	}
	w->tokens = ARENA_ARRAY(a, struct card_token, room);
	w->edits = ARENA_ARRAY(a, struct edit, room);
	for (size_t i = 0; i < count; i++) {
		struct card_reader r = {texts[i], 0, (unsigned)i};

		while (w->count < room && card_next(&r, &w->tokens[w->count]))
			w->count++;
	}
}

/* Everything to be taken out of the texts, in order. */
static void work_do(struct arena *a, struct work *w, const struct str *texts, size_t count)
{
	struct card_found *cards;
	char put[20];
	size_t n;

	tokens_read(a, w, texts, count);
	n = card_find(a, w->tokens, w->count, &cards);
	for (size_t i = 0; i < n; i++) {
		snprintf(put, sizeof put, "[card ****%s]", cards[i].last4);
		edit_tokens(w, cards[i].first, cards[i].last, put, "[card]");
	}
	codes_find(w, cards, n);
	qsort(w->edits, w->edit_count, sizeof *w->edits, on_compare);
}

struct str cards_redact(struct arena *a, struct str text, unsigned *found)
{
	struct glance g = {0};
	struct work w = {0};
	struct arena scratch = {0};
	struct str out = text;

	glance_at(&g, text);
	if (worth_a_look(&g)) {
		work_do(&scratch, &w, &text, 1);
		out = edits_apply(a, &w, 0, text);
		arena_free(&scratch);
	}
	if (found != NULL)
		*found = w.found;
	return out;
}

unsigned cards_join(struct arena *a, struct str *texts, size_t count, bool *changed)
{
	struct glance g = {0};
	struct work w = {0};
	struct arena scratch = {0};

	for (size_t i = 0; i < count; i++) {
		changed[i] = false;
		glance_at(&g, texts[i]);
	}
	if (!worth_a_look(&g))
		return 0;
	work_do(&scratch, &w, texts, count);
	for (size_t i = 0; i < count && w.edit_count > 0; i++) {
		struct str before = texts[i];

		texts[i] = edits_apply(a, &w, (unsigned)i, before);
		changed[i] = texts[i].p != before.p;
	}
	arena_free(&scratch);
	return w.found;
}

/* The longest run of digits, and whether one stands at the start; true at once when a security word
 * does. */
struct edges {
	unsigned start, longest, end;
	bool whole; /* nothing but numbers */
};

/* True at once when a word for a security code is there. */
static bool edges_read(struct str text, struct edges *out)
{
	struct card_reader r = {text, 0, 0};
	bool at_start = true, stopped = false;
	struct card_token t;
	unsigned run = 0;

	*out = (struct edges){0};
	while (card_next(&r, &t)) {
		if (t.kind == CARD_CVV || t.kind == CARD_SECURITY)
			return true;
		if (card_is_number(&t)) {
			at_start = at_start && !(stopped && run > 0);
			run = (stopped ? 0 : run) + card_digits_at_most(&t);
			stopped = false;
			if (at_start)
				out->start = run;
			if (run > out->longest)
				out->longest = run;
		} else if (t.kind == CARD_STOP) {
			stopped = true;
		} else if (t.kind != CARD_FILLER) {
			at_start = false;
			run = 0;
		}
	}
	out->end = run;
	out->whole = at_start && run > 0;
	return false;
}

bool cards_might_continue(struct str text)
{
	struct edges e;

	return edges_read(text, &e) || e.whole || e.start >= EDGE_DIGITS || e.end >= EDGE_DIGITS;
}

bool cards_might_go_on(struct str text)
{
	struct edges e;

	return edges_read(text, &e) || e.whole || e.start >= EDGE_DIGITS ||
	       e.longest >= GROUP_DIGITS;
}
