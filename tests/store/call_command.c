/*
 * call_command.c - what staff do with a live call (schema/functions/call_command.sql,
 * call_staff.sql, call_room.sql), over a real PostgreSQL, by the rows of the API and by what the
 * carrier tells: taken by typing, said, ended, and what happens when two things happen at once.
 */
#include <pthread.h>

#include "tests/store/staffed.h"

TestSuite(call_command, .init = set_up, .fini = tear_down);

/* ---- by typing ---- */

Test(call_command, typing_takes_the_call_at_once_and_its_lines_are_spoken)
{
	const struct desk_answer *a = TAKE("1", "typing");

	expect_is(a, "ok", "");
	expect_at(a, "conversation.holder_name", "Jordan Reyes");
	expect_at(a, "conversation.epoch", "2");
	expect_at(a, "conversation.call.stage", "typing");
	expect_at(a, "conversation.call.live_transcript", "true");
	expect_text(MARKERS, "took over");
	expect_int(STEERED, 1); /* in a second, should the bridge not have closed by then */
	expect_word(ringing_need(&r, r.call), "", "need at once");
	expect_is(SAY("2", "It is ready since noon."), "created", "");
	expect_next("stream-end", "typing",
		    "Jordan Reyes from the team at Bici Downtown is with you now and answers in "
		    "writing. I read it out to you. / It is ready since noon.");
	ringing_later(&r, 2);
	expect_word(ringing_need(&r, r.call), "none", "need once it was served");
	expect_int(STEERED, 0);
	a = TAKE("2", "typing");
	expect_is(a, "ok", ""); /* pressed twice */
	expect_at(a, "conversation.epoch", "2");
}

Test(call_command, a_line_reaches_a_caller_who_listens_and_does_not_cut_one_that_is_being_read)
{
	expect_is(TAKE("1", "typing"), "ok", "");
	expect_next("stream-end", "typing", NULL);
	expect_is(SAY("2", "Hello"), "created", "");
	expect_word(ringing_need(&r, r.call), "none", "while the first words are read");
	ringing_later(&r, 20);
	expect_word(ringing_need(&r, r.call), "redirect", "when they are surely over");
	expect_text("SELECT (call_steer_need(s, NULL)).proves FROM public.call_sessions s WHERE "
		    "s.leg = 'customer' AND s.twilio_call_sid = '" RINGING_SID "'",
		    "2");
	expect_word(ringing_settled(&r, r.call, "redirect", "done", NULL, NULL), "redirect",
		    "until served");
	expect_word(ringing_asked(&r, r.call, "next", "in_progress", NULL, true, "lines.0.body"),
		    "Hello", "the line, and not the first words again");
	expect_int(LINES("sending"), 1);
	ringing_said(&r, "Thank you");
	expect_int(LINES("delivered"), 1);
	expect_is(SAY("2", "My pleasure"), "created", "");
	expect_word(ringing_need(&r, r.call), "redirect", "the caller listens");
}

Test(call_command, a_typed_line_under_an_old_epoch_is_refused_and_one_of_before_is_never_spoken)
{
	expect_is(TAKE("1", "typing"), "ok", "");
	expect_is(SAY("2", "One moment"), "created", "");
	expect_is(HAND_BACK("2"), "ok", "");
	expect_is(SAY("2", "too late"), "conflict", "stale_epoch");
	expect_int("SELECT count(*) FROM messages WHERE body = 'too late'", 0);
	expect_text("SELECT status FROM messages WHERE body = 'One moment'", "superseded");
	expect_text(STAGE, "bridge");
	expect_next(
		"next", "bridge",
		"Jordan Reyes from the team at Bici Downtown is with you now and answers in "
		"writing. I read it out to you. / You are back with the store's assistant. What "
		"else can I do for you?");
}

Test(call_command, a_line_of_somebody_who_holds_nothing_takes_the_call)
{
	const struct desk_answer *a = SAY("1", "Bonjour");

	expect_is(a, "created", "");
	expect_at(a, "message.channel", "voice");
	expect_at(a, "message.status", "queued");
	expect_at(a, "conversation.call.stage", "typing");
	expect_at(a, "conversation.holder_name", "Jordan Reyes");
	desk_user(d, "Sylvie");
	expect_is(SAY("2", "Me too"), "conflict", "already_held");
	expect_is(TAKE("2", "typing"), "conflict", "already_held");
	expect_is(TAKE("2", "phone"), "conflict", "already_held");
}

