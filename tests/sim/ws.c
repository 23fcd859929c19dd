/*
 * ws.c - see ws.h. One uv_tcp_t and one timer; both are closed before `ended` is told.
 */
#include "tests/sim/ws.h"

#include "shared/utf8.h"
#include "tests/sim/crypt.h"
#include "tests/sim/ws_frame.h"

#define HEAD_LIMIT (16u * 1024)
#define CLOSE_MS   2000
#define READ_SIZE  (64u * 1024)

enum state { WAITS, GREETS, OPEN, CLOSING, GONE };

struct sim_ws {
	uv_tcp_t tcp;
	uv_timer_t timer;
	uv_connect_t connect;
	uv_shutdown_t shutdown;
	const struct sim_ws_kind *kind;
	void *self;
	enum state state;
	bool client, frozen, failed;
	unsigned closing_handles;
	char key[32]; /* of a client's handshake */
	struct buf greeting;
	struct buf in;      /* bytes that are no whole frame yet */
	struct buf message; /* fragments */
	bool in_message, message_is_text;
	struct sim_ws_end end;
	char why[128];
	char chunk[READ_SIZE];
};

struct write {
	uv_write_t request;
	struct buf bytes;
};

/* ---- the end ---- */

static void on_handle_closed(uv_handle_t *h)
{
	struct sim_ws *ws = h->data;

	if (--ws->closing_handles > 0)
		return;
	ws->kind->ended(ws->self, &ws->end);
	buf_clear(&ws->greeting);
	buf_clear(&ws->in);
	buf_clear(&ws->message);
	free(ws);
}

static void end_is(struct sim_ws *ws, enum sim_ws_how how, unsigned code, const char *why)
{
	ws->end.how = how;
	ws->end.code = code;
	snprintf(ws->why, sizeof ws->why, "%s", why == NULL ? "" : why);
	ws->end.why = ws->why;
}

static void leave(struct sim_ws *ws)
{
	if (ws->state == GONE)
		return;
	ws->state = GONE;
	ws->closing_handles = 2;
	uv_close((uv_handle_t *)&ws->timer, on_handle_closed);
	if (!uv_is_closing((uv_handle_t *)&ws->tcp))
		uv_close((uv_handle_t *)&ws->tcp, on_handle_closed);
}

static void on_shut_down(uv_shutdown_t *r, int status)
{
	(void)status;
	leave(r->handle->data);
}

/* Both have said close: what waits goes out, then the connection ends. */
static void part(struct sim_ws *ws)
{
	ws->state = CLOSING;
	if (uv_shutdown(&ws->shutdown, (uv_stream_t *)&ws->tcp, on_shut_down) != 0)
		leave(ws);
}

static void on_late(uv_timer_t *t)
{
	struct sim_ws *ws = t->data;

	if (!ws->failed && (ws->state == WAITS || ws->state == GREETS))
		end_is(ws, SIM_WS_LATE, 0, "not open in time");
	leave(ws);
}

/* ---- bytes out ---- */

static void on_written(uv_write_t *r, int status)
{
	struct write *w = CONTAINER_OF(r, struct write, request);

	(void)status; /* a broken connection shows when it is read */
	buf_clear(&w->bytes);
	free(w);
}

/* Takes over b. */
static void bytes_send(struct sim_ws *ws, struct buf *b)
{
	uv_stream_t *stream = (uv_stream_t *)&ws->tcp;
	struct write *w;
	uv_buf_t part = uv_buf_init(b->p, (unsigned)b->n);
	int sent = 0;

	if (ws->state == GONE || ws->frozen) {
		buf_clear(b);
		return;
	}
	if (uv_stream_get_write_queue_size(stream) == 0)
		sent = uv_try_write(stream, &part, 1);
	if (sent == (int)b->n) {
		buf_clear(b);
		return;
	}
	if (sent > 0)
		buf_drop(b, (size_t)sent);
	w = xcalloc(1, sizeof *w);
	w->bytes = *b;
	*b = (struct buf){0};
	part = uv_buf_init(w->bytes.p, (unsigned)w->bytes.n);
	if (uv_write(&w->request, stream, &part, 1, on_written) != 0)
		on_written(&w->request, -1);
}

static void frame_send(struct sim_ws *ws, unsigned op, bool last, struct str payload)
{
	struct buf b = {.limit = payload.n + 64};
	unsigned char mask[4];

	if (ws->client)
		sim_random(mask, sizeof mask);
	sim_frame_write(&b, op, last, payload, ws->client ? mask : NULL);
	bytes_send(ws, &b);
}

