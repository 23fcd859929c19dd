/*
 * keywords.c - which texts stop, start and ask for help, and which only look like it.
 */
#include "server/twilio/keywords.h"

#include <criterion/criterion.h>

#include "tests/unit/twilio/outside.h"

#define NO KEYWORD_NONE, KEYWORD_EITHER, false, false

static const struct {
	const char *body;
	enum keyword_class class;
	enum keyword_language language;
	bool answered, only_if_opted_out;
} cases[] = {
	{"STOP", KEYWORD_STOP, KEYWORD_EITHER, true, false},
	{"  stop \r\n", KEYWORD_STOP, KEYWORD_EITHER, true, false},
	{"Unsubscribe", KEYWORD_STOP, KEYWORD_ENGLISH, true, false},
	{"END", KEYWORD_STOP, KEYWORD_ENGLISH, true, false},
	{"quit", KEYWORD_STOP, KEYWORD_ENGLISH, true, false},
	{"STOPALL", KEYWORD_STOP, KEYWORD_ENGLISH, true, false},
	{"Revoke", KEYWORD_STOP, KEYWORD_ENGLISH, true, false},
	{"OptOut", KEYWORD_STOP, KEYWORD_ENGLISH, true, false},
	{"Cancel", KEYWORD_STOP, KEYWORD_ENGLISH, true, false},
	{"opt out", KEYWORD_STOP, KEYWORD_ENGLISH, false, false},
	/* punctuation: ours to honour, and the carrier may not have noticed */
	{"STOP.", KEYWORD_STOP, KEYWORD_EITHER, false, false},
	{"\"Stop!\"", KEYWORD_STOP, KEYWORD_EITHER, false, false},
	{"\xE2\x80\x9CSTOP\xE2\x80\x9D", KEYWORD_STOP, KEYWORD_EITHER, false, false},
	{"\xC2\xAB ARR\xC3\x8AT \xC2\xBB", KEYWORD_STOP, KEYWORD_FRENCH, false, false},
	{"stop\xC2\xA0", KEYWORD_STOP, KEYWORD_EITHER, false, false},
	{"\xEF\xBC\xB3\xEF\xBC\xB4\xEF\xBC\xAF\xEF\xBC\xB0", KEYWORD_STOP, KEYWORD_EITHER, false,
	 false},
	{"ARRET", KEYWORD_STOP, KEYWORD_FRENCH, false, false},
	{"Arr\xC3\xAAt", KEYWORD_STOP, KEYWORD_FRENCH, false, false},
	{"arre\xCC\x82t", KEYWORD_STOP, KEYWORD_FRENCH, false, false},
	{"ARR\xC3\x8ATE", KEYWORD_STOP, KEYWORD_FRENCH, false, false},
	{"arr\xC3\xAAter", KEYWORD_STOP, KEYWORD_FRENCH, false, false},
	{"ARRETT", KEYWORD_STOP, KEYWORD_FRENCH, false, false},
	{"D\xC3\xA9sabonner", KEYWORD_STOP, KEYWORD_FRENCH, false, false},
	{"DESINSCRIRE", KEYWORD_STOP, KEYWORD_FRENCH, false, false},
	{"start", KEYWORD_START, KEYWORD_ENGLISH, true, false},
	{"UNSTOP", KEYWORD_START, KEYWORD_ENGLISH, true, false},
	{"Yes", KEYWORD_START, KEYWORD_ENGLISH, true, true},
	{"Oui!", KEYWORD_START, KEYWORD_FRENCH, false, true},
	{"R\xC3\xA9"
	 "abonner",
	 KEYWORD_START, KEYWORD_FRENCH, false, false},
	{"help", KEYWORD_HELP, KEYWORD_ENGLISH, true, false},
	{"HELP?", KEYWORD_HELP, KEYWORD_ENGLISH, false, false},
	{"Info", KEYWORD_HELP, KEYWORD_EITHER, true, false},
	{"aide", KEYWORD_HELP, KEYWORD_FRENCH, false, false},
	/* not alone, not the word, not text */
	{"STOP PLEASE", NO},
	{"please stop", NO},
	{"Stop texting me", NO},
	{"don't stop", NO},
	{"S T O P", NO},
	{"STOPP", NO},
	{"non-stop", NO},
	{"stop stop", NO},
	{"Cancel my appointment", NO},
	{"when does it end", NO},
	{"the weekend", NO},
	{"oui merci", NO},
	{"aide-moi", NO},
	{"informations", NO},
	{"", NO},
	{"   ", NO},
	{"...", NO},
	{"?", NO},
	{"\xF0\x9F\x9B\x91", NO},
	{"stop\xFF", NO},
};

Test(keywords, only_the_word_alone_counts)
{
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct keyword k = keyword_of(str_of(cases[i].body), (struct str){NULL, 0});

		cr_expect_eq(k.class, cases[i].class, "\"%s\"", cases[i].body);
		cr_expect_eq(k.language, cases[i].language, "\"%s\"", cases[i].body);
		cr_expect_eq(k.answered_by_carrier, cases[i].answered, "\"%s\"", cases[i].body);
		cr_expect_eq(k.only_if_opted_out, cases[i].only_if_opted_out, "\"%s\"",
			     cases[i].body);
	}
}

Test(keywords, the_carriers_own_finding_decides)
{
	struct keyword k = keyword_of(STR_LIT("ARR\xC3\x8AT"), STR_LIT("STOP"));

	cr_expect(k.class == KEYWORD_STOP && k.language == KEYWORD_FRENCH && k.answered_by_carrier);
	k = keyword_of(STR_LIT("ciao"), STR_LIT("STOP"));
	cr_expect(k.class == KEYWORD_STOP && k.language == KEYWORD_EITHER && k.answered_by_carrier);
	k = keyword_of(STR_LIT("YES"), STR_LIT("START"));
	cr_expect(k.class == KEYWORD_START && !k.only_if_opted_out);
	k = keyword_of(STR_LIT("STOP"), STR_LIT("HELP"));
	cr_expect(k.class == KEYWORD_HELP && k.answered_by_carrier);
	k = keyword_of(STR_LIT("STOP"), STR_LIT("SOMETHING"));
	cr_expect(k.class == KEYWORD_STOP);
	k = keyword_of(STR_LIT("hello"), STR_LIT(""));
	cr_expect(k.class == KEYWORD_NONE);
}

Test(keywords, no_naughty_string_stops_or_starts)
{
	json_t *all = outside_json("corpora/text/blns/blns.json"), *s;
	size_t i;

	if (all == NULL)
		cr_skip_test("skipped: the naughty strings are not here");
	json_array_foreach(all, i, s)
	{
		struct str body = str_make(json_string_value(s), json_string_length(s));

		enum keyword_class class = keyword_of(body, (struct str){NULL, 0}).class;

		cr_expect(class == KEYWORD_NONE ||
				  (class == KEYWORD_HELP && str_is(body, "--help")),
			  STR_FMT, STR_ARG(body));
	}
	json_decref(all);
}
