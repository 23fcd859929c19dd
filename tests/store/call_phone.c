/*
 * call_phone.c - a live call that staff take over by phone (schema/functions/call_staff.sql,
 * call_room.sql), over a real PostgreSQL, by the rows of the API and by what the carrier tells: who
 * is rung, what a key does, and what happens in the room.
 */
#include "tests/store/staffed.h"

TestSuite(call_phone, .init = set_up, .fini = tear_down);

/* ---- by phone ---- */

Test(call_phone, a_phone_rings_while_the_agent_goes_on_and_one_key_takes_the_call)
{
	const struct desk_answer *a = TAKE("1", "phone");

	expect_is(a, "ok", "");
	expect_at(a, "conversation.holder", "agent");
	expect_at(a, "conversation.epoch", "1");
	expect_at(a, "conversation.call.stage", "bridge");
	expect_at(a, "conversation.call.staff.0.user_name", "Jordan Reyes");
	expect_at(a, "conversation.call.staff.0.stage", "ringing");
	expect_at(a, "conversation.call.staff.0.state", "queued");
	expect_at(a, "conversation.escalation.state", "connecting");
	expect_text("SELECT kind || ' ' || author FROM messages WHERE channel = 'voice' ORDER BY "
		    "position DESC"
		    " LIMIT 1",
		    "whisper system");           /* the agent is told */
	expect_is(TAKE("1", "phone"), "ok", ""); /* pressed twice: one phone, once */
	expect_int("SELECT count(*) FROM call_sessions WHERE leg = 'staff'", 1);
	desk_user(d, "Sylvie");
	for (int i = 0; i < 2; i++) {
		a = TAKE("1", i == 0 ? "phone" : "typing");
		expect_is(a, "conflict", "already_claimed");
		expect_at(a, "claimed_by_name", "Jordan Reyes");
	}
	ringing_staff(&r, JORDAN_SID);
	expect_word(ringing_pressed(&r, "1"), "room", "plan");
	a = ONE();
	expect_at(a, "conversation.holder_name", "Jordan Reyes");
	expect_at(a, "conversation.epoch", "2");
	expect_at(a, "conversation.call.stage", "conference");
	expect_at(a, "conversation.call.staff.0.stage", "conference");
	expect_at(a, "conversation.escalation.state", "active");
	expect_text(MARKERS, "is being called / took over");
	expect_next("stream-end", "conference", "");
}

Test(call_phone, a_request_for_a_person_is_reserved_and_goes_back_to_the_front_with_its_time)
{
	sql_run(t->owner, "INSERT INTO escalations (organization_id, conversation_id, state, "
			  "reason, requested_at, queued_at)"
			  " SELECT organization_id, id, 'queued', 'human_request', now() - "
			  "interval '5 minutes', now() -"
			  " interval '5 minutes' FROM conversations WHERE channel = 'voice'");
	expect_is(TAKE("1", "phone"), "ok", "");
	expect_text(REQUEST, "connecting");
	ringing_staff(&r, JORDAN_SID);
	expect_word(ringing_pressed(&r, "2"), "declined", "plan");
	expect_text(REQUEST, "queued");
	expect_int("SELECT (claimed_by IS NULL AND requested_at < now() - interval '4 "
		   "minutes')::int FROM escalations"
		   " WHERE reason = 'human_request' AND state = 'queued'",
		   1);
	expect_text(HOLDER, "agent 1");
	expect_text(MARKERS, "is being called / declined the call");
	expect_text(
		"SELECT body FROM messages WHERE kind = 'whisper' ORDER BY position DESC LIMIT 1",
		"The colleague who was called cannot take this call now. Tell the caller so in one "
		"short sentence,"
		" and go on helping.");
	/* and somebody else's phone may ring */
	ringing_told(&r, r.staff, "status", "completed", NULL);
	desk_user(d, "Sylvie");
	expect_is(TAKE("1", "phone"), "ok", "");
	expect_int(PHONES, 1);
}

