/*
 * takeover.c - who may speak (schema/functions/conversation_command.sql), over a real PostgreSQL
 * and by the rows of the API: taking over, replying, handing back, closing; what becomes of the
 * agent's words, of promises and of the customer who is told.
 */
#include <criterion/criterion.h>

#include "server/api/conversations.h"
#include "tests/support/desk.h"

#define MAYA  "+15145550199"
#define LEASE "aaaaaaaa-0000-4000-8000-000000000001"

static struct test_db *t;
static struct desk *d;
static char *thread; /* Maya's */

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

/* Maya writes; every text has a SID of its own. */
static void maya_writes(const char *body)
{
	static int n;
	char sid[40];

	snprintf(sid, sizeof sid, "SM%032d", ++n);
	PQclear(sql_ask(t->app,
			"SELECT text_in('" DEMO_NUMBER_A "', '" MAYA "', 'e164', $1, NULL, $2,"
			" NULL, NULL, NULL, NULL, NULL, NULL)",
			2, (const char *const[]){sid, body}));
}

#define OF_MAYA \
	"(SELECT id FROM conversations WHERE peer = '" MAYA "' ORDER BY opened_at DESC LIMIT 1)"

/* The agent's turn: answers all so far; with a reason a person is promised. */
static void agent_says(const char *say, const char *reason)
{
	sql_run(t->app, "UPDATE due_work SET lease = '" LEASE "', leased_until = now() + interval"
			" '20 s' WHERE kind = 'agent_turn' AND ref = " OF_MAYA);
	PQclear(sql_ask(
		t->app,
		"SELECT agent_turn_store('" DEMO_ORG_A "', id, '" LEASE
		"', epoch, last_position, 'en', false, $1, 1, 'general_support', $2::text, $2,"
		" CASE WHEN $2 IS NOT NULL THEN now() + interval '15 minutes' END, NULL)"
		" FROM conversations WHERE id = " OF_MAYA,
		2, (const char *const[]){say, reason}));
}

static void set_up(void)
{
	t = test_db_new(TEST_DB_DEMO);
	d = desk_open(t, DEMO_ORG_A);
	desk_user(d, "Jordan");
	maya_writes("My brakes squeal");
	thread = sql_text(t->app, "SELECT " OF_MAYA);
}

static void tear_down(void)
{
	free(thread);
	desk_close(d);
	test_db_free(t);
}

TestSuite(takeover, .init = set_up, .fini = tear_down);

