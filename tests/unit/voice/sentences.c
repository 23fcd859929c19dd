/*
 * sentences.c - what callers hear stands in both languages, and in a form that its users can take.
 */
#include "server/voice/sentences.h"

#include <criterion/criterion.h>
#include <jansson.h>

#include "shared/str.h"
#include "shared/utf8.h"

Test(sentences, stand_in_both_languages)
{
	for (int key = 0; key < VOICE_SENTENCE_COUNT; key++) {
		const char *name = voice_sentence_key((enum voice_sentence)key);
		const char *en = voice_sentence((enum voice_sentence)key, LANGUAGE_EN);
		const char *fr = voice_sentence((enum voice_sentence)key, LANGUAGE_FR);

		cr_expect_str_neq(en, fr, "%s", name);
		cr_expect_str_eq(en, voice_sentence((enum voice_sentence)key, LANGUAGE_UNKNOWN));
		cr_expect_eq(strstr(en, "{store}") == NULL, strstr(fr, "{store}") == NULL, "%s",
			     name);
		for (const char *s = en; s != NULL; s = s == en ? fr : NULL) {
			cr_expect_gt(strlen(s), 5, "%s", name);
			cr_expect(utf8_valid(str_of(s)), "%s", name);
			cr_expect_null(strpbrk(s, "\"\\\n\t"), "%s: no JSON text", name);
			cr_expect_not_null(strchr(".?!", s[strlen(s) - 1]), "%s: no end", name);
		}
	}
}

Test(sentences, make_the_greetings_words)
{
	static const char *const words[] = {"hello", "other", "ask"};
	struct arena a = {0};
	json_t *j = json_loads(voice_greeting_json(&a), JSON_REJECT_DUPLICATES, NULL);

	cr_assert_not_null(j);
	for (size_t i = 0; i < ARRAY_LEN(words); i++) {
		const json_t *w = json_object_get(j, words[i]);

		cr_expect(json_is_string(json_object_get(w, "en")), "%s", words[i]);
		cr_expect(json_is_string(json_object_get(w, "fr")), "%s", words[i]);
	}
	json_decref(j);
	arena_free(&a);
}

/* twilio.md 4.1 and 4.2: voices that exist, in the language that they speak; at most 500 hints of
 * 100 characters. */
Test(sentences, are_spoken_and_heard_in_a_way_that_the_carrier_has)
{
	const struct voice_manner *en = voice_manner_of(LANGUAGE_EN),
				  *fr = voice_manner_of(LANGUAGE_FR);

	cr_expect_str_eq(en->language, "en-US");
	cr_expect_str_eq(fr->language, "fr-CA");
	cr_expect_str_eq(fr->voice, "Polly.Gabrielle-Neural");
	cr_expect_eq(voice_manner_of(LANGUAGE_UNKNOWN), en);
	for (const struct voice_manner *m = en; m != NULL; m = m == en ? fr : NULL) {
		struct str rest = str_of(m->hints);
		size_t n = 0;

		for (; rest.p != NULL; n++) {
			struct str hint = str_cut(&rest, ',');

			cr_expect(hint.n > 0 && utf8_count(hint) <= 100, "\"" STR_FMT "\"",
				  STR_ARG(hint));
		}
		cr_expect(n > 20 && n <= 500, "%zu", n);
	}
}
