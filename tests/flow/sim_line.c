/*
 * The practice line and a scripted store, over real sockets: what the store is asked, and what
 * becomes of texts.
 */
#include <criterion/criterion.h>

#include "server/twilio/sign.h"
#include "tests/support/sim_world.h"

static struct sim_world w;

static void open_world(void)
{
	world_open(&w, NULL, NULL);
}

static void close_world(void)
{
	world_close(&w);
}

TestSuite(sim_line, .init = open_world, .fini = close_world, .timeout = 60);
/* Those open the line themselves, with options of their own. */
TestSuite(sim_line_with, .fini = close_world, .timeout = 60);

/* The service's own reader of signatures agrees: two implementations, one description. */
static bool signed_well(const struct world_seen *s)
{
	struct twilio_urls urls;
	struct twilio_key key;
	struct arena a = {0};
	struct form form = {0};
	struct err err = {0};
	bool good;

	twilio_key_init(&key, STR_LIT(WORLD_TOKEN));
	cr_assert(twilio_urls_for(&a, str_of(world_url(&w, "")), s->target, &urls, &err), "%s",
		  err.text);
	cr_assert(form_parse(&a, s->body, &form, &err), "%s", err.text);
	good = twilio_sign_check(&key, 1, &urls, &form, s->signature, NULL);
	twilio_key_clear(&key);
	arena_free(&a);
	return good;
}

static struct str value(size_t seen, const char *name)
{
	return sim_pairs_value(&w.seen[seen].params, name);
}

static bool value_is(size_t seen, const char *name, const char *expected)
{
	return str_is(value(seen, name), expected);
}

/* ---- a text comes in ---- */

Test(sim_line, a_text_reaches_the_store_as_twilio_sends_it)
{
	static const char *const order[] = {
		"ToCountry",  "ToState",  "SmsMessageSid", "NumMedia",
		"ToCity",     "FromZip",  "SmsSid",        "FromState",
		"SmsStatus",  "FromCity", "Body",          "FromCountry",
		"To",         "ToZip",    "NumSegments",   "MessageSid",
		"AccountSid", "From",     "ApiVersion"};

	cr_expect_eq(world_text(&w, " Bonjour, mon v\u00e9lo est pr\u00eat? \U0001F6B2 "), 200);
	cr_assert_eq(w.seen_n, 1);
	cr_expect_eq(world_number(&w, "webhook.status"), 200);
	cr_expect_eq(world_number(&w, "webhook.attempts"), 1);
	cr_expect(str_is(w.seen[0].path, "/api/webhooks/twilio/sms"));
	cr_expect(str_is(w.seen[0].agent, "TwilioProxy/1.1"));
	cr_expect_eq(w.seen[0].token.n, 32);
	cr_expect(signed_well(&w.seen[0]));
	cr_expect_eq(w.seen[0].params.n, ARRAY_LEN(order));
	for (size_t i = 0; i < ARRAY_LEN(order); i++)
		cr_expect(str_is(w.seen[0].params.at[i].name, order[i]), "%zu: %s", i, order[i]);
	cr_expect(value_is(0, "Body", " Bonjour, mon v\u00e9lo est pr\u00eat? \U0001F6B2 "));
	cr_expect(value_is(0, "FromCity", "MONTREAL") && value_is(0, "ToState", "ON"));
	cr_expect(value_is(0, "MessageSid", world_word(&w, "sid")));
	cr_expect(value_is(0, "SmsStatus", "received") && value_is(0, "NumSegments", "1"));
}

static void every_second(struct sim_options *o)
{
	o->set.extra_every = 2;
}

Test(sim_line_with, now_and_then_a_parameter_comes_that_nobody_knows)
{
	world_open(&w, NULL, every_second);
	for (int i = 0; i < 4; i++)
		world_text(&w, "x");
	cr_assert_eq(w.seen_n, 4);
	for (size_t i = 0; i < 4; i++) {
		cr_expect_eq(value(i, "PracticeExtra").n > 0, i % 2 == 1, "%zu", i);
		cr_expect(signed_well(&w.seen[i]), "it is signed all the same");
	}
}

