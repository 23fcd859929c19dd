/*
 * utf8.c - see utf8.h.
 */
#include "shared/utf8.h"

#include <utf8proc.h>

#define REPLACEMENT 0xFFFDu

/* step() for what is not ASCII. */
static size_t long_step(const unsigned char *p, size_t n, int32_t *code)
{
	unsigned char lo = 0x80, hi = 0xBF;
	size_t want;
	uint32_t c;

	*code = -1;
	if (p[0] >= 0xC2 && p[0] <= 0xDF) {
		want = 2;
		c = p[0] & 0x1Fu;
	} else if (p[0] >= 0xE0 && p[0] <= 0xEF) {
		want = 3;
		c = p[0] & 0x0Fu;
		if (p[0] == 0xE0)
			lo = 0xA0;
		if (p[0] == 0xED)
			hi = 0x9F;
	} else if (p[0] >= 0xF0 && p[0] <= 0xF4) {
		want = 4;
		c = p[0] & 0x07u;
		if (p[0] == 0xF0)
			lo = 0x90;
		if (p[0] == 0xF4)
			hi = 0x8F;
	} else {
		return 1;
	}
	for (size_t i = 1; i < want; i++) {
		if (i == n || p[i] < lo || p[i] > hi)
			return i;
		c = (c << 6) | (p[i] & 0x3Fu);
		lo = 0x80;
		hi = 0xBF;
	}
	*code = (int32_t)c;
	return want;
}

/* How many bytes at p belong together: *code is the code point, or -1 for a bad subpart. */
static inline size_t step(const unsigned char *p, size_t n, int32_t *code)
{
	if (p[0] >= 0x80)
		return long_step(p, n, code);
	*code = p[0];
	return 1;
}

size_t utf8_next(struct str s, uint32_t *code)
{
	int32_t c;
	size_t n;

	if (s.n == 0)
		return 0;
	n = step((const unsigned char *)s.p, s.n, &c);
	if (c < 0)
		return 0;
	*code = (uint32_t)c;
	return n;
}

bool utf8_valid(struct str s)
{
	size_t i = 0;
	int32_t c;

	while (i < s.n) {
		i += step((const unsigned char *)s.p + i, s.n - i, &c);
		if (c <= 0)
			return false;
	}
	return true;
}

size_t utf8_put(uint32_t code, char out[4])
{
	return (size_t)utf8proc_encode_char((utf8proc_int32_t)code, (utf8proc_uint8_t *)out);
}

struct str utf8_repair(struct arena *a, struct str s)
{
	char *to;
	size_t i = 0, n = 0, len;
	int32_t c;

	if (utf8_valid(s))
		return s;
	to = arena_take(a, s.n * 3 + 1); /* each bad byte becomes at most three */
	while (i < s.n) {
		len = step((const unsigned char *)s.p + i, s.n - i, &c);
		if (c <= 0) {
			n += utf8_put(REPLACEMENT, to + n);
		} else {
			memcpy(to + n, s.p + i, len);
			n += len;
		}
		i += len;
	}
	return (struct str){to, n};
}

struct str utf8_fold(struct arena *a, struct str s)
{
	struct str in = utf8_repair(a, s);
	utf8proc_uint8_t *folded = NULL;
	utf8proc_ssize_t n;
	struct str out;
	char *p;

	if (in.n == 0)
		return (struct str){"", 0};
	n = utf8proc_map((const utf8proc_uint8_t *)in.p, (utf8proc_ssize_t)in.n, &folded,
			 UTF8PROC_STABLE | UTF8PROC_COMPAT | UTF8PROC_COMPOSE | UTF8PROC_CASEFOLD |
				 UTF8PROC_STRIPMARK | UTF8PROC_IGNORE);
	if (n < 0)
		return in;
	p = arena_cstr(a, (struct str){(const char *)folded, (size_t)n});
	free(folded);
	out = (struct str){p, 0};
	for (size_t i = 0; i < (size_t)n; out.n++) { /* U+2018, U+2019, U+02BC become ' */
		if (i + 2 < (size_t)n && memcmp(p + i, "\xE2\x80", 2) == 0 &&
		    ((unsigned char)p[i + 2] == 0x98 || (unsigned char)p[i + 2] == 0x99)) {
			p[out.n] = '\'';
			i += 3;
		} else if (i + 1 < (size_t)n && memcmp(p + i, "\xCA\xBC", 2) == 0) {
			p[out.n] = '\'';
			i += 2;
		} else {
			p[out.n] = p[i++];
		}
	}
	p[out.n] = '\0';
	return out;
}

size_t utf8_count(struct str s)
{
	size_t i = 0, count = 0;
	int32_t c;

	for (; i < s.n; count++)
		i += step((const unsigned char *)s.p + i, s.n - i, &c);
	return count;
}

size_t utf8_grapheme(struct str s)
{
	utf8proc_int32_t state = 0;
	int32_t before, c;
	size_t i, len;

	if (s.n == 0)
		return 0;
	i = step((const unsigned char *)s.p, s.n, &before);
	while (i < s.n && before >= 0) {
		len = step((const unsigned char *)s.p + i, s.n - i, &c);
		if (c < 0 || utf8proc_grapheme_break_stateful(before, c, &state))
			break;
		before = c;
		i += len;
	}
	return i;
}

struct str utf8_cut(struct str s, size_t max)
{
	size_t i = 0, len;
	int32_t c;

	if (s.n <= max)
		return s;
	while (i < s.n) {
		len = step((const unsigned char *)s.p + i, s.n - i, &c);
		if (i + len > max)
			break;
		i += len;
	}
	return (struct str){s.p, i};
}
