/*
 * agent.c - what the agent says and when it asks for a person: the behaviour that a customer
 * notices.
 */
#include "server/agent/agent.h"

#include "tests/unit/agent/shop.h"

static bool contains(struct str s, const char *part)
{
	return str_find(s, str_of(part)) >= 0;
}

/* One text, an ordinary turn: what is said, and the reason or NULL. */
Test(agent, answers_what_the_store_has_told_us)
{
	static const struct {
		const char *text, *say;
	} cases[] = {
		{"Are you open?", "We're open now, until 6:00 p.m."},
		{"are u open rn", "We're open now, until 6:00 p.m."},
		{"What time do you close today?", "Today, we're open from 9:00 a.m. to 6:00 p.m."},
		{"what time do you close", "We're open now, until 6:00 p.m."},
		{"hours on Saturday?", "Saturday, we're open from 10:00 a.m. to 5:00 p.m."},
		{"are you open sunday", "Sunday, we're closed."},
		{"are you open this weekend?",
		 "Saturday, we're open from 10:00 a.m. to 5:00 p.m. Sunday, we're closed."},
		{"are you open on Canada Day", "Wednesday, July 1, we're closed (Canada Day)."},
		{"When do you open tomorrow?", "Tomorrow, we're open from 9:00 a.m. to 6:00 p.m."},
		{"where are you located?", "Our address is 12 Main St, Toronto."},
		{"how do I get to your store",
		 "Our address is 12 Main St, Toronto. Two minutes from Main station."},
		{"what's your phone number?", "Our phone number is +1 416 555-0101."},
		{"can i email you?", "You can e-mail us at hello@northside.example."},
		{"do you have parking?", "Free parking behind the store."},
		{"What's your return policy?", "Returns within 30 days with the receipt."},
		{"do you take trade ins", "We take used bikes in trade."},
		{"do you rent bikes?", "Bikes rent at $40 a day."},
		{"Do you accept Apple Pay?", "We take cash, debit, credit and Apple Pay."},
		{"Is there any coffee?", "Coffee is on us."},
		{"Hi there! What's your address?", "Our address is 12 Main St, Toronto."},
		{"Thanks!", "You're welcome!"},
		{"thank you so much, bye", "You're welcome! Take care, and text us any time."},
		{"hello", "Hi! How can I help you?"},
		{"ok", ""},
		{"\xF0\x9F\x91\x8D", ""},
		{"À quelle heure fermez-vous?", "Nous sommes ouverts en ce moment, jusqu'à 18 h."},
		{"etes vous ouvert samedi", "Samedi, nous sommes ouverts de 10 h à 17 h."},
		{"vous fermez à quelle heure jeudi?",
		 "Jeudi, nous sommes ouverts de 9 h à 20 h 30."},
		{"êtes-vous ouverts le 24 juin",
		 "Mercredi 24 juin (St-Jean), nous sommes ouverts de midi à 17 h."},
		{"c'est quoi votre adresse svp", "Notre adresse: 12 Main St, Toronto."},
		{"Louez-vous des vélos?", "Location à 40 $ par jour."},
		{"Avez-vous du stationnement?", "Stationnement gratuit derrière le magasin."},
		{"merci beaucoup!", "Avec plaisir!"},
		{"bonjour", "Bonjour! Comment puis-je vous aider?"},
	};
	struct store s = shop();
	struct arena a = {0};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct agent_out out = turn(&a, shop_in(&s), cases[i].text, NULL);

		cr_expect_str_eq(out.say.p, cases[i].say, "%s: %s", cases[i].text, out.say.p);
		cr_expect_not(out.escalate, "%s", cases[i].text);
		cr_expect_null(out.reason);
		cr_expect_eq(out.promise_due_us, 0);
	}
	arena_free(&a);
}

