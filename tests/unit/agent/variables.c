/*
 * variables.c - what a voice agent is told: always complete, always scalars, never a lie about the
 * hours, nothing of a customer's that could bend a prompt.
 */
#include "server/agent/variables.h"

#include "shared/utf8.h"
#include "tests/unit/agent/shop.h"

#define MONDAY_NOON "2026-06-15T12:00:00-04:00"
#define SUNDAY_NOON "2026-06-14T12:00:00-04:00"

static struct arena arena;
static struct variable told[VARIABLES_N];

static const struct variable *find(const char *name)
{
	for (size_t i = 0; i < VARIABLES_N; i++) {
		if (strcmp(told[i].name, name) == 0)
			return &told[i];
	}
	cr_assert_fail("no variable is called %s", name);
	return NULL;
}

static void expect_text(const char *name, const char *wanted)
{
	struct str got = find(name)->text;

	cr_expect(str_is(got, wanted), "%s: \"" STR_FMT "\", wanted \"%s\"", name, STR_ARG(got),
		  wanted);
}

/* Scalars of one line, none of them empty, no braces. */
static void expect_sound(void)
{
	for (size_t i = 0; i < VARIABLES_N; i++) {
		struct str s = told[i].text;

		cr_expect_str_eq(told[i].name, variable_name(i));
		if (told[i].kind != VARIABLE_TEXT)
			continue;
		cr_expect_gt(s.n, 0, "%s is empty", told[i].name);
		cr_expect_leq(s.n, 6000, "%s has %zu bytes", told[i].name, s.n);
		cr_expect(utf8_valid(s), "%s is no UTF-8", told[i].name);
		for (size_t j = 0; j < s.n; j++)
			cr_expect((unsigned char)s.p[j] >= 0x20 && s.p[j] != '{' && s.p[j] != '}',
				  "%s holds byte %d", told[i].name, s.p[j]);
	}
}

static void tell(struct variables_in *in, const struct store *s, const char *now)
{
	in->store = s;
	in->now_us = at(now);
	variables_of(&arena, in, told);
	expect_sound();
}

Test(variables, of_nobody_at_a_store_that_told_nothing_are_all_there)
{
	struct store nothing = {0};
	struct variables_in in = {0};

	tell(&in, &nothing, MONDAY_NOON);
	expect_text("store_status", "unknown");
	expect_text("next_opening", "unknown");
	expect_text("current_time", "unknown");
	expect_text("recent_orders", "no orders");
	expect_text("customer_phone", "withheld");
	expect_text("language", "en");
	expect_text("store_greeting",
		    "Hi! This is the store's virtual assistant. How can I help you?");
	cr_expect_eq(find("is_returning_customer")->kind, VARIABLE_BOOL);
	cr_expect_eq(find("is_returning_customer")->number, 0);
	cr_expect_eq(find("total_messages")->kind, VARIABLE_NUMBER);
	in.language = LANGUAGE_FR;
	tell(&in, &nothing, MONDAY_NOON);
	expect_text("store_status", "unknown");
	expect_text("customer_name", "inconnu");
	arena_free(&arena);
}

Test(variables, greet_by_what_is_known)
{
	static const struct variables_order orders[] = {
		{.number = STR_LIT("BD-1042"), .status = STR_LIT("ready_for_pickup")}};
	static const struct variables_appointment appointments[] = {
		{STR_LIT("Tune-up"), STR_LIT("Mise au point"), STR_LIT("confirmed"), 0}};
	struct variables_appointment soon[1];
	struct store s = shop();
	const struct {
		const char *now;
		enum language l;
		const char *name;
		int orders, appointments, messages;
		const char *wanted;
	} cases[] = {
		{MONDAY_NOON, LANGUAGE_EN, "", 0, 0, 0,
		 "Hi! This is the virtual assistant at Northside Cycles. Today is Monday, June 15, "
		 "2026, and we're open from 9:00 a.m. to 6:00 p.m. How can I help you?"},
		{MONDAY_NOON, LANGUAGE_FR, "", 0, 0, 0,
		 "Bonjour! Ici Northside Cycles, je suis l'assistant virtuel du magasin. Nous "
		 "sommes "
		 "le lundi 15 juin 2026 et nous sommes ouverts de 9 h à 18 h. Comment puis-je vous "
		 "aider?"},
		{SUNDAY_NOON, LANGUAGE_EN, "", 0, 0, 0,
		 "Hi! This is the virtual assistant at Northside Cycles. We're closed right now. "
		 "We "
		 "reopen tomorrow at 9:00 a.m. I can still answer questions and pass your message "
		 "to "
		 "our team. How can I help you?"},
		{SUNDAY_NOON, LANGUAGE_FR, "Luc", 0, 0, 4,
		 "Bonjour Luc! Ici Northside Cycles, je suis l'assistant virtuel du magasin. Nous "
		 "sommes fermés en ce moment. Nous rouvrons demain à 9 h. Je peux toutefois vous "
		 "renseigner et transmettre votre message à notre équipe. Comment puis-je vous "
		 "aider?"},
		{MONDAY_NOON, LANGUAGE_EN, "Maya", 1, 1, 4,
		 "Hi Maya! This is the virtual assistant at Northside Cycles. Are you calling "
		 "about "
		 "your order BD-1042?"},
		{MONDAY_NOON, LANGUAGE_FR, "Maya", 0, 1, 0,
		 "Bonjour Maya! Ici Northside Cycles, je suis l'assistant virtuel du magasin. Vous "
		 "avez un rendez-vous demain à 10 h. Appelez-vous à ce sujet?"},
		{MONDAY_NOON, LANGUAGE_EN, "Maya", 0, 0, 4,
		 "Hi Maya! This is the virtual assistant at Northside Cycles. How can I help you?"},
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct variables_in in = {.language = cases[i].l,
					  .first_name = str_of(cases[i].name),
					  .orders = orders,
					  .orders_n = (size_t)cases[i].orders,
					  .appointments = soon,
					  .appointments_n = (size_t)cases[i].appointments,
					  .messages_total = cases[i].messages};

		soon[0] = appointments[0];
		soon[0].starts_us = at("2026-06-16T10:00:00-04:00");
		tell(&in, &s, cases[i].now);
		expect_text("store_greeting", cases[i].wanted);
	}
	arena_free(&arena);
}

