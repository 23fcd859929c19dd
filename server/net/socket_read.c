/*
 * socket_read.c - frames as they come (socket.h). They are looked at where they were read, in a
 * buffer that all sockets share; only a frame that is not whole yet, or a message in fragments, is
 * kept in memory of the socket's own.
 */
#include "server/net/socket_inside.h"

#include <errno.h>

/* ---- what must be kept ---- */

/* Room for `need` bytes. A spare one where that is enough. */
static struct chunk *chunk_take(struct sockets *ss, size_t need)
{
	struct chunk *c = ss->spares;

	if (need <= CHUNK_ROOM && c != NULL) {
		ss->spares = c->next;
		ss->spares_n--;
	} else {
		size_t cap = size_max(need, CHUNK_ROOM);

		c = xmalloc(sizeof *c + cap);
		c->cap = cap;
		ss->allocations++;
	}
	c->n = 0;
	return c;
}

void chunk_give(struct sockets *ss, struct chunk **c)
{
	struct chunk *old = *c;

	*c = NULL;
	if (old == NULL)
		return;
	if (old->cap != CHUNK_ROOM || ss->spares_n == SPARES_MAX) {
		free(old);
		return;
	}
	old->next = ss->spares;
	ss->spares = old;
	ss->spares_n++;
}

void socket_drop_input(struct socket *s)
{
	chunk_give(s->all, &s->in);
	chunk_give(s->all, &s->joined);
}

/* ---- frames ---- */

static void refuse(struct socket *s, unsigned status, const char *why)
{
	if (s->phase == SOCKET_OPEN) {
		s->told = SOCKET_WITHOUT_A_WORD;
		snprintf(s->told_why, sizeof s->told_why, "%s", why);
	}
	s->refused = true;
	if (s->phase == SOCKET_OPEN)
		socket_leave(s, status, str_of(why));
	else
		socket_left(s);
}

static void close_came(struct socket *s, struct str payload)
{
	unsigned status, wrong;
	struct str why;

	wrong = frame_close_read(payload, &status, &why);
	if (wrong != 0) {
		refuse(s, wrong, "a Close that says nothing sound");
		return;
	}
	s->peer_closed = true;
	if (s->phase != SOCKET_OPEN) {
		socket_left(s);
		return;
	}
	s->told = status;
	snprintf(s->told_why, sizeof s->told_why, STR_FMT, STR_ARG(why));
	socket_leave(s, status, (struct str){"", 0});
}

static void message_came(struct socket *s, bool text, struct str m)
{
	if (text && !frame_text_right(m))
		refuse(s, 1007, "text that is not UTF-8");
	else
		s->kind->message(s, s->self, text, m);
}

static void fragment_came(struct socket *s, const struct frame *f, struct str part)
{
	size_t had = s->joined == NULL ? 0 : s->joined->n;
	struct chunk *c = s->joined;

	if (f->op != FRAME_MORE)
		s->text = f->op == FRAME_TEXT;
	if (c == NULL || had + part.n > c->cap) {
		c = chunk_take(s->all, size_max(had + part.n, 2 * had));
		if (had > 0)
			memcpy(c->p, s->joined->p, had);
		chunk_give(s->all, &s->joined);
		s->joined = c;
	}
	if (part.n > 0)
		memcpy(c->p + had, part.p, part.n);
	c->n = had + part.n;
	if (!f->last)
		return;
	s->joined = NULL;
	message_came(s, s->text, str_make(c->p, c->n));
	chunk_give(s->all, &c);
}

static void frame_came(struct socket *s, const struct frame *f, struct str payload)
{
	size_t limit = s->kind->queue_max == 0 ? QUEUE_MAX_DEFAULT : s->kind->queue_max;

	if (f->op == FRAME_CLOSE)
		close_came(s, payload);
	if (s->phase != SOCKET_OPEN)
		return;
	switch (f->op) {
	case FRAME_PING:
		if (s->waiting_n < limit) /* whoever asks and never reads is not answered */
			(void)socket_frame(s, FRAME_PONG, payload);
		break;
	case FRAME_TEXT:
	case FRAME_BINARY:
		if (f->last)
			message_came(s, f->op == FRAME_TEXT, payload);
		else
			fragment_came(s, f, payload);
		break;
	case FRAME_MORE: fragment_came(s, f, payload); break;
	default: break;
	}
}

