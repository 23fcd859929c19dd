/*
 * cards.c - card numbers and security codes go, everything else stays.
 *
 * The numbers are the card companies' own published test numbers.
 */
#include "shared/cards.h"

#include <criterion/criterion.h>

#include "shared/buf.h"
#include "shared/cards_find.h"
#include "shared/clock.h"
#include "shared/utf8.h"
#include "tests/unit/twilio/outside.h"

#define NBSP "\xC2\xA0"
#define CARD "[card ****1111]"

struct redaction {
	const char *text, *wanted; /* NULL: stays as it is */
};

static void check(const struct redaction *cases, size_t count)
{
	struct arena a = {0};

	for (size_t i = 0; i < count; i++) {
		const char *wanted = cases[i].wanted == NULL ? cases[i].text : cases[i].wanted;
		struct str text = str_of(cases[i].text), got, again;
		unsigned found = 99;

		got = cards_redact(&a, text, &found);
		cr_expect(str_is(got, wanted), "\"%s\" became \"" STR_FMT "\"", cases[i].text,
			  STR_ARG(got));
		cr_expect_eq(found > 0, cases[i].wanted != NULL, "\"%s\"", cases[i].text);
		if (cases[i].wanted == NULL)
			cr_expect_eq(got.p, text.p, "an untouched text is not copied");
		again = cards_redact(&a, got, NULL);
		cr_expect(str_eq(again, got), "\"" STR_FMT "\" is changed again", STR_ARG(got));
	}
	arena_free(&a);
}

Test(cards, knows_the_issuers_and_the_check_digit)
{
	static const char *const good[] = {
		"4111111111111111", "4012888888881881",    "4222222222222",    "5555555555554444",
		"5105105105105100", "2223003122003222",    "378282246310005",  "371449635398431",
		"30569309025904",   "38520000023237",      "36227206271667",   "3056930009020004",
		"6011111111111117", "6011000990139424",    "3530111333300000", "3566002020360505",
		"6200000000000005", "6205500000000000004", "5018000000000009", "6304000000000000",
		"6759649826438453",
	};
	static const char *const bad[] = {
		"4111111111111112", /* check digit */
		"411111111111116",  /* Visa has no 15 */
		"7023210039414604", /* Canada Post */
		"1111111111111117",
		"0000000000000000",
		"9999999999999995",
		"5555555555554445",
		"37828224631000",
		"",
		"4",
	};

	for (size_t i = 0; i < ARRAY_LEN(good); i++)
		cr_expect(card_number_valid(good[i], strlen(good[i])), "%s", good[i]);
	for (size_t i = 0; i < ARRAY_LEN(bad); i++)
		cr_expect_not(card_number_valid(bad[i], strlen(bad[i])), "%s", bad[i]);
}

Test(cards, finds_figures_in_any_spacing)
{
	static const struct redaction cases[] = {
		{"4111111111111111", CARD},
		{"my card is 4111 1111 1111 1111 thanks", "my card is " CARD " thanks"},
		{"4111-1111-1111-1111.", CARD "."},
		{"4111.1111.1111.1111", CARD},
		{"4111" NBSP "1111" NBSP "1111" NBSP "1111", CARD},
		{"4111\n1111\r\n1111\t1111", CARD},
		{"4 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1", CARD},
		{"41 11 11 11 11 11 11 11", CARD},
		{"4111 11111111 1111", CARD},
		{"411111 1111111111", CARD},
		{"4111,1111,1111,1111", CARD},
		{"4111/1111/1111/1111", CARD},
		{"4111\xE2\x80\x93"
		 "1111\xE2\x80\x94"
		 "1111\xE2\x88\x92"
		 "1111",
		 CARD},
		{"4111 - 1111 - 1111 - 1111", CARD},
		{"4111\xE2\x80\x8B"
		 "1111\xE2\x80\x8B"
		 "1111\xE2\x80\x8B"
		 "1111",
		 CARD},
		{"\xEF\xBC\x94\xEF\xBC\x91\xEF\xBC\x91\xEF\xBC\x91 1111 1111 1111", CARD},
		{"4\xEF\xB8\x8F\xE2\x83\xA3"
		 "111 1111 1111 1111",
		 CARD},
		{"card:4111111111111111,exp 12/27", "card:" CARD ",exp 12/27"},
		{"card4111111111111111ok", "card" CARD "ok"},
		{"(4111 1111 1111 1111)", "(" CARD ")"},
		{"Amex 3782 822463 10005", "Amex [card ****0005]"},
		{"378282246310005", "[card ****0005]"},
		{"3056 930902 5904", "[card ****5904]"},
		{"4222222222222", "[card ****2222]"},
		{"6205500000000000004", "[card ****0004]"},
		{"4111 1111 1111 1111 and 5555 5555 5555 4444", CARD " and [card ****4444]"},
		{"4111111111111111 4111111111111111", CARD " " CARD},
		{"call 416-555-0199, card 4111 1111 1111 1111", "call 416-555-0199, card " CARD},
		{"416-555-0199 4111 1111 1111 1111", "416-555-0199 " CARD},
		{"4111 1111 1111 1111 +14165550199", CARD " +14165550199"},
		{"order 555: 4111 1111 1111 1111", "order 555: " CARD},
		{"2 bikes 4111 1111 1111 1111", "2 bikes " CARD},
		{"Ma carte c'est 4111 1111 1111 1111 merci", "Ma carte c'est " CARD " merci"},
	};

	check(cases, ARRAY_LEN(cases));
}

