/*
 * conversation.c - what staff read (schema/functions/conversation.sql, customer.sql) and how a text
 * to a customer begins, over a real PostgreSQL and by the rows of the API.
 */
#include <criterion/criterion.h>

#include "server/api/conversations.h"
#include "server/api/customers.h"
#include "shared/buf.h"
#include "tests/support/desk.h"

#define MAYA "+15145550199"

static struct test_db *t;
static struct desk *d;

static void expect_int(const char *sql, int64_t wanted)
{
	int64_t got = sql_int(t->owner, sql);

	cr_expect_eq(got, wanted, "%s: %" PRId64 ", wanted %" PRId64, sql, got, wanted);
}

static void expect_text(const char *sql, const char *wanted)
{
	char *got = sql_text(t->owner, sql);

	cr_expect_str_eq(got, wanted, "%s: \"%s\", wanted \"%s\"", sql, got, wanted);
	free(got);
}

static void expect_at(const struct desk_answer *a, const char *path, const char *wanted)
{
	cr_expect_str_eq(desk_at(a, path), wanted, "%s: \"%s\", wanted \"%s\"\n%.2000s", path,
			 desk_at(a, path), wanted, a->text);
}

static void expect_is(const struct desk_answer *a, const char *outcome, const char *code)
{
	cr_expect_str_eq(a->outcome, outcome, "%s, wanted %s\n%.500s", a->outcome, outcome,
			 a->text);
	cr_expect_str_eq(a->code, code, "%s, wanted %s", a->code, code);
}

static void set_up(void)
{
	t = test_db_new(TEST_DB_DEMO);
	d = desk_open(t, DEMO_ORG_A);
	desk_user(d, "Jordan");
}

static void tear_down(void)
{
	desk_close(d);
	test_db_free(t);
}

TestSuite(conversation, .init = set_up, .fini = tear_down);

static void writes(const char *from, const char *sid, const char *body)
{
	PQclear(sql_ask(t->app,
			"SELECT text_in('" DEMO_NUMBER_A
			"', $1, 'e164', $2, NULL, $3, NULL, NULL, NULL, NULL, NULL, NULL)",
			3, (const char *const[]){from, sid, body}));
}

#define LIST(...)  DESK(d, &conversation_list_row, ##__VA_ARGS__)
#define START(...) DESK(d, &conversation_start_row, __VA_ARGS__)

/* ---- lists ---- */

Test(conversation, a_page_leads_to_the_next_until_all_were_seen_once)
{
	static const struct {
		const char *state, *sql;
	} cases[] = {
		{"open", "SELECT count(*) FROM conversations WHERE state = 'open'"},
		{"closed", "SELECT count(*) FROM conversations WHERE state = 'closed'"},
		{"all", "SELECT count(*) FROM conversations"},
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		int64_t all = sql_int(t->app, cases[i].sql), seen = 0;
		char cursor[100] = "", last[64] = "9";
		struct buf ids = {0};

		do {
			const struct desk_answer *a =
				LIST({"state", cases[i].state}, {"limit", "2"},
				     {"cursor", cursor[0] == '\0' ? NULL : cursor});
			int n = (int)strtol(desk_at(a, "items"), NULL, 10);

			expect_is(a, "ok", "");
			for (int k = 0; k < n; k++) {
				char id[30], at[40];
				const char *when;

				snprintf(id, sizeof id, "items.%d.id", k);
				snprintf(at, sizeof at, "items.%d.%s", k,
					 strcmp(cases[i].state, "closed") == 0 ? "closed_at"
									       : "last_message_at");
				when = desk_at(a, at);
				cr_expect(strcmp(cases[i].state, "all") == 0 ||
						  strcmp(when, last) <= 0,
					  "%s after %s", when, last);
				snprintf(last, sizeof last, "%s", when);
				cr_expect(strstr(buf_cstr(&ids), desk_at(a, id)) == NULL, "twice");
				buf_printf(&ids, "%s ", desk_at(a, id));
				seen++;
			}
			snprintf(cursor, sizeof cursor, "%s", desk_at(a, "next_cursor"));
		} while (strcmp(cursor, "null") != 0 && seen <= all);
		cr_expect_eq(seen, all, "%s: %" PRId64 " of %" PRId64, cases[i].state, seen, all);
		buf_clear(&ids);
	}
}