Test(agent, hands_everything_else_to_a_person_with_a_reason)
{
	static const struct {
		const char *text, *reason;
	} cases[] = {
		{"I want to talk to a person", "human_request"},
		{"je veux parler à quelqu'un", "human_request"},
		{"call me please", "human_request"},
		{"are you a robot?", "human_request"},
		{"where is my order 4021", "order_status"},
		{"Où est ma commande", "order_status"},
		{"is my bike ready?", "service_booking"},
		{"mes freins frottent", "service_booking"},
		{"do you have 700x28 tubes in stock", "sales_inquiry"},
		{"combien coûte le Sirrus", "sales_inquiry"},
		{"I'd like a refund for my helmet", "returns"},
		{"you charged me twice", "complaint"},
		{"this is ridiculous, you guys are a scam", "complaint"},
		{"I had an accident with the bike you fixed", "complaint"},
		{"my lawyer will hear of this", "complaint"},
		{"I forgot my password", "general_support"},
		{"what is the capital of Australia", "unknown"},
		{"what time does walmart close", "unknown"},
		{"what's the phone number of the police station", NULL},
		{"can you do it tomorrow?", "unknown"},
		{"ok do it", "unknown"},
		{"perfect, tuesday works", "unknown"},
		{"mardi prochain ça marche", "unknown"},
		{"i can read", "unknown"},
		{"4021", "order_status"},
		{"\xFF\xFE weird \x80", "unknown"},
		{"\xE5\x96\xB6\xE6\xA5\xAD\xE6\x99\x82\xE9\x96\x93", "unknown"},
	};
	struct store s = shop();
	struct arena a = {0};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct agent_out out = turn(&a, shop_in(&s), cases[i].text, NULL);

		cr_expect(out.escalate, "%s: %s", cases[i].text, out.say.p);
		if (cases[i].reason != NULL)
			cr_expect_str_eq(out.reason, cases[i].reason, "%s: %s", cases[i].text,
					 out.reason);
		cr_expect(contains(out.say, "3:45 p.m.") || contains(out.say, "15 h 45"), "%s: %s",
			  cases[i].text, out.say.p);
		cr_expect_eq(out.promise_due_us, at("2026-06-16T15:45:00-04:00"), "%s",
			     cases[i].text);
		cr_expect_gt(out.reason_text.n, 0, "%s", cases[i].text);
	}
	arena_free(&a);
}

Test(agent, answers_the_part_it_knows_and_hands_over_the_rest)
{
	static const struct {
		const char *one, *two, *say, *reason, *words;
	} cases[] = {
		{"What time do you close, and is my bike ready?", NULL,
		 "We're open now, until 6:00 p.m. For the rest, a member of our team will answer "
		 "you here "
		 "by 3:45 p.m.",
		 "service_booking", "What time do you close, and is my bike ready?"},
		{"Where are you?", "Also my order 4021 has not arrived",
		 "Our address is 12 Main St, Toronto. For the rest, a member of our team will "
		 "answer you "
		 "here by 3:45 p.m.",
		 "order_status", "Also my order 4021 has not arrived"},
		{"Vous fermez à quelle heure? Avez-vous des gants d'hiver?", NULL,
		 "Nous sommes ouverts en ce moment, jusqu'à 18 h. Pour le reste, un membre de "
		 "notre équipe "
		 "vous répondra ici au plus tard à 15 h 45.",
		 "sales_inquiry", "Avez-vous des gants d'hiver?"},
		{"flat tire, can I come by today", NULL,
		 "Today, we're open from 9:00 a.m. to 6:00 p.m. For the rest, a member of our team "
		 "will "
		 "answer you here by 3:45 p.m.",
		 "service_booking", "flat tire, can I come by today"},
		{"Do you accept Apple Pay and do you have any helmets", NULL,
		 "We take cash, debit, credit and Apple Pay. For the rest, a member of our team "
		 "will answer "
		 "you here by 3:45 p.m.",
		 "sales_inquiry", "Do you accept Apple Pay and do you have any helmets"},
	};
	struct store s = shop();
	struct arena a = {0};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct agent_out out = turn(&a, shop_in(&s), cases[i].one, cases[i].two);

		cr_expect_str_eq(out.say.p, cases[i].say, "%s: %s", cases[i].one, out.say.p);
		cr_expect(out.escalate);
		cr_expect_str_eq(out.reason, cases[i].reason, "%s: %s", cases[i].one, out.reason);
		cr_expect_str_eq(out.reason_text.p, cases[i].words);
	}
	arena_free(&a);
}

