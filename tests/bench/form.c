/*
 * form.c - see form.h. The signature: base64(HMAC-SHA1(token, URL and then each parameter's name
 * and value, sorted by name)).
 */
/* First, because shared/banned.h poisons a word that OpenSSL uses as a parameter's name. */
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include "tests/bench/form.h"

static void percent_add(struct buf *out, const char *value)
{
	static const char hex[] = "0123456789ABCDEF";

	for (const unsigned char *c = (const unsigned char *)value; *c != '\0'; c++) {
		bool plain = (*c >= '0' && *c <= '9') || (*c >= 'A' && *c <= 'Z') ||
			     (*c >= 'a' && *c <= 'z') || strchr("-._~", *c) != NULL;

		if (plain) {
			buf_add_char(out, (char)*c);
		} else {
			char escape[3] = {'%', hex[*c >> 4], hex[*c & 15]};

			buf_add(out, escape, sizeof escape);
		}
	}
}

void form_sign(const char *token, struct str text, char out[32])
{
	unsigned char digest[EVP_MAX_MD_SIZE];
	unsigned int n = 0;

	if (HMAC(EVP_sha1(), token, (int)strlen(token), (const unsigned char *)text.p, text.n,
		 digest, &n) == NULL)
		BUG("HMAC-SHA1 is not there");
	EVP_EncodeBlock((unsigned char *)out, digest, (int)n);
}

void form_write(struct buf *out, const char *host, const char *path, const char *url,
		const char *token, const char *idempotency, const struct form_pair *pairs, size_t n)
{
	struct buf form, covered;
	char signature[32];

	buf_init(&form, 8192);
	buf_init(&covered, 8192);
	buf_add_cstr(&covered, url);
	for (size_t i = 0; i < n; i++) {
		buf_printf(&covered, "%s%s", pairs[i].name, pairs[i].value);
		buf_printf(&form, "%s%s=", i == 0 ? "" : "&", pairs[i].name);
		percent_add(&form, pairs[i].value);
	}
	form_sign(token, buf_str(&covered), signature);
	buf_printf(out,
		   "POST %s HTTP/1.1\r\nHost: %s\r\nUser-Agent: TwilioProxy/1.1\r\n"
		   "Content-Type: application/x-www-form-urlencoded; charset=UTF-8\r\n"
		   "X-Twilio-Signature: %s\r\nI-Twilio-Idempotency-Token: %s\r\n"
		   "Content-Length: %zu\r\n\r\n",
		   path, host, signature, idempotency, form.n);
	buf_add_str(out, buf_str(&form));
	if (out->overflowed || form.overflowed || covered.overflowed)
		BUG("a form of the load generator does not fit its buffer");
	buf_clear(&form);
	buf_clear(&covered);
}
