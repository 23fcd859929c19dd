/*
 * str.c - see str.h.
 */
#include "shared/str.h"

#include <limits.h>

static unsigned char lower(char c)
{
	return (unsigned char)(c >= 'A' && c <= 'Z' ? c + ('a' - 'A') : c);
}

bool str_eq_nocase(struct str a, struct str b)
{
	if (a.n != b.n)
		return false;
	for (size_t i = 0; i < a.n; i++) {
		if (lower(a.p[i]) != lower(b.p[i]))
			return false;
	}
	return true;
}

bool str_is_nocase(struct str a, const char *s)
{
	return str_eq_nocase(a, str_of(s));
}

bool str_starts(struct str a, struct str prefix)
{
	return a.n >= prefix.n && str_eq(str_sub(a, 0, prefix.n), prefix);
}

bool str_ends(struct str a, struct str suffix)
{
	return a.n >= suffix.n && str_eq(str_sub(a, a.n - suffix.n, suffix.n), suffix);
}

int str_cmp(struct str a, struct str b)
{
	size_t n = size_min(a.n, b.n);
	int c = n == 0 ? 0 : memcmp(a.p, b.p, n);

	if (c != 0)
		return c;
	return a.n < b.n ? -1 : a.n > b.n;
}

static bool blank(char c)
{
	return c == ' ' || (c >= '\t' && c <= '\r');
}

struct str str_trim(struct str s)
{
	while (s.n > 0 && blank(s.p[0])) {
		s.p++;
		s.n--;
	}
	while (s.n > 0 && blank(s.p[s.n - 1]))
		s.n--;
	return s;
}

struct str str_sub(struct str s, size_t from, size_t n)
{
	if (from >= s.n)
		return (struct str){NULL, 0};
	return (struct str){s.p + from, size_min(n, s.n - from)};
}

ptrdiff_t str_find_char(struct str s, char c)
{
	const char *at = s.n == 0 ? NULL : memchr(s.p, c, s.n);

	return at == NULL ? -1 : at - s.p;
}

ptrdiff_t str_find(struct str s, struct str needle)
{
	const char *at;

	if (needle.n == 0)
		return 0;
	if (s.n < needle.n)
		return -1;
	at = memmem(s.p, s.n, needle.p, needle.n);
	return at == NULL ? -1 : at - s.p;
}

struct str str_cut(struct str *rest, char sep)
{
	struct str all = *rest;
	ptrdiff_t at = str_find_char(all, sep);

	if (at < 0) {
		*rest = (struct str){NULL, 0};
		return all;
	}
	*rest = (struct str){all.p + at + 1, all.n - (size_t)at - 1};
	return (struct str){all.p, (size_t)at};
}

bool str_int(struct str s, int64_t min, int64_t max, int64_t *out)
{
	bool minus = s.n > 0 && s.p[0] == '-';
	size_t i = minus ? 1 : 0;
	int64_t v = 0;

	if (i == s.n)
		return false;
	for (; i < s.n; i++) {
		int digit = s.p[i] - '0';

		if (digit < 0 || digit > 9 || v > (INT64_MAX - digit) / 10)
			return false;
		v = v * 10 + digit;
	}
	if (minus)
		v = -v;
	if (v < min || v > max)
		return false;
	*out = v;
	return true;
}
