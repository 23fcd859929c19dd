/*
 * native.c - schema/functions/native.sql over a real PostgreSQL: calls that ElevenLabs answers by
 * itself come to an end here too, and are what they were said to be.
 */
#include <criterion/criterion.h>

#include "tests/support/db.h"

#define LEASE   "aaaaaaaa-0000-4000-8000-000000000001"
#define ACCOUNT "AC00000000000000000000000000000001"
#define SID     "CA00000000000000000000000000000001"
#define CALLER  "+14165550171"

static struct test_db *t;

static void set_up(void)
{
	t = test_db_new(TEST_DB_DEMO);
	sql_context(t->app, DEMO_ORG_A);
	sql_run(t->owner, "UPDATE organization_phone_numbers SET elevenlabs_phone_id = 'phnum_1' "
			  "WHERE phone_number = '" DEMO_NUMBER_A "'");
	sql_run(t->app,
		"SELECT native_begin('" DEMO_NUMBER_A "', '" CALLER "', 'e164', '" SID "')");
	sql_context(t->app, DEMO_ORG_A);
}

static void tear_down(void)
{
	test_db_free(t);
}

TestSuite(native, .init = set_up, .fini = tear_down, .timeout = 60);

static void expect_text(const char *sql, const char *wanted)
{
	char *got = sql_text(t->app, sql);

	cr_expect_str_eq(got, wanted, "%s: \"%s\", wanted \"%s\"", sql, got, wanted);
	free(got);
}

#define LEG "(SELECT id FROM call_sessions WHERE twilio_call_sid = '" SID "')"

static const char state[] =
	"SELECT s.stage || ' ' || s.state || ' ' || coalesce(s.end_reason, '-') "
	"|| ' ' || c.state FROM call_sessions s JOIN conversations c ON c.id = "
	"s.conversation_id WHERE s.twilio_call_sid = '" SID "'";
static const char waits[] = "SELECT count(*) FROM due_work WHERE kind = 'call_watch'";

static void told(const char *word, const char *from, const char *over)
{
	char sql[400];

	sql_run(t->app, "UPDATE due_work SET lease = '" LEASE "' WHERE kind = 'call_watch'");
	expect_text("SELECT call_sid FROM call_watch_claim('" DEMO_ORG_A "', " LEG ", '" LEASE "')",
		    SID);
	snprintf(sql, sizeof sql,
		 "SELECT over::text FROM call_watch_told('" DEMO_ORG_A "', " LEG ", '" LEASE
		 "', %s, NULL, '%s', '" DEMO_NUMBER_A "')",
		 word, from);
	expect_text(sql, over);
}

Test(native, a_call_lasts_as_long_as_the_carrier_says)
{
	expect_text(state, "native ringing - open");
	told("NULL", CALLER, "false"); /* it could not be asked */
	told("'in_progress'", CALLER, "false");
	expect_text(state, "native in_progress - open");
	expect_text(waits, "1");
	told("'completed'", CALLER, "true");
	expect_text(state, "ended completed completed closed");
	expect_text(waits, "0");
	expect_text("SELECT count(*) FROM call_watch_claim('" DEMO_ORG_A "', " LEG ", '" LEASE "')",
		    "0");
}

Test(native, a_call_that_is_not_what_it_was_said_to_be_is_none)
{
	told("'in_progress'", "+14165550199", "true");
	expect_text(state, "ended failed not_that_call closed");
	expect_text(waits, "0");
}

Test(native, the_carriers_own_word_vouches_and_a_document_of_ours_makes_it_ours)
{
	expect_text("SELECT vouched::text FROM call_sessions WHERE twilio_call_sid = '" SID "'",
		    "false");
	/* staff took it over: the carrier was sent here for its next document */
	sql_run(t->app, "SELECT call_hook('next', " LEG ", '" SID "', '" ACCOUNT
			"', NULL, '{\"document\": true, \"status\": \"in_progress\", \"agent\": "
			"false, \"key\": false}')");
	sql_context(t->app, DEMO_ORG_A);
	expect_text("SELECT vouched::text FROM call_sessions WHERE twilio_call_sid = '" SID "'",
		    "true");
	expect_text(state, "builtin in_progress - open");
	expect_text("SELECT payload->>'live_transcript' FROM events WHERE type = 'call.updated' "
		    "ORDER BY seq DESC LIMIT 1",
		    "true");
}

Test(native, a_number_that_is_not_theirs_announces_nothing)
{
	sql_run(t->app, "SELECT native_begin('" DEMO_NUMBER_B "', '" CALLER
			"', 'e164', 'CA00000000000000000000000000000002')");
	sql_context(t->app, DEMO_ORG_B);
	expect_text("SELECT count(*) FROM call_sessions WHERE twilio_call_sid LIKE '%2'", "0");
}
