/*
 * The practice line's API, without a socket: what it answers and what it refuses, and that its
 * answers have the form of Twilio's own description where that is at hand.
 */
#include <criterion/criterion.h>
#include <jansson.h>
#include <regex.h>

#include "shared/clock.h"
#include "tests/sim/rest.h"

#define AC    "AC00000000000000000000000000000001"
#define TOKEN "9f3c1d2ab45e6f708192a3b4c5d6e7f8"
#define BASE  "/2010-04-01/Accounts/" AC
#define STORE "+14165550001"
#define PHONE "+15145550199"
/* base64 of AC:TOKEN */
#define AUTH                                                                                   \
	"Basic "                                                                               \
	"QUMwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMTo5ZjNjMWQyYWI0NWU2ZjcwODE5MmEzYjRjNWQ2" \
	"ZTdmOA=="

static struct loop loop;
static struct sim sim;
static struct arena arena;
static struct sim_answer answer;
static json_t *body; /* of the last answer, NULL if it was none */

static void open_line(void)
{
	struct sim_settings set;

	sim_settings_default(&set);
	set.port = 4010;
	set.kept = 1000;
	loop_open(&loop);
	cr_assert(sim_open(&sim, &loop, &set, NULL));
	cr_assert(sim_account_add(&sim, STR_LIT(AC), STR_LIT(TOKEN), NULL));
	cr_assert(
		sim_number_open(&sim, 0, STR_LIT(STORE), STR_LIT("http://127.0.0.1:1/sms"), NULL));
	cr_assert(sim_number_open(&sim, 0, STR_LIT("+14165550002"), (struct str){0}, NULL));
}

static void close_line(void)
{
	json_decref(body);
	body = NULL;
	sim_journal_close(&sim.journal);
	loop_let_go(&loop);
	loop_close(&loop);
	sim_free(&sim);
	arena_free(&arena);
}

TestSuite(sim_rest, .init = open_line, .fini = close_line);

static int ask_as(const char *auth, const char *method, const char *target, const char *form)
{
	struct str path = str_of(target), query = {0};
	struct sim_ask ask = {.method = str_of(method),
			      .body = str_of(form),
			      .content_type = STR_LIT("application/x-www-form-urlencoded"),
			      .authorization = str_of(auth)};

	query = path;
	path = str_cut(&query, '?');
	ask.path = path;
	ask.query = query;
	sim_rest_read(&arena, &ask);
	sim_rest(&sim, &arena, &ask, &answer);
	json_decref(body);
	body = json_loadb(answer.body.p == NULL ? "" : answer.body.p, answer.body.n, 0, NULL);
	return answer.status;
}

static int ask(const char *method, const char *target, const char *form)
{
	return ask_as(AUTH, method, target, form);
}

static const char *member(const char *name)
{
	const char *s = json_string_value(json_object_get(body, name));

	return s == NULL ? "" : s;
}

static const char *target_of(const char *format, const char *sid)
{
	struct buf b = {0};
	const char *at = strstr(format, "SID");
	char *out;

	buf_add(&b, format, (size_t)(at - format));
	buf_add_cstr(&b, sid);
	buf_add_cstr(&b, at + 3);
	out = arena_strdup(&arena, buf_cstr(&b));
	buf_clear(&b);
	return out;
}

/* ---- the form of the answers ---- */

static json_t *contract(void)
{
	const char *shared = getenv("SWITCHBACK_SHARED");
	char path[512];

	snprintf(path, sizeof path, "%s/contracts/twilio_api_v2010.json",
		 shared == NULL ? "../shared" : shared);
	return json_load_file(path, 0, NULL);
}

static const json_t *resolved(const json_t *root, const json_t *schema)
{
	const char *ref = json_string_value(json_object_get(schema, "$ref"));

	if (ref == NULL)
		return schema;
	return json_object_get(json_object_get(json_object_get(root, "components"), "schemas"),
			       strrchr(ref, '/') + 1);
}

