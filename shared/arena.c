/*
 * arena.c - see arena.h. Blocks of 4 KiB, larger ones for larger wishes. Under AddressSanitizer the
 * unused rest of a block is poisoned, so a step too far is found there as it would be with malloc.
 */
#include "shared/arena.h"

#if defined(__SANITIZE_ADDRESS__)
#include <sanitizer/asan_interface.h>
#define POISON(p, n)   ASAN_POISON_MEMORY_REGION((p), (n))
#define UNPOISON(p, n) ASAN_UNPOISON_MEMORY_REGION((p), (n))
#define GAP            16
#else
#define POISON(p, n)   ((void)0)
#define UNPOISON(p, n) ((void)0)
#define GAP            0
#endif

#define BLOCK_SIZE 4096
#define ALIGN      16

struct arena_block {
	struct arena_block *older;
	size_t size; /* of data */
	_Alignas(ALIGN) char data[];
};

static void block_add(struct arena *a, size_t n)
{
	size_t size = size_max(n, BLOCK_SIZE - sizeof(struct arena_block));
	struct arena_block *b;

	if (n > SIZE_MAX / 2)
		BUG("arena asked for %zu bytes", n);
	b = xmalloc(sizeof *b + size);
	b->older = a->blocks;
	b->size = size;
	a->blocks = b;
	a->at = b->data;
	a->end = b->data + size;
	POISON(b->data, size);
}

void *arena_take(struct arena *a, size_t n)
{
	size_t need = (n + GAP + ALIGN - 1) & ~(size_t)(ALIGN - 1);
	void *p;

	if (need < n)
		BUG("arena asked for %zu bytes", n);
	if (a->at == NULL || (size_t)(a->end - a->at) < need)
		block_add(a, need);
	p = a->at;
	a->at += need;
	UNPOISON(p, n);
	memset(p, 0, n);
	return p;
}

void *arena_array(struct arena *a, size_t count, size_t size)
{
	size_t n;

	if (__builtin_mul_overflow(count, size, &n))
		BUG("arena asked for %zu times %zu bytes", count, size);
	return arena_take(a, n);
}

char *arena_cstr(struct arena *a, struct str s)
{
	char *p = arena_take(a, s.n + 1);

	if (s.n > 0)
		memcpy(p, s.p, s.n);
	return p;
}

struct str arena_str(struct arena *a, struct str s)
{
	return (struct str){arena_cstr(a, s), s.n};
}

char *arena_strdup(struct arena *a, const char *s)
{
	return s == NULL ? NULL : arena_cstr(a, str_of(s));
}

char *arena_printf(struct arena *a, const char *fmt, ...)
{
	va_list ap, again;
	char *p;
	int n;

	va_start(ap, fmt);
	va_copy(again, ap);
	n = vsnprintf(NULL, 0, fmt, ap);
	va_end(ap);
	if (n < 0)
		BUG("a format that cannot be printed");
	p = arena_take(a, (size_t)n + 1);
	vsnprintf(p, (size_t)n + 1, fmt, again);
	va_end(again);
	return p;
}

void arena_clear(struct arena *a)
{
	struct arena_block *b = a->blocks, *older;

	if (b == NULL)
		return;
	while (b->older != NULL) {
		older = b->older;
		UNPOISON(b->data, b->size);
		free(b);
		b = older;
	}
	if (b->size > BLOCK_SIZE) {
		UNPOISON(b->data, b->size);
		free(b);
		*a = (struct arena){0};
		return;
	}
	a->blocks = b;
	a->at = b->data;
	a->end = b->data + b->size;
	POISON(b->data, b->size);
}

void arena_free(struct arena *a)
{
	struct arena_block *b = a->blocks, *older;

	for (; b != NULL; b = older) {
		older = b->older;
		UNPOISON(b->data, b->size);
		free(b);
	}
	*a = (struct arena){0};
}
