/*
 * link_commands.c - what is wished is asked, repeated with the same key where its answer was lost,
 * and answered exactly once.
 */
#include <criterion/criterion.h>

#include "tests/support/script_peer.h"
#include "tests/support/uplink_ear.h"

#define MS   8000
#define DONE "{\"conversation\":%s,\"message\":%s,\"last_event\":7}"

/* What happens to the first commands; then they are done. */
enum trouble {
	NONE,
	CLOSED,      /* read, then closed without a byte */
	RESET,       /* read, then reset */
	HALF,        /* the answer breaks off */
	UNAVAILABLE, /* 503 */
	GATEWAY,     /* 502 */
	BROKEN,      /* 500 */
	SILENT,      /* no answer, ever */
	HUGE,        /* an answer without end */
	GARBAGE,     /* 200 and no JSON */
	HELD,        /* 409 already_held */
	BUSY,        /* 429 */
};

struct service {
	enum trouble trouble;
	unsigned times;
	const struct uplink_options *options;
};

static bool done(struct script_call *c)
{
	char body[8192];

	snprintf(body, sizeof body, DONE, ear_conversation, ear_message);
	return script_json(c, 200, body);
}

static bool endless(struct script_call *c)
{
	char piece[8192];

	memset(piece, ' ', sizeof piece);
	if (!script_say(c, STR_LIT("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n")))
		return false;
	while (script_say(c, str_make(piece, sizeof piece)))
		continue;
	return false;
}

static bool troubled(struct script_call *c, enum trouble t)
{
	switch (t) {
	case CLOSED: return false;
	case RESET: return script_reset(c);
	case HALF:
		script_say(c, STR_LIT("HTTP/1.1 200 OK\r\nContent-Length: 900\r\n\r\n{\"conv"));
		return false;
	case UNAVAILABLE: return script_json(c, 503, "{\"code\":\"unavailable\"}");
	case GATEWAY: return script_answer(c, 502, "text/html", "<h1>Bad gateway</h1>");
	case BROKEN: return script_json(c, 500, "{\"code\":\"internal\"}");
	case SILENT: return script_hold(c);
	case HUGE: return endless(c);
	case GARBAGE: return script_answer(c, 200, "text/html", "<html>hotel wifi</html>");
	case HELD:
		return script_json(c, 409,
				   "{\"type\":\"about:blank\",\"title\":\"Held\",\"status\":409,"
				   "\"code\":\"already_held\",\"holder_name\":\"Marie\","
				   "\"holder_user_id\":\"" EAR_ID(
					   1) "\",\"holder_since\":\"2026-11-22T14:05:00Z\","
					      "\"epoch\":9}");
	case BUSY:
		return script_say(c, STR_LIT("HTTP/1.1 429 No\r\nRetry-After: 7\r\nContent-Length: "
					     "0\r\n\r\n"));
	case NONE: break;
	}
	return done(c);
}

static bool serve(struct script_call *c)
{
	struct service *s = c->with;

	if (script_is(c, "POST", "/api/auth/login"))
		return script_json(c, 200, EAR_TOKENS("access", "refresh", 900));
	if (script_is(c, "GET", "/api/me"))
		return script_json(c, 200, ear_me);
	if (s->times > 0) {
		s->times--;
		return troubled(c, s->trouble);
	}
	return done(c);
}

struct bench {
	struct service service;
	struct script_peer *peer;
	struct ear *ear;
};

static void start(struct bench *b, int64_t patience_ms)
{
	struct uplink_options o = {.patience_ms = patience_ms};

	b->peer = script_start(serve, &b->service);
	o.url = script_url(b->peer);
	b->ear = ear_open(&o);
	ear_answer(b->ear, ear_sign_in(b->ear, "velo", "m@e.com", "right"), MS);
}

static void stop(struct bench *b)
{
	ear_close(b->ear);
	script_stop(b->peer);
}

/* Every command that was sent carried the same key, and one that can be a key. */
static void one_key(struct bench *b, unsigned times)
{
	const struct script_request *first = script_request_at(b->peer, 2);

	cr_assert_not_null(first);
	cr_expect_eq(strlen(first->key), 36);
	cr_expect_eq(script_count(b->peer), 2 + times);
	for (unsigned i = 2; i < script_count(b->peer); i++)
		cr_expect_str_eq(script_request_at(b->peer, i)->key, first->key, "%u", i);
}