Test(conversation, a_list_is_true_at_a_number)
{
	char last[30];

	writes(MAYA, "SM1", "hello");
	snprintf(last, sizeof last, "%" PRId64,
		 sql_int(t->app, "SELECT last_event FROM organization_counters"));
	expect_at(LIST({"limit", "1"}), "last_event", last);
	expect_at(LIST({"limit", "1"}), "items.0.peer", MAYA);
	expect_at(LIST({"limit", "1"}), "items.0.unread", "1");
	expect_at(LIST({"limit", "1"}), "items.0.last_message.body", "hello");
}

Test(conversation, filters_ask_for_what_they_say)
{
	char *maya;

	writes(MAYA, "SM1", "hello");
	maya = sql_text(t->app, "SELECT id FROM conversations WHERE peer = '" MAYA "'");
	DESK(d, &conversation_take_over_row, {"id", maya}, {"epoch", "1"});
	expect_at(LIST({"holder", "me"}), "items", "1");
	expect_at(LIST({"holder", "me"}), "items.0.id", maya);
	expect_at(LIST({"holder", "staff"}), "items", "1");
	expect_at(LIST({"holder", "nobody"}), "items", "0");
	expect_at(LIST({"waiting", "true"}, {"holder", "staff"}), "items", "1");
	desk_user(d, "Sylvie");
	expect_at(LIST({"holder", "me"}), "items", "0");
	expect_at(LIST({"holder", "me"}, {"q", "hello"}), "items", "0");
	expect_at(LIST({"waiting", "false"}, {"holder", "staff"}), "items", "0");
	cr_expect_eq(sql_int(t->app,
			     "SELECT json_array_length((conversation_list('" DEMO_ORG_A
			     "', NULL, 'open', 'agent', NULL, NULL, NULL, 200, NULL)).body::json"
			     " -> 'items') - count(*) FROM conversations WHERE state = 'open' AND"
			     " holder = 'agent'"),
		     0);
	expect_is(LIST({"cursor", "nonsense"}), "input", "");
	expect_is(LIST({"cursor", "99999999999999999999.x"}), "input", "");
	free(maya);
}

Test(conversation, a_search_finds_names_numbers_and_words)
{
	static const struct {
		const char *q, *n;
	} cases[] = {
		{"bélanger", "1"},
		{"BELANGER", "1"},
		{"514 555-0199", "1"},
		{"(514) 555.0199", "1"},
		{"+1 514", "1"},
		{"DÉRAILLEUR", "1"},
		{"derailleur", "1"},
		{"no such words", "0"},
		{"%", "0"},
		{"_", "0"},
	};

	sql_run(t->owner, "DELETE FROM due_work; UPDATE conversations SET state = 'closed', "
			  "closed_at = now() - interval '2 days',"
			  " closed_by = 'idle' WHERE state = 'open'");
	writes(MAYA, "SM1", "Mon dérailleur saute");
	sql_run(t->owner, "UPDATE customers SET first_name = 'Chloé', last_name = 'Bélanger' WHERE "
			  "phone_number = '" MAYA "'");
	for (size_t i = 0; i < ARRAY_LEN(cases); i++)
		expect_at(LIST({"q", cases[i].q}), "items", cases[i].n);
	expect_at(LIST({"q", "bélanger"}), "items.0.customer_name", "Chloé Bélanger");
	expect_at(LIST({"q", "bélanger"}, {"state", "closed"}), "items", "0");
}

