/*
 * crypt.c - see crypt.h. libcrypto's headers name rand(), which our own ban: so they come first.
 */
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/rand.h>

#include "tests/sim/crypt.h"

void sim_hmac_sha1(struct str key, struct str data, unsigned char out[SIM_SHA1])
{
	unsigned n = SIM_SHA1;

	if (HMAC(EVP_sha1(), key.p, (int)key.n, (const unsigned char *)data.p, data.n, out, &n) ==
	    NULL)
		BUG("HMAC-SHA1 is not available");
}

void sim_hmac_sha256_hex(struct str key, struct str data, char out[2 * SIM_SHA256 + 1])
{
	unsigned char digest[SIM_SHA256];
	unsigned n = sizeof digest;

	if (HMAC(EVP_sha256(), key.p, (int)key.n, (const unsigned char *)data.p, data.n, digest,
		 &n) == NULL)
		BUG("HMAC-SHA256 is not available");
	for (size_t i = 0; i < sizeof digest; i++)
		snprintf(out + 2 * i, 3, "%02x", digest[i]);
}

void sim_sha1(struct str data, unsigned char out[SIM_SHA1])
{
	if (EVP_Digest(data.p, data.n, out, NULL, EVP_sha1(), NULL) != 1)
		BUG("SHA-1 is not available");
}

void sim_sha256(struct str data, unsigned char out[SIM_SHA256])
{
	if (EVP_Digest(data.p, data.n, out, NULL, EVP_sha256(), NULL) != 1)
		BUG("SHA-256 is not available");
}

void sim_random(void *out, size_t n)
{
	if (RAND_bytes(out, (int)n) != 1)
		BUG("no random bytes");
}

void sim_base64(const void *p, size_t n, char *out)
{
	EVP_EncodeBlock((unsigned char *)out, p, (int)n);
}

bool sim_base64_read(struct arena *a, struct str coded, struct str *out)
{
	unsigned char *bytes;
	size_t padding = 0;
	int n;

	if (coded.n % 4 != 0 || coded.n > INT32_MAX)
		return false;
	while (padding < 2 && padding < coded.n && coded.p[coded.n - 1 - padding] == '=')
		padding++;
	bytes = arena_take(a, coded.n + 1);
	n = coded.n == 0 ? 0 : EVP_DecodeBlock(bytes, (const unsigned char *)coded.p, (int)coded.n);
	if (n < 0)
		return false;
	bytes[(size_t)n - padding] = '\0';
	*out = str_make((char *)bytes, (size_t)n - padding);
	return true;
}

bool sim_same(struct str given, struct str secret)
{
	return given.n == secret.n && CRYPTO_memcmp(given.p, secret.p, secret.n) == 0;
}
