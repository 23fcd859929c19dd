/*
 * link_session.c - signing in, the token's renewal, and every way in which a session ends.
 */
#include <criterion/criterion.h>
#include <pthread.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tests/support/script_peer.h"
#include "tests/support/uplink_ear.h"

#define MS 5000

struct service {
	const char *refresh_answer; /* NULL: new tokens "access2" */
	int refresh_status;
	unsigned lose_refresh; /* so many renewals get no answer */
	unsigned lose_me;
	int life; /* seconds of the first token */
	bool takes_first_token;
};

static bool tokens_given(struct script_call *c, const struct service *s)
{
	char body[256];

	snprintf(body, sizeof body,
		 "{\"access_token\":\"access1\",\"token_type\":\"Bearer\",\"expires_in\":%d,"
		 "\"refresh_token\":\"refresh1\"}",
		 s->life);
	return script_json(c, 200, body);
}

static bool serve(struct script_call *c)
{
	struct service *s = c->with;

	if (script_is(c, "POST", "/api/auth/login"))
		return strstr(c->request.body, "\"password\":\"right\"") != NULL
			       ? tokens_given(c, s)
			       : script_json(c, 401, "{\"code\":\"sign_in_refused\"}");
	if (script_is(c, "POST", "/api/auth/refresh")) {
		if (s->lose_refresh > 0) {
			s->lose_refresh--;
			return false;
		}
		if (s->refresh_answer != NULL)
			return script_json(c, s->refresh_status, s->refresh_answer);
		return script_json(c, 200, EAR_TOKENS("access2", "refresh2", 900));
	}
	if (!s->takes_first_token && strcmp(c->request.bearer, "access1") == 0)
		return script_json(c, 401, "{\"code\":\"token_refused\"}");
	if (script_is(c, "GET", "/api/me")) {
		if (s->lose_me > 0) {
			s->lose_me--;
			return script_reset(c);
		}
		return script_json(c, 200, ear_me);
	}
	if (script_is(c, "POST", "/api/auth/logout"))
		return script_answer(c, 204, "text/plain", "");
	return script_json(c, 200, "{\"items\":[],\"next_cursor\":null,\"last_event\":3}");
}

struct bench {
	struct service service;
	struct script_peer *peer;
	struct ear *ear;
	char state[64];
};

static void start_with(struct bench *b, bool stay)
{
	struct uplink_options o = {.stay_signed_in = stay};

	b->peer = script_start(serve, &b->service);
	snprintf(b->state, sizeof b->state, "/tmp/switchback-link-XXXXXX");
	cr_assert_not_null(mkdtemp(b->state));
	o.url = script_url(b->peer);
	o.state_dir = b->state;
	b->ear = ear_open(&o);
}

static void again(struct bench *b, bool stay)
{
	struct uplink_options o = {
		.stay_signed_in = stay, .url = script_url(b->peer), .state_dir = b->state};

	ear_close(b->ear);
	b->ear = ear_open(&o);
}

static void start(struct bench *b)
{
	if (b->service.life == 0)
		b->service.life = 900;
	start_with(b, false);
}

static void stop(struct bench *b)
{
	char command[128];

	ear_close(b->ear);
	script_stop(b->peer);
	snprintf(command, sizeof command, "%s/session", b->state);
	unlink(command);
	snprintf(command, sizeof command, "%s/session.lock", b->state);
	unlink(command);
	rmdir(b->state);
}

Test(link_session, signs_in_and_says_who_one_is)
{
	struct bench b = {.service.takes_first_token = true};
	const struct heard *h;
	uint32_t id;

	start(&b);
	id = ear_sign_in(b.ear, "velo", "marie@example.com", "right");
	h = ear_answer(b.ear, id, MS);
	cr_expect_eq(h->kind, MSG_SIGNED_IN);
	cr_expect_str_eq(h->text, "Marie");
	cr_expect(strstr(script_request_at(b.peer, 0)->body, "\"client\":\"switchback ") != NULL);
	cr_expect_str_eq(script_request_at(b.peer, 1)->bearer, "access1");
	stop(&b);
}