Test(cards, finds_numbers_told_in_words)
{
	static const struct redaction cases[] = {
		{"four one one one one one one one one one one one one one one one", CARD},
		{"it's Four One One One, one one one one, one one one one, one one one one ok",
		 "it's " CARD " ok"},
		{"four triple one one one one one double one double one one one one one", CARD},
		{"forty-one eleven eleven eleven eleven eleven eleven eleven", CARD},
		{"forty one eleven, eleven eleven, eleven eleven, eleven eleven", CARD},
		{"4111 one one one one 1111 one one one one", CARD},
		{"four thousand one hundred eleven 1111 1111 1111", CARD},
		{"forty-one hundred eleven 1111 1111 1111", CARD},
		{"four oh one two eight eight eight eight eight eight eight eight one eight eight "
		 "one",
		 "[card ****1881]"},
		{"4111 1111 then 1111 and then 1111", CARD},
		{"4111 1111 and the rest is 1111 1111", CARD},
		{"4111 dash 1111 dash 1111 dash 1111", CARD},
		/* French */
		{"quatre un un un un un un un un un un un un un un un", CARD},
		{"ma carte: quarante et un onze onze onze onze onze onze onze", "ma carte: " CARD},
		{"quarante-et-un onze, onze onze, onze onze, onze onze", CARD},
		{"cinquante-cinq cinquante-cinq cinquante cinq 55 5555 quarante-quatre 44",
		 "[card ****4444]"},
		{"cinq cinq cinq cinq cinq cinq cinq cinq cinq cinq cinq cinq quatre quatre quatre "
		 "quatre",
		 "[card ****4444]"},
		{"trois mille sept cent quatre-vingt-deux 822463 10005",
		 "[card ****0005]"}, /* 3782: Amex */
		{"trente-sept quatre-vingt-deux quatre vingt deux vingt-quatre soixante-trois dix "
		 "zero zero cinq",
		 "[card ****0005]"},
		{"Z\xC3\xA9ro non, quatre mille cent onze 1111 1111 1111",
		 "Z\xC3\xA9ro non, " CARD},
		{"quatre mille cent onze, mille cent onze, mille cent onze, mille cent onze", CARD},
		{"soixante onze 4111 1111 1111 1111", "soixante onze " CARD},
	};

	check(cases, ARRAY_LEN(cases));
}

