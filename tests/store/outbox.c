/*
 * outbox.c - schema/functions/outbox.sql over a real PostgreSQL: a row goes out once, under the
 * epoch it was written under, and what is not known is never called sent or lost.
 */
#include <criterion/criterion.h>

#include "tests/support/db.h"

#define MAYA  "+15145550199"
#define LEASE "aaaaaaaa-0000-4000-8000-000000000001"
#define SM(n) "SM1000000000000000000000000000" #n

static void expect_text(PGconn *c, const char *sql, const char *wanted)
{
	char *got = sql_text(c, sql);

	cr_expect_str_eq(got, wanted, "%s: \"%s\", wanted \"%s\"", sql, got, wanted);
	free(got);
}

/* A conversation with one agent reply in the outbox, leased. */
static struct test_db *reply_queued(void)
{
	struct test_db *t = test_db_new(TEST_DB_DEMO);

	sql_run(t->app, "SELECT text_in('" DEMO_NUMBER_A "', '" MAYA
			"', 'e164', 'SM20000000000000000000000000000001',"
			" NULL, 'hello', NULL, NULL, NULL, NULL, NULL, NULL)");
	sql_context(t->app, DEMO_ORG_A);
	sql_context(t->owner, DEMO_ORG_A);
	sql_run(t->app,
		"UPDATE due_work SET lease = '" LEASE "', leased_until = now() + interval '20 s'"
		" WHERE kind = 'agent_turn' AND ref = (SELECT id FROM conversations WHERE peer = "
		"'" MAYA "')");
	sql_run(t->app,
		"SELECT agent_turn_store('" DEMO_ORG_A "', id, '" LEASE
		"', 1, 1, 'en', false, 'Hi', 1,"
		" 'store_info', NULL, NULL, NULL, NULL) FROM conversations WHERE peer = '" MAYA
		"'");
	/* the service may create nothing, not even for itself */
	sql_run(t->owner,
		"CREATE VIEW ours WITH (security_invoker = true) AS SELECT * FROM outbox"
		" WHERE to_number = '" MAYA "'; GRANT SELECT ON ours TO switchback_service");
	return t;
}

static void leased(struct test_db *t)
{
	sql_run(t->app,
		"UPDATE due_work SET lease = '" LEASE "', leased_until = now() + interval '20 s'"
		" WHERE kind = 'outbox' AND ref = (SELECT id FROM ours)");
}

static const char claim[] = "SELECT coalesce((SELECT action FROM outbox_claim('" DEMO_ORG_A
			    "', (SELECT id FROM ours), '" LEASE "')), 'gone')";
static const char state[] = "SELECT state FROM ours";
static const char status[] = "SELECT m.status FROM messages m JOIN ours o ON o.message_id = m.id";

static void settle(struct test_db *t, const char *result, const char *sid)
{
	char sql[400];

	snprintf(sql, sizeof sql,
		 "SELECT outbox_settle('" DEMO_ORG_A "', (SELECT id FROM ours), '" LEASE
		 "', '%s', %s%s%s, 1, NULL, NULL, NULL, 0)",
		 result, sid == NULL ? "" : "'", sid == NULL ? "NULL" : sid,
		 sid == NULL ? "" : "'");
	sql_run(t->app, sql);
}

static void called_back(struct test_db *t, const char *word, int rank, const char *outcome)
{
	char sql[400];

	snprintf(sql, sizeof sql,
		 "SELECT outcome FROM text_status(NULL, (SELECT id FROM ours), 'AC', '" SM(
			 2001) "', '%s', %d, NULL, NULL, NULL)",
		 word, rank);
	expect_text(t->app, sql, outcome);
}

Test(outbox, a_row_is_claimed_once_and_sent)
{
	struct test_db *t = reply_queued();

	leased(t);
	expect_text(t->app, claim, "send");
	expect_text(t->app, state, "sending");
	settle(t, "sent", SM(2001));
	expect_text(t->app, state, "sent");
	expect_text(t->app, status, "sent");
	expect_text(t->app, claim, "gone");
	expect_text(t->app,
		    "SELECT count(*) FROM due_work WHERE kind = 'outbox' AND ref = (SELECT id FROM "
		    "ours)",
		    "0");
	test_db_free(t);
}

Test(outbox, a_reply_under_an_old_epoch_is_superseded_and_an_opted_out_number_gets_nothing)
{
	struct test_db *t = reply_queued();

	leased(t);
	sql_run(t->app, "UPDATE conversations SET epoch = epoch + 1 WHERE peer = '" MAYA "'");
	expect_text(t->app, claim, "none");
	expect_text(t->app, state, "superseded");
	expect_text(t->app, status, "superseded");
	test_db_free(t);

	t = reply_queued();
	leased(t);
	sql_run(t->app, "INSERT INTO consents (organization_id, phone_number, opted_out, source)"
			" VALUES ('" DEMO_ORG_A "', '" MAYA "', true, 'sms')");
	expect_text(t->app, claim, "none");
	expect_text(t->app, state, "suppressed");
	test_db_free(t);
}

