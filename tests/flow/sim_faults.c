/* The practice line's switches: each does what it says, to the API's answers and to our requests.
 */
#include <criterion/criterion.h>

#include "tests/sim/sign.h"
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

TestSuite(sim_switch, .init = open_world, .fini = close_world, .timeout = 60);

static size_t messages(void)
{
	world_ask(&w, "GET", "/sim/messages", NULL, NULL, 0);
	return (size_t)world_number(&w, "count");
}

Test(sim_switch, answers_of_the_api_go_wrong_before_or_after_the_work)
{
	static const struct {
		const char *fault;
		enum http_outcome outcome;
		int status, code;
		size_t done; /* messages that the send left behind */
	} cases[] = {
		{"429", HTTP_ANSWERED, 429, 20429, 0},
		{"500", HTTP_ANSWERED, 500, 20500, 0},
		{"500 after", HTTP_ANSWERED, 500, 20500, 1},
		{"503", HTTP_ANSWERED, 503, 20503, 0},
		{"hang", HTTP_UNCERTAIN, 0, 0, 0},
		{"hang after", HTTP_UNCERTAIN, 0, 0, 1},
		{"reset", HTTP_UNCERTAIN, 0, 0, 0},
		{"reset after", HTTP_UNCERTAIN, 0, 0, 1},
		{"garbage", HTTP_ANSWERED, 200, 0, 1},
		{"slow for 200 ms", HTTP_ANSWERED, 201, 0, 1},
		{"slow for 3 s", HTTP_UNCERTAIN, 0, 0, 1},
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		world_ask(&w, "POST", "/sim/reset", "{}", NULL, 0);
		world_fault(&w, cases[i].fault);
		world_send(&w, WORLD_PHONE, "");
		cr_expect_eq(w.answer.outcome, cases[i].outcome, "%s", cases[i].fault);
		if (w.answer.outcome == HTTP_ANSWERED) {
			cr_expect_eq(w.answer.status, cases[i].status, "%s", cases[i].fault);
			cr_expect_eq(world_number(&w, "code"), cases[i].code, "%s", cases[i].fault);
		}
		cr_expect_eq(messages(), cases[i].done, "%s", cases[i].fault);
		cr_expect_eq(world_send(&w, WORLD_PHONE, ""), 201, "%s: once is once",
			     cases[i].fault);
	}
}

Test(sim_switch, a_429_may_say_when_to_come_back)
{
	world_fault(&w, "429 retry-after 7");
	world_send(&w, WORLD_PHONE, "");
	cr_expect_eq(w.answer.retry_after_s, 7);
	world_fault(&w, "429");
	world_send(&w, WORLD_PHONE, "");
	cr_expect_eq(w.answer.retry_after_s, -1);
}

Test(sim_switch, a_switch_is_for_its_target_alone)
{
	const char *list = "/2010-04-01/Accounts/" WORLD_ACCOUNT "/Messages.json";

	world_fault(&w, "503 always");
	world_fault(&w, "500 on api to +15145550111 always");
	cr_expect_eq(world_ask(&w, "GET", list, NULL, NULL, 0), 200);
	cr_expect_eq(world_send(&w, WORLD_PHONE, ""), 503);
	cr_expect_eq(world_send(&w, WORLD_PHONE, ""), 503);
	cr_expect_eq(world_ask(&w, "DELETE", "/sim/faults", NULL, NULL, 0), 200);
	cr_expect_eq(world_send(&w, WORLD_PHONE, ""), 201);
	world_fault(&w, "503 on api next 2");
	cr_expect_eq(world_ask(&w, "GET", list, NULL, NULL, 0), 503);
	cr_expect_eq(world_send(&w, WORLD_PHONE, ""), 503);
	cr_expect_eq(world_send(&w, WORLD_PHONE, ""), 201);
}

