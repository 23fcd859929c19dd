/*
 * http.c - requests that we send, against a server that misbehaves: what matters is whether an
 * outcome may be asked again, and that nothing ever arrives twice.
 */
#include "server/net/http.h"

#include <arpa/inet.h>
#include <criterion/criterion.h>
#include <dlfcn.h>
#include <netdb.h>
#include <sys/socket.h>
#include <unistd.h>

#include "shared/clock.h"
#include "shared/log.h"
#include "tests/support/net_rogue.h"

/* ---- asking from a flow ---- */

static struct loop loop;
static struct flows *flows;
static struct http *http;
static struct rogue *rogue;

struct asking {
	struct flow flow;
	struct http_request request;
	struct http_answer answer;
	struct http_answer *out; /* where the test finds it */
	char *body;              /* and a copy of its body, 1,000 bytes of room */
};

static void answered(struct flow *f)
{
	struct asking *a = FLOW_SELF(f, struct asking);

	*a->out = a->answer;
	snprintf(a->body, 1000, STR_FMT, STR_ARG(a->answer.body));
}

static void first(struct flow *f)
{
	struct asking *a = FLOW_SELF(f, struct asking);

	http_send(f, http, &a->request, &a->answer);
	flow_then(f, answered);
}

static const struct flow_kind asking_kind = FLOW_KIND(asking, first, NULL, 20000);

static char said[1000]; /* the body of the last answer */

static void ask_begin(const struct http_request *r, struct http_answer *out, char *body)
{
	struct asking *a = flow_new(flows, &asking_kind);

	a->request = *r;
	a->out = out;
	a->body = body;
	flow_begin(&a->flow);
}

static struct http_answer ask_with(const struct http_request *r)
{
	struct http_answer answer = {.outcome = HTTP_UNCERTAIN, .status = -1};

	ask_begin(r, &answer, said);
	loop_run(&loop);
	return answer;
}

static const char *url_of(const char *path)
{
	static char url[128];

	snprintf(url, sizeof url, "http://127.0.0.1:%d%s", rogue_port(rogue), path);
	return url;
}

static struct http_answer ask(const char *method, const char *path, unsigned ms)
{
	struct http_request r = {.method = method, .url = url_of(path), .timeout_ms = ms};

	if (strcmp(method, "POST") == 0) {
		r.body = STR_LIT("Body=hello&To=%2B15550100");
		r.content_type = "application/x-www-form-urlencoded";
	}
	return ask_with(&r);
}

static void set_up(void)
{
	log_set_level(LOG_ERROR);
	loop_open(&loop);
	flows = flows_open(&loop, NULL);
	http = http_open(&loop, flows);
	rogue = rogue_start(false);
}

static void tear_down(void)
{
	flows_close(flows);
	http_close(http);
	loop_let_go(&loop);
	loop_run(&loop);
	loop_close(&loop);
	rogue_stop(rogue);
}

TestSuite(http, .init = set_up, .fini = tear_down, .timeout = 60);

/* ---- answers ---- */

Test(http, a_whole_answer_is_an_answer_whatever_its_status)
{
	static const struct {
		const char *method, *path;
		int status;
		const char *body;
		int retry_after_s;
	} cases[] = {
		{"GET", "/ok", 200, "ok", -1},
		{"POST", "/created", 201, "{\"sid\":\"SM\"}", -1},
		{"DELETE", "/ok", 200, "ok", -1},
		{"POST", "/busy", 429, "", 7},
		{"POST", "/redirect", 302, "", -1},
		{"GET", "/redirect", 302, "", -1},
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct http_answer a = ask(cases[i].method, cases[i].path, 5000);

		cr_expect(a.outcome == HTTP_ANSWERED, "%s: %s", cases[i].path, a.error);
		cr_expect_eq(a.status, cases[i].status, "%s: %d", cases[i].path, a.status);
		cr_expect_str_eq(said, cases[i].body, "%s", cases[i].path);
		cr_expect_eq(a.retry_after_s, cases[i].retry_after_s, "%s", cases[i].path);
		cr_expect_str_eq(a.error, "");
	}
	cr_expect_eq(rogue_seen(rogue, "/ok"), 2, "a redirect was followed");
	cr_expect_eq(rogue_connections(rogue), 1, "the connection is kept and used again");
}

