/*
 * detect_read.c - see detect_read.h.
 *
 * The text is walked once, a word at a time, each folded into a buffer of fixed size between ^ and
 * $, from which its groups of letters are hashed as they stand.
 */
#include "server/agent/detect_read.h"

#include "shared/utf8.h"

#define WORD_ROOM  (DETECT_WORD_MAX + 4)
#define NAME_WORDS 4 /* more are no bare name */

/* U+00C0 .. U+017F without their marks; two-letter ones are in detect_folded. */
/* clang-format off */
static const char latin[] =
	"AAAAAA?CEEEEIIIIDNOOOOO?OUUUUY?saaaaaa?ceeeeiiiidnooooo?ouuuuy?y"
	"AaAaAaCcCcCcCcDdDdEeEeEeEeEeGgGgGgGgHhHhIiIiIiIiIi?\?JjKkkLlLlLlL"
	"lLlNnNnNnnNnOoOoOo?\?RrRrRrSsSsSsSsTtTtTtUuUuUuUuUuUuWwYyYZzZzZzs";

/* SMS words with a digit in them; every other word with one is a code or a number. */
static const char digit_words[] =
	" 2moro 2morro 2morow 2morrow 2mrw 2mro 2day 2nite 2night 2gether 2u 4u 4me 4ever b4 l8 l8r m8 gr8 w8 h8 str8 d8 "
	"any1 some1 sum1 every1 no1 ne1 l8er gr8t b4n cu2 u2 2c 2b 4got 4get "
	"2m1 2main dem1 2min bi1 b1 r1 ri1 ki1 koi1 quelqu1 qq1 kelk1 kelqu1 quelq1 qqn1 auc1 chac1 1possible 1peu 7ete "
	"6tu 6pa a2m1 apr1 ap1 mat1 mat1ee v1 vi1 vi1t rev1 bes1 bez1 mag1 magaz1 mag6 c1 ";
/* clang-format on */

const char *detect_folded(uint32_t code)
{
	static const char ascii[] = "A\0B\0C\0D\0E\0F\0G\0H\0I\0J\0K\0L\0M\0N\0O\0P\0Q\0R\0S\0T\0U"
				    "\0V\0W\0X\0Y\0Z\0a\0b\0c\0d\0e\0f\0g\0h\0i\0j\0k\0l\0m\0n\0o\0"
				    "p\0q\0r\0s\0t\0u\0v\0w\0x\0y\0z";
	char c;

	switch (code) {
	case 0xC6: return "AE";
	case 0xE6: return "ae";
	case 0x152: return "OE";
	case 0x153: return "oe";
	default: break;
	}
	if (code < 0x80)
		c = (char)code;
	else if (code >= 0xC0 && code <= 0x17F)
		c = latin[code - 0xC0];
	else
		return "";
	if (c >= 'A' && c <= 'Z')
		return ascii + (ptrdiff_t)(c - 'A') * 2;
	if (c >= 'a' && c <= 'z')
		return ascii + (ptrdiff_t)(c - 'a' + 26) * 2;
	return "";
}

/* ---- hashing ---- */

#define HASH_SEED  2166136261u
#define HASH_PRIME 16777619u

static uint32_t hash_more(uint32_t h, char c)
{
	return (h ^ (unsigned char)c) * HASH_PRIME;
}

static uint32_t hash_str(uint32_t h, struct str s)
{
	for (size_t i = 0; i < s.n; i++)
		h = hash_more(h, s.p[i]);
	return h;
}

static uint32_t hash_seed(enum feature_kind kind)
{
	return hash_more(HASH_SEED, (char)('0' + (int)kind));
}

static uint32_t bucket_of(uint32_t h)
{
	h ^= h >> 15;
	h *= 0x2C1B3C6Du;
	h ^= h >> 13;
	return h % DETECT_BUCKETS;
}

uint32_t detect_hash(struct str word)
{
	return hash_str(HASH_SEED, word);
}

uint32_t detect_name_hash(struct str word)
{
	return hash_str(hash_more(HASH_SEED, '^'), word);
}

static bool set_has(const struct word_set *set, uint32_t h)
{
	size_t from = 0, to = set->n;

	while (from < to) {
		size_t at = from + (to - from) / 2;

		if (set->hashes[at] == h)
			return true;
		if (set->hashes[at] < h)
			from = at + 1;
		else
			to = at;
	}
	return false;
}

/* ---- the walk ---- */

