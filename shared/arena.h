/*
 * arena.h - memory that goes all at once: what one request, command or turn needs.
 *
 * Zero-initialized is a valid empty arena. Nothing taken from it is freed alone. Not thread-safe.
 */
#ifndef SWITCHBACK_SHARED_ARENA_H
#define SWITCHBACK_SHARED_ARENA_H

#include "shared/base.h"
#include "shared/str.h"

struct arena_block;

struct arena {
	struct arena_block *blocks; /* newest first */
	char *at, *end;             /* room left in the newest */
};

/* n bytes, zeroed, aligned for anything; never NULL. */
void *arena_take(struct arena *a, size_t n);
#define ARENA_NEW(a, type)          ((type *)arena_take((a), sizeof(type)))
#define ARENA_ARRAY(a, type, count) ((type *)arena_array((a), (count), sizeof(type)))
void *arena_array(struct arena *a, size_t count, size_t size);

/* Copies into the arena. arena_cstr and arena_strdup end in NUL; a NULL s gives NULL. */
struct str arena_str(struct arena *a, struct str s);
char *arena_cstr(struct arena *a, struct str s);
char *arena_strdup(struct arena *a, const char *s);
char *arena_printf(struct arena *a, const char *fmt, ...) PRINTF_LIKE(2, 3);

/* Gives everything back; the arena may be used again. One block is kept for that. */
void arena_clear(struct arena *a);
/* Gives everything back, that block too. */
void arena_free(struct arena *a);

#endif