Test(sim_line, a_picture_lies_behind_a_redirect)
{
	struct str url;

	world_ask(&w, "POST", "/sim/texts",
		  "{\"from\":\"+15145550199\",\"to\":\"+14165550001\",\"body\":\"\",\"media\":["
		  "{\"sample\":true},{\"content_type\":\"text/vcard\",\"base64\":\"aGVsbG8=\"}]}",
		  NULL, 0);
	cr_assert_eq(w.seen_n, 1);
	cr_expect(value_is(0, "NumMedia", "2") && value_is(0, "MediaContentType1", "text/vcard"));
	cr_expect(str_starts(value(0, "MessageSid"), STR_LIT("MM")));
	url = value(0, "MediaUrl1");
	cr_assert(str_find(url, STR_LIT("/2010-04-01/")) > 0, STR_FMT, STR_ARG(url));
	url = str_sub(url, (size_t)str_find(url, STR_LIT("/2010-04-01/")), url.n);
	cr_expect_eq(world_ask(&w, "GET", arena_cstr(&w.arena, url), NULL, NULL, 0), 307);
	url = str_sub(w.answer.location, (size_t)str_find(w.answer.location, STR_LIT("/media/")),
		      999);
	cr_expect_eq(world_ask(&w, "GET", arena_cstr(&w.arena, url), NULL, NULL, 0), 200);
	cr_expect(str_is(w.answer.body, "hello"));
	cr_expect(str_is(w.answer.content_type, "text/vcard"));
}

Test(sim_line, replies_by_twiml_come_to_the_phone)
{
	world_will_answer(&w,
			  (struct world_answer){
				  .body = "<Response><Message>one</Message><Message><Body>two &lt;3"
					  "</Body></Message></Response>"});
	world_text(&w, "hi");
	cr_expect_eq(world_number(&w, "webhook.replies"), 2);
	world_rests(&w);
	world_ask(&w, "GET", "/sim/phones/+15145550199", NULL, NULL, 0);
	cr_assert_eq(json_array_size(world_member(&w, "texts")), 3);
	cr_expect_str_eq(world_word(&w, "texts.0.state"), "delivered");
	cr_expect_str_eq(world_word(&w, "texts.1.body"), "one");
	cr_expect_str_eq(world_word(&w, "texts.2.body"), "two <3");
	cr_expect_str_eq(world_word(&w, "texts.2.state"), "delivered");
}

/* ---- what the store answers ---- */

Test(sim_line, an_answer_that_twilio_could_not_use_is_an_alert)
{
	static const struct {
		struct world_answer answer;
		int code;
	} cases[] = {
		{{.status = 500}, 11200},
		{{.status = 403}, 11200},
		{{.size = 64 * 1024 + 1}, 11750},
		{{.size = 64 * 1024}, 12100},
		{{.body = "<Response>"}, 12100},
		{{.body = "{}", .content_type = "application/json"}, 12300},
		{{.body = "<Response/>", .content_type = ""}, 12300},
		{{.body = "<Response><say/></Response>"}, 14110},
		{{.reset = true}, 11206},
		{{.body = ""}, 0},
		{{.status = 204, .body = ""}, 0},
		{{.body = "<Response/>", .content_type = "application/xml; charset=utf-8"}, 0},
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		world_will_answer(&w, cases[i].answer);
		world_text(&w, "hi");
		cr_expect_eq(world_number(&w, "webhook.code"), cases[i].code, "case %zu: %d", i,
			     (int)world_number(&w, "webhook.code"));
		cr_expect_eq(world_number(&w, "webhook.attempts"), 1, "case %zu is not repeated",
			     i);
	}
	world_ask(&w, "GET", "/sim/alerts", NULL, NULL, 0);
	cr_expect_eq(json_array_size(world_member(&w, "alerts")), 9);
}

Test(sim_line, plain_text_is_the_reply_itself)
{
	world_will_answer(&w,
			  (struct world_answer){.body = "call us", .content_type = "text/plain"});
	world_text(&w, "hi");
	cr_expect_eq(world_number(&w, "webhook.replies"), 1);
}