Test(http, a_retry_after_may_be_a_date)
{
	struct http_answer a = ask("POST", "/later", 5000);

	cr_expect_eq(a.status, 503);
	cr_expect(a.retry_after_s >= 25 && a.retry_after_s <= 30, "%d", a.retry_after_s);
	cr_expect_eq(http_retry_after("0", 0), 0);
	cr_expect_eq(http_retry_after(" 12 ", 0), 12);
	cr_expect_eq(http_retry_after("-3", 0), -1);
	cr_expect_eq(http_retry_after("soon", 0), -1);
	cr_expect_eq(http_retry_after("", 0), -1);
	cr_expect_eq(http_retry_after("9999999", 0), 86400);
	cr_expect_eq(http_retry_after("Sun, 06 Nov 1994 08:49:37 GMT", 784111770), 7);
	cr_expect_eq(http_retry_after("Sun, 06 Nov 1994 08:49:37 GMT", 784111790), 0);
}

Test(http, what_is_sent_is_what_was_asked)
{
	struct http_request r = {.method = "POST",
				 .url = url_of("/echo"),
				 .user = "AC1",
				 .password = "secret",
				 .body = STR_LIT("Body=a%00b"),
				 .content_type = "application/x-www-form-urlencoded"};

	ask_with(&r);
	cr_expect(strstr(said, "POST /echo HTTP/1.1\r\n") == said, "%s", said);
	cr_expect(strstr(said, "\r\nAuthorization: Basic QUMxOnNlY3JldA==\r\n") != NULL, "%s",
		  said);
	cr_expect(strstr(said, "\r\nUser-Agent: switchback\r\n") != NULL);
	cr_expect(strstr(said, "\r\nContent-Type: application/x-www-form-urlencoded\r\n") != NULL);
	cr_expect(strstr(said, "\r\n\r\nBody=a%00b") != NULL);
	cr_expect(strstr(said, "Expect") == NULL);
}

/* ---- what may be asked again, and what not ---- */

static int closed_port(void)
{
	struct sockaddr_in a = {.sin_family = AF_INET};
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	socklen_t n = sizeof a;

	a.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	cr_assert(bind(fd, (struct sockaddr *)&a, n) == 0);
	cr_assert(getsockname(fd, (struct sockaddr *)&a, &n) == 0);
	close(fd);
	return ntohs(a.sin_port);
}

Test(http, what_never_left_was_not_sent)
{
	char refused[64], no_tls[64];
	struct http_request r = {.method = "POST", .body = STR_LIT("x"), .timeout_ms = 500};
	const char *urls[] = {refused,
			      no_tls,
			      "http://no-such-host.invalid/",
			      "ftp://127.0.0.1/",
			      "file:///etc/passwd",
			      "no url at all",
			      ""};

	snprintf(refused, sizeof refused, "http://127.0.0.1:%d/", closed_port());
	snprintf(no_tls, sizeof no_tls, "https://127.0.0.1:%d/ok", rogue_port(rogue));
	for (size_t i = 0; i < ARRAY_LEN(urls); i++) {
		struct http_answer a;

		r.url = urls[i];
		a = ask_with(&r);
		cr_expect(a.outcome == HTTP_NOT_SENT, "%s: %d", urls[i], a.outcome);
		cr_expect_eq(a.status, 0);
		cr_expect_str_neq(a.error, "");
	}
	cr_expect_eq(rogue_seen(rogue, "/ok"), 0);
}

/* In front of the C library's: names that end in ".hangs" take two seconds, in libcurl's own
 * thread. */
int getaddrinfo(const char *name, const char *service, const struct addrinfo *req,
		struct addrinfo **pai)
{
	int (*real)(const char *, const char *, const struct addrinfo *, struct addrinfo **) =
		(int (*)(const char *, const char *, const struct addrinfo *,
			 struct addrinfo **))dlsym(RTLD_NEXT, "getaddrinfo");

	if (name != NULL && str_ends(str_of(name), STR_LIT(".hangs"))) {
		sleep(2);
		return EAI_AGAIN;
	}
	return real(name, service, req, pai);
}

Test(http, a_name_that_cannot_be_looked_up_does_not_stop_the_others)
{
	struct http_request hangs = {.method = "POST",
				     .url = "http://provider.hangs/",
				     .body = STR_LIT("x"),
				     .timeout_ms = 200};
	struct http_request fine = {.method = "GET", .url = url_of("/ok")};
	struct http_answer one, two;
	static char body[1000];
	int64_t begun = clock_mono_ms();

	ask_begin(&hangs, &one, said);
	ask_begin(&fine, &two, body);
	loop_run(&loop);
	cr_expect(one.outcome == HTTP_NOT_SENT);
	cr_expect(two.outcome == HTTP_ANSWERED);
	cr_expect(clock_mono_ms() - begun < 1500, "the loop stood still");
}

