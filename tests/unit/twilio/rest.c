/*
 * rest.c - requests to Twilio are as documented, and answers are believed only as far as they are.
 */
#include "server/twilio/rest.h"

#include <criterion/criterion.h>

#include "server/twilio/form.h"
#include "server/twilio/message_api.h"
#include "server/twilio/number_api.h"

#define ACCOUNT "AC00000000000000000000000000000001"
#define BASE    "https://api.twilio.com"
#define ROOT    BASE "/2010-04-01/Accounts/" ACCOUNT
#define SM      "SM0123456789abcdef0123456789abcdef"
#define PN      "PN0123456789abcdef0123456789abcdef"
#define SECOND  INT64_C(1000000)

static const struct str account = {ACCOUNT, sizeof ACCOUNT - 1};

Test(rest, creates_a_message_with_a_form)
{
	struct arena a = {0};
	struct rest_request r;
	struct form f;

	message_create_request(
		&a, BASE "/", account, STR_LIT("+14165550001"), STR_LIT("+15145550199"),
		STR_LIT("Pr\xC3\xAAt & \xF0\x9F\x9A\xB2 +1"), "https://s.test/status?outbox=1", &r);
	cr_expect_str_eq(r.url, ROOT "/Messages.json");
	cr_assert(form_parse(&a, r.body, &f, NULL));
	cr_expect_eq(f.count, 4);
	cr_expect(str_is(form_get(&f, "From"), "+14165550001"));
	cr_expect(str_is(form_get(&f, "To"), "+15145550199"));
	cr_expect(str_is(form_get(&f, "Body"), "Pr\xC3\xAAt & \xF0\x9F\x9A\xB2 +1"));
	cr_expect(str_is(form_get(&f, "StatusCallback"), "https://s.test/status?outbox=1"));
	arena_free(&a);
}

Test(rest, lists_messages_to_one_number)
{
	struct arena a = {0};
	struct rest_request r;

	message_list_request(&a, BASE, account, STR_LIT("+14165550001"), STR_LIT("+15145550199"),
			     20, &r);
	cr_expect_str_eq(r.url, ROOT "/Messages.json?To=%2B15145550199&From=%2B14165550001"
				     "&PageSize=20");
	cr_expect_null(r.body.p);
	arena_free(&a);
}

Test(rest, reads_a_message)
{
	static const char json[] =
		"{\"sid\":\"" SM "\",\"account_sid\":\"" ACCOUNT
		"\",\"messaging_service_sid\":null,"
		"\"from\":\"+14165550001\",\"to\":\"+15145550199\",\"body\":\"Pr\\u00eat\","
		"\"status\":\"failed\",\"direction\":\"outbound-api\",\"num_segments\":\"1\","
		"\"price\":null,"
		"\"error_code\":30003,\"error_message\":null,\"date_sent\":null,"
		"\"date_created\":\"Tue, 03 Nov 2026 14:05:09 "
		"+0000\",\"subresource_uris\":{\"media\":\"x\"}}";
	struct message_resource m;
	struct arena a = {0};

	cr_assert(message_read(&a, STR_LIT(json), &m));
	cr_expect(str_is(m.sid, SM) && str_is(m.status, "failed") && str_is(m.body, "Pr\xC3\xAAt"));
	cr_expect(str_is(m.from, "+14165550001") && str_is(m.to, "+15145550199"));
	cr_expect(str_is(m.direction, "outbound-api"));
	cr_expect_eq(m.error_code, 30003);
	cr_expect_eq(m.created_us, 1793714709 * SECOND);
	arena_free(&a);
}

Test(rest, a_message_without_a_good_sid_is_none)
{
	static const char *const bad[] = {
		"",
		"null",
		"[]",
		"\"" SM "\"",
		"{",
		"{}",
		"{\"sid\":null}",
		"{\"sid\":1}",
		"{\"sid\":\"" PN "\"}",
		"{\"sid\":\"" SM "0\"}",
		"{\"sid\":\"SM/../..\"}",
		"{\"sid\":\"" SM "\",\"sid\":\"" SM "\"}",
		"{\"sid\":\"" SM "\"} x",
		"{\"sid\":\"" SM "\xFF\"}",
		"<html>502 Bad Gateway</html>",
		"{\"sid\":\"" SM "\",\"body\":\"\\u0000\"}",
	};
	struct message_resource m;
	struct arena a = {0};

	for (size_t i = 0; i < ARRAY_LEN(bad); i++)
		cr_expect_not(message_read(&a, str_of(bad[i]), &m), "%s", bad[i]);
	cr_expect_not(message_read(&a, (struct str){NULL, 0}, &m));
	arena_free(&a);
}

