/*
 * script_peer.c - see script_peer.h.
 */
#include "tests/support/script_peer.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <pthread.h>
#include <sys/socket.h>
#include <unistd.h>

#define CONNECTIONS_MAX 512
#define HEAD_MAX        8192

struct connection {
	struct script_peer *peer;
	pthread_t thread;
	int fd;
	char bytes[HEAD_MAX * 2]; /* what has been read and not yet used */
	size_t n;
};

struct script_peer {
	script_handler *handler;
	void *with;
	int fd;
	char url[64];
	pthread_t thread;
	pthread_mutex_t lock;
	pthread_cond_t changed;
	bool stops;
	unsigned lets;
	struct connection *connections[CONNECTIONS_MAX];
	size_t connections_n;
	struct script_request requests[SCRIPT_REQUESTS_MAX];
	unsigned requests_n;
};

/* ---- reading a request ---- */

static bool more_read(struct connection *c)
{
	ssize_t got;

	if (c->n + 1 >= sizeof c->bytes)
		return false;
	got = recv(c->fd, c->bytes + c->n, sizeof c->bytes - 1 - c->n, 0);
	if (got <= 0)
		return false;
	c->n += (size_t)got;
	c->bytes[c->n] = '\0';
	return true;
}

static void header_copy(const char *head, const char *name, char *out, size_t room)
{
	const char *at = strcasestr(head, name);
	size_t n;

	out[0] = '\0';
	if (at == NULL)
		return;
	at += strlen(name);
	n = strcspn(at, "\r\n");
	snprintf(out, room, "%.*s", (int)n, at);
}

static bool request_read(struct connection *c, struct script_request *out)
{
	char length[24], *end, *head;
	size_t head_n, body_n;

	while ((end = strstr(c->bytes, "\r\n\r\n")) == NULL) {
		if (!more_read(c))
			return false;
	}
	head_n = (size_t)(end - c->bytes) + 4;
	head = strndup(c->bytes, head_n);
	*out = (struct script_request){0};
	sscanf(head, "%7s %511s", out->method, out->path);
	header_copy(head, "\r\nAuthorization: Bearer ", out->bearer, sizeof out->bearer);
	header_copy(head, "\r\nIdempotency-Key: ", out->key, sizeof out->key);
	header_copy(head, "\r\nLast-Event-ID: ", out->after, sizeof out->after);
	header_copy(head, "\r\nContent-Length: ", length, sizeof length);
	free(head);
	body_n = strtoul(length, NULL, 10);
	while (c->n < head_n + body_n) {
		if (!more_read(c))
			return false;
	}
	snprintf(out->body, sizeof out->body, "%.*s", (int)body_n, c->bytes + head_n);
	memmove(c->bytes, c->bytes + head_n + body_n, c->n - head_n - body_n + 1);
	c->n -= head_n + body_n;
	return true;
}

static void *serving(void *with)
{
	struct connection *c = with;
	struct script_peer *p = c->peer;
	struct script_call call = {.peer = p, .fd = c->fd, .with = p->with};

	while (request_read(c, &call.request)) {
		pthread_mutex_lock(&p->lock);
		call.number = p->requests_n;
		if (p->requests_n < SCRIPT_REQUESTS_MAX)
			p->requests[p->requests_n++] = call.request;
		pthread_mutex_unlock(&p->lock);
		if (!p->handler(&call))
			break;
	}
	pthread_mutex_lock(&p->lock);
	close(c->fd);
	c->fd = -1;
	pthread_mutex_unlock(&p->lock);
	return NULL;
}

static void *accepting(void *with)
{
	struct script_peer *p = with;
	int fd;

	while ((fd = accept(p->fd, NULL, NULL)) >= 0) {
		pthread_mutex_lock(&p->lock);
		if (!p->stops && p->connections_n < CONNECTIONS_MAX) {
			struct connection *c = xcalloc(1, sizeof *c);

			c->peer = p;
			c->fd = fd;
			p->connections[p->connections_n++] = c;
			pthread_create(&c->thread, NULL, serving, c);
		} else {
			close(fd);
		}
		pthread_mutex_unlock(&p->lock);
	}
	return NULL;
}

/* ---- its life ---- */

struct script_peer *script_start(script_handler *handler, void *with)
{
	struct script_peer *p = xcalloc(1, sizeof *p);
	struct sockaddr_in a = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	socklen_t n = sizeof a;

