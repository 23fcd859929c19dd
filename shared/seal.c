/*
 * seal.c - see seal.h.
 */
#include <openssl/evp.h> /* before our own: its parameters are named like calls that we ban */
#include <openssl/rand.h>

#include "shared/seal.h"

#define VERSION 1
#define NONCE   12
#define TAG     16

/* What a sealed value is bound to. */
static const char *bound_to(struct arena *a, const char *organization_id, const char *column)
{
	return arena_printf(a, "switchback/%s/%s", organization_id, column);
}

bool seal_close(const struct settings_key *key, const char *organization_id, const char *column,
		struct str plain, struct arena *a, struct str *sealed, struct err *err)
{
	const char *aad = bound_to(a, organization_id, column);
	unsigned char *out = arena_take(a, plain.n + SEAL_OVERHEAD);
	unsigned char *nonce = out + 1, *text = nonce + NONCE;
	EVP_CIPHER_CTX *gcm;
	int n;
	bool ok;

	if (!key->set)
		return err_set(err, ERR_INPUT,
			       "SECRETS_KEY is not set: without it no credential can be kept.");
	if (plain.n == 0 || plain.n > SEAL_PLAIN_MAX)
		return err_set(err, ERR_INPUT, "A credential has 1 to %d bytes.", SEAL_PLAIN_MAX);
	out[0] = VERSION;
	if (RAND_bytes(nonce, NONCE) != 1)
		BUG("no randomness");
	gcm = EVP_CIPHER_CTX_new();
	ok = gcm != NULL &&
	     EVP_EncryptInit_ex(gcm, EVP_aes_256_gcm(), NULL, key->bytes, nonce) == 1 &&
	     EVP_EncryptUpdate(gcm, NULL, &n, (const unsigned char *)aad, (int)strlen(aad)) == 1 &&
	     EVP_EncryptUpdate(gcm, text, &n, (const unsigned char *)plain.p, (int)plain.n) == 1 &&
	     EVP_EncryptFinal_ex(gcm, text + n, &n) == 1 &&
	     EVP_CIPHER_CTX_ctrl(gcm, EVP_CTRL_GCM_GET_TAG, TAG, text + plain.n) == 1;
	EVP_CIPHER_CTX_free(gcm);
	if (!ok)
		BUG("AES-256-GCM failed");
	*sealed = str_make((const char *)out, plain.n + SEAL_OVERHEAD);
	return true;
}

bool seal_open(const struct settings_key *key, const char *organization_id, const char *column,
	       struct str sealed, struct arena *a, struct str *plain, struct err *err)
{
	const char *aad = bound_to(a, organization_id, column);
	const unsigned char *in = (const unsigned char *)sealed.p;
	unsigned char *out, tag[TAG];
	EVP_CIPHER_CTX *gcm;
	size_t size;
	int n;
	bool ok;

	if (!key->set)
		return err_set(err, ERR_INPUT, "SECRETS_KEY is not set, and %s is sealed with it.",
			       column);
	if (sealed.n <= SEAL_OVERHEAD || sealed.n > SEAL_PLAIN_MAX + SEAL_OVERHEAD ||
	    in[0] != VERSION)
		return err_set(err, ERR_DENIED, "%s is not a sealed value of ours.", column);
	size = sealed.n - SEAL_OVERHEAD;
	out = arena_take(a, size + 1);
	memcpy(tag, in + sealed.n - TAG, TAG);
	gcm = EVP_CIPHER_CTX_new();
	ok = gcm != NULL &&
	     EVP_DecryptInit_ex(gcm, EVP_aes_256_gcm(), NULL, key->bytes, in + 1) == 1 &&
	     EVP_DecryptUpdate(gcm, NULL, &n, (const unsigned char *)aad, (int)strlen(aad)) == 1 &&
	     EVP_DecryptUpdate(gcm, out, &n, in + 1 + NONCE, (int)size) == 1 &&
	     EVP_CIPHER_CTX_ctrl(gcm, EVP_CTRL_GCM_SET_TAG, TAG, tag) == 1 &&
	     EVP_DecryptFinal_ex(gcm, out + n, &n) == 1;
	EVP_CIPHER_CTX_free(gcm);
	if (!ok) {
		explicit_bzero(out, size);
		return err_set(err, ERR_DENIED, "%s does not open with this SECRETS_KEY.", column);
	}
	*plain = str_make((const char *)out, size);
	return true;
}

bool seal_open_either(const struct settings *s, const char *organization_id, const char *column,
		      struct str sealed, struct arena *a, struct str *plain, bool *previous,
		      struct err *err)
{
	bool current = seal_open(&s->secrets_key, organization_id, column, sealed, a, plain, err);

	if (previous != NULL)
		*previous = !current;
	return current ||
	       (s->secrets_key_previous.set && seal_open(&s->secrets_key_previous, organization_id,
							 column, sealed, a, plain, err));
}
