/*
 * socket_corpus.c - Autobahn's cases for a WebSocket server, sections 1 to 7, where they are
 * present (corpora/websocket in the folder that SWITCHBACK_SHARED names), against an echo.
 */
#include <criterion/criterion.h>
#include <jansson.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "server/net/frame.h"
#include "server/net/socket.h"
#include "shared/buf.h"
#include "tests/support/net_peer.h"

#define ASK                                                                              \
	"GET /echo HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n" \
	"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
#define MARK "of this test"

/* ---- the echo ---- */

struct app {
	int none;
};

static bool allow(struct app *a, const struct web_request *r, void **self)
{
	(void)r;
	*self = a;
	return true;
}

static void nothing(struct socket *s, void *self)
{
	(void)s;
	(void)self;
}

static void say_back(struct socket *s, void *self, bool text, struct str m)
{
	(void)self;
	(void)socket_send(s, text, m);
}

static const struct socket_kind echo = {"echo", 1u << 20, 0, allow, nothing, say_back, nothing};
static const struct route routes[] = {
	{WEB_GET, "/echo", NULL, 0, NULL, &echo, NULL},
	{0, NULL, NULL, 0, NULL, NULL, NULL},
};

/* ---- what a case says ---- */

static int sextet(char c)
{
	static const char letters[] =
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
	const char *at = c == '\0' ? NULL : strchr(letters, c);

	return at == NULL ? -1 : (int)(at - letters);
}

/* {"b64": text}, or {"repeat": letter, "count": n}, or nothing */
static void payload_read(const json_t *j, struct buf *out)
{
	const char *text = json_string_value(json_object_get(j, "b64")),
		   *repeat = json_string_value(json_object_get(j, "repeat"));
	unsigned bits = 0, n = 0;

	buf_init(out, 4u << 20);
	for (json_int_t i = json_integer_value(json_object_get(j, "count"));
	     repeat != NULL && i > 0; i--)
		buf_add_cstr(out, repeat);
	for (; text != NULL && sextet(*text) >= 0; text++) {
		bits = bits << 6 | (unsigned)sextet(*text);
		n += 6;
		if (n >= 8) {
			n -= 8;
			buf_add_char(out, (char)(bits >> n));
		}
	}
}

static size_t number_of(const json_t *j, const char *name)
{
	return (size_t)json_integer_value(json_object_get(j, name));
}

/* ---- the client ---- */

struct peer {
	int fd;
	struct buf in;
	struct buf joined;
	json_t *events;  /* what came: ["message", bytes] and ["pong", bytes], bytes as JSON arrays
			  */
	unsigned status; /* of its Close; 0: none yet */
	bool ended, marked;
};

static void event_add(struct peer *p, const char *what, struct str bytes)
{
	/* latin-1 of the bytes would do; their numbers are simple and exact */
	json_t *list = json_array();

	for (size_t i = 0; i < bytes.n; i++)
		json_array_append_new(list, json_integer((unsigned char)bytes.p[i]));
	json_array_append_new(p->events, json_pack("[s, o]", what, list));
}

static void frame_came(struct peer *p, const struct frame *f, struct str payload)
{
	struct str why;

	cr_expect(!f->masked, "a server masks nothing");
	switch (f->op) {
	case FRAME_CLOSE: cr_expect_eq(frame_close_read(payload, &p->status, &why), 0u); break;
	case FRAME_PONG:
		if (str_is(payload, MARK))
			p->marked = true;
		else
			event_add(p, "pong", payload);
		break;
	case FRAME_PING: break;
	default:
		buf_add_str(&p->joined, payload);
		if (f->last) {
			event_add(p, "message", buf_str(&p->joined));
			buf_reset(&p->joined);
		}
	}
}

/* Reads until a Close, the mark or the end has come; false: nothing comes. */
static bool more(struct peer *p, int ms)
{
	struct pollfd ready = {.fd = p->fd, .events = POLLIN};
	struct frame f;
	ssize_t n;

	if (poll(&ready, 1, ms) <= 0)
		return false;
	n = recv(p->fd, buf_room(&p->in, 65536), 65536, 0);
	if (n <= 0) {
		p->ended = true;
		return false;
	}
	p->in.n += (size_t)n;
	while (frame_read(buf_str(&p->in), &f) == FRAME_READ && p->in.n >= f.head + f.n) {
		frame_came(p, &f, str_make(p->in.p + f.head, f.n));
		buf_drop(&p->in, f.head + f.n);
	}
	return true;
}