Test(link_commands, are_the_requests_of_the_contract)
{
	struct bench b = {0};
	static const struct {
		enum outgoing_kind kind;
		int64_t epoch;
		const char *text, *path, *body;
	} cases[] = {
		{OUT_TAKE_OVER, 4, "", "/takeover", "{\"epoch\":4}"},
		{OUT_REPLY, 4, "l\xc3\xa0 \"1\"\n\x01", "/messages",
		 "{\"epoch\":4,\"body\":\"l\xc3\xa0 \\\"1\\\"\\n\\u0001\"}"},
		{OUT_NOTE, 4, "n", "/notes", "{\"body\":\"n\"}"},
		{OUT_WHISPER, 4, "w\xff", "/whisper", "{\"body\":\"w\xef\xbf\xbd\"}"},
		{OUT_HAND_BACK, 5, "", "/hand-back", "{\"epoch\":5}"},
		{OUT_CLOSE, 5, "", "/close", "{\"epoch\":5}"},
	};

	start(&b, 0);
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		const struct heard *h = ear_answer(
			b.ear,
			ear_say(b.ear, cases[i].kind, EAR_ID(3), cases[i].epoch, cases[i].text, 0),
			MS);
		const struct script_request *r = script_request_at(b.peer, 2 + (unsigned)i);
		char path[256];

		cr_expect_eq(h->kind, MSG_DONE, "%zu", i);
		cr_expect_eq(h->as_of, 7);
		snprintf(path, sizeof path, "/api/conversations/" EAR_ID(3) "%s", cases[i].path);
		cr_expect_str_eq(r->method, "POST");
		cr_expect_str_eq(r->path, path);
		cr_expect_str_eq(r->body, cases[i].body, "%s", r->body);
		cr_expect_str_eq(r->bearer, "access");
		for (unsigned o = 2; o < 2 + i; o++)
			cr_expect_str_neq(script_request_at(b.peer, o)->key, r->key);
	}
	stop(&b);
}

Test(link_commands, a_forced_take_over_and_a_new_text_say_more)
{
	struct bench b = {0};
	struct outgoing force = {.kind = OUT_TAKE_OVER, .id = 91, .epoch = 4, .force = true};
	struct outgoing fresh = {.kind = OUT_NEW_TEXT, .id = 92};

	start(&b, 0);
	snprintf(force.conversation_id, sizeof force.conversation_id, EAR_ID(3));
	force.text = xstrdup("shift ended");
	cr_assert(uplink_wish(b.ear->uplink, &force));
	ear_answer(b.ear, 91, MS);
	cr_expect_str_eq(script_request_at(b.peer, 2)->body,
			 "{\"epoch\":4,\"force\":true,\"reason\":\"shift ended\"}");
	snprintf(fresh.phone_number, sizeof fresh.phone_number, "+14165550001");
	snprintf(fresh.language, sizeof fresh.language, "fr");
	fresh.text = xstrdup("bonjour");
	cr_assert(uplink_wish(b.ear->uplink, &fresh));
	ear_answer(b.ear, 92, MS);
	cr_expect_str_eq(script_request_at(b.peer, 3)->path, "/api/conversations");
	cr_expect_str_eq(
		script_request_at(b.peer, 3)->body,
		"{\"phone_number\":\"+14165550001\",\"body\":\"bonjour\",\"language\":\"fr\"}");
	stop(&b);
}

