/*
 * socket.c - WebSockets from the request to the end: what is let in, echoes of every size, what is
 * too much, and how they end.
 */
#include "server/net/socket.h"

#include <criterion/criterion.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "tests/support/net_peer.h"

#define ASK                                                                               \
	"GET /echo HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\nConnection: keep-alive, " \
	"Upgrade\r\n"                                                                     \
	"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
#define MESSAGE_MAX (2u << 20)

struct app {
	unsigned allowed, opened, closed;
	struct socket *last;
};

static struct app app;
static struct net_server *server;
static struct net_answers got;

static bool allow(struct app *a, const struct web_request *r, void **self)
{
	a->allowed++;
	*self = a;
	return !str_is(web_header(r, "x-twilio-signature"), "wrong");
}

static void opened(struct socket *s, void *self)
{
	((struct app *)self)->opened++;
	((struct app *)self)->last = s;
}

static void message(struct socket *s, void *self, bool text, struct str m)
{
	(void)self;
	if (str_is(m, "close"))
		socket_close(s, 4001, "as you wish");
	else if (str_is(m, "many")) {
		for (int i = 0; i < 1000; i++)
			cr_expect(socket_send(s, true, STR_LIT("0123456789")));
	} else {
		(void)socket_send(s, text, m);
	}
}

static void closed(struct socket *s, void *self)
{
	(void)s;
	((struct app *)self)->closed++;
}

static const struct socket_kind echo = {"echo", MESSAGE_MAX, 0, allow, opened, message, closed};
static const struct route routes[] = {
	{WEB_GET, "/echo", NULL, 0, NULL, &echo, NULL},
	{0, NULL, NULL, 0, NULL, NULL, NULL},
};

static void set_up(void)
{
	struct web_options o = {.tables = {routes, NULL}, .sockets_max = 8};

	server = net_server_start(&o, &app);
}

static void tear_down(void)
{
	net_server_stop(server);
	cr_expect_eq(app.closed, app.opened, "each that was opened is closed");
}

TestSuite(socket, .init = set_up, .fini = tear_down, .timeout = 60);

/* ---- a client ---- */

static int ask(const char *head)
{
	int fd = net_connect(net_server_port(server));

	got = (struct net_answers){.n = 0};
	(void)net_send(fd, str_of(head), 0);
	net_read(fd, 1, 5000, &got);
	return fd;
}

static int enter(void)
{
	int fd = ask(ASK "\r\n");

	cr_assert_eq(got.status[0], 101);
	return fd;
}

/* One masked frame; the mask is zero, which changes nothing. */
static void frame_send(int fd, unsigned char first, struct str m)
{
	unsigned char head[14] = {first};
	size_t n = 2;

	if (m.n < 126) {
		head[1] = (unsigned char)(0x80 | m.n);
	} else if (m.n < 65536) {
		head[1] = 0x80 | 126;
		head[2] = (unsigned char)(m.n >> 8);
		head[3] = (unsigned char)m.n;
		n = 4;
	} else {
		head[1] = 0x80 | 127;
		for (int i = 0; i < 8; i++)
			head[2 + i] = (unsigned char)((uint64_t)m.n >> (56 - 8 * i));
		n = 10;
	}
	(void)net_send(fd, str_make((char *)head, n + 4), 0);
	(void)net_send(fd, m, 0);
}

static bool take(int fd, void *p, size_t n)
{
	struct pollfd ready = {.fd = fd, .events = POLLIN};
	size_t at = 0;
	ssize_t more;

	while (at < n) {
		if (poll(&ready, 1, 5000) <= 0)
			return false;
		more = recv(fd, (char *)p + at, n - at, 0);
		if (more <= 0)
			return false;
		at += (size_t)more;
	}
	return true;
}

/* Reads a frame that is no ping; the kind, or -1 at the end of the connection. */
static int frame_read(int fd, char *p, size_t room, size_t *n)
{
	unsigned char head[10];

	for (;;) {
		uint64_t length;

		if (!take(fd, head, 2))
			return -1;
		length = head[1];
		if (length == 126) {
			if (!take(fd, head + 2, 2))
				return -1;
			length = (uint64_t)head[2] << 8 | head[3];
		} else if (length == 127) {
			length = 0;
			if (!take(fd, head + 2, 8))
				return -1;
			for (int i = 0; i < 8; i++)
				length = length << 8 | head[2 + i];
		}
		cr_assert(length <= room);
		if (!take(fd, p, (size_t)length))
			return -1;
		*n = (size_t)length;
		if ((head[0] & 15) != 9)
			return head[0];
	}
}

