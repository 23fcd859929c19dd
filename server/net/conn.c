/*
 * conn.c - the life of one connection: receive, judge the head, hand the whole request to its
 * handler, wait for the answer, go on or leave. See conn.h.
 */
#include "server/net/conn.h"

#include <arpa/inet.h>
#include <errno.h>
#include <sys/socket.h>
#include <unistd.h>

#include "shared/log.h"

#define BODY_MAX_DEFAULT  (64u * 1024u)
#define BODY_BYTES_PER_S  (64u * 1024u) /* slower than this, beyond body_ms, is too slow */
#define SOCKET_HEAD_MAX   2048
#define BEYOND_LIMIT      64 /* connections that are told "busy" rather than cut */
#define SPARE_CONNS_MAX   256
#define REFUSALS_A_SECOND 10 /* in the log */

static void conn_go(struct conn *c);
static void on_ready(uv_poll_t *h, int status, int events);

void conn_phase_set(struct conn *c, enum conn_phase phase, uint64_t ms)
{
	c->phase = phase;
	c->due = uv_now(&c->web->loop->uv) + ms;
}

/* Each change costs system calls, so steady traffic makes none. */
void conn_watch(struct conn *c, int events)
{
	if (c->events == events)
		return;
	c->events = events;
	if (events == 0)
		uv_poll_stop(&c->poll);
	else
		uv_poll_start(&c->poll, events, on_ready);
}

/* ---- opening and closing ---- */

/* What connections are counted by: an IPv4 address, a /64 network of IPv6; 0 for loopback. */
static uint64_t address_key(const struct sockaddr_storage *a)
{
	const struct in6_addr *six = &((const struct sockaddr_in6 *)a)->sin6_addr;
	uint32_t four = 0;
	uint64_t net = 0;

	if (a->ss_family == AF_INET) {
		four = ntohl(((const struct sockaddr_in *)a)->sin_addr.s_addr);
	} else if (IN6_IS_ADDR_V4MAPPED(six)) {
		memcpy(&four, six->s6_addr + 12, sizeof four);
		four = ntohl(four);
	} else {
		if (IN6_IS_ADDR_LOOPBACK(six))
			return 0;
		memcpy(&net, six->s6_addr, sizeof net);
		return net == 0 ? 1 : net;
	}
	return four >> 24 == 127 ? 0 : (uint64_t)1 << 32 | four;
}

static void address_text(const struct sockaddr_storage *a, char out[INET6_ADDRSTRLEN])
{
	const struct in6_addr *six = &((const struct sockaddr_in6 *)a)->sin6_addr;

	if (a->ss_family == AF_INET)
		inet_ntop(AF_INET, &((const struct sockaddr_in *)a)->sin_addr, out,
			  INET6_ADDRSTRLEN);
	else if (IN6_IS_ADDR_V4MAPPED(six))
		inet_ntop(AF_INET, six->s6_addr + 12, out, INET6_ADDRSTRLEN);
	else
		inet_ntop(AF_INET6, six, out, INET6_ADDRSTRLEN);
}

static struct conn **bucket(struct web *w, uint64_t address)
{
	return &w->near[(address * 0x9E3779B97F4A7C15u >> 40) & (NEAR_BUCKETS - 1)];
}

static unsigned near_count(struct web *w, uint64_t address)
{
	unsigned n = 0;

	for (struct conn *c = *bucket(w, address); c != NULL; c = c->near_next)
		n += c->address == address;
	return n;
}

static void near_link(struct conn *c)
{
	struct conn **head = bucket(c->web, c->address);

	c->near_prev = NULL;
	c->near_next = *head;
	if (*head != NULL)
		(*head)->near_prev = c;
	*head = c;
}

static void near_unlink(struct conn *c)
{
	if (c->near_next != NULL)
		c->near_next->near_prev = c->near_prev;
	if (c->near_prev != NULL)
		c->near_prev->near_next = c->near_next;
	else
		*bucket(c->web, c->address) = c->near_next;
}

static uint32_t slot_take(struct web *w)
{
	uint32_t i = w->free_head, old = w->slots_n;

	if (i == 0) { /* slot 0 is nobody */
		w->slots_n = old == 0 ? 64 : old * 2;
		w->slots = xrealloc(w->slots, w->slots_n * sizeof *w->slots);
		for (uint32_t k = old; k < w->slots_n; k++)
			w->slots[k] = (struct slot){NULL, 0, k + 1 < w->slots_n ? k + 1 : 0};
		i = old == 0 ? 1 : old;
	}
	w->free_head = w->slots[i].next_free;
	return i;
}

static struct conn *conn_take(struct web *w)
{
	struct conn *c = w->spare_conns;

