/*
 * sse.c - see sse.h: blocks, what waits of them, and the wheel of heartbeats.
 */
#include "server/net/sse.h"

#include <errno.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <sys/uio.h>

#include "server/net/conn.h"
#include "server/net/streams.h"

#define PIECES_A_WRITE 16
#define STRAY_MAX      4096         /* bytes that a client may send on its stream; then it is cut */
#define UNSENT_MAX     (128 * 1024) /* in the kernel, before a write is refused */
#define PEER_SILENT_MS 30000        /* unacknowledged for this long: the kernel ends it */
#define BEATS          150          /* places of the wheel */
#define BEAT_STRIDE    67           /* prime to BEATS: neighbours in time are far apart on it */

/* What of a block waits to be sent. */
struct piece {
	struct piece *next;
	struct sse_block *block;
	uint32_t from, n;
};

struct sse {
	struct conn *conn;
	int fd;
	uint32_t queued; /* bytes that wait */
	struct piece *first, *last;
	const struct sse_owner *owner;
	void *with;
	struct sse *beat_next, **beat_at; /* others of the same place on the wheel */
	uint16_t stray;
	uint8_t how; /* enum sse_end, for the owner */
};

struct streams {
	struct web *web;
	uv_timer_t timer;
	struct sse *beats[BEATS];
	struct sse_block *heartbeat;
	uint64_t beat_ms; /* between two places */
	uint64_t beaten;  /* the last place that was served, counted from the loop's zero */
	unsigned place;   /* of the stream opened last */
	struct sse_figures figures;
};

/* ---- blocks ---- */

struct sse_block *sse_block_new(size_t n)
{
	struct sse_block *b;

	if (n > UINT32_MAX / 2)
		BUG("a block of %zu bytes", n);
	b = xmalloc(sizeof *b + n);
	b->refs = 1;
	b->n = (uint32_t)n;
	return b;
}

struct sse_block *sse_block_of(struct str text)
{
	struct sse_block *b = sse_block_new(text.n);

	if (text.n > 0)
		memcpy(b->p, text.p, text.n);
	return b;
}

struct sse_block *sse_block_hold(struct sse_block *b)
{
	b->refs++;
	return b;
}

void sse_block_drop(struct sse_block *b)
{
	if (b != NULL && --b->refs == 0)
		free(b);
}

/* ---- what waits ---- */

static void never_due(struct sse *s)
{
	s->conn->due = UINT64_MAX;
}

static void progress_due(struct sse *s)
{
	struct web *w = s->conn->web;

	s->conn->due = uv_now(&w->loop->uv) + w->o.write_ms;
}

static void piece_free(struct sse *s)
{
	struct piece *p = s->first;

	s->first = p->next;
	if (s->first == NULL)
		s->last = NULL;
	sse_block_drop(p->block);
	free(p);
}

static void queue_clear(struct sse *s)
{
	while (s->first != NULL)
		piece_free(s);
	s->queued = 0;
}

static void queue_add(struct sse *s, struct sse_block *b, uint32_t from, uint32_t n)
{
	struct piece *p = s->last;

	s->queued += n;
	if (p != NULL && p->block == b && p->from + p->n == from) {
		p->n += n;
		return;
	}
	p = xmalloc(sizeof *p);
	*p = (struct piece){NULL, sse_block_hold(b), from, n};
	if (s->last != NULL)
		s->last->next = p;
	else
		s->first = p;
	s->last = p;
}

static void queue_took(struct sse *s, size_t n)
{
	s->queued -= (uint32_t)n;
	while (n > 0 && s->first != NULL) {
		uint32_t step = (uint32_t)size_min(n, s->first->n);

		s->first->from += step;
		s->first->n -= step;
		n -= step;
		if (s->first->n == 0)
			piece_free(s);
	}
}

/* ---- sending ---- */

static bool busy_kernel(int e)
{
	return e == EAGAIN || e == EINTR || e == ENOBUFS;
}

/* Always false, for the caller's return. */
static bool cut(struct sse *s, enum sse_end how)
{
	s->how = (uint8_t)how;
	if (how == SSE_SLOW)
		s->conn->web->streams->figures.cut_slow++;
	conn_close(s->conn);
	return false;
}

/* The kernel did not take all. */
static bool rest_queued(struct sse *s, struct sse_block *b, uint32_t from, uint32_t n)
{
	bool first = s->first == NULL;

	if (s->queued > SSE_QUEUE_MAX)
		return cut(s, SSE_SLOW);
	queue_add(s, b, from, n);
	if (first) {
		progress_due(s);
		conn_watch(s->conn, UV_READABLE | UV_WRITABLE);
	}
	return true;
}

