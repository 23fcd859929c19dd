/*
 * outbound.c - customers are called, against the real service and the practice line: what the
 * person or the machine at the other end hears, what staff see of it, and that one wish rings a
 * phone once, whatever the carrier does.
 */
#include <criterion/criterion.h>
#include <unistd.h>

#include "shared/clock.h"
#include "tests/support/store.h"

#define WAIT_MS 20000

static struct api_tokens staff;
static char phone[20], order[40], number[20], wish[40]; /* whose order is ready */

static const char *sim(void)
{
	return service_key(store.service, "TWILIO_SIM_URL");
}

/* The store is open day and night, lies where it is noon (nobody is called shortly before the day
 * ends), and its own agent speaks. */
static void set_up(void)
{
	PGresult *r;
	PGconn *owner;

	store_whole_up();
	owner = test_db_connect(service_key(store.service, "DATABASE_URL"));
	sql_context(owner, DEMO_ORG_A);
	sql_run(owner,
		"DELETE FROM special_days WHERE organization_id = '" DEMO_ORG_A
		"'; DELETE FROM organization_hours WHERE organization_id = '" DEMO_ORG_A
		"'; INSERT INTO organization_hours (organization_id, weekday, opens, closes) "
		"SELECT '" DEMO_ORG_A
		"', d, 0, 1440 FROM generate_series(1, 7) d; UPDATE organizations SET "
		"calls_from = 0, calls_until = 1440, voice_engine = 'builtin', time_zone = "
		"(SELECT 'Etc/GMT' || CASE WHEN n < 0 THEN '' ELSE '+' END || n FROM (SELECT "
		"extract(hour FROM now() AT TIME ZONE 'UTC')::int - 12 AS n) x) WHERE id = "
		"'" DEMO_ORG_A "'");
	r = sql_ask(owner,
		    "SELECT k.phone_number, o.id, o.order_number FROM orders o JOIN customers k ON "
		    "k.organization_id = o.organization_id AND k.id = o.customer_id WHERE "
		    "o.organization_id = '" DEMO_ORG_A "' AND o.status = 'ready_for_pickup' AND "
		    "coalesce(k.preferred_language, 'en') = 'en' ORDER BY o.order_number LIMIT 1",
		    0, NULL);
	snprintf(phone, sizeof phone, "%s", PQgetvalue(r, 0, 0));
	snprintf(order, sizeof order, "%s", PQgetvalue(r, 0, 1));
	snprintf(number, sizeof number, "%s", PQgetvalue(r, 0, 2));
	PQclear(r);
	PQfinish(owner);
	sql_context(store.db, DEMO_ORG_A);
	store_signed_in_as("staff", &staff);
}

TestSuite(outbound, .init = set_up, .fini = store_whole_down, .timeout = 240);

/* ---- the line ---- */

static void line_told(const char *path, const char *body)
{
	cr_assert_lt(api_status(sim(), "POST", path, NULL, body), 300, "%s %s", path, body);
}

static void rings(const char *how)
{
	char path[60], body[60];

	snprintf(path, sizeof path, "/sim/phones/%%2B%s", phone + 1);
	snprintf(body, sizeof body, "{\"rings\": \"%s\"}", how);
	line_told(path, body);
}

/* The calls that the phone had, newest first; clear the answer. */
static const json_t *calls(struct api_answer *a)
{
	char path[80];

	snprintf(path, sizeof path, "/sim/calls?phone=%%2B%s", phone + 1);
	api_ask(sim(), &(struct api_request){.method = "GET", .path = path}, a);
	cr_assert_eq(a->status, 200, "%.300s", buf_cstr(&a->body));
	return json_object_get(a->json, "calls");
}

static size_t calls_count(void)
{
	struct api_answer a;
	size_t n = json_array_size(calls(&a));

	api_answer_clear(&a);
	return n;
}

/* Waits until the newest call has a line with that in it. Its SID. */
static void hears(const char *what, char sid[40])
{
	int64_t from = clock_mono_ms();
	bool heard = false;

	while (!heard) {
		struct api_answer a;
		const json_t *call = json_array_get(calls(&a), 0);
		const json_t *lines = json_object_get(call, "lines");
		struct buf all = {0};

		for (size_t i = 0; i < json_array_size(lines); i++)
			buf_printf(&all, "%s\n",
				   json_string_value(
					   json_object_get(json_array_get(lines, i), "text")));
		heard = strstr(buf_cstr(&all), what) != NULL;
		if (heard)
			snprintf(sid, 40, "%s", json_string_value(json_object_get(call, "sid")));
		cr_assert(heard || clock_mono_ms() - from < WAIT_MS, "nobody heard \"%s\":\n%s",
			  what, buf_cstr(&all));
		buf_clear(&all);
		api_answer_clear(&a);
		usleep(50000);
	}
}

