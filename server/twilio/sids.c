/*
 * sids.c - see sids.h. Hex digits of either case: the OpenAPI patterns say [0-9a-fA-F].
 */
#include "server/twilio/sids.h"

static bool upper(char c)
{
	return c >= 'A' && c <= 'Z';
}

bool sid_valid(struct str s)
{
	if (s.n != SID_LENGTH || !upper(s.p[0]) || !upper(s.p[1]))
		return false;
	for (size_t i = 2; i < s.n; i++) {
		char c = s.p[i];

		if (!((c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F')))
			return false;
	}
	return true;
}

bool sid_is(struct str s, const char *kind)
{
	return sid_valid(s) && strlen(kind) == 2 && memcmp(s.p, kind, 2) == 0;
}

bool sid_is_message(struct str s)
{
	return sid_is(s, "SM") || sid_is(s, "MM");
}
