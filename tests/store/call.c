/*
 * call.c - schema/functions/call*.sql over a real PostgreSQL: a call is begun once, moves only
 * forward, says each line once whatever is lost on the way, and nobody's request touches another
 * store's call.
 */
#include <criterion/criterion.h>
#include <jansson.h>

#include "shared/buf.h"
#include "tests/support/db.h"

#define MAYA "+15145550199"
#define CALL "(SELECT id FROM call_sessions WHERE twilio_call_sid = 'CA1')"
#define TALK "(SELECT conversation_id FROM call_sessions WHERE twilio_call_sid = 'CA1')"
#define ORG  "'" DEMO_ORG_A "'"
#define WORDS                                                                             \
	"\"words\":{\"hello\":{\"en\":\"Hello, {store}.\",\"fr\":\"Bonjour, {store}.\"}," \
	"\"other\":{\"en\":\"English: 9.\",\"fr\":\"Le 9.\"},\"ask\":{\"en\":\"Yes?\","   \
	"\"fr\":\"Oui?\"}}"

static struct test_db *t;
static json_t *facts; /* of the last request */

static void set_up(void)
{
	t = test_db_new(TEST_DB_DEMO);
	sql_context(t->owner, DEMO_ORG_A);
	sql_context(t->app, DEMO_ORG_A);
	/* a store that has set up nothing for its calls */
	sql_run(t->owner,
		"UPDATE organizations SET elevenlabs_agent_id = NULL, consent_line_en = NULL,"
		" consent_line_fr = NULL WHERE id = " ORG);
}

static void tear_down(void)
{
	json_decref(facts);
	test_db_free(t);
}

TestSuite(call, .init = set_up, .fini = tear_down);

/* ---- asking ---- */

static void asked(const char *sql)
{
	char *text = sql_text(t->app, sql);

	json_decref(facts);
	facts = json_loads(text, 0, NULL);
	cr_assert_not_null(facts, "%s\ngave %s", sql, text);
	free(text);
	sql_context(t->app, DEMO_ORG_A);
}

/* call_in: a call of that number with that SID. `more` goes into what is told: ",\"agent\":true" */
static void rings(const char *from, const char *sender, const char *sid, const char *more)
{
	char sql[1200];

	snprintf(sql, sizeof sql,
		 "SELECT call_in('voice', '" DEMO_NUMBER_A "', '%s', '%s', '%s', 'AC0', NULL,"
		 " '{\"document\":true,\"status\":\"ringing\",\"stream_hash\":\""
		 "00000000000000000000000000000000000000000000000000000000000000ff\"," WORDS
		 "%s}')",
		 from, sender, sid, more);
	asked(sql);
}

static void maya_rings(void)
{
	rings(MAYA, "e164", "CA1", "");
}

/* call_hook about Maya's call; `told` is the inside of the object behind document and status. */
static void hook(const char *door, bool answered, const char *told)
{
	char sql[1200];

	snprintf(sql, sizeof sql,
		 "SELECT call_hook('%s', " CALL ", 'CA1', 'AC0', NULL, '{\"document\":%s%s%s}')",
		 door, answered ? "true" : "false", told[0] == '\0' ? "" : ",", told);
	asked(sql);
}

/* The agent's answer to the turn in `facts`; `more` as in rings(). */
static void agent_says(const char *say, const char *more)
{
	const json_t *turn = json_object_get(facts, "turn");
	char sql[1400], wish[40] = "";

	cr_assert(json_is_object(turn), "no turn is wanted");
	if (json_is_string(json_object_get(turn, "wish")))
		snprintf(wish, sizeof wish, ",\"wish\":\"%s\"",
			 json_string_value(json_object_get(turn, "wish")));
	snprintf(sql, sizeof sql,
		 "SELECT call_answer(" ORG ", " CALL
		 ", '{\"epoch\":%d,\"answered_to\":%d,\"misses\":%d,"
		 "\"language\":\"en\",\"language_chosen\":false,\"say\":\"%s\",\"class\":\"store_"
		 "info\","
		 "\"promise_due_us\":0,\"person_now\":false%s%s}', '{\"document\":true}')",
		 (int)json_integer_value(json_object_get(turn, "epoch")),
		 (int)json_integer_value(json_object_get(turn, "answered_to")),
		 (int)json_integer_value(json_object_get(turn, "misses")), say, wish, more);
	asked(sql);
}

