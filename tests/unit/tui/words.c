/*
 * words.c - the catalogue: whole in both languages, with the same places to fill, and no wider than
 * a screen.
 */
#include <criterion/criterion.h>

#include "shared/utf8.h"
#include "tui/draw/text.h"
#include "tui/keys/action.h"
#include "tui/words/words.h"

static unsigned places(const char *text)
{
	unsigned found = 0;

	for (; *text != '\0'; text++) {
		if (text[0] == '{') {
			cr_expect(text[1] >= '1' && text[1] <= '3' && text[2] == '}',
				  "odd place in %s", text);
			found |= 1u << (text[1] - '0');
		}
	}
	return found;
}

Test(words, are_whole_in_both_languages)
{
	for (enum word w = WORD_NONE + 1; w < WORDS_N; w++) {
		const char *en = say(LANGUAGE_EN, w), *fr = say(LANGUAGE_FR, w);

		cr_expect(en != NULL && en[0] != '\0' && fr != NULL && fr[0] != '\0', "%s is empty",
			  word_name(w));
		cr_expect(utf8_valid(str_of(en)) && utf8_valid(str_of(fr)));
		cr_expect_eq(places(en), places(fr), "%s fills other places in French",
			     word_name(w));
		cr_expect_leq(text_width(str_of(en), false), 78, "%s is too wide", word_name(w));
		cr_expect_leq(text_width(str_of(fr), false), 78, "%s is too wide in French",
			      word_name(w));
	}
}

/* A help line stands behind 18 columns of keys. */
Test(words, of_help_fit_beside_their_keys)
{
	for (enum action a = ACT_NOTHING + 1; a < ACTS; a++) {
		enum word w = action_of(a)->help;

		cr_expect_leq(text_width(str_of(say(LANGUAGE_EN, w)), false), 61, "%s",
			      word_name(w));
		cr_expect_leq(text_width(str_of(say(LANGUAGE_FR, w)), false), 61, "%s",
			      word_name(w));
	}
}

Test(words, fill_their_places_in_any_order)
{
	char out[40];

	say_fill(out, sizeof out, "{2} and {1}, {1}", "a", "b", NULL);
	cr_expect_str_eq(out, "b and a, a");
	say_fill(out, sizeof out, "[{1}]{3}", NULL, NULL, "c");
	cr_expect_str_eq(out, "[]c");
	say_fill(out, 8, "ab{1}", "ééééé", NULL, NULL); /* cut between characters */
	cr_expect_str_eq(out, "abéé");
	say_fill(out, sizeof out, "{1}", "{2}", "x",
		 NULL); /* what was filled in is not filled again */
	cr_expect_str_eq(out, "{2}");
}

Test(words, count_as_each_language_does)
{
	static const struct {
		enum language language;
		int64_t n;
		const char *text;
	} cases[] = {
		{LANGUAGE_EN, 0, "0 segments"}, {LANGUAGE_EN, 1, "1 segment"},
		{LANGUAGE_EN, 2, "2 segments"}, {LANGUAGE_FR, 0, "0 segment"},
		{LANGUAGE_FR, 1, "1 segment"},  {LANGUAGE_FR, 2, "2 segments"},
	};
	char out[40];

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		say_count(out, sizeof out, cases[i].language, WORD_SEGMENTS_ONE, WORD_SEGMENTS_MANY,
			  cases[i].n);
		cr_expect_str_eq(out, cases[i].text);
	}
}

Test(words, show_codes_that_they_do_not_have)
{
	char out[40];

	say_code(out, sizeof out, LANGUAGE_FR, "ORDER_", "ready_for_pickup");
	cr_expect_str_eq(out, "prête à ramasser");
	say_code(out, sizeof out, LANGUAGE_EN, "VISIT_", "gone_fishing");
	cr_expect_str_eq(out, "gone fishing");
}
