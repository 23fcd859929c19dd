/*
 * web.c - the server's public face: listeners, tickets, the coarse clock, draining. See web.h,
 * conn.h.
 */
#include "server/net/web.h"

#include <errno.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <unistd.h>

#include "server/net/conn.h"
#include "shared/log.h"

#define ACCEPTS_A_TURN    64 /* then others get their turn */
#define SWEEP_MS          500
#define SPARE_INBOXES_MAX 64
#define FRESH_DRAIN_MS    1000 /* a new connection's first request is about to come: wait for it */

/* ---- memory shared by the connections ---- */

struct inbox *web_inbox_take(struct web *w)
{
	struct inbox *in = w->spare_inboxes;

	if (in == NULL)
		return inbox_new();
	w->spare_inboxes = in->next;
	w->spare_inboxes_n--;
	in->next = NULL;
	return in;
}

void web_inbox_give(struct web *w, struct inbox *in)
{
	if (w->spare_inboxes_n >= SPARE_INBOXES_MAX || w->closing) {
		inbox_free(in);
		return;
	}
	inbox_reset(in);
	in->next = w->spare_inboxes;
	w->spare_inboxes = in;
	w->spare_inboxes_n++;
}

static void web_free(struct web *w)
{
	for (struct inbox *in = w->spare_inboxes, *next; in != NULL; in = next) {
		next = in->next;
		inbox_free(in);
	}
	for (struct conn *c = w->spare_conns, *next; c != NULL; c = next) {
		next = c->spare_next;
		free(c);
	}
	free(w->slots);
	free(w);
}

void web_handle_closed(struct web *w)
{
	if (--w->handles == 0 && w->closing)
		web_free(w);
}

static void on_handle_closed(uv_handle_t *h)
{
	web_handle_closed(h->data);
}

/* ---- the clock ---- */

static void accept_resume(struct web *w);

static void drain_check(struct web *w)
{
	void (*empty)(void *) = w->empty;

	if (!w->draining || empty == NULL || w->figures.open > 0 || sockets_count(w->sockets) > 0)
		return;
	w->empty = NULL;
	empty(w->empty_with);
}

static void on_sweep(uv_timer_t *t)
{
	struct web *w = t->data;
	uint64_t now = uv_now(&w->loop->uv);

	for (uint32_t i = 1; i < w->slots_n; i++) {
		struct conn *c = w->slots[i].conn;

		if (c != NULL && c->due <= now)
			conn_overdue(c);
	}
	if (w->accept_paused)
		accept_resume(w);
	if (w->figures.open == 0 && !w->accept_paused && w->empty == NULL) {
		uv_timer_stop(&w->sweep);
		w->sweeping = false;
	}
	drain_check(w);
}

static void sweep_start(struct web *w)
{
	const struct web_options *o = &w->o;
	unsigned all[] = {o->head_ms,   o->body_ms,  o->idle_ms,
			  o->answer_ms, o->write_ms, o->linger_ms};
	uint64_t every = SWEEP_MS;

	if (w->sweeping)
		return;
	for (size_t i = 0; i < ARRAY_LEN(all);
	     i++) /* short deadlines (tests) are looked at more often */
		every = all[i] / 4 < every ? all[i] / 4 : every;
	every = every < 5 ? 5 : every;
	uv_timer_start(&w->sweep, on_sweep, every, every);
	w->sweeping = true;
}

/* ---- accepting ---- */

static void accept_pause(struct web *w, int why)
{
	log_warn("event=accept_paused reason=\"%s\" open=%u", strerror(why), w->figures.open);
	w->accept_paused = true;
	for (unsigned i = 0; i < w->listeners_n; i++)
		uv_poll_stop(&w->listeners[i].poll);
	sweep_start(w);
}

/* One accept; false when there is none to be had now. */
static bool accept_one(struct web *w, int fd)
{
	struct sockaddr_storage a = {0};
	socklen_t n = sizeof a;
	int client = accept4(fd, (struct sockaddr *)&a, &n, SOCK_NONBLOCK | SOCK_CLOEXEC);

	if (client >= 0) {
		conn_open(w, client, &a);
		return true;
	}
	switch (errno) {
	case EINTR:
	case ECONNABORTED: return true;
	case EMFILE:
	case ENFILE:
	case ENOBUFS:
	case ENOMEM: accept_pause(w, errno); return false;
	default: return false;
	}
}