	if (c == NULL)
		return xcalloc(1, sizeof *c);
	w->spare_conns = c->spare_next;
	w->spare_conns_n--;
	memset(c, 0, sizeof *c);
	return c;
}

void conn_open(struct web *w, int fd, const struct sockaddr_storage *address)
{
	uint64_t key = address_key(address);
	bool full = w->figures.open >= w->o.connections_max ||
		    (key != 0 && near_count(w, key) >= w->o.per_address_max);
	struct conn *c;

	w->figures.accepted++;
	if (full)
		w->figures.turned_away++;
	if (full && w->figures.open >= w->o.connections_max + BEYOND_LIMIT) {
		close(fd);
		return;
	}
	c = conn_take(w);
	c->web = w;
	c->fd = fd;
	if (uv_poll_init(&w->loop->uv, &c->poll, fd) != 0)
		BUG("an accepted socket cannot be watched");
	c->poll.data = c;
	w->handles++;
	c->address = key;
	address_text(address, c->peer);
	near_link(c);
	c->slot = slot_take(w);
	w->slots[c->slot].conn = c;
	w->figures.open++;
	if (w->figures.open > w->figures.open_peak)
		w->figures.open_peak = w->figures.open;
	conn_phase_set(c, CONN_FRESH, w->o.head_ms);
	if (full)
		conn_refuse(c, PROBLEM_BUSY, NULL);
	else
		conn_watch(c, UV_READABLE);
}

static void on_closed(uv_handle_t *h)
{
	struct conn *c = h->data;
	struct web *w = c->web;

	if (w->spare_conns_n < SPARE_CONNS_MAX && !w->closing) {
		c->spare_next = w->spare_conns;
		w->spare_conns = c;
		w->spare_conns_n++;
	} else {
		free(c);
	}
	web_handle_closed(w);
}

static void inbox_let_go(struct conn *c)
{
	if (c->in != NULL)
		web_inbox_give(c->web, c->in);
	c->in = NULL;
}

/* Ends the connection but leaves its descriptor, which is no longer ours. The inbox stays. */
static void conn_detach(struct conn *c)
{
	struct web *w = c->web;
	struct slot *s = &w->slots[c->slot];

	c->phase = CONN_GONE;
	uv_poll_stop(&c->poll);
	uv_close((uv_handle_t *)&c->poll, on_closed);
	near_unlink(c);
	s->conn = NULL;
	s->turn++;
	s->next_free = w->free_head;
	w->free_head = c->slot;
	free(c->out);
	c->out = NULL;
	w->figures.open--;
}

void conn_close(struct conn *c)
{
	if (c->phase == CONN_GONE)
		return;
	conn_detach(c);
	if (!c->busy)
		inbox_let_go(c);
	close(c->fd);
	web_conn_gone(c->web);
}

/* Says that no more comes from us, then waits a little for the client to close: closing at once
 * with bytes unread would make the kernel take back the answer. */
static void leave(struct conn *c)
{
	inbox_let_go(c);
	shutdown(c->fd, SHUT_WR);
	conn_phase_set(c, CONN_LEAVING, c->web->o.linger_ms);
	conn_watch(c, UV_READABLE);
}

/* ---- refusing ---- */

static void refusal_log(struct conn *c, enum problem p)
{
	struct web *w = c->web;
	uint64_t now = uv_now(&w->loop->uv);

	if (now - w->logged_since >= 1000) {
		if (w->logged > REFUSALS_A_SECOND)
			log_info("event=requests_refused more=%u", w->logged - REFUSALS_A_SECOND);
		w->logged_since = now;
		w->logged = 0;
	}
	if (w->logged++ < REFUSALS_A_SECOND)
		log_info("event=request_refused request=%s status=%d code=%s peer=%s", c->id,
			 problem_row(p)->status, problem_row(p)->code, c->peer);
}

static void id_make(struct conn *c)
{
	static const char hex[] = "0123456789abcdef";
	struct web *w = c->web;
	uint64_t id = (uint64_t)w->id_prefix << 32 | ++w->id_next;

	for (int i = 15; i >= 0; i--, id >>= 4)
		c->id[i] = hex[id & 15];
}

void conn_refuse(struct conn *c, enum problem p, const char *allow)
{
	id_make(c);
	c->keep_alive = false;
	c->web->figures.refused++;
	refusal_log(c, p);
	answer_problem(c, p, allow);
}

void conn_overdue(struct conn *c)
{
	switch (c->phase) {
	case CONN_HEAD:
	case CONN_BODY: conn_refuse(c, PROBLEM_SLOW, NULL); break;
	case CONN_ANSWERING:
		log_error("event=request_unanswered request=%s peer=%s", c->id, c->peer);
		conn_refuse(c, PROBLEM_TIMEOUT, NULL);
		break;
	default: conn_close(c); break;
	}
}

