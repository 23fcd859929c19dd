/*
 * scribe.c - server/voice/scribe over a real PostgreSQL: lines are kept in order and once, wait
 * while the database is away, and cards never reach it.
 */
#include <criterion/criterion.h>

#include "server/voice/scribe.h"
#include "tests/support/inside.h"

#define CALL  "cccccccc-0000-4000-8000-000000000001"
#define VOICE "cccccccc-0000-4000-8000-000000000002"

static struct scribes *scribes;

static void set_up(void)
{
	inside_up();
	sql_run(inside.db->owner,
		"INSERT INTO conversations (organization_id, id, channel, peer, store_number)"
		" VALUES ('" DEMO_ORG_A "', '" VOICE "', 'voice', '+15145550199', '" DEMO_NUMBER_A
		"');"
		"INSERT INTO call_sessions (organization_id, id, conversation_id, twilio_call_sid, "
		"call_direction, state, from_number, to_number, stage)"
		" VALUES ('" DEMO_ORG_A "', '" CALL "', '" VOICE
		"', 'CA1', 'inbound', 'in_progress', '+15145550199', '" DEMO_NUMBER_A
		"', 'bridge')");
	scribes = scribes_open(&inside.app);
}

static void tear_down(void)
{
	flows_close(inside.app.flows);
	scribes_close(scribes);
	inside.app.flows = flows_open(&inside.app.loop, &inside.app);
	inside_down();
}

TestSuite(scribe, .init = set_up, .fini = tear_down);

static struct scribe *begun(void)
{
	struct scribe_of of = {.organization = DEMO_ORG_A,
			       .conversation = VOICE,
			       .call = CALL,
			       .epoch = 1,
			       .language = LANGUAGE_EN};
	struct scribe *s = scribe_new(scribes, &of);

	scribe_began(s, STR_LIT("conv_1"));
	return s;
}

static void final(struct scribe *s, bool customer, int64_t event, const char *text)
{
	scribe_final(s, &(struct bridge_line){customer, event, str_of(text)});
}

static bool nothing_waits(void *with)
{
	struct scribes_figures f;

	(void)with;
	scribes_figures(scribes, &f);
	return f.waiting == 0;
}

static bool nobody_is_left(void *with)
{
	struct scribes_figures f;

	(void)with;
	scribes_figures(scribes, &f);
	return f.calls == 0;
}

static void expect_said(const char *wanted)
{
	char *got =
		sql_text(inside.db->app,
			 "SELECT string_agg(author || ':' || body, ' | ' ORDER BY position) FROM "
			 "messages WHERE conversation_id = '" VOICE "'");

	cr_expect_str_eq(got, wanted, "\"%s\", wanted \"%s\"", got, wanted);
	free(got);
}

static int64_t transcripts_owed(void)
{
	return sql_int(inside.db->owner,
		       "SELECT count(*) FROM due_work WHERE kind = 'call_transcript'");
}

Test(scribe, writes_a_call_down)
{
	struct scribe *s = begun();

	final(s, false, 1, "Hello, how can I help?");
	final(s, true, 2, "When do you open tomorrow?");
	final(s, false, 3, "One moment.");
	final(s, false, 3, "We open at nine and close at six.");
	scribe_corrected(s, 3, STR_LIT("We open at nine and close at six."),
			 STR_LIT("We open at nine"));
	final(s, true, 4, "Thanks");
	inside_until(nothing_waits, NULL, 5000);
	expect_said(
		"agent:Hello, how can I help? | customer:When do you open tomorrow? | agent:One "
		"moment. | agent:We open at nine | customer:Thanks");
	cr_expect_eq(transcripts_owed(), 1);
	scribe_over(s, true);
	scribe_end(s);
	inside_until(nobody_is_left, NULL, 5000);
	cr_expect_eq(transcripts_owed(), 0);
}