Test(call_phone, whatever_a_phone_says_but_1_leaves_the_call_with_the_agent)
{
	static const struct {
		const char *status, *answered_by, *reason, *marker;
	} rows[] = {
		{"busy", NULL, "busy", "was busy"},
		{"no_answer", NULL, "no_answer", "did not answer"},
		{"failed", NULL, "failed", "could not be called"},
		{"canceled", NULL, "no_answer", "did not answer"},
		{"completed", NULL, "declined", "declined the call"}, /* hung up without a key */
		{"completed", "machine_start", "machine", "was not there (voicemail)"},
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		char sid[40], form[60];

		snprintf(sid, sizeof sid, "CA000000000000000000000000000000b%zu", i);
		expect_is(TAKE("1", "phone"), "ok", "");
		ringing_staff(&r, sid);
		snprintf(form, sizeof form, "{\"AnsweredBy\": \"%s\"}",
			 rows[i].answered_by == NULL ? "human" : rows[i].answered_by);
		ringing_told(&r, r.staff, "status", rows[i].status, form);
		ringing_told(&r, r.staff, "status", rows[i].status, form); /* twice is once */
		expect_text("SELECT body FROM messages WHERE kind = 'marker' ORDER BY position "
			    "DESC LIMIT 1",
			    rows[i].marker);
		expect_text("SELECT end_reason FROM call_sessions WHERE leg = 'staff' ORDER BY "
			    "started_at DESC LIMIT 1",
			    rows[i].reason);
		expect_int(PHONES, 0);
		expect_text(HOLDER, "agent 1");
	}
	expect_int("SELECT count(*) FROM messages WHERE kind = 'marker'",
		   2 * (int64_t)ARRAY_LEN(rows));
	expect_int("SELECT count(*) FROM escalations WHERE reason = 'takeover' AND state <> "
		   "'returned_to_bot'",
		   0);
}

Test(call_phone, a_machine_hears_nothing_and_who_presses_nothing_is_let_go)
{
	expect_is(TAKE("1", "phone"), "ok", "");
	ringing_staff(&r, JORDAN_SID);
	expect_word(ringing_asked(&r, r.staff, "staff", "in_progress",
				  "{\"AnsweredBy\": \"machine_start\"}", false, "staff.plan"),
		    "silence", "plan");
	expect_int(PHONES, 0);
	expect_is(TAKE("1", "phone"), "ok", "");
	ringing_staff(&r, SYLVIE_SID);
	expect_word(ringing_pressed(&r, ""), "brief", "once more");
	expect_word(
		ringing_asked(&r, r.staff, "staff-key", "in_progress", "{}", true, "staff.plan"),
		"no_key", "plan");
	expect_int(PHONES, 0);
}

Test(call_phone, the_caller_who_hangs_up_first_is_told_to_the_staff_in_one_sentence)
{
	expect_is(TAKE("1", "phone"), "ok", "");
	ringing_staff(&r, JORDAN_SID);
	ringing_told(&r, r.call, "status", "completed", NULL);
	expect_text(REQUEST, "customer_gone");
	expect_word(ringing_asked(&r, r.staff, "staff", "in_progress",
				  "{\"AnsweredBy\": \"human\"}", false, "staff.plan"),
		    "gone", "plan");
	expect_word(ringing_asked(&r, r.staff, "staff-key", "in_progress", "{\"Digits\": \"1\"}",
				  true, "staff.plan"),
		    "gone", "plan of a late key");
	expect_int(
		"SELECT count(*) FROM conversations WHERE channel = 'voice' AND holder = 'staff'",
		0);
	/* still ringing: it stops */
	ringing_told(&r, r.staff, "status", "completed", NULL);
	expect_int(PHONES, 0);
}

