/*
 * keywords.c - see keywords.h.
 *
 * Nearly every text is longer than any of these words, so the length decides first and the folding
 * of accents is done only for what may be one.
 */
#include "server/twilio/keywords.h"

#include "shared/utf8.h"

#define BODY_MAX 64 /* bytes after trimming: the longest word and a generous amount of marks */
#define WORD_MAX 20 /* code points: the longest word with its accents decomposed */

/* Folded as utf8_fold does. "carrier": Twilio acts on it by default on long codes. */
static const struct {
	const char *word;
	enum keyword_class class;
	enum keyword_language language;
	bool carrier, only_if_opted_out;
} words[] = {
	{"stop", KEYWORD_STOP, KEYWORD_EITHER, true, false},
	{"unsubscribe", KEYWORD_STOP, KEYWORD_ENGLISH, true, false},
	{"end", KEYWORD_STOP, KEYWORD_ENGLISH, true, false},
	{"quit", KEYWORD_STOP, KEYWORD_ENGLISH, true, false},
	{"stopall", KEYWORD_STOP, KEYWORD_ENGLISH, true, false},
	{"revoke", KEYWORD_STOP, KEYWORD_ENGLISH, true, false},
	{"optout", KEYWORD_STOP, KEYWORD_ENGLISH, true, false},
	{"cancel", KEYWORD_STOP, KEYWORD_ENGLISH, true, false},
	{"stop all", KEYWORD_STOP, KEYWORD_ENGLISH, false, false},
	{"opt out", KEYWORD_STOP, KEYWORD_ENGLISH, false, false},
	{"opt-out", KEYWORD_STOP, KEYWORD_ENGLISH, false, false},
	{"arret", KEYWORD_STOP, KEYWORD_FRENCH, false, false},
	{"arrete", KEYWORD_STOP, KEYWORD_FRENCH, false, false},
	{"arreter", KEYWORD_STOP, KEYWORD_FRENCH, false, false},
	{"arretez", KEYWORD_STOP, KEYWORD_FRENCH, false, false},
	{"arrett", KEYWORD_STOP, KEYWORD_FRENCH, false, false},
	{"desabonner", KEYWORD_STOP, KEYWORD_FRENCH, false, false},
	{"desabonnement", KEYWORD_STOP, KEYWORD_FRENCH, false, false},
	{"desinscrire", KEYWORD_STOP, KEYWORD_FRENCH, false, false},
	{"desinscription", KEYWORD_STOP, KEYWORD_FRENCH, false, false},
	{"start", KEYWORD_START, KEYWORD_ENGLISH, true, false},
	{"unstop", KEYWORD_START, KEYWORD_ENGLISH, true, false},
	{"yes", KEYWORD_START, KEYWORD_ENGLISH, true, true},
	{"oui", KEYWORD_START, KEYWORD_FRENCH, false, true},
	{"demarrer", KEYWORD_START, KEYWORD_FRENCH, false, false},
	{"abonner", KEYWORD_START, KEYWORD_FRENCH, false, false},
	{"reabonner", KEYWORD_START, KEYWORD_FRENCH, false, false},
	{"reprendre", KEYWORD_START, KEYWORD_FRENCH, false, true},
	{"help", KEYWORD_HELP, KEYWORD_ENGLISH, true, false},
	{"info", KEYWORD_HELP, KEYWORD_EITHER, true, false},
	{"aide", KEYWORD_HELP, KEYWORD_FRENCH, false, false},
};

static bool ends_are_dropped(uint32_t c)
{
	static const char marks[] = ".,;:!?\"'`()[]{}<>*_-~#/\\|";

	if (c < 0x80)
		return c <= ' ' || strchr(marks, (int)c) != NULL;
	/* NBSP, guillemets, general punctuation (quotes, dashes, zero-width), variation selectors,
	 * BOM, ideographic blank */
	return c == 0xA0 || c == 0xAB || c == 0xBB || (c >= 0x2000 && c <= 0x206F) ||
	       (c >= 0xFE00 && c <= 0xFE0F) || c == 0xFEFF || c == 0x3000;
}

static struct str without_punctuation(struct str s)
{
	size_t from = 0, end = 0, at = 0, n;
	uint32_t c;
	bool begun = false;

	while ((n = utf8_next(str_sub(s, at, s.n), &c)) > 0) {
		if (!ends_are_dropped(c)) {
			if (!begun)
				from = at;
			begun = true;
			end = at + n;
		}
		at += n;
	}
	return str_sub(s, from, end - from);
}

static struct keyword keyword_find(struct str word, bool exact)
{
	for (size_t i = 0; i < ARRAY_LEN(words); i++) {
		if (str_is(word, words[i].word))
			return (struct keyword){words[i].class, words[i].language,
						words[i].carrier && exact,
						words[i].only_if_opted_out};
	}
	return (struct keyword){0};
}

/* utf8_fold for a few bytes of ASCII, as nearly all are; false when it takes more than that. */
static bool fold_ascii(struct str s, char out[BODY_MAX])
{
	for (size_t i = 0; i < s.n; i++) {
		if ((unsigned char)s.p[i] >= 0x80)
			return false;
		out[i] = (char)(s.p[i] >= 'A' && s.p[i] <= 'Z' ? s.p[i] + 32 : s.p[i]);
	}
	return true;
}

static struct keyword keyword_of_body(struct str body)
{
	struct str trimmed = str_trim(body), word, folded;
	struct arena a = {0};
	char small[BODY_MAX];
	struct keyword k;

	if (trimmed.n == 0 || trimmed.n > BODY_MAX || !utf8_valid(trimmed))
		return (struct keyword){0};
	word = without_punctuation(trimmed);
	if (utf8_count(word) > WORD_MAX)
		return (struct keyword){0};
	folded = fold_ascii(word, small) ? str_make(small, word.n) : utf8_fold(&a, word);
	/* Twilio's own matching knows case and blanks, no accents and no punctuation. */
	k = keyword_find(folded, str_eq_nocase(trimmed, folded));
	arena_free(&a);
	return k;
}

struct keyword keyword_of(struct str body, struct str opt_out_type)
{
	struct keyword k = keyword_of_body(body);
	enum keyword_class class = KEYWORD_NONE;

	if (str_is_nocase(opt_out_type, "STOP"))
		class = KEYWORD_STOP;
	else if (str_is_nocase(opt_out_type, "START"))
		class = KEYWORD_START;
	else if (str_is_nocase(opt_out_type, "HELP"))
		class = KEYWORD_HELP;
	if (class == KEYWORD_NONE)
		return k;
	return (struct keyword){class, k.class == class ? k.language : KEYWORD_EITHER, true, false};
}
