/*
 * text.c - the small types of text and memory: str, buf, arena, and what outside bytes become
 * (utf8).
 */
#include <criterion/criterion.h>

#include "shared/arena.h"
#include "shared/buf.h"
#include "shared/utf8.h"

Test(str, reads_whole_numbers_and_nothing_else)
{
	static const struct {
		const char *text;
		bool ok;
		int64_t value;
	} cases[] = {
		{"0", true, 0},     {"-12", true, -12}, {"007", true, 7},
		{"", false, 0},     {"-", false, 0},    {"+5", false, 0},
		{" 5", false, 0},   {"5 ", false, 0},   {"5,5", false, 0},
		{"101", false, 0},  {"1e2", false, 0},  {"9223372036854775808", false, 0},
		{"0x10", false, 0},
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		int64_t v = 0;
		bool ok = str_int(str_of(cases[i].text), -100, 100, &v);

		cr_expect_eq(ok, cases[i].ok, "\"%s\"", cases[i].text);
		cr_expect(!ok || v == cases[i].value, "\"%s\" read as %" PRId64, cases[i].text, v);
	}
}

Test(str, cuts_trims_and_finds_without_leaving_its_bounds)
{
	struct str rest = str_of("a;bc;;d"), part;

	part = str_cut(&rest, ';');
	cr_expect(str_is(part, "a"));
	part = str_cut(&rest, ';');
	cr_expect(str_is(part, "bc"));
	part = str_cut(&rest, ';');
	cr_expect_eq(part.n, 0);
	part = str_cut(&rest, ';');
	cr_expect(str_is(part, "d") && rest.p == NULL);
	cr_expect(str_is(str_trim(str_of(" \t x y \r\n")), "x y"));
	cr_expect_eq(str_trim(str_of(" \n ")).n, 0);
	cr_expect(str_is(str_sub(str_of("abcdef"), 2, 3), "cde"));
	cr_expect_eq(str_sub(str_of("abc"), 3, 1).n, 0);
	cr_expect_eq(str_find(str_of("abcabc"), str_of("ca")), 2);
	cr_expect_eq(str_find(str_of("abc"), str_of("abcd")), -1);
	cr_expect(str_eq_nocase(str_of("HeLLo"), str_of("hEllO")));
	cr_expect_lt(str_cmp(str_of("Called"), str_of("Caller")), 0);
	cr_expect_lt(str_cmp(str_of("CallSid"), str_of("Called")), 0);
}

Test(buf, adds_all_or_nothing_and_says_when_it_was_too_much)
{
	struct buf b;

	buf_init(&b, 8);
	cr_expect(buf_add_cstr(&b, "12345"));
	cr_expect(!buf_add_cstr(&b, "6789"));
	cr_expect(b.overflowed);
	cr_expect_str_eq(buf_cstr(&b), "12345");
	cr_expect(buf_printf(&b, "%03d", 7));
	cr_expect_str_eq(buf_cstr(&b), "12345007");
	cr_expect(!buf_add_char(&b, 'x'));
	buf_drop(&b, 5);
	cr_expect_str_eq(buf_cstr(&b), "007");
	buf_clear(&b);
	cr_expect_str_eq(buf_cstr(&b), "");
}

Test(arena, gives_zeroed_memory_that_stays_until_it_is_cleared)
{
	struct arena a = {0};
	char *kept = arena_strdup(&a, "kept");
	unsigned char *large;

	for (int i = 0; i < 1000; i++) {
		unsigned char *p = arena_take(&a, 37);

		for (int j = 0; j < 37; j++)
			cr_assert_eq(p[j], 0);
		memset(p, 0xAA, 37);
	}
	large = arena_take(&a, 100000);
	cr_expect_eq(large[99999], 0);
	cr_expect_str_eq(kept, "kept");
	cr_expect_str_eq(arena_printf(&a, "%s-%d", "x", 5), "x-5");
	arena_clear(&a);
	cr_expect_eq(*(unsigned char *)arena_take(&a, 1), 0);
	arena_free(&a);
}

Test(utf8, keeps_what_is_valid_and_mends_the_rest)
{
	static const struct {
		const char *what;
		struct str in, out;
	} cases[] = {
		{"plain", STR_LIT("vélo 🚲"), STR_LIT("vélo 🚲")},
		{"a NUL", STR_LIT("a\0b"),
		 STR_LIT("a\xEF\xBF\xBD"
			 "b")},
		{"a stray continuation", STR_LIT("a\x80z"), STR_LIT("a\xEF\xBF\xBDz")},
		{"cut at the end", STR_LIT("caf\xC3"), STR_LIT("caf\xEF\xBF\xBD")},
		{"overlong slash: each byte alone", STR_LIT("\xC0\xAF"),
		 STR_LIT("\xEF\xBF\xBD\xEF\xBF\xBD")},
		{"a surrogate", STR_LIT("\xED\xA0\x80"),
		 STR_LIT("\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD")},
		{"beyond U+10FFFF", STR_LIT("\xF4\x90\x80\x80"),
		 STR_LIT("\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD")},
		{"three of four bytes: one subpart", STR_LIT("\xF0\x9F\x9Az"),
		 STR_LIT("\xEF\xBF\xBDz")},
		{"latin-1", STR_LIT("\xE9t\xE9"), STR_LIT("\xEF\xBF\xBDt\xEF\xBF\xBD")},
	};
	struct arena a = {0};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct str got = utf8_repair(&a, cases[i].in);

		cr_expect(str_eq(got, cases[i].out), "%s: \"" STR_FMT "\"", cases[i].what,
			  STR_ARG(got));
		cr_expect(utf8_valid(got), "%s", cases[i].what);
	}
	cr_expect(str_is(utf8_fold(&a, str_of("ARRÊT l’Été ﬁn")), "arret l'ete fin"));
	cr_expect(str_is(utf8_cut(str_of("né🚲"), 6), "né"));
	cr_expect_eq(utf8_count(str_of("né🚲")), 3);
	arena_free(&a);
}

Test(utf8, knows_where_a_readers_character_ends)
{
	static const struct {
		const char *text;
		size_t bytes; /* of the first */
	} cases[] = {
		{"", 0},
		{"ab", 1},
		{"\r\nx", 2},
		{"e\xCC\x81x", 3},                                     /* a letter and its accent */
		{"\xF0\x9F\x91\x8D\xF0\x9F\x8F\xBDx", 8},              /* thumb, skin */
		{"\xF0\x9F\x91\xA9\xE2\x80\x8D\xF0\x9F\x94\xA7x", 11}, /* woman, joiner, wrench */
		{"\xF0\x9F\x87\xA8\xF0\x9F\x87\xA6\xF0\x9F\x87\xA8", 8}, /* a flag, half another */
		{"\xFF\xCC\x81", 1},
		{"a\xFF", 1},
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++)
		cr_expect_eq(utf8_grapheme(str_of(cases[i].text)), cases[i].bytes, "case %zu", i);
}