Test(sim_line, a_redirect_becomes_a_get_and_loses_the_form)
{
	world_will_answer(&w, (struct world_answer){.status = 302, .location = "/other?x=1"});
	world_text(&w, "hi");
	cr_assert_eq(w.seen_n, 2);
	cr_expect(str_is(w.seen[1].method, "GET") && str_is(w.seen[1].target, "/other?x=1"));
	cr_expect_eq(w.seen[1].params.n, 1);
	for (int i = 0; i < 12; i++)
		world_will_answer(&w, (struct world_answer){.status = 302, .location = "/round"});
	world_text(&w, "hi");
	cr_expect_eq(w.seen_n, 2 + 11);
	cr_expect_eq(world_number(&w, "webhook.code"), 11215);
}

Test(sim_line_with, a_refused_connection_is_tried_once_more_and_no_more)
{
	world_open(&w, NULL, NULL);
	sim_number_set(w.line.sim.numbers.at[0], SIM_SMS_URL, STR_LIT("http://127.0.0.1:1/sms"));
	world_text(&w, "hi");
	cr_expect_eq(world_number(&w, "webhook.attempts"), 2);
	cr_expect_eq(world_number(&w, "webhook.code"), 11205);
	world_ask(&w, "GET", "/sim/phones/+15145550199", NULL, NULL, 0);
	cr_expect_str_eq(world_word(&w, "texts.0.state"), "unanswered");
}

Test(sim_line_with, the_fragment_says_what_is_tried_again)
{
	world_open(&w, "/sms#rc=2&rp=5xx,rt&tt=3000&rt=300", NULL);
	world_will_answer(&w, (struct world_answer){.status = 503});
	world_will_answer(&w, (struct world_answer){.hang = true});
	world_text(&w, "hi");
	cr_expect_eq(world_number(&w, "webhook.attempts"), 3);
	cr_expect_eq(world_number(&w, "webhook.code"), 0);
	cr_assert_eq(w.seen_n, 3);
	for (size_t i = 0; i < 3; i++) {
		cr_expect(str_eq(w.seen[i].token, w.seen[0].token), "one token for all attempts");
		cr_expect(str_eq(w.seen[i].body, w.seen[0].body));
		cr_expect(signed_well(&w.seen[i]), "the fragment is not signed");
	}
}

Test(sim_line, the_fallback_hears_why)
{
	struct sim_number *n = w.line.sim.numbers.at[0];

	sim_number_set(n, SIM_SMS_FALLBACK_URL, str_of(world_url(&w, "/fallback")));
	world_will_answer(&w, (struct world_answer){.status = 500});
	world_text(&w, "hi");
	cr_assert_eq(w.seen_n, 2);
	cr_expect(str_is(w.seen[1].path, "/fallback"));
	cr_expect(value_is(1, "ErrorCode", "11200"));
	cr_expect(value_is(1, "ErrorUrl", world_url(&w, "/api/webhooks/twilio/sms")));
	cr_expect(str_eq(value(1, "MessageSid"), value(0, "MessageSid")));
	cr_expect(signed_well(&w.seen[1]));
}

/* ---- consent ---- */

Test(sim_line, stop_is_answered_by_the_carrier_and_told_to_the_store)
{
	world_text(&w, "Stop");
	cr_expect_eq(w.seen_n, 1, "the webhook comes all the same");
	cr_expect_eq(value(0, "OptOutType").n, 0);
	world_ask(&w, "GET", "/sim/phones/+15145550199", NULL, NULL, 0);
	cr_expect_eq(json_array_size(world_member(&w, "texts")), 2);
	cr_expect(json_is_true(world_member(&w, "texts.1.carrier")));
	cr_expect_eq(world_send(&w, WORLD_PHONE, ""), 400);
	cr_expect_eq(world_number(&w, "code"), 21610);
	world_text(&w, "stop");
	world_ask(&w, "GET", "/sim/phones/+15145550199", NULL, NULL, 0);
	cr_expect_eq(json_array_size(world_member(&w, "texts")), 3, "no second confirmation");
	world_text(&w, "START");
	cr_expect_eq(world_send(&w, WORLD_PHONE, ""), 201);
}

