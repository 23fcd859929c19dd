/*
 * str.h - a view of bytes that somebody else owns: any bytes, not ended by NUL, borrowed for the
 * call. Keeping one means copying it (arena_str, arena_cstr). {NULL, 0} is the empty view and "not
 * there".
 */
#ifndef SWITCHBACK_SHARED_STR_H
#define SWITCHBACK_SHARED_STR_H

#include "shared/base.h"

struct str {
	const char *p;
	size_t n;
};

#define STR_FMT    "%.*s"
#define STR_ARG(s) (int)(s).n, (s).p == NULL ? "" : (s).p
#define STR_LIT(s) ((struct str){(s), sizeof(s) - 1})

/* A view of a C string; NULL gives the empty view. */
static inline struct str str_of(const char *s)
{
	return (struct str){s, s == NULL ? 0 : strlen(s)};
}

static inline struct str str_make(const char *p, size_t n)
{
	return (struct str){p, n};
}

static inline bool str_eq(struct str a, struct str b)
{
	return a.n == b.n && (a.n == 0 || memcmp(a.p, b.p, a.n) == 0);
}

static inline bool str_is(struct str a, const char *s)
{
	return str_eq(a, str_of(s));
}

/* The same, ASCII letters alike in both cases. */
bool str_eq_nocase(struct str a, struct str b);
bool str_is_nocase(struct str a, const char *s);
bool str_starts(struct str a, struct str prefix);
bool str_ends(struct str a, struct str suffix);

/* Byte order, shorter first among equals: <0, 0, >0 as memcmp. */
int str_cmp(struct str a, struct str b);

/* Without ASCII blanks (space, tab, CR, LF, VT, FF) at both ends. */
struct str str_trim(struct str s);

/* From byte `from` on, at most n bytes; out of range gives what there is. */
struct str str_sub(struct str s, size_t from, size_t n);

/* Position of c, or of the first place of needle; -1 when absent. An empty needle is at 0. */
ptrdiff_t str_find_char(struct str s, char c);
ptrdiff_t str_find(struct str s, struct str needle);

/* Cuts at the first `sep`: what stands before it is returned, *rest moves behind it. Without a sep
 * all is returned and *rest becomes {NULL, 0}. */
struct str str_cut(struct str *rest, char sep);

/* All of s is a decimal number in [min, max]: writes *out and returns true. No sign but '-', no
 * blanks. */
MUST_USE
bool str_int(struct str s, int64_t min, int64_t max, int64_t *out);

#endif