Test(conversation, the_newest_fifty_and_then_what_was_before_them)
{
	char *maya, sid[40], body[40], cursor[40];
	const struct desk_answer *a;

	for (int i = 1; i <= 120; i++) {
		snprintf(sid, sizeof sid, "SM%d", i);
		snprintf(body, sizeof body, "text %d", i);
		writes(MAYA, sid, body);
	}
	maya = sql_text(t->app, "SELECT id FROM conversations WHERE peer = '" MAYA "'");
	a = DESK(d, &conversation_one_row, {"id", maya});
	expect_at(a, "messages", "50");
	expect_at(a, "messages.0.body", "text 71");
	expect_at(a, "messages.49.body", "text 120");
	expect_at(a, "conversation.unread", "120");
	snprintf(cursor, sizeof cursor, "%s", desk_at(a, "previous_cursor"));
	a = DESK(d, &conversation_messages_row, {"id", maya}, {"limit", "60"}, {"cursor", cursor});
	expect_at(a, "items", "60");
	expect_at(a, "items.0.body", "text 11");
	expect_at(a, "items.59.body", "text 70");
	snprintf(cursor, sizeof cursor, "%s", desk_at(a, "next_cursor"));
	a = DESK(d, &conversation_messages_row, {"id", maya}, {"limit", "60"}, {"cursor", cursor});
	expect_at(a, "items", "10");
	expect_at(a, "next_cursor", "null");
	expect_is(DESK(d, &conversation_messages_row, {"id", maya}, {"cursor", "-1"}), "input", "");
	free(maya);
}

Test(conversation, every_conversation_of_the_demo_can_be_read)
{
	PGresult *r = sql_ask(t->app, "SELECT id FROM conversations", 0, NULL);

	for (int i = 0; i < PQntuples(r); i++)
		expect_is(DESK(d, &conversation_one_row, {"id", PQgetvalue(r, i, 0)}), "ok", "");
	PQclear(r);
	r = sql_ask(t->app, "SELECT id FROM customers", 0, NULL);
	for (int i = 0; i < PQntuples(r); i++)
		expect_is(DESK(d, &customer_one_row, {"id", PQgetvalue(r, i, 0)}), "ok", "");
	PQclear(r);
	expect_is(LIST({"state", "all"}, {"limit", "200"}), "ok", "");
}

Test(conversation, a_text_that_did_not_arrive_shows_until_one_does)
{
	static const struct {
		const char *first, *second, *shown;
	} cases[] = {
		{"sent", NULL, "false"},         {"failed", NULL, "true"},
		{"undelivered", NULL, "true"},   {"held", NULL, "true"},
		{"unknown", "sent", "true"},     {"failed", "delivered", "false"},
		{"delivered", "failed", "true"}, {"superseded", NULL, "false"},
		{"suppressed", NULL, "false"},
	};
	char *maya;

	writes(MAYA, "SM1", "hello");
	maya = sql_text(t->app, "SELECT id FROM conversations WHERE peer = '" MAYA "'");
	DESK(d, &conversation_reply_row, {"id", maya}, {"epoch", "1"}, {"body", "one"});
	DESK(d, &conversation_reply_row, {"id", maya}, {"epoch", "2"}, {"body", "two"});
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		PQclear(sql_ask(t->owner,
				"UPDATE messages SET status = CASE body WHEN 'one' THEN $1 ELSE "
				"coalesce($2, 'sent') END"
				" WHERE body IN ('one', 'two')",
				2, (const char *const[]){cases[i].first, cases[i].second}));
		expect_at(DESK(d, &conversation_one_row, {"id", maya}), "conversation.undelivered",
			  cases[i].shown);
	}
	free(maya);
}

/* ---- customers ---- */

