/*
 * call_line.c - what a call without a bridge says and hears (schema/functions/call*.sql), over a
 * real PostgreSQL: each line once, silence and keys, the agent's turns, a person who is not there,
 * the way onto the bridge and off it.
 */
#include "tests/store/told.h"

TestSuite(call_line, .init = set_up, .fini = tear_down);

/* ---- lines ---- */

Test(call_line, a_line_is_spoken_until_it_is_proved_and_then_never_again)
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

Test(call_line, a_line_of_an_older_epoch_is_never_spoken)
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

Test(call_line, a_turn_is_stored_once_and_never_over_a_person)
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

Test(call_line, whoever_comes_next_does_the_turn_that_was_lost)
{
	maya_rings();
	said("are you open", 1);
	cr_expect(json_is_object(json_object_get(facts, "turn")));
	hook("fallback", true, ""); /* the process is gone; the gather proved the greeting */
	agent_says("Until six.", "");
	expect_lines("Until six.");
}

Test(call_line, silence_is_counted_once_a_document)
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

Test(call_line, keys)
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

Test(call_line, nobody_there_is_a_promise_and_a_message)
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

Test(call_line, a_message_that_is_told_of_late_is_kept)
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

Test(call_line, waiting_too_long_is_a_call_back)
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

Test(call_line, the_bridge_where_there_is_an_agent_for_it)
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
Test(call_line, the_bridge_falls_to_our_own_voice)
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

Test(call_line, while_somebody_types_the_agent_is_silent_and_words_wait_for_a_person)
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
