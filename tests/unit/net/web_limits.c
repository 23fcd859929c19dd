/*
 * web_limits.c - what the web server bounds: sizes, times, connections; and that it counts them.
 */
#include "server/net/web.h"

#include <arpa/inet.h>
#include <criterion/criterion.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include "shared/buf.h"
#include "shared/clock.h"
#include "tests/support/net_peer.h"

#define GET(path) "GET " path " HTTP/1.1\r\nHost: a\r\n\r\n"

struct app {
	int none;
};

static void hello(struct app *app, const struct web_request *r, struct ticket t)
{
	(void)app;
	(void)r;
	web_reply(t, 200, "text/plain", STR_LIT("hello"));
}

static void echo(struct app *app, const struct web_request *r, struct ticket t)
{
	(void)app;
	web_reply(t, 200, "text/plain", r->body);
}

static void denied(struct app *app, const struct web_request *r, struct ticket t)
{
	(void)app;
	(void)r;
	web_reply_refusal(t, PROBLEM_DENIED);
}

static const struct route routes[] = {
	{WEB_GET, "/hello", hello, 0, NULL, NULL, NULL},
	{WEB_POST, "/echo", echo, 0, NULL, NULL, NULL},
	{WEB_PUT, "/echo", echo, 10, NULL, NULL, NULL},
	{WEB_GET, "/denied", denied, 0, NULL, NULL, NULL},
	{0, NULL, NULL, 0, NULL, NULL, NULL},
};

static struct app app;
static struct net_server *server;
static struct net_answers got;
static int port;

static void start(struct web_options o)
{
	o.tables[0] = routes;
	server = net_server_start(&o, &app);
	port = net_server_port(server);
}

static void talk(const char *bytes, unsigned wanted)
{
	net_talk(port, str_of(bytes), 0, wanted, &got);
}

static bool has(const char *text)
{
	return memmem(got.bytes, got.n, text, strlen(text)) != NULL;
}

static void more(int fd, unsigned wanted)
{
	net_read(fd, wanted, 5000, &got);
}

static void fresh(void)
{
	got = (struct net_answers){.n = 0};
}

TestSuite(web_limits, .timeout = 60);

/* ---- sizes ---- */

static void talk_long(const char *before, size_t n, const char *after, unsigned wanted)
{
	struct buf b;

	buf_init(&b, 1u << 20);
	buf_add_cstr(&b, before);
	while (n-- > 0)
		buf_add_char(&b, 'x');
	buf_add_cstr(&b, after);
	net_talk(port, buf_str(&b), 0, wanted, &got);
	buf_clear(&b);
}

Test(web_limits, heads_and_bodies_have_their_limits)
{
	static const struct {
		const char *before;
		size_t n;
		const char *after;
		int status;
		const char *why;
	} cases[] = {
		{"GET /hello HTTP/1.1\r\nHost: a\r\nX: ", 16000, "\r\n\r\n", 200, "a long head"},
		{"GET /hello HTTP/1.1\r\nHost: a\r\nX: ", 16384, "\r\n\r\n", 431,
		 "too long a head"},
		{"GET /hello HTTP/1.1\r\nHost: a\r\nX: ", 60000, "", 431, "a head without an end"},
		{"GET /hello?", 8000, " HTTP/1.1\r\nHost: a\r\n\r\n", 200, "a long target"},
		{"GET /hello?", 8300, " HTTP/1.1\r\nHost: a\r\n\r\n", 414, "too long a target"},
		{"GET /", 60000, "", 414, "a target without an end"},
		{"POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 65536\r\n\r\n", 65536, "", 200,
		 "the largest body"},
		{"POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 65537\r\n\r\n", 65537, "", 413,
		 "one byte more"},
		{"PUT /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\n", 10, "", 200,
		 "a route's own limit"},
		{"PUT /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 11\r\n\r\n", 11, "", 413,
		 "one byte more than that"},
		{"POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n10000\r\n",
		 65536, "\r\n0\r\n\r\n", 200, "the largest body in a chunk"},
		{"POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n10000\r\n",
		 65536, "\r\n1\r\ny\r\n0\r\n\r\n", 413, "one byte more in another"},
		{"POST /nowhere HTTP/1.1\r\nHost: a\r\nContent-Length: 9999999\r\n\r\n", 60000, "",
		 413, "too large for nobody"},
	};

	start((struct web_options){0});
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		talk_long(cases[i].before, cases[i].n, cases[i].after, 1);
		cr_expect(got.count == 1 && got.status[0] == cases[i].status, "%s: %d",
			  cases[i].why, got.status[0]);
	}
	net_server_stop(server);
}

