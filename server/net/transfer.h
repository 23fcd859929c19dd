/*
 * transfer.h - one request that we send, as libcurl sees it: made ready, watched while it is
 * written, and judged at its end. For http.c only, which queues and delivers.
 */
#ifndef SWITCHBACK_SERVER_NET_TRANSFER_H
#define SWITCHBACK_SERVER_NET_TRANSFER_H

#include <curl/curl.h>

#include "server/net/http.h"
#include "shared/buf.h"

struct transfer {
	struct transfer *next, *prev; /* in flight, or waiting */
	CURL *easy;
	struct curl_slist *headers;
	struct flow_token token;
	struct http_answer *out; /* in the flow's struct: only while the token finds it */
	struct buf body;         /* of the answer */
	int64_t begun_ms, due_ms;
	unsigned attempts; /* connections that were ready for it; libcurl's own repetition counts */
	enum http_outcome outcome;
	int status;
	bool too_long, late;
	char host[128]; /* "scheme://host:port", what connections are counted by */
	char error[CURL_ERROR_SIZE];
};

/* Ready to be started; `easy` is a fresh handle. Copies all of *r. */
struct transfer *transfer_new(CURL *easy, const struct http_request *r);
/* Leaves the easy handle to the caller. */
void transfer_free(struct transfer *t);

/* libcurl is done with it: sets outcome, status, late and error. */
void transfer_judge(struct transfer *t, CURLcode result);
/* Never started, and never will be. */
void transfer_give_up(struct transfer *t, const char *why);
/* What the flow is told; texts go into its arena. */
void transfer_answer(const struct transfer *t, struct arena *a, struct http_answer *out);

#endif