Test(call_command, what_the_caller_says_comes_back_as_text)
{
	expect_is(TAKE("1", "typing"), "ok", "");
	expect_next("stream-end", "typing", NULL);
	ringing_said(&r, "Is it ready?");
	expect_text("SELECT author || ' ' || body FROM messages WHERE channel = 'voice' ORDER BY"
		    " position DESC LIMIT 1",
		    "customer Is it ready?");
	expect_int("SELECT (waiting_since IS NOT NULL)::int FROM conversations WHERE channel = "
		   "'voice'",
		   1);
}

struct racer {
	pthread_t thread;
	char user[40], *said;
	const char *by;
};

static void *raced(void *with)
{
	struct racer *me = with;
	PGconn *c = test_db_connect(t->app_url);

	sql_context(c, DEMO_ORG_A);
	me->said = desk_send(d, c, &conversation_take_over_row,
			     (const struct desk_said[]){{"id", r.conversation},
							{"epoch", "1"},
							{"by", me->by},
							{"user", me->user},
							{NULL, NULL}});
	PQfinish(c);
	return NULL;
}

#define RACERS 20

/* One of twenty, by typing or by phone; everybody else learns so. */
static void race(const char *const *by)
{
	struct racer racers[RACERS] = {0};
	int won = 0;

	sql_run(t->owner,
		"INSERT INTO user_profiles (organization_id, email, display_name, phone_number) "
		"SELECT '" DEMO_ORG_A "', 'racer' || n || '@a.example', 'Racer ' || n, '+1416555' "
		"|| (2000 + n) FROM generate_series(1, 20) n");
	for (int i = 0; i < RACERS; i++) {
		char sql[100], *id;

		snprintf(sql, sizeof sql,
			 "SELECT id FROM user_profiles WHERE email = 'racer%d@a.example'", i + 1);
		id = sql_text(t->owner, sql);
		snprintf(racers[i].user, sizeof racers[i].user, "%s", id);
		racers[i].by = by[i % 2];
		free(id);
	}
	for (int i = 0; i < RACERS; i++)
		cr_assert_eq(pthread_create(&racers[i].thread, NULL, raced, &racers[i]), 0);
	for (int i = 0; i < RACERS; i++) {
		pthread_join(racers[i].thread, NULL);
		if (strcmp(racers[i].said, "ok") == 0)
			won++;
		else
			cr_expect(strcmp(racers[i].said, "already_held") == 0 ||
					  strcmp(racers[i].said, "already_claimed") == 0 ||
					  strcmp(racers[i].said, "stale_epoch") == 0,
				  "%s", racers[i].said);
		free(racers[i].said);
	}
	cr_expect_eq(won, 1, "%d have it", won);
	expect_int("SELECT count(*) FROM escalations WHERE state IN ('connecting', 'active') AND "
		   "conversation_id ="
		   " (SELECT id FROM conversations WHERE channel = 'voice')",
		   strcmp(by[0], "typing") == 0 && strcmp(by[1], "typing") == 0
			   ? 0
			   : sql_int(t->owner, PHONES));
	expect_int("SELECT (count(*) FILTER (WHERE holder = 'staff') + (" PHONES
		   "))::int FROM conversations WHERE"
		   " channel = 'voice'",
		   1);
}

Test(call_command, of_twenty_who_type_one_holds_the_call)
{
	race((const char *const[]){"typing", "typing"});
}

Test(call_command, of_twenty_whose_phones_could_ring_one_rings)
{
	race((const char *const[]){"phone", "phone"});
}

Test(call_command, of_twenty_who_type_or_are_rung_one_has_it)
{
	race((const char *const[]){"phone", "typing"});
}

/* ---- races and ends ---- */

Test(call_command, a_redirect_that_meets_a_call_that_is_over_ends_in_one_state)
{
	expect_is(TAKE("1", "typing"), "ok", "");
	ringing_later(&r, 2);
	expect_word(ringing_need(&r, r.call), "redirect", "need");
	/* 21220, and the carrier's own record says that it is over */
	expect_word(ringing_settled(&r, r.call, "redirect", "gone", NULL, "completed"), "none",
		    "need after");
	expect_text(STAGE, "ended");
	expect_int(STEERED, 0);
	expect_is(SAY("2", "Hello?"), "conflict", "conversation_closed");
}

