/*
 * outage.c - what is known while the database is away.
 */
#include "server/voice/outage.h"

#include <criterion/criterion.h>

Test(outage, remembers_a_stores_number_as_it_was_last_read)
{
	struct outage *o = outage_new();
	struct outage_store s;

	cr_expect_not(outage_store(o, STR_LIT("+14165550001"), &s));
	outage_store_keep(o, STR_LIT("+14165550001"), STR_LIT("+14165550100"), LANGUAGE_FR);
	cr_expect(outage_store(o, STR_LIT("+14165550001"), &s));
	cr_expect(str_is(s.number, "+14165550100"));
	cr_expect_eq(s.language, LANGUAGE_FR);
	outage_store_keep(o, STR_LIT("+14165550001"), (struct str){NULL, 0}, LANGUAGE_EN);
	cr_expect(outage_store(o, STR_LIT("+14165550001"), &s));
	cr_expect_eq(s.number.n, 0);
	cr_expect_not(outage_store(o, (struct str){NULL, 0}, &s));
	outage_free(o);
}

Test(outage, keeps_what_was_said_until_it_is_taken)
{
	struct outage *o = outage_new();
	struct outage_words in = {.words = STR_LIT("are you open"), .confidence = STR_LIT("0.9")},
			    out;
	struct arena a = {0};

	outage_words_take(o, &a, STR_LIT("c:1"), &out);
	cr_expect_eq(out.words.n, 0);
	outage_words_keep(o, STR_LIT("c:1"), &in);
	outage_words_take(o, &a, STR_LIT("c:2"), &out);
	cr_expect_eq(out.words.n, 0);
	outage_words_take(o, &a, STR_LIT("c:1"), &out);
	cr_expect(str_is(out.words, "are you open"));
	cr_expect(str_is(out.confidence, "0.9"));
	cr_expect_eq(out.digits.n, 0);
	outage_words_take(o, &a, STR_LIT("c:1"), &out);
	cr_expect_eq(out.words.n, 0);
	for (int i = 0; i < 2000; i++) /* bounded */
		outage_words_keep(o, STR_LIT("c:9"), &in);
	arena_free(&a);
	outage_free(o);
}
