/*
 * request.c - from the bytes of a connection to its handler: is there a route, may the body come,
 * is it a WebSocket. See conn.h.
 */
#include <sys/socket.h>

#include "server/net/conn.h"

#define BODY_MAX_DEFAULT (64u * 1024u)
#define BODY_BYTES_PER_S (64u * 1024u) /* slower than this, beyond body_ms, is too slow */
#define SOCKET_HEAD_MAX  2048

static struct ticket ticket_of(struct conn *c)
{
	return (struct ticket){c->web, c->slot, c->web->slots[c->slot].turn};
}

static struct str path_of(const struct head *h)
{
	return h->path.n == 0 ? STR_LIT("/") : head_str(h, h->path);
}

static void request_fill(struct conn *c, const struct route_match *m, struct web_request *r)
{
	const struct head *h = &c->in->head;

	*r = (struct web_request){
		.method = h->method,
		.target = head_str(h, h->target),
		.path = path_of(h),
		.query = head_str(h, h->query),
		.body = inbox_body(c->in),
		.peer = str_of(c->peer),
		.id = c->id,
		.head = h,
		.route = m->route,
	};
	memcpy(r->params, m->params, m->params_n * sizeof m->params[0]);
}

/* Bytes of a head up to where its last header ends. */
static size_t head_used(const struct head *h)
{
	size_t n = 0;

	for (unsigned i = 0; i < h->fields_n; i++) {
		const struct head_field *f = &h->fields[i];

		n = size_max(n, (size_t)f->name.at + f->name.n);
		n = size_max(n, (size_t)f->value.at + f->value.n);
	}
	return n;
}

const struct web_request *web_request_kept(struct arena *a, const struct web_request *r)
{
	struct web_request *k = ARENA_NEW(a, struct web_request);
	struct head *h = ARENA_NEW(a, struct head);

	*h = *r->head;
	h->base = arena_str(a, str_make(h->base, head_used(h))).p;
	h->target = h->path = h->query = (struct head_span){0, 0}; /* below, as views */
	*k = *r;
	k->head = h;
	k->target = arena_str(a, r->target);
	k->path = arena_str(a, r->path);
	k->query = arena_str(a, r->query);
	k->body = arena_str(a, r->body);
	k->peer = arena_str(a, r->peer);
	k->id = arena_strdup(a, r->id);
	for (size_t i = 0; i < ROUTE_PARAMS_MAX; i++)
		k->params[i] = arena_str(a, r->params[i]);
	return k;
}

/* No route: said when the body is here too, so that a body that is not well-formed is told so. */
static void lost(struct conn *c, enum route_found how, const struct route_match *m)
{
	char allow[ROUTE_ALLOW_TEXT];

	if (how == ROUTE_NO_PATH) {
		conn_refuse(c, PROBLEM_MISSING, NULL);
		return;
	}
	route_allow(m->allowed, allow);
	conn_refuse(c, PROBLEM_METHOD, allow);
}

/* The client waits for a word before it sends the body (RFC 9110 10.1.1). */
static void invite(struct conn *c)
{
	static const char word[] = "HTTP/1.1 100 Continue\r\n\r\n";

	(void)!send(c->fd, word, sizeof word - 1, MSG_NOSIGNAL | MSG_DONTWAIT);
}