static void said(const char *words, int document)
{
	char told[300];

	snprintf(told, sizeof told, "\"d\":%d,\"status\":\"in_progress\",\"words\":\"%s\"",
		 document, words);
	hook("gather", true, told);
}

static void pressed(const char *digit, int document)
{
	char told[300];

	snprintf(told, sizeof told, "\"d\":%d,\"status\":\"in_progress\",\"digits\":\"%s\"",
		 document, digit);
	hook("gather", true, told);
}

/* Nothing was heard. */
static void silent(int document)
{
	said("", document);
}

/* ---- looking ---- */

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

static void expect_fact(const char *name, const char *wanted)
{
	const char *got = json_string_value(json_object_get(facts, name));

	cr_expect_str_eq(got == NULL ? "" : got, wanted, "%s is \"%s\", wanted \"%s\"", name, got,
			 wanted);
}

/* The lines of the document: "a|b". */
static void expect_lines(const char *wanted)
{
	const json_t *lines = json_object_get(facts, "lines");
	struct buf b = {0};

	for (size_t i = 0; i < json_array_size(lines); i++)
		buf_printf(&b, "%s%s", i == 0 ? "" : "|",
			   json_string_value(json_object_get(json_array_get(lines, i), "body")));
	cr_expect_str_eq(buf_cstr(&b), wanted, "lines \"%s\", wanted \"%s\"", buf_cstr(&b), wanted);
	buf_clear(&b);
}

static int document(void)
{
	return (int)json_integer_value(json_object_get(facts, "document"));
}

static void expect_stage(const char *wanted)
{
	expect_fact("stage", wanted);
	expect_text("SELECT stage FROM call_sessions WHERE id = " CALL, wanted);
}

static void expect_request(const char *state)
{
	expect_text(
		"SELECT coalesce(max(state), '') FROM escalations WHERE conversation_id = " TALK,
		state);
}

/* ---- beginning ---- */

Test(call, is_begun_once_however_often_it_is_told)
{
	maya_rings();
	expect_fact("outcome", "ok");
	expect_stage("builtin");
	expect_lines("Hello, Bici Downtown.|Le 9.|Yes?");
	cr_expect_eq(document(), 1);
	for (int i = 2; i < 5; i++) { /* nothing has proved that the greeting was heard */
		maya_rings();
		cr_expect_eq(document(), i);
		expect_lines("Hello, Bici Downtown.|Le 9.|Yes?");
	}
	expect_int("SELECT count(*) FROM conversations WHERE peer = '" MAYA
		   "' AND channel = 'voice'",
		   1);
	expect_int("SELECT count(*) FROM events WHERE type = 'call.started' AND conversation_id "
		   "= " TALK,
		   1);
	expect_int("SELECT last_event - (SELECT count(*) FROM events WHERE organization_id = " ORG
		   ") FROM organization_counters WHERE organization_id = " ORG,
		   0);
}