static bool signed_with_token(const struct world_seen *s)
{
	char right[SIM_SIGNATURE];

	sim_sign(STR_LIT(WORLD_TOKEN), str_of(world_url(&w, arena_cstr(&w.arena, s->target))),
		 &s->params, right);
	return str_is(s->signature, right);
}

Test(sim_switch, a_signature_is_wrong_or_not_there)
{
	world_text(&w, "right");
	world_fault(&w, "wrong-signature");
	world_text(&w, "wrong");
	world_fault(&w, "no-signature");
	world_text(&w, "none");
	cr_assert_eq(w.seen_n, 3);
	cr_expect(signed_with_token(&w.seen[0]));
	cr_expect(w.seen[1].signature.n == 28 && !signed_with_token(&w.seen[1]));
	cr_expect_eq(w.seen[2].signature.n, 0);
}

Test(sim_switch, a_request_comes_twice_or_never)
{
	world_fault(&w, "duplicate");
	world_text(&w, "twice");
	cr_assert(world_sees(&w, 2, 3000));
	cr_expect(str_eq(w.seen[0].body, w.seen[1].body));
	cr_expect(str_eq(w.seen[0].token, w.seen[1].token));
	world_fault(&w, "lost");
	world_text(&w, "never");
	world_rests(&w);
	cr_expect_eq(w.seen_n, 2);
	cr_expect_str_eq(world_word(&w, "webhook.fault"), "lost");
}

Test(sim_switch, a_replay_is_the_same_bytes_later)
{
	world_fault(&w, "replay for 150 ms");
	world_text(&w, "again");
	cr_expect_eq(w.seen_n, 1);
	cr_assert(world_sees(&w, 2, 3000));
	cr_expect(str_eq(w.seen[0].body, w.seen[1].body));
	cr_expect(str_eq(w.seen[0].signature, w.seen[1].signature));
	cr_expect_geq(w.seen[1].at_us - w.seen[0].at_us, 100000);
}

static void text_at_once(const char *body)
{
	char text[128];

	snprintf(text, sizeof text,
		 "{\"from\":\"+15145550199\",\"to\":\"+14165550001\",\"body\":\"%s\",\"wait\":"
		 "false}",
		 body);
	cr_expect_eq(world_ask(&w, "POST", "/sim/texts", text, NULL, 0), 200);
}

Test(sim_switch, texts_overtake_each_other)
{
	world_fault(&w, "reorder");
	text_at_once("first");
	text_at_once("second");
	cr_assert(world_sees(&w, 2, 3000));
	cr_expect(str_is(sim_pairs_value(&w.seen[0].params, "Body"), "second"));
	cr_expect(str_is(sim_pairs_value(&w.seen[1].params, "Body"), "first"));
	world_fault(&w, "reorder");
	text_at_once("alone");
	world_waits(&w, 200);
	cr_expect_eq(w.seen_n, 2, "it is held back");
	cr_expect(world_sees(&w, 3, 3000), "but not for ever");
}

Test(sim_switch, a_callback_is_no_webhook)
{
	struct buf more = {0};

	buf_add_cstr(&more, "&StatusCallback=");
	sim_escape(str_of(world_url(&w, "/status")), &more);
	world_fault(&w, "lost on callback next 2");
	world_text(&w, "comes");
	cr_expect_eq(w.seen_n, 1);
	world_send(&w, WORLD_PHONE, buf_cstr(&more));
	world_rests(&w);
	cr_expect_eq(w.seen_n, 1);
	buf_clear(&more);
}

Test(sim_switch, only_so_many_are_thrown_and_nonsense_is_refused)
{
	cr_expect_eq(world_ask(&w, "POST", "/sim/faults", "{\"fault\":\"burn\"}", NULL, 0), 400);
	cr_expect(strstr(world_word(&w, "detail"), "burn") != NULL);
	for (int i = 0; i < SIM_FAULTS_MAX; i++)
		world_fault(&w, "lost on callback always");
	cr_expect_eq(world_ask(&w, "POST", "/sim/faults", "{\"fault\":\"429\"}", NULL, 0), 503);
}

