/*
 * phrase.c - see phrase.h.
 */
#include "server/agent/phrase.h"

#include "shared/utf8.h"

#define GAP_MAX   4 /* words under "..." */
#define FUZZY_MIN 7 /* letters */

/* ---- beginnings ---- */

/* Most patterns fit nowhere. A phrase keeps a set of its words' first two letters, folded to 256
 * bits; a pattern that needs a word that begins like none of them is passed over without looking
 * further. */
static unsigned start_bit(struct str word)
{
	unsigned first = (unsigned char)word.p[0];
	unsigned second = word.n > 1 ? (unsigned char)word.p[1] : 0;

	return (first * 31 + second) & 255u;
}

static void start_add(struct phrase *p, struct str word)
{
	unsigned bit = start_bit(word);

	p->starts[bit / 64] |= UINT64_C(1) << (bit % 64);
}

void phrase_index(struct phrase *p)
{
	memset(p->starts, 0, sizeof(p->starts));
	for (size_t i = 0; i < p->n; i++)
		start_add(p, p->words[i].text);
}

static bool start_known(const struct phrase *p, struct str want)
{
	unsigned bit;

	if (want.p[0] == '#' || want.p[0] == '_' || (want.n == 2 && want.p[1] == '*'))
		return true;
	bit = start_bit(want);
	return (p->starts[bit / 64] >> (bit % 64) & 1) != 0;
}

/* Some alternative of the element that begins at text begins like a word; *next is behind it. */
static bool element_known(const struct phrase *p, const char *text, const char **next)
{
	const char *begin = text;
	bool known = false;

	for (;; text++) {
		if (*text != '|' && *text != ' ' && *text != '\0')
			continue;
		known = known || start_known(p, str_make(begin, (size_t)(text - begin)));
		begin = text + 1;
		if (*text != '|')
			break;
	}
	*next = *text == ' ' ? text + 1 : text;
	return known;
}

static bool may_match(const char *pattern, const struct phrase *p)
{
	while (*pattern != '\0') {
		bool needed = strchr("?^$.", *pattern) == NULL;

		if (!element_known(p, pattern, &pattern) && needed)
			return false;
	}
	return true;
}

/* ---- cutting ---- */

/* Short forms of both languages, written out. A form that is also a word of the other language is
 * not here. */
static const struct {
	const char *form, *words;
} forms[] = {
	{"u", "you"},
	{"r", "are"},
	{"ur", "your"},
	{"pls", "please"},
	{"plz", "please"},
	{"plse", "please"},
	{"2day", "today"},
	{"tmrw", "tomorrow"},
	{"tmr", "tomorrow"},
	{"tmw", "tomorrow"},
	{"tomoro", "tomorrow"},
	{"tomorow", "tomorrow"},
	{"2moro", "tomorrow"},
	{"2morrow", "tomorrow"},
	{"tonite", "tonight"},
	{"2nite", "tonight"},
	{"wat", "what"},
	{"wut", "what"},
	{"whats", "what s"},
	{"wheres", "where s"},
	{"hows", "how s"},
	{"im", "i m"},
	{"hrs", "hours"},
	{"houres", "hours"},
	{"addy", "address"},
	{"adress", "address"},
	{"addres", "address"},
	{"thx", "thanks"},
	{"thnx", "thanks"},
	{"tks", "thanks"},
	{"ty", "thanks"},
	{"gonna", "going to"},
	{"wanna", "want to"},
	{"gotta", "got to"},
	{"yall", "you"},
	{"uhelp", "you help"},
	{"utell", "you tell"},
	{"udeliver", "you deliver"},
	{"dont", "don t"},
	{"ajd", "aujourdhui"},
	{"auj", "aujourdhui"},
	{"ojd", "aujourdhui"},
	{"svpl", "svp"},
	{"stp", "svp"},
	{"bjr", "bonjour"},
	{"bsr", "bonsoir"},
	{"slt", "salut"},
	{"mrc", "merci"},
	{"mci", "merci"},
	{"cb", "combien"},
	{"vs", "vous"},
	{"ns", "nous"},
	{"kel", "quel"},
	{"quelle", "quel"},
	{"quels", "quel"},
	{"quelles", "quel"},
	{"qqun", "quelqu un"},
	{"qqn", "quelqu un"},
	{"rdv", "rendez vous"},
	{"dsl", "desole"},
	{"tel", "telephone"},
	{"fds", "fin de semaine"},
	{"weekend", "week end"},
	{"weekends", "week end"},
	{"email", "e mail"},
	{"emails", "e mail"},
	{"okay", "ok"},
	{"okey", "ok"},
	{"k", "ok"},
	{"kk", "ok"},
	{"oky", "ok"},
	{"daccord", "d accord"},
	{"aint", "am not"},
	{"cant", "can t"},
	{"wont", "won t"},
};