/* Eight deliveries at the same moment. */
Test(call, is_begun_once_by_a_crowd)
{
	PGconn *crowd[8];

	for (size_t i = 0; i < ARRAY_LEN(crowd); i++) {
		crowd[i] = test_db_connect(t->app_url);
		cr_assert(PQsendQuery(crowd[i],
				      "SELECT call_in('voice', '" DEMO_NUMBER_A "', '" MAYA
				      "', 'e164', 'CA1', 'AC0', NULL, '{\"document\":true," WORDS
				      "}')"));
	}
	for (size_t i = 0; i < ARRAY_LEN(crowd); i++) {
		PGresult *r = PQgetResult(crowd[i]);

		cr_expect_eq(PQresultStatus(r), PGRES_TUPLES_OK, "%s", PQresultErrorMessage(r));
		PQclear(r);
		PQfinish(crowd[i]);
	}
	expect_int("SELECT count(*) FROM conversations WHERE peer = '" MAYA
		   "' AND channel = 'voice'",
		   1);
	expect_int("SELECT count(*) FROM customers WHERE phone_number = '" MAYA "'", 1);
	expect_int("SELECT document_number FROM call_sessions WHERE twilio_call_sid = 'CA1'", 8);
	expect_int("SELECT count(*) FROM messages WHERE conversation_id = " TALK, 3);
}

Test(call, withheld_and_odd_callers_share_nobody)
{
	rings("anonymous", "withheld", "CA1", "");
	rings("anonymous", "withheld", "CA2", "");
	rings("sip:x@y", "odd", "CA3", "");
	cr_expect(json_is_false(json_object_get(facts, "reachable")));
	expect_int(
		"SELECT count(DISTINCT c.peer) FROM call_sessions s JOIN conversations c ON c.id ="
		" s.conversation_id WHERE s.twilio_call_sid IN ('CA1', 'CA2', 'CA3') AND"
		" c.customer_id IS NULL",
		3);
}

/* Two calls of one number at once are two conversations. */
Test(call, two_of_one_number_are_two)
{
	maya_rings();
	rings(MAYA, "e164", "CA2", "");
	expect_int("SELECT count(*) FROM conversations WHERE peer = '" MAYA
		   "' AND channel = 'voice' AND state = 'open'",
		   2);
}

Test(call, greets_in_the_callers_language_and_says_what_must_be_said)
{
	sql_run(t->owner, "UPDATE organizations SET consent_line_en = 'Calls are kept.',"
			  " consent_line_fr = 'Les appels sont conservés.', call_greeting_fr ="
			  " 'Ici {store}!' WHERE id = " ORG);
	maya_rings();
	expect_lines("Hello, Bici Downtown. Calls are kept.|Les appels sont conservés. Le 9.|Yes?");
	expect_text("SELECT recording || ' ' || recording_words FROM call_sessions WHERE"
		    " twilio_call_sid = 'CA1'",
		    "announced Calls are kept.");
	sql_run(t->owner,
		"UPDATE customers SET preferred_language = 'fr', language_chosen = true WHERE"
		" phone_number = '" MAYA "'");
	rings(MAYA, "e164", "CA2", "");
	expect_lines("Ici Bici Downtown! Les appels sont conservés.|Oui?");
	rings(MAYA, "e164", "CA3", ",\"agent\":true"); /* the bridge's agent greets by itself */
	expect_fact("stage", "bridge");
	expect_lines("Ici Bici Downtown! Les appels sont conservés.");
}

/* ---- whose ---- */