bool sse_send(struct sse *s, struct sse_block *b, uint32_t from, uint32_t n)
{
	ssize_t sent;

	if (s->first != NULL)
		return rest_queued(s, b, from, n);
	sent = send(s->fd, b->p + from, n, MSG_NOSIGNAL | MSG_DONTWAIT);
	if (sent == (ssize_t)n)
		return true;
	if (sent < 0) {
		if (!busy_kernel(errno))
			return cut(s, SSE_CLIENT);
		sent = 0;
	}
	return rest_queued(s, b, from + (uint32_t)sent, n - (uint32_t)sent);
}

void sse_writable(struct conn *c)
{
	struct sse *s = c->stream;
	struct iovec v[PIECES_A_WRITE];
	struct msghdr m = {.msg_iov = v};
	ssize_t sent;

	for (struct piece *p = s->first; p != NULL && m.msg_iovlen < PIECES_A_WRITE; p = p->next)
		v[m.msg_iovlen++] = (struct iovec){p->block->p + p->from, p->n};
	if (m.msg_iovlen == 0)
		return;
	sent = sendmsg(s->fd, &m, MSG_NOSIGNAL | MSG_DONTWAIT);
	if (sent < 0) {
		if (!busy_kernel(errno))
			cut(s, SSE_CLIENT);
		return;
	}
	queue_took(s, (size_t)sent);
	if (s->first != NULL) {
		if (sent > 0)
			progress_due(s);
		return;
	}
	never_due(s);
	conn_watch(c, UV_READABLE);
	s->owner->room(s->with);
}

bool sse_idle(const struct sse *s)
{
	return s->first == NULL;
}

/* ---- the other direction ---- */

void sse_readable(struct conn *c)
{
	struct sse *s = c->stream;
	char nowhere[STRAY_MAX];
	ssize_t n = recv(s->fd, nowhere, sizeof nowhere, 0);

	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return;
	if (n <= 0 || s->stray + n > STRAY_MAX) {
		cut(s, SSE_CLIENT);
		return;
	}
	s->stray = (uint16_t)(s->stray + n);
}

void sse_overdue(struct conn *c)
{
	cut(c->stream, SSE_SLOW);
}

/* ---- heartbeats ---- */

static void on_beat(uv_timer_t *t);

/* The timer is set to the next place that somebody stands on: no wake-ups for nobody. */
static void beat_next(struct streams *all)
{
	uint64_t now = uv_now(&all->web->loop->uv), at;

	for (unsigned i = 1; i <= BEATS; i++) {
		if (all->beats[(all->beaten + i) % BEATS] == NULL)
			continue;
		at = (all->beaten + i) * all->beat_ms;
		uv_timer_start(&all->timer, on_beat, at > now ? at - now : 0, 0);
		return;
	}
}

static void on_beat(uv_timer_t *t)
{
	struct streams *all = t->data;
	uint64_t until = uv_now(&all->web->loop->uv) / all->beat_ms;
	struct sse *next;

	if (until > all->beaten + BEATS)
		all->beaten = until - BEATS; /* the process was stopped for a while */
	while (all->beaten < until) {
		for (struct sse *s = all->beats[++all->beaten % BEATS]; s != NULL; s = next) {
			next = s->beat_next;
			if (s->first != NULL)
				continue; /* it has enough to take */
			all->figures.heartbeats++;
			sse_send(s, all->heartbeat, 0, all->heartbeat->n);
		}
	}
	beat_next(all);
}

static void beat_link(struct streams *all, struct sse *s)
{
	struct sse **at;

	all->place = (all->place + BEAT_STRIDE) % BEATS;
	at = &all->beats[all->place];
	s->beat_next = *at;
	s->beat_at = at;
	if (*at != NULL)
		(*at)->beat_at = &s->beat_next;
	*at = s;
	if (all->figures.open++ == 0)
		all->beaten = uv_now(&all->web->loop->uv) / all->beat_ms;
	all->figures.opened++;
	beat_next(all);
}

static void beat_unlink(struct streams *all, struct sse *s)
{
	*s->beat_at = s->beat_next;
	if (s->beat_next != NULL)
		s->beat_next->beat_at = s->beat_at;
	if (--all->figures.open == 0)
		uv_timer_stop(&all->timer);
}

/* ---- beginning and end ---- */

