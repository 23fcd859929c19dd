/*
 * date_token.c - see date_token.h.
 */
#include "server/agent/date_token.h"

#include "server/agent/phrase.h"
#include "shared/utf8.h"

#define NUMBER_DIGITS 8 /* more is no number of ours */
#define MIXED_MAX     8 /* "2moro" */

/* ---- letters ---- */

/* U+00C0 to U+017F, folded. */
static const char latin[] = "aaaaaaaceeeeiiiidnooooo*ouuuuypsaaaaaaaceeeeiiiidnooooo/ouuuuypy"
			    "aaaaaaccccccccddddeeeeeeeeeegggggggghhhhiiiiiiiiiiiijjkkklllllll"
			    "lllnnnnnnnnnoooooooorrrrrrssssssssttttttuuuuuuuuuuuuwwyyyzzzzzzs";

enum letter {
	LETTER_BLANK,
	LETTER_WORD,
	LETTER_DIGIT,
	LETTER_SIGN,
	LETTER_APOSTROPHE,
	LETTER_MARK
};

static bool is_blank(uint32_t c)
{
	return c == ' ' || c == '\t' || c == 0xA0 || c == 0x2009 || c == 0x202F || c == 0x200B ||
	       c == 0xFEFF;
}

static enum letter letter_of(uint32_t c, char *folded)
{
	*folded = '?';
	if (is_blank(c))
		return LETTER_BLANK;
	if (c == '\'' || c == '`' || c == 0x2018 || c == 0x2019 || c == 0x2BC || c == 0xB4)
		return LETTER_APOSTROPHE;
	if (c >= 0x300 && c <= 0x36F)
		return LETTER_MARK;
	if (c >= 0x2010 && c <= 0x2015)
		c = '-';
	if (c >= 0xC0 && c <= 0x17F && c != 0xD7 && c != 0xF7) {
		*folded = latin[c - 0xC0];
		return LETTER_WORD;
	}
	if (c >= 0x80)
		return c >= 0x2000 || c < 0xC0 ? LETTER_SIGN : LETTER_WORD;
	*folded = (char)(c >= 'A' && c <= 'Z' ? c + ('a' - 'A') : c);
	if (*folded >= 'a' && *folded <= 'z')
		return LETTER_WORD;
	if (c >= '0' && c <= '9')
		return LETTER_DIGIT;
	if (c < ' ')
		*folded = c == '\n' || c == '\r' ? '\n' : '?';
	return LETTER_SIGN;
}

/* ---- cutting ---- */

struct cutter {
	struct date_token *t;
	size_t n;
	char *letters; /* room for every letter of the text, folded */
	size_t letters_n;
	enum language language;
	bool touching; /* nothing since the token before */
	bool full;
};

static struct date_token *token_add(struct cutter *c, int kind, struct str text, size_t from,
				    size_t to)
{
	struct date_token *t = &c->t[c->n];

	if (c->n == DATE_TOKENS_MAX) {
		c->full = true;
		return NULL;
	}
	*t = (struct date_token){.kind = (unsigned)kind, .text = text, .from = from, .to = to};
	t->tight = c->touching && c->n > 0;
	c->n++;
	c->touching = true;
	return t;
}

static void word_mean(struct date_token *t, enum language language)
{
	const struct date_word *w = date_word_find(t->text, language);

	if (w == NULL)
		return;
	t->term = w->term;
	t->value = w->value;
	t->weak = w->weak;
	if (w->term == TERM_NUMBER || w->term == TERM_ORDINAL) {
		t->kind = TOKEN_NUMBER;
		t->ordinal = w->term == TERM_ORDINAL;
		t->term = TERM_NUMBER;
	}
}

static void number_mean(struct date_token *t)
{
	t->term = TERM_NUMBER;
	t->digits = (int)t->text.n;
	for (size_t i = 0; i < t->text.n && i < NUMBER_DIGITS; i++)
		t->value = t->value * 10 + (t->text.p[i] - '0');
	if (t->text.n > NUMBER_DIGITS)
		t->value = -1;
}

/* "3rd", "1er", "2e": the letters go into the number before them. */
static bool ordinal_end(struct cutter *c, struct date_token *word)
{
	struct date_token *before = word - 1;

	if (c->n < 2 || before->digits == 0 || before->digits > 2 ||
	    !(word->tight ? word_among(word->text, "st nd rd th er re e eme ere ieme")
			  : str_is(word->text, "th")))
		return false;
	before->ordinal = true;
	before->to = word->to;
	c->n--;
	return true;
}

struct run {
	enum letter letter;
	size_t from, to; /* bytes */
	struct str text;
	bool accent;
};

