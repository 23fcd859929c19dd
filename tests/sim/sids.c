/*
 * sids.c - see sids.h.
 */
#include "tests/sim/sids.h"

#include "tests/sim/crypt.h"

static void hex_write(const unsigned char *p, size_t n, char *out)
{
	static const char digits[] = "0123456789abcdef";

	for (size_t i = 0; i < n; i++) {
		out[2 * i] = digits[p[i] >> 4];
		out[2 * i + 1] = digits[p[i] & 15];
	}
	out[2 * n] = '\0';
}

void sim_random_hex(size_t n, char *out)
{
	unsigned char bytes[64];

	if (n > sizeof bytes)
		BUG("at most %zu random bytes at a time", sizeof bytes);
	sim_random(bytes, n);
	hex_write(bytes, n, out);
}

void sim_sid_new(const char prefix[2], char out[SIM_SID])
{
	memcpy(out, prefix, 2);
	sim_random_hex(16, out + 2);
}

void sim_sid_of(const char prefix[2], struct str text, char out[SIM_SID])
{
	unsigned char digest[SIM_SHA256];

	sim_sha256(text, digest);
	memcpy(out, prefix, 2);
	hex_write(digest, 16, out + 2);
}

bool sim_sid_valid(const char prefix[2], struct str s)
{
	if (s.n != SIM_SID - 1 || s.p[0] != prefix[0] || s.p[1] != prefix[1])
		return false;
	for (size_t i = 2; i < s.n; i++) {
		char c = s.p[i];

		if (!((c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F')))
			return false;
	}
	return true;
}
