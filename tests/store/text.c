/*
 * text.c - schema/functions/text_in.sql and agent_turn.sql over a real PostgreSQL: what a text
 * changes, and what it must never change.
 */
#include <criterion/criterion.h>

#include "tests/support/db.h"

/* text_in() as the service asks it; NULL for what is not given. Returns its outcome, to be freed.
 */
struct asked {
	const char *to, *from, *sender, *sid, *expected, *body, *keyword, *language, *notice,
		*redact;
};

static char *text_in(struct test_db *t, const struct asked *a)
{
	const char *p[] = {a->to,      a->from,     a->sender == NULL ? "e164" : a->sender,
			   a->sid,     a->expected, a->body == NULL ? "hello" : a->body,
			   a->keyword, a->language, a->notice,
			   a->redact};
	PGresult *r = sql_ask(
		t->app,
		"SELECT outcome FROM text_in($1, $2, $3, $4, $5::uuid, $6, NULL, $7, $8, $9, NULL,"
		" $10::jsonb)",
		10, p);
	char *outcome = xstrdup(PQgetvalue(r, 0, 0));

	PQclear(r);
	return outcome;
}

static void expect_in(struct test_db *t, const struct asked *a, const char *wanted)
{
	char *outcome = text_in(t, a);

	cr_expect_str_eq(outcome, wanted, "%s from %s: %s", a->sid, a->from, outcome);
	free(outcome);
}

static void expect_int(PGconn *c, const char *sql, int64_t wanted)
{
	int64_t got = sql_int(c, sql);

	cr_expect_eq(got, wanted, "%s: %" PRId64 ", wanted %" PRId64, sql, got, wanted);
}

static void expect_text(PGconn *c, const char *sql, const char *wanted)
{
	char *got = sql_text(c, sql);

	cr_expect_str_eq(got, wanted, "%s: \"%s\", wanted \"%s\"", sql, got, wanted);
	free(got);
}

#define MAYA   "+15145550199"
#define SID(n) "SM0000000000000000000000000000" #n

Test(text, delivered_twice_is_kept_once_and_numbered_without_gaps)
{
	struct test_db *t = test_db_new(TEST_DB_DEMO);

	sql_context(t->owner, DEMO_ORG_A);
	sql_run(t->owner, "CREATE TEMP TABLE before AS SELECT last_event FROM organization_counters"
			  " WHERE organization_id = '" DEMO_ORG_A "'");
	for (int i = 0; i < 3; i++)
		expect_in(t, &(struct asked){.to = DEMO_NUMBER_A, .from = MAYA, .sid = SID(1001)},
			  i == 0 ? "kept" : "duplicate");
	expect_int(t->owner,
		   "SELECT count(*) FROM messages WHERE twilio_message_sid = '" SID(1001) "'", 1);
	expect_int(t->owner,
		   "SELECT count(*) FROM events e, before WHERE e.organization_id = '" DEMO_ORG_A
		   "' AND e.type = 'message.received' AND e.seq > before.last_event",
		   1);
	expect_int(t->owner,
		   "SELECT last_event - (SELECT count(*) FROM events WHERE organization_id = "
		   "'" DEMO_ORG_A
		   "') FROM organization_counters WHERE organization_id = '" DEMO_ORG_A "'",
		   0);
	test_db_free(t);
}

Test(text, the_called_number_finds_the_store_and_nobody_elses_is_touched)
{
	struct test_db *t = test_db_new(TEST_DB_DEMO);

	expect_in(t,
		  &(struct asked){.to = DEMO_NUMBER_A,
				  .from = DEMO_SHARED_NUMBER,
				  .sid = SID(1002),
				  .body = "for A"},
		  "kept");
	expect_in(t,
		  &(struct asked){.to = DEMO_NUMBER_B,
				  .from = DEMO_SHARED_NUMBER,
				  .sid = SID(1003),
				  .body = "for B"},
		  "kept");
	expect_in(t, &(struct asked){.to = "+14165559999", .from = MAYA, .sid = SID(1004)},
		  "nobody");
	/* a store's own account signs for that store's numbers only */
	expect_in(t,
		  &(struct asked){.to = DEMO_NUMBER_A,
				  .from = MAYA,
				  .sid = SID(1005),
				  .expected = DEMO_ORG_B},
		  "nobody");
	expect_in(t,
		  &(struct asked){.to = DEMO_NUMBER_A,
				  .from = MAYA,
				  .sid = SID(1005),
				  .expected = DEMO_ORG_A},
		  "kept");
	sql_context(t->app, DEMO_ORG_A);
	expect_int(t->app, "SELECT count(*) FROM messages WHERE body = 'for A'", 1);
	expect_int(t->app, "SELECT count(*) FROM messages WHERE body = 'for B'", 0);
	sql_context(t->app, DEMO_ORG_B);
	expect_int(t->app, "SELECT count(*) FROM messages WHERE body = 'for B'", 1);
	test_db_free(t);
}