	p->handler = handler;
	p->with = with;
	pthread_mutex_init(&p->lock, NULL);
	pthread_cond_init(&p->changed, NULL);
	p->fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (p->fd < 0 || bind(p->fd, (struct sockaddr *)&a, sizeof a) != 0 ||
	    listen(p->fd, 64) != 0 || getsockname(p->fd, (struct sockaddr *)&a, &n) != 0)
		BUG("no port to listen on");
	snprintf(p->url, sizeof p->url, "http://127.0.0.1:%d", ntohs(a.sin_port));
	pthread_create(&p->thread, NULL, accepting, p);
	return p;
}

void script_stop(struct script_peer *p)
{
	pthread_mutex_lock(&p->lock);
	p->stops = true;
	shutdown(p->fd, SHUT_RDWR);
	for (size_t i = 0; i < p->connections_n; i++) {
		if (p->connections[i]->fd >= 0)
			shutdown(p->connections[i]->fd, SHUT_RDWR);
	}
	pthread_cond_broadcast(&p->changed);
	pthread_mutex_unlock(&p->lock);
	pthread_join(p->thread, NULL);
	for (size_t i = 0; i < p->connections_n; i++) {
		pthread_join(p->connections[i]->thread, NULL);
		free(p->connections[i]);
	}
	close(p->fd);
	pthread_cond_destroy(&p->changed);
	pthread_mutex_destroy(&p->lock);
	free(p);
}

const char *script_url(const struct script_peer *p)
{
	return p->url;
}

unsigned script_count(struct script_peer *p)
{
	unsigned n;

	pthread_mutex_lock(&p->lock);
	n = p->requests_n;
	pthread_mutex_unlock(&p->lock);
	return n;
}

const struct script_request *script_request_at(struct script_peer *p, unsigned n)
{
	return n < script_count(p) ? &p->requests[n] : NULL;
}

static bool request_is(const struct script_request *r, const char *method, const char *path)
{
	return strcmp(r->method, method) == 0 && strncmp(r->path, path, strlen(path)) == 0;
}

unsigned script_asked(struct script_peer *p, const char *method, const char *path)
{
	unsigned n = 0, all = script_count(p);

	for (unsigned i = 0; i < all; i++)
		n += request_is(&p->requests[i], method, path);
	return n;
}

/* ---- for handlers ---- */

bool script_is(const struct script_call *c, const char *method, const char *path)
{
	return request_is(&c->request, method, path);
}

bool script_say(struct script_call *c, struct str bytes)
{
	size_t done = 0;

	while (done < bytes.n) {
		ssize_t n = send(c->fd, bytes.p + done, bytes.n - done, MSG_NOSIGNAL);

		if (n <= 0)
			return false;
		done += (size_t)n;
	}
	return true;
}

bool script_answer(struct script_call *c, int status, const char *type, const char *body)
{
	char head[512];

	snprintf(head, sizeof head,
		 "HTTP/1.1 %d Some\r\nContent-Type: %s\r\nContent-Length: %zu\r\n\r\n", status,
		 type, strlen(body));
	return script_say(c, str_of(head)) && script_say(c, str_of(body));
}

bool script_json(struct script_call *c, int status, const char *body)
{
	return script_answer(c, status,
			     status < 300 ? "application/json" : "application/problem+json", body);
}

bool script_stream(struct script_call *c)
{
	return script_say(c, STR_LIT("HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n"
				     "Cache-Control: no-store\r\n\r\n"));
}

bool script_reset(struct script_call *c)
{
	struct linger hard = {1, 0};

	setsockopt(c->fd, SOL_SOCKET, SO_LINGER, &hard, sizeof hard);
	return false;
}

bool script_hold(struct script_call *c)
{
	char byte;

	while (recv(c->fd, &byte, 1, 0) > 0)
		continue;
	return false;
}

bool script_await(struct script_call *c, unsigned times)
{
	struct script_peer *p = c->peer;
	bool there;

	pthread_mutex_lock(&p->lock);
	while (p->lets < times && !p->stops)
		pthread_cond_wait(&p->changed, &p->lock);
	there = !p->stops;
	pthread_mutex_unlock(&p->lock);
	return there;
}

void script_let(struct script_peer *p)
{
	pthread_mutex_lock(&p->lock);
	p->lets++;
	pthread_cond_broadcast(&p->changed);
	pthread_mutex_unlock(&p->lock);
}