static bool type_fits(const char *type, const json_t *v)
{
	return (strcmp(type, "string") == 0 && json_is_string(v)) ||
	       (strcmp(type, "integer") == 0 && json_is_integer(v)) ||
	       (strcmp(type, "number") == 0 && json_is_number(v)) ||
	       (strcmp(type, "boolean") == 0 && json_is_boolean(v)) ||
	       (strcmp(type, "array") == 0 && json_is_array(v)) ||
	       (strcmp(type, "object") == 0 && json_is_object(v));
}

static void expect_form(const json_t *root, const json_t *schema, const json_t *v,
			const char *where);

static void expect_members(const json_t *root, const json_t *schema, const json_t *v,
			   const char *where)
{
	const json_t *properties = json_object_get(schema, "properties"), *s;
	const char *name;
	json_t *value;
	char at[200];

	if (properties == NULL)
		return; /* free of form, such as subresource_uris */
	json_object_foreach((json_t *)v, name, value)
	{
		snprintf(at, sizeof at, "%s.%s", where, name);
		cr_expect(json_object_get(properties, name) != NULL, "%s is not described", at);
	}
	json_object_foreach((json_t *)properties, name, s)
	{
		snprintf(at, sizeof at, "%s.%s", where, name);
		value = json_object_get(v, name);
		cr_expect(value != NULL, "%s is missing", at);
		if (value != NULL)
			expect_form(root, s, value, at);
	}
}

static void expect_pattern(const char *pattern, const char *value, const char *where)
{
	regex_t r;

	cr_assert_eq(regcomp(&r, pattern, REG_EXTENDED | REG_NOSUB), 0);
	cr_expect_eq(regexec(&r, value, 0, NULL, 0), 0, "%s: %s", where, value);
	regfree(&r);
}

static void expect_form(const json_t *root, const json_t *schema, const json_t *v,
			const char *where)
{
	const char *type, *pattern;
	const json_t *values, *one;
	size_t i;
	bool found = false;

	schema = resolved(root, schema);
	type = json_string_value(json_object_get(schema, "type"));
	if (json_is_null(v)) {
		cr_expect(json_is_true(json_object_get(schema, "nullable")), "%s is null", where);
		return;
	}
	cr_expect(type == NULL || type_fits(type, v), "%s is no %s", where, type);
	values = json_object_get(schema, "enum");
	json_array_foreach(values, i, one) found |= json_equal(one, v);
	cr_expect(values == NULL || found, "%s: %s is not in the list", where,
		  json_string_value(v));
	pattern = json_string_value(json_object_get(schema, "pattern"));
	if (pattern != NULL && json_is_string(v))
		expect_pattern(pattern, json_string_value(v), where);
	if (json_is_array(v)) {
		json_array_foreach(v, i, one)
			expect_form(root, json_object_get(schema, "items"), one, where);
	}
	if (json_is_object(v))
		expect_members(root, schema, v, where);
}

static void expect_answer(const json_t *root, const char *path, const char *method,
			  const char *status)
{
	const json_t *operation =
		json_object_get(json_object_get(json_object_get(root, "paths"), path), method);
	const json_t *response = json_object_get(json_object_get(operation, "responses"), status);
	const json_t *content =
		json_object_get(json_object_get(response, "content"), "application/json");

	cr_assert(response != NULL, "%s %s does not answer %s", method, path, status);
	if (content != NULL)
		expect_form(root, json_object_get(content, "schema"), body, path);
}

#define DESCRIBED "/2010-04-01/Accounts/{AccountSid}"

