/*
 * out_words.c - what customers are told whom the store calls: whose call it is comes first, in both
 * languages, and a machine hears no order number.
 */
#include "server/voice/out_words.h"

#include <criterion/criterion.h>

#include "shared/segments.h"
#include "shared/utf8.h"

static struct arena arena;
static struct out_words words;

static void tell(bool pickup, enum language l, const char *store, const char *order)
{
	out_words_of(&arena, pickup, l, str_of(store), str_of(order), STR_LIT("+14165550001"),
		     &words);
}

static void expect_in(const char *text, const char *part)
{
	cr_expect(strstr(text, part) != NULL, "\"%s\" is not in \"%s\"", part, text);
}

Test(out_words, say_first_that_it_is_automated_and_whose_call_it_is)
{
	static const struct {
		bool pickup;
		enum language language;
		const char *opening, *why;
	} cases[] = {
		{true, LANGUAGE_EN, "Hello. This is an automated call from Vélo Plateau",
		 "Your order 555 is ready for pickup."},
		{true, LANGUAGE_FR, "Bonjour. Ceci est un appel automatisé de Vélo Plateau",
		 "Votre commande 555 est prête à être ramassée."},
		{false, LANGUAGE_EN, "Hello. This is an automated call from Vélo Plateau",
		 "calling you back"},
		{false, LANGUAGE_FR, "Bonjour. Ceci est un appel automatisé de Vélo Plateau",
		 "qui vous rappelle"},
		{true, LANGUAGE_UNKNOWN, "Hello. This is an automated call from Vélo Plateau", ""},
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		tell(cases[i].pickup, cases[i].language, "Vélo Plateau", "555");
		cr_expect(str_starts(str_of(words.opening), str_of(cases[i].opening)), "%s",
			  words.opening);
		expect_in(words.opening, cases[i].why);
		expect_in(words.machine, "Vélo Plateau");
		expect_in(words.machine, "416 555-0001");
		expect_in(words.text, "416 555-0001");
		cr_expect(strstr(words.machine, "555 ") == NULL ||
			  strstr(words.machine, "416 555") != NULL);
		cr_expect(strstr(words.machine, "order 555") == NULL &&
			  strstr(words.machine, "commande 555") == NULL);
		arena_free(&arena);
	}
}

Test(out_words, texts_fit_two_parts_and_one_alphabet)
{
	for (int i = 0; i < 4; i++) {
		tell(i % 2 == 0, i < 2 ? LANGUAGE_EN : LANGUAGE_FR, "Bici Downtown", "10555");
		cr_expect_leq(segments_of(str_of(words.text)).count, 1u, "%s", words.text);
		cr_expect(strchr(words.text, '{') == NULL && strchr(words.opening, '{') == NULL &&
				  strchr(words.machine, '{') == NULL,
			  "%s %s %s", words.opening, words.machine, words.text);
		arena_free(&arena);
	}
}

Test(out_words, nothing_outgrows_its_column_and_no_number_leaves_no_gap)
{
	char store[400], order[200];

	memset(store, 'w', sizeof store - 1);
	store[sizeof store - 1] = '\0';
	memset(order, '9', sizeof order - 1);
	order[sizeof order - 1] = '\0';
	for (int i = 0; i < 4; i++) {
		const char *all[3];

		tell(i % 2 == 0, i < 2 ? LANGUAGE_EN : LANGUAGE_FR, store, order);
		all[0] = words.opening;
		all[1] = words.machine;
		all[2] = words.text;
		for (int t = 0; t < 3; t++)
			cr_expect_leq(strlen(all[t]), (size_t)OUT_WORDS_MAX, "%s", all[t]);
		arena_free(&arena);
	}
	tell(true, LANGUAGE_EN, "Bici", "");
	expect_in(words.opening, "Your order is ready");
	arena_free(&arena);
}
