/*
 * outbound.c - schema/functions/outbound.sql over a real PostgreSQL, asked as the API and the job
 * ask it: a customer is called within what is allowed, three times at most, never twice for one
 * wish, and what was promised is settled.
 */
#include <criterion/criterion.h>

#include "server/api/outbound.h"
#include "tests/support/desk.h"

#define LEASE   "aaaaaaaa-0000-4000-8000-000000000001"
#define OTHER   "aaaaaaaa-0000-4000-8000-000000000002"
#define ACCOUNT "AC00000000000000000000000000000001"
#define CA(n)   "CA0000000000000000000000000000000" #n

static struct test_db *t;
static struct desk *d;
static char *ready, *owner_of_ready; /* an order that is ready, and whose it is */

static void set_up(void)
{
	t = test_db_new(TEST_DB_DEMO);
	sql_context(t->app, DEMO_ORG_A);
	sql_context(t->owner, DEMO_ORG_A);
	d = desk_open(t, DEMO_ORG_A);
	desk_user(d, "staff");
	ready = sql_text(t->owner, "SELECT id FROM orders WHERE status = 'ready_for_pickup'"
				   " ORDER BY order_number LIMIT 1");
	owner_of_ready = sql_text(t->owner, "SELECT customer_id FROM orders WHERE status = "
					    "'ready_for_pickup' ORDER BY order_number LIMIT 1");
	/* the service may create nothing, not even for itself */
	sql_run(t->owner,
		"CREATE VIEW ours WITH (security_invoker = true) AS SELECT * FROM outbound_calls"
		" WHERE created_at > now() - interval '10 minutes' ORDER BY created_at DESC LIMIT "
		"1;"
		" GRANT SELECT ON ours TO switchback_service");
}

static void tear_down(void)
{
	free(ready);
	free(owner_of_ready);
	desk_close(d);
	test_db_free(t);
}

TestSuite(outbound_calls, .init = set_up, .fini = tear_down, .timeout = 60);

static void expect_text(const char *sql, const char *wanted)
{
	char *got = sql_text(t->app, sql);

	cr_expect_str_eq(got, wanted, "%s: \"%s\", wanted \"%s\"", sql, got, wanted);
	free(got);
}

#define EXPECT_ASKED(a, wanted, refusal)                                       \
	do {                                                                   \
		const struct desk_answer *asked_ = (a);                        \
                                                                               \
		cr_expect_str_eq(asked_->outcome, wanted, "%s", asked_->text); \
		cr_expect_str_eq(asked_->code, refusal, "%s", asked_->text);   \
	} while (0)

static void due_now(void)
{
	sql_run(t->app, "UPDATE outbound_calls SET due_at = now() WHERE ended_at IS NULL;"
			"UPDATE due_work SET due_at = now() WHERE kind = 'call_out'");
}

static void leased(const char *lease)
{
	char sql[200];

	snprintf(sql, sizeof sql,
		 "UPDATE due_work SET lease = '%s', leased_until = now() + interval '20 s'"
		 " WHERE kind = 'call_out'",
		 lease);
	sql_run(t->app, sql);
}

/* As the job asks: the action, or what placing came to. */
static const char claim[] = "SELECT coalesce((SELECT action FROM outbound_claim('" DEMO_ORG_A
			    "', (SELECT id FROM ours), '" LEASE "')), 'gone')";
static const char place[] = "SELECT coalesce((SELECT outcome FROM outbound_place('" DEMO_ORG_A
			    "', (SELECT id FROM ours), '" LEASE "', '" ACCOUNT
			    "', 'Hello', 'A message', 'A text')), 'gone')";
static const char state[] = "SELECT state || ' ' || tries || ' ' || coalesce(last_result, '-') || "
			    "' ' || coalesce(waits_for, '-') FROM ours";
static const char due[] = "SELECT round(extract(epoch FROM due_at - now()) / 60)::text FROM "
			  "outbound_calls WHERE ended_at IS NULL";

static void settled(const char *result, const char *sid)
{
	char sql[300];

	snprintf(sql, sizeof sql,
		 "SELECT outbound_settle('" DEMO_ORG_A "', (SELECT id FROM ours), '" LEASE
		 "', '%s', %s%s%s, 21211, 2000)",
		 result, sid == NULL ? "" : "'", sid == NULL ? "NULL" : sid,
		 sid == NULL ? "" : "'");
	sql_run(t->app, sql);
}

