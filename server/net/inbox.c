/*
 * inbox.c - see inbox.h. Positions are offsets into in->p, which moves when a body needs more room.
 */
#include "server/net/inbox.h"

#define EMPTY_LINES_MAX 4    /* CR LF before a request line (RFC 9112 2.2) */
#define ROOM_BEHIND     2048 /* beside the body: chunk lines, the start of a next request */

struct inbox *inbox_new(void)
{
	struct inbox *in = xmalloc(sizeof *in);

	in->p = in->small;
	inbox_reset(in);
	return in;
}

void inbox_free(struct inbox *in)
{
	if (in == NULL)
		return;
	if (in->p != in->small)
		free(in->p);
	free(in);
}

static void request_begin(struct inbox *in)
{
	in->start = in->body_at = in->body_n = in->raw_at = in->body_max = 0;
	in->part = INBOX_PART_HEAD;
	in->problem = PROBLEM_NONE;
	in->scan = (struct head_scan){0};
	in->chunk = (struct chunk){0};
}

void inbox_reset(struct inbox *in)
{
	if (in->p != in->small)
		free(in->p);
	in->next = NULL;
	in->p = in->small;
	in->cap = sizeof in->small;
	in->n = 0;
	request_begin(in);
}

/* Room for `cap` bytes in all. */
static void grow(struct inbox *in, size_t cap)
{
	if (cap <= in->cap)
		return;
	if (in->p == in->small) {
		in->p = xmalloc(cap);
		memcpy(in->p, in->small, in->n);
	} else {
		in->p = xrealloc(in->p, cap);
	}
	in->cap = cap;
	in->head.base = in->p + in->start;
}

char *inbox_room(struct inbox *in, size_t *room)
{
	if (in->n == in->cap && in->part != INBOX_PART_WHOLE)
		grow(in, in->cap * 2); /* bounded: the parts refuse what is longer than allowed */
	*room = in->cap - in->n;
	return in->p + in->n;
}

void inbox_received(struct inbox *in, size_t n)
{
	in->n += n;
}

static enum inbox_state refused(struct inbox *in, enum problem p)
{
	in->problem = p;
	return INBOX_REFUSED;
}

/* Empty lines before a request are passed over, a few of them. False while a CR waits for its LF.
 */
static bool empty_lines_skip(struct inbox *in)
{
	while (in->start + 1 < in->n && in->start < EMPTY_LINES_MAX * 2 &&
	       in->p[in->start] == '\r' && in->p[in->start + 1] == '\n')
		in->start += 2;
	return in->start < in->n && !(in->start + 1 == in->n && in->p[in->start] == '\r');
}

static enum inbox_state head_part(struct inbox *in)
{
	enum head_state state;

	if (in->scan.lines == 0 && in->scan.line_at == 0 && !empty_lines_skip(in))
		return INBOX_MORE;
	state = head_scan(&in->scan, in->p + in->start, in->n - in->start);
	if (state == HEAD_MORE)
		return INBOX_MORE;
	if (state == HEAD_FOREIGN)
		return INBOX_FOREIGN;
	if (state == HEAD_REFUSED)
		return refused(in, in->scan.problem);
	in->body_at = in->raw_at = in->start + in->scan.end;
	if (!head_read(&in->head, in->p + in->start, in->scan.end, &in->problem))
		return INBOX_REFUSED;
	in->part = INBOX_PART_DECIDE;
	return INBOX_HEAD;
}

void inbox_accept(struct inbox *in, size_t body_max)
{
	if (in->part != INBOX_PART_DECIDE)
		BUG("an inbox accepts a head that it does not have");
	in->body_max = body_max;
	in->part = INBOX_PART_BODY;
}

static enum inbox_state whole(struct inbox *in, size_t body_n)
{
	in->body_n = body_n;
	in->part = INBOX_PART_WHOLE;
	return INBOX_WHOLE;
}

static enum inbox_state chunked_part(struct inbox *in)
{
	size_t from = in->raw_at - in->body_at;
	enum chunk_state state = chunk_read(&in->chunk, in->p + in->body_at, &from,
					    in->n - in->body_at, in->body_max);
	size_t decoded = in->body_at + in->chunk.body_n;

	in->raw_at = in->body_at + from;
	if (state == CHUNK_REFUSED)
		return refused(in, in->chunk.problem);
	if (state == CHUNK_DONE)
		return whole(in, in->chunk.body_n);
	/* close the gap that the chunk lines left, so that they take no room */
	memmove(in->p + decoded, in->p + in->raw_at, in->n - in->raw_at);
	in->n -= in->raw_at - decoded;
	in->raw_at = decoded;
	return INBOX_MORE;
}

static enum inbox_state body_part(struct inbox *in)
{
	uint64_t length = in->head.length;

	if (in->head.chunked)
		return chunked_part(in);
	if (length > in->body_max)
		return refused(in, PROBLEM_BODY_TOO_LARGE);
	if (in->n - in->body_at < length) {
		grow(in, in->body_at + (size_t)length + ROOM_BEHIND);
		return INBOX_MORE;
	}
	in->raw_at = in->body_at + (size_t)length;
	return whole(in, (size_t)length);
}

enum inbox_state inbox_read(struct inbox *in)
{
	switch (in->part) {
	case INBOX_PART_HEAD: return head_part(in);
	case INBOX_PART_BODY: return body_part(in);
	case INBOX_PART_WHOLE: return INBOX_WHOLE;
	default: BUG("an inbox is read before its head was accepted");
	}
}

struct str inbox_body(const struct inbox *in)
{
	return str_make(in->p + in->body_at, in->body_n);
}

bool inbox_has_more(const struct inbox *in)
{
	return in->n > in->raw_at;
}

void inbox_next(struct inbox *in)
{
	size_t rest = in->n - in->raw_at;

	if (in->part != INBOX_PART_WHOLE)
		BUG("an inbox goes on before its request is whole");
	memmove(in->p, in->p + in->raw_at, rest);
	in->n = rest;
	request_begin(in);
}

bool inbox_empty(const struct inbox *in)
{
	return in->part == INBOX_PART_HEAD && in->n == in->start;
}
