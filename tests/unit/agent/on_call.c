/*
 * on_call.c - the agent on the telephone: nobody is announced who cannot come, a call back has a
 * time, a message can be left, and silence is not taken for a wish.
 */
#include "tests/unit/agent/shop.h"

#define CLOSED  "2026-06-14T11:00:00-04:00" /* a Sunday */
#define PROMISE "2026-06-16T15:45:00-04:00"

static struct agent_in call_in(const struct store *s, bool person_here)
{
	struct agent_in in = shop_in(s);

	in.call = true;
	in.person_here = person_here;
	in.reachable = true;
	return in;
}

static void expect_said(const struct agent_out *out, const char *wanted)
{
	cr_expect_str_eq(out->say.p, wanted, "%s\nwanted %s", out->say.p, wanted);
}

Test(on_call, a_person_comes_while_somebody_is_there)
{
	struct store s = shop();
	struct arena a = {0};
	struct agent_in in = call_in(&s, true);
	struct agent_out out = turn(&a, in, "I want to talk to a person", NULL);

	expect_said(&out,
		    "I'm asking a member of our team to come to the phone. Please stay on the "
		    "line; I'm here with you in the meantime.");
	cr_expect(out.escalate && out.person_now);
	cr_expect_str_eq(out.reason, "human_request");
	cr_expect_eq(out.promise_due_us, 0);
	cr_expect_not(out.voicemail || out.ends || out.missed);
	out = turn(&a, in, "What time do you close, and is my bike ready?", NULL);
	expect_said(&out,
		    "We're open now, until 6:00 p.m. For the rest, I'm asking a member of our "
		    "team to come to the phone. Please stay on the line.");
	cr_expect(out.person_now);
	in.escalation_open = in.person_awaited = true;
	out = turn(&a, in, "is my order 4021 there?", NULL);
	expect_said(&out, "I've passed that on too. I'm still looking for somebody on our team; "
			  "please stay on the line.");
	in.conversation_language = LANGUAGE_FR;
	out = turn(&a, in, "je veux parler à quelqu'un", NULL);
	expect_said(&out, "C'est transmis aussi. Je cherche toujours quelqu'un de notre équipe; "
			  "restez en ligne.");
	arena_free(&a);
}

Test(on_call, nobody_there_is_a_call_back_and_a_message)
{
	struct store s = shop();
	struct arena a = {0};
	struct agent_in in = call_in(&s, false);
	struct agent_out out = turn(&a, in, "I want to talk to a person", NULL);

	expect_said(&out,
		    "Nobody can come to the phone right now. A member of our team will call you "
		    "back by 3:45 p.m. You can leave a message after the tone. Press any key "
		    "when you're done, or just hang up.");
	cr_expect(out.escalate && !out.person_now && out.voicemail);
	cr_expect_eq(out.promise_due_us, at(PROMISE));
	/* what the agent cannot answer is no reason to end the talk */
	out = turn(&a, in, "where is my order 4021", NULL);
	expect_said(&out,
		    "Nobody can come to the phone right now. A member of our team will call you "
		    "back by 3:45 p.m. To leave a message, press 1. What else can I help you "
		    "with?");
	cr_expect(out.escalate && !out.voicemail);
	/* a second wish under the same promise */
	in.escalation_open = true;
	in.promise_due_us = at(PROMISE);
	out = turn(&a, in, "where is my order 4021", NULL);
	cr_expect_not_null(strstr(out.say.p,
				  "I've passed that on too. Our team will call you back by "
				  "3:45 p.m."));
	cr_expect_eq(out.promise_due_us, 0, "no second promise");
	arena_free(&a);
}

Test(on_call, closed_says_when_it_opens)
{
	struct store s = shop();
	struct arena a = {0};
	struct agent_in in = call_in(&s, true); /* somebody may be at a console on a Sunday */
	struct agent_out out;

	in.now_us = at(CLOSED);
	out = turn(&a, in, "talk to a person please", NULL);
	expect_said(&out,
		    "We're closed right now. We reopen tomorrow at 9:00 a.m. A member of our "
		    "team will call you back by tomorrow at 9:30 a.m. You can leave a message "
		    "after the tone. Press any key when you're done, or just hang up.");
	cr_expect_not(out.person_now);
	in.reachable = false;
	in.conversation_language = LANGUAGE_FR;
	out = turn(&a, in, "je veux parler à quelqu'un", NULL);
	expect_said(&out,
		    "Nous sommes fermés en ce moment. Nous rouvrons demain à 9 h. Laissez votre "
		    "nom, votre numéro de téléphone et votre message après le signal. Appuyez "
		    "sur une touche pour terminer, ou raccrochez.");
	cr_expect_eq(out.promise_due_us, 0, "a number that nobody knows is not called back");
	arena_free(&a);
}

