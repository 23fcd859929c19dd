/*
 * initiation.c - ElevenLabs asks before a call that it answers by itself, of the real service: who
 * gets an answer, that the answer is whole and in time whatever happens, and to whom it tells whose
 * call it is.
 */
#include <criterion/criterion.h>
#include <signal.h>

#include "server/agent/variables.h"
#include "shared/clock.h"
#include "tests/support/api.h"
#include "tests/support/daemon.h"
#include "tests/support/openapi.h"
#include "tests/support/stream.h"

#define PATH     "/api/webhooks/elevenlabs/conversation-initiation"
#define SECRET   "a-secret-of-tools-0123456789"
#define BEARER   "Authorization: Bearer " SECRET
#define SOON_MS  10000
#define IN_MS    1000 /* elevenlabs.md 3.2: answered under a second */
#define ACCOUNT  "AC00000000000000000000000000000001"
#define CA(n)    "CA0000000000000000000000000000000" #n
#define STRANGER "+14165550171"

static struct test_db *db;
static struct daemon service;
static struct openapi described;
static const char name[] = "Emily"; /* of a customer of A */
static char url[64], *caller;

static void set_up(void)
{
	struct err err;

	db = test_db_new(TEST_DB_DEMO);
	setenv("TOOL_SECRET", SECRET, 1);
	daemon_start(&service, db);
	snprintf(url, sizeof url, "http://127.0.0.1:%d", service.port);
	cr_assert(openapi_load(&described, "docs/openapi.yaml", &err), "%s", err.text);
	sql_context(db->owner, DEMO_ORG_A);
	sql_context(db->app, DEMO_ORG_A);
	caller = sql_text(db->owner, "SELECT phone_number FROM customers WHERE first_name = "
				     "'Emily' AND organization_id = '" DEMO_ORG_A "'");
}

static void tear_down(void)
{
	free(caller);
	openapi_free(&described);
	daemon_stop(&service);
	test_db_free(db);
}

TestSuite(initiation, .init = set_up, .fini = tear_down, .timeout = 120);

/* A belongs to ElevenLabs now. */
static void native_number(void)
{
	sql_run(db->owner, "UPDATE organization_phone_numbers SET elevenlabs_phone_id = 'phnum_1' "
			   "WHERE phone_number = '" DEMO_NUMBER_A "'");
}

/* ---- asking ---- */

static void ask_raw(const char *header, const char *body, struct api_answer *a)
{
	struct api_request r = {.method = "POST", .path = PATH, .header = header, .body = body};
	int64_t began = clock_mono_ms();
	struct err err;

	api_ask(url, &r, a);
	cr_expect_lt(clock_mono_ms() - began, IN_MS, "it took %d ms",
		     (int)(clock_mono_ms() - began));
	cr_expect(openapi_answer_check(&described, "post", PATH, a->status, a->content_type,
				       buf_str(&a->body), &err),
		  "%s", err.text);
}

static void ask(const char *called, const char *from, const char *sid, struct api_answer *a)
{
	char body[300];

	snprintf(body, sizeof body,
		 "{\"caller_id\": \"%s\", \"agent_id\": \"agent_1\", \"called_number\": \"%s\", "
		 "\"call_sid\": \"%s\", \"more\": {}}",
		 from, called, sid);
	ask_raw(BEARER, body, a);
	cr_expect_eq(a->status, 200);
}

static const char *told(const struct api_answer *a, const char *variable)
{
	char path[80];

	snprintf(path, sizeof path, "dynamic_variables.%s", variable);
	return api_text(a, path);
}

/* Each variable that there is, and none of them empty. */
static void expect_whole(const struct api_answer *a)
{
	const json_t *v = json_object_get(a->json, "dynamic_variables");

	cr_expect_str_eq(api_text(a, "type"), "conversation_initiation_client_data");
	cr_expect_eq(json_object_size(v), VARIABLES_N);
	for (size_t i = 0; i < VARIABLES_N; i++) {
		const json_t *one = json_object_get(v, variable_name(i));

		cr_expect(one != NULL && (!json_is_string(one) || json_string_length(one) > 0),
			  "%s is missing", variable_name(i));
	}
}

static void expect_impersonal(const struct api_answer *a)
{
	expect_whole(a);
	cr_expect(strstr(buf_cstr((struct buf *)(uintptr_t)&a->body), name) == NULL, "%s",
		  buf_cstr((struct buf *)(uintptr_t)&a->body));
	cr_expect(json_is_false(json_object_get(json_object_get(a->json, "dynamic_variables"),
						"is_returning_customer")));
}

