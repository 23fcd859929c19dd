/*
 * cards_read.c - see cards_read.h. Every text passes here, so a word is folded and looked up
 * without leaving the stack.
 */
#include "shared/cards_read.h"

#include "shared/utf8.h"

#define WORD_MAX 15 /* letters; longer words are none of ours */

struct card_word {
	char word[WORD_MAX + 1]; /* zeros behind it: compared as two numbers */
	enum card_kind kind;
	unsigned language, value;
};

#define EN CARD_ENGLISH
#define FR CARD_FRENCH

/* Lower case, without accents; by first letter. */
static const struct card_word a_words[] = {
	{"amex", CARD_CARD, 0, 0},
	{"and", CARD_FILLER, EN, 0},
};

static const struct card_word b_words[] = {
	{"back", CARD_BACK, 0, 0},
};

static const struct card_word c_words[] = {
	{"card", CARD_CARD, 0, 0},        {"carte", CARD_CARD, 0, 0},
	{"cent", CARD_HUNDRED, FR, 100},  {"cents", CARD_HUNDRED, FR, 100},
	{"chiffres", CARD_DIGITS, 0, 0},  {"cinq", CARD_UNIT, FR, 5},
	{"cinquante", CARD_TEN, FR, 50},  {"code", CARD_CODE, 0, 0},
	{"colis", CARD_TRACKING, 0, 0},   {"commande", CARD_ORDER, 0, 0},
	{"commandes", CARD_ORDER, 0, 0},  {"credit", CARD_CARD, 0, 0},
	{"cryptogramme", CARD_CVV, 0, 0}, {"csc", CARD_CVV, 0, 0},
	{"cvc", CARD_CVV, 0, 0},          {"cvd", CARD_CVV, 0, 0},
	{"cvn", CARD_CVV, 0, 0},          {"cvv", CARD_CVV, 0, 0},
};

static const struct card_word d_words[] = {
	{"dash", CARD_FILLER, 0, 0},  {"date", CARD_EXPIRY, 0, 0},
	{"de", CARD_NAMING, 0, 0},    {"debit", CARD_CARD, 0, 0},
	{"deux", CARD_UNIT, FR, 2},   {"digits", CARD_DIGITS, 0, 0},
	{"dix", CARD_TEEN, FR, 10},   {"dos", CARD_BACK, 0, 0},
	{"dot", CARD_FILLER, 0, 0},   {"double", CARD_REPEAT, EN | FR, 2},
	{"douze", CARD_TEEN, FR, 12}, {"du", CARD_NAMING, 0, 0},
};

static const struct card_word e_words[] = {
	{"eight", CARD_UNIT, EN, 8},       {"eighteen", CARD_TEEN, EN, 18},
	{"eighty", CARD_TEN, EN, 80},      {"eleven", CARD_TEEN, EN, 11},
	{"endos", CARD_BACK, 0, 0},        {"ensuite", CARD_FILLER, 0, 0},
	{"espace", CARD_FILLER, 0, 0},     {"est", CARD_FILLER, 0, 0},
	{"et", CARD_FILLER, FR, 0},        {"exp", CARD_EXPIRY, 0, 0},
	{"expiration", CARD_EXPIRY, 0, 0}, {"expire", CARD_EXPIRY, 0, 0},
	{"expires", CARD_EXPIRY, 0, 0},    {"expiring", CARD_EXPIRY, 0, 0},
	{"expiry", CARD_EXPIRY, 0, 0},
};

static const struct card_word f_words[] = {
	{"facture", CARD_ORDER, 0, 0},   {"fifteen", CARD_TEEN, EN, 15},
	{"fifty", CARD_TEN, EN, 50},     {"five", CARD_UNIT, EN, 5},
	{"forty", CARD_TEN, EN, 40},     {"four", CARD_UNIT, EN, 4},
	{"fourteen", CARD_TEEN, EN, 14}, {"fourty", CARD_TEN, EN, 40},
};