Test(sim_rest, answers_have_the_described_form)
{
	json_t *root = contract();
	const char *sid, *number;

	if (root == NULL)
		cr_skip("skipped: Twilio's description is not here");
	cr_assert_eq(ask("POST", BASE "/Messages.json",
			 "To=%2B15145550199&From=%2B14165550001&Body=hello&MediaUrl=http%3A%2F%2Fh%"
			 "2Fp.jpg"),
		     201);
	expect_answer(root, DESCRIBED "/Messages.json", "post", "201");
	sid = arena_strdup(&arena, member("sid"));
	cr_assert_eq(ask("GET", target_of(BASE "/Messages/SID.json", sid), ""), 200);
	expect_answer(root, DESCRIBED "/Messages/{Sid}.json", "get", "200");
	cr_assert_eq(ask("GET", BASE "/Messages.json?PageSize=1", ""), 200);
	expect_answer(root, DESCRIBED "/Messages.json", "get", "200");
	cr_assert_eq(ask("GET", target_of(BASE "/Messages/SID/Media.json", sid), ""), 200);
	expect_answer(root, DESCRIBED "/Messages/{MessageSid}/Media.json", "get", "200");
	sim_text_set_status(&sim.texts, sim_text_find(&sim.texts, str_of(sid)), SIM_FAILED, 30003);
	cr_assert_eq(ask("POST", target_of(BASE "/Messages/SID.json", sid), "Body="), 200);
	expect_answer(root, DESCRIBED "/Messages/{Sid}.json", "post", "200");
	cr_assert_eq(ask("DELETE", target_of(BASE "/Messages/SID.json", sid), ""), 204);
	cr_assert_eq(ask("GET", BASE "/IncomingPhoneNumbers.json?PhoneNumber=%2B14165550001", ""),
		     200);
	expect_answer(root, DESCRIBED "/IncomingPhoneNumbers.json", "get", "200");
	number = arena_strdup(
		&arena, json_string_value(json_object_get(
				json_array_get(json_object_get(body, "incoming_phone_numbers"), 0),
				"sid")));
	cr_assert_eq(ask("POST", target_of(BASE "/IncomingPhoneNumbers/SID.json", number),
			 "SmsUrl=https%3A%2F%2Fh.example%2Fsms%23rc%3D2"),
		     200);
	expect_answer(root, DESCRIBED "/IncomingPhoneNumbers/{Sid}.json", "post", "200");
	cr_expect_str_eq(member("sms_url"), "https://h.example/sms#rc=2");
	cr_assert_eq(ask("POST", BASE "/IncomingPhoneNumbers.json", "PhoneNumber=%2B14165550077"),
		     201);
	expect_answer(root, DESCRIBED "/IncomingPhoneNumbers.json", "post", "201");
	cr_assert_eq(ask("GET", BASE ".json", ""), 200);
	expect_answer(root, "/2010-04-01/Accounts/{Sid}.json", "get", "200");
	json_decref(root);
}

/* ---- what is refused ---- */

Test(sim_rest, credentials_decide_first)
{
	static const struct {
		const char *auth, *target;
		int status;
	} cases[] = {
		{AUTH, BASE ".json", 200},
		{NULL, BASE ".json", 401},
		{"Basic QUM=", BASE ".json", 401},
		{"Basic !!!!", BASE ".json", 401},
		{"Bearer x", BASE ".json", 401},
		{AUTH, "/2010-04-01/Accounts/AC00000000000000000000000000000002.json", 401},
		{AUTH, "/2010-04-02/Accounts/" AC ".json", 404},
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++)
		cr_expect_eq(ask_as(cases[i].auth, "GET", cases[i].target, ""), cases[i].status,
			     "case %zu: %d", i, answer.status);
	ask_as(NULL, "GET", BASE ".json", "");
	cr_expect(answer.challenge && answer.code == 20003);
	cr_expect_str_eq(member("more_info"), "https://www.twilio.com/docs/errors/20003");
}

Test(sim_rest, an_api_key_opens_its_account)
{
	snprintf(sim.accounts[0].key_sid, SIM_SID, "SK00000000000000000000000000000009");
	snprintf(sim.accounts[0].key_secret, sizeof sim.accounts[0].key_secret, "s3cret");
	/* SK...09:s3cret, then with another secret */
	cr_expect_eq(ask_as("Basic U0swMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwOTpzM2NyZXQ=", "GET",
			    BASE ".json", ""),
		     200);
	cr_expect_eq(ask_as("Basic U0swMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwOTpzM2NyZXM=", "GET",
			    BASE ".json", ""),
		     401);
}

