/*
 * said.c - schema/functions/call_said.sql and call_stream.sql over a real PostgreSQL: what was said
 * on a bridged call is kept once, in order, only while it counted; who may begin a stream; a text
 * that comes during a call.
 */
#include <criterion/criterion.h>

#include "tests/support/db.h"

#define MAYA  "+15145550199"
#define CALL  "cccccccc-0000-4000-8000-000000000001"
#define VOICE "cccccccc-0000-4000-8000-000000000002"
#define TOKEN "the-token-of-the-stream"
#define STAFF \
	"(SELECT min(id::text)::uuid FROM user_profiles WHERE organization_id = '" DEMO_ORG_A "')"

static struct test_db *t;

/* A call of Maya's that the bridge carries, under epoch 1. */
static const char call_up[] =
	"INSERT INTO customers (organization_id, phone_number, first_name)"
	" VALUES ('" DEMO_ORG_A "', '" MAYA "', 'Maya');"
	"INSERT INTO conversations (organization_id, id, customer_id, channel, peer, store_number)"
	" SELECT '" DEMO_ORG_A "', '" VOICE "', id, 'voice', '" MAYA "', '" DEMO_NUMBER_A
	"' FROM customers WHERE phone_number = '" MAYA "';"
	"INSERT INTO call_sessions (organization_id, id, conversation_id, twilio_call_sid, "
	"call_direction, mode, state, from_number, to_number, stage, stream_hash, stream_until)"
	" VALUES ('" DEMO_ORG_A "', '" CALL "', '" VOICE "', 'CA1', 'inbound', 'bridge', "
	"'in_progress', '" MAYA "', '" DEMO_NUMBER_A "', 'bridge', sha256('" TOKEN
	"'), now() + interval '1 minute')";

static void set_up(void)
{
	t = test_db_new(TEST_DB_DEMO);
	sql_context(t->owner, DEMO_ORG_A);
	sql_context(t->app, DEMO_ORG_A);
	sql_run(t->owner, call_up);
}

static void tear_down(void)
{
	test_db_free(t);
}

TestSuite(said, .init = set_up, .fini = tear_down);

static void expect_int(const char *sql, int64_t wanted)
{
	int64_t got = sql_int(t->app, sql);

	cr_expect_eq(got, wanted, "%s: %" PRId64 ", wanted %" PRId64, sql, got, wanted);
}

static void expect_text(const char *sql, const char *wanted)
{
	char *got = sql_text(t->app, sql);

	cr_expect_str_eq(got, wanted, "%s: \"%s\", wanted \"%s\"", sql, got, wanted);
	free(got);
}

/* Tells it as the scribe of epoch 1 would; "kept corrected refused". */
static void told(const char *json, const char *wanted)
{
	PGresult *r = sql_ask(
		t->app,
		"SELECT concat_ws(' ', kept, corrected, refused) FROM call_said('" DEMO_ORG_A
		"', '" VOICE "', '" CALL "', 1, $1::jsonb)",
		1, &json);

	cr_expect_str_eq(PQgetvalue(r, 0, 0), wanted, "%s: %s, wanted %s", json,
			 PQgetvalue(r, 0, 0), wanted);
	PQclear(r);
}

#define SAID_SO_FAR                                                                              \
	"SELECT string_agg(author || ':' || body, ' | ' ORDER BY position) FROM messages WHERE " \
	"conversation_id = '" VOICE "' AND kind = 'text'"

#define LINE(key, who, body)                                                                 \
	"{\"key\":\"el:c1:" key "\",\"who\":\"" who "\",\"body\":\"" body "\",\"language\":" \
	"\"en\",\"ago_ms\":0}"