static void socket_set(int fd)
{
	const int one = 1, unsent = UNSENT_MAX;
	const unsigned silent = PEER_SILENT_MS;

	(void)!setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
	(void)!setsockopt(fd, IPPROTO_TCP, TCP_NOTSENT_LOWAT, &unsent, sizeof unsent);
	(void)!setsockopt(fd, IPPROTO_TCP, TCP_USER_TIMEOUT, &silent, sizeof silent);
}

/* A HEAD: what a stream would begin with, and the end. */
static void head_answered(struct conn *c, struct str head)
{
	(void)!send(c->fd, head.p, head.n, MSG_NOSIGNAL | MSG_DONTWAIT);
	conn_answered(c);
}

/* Head and first text go out as one. */
static struct sse_block *opening(struct str head, struct str first)
{
	struct sse_block *b = sse_block_new(head.n + first.n);

	memcpy(b->p, head.p, head.n);
	if (first.n > 0)
		memcpy(b->p + head.n, first.p, first.n);
	return b;
}

struct sse *sse_open(struct ticket t, struct str first, const struct sse_owner *owner, void *with)
{
	static const struct sse_owner nobody = {NULL, NULL};
	struct conn *c = web_waiting(t);
	char text[ANSWER_HEAD_MAX];
	struct sse_block *b;
	struct streams *all;
	struct sse *s;
	struct str head;

	if (c == NULL)
		return NULL;
	all = c->web->streams;
	if (c->web->draining || all->figures.open >= c->web->o.streams_max) {
		answer_problem(c, PROBLEM_BUSY, NULL);
		return NULL;
	}
	c->keep_alive = false;
	head = answer_stream_head(c, text);
	if (c->head_only) {
		head_answered(c, head);
		return NULL;
	}
	socket_set(c->fd);
	s = xcalloc(1, sizeof *s);
	*s = (struct sse){.conn = c, .fd = c->fd, .owner = &nobody};
	c->stream = s;
	c->phase = CONN_STREAM;
	never_due(s);
	if (!c->busy)
		conn_inbox_let_go(c);
	conn_watch(c, UV_READABLE);
	beat_link(all, s);
	b = opening(head, first);
	if (!sse_send(s, b, 0, b->n))
		s = NULL;
	sse_block_drop(b);
	if (s != NULL) {
		s->owner = owner;
		s->with = with;
	}
	return s;
}

/* The stream is over, the connection is not. */
static void detach(struct sse *s)
{
	struct conn *c = s->conn;

	beat_unlink(c->web->streams, s);
	queue_clear(s);
	c->stream = NULL;
	free(s);
}

void sse_conn_gone(struct conn *c)
{
	struct sse *s = c->stream;
	const struct sse_owner *owner = s->owner;
	void *with = s->with;
	enum sse_end how = s->how;

	detach(s);
	if (owner->gone != NULL)
		owner->gone(with, how);
}

void sse_close(struct sse *s, struct str last)
{
	struct conn *c = s->conn;
	bool orderly = s->first == NULL;

	if (orderly && last.n > 0)
		(void)!send(s->fd, last.p, last.n, MSG_NOSIGNAL | MSG_DONTWAIT);
	detach(s);
	if (orderly)
		conn_answered(c);
	else
		conn_close(c);
}

void sse_drain(struct conn *c)
{
	const struct sse_owner *owner = c->stream->owner;
	void *with = c->stream->with;

	sse_close(c->stream, (struct str){NULL, 0});
	if (owner->gone != NULL)
		owner->gone(with, SSE_STOPPED);
}

/* ---- all of them ---- */

struct streams *streams_open(struct web *w)
{
	struct streams *all = xcalloc(1, sizeof *all);

	all->web = w;
	all->heartbeat = sse_block_of(STR_LIT(": heartbeat\n\n"));
	all->beat_ms = w->o.heartbeat_ms / BEATS == 0 ? 1 : w->o.heartbeat_ms / BEATS;
	uv_timer_init(&w->loop->uv, &all->timer);
	all->timer.data = all;
	w->handles++;
	return all;
}

static void on_closed(uv_handle_t *h)
{
	struct streams *all = h->data;
	struct web *w = all->web;

	sse_block_drop(all->heartbeat);
	free(all);
	web_handle_closed(w);
}

void streams_close(struct streams *all)
{
	uv_close((uv_handle_t *)&all->timer, on_closed);
}

unsigned streams_count(const struct streams *all)
{
	return all->figures.open;
}

void sse_figures(const struct web *w, struct sse_figures *out)
{
	*out = w->streams->figures;
}