static void queued(void)
{
	EXPECT_ASKED(DESK(d, &outbound_add_row, {"kind", "pickup_ready"}, {"order_id", ready}),
		     "created", "");
}

/* A try up to the carrier's answer. */
static void tried(const char *result, const char *sid)
{
	due_now();
	sql_run(t->app, "UPDATE call_pace SET next_at = now() - interval '1 second'");
	leased(LEASE);
	expect_text(claim, "decide");
	expect_text(place, "place");
	settled("placed", sid);
	expect_text("SELECT state FROM ours", "calling");
	leased(LEASE);
	settled(result, NULL);
}

/* ---- what is wanted ---- */

Test(outbound_calls, are_started_from_an_order_a_customer_or_a_request)
{
	const struct desk_answer *a =
		DESK(d, &outbound_add_row, {"kind", "pickup_ready"}, {"order_id", ready});
	char *id = xstrdup(desk_at(a, "outbound.id")), *request;

	EXPECT_ASKED(a, "created", "");
	cr_expect_str_eq(desk_at(a, "outbound.state"), "queued");
	cr_expect_str_eq(desk_at(a, "outbound.customer_id"), owner_of_ready);
	cr_expect_str_eq(desk_at(a, "outbound.requested_by"), desk_user_id(d));
	/* the same again is the same wish */
	a = DESK(d, &outbound_add_row, {"kind", "pickup_ready"}, {"customer_id", owner_of_ready});
	EXPECT_ASKED(a, "conflict", "already_queued");
	cr_expect_str_eq(desk_at(a, "outbound_id"), id);
	/* another one beside it */
	a = DESK(d, &outbound_add_row, {"kind", "callback"}, {"customer_id", owner_of_ready},
		 {"not_before", "2099-01-01T00:00:00Z"});
	EXPECT_ASKED(a, "input", "");
	a = DESK(d, &outbound_add_row, {"kind", "callback"}, {"customer_id", owner_of_ready},
		 {"language", "fr"});
	EXPECT_ASKED(a, "created", "");
	request = sql_text(t->owner,
			   "SELECT e.id FROM escalations e JOIN customers k ON k.id = e.customer_id"
			   " WHERE e.closed_at IS NULL AND e.customer_id <> (SELECT customer_id "
			   "FROM ours LIMIT 1) LIMIT 1");
	a = DESK(d, &outbound_add_row, {"kind", "callback"}, {"escalation_id", request});
	EXPECT_ASKED(a, "created", "");
	a = DESK(d, &outbound_list_row, {"customer_id", owner_of_ready});
	cr_expect_str_eq(desk_at(a, "items.1.id"), id);
	cr_expect_str_eq(desk_at(a, "items.0.kind"), "callback");
	cr_expect_str_eq(desk_at(a, "items.2.id"), "");
	free(id);
	free(request);
}

Test(outbound_calls, nobody_is_called_who_must_not_be)
{
	static const struct {
		const char *set, *code;
	} cases[] = {
		{"INSERT INTO consents (organization_id, phone_number, opted_out, source) SELECT "
		 "organization_id, phone_number, true, 'sms' FROM customers WHERE id = $1",
		 "opted_out"},
		{"UPDATE customers SET is_blocked = true WHERE id = $1", "unreachable"},
		{"UPDATE customers SET phone_number = NULL WHERE id = $1", "unreachable"},
		{"UPDATE customers SET phone_number = '+18765550123' WHERE id = $1", "unreachable"},
		{"UPDATE customers SET phone_number = '" DEMO_NUMBER_A "' WHERE id = $1",
		 "unreachable"},
		{"UPDATE orders SET status = 'collected' WHERE customer_id = $1", "not_ready"},
	};
	static const char *const nobody[][2] = {
		{"customer_id", "c0000000-0000-4000-8000-00000000dead"},
		{"order_id", "c0000000-0000-4000-8000-00000000dead"},
		{"escalation_id", "c0000000-0000-4000-8000-00000000dead"},
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		sql_run(t->owner, "BEGIN");
		PQclear(sql_ask(t->owner, cases[i].set, 1, (const char *const[]){owner_of_ready}));
		sql_run(t->owner, "COMMIT");
		EXPECT_ASKED(DESK(d, &outbound_add_row, {"kind", "pickup_ready"},
				  {"customer_id", owner_of_ready}),
			     "conflict", cases[i].code);
		test_db_free(t);
		desk_close(d);
		free(ready);
		free(owner_of_ready);
		set_up();
	}
	for (size_t i = 0; i < ARRAY_LEN(nobody); i++)
		EXPECT_ASKED(DESK(d, &outbound_add_row, {"kind", "callback"},
				  {nobody[i][0], nobody[i][1]}),
			     "missing", "");
	EXPECT_ASKED(DESK(d, &outbound_add_row, {"kind", "callback"}), "input", "");
	EXPECT_ASKED(DESK(d, &outbound_add_row, {"kind", "callback"}, {"order_id", ready},
			  {"customer_id", owner_of_ready}),
		     "input", "");
}