Test(link_session, a_wrong_password_is_refused_and_leaves_nothing)
{
	struct bench b = {0};
	const struct heard *h;

	start(&b);
	h = ear_answer(b.ear, ear_sign_in(b.ear, "velo", "marie@example.com", "wrong"), MS);
	cr_expect_eq(h->kind, MSG_REFUSED);
	cr_expect_eq(h->status, 401);
	cr_expect_str_eq(h->code, "sign_in_refused");
	h = ear_answer(b.ear, ear_ask(b.ear, OUT_LIST, NULL), MS);
	cr_expect_str_eq(h->code, "signed_out");
	cr_expect_eq(script_count(b.peer), 1);
	stop(&b);
}

Test(link_session, a_service_that_is_not_there_is_said_at_once)
{
	struct uplink_options o = {.url = "http://127.0.0.1:1"};
	struct ear *e = ear_open(&o);
	const struct heard *h = ear_answer(e, ear_sign_in(e, "velo", "m@example.com", "right"), MS);

	cr_expect_eq(h->kind, MSG_REFUSED);
	cr_expect_eq(h->status, 0);
	cr_expect_str_eq(h->code, "unreachable");
	ear_close(e);
}

Test(link_session, an_answer_about_oneself_that_is_lost_is_asked_again)
{
	struct bench b = {.service = {.takes_first_token = true, .lose_me = 2}};

	start(&b);
	cr_expect_eq(ear_answer(b.ear, ear_sign_in(b.ear, "velo", "m@e.com", "right"), MS)->kind,
		     MSG_SIGNED_IN);
	cr_expect_eq(script_asked(b.peer, "GET", "/api/me"), 3);
	stop(&b);
}

static bool is_renewed(void *peer)
{
	return script_asked(peer, "POST", "/api/auth/refresh") == 1;
}

static bool is_renewed_thrice(void *peer)
{
	return script_asked(peer, "POST", "/api/auth/refresh") == 3;
}

Test(link_session, a_token_is_renewed_before_it_ends)
{
	struct bench b = {.service = {.takes_first_token = true, .life = 1}};

	start(&b);
	ear_answer(b.ear, ear_sign_in(b.ear, "velo", "m@e.com", "right"), MS);
	cr_assert(ear_turn(b.ear, MS, is_renewed, b.peer));
	cr_expect_eq(ear_answer(b.ear, ear_ask(b.ear, OUT_LIST, NULL), MS)->kind, MSG_LIST);
	cr_expect_str_eq(script_request_at(b.peer, script_count(b.peer) - 1)->bearer, "access2");
	stop(&b);
}

/* The token was good for /api/me and is not any more: a revoked key, a restored database. */
static bool serve_turning(struct script_call *c)
{
	struct service *s = c->with;
	bool good;

	if (script_is(c, "GET", "/api/me"))
		return script_json(c, 200, ear_me);
	good = serve(c);
	s->takes_first_token = false;
	return good;
}

Test(link_session, a_token_that_is_refused_is_renewed_once_for_all_who_ask)
{
	struct bench b = {.service.life = 900};
	uint32_t ids[6];

	start(&b);
	ear_close(b.ear);
	script_stop(b.peer);
	b.peer = script_start(serve_turning, &b.service);
	b.ear = ear_open(&(struct uplink_options){.url = script_url(b.peer)});
	ear_answer(b.ear, ear_sign_in(b.ear, "velo", "m@e.com", "right"), MS);
	for (size_t i = 0; i < ARRAY_LEN(ids); i++)
		ids[i] = ear_ask(b.ear, OUT_LIST, NULL);
	for (size_t i = 0; i < ARRAY_LEN(ids); i++)
		cr_expect_eq(ear_answer(b.ear, ids[i], MS)->kind, MSG_LIST, "%zu", i);
	cr_expect_eq(script_asked(b.peer, "POST", "/api/auth/refresh"), 1);
	cr_expect_eq(ear_count(b.ear, MSG_SIGNED_OUT), 0);
	stop(&b);
}

