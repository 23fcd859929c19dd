/*
 * sentences.c - the catalogue: every sentence in both languages, with the same places.
 */
#include "server/agent/sentences.h"

#include <criterion/criterion.h>

#include "shared/utf8.h"

/* Every {place} of `text` is in `other`. */
static void expect_places(const char *key, const char *text, const char *other)
{
	struct str rest = str_of(text);

	while (rest.p != NULL) {
		char place[40];
		struct str name;

		str_cut(&rest, '{');
		if (rest.p == NULL)
			break;
		cr_expect_geq(str_find_char(rest, '}'), 0, "%s: an open place", key);
		name = str_cut(&rest, '}');
		snprintf(place, sizeof(place), "{" STR_FMT "}", STR_ARG(name));
		cr_expect_not_null(strstr(other, place), "%s: %s in one language only", key, place);
	}
}

Test(sentences, stand_in_both_languages_with_the_same_places)
{
	for (int key = 0; key < SENTENCE_COUNT; key++) {
		const char *name = sentence_key((enum sentence)key);
		const char *en = sentence_text((enum sentence)key, LANGUAGE_EN);
		const char *fr = sentence_text((enum sentence)key, LANGUAGE_FR);

		cr_expect_gt(strlen(en), 0, "%s", name);
		cr_expect_gt(strlen(fr), 0, "%s", name);
		cr_expect_str_neq(en, fr, "%s", name);
		expect_places(name, en, fr);
		expect_places(name, fr, en);
	}
}

Test(sentences, keep_to_the_letters_of_a_cheap_text)
{
	static const char *const letters[] = {"é", "è", "à", "ù", "É"};

	for (int key = 0; key < SENTENCE_COUNT; key++) {
		for (enum language l = LANGUAGE_EN; l <= LANGUAGE_FR; l++) {
			struct str s = str_of(sentence_text((enum sentence)key, l));

			cr_expect(utf8_valid(s));
			for (size_t i = 0; i < s.n;) {
				bool known = (unsigned char)s.p[i] < 0x80 && s.p[i] != '`';
				uint32_t code;

				for (size_t j = 0; j < ARRAY_LEN(letters); j++)
					known = known ||
						str_starts(str_sub(s, i, s.n), str_of(letters[j]));
				cr_expect(known, "%s at %zu", s.p, i);
				i += utf8_next(str_sub(s, i, s.n), &code);
			}
		}
	}
}

Test(sentences, are_joined_and_filled)
{
	struct buf b = {0};

	SAY_PLAIN(&b, HELLO, LANGUAGE_EN);
	SAY(&b, DAY_CLOSED, LANGUAGE_EN, {"day", STR_LIT("today")});
	SAY(&b, HAND_OFF_BY, LANGUAGE_EN, {"when", STR_LIT("3:45 p.m.")});
	cr_expect_str_eq(buf_cstr(&b),
			 "Hi! Today, we're closed. A member of our team will answer you here "
			 "by 3:45 p.m.");
	buf_reset(&b);
	SAY(&b, DAY_CLOSED, LANGUAGE_FR, {"day", STR_LIT("samedi")});
	cr_expect_str_eq(buf_cstr(&b), "Samedi, nous sommes fermés.");
	buf_clear(&b);
}
