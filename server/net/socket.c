/*
 * socket.c - all WebSockets: how one begins, what it is told when, and how it ends; see socket.h
 * and, for what must stay true, socket_inside.h.
 */
#include "server/net/socket_inside.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <unistd.h>

#include "server/net/head.h"
#include "server/net/upgrade.h"

enum socket_wish socket_wish(const struct head *h)
{
	if (h->old || !head_has_token(h, "upgrade", "websocket") ||
	    !head_has_token(h, "connection", "upgrade") ||
	    !str_is(head_value(h, "sec-websocket-version"), "13"))
		return SOCKET_NOT_WANTED;
	if (h->method != WEB_GET || !upgrade_key_right(head_value(h, "sec-websocket-key")))
		return SOCKET_BAD;
	return SOCKET_WANTED;
}

/* ---- the wire ---- */

static void on_wire_closed(uv_handle_t *h)
{
	struct wire *w = h->data;

	close(w->fd);
	free(w);
}

void socket_wire_close(struct socket *s)
{
	struct wire *w = s->wire;

	tls_end(s->tls);
	s->tls = NULL;
	s->wire = NULL;
	if (w == NULL)
		return;
	w->s = NULL;
	uv_close((uv_handle_t *)&w->poll, on_wire_closed);
}

static void socket_end(struct socket *s);

static void on_wire(uv_poll_t *h, int status, int events)
{
	struct wire *w = h->data;
	struct socket *s = w->s;

	if (s->phase == SOCKET_OPENING) {
		socket_opening_go(s);
	} else if (status < 0) {
		socket_over(s, uv_strerror(status));
	} else {
		if ((events & UV_WRITABLE) != 0 && s->phase != SOCKET_LINGERING)
			socket_flush(s);
		if (s->phase != SOCKET_OVER)
			socket_fill(s);
	}
	if (s->phase == SOCKET_OVER)
		socket_end(s);
	else
		socket_watch(s);
}

void socket_wire_open(struct socket *s, int fd, int events)
{
	struct wire *w = xcalloc(1, sizeof *w);
	int yes = 1;

	(void)setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
	w->s = s;
	w->fd = fd;
	w->poll.data = w;
	w->events = events;
	if (uv_poll_init(&s->all->loop->uv, &w->poll, fd) != 0 ||
	    uv_poll_start(&w->poll, events, on_wire) != 0)
		BUG("the loop takes no descriptor %d", fd);
	s->wire = w;
}

void socket_watch(struct socket *s)
{
	int events = UV_READABLE;

	if (s->wire == NULL || s->phase == SOCKET_OVER)
		return;
	if (s->phase == SOCKET_OPENING)
		events = socket_opening_waits_for(s);
	else if (s->first != NULL || (s->tls != NULL && tls_wants_room(s->tls)))
		events = UV_READABLE | UV_WRITABLE;
	if (events == s->wire->events)
		return;
	s->wire->events = events;
	(void)uv_poll_start(&s->wire->poll, events, on_wire);
}

/* ---- one socket ---- */

uint64_t socket_now(const struct socket *s)
{
	return uv_now(&s->all->loop->uv);
}

static void on_turn(uv_timer_t *t);
static void on_sweep(uv_timer_t *t);

struct socket *socket_new(struct sockets *ss, const struct socket_kind *kind, void *self)
{
	struct socket *s = xcalloc(1, sizeof *s);

	s->all = ss;
	s->kind = kind;
	s->self = self;
	s->told = SOCKET_WITHOUT_A_WORD;
	s->heard_ms = uv_now(&ss->loop->uv);
	s->next = ss->list;
	if (s->next != NULL)
		s->next->prev = s;
	ss->list = s;
	ss->count++;
	if (!uv_is_active((uv_handle_t *)&ss->sweep))
		uv_timer_start(&ss->sweep, on_sweep, SWEEP_MS, SWEEP_MS);
	return s;
}

static void socket_free(struct socket *s)
{
	if (s->next != NULL)
		s->next->prev = s->prev;
	if (s->all->list == s)
		s->all->list = s->next;
	else
		s->prev->next = s->next;
	socket_wire_close(s);
	socket_drop_input(s);
	socket_drop_output(s);
	socket_opening_drop(s);
	free(s);
}

/* OVER: tells closed(). LINGERING: frees. */
static void socket_end(struct socket *s)
{
	bool told = s->phase == SOCKET_LINGERING;

	s->phase = SOCKET_LINGERING;
	if (!told) {
		s->all->count--;
		s->kind->closed(s, s->self);
	}
	if (told || !s->linger || s->wire == NULL) {
		socket_free(s);
		return;
	}
	/* a descriptor that is closed with something unread in it takes our last bytes along */
	s->due_ms = socket_now(s) + LINGER_MS;
	socket_drop_input(s);
	socket_drop_output(s);
	tls_end(s->tls);
	s->tls = NULL;
	(void)shutdown(s->wire->fd, SHUT_WR);
	socket_watch(s);
}

void socket_opened(struct socket *s)
{
	s->phase = SOCKET_OPEN;
	s->heard_ms = socket_now(s);
	s->kind->opened(s, s->self);
}