Test(call, of_another_store_is_unknown_and_untouched)
{
	static const char *const strangers[] = {
		/* another store's account, by id and by SID; a number of nobody; a leg that is not
		 * there; another call's id */
		"SELECT call_hook('next', " CALL ", 'CA1', 'AC9', '" DEMO_ORG_B
		"', '{\"document\":true,"
		"\"d\":1}')",
		"SELECT call_hook('status', NULL, 'CA1', 'AC9', '" DEMO_ORG_B
		"', '{\"document\":false,"
		"\"status\":\"completed\"}')",
		"SELECT call_hook('status', NULL, 'CA404', 'AC0', NULL, "
		"'{\"document\":false,\"status\":"
		"\"completed\"}')",
		"SELECT call_hook('next', gen_random_uuid(), 'CA1', 'AC0', NULL, "
		"'{\"document\":true}')",
		"SELECT call_hook('next', " CALL
		", 'CA2', 'AC0', NULL, '{\"document\":true,\"d\":1}')",
	};

	maya_rings();
	sql_run(t->owner, "CREATE TEMP TABLE before AS SELECT s, (SELECT last_event FROM"
			  " organization_counters WHERE organization_id = " ORG ") AS n FROM"
			  " call_sessions s WHERE twilio_call_sid = 'CA1'");
	for (size_t i = 0; i < ARRAY_LEN(strangers); i++) {
		asked(strangers[i]);
		expect_fact("outcome", "unknown");
		cr_expect_eq(json_object_size(facts), 1u, "%zu: it tells more than that", i);
	}
	asked("SELECT call_in('voice', '" DEMO_NUMBER_A "', '" MAYA
	      "', 'e164', 'CA5', 'AC9', '" DEMO_ORG_B "', '{\"document\":true," WORDS "}')");
	expect_fact("outcome", "nobody");
	asked("SELECT call_in('voice', '+14165559999', '" MAYA "', 'e164', 'CA5', 'AC0', NULL,"
	      " '{\"document\":true," WORDS "}')");
	expect_fact("outcome", "nobody");
	expect_int(
		"SELECT count(*) FROM call_sessions s, before b WHERE s.twilio_call_sid = 'CA1' AND"
		" s = b.s AND b.n = (SELECT last_event FROM organization_counters WHERE"
		" organization_id = " ORG ")",
		1);
}

/* ---- lines ---- */

Test(call, a_line_is_spoken_until_it_is_proved_and_then_never_again)
{
	maya_rings();
	said("are you open", 1);
	agent_says("Until six.", "");
	expect_lines("Until six.");
	cr_expect_eq(document(), 2);
	/* the answer was lost: the carrier asks its fallback, which proves nothing */
	hook("fallback", true, "\"status\":\"in_progress\"");
	expect_lines("Until six.");
	cr_expect_eq(document(), 3);
	/* the same gather again, late: the words are not kept twice, the line stays due */
	said("are you open", 1);
	expect_lines("Until six.");
	expect_int("SELECT count(*) FROM messages WHERE conversation_id = " TALK
		   " AND author = 'customer'",
		   1);
	hook("next", true, "\"d\":4");
	expect_lines("");
	expect_text("SELECT string_agg(status, ',' ORDER BY position) FROM messages WHERE"
		    " conversation_id = " TALK " AND direction = 'out'",
		    "delivered,delivered,delivered,delivered");
	/* one end for each line */
	expect_int("SELECT count(*) FROM events WHERE type = 'message.status' AND conversation_id "
		   "= " TALK,
		   4);
}

Test(call, a_line_of_an_older_epoch_is_never_spoken)
{
	maya_rings();
	said("are you open", 1);
	agent_says("Until six.", "");
	sql_run(t->owner, "UPDATE conversations SET epoch = epoch + 1 WHERE id = " TALK);
	hook("next", true, "");
	expect_lines("");
	expect_text("SELECT status FROM messages WHERE body = 'Until six.'", "superseded");
	hook("next", true, "\"d\":2"); /* it was heard after all: its end stays */
	expect_text("SELECT status FROM messages WHERE body = 'Until six.'", "superseded");
}

/* ---- the agent's turn ---- */

Test(call, a_turn_is_stored_once_and_never_over_a_person)
{
	json_t *turn;

	maya_rings();
	said("are you open", 1);
	turn = json_incref(facts);
	agent_says("Until six.", "");
	json_decref(facts);
	facts = json_incref(turn); /* another process had the same turn */
	agent_says("Until seven.", "");
	expect_lines("Until six.");
	said("and tomorrow", document());
	sql_run(t->owner,
		"UPDATE conversations SET epoch = epoch + 1, holder = 'staff', holder_user_id ="
		" (SELECT id FROM user_profiles WHERE organization_id = " ORG " LIMIT 1)"
		" WHERE id = " TALK);
	agent_says("Until eight.", "");
	expect_lines("");
	hook("next", true, "");
	cr_expect_null(json_object_get(facts, "turn"), "a person holds it");
	expect_int(
		"SELECT count(*) FROM messages WHERE author = 'agent' AND conversation_id = " TALK,
		1);
	json_decref(turn);
}