Test(agent, claims_nothing_that_it_has_not_been_told)
{
	static const char *const texts[] = {"are you open?",
					    "what are your hours",
					    "are you open on saturday",
					    "where are you located?",
					    "what's your phone number",
					    "can I email you",
					    "what's your return policy",
					    "do you have parking?",
					    "how do i get to your store",
					    "do you accept Apple Pay",
					    "quelles sont vos heures",
					    "êtes-vous ouverts demain?"};
	struct store s = {.name = STR_LIT("Northside Cycles"), .default_language = LANGUAGE_EN};
	struct arena a = {0};

	for (int zone = 0; zone < 2; zone++) {
		s.zone = zone == 0 ? str_of("") : str_of("Nowhere/Land");
		s.periods = zone == 0 ? NULL : shop_week;
		s.periods_n = zone == 0 ? 0 : ARRAY_LEN(shop_week);
		for (size_t i = 0; i < ARRAY_LEN(texts); i++) {
			struct agent_out out = turn(&a, shop_in(&s), texts[i], NULL);

			cr_expect(out.escalate, "%s", texts[i]);
			cr_expect(contains(out.say, "as soon as possible") ||
					  contains(out.say, "meilleurs délais"),
				  "%s: %s", texts[i], out.say.p);
			cr_expect_not(contains(out.say, "open") || contains(out.say, "ouvert") ||
					      contains(out.say, "closed") ||
					      contains(out.say, ".m."),
				      "%s: %s", texts[i], out.say.p);
			cr_expect_eq(out.promise_due_us, at("2026-06-16T19:15:00-04:00"));
		}
	}
	arena_free(&a);
}

Test(agent, promises_what_the_hours_allow)
{
	static const struct {
		const char *now, *say, *due;
	} cases[] = {
		{"2026-06-16T15:12:00-04:00",
		 "A member of our team will answer you here by 3:45 p.m.",
		 "2026-06-16T15:45:00-04:00"},
		{"2026-06-16T15:15:00-04:00",
		 "A member of our team will answer you here by 3:45 p.m.",
		 "2026-06-16T15:45:00-04:00"},
		{"2026-06-16T17:30:00-04:00",
		 "A member of our team will answer you here by 6:00 p.m.",
		 "2026-06-16T18:00:00-04:00"},
		/* too late for today */
		{"2026-06-16T17:31:00-04:00",
		 "A member of our team will answer you here by tomorrow at 9:30 a.m.",
		 "2026-06-17T09:30:00-04:00"},
		{"2026-06-16T18:00:00-04:00",
		 "We're closed right now. We reopen tomorrow at 9:00 a.m. A member of our team "
		 "will answer "
		 "you here by tomorrow at 9:30 a.m.",
		 "2026-06-17T09:30:00-04:00"},
		{"2026-06-17T06:00:00-04:00",
		 "We're closed right now. We reopen today at 9:00 a.m. A member of our team will "
		 "answer you "
		 "here by 9:30 a.m.",
		 "2026-06-17T09:30:00-04:00"},
		{"2026-06-20T17:00:00-04:00",
		 "We're closed right now. We reopen Monday at 9:00 a.m. A member of our team will "
		 "answer "
		 "you here by Monday at 9:30 a.m.",
		 "2026-06-22T09:30:00-04:00"},
		{"2026-07-01T11:00:00-04:00",
		 "We're closed right now (Canada Day). We reopen tomorrow at 9:00 a.m. A member of "
		 "our team "
		 "will answer you here by tomorrow at 9:30 a.m.",
		 "2026-07-02T09:30:00-04:00"},
	};
	struct store s = shop();
	struct arena a = {0};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct agent_in in = shop_in(&s);
		struct agent_out out;

		in.now_us = at(cases[i].now);
		out = turn(&a, in, "can I speak to someone", NULL);
		cr_expect_str_eq(out.say.p, cases[i].say, "%s: %s", cases[i].now, out.say.p);
		cr_expect_eq(out.promise_due_us, at(cases[i].due), "%s", cases[i].now);
	}
	arena_free(&a);
}