Test(variables, tell_orders_appointments_and_the_past_in_the_callers_language)
{
	static const struct variables_line history[] = {
		{STR_LIT("customer"), STR_LIT("Is my bike\nready? {{system}}")},
		{STR_LIT("staff"), STR_LIT("Tomorrow.")},
	};
	struct variables_order orders[] = {
		{STR_LIT("1"), STR_LIT("shipped"), STR_LIT("2 x tube"), STR_LIT("1Z999"),
		 STR_LIT("45.20"), STR_LIT("CAD"), at("2026-06-01T10:00:00-04:00")},
		{.number = STR_LIT("2"), .status = STR_LIT("collected")},
		{.number = STR_LIT("3"), .status = STR_LIT("from a newer schema")},
		{.number = STR_LIT("4"), .status = STR_LIT("pending")},
	};
	struct variables_appointment soon[] = {{STR_LIT("Tune-up"), STR_LIT("Mise au point"),
						STR_LIT("booked"),
						at("2026-06-16T10:00:00-04:00")}};
	struct variables_in in = {.language = LANGUAGE_FR,
				  .first_name = STR_LIT("Maya"),
				  .last_name = STR_LIT("Roy{"),
				  .caller_number = STR_LIT("+15145550199"),
				  .orders = orders,
				  .orders_n = ARRAY_LEN(orders),
				  .appointments = soon,
				  .appointments_n = 1,
				  .history = history,
				  .history_n = ARRAY_LEN(history),
				  .last_us = at("2026-06-10T10:00:00-04:00"),
				  .last_by_text = true,
				  .messages_total = 2};
	struct store s = shop();

	tell(&in, &s, MONDAY_NOON);
	expect_text("customer_name", "Maya Roy");
	expect_text("customer_phone", "+15145550199");
	expect_text(
		"recent_orders",
		"commande 1 du lundi 1er juin 2026: expédiée; 2 x tube; total 45.20 CAD; numéro "
		"de suivi 1Z999 || commande 2: ramassée || commande 3: inconnu");
	expect_text("upcoming_appointments", "Mise au point, demain à 10 h (réservé)");
	expect_text("conversation_history",
		    "Client: Is my bike ready? system || Équipe: Tomorrow.");
	expect_text("last_interaction", "mercredi 10 juin 2026, par texto");
	expect_text("store_phone", "+1 416 555-0101");
	expect_text("next_opening", "demain à 9 h");
	expect_text("store_status_text", "Nous sommes ouverts en ce moment, jusqu'à 18 h.");
	in.language = LANGUAGE_EN;
	tell(&in, &s, MONDAY_NOON);
	expect_text("upcoming_appointments", "Tune-up, tomorrow at 10:00 a.m. (booked)");
	expect_text(
		"store_hours",
		"Monday to Wednesday from 9:00 a.m. to 6:00 p.m.; Thursday from 9:00 a.m. to 8:30 "
		"p.m.; Friday from 9:00 a.m. to 6:00 p.m.; Saturday from 10:00 a.m. to 5:00 p.m.; "
		"Sunday closed");
	arena_free(&arena);
}

Test(variables, of_a_long_past_keep_the_newest)
{
	struct variables_line history[200];
	char body[900];
	struct variables_in in = {.history = history, .history_n = ARRAY_LEN(history)};
	struct store s = shop();
	struct str got;

	memset(body, 'x', sizeof body);
	for (size_t i = 0; i < ARRAY_LEN(history); i++)
		history[i] = (struct variables_line){STR_LIT("agent"), str_make(body, sizeof body)};
	history[ARRAY_LEN(history) - 1] =
		(struct variables_line){STR_LIT("customer"), STR_LIT("the last word")};
	tell(&in, &s, MONDAY_NOON);
	got = find("conversation_history")->text;
	cr_expect(str_ends(got, STR_LIT("Customer: the last word")));
	arena_free(&arena);
}
