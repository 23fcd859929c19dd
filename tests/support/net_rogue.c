/*
 * net_rogue.c - see net_rogue.h. A thread a connection.
 */
#include "tests/support/net_rogue.h"

#include <arpa/inet.h>
#include <errno.h>
#include <pthread.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define CONNECTIONS_MAX 64
#define PATHS_MAX       256

struct line {
	struct rogue *rogue;
	pthread_t thread;
	int fd;
	char request[16384];
	size_t n;
	unsigned requests;
};

struct rogue {
	int fd, port;
	bool deaf;
	pthread_t thread;
	pthread_mutex_t lock;
	pthread_cond_t changed;
	struct line *lines[CONNECTIONS_MAX];
	unsigned lines_n, closed, busy, peak;
	char paths[PATHS_MAX][32];
	unsigned paths_n;
};

static void say(struct line *l, const char *text)
{
	(void)!send(l->fd, text, strlen(text), MSG_NOSIGNAL);
}

static void reset_on_close(int fd)
{
	struct linger hard = {.l_onoff = 1, .l_linger = 0};

	setsockopt(fd, SOL_SOCKET, SO_LINGER, &hard, sizeof hard);
}

/* Reads one request; false when the client has closed. */
static bool request_read(struct line *l)
{
	l->n = 0;
	for (;;) {
		const char *end = memmem(l->request, l->n, "\r\n\r\n", 4), *length;
		size_t body = 0;
		ssize_t n;

		if (end != NULL) {
			length = memmem(l->request, l->n, "Content-Length: ", 16);
			if (length != NULL)
				body = strtoul(length + 16, NULL, 10);
			if (l->n >= (size_t)(end - l->request) + 4 + body)
				return true;
		}
		n = recv(l->fd, l->request + l->n, sizeof l->request - 1 - l->n, 0);
		if (n <= 0)
			return false;
		l->n += (size_t)n;
		l->request[l->n] = '\0';
	}
}

static void path_of(const struct line *l, char out[32])
{
	const char *at = strchr(l->request, ' ');
	size_t n = at == NULL ? 0 : strcspn(at + 1, " ?");

	snprintf(out, 32, "%.*s", (int)n, at == NULL ? "" : at + 1);
}

/* Waits for the client to close. */
static void hang(struct line *l)
{
	char nothing[64];

	while (recv(l->fd, nothing, sizeof nothing, 0) > 0)
		;
}

static void say_big(struct line *l)
{
	char block[1000];

	memset(block, 'x', sizeof block);
	say(l, "HTTP/1.1 200 OK\r\nContent-Length: 300000\r\n\r\n");
	for (int i = 0; i < 300; i++) {
		if (send(l->fd, block, sizeof block, MSG_NOSIGNAL) < 0)
			return;
	}
}

static void say_later(struct line *l)
{
	time_t then = time(NULL) + 30;
	char date[64], text[256];
	struct tm tm;

	strftime(date, sizeof date, "%a, %d %b %Y %H:%M:%S GMT", gmtime_r(&then, &tm));
	snprintf(text, sizeof text,
		 "HTTP/1.1 503 No\r\nRetry-After: %s\r\nContent-Length: 0\r\n\r\n", date);
	say(l, text);
}

static void say_echo(struct line *l)
{
	char head[128];

	snprintf(head, sizeof head, "HTTP/1.1 200 OK\r\nContent-Length: %zu\r\n\r\n", l->n);
	say(l, head);
	say(l, l->request);
}