/* ---- the controls themselves ---- */

Test(sim_switch, the_controls_are_for_this_machine_and_take_json_only)
{
	static const struct {
		const char *method, *path, *body, *header;
		int status;
	} cases[] = {
		{"GET", "/sim/health", NULL, NULL, 200},
		{"GET", "/sim/health", NULL, "Host: localhost:99", 200},
		{"GET", "/sim/health", NULL, "Host: evil.example", 403},
		{"GET", "/sim/health", NULL, "Host: 127.0.0.1.evil.example", 403},
		{"GET", "/sim/health", NULL, "Origin: http://evil.example", 403},
		{"POST", "/sim/texts", "from=x", NULL, 415},
		{"POST", "/sim/texts", "{", NULL, 400},
		{"POST", "/sim/texts", "{\"from\":\"+15145550199\"}", NULL, 404},
		{"POST", "/sim/texts", "{\"from\":\"\",\"to\":\"+14165550001\",\"body\":\"x\"}",
		 NULL, 400},
		{"POST", "/sim/texts",
		 "{\"from\":\"+15145550199\",\"to\":\"+14165550001\",\"media\":[{\"base64\":\"!\"}]"
		 "}",
		 NULL, 400},
		{"POST", "/sim/phones/bob", "{\"behaves\":\"slow\"}", NULL, 400},
		{"POST", "/sim/phones/+15145550199", "{\"behaves\":\"odd\"}", NULL, 400},
		{"PUT", "/sim/faults", "{}", NULL, 405},
		{"GET", "/sim/nothing", NULL, NULL, 404},
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++)
		cr_expect_eq(world_ask(&w, cases[i].method, cases[i].path, cases[i].body,
				       cases[i].header, 0),
			     cases[i].status, "case %zu: %d", i, w.answer.status);
}

Test(sim_switch, the_journal_has_both_directions_and_no_secret)
{
	char *text;

	world_fault(&w, "503");
	world_send(&w, WORLD_PHONE, "");
	world_text(&w, "hello \"there\"\n");
	cr_expect_eq(world_ask(&w, "GET", "/sim/requests", NULL, NULL, 0), 200);
	cr_expect_str_eq(world_word(&w, "requests.0.side"), "api");
	cr_expect_eq(world_number(&w, "requests.0.status"), 503);
	cr_expect_str_eq(world_word(&w, "requests.0.fault"), "503");
	cr_expect_str_eq(world_word(&w, "requests.1.side"), "webhook");
	cr_expect_str_eq(world_word(&w, "requests.1.params.Body"), "hello \"there\"\n");
	text = json_dumps(w.json, 0);
	cr_expect(strstr(text, WORLD_TOKEN) == NULL);
	free(text);
	cr_expect_eq(world_number(&w, "next"), 2);
	world_ask(&w, "GET", "/sim/requests?since=2", NULL, NULL, 0);
	cr_expect_eq(json_array_size(world_member(&w, "requests")), 0);
}

Test(sim_switch, waiting_for_news_ends_with_the_news)
{
	int64_t version;

	world_text(&w, "one");
	world_ask(&w, "GET", "/sim/phones/+15145550199", NULL, NULL, 0);
	version = world_number(&w, "version");
	world_fault(&w, "slow for 100 ms");
	world_will_answer(
		&w, (struct world_answer){.body = "<Response><Message>two</Message></Response>"});
	text_at_once("more");
	world_ask(&w, "GET",
		  arena_printf(&w.arena, "/sim/phones/+15145550199?since=%" PRId64 "&wait=5000",
			       version),
		  NULL, NULL, 0);
	cr_expect_geq(json_array_size(world_member(&w, "texts")), 1);
	world_ask(&w, "GET", "/sim/phones/+15145550100?since=999&wait=50", NULL, NULL, 0);
	cr_expect_eq(json_array_size(world_member(&w, "texts")), 0, "no news is an answer too");
}