Test(outbound_calls, are_called_off_until_the_phone_rings)
{
	char *id;

	queued();
	id = sql_text(t->app, "SELECT id FROM ours");
	EXPECT_ASKED(DESK(d, &outbound_cancel_row, {"id", id}), "ok", "");
	EXPECT_ASKED(DESK(d, &outbound_cancel_row, {"id", id}), "ok", "");
	expect_text("SELECT count(*) FROM due_work WHERE kind = 'call_out'", "0");
	free(id);
	queued();
	id = sql_text(t->app, "SELECT id FROM outbound_calls WHERE state = 'queued'");
	leased(LEASE);
	expect_text(claim, "decide");
	expect_text(place, "place");
	EXPECT_ASKED(DESK(d, &outbound_cancel_row, {"id", id}), "conflict", "");
	free(id);
}

/* ---- a try ---- */

Test(outbound_calls, have_their_conversation_and_leg_before_the_carrier_is_asked)
{
	queued();
	leased(LEASE);
	expect_text(claim, "decide");
	expect_text(place, "place");
	expect_text("SELECT s.state || ' ' || s.stage || ' ' || s.call_direction || ' ' || "
		    "c.channel || ' ' || c.holder || ' ' || (c.customer_id = o.customer_id)"
		    " FROM ours o JOIN call_sessions s ON s.id = o.call_id"
		    " JOIN conversations c ON c.id = s.conversation_id",
		    "queued ringing outbound voice agent true");
	/* the process dies here: whoever comes next asks the carrier's list, and dials nothing */
	leased(OTHER);
	expect_text(place, "gone");
	leased(LEASE);
	expect_text(claim, "look");
	expect_text(place, "none");
	leased(LEASE);
	settled("unknown", NULL);
	expect_text("SELECT round(extract(epoch FROM due_at - now()))::text FROM due_work WHERE "
		    "kind = 'call_out'",
		    "2");
	leased(LEASE);
	/* surely absent: the same leg is dialled, and no try is counted */
	settled("again", NULL);
	expect_text(state, "queued 0 - carrier");
	due_now();
	sql_run(t->app, "UPDATE call_pace SET next_at = now()");
	leased(LEASE);
	expect_text(place, "place");
	expect_text("SELECT count(*) FROM call_sessions WHERE call_direction = 'outbound' AND "
		    "stage = 'ringing'",
		    "1");
	settled("placed", CA(1));
	expect_text("SELECT c.twilio_call_sid FROM ours o JOIN call_sessions s ON s.id = o.call_id"
		    " JOIN conversations c ON c.id = s.conversation_id",
		    CA(1));
	expect_text("SELECT sid FROM call_sids_known('" DEMO_ORG_A "', '{" CA(1) "," CA(2) "}')",
		    CA(1));
	leased(LEASE);
	expect_text(claim, "watch");
}

Test(outbound_calls, three_tries_then_a_text)
{
	static const struct {
		const char *result, *state, *minutes;
	} tries[] = {
		{"busy", "queued 1 busy try", "15"},
		{"no_answer", "queued 2 no_answer try", "120"},
		{"failed", "queued 3 failed try", "0"},
	};
	char sid[40];

	queued();
	for (size_t i = 0; i < ARRAY_LEN(tries); i++) {
		snprintf(sid, sizeof sid, "CA%032zu", i);
		tried(tries[i].result, sid);
		expect_text(state, tries[i].state);
		expect_text(due, tries[i].minutes);
	}
	expect_text("SELECT count(*) FROM call_sessions s JOIN conversations c ON c.id = "
		    "s.conversation_id WHERE s.call_direction = 'outbound' AND s.stage = 'ended' "
		    "AND s.started_at > now() - interval '1 minute' AND c.state = 'closed'",
		    "3");
	leased(LEASE);
	expect_text(claim, "none");
	expect_text("SELECT state FROM ours", "texted");
	expect_text("SELECT o.body || ' ' || o.kind || ' ' || o.state FROM outbox o JOIN "
		    "customers k ON k.phone_number = o.to_number WHERE o.created_at > now() - "
		    "interval '1 minute'",
		    "A text notice queued");
	expect_text("SELECT count(*) FROM due_work WHERE kind = 'call_out'", "0");
}