Test(link_session, a_renewal_that_gets_no_answer_is_tried_again)
{
	struct bench b = {.service = {.takes_first_token = true, .life = 1, .lose_refresh = 2}};

	start(&b);
	ear_answer(b.ear, ear_sign_in(b.ear, "velo", "m@e.com", "right"), MS);
	cr_assert(ear_turn(b.ear, MS, is_renewed_thrice, b.peer));
	cr_expect_eq(ear_answer(b.ear, ear_ask(b.ear, OUT_LIST, NULL), MS)->kind, MSG_LIST);
	cr_expect_str_eq(script_request_at(b.peer, script_count(b.peer) - 1)->bearer, "access2");
	cr_expect_eq(ear_count(b.ear, MSG_SIGNED_OUT), 0);
	stop(&b);
}

Test(link_session, a_renewal_that_is_refused_ends_the_session_and_all_that_waits)
{
	struct bench b = {.service = {.life = 900,
				      .refresh_answer = "{\"code\":\"session_over\"}",
				      .refresh_status = 401}};
	const struct heard *h;
	uint32_t id;

	start(&b);
	ear_close(b.ear);
	script_stop(b.peer);
	b.peer = script_start(serve_turning, &b.service);
	b.ear = ear_open(&(struct uplink_options){.url = script_url(b.peer)});
	ear_answer(b.ear, ear_sign_in(b.ear, "velo", "m@e.com", "right"), MS);
	id = ear_say(b.ear, OUT_REPLY, EAR_ID(3), 2, "hello", 0);
	h = ear_answer(b.ear, id, MS);
	cr_expect_eq(h->kind, MSG_REFUSED);
	cr_expect_str_eq(h->code, "signed_out");
	h = ear_hear(b.ear, MSG_SIGNED_OUT, 1, MS);
	cr_expect_str_eq(h->code, "expired");
	stop(&b);
}

Test(link_session, signing_out_is_at_once_and_told_to_the_service)
{
	struct bench b = {.service.takes_first_token = true};

	start(&b);
	ear_answer(b.ear, ear_sign_in(b.ear, "velo", "m@e.com", "right"), MS);
	ear_ask(b.ear, OUT_SIGN_OUT, NULL);
	cr_expect_eq(b.ear->all[b.ear->n - 1].kind, MSG_SIGNED_OUT);
	cr_expect_str_eq(b.ear->all[b.ear->n - 1].code, "");
	uplink_leave(b.ear->uplink, MS);
	cr_expect_eq(script_asked(b.peer, "POST", "/api/auth/logout"), 1);
	stop(&b);
}

Test(link_session, a_session_that_is_not_kept_is_signed_out_when_one_leaves)
{
	struct bench b = {.service.takes_first_token = true};

	start(&b);
	ear_answer(b.ear, ear_sign_in(b.ear, "velo", "m@e.com", "right"), MS);
	uplink_leave(b.ear->uplink, MS);
	cr_expect_eq(script_asked(b.peer, "POST", "/api/auth/logout"), 1);
	stop(&b);
}

Test(link_session, another_user_signs_in_over_the_first)
{
	struct bench b = {.service.takes_first_token = true};

	start(&b);
	ear_answer(b.ear, ear_sign_in(b.ear, "velo", "m@e.com", "right"), MS);
	cr_expect_eq(ear_answer(b.ear, ear_sign_in(b.ear, "velo", "bo@e.com", "right"), MS)->kind,
		     MSG_SIGNED_IN);
	cr_expect_eq(script_asked(b.peer, "POST", "/api/auth/logout"), 1);
	cr_expect_eq(ear_count(b.ear, MSG_SIGNED_OUT), 0);
	stop(&b);
}