Test(conversation, customers_are_found_by_name_number_and_order)
{
	static const struct {
		const char *q, *n;
	} cases[] = {
		{"françois lavoie", "1"},  {"FRANCOIS", "1"},     {"lavoie francois", "1"},
		{"francois@example", "1"}, {"438 555 0177", "1"}, {"0014385550177", "1"},
		{"+14385550177", "1"},     {"438555017", "1"},    {"WEB-7788", "1"},
		{"web 7788", "1"},         {"7788", "0"},         {"nobody at all", "0"},
	};

	sql_run(t->owner, "INSERT INTO customers (organization_id, id, phone_number, first_name, "
			  "last_name, email) VALUES ('" DEMO_ORG_A
			  "', 'c0000000-0000-4000-8000-000000000001', '+14385550177', 'François', "
			  "'Lavoie', 'francois@example.com');"
			  "INSERT INTO orders (organization_id, order_number, customer_id) VALUES "
			  "('" DEMO_ORG_A "', 'WEB-7788', 'c0000000-0000-4000-8000-000000000001');"
			  "INSERT INTO customers (organization_id, erased_at) VALUES ('" DEMO_ORG_A
			  "', now())");
	for (size_t i = 0; i < ARRAY_LEN(cases); i++)
		expect_at(DESK(d, &customer_search_row, {"q", cases[i].q}), "items", cases[i].n);
	expect_at(DESK(d, &customer_search_row, {"q", "lavoie"}), "items.0.display_name",
		  "François Lavoie");
	expect_at(DESK(d, &customer_search_row, {"limit", "200"}), "items", "41");
	expect_is(DESK(d, &customer_one_row, {"id", "c0000000-0000-4000-8000-000000000009"}),
		  "missing", "");
	sql_run(t->owner, "UPDATE customers SET id = 'c0000000-0000-4000-8000-000000000002' WHERE "
			  "erased_at IS NOT NULL");
	expect_is(DESK(d, &customer_one_row, {"id", "c0000000-0000-4000-8000-000000000002"}),
		  "gone", "");
}

Test(conversation, customers_come_page_by_page)
{
	char cursor[100] = "";
	int seen = 0;

	do {
		const struct desk_answer *a = DESK(d, &customer_search_row, {"limit", "7"},
						   {"cursor", cursor[0] == '\0' ? NULL : cursor});

		seen += (int)strtol(desk_at(a, "items"), NULL, 10);
		snprintf(cursor, sizeof cursor, "%s", desk_at(a, "next_cursor"));
	} while (strcmp(cursor, "null") != 0 && seen < 100);
	cr_expect_eq(seen, 40);
	expect_is(DESK(d, &customer_search_row, {"cursor", "x"}), "input", "");
}

Test(conversation, a_number_is_read_as_people_write_it)
{
	static const struct {
		const char *text, *number;
	} cases[] = {
		{"514 555 0199", MAYA},
		{"(514) 555-0199", MAYA},
		{"1-514-555-0199", MAYA},
		{"+1.514.555.0199", MAYA},
		{" +15145550199 ", MAYA},
		{"0033 6 12 34 56 78", "+33612345678"},
		{"011 33 6 12345678", "+33612345678"},
		{"5550199", ""},
		{"114 555 0199", ""},
		{"+0 514 555", ""},
		{"call me", ""},
		{"514 555 0199 ext 2", ""},
		{"", ""},
		{"+123456789012345678", ""},
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		PGresult *r = sql_ask(t->app, "SELECT number_e164($1)", 1, &cases[i].text);

		cr_expect_str_eq(PQgetvalue(r, 0, 0), cases[i].number, "%s", cases[i].text);
		PQclear(r);
	}
}

/* ---- a text first ---- */

