/*
 * socket.c - see socket.h. libwebsockets runs on our loop; it gets connections that are judged
 * already, with a head written here.
 *
 * Its rules (4.1.6): a wsi is used only between its ESTABLISHED and CLOSED callbacks; inside its
 * own callback it is ended by returning -1, outside by a "timeout" of now; the context is destroyed
 * outside of all callbacks, once, and the loop then closes its handles.
 */
#include "server/net/socket_inside.h"

#include <unistd.h>

#include "server/net/head.h"
#include "shared/log.h"

static int on_event(struct lws *wsi, enum lws_callback_reasons reason, void *user, void *in,
		    size_t n);

static const struct lws_protocols protocols[] = {
	{.name = "switchback", .callback = on_event, .rx_buffer_size = RECEIVE_SIZE},
	{.name = NULL},
};

/* A peer that is gone without a word: pinged after 20 s of silence, given up after 35. */
static const lws_retry_bo_t keep_alive = {
	.secs_since_valid_ping = 20,
	.secs_since_valid_hangup = 35,
};

/* ---- the wish ---- */

static bool key_right(struct str key)
{
	if (key.n != KEY_LENGTH || key.p[22] != '=' || key.p[23] != '=')
		return false;
	for (size_t i = 0; i < 22; i++) {
		char c = key.p[i];

		if (!((c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') ||
		      c == '+' || c == '/'))
			return false;
	}
	return true;
}

enum socket_wish socket_wish(const struct head *h)
{
	if (h->old || !head_has_token(h, "upgrade", "websocket") ||
	    !head_has_token(h, "connection", "upgrade") ||
	    !str_is(head_value(h, "sec-websocket-version"), "13"))
		return SOCKET_NOT_WANTED;
	if (h->method != WEB_GET || !key_right(head_value(h, "sec-websocket-key")))
		return SOCKET_BAD;
	return SOCKET_WANTED;
}

/* ---- one socket ---- */

static void socket_free(struct socket *s)
{
	socket_drop_waiting(s);
	free(s->in);
	free(s);
}

static void sockets_free(struct sockets *ss)
{
	if (ss->closing && ss->timer_closed && ss->count == 0)
		free(ss);
}

void socket_gone(struct socket *s)
{
	struct sockets *ss = s->all;

	s->wsi = NULL;
	s->closing = true;
	s->kind->closed(s, s->self);
	if (s->next != NULL)
		s->next->prev = s->prev;
	if (s->prev != NULL)
		s->prev->next = s->next;
	else
		ss->list = s->next;
	socket_free(s);
	ss->count--;
	sockets_free(ss);
}

static bool write_now(struct socket *s, unsigned char *p, size_t n, bool text)
{
	if (lws_write(s->wsi, p, n, text ? LWS_WRITE_TEXT : LWS_WRITE_BINARY) >= (int)n)
		return true;
	s->failed = true;
	lws_set_timeout(s->wsi, PENDING_TIMEOUT_KILLED_BY_PARENT, LWS_TO_KILL_ASYNC);
	return false;
}

bool socket_send(struct socket *s, bool text, struct str m)
{
	size_t limit = s->kind->queue_max == 0 ? QUEUE_MAX_DEFAULT : s->kind->queue_max;
	struct waiting *w;
	bool at_once, sent;

	if (s->wsi == NULL || s->closing || s->failed)
		return false;
	if (s->waiting_n > 0 && (m.n > limit || s->waiting_n > limit - m.n))
		return false;
	/* direct first: what the kernel does not take libwebsockets keeps, and then others wait
	 * here */
	at_once = s->first == NULL && !lws_partial_buffered(s->wsi);
	if (at_once && m.n <= SCRATCH) {
		if (m.n > 0)
			memcpy(s->all->scratch + LWS_PRE, m.p, m.n);
		return write_now(s, s->all->scratch + LWS_PRE, m.n, text);
	}
	s->all->allocations++;
	w = xmalloc(sizeof *w + LWS_PRE + m.n);
	w->next = NULL;
	w->n = m.n;
	w->text = text;
	if (m.n > 0)
		memcpy(w->p + LWS_PRE, m.p, m.n);
	if (at_once) {
		sent = write_now(s, w->p + LWS_PRE, w->n, text);
		free(w);
		return sent;
	}
	if (s->last != NULL && s->first != NULL)
		s->last->next = w;
	else
		s->first = w;
	s->last = w;
	s->waiting_n += m.n + sizeof *w; /* many empty ones are bounded too */
	lws_callback_on_writable(s->wsi);
	return true;
}

static void close_reason(struct socket *s, unsigned status, const char *why)
{
	lws_close_reason(s->wsi, (enum lws_close_status)status, (unsigned char *)(uintptr_t)why,
			 strlen(why));
}

static void on_turn(uv_timer_t *t);

/* Ended from a WRITEABLE callback libwebsockets says nothing to the peer: it takes that for a
 * failed write. So it is ended from our own timer. */
static void end_soon(struct socket *s)
{
	s->flushed = true;
	uv_timer_start(&s->all->turn, on_turn, 0, 0);
}

static void end_flushed(struct sockets *ss)
{
	for (struct socket *s = ss->list, *next; s != NULL; s = next) {
		next = s->next;
		if (s->over) {
			socket_gone(s);
			continue;
		}
		if (!s->flushed || s->failed)
			continue;
		s->flushed = false;
		close_reason(s, s->status, s->why);
		lws_set_timeout(s->wsi, PENDING_TIMEOUT_CLOSE_SEND, LWS_TO_KILL_SYNC);
	}
}

size_t socket_waiting(const struct socket *s)
{
	return s->waiting_n;
}

void socket_drop_waiting(struct socket *s)
{
	struct waiting *w;

	while ((w = s->first) != NULL) {
		s->first = w->next;
		free(w);
	}
	s->last = NULL;
	s->waiting_n = 0;
}

unsigned socket_status(const struct socket *s, struct str *why)
{
	*why = str_of(s->told_why);
	return s->told;
}

void socket_gone_soon(struct socket *s)
{
	s->over = true;
	uv_timer_start(&s->all->turn, on_turn, 0, 0);
}

void socket_close(struct socket *s, unsigned status, const char *why)
{
	if (s->closing || s->failed)
		return;
	if (s->wsi == NULL || !s->open) {
		s->closing = true;
		socket_connecting_stop(s);
		return;
	}
	s->closing = true;
	s->told = 0;
	s->status = status;
	snprintf(s->why, sizeof s->why, "%s", why == NULL ? "" : why);
	if (s->first == NULL && !lws_partial_buffered(s->wsi)) {
		end_soon(s);
		return;
	}
	lws_set_timeout(s->wsi, PENDING_TIMEOUT_USER_REASON_BASE, CLOSE_SECONDS);
	lws_callback_on_writable(s->wsi);
}

/* The client takes more. -1 ends it. */
static int writable(struct socket *s)
{
	struct waiting *w;

	while ((w = s->first) != NULL && !s->failed && !lws_partial_buffered(s->wsi)) {
		s->first = w->next;
		s->waiting_n -= w->n + sizeof *w;
		write_now(s, w->p + LWS_PRE, w->n, w->text);
		free(w);
	}
	if (s->failed)
		return -1;
	if (s->first != NULL || lws_partial_buffered(s->wsi))
		lws_callback_on_writable(s->wsi);
	else if (s->closing)
		end_soon(s);
	return 0;
}

static size_t message_max(const struct socket *s)
{
	return s->kind->message_max == 0 ? MESSAGE_MAX_DEFAULT : s->kind->message_max;
}

static bool in_add(struct socket *s, const void *p, size_t n)
{
	size_t max = message_max(s);

	if (n > max - s->in_n)
		return false;
	if (s->in_n + n > s->in_cap) {
		s->in_cap = size_min(size_max(s->in_cap * 2, s->in_n + n), max);
		s->in_cap = size_max(s->in_cap, 1);
		s->in = xrealloc(s->in, s->in_cap);
		s->all->allocations++;
	}
	if (n > 0)
		memcpy(s->in + s->in_n, p, n);
	s->in_n += n;
	return true;
}

static int received(struct socket *s, const void *p, size_t n)
{
	struct lws *wsi = s->wsi;
	bool whole = lws_is_final_fragment(wsi) && lws_remaining_packet_payload(wsi) == 0;
	struct str m;

	if (s->closing)
		return 0;
	if (whole && s->in_n == 0 && n <= message_max(s)) { /* as almost all are: in one piece */
		s->kind->message(s, s->self, !lws_frame_is_binary(wsi),
				 str_make(n == 0 ? "" : p, n));
		return s->failed ? -1 : 0;
	}
	if (!in_add(s, p, n)) {
		close_reason(s, 1009, "too long");
		return -1;
	}
	if (!whole)
		return 0;
	m = str_make(s->in == NULL ? "" : s->in, s->in_n);
	s->in_n = 0;
	s->kind->message(s, s->self, !lws_frame_is_binary(wsi), m);
	if (s->in_cap > MESSAGE_MAX_DEFAULT && s->in_n == 0) {
		free(s->in);
		s->in = NULL;
		s->in_cap = 0;
	}
	return s->failed ? -1 : 0;
}

int socket_opened(struct socket *s, struct lws *wsi)
{
	s->wsi = wsi;
	s->open = true;
	s->told = SOCKET_WITHOUT_A_WORD;
	if (s->closing) /* socket_close came first */
		return -1;
	s->kind->opened(s, s->self);
	return s->failed ? -1 : 0;
}

static int established(struct lws *wsi)
{
	struct sockets *ss = lws_context_user(lws_get_context(wsi));
	struct socket *s = ss->arriving;

	if (s == NULL)
		return -1; /* nobody we let in */
	ss->arriving = NULL;
	lws_set_opaque_user_data(wsi, s);
	return socket_opened(s, wsi);
}

/* The other side's Close: a status in two bytes, and words (RFC 6455 5.5.1). */
static void close_told(struct socket *s, const unsigned char *p, size_t n)
{
	if (s->closing)
		return;
	s->told = n < 2 ? 1005 : (unsigned)p[0] << 8 | p[1];
	if (n > 2)
		snprintf(s->told_why, sizeof s->told_why, "%.*s",
			 (int)size_min(n - 2, sizeof s->told_why - 1), (const char *)p + 2);
}

/* One that we opened and that came to nothing. */
static void not_connected(struct socket *s, const char *why, size_t n)
{
	s->wsi = NULL;
	s->told = s->closing ? 0 : SOCKET_WITHOUT_A_WORD;
	if (why != NULL)
		snprintf(s->told_why, sizeof s->told_why, "%.*s",
			 (int)size_min(n, sizeof s->told_why - 1), why);
	socket_gone_soon(s);
}

static int on_event(struct lws *wsi, enum lws_callback_reasons reason, void *user, void *in,
		    size_t n)
{
	struct socket *s;

	(void)user;
	switch (reason) {
	case LWS_CALLBACK_ESTABLISHED: return established(wsi);
	case LWS_CALLBACK_HTTP: return -1; /* never: heads come from here, and ask for an upgrade */
	case LWS_CALLBACK_RECEIVE:
	case LWS_CALLBACK_CLIENT_RECEIVE:
	case LWS_CALLBACK_SERVER_WRITEABLE:
	case LWS_CALLBACK_CLIENT_WRITEABLE:
	case LWS_CALLBACK_WS_PEER_INITIATED_CLOSE:
	case LWS_CALLBACK_CLIENT_ESTABLISHED:
	case LWS_CALLBACK_CLIENT_CONNECTION_ERROR:
	case LWS_CALLBACK_CLIENT_CLOSED:
	case LWS_CALLBACK_CLOSED: break;
	default: return 0;
	}
	s = lws_get_opaque_user_data(wsi);
	if (s == NULL)
		return -1;
	switch (reason) {
	case LWS_CALLBACK_RECEIVE:
	case LWS_CALLBACK_CLIENT_RECEIVE: return received(s, in, n);
	case LWS_CALLBACK_SERVER_WRITEABLE:
	case LWS_CALLBACK_CLIENT_WRITEABLE: return writable(s);
	case LWS_CALLBACK_CLIENT_ESTABLISHED: return socket_opened(s, wsi);
	case LWS_CALLBACK_WS_PEER_INITIATED_CLOSE: close_told(s, in, n); return 0;
	default: break;
	}
	lws_set_opaque_user_data(wsi, NULL);
	if (reason == LWS_CALLBACK_CLIENT_CONNECTION_ERROR)
		not_connected(s, in, n);
	else
		socket_gone(s);
	return 0;
}

/* ---- all of them ---- */

/* It tells of every hand-over at error level. */
static void on_log(int level, const char *line)
{
	if (strstr(line, "calling service") != NULL)
		return;
	if ((level & LLL_ERR) != 0)
		log_warn("event=libwebsockets text=\"%s\"", line);
	else
		log_debug("event=libwebsockets text=\"%s\"", line);
}

bool sockets_context(struct sockets *ss)
{
	void *loops[1] = {&ss->loop->uv};
	struct lws_context_creation_info i;

	if (ss->context != NULL)
		return true;
	lws_set_log_level(LLL_ERR | LLL_WARN, on_log);
	memset(&i, 0, sizeof i);
	i.port = CONTEXT_PORT_NO_LISTEN_SERVER;
	i.options = LWS_SERVER_OPTION_LIBUV | LWS_SERVER_OPTION_VALIDATE_UTF8 |
		    LWS_SERVER_OPTION_DO_SSL_GLOBAL_INIT;
	i.foreign_loops = loops;
	i.protocols = protocols;
	i.user = ss;
	i.fd_limit_per_thread = ss->max + 64;
	i.pt_serv_buf_size = RECEIVE_SIZE;
	i.retry_and_idle_policy = &keep_alive;
	ss->context = lws_create_context(&i);
	if (ss->context != NULL)
		return true;
	ss->broken = true;
	log_error(
		"event=websockets_broken text=\"libwebsockets does not start: is its libuv plugin "
		"(libwebsockets-evlib-uv) installed?\"");
	return false;
}

struct sockets *sockets_open(struct loop *l, unsigned max)
{
	struct sockets *ss = xcalloc(1, sizeof *ss);

	ss->loop = l;
	ss->max = max;
	uv_timer_init(&l->uv, &ss->turn);
	ss->turn.data = ss;
	return ss;
}

bool sockets_room(const struct sockets *ss)
{
	return ss->count < ss->max && !ss->broken && !ss->closing;
}

unsigned sockets_count(const struct sockets *ss)
{
	return ss->count;
}

uint64_t sockets_allocations(const struct sockets *ss)
{
	return ss->allocations;
}

struct socket *socket_new(struct sockets *ss, const struct socket_kind *kind, void *self)
{
	struct socket *s = xcalloc(1, sizeof *s);

	s->all = ss;
	s->kind = kind;
	s->self = self;
	s->next = ss->list;
	if (s->next != NULL)
		s->next->prev = s;
	ss->list = s;
	ss->count++;
	return s;
}

void sockets_take(struct sockets *ss, int fd, const struct socket_kind *kind, void *self,
		  struct str key, struct str early)
{
	struct socket *s = socket_new(ss, kind, self);
	char head[256 + EARLY_MAX];
	struct lws *wsi;
	int n;

	if (!sockets_context(ss)) {
		close(fd);
		socket_gone(s);
		return;
	}
	n = snprintf(head, sizeof head,
		     "GET / HTTP/1.1\r\nHost: switchback\r\nUpgrade: websocket\r\n"
		     "Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
		     "Sec-WebSocket-Key: " STR_FMT "\r\n\r\n",
		     STR_ARG(key));
	if (n < 0 || (size_t)n + early.n > sizeof head)
		BUG("a head of %d and %zu bytes behind it for a WebSocket", n, early.n);
	memcpy(head + n, early.p, early.n);
	ss->arriving = s;
	wsi = lws_adopt_socket_readbuf(ss->context, fd, head, (size_t)n + early.n);
	if (ss->arriving == NULL)
		return; /* opened; and perhaps closed again, then s is gone */
	/* not established inside the call: the client is gone, or libwebsockets is full */
	ss->arriving = NULL;
	if (wsi != NULL)
		lws_set_timeout(wsi, PENDING_TIMEOUT_KILLED_BY_PARENT, LWS_TO_KILL_ASYNC);
	socket_gone(s);
}

void sockets_drain(struct sockets *ss)
{
	for (struct socket *s = ss->list, *next; s != NULL; s = next) {
		next = s->next;
		socket_close(s, 1001, "going away");
	}
}

static void on_timer_closed(uv_handle_t *h)
{
	struct sockets *ss = h->data;

	ss->timer_closed = true;
	sockets_free(ss);
}

static void closing_seen(uv_handle_t *h, void *found)
{
	if (uv_is_closing(h))
		*(bool *)found = true;
}

/* libwebsockets 4.1 ends in two steps on a loop that is not its own: the first call closes its
 * handles (and calls CLOSED for every socket left), a second one, after the loop has closed them,
 * frees it. */
static void end(struct sockets *ss)
{
	bool busy = false;

	for (struct socket *s = ss->list; s != NULL; s = s->next) {
		if (s->connecting != NULL) { /* its name is still being looked up */
			socket_connecting_stop(s);
			busy = true;
		}
	}
	if (busy) {
		uv_timer_start(&ss->turn, on_turn, 1, 0);
		return;
	}
	if (ss->context != NULL && !ss->ending) {
		ss->ending = true;
		lws_context_destroy(ss->context);
		uv_timer_start(&ss->turn, on_turn, 1, 0);
		return;
	}
	if (ss->context != NULL) {
		uv_walk(&ss->loop->uv, closing_seen, &busy);
		if (busy) {
			uv_timer_start(&ss->turn, on_turn, 1, 0);
			return;
		}
		lws_context_destroy(ss->context);
		ss->context = NULL;
	}
	uv_close((uv_handle_t *)&ss->turn, on_timer_closed);
}

static void on_turn(uv_timer_t *t)
{
	struct sockets *ss = t->data;

	end_flushed(ss);
	if (ss->closing)
		end(ss);
}

void sockets_close(struct sockets *ss)
{
	if (ss == NULL || ss->closing)
		return;
	ss->closing = true;
	uv_timer_start(&ss->turn, on_turn, 0, 0);
}