Test(call_phone, a_phone_that_still_rings_stops_when_the_caller_is_gone)
{
	expect_is(TAKE("1", "phone"), "ok", "");
	expect_word(ringing_need(&r, r.call), "", "the caller's leg needs nothing");
	ringing_staff(&r, JORDAN_SID);
	sql_run(t->owner, "UPDATE call_sessions SET state = 'ringing' WHERE leg = 'staff'");
	ringing_told(&r, r.call, "status", "completed", NULL);
	expect_word(ringing_need(&r, r.staff), "end", "need");
	expect_word(ringing_settled(&r, r.staff, "end", "done", NULL, "completed"), "none",
		    "need after");
	expect_text("SELECT end_reason FROM call_sessions WHERE leg = 'staff'", "gone");
}

Test(call_phone, connecting_ends_after_ninety_seconds)
{
	expect_is(TAKE("1", "phone"), "ok", "");
	ringing_staff(&r, JORDAN_SID);
	ringing_later(&r, 89);
	expect_word(ringing_need(&r, r.staff), "", "not due yet");
	ringing_later(&r, 2);
	expect_word(ringing_need(&r, r.staff), "redirect", "need");
	expect_text("SELECT end_reason || ' ' || stage FROM call_sessions WHERE leg = 'staff'",
		    "lease ended");
	expect_text(MARKERS, "is being called / did not answer");
	expect_int("SELECT count(*) FROM escalations WHERE state = 'connecting'", 0);
	expect_word(ringing_asked(&r, r.staff, "staff-key", "in_progress", "{\"Digits\": \"1\"}",
				  true, "staff.plan"),
		    "withdrawn", "a late key");
	expect_text(HOLDER, "agent 1");
}

Test(call_phone, who_has_no_phone_or_is_on_another_call_is_not_rung)
{
	sql_run(t->owner,
		"UPDATE user_profiles SET phone_number = NULL WHERE first_name = 'Jordan'");
	expect_is(TAKE("1", "phone"), "conflict", "no_phone");
	desk_user(d, "Sylvie");
	expect_is(TAKE("1", "phone"), "ok", "");
	sql_run(t->owner, "UPDATE conversations SET twilio_call_sid = 'CA9' WHERE channel = "
			  "'voice'; UPDATE call_sessions SET"
			  " twilio_call_sid = 'CA9' WHERE leg = 'customer'");
	ringing_begin(&r, t, true);
	expect_is(TAKE("1", "phone"), "conflict", "on_a_call");
	expect_is(TAKE("1", "typing"), "conflict", "on_a_call");
	/* perhaps that call is over, and nobody has told: the carrier is asked */
	cr_expect_eq(sql_int(t->owner,
			     "SELECT count(*) FROM due_work w JOIN call_sessions s ON s.id = w.ref"
			     " WHERE w.kind = 'call_watch' AND w.due_at <= now()"
			     " AND s.twilio_call_sid = 'CA9'"),
		     1);
}

Test(call_phone, who_is_rung_may_type_instead_or_call_it_off)
{
	const struct desk_answer *a;

	expect_is(TAKE("1", "phone"), "ok", "");
	a = TAKE("1", "typing");
	expect_is(a, "ok", "");
	expect_at(a, "conversation.call.stage", "typing");
	expect_int(PHONES, 0);
	expect_is(HAND_BACK("2"), "ok", "");
	expect_is(TAKE("3", "phone"), "ok", "");
	a = HAND_BACK("3");
	expect_is(a, "ok", "");
	expect_at(a, "conversation.holder", "agent");
	expect_at(a, "conversation.epoch", "3");
	expect_int(PHONES, 0);
	ringing_staff_only(&r);
	expect_word(ringing_need(&r, r.staff), "none", "nobody was dialled, and nobody is");
	expect_text("SELECT state FROM call_sessions WHERE id = (SELECT id FROM call_sessions "
		    "WHERE leg = 'staff' ORDER BY"
		    " started_at DESC LIMIT 1)",
		    "canceled");
}

/* ---- in the room ---- */

