/*
 * socket_client.c - WebSockets that we open: messages of every size, and each way in which one
 * comes to nothing or ends is told once, with what the other side said.
 */
#include <criterion/criterion.h>
#include <pthread.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "server/net/socket.h"
#include "tests/support/net_peer.h"

#define LONG (1u << 20)

/* ---- the server's side: says everything back; "bye" closes ---- */

struct app {
	int unused;
};
static struct app app;
static struct net_server *server;

static bool allow(struct app *a, const struct web_request *r, void **self)
{
	*self = a;
	return !str_is(r->path, "/denied");
}

static void nothing(struct socket *s, void *self)
{
	(void)s;
	(void)self;
}

static void say_back(struct socket *s, void *self, bool text, struct str m)
{
	(void)self;
	if (str_is(m, "bye"))
		socket_close(s, 4001, "as you wish");
	else
		cr_expect(socket_send(s, text, m));
}

static void hello(struct app *a, const struct web_request *r, struct ticket t)
{
	(void)a;
	(void)r;
	web_reply(t, 200, "text/plain", STR_LIT("no socket here"));
}

static const struct socket_kind echo = {"echo",  2 * LONG, 2 * LONG, allow,
					nothing, say_back, nothing};
static const struct route routes[] = {
	{WEB_GET, "/echo", NULL, 0, NULL, &echo, NULL},
	{WEB_GET, "/denied", NULL, 0, NULL, &echo, NULL},
	{WEB_GET, "/hello", hello, 0, NULL, NULL, NULL},
	{0, NULL, NULL, 0, NULL, NULL, NULL},
};

/* ---- ours ---- */

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t changed = PTHREAD_COND_INITIALIZER;
static struct mine {
	const char *url;
	struct socket *s;
	unsigned opened, closed, messages, status;
	size_t length;
	char why[200], last[64];
	bool refused, close_at_once;
	uint64_t allocations;
} mine;

static void tell(void)
{
	pthread_cond_broadcast(&changed);
	pthread_mutex_unlock(&lock);
}

static void my_opened(struct socket *s, void *self)
{
	(void)s;
	pthread_mutex_lock(&lock);
	((struct mine *)self)->opened++;
	tell();
}

static void my_message(struct socket *s, void *self, bool text, struct str m)
{
	struct mine *me = self;

	(void)s;
	(void)text;
	pthread_mutex_lock(&lock);
	me->messages++;
	me->length = m.n;
	snprintf(me->last, sizeof me->last, "%.*s", (int)size_min(m.n, sizeof me->last - 1), m.p);
	tell();
}

static void my_closed(struct socket *s, void *self)
{
	struct mine *me = self;
	struct str why;

	pthread_mutex_lock(&lock);
	me->closed++;
	me->status = socket_status(s, &why);
	snprintf(me->why, sizeof me->why, STR_FMT, STR_ARG(why));
	me->s = NULL;
	tell();
}

static const struct socket_kind client = {"mine",    2 * LONG,   2 * LONG, NULL,
					  my_opened, my_message, my_closed};

static void do_connect(struct web *w, struct loop *l, void *with)
{
	struct mine *me = with;

	(void)l;
	me->s = sockets_connect(web_sockets(w), &client, me, me->url);
	me->refused = me->s == NULL;

	if (me->close_at_once)
		socket_close(me->s, 1000, "never mind");
}

static void do_send(struct web *w, struct loop *l, void *with)
{
	const struct str *m = with;
	uint64_t before = sockets_allocations(web_sockets(w));

	(void)l;
	cr_expect(socket_send(mine.s, true, *m));
	mine.allocations = sockets_allocations(web_sockets(w)) - before;
}

static void do_close(struct web *w, struct loop *l, void *with)
{
	(void)w;
	(void)l;
	(void)with;
	socket_close(mine.s, 1000, "done");
}

/* Waits until *value is at least n. */
static bool reached(const unsigned *value, unsigned n)
{
	struct timespec until;
	bool there;

	clock_gettime(CLOCK_REALTIME, &until);
	until.tv_sec += 10;
	pthread_mutex_lock(&lock);
	while (*value < n && pthread_cond_timedwait(&changed, &lock, &until) == 0)
		continue;
	there = *value >= n;
	pthread_mutex_unlock(&lock);
	return there;
}

static const char *at(const char *host, const char *path)
{
	static char url[300];

	snprintf(url, sizeof url, "ws://%s:%d%s", host, net_server_port(server), path);
	return url;
}

static void begin(const char *url)
{
	mine = (struct mine){.url = url, .close_at_once = mine.close_at_once};
	net_server_do(server, do_connect, &mine);
}

