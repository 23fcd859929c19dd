/*
 * ws.c - see ws.h.
 */
#include <openssl/evp.h>

#include "tests/bench/ws.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <strings.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

#define ROOM 16384

void ws_open(struct ws *w, int fd, int epoll, void *owner, bool client)
{
	struct epoll_event e = {.events = EPOLLIN, .data.ptr = owner};
	int yes = 1;

	*w = (struct ws){.fd = fd, .epoll = epoll, .owner = owner, .client = client};
	(void)!setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
	if (epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &e) != 0)
		BUG("epoll takes no descriptor");
}

void ws_cut(struct ws *w)
{
	if (w->fd >= 0)
		close(w->fd);
	w->fd = -1;
	free(w->in);
	free(w->out);
	w->in = NULL;
	w->out = NULL;
	w->in_n = w->in_cap = w->out_n = w->out_cap = w->taken = 0;
}

static struct sockaddr_in loopback(int port)
{
	return (struct sockaddr_in){.sin_family = AF_INET,
				    .sin_port = htons((uint16_t)port),
				    .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
}

int ws_dial(int port)
{
	struct sockaddr_in a = loopback(port);
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	if (fd >= 0 && connect(fd, (struct sockaddr *)&a, sizeof a) != 0) {
		close(fd);
		fd = -1;
	}
	if (fd >= 0) {
		(void)!fcntl(fd, F_SETFL, O_NONBLOCK);
	}
	return fd;
}

int ws_listen(int port)
{
	struct sockaddr_in a = loopback(port);
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0), yes = 1;

	if (fd < 0 || setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes) != 0 ||
	    bind(fd, (struct sockaddr *)&a, sizeof a) != 0 || listen(fd, 4096) != 0) {
		fprintf(stderr, "port %d cannot be listened on\n", port);
		exit(2);
	}
	return fd;
}

bool ws_fill(struct ws *w)
{
	for (;;) {
		ssize_t n;

		if (w->in_cap - w->in_n < ROOM / 4) {
			w->in_cap = w->in_cap == 0 ? ROOM : w->in_cap * 2;
			w->in = xrealloc(w->in, w->in_cap);
		}
		n = recv(w->fd, w->in + w->in_n, w->in_cap - w->in_n, 0);
		if (n > 0) {
			w->in_n += (size_t)n;
			if (w->in_n == w->in_cap)
				continue;
			return true;
		}
		return n < 0 && (errno == EAGAIN || errno == EINTR);
	}
}

static void used(struct ws *w, size_t n)
{
	w->in_n -= n;
	memmove(w->in, w->in + n, w->in_n);
}

struct str ws_head(struct ws *w)
{
	static char kept[8192];
	const char *end = memmem(w->in, w->in_n, "\r\n\r\n", 4);
	size_t n;

	if (end == NULL)
		return (struct str){0};
	n = size_min((size_t)(end - w->in) + 4, sizeof kept);
	memcpy(kept, w->in, n);
	used(w, (size_t)(end - w->in) + 4);
	return str_make(kept, n);
}

struct str ws_header(struct str head, const char *name)
{
	size_t n = strlen(name);

	for (struct str line; head.n > 0;) {
		line = str_cut(&head, '\n');
		if (line.n > n && line.p[n] == ':' && strncasecmp(line.p, name, n) == 0)
			return str_trim(str_make(line.p + n + 1, line.n - n - 1));
	}
	return (struct str){0};
}

/* ---- frames ---- */

/* The frame at `from`: its payload and length; false: not whole. */
static bool frame_at(const struct ws *w, size_t from, unsigned *op, size_t *payload, size_t *n,
		     bool *masked)
{
	const unsigned char *p = (const unsigned char *)w->in + from;
	size_t have = w->in_n - from, head = 2;

	if (have < 2)
		return false;
	*op = p[0] & 15;
	*masked = (p[1] & 128) != 0;
	*n = p[1] & 127;
	if (*n == 126) {
		head = 4;
		if (have < head)
			return false;
		*n = (size_t)p[2] << 8 | p[3];
	} else if (*n == 127) {
		head = 10;
		if (have < head)
			return false;
		*n = 0;
		for (int i = 2; i < 10; i++)
			*n = *n << 8 | p[i];
	}
	*payload = from + head + (*masked ? 4 : 0);
	return have >= head + (*masked ? 4 : 0) + *n;
}