static void close_send(struct sim_ws *ws, unsigned code, const char *why)
{
	char text[126];
	int n = 0;

	if (code != 0) {
		text[0] = (char)(code >> 8);
		text[1] = (char)code;
		n = 2 + snprintf(text + 2, sizeof text - 2, "%s", why == NULL ? "" : why);
		if (n > 125)
			n = 125;
	}
	frame_send(ws, WS_CLOSE, true, str_make(text, (size_t)n));
}

bool sim_ws_send(struct sim_ws *ws, bool text, struct str m)
{
	if (ws->state != OPEN)
		return false;
	frame_send(ws, text ? WS_TEXT : WS_BINARY, true, m);
	return true;
}

bool sim_ws_send_pieces(struct sim_ws *ws, struct str m, size_t piece)
{
	unsigned op = WS_TEXT;

	if (ws->state != OPEN)
		return false;
	while (m.n > piece) {
		frame_send(ws, op, false, str_sub(m, 0, piece));
		m = str_sub(m, piece, m.n);
		op = WS_MORE;
	}
	frame_send(ws, op, true, m);
	return true;
}

void sim_ws_ping(struct sim_ws *ws)
{
	if (ws->state == OPEN)
		frame_send(ws, WS_PING, true, STR_LIT("practice"));
}

size_t sim_ws_waiting(const struct sim_ws *ws)
{
	return uv_stream_get_write_queue_size((const uv_stream_t *)&ws->tcp);
}

void sim_ws_close(struct sim_ws *ws, unsigned code, const char *why)
{
	if (ws->state == WAITS || ws->state == GREETS) {
		ws->end.ours = true;
		end_is(ws, SIM_WS_CUT, 0, "given up before it was open");
		leave(ws);
		return;
	}
	if (ws->state != OPEN)
		return;
	ws->end.ours = true;
	end_is(ws, SIM_WS_CUT, 1006, "the peer did not answer our close");
	close_send(ws, code, why);
	ws->state = CLOSING;
	uv_timer_start(&ws->timer, on_late, CLOSE_MS, 0);
}

void sim_ws_reset(struct sim_ws *ws)
{
	if (ws->state == GONE)
		return;
	end_is(ws, SIM_WS_CUT, 1006, "reset by the practice line");
	ws->end.ours = true;
	if (uv_tcp_close_reset(&ws->tcp, on_handle_closed) != 0)
		uv_close((uv_handle_t *)&ws->tcp, on_handle_closed);
	leave(ws);
}

void sim_ws_freeze(struct sim_ws *ws)
{
	ws->frozen = true;
	if (ws->state != GONE)
		uv_read_stop((uv_stream_t *)&ws->tcp);
}

/* ---- bytes in ---- */

static void broken(struct sim_ws *ws, unsigned code, const char *why)
{
	end_is(ws, SIM_WS_BROKEN, code, why);
	close_send(ws, code, why);
	part(ws);
}

static void close_came(struct sim_ws *ws, struct str payload)
{
	unsigned code = 1005;

	if (payload.n >= 2)
		code = (unsigned)(unsigned char)payload.p[0] << 8 | (unsigned char)payload.p[1];
	if (payload.n == 1 || (payload.n >= 2 && (code < 1000 || code == 1005 || code == 1006))) {
		broken(ws, 1002, "a close frame with a code that there is not");
		return;
	}
	payload = str_sub(payload, 2, payload.n);
	snprintf(ws->why, sizeof ws->why, STR_FMT, STR_ARG(payload));
	ws->end.how = SIM_WS_CLOSED;
	ws->end.code = code;
	ws->end.why = ws->why;
	if (ws->state == OPEN)
		close_send(ws, code == 1005 ? 0 : code, "");
	part(ws);
}

static void message_came(struct sim_ws *ws, bool text, struct str m)
{
	struct arena none = {0};
	bool valid = !text || utf8_repair(&none, m).p == m.p || m.n == 0;

	arena_free(&none);
	if (!valid)
		broken(ws, 1007, "text that is no UTF-8");
	else if (ws->state == OPEN)
		ws->kind->message(ws, ws->self, text, m);
}

static void data_came(struct sim_ws *ws, const struct ws_frame *f)
{
	if ((f->op == WS_MORE) != ws->in_message) {
		broken(ws, 1002, "a fragment out of its order");
		return;
	}
	if (f->op != WS_MORE && f->last) {
		message_came(ws, f->op == WS_TEXT, f->payload);
		return;
	}
	if (f->op != WS_MORE) {
		ws->in_message = true;
		ws->message_is_text = f->op == WS_TEXT;
		ws->message.limit = ws->kind->message_max;
	}
	if (!buf_add_str(&ws->message, f->payload)) {
		broken(ws, 1009, "too long");
		return;
	}
	if (f->last) {
		ws->in_message = false;
		message_came(ws, ws->message_is_text, buf_str(&ws->message));
		buf_clear(&ws->message);
	}
}

