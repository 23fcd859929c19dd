/*
 * form.h - a signed form as Twilio posts it: parameters, signature, the whole HTTP request.
 *
 * Written apart from server/twilio on purpose: a mistake there must not be made here as well.
 */
#ifndef SWITCHBACK_TESTS_BENCH_FORM_H
#define SWITCHBACK_TESTS_BENCH_FORM_H

#include "shared/buf.h"

struct form_pair {
	const char *name, *value;
};

/* The request, added to `out`. `url` is what the signature covers; `pairs` are in the order of
 * their names. */
void form_write(struct buf *out, const char *host, const char *path, const char *url,
		const char *token, const char *idempotency, const struct form_pair *pairs,
		size_t n);

/* base64(HMAC-SHA1(token, text)): what Twilio puts into X-Twilio-Signature. */
void form_sign(const char *token, struct str text, char out[32]);

#endif
