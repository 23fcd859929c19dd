/*
 * web.c - the web server over real connections: answers, now and later. Its limits: web_limits.c.
 */
#include "server/net/web.h"

#include <criterion/criterion.h>
#include <sys/socket.h>
#include <unistd.h>

#include "tests/support/net_peer.h"

#define GET(path) "GET " path " HTTP/1.1\r\nHost: a\r\n\r\n"

struct app {
	struct ticket kept[16]; /* of requests to /later */
	unsigned kept_n;
	char seen[1000]; /* of the last request to /seen, after it was answered */
};

static void hello(struct app *app, const struct web_request *r, struct ticket t)
{
	(void)app;
	(void)r;
	web_reply(t, 200, "text/plain", STR_LIT("hello"));
}

static void later(struct app *app, const struct web_request *r, struct ticket t)
{
	(void)r;
	app->kept[app->kept_n++] = t;
}

/* Answers first and looks at its request afterwards: the bytes must still be there. */
static void seen(struct app *app, const struct web_request *r, struct ticket t)
{
	web_reply(t, 200, NULL, STR_LIT(""));
	snprintf(app->seen, sizeof app->seen,
		 STR_FMT " " STR_FMT " " STR_FMT " " STR_FMT " " STR_FMT, STR_ARG(r->path),
		 STR_ARG(r->query), STR_ARG(r->params[0]), STR_ARG(r->params[1]), STR_ARG(r->body));
}

static void denied(struct app *app, const struct web_request *r, struct ticket t)
{
	struct err err;

	(void)app;
	(void)r;
	(void)err_set(&err, ERR_DENIED, "the signature of AC1 is wrong");
	web_reply_problem(t, &err);
}

static void twice(struct app *app, const struct web_request *r, struct ticket t)
{
	hello(app, r, t);
	denied(app, r, t);
}

static void fields(struct app *app, const struct web_request *r, struct ticket t)
{
	struct web_field f[] = {{"Location", STR_LIT("/a\r\nSet-Cookie: x")},
				{"X-One", web_header(r, "x")}};

	(void)app;
	web_reply_headers(t, 201, "application/json", STR_LIT("{}"), f, ARRAY_LEN(f));
}

static void large(struct app *app, const struct web_request *r, struct ticket t)
{
	size_t n = 20u << 20;
	char *p = xmalloc(n);

	(void)app;
	(void)r;
	memset(p, 'x', n);
	web_reply(t, 200, "text/plain", str_make(p, n));
	free(p);
}

/* Leaves HTTP: what is said from here on is the taker's business. */
static void take(struct app *a, const struct web_request *r, struct ticket t)
{
	int fd = web_take(t);

	(void)a;
	(void)r;
	(void)!send(fd, "taken", 5, MSG_NOSIGNAL);
	close(fd);
	if (web_take(t) != -1)
		BUG("a connection is taken once");
}

static const struct route routes[] = {
	{WEB_GET, "/take", take, 0, NULL, NULL, NULL},
	{WEB_GET, "/hello", hello, 0, NULL, NULL, NULL},
	{WEB_GET, "/later", later, 0, NULL, NULL, NULL},
	{WEB_POST, "/later", later, 0, NULL, NULL, NULL},
	{WEB_GET, "/denied", denied, 0, NULL, NULL, NULL},
	{WEB_GET, "/twice", twice, 0, NULL, NULL, NULL},
	{WEB_GET, "/fields", fields, 0, NULL, NULL, NULL},
	{WEB_GET, "/large", large, 0, NULL, NULL, NULL},
	{0, NULL, NULL, 0, NULL, NULL, NULL},
};
static const struct route more_routes[] = {
	{WEB_PUT, "/seen/{id}/of/{name}", seen, 0, NULL, NULL, NULL},
	{WEB_DELETE, "/hello", hello, 0, NULL, NULL, NULL},
	{0},
};

static struct app app;
static struct net_server *server;
static struct net_answers got;
static int port;

