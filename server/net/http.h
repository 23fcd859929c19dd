/*
 * http.h - requests that we send: to Twilio, to ElevenLabs, to nobody else. A flow asks and goes on
 * when there is an answer; whatever happens is an answer, because what matters is this:
 *
 *   HTTP_ANSWERED   the whole answer is here, whatever its status.
 *   HTTP_NOT_SENT   not one byte of the request has left: no name, refused, no TLS, waited too long
 *                   for a connection. Asking again is safe.
 *   HTTP_UNCERTAIN  bytes of it may have left and no whole answer came: a deadline, a reset,
 * rubbish. The other side may have done it: never ask again blindly.
 *
 * libcurl repeats a request on its own when a connection that it reused turns out to be dead, a
 * POST too, although the other side may have read it. That is stopped here (on_begin in
 * transfer.c): a second attempt goes ahead only if the first one had not written a byte. No
 * redirects, no proxy of the environment, HTTP/1.1, certificates verified, bounded in time and size
 * and in connections per host.
 */
#ifndef SWITCHBACK_SERVER_NET_HTTP_H
#define SWITCHBACK_SERVER_NET_HTTP_H

#include "server/core/flow.h"
#include "shared/str.h"

struct http;

/* Zero, what a flow that failed meanwhile finds in its struct, is the careful one. */
enum http_outcome { HTTP_UNCERTAIN, HTTP_ANSWERED, HTTP_NOT_SENT };

struct http_request {
	const char *method;          /* "GET", "POST", "PUT", "PATCH", "DELETE" */
	const char *url;             /* http or https */
	const char *user, *password; /* basic; NULL: none */
	const char *bearer;          /* instead: Authorization: Bearer; NULL: none */
	struct str body;
	const char *content_type;   /* NULL: no body's type */
	const char *const *headers; /* further ones, "Name: value", ended by NULL; NULL: none */
	unsigned connect_ms;        /* for the connection alone; 0: 5 s */
	unsigned timeout_ms; /* all of it, waiting for a connection too; 0: 10 s. Never longer
				than the flow has left */
	size_t answer_max;   /* bytes of body that are taken; 0: 1 MiB. More is HTTP_UNCERTAIN */
};

struct http_answer {
	enum http_outcome outcome;
	int status;      /* 0 if none came; of an uncertain answer it may be there */
	struct str body; /* in the flow's arena; only of an answer, as the next two */
	struct str content_type, location; /* the headers, empty if absent */
	bool late, too_long; /* why it is uncertain: not whole in time, beyond answer_max */
	int retry_after_s;   /* Retry-After, in seconds or as a date; -1: absent or unreadable */
	char error[120];     /* what went wrong, for the log; empty for an answer */
};

struct http_figures {
	unsigned in_flight, waiting;
	uint64_t answered, not_sent, uncertain;
};

struct http *http_open(struct loop *l, struct flows *fs);
/* Connections, and requests under way, to one host: 16 unless set, before the first request. */
void http_set_per_host(struct http *h, unsigned n);
/* Drops what is under way: close the flows first, nobody is told. NULL is fine. */
void http_close(struct http *h);
void http_figures(const struct http *h, struct http_figures *out);

/* Asks. Everything in *r is copied; *out (in the flow's struct) is filled before the flow goes on.
 * A request that still waits for a connection when its flow has ended is not sent any more. */
void http_send(struct flow *f, struct http *h, const struct http_request *r,
	       struct http_answer *out);

/* Seconds that a Retry-After asks for, seen from `now` (seconds since 1970): a number or an HTTP
 * date. -1 if it is neither; at most a day. */
int http_retry_after(const char *value, int64_t now);

#endif
