/*
 * buf.h - text being written: grows to a limit stated at birth, always ends in NUL, and remembers
 * an overflow instead of writing past it. Zeroed memory is a valid empty buffer with the default
 * limit.
 */
#ifndef SWITCHBACK_SHARED_BUF_H
#define SWITCHBACK_SHARED_BUF_H

#include "shared/base.h"
#include "shared/str.h"

#define BUF_LIMIT_DEFAULT (1024u * 1024u)

struct buf {
	char *p;         /* NULL until something is written */
	size_t n, cap;   /* bytes written; bytes of room, the NUL included */
	size_t limit;    /* most bytes it may hold; 0 means BUF_LIMIT_DEFAULT */
	bool overflowed; /* something did not fit: the text is cut at the last whole piece */
};

void buf_init(struct buf *b, size_t limit);
/* Frees the memory; the buffer is empty and usable again, with its limit. */
void buf_clear(struct buf *b);
/* Empties it but keeps the memory. */
void buf_reset(struct buf *b);

/* Each adds all of it or nothing; false and b->overflowed when it does not fit. */
bool buf_add(struct buf *b, const void *p, size_t n);
bool buf_add_str(struct buf *b, struct str s);
bool buf_add_cstr(struct buf *b, const char *s);
bool buf_add_char(struct buf *b, char c);
bool buf_printf(struct buf *b, const char *fmt, ...) PRINTF_LIKE(2, 3);

/* Takes n bytes off the front. */
void buf_drop(struct buf *b, size_t n);

/* At least n more bytes of room behind b->p + b->n, or NULL past the limit. The caller writes there
 * and then adds to b->n itself. */
char *buf_room(struct buf *b, size_t n);

/* A view of what is there, good until the next change. Never NULL inside. */
struct str buf_str(const struct buf *b);
const char *buf_cstr(const struct buf *b);

#endif
