/*
 * refresh.c - see refresh.h.
 */
#include <openssl/evp.h> /* before our own: its parameters are named like calls that we ban */

#include "server/staff/refresh.h"

#include <sys/random.h>

#include "shared/base64.h"

#define FAMILY_BYTES 16

static void digest_text(const unsigned char sum[32], char out[DIGEST_TEXT])
{
	static const char hex[] = "0123456789abcdef";

	out[0] = '\\';
	out[1] = 'x';
	for (size_t i = 0; i < 32; i++) {
		out[2 + 2 * i] = hex[sum[i] >> 4];
		out[3 + 2 * i] = hex[sum[i] & 15];
	}
	out[DIGEST_TEXT - 1] = '\0';
}

static void digest(const void *p, size_t n, char out[DIGEST_TEXT])
{
	unsigned char sum[32];

	if (EVP_Digest(p, n, sum, NULL, EVP_sha256(), NULL) != 1)
		BUG("no SHA-256");
	digest_text(sum, out);
}

static void hashes(const unsigned char bytes[REFRESH_BYTES], struct refresh *out)
{
	digest(bytes, FAMILY_BYTES, out->family_hash);
	digest(bytes, REFRESH_BYTES, out->hash);
}

void refresh_make(const struct refresh *before, struct refresh *out)
{
	unsigned char bytes[REFRESH_BYTES], old[REFRESH_BYTES];
	size_t n;

	if (getrandom(bytes, sizeof bytes, 0) != (ssize_t)sizeof bytes)
		BUG("no randomness");
	if (before != NULL) {
		if (!base64url_read(str_of(before->text), old, sizeof old, &n) || n != sizeof old)
			BUG("a refresh token that was read cannot be read");
		memcpy(bytes, old, FAMILY_BYTES);
	}
	base64url_write(bytes, sizeof bytes, out->text);
	hashes(bytes, out);
	explicit_bzero(bytes, sizeof bytes);
	explicit_bzero(old, sizeof old);
}

bool refresh_read(struct str text, struct refresh *out)
{
	unsigned char bytes[REFRESH_BYTES];
	size_t n;

	if (text.n != REFRESH_TEXT - 1 || !base64url_read(text, bytes, sizeof bytes, &n) ||
	    n != sizeof bytes)
		return false;
	memcpy(out->text, text.p, text.n);
	out->text[text.n] = '\0';
	hashes(bytes, out);
	explicit_bzero(bytes, sizeof bytes);
	return true;
}

void digest_parts(const struct str *parts, size_t n, char out[DIGEST_TEXT])
{
	EVP_MD_CTX *c = EVP_MD_CTX_new();
	unsigned char sum[32], length[8];
	bool ok = c != NULL && EVP_DigestInit_ex(c, EVP_sha256(), NULL) == 1;

	for (size_t i = 0; ok && i < n; i++) {
		for (size_t k = 0; k < sizeof length; k++)
			length[k] = (unsigned char)((uint64_t)parts[i].n >> (8 * k));
		ok = EVP_DigestUpdate(c, length, sizeof length) == 1 &&
		     EVP_DigestUpdate(c, parts[i].p, parts[i].n) == 1;
	}
	if (!ok || EVP_DigestFinal_ex(c, sum, NULL) != 1)
		BUG("no SHA-256");
	EVP_MD_CTX_free(c);
	digest_text(sum, out);
}
