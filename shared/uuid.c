/*
 * uuid.c - see uuid.h.
 */
#include "shared/uuid.h"

static int digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

static bool dash_before(size_t byte)
{
	return byte == 4 || byte == 6 || byte == 8 || byte == 10;
}

bool uuid_read(struct str text, struct uuid *out)
{
	struct uuid u;
	size_t at = 0;

	if (text.n != UUID_TEXT - 1)
		return false;
	for (size_t i = 0; i < sizeof u.b; i++) {
		int high, low;

		if (dash_before(i) && text.p[at++] != '-')
			return false;
		high = digit(text.p[at++]);
		low = digit(text.p[at++]);
		if (high < 0 || low < 0)
			return false;
		u.b[i] = (uint8_t)(high << 4 | low);
	}
	*out = u;
	return true;
}

bool uuid_eq(const struct uuid *a, const struct uuid *b)
{
	return memcmp(a->b, b->b, sizeof a->b) == 0;
}

void uuid_write(const struct uuid *u, char out[UUID_TEXT])
{
	static const char hex[] = "0123456789abcdef";
	size_t at = 0;

	for (size_t i = 0; i < sizeof u->b; i++) {
		if (dash_before(i))
			out[at++] = '-';
		out[at++] = hex[u->b[i] >> 4];
		out[at++] = hex[u->b[i] & 15];
	}
	out[at] = '\0';
}