Test(agent, tells_of_a_closure_by_hand)
{
	struct store s = shop();
	struct arena a = {0};
	struct agent_out out;

	s.closed_now = true;
	s.closed_reason_en = STR_LIT("burst pipe");
	out = turn(&a, shop_in(&s), "are you open?", NULL);
	cr_expect_str_eq(out.say.p, "We're closed until further notice (burst pipe).");
	out = turn(&a, shop_in(&s), "Êtes-vous ouverts?", NULL);
	cr_expect_str_eq(out.say.p, "Nous sommes fermés jusqu'à nouvel ordre.", "%s", out.say.p);
	out = turn(&a, shop_in(&s), "talk to a human", NULL);
	cr_expect(contains(out.say, "as soon as possible"));
	cr_expect_eq(out.promise_due_us, at("2026-06-16T19:15:00-04:00"));
	s.closed_until_us = at("2026-06-17T12:00:00-04:00");
	out = turn(&a, shop_in(&s), "are you open?", NULL);
	cr_expect_str_eq(out.say.p,
			 "We're closed right now (burst pipe). We reopen tomorrow at noon.");
	s.closed_until_us = at("2026-06-16T15:00:00-04:00");
	out = turn(&a, shop_in(&s), "are you open?", NULL);
	cr_expect_str_eq(out.say.p, "We're open now, until 6:00 p.m.");
	arena_free(&a);
}

Test(agent, does_not_read_weekly_hours_out_for_a_holiday)
{
	struct store s = shop();
	struct arena a = {0};
	struct agent_out out = turn(&a, shop_in(&s), "are you open on Labour Day?", NULL);

	cr_expect(out.escalate);
	cr_expect_str_eq(out.reason, "store_info");
	cr_expect(contains(out.say, "I can't confirm them for Monday, September 7 (Labour Day)"),
		  "%s", out.say.p);
	out = turn(&a, shop_in(&s), "ouvert à Noël?", NULL);
	cr_expect(out.escalate);
	out = turn(&a, shop_in(&s), "are you open Easter Sunday?", NULL);
	cr_expect_not(out.escalate, "closed every Sunday: %s", out.say.p);
	cr_expect(contains(out.say, "we're closed"));
	arena_free(&a);
}

Test(agent, introduces_itself_once)
{
	struct store s = shop();
	struct arena a = {0};
	struct agent_in in = shop_in(&s);
	struct agent_out out;

	in.first_turn = true;
	in.conversation_language = LANGUAGE_UNKNOWN;
	out = turn(&a, in, "Hi", NULL);
	cr_expect_str_eq(
		out.say.p,
		"Hi! This is the virtual assistant at Northside Cycles. How can I help you? I can "
		"answer questions about the store or pass your message to our team.");
	cr_expect_not(out.escalate);
	out = turn(&a, in, "Bonjour, quelle est votre adresse?", NULL);
	cr_expect_str_eq(out.say.p, "Bonjour! Ici Northside Cycles, je suis l'assistant virtuel du "
				    "magasin. Notre adresse: 12 Main St, Toronto.");
	out = turn(&a, in, "is my bike ready?", NULL);
	cr_expect_str_eq(out.say.p,
			 "Hi! This is the virtual assistant at Northside Cycles. A member of "
			 "our team will answer you here by 3:45 p.m.");
	out = turn(&a, in, "ok", NULL);
	cr_expect(contains(out.say, "virtual assistant"));
	s.name = str_of("");
	out = turn(&a, in, "hello", NULL);
	cr_expect(contains(out.say, "This is the store's virtual assistant."));
	arena_free(&a);
}