/* The carrier has told of the call, signed. */
static void announced(const char *to, const char *from, const char *sid)
{
	char sql[400];

	snprintf(sql, sizeof sql,
		 "SELECT call_in('voice', '%s', '%s', 'e164', '%s', '" ACCOUNT
		 "', NULL, '{\"document\": true, \"status\": \"ringing\", \"agent\": false, "
		 "\"key\": false, \"words\": {}}')",
		 to, from, sid);
	sql_run(db->app, sql);
	sql_context(db->app, DEMO_ORG_A);
}

/* ---- who ---- */

Test(initiation, without_the_secret_nothing_is_told)
{
	static const char *const headers[] = {
		NULL,
		"Authorization: Bearer",
		"Authorization: Bearer a-secret-of-tools-012345678",
		"Authorization: Bearer a-secret-of-tools-01234567890",
		"Authorization: Basic " SECRET,
		"X-Secret: " SECRET,
	};
	char *first = NULL;

	native_number();
	for (size_t i = 0; i < ARRAY_LEN(headers); i++) {
		struct api_answer a;

		ask_raw(headers[i],
			"{\"caller_id\": \"+14165550171\", \"called_number\": \"" DEMO_NUMBER_A
			"\", \"call_sid\": \"" CA(1) "\"}",
			&a);
		cr_expect_eq(a.status, 403, "%s", headers[i]);
		cr_expect_str_eq(api_text(&a, "code"), "forbidden");
		json_object_del(a.json, "request_id");
		if (first == NULL)
			first = json_dumps(a.json, JSON_SORT_KEYS);
		cr_expect_eq(json_object_size(a.json), 4u, "%s", buf_cstr(&a.body));
		api_answer_clear(&a);
	}
	free(first);
	cr_expect_eq(sql_int(db->owner, "SELECT count(*) FROM call_sessions WHERE twilio_call_sid "
					"= '" CA(1) "'"),
		     0);
}

Test(initiation, while_no_secret_is_set_nobody_has_it)
{
	struct api_answer a;

	daemon_end(&service, SIGTERM);
	unsetenv("TOOL_SECRET");
	daemon_again(&service);
	ask_raw("Authorization: Bearer ", "{}", &a);
	cr_expect_eq(a.status, 403);
	api_answer_clear(&a);
}

/* ---- what ---- */

Test(initiation, a_call_that_nobody_vouches_for_is_announced_and_told_nothing_personal)
{
	struct daemon_session ours;
	struct api_answer a;
	struct stream s;
	int64_t before;

	native_number();
	before = sql_int(
		db->owner,
		"SELECT last_event FROM organization_counters WHERE organization_id = '" DEMO_ORG_A
		"'");
	daemon_session(db, DEMO_ORG_A, &ours);
	stream_init(&s, service.port, ours.token, "/api/events");
	stream_open(&s);
	cr_assert(stream_until(&s, stream_connected, 0, SOON_MS));
	ask(DEMO_NUMBER_A, caller, CA(1), &a);
	expect_impersonal(&a);
	cr_expect_str_eq(told(&a, "store_name"), "Bici Downtown");
	cr_expect_str_eq(told(&a, "twilio_call_sid"), CA(1));
	cr_expect_str_eq(told(&a, "caller_number"), caller);
	cr_assert(stream_until(&s, stream_has, before + 2, SOON_MS));
	cr_expect_not_null(strstr(s.types, "conversation.opened call.started"), "%s", s.types);
	cr_expect_eq(
		sql_int(db->owner,
			"SELECT count(*) FROM call_sessions s JOIN conversations c ON c.id = "
			"s.conversation_id WHERE s.twilio_call_sid = '" CA(
				1) "' AND s.mode = 'native' AND s.stage = 'native' AND NOT "
				   "s.vouched AND c.channel = 'voice' AND c.customer_id IS NOT "
				   "NULL"),
		1);
	cr_expect_eq(sql_int(db->owner,
			     "SELECT count(*) FROM events WHERE type = 'call.started' AND "
			     "payload->>'live_transcript' = 'false'"),
		     1);
	api_answer_clear(&a);
	/* asked again: the same call, and no second one */
	ask(DEMO_NUMBER_A, caller, CA(1), &a);
	expect_impersonal(&a);
	cr_expect_eq(
		sql_int(db->owner, "SELECT count(*) FROM call_sessions WHERE stage = 'native'"), 1);
	api_answer_clear(&a);
	stream_clear(&s);
}