Test(conversation, a_new_number_becomes_a_customer_and_a_thread_that_is_ours)
{
	const struct desk_answer *a = START({"phone_number", "514 555 0199"},
					    {"body", "Your bike is ready"}, {"language", "en"});

	expect_is(a, "created", "");
	expect_at(a, "conversation.peer", MAYA);
	expect_at(a, "conversation.store_number", DEMO_NUMBER_A);
	expect_at(a, "conversation.holder_name", "Jordan Reyes");
	expect_at(a, "conversation.epoch", "1");
	expect_at(a, "conversation.language", "en");
	expect_at(a, "message.body", "Your bike is ready");
	expect_at(a, "message.status", "queued");
	expect_text("SELECT string_agg(type, ' ' ORDER BY seq) FROM events WHERE payload ->> "
		    "'phone_number' = '" MAYA
		    "' OR conversation_id = (SELECT id FROM conversations WHERE peer = '" MAYA "')",
		    "customer.created conversation.opened message.queued");
	writes(MAYA, "SM1",
	       "Great, thanks"); /* the answer comes to the same thread, and to the person */
	expect_int("SELECT count(*) FROM conversations WHERE peer = '" MAYA "'", 1);
	expect_int("SELECT count(*) FROM due_work WHERE kind = 'agent_turn' AND ref = (SELECT id "
		   "FROM conversations WHERE peer = '" MAYA "')",
		   0);
	/* handed back, the agent answers; it has not said yet who it is */
	expect_is(DESK(d, &conversation_hand_back_row, {"id", desk_at(a, "conversation.id")},
		       {"epoch", "1"}),
		  "ok", "");
	expect_int("SELECT count(*) FROM conversations WHERE peer = '" MAYA
		   "' AND greeted_at IS NULL AND holder = 'agent'",
		   1);
	expect_int("SELECT count(*) FROM due_work w JOIN conversations c ON c.id = w.ref WHERE"
		   " w.kind = 'agent_turn' AND c.peer = '" MAYA "'",
		   1);
}

Test(conversation, where_a_thread_is_open_the_text_goes_there)
{
	const struct desk_answer *a;

	writes(MAYA, "SM1", "hello");
	a = START({"phone_number", MAYA}, {"body", "Hi Maya"});
	expect_is(a, "created", "");
	expect_at(a, "conversation.epoch", "2");
	expect_at(a, "conversation.last_position", "4"); /* hello, marker, notice, Hi Maya */
	desk_user(d, "Sylvie");
	a = START({"phone_number", MAYA}, {"body", "Me too"});
	expect_is(a, "conflict", "already_held");
	expect_at(a, "holder_name", "Jordan Reyes");
	expect_int("SELECT count(*) FROM conversations WHERE peer = '" MAYA "'", 1);
}

Test(conversation, what_cannot_be_texted_is_said)
{
	char *customer = sql_text(
		t->app, "SELECT id FROM customers WHERE phone_number = '" DEMO_SHARED_NUMBER "'");
	char *other =
		sql_text(t->owner, "SELECT id FROM customers WHERE organization_id = '" DEMO_ORG_B
				   "' AND phone_number = '" DEMO_SHARED_NUMBER "'");
	static const char absent[] = "c0000000-0000-4000-8000-000000000009";

	expect_is(START({"body", "hi"}), "input", "");
	expect_is(START({"body", "hi"}, {"customer_id", customer}, {"phone_number", MAYA}), "input",
		  "");
	expect_is(START({"body", "hi"}, {"phone_number", "call me"}), "input", "");
	expect_is(START({"body", "hi"}, {"phone_number", DEMO_NUMBER_A}), "input", "");
	expect_is(START({"body", "hi"}, {"phone_number", MAYA}, {"store_number", DEMO_NUMBER_B}),
		  "input", "");
	expect_is(START({"body", "hi"}, {"customer_id", absent}), "missing", "");
	expect_is(START({"body", "hi"}, {"customer_id", other}), "missing", "");
	expect_is(START({"body", " "}, {"customer_id", customer}), "input", "");
	sql_run(t->owner, "INSERT INTO customers (organization_id, id, email) VALUES ('" DEMO_ORG_A
			  "', 'c0000000-0000-4000-8000-000000000003', 'a@example.com')");
	expect_is(START({"body", "hi"}, {"customer_id", "c0000000-0000-4000-8000-000000000003"}),
		  "conflict", "unreachable");
	expect_at(START({"body", "hi"}, {"phone_number", "+33612345678"}), "message.status",
		  "held");
	sql_run(t->owner, "INSERT INTO consents VALUES ('" DEMO_ORG_A "', '" MAYA
			  "', true, 'sms', 'en', now())");
	expect_at(START({"body", "hi"}, {"phone_number", MAYA}), "message.status", "suppressed");
	expect_int("SELECT count(*) FROM due_work w JOIN outbox o ON o.id = w.ref WHERE "
		   "o.to_number IN ('" MAYA "', '+33612345678')",
		   0);
	free(customer);
	free(other);
}

