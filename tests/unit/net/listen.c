/*
 * listen.c - where the server listens, and how it ends without refusing anybody.
 */
#include "server/net/listen.h"

#include <arpa/inet.h>
#include <criterion/criterion.h>
#include <errno.h>
#include <fcntl.h>
#include <semaphore.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "shared/log.h"
#include "tests/support/net_peer.h"

#define GET(path) "GET " path " HTTP/1.1\r\nHost: a\r\n\r\n"

struct app {
	struct web *web;
	struct loop *loop;
	struct ticket kept;
	bool has_kept;
};

static struct net_answers got;

TestSuite(listen, .timeout = 60);

Test(listen, says_what_to_do_when_it_cannot)
{
	struct err err;
	char port_text[32];
	int fd, other;

	cr_assert(listen_open("127.0.0.1", 0, &fd, &err), "%s", err.text);
	snprintf(port_text, sizeof port_text, "port %d ", listen_port(fd));
	cr_expect(!listen_open("127.0.0.1", listen_port(fd), &other, &err));
	cr_expect(strstr(err.text, port_text) != NULL && strstr(err.text, "set PORT") != NULL, "%s",
		  err.text);
	close(fd);
	cr_expect(!listen_open("everywhere", 0, &other, &err));
	cr_expect(strstr(err.text, "set LISTEN") != NULL, "%s", err.text);
	cr_expect(!listen_open("192.0.2.1", 0, &other, &err));
	cr_expect(strstr(err.text, "set LISTEN") != NULL, "%s", err.text);
	cr_expect(!listen_open("127.0.0.1", 65536, &other, &err));
	cr_expect(!listen_open("127.0.0.1", -1, &other, &err));
}

Test(listen, takes_an_address_of_either_kind)
{
	static const char *const addresses[] = {"127.0.0.1", "0.0.0.0", "::1", "::"};
	struct err err;
	int fd;

	for (size_t i = 0; i < ARRAY_LEN(addresses); i++) {
		if (!listen_open(addresses[i], 0, &fd, &err)) {
			cr_expect(strchr(addresses[i], ':') != NULL, "%s: %s", addresses[i],
				  err.text);
			continue; /* a machine without IPv6 */
		}
		cr_expect_gt(listen_port(fd), 0);
		cr_expect((fcntl(fd, F_GETFL) & O_NONBLOCK) != 0);
		cr_expect((fcntl(fd, F_GETFD) & FD_CLOEXEC) != 0);
		close(fd);
	}
}

/* ---- handed over ---- */

/* Runs f in a process of its own whose descriptor 3 is `fd`; true if it returned 0. */
static pid_t apart(int fd, int (*f)(void))
{
	pid_t child = fork();

	if (child == 0) {
		log_set_level(LOG_ERROR);
		if (fd >= 0)
			dup2(fd, 3);
		_exit(f());
	}
	return child;
}

static bool went_well(pid_t child)
{
	int status = -1;

	return waitpid(child, &status, 0) == child && status == 0;
}

static void set_env(const char *fds, const char *pid)
{
	setenv("LISTEN_FDS", fds, 1);
	if (pid == NULL)
		unsetenv("LISTEN_PID");
	else
		setenv("LISTEN_PID", pid, 1);
}

static int takes_what_is_meant_for_it(void)
{
	int fds[LISTEN_MAX];
	char mine[16];
	unsigned n = 9;
	struct err err;

	snprintf(mine, sizeof mine, "%d", getpid());
	set_env("1", mine);
	if (!listen_inherited(fds, &n, &err) || n != 1 || fds[0] != 3 || listen_port(3) == 0)
		return 1;
	if (getenv("LISTEN_FDS") != NULL || getenv("LISTEN_PID") != NULL)
		return 2;
	if ((fcntl(3, F_GETFD) & FD_CLOEXEC) == 0 || (fcntl(3, F_GETFL) & O_NONBLOCK) == 0)
		return 3;
	set_env("1", NULL); /* whoever says for nobody in particular means us */
	if (!listen_inherited(fds, &n, &err) || n != 1)
		return 4;
	set_env("1", "1"); /* a child of the one it was meant for */
	if (!listen_inherited(fds, &n, &err) || n != 0)
		return 5;
	return listen_inherited(fds, &n, &err) && n == 0 ? 0 : 6;
}

static int refuses_what_is_no_listener(void)
{
	int fds[LISTEN_MAX];
	unsigned n = 9;
	struct err err;

	dup2(open("/dev/null", O_RDONLY), 3);
	set_env("1", NULL);
	if (listen_inherited(fds, &n, &err) || strstr(err.text, "descriptor 3") == NULL)
		return 1;
	set_env("99", NULL);
	if (listen_inherited(fds, &n, &err))
		return 2;
	set_env("many", NULL);
	return listen_inherited(fds, &n, &err) && n == 0 ? 0 : 3;
}

Test(listen, takes_sockets_that_were_handed_over)
{
	struct err err;
	int fd;

	cr_assert(listen_open("127.0.0.1", 0, &fd, &err));
	cr_expect(went_well(apart(fd, takes_what_is_meant_for_it)));
	cr_expect(went_well(apart(-1, refuses_what_is_no_listener)));
	close(fd);
}

/* ---- draining ---- */

static void on_empty(void *with)
{
	struct app *app = with;

	web_close(app->web);
	loop_let_go(app->loop);
}

