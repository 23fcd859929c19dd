/*
 * net_peer.c - see net_peer.h.
 */
#include "tests/support/net_peer.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <pthread.h>
#include <semaphore.h>
#include <sys/socket.h>
#include <unistd.h>

#include "shared/clock.h"
#include "shared/log.h"

/* ---- the server ---- */

struct net_server {
	struct loop loop;
	struct web *web;
	struct app *app;
	struct web_options options;
	const char *address;
	int port;
	pthread_t thread;
	uv_async_t wake;
	sem_t done;
	bool stopping;
	void (*do_it)(struct web *w, struct loop *l, void *with);
	void *with;
};

static void on_wake(uv_async_t *a)
{
	struct net_server *s = a->data;

	if (s->stopping) {
		web_close(s->web);
		uv_close((uv_handle_t *)a, NULL);
		loop_let_go(&s->loop);
		return;
	}
	s->do_it(s->web, &s->loop, s->with);
	sem_post(&s->done);
}

static void *serve(void *with)
{
	struct net_server *s = with;
	struct err err;

	loop_open(&s->loop);
	uv_async_init(&s->loop.uv, &s->wake, on_wake);
	s->wake.data = s;
	s->web = web_open(&s->loop, s->app, &s->options);
	if (!web_listen(s->web, s->address, 0, &err))
		BUG("%s", err.text);
	s->port = web_port(s->web);
	sem_post(&s->done);
	loop_run(&s->loop);
	loop_close(&s->loop);
	return NULL;
}

struct net_server *net_server_start(const struct web_options *o, struct app *app)
{
	return net_server_start_at("127.0.0.1", o, app);
}

struct net_server *net_server_start_at(const char *address, const struct web_options *o,
				       struct app *app)
{
	struct net_server *s = xcalloc(1, sizeof *s);

	log_set_level(LOG_ERROR);
	s->address = address;
	s->options = *o;
	s->app = app;
	sem_init(&s->done, 0, 0);
	if (pthread_create(&s->thread, NULL, serve, s) != 0)
		BUG("no thread for the server");
	sem_wait(&s->done);
	return s;
}

int net_server_port(const struct net_server *s)
{
	return s->port;
}

void net_server_do(struct net_server *s, void (*do_it)(struct web *w, struct loop *l, void *with),
		   void *with)
{
	s->do_it = do_it;
	s->with = with;
	uv_async_send(&s->wake);
	sem_wait(&s->done);
}

static void figures_read(struct web *w, struct loop *l, void *with)
{
	(void)l;
	web_figures(w, with);
}

void net_server_figures(struct net_server *s, struct web_figures *out)
{
	net_server_do(s, figures_read, out);
}

void net_server_stop(struct net_server *s)
{
	s->stopping = true;
	uv_async_send(&s->wake);
	pthread_join(s->thread, NULL);
	sem_destroy(&s->done);
	free(s);
}

/* ---- the client ---- */

const char *net_own_address(void)
{
	static char text[INET_ADDRSTRLEN];
	struct sockaddr_in a = {.sin_family = AF_INET, .sin_port = htons(9)};
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	socklen_t n = sizeof a;
	bool found;

	/* the kernel chooses where it would send from; nothing is sent */
	found = fd >= 0 && inet_pton(AF_INET, "203.0.113.1", &a.sin_addr) == 1 &&
		connect(fd, (struct sockaddr *)&a, sizeof a) == 0 &&
		getsockname(fd, (struct sockaddr *)&a, &n) == 0 &&
		ntohl(a.sin_addr.s_addr) >> 24 != 127 &&
		inet_ntop(AF_INET, &a.sin_addr, text, sizeof text) != NULL;
	if (fd >= 0)
		close(fd);
	return found ? text : NULL;
}

int net_connect(int port)
{
	return net_connect_at("127.0.0.1", port);
}

int net_connect_at(const char *address, int port)
{
	struct sockaddr_in a = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), on = 1;

	if (fd < 0 || inet_pton(AF_INET, address, &a.sin_addr) != 1 ||
	    connect(fd, (struct sockaddr *)&a, sizeof a) != 0)
		BUG("cannot connect to port %d: %s", port, strerror(errno));
	setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
	return fd;
}

bool net_send(int fd, struct str bytes, size_t chop)
{
	size_t at = 0, n;
	ssize_t sent;

	while (at < bytes.n) {
		n = chop == 0 ? bytes.n - at : size_min(chop, bytes.n - at);
		sent = send(fd, bytes.p + at, n, MSG_NOSIGNAL);
		if (sent <= 0)
			return false;
		at += (size_t)sent;
	}
	return true;
}

/* Length of the whole answer at p, 0 if there is none yet. */
static size_t answer_length(const char *p, size_t n, int *status)
{
	const char *end = memmem(p, n, "\r\n\r\n", 4), *length;
	size_t head, body = 0;

	if (end == NULL || n < 12 || memcmp(p, "HTTP/1.1 ", 9) != 0)
		return 0;
	head = (size_t)(end - p) + 4;
	*status = (int)strtol(p + 9, NULL, 10);
	length = memmem(p, head, "Content-Length: ", 16);
	if (length != NULL)
		body = strtoul(length + 16, NULL, 10);
	return head + body <= n ? head + body : 0;
}

static void answers_count(struct net_answers *a)
{
	size_t at = 0, n;
	int status = 0;

	a->count = a->continues = 0;
	while ((n = answer_length(a->bytes + at, a->n - at, &status)) > 0) {
		at += n;
		if (status == 100)
			a->continues++;
		else if (a->count < ARRAY_LEN(a->status))
			a->status[a->count++] = status;
	}
}

void net_read(int fd, unsigned wanted, unsigned ms, struct net_answers *out)
{
	int64_t end = clock_mono_ms() + ms, left;
	struct pollfd p = {.fd = fd, .events = POLLIN};
	ssize_t n;

	while (!out->ended && out->count < wanted && out->n < sizeof out->bytes &&
	       (left = end - clock_mono_ms()) > 0) {
		if (poll(&p, 1, (int)left) <= 0)
			continue;
		n = recv(fd, out->bytes + out->n, sizeof out->bytes - out->n, 0);
		out->ended = n <= 0;
		out->reset = n < 0;
		if (n > 0)
			out->n += (size_t)n;
		answers_count(out);
	}
}

void net_talk(int port, struct str bytes, size_t chop, unsigned wanted, struct net_answers *out)
{
	int fd = net_connect(port);

	*out = (struct net_answers){.n = 0};
	(void)net_send(fd, bytes, chop);
	net_read(fd, wanted, 5000, out);
	close(fd);
}

const char *net_shared(const char *path)
{
	static char full[1024];
	const char *root = getenv("SWITCHBACK_SHARED");

	snprintf(full, sizeof full, "%s/%s", root == NULL ? "../shared" : root, path);
	return access(full, R_OK) == 0 ? full : NULL;
}
