/*
 * answers.c - see answers.h.
 */
#include "tests/support/answers.h"

#include <arpa/inet.h>
#include <criterion/criterion.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#define REQUEST_MAX 16384

/* Reads one request: the head, then as much as Content-Length says. */
static size_t request_read(int fd, char text[REQUEST_MAX])
{
	size_t n = 0, whole = 0;

	while (n < REQUEST_MAX - 1) {
		ssize_t got = read(fd, text + n, REQUEST_MAX - 1 - n);
		const char *end, *length;

		if (got <= 0)
			break;
		n += (size_t)got;
		text[n] = '\0';
		end = strstr(text, "\r\n\r\n");
		if (end == NULL)
			continue;
		length = strcasestr(text, "\r\ncontent-length:");
		whole = (size_t)(end + 4 - text);
		if (length != NULL && length < end)
			whole += strtoul(length + 17, NULL, 10);
		if (n >= whole)
			break;
	}
	return n;
}

static void serve(int listener, int log, const struct answer *list, size_t n)
{
	static const struct answer beyond = {500,
					     "{\"code\":20500,\"message\":\"no answer prepared\"}"};
	static char text[REQUEST_MAX];

	for (size_t i = 0;; i++) {
		const struct answer *a = i < n ? &list[i] : &beyond;
		int fd = accept(listener, NULL, NULL);
		size_t size = request_read(fd, text);

		if (write(log, text, size) != (ssize_t)size || write(log, "\n", 1) != 1)
			_exit(1);
		dprintf(fd,
			"HTTP/1.1 %d X\r\nContent-Type: application/json\r\nContent-Length: %zu\r\n"
			"Connection: close\r\n\r\n%s",
			a->status, strlen(a->body), a->body);
		close(fd);
	}
}

struct answers answers_start(const struct answer *list, size_t n)
{
	struct sockaddr_in at = {.sin_family = AF_INET};
	socklen_t size = sizeof at;
	struct answers a = {.log = memfd_create("answers", 0)};
	int listener = socket(AF_INET, SOCK_STREAM, 0);

	at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	cr_assert_eq(bind(listener, (struct sockaddr *)&at, sizeof at), 0);
	cr_assert_eq(listen(listener, 16), 0);
	cr_assert_eq(getsockname(listener, (struct sockaddr *)&at, &size), 0);
	snprintf(a.url, sizeof a.url, "http://127.0.0.1:%d", ntohs(at.sin_port));
	a.pid = fork();
	cr_assert_geq(a.pid, 0);
	if (a.pid == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		serve(listener, a.log, list, n);
	}
	close(listener);
	return a;
}

char *answers_stop(struct answers *a)
{
	off_t size;
	char *text;

	kill(a->pid, SIGKILL);
	waitpid(a->pid, NULL, 0);
	size = lseek(a->log, 0, SEEK_END);
	text = xcalloc(1, (size_t)size + 1);
	if (pread(a->log, text, (size_t)size, 0) != size)
		cr_assert_fail("the log of requests cannot be read");
	close(a->log);
	return text;
}