Test(call_phone, hold_and_mute_are_asked_of_the_carrier_once)
{
	jordan_in_the_room();
	expect_is(SAY("2", "typed into a room"), "conflict", "wrong_stage");
	expect_at(HOLD("2", "true"), "conversation.call.on_hold", "true");
	expect_word(ringing_need(&r, r.call), "hold", "need");
	expect_word(ringing_settled(&r, r.call, "hold", "done", NULL, NULL), "none", "need after");
	expect_at(MUTE("true"), "conversation.call.muted", "true");
	expect_word(ringing_need(&r, r.staff), "mute", "need");
	expect_word(ringing_settled(&r, r.staff, "mute", "unknown", NULL, NULL), "mute",
		    "the carrier did not answer");
	ringing_later(&r, 2);
	expect_word(ringing_need(&r, r.staff), "mute", "once more");
	ringing_told(&r, r.call, "conference", NULL,
		     "{\"StatusCallbackEvent\": \"participant-mute\", \"ConferenceSid\": \"" ROOM
		     "\", \"CallSid\": \"" JORDAN_SID "\"}");
	expect_word(ringing_settled(&r, r.staff, "mute", "unknown", NULL, NULL), "none", "it had");
	expect_at(HOLD("2", "false"), "conversation.call.on_hold", "false");
	expect_word(ringing_need(&r, r.call), "unhold", "need");
	desk_user(d, "Sylvie");
	expect_is(HOLD("2", "true"), "conflict", "already_held");
	expect_is(MUTE("true"), "conflict", "wrong_stage");
}

Test(call_phone, what_is_said_in_the_room_is_written_down_once)
{
	static const char said[] =
		"{\"TranscriptionEvent\": \"transcription-content\", \"TranscriptionSid\":"
		" \"GT00000000000000000000000000000001\", \"Track\": \"%s\", \"Final\": \"%s\", "
		"\"SequenceId\":"
		" \"%d\", \"TranscriptionData\": "
		"\"{\\\"transcript\\\":\\\"%s\\\",\\\"confidence\\\":0.9}\"}";
	static const struct {
		const char *track, *final, *words;
		int number;
	} rows[] = {{"inbound_track", "true", "Is it ready?", 2},
		    {"inbound_track", "true", "Is it ready?", 2},
		    {"outbound_track", "false", "Since", 3},
		    {"outbound_track", "true", "Since noon.", 4},
		    {"outbound_track", "true", "Since noon.", 4},
		    {"inbound_track", "true", "  ", 5}};
	char form[500];

	jordan_in_the_room();
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		snprintf(form, sizeof form, said, rows[i].track, rows[i].final, rows[i].number,
			 rows[i].words);
		ringing_told(&r, r.call, "transcription", NULL, form);
	}
	for (int l = LANGUAGE_EN; l <= LANGUAGE_FR;
	     l++) { /* what callers on hold hear is no colleague's word */
		snprintf(form, sizeof form, said, "outbound_track", "true", 5 + l,
			 voice_sentence(VOICE_HOLD, (enum language)l));
		ringing_told(&r, r.call, "transcription", NULL, form);
	}
	ringing_told(&r, r.call, "transcription", NULL,
		     "{\"TranscriptionEvent\": \"transcription-content\", \"Final\": \"true\","
		     " \"TranscriptionData\": \"{ no JSON\"}");
	expect_text("SELECT string_agg(author || coalesce(' ' || u.display_name, '') || ': ' || "
		    "body, ' / ' ORDER BY position)"
		    " FROM messages m LEFT JOIN user_profiles u ON u.id = m.author_user_id WHERE "
		    "channel = 'voice' AND"
		    " spoken_key LIKE 'room:%'",
		    "customer: Is it ready? / staff Jordan Reyes: Since noon.");
	expect_int("SELECT count(*) FROM events WHERE type = 'message.said' AND payload ->> "
		   "'author' = 'staff'",
		   1);
}