struct word {
	char at[WORD_ROOM]; /* ^word$ */
	size_t n;           /* with both */
	uint32_t accents[4];
	size_t accents_n, digits;
	bool upper_first, lower; /* begins with a capital; has a small letter */
};

struct walk {
	struct str text;
	size_t i;
	const struct word_set *neutral;
	struct feature_sink *sink;
	struct word word, before; /* before.n is 0 where no pair is */
	bool sentence;            /* the next word begins one */
	bool small;               /* the text has a word in small letters */
	bool other;               /* ... or a sentence's end */
	unsigned words, letters;
};

static struct str letters_of(const struct word *w)
{
	return str_make(w->at + 1, w->n - 2);
}

static inline void emit(const struct walk *k, enum feature_kind kind, uint32_t h, int share,
			struct str before, struct str text)
{
	struct feature_sink *sink = k->sink;
	uint32_t bucket = bucket_of(h);

	sink->n++;
	if (sink->weights != NULL) {
		sink->sum += sink->weights[bucket] * share;
		return;
	}
	sink->seen(sink->to, &(struct feature){kind, bucket, share, before, text});
}

static void emit_text(const struct walk *k, enum feature_kind kind, struct str text, int share)
{
	emit(k, kind, hash_str(hash_seed(kind), text), share, (struct str){NULL, 0}, text);
}

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

/* The small accented letter: of its capital, and of a letter that its mark follows. */
static uint32_t composed(const struct word *w, uint32_t code)
{
	static const char letters[] = "aeiouc";
	static const unsigned char with[][6] = {
		{0xE0, 0xE8, 0xEC, 0xF2, 0xF9, 0},
		{0xE1, 0xE9, 0xED, 0xF3, 0xFA, 0},
		{0xE2, 0xEA, 0xEE, 0xF4, 0xFB, 0},
	};
	char last = w->at[w->n - 1];
	const char *place = last == '\0' ? NULL : strchr(letters, last);

	if (code >= 0xC0 && code <= 0xDE)
		return code + 0x20;
	if (code == 0x152)
		return 0x153;
	if (code < 0x300 || place == NULL)
		return code;
	if (code == 0x327 && last == 'c')
		return 0xE7;
	if (code == 0x308 && (last == 'e' || last == 'i'))
		return last == 'e' ? 0xEB : 0xEF;
	return code <= 0x302 && with[code - 0x300][place - letters] != 0
		       ? with[code - 0x300][place - letters]
		       : code;
}

static void letter_add(struct word *w, char c)
{
	bool upper = c >= 'A' && c <= 'Z';

	if (is_digit(c))
		w->digits++;
	else if (upper)
		w->upper_first = w->upper_first || w->n == 1;
	else
		w->lower = true;
	if (w->n <= DETECT_WORD_MAX)
		w->at[w->n++] = (char)(upper ? c + 32 : c);
}