static const struct card_word h_words[] = {
	{"huit", CARD_UNIT, FR, 8},
	{"huitante", CARD_TEN, FR, 80},
	{"hundred", CARD_HUNDRED, EN, 100},
};

static const struct card_word i_words[] = {
	{"id", CARD_NAMING, 0, 0},
	{"invoice", CARD_ORDER, 0, 0},
	{"is", CARD_FILLER, 0, 0},
};

static const struct card_word l_words[] = {
	{"la", CARD_FILLER, 0, 0},
	{"le", CARD_FILLER, 0, 0},
};

static const struct card_word m_words[] = {
	{"mastercard", CARD_CARD, 0, 0},
	{"mille", CARD_THOUSAND, FR, 1000},
	{"mon", CARD_NAMING, 0, 0},
	{"my", CARD_NAMING, 0, 0},
};

static const struct card_word n_words[] = {
	{"neuf", CARD_UNIT, FR, 9},    {"next", CARD_FILLER, 0, 0},
	{"nine", CARD_UNIT, EN, 9},    {"nineteen", CARD_TEEN, EN, 19},
	{"ninety", CARD_TEN, EN, 90},  {"no", CARD_NAMING, 0, 0},
	{"nonante", CARD_TEN, FR, 90}, {"num", CARD_NAMING, 0, 0},
	{"number", CARD_NAMING, 0, 0}, {"numero", CARD_NAMING, 0, 0},
};

static const struct card_word o_words[] = {
	{"octante", CARD_TEN, FR, 80}, {"oh", CARD_UNIT, EN, 0},    {"one", CARD_UNIT, EN, 1},
	{"onze", CARD_TEEN, FR, 11},   {"order", CARD_ORDER, 0, 0}, {"orders", CARD_ORDER, 0, 0},
};

static const struct card_word p_words[] = {
	{"package", CARD_TRACKING, 0, 0},
	{"parcel", CARD_TRACKING, 0, 0},
	{"point", CARD_FILLER, 0, 0},
	{"puis", CARD_FILLER, 0, 0},
};

static const struct card_word q_words[] = {
	{"quarante", CARD_TEN, FR, 40},
	{"quatorze", CARD_TEEN, FR, 14},
	{"quatre", CARD_UNIT, FR, 4},
	{"quinze", CARD_TEEN, FR, 15},
};

static const struct card_word r_words[] = {
	{"rest", CARD_FILLER, 0, 0},
	{"reste", CARD_FILLER, 0, 0},
	{"rue", CARD_ORDER, 0, 0},
};

static const struct card_word s_words[] = {
	{"securite", CARD_SECURITY, 0, 0}, {"security", CARD_SECURITY, 0, 0},
	{"seize", CARD_TEEN, FR, 16},      {"sept", CARD_UNIT, FR, 7},
	{"septante", CARD_TEN, FR, 70},    {"seven", CARD_UNIT, EN, 7},
	{"seventeen", CARD_TEEN, EN, 17},  {"seventy", CARD_TEN, EN, 70},
	{"six", CARD_UNIT, EN | FR, 6},    {"sixteen", CARD_TEEN, EN, 16},
	{"sixty", CARD_TEN, EN, 60},       {"soixante", CARD_TEN, FR, 60},
	{"space", CARD_FILLER, 0, 0},      {"street", CARD_ORDER, 0, 0},
	{"suite", CARD_FILLER, 0, 0},      {"suivi", CARD_TRACKING, 0, 0},
};

static const struct card_word t_words[] = {
	{"ten", CARD_TEEN, EN, 10},        {"the", CARD_FILLER, 0, 0},
	{"then", CARD_FILLER, 0, 0},       {"thirteen", CARD_TEEN, EN, 13},
	{"thirty", CARD_TEN, EN, 30},      {"thousand", CARD_THOUSAND, EN, 1000},
	{"three", CARD_UNIT, EN, 3},       {"tiret", CARD_FILLER, 0, 0},
	{"tracking", CARD_TRACKING, 0, 0}, {"treize", CARD_TEEN, FR, 13},
	{"trente", CARD_TEN, FR, 30},      {"triple", CARD_REPEAT, EN | FR, 3},
	{"trois", CARD_UNIT, FR, 3},       {"twelve", CARD_TEEN, EN, 12},
	{"twenty", CARD_TEN, EN, 20},      {"two", CARD_UNIT, EN, 2},
};