/* The close frame's status, 0 if the connection ended without one. */
static unsigned close_read(int fd)
{
	char p[256];
	size_t n = 0;
	int kind;

	while ((kind = frame_read(fd, p, sizeof p, &n)) >= 0 && (kind & 15) != 8)
		;
	return kind < 0 || n < 2 ? 0 : (unsigned)(unsigned char)p[0] << 8 | (unsigned char)p[1];
}

static void closed_wait(unsigned n)
{
	struct web_figures f;

	do
		net_server_figures(server, &f);
	while (app.closed < n || f.sockets > app.opened - app.closed);
}

/* ---- entering ---- */

Test(socket, lets_in_only_who_asks_rightly)
{
	static const struct {
		const char *head;
		int status;
		const char *why;
	} cases[] = {
		{ASK "X-Twilio-Signature: wrong\r\n\r\n", 403, "not allowed"},
		{ASK "Origin: https://a.example\r\n\r\n", 403, "a browser"},
		{"GET /echo HTTP/1.1\r\nHost: a\r\n\r\n", 426, "a plain request"},
		{"GET /echo HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\n\r\n", 426, "half a wish"},
		{"GET /echo HTTP/1.1\r\nHost: a\r\nUpgrade: h2c\r\nConnection: upgrade\r\n\r\n",
		 426, "another protocol"},
		{"GET /echo HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\nConnection: upgrade\r\n"
		 "Sec-WebSocket-Version: 8\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n",
		 426, "an old version"},
		{"GET /echo HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\nConnection: upgrade\r\n"
		 "Sec-WebSocket-Version: 13\r\n\r\n",
		 400, "no key"},
		{"GET /echo HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\nConnection: upgrade\r\n"
		 "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhb\r\n\r\n",
		 400, "a short key"},
		{ASK "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n", 400, "two keys"},
		{ASK "Content-Length: 3\r\n\r\nabc", 400, "a body"},
		{"GET /echo HTTP/1.0\r\nUpgrade: websocket\r\nConnection: upgrade\r\n"
		 "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n",
		 426, "HTTP/1.0"},
		{"POST /echo HTTP/1.1\r\nHost: a\r\n\r\n", 405, "another method"},
	};
	char long_head[4096];

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		close(ask(cases[i].head));
		cr_expect_eq(got.status[0], cases[i].status, "%s: %d", cases[i].why, got.status[0]);
	}
	snprintf(long_head, sizeof long_head, "%sX: %02000d\r\n\r\n", ASK, 0);
	close(ask(long_head));
	cr_expect_eq(got.status[0], 431, "a long head");
	cr_expect_eq(app.opened, 0);
}

Test(socket, so_many_and_no_more)
{
	int fds[8];

	for (int i = 0; i < 8; i++)
		fds[i] = enter();
	close(ask(ASK "\r\n"));
	cr_expect_eq(got.status[0], 503);
	close(fds[0]);
	closed_wait(1);
	fds[0] = enter();
	for (int i = 0; i < 8; i++)
		close(fds[i]);
	closed_wait(9);
}

/* ---- messages ---- */

static char *sent, *received;

static void echo_check(int fd, size_t n)
{
	size_t back = 0;

	frame_send(fd, 0x82, str_make(sent, n));
	cr_assert_eq(frame_read(fd, received, MESSAGE_MAX, &back), 0x82, "%zu bytes", n);
	cr_expect(back == n && memcmp(sent, received, n) == 0, "%zu bytes came back as %zu", n,
		  back);
}

Test(socket, echoes_every_size)
{
	static const size_t sizes[] = {0,     1,      10,       125,        126,   127,
				       1000,  4095,   4096,     4097,       65535, 65536,
				       65537, 100000, 1u << 20, MESSAGE_MAX};
	int fd = enter();

	sent = xmalloc(MESSAGE_MAX);
	received = xmalloc(MESSAGE_MAX);
	for (size_t i = 0; i < MESSAGE_MAX; i++)
		sent[i] = (char)(i * 7 + i / 251);
	for (size_t i = 0; i < ARRAY_LEN(sizes); i++)
		echo_check(fd, sizes[i]);
	free(sent);
	free(received);
	close(fd);
	closed_wait(1);
}