static bool is_letter(uint32_t c)
{
	if (c < 0x80)
		return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
	if (c == 0xFFFD)
		return true; /* bytes that were no text: something that we have not understood */
	/* signs of Latin-1, punctuation to arrows and pictographs: all that is not writing */
	return c >= 0xC0 && c != 0xD7 && c != 0xF7 && !(c >= 0x2000 && c <= 0x2BFF) &&
	       !(c >= 0x3000 && c <= 0x303F) && !(c >= 0xFE00 && c <= 0xFE0F) && c < 0x1F000;
}

struct words {
	struct word *w;
	size_t n, max;
	bool full, broken;
};

static void word_push(struct words *to, struct str text)
{
	if (to->n == to->max) {
		to->full = true;
		return;
	}
	to->w[to->n++] = (struct word){.text = text, .breaks = to->broken};
	to->broken = false;
}

static void word_add(struct words *to, struct str text)
{
	struct str rest;

	if (str_is(text, "hui") && to->n > 0 && str_is(to->w[to->n - 1].text, "aujourd")) {
		to->w[to->n - 1].text = STR_LIT("aujourdhui");
		return;
	}
	for (size_t i = 0; i < ARRAY_LEN(forms); i++) {
		if (!str_is(text, forms[i].form))
			continue;
		for (rest = str_of(forms[i].words); rest.p != NULL;)
			word_push(to, str_cut(&rest, ' '));
		return;
	}
	if (word_among(text, "and et but mais also aussi"))
		to->broken = true;
	word_push(to, text);
}

static void words_read(struct words *to, struct str folded)
{
	size_t i = 0, begin = 0, len;
	uint32_t c;

	while (i < folded.n) {
		len = utf8_next(str_sub(folded, i, folded.n), &c);
		if (len == 0 || !is_letter(c)) {
			if (i > begin)
				word_add(to, str_sub(folded, begin, i - begin));
			if (folded.p[i] == ',')
				to->broken = true;
			i += len == 0 ? 1 : len;
			begin = i;
		} else {
			i += len;
		}
	}
	if (i > begin)
		word_add(to, str_sub(folded, begin, i - begin));
}

/* Does the phrase end with the sign at i? A full stop only before a blank, and not in "a.m." */
static bool ends_at(struct str s, size_t i)
{
	char c = s.p[i];

	if (c == '?' || c == '!' || c == ';' || c == '\n' || c == '\r')
		return true;
	if (c != '.')
		return false;
	if (i + 1 < s.n && strchr(" \t\r\n.", s.p[i + 1]) == NULL)
		return false;
	return !(i >= 2 && (s.p[i - 1] == 'm' || s.p[i - 1] == 'M') &&
		 (s.p[i - 2] == '.' || s.p[i - 2] == 'a' || s.p[i - 2] == 'p'));
}

static void phrase_add(struct arena *a, struct phrases *to, struct str raw, bool question)
{
	struct phrase *p = &to->p[to->n];
	struct word read[PHRASE_WORDS_MAX];
	struct words words = {.w = read, .max = PHRASE_WORDS_MAX};

	raw = str_trim(raw);
	if (raw.n == 0)
		return;
	words_read(&words, utf8_fold(a, raw));
	if (words.n == 0) {
		if (question && to->n > 0)
			to->p[to->n - 1].question = true;
		return;
	}
	read[0].breaks = false;
	*p = (struct phrase){.raw = raw, .n = words.n, .question = question};
	p->words = ARENA_ARRAY(a, struct word, words.n);
	memcpy(p->words, read, words.n * sizeof(read[0]));
	for (size_t i = 0; i < words.n; i++)
		start_add(p, read[i].text);
	to->cut = to->cut || words.full;
	to->n++;
}

struct phrases phrases_read(struct arena *a, const struct agent_message *messages, size_t n)
{
	struct phrases out = {0};
	size_t left = AGENT_TEXT_MAX, most = 0;
	struct str *texts = ARENA_ARRAY(a, struct str, n);