Test(cards, security_codes_go_too)
{
	static const struct redaction cases[] = {
		{"cvv 123", "cvv [removed]"},
		{"CVV: 123", "CVV: [removed]"},
		{"cvv2 123", "cvv2 [removed]"},
		{"CVC=1234", "CVC=[removed]"},
		{"the cvv is 123", "the cvv is [removed]"},
		{"my security code is 123 ok", "my security code is [removed] ok"},
		{"code de s\xC3\xA9"
		 "curit\xC3\xA9 123",
		 "code de s\xC3\xA9"
		 "curit\xC3\xA9 [removed]"},
		{"le code de securite de ma carte c'est 123",
		 "le code de securite de ma carte c'est [removed]"},
		{"cryptogramme : 123", "cryptogramme : [removed]"},
		{"cvv one two three", "cvv [removed]"},
		{"cvv un deux trois", "cvv [removed]"},
		{"cvv cent vingt-trois", "cvv [removed]"},
		{"cvv 1 2 3", "cvv [removed]"},
		{"123 is the cvv", "[removed] is the cvv"},
		{"123 (cvv)", "[removed] (cvv)"},
		{"the 3 digits on the back are 123", "the 3 digits on the back are [removed]"},
		{"les trois chiffres au dos: 123", "les trois chiffres au dos: [removed]"},
		{"4111 1111 1111 1111 12/27 123", CARD " 12/27 [removed]"},
		{"4111 1111 1111 1111 123", CARD " [removed]"},
		{"4111111111111111 exp 12/27 cvv 123", CARD " exp 12/27 cvv [removed]"},
		{"4111 1111 1111 1111, exp 1227, 123", CARD ", exp 1227, [removed]"},
		{"4111 1111 1111 1111\n12/2027\n123", CARD "\n12/2027\n[removed]"},
		{"4111 1111 1111 1111 exp 12/27 code 123", CARD " exp 12/27 code [removed]"},
		{"3782 822463 10005 12/27 1234", "[card ****0005] 12/27 [removed]"},
		{"four one one one one one one one one one one one one one one one twelve "
		 "twenty-seven one "
		 "two three",
		 CARD " twelve twenty-seven [removed]"},
		/* and these are no codes */
		{"what is a cvv?", NULL},
		{"do you need my cvv? order 555", NULL},
		{"cvv for order 555", NULL},
		{"4111 1111 1111 1111 for order 555", CARD " for order 555"},
		{"4111 1111 1111 1111 12/27", CARD " 12/27"},
		{"4111 1111 1111 1111 exp 1227", CARD " exp 1227"},
		{"4111 1111 1111 1111. Order 555", CARD ". Order 555"},
		{"the code for the lock is 123", NULL},
		{"back in 300 m", NULL},
	};

	check(cases, ARRAY_LEN(cases));
}

Test(cards, other_numbers_survive)
{
	static const struct redaction cases[] = {
		{"+14165550199", NULL},
		{"call me at 416-555-0199 or 514-555-0100", NULL},
		{"416 555 0199, 514 555 0100, 438 555 0123", NULL},
		{"4165550199 5145550100", NULL},
		{"4165550199\n4385550123\n5145550100", NULL},
		{"+1 416 555 0199 +1 514 555 0100", NULL},
		{"+33 6 12 34 56 78", NULL},
		{"06 12 34 56 78", NULL},
		{"1Z999AA10123456784", NULL},
		{"1Z4111111111111111", NULL},
		{"7023210039414604", NULL},
		{"7023 2100 3941 4604", NULL},
		{"my tracking number is 4111111111111111", NULL},
		{"num\xC3\xA9ro de suivi : 4111 1111 1111 1111", NULL},
		{"colis no 4111111111111111?", NULL},
		{"9400111899223197428490", NULL},                 /* USPS, 22 */
		{"94001118992231974284904111111111111111", NULL}, /* longer than any card */
		{"612999992345678", NULL},                        /* FedEx, 15 */
		{"order 10234, order 10235 and order 10236", NULL},
		{"orders 5755, 1410 and 10581 please", NULL},
		{"order 3007, 29759 and 52162 please", NULL},
		{"commandes 3007, 29759 et 52162", NULL},
		{"orders 3007, 29759 and 52162", NULL},
		{"4111 1111 1111 1112", NULL},
		{"4111x1111x1111x1111", NULL},
		{"4lll o1oo", NULL},
		{"2026-11-22 17:05:09", NULL},
		{"from 10:00 to 18:30 on 22/11, 23/11 and 24/11/2026", NULL},
		{"29 inch, 160 mm, 12 speed, 2.4 tires, 1999.99 $", NULL},
		{"1 2 3 4 5 6 7 8 9 10 11 12 13 14 15", NULL},
		{"one or two bikes, three helmets", NULL},
		{"un v\xC3\xA9lo neuf, deux pneus et trois chambres \xC3\xA0 air", NULL},
		{"J'ai vingt-six ans et quatre v\xC3\xA9los", NULL},
		{"SB-10234 555 12", NULL},
		{"postal code H2X 1Y4", NULL},
		{"serial WTU123456789012345", NULL},
		{"", NULL},
		{"[card ****1111]", NULL},
		{"[card ****1111] ok", NULL},
	};

	check(cases, ARRAY_LEN(cases));
}

