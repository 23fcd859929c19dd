/* follow.c - see follow.h. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "tests/storm/ask.h"
#include "tests/storm/follow.h"

static bool sent(int fd, const char *text, size_t n)
{
	while (n > 0) {
		ssize_t k = send(fd, text, n, MSG_NOSIGNAL);

		if (k <= 0)
			return false;
		text += k;
		n -= (size_t)k;
	}
	return true;
}

bool follower_connect(struct follower *f, const char *host, int port, const char *token)
{
	char request[4096];
	int n, fd = ask_connect(host, port);

	if (fd < 0)
		return false;
	n = snprintf(request, sizeof request,
		     "GET /api/events HTTP/1.1\r\nHost: %s:%d\r\nAccept: text/event-stream\r\n"
		     "Authorization: Bearer %s\r\n",
		     host, port, token);
	if (f->started)
		n += snprintf(request + n, sizeof request - (size_t)n, "Last-Event-ID: %llu\r\n",
			      (unsigned long long)f->seen);
	n += snprintf(request + n, sizeof request - (size_t)n, "\r\n");
	if (!sent(fd, request, (size_t)n)) {
		close(fd);
		return false;
	}
	fcntl(fd, F_SETFL, O_NONBLOCK);
	f->fd = fd;
	f->frozen = false;
	f->status = 0;
	f->in_body = f->chunked = f->line_long = f->has_id = f->is_connection = false;
	f->chunk_state = 0;
	f->line_n = 0;
	f->connections++;
	f->resumed += f->started;
	return true;
}

int follower_cut(struct follower *f, enum cut how)
{
	struct linger hard = {.l_onoff = 1, .l_linger = 0};
	int fd = f->fd;

	f->fd = -1;
	if (how == CUT_FORGET)
		return fd;
	if (how == CUT_RESET)
		setsockopt(fd, SOL_SOCKET, SO_LINGER, &hard, sizeof hard);
	close(fd);
	return -1;
}

/* A number came: it must be the next one. */
static void counted(struct follower *f, uint64_t id)
{
	f->events++;
	if (!f->started || id == f->seen + 1)
		;
	else if (id <= f->seen)
		f->twice++; /* out of order counts here too: a smaller number after a greater */
	else
		f->missed += id - f->seen - 1;
	if (!f->started || id > f->seen)
		f->seen = id;
	f->started = true;
}

static void event_line(struct follower *f)
{
	const char *p = f->line, *at;

	f->line[f->line_n] = '\0';
	if (f->line_n == 0) { /* the event is whole */
		if (f->is_connection && !f->started) {
			f->seen = f->announced;
			f->started = true;
		}
		if (f->has_id)
			counted(f, f->id);
		f->has_id = f->is_connection = false;
	} else if (strncmp(p, "id:", 3) == 0) {
		f->id = strtoull(p + 3, NULL, 10);
		f->has_id = true;
	} else if (strcmp(p, "event: connection") == 0) {
		f->is_connection = true;
	} else if (f->is_connection && strncmp(p, "data:", 5) == 0) {
		at = strstr(p, "\"last_event\":");
		f->announced = at != NULL ? strtoull(at + 13, NULL, 10) : 0;
	}
}

static void head_line(struct follower *f)
{
	f->line[f->line_n] = '\0';
	if (f->status == 0)
		f->status = f->line_n > 12 ? (int)strtol(f->line + 9, NULL, 10) : -1;
	else if (strcasecmp(f->line, "transfer-encoding: chunked") == 0)
		f->chunked = true;
	else if (f->line_n == 0)
		f->in_body = true;
}

static void byte_taken(struct follower *f, char c, void (*whole)(struct follower *))
{
	if (c == '\n') {
		if (f->line_n > 0 && f->line[f->line_n - 1] == '\r')
			f->line_n--;
		whole(f);
		f->line_n = 0;
	} else if (f->line_n < LINE_ROOM - 1) {
		f->line[f->line_n++] = c; /* of longer lines the beginning is enough */
	}
}

static void body_byte(struct follower *f, char c)
{
	if (!f->chunked) {
		byte_taken(f, c, event_line);
	} else if (f->chunk_state == 1) {
		byte_taken(f, c, event_line);
		if (--f->chunk_left == 0)
			f->chunk_state = 2;
	} else if (f->chunk_state == 2) {
		if (c == '\n')
			f->chunk_state = 0;
	} else if (f->chunk_state == 0) {
		if (c >= '0' && c <= '9')
			f->chunk_left = f->chunk_left * 16 + (uint64_t)(c - '0');
		else if ((c | 32) >= 'a' && (c | 32) <= 'f')
			f->chunk_left = f->chunk_left * 16 + (uint64_t)((c | 32) - 'a' + 10);
		else if (c == '\n')
			f->chunk_state = f->chunk_left > 0 ? 1 : 3;
	}
}

bool follower_read(struct follower *f)
{
	char bytes[16384];
	ssize_t n;

	while ((n = recv(f->fd, bytes, sizeof bytes, 0)) > 0)
		for (ssize_t i = 0; i < n; i++)
			if (!f->in_body)
				byte_taken(f, bytes[i], head_line);
			else
				body_byte(f, bytes[i]);
	return n < 0 && errno == EAGAIN && f->chunk_state != 3 && (!f->in_body || f->status == 200);
}

bool sign_in(const char *host, int port, const char *organization, const char *email,
	     const char *password, char *out, size_t room)
{
	char body[1024], request[2048], answer[8192];
	int fd = ask_connect(host, port), n;
	size_t have = 0;
	ssize_t k;
	char *at, *end;

	if (fd < 0)
		return false;
	n = snprintf(body, sizeof body,
		     "{\"organization\":\"%s\",\"email\":\"%s\",\"password\":\"%s\"}", organization,
		     email, password);
	n = snprintf(request, sizeof request,
		     "POST /api/auth/login HTTP/1.1\r\nHost: %s:%d\r\nContent-Type: "
		     "application/json\r\nContent-Length: %d\r\nConnection: close\r\n\r\n%s",
		     host, port, n, body);
	if (sent(fd, request, (size_t)n))
		while (have < sizeof answer - 1 &&
		       (k = recv(fd, answer + have, sizeof answer - 1 - have, 0)) > 0)
			have += (size_t)k;
	close(fd);
	answer[have] = '\0';
	at = strstr(answer, "\"access_token\"");
	at = at != NULL ? strchr(at + 14, '"') : NULL;
	end = at != NULL ? strchr(at + 1, '"') : NULL;
	if (end == NULL || (size_t)(end - at) > room)
		return false;
	memcpy(out, at + 1, (size_t)(end - at - 1));
	out[end - at - 1] = '\0';
	return true;
}