Test(outbound_calls, what_the_carrier_refuses_for_good_is_given_up)
{
	queued();
	leased(LEASE);
	expect_text(claim, "decide");
	expect_text(place, "place");
	settled("refused", NULL);
	expect_text("SELECT state || ' ' || error_code FROM ours", "given_up 21211");
	expect_text("SELECT s.stage || ' ' || s.state FROM ours o JOIN call_sessions s ON s.id = "
		    "o.call_id",
		    "ended failed");
}

Test(outbound_calls, one_a_second_goes_through_an_account_and_nobody_is_called_who_is_talking)
{
	char *id;

	queued();
	leased(LEASE);
	sql_run(t->app, "INSERT INTO call_pace VALUES ('" ACCOUNT "', now() + interval '1 hour')");
	expect_text(place, "wait");
	expect_text(state, "queued 0 - pace");
	expect_text(due, "60");
	sql_run(t->app, "UPDATE call_pace SET next_at = now()");
	due_now();
	leased(LEASE);
	/* another store's call through the same account, a moment ago */
	id = sql_text(t->owner, "INSERT INTO conversations (organization_id, customer_id, channel, "
				"peer, store_number) SELECT organization_id, customer_id, 'voice', "
				"'+14165550100', from_number FROM ours RETURNING id");
	sql_run(t->owner,
		"INSERT INTO call_sessions (organization_id, conversation_id, call_direction, "
		"state, "
		"stage, from_number, to_number) SELECT organization_id, id, 'inbound', "
		"'in_progress', 'builtin', peer, store_number FROM conversations WHERE peer = "
		"'+14165550100'");
	expect_text(place, "wait");
	expect_text(state, "queued 0 - on_a_call");
	expect_text(due, "10");
	sql_run(t->owner, "UPDATE call_sessions SET stage = 'ended' WHERE stage = 'builtin'");
	due_now();
	leased(LEASE);
	expect_text(place, "place");
	expect_text("SELECT (next_at > now())::text FROM call_pace", "true");
	free(id);
}

Test(outbound_calls, what_has_become_needless_or_forbidden_is_not_dialled)
{
	static const struct {
		const char *set, *state;
	} cases[] = {
		{"UPDATE orders SET status = 'collected' WHERE id = (SELECT order_id FROM ours)",
		 "not_needed"},
		{"INSERT INTO consents (organization_id, phone_number, opted_out, source) SELECT "
		 "k.organization_id, k.phone_number, true, 'sms' FROM customers k JOIN ours o ON "
		 "o.customer_id = k.id",
		 "suppressed"},
		{"UPDATE customers SET is_blocked = true WHERE id = (SELECT customer_id FROM ours)",
		 "suppressed"},
	};

	for (size_t i = 0; i < 2 * ARRAY_LEN(cases); i++) {
		bool late = i % 2 == 1; /* between the decision and the dialling */

		queued();
		leased(LEASE);
		if (late)
			expect_text(claim, "decide");
		sql_run(t->app, cases[i / 2].set);
		expect_text(late ? place : claim, "none");
		expect_text("SELECT state FROM ours", cases[i / 2].state);
		expect_text("SELECT count(*) FROM due_work WHERE kind = 'call_out'", "0");
		tear_down();
		set_up();
	}
}

/* ---- what the carrier tells ---- */

static const char *call_sid = CA(7); /* the carrier's, of the leg that was dialled last */

/* A request about it; document: its answer is one. */
static void hooked(const char *door, bool document, const char *more)
{
	char sql[600];

	snprintf(sql, sizeof sql,
		 "SELECT call_hook('%s', (SELECT call_id FROM ours), '%s', '" ACCOUNT
		 "', NULL, jsonb_build_object('document', %s, 'agent', false, 'key', false) || "
		 "'%s')",
		 door, call_sid, document ? "true" : "false", more);
	sql_run(t->app, sql);
}

static const char said[] =
	"SELECT coalesce(string_agg(m.author || ' ' || m.body || ' ' || m.status, '; ' ORDER BY "
	"m.position), 'nothing') FROM ours o JOIN call_sessions s ON s.id = o.call_id JOIN "
	"messages "
	"m ON m.conversation_id = s.conversation_id";