/* A WebSocket: everything is judged here, then the connection is socket.c's. */
static void hand_over(struct conn *c, const struct route_match *m)
{
	const struct head *h = &c->in->head;
	struct web *w = c->web;
	struct inbox *in = c->in;
	struct web_request r;
	enum socket_wish wish = socket_wish(h);
	void *self = NULL;

	if (wish == SOCKET_NOT_WANTED || (wish == SOCKET_BAD && h->old)) {
		conn_refuse(c, PROBLEM_UPGRADE, NULL);
		return;
	}
	if (wish == SOCKET_BAD || h->chunked || h->length > 0) {
		conn_refuse(c, PROBLEM_MALFORMED, NULL);
		return;
	}
	if (in->n - in->start > SOCKET_HEAD_MAX) {
		conn_refuse(c, PROBLEM_HEAD_TOO_LARGE, NULL);
		return;
	}
	if (w->draining || !sockets_room(w->sockets)) {
		conn_refuse(c, PROBLEM_BUSY, NULL);
		return;
	}
	conn_id_make(c);
	request_fill(c, m, &r);
	w->figures.requests++;
	if (!m->route->socket->allow(w->app, &r, &self)) {
		conn_refuse(c, PROBLEM_DENIED, NULL);
		return;
	}
	c->in = NULL;
	conn_detach(c); /* takes the descriptor out of the loop before socket.c puts it in */
	sockets_take(w->sockets, c->fd, m->route->socket, self, head_value(h, "sec-websocket-key"),
		     str_make(in->p + in->body_at, in->n - in->body_at));
	web_inbox_give(w, in);
	web_conn_gone(w);
}

/* The client asked first whether it should send its body. */
static bool asks(const struct conn *c)
{
	return c->in->head.expects && c->in->n == c->in->body_at;
}

static uint64_t body_time(const struct conn *c, size_t body_max)
{
	const struct head *h = &c->in->head;
	uint64_t n = h->chunked || h->length > body_max ? body_max : h->length;

	return c->web->o.body_ms + n * 1000 / BODY_BYTES_PER_S;
}

/* The head is whole: is there a route, and may the body come? */
static void decide(struct conn *c)
{
	const struct head *h = &c->in->head;
	size_t body_max = BODY_MAX_DEFAULT;
	struct route_match m;
	enum route_found how;

	if (h->origin) { /* a browser, on behalf of some page: none of our clients */
		conn_refuse(c, PROBLEM_DENIED, NULL);
		return;
	}
	how = route_find(c->web->o.tables, h->method, path_of(h), &m);
	if (how == ROUTE_FOUND && m.route->socket != NULL) {
		hand_over(c, &m);
		return;
	}
	if (how == ROUTE_FOUND && m.route->body_max != 0)
		body_max = m.route->body_max;
	if (how != ROUTE_FOUND && asks(c)) {
		lost(c, how, &m);
		return;
	}
	inbox_accept(c->in, body_max);
	conn_phase_set(c, CONN_BODY, body_time(c, body_max));
	if (asks(c) && (h->chunked || h->length <= body_max))
		invite(c);
}

static void dispatch(struct conn *c)
{
	const struct head *h = &c->in->head;
	struct web *w = c->web;
	struct route_match m;
	struct web_request r;
	enum route_found how = route_find(w->o.tables, h->method, path_of(h), &m);

	c->head_only = h->method == WEB_HEAD;
	c->old = h->old;
	if (how != ROUTE_FOUND) {
		lost(c, how, &m);
		return;
	}
	conn_id_make(c);
	request_fill(c, &m, &r);
	c->keep_alive = h->keep_alive;
	w->figures.requests++;
	w->slots[c->slot].turn++;
	conn_phase_set(c, CONN_ANSWERING, w->o.answer_ms);
	m.route->handle(w->app, &r, ticket_of(c));
}

bool request_step(struct conn *c)
{
	switch (inbox_read(c->in)) {
	case INBOX_MORE:
		/* only empty lines are no beginning; they stay, so that they are counted however
		 * they come */
		if (!inbox_empty(c->in) && (c->phase == CONN_FRESH || c->phase == CONN_IDLE))
			conn_phase_set(c, CONN_HEAD, c->web->o.head_ms);
		else if (inbox_empty(c->in) && c->phase == CONN_HEAD)
			conn_phase_set(c, CONN_IDLE, c->web->o.idle_ms);
		return false;
	case INBOX_HEAD: decide(c); return true;
	case INBOX_WHOLE: dispatch(c); return true;
	case INBOX_REFUSED: conn_refuse(c, c->in->problem, NULL); return true;
	default: conn_close(c); return true;
	}
}