static void hello(struct app *app, const struct web_request *r, struct ticket t)
{
	(void)app;
	(void)r;
	web_reply(t, 200, NULL, STR_LIT("hello"));
}

static void leave(struct app *app, const struct web_request *r, struct ticket t)
{
	hello(app, r, t);
	web_drain(app->web, on_empty, app);
}

static void later(struct app *app, const struct web_request *r, struct ticket t)
{
	(void)r;
	app->kept = t;
	app->has_kept = true;
}

static const struct route routes[] = {
	{WEB_GET, "/hello", hello, 0, NULL, NULL, NULL},
	{WEB_GET, "/leave", leave, 0, NULL, NULL, NULL},
	{WEB_GET, "/later", later, 0, NULL, NULL, NULL},
	{0, NULL, NULL, 0, NULL, NULL, NULL},
};

/* A whole service on the socket that it inherits, until somebody asks for /leave. */
static int serves(void)
{
	struct web_options o = {.tables = {routes, NULL}};
	struct loop loop;
	struct app app = {.loop = &loop};
	struct err err;

	set_env("1", NULL);
	loop_open(&loop);
	app.web = web_open(&loop, &app, &o);
	if (!web_listen(app.web, "127.0.0.1", 1, &err)) /* the port is that of the socket */
		return 1;
	loop_run(&loop);
	loop_close(&loop);
	return 0;
}

Test(listen, a_successor_finds_the_queue_as_it_was_left)
{
	struct err err;
	pid_t child;
	int fd, port, client;

	cr_assert(listen_open("127.0.0.1", 0, &fd, &err));
	port = listen_port(fd);
	child = apart(fd, serves);
	net_talk(port, STR_LIT(GET("/hello") GET("/leave")), 0, 9, &got);
	cr_expect_eq(got.count, 2);
	cr_expect(got.ended && !got.reset);
	cr_expect(went_well(child));
	client = net_connect(port); /* nobody is there, yet it is not refused */
	cr_expect(net_send(client, STR_LIT(GET("/hello") GET("/leave")), 0));
	child = apart(fd, serves);
	got = (struct net_answers){.n = 0};
	net_read(client, 9, 5000, &got);
	cr_expect_eq(got.count, 2);
	close(client);
	cr_expect(went_well(child));
	close(fd);
}

static sem_t drained;

static void on_drained(void *with)
{
	(void)with;
	sem_post(&drained);
}

static void drain(struct web *w, struct loop *l, void *with)
{
	(void)l;
	(void)with;
	web_drain(w, on_drained, NULL);
}

static void answer_kept(struct web *w, struct loop *l, void *with)
{
	struct app *app = with;

	(void)w;
	(void)l;
	web_reply(app->kept, 200, NULL, STR_LIT("at last"));
}

static void look(struct web *w, struct loop *l, void *with)
{
	(void)w;
	(void)l;
	(void)with;
}

Test(listen, draining_finishes_what_is_under_way)
{
	struct web_options o = {.tables = {routes, NULL}};
	struct app app = {.has_kept = false};
	struct net_server *s = net_server_start(&o, &app);
	int port = net_server_port(s), idle = net_connect(port), busy = net_connect(port),
	    begun = net_connect(port), fresh = net_connect(port);

	sem_init(&drained, 0, 0);
	got = (struct net_answers){.n = 0};
	(void)net_send(idle, STR_LIT(GET("/hello")), 0);
	net_read(idle, 1, 5000, &got);
	(void)net_send(busy, STR_LIT(GET("/later") GET("/hello")), 0);
	while (!app.has_kept)
		net_server_do(s, look, NULL);
	(void)net_send(begun, STR_LIT("GET /hello HTTP/1.1\r\nHo"), 0);
	net_server_do(s, drain, NULL);
	cr_expect(sem_trywait(&drained) != 0, "it is not empty yet");

	net_read(idle, 9, 5000, &got);
	cr_expect(got.ended && got.count == 1 && !got.reset, "an idle connection ends");
	got = (struct net_answers){.n = 0};
	(void)net_send(begun, STR_LIT("st: a\r\n\r\n"), 0);
	net_read(begun, 9, 5000, &got);
	cr_expect(got.ended && got.count == 1 && got.status[0] == 200, "a request that had begun");
	cr_expect(memmem(got.bytes, got.n, "Connection: close", 17) != NULL);
	got = (struct net_answers){.n = 0};
	(void)net_send(fresh, STR_LIT(GET("/hello")), 0);
	net_read(fresh, 9, 5000, &got);
	cr_expect(got.ended && got.count == 1 && got.status[0] == 200,
		  "the first of a new connection");
	got = (struct net_answers){.n = 0};
	net_server_do(s, answer_kept, &app);
	net_read(busy, 9, 5000, &got);
	cr_expect(got.ended && got.count == 1, "the request under way, and none after it");
	close(idle);
	close(busy);
	close(begun);
	close(fresh);
	cr_expect(sem_wait(&drained) == 0, "and then it is empty");
	net_server_stop(s);
}

Test(listen, draining_an_empty_server_is_over_at_once)
{
	struct web_options o = {.tables = {routes, NULL}};
	struct app app = {.has_kept = false};
	struct net_server *s = net_server_start(&o, &app);

	sem_init(&drained, 0, 0);
	net_server_do(s, drain, NULL);
	cr_expect(sem_trywait(&drained) == 0);
	net_server_stop(s);
}