Test(said, is_kept_once_in_order_and_told)
{
	static const char first[] = "[{\"began\":\"c1\"}," LINE("1:a0", "agent", "Hello") "," LINE(
		"2:c0", "customer", "Is my bike ready?") "]";
	static const char second[] = "[" LINE("2:c0", "customer", "Is my bike ready?") "," LINE(
		"3:a0", "agent", "It is.") "," LINE("3:a1", "agent", "Anything else?") "]";

	told(first, "2 0 0");
	told(first, "0 0 0");
	told(second, "2 0 0");
	expect_text(SAID_SO_FAR, "agent:Hello | customer:Is my bike ready? | agent:It is. | "
				 "agent:Anything else?");
	expect_int("SELECT count(*) FROM events WHERE conversation_id = '" VOICE
		   "' AND type IN ('message.received', 'message.said')",
		   4);
	expect_text("SELECT elevenlabs_conversation_id FROM conversations WHERE id = '" VOICE "'",
		    "c1");
	expect_int("SELECT answered_position FROM conversations WHERE id = '" VOICE "'", 4);
	/* what was said is over: nobody needs to ask ElevenLabs what was missed */
	expect_int("SELECT count(*) FROM due_work WHERE kind = 'call_transcript'", 1);
	told("[{\"over\":\"c1\"}]", "0 0 0");
	expect_int("SELECT count(*) FROM due_work WHERE kind = 'call_transcript'", 0);
	told("[{\"began\":\"c1\"}]", "0 0 0");
	expect_int("SELECT count(*) FROM due_work WHERE kind = 'call_transcript'", 0);
}

Test(said, a_correction_replaces_and_is_never_undone)
{
	static const char line[] = LINE("1:a0", "agent", "We open at nine and close at six");

	told("[" LINE("1:a0", "agent", "We open at nine and close at six") "]", "1 0 0");
	told("[{\"key\":\"el:c1:1:a0\",\"body\":\"We open at nine\",\"correction\":1}]", "0 1 0");
	told("[{\"key\":\"el:c1:1:a0\",\"body\":\"We open\",\"correction\":2}]", "0 1 0");
	/* the same things come again, late */
	told("[{\"key\":\"el:c1:1:a0\",\"body\":\"We open at nine\",\"correction\":1}]", "0 0 0");
	told("[" LINE("1:a0", "agent", "We open at nine and close at six") "]", "0 0 0");
	expect_text(SAID_SO_FAR, "agent:We open");
	expect_int("SELECT count(*) FROM events WHERE type = 'message.corrected'", 2);
	/* of a line that was never kept */
	told("[{\"key\":\"el:c1:9:a0\",\"body\":\"x\",\"correction\":1}]", "0 0 0");
	(void)line;
}

Test(said, an_agent_whose_time_is_over_is_refused_and_a_customer_never)
{
	told("[" LINE("1:a0", "agent", "One moment") "]", "1 0 0");
	sql_run(t->owner, "SELECT thread_taken(row('" DEMO_ORG_A "', " STAFF
			  ", NULL, NULL, NULL, NULL, NULL)::staff_call, c, 'took over') FROM "
			  "conversations c WHERE id = '" VOICE "'");
	told("[" LINE("2:a0", "agent", "I am still here") "," LINE("3:c0", "customer",
								   "Hello?") "]",
	     "1 0 1");
	/* said before it changed hands, told after */
	told("[{\"key\":\"el:c1:4:a0\",\"who\":\"agent\",\"body\":\"Just before\",\"language\":"
	     "null,\"ago_ms\":60000}]",
	     "1 0 0");
	/* and back with the agent, in a new stream: still not the old one's */
	sql_run(t->owner,
		"UPDATE conversations SET holder = 'agent', holder_user_id = NULL, epoch = "
		"3, holder_since = now() WHERE id = '" VOICE "'");
	told("[" LINE("5:a0", "agent", "A ghost") "]", "0 0 1");
	expect_text(SAID_SO_FAR, "agent:One moment | customer:Hello? | agent:Just before");
	expect_text("SELECT string_agg(epoch::text, ',' ORDER BY position) FROM messages WHERE "
		    "conversation_id = '" VOICE "' AND author = 'agent'",
		    "1,1");
}