static const struct card_word u_words[] = {
	{"un", CARD_UNIT, FR, 1},
	{"une", CARD_UNIT, FR, 1},
};

static const struct card_word v_words[] = {
	{"valid", CARD_EXPIRY, 0, 0}, {"valide", CARD_EXPIRY, 0, 0}, {"vingt", CARD_TEN, FR, 20},
	{"vingts", CARD_TEN, FR, 20}, {"visa", CARD_CARD, 0, 0},
};

static const struct card_word w_words[] = {
	{"waybill", CARD_TRACKING, 0, 0},
};

static const struct card_word z_words[] = {
	{"zero", CARD_UNIT, EN | FR, 0},
};

static const struct {
	const struct card_word *words;
	size_t count;
} by_letter[26] = {
	['a' - 'a'] = {a_words, ARRAY_LEN(a_words)}, ['b' - 'a'] = {b_words, ARRAY_LEN(b_words)},
	['c' - 'a'] = {c_words, ARRAY_LEN(c_words)}, ['d' - 'a'] = {d_words, ARRAY_LEN(d_words)},
	['e' - 'a'] = {e_words, ARRAY_LEN(e_words)}, ['f' - 'a'] = {f_words, ARRAY_LEN(f_words)},
	['h' - 'a'] = {h_words, ARRAY_LEN(h_words)}, ['i' - 'a'] = {i_words, ARRAY_LEN(i_words)},
	['l' - 'a'] = {l_words, ARRAY_LEN(l_words)}, ['m' - 'a'] = {m_words, ARRAY_LEN(m_words)},
	['n' - 'a'] = {n_words, ARRAY_LEN(n_words)}, ['o' - 'a'] = {o_words, ARRAY_LEN(o_words)},
	['p' - 'a'] = {p_words, ARRAY_LEN(p_words)}, ['q' - 'a'] = {q_words, ARRAY_LEN(q_words)},
	['r' - 'a'] = {r_words, ARRAY_LEN(r_words)}, ['s' - 'a'] = {s_words, ARRAY_LEN(s_words)},
	['t' - 'a'] = {t_words, ARRAY_LEN(t_words)}, ['u' - 'a'] = {u_words, ARRAY_LEN(u_words)},
	['v' - 'a'] = {v_words, ARRAY_LEN(v_words)}, ['w' - 'a'] = {w_words, ARRAY_LEN(w_words)},
	['z' - 'a'] = {z_words, ARRAY_LEN(z_words)},
};

static const struct card_word *word_find(const char word[WORD_MAX + 1])
{
	unsigned letter = (unsigned)(word[0] - 'a');
	uint64_t wanted[2], has[2];

	if (letter >= ARRAY_LEN(by_letter))
		return NULL;
	memcpy(wanted, word, sizeof wanted);
	for (size_t i = 0; i < by_letter[letter].count; i++) {
		memcpy(has, by_letter[letter].words[i].word, sizeof has);
		if (has[0] == wanted[0] && has[1] == wanted[1])
			return &by_letter[letter].words[i];
	}
	return NULL;
}

/* ---- characters
 * ------------------------------------------------------------------------------------ */

/* The value of a figure in any of the scripts that phones offer, or -1. */
static int figure(uint32_t c)
{
	static const uint32_t zeros[] = {0x0660, 0x06F0, 0x0966, 0x09E6, 0xFF10};

	if (c < 0x80)
		return c >= '0' && c <= '9' ? (int)(c - '0') : -1;
	for (size_t i = 0; i < ARRAY_LEN(zeros); i++) {
		if (c >= zeros[i] && c <= zeros[i] + 9)
			return (int)(c - zeros[i]);
	}
	if (c >= 0x1D7CE && c <= 0x1D7FF) /* mathematical figures, five alphabets of them */
		return (int)((c - 0x1D7CE) % 10);
	return -1;
}