Test(sim_rest, a_send_is_refused_with_the_documented_code)
{
	static const struct {
		const char *form;
		int code;
	} cases[] = {
		{"From=%2B14165550001&Body=x", 21604},
		{"To=%2B15145550199&Body=x", 21603},
		{"To=%2B15145550199&From=%2B14165550001", 21602},
		{"To=%2B15145550199&From=%2B14165550001&Body=", 21602},
		{"To=%2B15145550199&From=%2B14165550099&Body=x", 21606},
		{"To=%2B15145550199&From=Bici&Body=x", 21212},
		{"To=5145550199&From=%2B14165550001&Body=x", 21211},
		{"To=%2B14165550001&From=%2B14165550001&Body=x", 21211},
		{"To=%2B15005550009&From=%2B14165550001&Body=x", 21614},
		{"To=%2B15005521608&From=%2B14165550001&Body=x", 21608},
		{"To=%2B15145550199&From=%2B14165550001&Body=x&StatusCallback=ftp%3A%2F%2Fh",
		 21609},
		{"To=%2B15145550199&From=%2B14165550001&Body=x&StatusCallback=http%3A%2F%2Fa_b%2F",
		 21609},
		{"To=%2B15145550199&From=%2B14165550001&Body=x&MediaUrl=p.jpg", 21620},
		{"To=%2B15145550199&From=%2B14165550001&Body=x&ValidityPeriod=0", 21624},
		{"To=%2B15145550199&MessagingServiceSid=MG00000000000000000000000000000001&Body=x",
		 21701},
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		ask("POST", BASE "/Messages.json", cases[i].form);
		cr_expect_eq(answer.code, cases[i].code, "case %zu: %d", i, answer.code);
		cr_expect_eq(answer.status, 400);
		cr_expect_eq(json_integer_value(json_object_get(body, "code")), cases[i].code);
		cr_expect(member("message")[0] != '\0');
	}
	cr_expect_eq(sim.texts.next, 1, "nothing was created");
}

Test(sim_rest, a_body_has_at_most_1600_characters)
{
	struct buf b = {0};

	buf_add_cstr(&b, "To=%2B15145550199&From=%2B14165550001&Body=");
	for (int i = 0; i < 1600; i++)
		buf_add_char(&b, 'a');
	cr_expect_eq(ask("POST", BASE "/Messages.json", buf_cstr(&b)), 201);
	cr_expect_str_eq(member("num_segments"), "11");
	buf_add_char(&b, 'a');
	cr_expect_eq(ask("POST", BASE "/Messages.json", buf_cstr(&b)), 400);
	cr_expect_eq(answer.code, 21617);
	buf_clear(&b);
}

Test(sim_rest, an_opted_out_pair_is_refused_until_it_comes_back)
{
	const char *send = "To=%2B15145550199&From=%2B14165550001&Body=x";

	sim_opt_out_set(&sim, STR_LIT(STORE), STR_LIT(PHONE), true);
	cr_expect_eq(ask("POST", BASE "/Messages.json", send), 400);
	cr_expect_eq(answer.code, 21610);
	cr_expect_eq(
		ask("POST", BASE "/Messages.json", "To=%2B15145550199&From=%2B14165550002&Body=x"),
		201, "another store's number is another pair");
	sim_opt_out_set(&sim, STR_LIT(STORE), STR_LIT(PHONE), false);
	cr_expect_eq(ask("POST", BASE "/Messages.json", send), 201);
}

Test(sim_rest, a_message_is_accepted_through_its_service_and_refused_later)
{
	snprintf(sim.numbers.at[0]->service, SIM_SID, "MG00000000000000000000000000000001");
	sim_opt_out_set(&sim, STR_LIT(STORE), STR_LIT(PHONE), true);
	cr_expect_eq(ask("POST", BASE "/Messages.json",
			 "To=%2B15145550199&MessagingServiceSid=MG00000000000000000000000000000001"
			 "&Body=x"),
		     201);
	cr_expect_str_eq(member("status"), "accepted");
	cr_expect_str_eq(member("num_segments"), "0");
	cr_expect(json_is_null(json_object_get(body, "from")));
}