static void advanced(struct sim_options *o)
{
	o->set.advanced_opt_out = true;
}

Test(sim_line_with, advanced_opt_out_knows_french_and_says_what_matched)
{
	world_open(&w, NULL, advanced);
	world_text(&w, "ARR\u00caT");
	cr_expect(value_is(0, "OptOutType", "STOP"));
	cr_expect_eq(world_send(&w, WORLD_PHONE, ""), 400);
	world_ask(&w, "GET", "/sim/phones/+15145550199", NULL, NULL, 0);
	cr_expect(strstr(world_word(&w, "texts.1.body"), "d\u00e9sabonn\u00e9") != NULL);
}

/* ---- a text goes out ---- */

static const char *with_callback(void)
{
	struct buf b = {0};
	const char *more;

	buf_add_cstr(&b, "&StatusCallback=");
	sim_escape(str_of(world_url(&w, "/status?outbox=7")), &b);
	more = arena_strdup(&w.arena, buf_cstr(&b));
	buf_clear(&b);
	return more;
}

/* The states that the store was told, in the order in which they came: "sent,delivered". */
static const char *told(void)
{
	struct buf b = {0};
	const char *out;

	for (size_t i = 0; i < w.seen_n; i++)
		buf_printf(&b, "%s" STR_FMT, i == 0 ? "" : ",", STR_ARG(value(i, "MessageStatus")));
	out = arena_strdup(&w.arena, buf_cstr(&b));
	buf_clear(&b);
	return out;
}

Test(sim_line, a_send_is_told_in_order_and_never_its_first_state)
{
	cr_expect_eq(world_send(&w, WORLD_PHONE, with_callback()), 201);
	cr_expect_str_eq(world_word(&w, "status"), "queued");
	world_rests(&w);
	cr_expect_str_eq(told(), "sent,delivered");
	for (size_t i = 0; i < w.seen_n; i++) {
		cr_expect(signed_well(&w.seen[i]));
		cr_expect(str_is(w.seen[i].target, "/status?outbox=7"));
		cr_expect(value_is(i, "To", WORLD_PHONE) &&
			  value_is(i, "AccountSid", WORLD_ACCOUNT));
	}
	cr_expect_eq(value(0, "RawDlrDoneDate").n, 0);
	cr_expect_eq(value(1, "RawDlrDoneDate").n, 10);
}

Test(sim_line, phones_behave_as_they_were_told)
{
	static const struct {
		const char *behaves, *told;
	} cases[] = {
		{"30003", "sent,undelivered"},
		{"30001", "failed"},
		{"never", "sent"},
		{"twice", "sent,sent,delivered,delivered"},
		{"swapped", "delivered,sent"},
		{"silent", ""},
	};
	char body[64];

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		w.seen_n = 0;
		snprintf(body, sizeof body, "{\"behaves\":\"%s\"}", cases[i].behaves);
		cr_expect_eq(world_ask(&w, "POST", "/sim/phones/%2B15145550199", body, NULL, 0),
			     200);
		cr_expect_eq(world_send(&w, WORLD_PHONE, with_callback()), 201);
		world_rests(&w);
		cr_expect_str_eq(told(), cases[i].told, "%s: %s", cases[i].behaves, told());
	}
	world_ask(&w, "GET", "/sim/phones/+15145550199", NULL, NULL, 0);
	cr_expect_eq(json_array_size(world_member(&w, "texts")), 4,
		     "what is undelivered or failed never shows on the handset");
}

Test(sim_line, a_reply_to_an_opted_out_phone_fails_later)
{
	sim_opt_out_set(&w.line.sim, STR_LIT(WORLD_STORE), STR_LIT(WORLD_PHONE), true);
	world_will_answer(
		&w, (struct world_answer){.body = "<Response><Message>hi</Message></Response>"});
	world_text(&w, "hello");
	world_rests(&w);
	world_ask(&w, "GET", "/sim/messages?limit=1", NULL, NULL, 0);
	cr_expect_str_eq(world_word(&w, "messages.0.state"), "failed");
	cr_expect_eq(world_number(&w, "messages.0.error_code"), 21610);
}