Test(call_phone, a_colleague_is_rung_and_the_owner_stays_until_they_are_in)
{
	const struct desk_answer *a;
	char *sylvie =
		     sql_text(t->owner, "SELECT id FROM user_profiles WHERE first_name = 'Sylvie'"),
	     *id;

	jordan_in_the_room();
	a = TRANSFER("2", sylvie);
	expect_is(a, "ok", "");
	expect_at(a, "conversation.holder_name", "Jordan Reyes");
	expect_at(a, "conversation.call.staff.1.purpose", "transfer");
	ringing_staff(&r, SYLVIE_SID);
	expect_word(ringing_pressed(&r, "2"), "declined", "plan");
	expect_text("SELECT u.first_name || epoch FROM conversations c JOIN user_profiles u ON "
		    "u.id = c.holder_user_id WHERE"
		    " channel = 'voice'",
		    "Jordan2");
	ringing_told(&r, r.staff, "status", "completed", NULL);
	expect_is(TRANSFER("2", sylvie), "ok", "");
	ringing_staff(&r, "CA000000000000000000000000000000a3");
	expect_word(ringing_pressed(&r, "1"), "room", "plan");
	a = ONE();
	expect_at(a, "conversation.holder_name", "Sylvie Arsenault");
	expect_at(a, "conversation.epoch", "3");
	expect_at(a, "conversation.call.stage", "conference");
	expect_at(a, "conversation.escalation.claimed_by", sylvie);
	expect_int(PHONES, 2);
	expect_is(HOLD("2", "true"), "conflict",
		  "already_held"); /* Jordan's still in, and has it no more */
	/* Jordan goes: nothing changes. Sylvie goes as well: the agent has it, and nobody is alone.
	 */
	id = sql_text(t->owner, "SELECT s.id FROM call_sessions s JOIN user_profiles u ON u.id = "
				"s.user_id WHERE u.first_name ="
				" 'Jordan' AND s.leg = 'staff'");
	ringing_told(&r, id, "status", "completed", NULL);
	expect_text(STAGE, "conference");
	expect_text("SELECT epoch FROM conversations WHERE channel = 'voice'", "3");
	ringing_told(&r, r.staff, "status", "completed", NULL);
	expect_text(STAGE, "bridge");
	expect_text(HOLDER, "agent 4");
	expect_word(ringing_need(&r, r.call), "redirect", "need");
	free(id);
	free(sylvie);
}

Test(call_phone, who_goes_on_in_the_room_has_the_call)
{
	char *sylvie =
		sql_text(t->owner, "SELECT id FROM user_profiles WHERE first_name = 'Sylvie'");

	jordan_in_the_room();
	expect_is(TRANSFER("2", sylvie), "ok", "");
	ringing_staff(&r, SYLVIE_SID);
	expect_word(ringing_pressed(&r, "1"), "room", "plan");
	ringing_told(&r, r.staff, "status", "completed", NULL); /* cut off at once */
	expect_text("SELECT u.first_name || epoch FROM conversations c JOIN user_profiles u ON "
		    "u.id = c.holder_user_id WHERE"
		    " channel = 'voice'",
		    "Jordan4");
	expect_text(STAGE, "conference");
	free(sylvie);
}

Test(call_phone, a_room_that_ends_with_the_callers_leg_gives_nothing_back)
{
	jordan_in_the_room();
	/* the caller hung up: the room is over, Jordan's phone asks what comes next before we are
	 * told */
	expect_word(ringing_asked(&r, r.staff, "dial", "in_progress",
				  "{\"DialCallStatus\": \"answered\"}", true, "staff.plan"),
		    "gone", "plan");
	expect_text(STAGE, "conference");
	expect_text("SELECT u.first_name || epoch FROM conversations c JOIN user_profiles u ON "
		    "u.id = c.holder_user_id WHERE"
		    " channel = 'voice'",
		    "Jordan2");
	ringing_told(&r, r.call, "status", "completed", NULL);
	expect_text(REQUEST, "closed");
	expect_text("SELECT state FROM conversations WHERE channel = 'voice'", "closed");
	expect_int("SELECT count(*) FROM messages WHERE body = 'left the call'", 0);
}