static const char stage[] = "SELECT s.stage || ' ' || coalesce(s.answered_by, '-') FROM ours o "
			    "JOIN call_sessions s ON s.id = o.call_id";

static void dialled(void)
{
	due_now();
	sql_run(t->app, "UPDATE call_pace SET next_at = now() - interval '1 second'");
	leased(LEASE);
	expect_text(claim, "decide");
	expect_text(place, "place");
}

Test(outbound_calls, a_person_hears_who_calls_and_why_and_then_talks_as_on_any_call)
{
	queued();
	dialled();
	/* the carrier's word is quicker than its answer to us */
	hooked("status", false, "{\"status\": \"ringing\", \"sequence\": 1}");
	expect_text(stage, "ringing -");
	expect_text("SELECT c.twilio_call_sid FROM ours o JOIN call_sessions s ON s.id = o.call_id"
		    " JOIN conversations c ON c.id = s.conversation_id",
		    CA(7));
	hooked("next", true,
	       "{\"status\": \"in_progress\", \"form\": {\"AnsweredBy\": \"human\"}}");
	settled("placed", CA(7));
	expect_text(stage, "builtin human");
	expect_text(said, "system Hello What is said on this call is written down, so that our "
			  "team can follow it. sending");
	expect_text("SELECT s.recording FROM ours o JOIN call_sessions s ON s.id = o.call_id",
		    "announced");
	leased(LEASE);
	expect_text(claim, "none");
	expect_text("SELECT state || ' ' || tries FROM ours", "reached 0");
	expect_text("SELECT count(*) FROM due_work WHERE kind = 'call_out'", "0");
	hooked("status", false, "{\"status\": \"completed\", \"sequence\": 3}");
	expect_text("SELECT state || ' ' || tries FROM ours", "reached 0");
	expect_text(stage, "ended human");
}

Test(outbound_calls, a_machine_is_told_once_and_counts_as_a_try)
{
	queued();
	for (int i = 0; i < 2; i++) {
		call_sid = i == 0 ? CA(7) : CA(8);
		dialled();
		settled("placed", call_sid);
		hooked("next", true,
		       "{\"status\": \"in_progress\", \"form\": {\"AnsweredBy\": "
		       "\"machine_end_beep\"}}");
		expect_text(stage, "ended machine_end_beep");
		expect_text(said, i == 0 ? "system A message sending" : "nothing");
		hooked("status", false, "{\"status\": \"completed\", \"sequence\": 3}");
		expect_text(state, i == 0 ? "queued 1 machine try" : "queued 2 machine try");
	}
	expect_text("SELECT (message_left_at IS NOT NULL)::text FROM ours", "true");
}

Test(outbound_calls, what_ends_unheard_is_a_try_whatever_the_order_of_news)
{
	static const struct {
		const char *status, *state;
	} cases[] = {
		{"busy", "queued 1 busy try"},         {"no_answer", "queued 1 no_answer try"},
		{"failed", "queued 1 failed try"},     {"canceled", "queued 1 canceled try"},
		{"completed", "queued 1 hung_up try"}, /* before we knew whether it was a person */
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		char told[100];

		queued();
		dialled();
		snprintf(told, sizeof told, "{\"status\": \"%s\", \"sequence\": 2}",
			 cases[i].status);
		hooked("status", false, told);
		expect_text(state, cases[i].state);
		hooked("status", false, told);
		settled("placed", CA(7)); /* our own answer comes last */
		expect_text(state, cases[i].state);
		expect_text(due, "15");
		tear_down();
		set_up();
	}
}

/* ---- promises ---- */

/* A request of a customer's that ended in the promise of a call, due now. */
static void call_promised(void)
{
	sql_run(t->app,
		"SELECT text_in('" DEMO_NUMBER_A
		"', '+14165550177', 'e164', 'SM1', NULL, 'call me', NULL, NULL, NULL, NULL, "
		"NULL, NULL)");
	sql_run(t->app, "SELECT escalation_open('" DEMO_ORG_A
			"', c, 'human_request', 'call me', NULL, NULL) FROM conversations c WHERE "
			"peer = '+14165550177'");
	sql_run(t->app, "UPDATE escalations SET state = 'callback_promised' WHERE conversation_id "
			"= (SELECT id FROM conversations WHERE peer = '+14165550177')");
	sql_run(t->app,
		"WITH made AS (INSERT INTO promises (organization_id, conversation_id, "
		"escalation_id, customer_id, kind, text, due_at) SELECT organization_id, "
		"conversation_id, id, customer_id, 'callback', 'soon', now() - interval '1 second' "
		"FROM escalations WHERE state = 'callback_promised' RETURNING *) SELECT "
		"work_add(organization_id, 'promise', id, due_at) FROM made");
	sql_run(t->app, "UPDATE due_work SET lease = '" LEASE "' WHERE kind = 'promise'");
}

