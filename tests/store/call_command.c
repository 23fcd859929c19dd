/*
 * call_command.c - what staff do with a live call (schema/functions/call_command.sql,
 * call_staff.sql, call_room.sql), over a real PostgreSQL, by the rows of the API and by what the
 * carrier tells: taken by typing and by phone, said, held, muted, transferred, given back, ended.
 */
#include <criterion/criterion.h>
#include <pthread.h>

#include "server/api/calls.h"
#include "server/api/conversations.h"
#include "tests/support/desk.h"
#include "tests/support/ringing.h"

#define JORDAN_SID "CA000000000000000000000000000000a1"
#define SYLVIE_SID "CA000000000000000000000000000000a2"
#define ROOM       "CF00000000000000000000000000000001"

static struct test_db *t;
static struct desk *d;
static struct ringing r;

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

/* `got` is freed. */
static void expect_word(char *got, const char *wanted, const char *what)
{
	cr_expect_str_eq(got, wanted, "%s: \"%s\", wanted \"%s\"", what, got, wanted);
	free(got);
}

static void expect_at(const struct desk_answer *a, const char *path, const char *wanted)
{
	cr_expect_str_eq(desk_at(a, path), wanted, "%s: \"%s\", wanted \"%s\"\n%s", path,
			 desk_at(a, path), wanted, a->text);
}

static void expect_is(const struct desk_answer *a, const char *outcome, const char *code)
{
	cr_expect_str_eq(a->outcome, outcome, "%s, wanted %s\n%s", a->outcome, outcome, a->text);
	cr_expect_str_eq(a->code, code, "%s, wanted %s", a->code, code);
}

#define STAGE "SELECT stage FROM call_sessions WHERE leg = 'customer'"
#define HOLDER                                                                                     \
	"SELECT holder || coalesce(' ' || holder_user_id, '') || ' ' || epoch FROM conversations " \
	"WHERE channel = 'voice'"
#define REQUEST                                                                                \
	"SELECT state FROM escalations WHERE conversation_id = (SELECT id FROM conversations " \
	"WHERE channel = 'voice')"
#define MARKERS                                                                                 \
	"SELECT string_agg(body, ' / ' ORDER BY position) FROM messages WHERE kind = 'marker' " \
	"AND channel = 'voice'"
#define STEERED                                                                              \
	"SELECT count(*) FROM due_work WHERE kind = 'call_steer' AND ref = (SELECT id FROM " \
	"call_sessions WHERE leg = 'customer')"
#define PHONES "SELECT count(*) FROM call_sessions WHERE leg = 'staff' AND stage <> 'ended'"
#define LINES(s)                                                                                 \
	"SELECT count(*) FROM messages WHERE channel = 'voice' AND kind = 'text' AND author <> " \
	"'customer' AND status = '" s "'"

/* What the owner's queries below see: this call alone, of all that the demo has. */
static void seen(void)
{
	static const char *const tables[] = {"messages", "call_sessions", "escalations",
					     "promises"};
	char sql[300];

	snprintf(sql, sizeof sql,
		 "CREATE TEMP VIEW conversations AS SELECT * FROM public.conversations WHERE id = "
		 "'%s'",
		 r.conversation);
	sql_run(t->owner, sql);
	for (size_t i = 0; i < ARRAY_LEN(tables); i++) {
		snprintf(sql, sizeof sql,
			 "CREATE TEMP VIEW %s AS SELECT * FROM public.%s WHERE conversation_id = "
			 "'%s'",
			 tables[i], tables[i], r.conversation);
		sql_run(t->owner, sql);
	}
}

static void set_up(void)
{
	t = test_db_new(TEST_DB_DEMO);
	d = desk_open(t, DEMO_ORG_A);
	sql_run(t->owner,
		"UPDATE organizations SET consent_line_en = NULL, consent_line_fr = NULL");
	sql_run(t->owner, "UPDATE user_profiles SET phone_number = '+1416555' || "
			  "lpad((abs(hashtext(id::text)) % 9000 + 1000)::text, 4, '0')");
	desk_user(d, "Jordan");
	ringing_begin(&r, t, true);
	seen();
}