/* Reads what belongs together at byte i; letters are folded into the cutter's room. */
static void run_read(struct cutter *c, struct str s, size_t i, struct run *out)
{
	char *text = c->letters + c->letters_n;
	size_t n = 0, len;
	uint32_t code;
	char folded;

	*out = (struct run){.letter = LETTER_SIGN, .from = i, .to = i + 1};
	do {
		enum letter letter;

		len = utf8_next(str_sub(s, i, s.n), &code);
		letter = len == 0 ? LETTER_SIGN : letter_of(code, &folded);
		if (len == 0) {
			len = 1;
			folded = '?';
		}
		if (n == 0)
			out->letter = letter;
		else if (letter == LETTER_MARK && out->letter == LETTER_WORD)
			out->accent = true;
		else if (letter != out->letter)
			break;
		i += len;
		out->to = i;
		out->accent = out->accent || (letter == LETTER_WORD && code >= 0x80);
		if (letter != LETTER_MARK || n == 0)
			text[n++] = folded;
	} while (i < s.n && (out->letter == LETTER_WORD || out->letter == LETTER_DIGIT));
	out->text = (struct str){text, n};
	c->letters_n += n;
}

/* "2moro": a number and letters that are one word of ours. */
static bool mixed_read(struct cutter *c, struct str s, struct run *r)
{
	char *text = c->letters + c->letters_n;
	size_t n = 0, i = r->from;

	if (strchr("2dDbB", s.p[i]) == NULL || s.p[i] == '\0')
		return false;
	for (; i < s.n && n <= MIXED_MAX; i++) {
		char folded;
		enum letter letter = letter_of((unsigned char)s.p[i], &folded);

		if ((unsigned char)s.p[i] >= 0x80)
			return false;
		if (letter != LETTER_WORD && letter != LETTER_DIGIT)
			break;
		text[n++] = folded;
	}
	if (n > MIXED_MAX || n <= r->to - r->from ||
	    date_word_find((struct str){text, n}, LANGUAGE_UNKNOWN) == NULL)
		return false;
	*r = (struct run){LETTER_WORD, r->from, i, {text, n}, false};
	c->letters_n += n;
	return true;
}

/* "a.m.", "p. m.": one word, its stops with it. Returns where it ends, or 0. */
static size_t half_day_read(struct str s, size_t i, char *which)
{
	char c = (char)(s.p[i] | 0x20);

	if ((c != 'a' && c != 'p') || i + 2 >= s.n || s.p[i + 1] != '.')
		return 0;
	*which = c;
	i += s.p[i + 2] == ' ' ? 3 : 2;
	if (i >= s.n || (s.p[i] | 0x20) != 'm' ||
	    (i + 1 < s.n && (s.p[i + 1] | 0x20) >= 'a' && (s.p[i + 1] | 0x20) <= 'z'))
		return 0;
	return i + 1 < s.n && s.p[i + 1] == '.' ? i + 2 : i + 1;
}

static void run_take(struct cutter *c, const struct run *r)
{
	struct date_token *t;

	switch (r->letter) {
	case LETTER_BLANK:
	case LETTER_MARK: c->touching = false; return;
	case LETTER_APOSTROPHE: return;
	case LETTER_SIGN:
		t = token_add(c, TOKEN_SIGN, r->text, r->from, r->to);
		if (t != NULL && r->text.p[0] == '&')
			t->term = TERM_AND;
		return;
	case LETTER_DIGIT:
		t = token_add(c, TOKEN_NUMBER, r->text, r->from, r->to);
		if (t != NULL)
			number_mean(t);
		return;
	case LETTER_WORD: break;
	}
	t = token_add(c, TOKEN_WORD, r->text, r->from, r->to);
	if (t == NULL || ordinal_end(c, t))
		return;
	t->accent = r->accent;
	word_mean(t, c->language);
}

static void cut(struct cutter *c, struct str s)
{
	struct run r;
	size_t end;
	char which;

	for (size_t i = 0; i < s.n && !c->full; i = r.to) {
		run_read(c, s, i, &r);
		if (r.letter == LETTER_WORD && (end = half_day_read(s, i, &which)) > 0) {
			r.to = end;
			r.text = which == 'a' ? STR_LIT("am") : STR_LIT("pm");
		} else {
			mixed_read(c, s, &r);
		}
		run_take(c, &r);
	}
}

/* ---- numbers in words ---- */

static bool is_spelled(const struct date_token *t)
{
	return t->kind == TOKEN_NUMBER && t->digits == 0;
}