#define PROMISE_DUE                                                                         \
	"SELECT outcome FROM promise_due('" DEMO_ORG_A "', (SELECT id FROM promises WHERE " \
	"text = 'soon'), '" LEASE "')"

Test(outbound_calls, a_promised_call_is_made_when_it_is_due)
{
	call_promised();
	expect_text(PROMISE_DUE, "calling");
	expect_text("SELECT kind || ' ' || state || ' ' || (escalation_id IS NOT NULL) FROM ours",
		    "callback queued true");
	expect_text("SELECT state FROM promises WHERE text = 'soon'", "open");
	expect_text("SELECT count(*) FROM due_work WHERE ref = (SELECT id FROM promises WHERE text "
		    "= 'soon')",
		    "0");
	/* three times nobody answers: it was kept all the same, and the request waits for a person
	 */
	for (int i = 0; i < 3; i++) {
		char one[40];

		snprintf(one, sizeof one, "CA%032d", i);
		tried("no_answer", one);
	}
	leased(LEASE);
	expect_text(claim, "none");
	expect_text("SELECT state FROM promises WHERE text = 'soon'", "kept");
	expect_text("SELECT state FROM escalations WHERE id = (SELECT escalation_id FROM ours)",
		    "queued");
}

Test(outbound_calls, a_promise_to_whom_nobody_may_call_is_broken)
{
	call_promised();
	sql_run(t->app, "INSERT INTO consents (organization_id, phone_number, opted_out, source) "
			"VALUES ('" DEMO_ORG_A "', '+14165550177', true, 'sms')");
	expect_text(PROMISE_DUE, "broken");
	expect_text("SELECT count(*) FROM due_work WHERE kind = 'call_out'", "0");
}

Test(outbound_calls, who_is_being_talked_to_needs_no_call)
{
	call_promised();
	expect_text(PROMISE_DUE, "calling");
	sql_run(t->owner, "UPDATE escalations SET state = 'active', claimed_at = now(), claimed_by "
			  "= (SELECT id FROM user_profiles LIMIT 1) WHERE id = (SELECT "
			  "escalation_id FROM ours)");
	leased(LEASE);
	expect_text(claim, "none");
	expect_text("SELECT state FROM ours", "not_needed");
}

Test(outbound_calls, a_request_lives_on_in_the_call_that_answers_it)
{
	call_promised();
	expect_text(PROMISE_DUE, "calling");
	dialled();
	settled("placed", CA(7));
	hooked("next", true,
	       "{\"status\": \"in_progress\", \"form\": {\"AnsweredBy\": \"human\"}}");
	leased(LEASE);
	expect_text(claim, "none");
	expect_text("SELECT state FROM promises WHERE text = 'soon'", "kept");
	expect_text("SELECT state || ' ' || resolution FROM escalations WHERE id = (SELECT "
		    "escalation_id FROM ours)",
		    "closed called_back");
	expect_text("SELECT e.state || ' ' || e.reason || ' ' || e.reason_text FROM ours o JOIN "
		    "call_sessions s ON s.id = o.call_id JOIN escalations e ON e.conversation_id = "
		    "s.conversation_id",
		    "queued human_request call me");
	/* they hang up before anybody came: a person must see to it, no machine calls again today
	 */
	hooked("status", false, "{\"status\": \"completed\", \"sequence\": 3}");
	expect_text(
		"SELECT count(*) FROM promises WHERE state = 'open' AND kind = 'callback' AND "
		"conversation_id = (SELECT s.conversation_id FROM ours o JOIN call_sessions s ON "
		"s.id = o.call_id)",
		"1");
	sql_run(t->app, "UPDATE promises SET text = 'again', due_at = now() - interval '1 second' "
			"WHERE state = 'open' AND conversation_id = (SELECT s.conversation_id FROM "
			"ours o JOIN call_sessions s ON s.id = o.call_id)");
	sql_run(t->app, "UPDATE due_work SET lease = '" LEASE "' WHERE kind = 'promise'");
	expect_text("SELECT outcome FROM promise_due('" DEMO_ORG_A
		    "', (SELECT id FROM promises WHERE text = 'again'), '" LEASE "')",
		    "broken");
}