Test(call_command, not_in_progress_is_not_over_while_the_carrier_has_the_call)
{
	expect_is(TAKE("1", "typing"), "ok", "");
	ringing_later(&r, 2);
	expect_word(ringing_need(&r, r.call), "redirect", "need");
	expect_word(ringing_settled(&r, r.call, "redirect", "gone", NULL, "in_progress"),
		    "redirect", "need after");
	expect_text(STAGE, "typing");
	expect_int(STEERED, 1);
}

Test(call_command, a_carrier_that_hangs_is_asked_again_ever_more_slowly)
{
	double waits[6];

	expect_is(TAKE("1", "typing"), "ok", "");
	for (int i = 0; i < 6; i++) {
		char *wait;

		ringing_later(&r, 30);
		expect_word(ringing_need(&r, r.call), "redirect", "need");
		expect_word(ringing_settled(&r, r.call, "redirect", "unknown", NULL, NULL),
			    "redirect", "need after");
		wait = sql_text(t->owner, "SELECT extract(epoch FROM due_at - now()) FROM due_work "
					  "WHERE kind = 'call_steer'");
		waits[i] = strtod(wait, NULL);
		free(wait);
		cr_expect(waits[i] > 0 && waits[i] <= 10, "%f s", waits[i]);
		cr_expect(i == 0 || waits[i] >= waits[i - 1] - 1, "%f s after %f s", waits[i],
			  waits[i - 1]);
	}
	expect_next("next", "typing", NULL); /* it was fetched after all */
	ringing_later(&r, 30);
	expect_word(ringing_need(&r, r.call), "none", "need");
	expect_int(STEERED, 0);
}

Test(call_command, a_phone_is_never_dialled_twice)
{
	expect_is(TAKE("1", "phone"), "ok", "");
	ringing_staff_only(&r);
	expect_word(ringing_need(&r, r.staff), "dial", "need");
	/* no answer: it may ring. The list of the carrier's is looked at, and does not have it yet
	 */
	expect_word(ringing_settled(&r, r.staff, "dial", "unknown", NULL, NULL), "look",
		    "need after");
	ringing_later(&r, 4);
	expect_word(ringing_need(&r, r.staff), "look", "need");
	expect_word(ringing_settled(&r, r.staff, "look", "absent", NULL, NULL), "look",
		    "need after");
	ringing_later(&r, 4);
	expect_word(ringing_need(&r, r.staff), "look", "need");
	expect_word(ringing_settled(&r, r.staff, "look", "done", JORDAN_SID, NULL), "none",
		    "need after");
	expect_text("SELECT twilio_call_sid FROM call_sessions WHERE leg = 'staff'", JORDAN_SID);
	expect_word(ringing_pressed(&r, "1"), "room", "plan");
}

Test(call_command, a_phone_that_was_surely_never_dialled_is_given_up)
{
	expect_is(TAKE("1", "phone"), "ok", "");
	ringing_staff_only(&r);
	expect_word(ringing_need(&r, r.staff), "dial", "need");
	expect_word(ringing_settled(&r, r.staff, "dial", "again", NULL, NULL), "dial",
		    "429: need after");
	ringing_later(&r, 2);
	expect_word(ringing_need(&r, r.staff), "dial", "need");
	expect_word(ringing_settled(&r, r.staff, "dial", "unknown", NULL, NULL), "look",
		    "need after");
	ringing_later(&r, 50);
	expect_word(ringing_need(&r, r.staff), "look", "need");
	expect_word(ringing_settled(&r, r.staff, "look", "absent", NULL, NULL), "none",
		    "need after");
	expect_text(MARKERS, "is being called / could not be called");
	expect_int(PHONES, 0);
}

Test(call_command, a_number_that_cannot_be_called_is_told)
{
	expect_is(TAKE("1", "phone"), "ok", "");
	ringing_staff_only(&r);
	expect_word(ringing_need(&r, r.staff), "dial", "need");
	expect_word(ringing_settled(&r, r.staff, "dial", "refused", NULL, NULL), "none",
		    "need after");
	expect_text(MARKERS, "is being called / could not be called");
	expect_text(HOLDER, "agent 1");
}

Test(call_command, hanging_up_ends_the_call_whoever_speaks)
{
	const struct desk_answer *a = HANG_UP("1");

	expect_is(a, "ok", "");
	expect_at(a, "conversation.state", "closed");
	expect_at(a, "conversation.call.stage", "ended");
	expect_word(ringing_need(&r, r.call), "end", "need");
	expect_word(ringing_settled(&r, r.call, "end", "done", NULL, "completed"), "none",
		    "need after");
	expect_is(HANG_UP("2"), "conflict", "conversation_closed");
}