Test(call, whoever_comes_next_does_the_turn_that_was_lost)
{
	maya_rings();
	said("are you open", 1);
	cr_expect(json_is_object(json_object_get(facts, "turn")));
	hook("fallback", true, ""); /* the process is gone; the gather proved the greeting */
	agent_says("Until six.", "");
	expect_lines("Until six.");
}

Test(call, silence_is_counted_once_a_document)
{
	maya_rings();
	silent(1);
	silent(1); /* the same again */
	expect_int("SELECT misses FROM call_sessions WHERE id = " CALL, 1);
	silent(document());
	silent(document());
	cr_expect_str_eq(json_string_value(json_object_get(json_object_get(facts, "turn"), "wish")),
			 "unheard");
	agent_says("I cannot hear you.", ",\"voicemail\":true");
	expect_stage("voicemail");
	expect_lines("I cannot hear you.");
	expect_request("");
	hook("next", true, "\"d\":5"); /* nothing was recorded */
	expect_stage("ended");
	expect_text("SELECT end_reason FROM call_sessions WHERE id = " CALL, "no_message");
}

/* ---- keys ---- */

Test(call, keys)
{
	maya_rings();
	pressed("9", 1);
	expect_text("SELECT language || language_chosen FROM conversations WHERE id = " TALK,
		    "frtrue");
	expect_text("SELECT preferred_language || language_chosen FROM customers WHERE "
		    "phone_number = '" MAYA "'",
		    "frtrue");
	cr_expect_str_eq(
		json_string_value(json_object_get(json_object_get(facts, "turn"), "language")),
		"fr");
	agent_says("Bien entendu.", "");
	pressed("9", 1); /* the same again does not turn it back */
	expect_text("SELECT language FROM conversations WHERE id = " TALK,
		    "en");        /* what the agent said */
	pressed("5", document()); /* asks for nothing */
	cr_expect_null(json_object_get(facts, "turn"));
	pressed("1", document()); /* nobody is awaited: nothing to leave */
	agent_says("", "");
	expect_stage("builtin");
	pressed("0", document());
	agent_says("Soon.", ",\"reason\":\"human_request\",\"person_now\":true");
	expect_stage("builtin");
	expect_request("queued");
	cr_expect(json_is_true(json_object_get(facts, "awaited")));
	pressed("1", document());
	expect_stage("voicemail");
}

/* ---- persons and messages ---- */

static void wants_a_person(void)
{
	maya_rings();
	pressed("0", 1);
	agent_says("Tomorrow.", ",\"reason\":\"human_request\",\"promise_due_us\":1900000000000000,"
				"\"voicemail\":true");
}

Test(call, nobody_there_is_a_promise_and_a_message)
{
	wants_a_person();
	expect_stage("voicemail");
	expect_request("callback_promised");
	expect_int("SELECT count(*) FROM promises p JOIN due_work w ON w.ref = p.id AND w.kind = "
		   "'promise'"
		   " WHERE p.conversation_id = " TALK
		   " AND p.kind = 'callback' AND p.state = 'open'",
		   1);
	/* the action and the callback tell of one recording, in any order, more than once */
	hook("recording", false,
	     "\"recording_sid\":\"RE1\",\"recording_url\":\"https://x/"
	     "RE1\",\"recorded_seconds\":7");
	hook("voicemail", true,
	     "\"d\":2,\"recording_sid\":\"RE1\",\"recording_url\":\"https://x/"
	     "RE1\",\"recorded_seconds\":7");
	expect_stage("ended");
	cr_expect(json_is_true(json_object_get(facts, "message_taken")));
	hook("recording", false, "\"recording_sid\":\"RE1\",\"recording_url\":\"https://x/RE1\"");
	expect_request("voicemail_taken");
	expect_int(
		"SELECT count(*) FROM messages m JOIN message_media f ON f.message_id = m.id WHERE"
		" m.conversation_id = " TALK
		" AND f.url = 'https://x/RE1' AND f.provider_sid = 'RE1'"
		" AND m.media_n = 1 AND m.body = 'Voicemail (7 s)'",
		1);
	hook("status", false, "\"status\":\"completed\",\"seconds\":40");
	expect_request("voicemail_taken"); /* owed: the thread stays open */
	expect_text("SELECT state FROM conversations WHERE id = " TALK, "open");
}