Test(said, a_card_that_began_in_an_earlier_line_is_taken_out)
{
	told("[" LINE("1:c0", "customer", "my card is 4111 1111") "]", "1 0 0");
	told("[{\"redact\":{\"el:c1:1:c0\":\"my card is [card ****1111]\",\"el:c1:7:c0\":\"x\"}}]",
	     "0 0 0");
	expect_text(SAID_SO_FAR, "customer:my card is [card ****1111]");
	expect_int("SELECT count(*) FROM events WHERE payload::text LIKE '%4111 1111%'", 0);
}

Test(said, the_thread_follows_the_agents_language_unless_one_was_chosen)
{
	static const char french[] =
		"[{\"key\":\"el:c1:1:a0\",\"who\":\"agent\",\"body\":\"Bonjour\","
		"\"language\":\"fr\",\"ago_ms\":0}]";
	static const char english[] = "[" LINE("2:a0", "agent", "Of course") "]";

	told(french, "1 0 0");
	expect_text("SELECT language FROM conversations WHERE id = '" VOICE "'", "fr");
	sql_run(t->owner, "UPDATE conversations SET language_chosen = true WHERE id = '" VOICE "'");
	told(english, "1 0 0");
	expect_text("SELECT language FROM conversations WHERE id = '" VOICE "'", "fr");
}

/* ---- the stream ---- */

#define BEGIN(sid, stream, token) \
	"SELECT count(*) FROM call_stream_begin('" sid "', '" stream "', sha256('" token "'))"

Test(said, a_stream_begins_with_its_token_and_only_one)
{
	sql_context(t->app, "");
	expect_int(BEGIN("CA1", "MZ1", "another token"), 0);
	expect_int(BEGIN("CA2", "MZ1", TOKEN), 0);
	expect_int(BEGIN("CA1", "MZ1", TOKEN), 1);
	/* its answer was lost; somebody else saw the token */
	expect_int(BEGIN("CA1", "MZ1", TOKEN), 1);
	expect_int(BEGIN("CA1", "MZ2", TOKEN), 0);
	sql_context(t->app, DEMO_ORG_A);
	sql_run(t->owner, "UPDATE call_sessions SET stream_sid = NULL, stream_until = now()");
	expect_int(BEGIN("CA1", "MZ1", TOKEN), 0);
	sql_run(t->owner, "UPDATE call_sessions SET stream_until = now() + interval '1 minute'");
	expect_text(
		"SELECT concat_ws(' ', epoch, language, peer, continued, context -> 'customer' ->> "
		"'first_name') FROM call_stream_begin('CA1', 'MZ1', sha256('" TOKEN "'))",
		"1 en " MAYA " f Maya");
	told("[" LINE("1:a0", "agent", "Hello") "]", "1 0 0");
	expect_text("SELECT continued FROM call_stream_begin('CA1', 'MZ1', sha256('" TOKEN "'))",
		    "t");
	sql_run(t->owner, "UPDATE call_sessions SET stage = 'builtin'");
	expect_int(BEGIN("CA1", "MZ1", TOKEN), 0);
}

#define WISH(epoch)                                                                 \
	"SELECT outcome FROM call_stream_wish('" DEMO_ORG_A "', '" CALL "', " epoch \
	", 'key_zero',"                                                             \
	" NULL, 'A colleague will call you back', now() + interval '1 hour')"