Test(link_commands, calls_name_the_colleague_and_the_customer)
{
	struct bench b = {0};
	struct outgoing pass_on = {
		.kind = OUT_TRANSFER, .id = 91, .epoch = 4, .user_id = EAR_ID(8)};
	struct outgoing pickup = {.kind = OUT_PICKUP_CALL, .id = 92, .customer_id = EAR_ID(9)};

	start(&b, 0);
	snprintf(pass_on.conversation_id, sizeof pass_on.conversation_id, EAR_ID(3));
	cr_assert(uplink_wish(b.ear->uplink, &pass_on));
	cr_expect_eq(ear_answer(b.ear, 91, MS)->kind, MSG_DONE);
	cr_expect_str_eq(script_request_at(b.peer, 2)->path,
			 "/api/conversations/" EAR_ID(3) "/transfer");
	cr_expect_str_eq(script_request_at(b.peer, 2)->body,
			 "{\"epoch\":4,\"user_id\":\"" EAR_ID(8) "\"}");
	cr_assert(uplink_wish(b.ear->uplink, &pickup));
	cr_expect_eq(ear_answer(b.ear, 92, MS)->kind, MSG_DONE);
	cr_expect_str_eq(script_request_at(b.peer, 3)->path, "/api/outbound");
	cr_expect_str_eq(script_request_at(b.peer, 3)->body,
			 "{\"kind\":\"pickup_ready\",\"customer_id\":\"" EAR_ID(9) "\"}");
	stop(&b);
}

Test(link_commands, queries_are_escaped)
{
	struct bench b = {0};
	struct outgoing list = {.kind = OUT_LIST, .id = 91, .filter = FILTER_SEARCH, .limit = 20};

	start(&b, 0);
	list.text = xstrdup("a&b=c \xc3\xa9#");
	list.cursor = xstrdup("x+/=");
	cr_assert(uplink_wish(b.ear->uplink, &list));
	ear_answer(b.ear, 91, MS);
	cr_expect_str_eq(
		script_request_at(b.peer, 2)->path,
		"/api/conversations?state=all&q=a%26b%3Dc%20%C3%A9%23&limit=20&cursor=x%2B%2F%3D");
	cr_expect_str_eq(script_request_at(b.peer, 2)->key, "");
	stop(&b);
}

Test(link_commands, a_lost_answer_is_asked_for_again_with_the_same_key)
{
	static const enum trouble troubles[] = {CLOSED, RESET, HALF, UNAVAILABLE, GATEWAY, HUGE};

	for (size_t i = 0; i < ARRAY_LEN(troubles); i++) {
		struct bench b = {.service = {.trouble = troubles[i], .times = 2}};
		const struct heard *h;

		start(&b, 0);
		h = ear_answer(b.ear, ear_say(b.ear, OUT_REPLY, EAR_ID(3), 2, "yes", 0), MS);
		cr_expect_eq(h->kind, MSG_DONE, "trouble %d: %s", (int)troubles[i], h->code);
		one_key(&b, 3);
		ear_turn(b.ear, 100, NULL, NULL);
		cr_expect_eq(ear_count(b.ear, MSG_DONE), 1);
		stop(&b);
	}
}

Test(link_commands, what_nobody_knows_at_the_end_is_unknown_and_keeps_its_key)
{
	static const enum trouble troubles[] = {CLOSED, HALF, GATEWAY, BROKEN, SILENT};

	for (size_t i = 0; i < ARRAY_LEN(troubles); i++) {
		struct bench b = {.service = {.trouble = troubles[i], .times = 100}};
		const struct heard *h;
		uint32_t id;

		start(&b, 700);
		id = ear_say(b.ear, OUT_REPLY, EAR_ID(3), 2, "yes", 0);
		h = ear_answer(b.ear, id, 12000);
		cr_expect_eq(h->kind, MSG_REFUSED);
		cr_expect_str_eq(h->code, "unknown", "trouble %d: %s", (int)troubles[i], h->code);
		b.service.times = 0;
		h = ear_answer(b.ear, ear_say(b.ear, OUT_REPLY, EAR_ID(3), 2, "yes", id), MS);
		cr_expect_eq(h->kind, MSG_DONE);
		one_key(&b, script_count(b.peer) - 2);
		stop(&b);
	}
}

Test(link_commands, what_surely_never_left_is_unreachable)
{
	struct bench b = {0};
	const struct heard *h;
	uint32_t id;

	start(&b, 700);
	script_stop(b.peer);
	id = ear_say(b.ear, OUT_REPLY, EAR_ID(3), 2, "yes", 0);
	h = ear_answer(b.ear, id, MS);
	cr_expect_str_eq(h->code, "unreachable", "%s", h->code);
	ear_close(b.ear);
}