Test(call_command, a_call_back_that_was_promised_outlives_the_call)
{
	const struct desk_answer *a =
		DESK(d, &call_back_row, {"id", r.conversation}, {"reason", "the derailleur"});

	expect_is(a, "ok", "");
	expect_at(a, "conversation.escalation.state", "callback_promised");
	expect_is(HANG_UP("1"), "ok", "");
	expect_text("SELECT state FROM conversations WHERE channel = 'voice'", "open");
	expect_text("SELECT state FROM promises WHERE kind = 'callback' AND conversation_id = "
		    "(SELECT id FROM conversations"
		    " WHERE channel = 'voice')",
		    "open");
	expect_is(
		DESK(d, &call_back_row, {"id", r.conversation}, {"due_at", "2020-01-01T10:00:00Z"}),
		"input", "");
}

Test(call_command, the_caller_is_asked_for_a_message)
{
	const struct desk_answer *a;

	expect_is(TAKE("1", "typing"), "ok", "");
	a = DESK(d, &call_voicemail_row, {"id", r.conversation}, {"epoch", "2"});
	expect_is(a, "ok", "");
	expect_at(a, "conversation.call.stage", "voicemail");
	expect_at(a, "conversation.holder", "agent");
	expect_word(ringing_need(&r, r.call), "redirect", "need");
}

Test(call_command, a_call_of_our_own_voice_is_moved_at_once)
{
	test_db_free(t);
	desk_close(d);
	t = test_db_new(TEST_DB_DEMO);
	d = desk_open(t, DEMO_ORG_A);
	sql_run(t->owner, "UPDATE user_profiles SET phone_number = '+14165552222' WHERE first_name "
			  "= 'Jordan'");
	desk_user(d, "Jordan");
	ringing_begin(&r, t, false);
	seen();
	expect_text(STAGE, "builtin");
	expect_is(TAKE("1", "phone"), "ok", "");
	expect_text(
		"SELECT body FROM messages WHERE kind = 'notice' ORDER BY position DESC LIMIT 1",
		"I am calling a colleague for you now. Please stay on the line; you can go on "
		"talking with me.");
	expect_is(TAKE("1", "typing"), "ok", "");
	expect_word(ringing_need(&r, r.call), "redirect", "need");
}

Test(call_command, taking_from_a_colleague_needs_the_right_and_a_reason)
{
	const struct desk_answer *a;

	expect_is(TAKE("1", "phone"), "ok", "");
	desk_user(d, "Sylvie");
	expect_is(TAKE("1", "typing", {"force", "true"}, {"reason", "urgent"}), "denied", "");
	desk_user(d, "manager");
	expect_is(TAKE("1", "typing", {"force", "true"}), "input", "");
	a = TAKE("1", "typing", {"force", "true"}, {"reason", "urgent"});
	expect_is(a, "ok", "");
	expect_int(PHONES, 0);
	expect_at(a, "conversation.holder_name", "Dana Whitfield");
	desk_user(d, "admin");
	expect_is(TAKE("2", "phone", {"force", "true"}, {"reason", "my customer"}), "ok", "");
	ringing_staff(&r, JORDAN_SID);
	expect_word(ringing_pressed(&r, "1"), "room", "plan");
	expect_text(
		"SELECT body FROM messages WHERE kind = 'marker' ORDER BY position DESC LIMIT 1",
		"took over from Dana Whitfield: my customer");
}

Test(call_command, texts_know_nothing_of_it)
{
	PQclear(sql_ask(t->app,
			"SELECT text_in('" DEMO_NUMBER_A
			"', '+15145550198', 'e164', 'SM1', NULL, 'Hi', NULL, NULL, NULL, NULL,"
			" NULL, NULL)",
			0, NULL));
	char *thread = sql_text(t->app, "SELECT id FROM conversations WHERE peer = '+15145550198'");
	const struct desk_answer *a = DESK(d, &conversation_take_over_row, {"id", thread},
					   {"epoch", "1"}, {"by", "phone"});

	expect_is(a, "input", "");
	a = DESK(d, &conversation_take_over_row, {"id", thread}, {"epoch", "1"});
	expect_is(a, "ok", "");
	expect_at(a, "conversation.call", "null");
	expect_is(DESK(d, &call_hold_row, {"id", thread}, {"epoch", "2"}, {"on", "true"}),
		  "conflict", "call_over");
	expect_is(DESK(d, &call_hang_up_row, {"id", thread}, {"epoch", "2"}), "conflict",
		  "call_over");
	free(thread);
}
