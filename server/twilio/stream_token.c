/*
 * stream_token.c - see stream_token.h.
 */
#include <openssl/rand.h> /* before our own: its parameters are named like calls that we ban */
#include <openssl/sha.h>

#include "server/twilio/stream_token.h"

void stream_token_make(char out[STREAM_TOKEN_TEXT])
{
	unsigned char bytes[STREAM_TOKEN_BYTES];

	if (RAND_bytes(bytes, sizeof bytes) != 1)
		BUG("the system gives no random bytes");
	base64url_write(bytes, sizeof bytes, out);
}

void stream_token_hash(struct str token, unsigned char out[STREAM_HASH_BYTES])
{
	SHA256((const unsigned char *)token.p, token.n, out);
}