Test(sim_rest, what_is_not_there_is_not_found)
{
	static const struct {
		const char *method, *target;
		int status, code;
	} cases[] = {
		{"GET", BASE "/Messages/SM00000000000000000000000000000009.json", 404, 20404},
		{"GET", BASE "/Messages/hello.json", 404, 20404},
		{"GET", BASE "/IncomingPhoneNumbers/PN00000000000000000000000000000009.json", 404,
		 20404},
		{"GET", BASE "/Addresses.json", 404, 20404},
		{"GET", BASE "/Messages", 404, 20404},
		{"PUT", BASE "/Messages.json", 405, 20004},
		{"GET", BASE "/Messages.json?PageSize=1001", 400, 20422},
		{"GET", BASE "/Messages.json?DateSent%3E=yesterday", 400, 20422},
		{"GET", BASE "/Messages.json?PageToken=PAxx&Page=1", 400, 20422},
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		cr_expect_eq(ask(cases[i].method, cases[i].target, ""), cases[i].status,
			     "case %zu: %d", i, answer.status);
		cr_expect_eq(answer.code, cases[i].code, "case %zu", i);
	}
	cr_expect_eq(sim.alerts_n, 1, "a path without .json is told aloud");
}

/* ---- lists ---- */

static void send_some(int n)
{
	char form[128];

	for (int i = 0; i < n; i++) {
		snprintf(form, sizeof form, "To=%%2B1514555%04d&From=%%2B14165550001&Body=%d",
			 100 + i % 2, i);
		cr_assert_eq(ask("POST", BASE "/Messages.json", form), 201);
	}
}

static size_t listed(void)
{
	return json_array_size(json_object_get(body, "messages"));
}

static const char *first_body(void)
{
	return json_string_value(
		json_object_get(json_array_get(json_object_get(body, "messages"), 0), "body"));
}

Test(sim_rest, a_list_is_followed_page_by_page_while_new_ones_come)
{
	char *next, *previous;

	send_some(5);
	cr_assert_eq(ask("GET", BASE "/Messages.json?PageSize=2", ""), 200);
	cr_expect_eq(listed(), 2);
	cr_expect_str_eq(first_body(), "4");
	cr_expect(json_is_null(json_object_get(body, "previous_page_uri")));
	next = arena_strdup(&arena, member("next_page_uri"));
	send_some(1);
	cr_assert_eq(ask("GET", next, ""), 200);
	cr_expect_str_eq(first_body(), "2", "a new message does not shift the pages");
	previous = arena_strdup(&arena, member("previous_page_uri"));
	next = arena_strdup(&arena, member("next_page_uri"));
	cr_assert_eq(ask("GET", next, ""), 200);
	cr_expect_eq(listed(), 1);
	cr_expect_str_eq(first_body(), "0");
	cr_expect(json_is_null(json_object_get(body, "next_page_uri")));
	cr_assert_eq(ask("GET", previous, ""), 200);
	cr_expect_eq(listed(), 2);
	cr_expect_str_eq(first_body(), "4");
}

Test(sim_rest, a_list_is_filtered_by_numbers_and_by_day)
{
	static const struct {
		const char *query;
		size_t n;
	} cases[] = {
		{"To=%2B15145550100", 2},
		{"To=%2B15145550100&From=%2B14165550001", 2},
		{"From=%2B14165550002", 0},
		{"DateSent=2026-11-03", 4},
		{"DateSent=2026-11-04", 0},
		{"DateSent%3E=2026-11-03", 4},
		{"DateSent%3E=2026-11-04", 0},
		{"DateSent%3C=2026-11-02", 0},
		{"DateSent%3E=2026-11-03T14:05:00Z", 4},
		{"DateSent%3E=2026-11-03T14:05:10Z", 0},
	};
	char target[200];

	clock_stop_at_us(INT64_C(1793714709) * 1000000); /* 2026-11-03 14:05:09 UTC */
	send_some(4);
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		snprintf(target, sizeof target, BASE "/Messages.json?%s", cases[i].query);
		cr_assert_eq(ask("GET", target, ""), 200);
		cr_expect_eq(listed(), cases[i].n, "%s: %zu", cases[i].query, listed());
	}
	cr_assert_eq(ask("GET", BASE "/Messages.json", ""), 200);
	cr_expect_str_eq(
		json_string_value(json_object_get(
			json_array_get(json_object_get(body, "messages"), 0), "date_created")),
		"Tue, 03 Nov 2026 14:05:09 +0000");
	clock_stop_at_us(0);
}