Test(rest, members_of_a_wrong_type_read_as_absent)
{
	struct message_resource m;
	struct arena a = {0};

	cr_assert(message_read(&a,
			       STR_LIT("{\"sid\":\"" SM
				       "\",\"status\":7,\"from\":{},\"to\":[],\"body\":true,"
				       "\"error_code\":\"30003\",\"date_created\":\"yesterday\"}"),
			       &m));
	cr_expect(m.status.p == NULL && m.from.p == NULL && m.to.p == NULL && m.body.p == NULL);
	cr_expect_eq(m.error_code, 0);
	cr_expect_eq(m.created_us, 0);
	cr_assert(message_read(&a, STR_LIT("{\"sid\":\"" SM "\",\"error_code\":99999999999}"), &m));
	cr_expect_eq(m.error_code, 0);
	cr_assert(message_read(&a, STR_LIT("{\"sid\":\"" SM "\",\"error_code\":-1}"), &m));
	cr_expect_eq(m.error_code, 0);
	arena_free(&a);
}

Test(rest, reads_a_page_of_messages)
{
	static const char page[] =
		"{\"messages\":[{\"sid\":\"" SM "\"},{\"sid\":\"nonsense\"},7,{\"sid\":\"MM"
		"0123456789abcdef0123456789abcdef\"}],\"next_page_uri\":\"/2010\",\"page\":0}";
	struct message_page p;
	struct arena a = {0};

	cr_assert(message_page_read(&a, STR_LIT(page), &p));
	cr_expect_eq(p.n, 2);
	cr_expect(p.more);
	cr_assert(message_page_read(&a, STR_LIT("{\"messages\":[],\"next_page_uri\":null}"), &p));
	cr_expect(p.n == 0 && !p.more);
	cr_expect_not(message_page_read(&a, STR_LIT("{\"messages\":{}}"), &p));
	cr_expect_not(message_page_read(&a, STR_LIT("{\"code\":20003}"), &p));
	cr_expect_not(message_page_read(&a, STR_LIT("oops"), &p));
	arena_free(&a);
}

Test(rest, reads_what_an_error_says)
{
	static const struct {
		const char *json;
		int code, status;
		const char *message;
	} cases[] = {
		{"{\"code\":21608,\"message\":\"The number is "
		 "unverified.\",\"more_info\":\"https://x\","
		 "\"status\":400}",
		 21608, 400, "The number is unverified."},
		{"{\"code\":20429,\"status\":429,\"details\":{}}", 20429, 429, NULL},
		{"{\"code\":\"20003\",\"message\":401}", 0, 0, NULL},
		{"{\"code\":2147483648}", 0, 0, NULL},
		{"{\"code\":-5,\"status\":1000}", 0, 0, NULL},
		{"{}", 0, 0, NULL},
		{"[21608]", 0, 0, NULL},
		{"<html>", 0, 0, NULL},
		{"", 0, 0, NULL},
	};
	struct rest_error e;
	struct arena a = {0};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		rest_error_read(&a, str_of(cases[i].json), &e);
		cr_expect_eq(e.code, cases[i].code, "%s", cases[i].json);
		cr_expect_eq(e.status, cases[i].status, "%s", cases[i].json);
		cr_expect(str_eq(e.message, str_of(cases[i].message)), "%s", cases[i].json);
	}
	rest_error_read(&a, (struct str){NULL, 0}, &e);
	cr_expect_eq(e.code, 0);
	arena_free(&a);
}