Test(on_call, keys_silence_and_a_long_wait_are_wishes)
{
	static const struct {
		enum agent_wish wish;
		bool here;
		enum language language;
		const char *said, *reason; /* how it begins */
		bool voicemail;
	} cases[] = {
		{WISH_PERSON, true, LANGUAGE_EN, "I'm asking a member", "human_request", false},
		{WISH_PERSON, false, LANGUAGE_FR,
		 "Personne ne peut prendre l'appel en ce moment. Un "
		 "membre de notre équipe vous rappellera au plus "
		 "tard à 15 h 45.",
		 "human_request", true},
		{WISH_LANGUAGE, true, LANGUAGE_FR,
		 "Bien entendu, avec plaisir! Comment puis-je vous "
		 "aider?",
		 NULL, false},
		{WISH_LANGUAGE, true, LANGUAGE_EN,
		 "Of course, in English from now on. How can I help "
		 "you?",
		 NULL, false},
		{WISH_UNHEARD, true, LANGUAGE_EN,
		 "I'm sorry, I can't hear you. I'm asking a member", "no_speech", false},
		{WISH_UNHEARD, false, LANGUAGE_EN,
		 "I'm sorry, I can't hear you. You can leave a "
		 "message",
		 NULL, true},
		{WISH_WAITED, true, LANGUAGE_EN,
		 "I'm sorry, nobody on our team is free yet. A member of "
		 "our team will call you back by 3:45 p.m. You can leave",
		 "nobody_free", true},
	};
	struct store s = shop();
	struct arena a = {0};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct agent_in in = call_in(&s, cases[i].here);
		struct agent_out out;
		const char *say;

		in.wish = cases[i].wish;
		in.conversation_language = cases[i].language;
		in.escalation_open = in.person_awaited = in.wish == WISH_WAITED;
		agent_turn(&a, &in, &out);
		say = arena_cstr(&a, out.say);
		cr_expect(str_starts(out.say, str_of(cases[i].said)), "%zu: %s", i, say);
		cr_expect_eq(out.escalate, cases[i].reason != NULL, "%zu", i);
		if (cases[i].reason != NULL)
			cr_expect_str_eq(out.reason, cases[i].reason);
		cr_expect_eq(out.voicemail, cases[i].voicemail, "%zu: %s", i, say);
		cr_expect_eq(out.language_chosen, in.wish == WISH_LANGUAGE);
	}
	arena_free(&a);
}

/* A bad line is not a hard question: only the second time a person is wanted. */
Test(on_call, what_is_not_understood_is_asked_for_once_more)
{
	struct store s = shop();
	struct arena a = {0};
	struct agent_in in = call_in(&s, true);
	struct agent_out out = turn(&a, in, "blurgh the capital of zanzibar", NULL);

	expect_said(&out, "I'm sorry, I didn't get that. Could you say it in other words?");
	cr_expect(out.missed && !out.escalate);
	in.asked_again = true;
	out = turn(&a, in, "blurgh the capital of zanzibar", NULL);
	cr_expect(out.escalate && out.person_now && !out.missed);
	cr_expect_str_eq(out.reason, "unknown");
	/* but what was asked of an order is never asked twice */
	in.asked_again = false;
	out = turn(&a, in, "where is my order", NULL);
	cr_expect_str_eq(out.reason, "order_status");
	arena_free(&a);
}

Test(on_call, goodbye_ends_it)
{
	static const struct {
		const char *text, *said;
		bool ends;
	} cases[] = {
		{"thank you so much, bye", "You're welcome! Thank you for calling. Goodbye!", true},
		{"merci, au revoir", "Avec plaisir! Merci de votre appel. Au revoir!", true},
		{"thanks", "You're welcome!", false},
		{"Are you open? Bye!",
		 "We're open now, until 6:00 p.m. Thank you for calling. Goodbye!", true},
		{"I want to talk to a person, bye", "I'm asking", false},
	};
	struct store s = shop();
	struct arena a = {0};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct agent_out out = turn(&a, call_in(&s, true), cases[i].text, NULL);

		cr_expect(str_starts(out.say, str_of(cases[i].said)), "%s: %s", cases[i].text,
			  out.say.p);
		cr_expect_eq(out.ends, cases[i].ends, "%s", cases[i].text);
	}
	arena_free(&a);
}
