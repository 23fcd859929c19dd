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
	unsigned open = w->figures.open - streams_count(w->streams);
	bool full = open >= w->o.connections_max ||
		    (key != 0 && near_count(w, key) >= w->o.per_address_max);
	struct conn *c;

	w->figures.accepted++;
	if (full)
		w->figures.turned_away++;
	if (full && open >= w->o.connections_max + BEYOND_LIMIT) {
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

void conn_inbox_let_go(struct conn *c)
{
	if (c->in != NULL)
		web_inbox_give(c->web, c->in);
	c->in = NULL;
}

void conn_detach(struct conn *c)
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
		conn_inbox_let_go(c);
	close(c->fd);
	if (c->stream != NULL)
		sse_conn_gone(c);
	web_conn_gone(c->web);
}

/* Says that no more comes from us, then waits a little for the client to close: closing at once
 * with bytes unread would make the kernel take back the answer. */
static void leave(struct conn *c)
{
	conn_inbox_let_go(c);
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

void conn_id_make(struct conn *c)
{
	static const char hex[] = "0123456789abcdef";
	struct web *w = c->web;
	uint64_t id = (uint64_t)w->id_prefix << 32 | ++w->id_next;

	for (int i = 15; i >= 0; i--, id >>= 4)
		c->id[i] = hex[id & 15];
}

void conn_refuse(struct conn *c, enum problem p, const char *allow)
{
	conn_id_make(c);
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
	case CONN_STREAM: sse_overdue(c); break;
	default: conn_close(c); break;
	}
}

/* ---- one request after the other ---- */

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
		conn_inbox_let_go(c);
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
	while ((c->phase == CONN_ANSWERED && go_on(c)) || (reading(c) && request_step(c)))
		;
	c->busy = false;
	if (c->phase == CONN_GONE || c->phase == CONN_STREAM)
		conn_inbox_let_go(c);
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
		if (c->in->n == 0)
			conn_inbox_let_go(c);
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
	if ((events & UV_WRITABLE) != 0) {
		if (c->phase == CONN_WRITING)
			answer_go_on(c);
		else if (c->phase == CONN_STREAM)
			sse_writable(c);
	}
	if ((events & UV_READABLE) == 0)
		return;
	switch (c->phase) {
	case CONN_GONE: break;
	case CONN_LEAVING: bytes_drop(c); break;
	case CONN_WRITING: break;
	case CONN_STREAM: sse_readable(c); break;
	case CONN_ANSWERING: conn_watch(c, 0); break; /* its next request waits in the kernel */
	default: bytes_receive(c); break;
	}
}