static void tear_down(void)
{
	desk_close(d);
	test_db_free(t);
}

TestSuite(call_command, .init = set_up, .fini = tear_down);

#define TAKE(epoch, how, ...)                                                          \
	DESK(d, &conversation_take_over_row, {"id", r.conversation}, {"epoch", epoch}, \
	     {"by", how}, ##__VA_ARGS__)
#define SAY(e, b) \
	DESK(d, &conversation_reply_row, {"id", r.conversation}, {"epoch", e}, {"body", b})
#define HAND_BACK(e) DESK(d, &conversation_hand_back_row, {"id", r.conversation}, {"epoch", e})
#define HANG_UP(e)   DESK(d, &call_hang_up_row, {"id", r.conversation}, {"epoch", e})
#define HOLD(e, on)  DESK(d, &call_hold_row, {"id", r.conversation}, {"epoch", e}, {"on", on})
#define MUTE(on)     DESK(d, &call_mute_row, {"id", r.conversation}, {"on", on})
#define TRANSFER(e, to) \
	DESK(d, &call_transfer_row, {"id", r.conversation}, {"epoch", e}, {"user_id", to})
#define ONE() DESK(d, &conversation_one_row, {"id", r.conversation})

/* The caller's leg asks what comes next: its stage, and the lines that are spoken. */
static void expect_next(const char *door, const char *stage, const char *line)
{
	expect_word(ringing_asked(&r, r.call, door, "in_progress", NULL, false, "stage"), stage,
		    "stage");
	if (line != NULL)
		expect_text("SELECT coalesce(string_agg(body, ' / ' ORDER BY position), '') FROM"
			    " messages WHERE status = 'sending' AND spoken_document = (SELECT"
			    " document_number FROM call_sessions WHERE leg = 'customer')",
			    line);
}

/* Jordan has the call by phone, and both are in the room. */
static void jordan_in_the_room(void)
{
	expect_is(TAKE("1", "phone"), "ok", "");
	ringing_staff(&r, JORDAN_SID);
	expect_word(ringing_pressed(&r, "1"), "room", "plan");
	ringing_told(&r, r.call, "conference", NULL,
		     "{\"StatusCallbackEvent\": \"participant-join\", \"ConferenceSid\": \"" ROOM
		     "\", \"CallSid\": \"" JORDAN_SID "\"}");
	expect_next("stream-end", "conference", NULL);
	ringing_told(&r, r.call, "conference", NULL,
		     "{\"StatusCallbackEvent\": \"participant-join\", \"ConferenceSid\": \"" ROOM
		     "\", \"CallSid\": \"" RINGING_SID "\"}");
}

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

/* ---- by phone ---- */

Test(call_command, a_phone_rings_while_the_agent_goes_on_and_one_key_takes_the_call)
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

Test(call_command, a_request_for_a_person_is_reserved_and_goes_back_to_the_front_with_its_time)
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

Test(call_command, whatever_a_phone_says_but_1_leaves_the_call_with_the_agent)
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

Test(call_command, a_machine_hears_nothing_and_who_presses_nothing_is_let_go)
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

Test(call_command, the_caller_who_hangs_up_first_is_told_to_the_staff_in_one_sentence)
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

Test(call_command, a_phone_that_still_rings_stops_when_the_caller_is_gone)
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

Test(call_command, connecting_ends_after_ninety_seconds)
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

Test(call_command, who_has_no_phone_or_is_on_another_call_is_not_rung)
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
}

Test(call_command, who_is_rung_may_type_instead_or_call_it_off)
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

Test(call_command, hold_and_mute_are_asked_of_the_carrier_once)
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

Test(call_command, what_is_said_in_the_room_is_written_down_once)
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

Test(call_command, a_colleague_is_rung_and_the_owner_stays_until_they_are_in)
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

Test(call_command, who_goes_on_in_the_room_has_the_call)
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

Test(call_command, a_room_that_ends_with_the_callers_leg_gives_nothing_back)
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

Test(call_command, a_caller_alone_in_a_room_is_looked_for_and_gets_the_agent)
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

Test(call_command, a_hand_back_returns_the_call_with_a_word_and_no_greeting)
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