/* Does not read meanwhile: no case sends more than two sockets hold. */
static void frame_put(struct peer *p, unsigned first, struct str payload, size_t announced,
		      size_t chop)
{
	static const unsigned char mask[4] = {0x37, 0xfa, 0x21, 0x3d};
	unsigned char head[FRAME_HEAD_MAX];
	size_t n = frame_head(head, FRAME_TEXT, announced, mask);
	struct buf b;
	char *room;

	buf_init(&b, 4u << 20);
	head[0] = (unsigned char)first;
	buf_add(&b, head, n);
	room = buf_room(&b, payload.n + 1);
	frame_mask(room, payload.p, payload.n, mask);
	b.n += payload.n;
	(void)net_send(p->fd, buf_str(&b), chop);
	buf_clear(&b);
}

static void message_put(struct peer *p, const json_t *step, struct str m)
{
	size_t piece = number_of(step, "fragment_size"), at = 0;
	unsigned op = json_is_true(json_object_get(step, "binary")) ? 2 : 1;

	if (piece == 0)
		piece = size_max(m.n, 1);
	do {
		struct str part = str_sub(m, at, piece);
		bool last = at + piece >= m.n;

		frame_put(p, (last ? 128u : 0u) | (at == 0 ? op : 0u), part, part.n, 0);
		at += piece;
	} while (at < m.n);
}

static void close_put(struct peer *p, const json_t *step)
{
	const json_t *code = json_object_get(step, "code");
	struct buf reason, all;
	unsigned status = (unsigned)json_integer_value(code);

	payload_read(json_object_get(step, "reason"), &reason);
	buf_init(&all, 1024);
	if (json_is_integer(code)) {
		buf_add_char(&all, (char)(status >> 8));
		buf_add_char(&all, (char)status);
	}
	buf_add_str(&all, buf_str(&reason));
	frame_put(p, 0x88, buf_str(&all), all.n, 0);
	buf_clear(&all);
	buf_clear(&reason);
}

/* A frame whose payload comes in parts: each is masked by its place in the whole. */
struct slow {
	size_t at;
};
static void data_put(struct peer *p, struct slow *slow, struct str part)
{
	static const unsigned char mask[4] = {0x37, 0xfa, 0x21, 0x3d};
	char *masked = xmalloc(part.n + 1);

	for (size_t i = 0; i < part.n; i++)
		masked[i] = (char)((unsigned char)part.p[i] ^ mask[(slow->at + i) & 3]);
	slow->at += part.n;
	(void)net_send(p->fd, str_make(masked, part.n), 0);
	free(masked);
}

static bool step_play(struct peer *p, const json_t *step, struct slow *slow)
{
	const char *op = json_string_value(json_object_get(step, "op"));
	struct buf payload;
	bool closes = strcmp(op, "close") == 0;

	payload_read(json_object_get(step, "payload"), &payload);
	if (strcmp(op, "frame") == 0) {
		unsigned first = (unsigned)number_of(step, "opcode") |
				 (unsigned)number_of(step, "rsv") << 4 |
				 (json_is_true(json_object_get(step, "fin")) ? 128u : 0u);
		size_t times = number_of(step, "payload_len_times"), n = payload.n;

		while (payload.n < times)
			buf_add(&payload, n == 0 ? "" : payload.p, n == 0 ? 1 : n);
		frame_put(p, first, str_make(payload.p, times > 0 ? times : payload.n),
			  times > 0 ? times : payload.n, number_of(step, "write_in_chunks_of"));
	} else if (strcmp(op, "message") == 0) {
		message_put(p, step, buf_str(&payload));
	} else if (strcmp(op, "begin_frame") == 0) {
		slow->at = 0;
		frame_put(p, 0x81, (struct str){"", 0}, number_of(step, "length"), 0);
	} else if (strcmp(op, "frame_data") == 0) {
		data_put(p, slow, buf_str(&payload));
	} else if (closes) /* one without a status may be answered by one without */
		cr_expect(p.ended || p.status == 1005 || (p.status != 0 && allowed(c, p.status)),
			  "%s: %u answers the Close", id, p.status);
	else
		cr_expect(p.marked, "%s did not survive (%u)", id, p.status);
	cr_expect(as_expected(&p, c), "%s: another echo", id);
	close(p.fd);
	json_decref(p.events);
	buf_clear(&p.in);
	buf_clear(&p.joined);
}

Test(socket_corpus, autobahns_cases, .timeout = 240)
{
	const char *path = net_shared("corpora/websocket/autobahn-cases.json");
	struct web_options o = {.tables = {routes, NULL}};
	struct app app = {0};
	struct net_server *s;
	json_t *all, *c;
	size_t i;

	if (path == NULL) {
		cr_skip_test("skipped: corpora/websocket is not here");
		return;
	}
	all = json_load_file(path, 0, NULL);
	cr_assert_not_null(all);
	s = net_server_start(&o, &app);
	json_array_foreach(json_object_get(all, "cases"), i, c)
	{
		if (!json_is_true(json_object_get(c, "informational")))
			play(net_server_port(s), c);
	}
	cr_expect_gt(i, 240);
	net_server_stop(s);
	json_decref(all);
}