Test(agent, speaks_the_customers_language)
{
	static const struct {
		enum language conversation, customer;
		bool chosen;
		const char *text;
		enum language said;
		bool chosen_now;
	} cases[] = {
		{LANGUAGE_EN, LANGUAGE_EN, false, "Bonjour, êtes-vous ouverts?", LANGUAGE_FR,
		 false},
		{LANGUAGE_EN, LANGUAGE_EN, true, "Bonjour, êtes-vous ouverts?", LANGUAGE_EN, false},
		{LANGUAGE_FR, LANGUAGE_UNKNOWN, false, "4021", LANGUAGE_FR, false},
		{LANGUAGE_UNKNOWN, LANGUAGE_FR, false, "700x28", LANGUAGE_FR, false},
		{LANGUAGE_UNKNOWN, LANGUAGE_UNKNOWN, false, "700x28", LANGUAGE_EN, false},
		{LANGUAGE_EN, LANGUAGE_EN, false, "en français svp", LANGUAGE_FR, true},
		{LANGUAGE_EN, LANGUAGE_EN, true, "En francais s'il vous plait", LANGUAGE_FR, true},
		{LANGUAGE_FR, LANGUAGE_FR, true, "English please", LANGUAGE_EN, true},
		{LANGUAGE_FR, LANGUAGE_FR, false, "Do you speak English?", LANGUAGE_EN, true},
		{LANGUAGE_FR, LANGUAGE_FR, false, "I don't speak French", LANGUAGE_EN, true},
		{LANGUAGE_EN, LANGUAGE_EN, false, "Je ne parle pas anglais", LANGUAGE_FR, true},
		{LANGUAGE_FR, LANGUAGE_FR, false, "English please, I don't speak French",
		 LANGUAGE_EN, true},
		{LANGUAGE_EN, LANGUAGE_EN, false, "vos heures en français svp", LANGUAGE_FR, true},
		{LANGUAGE_EN, LANGUAGE_EN, false, "anglais svp", LANGUAGE_EN, true},
		{LANGUAGE_EN, LANGUAGE_EN, false, "do you have the manual in French", LANGUAGE_EN,
		 false},
	};
	struct store s = shop();
	struct arena a = {0};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct agent_in in = shop_in(&s);
		struct agent_out out;

		in.conversation_language = cases[i].conversation;
		in.customer_language = cases[i].customer;
		in.customer_chose_language = cases[i].chosen;
		out = turn(&a, in, cases[i].text, NULL);
		cr_expect_eq(out.language, cases[i].said, "%s: %s", cases[i].text, out.say.p);
		cr_expect_eq(out.language_chosen, cases[i].chosen_now, "%s", cases[i].text);
	}
	arena_free(&a);
}

Test(agent, switches_language_without_a_person)
{
	struct store s = shop();
	struct arena a = {0};
	struct agent_out out = turn(&a, shop_in(&s), "En français svp", NULL);

	cr_expect_str_eq(out.say.p, "Bien entendu, avec plaisir! Comment puis-je vous aider?");
	cr_expect_not(out.escalate);
	out = turn(&a, shop_in(&s), "english please. are you open?", NULL);
	cr_expect_str_eq(out.say.p, "We're open now, until 6:00 p.m.", "%s", out.say.p);
	cr_expect(out.language_chosen);
	arena_free(&a);
}