Test(call, a_message_that_is_told_of_late_is_kept)
{
	maya_rings();
	silent(1);
	silent(2);
	silent(3);
	agent_says("I cannot hear you.", ",\"voicemail\":true");
	hook("status", false, "\"status\":\"completed\"");
	expect_text("SELECT state FROM conversations WHERE id = " TALK, "closed");
	hook("recording", false,
	     "\"recording_sid\":\"RE1\",\"recording_url\":\"https://x/"
	     "RE1\",\"recorded_seconds\":3");
	expect_request("voicemail_taken");
	expect_text("SELECT state FROM conversations WHERE id = " TALK, "open");
	expect_stage("ended");
}

Test(call, waiting_too_long_is_a_call_back)
{
	maya_rings();
	pressed("0", 1);
	agent_says("Soon.", ",\"reason\":\"human_request\",\"person_now\":true");
	for (int i = 0; i < 9; i++) {
		cr_expect_null(json_object_get(facts, "turn"), "%d", i);
		silent(document());
	}
	cr_expect_str_eq(json_string_value(json_object_get(json_object_get(facts, "turn"), "wish")),
			 "waited");
	agent_says("Tomorrow.", ",\"reason\":\"nobody_free\",\"promise_due_us\":1900000000000000,"
				"\"voicemail\":true");
	expect_request("callback_promised");
	expect_stage("voicemail");
}

/* ---- the bridge ---- */

Test(call, the_bridge_where_there_is_an_agent_for_it)
{
	static const struct {
		const char *set; /* of the organization */
		const char *told, *stage;
	} cases[] = {
		{"name = name", "", "builtin"},
		{"name = name", ",\"key\":true", "builtin"},
		{"name = name", ",\"key\":true,\"agent\":true", "bridge"},
		{"voice_engine = 'builtin'", ",\"key\":true,\"agent\":true", "builtin"},
		{"voice_engine = 'elevenlabs', elevenlabs_agent_id = 'agent_1'", ",\"agent\":false",
		 "builtin"},
		{"elevenlabs_agent_id = 'agent_1'", ",\"key\":true", "bridge"},
		{"elevenlabs_api_key_sealed = 'x'", "", "bridge"},
	};
	char sql[300], sid[20];

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		snprintf(sql, sizeof sql, "UPDATE organizations SET %s WHERE id = " ORG,
			 cases[i].set);
		sql_run(t->owner, sql);
		snprintf(sid, sizeof sid, "CA%zu", 10 + i);
		rings(MAYA, "e164", sid, cases[i].told);
		expect_fact("stage", cases[i].stage);
	}
	expect_int("SELECT count(*) FROM call_sessions WHERE stage = 'bridge' AND "
		   "octet_length(stream_hash) = 32"
		   " AND stream_until > now() + interval '50 seconds' AND mode = 'bridge'",
		   3);
}