Test(text, withheld_and_odd_senders_share_no_customer_and_reach_a_person)
{
	struct test_db *t = test_db_new(TEST_DB_DEMO);

	expect_in(t,
		  &(struct asked){.to = DEMO_NUMBER_A,
				  .from = "anonymous",
				  .sender = "withheld",
				  .sid = SID(1011),
				  .body = "first"},
		  "kept");
	expect_in(t,
		  &(struct asked){.to = DEMO_NUMBER_A,
				  .from = "anonymous",
				  .sender = "withheld",
				  .sid = SID(1012),
				  .body = "second"},
		  "kept");
	expect_in(t,
		  &(struct asked){.to = DEMO_NUMBER_A,
				  .from = "SHOPIFY",
				  .sender = "odd",
				  .sid = SID(1013),
				  .body = "third"},
		  "kept");
	sql_context(t->owner, DEMO_ORG_A);
	expect_int(t->owner,
		   "SELECT count(DISTINCT c.id) FROM conversations c JOIN messages m ON "
		   "m.conversation_id = c.id"
		   " WHERE m.body IN ('first', 'second', 'third') AND c.customer_id IS NULL",
		   3);
	expect_int(t->owner, "SELECT count(*) FROM escalations WHERE reason = 'unreachable_sender'",
		   3);
	expect_int(t->owner,
		   "SELECT count(*) FROM due_work w JOIN conversations c ON c.id = w.ref WHERE "
		   "w.kind = 'agent_turn'"
		   " AND c.customer_id IS NULL",
		   0);
	test_db_free(t);
}

Test(text, stop_counts_per_store_and_number_and_yes_only_undoes_it)
{
	struct test_db *t = test_db_new(TEST_DB_DEMO);
	static const char opted[] =
		"SELECT count(*) FROM consents WHERE opted_out AND phone_number = '" MAYA "'";

	expect_in(t,
		  &(struct asked){.to = DEMO_NUMBER_A,
				  .from = MAYA,
				  .sid = SID(1021),
				  .body = "Oui",
				  .keyword = "start_if_out"},
		  "kept");
	sql_context(t->owner, DEMO_ORG_A);
	expect_text(t->owner,
		    "SELECT kind FROM messages WHERE twilio_message_sid = '" SID(1021) "'", "text");
	expect_in(t,
		  &(struct asked){.to = DEMO_NUMBER_A,
				  .from = MAYA,
				  .sid = SID(1022),
				  .body = "ARRET",
				  .keyword = "stop",
				  .language = "fr",
				  .notice = "{store} : au revoir, {phone}"},
		  "kept");
	expect_int(t->owner, opted, 1);
	expect_text(t->owner,
		    "SELECT kind FROM messages WHERE twilio_message_sid = '" SID(1022) "'",
		    "keyword");
	expect_int(t->owner,
		   "SELECT count(*) FROM outbox b JOIN organizations o ON o.id = b.organization_id"
		   " WHERE b.to_number = '" MAYA "' AND b.after_opt_out AND b.kind = 'notice'"
		   " AND b.body = o.name || ' : au revoir, ' || o.phone_number",
		   1);
	sql_context(t->owner, DEMO_ORG_B);
	sql_context(t->app, DEMO_ORG_B);
	expect_int(t->app, opted, 0);
	expect_in(t,
		  &(struct asked){.to = DEMO_NUMBER_A,
				  .from = MAYA,
				  .sid = SID(1023),
				  .body = "Oui",
				  .keyword = "start_if_out"},
		  "kept");
	sql_context(t->app, DEMO_ORG_A);
	expect_int(t->app, opted, 0);
	test_db_free(t);
}