Test(web_limits, so_many_headers_and_no_more)
{
	struct buf b;

	start((struct web_options){0});
	for (int n = 99; n <= 100; n++) { /* and Host */
		buf_init(&b, 1u << 20);
		buf_add_cstr(&b, "GET /hello HTTP/1.1\r\nHost: a\r\n");
		for (int i = 0; i < n; i++)
			buf_printf(&b, "X-%d: y\r\n", i);
		buf_add_cstr(&b, "\r\n");
		net_talk(port, buf_str(&b), 0, 1, &got);
		cr_expect_eq(got.status[0], n == 99 ? 200 : 431);
		buf_clear(&b);
	}
	net_server_stop(server);
}

Test(web_limits, a_client_that_asks_first_is_told_whether_to_send)
{
	int fd;

	start((struct web_options){0});
	fd = net_connect(port);
	fresh();
	(void)net_send(fd,
		       STR_LIT("POST /echo HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\n"
			       "Content-Length: 2\r\n\r\n"),
		       0);
	while (got.continues == 0)
		net_read(fd, 1, 20, &got);
	(void)net_send(fd, STR_LIT("hi"), 0);
	more(fd, 1);
	cr_expect(got.status[0] == 200 && has("\r\n\r\nhi"));
	close(fd);
	talk("POST /echo HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: "
	     "99999\r\n\r\n",
	     1);
	cr_expect(got.status[0] == 413 && got.continues == 0, "not to send what would be refused");
	talk("POST /nowhere HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: "
	     "2\r\n\r\n",
	     1);
	cr_expect(got.status[0] == 404 && got.continues == 0);
	net_server_stop(server);
}

/* ---- times ---- */

Test(web_limits, a_request_that_does_not_arrive_in_time_is_refused)
{
	static const struct {
		const char *bytes, *why;
		int status; /* 0: the end without a word */
	} cases[] = {
		{"GET /hello HTTP/1.1\r\nHost:", "half a head", 408},
		{"POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhel", "half a body",
		 408},
		{"POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhel",
		 "half a chunk", 408},
		{"", "not a byte", 0},
		{"\r\n", "an empty line", 0},
	};

	start((struct web_options){.head_ms = 60, .body_ms = 60});
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		talk(cases[i].bytes, 9);
		cr_expect(got.ended && !got.reset, "%s", cases[i].why);
		cr_expect_eq(got.count, cases[i].status == 0 ? 0 : 1, "%s", cases[i].why);
		if (got.count == 1)
			cr_expect_eq(got.status[0], cases[i].status, "%s", cases[i].why);
	}
	net_server_stop(server);
}

Test(web_limits, a_trickle_does_not_hold_a_connection)
{
	int64_t begun = clock_mono_ms();
	int fd;

	start((struct web_options){.head_ms = 100});
	fd = net_connect(port);
	fresh();
	while (!got.ended && clock_mono_ms() - begun < 4000) {
		if (!net_send(fd, STR_LIT("X"), 0))
			break;
		net_read(fd, 9, 5, &got);
	}
	cr_expect(clock_mono_ms() - begun < 2000);
	close(fd);
	net_server_stop(server);
}

Test(web_limits, an_idle_connection_is_closed_quietly)
{
	start((struct web_options){.idle_ms = 60});
	talk(GET("/hello"), 9);
	cr_expect(got.count == 1 && got.ended && !got.reset);
	net_server_stop(server);
}

Test(web_limits, a_client_that_stays_after_the_end_is_cut)
{
	struct web_figures f;
	int fd;

	start((struct web_options){.linger_ms = 60});
	fd = net_connect(port);
	(void)net_send(fd, STR_LIT("GET /hello HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"),
		       0);
	do
		net_server_figures(server, &f);
	while (f.accepted == 0 || f.open > 0);
	close(fd);
	net_server_stop(server);
}

/* ---- many ---- */

