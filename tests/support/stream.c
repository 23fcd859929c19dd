/*
 * stream.c - see stream.h.
 */
#include "tests/support/stream.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "shared/clock.h"
#include "tests/support/net_peer.h"

static void said(char *out, size_t room, struct str data)
{
	snprintf(out, room, STR_FMT, STR_ARG(data));
}

static int64_t number_in(struct str data, const char *name)
{
	ptrdiff_t at = str_find(data, str_of(name));

	return at < 0 ? -1 : strtoll(data.p + at + strlen(name), NULL, 10);
}

static void numbered(struct stream *s, const struct event_seen *e)
{
	int64_t seq = strtoll(e->id.p, NULL, 10);
	size_t n;

	s->events++;
	if (s->have >= 0 && seq <= s->have)
		s->twice++;
	else if (s->have >= 0 && seq != s->have + 1 && !s->filtered)
		s->missed += (unsigned)(seq - s->have - 1);
	s->have = seq;
	n = strlen(s->types);
	snprintf(s->types + n, sizeof s->types - n, STR_FMT " ", STR_ARG(e->type));
}

static void on_event(void *with, const struct event_seen *e)
{
	struct stream *s = with;

	if (str_is(e->type, "connection") && !e->has_id) {
		s->connected = true;
		s->newest = number_in(e->data, "\"last_event\":");
		if (s->have < 0)
			s->have = s->newest;
	} else if (str_is(e->type, "closing") && !e->has_id) {
		said(s->closing, sizeof s->closing, e->data);
	} else if (e->has_id) {
		numbered(s, e);
	}
	if (str_is(e->type, "session.ended"))
		said(s->session_ended, sizeof s->session_ended, e->data);
	if (s->seen != NULL)
		s->seen(s->with, e);
}

void stream_init(struct stream *s, int port, const char *token, const char *path)
{
	*s = (struct stream){.port = port, .token = token, .have = -1, .fd = -1};
	snprintf(s->path, sizeof s->path, "%s", path);
	event_stream_init(&s->in, on_event, s);
}

void stream_clear(struct stream *s)
{
	stream_close(s, false);
	event_stream_clear(&s->in);
}

void stream_open_with(struct stream *s, const char *headers)
{
	struct buf b = {0};

	stream_close(s, false);
	event_stream_clear(&s->in);
	event_stream_init(&s->in, on_event, s);
	s->head = s->connected = s->ended = s->reset = false;
	s->status = 0;
	s->newest = -1;
	s->closing[0] = s->session_ended[0] = s->text[0] = '\0';
	s->fd = net_connect(s->port);
	buf_printf(&b, "GET %s HTTP/1.1\r\nHost: a\r\nAccept: text/event-stream\r\n%s", s->path,
		   headers);
	if (s->token != NULL)
		buf_printf(&b, "Authorization: Bearer %s\r\n", s->token);
	buf_add_cstr(&b, "\r\n");
	(void)net_send(s->fd, buf_str(&b), 0);
	fcntl(s->fd, F_SETFL, O_NONBLOCK);
	buf_clear(&b);
}

void stream_open(struct stream *s)
{
	char header[64] = "";

	if (s->have >= 0)
		snprintf(header, sizeof header, "Last-Event-ID: %" PRId64 "\r\n", s->have);
	stream_open_with(s, header);
}

void stream_close(struct stream *s, bool reset)
{
	const struct linger at_once = {.l_onoff = 1};

	if (s->fd < 0)
		return;
	if (reset)
		setsockopt(s->fd, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
	close(s->fd);
	s->fd = -1;
}

/* The head is taken off; what follows it is the stream's, or an answer's body. */
static void bytes_came(struct stream *s, struct str bytes)
{
	size_t n = strlen(s->text), take;
	char *end;

	if (s->head && s->status == 200) {
		event_stream_feed(&s->in, bytes);
		return;
	}
	take = size_min(bytes.n, sizeof s->text - 1 - n);
	memcpy(s->text + n, bytes.p, take);
	s->text[n + take] = '\0';
	if (s->head)
		return;
	end = strstr(s->text, "\r\n\r\n");
	if (end == NULL)
		return;
	s->head = true;
	s->status = (int)strtol(s->text + strlen("HTTP/1.1 "), NULL, 10);
	if (s->status == 200) {
		size_t head = (size_t)(end + 4 - s->text) - n;

		end[4] = '\0';
		event_stream_feed(&s->in, str_sub(bytes, head, bytes.n - head));
	}
}

static void one_read(struct stream *s)
{
	static char room[256 * 1024];

	for (;;) {
		ssize_t n = recv(s->fd, room, sizeof room, 0);

		if (n > 0) {
			bytes_came(s, str_make(room, (size_t)n));
			if (n == sizeof room)
				continue;
			return;
		}
		if (n < 0 && (errno == EAGAIN || errno == EINTR))
			return;
		s->ended = true;
		s->reset = n < 0;
		close(s->fd);
		s->fd = -1;
		return;
	}
}

void stream_read(struct stream **all, size_t n, unsigned ms)
{
	struct pollfd p[256];
	size_t open = 0;

	for (size_t i = 0; i < n && i < ARRAY_LEN(p); i++) {
		p[i] = (struct pollfd){.fd = all[i]->fd, .events = POLLIN};
		open += all[i]->fd >= 0;
	}
	if (open == 0 || poll(p, n, (int)ms) <= 0)
		return;
	for (size_t i = 0; i < n; i++) {
		if (p[i].revents != 0 && all[i]->fd >= 0)
			one_read(all[i]);
	}
}

bool stream_until(struct stream *s, bool (*done)(const struct stream *s, int64_t with),
		  int64_t with, unsigned ms)
{
	int64_t until = clock_mono_ms() + ms, left;

	while (!done(s, with)) {
		left = until - clock_mono_ms();
		if (left <= 0 || s->fd < 0)
			return false;
		stream_read(&s, 1, (unsigned)left);
	}
	return true;
}

bool stream_connected(const struct stream *s, int64_t unused)
{
	(void)unused;
	return s->connected;
}

bool stream_has(const struct stream *s, int64_t seq)
{
	return s->have >= seq;
}

bool stream_ended(const struct stream *s, int64_t unused)
{
	(void)unused;
	return s->ended;
}

bool stream_answered(const struct stream *s, int64_t unused)
{
	(void)unused;
	return s->head;
}
