/*
 * link_stream.c - events come once each, in order, with none missing, whatever happens to the line.
 */
#include <criterion/criterion.h>
#include <sys/socket.h>

#include "shared/buf.h"
#include "tests/support/script_peer.h"
#include "tests/support/uplink_ear.h"

#define MS 8000

struct service;
typedef bool stream_handler(struct script_call *c, struct service *s, int64_t after, unsigned nth);

struct service {
	stream_handler *stream;
	unsigned streams; /* how many were opened */
	size_t at;        /* of the test */
	struct buf whole; /* of the test */
};

static void event_add(struct buf *b, int64_t seq)
{
	buf_printf(
		b,
		"id: %" PRId64 "\nevent: message.redacted\ndata: {\"seq\":%" PRId64
		",\"type\":\"message.redacted\",\"created_at\":\"2026-11-22T17:05:09Z\","
		"\"conversation_id\":\"" EAR_ID(
			3) "\",\"customer_id\":null,\"payload\":{"
			   "\"message_id\":\"" EAR_ID(4) "\",\"body\":\"\xc3\xa9t\xc3\xa9\"}}\n\n",
		seq, seq);
}

/* The stream as our service gives it: connection, then after+1 .. last. */
static void stream_add(struct buf *b, int64_t after, int64_t last)
{
	buf_add_cstr(b, ear_connection);
	buf_add_cstr(b, ": heartbeat\n\n");
	for (int64_t seq = after + 1; seq <= last; seq++)
		event_add(b, seq);
}

static bool said(struct script_call *c, int64_t after, int64_t last)
{
	struct buf b = {0};
	bool good;

	stream_add(&b, after, last);
	good = script_stream(c) && script_say(c, buf_str(&b));
	buf_clear(&b);
	return good;
}

static bool serve(struct script_call *c)
{
	struct service *s = c->with;

	if (script_is(c, "POST", "/api/auth/login"))
		return script_json(c, 200, EAR_TOKENS("access", "refresh", 900));
	if (script_is(c, "POST", "/api/auth/refresh"))
		return script_json(c, 200, EAR_TOKENS("access2", "refresh2", 900));
	if (script_is(c, "GET", "/api/me"))
		return script_json(c, 200, ear_me);
	if (script_is(c, "GET", "/api/events")) {
		int64_t after = 0;

		if (!str_int(str_of(c->request.after), 0, INT64_MAX, &after))
			return script_json(c, 400, "{}");
		return s->stream(c, s, after, s->streams++);
	}
	return script_json(c, 200, "{\"items\":[],\"next_cursor\":null,\"last_event\":3}");
}

struct bench {
	struct service service;
	struct script_peer *peer;
	struct ear *ear;
};

static void start(struct bench *b, stream_handler *stream, int64_t silent_ms)
{
	struct uplink_options o = {.silent_ms = silent_ms};

	b->service.stream = stream;
	b->peer = script_start(serve, &b->service);
	o.url = script_url(b->peer);
	b->ear = ear_open(&o);
	ear_answer(b->ear, ear_sign_in(b->ear, "velo", "m@e.com", "right"), MS);
}

static void stop(struct bench *b)
{
	ear_close(b->ear);
	script_stop(b->peer);
	buf_clear(&b->service.whole);
}

static void once_each_in_order(const struct ear *e, int64_t first, int64_t last)
{
	int64_t next = first;

	for (size_t i = 0; i < e->n; i++) {
		if (e->all[i].kind != MSG_EVENT)
			continue;
		cr_assert_eq(e->all[i].seq, next, "got %" PRId64 ", not %" PRId64, e->all[i].seq,
			     next);
		next++;
	}
	cr_assert_eq(next, last + 1);
}

static bool plain(struct script_call *c, struct service *s, int64_t after, unsigned nth)
{
	(void)s;
	(void)nth;
	return said(c, after, 5) && script_hold(c);
}

Test(link_stream, tells_that_it_lives_and_every_event)
{
	struct bench b = {0};
	const struct heard *h;

	start(&b, plain, 0);
	ear_follow(b.ear, 2);
	h = ear_hear_link(b.ear, LINK_LIVE, 1, MS);
	cr_expect_eq(h->newest, 3);
	ear_hear(b.ear, MSG_EVENT, 3, MS);
	once_each_in_order(b.ear, 3, 5);
	cr_expect_str_eq(script_request_at(b.peer, 2)->path, "/api/events?after=2");
	stop(&b);
}