Test(socket, reads_what_came_right_behind_the_head)
{
	char p[64];
	size_t n;
	int fd = ask(ASK "\r\n\x81\x82");

	(void)net_send(fd, STR_LIT("\0\0\0\0hi"), 0);
	cr_assert_eq(got.status[0], 101);
	cr_expect_eq(frame_read(fd, p, sizeof p, &n), 0x81);
	cr_expect(n == 2 && memcmp(p, "hi", 2) == 0);
	close(fd);
	fd = net_connect(net_server_port(server));
	(void)net_send(fd, STR_LIT(ASK "\r\n\x81\x82\0\0\0\0ho\x81\x82\0\0\0\0he"), 0);
	got = (struct net_answers){.n = 0};
	net_read(fd, 1, 5000, &got);
	cr_assert_eq(got.status[0], 101);
	while (got.n < 4 || memcmp(got.bytes + got.n - 4, "\x81\x02he", 4) != 0)
		net_read(fd, 9, 10, &got);
	cr_expect(memmem(got.bytes, got.n, "\x81\x02ho", 4) != NULL);
	close(fd);
	closed_wait(2);
}

Test(socket, puts_fragments_together)
{
	char p[64];
	size_t n;
	int fd = enter();

	frame_send(fd, 0x01, STR_LIT("one "));
	frame_send(fd, 0x89, STR_LIT("ping"));
	frame_send(fd, 0x00, STR_LIT("two "));
	frame_send(fd, 0x80, STR_LIT("three"));
	for (int kind = 0; (kind & 15) != 1;)
		kind = frame_read(fd, p, sizeof p, &n);
	cr_expect(str_is(str_make(p, n), "one two three"));
	close(fd);
	closed_wait(1);
}

Test(socket, many_messages_at_once_arrive_in_order)
{
	char p[64];
	size_t n;
	int fd = enter();

	frame_send(fd, 0x81, STR_LIT("many"));
	for (int i = 0; i < 1000; i++) {
		cr_assert_eq(frame_read(fd, p, sizeof p, &n), 0x81, "message %d", i);
		cr_assert(str_is(str_make(p, n), "0123456789"));
	}
	close(fd);
	closed_wait(1);
}

static void send_much(struct web *w, struct loop *l, void *with)
{
	static const char block[64 * 1024];
	unsigned *refused = with;

	(void)w;
	(void)l;
	for (int i = 0; i < 1000; i++)
		*refused += !socket_send(app.last, false, str_make(block, sizeof block));
}

Test(socket, a_reader_that_is_too_slow_is_told_of)
{
	unsigned refused = 0;
	int fd = enter();

	net_server_do(server, send_much, &refused);
	cr_expect_gt(refused, 900, "%u", refused); /* 64 MB; the kernel takes some, 256 KiB wait */
	close(fd);
	closed_wait(1);
}

/* ---- ending ---- */

Test(socket, ends_with_the_status_that_fits)
{
	static const struct {
		unsigned char first;
		struct str m;
		unsigned status;
		const char *why;
	} cases[] = {
		{0x81, {"close", 5}, 4001, "asked for"},
		{0x88, {"\x03\xe8", 2}, 1000, "the client's own"},
		{0x81, {"\xff\xfe", 2}, 1007, "text that is not UTF-8"},
		{0x83, {"x", 1}, 1002, "a kind that nobody knows"},
		{0x80, {"x", 1}, 1002, "the middle of nothing"},
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		int fd = enter();
		unsigned status;

		frame_send(fd, cases[i].first, cases[i].m);
		status = close_read(fd);
		cr_expect_eq(status, cases[i].status, "%s: %u", cases[i].why, status);
		close(fd);
		closed_wait((unsigned)i + 1);
	}
}

Test(socket, a_message_that_is_too_long_ends_it)
{
	char *much = xcalloc(1, MESSAGE_MAX + 1);
	int fd = enter();

	frame_send(fd, 0x82, str_make(much, MESSAGE_MAX + 1));
	cr_expect_eq(close_read(fd), 1009);
	free(much);
	close(fd);
	closed_wait(1);
}

static void on_empty(void *with)
{
	(void)with;
}

static void drain(struct web *w, struct loop *l, void *with)
{
	(void)l;
	web_drain(w, on_empty, with);
}

Test(socket, draining_says_that_we_are_going_away)
{
	int fd = enter();

	net_server_do(server, drain, NULL);
	cr_expect_eq(close_read(fd), 1001);
	close(fd);
	closed_wait(1);
}

Test(socket, stops_in_the_midst_of_it)
{
	int fds[4];

	for (int i = 0; i < 4; i++)
		fds[i] = enter();
	frame_send(fds[0], 0x01, STR_LIT("half a mess"));
	/* tear_down stops the server; the descriptors go with the process */
	(void)fds;
}