static void set_up(void)
{
	struct web_options o = {.tables = {routes, NULL}, .sockets_max = 8};

	server = net_server_start(&o, &app);
	mine.close_at_once = false;
}

static void tear_down(void)
{
	net_server_stop(server);
}

TestSuite(socket_client, .init = set_up, .fini = tear_down, .timeout = 60);

Test(socket_client, carries_messages_of_every_size_and_a_short_one_costs_no_allocation)
{
	static const size_t sizes[] = {0, 1, 125, 126, 4095, 4096, 65535, 65536, LONG};
	static const char *const hosts[] = {"127.0.0.1", "localhost"};
	char *p = xmalloc(LONG);

	memset(p, 'x', LONG);
	for (size_t h = 0; h < ARRAY_LEN(hosts); h++) {
		begin(at(hosts[h], "/echo"));
		cr_assert(reached(&mine.opened, 1), "%s: %s", hosts[h], mine.why);
		for (unsigned i = 0; i < ARRAY_LEN(sizes); i++) {
			struct str m = str_make(p, sizes[i]);

			net_server_do(server, do_send, &m);
			cr_assert(reached(&mine.messages, i + 1), "%zu bytes", sizes[i]);
			cr_expect_eq(mine.length, sizes[i]);
			if (sizes[i] < 4096)
				cr_expect_eq(mine.allocations, 0u, "%zu bytes", sizes[i]);
		}
		net_server_do(server, do_close, NULL);
		cr_expect(reached(&mine.closed, 1));
		cr_expect_eq(mine.status, 0u, "ended from here");
	}
	free(p);
}

Test(socket_client, learns_how_the_other_side_ended_it)
{
	struct str bye = STR_LIT("bye");

	begin(at("127.0.0.1", "/echo"));
	cr_assert(reached(&mine.opened, 1));
	net_server_do(server, do_send, &bye);
	cr_assert(reached(&mine.closed, 1));
	cr_expect_eq(mine.status, 4001u);
	cr_expect_str_eq(mine.why, "as you wish");
}

Test(socket_client, that_comes_to_nothing_is_told_once)
{
	int door = socket(AF_INET, SOCK_STREAM, 0); /* a port that nobody listens on */
	char nobody[100];
	struct sockaddr_in a = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	socklen_t n = sizeof a;

	cr_assert_eq(bind(door, (struct sockaddr *)&a, sizeof a), 0);
	cr_assert_eq(getsockname(door, (struct sockaddr *)&a, &n), 0);
	snprintf(nobody, sizeof nobody, "ws://127.0.0.1:%d/echo", ntohs(a.sin_port));

	const char *const urls[] = {at("127.0.0.1", "/denied"), nobody,
				    "ws://no-such-host.invalid/echo"};

	for (size_t i = 0; i < ARRAY_LEN(urls); i++) {
		begin(i == 0 ? at("127.0.0.1", "/denied") : urls[i]);
		cr_assert(reached(&mine.closed, 1), "%s", urls[i]);
		cr_expect_eq(mine.opened, 0u);
		cr_expect_eq(mine.status, 1006u, "%s: %u", urls[i], mine.status);
		cr_expect(mine.why[0] != '\0', "%s", urls[i]);
	}
	begin(at("127.0.0.1", "/hello"));
	cr_assert(reached(&mine.closed, 1));
	cr_expect_eq(mine.opened, 0u, "an answer that is no upgrade");
	close(door);
}

Test(socket_client, that_is_closed_before_it_is_open_never_opens)
{
	static const char *const hosts[] = {"127.0.0.1", "localhost"};

	for (size_t i = 0; i < ARRAY_LEN(hosts); i++) {
		mine.close_at_once = true;
		begin(at(hosts[i], "/echo"));
		cr_assert(reached(&mine.closed, 1), "%s", hosts[i]);
		cr_expect_eq(mine.opened, 0u);
		cr_expect_eq(mine.status, 0u);
	}
}

Test(socket_client, wants_a_url_that_it_can_use)
{
	static const char *const urls[] = {"",
					   "http://127.0.0.1/",
					   "ws://",
					   "127.0.0.1:80",
					   "ftp://127.0.0.1/x",
					   "ws://127.0.0.1:99999/"};

	for (size_t i = 0; i < ARRAY_LEN(urls); i++) {
		begin(urls[i]);
		cr_expect(mine.refused, "%s", urls[i]);
	}
}

Test(socket_client, may_be_open_or_on_its_way_when_all_ends)
{
	begin(at("127.0.0.1", "/echo"));
	cr_assert(reached(&mine.opened, 1));
	mine.url = at("localhost", "/echo");
	net_server_do(server, do_connect, &mine); /* and now the tear-down comes */
}