static void does(const char *sid, const char *body)
{
	char path[80];

	snprintf(path, sizeof path, "/sim/calls/%s", sid);
	line_told(path, body);
}

/* ---- the store ---- */

static void wanted(void)
{
	char body[120];
	struct api_answer a;

	snprintf(body, sizeof body, "{\"kind\": \"pickup_ready\", \"order_id\": \"%s\"}", order);
	store_asked(&(struct api_request){.method = "POST",
					  .path = "/api/outbound",
					  .bearer = staff.access,
					  .body = body},
		    &a);
	cr_assert_eq(a.status, 201, "%s", buf_cstr(&a.body));
	snprintf(wish, sizeof wish, "%s", api_text(&a, "outbound.id"));
	api_answer_clear(&a);
}

/* Waits until it is so: state, tries and last result, as the list shows them. */
static void comes_to(const char *state)
{
	int64_t from = clock_mono_ms();
	char sql[300];

	snprintf(sql, sizeof sql,
		 "SELECT state || ' ' || tries || ' ' || coalesce(last_result, '-') FROM "
		 "outbound_calls WHERE id = '%s'",
		 wish);
	for (;;) {
		char *now = sql_text(store.db, sql);
		bool there = strcmp(now, state) == 0;

		cr_assert(there || clock_mono_ms() - from < WAIT_MS, "it is \"%s\", not \"%s\"",
			  now, state);
		free(now);
		if (there)
			return;
		usleep(50000);
	}
}

/* The person hangs up, and the store knows. */
static void hung_up(void)
{
	int64_t from = clock_mono_ms();
	struct api_answer a;
	char sid[40];

	snprintf(sid, sizeof sid, "%s",
		 json_string_value(json_object_get(json_array_get(calls(&a), 0), "sid")));
	api_answer_clear(&a);
	does(sid, "{\"do\": \"hang up\"}");
	while (sql_int(store.db, "SELECT count(*) FROM call_sessions WHERE stage <> 'ended'") > 0) {
		cr_assert_lt(clock_mono_ms() - from, WAIT_MS, "the call goes on");
		usleep(50000);
	}
}

/* The next try is not waited for. */
static void time_passes(void)
{
	sql_run(store.db, "UPDATE outbound_calls SET due_at = now() WHERE ended_at IS NULL;"
			  "UPDATE due_work SET due_at = now() WHERE kind = 'call_out'");
}

/* ---- */

Test(outbound, a_person_hears_who_calls_and_why_and_talks_with_the_agent)
{
	char sid[40], why[80];
	struct api_answer a;

	rings("answered");
	wanted();
	hears("This is an automated call from Bici Downtown.", sid);
	snprintf(why, sizeof why, "Your order %s is ready for pickup.", number);
	hears(why, sid);
	hears("so that our team can follow it", sid); /* what must be said of the transcript */
	comes_to("reached 0 human");
	does(sid, "{\"say\": \"What is your address?\"}");
	hears("417 Queen", sid);
	hung_up();
	store_asked(&(struct api_request){.method = "GET",
					  .path = "/api/outbound?state=ended&limit=1",
					  .bearer = staff.access},
		    &a);
	cr_expect_str_eq(json_string_value(json_object_get(
				 json_array_get(json_object_get(a.json, "items"), 0), "state")),
			 "reached");
	api_answer_clear(&a);
	cr_expect_eq(calls_count(), 1u);
}