/* "sept" is seven behind "dix", before "heures", and to French where no number is beside it. */
static void sept_settle(struct date_token *t, size_t i, size_t n, enum language language)
{
	const struct date_token *before = &t[i > 0 ? i - 1 : 0];
	bool of_day = i > 0 && before->kind == TOKEN_NUMBER && before->value <= 31 &&
		      (before->digits > 0 || before->value < 10 || before->value > 60);
	bool counts = i + 1 < n &&
		      (t[i + 1].term == TERM_HOUR_UNIT ||
		       (t[i + 1].term >= TERM_DAY_UNIT && t[i + 1].term <= TERM_MINUTE_UNIT) ||
		       t[i + 1].term == TERM_MONTH);
	bool month = of_day ||
		     (!counts && (language != LANGUAGE_FR || (i + 1 < n && t[i + 1].digits > 0)));

	t[i].kind = month ? TOKEN_WORD : TOKEN_NUMBER;
	t[i].term = month ? TERM_MONTH : TERM_NUMBER;
	t[i].value = month ? 9 : 7;
}

/* "mar 19 mai" is a Tuesday, "3 mar" the month. */
static void mar_settle(struct date_token *t, size_t i, size_t n)
{
	size_t number = i + 1 < n && t[i + 1].kind == TOKEN_SIGN ? i + 2 : i + 1;

	if (i > 0 && t[i - 1].kind == TOKEN_NUMBER) {
		t[i].term = TERM_MONTH;
		t[i].value = 3;
	} else if (number + 1 < n && t[number].digits > 0 && t[number + 1].term == TERM_MONTH) {
		t[i].term = TERM_WEEKDAY;
		t[i].value = 2;
	}
}

/* How many tokens the number at t takes, and what it is: "vingt et un", "twenty-third", "dix-huit".
 */
static size_t number_join(const struct date_token *t, size_t n, int *value, bool *ordinal)
{
	size_t i = 1;
	int tens = t[0].value;

	while (i < n && i < 4 &&
	       ((t[i].kind == TOKEN_SIGN && t[i].text.p[0] == '-') ||
		(tens >= 20 && t[i].term == TERM_AND && str_is(t[i].text, "et"))))
		i++;
	if (i >= n || (!is_spelled(&t[i]) && t[i].term != TERM_ONE))
		return 1;
	*ordinal = t[i].ordinal;
	*value = tens + t[i].value;
	if (tens == 10 && str_is(t[0].text, "dix") && t[i].value >= 7 && t[i].value <= 9)
		return i + 1;
	if (tens == 4 && t[i].value == 20) {
		*value = 80;
		return i + 1;
	}
	if (tens < 20 || tens % 10 != 0 || t[i].value > 9 || t[i].value < 1 ||
	    (t[i].term == TERM_ONE && !word_among(t[i].text, "one un une")))
		return 1;
	return i + 1;
}

static void numbers_join(struct date_token *t, size_t *n, enum language language)
{
	size_t to = 0;

	for (size_t i = 0, used; i < *n; i += used) {
		int value = t[i].value;
		bool ordinal = t[i].ordinal;
		size_t end;

		used = 1;
		if (str_is(t[i].text, "sept"))
			sept_settle(t, i, *n, language);
		if (str_is(t[i].text, "mar"))
			mar_settle(t, i, *n);
		if (is_spelled(&t[i]) && !t[i].ordinal) {
			if (i + 2 < *n && str_is(t[i + 2].text, "sept"))
				sept_settle(t, i + 2, *n, language);
			if (i + 1 < *n && str_is(t[i + 1].text, "sept"))
				sept_settle(t, i + 1, *n, language);
			used = number_join(&t[i], *n - i, &value, &ordinal);
		}
		end = t[i + used - 1].to;
		t[to] = t[i];
		if (used > 1) {
			t[to].value = value;
			t[to].ordinal = ordinal;
			t[to].to = end;
		}
		to++;
	}
	*n = to;
}

struct date_tokens date_tokens_read(struct arena *a, struct str text, enum language language)
{
	struct str s = utf8_cut(text, AGENT_TEXT_MAX);
	size_t room = size_min(s.n, DATE_TOKENS_MAX);
	struct cutter c = {.language = language};

	c.t = ARENA_ARRAY(a, struct date_token, room + DATE_TOKENS_AHEAD);
	c.letters = arena_take(a, 2 * s.n + MIXED_MAX + 2);
	cut(&c, s);
	numbers_join(c.t, &c.n, language);
	memset(&c.t[c.n], 0, DATE_TOKENS_AHEAD * sizeof(c.t[0]));
	return (struct date_tokens){c.t, c.n, c.full || s.n < text.n};
}