	for (size_t i = n; i-- > 0;) { /* of a long burst the newest are read */
		struct str body = messages[i].body;

		texts[i] = utf8_repair(a, utf8_cut(body, left));
		out.cut = out.cut || body.n > left;
		left -= size_min(left, body.n);
		for (size_t j = 0; j < texts[i].n; j++)
			most += ends_at(texts[i], j) ? 1 : 0;
		most++;
	}
	out.p = ARENA_ARRAY(a, struct phrase, most);
	for (size_t i = 0; i < n; i++) {
		size_t begin = 0;

		for (size_t j = 0; j < texts[i].n; j++) {
			if (!ends_at(texts[i], j))
				continue;
			phrase_add(a, &out, str_sub(texts[i], begin, j + 1 - begin),
				   texts[i].p[j] == '?');
			begin = j + 1;
		}
		phrase_add(a, &out, str_sub(texts[i], begin, texts[i].n), false);
	}
	return out;
}

/* ---- matching ---- */

/* One letter wrong, missing, added, or two neighbours swapped; never the last one, because endings
 * make other words ("location", "locations"). */
static bool almost(struct str a, struct str b)
{
	size_t front = 0, back = 0;

	if (a.n > b.n + 1 || b.n > a.n + 1)
		return false;
	while (front < a.n && front < b.n && a.p[front] == b.p[front])
		front++;
	while (back < a.n - front && back < b.n - front &&
	       a.p[a.n - 1 - back] == b.p[b.n - 1 - back])
		back++;
	if (back == 0)
		return false;
	a = str_sub(a, front, a.n - front - back);
	b = str_sub(b, front, b.n - front - back);
	return (a.n <= 1 && b.n <= 1) ||
	       (a.n == 2 && b.n == 2 && a.p[0] == b.p[1] && a.p[1] == b.p[0]);
}

static bool has_digit(struct str s)
{
	for (size_t i = 0; i < s.n; i++) {
		if (s.p[i] >= '0' && s.p[i] <= '9')
			return true;
	}
	return false;
}

static bool one_fits(struct str want, struct str word)
{
	if (str_is(want, "#"))
		return has_digit(word);
	if (want.n > 0 && want.p[want.n - 1] == '*')
		return str_starts(word, str_sub(want, 0, want.n - 1));
	return str_eq(want, word) ||
	       (want.n >= FUZZY_MIN && word.n >= FUZZY_MIN - 1 && want.p[0] == word.p[0] &&
		want.p[1] == word.p[1] && almost(want, word));
}

static bool element_fits(struct str element, struct str word)
{
	if (str_is(element, "_"))
		return true;
	while (element.p != NULL) {
		if (one_fits(str_cut(&element, '|'), word))
			return true;
	}
	return false;
}

/* What a successful match passes on the way back. */
struct track {
	struct word *mark; /* NULL: mark nothing */
	size_t end;
};

static bool match_at(struct str pattern, const struct phrase *p, size_t i, struct track *t)
{
	struct str rest = pattern, element;
	bool optional;

	if (pattern.p == NULL) {
		t->end = i;
		return true;
	}
	element = str_cut(&rest, ' ');
	if (str_is(element, "^"))
		return i == 0 && match_at(rest, p, i, t);
	if (str_is(element, "$"))
		return i == p->n && match_at(rest, p, i, t);
	if (str_is(element, "...")) {
		for (size_t skip = 0; skip <= GAP_MAX && i + skip <= p->n; skip++) {
			if (match_at(rest, p, i + skip, t))
				return true;
		}
		return false;
	}
	optional = element.p[0] == '?';
	if (optional)
		element = str_sub(element, 1, element.n);
	if (i < p->n && element_fits(element, p->words[i].text) && match_at(rest, p, i + 1, t)) {
		if (t->mark != NULL)
			t->mark[i].explained = true;
		return true;
	}
	return optional && match_at(rest, p, i, t);
}

bool pattern_find(const char *pattern, const struct phrase *p, size_t from, struct match *out)
{
	struct track t = {NULL, 0};

	if (!may_match(pattern, p))
		return false;
	for (size_t i = from; i < p->n; i++) {
		if (match_at(str_of(pattern), p, i, &t)) {
			*out = (struct match){i, t.end};
			return true;
		}
	}
	return false;
}

bool pattern_mark(const char *pattern, struct phrase *p)
{
	struct track t = {p->words, 0};
	bool found = false;

	if (!may_match(pattern, p))
		return false;
	for (size_t i = 0; i < p->n; i++)
		found = match_at(str_of(pattern), p, i, &t) || found;
	return found;
}

bool word_among(struct str word, const char *list)
{
	struct str rest = str_of(list);

	while (rest.p != NULL) {
		if (str_eq(str_cut(&rest, ' '), word))
			return true;
	}
	return false;
}
