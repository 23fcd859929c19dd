/*
 * base.c - allocation that cannot fail, and the end of a process whose own promise was broken.
 */
#include "shared/base.h"

#include <stdarg.h>

NO_RETURN void bug_found(const char *file, int line, const char *fmt, ...)
{
	va_list ap;

	fprintf(stderr, "level=error event=bug at=%s:%d text=\"", file, line);
	va_start(ap, fmt);
	vfprintf(stderr, fmt, ap);
	va_end(ap);
	fprintf(stderr, "\"\n");
	abort();
}

static void *checked(void *p)
{
	if (p == NULL)
		BUG("out of memory");
	return p;
}

void *xmalloc(size_t n)
{
	return checked(malloc(n == 0 ? 1 : n));
}

void *xcalloc(size_t count, size_t size)
{
	return checked(calloc(count == 0 ? 1 : count, size == 0 ? 1 : size));
}

void *xrealloc(void *p, size_t n)
{
	return checked(realloc(p, n == 0 ? 1 : n));
}

char *xstrdup(const char *s)
{
	return checked(strdup(s));
}