/* Nothing to see: accents that follow their letter, joiners, direction marks, the caps of keycap
 * emoji. */
static bool invisible(uint32_t c)
{
	if (c < 0xAD) /* nearly every letter */
		return false;
	return c == 0xAD || (c >= 0x300 && c <= 0x36F) || (c >= 0x200B && c <= 0x200F) ||
	       (c >= 0x202A && c <= 0x202E) || (c >= 0x2060 && c <= 0x206F) || c == 0x20E3 ||
	       (c >= 0xFE00 && c <= 0xFE0F) || c == 0xFEFF || c == 0x061C || c == 0x034F;
}

/* What a character between two tokens is; GAP_TEXT for one that no number runs across. */
static enum card_gap gap_of(uint32_t c)
{
	switch (c) {
	case ' ':
	case '\t':
	case '\n':
	case '\v':
	case '\f':
	case '\r':
	case 0xA0:
	case 0x1680:
	case 0x2028:
	case 0x2029:
	case 0x202F:
	case 0x205F:
	case 0x3000: return GAP_BLANK;
	case '-':
	case '_':
	case 0x2212:
	case 0x30FC:
	case 0xFF0D: return GAP_DASH;
	case '.':
	case 0xB7:
	case 0x2022:
	case 0x2024:
	case 0x2026:
	case 0x2027:
	case 0xFF0E: return GAP_DOT;
	case '/':
	case '\\':
	case '|': return GAP_SLASH;
	case ',':
	case ':':
	case ';':
	case '(':
	case ')':
	case '"':
	case '\'':
	case '`':
	case 0x2018:
	case 0x2019:
	case 0x201C:
	case 0x201D: return GAP_OTHER;
	default: break;
	}
	if (c >= 0x2000 && c <= 0x200A)
		return GAP_BLANK;
	return c >= 0x2010 && c <= 0x2015 ? GAP_DASH : GAP_TEXT;
}

/* The letter of a word without its accent, in lower case; '?' for letters that no word of ours has;
 * 0 for what is no letter. */
static char letter(uint32_t c)
{
	static const char latin1[] =
		"aaaaaa?ceeeeiiiidnooooo?ouuuuy?saaaaaa?ceeeeiiiidnooooo?ouuuuy?y";

	if (c < 0x80) {
		if (c >= 'a' && c <= 'z')
			return (char)c;
		return c >= 'A' && c <= 'Z' ? (char)(c + 32) : '\0';
	}
	if (c >= 0xC0 && c <= 0xFF)
		return latin1[c - 0xC0];
	return c >= 0x100 && c < 0x2000 && figure(c) < 0 && !invisible(c) ? '?' : '\0';
}

static size_t code_at(struct str s, size_t at, uint32_t *c)
{
	size_t n;

	if ((unsigned char)s.p[at] < 0x80) {
		*c = (unsigned char)s.p[at];
		return 1;
	}
	n = utf8_next(str_make(s.p + at, s.n - at), c);
	if (n > 0)
		return n;
	*c = 0xFFFD;
	return 1;
}

/* ---- tokens
 * ---------------------------------------------------------------------------------------- */

static void figures_read(struct card_reader *r, struct card_token *t)
{
	uint32_t c;
	size_t n;

	t->kind = CARD_FIGURES;
	t->n = 0;
	while (r->at < r->text.n) {
		n = code_at(r->text, r->at, &c);
		if (figure(c) < 0)
			break;
		if (t->n < CARD_FIGURES_MAX)
			t->figures[t->n] = (char)('0' + figure(c));
		if (t->n <= CARD_FIGURES_MAX)
			t->n++;
		r->at += n;
	}
	t->to = r->at;
}

/* A letter that is not ASCII: an accent falls away. False when the word ends here. */
static bool odd_letter_read(struct card_reader *r, char *out)
{
	uint32_t c;
	size_t n = code_at(r->text, r->at, &c);

	*out = invisible(c) ? '\0' : letter(c);
	if (*out == '\0' && !invisible(c))
		return false;
	r->at += n;
	return true;
}

