/*
 * call_webhook.c - see call_webhook.h.
 */
#include "tests/bench/call_webhook.h"

#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "tests/bench/form.h"
#include "tests/bench/ws.h"

#define PATH "/api/webhooks/twilio/voice"

/* What stands behind `mark` up to the next quote. */
static bool quoted(const char *text, const char *mark, char *out, size_t n)
{
	const char *from = strstr(text, mark),
		   *to = from == NULL ? NULL : strchr(from + strlen(mark), '"');

	if (to == NULL || (size_t)(to - from) - strlen(mark) >= n)
		return false;
	from += strlen(mark);
	memcpy(out, from, (size_t)(to - from));
	out[to - from] = '\0';
	return true;
}

/* The answer to one request, read to its end (the connection closes behind it). */
static bool asked(int port, struct str request, char *answer, size_t room)
{
	struct timeval limit = {.tv_sec = 15};
	int fd = ws_dial(port);
	size_t n = 0;
	ssize_t got = -1;

	if (fd < 0)
		return false;
	(void)!fcntl(fd, F_SETFL, 0);
	(void)!setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
	if (send(fd, request.p, request.n, MSG_NOSIGNAL) == (ssize_t)request.n) {
		while (n < room - 1 && (got = recv(fd, answer + n, room - 1 - n, 0)) > 0) {
			n += (size_t)got;
			answer[n] = '\0';
			if (strstr(answer, "</Response>") != NULL)
				break;
		}
	}
	answer[n] = '\0';
	close(fd);
	return n > 0;
}

bool call_webhook(const struct call_webhook *h, const char *sid, const char *from, char *url,
		  size_t url_n, char *token, size_t token_n)
{
	const struct form_pair pairs[] = {
		{"AccountSid", h->account},
		{"ApiVersion", "2010-04-01"},
		{"CallSid", sid},
		{"CallStatus", "ringing"},
		{"Called", h->to},
		{"Caller", from},
		{"Direction", "inbound"},
		{"From", from},
		{"To", h->to},
	};
	char host[40], public_url[300], answer[16384];
	struct buf request;
	bool whole;

	snprintf(host, sizeof host, "127.0.0.1:%d", h->port);
	if (h->public_url == NULL)
		snprintf(public_url, sizeof public_url, "http://%s" PATH, host);
	else
		snprintf(public_url, sizeof public_url, "%s" PATH, h->public_url);
	buf_init(&request, 8192);
	form_write(&request, host, PATH, public_url, h->token, sid, pairs, ARRAY_LEN(pairs));
	whole = asked(h->port, buf_str(&request), answer, sizeof answer);
	buf_clear(&request);
	if (whole && quoted(answer, "<Stream url=\"", url, url_n) &&
	    quoted(answer, "value=\"", token, token_n))
		return true;
	fprintf(stderr, "the voice webhook gave no stream: %.600s\n", answer);
	return false;
}

void call_upgrade(const struct call_webhook *h, const char *url, char *out, size_t n)
{
	const char *host = strstr(url, "://"), *path = host == NULL ? NULL : strchr(host + 3, '/');
	char signature[32] = "";

	if (path == NULL)
		BUG("a stream's URL has a host and a path");
	if (h->token != NULL)
		form_sign(h->token, str_of(url), signature);
	snprintf(out, n,
		 "GET %s HTTP/1.1\r\nHost: %.*s\r\nUpgrade: websocket\r\nConnection: "
		 "Upgrade\r\nSec-WebSocket-Version: 13\r\n"
		 "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nX-Twilio-Signature: %s\r\n\r\n",
		 path, (int)(path - host - 3), host + 3, signature);
}