bool ws_message(struct ws *w, struct str *m)
{
	unsigned op = 0;
	size_t payload = 0, n = 0;
	bool masked = false;

	while (w->fd >= 0) {
		if (!frame_at(w, w->taken, &op, &payload, &n, &masked)) {
			used(w, w->taken);
			w->taken = 0;
			return false;
		}
		if (masked) {
			const char *mask = w->in + payload - 4;

			for (size_t i = 0; i < n; i++)
				w->in[payload + i] ^= mask[i & 3];
		}
		w->taken = payload + n;
		if (op == 1) {
			*m = str_make(w->in + payload, n);
			return true;
		}
		if (op == 8)
			ws_cut(w);
	}
	return false;
}

static void asked(struct ws *w, bool write)
{
	struct epoll_event e = {.events = EPOLLIN | (write ? EPOLLOUT : 0u), .data.ptr = w->owner};

	if (w->asks_write != write)
		(void)!epoll_ctl(w->epoll, EPOLL_CTL_MOD, w->fd, &e);
	w->asks_write = write;
}

static void keep(struct ws *w, const char *p, size_t n)
{
	if (w->out_cap - w->out_n < n) {
		w->out_cap = size_max(w->out_cap * 2, w->out_n + n);
		w->out = xrealloc(w->out, w->out_cap);
	}
	memcpy(w->out + w->out_n, p, n);
	w->out_n += n;
	asked(w, true);
}

void ws_raw(struct ws *w, struct str bytes)
{
	ssize_t n = 0;

	if (w->fd < 0)
		return;
	if (w->out_n == 0)
		n = send(w->fd, bytes.p, bytes.n, MSG_NOSIGNAL);
	n = n < 0 ? 0 : n;
	if ((size_t)n < bytes.n)
		keep(w, bytes.p + n, bytes.n - (size_t)n);
}

void ws_flush(struct ws *w)
{
	ssize_t n = send(w->fd, w->out, w->out_n, MSG_NOSIGNAL);

	if (n <= 0)
		return;
	w->out_n -= (size_t)n;
	memmove(w->out, w->out + n, w->out_n);
	if (w->out_n == 0)
		asked(w, false);
}

void ws_text(struct ws *w, struct str a, struct str b, struct str c)
{
	static char frame[1 << 20];
	static uint32_t seed = 0x9e3779b9;
	size_t n = a.n + b.n + c.n, head = n < 126 ? 2 : 4;
	char *p = frame, *body;

	if (n > 65535)
		BUG("the load generator sends no message of that length");
	*p++ = (char)0x81;
	*p++ = (char)((w->client ? 128u : 0u) | (n < 126 ? (unsigned)n : 126u));
	if (head == 4) {
		*p++ = (char)(n >> 8);
		*p++ = (char)n;
	}
	if (w->client) {
		seed = seed * 1664525u + 1013904223u;
		memcpy(p, &seed, 4);
		p += 4;
	}
	body = p;
	memcpy(p, a.p, a.n);
	memcpy(p + a.n, b.p, b.n);
	if (c.n > 0)
		memcpy(p + a.n + b.n, c.p, c.n);
	if (w->client) {
		for (size_t i = 0; i < n; i++)
			body[i] ^= body[-4 + (int)(i & 3)];
	}
	ws_raw(w, str_make(frame, (size_t)(body - frame) + n));
}

void ws_accept(struct ws *w, struct str head)
{
	struct str key = ws_header(head, "Sec-WebSocket-Key");
	unsigned char digest[EVP_MAX_MD_SIZE], told[64];
	char text[400];
	unsigned n = 0;

	snprintf(text, sizeof text, "%.*s258EAFA5-E914-47DA-95CA-C5AB0DC85B11",
		 (int)size_min(key.n, 64), key.p);
	if (EVP_Digest(text, strlen(text), digest, &n, EVP_sha1(), NULL) != 1)
		BUG("SHA-1 is not there");
	EVP_EncodeBlock(told, digest, (int)n);
	snprintf(text, sizeof text,
		 "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: "
		 "Upgrade\r\nSec-WebSocket-Accept: %s\r\n\r\n",
		 (const char *)told);
	ws_raw(w, str_of(text));
	w->up = true;
}