Test(web_limits, connections_beyond_the_limit_are_told_to_come_again)
{
	struct web_figures f;
	int fds[4];

	start((struct web_options){.connections_max = 4});
	for (int i = 0; i < 4; i++) {
		fds[i] = net_connect(port);
		fresh();
		(void)net_send(fds[i], STR_LIT(GET("/hello")), 0);
		more(fds[i], 1);
		cr_expect_eq(got.status[0], 200);
	}
	talk(GET("/hello"), 9);
	cr_expect(got.count == 1 && got.status[0] == 503 && has("\r\nRetry-After: "));
	close(fds[0]);
	do
		net_server_figures(server, &f);
	while (f.open > 3);
	cr_expect_eq(f.turned_away, 1);
	talk(GET("/hello"), 1);
	cr_expect_eq(got.status[0], 200, "there is room again");
	for (int i = 1; i < 4; i++)
		close(fds[i]);
	net_server_stop(server);
}

Test(web_limits, one_address_gets_so_many_connections_and_loopback_as_many_as_there_are)
{
	struct web_options o = {.tables = {routes, NULL}, .per_address_max = 3};
	const char *own = net_own_address();
	struct web_figures f;
	int fds[4];

	start((struct web_options){.per_address_max = 3});
	for (int i = 0; i < 4; i++)
		fds[i] = net_connect(port);
	for (int i = 0; i < 4; i++) {
		fresh();
		(void)net_send(fds[i], STR_LIT(GET("/hello")), 0);
		more(fds[i], 1);
		cr_expect_eq(got.status[0], 200, "a proxy of ours stands there");
		close(fds[i]);
	}
	net_server_stop(server);
	if (own == NULL) {
		cr_skip_test("skipped: this machine has only loopback");
		return;
	}
	server = net_server_start_at(own, &o, &app);
	port = net_server_port(server);
	for (int i = 0; i < 4; i++) {
		fds[i] = net_connect_at(own, port);
		fresh();
		(void)net_send(fds[i], STR_LIT(GET("/hello")), 0);
		more(fds[i], 1);
		cr_expect_eq(got.status[0], i < 3 ? 200 : 503, "connection %d", i);
	}
	for (int i = 0; i < 4; i++)
		close(fds[i]);
	do
		net_server_figures(server, &f);
	while (f.open > 0);
	fds[0] = net_connect_at(own, port);
	fresh();
	(void)net_send(fds[0], STR_LIT(GET("/hello")), 0);
	more(fds[0], 1);
	cr_expect_eq(got.status[0], 200, "when they have gone there is room again");
	close(fds[0]);
	net_server_stop(server);
}

Test(web_limits, out_of_descriptors_it_waits_and_serves_afterwards)
{
	struct sockaddr_in a = {.sin_family = AF_INET};
	struct rlimit old, few;
	int fds[4], waiting;

	start((struct web_options){.linger_ms = 100}); /* looks more often, too */
	a.sin_port = htons((uint16_t)port);
	a.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	waiting = net_connect(port);
	fresh();
	(void)net_send(waiting, STR_LIT(GET("/hello")), 0);
	more(waiting, 1);
	for (int i = 0; i < 4; i++)
		fds[i] = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	cr_assert(getrlimit(RLIMIT_NOFILE, &old) == 0);
	few = (struct rlimit){3, old.rlim_max};
	cr_assert(setrlimit(RLIMIT_NOFILE, &few) == 0);
	for (int i = 0; i < 4; i++)
		cr_assert(connect(fds[i], (struct sockaddr *)&a, sizeof a) == 0);
	(void)net_send(waiting, STR_LIT(GET("/hello")), 0);
	more(waiting, 2);
	cr_expect_eq(got.count, 2, "who is in is served");
	cr_assert(setrlimit(RLIMIT_NOFILE, &old) == 0);
	for (int i = 0; i < 4; i++) {
		fresh();
		(void)net_send(fds[i], STR_LIT(GET("/hello")), 0);
		more(fds[i], 1);
		cr_expect_eq(got.status[0], 200);
		close(fds[i]);
	}
	close(waiting);
	net_server_stop(server);
}

Test(web_limits, counts_what_it_does)
{
	struct web_figures f;

	start((struct web_options){0});
	talk(GET("/hello") GET("/denied") GET("/hello"), 3);
	talk("rubbish\r\n\r\n", 9);
	net_server_figures(server, &f);
	cr_expect_eq(f.accepted, 2);
	cr_expect_eq(f.requests, 3);
	cr_expect_eq(f.answers[2], 2);
	cr_expect_eq(f.answers[4], 2);
	cr_expect_eq(f.refused, 1);
	net_server_stop(server);
}