/* What can be said of a frame by its head alone; false: it was refused. */
static bool frame_fits(struct socket *s, const struct frame *f)
{
	size_t max = s->kind->message_max == 0 ? MESSAGE_MAX_DEFAULT : s->kind->message_max;
	size_t had = s->joined == NULL ? 0 : s->joined->n;

	if (f->masked == s->client) {
		refuse(s, 1002, "a frame that is masked in the wrong way");
	} else if (f->op < FRAME_CLOSE && (f->op == FRAME_MORE) != (s->joined != NULL)) {
		refuse(s, 1002, "fragments out of order");
	} else if (f->op < FRAME_CLOSE && (f->n > max || had > max - f->n)) {
		refuse(s, 1009, "too long");
	} else {
		return true;
	}
	return false;
}

static bool reading(const struct socket *s)
{
	return !s->refused && !s->peer_closed &&
	       (s->phase == SOCKET_OPEN || s->phase == SOCKET_LEAVING);
}

/* How many bytes were used; *need: of how many the frame behind them consists, as far as is known.
 */
static size_t frames_take(struct socket *s, char *p, size_t n, size_t *need)
{
	struct frame f;
	size_t at = 0;

	while (at < n && reading(s)) {
		enum frame_reading r = frame_read(str_make(p + at, n - at), &f);

		*need = FRAME_HEAD_MAX;
		if (r == FRAME_PARTIAL)
			break;
		if (r == FRAME_WRONG) {
			refuse(s, 1002, "no frame of a WebSocket");
			break;
		}
		if (!frame_fits(s, &f))
			break;
		*need = f.head + f.n;
		if (n - at < *need)
			break;
		if (f.masked)
			frame_mask(p + at + f.head, p + at + f.head, f.n, f.mask);
		frame_came(s, &f, str_make(p + at + f.head, f.n));
		at += *need;
	}
	return reading(s) ? at : n;
}

void socket_bytes(struct socket *s, char *p, size_t n)
{
	size_t need = 0, used = frames_take(s, p, n, &need), left = n - used;
	struct chunk *c;

	if (left == 0) {
		chunk_give(s->all, &s->in);
		return;
	}
	need = size_max(need, left);
	if (s->in != NULL && need <= s->in->cap) {
		if (p + used != s->in->p)
			memmove(s->in->p, p + used, left);
	} else {
		c = chunk_take(s->all, need);
		memcpy(c->p, p + used, left);
		chunk_give(s->all, &s->in);
		s->in = c;
	}
	s->in->n = left;
}

/* ---- reading ---- */

ptrdiff_t socket_receive(struct socket *s, char *p, size_t n)
{
	ssize_t got;

	if (s->tls != NULL)
		return tls_read(s->tls, p, n);
	got = recv(s->wire->fd, p, n, 0);
	if (got > 0)
		return got;
	return got < 0 && (errno == EAGAIN || errno == EINTR) ? 0 : -1;
}

void socket_fill(struct socket *s)
{
	do {
		struct chunk *in = s->in;
		size_t had = in == NULL ? 0 : in->n;
		char *p = in == NULL ? s->all->read : in->p;
		ptrdiff_t got =
			socket_receive(s, p + had, (in == NULL ? READ_ROOM : in->cap) - had);

		if (got == 0)
			return;
		if (got < 0) {
			socket_over(s, "the connection broke");
			return;
		}
		s->heard_ms = socket_now(s);
		s->pinged = false;
		if (reading(s))
			socket_bytes(s, p, had + (size_t)got);
	} while (s->tls != NULL && tls_pending(s->tls) && s->phase <= SOCKET_LEAVING);
}