Test(outbound, the_store_s_agent_carries_the_call_and_greets_nobody_twice)
{
	PGconn *owner = test_db_connect(service_key(store.service, "DATABASE_URL"));
	int64_t from;
	char sid[40];

	sql_run(owner,
		"UPDATE organizations SET voice_engine = 'elevenlabs' WHERE id = '" DEMO_ORG_A "'");
	PQfinish(owner);
	rings("answered");
	wanted();
	hears("This is an automated call from Bici Downtown.", sid);
	comes_to("reached 0 human");
	from = clock_mono_ms();
	for (;;) { /* the bridge stands: what the customer says comes back as a message */
		bool there = sql_int(store.db,
				     "SELECT count(*) FROM call_sessions WHERE stage = 'bridge' "
				     "AND stream_sid IS NOT NULL") == 1;

		if (there)
			break;
		cr_assert_lt(clock_mono_ms() - from, WAIT_MS, "there is no bridge");
		usleep(50000);
	}
	does(sid, "{\"say\": \"When do you close?\"}");
	from = clock_mono_ms();
	for (;;) {
		char *said = sql_text(
			store.db,
			"SELECT coalesce(string_agg(m.author || ': ' || m.body, E'\\n' ORDER BY "
			"m.position), '') FROM messages m JOIN call_sessions s ON "
			"s.conversation_id = m.conversation_id WHERE s.call_direction = "
			"'outbound'");
		bool there = strstr(said, "customer: When do you close?") != NULL &&
			     strstr(said, "agent: ") != NULL;

		cr_expect(!there || strstr(said, "agent: ") > strstr(said, "customer: "),
			  "greeted twice:\n%s", said);
		cr_assert(there || clock_mono_ms() - from < WAIT_MS, "%s", said);
		free(said);
		if (there)
			break;
		usleep(50000);
	}
	hung_up();
}

Test(outbound, a_machine_gets_a_message_and_busy_and_silent_phones_three_tries_and_a_text)
{
	int64_t from;
	char sid[40];

	rings("machine");
	wanted();
	hears("An order of yours is ready for pickup.", sid);
	comes_to("queued 1 machine");
	rings("busy");
	time_passes();
	comes_to("queued 2 busy");
	rings("declined");
	time_passes();
	comes_to("texted 3 busy");
	cr_expect_eq(calls_count(), 3u);
	from = clock_mono_ms();
	for (;;) { /* the text reaches the same phone */
		struct api_answer a;
		bool there;

		api_ask(sim(),
			&(struct api_request){.method = "GET", .path = "/sim/messages?limit=20"},
			&a);
		there = strstr(buf_cstr(&a.body), "We tried to call you.") != NULL;
		api_answer_clear(&a);
		if (there)
			break;
		cr_assert_lt(clock_mono_ms() - from, WAIT_MS, "no text came");
		usleep(50000);
	}
}

/* It takes the call and we do not learn it, or it does not take it. */
Test(outbound, one_wish_rings_a_phone_once_whatever_the_carrier_does)
{
	static const char *const faults[] = {"500 after on call", "reset after on call",
					     "garbage on call", "429 on call", "reset on call"};

	for (size_t i = 0; i < ARRAY_LEN(faults); i++) {
		char body[80];
		size_t before = calls_count();

		rings("answered");
		snprintf(body, sizeof body, "{\"fault\": \"%s\"}", faults[i]);
		line_told("/sim/faults", body);
		wanted();
		if (i ==
		    4) { /* nobody knows whether it was taken: surely absent a while later only */
			comes_to("placing 0 -");
			sql_run(store.db, "UPDATE outbound_calls SET placing_at = now() - interval "
					  "'1 minute' WHERE state = 'placing'");
			time_passes();
		}
		comes_to("reached 0 human");
		cr_expect_eq(calls_count(), before + 1, "%s: %zu calls", faults[i],
			     calls_count() - before);
		hung_up();
	}
}

Test(outbound, nobody_is_called_at_night)
{
	struct api_answer a;
	int64_t from = clock_mono_ms();
	PGconn *owner = test_db_connect(service_key(store.service, "DATABASE_URL"));

	/* the window has just closed, whatever the clock says here */
	sql_run(owner,
		"UPDATE organizations SET (calls_from, calls_until) = (SELECT m, m + 10 FROM "
		"(SELECT (extract(hour FROM now() AT TIME ZONE time_zone)::int * 60 + 720) % "
		"1430 AS m) x) WHERE id = '" DEMO_ORG_A "'");
	PQfinish(owner);
	wanted();
	for (;;) {
		char *waits = sql_text(store.db, "SELECT coalesce(waits_for, '') FROM "
						 "outbound_calls WHERE ended_at IS NULL");
		bool there = strcmp(waits, "hours") == 0;

		free(waits);
		if (there)
			break;
		cr_assert_lt(clock_mono_ms() - from, WAIT_MS);
		usleep(50000);
	}
	store_asked(&(struct api_request){.method = "GET",
					  .path = "/api/outbound",
					  .bearer = staff.access},
		    &a);
	api_answer_clear(&a);
	cr_expect_eq(calls_count(), 0u);
}