/* The first stream is cut behind s->at bytes, closed or reset; the next says the rest. */
static bool cut(struct script_call *c, struct service *s, int64_t after, unsigned nth)
{
	if (nth > 0)
		return said(c, after, 3) && script_hold(c);
	if (!script_stream(c) || !script_say(c, str_sub(buf_str(&s->whole), 0, s->at)))
		return false;
	return s->at % 2 == 0 ? false : script_reset(c);
}

Test(link_stream, cut_at_any_byte_it_goes_on_where_it_was, .timeout = 300)
{
	struct bench b = {0};
	size_t n;

	stream_add(&b.service.whole, 0, 3);
	n = b.service.whole.n;
	start(&b, cut, 0);
	for (size_t at = 0; at <= n; at += at < strlen(ear_connection) ? 29 : 11) {
		b.service.at = at;
		b.service.streams = 0;
		b.ear->n = 0;
		ear_follow(b.ear, 0);
		ear_hear(b.ear, MSG_EVENT, 3, MS);
		once_each_in_order(b.ear, 1, 3);
	}
	stop(&b);
}

/* Each stream gives one event more and then everything before it again, as after a repeat. */
static bool repeating(struct script_call *c, struct service *s, int64_t after, unsigned nth)
{
	struct buf b = {0};
	bool good;

	(void)s;
	stream_add(&b, after - (int64_t)(nth % 3), after + 1);
	good = script_stream(c) && script_say(c, buf_str(&b));
	buf_clear(&b);
	(void)good;
	return false;
}

Test(link_stream, what_comes_twice_is_told_once)
{
	struct bench b = {0};

	start(&b, repeating, 0);
	ear_follow(b.ear, 10);
	ear_hear(b.ear, MSG_EVENT, 6, MS);
	once_each_in_order(b.ear, 11, 10 + (int64_t)ear_count(b.ear, MSG_EVENT));
	stop(&b);
}

static bool skipping_once(struct script_call *c, struct service *s, int64_t after, unsigned nth)
{
	struct buf b = {0};
	bool good;

	(void)s;
	if (nth > 0)
		return said(c, after, 4) && script_hold(c);
	buf_add_cstr(&b, ear_connection);
	event_add(&b, after + 1);
	event_add(&b, after + 3);
	event_add(&b, after + 4);
	good = script_stream(c) && script_say(c, buf_str(&b)) && script_hold(c);
	buf_clear(&b);
	return good;
}

Test(link_stream, a_skipped_number_is_fetched_again)
{
	struct bench b = {0};

	start(&b, skipping_once, 0);
	ear_follow(b.ear, 0);
	ear_hear(b.ear, MSG_EVENT, 4, MS);
	once_each_in_order(b.ear, 1, 4);
	stop(&b);
}

static bool skipping(struct script_call *c, struct service *s, int64_t after, unsigned nth)
{
	(void)s;
	(void)nth;
	return said(c, after + 1, after + 2) && script_hold(c);
}

static bool unreadable(struct script_call *c, struct service *s, int64_t after, unsigned nth)
{
	struct buf b = {0};
	bool good;

	(void)s;
	(void)nth;
	(void)after;
	buf_printf(&b, "%sid: 1\nevent: x.y\ndata: {\"seq\":\"1\"}\n\n", ear_connection);
	good = script_stream(c) && script_say(c, buf_str(&b)) && script_hold(c);
	buf_clear(&b);
	return good;
}

static bool gone(struct script_call *c, struct service *s, int64_t after, unsigned nth)
{
	(void)s;
	(void)after;
	(void)nth;
	return script_json(c, 410, "{\"code\":\"events_gone\"}");
}

Test(link_stream, what_cannot_be_followed_any_more_must_be_loaded_anew)
{
	static stream_handler *const handlers[] = {gone, skipping, unreadable};

	for (size_t i = 0; i < ARRAY_LEN(handlers); i++) {
		struct bench b = {0};
		unsigned asked;

		start(&b, handlers[i], 0);
		ear_follow(b.ear, 0);
		ear_hear_link(b.ear, LINK_GONE, 1, MS);
		cr_expect_eq(ear_count(b.ear, MSG_EVENT), 0);
		asked = b.service.streams;
		cr_expect_leq(asked, 2);
		ear_turn(b.ear, 400, NULL, NULL);
		cr_expect_eq(b.service.streams, asked, "nobody asks again by himself");
		b.service.stream = plain;
		ear_follow(b.ear, 3);
		ear_hear(b.ear, MSG_EVENT, 2, MS);
		once_each_in_order(b.ear, 4, 5);
		stop(&b);
	}
}