/* A tracking word saves a number only in a text that speaks of no card, and only beside it. */
Test(cards, a_tracking_word_is_no_licence)
{
	static const struct redaction cases[] = {
		{"tracking number? no, my card: 4111 1111 1111 1111",
		 "tracking number? no, my card: " CARD},
		{"track my parcel, here is 4111 1111 1111 1111", "track my parcel, here is " CARD},
		{"colis 4111111111111111 sur ma visa", "colis " CARD " sur ma visa"},
		{"parcel. 4111111111111111", "parcel. " CARD},
	};

	check(cases, ARRAY_LEN(cases));
}

/* ---- over several texts ---- */

static void check_join(const char *const *texts, const char *const *wanted, size_t count)
{
	struct arena a = {0};
	struct str got[8];
	bool changed[8];
	unsigned found, changes = 0;

	for (size_t i = 0; i < count; i++)
		got[i] = cards_redact(&a, str_of(texts[i]), NULL);
	found = cards_join(&a, got, count, changed);
	for (size_t i = 0; i < count; i++) {
		cr_expect(str_is(got[i], wanted[i]), "\"%s\" became \"" STR_FMT "\"", texts[i],
			  STR_ARG(got[i]));
		changes += changed[i];
	}
	cr_expect_eq(found > 0, changes > 0);
	arena_free(&a);
}

Test(cards, are_found_over_two_and_three_texts)
{
	static const struct {
		const char *texts[4], *wanted[4];
		bool asked; /* cards_might_continue says so of the last text */
	} cases[] = {
		{{"my card is 4111 1111", "1111 1111 thanks"},
		 {"my card is [card]", CARD " thanks"},
		 true},
		{{"4111 1111", "1111", "1111"}, {"[card]", "[card]", CARD}, true},
		{{"4111 1111 1111", "11", "11"}, {"[card]", "[card]", CARD}, true},
		{{"4111 1111 1111 11...", "and the rest is 11"},
		 {"[card]...", "and the rest is " CARD},
		 false},
		{{"here: 4111 1111!", "then 1111 1111."},
		 {"here: [card]!", "then " CARD "."},
		 true},
		{{"four one one one one one one one", "one one one one one one one one"},
		 {"[card]", CARD},
		 true},
		{{"quarante et un onze onze onze", "onze onze onze onze merci"},
		 {"[card]", CARD " merci"},
		 true},
		{{"4111 1111 1111 1111", "12/27 123"}, {CARD, "12/27 [removed]"}, true},
		{{"4111 1111 1111 1111", "123"}, {CARD, "[removed]"}, true},
		{{"card 4111 1111 1111 1111 exp", "12/27", "123"},
		 {"card " CARD " exp", "12/27", "[removed]"},
		 true},
		{{"here is the cvv", "123"}, {"here is the cvv", "[removed]"}, true},
		{{"123", "is the cvv"}, {"[removed]", "is the cvv"}, true},
		/* and nothing here */
		{{"my order is 4111", "1111 1111 1112 ok"},
		 {"my order is 4111", "1111 1111 1112 ok"},
		 true},
		{{"call 416-555-0199", "or 514-555-0100"},
		 {"call 416-555-0199", "or 514-555-0100"},
		 true},
		{{"416-555-0199", "514-555-0100"}, {"416-555-0199", "514-555-0100"}, true},
		{{"4111 1111 is my first", "1111 1111"},
		 {"4111 1111 is my first", "1111 1111"},
		 true},
		{{"hello", "two tires please"}, {"hello", "two tires please"}, false},
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		size_t n = 0;

		while (n < 4 && cases[i].texts[n] != NULL)
			n++;
		check_join(cases[i].texts, cases[i].wanted, n);
		if (cases[i].asked)
			cr_expect(cards_might_continue(str_of(cases[i].texts[n - 1])), "\"%s\"",
				  cases[i].texts[n - 1]);
	}
}