static bool is_ascii_letter(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/* The accented letter or mark at k->i, added to the word: its length, 0 when there is none. */
static size_t accented_add(const struct walk *k, struct word *w)
{
	uint32_t code = 0;
	size_t n = utf8_next(str_sub(k->text, k->i, k->text.n), &code);
	const char *folded = n > 1 ? detect_folded(code) : "";

	if (n < 2 || (folded[0] == '\0' && (code < 0x300 || code > 0x36F)))
		return 0;
	if (w->accents_n < ARRAY_LEN(w->accents))
		w->accents[w->accents_n++] = composed(w, code);
	for (; *folded != '\0'; folded++)
		letter_add(w, *folded);
	return n;
}

/* Reads the word at k->i; false when none begins there. */
static bool word_read(struct walk *k)
{
	struct word *w = &k->word;
	size_t n = 1;

	w->at[0] = '^';
	w->n = 1;
	w->accents_n = w->digits = 0;
	w->upper_first = w->lower = false;
	while (k->i < k->text.n && n > 0) {
		char c = k->text.p[k->i];

		n = 1;
		if (is_ascii_letter(c) || is_digit(c))
			letter_add(w, c);
		else
			n = (unsigned char)c >= 0x80 ? accented_add(k, w) : 0;
		k->i += n;
	}
	if (w->n == 1)
		return false;
	w->at[w->n++] = '$';
	w->at[w->n] = '\0';
	return true;
}

/* Neutral always, or as a name: with a capital. */
static bool is_neutral(const struct word_set *set, const struct word *w)
{
	struct str letters = letters_of(w);

	return set_has(set, detect_hash(letters)) ||
	       (w->upper_first && set_has(set, detect_name_hash(letters)));
}

/* ---- features of a word ---- */

static void emit_letters(const struct walk *k, int share)
{
	const struct word *w = &k->word;

	for (size_t i = 0; i + 1 < w->n; i++) {
		uint32_t h = hash_more(hash_seed(FEATURE_LETTERS), w->at[i]);

		for (size_t n = 2; n <= 4 && i + n <= w->n; n++) {
			h = hash_more(h, w->at[i + n - 1]);
			emit(k, FEATURE_LETTERS, h, share, (struct str){NULL, 0},
			     str_make(w->at + i, n));
		}
	}
}

static void emit_word(struct walk *k, int share)
{
	struct str letters = letters_of(&k->word), before;
	uint32_t h;

	if (k->word.digits == 0)
		emit_letters(k, share);
	emit_text(k, FEATURE_WORD, letters, share);
	if (k->before.n > 0) {
		before = letters_of(&k->before);
		h = hash_more(hash_str(hash_seed(FEATURE_PAIR), before), ' ');
		emit(k, FEATURE_PAIR, hash_str(h, letters), share, before, letters);
	}
	for (size_t i = 0; i < k->word.accents_n; i++) {
		char utf8[4];

		emit_text(k, FEATURE_ACCENT, str_make(utf8, utf8_put(k->word.accents[i], utf8)),
			  share);
	}
	k->words++;
	k->letters += (unsigned)letters.n;
}

/* An elision's two sides: "j'" of "j'ai", "'m" of "I'm". Called at the apostrophe. */
static void emit_elision(struct walk *k, struct str text, bool before)
{
	char joined[8];

	if (text.n == 0 || text.n > 6)
		return;
	memcpy(joined + (before ? 0 : 1), text.p, text.n);
	joined[before ? text.n : 0] = '\'';
	emit_text(k, FEATURE_ELISION, str_make(joined, text.n + 1), DETECT_FULL);
}

static bool listed(struct str word, const char *list)
{
	size_t n = strlen(list);

	for (size_t i = 0; i + word.n + 1 < n; i++) {
		if (list[i] == ' ' && memcmp(list + i + 1, word.p, word.n) == 0 &&
		    list[i + 1 + word.n] == ' ')
			return true;
	}
	return false;
}

/* A word with digits in it: "14h30", "2pm", "1er" say something, and "2moro"; codes do not. */
static void number_read(struct walk *k)
{
	struct str all = letters_of(&k->word), rest = all;
	size_t n = 0;

	while (n < rest.n && is_digit(rest.p[n]))
		n++;
	rest = str_sub(rest, n, rest.n);
	if (listed(all, digit_words)) {
		emit_word(k, DETECT_FULL);
		k->before = k->word;
		return;
	}
	k->before.n = 0;
	if (n == 0 || n > 4 || rest.n == 0)
		return;
	if (n <= 2 && rest.p[0] == 'h' &&
	    (rest.n == 1 || (rest.n == 3 && is_digit(rest.p[1]) && is_digit(rest.p[2]))))
		rest.n = 1;
	else if (!listed(rest, n <= 2 ? " am pm st nd rd th hrs hr e eme ieme ans " : " am pm ") &&
		 !(str_is(rest, "er") && str_is(str_sub(all, 0, n), "1")))
		return;
	emit_text(k, FEATURE_NUMBER, rest, DETECT_FULL);
}

/* "14 h 30", "2 pm": a blank between. */
static bool number_before(const struct walk *k, size_t begin)
{
	while (begin > 0 && k->text.p[begin - 1] == ' ')
		begin--;
	return begin > 0 && is_digit(k->text.p[begin - 1]);
}

/* "ON-5510", "DB8-X": capitals with a number behind. */
static bool is_code(const struct walk *k)
{
	return k->word.upper_first && !k->word.lower && k->i + 1 < k->text.n &&
	       k->text.p[k->i] == '-' && is_digit(k->text.p[k->i + 1]);
}

static void word_seen(struct walk *k, size_t begin)
{
	struct word *w = &k->word;
	struct str letters = letters_of(w);
	bool name = w->upper_first && w->n > 3 && !k->sentence;

	if (w->digits > 0) {
		number_read(k);
		return;
	}
	k->small = k->small || !w->upper_first;
	k->sentence = false;
	if (number_before(k, begin) && listed(letters, " h am pm ")) {
		emit_text(k, FEATURE_NUMBER, letters, DETECT_FULL);
		k->before.n = 0;
		return;
	}
	if (is_neutral(k->neutral, w) || is_code(k)) {
		k->before.n = 0;
		return;
	}
	emit_word(k, name ? 2 : DETECT_FULL);
	k->before = *w;
}

/* ---- what is between words ---- */

static bool has(struct str s, const char *part)
{
	return str_find(s, str_of(part)) >= 0;
}

static bool ends_nocase(struct str s, const char *end)
{
	size_t n = strlen(end);

	return s.n > n && str_is_nocase(str_sub(s, s.n - n, n), end);
}

/* E-mail and web addresses, @names. */
static bool is_address(struct str chunk)
{
	ptrdiff_t at = str_find_char(chunk, '@');

	while (chunk.n > 0 && str_find_char(STR_LIT(".,;:!?)"), chunk.p[chunk.n - 1]) >= 0)
		chunk.n--;
	if (at >= 0 && (size_t)at + 2 < chunk.n)
		return true;
	return has(chunk, "://") || (chunk.n > 4 && str_is_nocase(str_sub(chunk, 0, 4), "www.")) ||
	       ends_nocase(chunk, ".com") || ends_nocase(chunk, ".ca") ||
	       ends_nocase(chunk, ".org") || ends_nocase(chunk, ".net") ||
	       ends_nocase(chunk, ".fr") || has(chunk, ".com/") || has(chunk, ".ca/");
}

static void address_passed(struct walk *k)
{
	size_t end = k->i;
	bool perhaps = false;
	struct str chunk;

	for (; end < k->text.n && !is_blank(k->text.p[end]); end++) {
		char c = k->text.p[end];

		perhaps = perhaps || c == '@' || c == '.' || c == ':';
	}
	chunk = str_sub(k->text, k->i, end - k->i);
	if (!perhaps || !is_address(chunk))
		return;
	k->before.n = 0;
	k->i = end;
}

/* The length of an apostrophe at k->i, straight or curly. */
static size_t apostrophe_at(const struct walk *k)
{
	struct str rest = str_sub(k->text, k->i, k->text.n);

	if (str_starts(rest, STR_LIT("'")) || str_starts(rest, STR_LIT("`")))
		return 1;
	return str_starts(rest, STR_LIT("\xE2\x80\x99")) ||
			       str_starts(rest, STR_LIT("\xE2\x80\x98"))
		       ? 3
		       : 0;
}

static void gap_passed(struct walk *k)
{
	uint32_t code = 0;
	size_t n = utf8_next(str_sub(k->text, k->i, k->text.n), &code);

	if (code == '.' || code == '!' || code == '?' || code == '\n') {
		k->sentence = true;
		k->other = k->other || k->words > 0;
		k->before.n = 0;
	}
	k->i += size_max(n, 1);
}

/* "a+" is a goodbye. */
static void plus_read(struct walk *k)
{
	if (k->i == k->text.n || k->text.p[k->i] != '+' || k->word.n != 3 || k->word.at[1] != 'a')
		return;
	k->letters++;
	emit_text(k, FEATURE_ELISION, STR_LIT("a+"), DETECT_FULL);
}

struct detect_shape detect_read(struct str text, const struct word_set *neutral,
				struct feature_sink *sink)
{
	struct walk k = {.neutral = neutral, .sink = sink, .sentence = true};
	size_t begin, apostrophe = 0;

	k.text = utf8_cut(text, DETECT_READ_MAX);
	while (k.i < k.text.n) {
		if (k.i == 0 || is_blank(k.text.p[k.i - 1]))
			address_passed(&k);
		begin = k.i;
		if (k.i >= k.text.n || !word_read(&k)) {
			apostrophe = 0;
			if (k.i < k.text.n)
				gap_passed(&k);
			continue;
		}
		if (apostrophe > 0)
			emit_elision(&k, letters_of(&k.word), false);
		word_seen(&k, begin);
		plus_read(&k);
		apostrophe = apostrophe_at(&k);
		if (apostrophe > 0)
			emit_elision(&k, letters_of(&k.word), true);
		k.i += apostrophe;
	}
	return (struct detect_shape){.words = k.words,
				     .letters = k.letters,
				     .might_name = k.words <= NAME_WORDS && !k.small && !k.other};
}
