/*
 * socket.c - see socket.h. libwebsockets runs on our loop; it gets connections that are judged
 * already, with a head written here.
 *
 * Its rules (4.1.6): a wsi is used only between its ESTABLISHED and CLOSED callbacks; inside its
 * own callback it is ended by returning -1, outside by a "timeout" of now; the context is destroyed
 * outside of all callbacks, once, and the loop then closes its handles.
 */
/* before ours: a parameter in it bears a name that shared/banned.h takes away */
#include <libwebsockets.h>

#include "server/net/socket.h"

#include <unistd.h>

#include "server/net/head.h"
#include "shared/log.h"

#define MESSAGE_MAX_DEFAULT (64u * 1024u)
#define QUEUE_MAX_DEFAULT   (256u * 1024u)
#define RECEIVE_SIZE        4096
#define CLOSE_SECONDS       5 /* for what waits to be sent, and for the peer's close */
#define EARLY_MAX           2048
#define KEY_LENGTH          24

struct waiting {
	struct waiting *next;
	size_t n;
	bool text;
	unsigned char p[]; /* LWS_PRE bytes of room, then the message */
};

struct socket {
	struct sockets *all;
	struct socket *next, *prev;
	const struct socket_kind *kind;
	void *self;
	struct lws *wsi;
	char *in; /* the message that is arriving */
	size_t in_n, in_cap;
	struct waiting *first, *last;
	size_t waiting_n; /* bytes */
	bool closing;     /* socket_close was called: nothing more in or out */
	bool flushed;     /* and all is sent that waited: the turn ends it */
	bool failed;      /* a write failed: it is on its way out */
	unsigned status;
	char why[64];
};

struct sockets {
	struct loop *loop;
	struct lws_context *context; /* NULL until the first is taken */
	struct socket *list;
	struct socket *arriving; /* while libwebsockets takes it in */
	uv_timer_t turn;         /* what must be done outside of libwebsockets' callbacks */
	unsigned max, count;
	bool broken, closing, ending, timer_closed;
};

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
	struct waiting *m;

	while ((m = s->first) != NULL) {
		s->first = m->next;
		free(m);
	}
	free(s->in);
	free(s);
}

static void sockets_free(struct sockets *ss)
{
	if (ss->closing && ss->timer_closed && ss->count == 0)
		free(ss);
}

static void socket_gone(struct socket *s)
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
	bool sent;

	if (s->wsi == NULL || s->closing || s->failed)
		return false;
	if (s->waiting_n > 0 && (m.n > limit || s->waiting_n > limit - m.n))
		return false;
	w = xmalloc(sizeof *w + LWS_PRE + m.n);
	w->next = NULL;
	w->n = m.n;
	w->text = text;
	if (m.n > 0)
		memcpy(w->p + LWS_PRE, m.p, m.n);
	/* direct first: what the kernel does not take libwebsockets keeps, and then others wait
	 * here */
	if (s->first == NULL && !lws_partial_buffered(s->wsi)) {
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
		if (!s->flushed || s->failed)
			continue;
		s->flushed = false;
		close_reason(s, s->status, s->why);
		lws_set_timeout(s->wsi, PENDING_TIMEOUT_CLOSE_SEND, LWS_TO_KILL_SYNC);
	}
}

void socket_close(struct socket *s, unsigned status, const char *why)
{
	if (s->wsi == NULL || s->closing || s->failed)
		return;
	s->closing = true;
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

static bool in_add(struct socket *s, const void *p, size_t n)
{
	size_t max = s->kind->message_max == 0 ? MESSAGE_MAX_DEFAULT : s->kind->message_max;

	if (n > max - s->in_n)
		return false;
	if (s->in_n + n > s->in_cap) {
		s->in_cap = size_min(size_max(s->in_cap * 2, s->in_n + n), max);
		s->in_cap = size_max(s->in_cap, 1);
		s->in = xrealloc(s->in, s->in_cap);
	}
	if (n > 0)
		memcpy(s->in + s->in_n, p, n);
	s->in_n += n;
	return true;
}

static int received(struct socket *s, const void *p, size_t n)
{
	struct lws *wsi = s->wsi;
	struct str m;

	if (s->closing)
		return 0;
	if (!in_add(s, p, n)) {
		close_reason(s, 1009, "too long");
		return -1;
	}
	if (!lws_is_final_fragment(wsi) || lws_remaining_packet_payload(wsi) > 0)
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

static int established(struct lws *wsi)
{
	struct sockets *ss = lws_context_user(lws_get_context(wsi));
	struct socket *s = ss->arriving;

	if (s == NULL)
		return -1; /* nobody we let in */
	ss->arriving = NULL;
	s->wsi = wsi;
	lws_set_opaque_user_data(wsi, s);
	s->kind->opened(s, s->self);
	return s->failed ? -1 : 0;
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
	case LWS_CALLBACK_SERVER_WRITEABLE:
	case LWS_CALLBACK_CLOSED: break;
	default: return 0;
	}
	s = lws_get_opaque_user_data(wsi);
	if (s == NULL)
		return -1;
	if (reason == LWS_CALLBACK_RECEIVE)
		return received(s, in, n);
	if (reason == LWS_CALLBACK_SERVER_WRITEABLE)
		return writable(s);
	lws_set_opaque_user_data(wsi, NULL);
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

static bool context_open(struct sockets *ss)
{
	void *loops[1] = {&ss->loop->uv};
	struct lws_context_creation_info i;

	if (ss->context != NULL)
		return true;
	lws_set_log_level(LLL_ERR | LLL_WARN, on_log);
	memset(&i, 0, sizeof i);
	i.port = CONTEXT_PORT_NO_LISTEN_SERVER;
	i.options = LWS_SERVER_OPTION_LIBUV | LWS_SERVER_OPTION_VALIDATE_UTF8;
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

void sockets_take(struct sockets *ss, int fd, const struct socket_kind *kind, void *self,
		  struct str key, struct str early)
{
	struct socket *s = xcalloc(1, sizeof *s);
	char head[256 + EARLY_MAX];
	struct lws *wsi;
	int n;

	s->all = ss;
	s->kind = kind;
	s->self = self;
	s->next = ss->list;
	if (s->next != NULL)
		s->next->prev = s;
	ss->list = s;
	ss->count++;
	if (!context_open(ss)) {
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

	if (ss->closing)
		end(ss);
	else
		end_flushed(ss);
}

void sockets_close(struct sockets *ss)
{
	if (ss == NULL || ss->closing)
		return;
	ss->closing = true;
	uv_timer_start(&ss->turn, on_turn, 0, 0);
}
