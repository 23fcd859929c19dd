/*
 * err.h - an error is a kind, for code, and a sentence, for people. Nothing else crosses a
 * boundary.
 *
 * The sentence says what was wrong and, where it can, what to do next. It never holds a secret,
 * message text or an unmasked phone number: it may end in a log or in an answer.
 */
#ifndef SWITCHBACK_SHARED_ERR_H
#define SWITCHBACK_SHARED_ERR_H

#include "shared/base.h"

enum err_kind {
	ERR_NONE,
	ERR_INPUT,    /* the caller sent something that cannot be taken */
	ERR_DENIED,   /* not allowed, or not who they say */
	ERR_MISSING,  /* no such thing, or not theirs: the same answer */
	ERR_CONFLICT, /* the thing has changed meanwhile */
	ERR_BUSY,     /* a bound is reached: later */
	ERR_UPSTREAM, /* the database or a provider failed */
	ERR_TIMEOUT,  /* a deadline passed */
};

struct err {
	enum err_kind kind;
	char text[200];
};

/* Sets kind and sentence; always returns false, so `return err_set(err, ...)` ends a bool function.
 * err may be NULL: then only false is returned. */
#define err_set(err, kind, ...) err_is_set((err_write((err), (kind), __VA_ARGS__), 0))
void err_write(struct err *err, enum err_kind kind, const char *fmt, ...) PRINTF_LIKE(3, 4);
/* The false of err_set, where compilers and analyzers can see it. */
static inline bool err_is_set(int unused)
{
	(void)unused;
	return false;
}
void err_vset(struct err *err, enum err_kind kind, const char *fmt, va_list ap) PRINTF_LIKE(3, 0);

/* The kind as one lower-case word for logs: "input", "denied", ... */
const char *err_kind_name(enum err_kind kind);

#endif