/* Folds the word into `word` and moves behind it; returns its letters (counted up to WORD_MAX + 1).
 */
static size_t letters_read(struct card_reader *r, char word[WORD_MAX + 1])
{
	size_t length = 0;
	char l;

	for (; r->at < r->text.n;) {
		unsigned char c = (unsigned char)r->text.p[r->at];

		if (c < 0x80) {
			l = (char)(c | 0x20);
			if (l < 'a' || l > 'z')
				break;
			r->at++;
		} else if (!odd_letter_read(r, &l)) {
			break;
		}
		if (l == '\0')
			continue;
		if (length < WORD_MAX)
			word[length] = l;
		length += length <= WORD_MAX;
	}
	return length;
}

static void word_read(struct card_reader *r, struct card_token *t)
{
	const struct card_word *w = NULL;
	char word[WORD_MAX + 1] = {0};
	size_t length = letters_read(r, word);

	t->kind = CARD_WORD;
	if (length == 1)
		t->value = (unsigned char)word[0];
	else if (length <= WORD_MAX)
		w = word_find(word);
	if (w != NULL) {
		t->kind = w->kind;
		t->language = w->language;
		t->value = w->value;
	}
	/* "cvv2": the figure belongs to the word */
	if (t->kind == CARD_CVV && r->at < r->text.n && r->text.p[r->at] == '2' &&
	    (r->at + 1 == r->text.n || figure((unsigned char)r->text.p[r->at + 1]) < 0))
		r->at++;
	t->to = r->at;
}

/* At a '[': our own stand-in of a card. */
static bool mark_read(struct card_reader *r, struct card_token *t)
{
	struct str rest = str_make(r->text.p + r->at, r->text.n - r->at);
	size_t n = 0;

	if (str_starts(rest, STR_LIT("[card]")))
		n = 6;
	else if (rest.n >= 15 && str_starts(rest, STR_LIT("[card ****")) && rest.p[14] == ']')
		n = 15;
	for (size_t i = 10; i < 14 && n == 15; i++) {
		if (rest.p[i] < '0' || rest.p[i] > '9')
			n = 0;
	}
	if (n == 0)
		return false;
	r->at += n;
	t->kind = CARD_MARK;
	t->to = r->at;
	return true;
}

static void token_read(struct card_reader *r, struct card_token *t, uint32_t c, size_t n)
{
	t->text = r->number;
	t->from = r->at;
	t->language = t->value = 0;
	if (figure(c) >= 0) {
		figures_read(r, t);
	} else if (letter(c) != '\0') {
		word_read(r, t);
	} else if (c != '[' || !mark_read(r, t)) {
		r->at += n;
		t->kind = CARD_STOP;
		t->value = c;
		t->to = r->at;
	}
}

bool card_next(struct card_reader *r, struct card_token *out)
{
	enum card_gap gap = r->at == 0 ? GAP_TEXT : GAP_NONE, one;
	bool dot = false, sentence = false;
	uint32_t c;
	size_t n;

	for (; r->at < r->text.n; r->at += n) {
		n = code_at(r->text, r->at, &c);
		if (invisible(c))
			continue;
		one = gap_of(c);
		if (one == GAP_TEXT) {
			out->gap = gap;
			out->sentence = sentence;
			token_read(r, out, c, n);
			return true;
		}
		sentence |= c == '\n' || (dot && one == GAP_BLANK);
		dot = c == '.';
		if (gap == GAP_NONE)
			gap = one;
		else if (gap != one && gap != GAP_TEXT)
			gap = GAP_MIXED;
	}
	return false;
}

unsigned card_digits_at_most(const struct card_token *t)
{
	switch (t->kind) {
	case CARD_FIGURES: return t->n;
	case CARD_UNIT: return 1;
	case CARD_TEEN:
	case CARD_TEN: return 2;
	case CARD_HUNDRED: return 3;
	case CARD_THOUSAND: return 4;
	case CARD_REPEAT: return 2;
	default: return 0;
	}
}