/* Each way in which the stream may end, told in any order and twice. */
Test(call, the_bridge_falls_to_our_own_voice)
{
	static const struct {
		const char *door, *told;
		bool answered;
		const char *stage;
	} cases[] = {
		{"stream-end", "\"d\":1,\"agent\":true,\"key\":true", true, "builtin"},
		{"next", "\"d\":1", true, "builtin"}, /* the document went on behind <Connect> */
		{"fallback", "", true, "builtin"},    /* the document failed */
		{"stream", "\"stream_sid\":\"MZ1\"", false, "bridge"},
		{"stream", "", false, "bridge"},
		{"next", "", true, "bridge"},       /* steered, by somebody */
		{"stream-end", "", true, "bridge"}, /* of a document that is not the last */
	};
	char sql[200];

	maya_rings();
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		sql_run(t->owner, "UPDATE call_sessions SET stage = 'bridge', stage_number = 1, "
				  "served_number = 1,"
				  " document_number = 1, bridge_failures = 0 WHERE id = " CALL);
		hook(cases[i].door, cases[i].answered, cases[i].told);
		expect_stage(cases[i].stage);
		snprintf(sql, sizeof sql,
			 "SELECT bridge_failures FROM call_sessions WHERE id = " CALL);
		expect_int(sql, strcmp(cases[i].stage, "builtin") == 0 ? 1 : 0);
	}
	sql_run(t->owner, "UPDATE call_sessions SET stage = 'bridge' WHERE id = " CALL);
	for (int i = 0; i < 2; i++) {
		expect_text("SELECT call_bridge_over(" ORG ", " CALL ", 'stopped')",
			    i == 0 ? "bridge" : "builtin");
		expect_text("SELECT call_bridge_over(" ORG ", " CALL ", 'failed')", "builtin");
	}
	expect_int("SELECT count(*) FROM due_work WHERE kind = 'call_steer' AND ref = " CALL, 1);
	sql_run(t->owner, "UPDATE call_sessions SET stage = 'bridge' WHERE id = " CALL);
	expect_text("SELECT call_bridge_over(" ORG ", " CALL ", 'done')", "ended");
	hook("stream-end", true, "\"d\":1");
	expect_stage("ended");
	hook("stream", false, "\"stream_sid\":\"MZ1\""); /* its end is told of late */
	expect_fact("outcome", "ok");
}

/* ---- somebody types ---- */

Test(call, while_somebody_types_the_agent_is_silent_and_words_wait_for_a_person)
{
	maya_rings();
	sql_run(t->app,
		"UPDATE conversations SET holder = 'staff', epoch = epoch + 1, holder_user_id = "
		"(SELECT"
		" id FROM user_profiles WHERE organization_id = " ORG " LIMIT 1) WHERE id = " TALK);
	sql_run(t->app,
		"SELECT call_stage(s, c, 'typing', true) FROM call_sessions s JOIN conversations"
		" c ON c.id = s.conversation_id WHERE s.id = " CALL);
	expect_int("SELECT count(*) FROM due_work WHERE kind = 'call_steer' AND ref = " CALL, 1);
	hook("next", true, ""); /* steered there */
	expect_stage("typing");
	cr_expect(json_is_true(json_object_get(facts, "arrived")));
	said("is my bike ready", document());
	cr_expect_null(json_object_get(facts, "turn"));
	cr_expect(json_is_true(json_object_get(facts, "waiting")));
	sql_run(t->app,
		"SELECT call_line(c, s, 'staff', c.holder_user_id, 'text', 'Yes!', 'en', true) FROM"
		" call_sessions s JOIN conversations c ON c.id = s.conversation_id WHERE s.id "
		"= " CALL);
	hook("next", true, ""); /* steered again, in the middle of a gather */
	expect_lines("Yes!");
	silent(document());
	expect_lines("");
	expect_text("SELECT status FROM messages WHERE body = 'Yes!'", "delivered");
	cr_expect_eq(json_integer_value(json_object_get(facts, "misses")), 1);
	for (int i = 0; i < 5; i++) { /* a person is slow: no wish is made of that */
		silent(document());
		cr_expect_null(json_object_get(facts, "turn"));
	}
}

/* ---- states ---- */