Test(initiation, a_call_that_the_carrier_announced_is_told_whose_it_is_once)
{
	struct api_answer a;

	announced(DEMO_NUMBER_A, caller, CA(1));
	/* the same call, but said to be from somebody else, or to another number */
	ask(DEMO_NUMBER_A, STRANGER, CA(1), &a);
	expect_impersonal(&a);
	api_answer_clear(&a);
	ask(DEMO_NUMBER_B, caller, CA(1), &a);
	expect_impersonal(&a);
	cr_expect_str_eq(told(&a, "store_name"), "Vélo Plateau");
	api_answer_clear(&a);
	ask(DEMO_NUMBER_A, caller, CA(2), &a);
	expect_impersonal(&a);
	api_answer_clear(&a);
	ask(DEMO_NUMBER_A, caller, CA(1), &a);
	expect_whole(&a);
	cr_expect_not_null(strstr(told(&a, "customer_name"), name), "%s", buf_cstr(&a.body));
	api_answer_clear(&a);
	ask(DEMO_NUMBER_A, caller, CA(1), &a); /* once */
	expect_impersonal(&a);
	api_answer_clear(&a);
	/* long ago, and over */
	announced(DEMO_NUMBER_A, caller, CA(3));
	sql_run(db->owner, "UPDATE call_sessions SET started_at = now() - interval '2 minutes' "
			   "WHERE twilio_call_sid = '" CA(3) "'");
	ask(DEMO_NUMBER_A, caller, CA(3), &a);
	expect_impersonal(&a);
	api_answer_clear(&a);
}

Test(initiation, nothing_that_is_asked_ends_a_call)
{
	static const char *const bodies[] = {
		NULL,
		"",
		"{",
		"[]",
		"null",
		"{\"caller_id\": 5, \"called_number\": {}, \"call_sid\": null}",
		"{\"called_number\": \"anonymous\"}",
		"{\"called_number\": \"+15550009999\", \"caller_id\": \"+14165550171\"}",
		"{\"called_number\": \"" DEMO_NUMBER_A "\"}",
		"{\"called_number\": \"" DEMO_NUMBER_A
		"\", \"caller_id\": \"anonymous\", \"call_sid\": \"CA1'; --\"}",
		"{\"called_number\": \"" DEMO_NUMBER_A
		"\", \"caller_id\": \"{{secret__tool_token}}\\u001b[2J\", \"call_sid\": \"" CA(
			4) "\"}",
	};

	native_number();
	for (size_t i = 0; i < ARRAY_LEN(bodies); i++) {
		struct api_answer a;

		ask_raw(BEARER, bodies[i], &a);
		cr_expect_eq(a.status, 200, "%s", bodies[i]);
		expect_impersonal(&a);
		cr_expect(strstr(buf_cstr(&a.body), "{{") == NULL, "%s", buf_cstr(&a.body));
		api_answer_clear(&a);
	}
	cr_expect_eq(sql_int(db->owner,
			     "SELECT count(*) FROM conversations WHERE twilio_call_sid = '" CA(
				     4) "' AND customer_id IS NULL"),
		     1);
}

/* ---- in time ---- */

Test(initiation, a_database_that_is_late_costs_the_call_nothing_and_staff_are_told)
{
	struct daemon_session ours;
	struct api_answer a;
	struct stream s;
	int64_t before;

	native_number();
	before = sql_int(
		db->owner,
		"SELECT last_event FROM organization_counters WHERE organization_id = '" DEMO_ORG_A
		"'");
	daemon_session(db, DEMO_ORG_A, &ours);
	stream_init(&s, service.port, ours.token, "/api/events");
	stream_open(&s);
	cr_assert(stream_until(&s, stream_connected, 0, SOON_MS));
	sql_run(db->owner, "BEGIN; LOCK TABLE organization_phone_numbers IN ACCESS EXCLUSIVE MODE");
	ask(DEMO_NUMBER_A, caller, CA(1), &a);
	expect_impersonal(&a);
	cr_expect(strcmp(told(&a, "store_status"), "open") != 0, "%s", told(&a, "store_status"));
	cr_expect(strstr(told(&a, "store_status_text"), "'re open") == NULL, "%s",
		  told(&a, "store_status_text"));
	api_answer_clear(&a);
	sql_run(db->owner, "COMMIT");
	cr_assert(stream_until(&s, stream_has, before + 3, SOON_MS), "%s", s.types);
	cr_expect_not_null(strstr(s.types, "call.blind"), "%s", s.types);
	cr_expect_not_null(strstr(s.types, "call.started"), "%s", s.types);
	stream_clear(&s);
}