Test(agent, does_not_promise_twice)
{
	struct store s = shop();
	struct arena a = {0};
	struct agent_in in = shop_in(&s);
	struct agent_out out;

	in.escalation_open = true;
	in.promise_due_us = at("2026-06-16T15:30:00-04:00");
	out = turn(&a, in, "it has a carbon frame by the way", NULL);
	cr_expect_str_eq(out.say.p,
			 "I've passed that on too. Our team will answer you here by 3:30 p.m.");
	cr_expect(out.escalate);
	cr_expect_eq(out.promise_due_us, in.promise_due_us);
	out = turn(&a, in, "ok thanks", NULL);
	cr_expect_str_eq(out.say.p, "");
	cr_expect_not(out.escalate);
	out = turn(&a, in, "what time do you close?", NULL);
	cr_expect_str_eq(out.say.p, "We're open now, until 6:00 p.m.");
	cr_expect_not(out.escalate);
	out = turn(&a, in, "hello?", NULL);
	cr_expect_str_eq(out.say.p,
			 "Our team has your message and will answer you here by 3:30 p.m.");
	cr_expect_not(out.escalate);
	in.addition_noted = true;
	out = turn(&a, in, "and it squeaks", NULL);
	cr_expect_str_eq(out.say.p, "");
	cr_expect(out.escalate);
	in.promise_due_us = at("2026-06-16T15:00:00-04:00");
	out = turn(&a, in, "hello?", NULL);
	cr_expect_str_eq(out.say.p,
			 "We're sorry for the wait. A member of our team will answer you here "
			 "by 3:45 p.m.");
	cr_expect(out.escalate);
	cr_expect_eq(out.promise_due_us, at("2026-06-16T15:45:00-04:00"));
	arena_free(&a);
}

Test(agent, puts_people_in_danger_first)
{
	struct store s = shop();
	struct arena a = {0};
	struct agent_out out =
		turn(&a, shop_in(&s), "the battery is smoking! what are your hours?", NULL);

	cr_expect(out.escalate);
	cr_expect_str_eq(out.class, "complaint");
	cr_expect(contains(out.say, "911"), "%s", out.say.p);
	arena_free(&a);
}

Test(agent, sends_nothing_to_who_opted_out)
{
	struct store s = shop();
	struct arena a = {0};
	struct agent_in in = shop_in(&s);
	struct agent_out out;

	in.opted_out = true;
	out = turn(&a, in, "are you open?", NULL);
	cr_expect_str_eq(out.say.p, "");
	cr_expect(out.escalate);
	cr_expect_gt(out.promise_due_us, in.now_us);
	out = turn(&a, in, "my bike broke", NULL);
	cr_expect_str_eq(out.say.p, "");
	cr_expect(out.escalate);
	out = turn(&a, in, "ok", NULL);
	cr_expect_str_eq(out.say.p, "");
	cr_expect_not(out.escalate);
	arena_free(&a);
}

Test(agent, gives_pictures_to_a_person)
{
	struct store s = shop();
	struct arena a = {0};
	struct agent_in in = shop_in(&s);
	struct agent_message m[] = {{.body = STR_LIT(""), .media = 1}, {.body = STR_LIT("thanks")}};
	struct agent_out out;

	in.messages = m;
	in.messages_n = 1;
	agent_turn(&a, &in, &out);
	cr_expect(out.escalate);
	cr_expect_str_eq(out.reason, "media_only");
	cr_expect(contains(out.say, "I can't open pictures"));
	in.messages_n = 2;
	agent_turn(&a, &in, &out);
	cr_expect_str_eq(out.reason, "media_only");
	m[1].body = STR_LIT("can you fix this wheel");
	agent_turn(&a, &in, &out);
	cr_expect_str_eq(out.reason, "service_booking");
	m[1].body = STR_LIT("are you open?");
	agent_turn(&a, &in, &out);
	cr_expect_str_eq(out.reason, "media_only");
	cr_expect(contains(out.say, "until 6:00 p.m."));
	arena_free(&a);
}