static void start(struct web_options o)
{
	o.tables[0] = routes;
	o.tables[1] = more_routes;
	app = (struct app){.kept_n = 0};
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

TestSuite(web, .timeout = 60);

/* ---- answers ---- */

Test(web, answers_with_what_the_handler_says)
{
	start((struct web_options){0});
	talk(GET("/hello"), 1);
	cr_expect_eq(got.status[0], 200);
	cr_expect(has("HTTP/1.1 200 OK\r\n") && has("\r\nContent-Length: 5\r\n") &&
		  has("\r\n\r\nhello"));
	cr_expect(has("\r\nDate: ") && has(" GMT\r\n") && has("\r\nCache-Control: no-store\r\n"));
	cr_expect(has("\r\nX-Request-Id: "));
	cr_expect(!has("Server:") && !has("Access-Control") && !has("Connection:"));
	talk("GET /fields HTTP/1.1\r\nHost: a\r\nX: y\r\n\r\n", 1);
	cr_expect_eq(got.status[0], 201);
	cr_expect(has("\r\nLocation: /a__Set-Cookie: x\r\n"), "a value must not begin a header");
	cr_expect(has("\r\nX-One: y\r\n"));
	talk("HEAD /hello HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n", 99);
	cr_expect(has("\r\nContent-Length: 5\r\n") && !has("hello"),
		  "HEAD is answered without the body");
	net_server_stop(server);
}

Test(web, a_problem_tells_no_more_than_it_must)
{
	static const struct {
		const char *request;
		int status;
		const char *code;
	} cases[] = {
		{GET("/denied"), 403, "forbidden"},
		{GET("/nowhere"), 404, "not_found"},
		{"POST /hello HTTP/1.1\r\nHost: a\r\n\r\n", 405, "method_not_allowed"},
		{"GET /hello HTTP/1.1\r\n\r\n", 400, "malformed_request"},
	};

	start((struct web_options){0});
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		char code[64], status[32];

		talk(cases[i].request, 1);
		snprintf(code, sizeof code, "\"code\":\"%s\"", cases[i].code);
		snprintf(status, sizeof status, "\"status\":%d", cases[i].status);
		cr_expect_eq(got.status[0], cases[i].status);
		cr_expect(has("\r\nContent-Type: application/problem+json\r\n"));
		cr_expect(has("{\"type\":\"about:blank\",\"title\":\"") && has(code) &&
			  has(status));
		cr_expect(has("\"request_id\":\""));
		cr_expect(!has("AC1"), "the reason is for the log");
	}
	talk("POST /hello HTTP/1.1\r\nHost: a\r\n\r\n", 1);
	cr_expect(has("\r\nAllow: GET, HEAD, DELETE\r\n"), "405 says what is allowed");
	net_server_stop(server);
}

Test(web, a_handlers_refusal_keeps_the_connection_and_a_wrong_path_ends_it)
{
	start((struct web_options){0});
	talk(GET("/denied") GET("/hello"), 2);
	cr_expect(got.count == 2 && got.status[0] == 403 && got.status[1] == 200);
	talk(GET("/nowhere") GET("/hello"), 2);
	cr_expect(got.count == 1 && got.ended && !got.reset && has("\r\nConnection: close\r\n"));
	net_server_stop(server);
}

Test(web, the_request_stays_readable_until_the_handler_returns)
{
	static const char request[] = "PUT /seen/7/of/a%20b?x=1&y HTTP/1.1\r\nHost: a\r\n"
				      "Content-Length: 4\r\n\r\nbody" GET("/hello");

	start((struct web_options){0});
	talk(request, 2);
	cr_expect_eq(got.count, 2);
	cr_expect_str_eq(app.seen, "/seen/7/of/a%20b x=1&y 7 a%20b body");
	net_server_stop(server);
}

Test(web, only_the_first_answer_counts)
{
	start((struct web_options){0});
	talk(GET("/twice") GET("/hello"), 2);
	cr_expect(got.count == 2 && got.status[0] == 200 && got.status[1] == 200);
	net_server_stop(server);
}

Test(web, a_large_answer_arrives_whole_and_the_next_request_after_it)
{
	static char bytes[256 * 1024];
	size_t total = 0, x = 0;
	ssize_t n;
	int fd;

	start((struct web_options){0});
	fd = net_connect(port);
	(void)net_send(fd,
		       STR_LIT(GET("/large") "GET /hello HTTP/1.1\r\nHost: a\r\n"
					     "Connection: close\r\n\r\n"),
		       0);
	while ((n = recv(fd, bytes, sizeof bytes, 0)) > 0) {
		total += (size_t)n;
		for (ssize_t i = 0; i < n; i++)
			x += bytes[i] == 'x';
	}
	cr_expect_eq(n, 0);
	cr_expect(x >= 20u << 20 && x < (20u << 20) + 10, "%zu of the large one", x);
	cr_expect(total > (20u << 20) + 200, "and the other behind it");
	close(fd);
	net_server_stop(server);
}

