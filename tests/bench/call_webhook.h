/*
 * call_webhook.h - a call comes in: the voice webhook is asked as Twilio asks it, and its document
 * read for the media stream.
 */
#ifndef SWITCHBACK_TESTS_BENCH_CALL_WEBHOOK_H
#define SWITCHBACK_TESTS_BENCH_CALL_WEBHOOK_H

#include "shared/base.h"

struct call_webhook {
	int port;
	const char *public_url; /* origin that the signature covers; NULL: http://127.0.0.1:PORT */
	const char *to, *account, *token;
};

/* Asks and waits. False, with a sentence on standard error: no document with a stream. */
bool call_webhook(const struct call_webhook *h, const char *sid, const char *from, char *url,
		  size_t url_n, char *token, size_t token_n);

/* The request that opens the stream at `url` (ws://host:port/path), signed. */
void call_upgrade(const struct call_webhook *h, const char *url, char *out, size_t n);

#endif