static void on_acceptable(uv_poll_t *h, int status, int events)
{
	struct listener *l = h->data;

	(void)events;
	if (status < 0) {
		accept_pause(l->web, -status);
		return;
	}
	for (int i = 0; i < ACCEPTS_A_TURN && accept_one(l->web, l->fd); i++)
		;
	sweep_start(l->web);
}

static void accept_resume(struct web *w)
{
	w->accept_paused = false;
	for (unsigned i = 0; i < w->listeners_n; i++)
		uv_poll_start(&w->listeners[i].poll, UV_READABLE, on_acceptable);
}

static void listener_add(struct web *w, int fd)
{
	struct listener *l = &w->listeners[w->listeners_n++];

	l->web = w;
	l->fd = fd;
	if (uv_poll_init(&w->loop->uv, &l->poll, fd) != 0)
		BUG("a listening socket cannot be watched");
	l->poll.data = l;
	w->handles++;
	uv_poll_start(&l->poll, UV_READABLE, on_acceptable);
}

static void on_listener_closed(uv_handle_t *h)
{
	struct listener *l = h->data;

	web_handle_closed(l->web);
}

static void listeners_close(struct web *w)
{
	for (unsigned i = 0; i < w->listeners_n; i++) {
		struct listener *l = &w->listeners[i];

		uv_close((uv_handle_t *)&l->poll, on_listener_closed);
		close(l->fd);
	}
	w->listeners_n = 0;
	w->accept_paused = false;
}

/* ---- opening ---- */

static unsigned or_default(unsigned given, unsigned otherwise)
{
	return given == 0 ? otherwise : given;
}

struct web *web_open(struct loop *l, struct app *app, const struct web_options *o)
{
	struct web *w = xcalloc(1, sizeof *w);

	w->loop = l;
	w->app = app;
	w->o = *o;
	w->o.connections_max = or_default(o->connections_max, 10000);
	w->o.per_address_max = or_default(o->per_address_max, 256);
	w->o.sockets_max = or_default(o->sockets_max, 1024);
	w->o.head_ms = or_default(o->head_ms, 10000);
	w->o.body_ms = or_default(o->body_ms, 10000);
	w->o.idle_ms = or_default(o->idle_ms, 75000);
	w->o.answer_ms = or_default(o->answer_ms, 60000);
	w->o.write_ms = or_default(o->write_ms, 30000);
	w->o.linger_ms = or_default(o->linger_ms, 2000);
	w->o.streams_max = or_default(o->streams_max, 10000);
	w->o.heartbeat_ms = or_default(o->heartbeat_ms, 15000);
	if (getrandom(&w->id_prefix, sizeof w->id_prefix, 0) != sizeof w->id_prefix)
		w->id_prefix = (uint32_t)getpid();
	w->sockets = sockets_open(l, w->o.sockets_max);
	uv_timer_init(&l->uv, &w->sweep);
	w->sweep.data = w;
	w->handles = 1;
	w->streams = streams_open(w);
	return w;
}

bool web_listen(struct web *w, const char *address, int port, struct err *err)
{
	int fds[LISTEN_MAX];
	unsigned n = 0;

	if (w->listeners_n > 0)
		BUG("web_listen is called twice");
	if (!listen_inherited(fds, &n, err))
		return false;
	if (n == 0) {
		if (!listen_open(address, port, &fds[0], err))
			return false;
		n = 1;
		log_info("event=listening address=%s port=%d", address, listen_port(fds[0]));
	} else {
		w->inherited = true;
		log_info("event=listening inherited=%u port=%d", n, listen_port(fds[0]));
	}
	w->port = listen_port(fds[0]);
	for (unsigned i = 0; i < n; i++)
		listener_add(w, fds[i]);
	return true;
}

struct sockets *web_sockets(struct web *w)
{
	return w->sockets;
}

int web_port(const struct web *w)
{
	return w->port;
}

/* ---- ending ---- */