void socket_over(struct socket *s, const char *why)
{
	if (s->phase == SOCKET_LINGERING) {
		s->linger = false;
		s->due_ms = 0; /* the sweep frees it */
		return;
	}
	if (s->told == SOCKET_WITHOUT_A_WORD && s->told_why[0] == '\0')
		snprintf(s->told_why, sizeof s->told_why, "%s", why);
	s->phase = SOCKET_OVER;
	if (!uv_is_closing((uv_handle_t *)&s->all->turn))
		uv_timer_start(&s->all->turn, on_turn, 0, 0);
}

void socket_left(struct socket *s)
{
	if (s->phase != SOCKET_LEAVING || s->first != NULL || !(s->refused || s->peer_closed))
		return;
	s->linger = true;
	socket_over(s, "");
}

unsigned socket_status(const struct socket *s, struct str *why)
{
	*why = str_of(s->told_why);
	return s->told;
}

void socket_close(struct socket *s, unsigned status, const char *why)
{
	if (s->phase != SOCKET_OPENING && s->phase != SOCKET_OPEN)
		return;
	s->told = 0;
	if (s->phase == SOCKET_OPEN)
		socket_leave(s, status, str_of(why));
	else
		socket_over(s, "");
}

/* ---- deadlines ---- */

static void late(struct socket *s, uint64_t now)
{
	switch (s->phase) {
	case SOCKET_OPENING:
		if (now >= s->due_ms)
			socket_opening_late(s);
		break;
	case SOCKET_OPEN:
		if (now >= s->heard_ms + SILENT_MS) {
			socket_over(s, "the other side is silent");
		} else if (now >= s->heard_ms + PING_MS && !s->pinged) {
			s->pinged = true;
			(void)socket_frame(s, FRAME_PING, STR_LIT(""));
		}
		break;
	case SOCKET_LEAVING:
		if (now >= s->due_ms)
			socket_over(s, "");
		break;
	default: break;
	}
}

static void on_sweep(uv_timer_t *t)
{
	struct sockets *ss = t->data;
	uint64_t now = uv_now(&ss->loop->uv);

	for (struct socket *s = ss->list, *next; s != NULL; s = next) {
		next = s->next;
		if (s->phase == SOCKET_LINGERING && now >= s->due_ms)
			socket_end(s);
		else
			late(s, now);
	}
	if (ss->list == NULL)
		uv_timer_stop(t);
}

/* ---- all of them ---- */

struct sockets *sockets_open(struct loop *l, unsigned max)
{
	struct sockets *ss = xcalloc(1, sizeof *ss);

	ss->loop = l;
	ss->max = max;
	uv_timer_init(&l->uv, &ss->turn);
	uv_timer_init(&l->uv, &ss->sweep);
	ss->turn.data = ss->sweep.data = ss;
	ss->handles = 2;
	return ss;
}

bool sockets_room(const struct sockets *ss)
{
	return ss->count < ss->max && !ss->closing;
}

unsigned sockets_count(const struct sockets *ss)
{
	return ss->count;
}

uint64_t sockets_allocations(const struct sockets *ss)
{
	return ss->allocations;
}

void sockets_take(struct sockets *ss, int fd, const struct socket_kind *kind, void *self,
		  struct str key, struct str early)
{
	struct socket *s = socket_new(ss, kind, self);
	struct buf answer;

	buf_init(&answer, 512);
	upgrade_answer_write(&answer, key);
	socket_wire_open(s, fd, UV_READABLE);
	if (socket_raw(s, buf_str(&answer))) {
		socket_opened(s);
		if (early.n > 0 && early.n <= READ_ROOM) { /* a head's buffer is shorter */
			memcpy(ss->read, early.p, early.n);
			socket_bytes(s, ss->read, early.n);
		}
	}
	buf_clear(&answer);
}

void sockets_drain(struct sockets *ss)
{
	for (struct socket *s = ss->list, *next; s != NULL; s = next) {
		/* NOLINTNEXTLINE(clang-analyzer-unix.Malloc): what is freed is out of the list */
		next = s->next;
		socket_close(s, 1001, "going away");
	}
}

static void on_timer_closed(uv_handle_t *h)
{
	struct sockets *ss = h->data;
	struct chunk *c;

	if (--ss->handles > 0)
		return;
	while ((c = ss->spares) != NULL) {
		ss->spares = c->next;
		free(c);
	}
	tls_trust_close(ss->trust);
	free(ss);
}

static void end_all(struct sockets *ss)
{
	sockets_drain(ss); /* who can be told of it in one write is told */
	while (ss->list != NULL) {
		/* NOLINTNEXTLINE(clang-analyzer-unix.Malloc): what is freed is out of the list */
		ss->list->linger = false;
		socket_end(ss->list);
	}
	uv_close((uv_handle_t *)&ss->turn, on_timer_closed);
	uv_close((uv_handle_t *)&ss->sweep, on_timer_closed);
}

static void on_turn(uv_timer_t *t)
{
	struct sockets *ss = t->data;

	for (struct socket *s = ss->list, *next; s != NULL; s = next) {
		next = s->next;
		if (s->phase == SOCKET_OVER)
			socket_end(s);
	}
	if (ss->closing)
		end_all(ss);
}

void sockets_close(struct sockets *ss)
{
	if (ss == NULL || ss->closing)
		return;
	ss->closing = true;
	uv_timer_start(&ss->turn, on_turn, 0, 0);
}
