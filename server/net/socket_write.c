/*
 * socket_write.c - frames on their way out (socket.h). A frame is composed in the one buffer that
 * all sockets share and goes to the kernel at once; what the kernel does not take waits in memory
 * of its own, in order and within the kind's bound.
 */
#include "server/net/socket_inside.h"

#include <errno.h>
#include <sys/random.h>

/* As send: how many bytes; 0: none now; -1: it is over. */
static ptrdiff_t bytes_send(struct socket *s, const char *p, size_t n)
{
	ssize_t sent;

	if (s->tls != NULL)
		return tls_write(s->tls, p, n);
	sent = send(s->wire->fd, p, n, MSG_NOSIGNAL);
	if (sent >= 0)
		return sent;
	return errno == EAGAIN || errno == EINTR ? 0 : -1;
}

static struct waiting *waiting_add(struct socket *s, size_t n)
{
	struct waiting *w = xmalloc(sizeof *w + n);

	*w = (struct waiting){.n = n};
	if (s->first == NULL)
		s->first = w;
	else
		s->last->next = w;
	s->last = w;
	s->waiting_n += n + sizeof *w; /* many short ones are bounded too */
	s->all->allocations++;
	return w;
}

static void waiting_free(struct socket *s, struct waiting *w)
{
	s->waiting_n -= w->n + sizeof *w;
	free(w);
}

/* TLS has a record ready of what it did not take, so that cannot be taken back either. */
static bool send_or_keep(struct socket *s, const char *p, size_t n)
{
	ptrdiff_t sent = s->first == NULL ? bytes_send(s, p, n) : 0;
	struct waiting *w;

	if (sent < 0) {
		socket_over(s, "the connection broke");
		return false;
	}
	if ((size_t)sent == n)
		return true;
	w = waiting_add(s, n - (size_t)sent);
	memcpy(w->p, p + sent, w->n);
	w->begun = s->first == w && (sent > 0 || s->tls != NULL);
	socket_watch(s);
	return true;
}

bool socket_raw(struct socket *s, struct str bytes)
{
	return send_or_keep(s, bytes.p, bytes.n);
}

/* Nobody may guess the next one (RFC 6455 10.3). */
static const unsigned char *mask_next(struct sockets *ss)
{
	if (ss->masks_left == 0) {
		if (getrandom(ss->masks, sizeof ss->masks, 0) != (ssize_t)sizeof ss->masks)
			BUG("the system gives no random bytes");
		ss->masks_left = MASKS;
	}
	return ss->masks[--ss->masks_left];
}

static size_t compose(struct socket *s, char *to, enum frame_op op, struct str payload)
{
	const unsigned char *mask = s->client ? mask_next(s->all) : NULL;
	size_t head = frame_head((unsigned char *)to, op, payload.n, mask);

	if (mask != NULL)
		frame_mask(to + head, payload.p, payload.n, mask);
	else if (payload.n > 0)
		memcpy(to + head, payload.p, payload.n);
	return head + payload.n;
}

bool socket_frame(struct socket *s, enum frame_op op, struct str payload)
{
	struct waiting *w;

	if (payload.n <= WRITE_ROOM)
		return send_or_keep(s, s->all->write, compose(s, s->all->write, op, payload));
	w = waiting_add(s, FRAME_HEAD_MAX + payload.n);
	s->waiting_n -= w->n;
	w->n = compose(s, w->p, op, payload);
	s->waiting_n += w->n;
	if (s->first == w)
		socket_flush(s);
	return s->phase != SOCKET_OVER;
}

bool socket_send(struct socket *s, bool text, struct str m)
{
	size_t limit = s->kind->queue_max == 0 ? QUEUE_MAX_DEFAULT : s->kind->queue_max;

	if (s->phase != SOCKET_OPEN)
		return false;
	if (s->waiting_n > 0 && (m.n > limit || s->waiting_n > limit - m.n))
		return false;
	return socket_frame(s, text ? FRAME_TEXT : FRAME_BINARY, m);
}

void socket_flush(struct socket *s)
{
	struct waiting *w;

	while ((w = s->first) != NULL) {
		ptrdiff_t sent = bytes_send(s, w->p + w->at, w->n - w->at);

		if (sent < 0) {
			socket_over(s, "the connection broke");
			return;
		}
		w->at += (size_t)sent;
		w->begun = w->begun || sent > 0 || s->tls != NULL;
		if (w->at < w->n)
			break;
		s->first = w->next;
		waiting_free(s, w);
	}
	socket_left(s);
	socket_watch(s);
}

size_t socket_waiting(const struct socket *s)
{
	return s->waiting_n;
}

void socket_drop_waiting(struct socket *s)
{
	struct waiting *w, *kept = s->first != NULL && s->first->begun ? s->first : NULL;

	if (s->phase != SOCKET_OPEN)
		return; /* a Close is among them */
	if (kept != NULL)
		s->first = kept->next;
	while ((w = s->first) != NULL) {
		s->first = w->next;
		waiting_free(s, w);
	}
	if (kept != NULL)
		kept->next = NULL;
	s->first = s->last = kept;
}

void socket_drop_output(struct socket *s)
{
	struct waiting *w;

	while ((w = s->first) != NULL) {
		s->first = w->next;
		waiting_free(s, w);
	}
	s->last = NULL;
}

void socket_leave(struct socket *s, unsigned status, struct str why)
{
	unsigned char payload[FRAME_CONTROL_MAX];
	size_t n = frame_close_write(payload, status, why);

	s->phase = SOCKET_LEAVING;
	s->due_ms = socket_now(s) + CLOSE_MS;
	if (socket_frame(s, FRAME_CLOSE, str_make((const char *)payload, n)))
		socket_left(s);
}