#define TAKE(epoch, ...) \
	DESK(d, &conversation_take_over_row, {"id", thread}, {"epoch", epoch}, ##__VA_ARGS__)
#define REPLY(e, b, ...) \
	DESK(d, &conversation_reply_row, {"id", thread}, {"epoch", e}, {"body", b}, ##__VA_ARGS__)
#define HAND_BACK(e) DESK(d, &conversation_hand_back_row, {"id", thread}, {"epoch", e})
#define CLOSE(e)     DESK(d, &conversation_close_row, {"id", thread}, {"epoch", e})

#define NOTICES "SELECT count(*) FROM messages WHERE kind = 'notice' AND conversation_id = " OF_MAYA
#define TURNS   "SELECT count(*) FROM due_work WHERE kind = 'agent_turn' AND ref = " OF_MAYA

Test(takeover, one_wins_and_the_others_learn_who_and_when)
{
	const struct desk_answer *a = TAKE("1");

	expect_is(a, "ok", "");
	expect_at(a, "conversation.holder", "staff");
	expect_at(a, "conversation.holder_user_id", desk_user_id(d));
	expect_at(a, "conversation.holder_name", "Jordan Reyes");
	expect_at(a, "conversation.epoch", "2");
	a = TAKE("1");
	expect_is(a, "ok", ""); /* pressed twice */
	expect_at(a, "conversation.epoch", "2");
	desk_user(d, "Sylvie");
	for (int i = 1; i <= 2; i++) {
		a = i == 1 ? TAKE("1") : TAKE("2");
		expect_is(a, "conflict", "already_held");
		expect_at(a, "holder_name", "Jordan Reyes");
		expect_at(a, "epoch", "2");
		cr_expect_gt(strlen(desk_at(a, "holder_since")), (size_t)20);
	}
	expect_int("SELECT count(*) FROM messages WHERE kind = 'marker' AND body = 'took over'", 1);
	expect_int("SELECT count(*) FROM audit_log WHERE action = 'conversation.take_over'", 1);
	expect_int(TURNS, 0);
}

Test(takeover, a_word_of_the_agent_that_is_not_on_its_way_is_never_sent)
{
	agent_says("We are open", NULL);
	expect_is(TAKE("1"), "ok", "");
	expect_text("SELECT state FROM outbox WHERE body = 'We are open'", "superseded");
	expect_text("SELECT status FROM messages WHERE body = 'We are open'", "superseded");
	expect_int("SELECT count(*) FROM events WHERE type = 'message.status' AND payload ->> "
		   "'status' = 'superseded'",
		   1);
	/* a turn that was being thought of ends as taken */
	maya_writes("Hello?");
	expect_int(TURNS, 0);
}

Test(takeover, a_turn_that_is_being_thought_of_says_nothing_afterwards)
{
	sql_run(t->app, "UPDATE due_work SET lease = '" LEASE "', leased_until = now() + interval"
			" '20 s' WHERE kind = 'agent_turn' AND ref = " OF_MAYA);
	expect_is(TAKE("1"), "ok", "");
	expect_int(TURNS, 1);
	expect_text("SELECT outcome FROM agent_turn_store('" DEMO_ORG_A "', " OF_MAYA ", '" LEASE
		    "', 1, 1, 'en', false, 'Hi', 1, 'store_info', NULL, NULL, NULL, NULL)",
		    "taken");
	expect_int(TURNS, 0);
	expect_int("SELECT count(*) FROM outbox WHERE body = 'Hi'", 0);
}

Test(takeover, the_customer_is_told_once_in_a_human_stretch)
{
	desk_user(d, "Sylvie");
	expect_is(TAKE("1"), "ok", "");
	expect_int(NOTICES, 1);
	expect_text("SELECT body FROM outbox WHERE kind = 'notice' AND to_number = '" MAYA "'",
		    "You're now texting with Sylvie Arsenault from the team at Bici Downtown.");
	expect_is(REPLY("2", "Bring it in"), "created", "");
	expect_int(NOTICES, 1);
	desk_user(d, "manager"); /* a colleague takes it: no news for the customer */
	expect_is(TAKE("2", {"force", "true"}, {"reason", "end of shift"}), "ok", "");
	expect_int(NOTICES, 1);
	expect_is(HAND_BACK("3"), "ok", "");
	expect_is(TAKE("4"), "ok", "");
	expect_int(NOTICES, 2);
}

Test(takeover, the_notice_is_in_the_threads_language_and_goes_first)
{
	sql_run(t->owner, "UPDATE conversations SET language = 'fr' WHERE id = " OF_MAYA);
	expect_is(REPLY("1", "Passez nous voir"), "created", "");
	expect_text("SELECT string_agg(body, ' / ' ORDER BY created_at, id) FROM outbox WHERE"
		    " to_number = '" MAYA "'",
		    "Vous échangez maintenant avec Jordan Reyes, de l'équipe Bici Downtown. / "
		    "Passez nous voir");
	expect_text("SELECT string_agg(body, ' / ' ORDER BY position) FROM messages WHERE"
		    " conversation_id = " OF_MAYA " AND direction = 'out'",
		    "took over / Vous échangez maintenant avec Jordan Reyes, de l'équipe Bici "
		    "Downtown. /"
		    " Passez nous voir");
}

Test(takeover, who_has_opted_out_is_told_nothing_and_a_reply_is_shown_as_suppressed)
{
	sql_run(t->owner, "INSERT INTO consents VALUES ('" DEMO_ORG_A "', '" MAYA
			  "', true, 'sms', 'en', now())");
	expect_is(TAKE("1"), "ok", "");
	expect_int(NOTICES, 0);
	expect_at(REPLY("2", "Are you there?"), "message.status", "suppressed");
	expect_int("SELECT count(*) FROM outbox WHERE to_number = '" MAYA "' AND state = 'queued'",
		   0);
}

Test(takeover, a_reply_is_a_claim_where_nobody_of_the_staff_holds)
{
	const struct desk_answer *a = REPLY("1", "On it", {"language", "en"});

	expect_is(a, "created", "");
	expect_at(a, "message.author_name", "Jordan Reyes");
	expect_at(a, "message.kind", "text");
	expect_at(a, "message.status", "queued");
	expect_at(a, "message.epoch", "2");
	expect_at(a, "message.segments", "1");
	expect_at(a, "conversation.holder_name", "Jordan Reyes");
	expect_at(a, "conversation.unread", "0");
	expect_at(a, "conversation.waiting_since", "null");
	desk_user(d, "Sylvie");
	a = REPLY("2", "I am here too");
	expect_is(a, "conflict", "already_held");
	expect_at(a, "holder_name", "Jordan Reyes");
	expect_int("SELECT count(*) FROM messages WHERE body = 'I am here too'", 0);
	expect_int("SELECT count(*) FROM outbox WHERE body = 'I am here too'", 0);
}

Test(takeover, an_old_epoch_changes_nothing)
{
	expect_is(TAKE("1"), "ok", "");
	expect_is(HAND_BACK("2"), "ok", "");
	for (int i = 0; i < 2; i++) {
		const struct desk_answer *a = i == 0 ? TAKE("1") : REPLY("2", "too late");

		expect_is(a, "conflict", "stale_epoch");
		expect_at(a, "epoch", "3");
		expect_at(a, "holder", "agent");
		expect_at(a, "holder_name", "null");
	}
	expect_is(CLOSE("2"), "conflict", "stale_epoch");
	expect_is(TAKE("3"), "ok", "");
	expect_is(REPLY("3", "too late"), "conflict", "stale_epoch"); /* theirs, but read before */
	expect_is(HAND_BACK("3"), "conflict", "stale_epoch");
	expect_int("SELECT count(*) FROM messages WHERE body = 'too late'", 0);
}

Test(takeover, taking_from_a_colleague_needs_the_right_and_a_reason)
{
	const struct desk_answer *a;

	expect_is(TAKE("1"), "ok", "");
	desk_user(d, "Sylvie");
	expect_is(TAKE("2", {"force", "true"}, {"reason", "lunch"}), "denied", "");
	desk_user(d, "manager");
	expect_is(TAKE("2", {"force", "true"}), "input", "");
	expect_is(TAKE("2", {"force", "true"}, {"reason", "  "}), "input", "");
	expect_is(TAKE("1", {"force", "true"}, {"reason", "lunch"}), "conflict", "stale_epoch");
	a = TAKE("2", {"force", "true"}, {"reason", "lunch"});
	expect_is(a, "ok", "");
	expect_at(a, "conversation.epoch", "3");
	expect_at(a, "conversation.holder_name", "Dana Whitfield");
	expect_text(
		"SELECT body FROM messages WHERE kind = 'marker' ORDER BY created_at DESC LIMIT 1",
		"took over from Jordan Reyes: lunch");
	expect_text("SELECT detail ->> 'reason' FROM audit_log WHERE action = 'conversation.force'",
		    "lunch");
	desk_user(d, "Jordan");
	expect_is(REPLY("2", "mine?"), "conflict", "already_held");
}

Test(takeover, an_account_that_was_switched_off_holds_nothing)
{
	expect_is(TAKE("1"), "ok", "");
	sql_run(t->owner, "UPDATE user_profiles SET is_active = false WHERE first_name = 'Jordan'");
	desk_user(d, "Sylvie");
	expect_is(TAKE("1"), "conflict", "stale_epoch");
	expect_is(TAKE("2"), "ok", "");
}

Test(takeover, a_request_for_a_person_becomes_theirs_and_their_word_keeps_the_promise)
{
	agent_says("A colleague will answer you", "human_request");
	expect_text("SELECT state FROM escalations WHERE conversation_id = " OF_MAYA, "queued");
	expect_at(TAKE("1"), "conversation.escalation.state", "active");
	expect_text("SELECT (claimed_by = c.holder_user_id)::text || e.epoch FROM escalations e "
		    "JOIN conversations"
		    " c ON c.id = e.conversation_id WHERE c.id = " OF_MAYA,
		    "true2");
	expect_text("SELECT state FROM promises WHERE conversation_id = " OF_MAYA, "open");
	expect_at(REPLY("2", "Here I am"), "conversation.promise_due_at", "null");
	expect_text("SELECT state FROM promises WHERE conversation_id = " OF_MAYA, "kept");
	expect_text("SELECT payload ->> 'state' FROM events WHERE type = 'promise.settled' ORDER "
		    "BY seq DESC LIMIT 1",
		    "kept");
	expect_at(HAND_BACK("2"), "conversation.escalation", "null");
	expect_text("SELECT state FROM escalations WHERE conversation_id = " OF_MAYA,
		    "returned_to_bot");
	expect_int(TURNS, 0); /* all was answered */
}

Test(takeover, the_agent_resumes_and_answers_only_what_nobody_has)
{
	agent_says("Hi! A colleague will answer you", "human_request");
	expect_is(REPLY("1", "Bring it in today"), "created", "");
	maya_writes("Until when are you open?");
	expect_int(TURNS, 0); /* a person holds it */
	expect_is(HAND_BACK("2"), "ok", "");
	expect_int(TURNS, 1);
	sql_run(t->app, "UPDATE due_work SET lease = '" LEASE "', leased_until = now() + interval"
			" '20 s' WHERE kind = 'agent_turn' AND ref = " OF_MAYA);
	expect_text("SELECT (SELECT string_agg(m ->> 'body', '|') FROM "
		    "jsonb_array_elements(messages) m WHERE (m ->> 'new')::boolean)"
		    " || '|' || greeted || '|' || escalation_open || '|' || epoch FROM "
		    "agent_turn_begin('" DEMO_ORG_A "', " OF_MAYA ", '" LEASE "')",
		    "Until when are you open?|true|false|3");
	/* a fresh wish for a person is a new request */
	agent_says("A colleague will answer you", "human_request");
	expect_int("SELECT count(*) FROM escalations WHERE conversation_id = " OF_MAYA, 2);
	expect_int("SELECT count(*) FROM escalations WHERE state = 'queued' AND conversation_id "
		   "= " OF_MAYA,
		   1);
}

Test(takeover, who_was_promised_a_person_and_handed_back_unanswered_gets_the_agents_word_anew)
{
	agent_says("Hi! A colleague will answer you", "human_request");
	expect_is(TAKE("1"), "ok", "");
	expect_is(HAND_BACK("2"), "ok", "");
	expect_text("SELECT state FROM promises WHERE conversation_id = " OF_MAYA, "cancelled");
	expect_int(TURNS, 1);
	expect_int("SELECT answered_position FROM conversations WHERE id = " OF_MAYA, 0);
}

Test(takeover, nobody_hands_back_while_a_call_is_promised)
{
	expect_is(TAKE("1"), "ok", "");
	sql_run(t->owner,
		"INSERT INTO promises (organization_id, conversation_id, kind, text, due_at) SELECT"
		" organization_id, id, 'callback', 'we call', now() + interval '1 hour' FROM"
		" conversations WHERE id = " OF_MAYA);
	expect_is(HAND_BACK("2"), "conflict", "promise_open");
	expect_text("SELECT holder FROM conversations WHERE id = " OF_MAYA, "staff");
}

Test(takeover, only_the_holder_hands_back)
{
	expect_is(HAND_BACK("1"), "conflict", "not_holder");
	expect_is(TAKE("1"), "ok", "");
	desk_user(d, "Sylvie");
	expect_is(HAND_BACK("2"), "conflict", "not_holder");
	expect_at(HAND_BACK("2"), "holder_name", "Jordan Reyes");
}

/* What a person wrote while it was theirs goes out, though they let go at once. */
Test(takeover, the_last_word_before_letting_go_still_goes_out)
{
	static const char claim[] = "SELECT action FROM due_work w, outbox_claim('" DEMO_ORG_A
				    "', w.ref, w.lease) WHERE w.kind = 'outbox'"
				    " AND w.ref = (SELECT id FROM outbox WHERE body = '%s')";
	char sql[400];

	for (int i = 0; i < 2; i++) {
		const char *word = i == 0 ? "Until Friday" : "All done";

		expect_is(i == 0 ? REPLY("1", word) : REPLY("3", word), "created", "");
		expect_is(i == 0 ? HAND_BACK("2") : CLOSE("4"), "ok", "");
		sql_run(t->owner, "UPDATE outbox SET state = 'sent' WHERE kind = 'notice' AND body "
				  "LIKE 'You''re now%'");
		sql_run(t->app, "UPDATE due_work SET lease = '" LEASE
				"', leased_until = now() + interval '20 s' WHERE kind = 'outbox'");
		snprintf(sql, sizeof sql, claim, word);
		expect_text(sql, "send");
		snprintf(sql, sizeof sql, "UPDATE outbox SET state = 'sent' WHERE body = '%s'",
			 word);
		sql_run(t->owner, sql);
	}
}

Test(takeover, what_is_closed_is_closed_and_the_next_text_opens_another)
{
	const struct desk_answer *a;

	agent_says("A colleague will answer you", "human_request");
	a = DESK(d, &conversation_close_row, {"id", thread}, {"epoch", "1"},
		 {"resolution", "sorted_out"});
	expect_is(a, "ok", "");
	expect_at(a, "conversation.state", "closed");
	expect_at(a, "conversation.closed_by", "staff");
	expect_at(a, "conversation.holder", "nobody");
	expect_at(a, "conversation.escalation", "null");
	expect_text("SELECT state || resolution FROM escalations WHERE conversation_id = " OF_MAYA,
		    "closedsorted_out");
	expect_text("SELECT state FROM promises WHERE conversation_id = " OF_MAYA, "cancelled");
	expect_is(CLOSE("2"), "conflict", "conversation_closed");
	expect_is(TAKE("2"), "conflict", "conversation_closed");
	expect_is(REPLY("2", "one more"), "conflict", "conversation_closed");
	expect_is(HAND_BACK("2"), "conflict", "conversation_closed");
	expect_is(DESK(d, &conversation_close_row, {"id", thread}, {"epoch", "2"},
		       {"resolution", "No Word"}),
		  "input", "");
	maya_writes("Me again");
	expect_int("SELECT count(*) FROM conversations WHERE peer = '" MAYA "'", 2);
	expect_int(TURNS, 1);
}

Test(takeover, stop_counts_while_a_person_holds_and_nothing_of_theirs_goes_out)
{
	expect_is(TAKE("1"), "ok", "");
	expect_is(REPLY("2", "When will you come?"), "created", "");
	sql_run(t->app, "SELECT text_in('" DEMO_NUMBER_A "', '" MAYA
			"', 'e164', 'SMstop', NULL, 'STOP', NULL,"
			" 'stop', 'en', '{store}: bye', NULL, NULL)");
	expect_text("SELECT opted_out FROM consents WHERE phone_number = '" MAYA "'", "t");
	sql_run(t->app, "UPDATE due_work SET lease = '" LEASE
			"', leased_until = now() + interval '20 s' WHERE kind = 'outbox'");
	expect_text("SELECT action FROM due_work w, outbox_claim('" DEMO_ORG_A
		    "', w.ref, w.lease) WHERE w.kind = 'outbox'"
		    " AND w.ref = (SELECT id FROM outbox WHERE body = 'When will you come?')",
		    "none");
	expect_text("SELECT state FROM outbox WHERE body = 'When will you come?'", "suppressed");
	expect_int(TURNS, 0);
}

Test(takeover, who_hides_their_number_can_be_taken_and_closed_but_not_answered)
{
	sql_run(t->app, "SELECT text_in('" DEMO_NUMBER_A
			"', 'anonymous', 'withheld', 'SMhidden', NULL, 'psst',"
			" NULL, NULL, NULL, NULL, NULL, NULL)");
	free(thread);
	thread = sql_text(t->app, "SELECT id FROM conversations WHERE peer = 'withheld:SMhidden'");
	expect_is(REPLY("1", "who?"), "conflict", "unreachable");
	expect_text("SELECT holder FROM conversations WHERE peer = 'withheld:SMhidden'", "agent");
	expect_is(TAKE("1"), "ok", "");
	expect_is(HAND_BACK("2"), "ok", "");
	expect_int("SELECT count(*) FROM due_work w JOIN conversations c ON c.id = w.ref WHERE "
		   "c.peer LIKE 'withheld%'",
		   0);
	expect_is(CLOSE("3"), "ok", "");
}

Test(takeover, notes_and_whispers_are_for_us_alone)
{
	const struct desk_answer *a;
	char *before = sql_text(
		t->app, "SELECT last_message_at::text FROM conversations WHERE id = " OF_MAYA);

	a = DESK(d, &conversation_note_row, {"id", thread}, {"body", "VIP\nhandle with care"});
	expect_is(a, "created", "");
	expect_at(a, "message.kind", "note");
	expect_at(a, "message.status", "null");
	expect_at(a, "conversation.holder", "agent");
	expect_at(a, "conversation.last_message.body", "My brakes squeal");
	a = DESK(d, &conversation_whisper_row, {"id", thread}, {"body", "offer her Friday"});
	expect_at(a, "message.kind", "whisper");
	expect_int("SELECT count(*) FROM outbox WHERE conversation_id = " OF_MAYA, 0);
	expect_int("SELECT count(*) FROM events WHERE type = 'message.noted' AND conversation_id "
		   "= " OF_MAYA,
		   2);
	expect_text("SELECT last_message_at::text FROM conversations WHERE id = " OF_MAYA, before);
	expect_is(DESK(d, &conversation_note_row, {"id", thread}, {"body", " \n"}), "input", "");
	expect_is(CLOSE("1"), "ok", "");
	expect_is(DESK(d, &conversation_note_row, {"id", thread}, {"body", "she called"}),
		  "created", "");
	free(before);
}
