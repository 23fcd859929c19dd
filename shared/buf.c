/*
 * buf.c - see buf.h.
 */
#include "shared/buf.h"

void buf_init(struct buf *b, size_t limit)
{
	*b = (struct buf){.limit = limit};
}

void buf_clear(struct buf *b)
{
	free(b->p);
	*b = (struct buf){.limit = b->limit};
}

void buf_reset(struct buf *b)
{
	b->n = 0;
	b->overflowed = false;
	if (b->p != NULL)
		b->p[0] = '\0';
}

static size_t limit_of(const struct buf *b)
{
	return b->limit == 0 ? BUF_LIMIT_DEFAULT : b->limit;
}

char *buf_room(struct buf *b, size_t n)
{
	size_t limit = limit_of(b), cap;

	if (n > limit || b->n > limit - n) {
		b->overflowed = true;
		return NULL;
	}
	if (b->n + n + 1 > b->cap) {
		cap = size_max(b->cap * 2, b->n + n + 1);
		cap = size_max(cap, 64);
		cap = size_min(cap, limit + 1);
		b->p = xrealloc(b->p, cap);
		b->cap = cap;
	}
	return b->p + b->n;
}

bool buf_add(struct buf *b, const void *p, size_t n)
{
	char *to = buf_room(b, n);

	if (to == NULL)
		return false;
	if (n > 0)
		memcpy(to, p, n);
	b->n += n;
	b->p[b->n] = '\0';
	return true;
}

bool buf_add_str(struct buf *b, struct str s)
{
	return buf_add(b, s.p, s.n);
}

bool buf_add_cstr(struct buf *b, const char *s)
{
	return buf_add_str(b, str_of(s));
}

bool buf_add_char(struct buf *b, char c)
{
	return buf_add(b, &c, 1);
}

bool buf_printf(struct buf *b, const char *fmt, ...)
{
	va_list ap, again;
	char *to;
	int n;

	va_start(ap, fmt);
	va_copy(again, ap);
	n = vsnprintf(NULL, 0, fmt, ap);
	va_end(ap);
	to = n < 0 ? NULL : buf_room(b, (size_t)n);
	if (to != NULL) {
		vsnprintf(to, (size_t)n + 1, fmt, again);
		b->n += (size_t)n;
	}
	va_end(again);
	return to != NULL;
}

void buf_drop(struct buf *b, size_t n)
{
	if (n >= b->n) {
		buf_reset(b);
		return;
	}
	memmove(b->p, b->p + n, b->n - n + 1);
	b->n -= n;
}

struct str buf_str(const struct buf *b)
{
	return (struct str){buf_cstr(b), b->n};
}

const char *buf_cstr(const struct buf *b)
{
	return b->p == NULL ? "" : b->p;
}