Test(link_commands, a_refusal_is_told_with_what_it_says)
{
	struct bench b = {.service = {.trouble = HELD, .times = 1}};
	const struct heard *h;

	start(&b, 0);
	h = ear_answer(b.ear, ear_say(b.ear, OUT_TAKE_OVER, EAR_ID(3), 2, "", 0), MS);
	cr_expect_eq(h->kind, MSG_REFUSED);
	cr_expect_eq(h->status, 409);
	cr_expect_str_eq(h->code, "already_held");
	cr_expect_str_eq(h->holder_name, "Marie");
	cr_expect_eq(h->epoch, 9);
	b.service.trouble = BUSY;
	b.service.times = 1;
	h = ear_answer(b.ear, ear_say(b.ear, OUT_REPLY, EAR_ID(3), 2, "yes", 0), MS);
	cr_expect_eq(h->status, 429);
	cr_expect_eq(h->retry_after_s, 7);
	stop(&b);
}

Test(link_commands, an_answer_that_is_no_answer_is_said_to_be_that)
{
	struct bench b = {.service = {.trouble = GARBAGE, .times = 1}};
	const struct heard *h;

	start(&b, 0);
	h = ear_answer(b.ear, ear_ask(b.ear, OUT_LIST, NULL), MS);
	cr_expect_eq(h->kind, MSG_REFUSED);
	cr_expect_str_eq(h->code, "unreadable");
	stop(&b);
}

/* The answer to the first command waits until the test lets it go. */
static bool serve_in_order(struct script_call *c)
{
	if (strstr(c->request.body, "first") != NULL && !script_await(c, 1))
		return false;
	return serve(c);
}

static bool second_has_come(void *peer)
{
	return script_asked(peer, "POST", "/api/conversations/" EAR_ID(6)) == 1;
}

Test(link_commands, of_one_conversation_go_in_order_and_hold_up_nobody_else)
{
	struct bench b = {0};
	uint32_t first, second, other;

	b.peer = script_start(serve_in_order, &b.service);
	b.ear = ear_open(&(struct uplink_options){.url = script_url(b.peer)});
	ear_answer(b.ear, ear_sign_in(b.ear, "velo", "m@e.com", "right"), MS);
	first = ear_say(b.ear, OUT_REPLY, EAR_ID(3), 2, "first", 0);
	second = ear_say(b.ear, OUT_REPLY, EAR_ID(3), 2, "second", 0);
	other = ear_say(b.ear, OUT_REPLY, EAR_ID(6), 2, "other", 0);
	cr_assert(ear_turn(b.ear, MS, second_has_come, b.peer));
	ear_answer(b.ear, other, MS);
	cr_expect_eq(ear_answer(b.ear, ear_ask(b.ear, OUT_LIST, NULL), MS)->kind, MSG_REFUSED);
	cr_expect_eq(script_asked(b.peer, "POST", "/api/conversations/" EAR_ID(3)), 1);
	script_let(b.peer);
	ear_answer(b.ear, first, MS);
	ear_answer(b.ear, second, MS);
	stop(&b);
}

Test(link_commands, more_than_can_be_under_way_is_refused_as_busy)
{
	struct bench b = {.service = {.trouble = SILENT, .times = 1000}};
	unsigned busy = 0;

	start(&b, 0);
	for (int i = 0; i < 200; i++)
		ear_say(b.ear, OUT_NOTE, EAR_ID(3), 1, "n", 0);
	for (size_t i = 0; i < b.ear->n; i++)
		busy += strcmp(b.ear->all[i].code, "busy") == 0;
	cr_expect_eq(busy, 200 - 128);
	stop(&b);
}

Test(link_commands, the_open_list_is_asked_for_until_it_comes)
{
	struct bench b = {.service = {.trouble = CLOSED, .times = 3}};
	uint32_t id;

	start(&b, 300);
	id = ear_ask(b.ear, OUT_LIST, NULL);
	ear_hear_link(b.ear, LINK_LOST, 3, MS);
	/* this service answers everything alike: what counts is that an answer came */
	cr_expect_str_eq(ear_answer(b.ear, id, MS)->code, "unreadable");
	stop(&b);
}