Test(cards, an_ordinary_text_needs_no_look_back)
{
	static const char *const ordinary[] = {
		"",
		"Hi, is my bike ready?",
		"two tires please",
		"I have 2 bikes",
		"26 inch please",
		"Bonjour, avez-vous un v\xC3\xA9lo de route?",
		"order 555 please",
		"ok!",
		"at 5",
		"5pm works",
	};

	for (size_t i = 0; i < ARRAY_LEN(ordinary); i++)
		cr_expect_not(cards_might_continue(str_of(ordinary[i])), "\"%s\"", ordinary[i]);
}

/* ---- hostile and at length ---- */

Test(cards, naughty_strings_stay_as_they_are)
{
	json_t *all = outside_json("corpora/text/blns/blns.json"), *s;
	struct arena a = {0};
	unsigned found;
	size_t i;

	if (all == NULL)
		cr_skip_test("skipped: the naughty strings are not here");
	json_array_foreach(all, i, s)
	{
		struct str text = str_make(json_string_value(s), json_string_length(s));

		cr_expect_eq(cards_redact(&a, text, &found).p, text.p, STR_FMT, STR_ARG(text));
	}
	json_decref(all);
	arena_free(&a);
}

/* Any spacing: the same number with every kind of thing between, one at a time. */
Test(cards, nothing_between_hides_a_number)
{
	static const char *const between[] = {
		"", " ", "-", ".", "\n", NBSP, " - ", "  ", ", ", "\xE2\x80\xAF", "\xE2\x80\x8B"};
	struct arena a = {0};
	struct buf b = {0};
	uint32_t seed = 1;

	for (int round = 0; round < 3000; round++) {
		struct str got;
		unsigned found;

		buf_reset(&b);
		buf_add_cstr(&b, "Pay with ");
		for (const char *p = "5555555555554444"; *p != '\0'; p++) {
			seed = seed * 1664525u + 1013904223u;
			buf_add_char(&b, *p);
			if (p[1] != '\0')
				buf_add_cstr(&b, between[(seed >> 16) % ARRAY_LEN(between)]);
		}
		buf_add_cstr(&b, " please");
		got = cards_redact(&a, buf_str(&b), &found);
		cr_expect(str_is(got, "Pay with [card ****4444] please"), "%s", buf_cstr(&b));
		arena_clear(&a);
	}
	buf_clear(&b);
	arena_free(&a);
}

/* Long texts that offer as many readings as possible end soon. */
Test(cards, hostile_text_costs_little)
{
	static const char *const pieces[] = {
		"quatre vingt dix ", "4 ",           "four ",   "cent ", "mille cent ",   "cvv ",
		"[card] ",           "4111 ",        "double ", "1",     "416 555 0199 ", "+4 ",
		"dos chiffres ",     "vingt et un ", "[card]1", "cvv 1 "};
	struct arena a = {0};
	struct buf b = {0};

	for (size_t i = 0; i < ARRAY_LEN(pieces); i++) {
		int64_t start = clock_mono_us();

		buf_reset(&b);
		while (b.n < 60000)
			buf_add_cstr(&b, pieces[i]);
		(void)cards_redact(&a, buf_str(&b), NULL);
		(void)cards_might_continue(buf_str(&b));
		cr_expect_lt(clock_mono_us() - start, 5000000, "\"%s\" took %lld us", pieces[i],
			     (long long)(clock_mono_us() - start));
		arena_clear(&a);
	}
	buf_clear(&b);
	arena_free(&a);
}

Test(cards, an_ordinary_text_is_kept_without_looking_at_the_earlier_ones)
{
	static const struct {
		const char *text;
		bool looks;
	} cases[] = {
		{"Bonjour, is my bike ready for pickup today? Order 555", false},
		{"What time do you close on Saturday?", false},
		{"Merci!", false},
		{"1111 1111", true},
		{"11", true},
		{"and the rest is 1111 1111", true},
		{"onze cent onze", true},
		{"cvv is 123", true},
		{"my order is 4021", true},
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++)
		cr_expect_eq(cards_might_go_on(str_of(cases[i].text)), cases[i].looks, "\"%s\"",
			     cases[i].text);
}
