/*
 * base.h - what every file of the house stands on: fixed-width types, a few macros, and allocation
 * that cannot fail.
 *
 * Out of memory and a broken promise between our own functions both end the process (craft: a crash
 * loses nothing, because state worth having is in the database). No caller pretends to handle
 * either.
 */
#ifndef SWITCHBACK_SHARED_BASE_H
#define SWITCHBACK_SHARED_BASE_H

#include <inttypes.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "shared/banned.h"

#define MUST_USE            __attribute__((warn_unused_result))
#define PRINTF_LIKE(fmt, a) __attribute__((format(printf, fmt, a)))
#define NO_RETURN           __attribute__((noreturn))
#define UNUSED              __attribute__((unused))
/* Of a large local array that is written before it is read: not zeroed first, as the release's
 * -ftrivial-auto-var-init=zero does with every other. */
#define UNINITIALIZED __attribute__((uninitialized))

#define ARRAY_LEN(a) (sizeof(a) / sizeof((a)[0]))

/* The struct that holds MEMBER at PTR. */
#define CONTAINER_OF(ptr, type, member) ((type *)(void *)((char *)(ptr)-offsetof(type, member)))

/* A promise between our own functions was broken: says where, and aborts. */
#define BUG(...) bug_found(__FILE__, __LINE__, __VA_ARGS__)
NO_RETURN void bug_found(const char *file, int line, const char *fmt, ...) PRINTF_LIKE(3, 4);

/* malloc and friends that never return NULL; n may be 0. Memory of xcalloc is zeroed. Free with
 * free(). */
void *xmalloc(size_t n);
void *xcalloc(size_t count, size_t size);
void *xrealloc(void *p, size_t n);
char *xstrdup(const char *s);

static inline size_t size_min(size_t a, size_t b)
{
	return a < b ? a : b;
}

static inline size_t size_max(size_t a, size_t b)
{
	return a > b ? a : b;
}

static inline int64_t int_clamp(int64_t v, int64_t lo, int64_t hi)
{
	return v < lo ? lo : v > hi ? hi : v;
}

#endif
