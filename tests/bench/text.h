/*
 * text.h - one inbound text as Twilio posts it: the form, its signature, the whole HTTP request.
 *
 * Written apart from server/twilio on purpose: a mistake there must not be made here as well.
 */
#ifndef SWITCHBACK_TESTS_BENCH_TEXT_H
#define SWITCHBACK_TESTS_BENCH_TEXT_H

#include "shared/buf.h"

struct text_sender {
	const char *host;       /* for the Host header, "127.0.0.1:3001" */
	const char *path;       /* "/api/webhooks/twilio/sms" */
	const char *public_url; /* what the signature covers: origin and path */
	const char *account, *token;
	const char *body;
	bool forged; /* sign with another token: must be refused */
};

/* The request for the text `sid` from `from` to `to` (E.164), added to `out`. */
void text_write(const struct text_sender *s, struct buf *out, const char *sid, const char *from,
		const char *to);

#endif