static bool falling_silent(struct script_call *c, struct service *s, int64_t after, unsigned nth)
{
	(void)s;
	return said(c, after, nth == 0 ? 2 : 5) && script_hold(c);
}

Test(link_stream, a_silent_line_is_cut_and_opened_again)
{
	struct bench b = {0};

	start(&b, falling_silent, 300);
	ear_follow(b.ear, 0);
	ear_hear_link(b.ear, LINK_LOST, 1, MS);
	ear_hear(b.ear, MSG_EVENT, 5, MS);
	once_each_in_order(b.ear, 1, 5);
	stop(&b);
}

static bool beating(struct script_call *c, struct service *s, int64_t after, unsigned nth)
{
	(void)s;
	(void)nth;
	if (!said(c, after, 2))
		return false;
	for (int i = 0; i < 12; i++) {
		struct timespec t = {0, 100 * 1000 * 1000};

		nanosleep(&t, NULL);
		if (!script_say(c, STR_LIT(": heartbeat\n\n")))
			return false;
	}
	return script_hold(c);
}

Test(link_stream, a_heartbeat_keeps_a_line)
{
	struct bench b = {0};

	start(&b, beating, 600);
	ear_follow(b.ear, 0);
	ear_turn(b.ear, 1200, NULL, NULL);
	cr_expect_eq(b.service.streams, 1);
	ear_hear(b.ear, MSG_EVENT, 2, MS);
	stop(&b);
}

static bool never_answering(struct script_call *c, struct service *s, int64_t after, unsigned nth)
{
	(void)s;
	(void)after;
	(void)nth;
	return script_hold(c);
}

Test(link_stream, a_head_that_does_not_come_is_waited_for_with_a_limit, .timeout = 40)
{
	struct bench b = {0};

	start(&b, never_answering, 0);
	ear_follow(b.ear, 0);
	ear_hear_link(b.ear, LINK_LOST, 1, 15000);
	stop(&b);
}

static bool refusing_first(struct script_call *c, struct service *s, int64_t after, unsigned nth)
{
	(void)s;
	if (nth == 0)
		return script_json(c, 401, "{\"code\":\"token_expired\"}");
	return strcmp(c->request.bearer, "access2") == 0 && said(c, after, 5) && script_hold(c);
}

Test(link_stream, a_token_that_is_refused_is_renewed)
{
	struct bench b = {0};

	start(&b, refusing_first, 0);
	ear_follow(b.ear, 0);
	ear_hear(b.ear, MSG_EVENT, 5, MS);
	cr_expect_eq(script_asked(b.peer, "POST", "/api/auth/refresh"), 1);
	stop(&b);
}

static bool busy(struct script_call *c, struct service *s, int64_t after, unsigned nth)
{
	(void)s;
	(void)after;
	(void)nth;
	return script_say(
		c, STR_LIT("HTTP/1.1 503 No\r\nRetry-After: 9\r\nContent-Length: 0\r\n\r\n"));
}

Test(link_stream, a_service_that_says_when_is_believed)
{
	struct bench b = {0};

	start(&b, busy, 0);
	ear_follow(b.ear, 0);
	cr_expect_eq(ear_hear_link(b.ear, LINK_LOST, 1, MS)->retry_s, 9);
	stop(&b);
}

static bool ending(struct script_call *c, struct service *s, int64_t after, unsigned nth)
{
	struct buf b = {0};
	const char *session = s->at == 1   ? "\"" EAR_ID(5) "\""
			      : s->at == 2 ? "\"" EAR_ID(9) "\""
					   : "null";
	const char *user = s->at == 3 ? EAR_ID(8) : EAR_ID(1);
	bool good;

	(void)nth;
	stream_add(&b, after, 2);
	buf_printf(&b,
		   "id: 3\nevent: session.ended\ndata: {\"seq\":3,\"type\":\"session.ended\","
		   "\"created_at\":\"2026-11-22T17:05:09Z\",\"conversation_id\":null,"
		   "\"customer_id\":null,\"payload\":{\"session_id\":%s,\"user_id\":\"%s\","
		   "\"reason\":\"disabled\"}}\n\n",
		   session, user);
	event_add(&b, 4);
	good = script_stream(c) && script_say(c, buf_str(&b)) && script_hold(c);
	buf_clear(&b);
	return good;
}