Test(sim_rest, a_message_is_redacted_and_deleted_once_it_has_arrived)
{
	const char *sid, *target;

	send_some(1);
	sid = arena_strdup(&arena, member("sid"));
	target = target_of(BASE "/Messages/SID.json", sid);
	cr_expect_eq(ask("DELETE", target, ""), 409);
	sim_text_set_status(&sim.texts, sim_text_find(&sim.texts, str_of(sid)), SIM_DELIVERED, 0);
	cr_expect_eq(ask("POST", target, "Body=other"), 400);
	cr_expect_eq(ask("POST", target, "Body="), 200);
	cr_expect_str_eq(member("body"), "");
	cr_expect_eq(ask("DELETE", target, ""), 204);
	cr_expect_eq(ask("GET", target, ""), 404);
}

Test(sim_rest, only_so_many_messages_are_kept)
{
	send_some(1005);
	cr_assert_eq(ask("GET", BASE "/Messages.json?PageSize=1000", ""), 200);
	cr_expect_eq(listed(), 1000);
	cr_expect(json_is_null(json_object_get(body, "next_page_uri")));
}

Test(sim_rest, unknown_parameters_are_ignored_but_told)
{
	cr_expect_eq(ask("POST", BASE "/Messages.json",
			 "To=%2B15145550199&From=%2B14165550001&Body=x&StatusCallBack=http%3A%2F%"
			 "2Fh%2F"),
		     201);
	cr_expect_eq(sim.alerts_n, 1);
	cr_expect_eq(sim.alerts[0].code, 20001);
}

Test(sim_rest, a_number_keeps_what_it_is_given_and_its_sid)
{
	char sid[SIM_SID];
	const char *target;

	cr_assert_eq(ask("GET", BASE "/IncomingPhoneNumbers.json?PhoneNumber=%2B1416555****", ""),
		     200);
	cr_expect_eq(json_array_size(json_object_get(body, "incoming_phone_numbers")), 2);
	sim_sid_of("PN", STR_LIT(AC " " STORE), sid);
	target = target_of(BASE "/IncomingPhoneNumbers/SID.json", sid);
	cr_assert_eq(
		ask("POST", target,
		    "SmsUrl=http%3A%2F%2Fh%2Fin&SmsMethod=GET&SmsFallbackUrl=http%3A%2F%2Fh%2Ffb"),
		200);
	cr_expect_str_eq(member("sms_method"), "GET");
	cr_expect_str_eq(member("sms_fallback_url"), "http://h/fb");
	cr_expect_eq(ask("POST", target, "SmsUrl="), 400, "a fallback needs a primary");
	cr_expect_eq(answer.code, 21406);
	cr_expect_eq(ask("POST", target, "SmsUrl=nonsense"), 400);
	cr_expect_eq(answer.code, 21502);
	cr_expect_eq(ask("POST", BASE "/IncomingPhoneNumbers.json", "PhoneNumber=%2B14165550001"),
		     400);
	cr_expect_eq(answer.code, 21422);
	cr_expect_eq(ask("DELETE", target, ""), 204);
	cr_expect_eq(ask("GET", target, ""), 404);
	sim.set.service_url = "http://127.0.0.1:3001";
	cr_expect_eq(ask("POST", BASE "/IncomingPhoneNumbers.json", "PhoneNumber=%2B14165550001"),
		     201);
	cr_expect_str_eq(member("sms_url"), "http://127.0.0.1:3001/api/webhooks/twilio/sms");
}