/* Answers; false when the connection is to be closed. */
static bool answer(struct line *l, const char *path)
{
	static const struct {
		const char *path, *text;
		bool goes_on;
	} plain[] = {
		{"/ok", "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok", true},
		{"/created", "HTTP/1.1 201 Created\r\nContent-Length: 12\r\n\r\n{\"sid\":\"SM\"}",
		 true},
		{"/busy", "HTTP/1.1 429 No\r\nRetry-After: 7\r\nContent-Length: 0\r\n\r\n", true},
		{"/redirect", "HTTP/1.1 302 There\r\nLocation: /ok\r\nContent-Length: 0\r\n\r\n",
		 true},
		{"/short", "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nten bytes.", false},
		{"/garbage", "SSH-2.0-OpenSSH_9.2\r\n\r\n", false},
		{"/once", "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok", false},
		{"/drop", "", false},
	};

	for (size_t i = 0; i < ARRAY_LEN(plain); i++) {
		if (strcmp(path, plain[i].path) == 0) {
			say(l, plain[i].text);
			return plain[i].goes_on;
		}
	}
	if (strcmp(path, "/twice") == 0 && l->requests == 1) {
		say(l, "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
		return true;
	}
	if (strcmp(path, "/big") == 0)
		say_big(l);
	else if (strcmp(path, "/later") == 0)
		say_later(l);
	else if (strcmp(path, "/echo") == 0)
		say_echo(l);
	else if (strcmp(path, "/half") == 0)
		say(l, "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nten bytes.");
	else if (strcmp(path, "/reset") == 0)
		reset_on_close(l->fd);
	if (strcmp(path, "/hang") == 0 || strcmp(path, "/half") == 0)
		hang(l);
	return strcmp(path, "/later") == 0 || strcmp(path, "/echo") == 0;
}

static void counted(struct rogue *r, const char *path, int more)
{
	pthread_mutex_lock(&r->lock);
	if (more > 0 && r->paths_n < PATHS_MAX)
		snprintf(r->paths[r->paths_n++], sizeof r->paths[0], "%s", path);
	r->busy += (unsigned)more;
	r->peak = r->busy > r->peak ? r->busy : r->peak;
	pthread_mutex_unlock(&r->lock);
}

static void *line_serve(void *with)
{
	struct line *l = with;
	struct rogue *r = l->rogue;
	bool goes_on = true;
	char path[32];

	while (goes_on && request_read(l)) {
		path_of(l, path);
		l->requests++;
		counted(r, path, 1);
		goes_on = answer(l, path);
		counted(r, path, -1);
	}
	pthread_mutex_lock(&r->lock);
	close(l->fd);
	l->fd = -1;
	r->closed++;
	pthread_cond_broadcast(&r->changed);
	pthread_mutex_unlock(&r->lock);
	return NULL;
}

static void *serve(void *with)
{
	struct rogue *r = with;
	int fd;

	while ((fd = accept(r->fd, NULL, NULL)) >= 0) {
		struct line *l = xcalloc(1, sizeof *l);

		if (r->deaf)
			reset_on_close(fd);
		l->rogue = r;
		l->fd = fd;
		pthread_mutex_lock(&r->lock);
		if (r->lines_n == CONNECTIONS_MAX)
			BUG("more than %d connections", CONNECTIONS_MAX);
		r->lines[r->lines_n++] = l;
		if (r->deaf) {
			close(fd);
			l->fd = -1;
			r->closed++;
		}
		pthread_mutex_unlock(&r->lock);
		if (!r->deaf && pthread_create(&l->thread, NULL, line_serve, l) != 0)
			BUG("no thread for a connection");
	}
	return NULL;
}

struct rogue *rogue_start(bool deaf)
{
	struct sockaddr_in a = {.sin_family = AF_INET};
	struct rogue *r = xcalloc(1, sizeof *r);
	socklen_t n = sizeof a;

	a.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	r->deaf = deaf;
	pthread_mutex_init(&r->lock, NULL);
	pthread_cond_init(&r->changed, NULL);
	r->fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (bind(r->fd, (struct sockaddr *)&a, n) != 0 || listen(r->fd, 64) != 0 ||
	    getsockname(r->fd, (struct sockaddr *)&a, &n) != 0)
		BUG("the rogue server cannot listen: %s", strerror(errno));
	r->port = ntohs(a.sin_port);
	if (pthread_create(&r->thread, NULL, serve, r) != 0)
		BUG("no thread for the rogue server");
	return r;
}

int rogue_port(const struct rogue *r)
{
	return r->port;
}

void rogue_stop(struct rogue *r)
{
	shutdown(r->fd, SHUT_RDWR);
	pthread_join(r->thread, NULL);
	close(r->fd);
	for (unsigned i = 0; i < r->lines_n; i++) {
		pthread_mutex_lock(&r->lock);
		if (r->lines[i]->fd >= 0)
			shutdown(r->lines[i]->fd, SHUT_RDWR);
		pthread_mutex_unlock(&r->lock);
		if (!r->deaf)
			pthread_join(r->lines[i]->thread, NULL);
		free(r->lines[i]);
	}
	pthread_mutex_destroy(&r->lock);
	pthread_cond_destroy(&r->changed);
	free(r);
}

unsigned rogue_seen(struct rogue *r, const char *path)
{
	unsigned n = 0;

	pthread_mutex_lock(&r->lock);
	for (unsigned i = 0; i < r->paths_n; i++)
		n += strcmp(r->paths[i], path) == 0;
	pthread_mutex_unlock(&r->lock);
	return n;
}

unsigned rogue_connections(struct rogue *r)
{
	unsigned n;

	pthread_mutex_lock(&r->lock);
	n = r->lines_n;
	pthread_mutex_unlock(&r->lock);
	return n;
}

unsigned rogue_peak(struct rogue *r)
{
	unsigned n;

	pthread_mutex_lock(&r->lock);
	n = r->peak;
	pthread_mutex_unlock(&r->lock);
	return n;
}

void rogue_wait_closed(struct rogue *r, unsigned n)
{
	pthread_mutex_lock(&r->lock);
	while (r->closed < n)
		pthread_cond_wait(&r->changed, &r->lock);
	pthread_mutex_unlock(&r->lock);
}