Test(rest, reads_the_dates_of_rfc_2822)
{
	static const struct {
		const char *text;
		int64_t seconds; /* -1: refused */
	} cases[] = {
		{"Tue, 03 Nov 2026 14:05:09 +0000", 1793714709},
		{"Tue, 3 Nov 2026 14:05:09 +0000", 1793714709},
		{"03 Nov 2026 14:05:09 GMT", 1793714709},
		{"Tue, 03 Nov 2026 09:05:09 -0500", 1793714709},
		{"Tue, 03 Nov 2026 19:35:09 +0530", 1793714709},
		{"Thu, 01 Jan 1970 00:00:00 +0000", 0},
		{"Sun, 29 Feb 2032 23:59:59 +0000", 1961711999},
		{"Mon, 30 Feb 2026 00:00:00 +0000", -1},
		{"Tue, 03 Nov 2026 24:00:00 +0000", -1},
		{"Tue, 03 Nov 2026 14:05 +0000", -1},
		{"Tue, 03 Nov 2026 14:05:09", -1},
		{"Tue, 03 Nov 2026 14:05:09 EST", -1},
		{"Tue, 03 Nov 2026 14:05:09 +0000 x", -1},
		{"Tue, 03 Xyz 2026 14:05:09 +0000", -1},
		{"2026-11-03T14:05:09Z", -1},
		{"", -1},
	};
	int64_t us;

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		bool ok = rest_date_parse(str_of(cases[i].text), &us);

		cr_expect_eq(ok, cases[i].seconds >= 0, "%s", cases[i].text);
		if (ok)
			cr_expect_eq(us, cases[i].seconds * SECOND, "%s: %lld", cases[i].text,
				     (long long)us);
	}
}

Test(rest, finds_and_points_a_number)
{
	static const char answer[] =
		"{\"incoming_phone_numbers\":[{\"sid\":\"" PN
		"1\",\"phone_number\":\"+14165550001\"},"
		"{\"sid\":\"" PN "\",\"phone_number\":\"+14165550002\"},"
		"{\"sid\":\"" PN
		"\",\"phone_number\":\"+14165550001\",\"sms_url\":\"https://s.test/sms\","
		"\"voice_url\":null}]}";
	struct number_resource n;
	struct rest_request r;
	struct arena a = {0};
	struct form f;
	bool found;

	number_find_request(&a, BASE, account, STR_LIT("+14165550001"), &r);
	cr_expect_str_eq(r.url, ROOT "/IncomingPhoneNumbers.json?PhoneNumber=%2B14165550001");
	cr_assert(number_found_read(&a, STR_LIT(answer), STR_LIT("+14165550001"), &n, &found));
	cr_assert(found);
	cr_expect(str_is(n.sid, PN) && str_is(n.sms_url, "https://s.test/sms") &&
		  n.voice_url.n == 0);
	cr_assert(number_found_read(&a, STR_LIT(answer), STR_LIT("+14165550003"), &n, &found));
	cr_expect_not(found);
	cr_expect_not(number_found_read(&a, STR_LIT("{\"code\":1}"), STR_LIT("+14165550001"), &n,
					&found));

	number_point_request(&a, BASE, account, STR_LIT(PN), "https://s.test", NUMBER_ALL, &r);
	cr_expect_str_eq(r.url, ROOT "/IncomingPhoneNumbers/" PN ".json");
	cr_assert(form_parse(&a, r.body, &f, NULL));
	cr_expect(str_is(form_get(&f, "SmsUrl"),
			 "https://s.test/api/webhooks/twilio/sms#rc=3&rp=5xx,ct,rt"));
	cr_expect(str_is(form_get(&f, "SmsFallbackUrl"), "https://s.test/api/webhooks/twilio/sms"));
	cr_expect(str_is(form_get(&f, "SmsMethod"), "POST"));
	cr_expect(str_is(form_get(&f, "VoiceFallbackUrl"),
			 "https://s.test/api/webhooks/twilio/fallback"));
	number_point_request(&a, BASE, account, STR_LIT(PN), NULL, NUMBER_ALL, &r);
	cr_assert(form_parse(&a, r.body, &f, NULL));
	cr_expect(form_get(&f, "VoiceUrl").p != NULL && form_get(&f, "VoiceUrl").n == 0);
	/* of a number whose calls ElevenLabs answers only the texts are ours */
	number_point_request(&a, BASE, account, STR_LIT(PN), "https://s.test", NUMBER_TEXTS, &r);
	cr_assert(form_parse(&a, r.body, &f, NULL));
	cr_expect(form_get(&f, "SmsUrl").n > 0 && form_get(&f, "VoiceUrl").p == NULL &&
		  form_get(&f, "StatusCallback").p == NULL);
	arena_free(&a);
}