Test(outbox, a_process_that_died_while_sending_leaves_unknown_and_never_a_second_send)
{
	struct test_db *t = reply_queued();

	leased(t);
	expect_text(t->app, claim, "send");
	leased(t); /* its lease ran out; another process claims the work */
	expect_text(t->app, claim, "look");
	expect_text(t->app, status, "unknown");
	settle(t, "unknown", NULL);
	leased(t);
	expect_text(t->app, claim, "look");
	called_back(t, "delivered", 40, "moved"); /* the callback names the row */
	expect_text(t->app, state, "sent");
	expect_text(t->app, status, "delivered");
	settle(t, "again", NULL); /* too late: it is settled */
	expect_text(t->app, state, "sent");
	test_db_free(t);
}

Test(outbox, surely_not_taken_is_queued_again_and_a_status_only_moves_forward)
{
	struct test_db *t = reply_queued();

	leased(t);
	expect_text(t->app, claim, "send");
	settle(t, "again", NULL);
	expect_text(t->app, state, "queued");
	leased(t);
	expect_text(t->app, claim, "send");
	expect_text(t->app, "SELECT attempts FROM ours", "2");
	called_back(t, "delivered", 40, "moved"); /* before our own answer */
	settle(t, "sent", SM(2001));
	called_back(t, "sent", 30, "old");
	called_back(t, "undelivered", 40, "old"); /* the first end stays */
	called_back(t, "read", 50, "moved");
	expect_text(t->app, status, "read");
	test_db_free(t);
}

Test(outbox, texts_to_one_number_keep_their_order)
{
	struct test_db *t = reply_queued();

	sql_run(t->app, "SELECT outbox_add('" DEMO_ORG_A
			"', c, 'system', 'notice', 'second', 'en', NULL, false, 1)"
			" FROM conversations c WHERE peer = '" MAYA "'");
	sql_run(t->app,
		"UPDATE due_work SET lease = '" LEASE "', leased_until = now() + interval '20 s'"
		" WHERE kind = 'outbox'");
	expect_text(t->app,
		    "SELECT action FROM outbox_claim('" DEMO_ORG_A
		    "', (SELECT id FROM ours WHERE body = 'second'), '" LEASE "')",
		    "wait");
	expect_text(t->app,
		    "SELECT action FROM outbox_claim('" DEMO_ORG_A
		    "', (SELECT id FROM ours WHERE body = 'Hi'), '" LEASE "')",
		    "send");
	test_db_free(t);
}

Test(outbox, caps_and_destinations_hold_a_reply_where_staff_see_it)
{
	static const struct {
		const char *set, *peer, *reason;
	} cases[] = {
		{"UPDATE organizations SET pair_hourly_cap = 0", MAYA, "pair_hourly_cap"},
		{"UPDATE organizations SET daily_segment_cap = 0", MAYA, "daily_segment_cap"},
		{"SELECT 1", "+18765550123", "destination"}, /* Jamaica, in the +1 plan */
		{"SELECT 1", "+19005550123", "destination"}, /* premium */
		{"SELECT 1", "+33612345678", "destination"}, /* not among the allowed countries */
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct test_db *t = test_db_new(TEST_DB_DEMO);
		char sql[600];

		sql_context(t->owner, DEMO_ORG_A);
		sql_run(t->owner, cases[i].set);
		snprintf(sql, sizeof sql,
			 "SELECT text_in('" DEMO_NUMBER_A
			 "', '%s', 'e164', 'SM20000000000000000000000000000009', NULL,"
			 " 'hello', NULL, NULL, NULL, NULL, NULL, NULL)",
			 cases[i].peer);
		sql_run(t->app, sql);
		sql_context(t->app, DEMO_ORG_A);
		snprintf(sql, sizeof sql,
			 "SELECT outbox_add('" DEMO_ORG_A
			 "', c, 'agent', 'reply', 'x', 'en', NULL, false, 1)"
			 " FROM conversations c WHERE peer = '%s' AND state = 'open'",
			 cases[i].peer);
		sql_run(t->app, sql);
		snprintf(sql, sizeof sql,
			 "SELECT state || ' ' || held_reason FROM outbox WHERE to_number = '%s' "
			 "AND body = 'x'",
			 cases[i].peer);
		{
			char wanted[64];

			snprintf(wanted, sizeof wanted, "held %s", cases[i].reason);
			expect_text(t->app, sql, wanted);
		}
		test_db_free(t);
	}
}
