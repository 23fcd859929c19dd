/*
 * phrase.c - cutting into phrases and words, and how patterns match.
 */
#include "server/agent/phrase.h"

#include <criterion/criterion.h>

static struct phrases read(struct arena *a, const char *text)
{
	struct agent_message m = {.body = str_of(text)};

	return phrases_read(a, &m, 1);
}

static const char *words(struct arena *a, const struct phrase *p)
{
	char *out = arena_printf(a, "%s", "");

	for (size_t i = 0; i < p->n; i++)
		out = arena_printf(a, "%s%s" STR_FMT, out, i > 0 ? " " : "",
				   STR_ARG(p->words[i].text));
	return out;
}

Test(phrase, cuts_texts_into_phrases_and_words)
{
	static const struct {
		const char *text, *phrases[3];
	} cases[] = {
		{"Are you open? My bike's here!", {"are you open", "my bike s here"}},
		{"à 9 a.m. or 6 p.m. please", {"a 9 a m or 6 p m please"}},
		{"Ferm\xC3\xA9 aujourd\xE2\x80\x99hui?", {"ferme aujourdhui"}},
		{"u open 2moro? thx", {"you open tomorrow", "thanks"}},
		{"kim@example.com. Bye", {"kim example com", "bye"}},
		{"l'atelier; c'est où\nok", {"l atelier", "c est ou", "ok"}},
		{"\xF0\x9F\x91\x8D", {NULL}},
		{" ... ?! ", {NULL}},
		{"", {NULL}},
	};
	struct arena a = {0};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct phrases p = read(&a, cases[i].text);
		size_t want = 0;

		while (want < 3 && cases[i].phrases[want] != NULL)
			want++;
		cr_assert_eq(p.n, want, "%s: %zu", cases[i].text, p.n);
		for (size_t j = 0; j < p.n; j++)
			cr_expect_str_eq(words(&a, &p.p[j]), cases[i].phrases[j]);
	}
	arena_free(&a);
}

Test(phrase, says_when_it_could_not_read_all)
{
	struct arena a = {0};
	char text[AGENT_TEXT_MAX + 2] = {0};

	memset(text, 'a', AGENT_TEXT_MAX + 1);
	cr_expect(read(&a, text).cut);
	text[AGENT_TEXT_MAX] = '\0';
	cr_expect_not(read(&a, text).cut);
	for (size_t i = 1; i < 400; i += 2)
		text[i] = ' ';
	text[400] = '\0';
	cr_expect(read(&a, text).cut, "too many words in one phrase");
	arena_free(&a);
}

Test(phrase, matches_patterns)
{
	static const struct {
		const char *pattern, *text;
		bool match;
	} cases[] = {
		{"open", "are you open", true},
		{"^ open", "are you open", false},
		{"you open $", "are you open", true},
		{"are ... open", "are you guys still open", true},
		{"are ... open", "are you or they or them ever open", false},
		{"are ?you open", "are open", true},
		{"are ?you open", "are they open", false},
		{"refund*", "refunds please", true},
		{"a|b c", "b c", true},
		{"a|b c", "a b", false},
		{"order #", "order 4021", true},
		{"order #|status", "order status", true},
		{"order #", "order please", false},
		{"my name is _ $", "my name is Kim", true},
		{"warranty", "warrenty", true},
		{"warranty", "warantee", false},
		{"location", "locations", false},
		{"parking", "barking", false},
		{"close", "clothe", false},
	};
	struct arena a = {0};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct phrases p = read(&a, cases[i].text);
		struct match m;

		cr_expect_eq(pattern_find(cases[i].pattern, &p.p[0], 0, &m), cases[i].match,
			     "%s in %s", cases[i].pattern, cases[i].text);
	}
	arena_free(&a);
}

Test(phrase, marks_what_a_pattern_explains_and_not_its_gaps)
{
	struct arena a = {0};
	struct phrases p = read(&a, "are you guys open");

	cr_expect(pattern_mark("are ... open", &p.p[0]));
	cr_expect(p.p[0].words[0].explained && p.p[0].words[3].explained);
	cr_expect_not(p.p[0].words[1].explained || p.p[0].words[2].explained);
	arena_free(&a);
}