/* ---- one request ---- */

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

/* A WebSocket: everything is judged here, then the connection is libwebsockets'. */
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
	id_make(c);
	request_fill(c, m, &r);
	w->figures.requests++;
	if (!m->route->socket->allow(w->app, &r, &self)) {
		conn_refuse(c, PROBLEM_DENIED, NULL);
		return;
	}
	c->in = NULL;
	conn_detach(c); /* takes the descriptor out of the loop before libwebsockets puts it in */
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
	id_make(c);
	request_fill(c, &m, &r);
	c->keep_alive = h->keep_alive;
	w->figures.requests++;
	w->slots[c->slot].turn++;
	conn_phase_set(c, CONN_ANSWERING, w->o.answer_ms);
	m.route->handle(w->app, &r, ticket_of(c));
}

/* One step with what is there. False: the client is to send more. */
static bool step(struct conn *c)
{
	switch (inbox_read(c->in)) {
	case INBOX_MORE:
		if (inbox_empty(c->in)) {
			inbox_let_go(c);
			if (c->phase == CONN_HEAD)
				conn_phase_set(c, CONN_IDLE, c->web->o.idle_ms);
		} else if (c->phase == CONN_FRESH || c->phase == CONN_IDLE)
			conn_phase_set(c, CONN_HEAD, c->web->o.head_ms);
		return false;
	case INBOX_HEAD: decide(c); return true;
	case INBOX_WHOLE: dispatch(c); return true;
	case INBOX_REFUSED: conn_refuse(c, c->in->problem, NULL); return true;
	default: conn_close(c); return true;
	}
}

static bool reading(const struct conn *c)
{
	return c->phase <= CONN_BODY && c->in != NULL;
}

/* The answer is sent: the next request, or the end. */
static bool go_on(struct conn *c)
{
	if (!c->keep_alive || c->web->draining) {
		leave(c);
		return false;
	}
	inbox_next(c->in);
	if (inbox_empty(c->in)) {
		inbox_let_go(c);
		conn_phase_set(c, CONN_IDLE, c->web->o.idle_ms);
	} else {
		conn_phase_set(c, CONN_HEAD, c->web->o.head_ms);
	}
	conn_watch(c, UV_READABLE);
	return true;
}

/* Goes on until a handler keeps its answer back, the client is to send more, or the connection
 * ends. An answer given inside the handler comes back here by the loop, not by the stack, and only
 * when the handler has returned: until then its request's bytes stay where they are. */
static void conn_go(struct conn *c)
{
	if (c->busy)
		return;
	c->busy = true;
	while ((c->phase == CONN_ANSWERED && go_on(c)) || (reading(c) && step(c)))
		;
	c->busy = false;
	if (c->phase == CONN_GONE)
		inbox_let_go(c);
}

void conn_answered(struct conn *c)
{
	c->phase = CONN_ANSWERED;
	conn_go(c);
}

/* ---- the socket ---- */

static void bytes_drop(struct conn *c)
{
	char nowhere[16384];
	ssize_t n = recv(c->fd, nowhere, sizeof nowhere, 0);

	if (n == 0 || (n < 0 && errno != EAGAIN && errno != EINTR))
		conn_close(c);
}

static void bytes_receive(struct conn *c)
{
	size_t room;
	ssize_t n;
	char *to;

	if (c->in == NULL)
		c->in = web_inbox_take(c->web);
	to = inbox_room(c->in, &room);
	n = recv(c->fd, to, room, 0);
	if (n > 0) {
		inbox_received(c->in, (size_t)n);
		conn_go(c);
		return;
	}
	if (n < 0 && (errno == EAGAIN || errno == EINTR)) {
		if (inbox_empty(c->in))
			inbox_let_go(c);
		return;
	}
	conn_close(c); /* it hung up, with or without a half request */
}

static void on_ready(uv_poll_t *h, int status, int events)
{
	struct conn *c = h->data;

	if (status < 0) {
		conn_close(c);
		return;
	}
	if ((events & UV_WRITABLE) != 0 && c->phase == CONN_WRITING)
		answer_go_on(c);
	if ((events & UV_READABLE) == 0)
		return;
	switch (c->phase) {
	case CONN_GONE: break;
	case CONN_LEAVING: bytes_drop(c); break;
	case CONN_WRITING: break;
	case CONN_ANSWERING: conn_watch(c, 0); break; /* its next request waits in the kernel */
	default: bytes_receive(c); break;
	}
}