static void frame_came(struct sim_ws *ws, const struct ws_frame *f)
{
	if (f->op == WS_CLOSE)
		close_came(ws, f->payload);
	else if (f->op == WS_PING)
		frame_send(ws, WS_PONG, true, f->payload);
	else if (f->op != WS_PONG && ws->state == OPEN)
		data_came(ws, f);
}

static void frames_take(struct sim_ws *ws)
{
	size_t at = 0;

	while (ws->state == OPEN || ws->state == CLOSING) {
		struct ws_frame f;
		const char *why;
		unsigned code;
		size_t used;
		enum ws_got got = sim_frame_read(ws->in.p + at, ws->in.n - at, !ws->client,
						 ws->kind->message_max, &f, &used, &why, &code);

		if (got == WS_WRONG)
			broken(ws, code, why);
		if (got != WS_FRAME || ws->end.how == SIM_WS_BROKEN)
			break;
		at += used;
		frame_came(ws, &f);
	}
	buf_drop(&ws->in, at);
}

static void opened(struct sim_ws *ws)
{
	ws->state = OPEN;
	ws->in.limit = ws->kind->message_max + READ_SIZE + 64;
	uv_timer_stop(&ws->timer);
	end_is(ws, SIM_WS_CUT, 1006, "the connection broke");
	ws->kind->opened(ws, ws->self);
}

/* The value of a header of a whole head; empty if it is not there. */
static struct str field_of(struct str head, const char *name)
{
	while (head.n > 0) {
		struct str value = str_cut(&head, '\n');
		struct str key = str_cut(&value, ':');

		if (str_is_nocase(str_trim(key), name))
			return str_trim(value);
	}
	return (struct str){0};
}

static void greeting_came(struct sim_ws *ws)
{
	struct str in = buf_str(&ws->in), head, status;
	ptrdiff_t end = str_find(in, STR_LIT("\r\n\r\n"));
	char accept[WS_ACCEPT];
	int64_t code = 0;

	if (end < 0)
		return;
	head = str_sub(in, 0, (size_t)end);
	status = str_cut(&head, '\n');
	(void)str_cut(&status, ' ');
	sim_ws_accept_of(str_of(ws->key), accept);
	if (!str_int(str_cut(&status, ' '), 100, 599, &code) || code != 101) {
		end_is(ws, SIM_WS_REFUSED, (unsigned)code,
		       "the handshake was not answered with 101");
		leave(ws);
	} else if (!str_is(field_of(head, "sec-websocket-accept"), accept)) {
		end_is(ws, SIM_WS_REFUSED, 101, "Sec-WebSocket-Accept is wrong");
		leave(ws);
	} else if (field_of(head, "sec-websocket-extensions").n > 0) {
		end_is(ws, SIM_WS_REFUSED, 101, "an extension that nobody asked for");
		leave(ws);
	} else {
		buf_drop(&ws->in, (size_t)end + 4);
		opened(ws);
		frames_take(ws);
	}
}

static void on_room(uv_handle_t *h, size_t wanted, uv_buf_t *out)
{
	struct sim_ws *ws = h->data;

	(void)wanted;
	*out = uv_buf_init(ws->chunk, sizeof ws->chunk);
}

static void on_read(uv_stream_t *stream, ssize_t n, const uv_buf_t *b)
{
	struct sim_ws *ws = stream->data;

	if (n == 0 || ws->state == GONE)
		return;
	if (n < 0) {
		if (ws->state == GREETS)
			end_is(ws, SIM_WS_REFUSED, 0, "the connection ended in the handshake");
		leave(ws);
		return;
	}
	if (!buf_add(&ws->in, b->base, (size_t)n)) {
		end_is(ws, SIM_WS_BROKEN, 1009, "too long");
		leave(ws);
	} else if (ws->state == GREETS && ws->client) {
		greeting_came(ws);
	} else if (ws->state != GREETS) {
		frames_take(ws);
	}
}

/* ---- opening ---- */

static struct sim_ws *ws_new(uv_loop_t *loop, const struct sim_ws_kind *kind, void *self)
{
	struct sim_ws *ws = xcalloc(1, sizeof *ws);

