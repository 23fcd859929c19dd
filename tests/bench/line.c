/*
 * line.c - see line.h.
 */
#include "tests/bench/line.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <strings.h>
#include <sys/socket.h>
#include <unistd.h>

#include "shared/str.h"

#define ANSWER_MAX (256u * 1024u)

bool line_connect(struct line *l, const char *host, int port)
{
	struct sockaddr_in at = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
	int on = 1;

	if (inet_pton(AF_INET, host, &at.sin_addr) != 1)
		return false;
	l->fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (l->fd < 0)
		return false;
	if (connect(l->fd, (struct sockaddr *)&at, sizeof at) != 0) {
		line_cut(l);
		return false;
	}
	(void)setsockopt(l->fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
	if (fcntl(l->fd, F_SETFL, fcntl(l->fd, F_GETFL) | O_NONBLOCK) != 0) {
		line_cut(l);
		return false;
	}
	buf_init(&l->in, ANSWER_MAX);
	return true;
}

void line_cut(struct line *l)
{
	if (l->fd >= 0)
		close(l->fd);
	l->fd = -1;
	buf_clear(&l->in);
}

bool line_flush(struct line *l)
{
	while (l->out_at < l->out.n) {
		ssize_t n = send(l->fd, l->out.p + l->out_at, l->out.n - l->out_at, MSG_NOSIGNAL);

		if (n < 0)
			return errno == EAGAIN;
		l->out_at += (size_t)n;
	}
	return true;
}

/* The value of Content-Length in a head; an answer without one has no body (204, 304). */
static size_t body_length(struct str head)
{
	static const char name[] = "content-length:";

	while (head.n > 0) {
		struct str row = str_trim(str_cut(&head, '\n'));
		int64_t n;

		if (row.n > sizeof name && strncasecmp(row.p, name, sizeof name - 1) == 0 &&
		    str_int(str_trim(str_sub(row, sizeof name - 1, row.n)), 0, ANSWER_MAX, &n))
			return (size_t)n;
	}
	return 0;
}

/* The whole answer at the front of `in`, if it is there. */
static bool answer_take(struct line *l, int *status)
{
	struct str in = buf_str(&l->in);
	ptrdiff_t end = str_find(in, STR_LIT("\r\n\r\n"));
	int64_t code;
	size_t whole;

	if (end < 0)
		return false;
	whole = (size_t)end + 4 + body_length(str_sub(in, 0, (size_t)end));
	if (in.n < whole)
		return false;
	*status =
		str_starts(in, STR_LIT("HTTP/1.1 ")) && str_int(str_sub(in, 9, 3), 100, 599, &code)
			? (int)code
			: 0;
	buf_drop(&l->in, whole);
	return true;
}

enum line_news line_read(struct line *l, int *status)
{
	for (;;) {
		char *room = buf_room(&l->in, 4096);
		ssize_t n;

		if (room == NULL)
			return LINE_GONE;
		n = recv(l->fd, room, 4096, 0);
		if (n > 0) {
			l->in.n += (size_t)n;
			if (answer_take(l, status))
				return LINE_ANSWER;
			continue;
		}
		return n < 0 && errno == EAGAIN ? LINE_MORE : LINE_GONE;
	}
}