Test(link_session, a_kept_session_goes_on_at_the_next_start)
{
	struct bench b = {.service = {.takes_first_token = true, .life = 900}};
	char path[96];
	struct stat st;

	start_with(&b, true);
	cr_expect(!uplink_start(b.ear->uplink), "there is none yet");
	ear_answer(b.ear, ear_sign_in(b.ear, "velo", "marie@example.com", "right"), MS);
	uplink_leave(b.ear->uplink, MS);
	again(&b, true);
	snprintf(path, sizeof path, "%s/session", b.state);
	cr_assert_eq(stat(path, &st), 0);
	cr_expect_eq(st.st_mode & 0777, 0600);
	cr_expect(uplink_start(b.ear->uplink));
	cr_expect_eq(ear_hear(b.ear, MSG_SIGNED_IN, 1, MS)->id, 0);
	cr_expect_eq(script_asked(b.peer, "POST", "/api/auth/logout"), 0);
	ear_ask(b.ear, OUT_SIGN_OUT, NULL);
	again(&b, true);
	cr_expect(!uplink_start(b.ear->uplink), "signed out is signed out");
	stop(&b);
}

Test(link_session, a_kept_session_that_others_can_read_is_not_used)
{
	struct bench b = {.service = {.takes_first_token = true, .life = 900}};
	char path[96];

	start_with(&b, true);
	ear_answer(b.ear, ear_sign_in(b.ear, "velo", "marie@example.com", "right"), MS);
	again(&b, true);
	snprintf(path, sizeof path, "%s/session", b.state);
	cr_assert_eq(chmod(path, 0644), 0);
	cr_expect(!uplink_start(b.ear->uplink));
	stop(&b);
}

Test(link_session, two_consoles_of_one_user_do_not_share_a_kept_session)
{
	struct bench b = {.service = {.takes_first_token = true, .life = 900}};
	struct uplink_options o = {.stay_signed_in = true};
	struct ear *second;

	start_with(&b, true);
	ear_answer(b.ear, ear_sign_in(b.ear, "velo", "marie@example.com", "right"), MS);
	o.url = script_url(b.peer);
	o.state_dir = b.state;
	second = ear_open(&o);
	cr_expect(!uplink_start(second->uplink));
	cr_expect_eq(ear_answer(second, ear_sign_in(second, "velo", "b@e.com", "right"), MS)->kind,
		     MSG_SIGNED_IN);
	ear_close(second);
	again(&b, true);
	cr_expect(uplink_start(b.ear->uplink), "the first one's is untouched");
	stop(&b);
}

Test(link_session, only_an_address_that_is_safe_is_taken)
{
	static const struct {
		const char *url;
		bool insecure, good;
	} cases[] = {
		{"https://switchback.example.com", false, true},
		{"https://switchback.example.com:8443/console/", false, true},
		{"http://127.0.0.1:8080", false, true},
		{"http://127.3.2.1", false, true},
		{"http://[::1]:8080", false, true},
		{"http://localhost:8080", false, true},
		{"http://192.168.1.4", false, false},
		{"http://192.168.1.4", true, true},
		{"http://127.0.0.1.example.com", false, false},
		{"http://localhost.example.com", false, false},
		{"ftp://switchback.example.com", true, false},
		{"file:///etc/passwd", true, false},
		{"https://marie:secret@switchback.example.com", false, false},
		{"https://switchback.example.com/?a=b", false, false},
		{"https://switchback.example.com/#a", false, false},
		{"switchback.example.com", false, false},
		{"https://", false, false},
		{"", false, false},
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct uplink_options o = {.url = cases[i].url, .insecure_http = cases[i].insecure};
		struct err err;
		struct uplink *u = uplink_open(&o, NULL, NULL, &err);

		cr_expect_eq(u != NULL, cases[i].good, "%s", cases[i].url);
		uplink_close(u);
	}
}
