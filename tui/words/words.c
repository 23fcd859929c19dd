/*
 * words.c - see words.h.
 */
#include "tui/words/words.h"

static const struct {
	const char *name, *en, *fr;
} words[WORDS_N] = {[WORD_NONE] = {"NONE", "", ""},
#define X(symbol, en, fr) [WORD_##symbol] = {#symbol, en, fr},
		    WORDS(X)
#undef X
};

const char *say(enum language language, enum word w)
{
	return language == LANGUAGE_FR ? words[w].fr : words[w].en;
}

const char *word_name(enum word w)
{
	return words[w].name;
}

void say_fill(char *out, size_t room, const char *pattern, const char *a, const char *b,
	      const char *c)
{
	const char *const filled[] = {a, b, c};
	size_t n = 0;
	bool full = false;

	while (*pattern != '\0') {
		struct str piece = str_make(pattern, 1);

		if (pattern[0] == '{' && pattern[1] >= '1' && pattern[1] <= '3' &&
		    pattern[2] == '}') {
			piece = str_of(filled[pattern[1] - '1']);
			pattern += 3;
		} else {
			pattern++;
		}
		if (piece.n > room - 1 - n) {
			piece = str_sub(piece, 0, room - 1 - n);
			full = true;
		}
		if (piece.n > 0)
			memcpy(out + n, piece.p, piece.n);
		n += piece.n;
	}
	while (full && n > 0 && ((unsigned char)out[n - 1] & 0xC0) == 0x80)
		n--;
	if (full && n > 0 && (unsigned char)out[n - 1] >= 0xC0)
		n--;
	out[n] = '\0';
}

void say_count(char *out, size_t room, enum language language, enum word one, enum word many,
	       int64_t n)
{
	bool single = n == 1 || (language == LANGUAGE_FR && n == 0);
	char number[24];

	snprintf(number, sizeof number, "%" PRId64, n);
	say_fill(out, room, say(language, single ? one : many), number, NULL, NULL);
}

void say_code(char *out, size_t room, enum language language, const char *kind, const char *code)
{
	size_t n = strlen(kind);

	for (size_t i = 0; code != NULL && i < WORDS_N; i++) {
		if (strncmp(words[i].name, kind, n) == 0 && strcmp(words[i].name + n, code) == 0) {
			snprintf(out, room, "%s", say(language, (enum word)i));
			return;
		}
	}
	snprintf(out, room, "%s", code == NULL ? "" : code);
	for (char *c = out; *c != '\0'; c++)
		*c = *c == '_' ? ' ' : *c;
}