void web_conn_gone(struct web *w)
{
	drain_check(w);
}

/* Nothing waits in the kernel to be read. */
static bool quiet(const struct conn *c)
{
	char one;

	return recv(c->fd, &one, 1, MSG_PEEK | MSG_DONTWAIT) < 0 &&
	       (errno == EAGAIN || errno == EWOULDBLOCK);
}

void web_drain(struct web *w, void (*empty)(void *), void *with)
{
	uint64_t now = uv_now(&w->loop->uv);

	if (w->draining)
		return;
	/* who stands in our own queue already is served; an inherited queue is the successor's */
	for (unsigned i = 0; i < w->listeners_n && !w->inherited; i++) {
		while (accept_one(w, w->listeners[i].fd))
			;
	}
	listeners_close(w);
	w->draining = true;
	w->empty = empty;
	w->empty_with = with;
	for (uint32_t i = 1; i < w->slots_n; i++) {
		struct conn *c = w->slots[i].conn;

		if (c == NULL)
			continue;
		if (c->phase == CONN_IDLE && quiet(c))
			conn_close(c);
		else if (c->phase == CONN_STREAM)
			sse_drain(c);
		else if (c->phase == CONN_FRESH && c->due > now + FRESH_DRAIN_MS)
			c->due = now + FRESH_DRAIN_MS;
	}
	sockets_drain(w->sockets);
	sweep_start(w);
	drain_check(w);
}

void web_close(struct web *w)
{
	if (w == NULL)
		return;
	w->closing = true;
	w->empty = NULL;
	listeners_close(w);
	for (uint32_t i = 1; i < w->slots_n; i++) {
		if (w->slots[i].conn != NULL)
			conn_close(w->slots[i].conn);
	}
	sockets_close(w->sockets);
	streams_close(w->streams);
	uv_close((uv_handle_t *)&w->sweep, on_handle_closed);
}

void web_figures(const struct web *w, struct web_figures *out)
{
	*out = w->figures;
	out->sockets = sockets_count(w->sockets);
}

/* ---- tickets ---- */

struct conn *web_waiting(struct ticket t)
{
	struct slot *s;

	if (t.web == NULL || t.slot == 0 || t.slot >= t.web->slots_n)
		return NULL;
	s = &t.web->slots[t.slot];
	if (s->conn == NULL || s->turn != t.turn || s->conn->phase != CONN_ANSWERING)
		return NULL;
	return s->conn;
}

bool web_waits(struct ticket t)
{
	return web_waiting(t) != NULL;
}

void web_reply_headers(struct ticket t, int status, const char *content_type, struct str body,
		       const struct web_field *fields, size_t fields_n)
{
	struct conn *c = web_waiting(t);

	if (c == NULL)
		log_debug("event=answer_unwanted status=%d", status);
	else
		answer_send(c, status, content_type, body, fields, fields_n);
}

void web_reply(struct ticket t, int status, const char *content_type, struct str body)
{
	web_reply_headers(t, status, content_type, body, NULL, 0);
}

void web_reply_refusal(struct ticket t, enum problem p)
{
	struct conn *c = web_waiting(t);

	if (c != NULL)
		answer_problem(c, p, NULL);
}

void web_reply_refused(struct ticket t, const struct web_refusal *r)
{
	struct conn *c = web_waiting(t);

	if (c != NULL)
		answer_refusal(c, r, NULL);
}

void web_reply_problem(struct ticket t, const struct err *err)
{
	web_reply_refusal(t, problem_of(err->kind));
}

void web_reset(struct ticket t)
{
	const struct linger at_once = {.l_onoff = 1};
	struct conn *c = web_waiting(t);

	if (c == NULL)
		return;
	(void)!setsockopt(c->fd, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
	conn_close(c);
}

int web_take(struct ticket t)
{
	struct conn *c = web_waiting(t);
	int fd;

	if (c == NULL || !c->busy) /* later its bytes would be read by nobody */
		return -1;
	fd = c->fd;
	conn_detach(c); /* its inbox goes when the handler has returned */
	web_conn_gone(c->web);
	return fd;
}

struct str web_header(const struct web_request *r, const char *lower_name)
{
	return head_value(r->head, lower_name);
}