Test(web, a_client_that_does_not_read_its_answer_is_cut)
{
	struct web_figures f;
	int fd;

	start((struct web_options){.write_ms = 60});
	fd = net_connect(port);
	(void)net_send(fd, STR_LIT(GET("/large")), 0);
	do
		net_server_figures(server, &f);
	while (f.accepted == 0 || f.open > 0);
	close(fd);
	net_server_stop(server);
}

/* ---- later ---- */

static void answer_kept(struct web *w, struct loop *l, void *with)
{
	(void)w;
	(void)l;
	web_reply(app.kept[*(unsigned *)with], 200, NULL, STR_LIT("at last"));
}

static void kept_wait(unsigned n)
{
	struct web_figures f;

	do
		net_server_figures(server, &f); /* goes through the server's own thread */
	while (app.kept_n < n);
}

static void answer_now(unsigned which)
{
	net_server_do(server, answer_kept, &which);
}

Test(web, an_answer_may_come_later_and_what_follows_waits)
{
	int fd;

	start((struct web_options){0});
	fd = net_connect(port);
	fresh();
	(void)net_send(fd, STR_LIT(GET("/later") GET("/hello") GET("/later")), 0);
	kept_wait(1);
	(void)net_send(fd, STR_LIT(GET("/hello")), 0);
	net_read(fd, 1, 50, &got);
	cr_expect_eq(got.count, 0, "nothing is answered before its turn");
	answer_now(0);
	more(fd, 2);
	cr_expect(got.count == 2 && has("at last"));
	kept_wait(2);
	answer_now(1);
	more(fd, 4);
	cr_expect_eq(got.count, 4);
	answer_now(0);
	answer_now(1);
	cr_expect(!web_waits(app.kept[0]));
	close(fd);
	net_server_stop(server);
}

Test(web, a_ticket_of_a_client_that_left_reaches_nobody)
{
	struct web_figures f;
	int fd;

	start((struct web_options){0});
	for (unsigned i = 0; i < 5; i++) {
		fd = net_connect(port);
		(void)net_send(fd, STR_LIT(GET("/later")), 0);
		kept_wait(i + 1);
		close(fd);
	}
	fd = net_connect(port);
	(void)net_send(fd, STR_LIT(GET("/later")), 0);
	kept_wait(6);
	for (unsigned i = 0; i < 5; i++) {
		answer_now(i);
		answer_now(i);
	}
	fresh();
	net_read(fd, 1, 30, &got);
	cr_expect_eq(got.count, 0, "another client got the answer");
	answer_now(5);
	more(fd, 1);
	cr_expect(has("at last"));
	close(fd);
	do
		net_server_figures(server, &f);
	while (f.open > 0);
	net_server_stop(server);
}

Test(web, a_half_closed_client_still_gets_its_answer)
{
	int fd;

	start((struct web_options){0});
	fd = net_connect(port);
	fresh();
	(void)net_send(fd, STR_LIT(GET("/later")), 0);
	shutdown(fd, SHUT_WR);
	kept_wait(1);
	answer_now(0);
	more(fd, 2);
	cr_expect(got.count == 1 && got.ended && has("at last"));
	close(fd);
	net_server_stop(server);
}

Test(web, a_handler_that_never_answers_is_given_up)
{
	start((struct web_options){.answer_ms = 40});
	talk(GET("/later") GET("/hello"), 9);
	cr_expect(got.count == 1 && got.status[0] == 503 && got.ended);
	answer_now(0); /* nobody */
	net_server_stop(server);
}

Test(web, a_connection_that_is_taken_is_http_no_more)
{
	struct web_figures f;

	start((struct web_options){0});
	talk(GET("/take"), 1);
	cr_expect(got.ended && got.n == 5 && memcmp(got.bytes, "taken", 5) == 0);
	net_server_figures(server, &f);
	cr_expect_eq(f.open, 0);
	talk(GET("/hello"), 1);
	cr_expect_eq(got.count, 1, "the others go on");
	net_server_stop(server);
}

Test(web, stops_with_tickets_out)
{
	int fd;

	start((struct web_options){0});
	fd = net_connect(port);
	(void)net_send(fd, STR_LIT(GET("/later")), 0);
	kept_wait(1);
	net_server_stop(server);
	fresh();
	more(fd, 1);
	cr_expect(got.ended && got.count == 0);
	close(fd);
}
