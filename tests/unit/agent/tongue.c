/*
 * tongue.c - which language is answered in, and what asks for one.
 */
#include "server/agent/tongue.h"

#include <criterion/criterion.h>

#define NONE LANGUAGE_UNKNOWN
#define EN   LANGUAGE_EN
#define FR   LANGUAGE_FR

static struct tongue settle(enum language asked, enum language chosen, const char *text,
			    enum language conversation, enum language customer, enum language store)
{
	struct agent_message m = {.body = str_of(text)};

	return tongue_settle(&(struct tongue_says){asked, chosen, conversation, customer, store, &m,
						   text == NULL ? 0 : 1});
}

Test(tongue, the_first_that_names_one_decides)
{
	static const struct {
		enum language asked, chosen;
		const char *text;
		enum language conversation, customer, store, settled;
		enum tongue_by by;
	} cases[] = {
		{EN, FR, "bonjour tout le monde", FR, FR, FR, EN, TONGUE_ASKED},
		{NONE, FR, "what are your hours today", EN, EN, EN, FR, TONGUE_CHOSEN},
		{NONE, NONE, "what are your hours today", FR, FR, FR, EN, TONGUE_WRITTEN},
		{NONE, NONE, "avez-vous des pneus d'hiver", EN, EN, EN, FR, TONGUE_WRITTEN},
		{NONE, NONE, "ok", FR, EN, EN, FR, TONGUE_CONVERSATION},
		{NONE, NONE, "4021", FR, EN, EN, FR, TONGUE_CONVERSATION},
		{NONE, NONE, "Cannondale Topstone", EN, FR, FR, EN, TONGUE_CONVERSATION},
		{NONE, NONE, NULL, FR, EN, EN, FR, TONGUE_CONVERSATION},
		{NONE, NONE, "700x28", NONE, FR, EN, FR, TONGUE_CUSTOMER},
		{NONE, NONE, "mon vélo est-il prêt", NONE, EN, EN, FR, TONGUE_WRITTEN},
		{NONE, NONE, "700x28", NONE, NONE, FR, FR, TONGUE_STORE},
		{NONE, NONE, "", NONE, NONE, NONE, EN, TONGUE_STORE},
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct tongue t = settle(cases[i].asked, cases[i].chosen, cases[i].text,
					 cases[i].conversation, cases[i].customer, cases[i].store);

		cr_expect_eq(t.language, cases[i].settled, "%zu: %s", i, cases[i].text);
		cr_expect_eq(t.by, cases[i].by, "%zu: by %d", i, t.by);
	}
}

Test(tongue, of_several_texts_the_latest_that_says_something_counts)
{
	struct agent_message texts[] = {{.body = STR_LIT("hello, is my bike ready?")},
					{.body = STR_LIT("mon vélo est-il prêt?")},
					{.body = STR_LIT("4021")}};
	struct tongue_says s = {.store = LANGUAGE_EN, .messages = texts, .messages_n = 3};

	cr_expect_eq(tongue_settle(&s).language, LANGUAGE_FR);
	s.messages_n = 1;
	cr_expect_eq(tongue_settle(&s).language, LANGUAGE_EN);
}

/* Both languages named by one phrase, and what is insisted on. */
Test(tongue, hears_what_is_asked_for)
{
	static const struct {
		const char *text;
		enum language named;
		bool insists;
	} cases[] = {
		{"English please", EN, true},
		{"en français svp", FR, true},
		{"en francais s'il vous plaît", FR, true},
		{"Do you speak English?", EN, true},
		{"parlez-vous anglais", EN, true},
		{"parlez-vous français?", FR, true},
		{"tu parles-tu anglais", EN, true},
		{"I don't speak French", EN, true},
		{"je ne parle pas anglais", FR, true},
		{"jparle pas anglais", FR, true},
		{"je comprends pas l'anglais", FR, true},
		{"sorry I only speak English", EN, true},
		{"can we continue in French", FR, true},
		{"can you answer in english", EN, true},
		{"répondez-moi en français", FR, true},
		{"stop writing to me in French", EN, true},
		{"arrêtez de m'écrire en anglais", FR, true},
		{"why are you answering in french", EN, true},
		{"is there someone who speaks French", FR, true},
		{"y a-t-il quelqu'un qui parle anglais", EN, true},
		{"I'd prefer English", EN, true},
		{"je préfère le français", FR, true},
		{"what's the status of order 4021 in English please", EN, true},
		{"je voudrais savoir pour ma commande, en anglais svp", EN, true},
		{"English or French is fine", NONE, false},
		{"English please, I don't speak French", EN, true},
		{"do you have the manual in French please", FR, false},
		{"French fries", FR, false},
		{"I like my French bike", FR, false},
	};
	struct arena a = {0};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct agent_message m = {.body = str_of(cases[i].text)};
		struct phrases p = phrases_read(&a, &m, 1);

		cr_assert_eq(p.n, 1, "%s", cases[i].text);
		cr_expect_eq(tongue_named(&p.p[0]), cases[i].named, "%s", cases[i].text);
		cr_expect_eq(tongue_insists(&p.p[0]), cases[i].insists, "%s", cases[i].text);
	}
	arena_free(&a);
}

Test(tongue, a_choice_sticks_in_a_conversation_without_a_customer)
{
	struct store s = {.name = STR_LIT("Northside Cycles"), .default_language = LANGUAGE_EN};
	struct agent_message m = {.body = STR_LIT("mon vélo est-il prêt?")};
	struct agent_in in = {.store = &s,
			      .conversation_language = LANGUAGE_EN,
			      .conversation_language_chosen = true,
			      .messages = &m,
			      .messages_n = 1};
	struct arena a = {0};
	struct agent_out out;

	agent_turn(&a, &in, &out);
	cr_expect_eq(out.language, LANGUAGE_EN);
	cr_expect_not(out.language_chosen);
	in.conversation_language_chosen = false;
	agent_turn(&a, &in, &out);
	cr_expect_eq(out.language, LANGUAGE_FR);
	arena_free(&a);
}