Test(call_phone, a_caller_alone_in_a_room_is_looked_for_and_gets_the_agent)
{
	jordan_in_the_room();
	free(ringing_asked(&r, r.staff, "dial", "in_progress", "{\"DialCallStatus\": \"answered\"}",
			   true, "staff.plan"));
	ringing_later(&r, 2);
	expect_word(ringing_need(&r, r.call), "fetch", "need");
	expect_word(ringing_settled(&r, r.call, "fetch", "done", NULL, "in_progress"), "redirect",
		    "need after");
	expect_text(HOLDER, "agent 3");
	expect_next("next", "bridge",
		    "The person from our team is no longer on the line. I am still here: what else "
		    "can I do"
		    " for you?");
}

/* The carrier's own request brings the caller out: no redirect is needed, which might hang. */
Test(call_phone, a_caller_whose_room_went_with_the_colleague_has_the_agent_at_once)
{
	jordan_in_the_room();
	expect_int("SELECT ends_room::int FROM call_sessions WHERE leg = 'staff'", 1);
	expect_next("dial", "bridge", NULL); /* go on, and ask for the document */
	expect_next("next", "bridge",
		    "The person from our team is no longer on the line. I am still here: what else "
		    "can I do for you?");
	expect_text(HOLDER, "agent 3");
	/* what is told of it later changes nothing */
	ringing_told(&r, r.staff, "status", "completed", NULL);
	expect_text(HOLDER, "agent 3");
	expect_int("SELECT count(*) FROM messages WHERE body = 'left the call'", 1);
}

Test(call_phone, who_passes_a_call_on_leaves_the_room_to_those_who_stay)
{
	char *sylvie =
		sql_text(t->owner, "SELECT id FROM user_profiles WHERE first_name = 'Sylvie'");
	char jordan[sizeof r.staff];

	jordan_in_the_room();
	memcpy(jordan, r.staff, sizeof jordan);
	expect_is(TRANSFER("2", sylvie), "ok", "");
	ringing_staff(&r, SYLVIE_SID);
	expect_word(ringing_pressed(&r, "1"), "room", "plan");
	expect_word(ringing_need(&r, jordan), "stay", "need");
	expect_word(ringing_settled(&r, jordan, "stay", "done", NULL, NULL), "none", "need after");
	expect_int("SELECT count(*) FROM call_sessions WHERE ends_room", 0);
	/* should it have ended all the same, it is opened again */
	expect_word(ringing_asked(&r, r.staff, "dial", "in_progress",
				  "{\"DialCallStatus\": \"answered\"}", true, "staff.plan"),
		    "room", "plan");
	expect_next("dial", "conference", "");
	free(sylvie);
}

Test(call_phone, a_hand_back_returns_the_call_with_a_word_and_no_greeting)
{
	const struct desk_answer *a;

	jordan_in_the_room();
	a = HAND_BACK("2");
	expect_is(a, "ok", "");
	expect_at(a, "conversation.holder", "agent");
	expect_at(a, "conversation.epoch", "3");
	expect_at(a, "conversation.call.stage", "bridge");
	expect_text("SELECT state FROM escalations WHERE reason = 'takeover'", "returned_to_bot");
	/* the caller's leg leaves the room first; then the room is over for Jordan */
	expect_word(ringing_need(&r, r.staff), "none", "the phone waits for the caller's leg");
	expect_word(ringing_need(&r, r.call), "redirect", "need");
	expect_next("next", "bridge",
		    "You are back with the store's assistant. What else can I do for you?");
	expect_word(ringing_asked(&r, r.staff, "dial", "in_progress",
				  "{\"DialCallStatus\": \"answered\"}", true, "staff.plan"),
		    "handed_back", "plan");
	expect_int("SELECT count(*) FROM messages WHERE body LIKE 'Hello%' AND channel = 'voice' "
		   "AND kind = 'notice'",
		   0);
	expect_int("SELECT (answered_position >= last_position - 2)::int FROM conversations WHERE "
		   "channel = 'voice'",
		   1);
}