Test(text, two_quick_texts_are_one_turn_and_a_third_is_the_next)
{
	struct test_db *t = test_db_new(TEST_DB_DEMO);
	static const char turns[] =
		"SELECT count(*) FROM due_work w JOIN conversations c ON c.id = w.ref"
		" WHERE w.kind = 'agent_turn' AND c.peer = '" MAYA "'";

	expect_in(t, &(struct asked){.to = DEMO_NUMBER_A, .from = MAYA, .sid = SID(1031)}, "kept");
	expect_in(t, &(struct asked){.to = DEMO_NUMBER_A, .from = MAYA, .sid = SID(1032)}, "kept");
	sql_context(t->owner, DEMO_ORG_A);
	expect_int(t->owner, turns, 1);
	/* somebody is at it: the third marks it dirty, and it is due again when done */
	sql_run(t->owner, "UPDATE due_work w SET lease = 'aaaaaaaa-0000-4000-8000-000000000001',"
			  " leased_until = now() + interval '20 s', dirty = false"
			  " FROM conversations c WHERE c.id = w.ref AND c.peer = '" MAYA "'");
	expect_in(t, &(struct asked){.to = DEMO_NUMBER_A, .from = MAYA, .sid = SID(1033)}, "kept");
	sql_run(t->owner,
		"SELECT agent_turn_store(w.organization_id, w.ref, w.lease, c.epoch, "
		"c.last_position - 1,"
		" 'en', false, 'Hi', 1, 'store_info', NULL, NULL, NULL, NULL)"
		" FROM due_work w JOIN conversations c ON c.id = w.ref WHERE c.peer = '" MAYA "'");
	expect_int(t->owner, turns, 1);
	expect_int(t->owner,
		   "SELECT count(*) FROM due_work w JOIN conversations c ON c.id = w.ref WHERE "
		   "c.peer = '" MAYA
		   "' AND w.lease IS NULL AND w.due_at <= now() AND w.kind = 'agent_turn'",
		   1);
	expect_int(t->owner, "SELECT count(*) FROM outbox WHERE to_number = '" MAYA "'", 1);
	test_db_free(t);
}

Test(text, a_turn_is_stored_once_and_never_over_a_person)
{
	struct test_db *t = test_db_new(TEST_DB_DEMO);
	static const char store[] =
		"SELECT outcome FROM agent_turn_store('" DEMO_ORG_A
		"', (SELECT id FROM conversations WHERE peer = '" MAYA
		"'), 'aaaaaaaa-0000-4000-8000-000000000001', %d, 1, 'en', false, 'Hi', 1, "
		"'store_info',"
		" 'order_status', 'my order', now() + interval '15 minutes', NULL)";
	static const char lease[] =
		"UPDATE due_work SET lease = 'aaaaaaaa-0000-4000-8000-000000000001',"
		" leased_until = now() + interval '20 s' WHERE kind = 'agent_turn'"
		" AND ref = (SELECT id FROM conversations WHERE peer = '" MAYA "')";
	char sql[700];

	expect_in(t, &(struct asked){.to = DEMO_NUMBER_A, .from = MAYA, .sid = SID(1041)}, "kept");
	sql_context(t->owner, DEMO_ORG_A);
	sql_run(t->owner, lease);
	snprintf(sql, sizeof sql, store, 1);
	expect_text(t->owner, sql, "stored");
	expect_text(t->owner, sql, "lease_lost");
	expect_int(t->owner, "SELECT count(*) FROM outbox WHERE to_number = '" MAYA "'", 1);
	expect_int(
		t->owner,
		"SELECT count(*) FROM promises p JOIN conversations c ON c.id = p.conversation_id"
		" JOIN due_work w ON w.ref = p.id AND w.kind = 'promise' AND w.due_at = p.due_at"
		" WHERE c.peer = '" MAYA "' AND p.state = 'open'",
		1);
	/* a person took the thread meanwhile: the epoch rose, nothing is said */
	expect_in(t, &(struct asked){.to = DEMO_NUMBER_A, .from = MAYA, .sid = SID(1042)}, "kept");
	sql_run(t->owner, lease);
	sql_run(t->owner, "UPDATE conversations SET epoch = 2 WHERE peer = '" MAYA "'");
	snprintf(sql, sizeof sql, store, 1);
	expect_text(t->owner, sql, "taken");
	expect_int(t->owner, "SELECT count(*) FROM outbox WHERE to_number = '" MAYA "'", 1);
	test_db_free(t);
}

Test(text, a_card_that_began_earlier_is_taken_out_of_row_and_event)
{
	struct test_db *t = test_db_new(TEST_DB_DEMO);
	char *id, redact[200];

	expect_in(t,
		  &(struct asked){
			  .to = DEMO_NUMBER_A, .from = MAYA, .sid = SID(1051), .body = "4111 1111"},
		  "kept");
	sql_context(t->owner, DEMO_ORG_A);
	id = sql_text(t->owner,
		      "SELECT id FROM messages WHERE twilio_message_sid = '" SID(1051) "'");
	snprintf(redact, sizeof redact, "{\"%s\": \"[card]\"}", id);
	expect_in(t,
		  &(struct asked){.to = DEMO_NUMBER_A,
				  .from = MAYA,
				  .sid = SID(1052),
				  .body = "[card ****1111]",
				  .redact = redact},
		  "kept");
	expect_text(t->owner,
		    "SELECT body FROM messages WHERE twilio_message_sid = '" SID(1051) "'",
		    "[card]");
	expect_int(t->owner, "SELECT count(*) FROM events WHERE payload::text LIKE '%4111%'", 0);
	expect_int(t->owner, "SELECT count(*) FROM events WHERE type = 'message.redacted'", 1);
	free(id);
	test_db_free(t);
}