Test(said, a_wish_for_a_person_is_one_request_however_often_it_comes)
{
	sql_run(t->owner, "UPDATE user_sessions SET revoked_at = now() WHERE revoked_at IS NULL");
	expect_text(WISH("2"), "over");
	expect_text(WISH("1"), "promised");
	expect_text(WISH("1"), "already");
	expect_text("SELECT concat_ws(' ', state, reason, jsonb_array_length(reasons)) FROM "
		    "escalations "
		    "WHERE conversation_id = '" VOICE "'",
		    "callback_promised key_zero 1");
	expect_int("SELECT count(*) FROM promises WHERE conversation_id = '" VOICE
		   "' AND kind = 'callback' AND state = 'open'",
		   1);
	/* somebody comes to a console: now it can be more than a promise */
	sql_run(t->owner,
		"INSERT INTO user_sessions (organization_id, user_id, refresh_hash, "
		"expires_at) SELECT organization_id, id, sha256(id::text::bytea), now() + "
		"interval '1 day' FROM user_profiles WHERE role = 'manager' AND organization_id = "
		"'" DEMO_ORG_A "'");
	expect_text(WISH("1"), "asked");
	expect_text(WISH("1"), "already");
	expect_text("SELECT state FROM escalations WHERE conversation_id = '" VOICE "'", "queued");
}

Test(said, who_cannot_be_called_back_may_leave_a_message)
{
	sql_run(t->owner, "UPDATE user_sessions SET revoked_at = now() WHERE revoked_at IS NULL;"
			  "UPDATE conversations SET peer = 'anonymous' WHERE id = '" VOICE "'");
	expect_text(WISH("1"), "voicemail");
	expect_text("SELECT stage FROM call_sessions WHERE id = '" CALL "'", "voicemail");
	expect_text(WISH("1"), "over");
}

/* ---- a text during the call ---- */

#define TEXT(sid, body)                                                              \
	"SELECT outcome FROM text_in('" DEMO_NUMBER_A "', '" MAYA "', 'e164', '" sid \
	"', NULL, '" body "', NULL, NULL, NULL, NULL, NULL, NULL)"
#define TURNS                                                                                  \
	"SELECT count(*) FROM due_work w JOIN conversations c ON c.id = w.ref WHERE w.kind = " \
	"'agent_turn' AND c.peer = '" MAYA "'"

Test(said, a_text_during_the_call_goes_into_it_and_is_not_answered_twice)
{
	expect_text(TEXT("SM1", "It is the red one"), "kept");
	expect_text(TEXT("SM1", "It is the red one"), "duplicate");
	expect_text(SAID_SO_FAR, "customer:It is the red one");
	expect_int(TURNS, 0);
	expect_int("SELECT count(*) FROM messages WHERE body = 'It is the red one'", 2);
	expect_text("SELECT string_agg(payload ->> 'channel', ',') FROM events WHERE type = "
		    "'message.received' AND conversation_id = '" VOICE "'",
		    "sms");
	/* a person took the call: the text waits in its own thread, for the agent or for them */
	sql_run(t->owner, "UPDATE conversations SET holder = 'staff', holder_user_id = " STAFF
			  " WHERE id = '" VOICE "'");
	expect_text(TEXT("SM2", "And another thing"), "kept");
	expect_int(TURNS, 1);
	expect_text(SAID_SO_FAR, "customer:It is the red one");
}

Test(said, a_card_in_a_text_is_taken_out_of_the_call_too)
{
	expect_text(TEXT("SM1", "4111 1111"), "kept");
	sql_run(t->app,
		"SELECT message_redact('" DEMO_ORG_A "', conversation_id, "
		"jsonb_build_object(id, '[card]')) FROM messages WHERE twilio_message_sid = "
		"'SM1'");
	expect_text(SAID_SO_FAR, "customer:[card]");
	expect_int("SELECT count(*) FROM messages WHERE body LIKE '%4111 1111%'", 0);
	expect_int("SELECT count(*) FROM events WHERE payload::text LIKE '%4111 1111%'", 0);
}

Test(said, the_end_of_the_call_ends_that)
{
	sql_run(t->owner, "UPDATE call_sessions SET stage = 'ended' WHERE id = '" CALL "'");
	expect_text(TEXT("SM1", "Are you there?"), "kept");
	expect_int(TURNS, 1);
	expect_int("SELECT count(*) FROM messages WHERE conversation_id = '" VOICE "'", 0);
}
