/* ask.c - see ask.h. */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "tests/storm/ask.h"

#define MIN(a, b) ((a) < (b) ? (a) : (b))

int ask_connect(const char *host, int port)
{
	struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), one = 1;

	if (fd < 0)
		return -1;
	if (inet_pton(AF_INET, host, &to.sin_addr) != 1 ||
	    connect(fd, (struct sockaddr *)&to, sizeof to) != 0) {
		close(fd);
		return -1;
	}
	setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
	return fd;
}

bool ask_send(struct asker *a, const char *path, const char *body)
{
	char request[8192];
	int n;

	if (body != NULL)
		n = snprintf(request, sizeof request,
			     "POST %s HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer %s\r\n"
			     "Content-Type: application/json\r\nContent-Length: %zu\r\n\r\n%s",
			     path, a->token, strlen(body), body);
	else
		n = snprintf(
			request, sizeof request,
			"GET %s HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer %s\r\n\r\n",
			path, a->token);
	return send(a->fd, request, (size_t)n, MSG_NOSIGNAL) == n;
}

bool ask_read(struct asker *a)
{
	char head[8192], *end = NULL, *at;
	size_t have = 0, want, got;
	ssize_t k;

	while (end == NULL && have < sizeof head - 1) {
		k = recv(a->fd, head + have, 1, 0); /* byte by byte: the body stays where it is */
		if (k <= 0)
			return false;
		have++;
		head[have] = '\0';
		end = have >= 4 && memcmp(head + have - 4, "\r\n\r\n", 4) == 0 ? head + have : NULL;
	}
	a->status = (int)strtol(head + 9, NULL, 10);
	at = strcasestr(head, "content-length:");
	want = at != NULL ? strtoul(at + 15, NULL, 10) : 0;
	for (got = 0; got < want;) {
		char spare[4096];
		bool fits = got < sizeof a->body - 1;

		k = recv(a->fd, fits ? a->body + got : spare,
			 fits ? MIN(want - got, sizeof a->body - 1 - got)
			      : MIN(want - got, sizeof spare),
			 0);
		if (k <= 0)
			return false;
		got += (size_t)k;
	}
	a->body[MIN(got, sizeof a->body - 1)] = '\0';
	return end != NULL;
}

bool ask_member(const struct asker *a, const char *name, char *out, size_t room)
{
	char key[80];
	const char *at, *end;

	snprintf(key, sizeof key, "\"%s\"", name);
	at = strstr(a->body, key);
	if (at == NULL)
		return false;
	at += strlen(key);
	at += strspn(at, " :");
	end = *at == '"' ? strchr(++at, '"') : at + strcspn(at, ",}] ");
	if (end == NULL || (size_t)(end - at) >= room)
		return false;
	memcpy(out, at, (size_t)(end - at));
	out[end - at] = '\0';
	return true;
}