Test(http, what_may_have_arrived_is_uncertain_and_arrives_once)
{
	static const char *const paths[] = {"/hang",  "/half",    "/drop", "/reset",
					    "/short", "/garbage", "/big"};

	for (size_t i = 0; i < ARRAY_LEN(paths); i++) {
		struct http_request r = {.method = "POST",
					 .url = url_of(paths[i]),
					 .body = STR_LIT("x"),
					 .timeout_ms = 300,
					 .answer_max = 1000};
		struct http_answer a = ask_with(&r);

		cr_expect(a.outcome == HTTP_UNCERTAIN, "%s: %d", paths[i], a.outcome);
		cr_expect_str_neq(a.error, "", "%s", paths[i]);
		cr_expect_eq(rogue_seen(rogue, paths[i]), 1, "%s arrived %u times", paths[i],
			     rogue_seen(rogue, paths[i]));
		cr_expect_eq(a.body.n, 0);
	}
}

Test(http, a_reused_connection_that_dies_after_reading_does_not_repeat)
{
	struct http_answer one = ask("POST", "/twice", 5000), two = ask("POST", "/twice", 5000);

	cr_expect(one.outcome == HTTP_ANSWERED);
	cr_expect(two.outcome == HTTP_UNCERTAIN, "%d %s", two.outcome, two.error);
	cr_expect_eq(rogue_seen(rogue, "/twice"), 2, "libcurl sent it again");
	/* and the next one goes over a new connection */
	cr_expect(ask("POST", "/ok", 5000).outcome == HTTP_ANSWERED);
}

Test(http, a_connection_that_was_closed_while_idle_costs_nothing)
{
	for (unsigned i = 1; i <= 3; i++) {
		struct http_answer a = ask("POST", "/once", 5000);

		cr_expect(a.outcome == HTTP_ANSWERED, "%s", a.error);
		rogue_wait_closed(rogue, i);
	}
	cr_expect_eq(rogue_seen(rogue, "/once"), 3);
	cr_expect_eq(rogue_connections(rogue), 3);
}

Test(http, a_connection_reset_unread_is_never_an_answer)
{
	struct rogue *deaf = rogue_start(true);
	char url[64];
	struct http_request r = {.method = "POST", .url = url, .body = STR_LIT("x")};

	snprintf(url, sizeof url, "http://127.0.0.1:%d/", rogue_port(deaf));
	for (int i = 0; i < 20; i++) {
		struct http_answer a = ask_with(&r);

		cr_expect(a.outcome != HTTP_ANSWERED);
	}
	cr_expect(rogue_connections(deaf) >= 20);
	rogue_stop(deaf);
}

/* ---- many ---- */

Test(http, a_host_gets_so_many_at_once_and_the_rest_waits)
{
	struct http_request r = {.method = "GET", .url = url_of("/ok"), .timeout_ms = 10000};
	static struct http_answer answers[100];
	static char bodies[100][1000];
	struct http_figures figures;

	for (int i = 0; i < 100; i++)
		ask_begin(&r, &answers[i], bodies[i]);
	http_figures(http, &figures);
	cr_expect_eq(figures.in_flight, 16);
	cr_expect_eq(figures.waiting, 84);
	loop_run(&loop);
	for (int i = 0; i < 100; i++)
		cr_expect(answers[i].outcome == HTTP_ANSWERED && strcmp(bodies[i], "ok") == 0, "%d",
			  i);
	cr_expect(rogue_peak(rogue) <= 16);
	cr_expect(rogue_connections(rogue) <= 16);
	cr_expect_eq(rogue_seen(rogue, "/ok"), 100);
}

Test(http, what_waits_too_long_for_a_connection_was_not_sent)
{
	struct http_request r = {.method = "POST", .url = url_of("/hang"), .timeout_ms = 1500};
	static struct http_answer answers[20];
	static char bodies[20][1000];
	unsigned not_sent = 0;

	for (int i = 0; i < 20; i++)
		ask_begin(&r, &answers[i], bodies[i]);
	loop_run(&loop);
	for (int i = 0; i < 20; i++) {
		cr_expect(answers[i].outcome != HTTP_ANSWERED);
		not_sent += answers[i].outcome == HTTP_NOT_SENT;
	}
	cr_expect_eq(not_sent, 4);
	cr_expect_eq(rogue_seen(rogue, "/hang"), 16);
}

Test(http, stops_with_requests_under_way)
{
	struct http_request r = {.method = "POST", .url = url_of("/hang"), .timeout_ms = 5000};
	static struct http_answer answers[20];
	static char bodies[20][1000];

	for (int i = 0; i < 20; i++)
		ask_begin(&r, &answers[i], bodies[i]);
	while (rogue_seen(rogue, "/hang") < 16)
		uv_run(&loop.uv, UV_RUN_NOWAIT);
	/* tear_down closes in the midst of it */
}