Test(call, states_only_move_forward_and_the_first_end_stays)
{
	static const struct {
		const char *told, *state;
	} cases[] = {
		{"\"status\":\"queued\"", "ringing"},
		{"\"status\":\"in_progress\",\"sequence\":2", "in_progress"},
		{"\"status\":\"ringing\",\"sequence\":1", "in_progress"}, /* late */
		{"\"status\":\"busy\",\"sequence\":1",
		 "busy"}, /* an end counts, whenever it comes */
		{"\"status\":\"completed\",\"sequence\":3,\"seconds\":12", "busy"},
		{"\"status\":\"in_progress\",\"sequence\":4", "busy"},
	};

	maya_rings();
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		hook("status", false, cases[i].told);
		expect_text("SELECT state FROM call_sessions WHERE id = " CALL, cases[i].state);
	}
	expect_int(
		"SELECT count(*) FROM events WHERE type = 'call.ended' AND conversation_id = " TALK,
		1);
	expect_text("SELECT state || closed_by FROM conversations WHERE id = " TALK,
		    "closedcustomer");
	expect_text("SELECT stage || end_reason FROM call_sessions WHERE id = " CALL, "endedbusy");
	expect_int("SELECT count(*) FROM messages WHERE conversation_id = " TALK
		   " AND status <> 'superseded'",
		   0);
	/* what is asked about it now ends it once more, and says nothing */
	hook("next", true, "\"d\":1");
	expect_stage("ended");
	expect_lines("");
	cr_expect(json_is_true(json_object_get(facts, "over")));
}

Test(call, who_hangs_up_while_a_person_is_awaited_is_called_back)
{
	maya_rings();
	pressed("0", 1);
	agent_says("Soon.", ",\"reason\":\"human_request\",\"person_now\":true");
	sql_run(t->owner,
		"INSERT INTO call_sessions (organization_id, conversation_id, parent_id, leg, "
		"purpose, user_id, stage, call_direction, from_number, to_number)"
		" SELECT s.organization_id, s.conversation_id, s.id, 'staff', 'takeover', u.id,"
		" 'ringing', 'outbound', 'a', 'b' FROM call_sessions s, LATERAL (SELECT id FROM"
		" user_profiles WHERE organization_id = s.organization_id LIMIT 1) u WHERE s.id "
		"= " CALL);
	for (int i = 0; i < 2; i++)
		hook("status", false, "\"status\":\"completed\",\"seconds\":20");
	expect_request("customer_gone");
	expect_int("SELECT count(*) FROM promises WHERE conversation_id = " TALK
		   " AND kind = 'callback' AND state = 'open'",
		   1);
	expect_text("SELECT state FROM conversations WHERE id = " TALK, "open");
	/* the staff phone that rang for it is let go */
	expect_int("SELECT count(*) FROM due_work w JOIN call_sessions s ON s.id = w.ref WHERE "
		   "w.kind ="
		   " 'call_steer' AND s.leg = 'staff'",
		   1);
}

Test(call, a_number_that_nobody_knows_is_owed_nothing)
{
	rings("anonymous", "withheld", "CA1", "");
	pressed("0", 1);
	agent_says("Soon.", ",\"reason\":\"human_request\",\"person_now\":true");
	hook("status", false, "\"status\":\"completed\"");
	expect_request("customer_gone");
	expect_text("SELECT state FROM conversations WHERE id = " TALK, "closed");
}

Test(call, goodbye_ends_it_after_it_was_said)
{
	maya_rings();
	said("thanks, bye", 1);
	agent_says("Goodbye!", ",\"ends\":true");
	expect_stage("ended");
	expect_lines("Goodbye!");
	hook("fallback", true, ""); /* the document was lost */
	expect_lines("Goodbye!");
	hook("status", false, "\"status\":\"completed\",\"seconds\":9");
	expect_text("SELECT end_reason || duration_seconds FROM call_sessions WHERE id = " CALL,
		    "goodbye9");
}
