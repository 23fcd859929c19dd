/*
 * base64.c - see base64.h.
 */
#include "shared/base64.h"

static const char plain[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
static const char url[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

static size_t written(const unsigned char *p, size_t n, const char *letters, bool padded, char *out)
{
	size_t at = 0;

	for (size_t i = 0; i < n; i += 3) {
		size_t have = size_min(3, n - i);
		uint32_t v = (uint32_t)p[i] << 16;

		if (have > 1)
			v |= (uint32_t)p[i + 1] << 8;
		if (have > 2)
			v |= p[i + 2];
		for (size_t k = 0; k < 4; k++) {
			if (k <= have)
				out[at++] = letters[v >> (18 - 6 * k) & 63];
			else if (padded)
				out[at++] = '=';
		}
	}
	out[at] = '\0';
	return at;
}

size_t base64_write(const void *bytes, size_t n, char *out)
{
	return written(bytes, n, plain, true, out);
}

size_t base64url_write(const void *bytes, size_t n, char *out)
{
	return written(bytes, n, url, false, out);
}

static bool read_letters(struct str s, const char *letters, unsigned char *out, size_t room,
			 size_t *n)
{
	uint32_t v = 0;
	size_t bits = 0, at = 0;

	if (s.n % 4 == 1)
		return false;
	for (size_t i = 0; i < s.n; i++) {
		const char *found = s.p[i] == '\0' ? NULL : strchr(letters, s.p[i]);

		if (found == NULL)
			return false;
		v = v << 6 | (uint32_t)(found - letters);
		bits += 6;
		if (bits >= 8) {
			bits -= 8;
			if (at == room)
				return false;
			out[at++] = (unsigned char)(v >> bits);
			v &= (1u << bits) - 1;
		}
	}
	*n = at;
	return v == 0; /* bits left over must be zero, or two texts would mean the same bytes */
}

bool base64_read(struct str s, unsigned char *out, size_t room, size_t *n)
{
	if (s.n % 4 != 0)
		return false;
	for (int pad = 0; pad < 2 && s.n > 0 && s.p[s.n - 1] == '='; pad++)
		s.n--;
	return read_letters(s, plain, out, room, n);
}

bool base64url_read(struct str s, unsigned char *out, size_t room, size_t *n)
{
	return read_letters(s, url, out, room, n);
}

bool base64_letters(struct str s)
{
	static const bool letter[256] = {['A' ... 'Z'] = true, ['a' ... 'z'] = true,
					 ['0' ... '9'] = true, ['+'] = true,
					 ['/'] = true,         ['='] = true};
	bool all = s.n > 0;

	for (size_t i = 0; i < s.n; i++)
		all &= letter[(unsigned char)s.p[i]];
	return all;
}