	ws->kind = kind;
	ws->self = self;
	ws->in.limit = HEAD_LIMIT;
	ws->tcp.data = ws;
	ws->timer.data = ws;
	uv_timer_init(loop, &ws->timer);
	uv_tcp_init(loop, &ws->tcp);
	end_is(ws, SIM_WS_NO_HOST, 0, "no connection");
	return ws;
}

static void on_connected(uv_connect_t *r, int status)
{
	struct sim_ws *ws = r->handle->data;
	struct buf greeting = ws->greeting;

	if (ws->state == GONE)
		return;
	if (status != 0) {
		end_is(ws, SIM_WS_NO_HOST, 0, uv_strerror(status));
		leave(ws);
		return;
	}
	ws->greeting = (struct buf){0};
	ws->state = GREETS;
	uv_tcp_nodelay(&ws->tcp, 1);
	uv_read_start((uv_stream_t *)&ws->tcp, on_room, on_read);
	bytes_send(ws, &greeting);
}

/* Told in a later turn, like everything. */
static void fail_soon(struct sim_ws *ws, const char *why)
{
	end_is(ws, SIM_WS_NO_HOST, 0, why);
	ws->failed = true;
	uv_timer_start(&ws->timer, on_late, 0, 0);
}

static bool address_of(const struct sim_ws_url *url, struct sockaddr_storage *out)
{
	const char *host = strcmp(url->host, "localhost") == 0 ? "127.0.0.1" : url->host;

	return uv_ip4_addr(host, url->port, (struct sockaddr_in *)out) == 0 ||
	       uv_ip6_addr(host, url->port, (struct sockaddr_in6 *)out) == 0;
}

static void greeting_write(struct sim_ws *ws, const struct sim_ws_url *url,
			   const struct sim_ws_field *fields, size_t fields_n)
{
	struct buf *b = &ws->greeting;
	unsigned char key[16];
	bool v6 = strchr(url->host, ':') != NULL;

	sim_random(key, sizeof key);
	sim_base64(key, sizeof key, ws->key);
	buf_printf(b, "GET " STR_FMT " HTTP/1.1\r\nHost: %s%s%s:%d\r\n", STR_ARG(url->path),
		   v6 ? "[" : "", url->host, v6 ? "]" : "", url->port);
	buf_printf(b,
		   "Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
		   "Sec-WebSocket-Key: %s\r\n",
		   ws->key);
	for (size_t i = 0; i < fields_n; i++)
		buf_printf(b, "%s: " STR_FMT "\r\n", fields[i].name, STR_ARG(fields[i].value));
	buf_add_cstr(b, "\r\n");
}

struct sim_ws *sim_ws_connect(uv_loop_t *loop, const struct sim_ws_url *url,
			      const struct sim_ws_field *fields, size_t fields_n,
			      unsigned connect_ms, const struct sim_ws_kind *kind, void *self)
{
	struct sim_ws *ws = ws_new(loop, kind, self);
	struct sockaddr_storage address;

	ws->client = true;
	greeting_write(ws, url, fields, fields_n);
	uv_timer_start(&ws->timer, on_late, connect_ms, 0);
	if (!address_of(url, &address))
		fail_soon(ws, "only addresses and localhost are looked up here");
	else if (uv_tcp_connect(&ws->connect, &ws->tcp, (const struct sockaddr *)&address,
				on_connected) != 0)
		fail_soon(ws, "no way to that address");
	return ws;
}

static void on_accepted(uv_timer_t *t)
{
	struct sim_ws *ws = t->data;

	opened(ws);
	frames_take(ws);
}

struct sim_ws *sim_ws_accept(uv_loop_t *loop, int fd, struct str key, const char *protocol,
			     const struct sim_ws_kind *kind, void *self)
{
	struct sim_ws *ws = ws_new(loop, kind, self);
	char accept[WS_ACCEPT];
	struct buf b = {0};

	if (uv_tcp_open(&ws->tcp, fd) != 0)
		BUG("a connection that cannot be taken over");
	sim_ws_accept_of(key, accept);
	buf_printf(&b,
		   "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n"
		   "Connection: Upgrade\r\nSec-WebSocket-Accept: %s\r\n",
		   accept);
	if (protocol != NULL)
		buf_printf(&b, "Sec-WebSocket-Protocol: %s\r\n", protocol);
	buf_add_cstr(&b, "\r\n");
	ws->state = GREETS;
	uv_tcp_nodelay(&ws->tcp, 1);
	uv_read_start((uv_stream_t *)&ws->tcp, on_room, on_read);
	bytes_send(ws, &b);
	uv_timer_start(&ws->timer, on_accepted, 0, 0);
	return ws;
}