Test(link_stream, the_end_of_the_own_session_is_told_and_nobody_elses)
{
	for (size_t at = 0; at < 4; at++) {
		struct bench b = {.service.at = at};
		bool own = at < 2;

		start(&b, ending, 0);
		ear_follow(b.ear, 0);
		if (own) {
			cr_expect_str_eq(ear_hear(b.ear, MSG_SIGNED_OUT, 1, MS)->code, "disabled");
			cr_expect_str_eq(
				ear_answer(b.ear, ear_ask(b.ear, OUT_LIST, NULL), MS)->code,
				"signed_out");
		} else {
			ear_hear(b.ear, MSG_EVENT, 4, MS);
			cr_expect_eq(ear_count(b.ear, MSG_SIGNED_OUT), 0);
		}
		stop(&b);
	}
}

static bool strange(struct script_call *c, struct service *s, int64_t after, unsigned nth)
{
	if (nth > 0)
		return said(c, after, 5) && script_hold(c);
	switch (s->at) {
	case 0: /* no connection first */
		return script_stream(c) && script_say(c, STR_LIT("data: {}\n\n")) && script_hold(c);
	case 1: /* somebody else's stream */
		return script_stream(c) &&
		       script_say(
			       c,
			       STR_LIT("event: connection\ndata: {\"organization_id\":\"" EAR_ID(
				       2) "\",\"user_id\":\"" EAR_ID(7) "\",\"last_event\":3,"
									"\"oldest_event\":1,"
									"\"server_time\":\"2026-11-"
									"22T17:05:09Z\"}\n\n")) &&
		       script_hold(c);
	case 2: /* a page of a proxy */
		return script_answer(c, 200, "text/html", "<html>data: hello\n\n</html>");
	case 3: /* bytes */
		return script_stream(c) && script_say(c, STR_LIT("\xff\xfe\0\0\n\n\r\r")) &&
		       script_hold(c);
	case 4: { /* a line without end */
		char piece[8192];

		memset(piece, 'x', sizeof piece);
		if (!script_stream(c))
			return false;
		while (script_say(c, str_make(piece, sizeof piece)))
			continue;
		return false;
	}
	default: /* a redirect */
		return script_say(c, STR_LIT("HTTP/1.1 302 Go\r\nLocation: http://127.0.0.1:1/\r\n"
					     "Content-Length: 0\r\n\r\n"));
	}
}

Test(link_stream, a_stream_that_is_none_is_left_and_tried_again, .timeout = 60)
{
	for (size_t at = 0; at < 6; at++) {
		struct bench b = {.service.at = at};

		start(&b, strange, at == 3 ? 300 : 0);
		ear_follow(b.ear, 0);
		ear_hear(b.ear, MSG_EVENT, 5, MS);
		once_each_in_order(b.ear, 1, 5);
		stop(&b);
	}
}

static bool many(struct script_call *c, struct service *s, int64_t after, unsigned nth)
{
	(void)s;
	(void)nth;
	return said(c, after, 1000) && script_hold(c);
}

Test(link_stream, a_thousand_missed_events_come_at_once)
{
	struct bench b = {0};

	start(&b, many, 0);
	ear_follow(b.ear, 0);
	ear_hear(b.ear, MSG_EVENT, 1000, MS);
	once_each_in_order(b.ear, 1, 1000);
	stop(&b);
}

Test(link_stream, follows_from_where_it_is_told_and_stops_with_the_session)
{
	struct bench b = {0};

	start(&b, plain, 0);
	ear_follow(b.ear, 0);
	ear_hear(b.ear, MSG_EVENT, 5, MS);
	b.ear->n = 0;
	ear_follow(b.ear, 4);
	ear_hear(b.ear, MSG_EVENT, 1, MS);
	once_each_in_order(b.ear, 5, 5);
	ear_ask(b.ear, OUT_SIGN_OUT, NULL);
	b.ear->n = 0;
	ear_turn(b.ear, 300, NULL, NULL);
	cr_expect_eq(b.ear->n, 0);
	cr_expect_eq(b.service.streams, 2);
	stop(&b);
}