/* ---- their language ---- */

#define SPEAKS(word) DESK(d, &customer_speaks_row, {"id", customer}, {"language", word})
#define SPOKEN                                                                                \
	"SELECT c.language || c.language_chosen || k.preferred_language || k.language_chosen" \
	" FROM conversations c JOIN customers k ON k.id = c.customer_id WHERE c.peer = '" MAYA "'"

Test(conversation, staff_set_a_customers_language_and_take_it_back)
{
	char *customer;

	writes(MAYA, "SM1", "hello");
	sql_run(t->owner, "UPDATE conversations SET language = 'en' WHERE peer = '" MAYA "'");
	customer = sql_text(t->owner, "SELECT id FROM customers WHERE phone_number = '" MAYA "'");
	expect_at(SPEAKS("fr"), "preferred_language", "fr");
	expect_text(SPOKEN, "frtruefrtrue");
	expect_int("SELECT count(*) FROM events WHERE type = 'conversation.updated' AND "
		   "payload ->> 'language' = 'fr' AND (payload ->> 'language_chosen')::boolean",
		   1);
	expect_int("SELECT count(*) FROM audit_log WHERE action = 'customer.edit' AND detail ->> "
		   "'language' = 'fr'",
		   1);
	/* what they write decides again */
	expect_at(SPEAKS("none"), "language_chosen", "false");
	expect_text(SPOKEN, "frfalsefrfalse");
	sql_run(t->owner, "UPDATE customers SET erased_at = now(), phone_number = NULL WHERE "
			  "phone_number = '" MAYA "'");
	expect_is(SPEAKS("en"), "gone", "");
	free(customer);
}

/* ---- the neighbour ---- */

Test(conversation, the_neighbours_and_the_absent_are_the_same_nothing)
{
	static const struct {
		const struct api_row *row;
		struct desk_said more[3];
	} cases[] = {
		{&conversation_one_row, {{NULL, NULL}}},
		{&conversation_messages_row, {{NULL, NULL}}},
		{&conversation_take_over_row, {{"epoch", "1"}}},
		{&conversation_reply_row, {{"epoch", "1"}, {"body", "hi"}}},
		{&conversation_hand_back_row, {{"epoch", "1"}}},
		{&conversation_close_row, {{"epoch", "1"}}},
		{&conversation_note_row, {{"body", "hi"}}},
		{&conversation_whisper_row, {{"body", "hi"}}},
		{&customer_one_row, {{NULL, NULL}}},
		{&customer_speaks_row, {{"language", "fr"}}},
	};
	static const char everything[] =
		"SELECT md5(string_agg(c::text, '' ORDER BY id)) FROM conversations c"
		" WHERE organization_id = '" DEMO_ORG_B "'";
	char *theirs, *customer, *before;

	theirs = sql_text(t->owner,
			  "SELECT id FROM conversations WHERE organization_id = '" DEMO_ORG_B
			  "' AND state = 'open' LIMIT 1");
	customer =
		sql_text(t->owner, "SELECT id FROM customers WHERE organization_id = '" DEMO_ORG_B
				   "' LIMIT 1");
	before = sql_text(t->owner, everything);
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		bool person =
			cases[i].row == &customer_one_row || cases[i].row == &customer_speaks_row;
		const char *ids[] = {person ? customer : theirs,
				     "c0000000-0000-4000-8000-000000000009"};

		for (size_t k = 0; k < ARRAY_LEN(ids); k++) {
			const struct desk_answer *a = DESK(d, cases[i].row, {"id", ids[k]},
							   cases[i].more[0], cases[i].more[1]);

			expect_is(a, "missing", "");
			cr_expect_null(a->body, "%s says: %s", cases[i].row->statement.name,
				       a->text);
		}
	}
	expect_at(LIST({"customer_id", customer}, {"state", "all"}), "items", "0");
	expect_text(everything, before);
	free(theirs);
	free(customer);
	free(before);
}
