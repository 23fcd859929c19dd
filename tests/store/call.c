/*
 * call.c - schema/functions/call*.sql over a real PostgreSQL: a call is begun once, moves only
 * forward, says each line once whatever is lost on the way, and nobody's request touches another
 * store's call.
 */
#include "tests/store/told.h"

TestSuite(call, .init = set_up, .fini = tear_down);

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