Test(scribe, keeps_one_that_was_not_heard_to_its_end_for_the_transcript)
{
	struct scribe *s = begun();

	final(s, false, 1, "Hello");
	scribe_over(s, false);
	scribe_end(s);
	inside_until(nobody_is_left, NULL, 5000);
	expect_said("agent:Hello");
	cr_expect_eq(transcripts_owed(), 1);
}

Test(scribe, after_its_fence_only_the_customer_counts)
{
	struct scribe *s = begun();

	final(s, false, 1, "We open at nine and close at six.");
	inside_until(nothing_waits, NULL, 5000);
	scribe_fence(s);
	final(s, false, 2, "And another thing");
	final(s, true, 3, "Who is this?");
	scribe_corrected(s, 1, STR_LIT("We open at nine and close at six."), STR_LIT("We"));
	scribe_end(s);
	inside_until(nobody_is_left, NULL, 5000);
	expect_said("agent:We open at nine and close at six. | customer:Who is this?");
}

Test(scribe, knows_the_echo_of_a_text)
{
	struct scribe *s = begun();

	scribe_typed(s, STR_LIT("It is the red one"));
	final(s, true, 1, "Hello");
	final(s, true, 2, "It is the red one");
	final(s, true, 3, "It is the red one"); /* and now they say it */
	scribe_end(s);
	inside_until(nobody_is_left, NULL, 5000);
	expect_said("customer:Hello | customer:It is the red one");
}

Test(scribe, takes_cards_out_also_where_they_are_spread)
{
	struct scribe *s = begun();

	final(s, true, 1, "my card number is 4111 1111");
	inside_until(nothing_waits, NULL, 5000);
	final(s, true, 2, "1111 1111");
	final(s, true, 3, "4242 4242 4242 4242 is the other");
	scribe_end(s);
	inside_until(nobody_is_left, NULL, 5000);
	cr_expect_eq(sql_int(inside.db->owner, "SELECT count(*) FROM messages WHERE body LIKE "
					       "'%4111 1111%' OR body LIKE '%1111 1111%' OR body "
					       "LIKE '%4242 4242%'"),
		     0);
	cr_expect_eq(sql_int(inside.db->owner,
			     "SELECT count(*) FROM events WHERE payload::text LIKE "
			     "'%4111 1111%' OR payload::text LIKE '%4242 4242%'"),
		     0);
	cr_expect_eq(sql_int(inside.db->owner,
			     "SELECT count(*) FROM messages WHERE conversation_id "
			     "= '" VOICE "' AND body LIKE '%[card ****1111]%'"),
		     1);
}

/* Nobody may connect, and who is connected as the service is cut. */
static void database_away(bool away)
{
	PGconn *server = test_db_connect(inside.db->server_url); /* of another database */
	char sql[300];

	snprintf(sql, sizeof sql, "ALTER DATABASE \"%s\" ALLOW_CONNECTIONS %s", inside.db->name,
		 away ? "false" : "true");
	sql_run(server, sql);
	PQfinish(server);
	if (away)
		sql_run(inside.db->owner,
			"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = "
			"'switchback_app' AND datname = current_database()");
}

Test(scribe, waits_for_the_database_and_loses_nothing)
{
	struct scribe *s = begun();
	char line[40], wanted[8000] = "";

	inside_until(nothing_waits, NULL, 5000);
	for (int i = 0; i < 200; i++) {
		snprintf(line, sizeof line, "line %d", i);
		final(s, i % 2 == 0, i + 1, line);
		snprintf(wanted + strlen(wanted), sizeof wanted - strlen(wanted), "%s%s:%s",
			 i > 0 ? " | " : "", i % 2 == 0 ? "customer" : "agent", line);
		if (i == 50)
			database_away(true);
		if (i == 150)
			database_away(false);
		if (i % 10 == 0)
			inside_for(50);
	}
	scribe_over(s, true);
	scribe_end(s);
	inside_until(nobody_is_left, NULL, 20000);
	PQfinish(inside.db->app);
	inside.db->app = test_db_connect(inside.db->app_url);
	sql_context(inside.db->app, DEMO_ORG_A);
	expect_said(wanted);
}
