/*
 * speech.c - what is written is spoken as people say it, and what is not known stays as it is.
 */
#include "server/voice/speech.h"

#include <criterion/criterion.h>

#include "shared/utf8.h"

struct spoken {
	const char *text, *said;
};

static void expect_spoken(const struct spoken *cases, size_t n, enum language l)
{
	struct buf b = {0};

	for (size_t i = 0; i < n; i++) {
		buf_reset(&b);
		speech_add(&b, str_of(cases[i].text), l);
		cr_expect_str_eq(buf_cstr(&b), cases[i].said, "%s\n  spoken %s\n  wanted %s",
				 cases[i].text, buf_cstr(&b), cases[i].said);
	}
	buf_clear(&b);
}

Test(speech, english)
{
	static const struct spoken cases[] = {
		{"", ""},
		{"Hi! How can I help you?", "Hi! How can I help you?"},
		{"We're open now, until 6:00 p.m.", "We're open now, until 6 p.m."},
		{"from 9:30 a.m. to noon", "from 9:30 a.m. to noon"},
		{"Our phone number is +1 416 555-0101.",
		 "Our phone number is 4 1 6, 5 5 5, 0 1 0 1."},
		{"call (416) 555-0101 or 416-555-0102",
		 "call 4 1 6, 5 5 5, 0 1 0 1 or 4 1 6, 5 5 5, 0 1 0 2"},
		{"+33 6 12 34 56 78", "plus 3 3 6 1 2 3 4 5 6 7 8"},
		{"Bikes rent at $40 a day.", "Bikes rent at 40 dollars a day."},
		{"$1,299.99, or $1", "1299 dollars and 99 cents, or 1 dollar"},
		{"It is $5.01", "It is 5 dollars and 1 cent"},
		{"Your order 4021 is ready", "Your order 4 0 2 1 is ready"},
		{"#1042 and BC-10234", "number 1 0 4 2 and B C 1 0 2 3 4"},
		{"In 2026 we had 1500 bikes", "In 2026 we had 1500 bikes"},
		{"700x28 tubes", "700x28 tubes"},
		{"12 Main St, Toronto, ON H2T 1S4", "12 Main St, Toronto, ON H 2 T, 1 S 4"},
		{"You can e-mail us at hello@north-side.example.",
		 "You can e-mail us at hello at north dash side dot example."},
		{"See https://www.bici.example/returns.",
		 "See www dot bici dot example slash returns."},
		{"2026-11-22", "2026-11-22"},
		{"a@b", "a@b"},
		{"24/7, and/or", "24/7, and/or"},
		{"Mr. X... ok", "Mr. X... ok"},
	};

	expect_spoken(cases, ARRAY_LEN(cases), LANGUAGE_EN);
}

Test(speech, french)
{
	static const struct spoken cases[] = {
		{"Nous sommes ouverts de 9 h à 17 h 30.",
		 "Nous sommes ouverts de 9 heures à 17 heures 30."},
		{"demain à 1 h", "demain à 1 heure"},
		{"à 10 h 05", "à 10 heures 5"},
		{"à 10 h 00", "à 10 heures"},
		{"Location à 40 $ par jour.", "Location à 40 dollars par jour."},
		{"1 299,99 $", "1299 dollars et 99 cents"},
		{"1\xC2\xA0"
		 "299,99\xC2\xA0$",
		 "1299 dollars et 99 cents"},
		{"Notre numéro de téléphone: +1 514 555-0101.",
		 "Notre numéro de téléphone: 5 1 4, 5 5 5, 0 1 0 1."},
		{"Votre commande 4021 est prête", "Votre commande 4 0 2 1 est prête"},
		{"la commande #77", "la commande numéro 7 7"},
		{"info@velo.example", "info arobas velo point example"},
		{"3 hommes", "3 hommes"},
		{"Mercredi 24 juin (St-Jean)", "Mercredi 24 juin (St-Jean)"},
	};

	expect_spoken(cases, ARRAY_LEN(cases), LANGUAGE_FR);
}

/* Whatever comes in, all of it comes out in some form, and it stays text. */
Test(speech, takes_anything)
{
	static const char *const bits[] = {"$", "+", "#",    "@",        "9",        " h",
					   ",", ".", "A",    "-",        "\xC2\xA0", "\xC3\xA9",
					   "(", "/", "www.", "https://", "order ",   "00"};
	unsigned state = 7;

	for (int round = 0; round < 20000; round++) {
		struct buf text = {0}, out = {0};

		for (int i = 0; i < 12; i++) {
			state = state * 1103515245u + 12345u;
			buf_add_cstr(&text, bits[(state >> 16) % ARRAY_LEN(bits)]);
		}
		speech_add(&out, buf_str(&text), round % 2 ? LANGUAGE_EN : LANGUAGE_FR);
		cr_assert(utf8_valid(buf_str(&out)), "%s", buf_cstr(&text));
		buf_clear(&text);
		buf_clear(&out);
	}
}