Test(agent, has_nothing_to_say_to_nothing)
{
	struct store s = shop();
	struct arena a = {0};
	struct agent_in in = shop_in(&s);
	struct agent_out out;

	agent_turn(&a, &in, &out);
	cr_expect_eq(out.say.n, 0);
	cr_expect_not(out.escalate);
	out = turn(&a, in, " \n ", NULL);
	cr_expect_str_eq(out.say.p, "");
	cr_expect_not(out.escalate);
	arena_free(&a);
}

Test(agent, bears_any_bytes_and_says_the_same_twice)
{
	struct store s = shop();
	struct arena a = {0};
	unsigned seed = 7;

	for (int round = 0; round < 300; round++) {
		char bytes[6000];
		size_t n = round < 290 ? (size_t)round * 3 : sizeof(bytes);
		struct agent_message m = {.body = {bytes, n}};
		struct agent_in in = shop_in(&s);
		struct agent_out one, two;

		for (size_t i = 0; i < n; i++) {
			seed = seed * 1103515245 + 12345;
			bytes[i] = round % 3 == 0 ? "are you open? et , ! 'l 9\n"[(seed >> 16) % 26]
						  : (char)(seed >> 16);
		}
		in.messages = &m;
		in.messages_n = 1;
		in.first_turn = round % 2 == 0;
		agent_turn(&a, &in, &one);
		agent_turn(&a, &in, &two);
		cr_expect(str_eq(one.say, two.say) && str_eq(one.reason_text, two.reason_text));
		cr_expect_leq(one.reason_text.n, AGENT_REASON_MAX);
		if (n == sizeof(bytes))
			cr_expect(one.escalate, "what was not read goes to a person");
		arena_clear(&a);
	}
	arena_free(&a);
}

/* GSM-7 holds 160 letters, 153 in each of several; any other letter makes it 70 and 67. */
static size_t segments(struct str s)
{
	static const char *const accents[] = {"é", "è", "à", "ù", "É", "Ç", "ö", "ñ", "ü"};
	size_t n = 0;
	bool gsm = true;

	for (size_t i = 0; i < s.n; n++) {
		bool known = (unsigned char)s.p[i] < 0x80;
		size_t length = 1;

		for (size_t j = 0; j < ARRAY_LEN(accents) && !known; j++)
			known = str_starts(str_sub(s, i, s.n), str_of(accents[j]));
		while (i + length < s.n && ((unsigned char)s.p[i + length] & 0xC0) == 0x80)
			length++;
		gsm = gsm && known;
		i += length;
	}
	if (gsm)
		return n <= 160 ? 1 : (n + 152) / 153;
	return n <= 70 ? 1 : (n + 66) / 67;
}

Test(agent, fits_in_two_text_messages)
{
	static const char *const texts[] = {"hello",
					    "bonjour",
					    "is my bike ready?",
					    "mon vélo est-il prêt?",
					    "are you open?",
					    "êtes-vous ouverts?",
					    "c'est quoi votre adresse?",
					    "où êtes-vous? avez-vous des pneus?",
					    "quelles sont vos heures?",
					    "what are your hours?",
					    "I was in an accident",
					    "j'ai eu un accident"};
	struct store s = shop();
	struct arena a = {0};

	for (size_t i = 0; i < ARRAY_LEN(texts); i++) {
		for (int closed = 0; closed < 2; closed++) {
			struct agent_in in = shop_in(&s);
			struct agent_out out;

			in.first_turn = true;
			in.conversation_language = LANGUAGE_UNKNOWN;
			if (closed)
				in.now_us = at("2026-06-20T20:00:00-04:00");
			out = turn(&a, in, texts[i], NULL);
			cr_expect_leq(segments(out.say), 2, "%s: %zu: %s", texts[i],
				      segments(out.say), out.say.p);
		}
	}
	arena_free(&a);
}
