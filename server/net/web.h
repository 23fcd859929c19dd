/*
 * web.h - our HTTP/1.1 server: providers' webhooks, the staff API, the hand-over to WebSockets.
 *
 * Strict and bounded (head.h, inbox.h): heads of 16 KiB, bodies of the route's limit, one request
 * of a connection at a time, deadlines for every part. Whatever it refuses itself it answers with a
 * problem and closes. What it passes to a handler is whole and unambiguous.
 *
 * A handler answers through its ticket: at once, or later from a flow. A ticket of a client that
 * hung up, or that was answered already, reaches nobody; so a handler never asks whether anybody is
 * there.
 */
#ifndef SWITCHBACK_SERVER_NET_WEB_H
#define SWITCHBACK_SERVER_NET_WEB_H

#include "server/core/loop.h"
#include "server/net/problem.h"
#include "server/net/route.h"
#include "shared/arena.h"

struct web;
struct sockets;
struct app;

/* Zero stands for the figure in the comment. */
struct web_options {
	const struct route *tables[ROUTE_TABLES_MAX + 1]; /* ended by NULL; borrowed */
	unsigned connections_max;                         /* 10000, streams not counted */
	unsigned streams_max;                             /* 10000 (sse.h) */
	unsigned per_address_max; /* 256; an IPv6 network of 64 bits counts as one address;
				     loopback is exempt, proxies of ours stand there */
	unsigned sockets_max;     /* 1024 WebSockets */
	unsigned head_ms;      /* 10 s from its first byte (of a new connection: from the start) */
	unsigned body_ms;      /* 10 s, and a second more for each 64 KiB that may come */
	unsigned idle_ms;      /* 75 s between requests */
	unsigned answer_ms;    /* 60 s for the handler's answer; flows end long before */
	unsigned write_ms;     /* 30 s for the client to take an answer, or anything of a stream */
	unsigned linger_ms;    /* 2 s between our last byte and the end */
	unsigned heartbeat_ms; /* 15 s between two comments on a stream */
};

/* Valid only during the handler's call: copy what must live on. */
struct web_request {
	enum web_method method;
	struct str target; /* raw, as received; what Twilio signs begins with the public origin +
			      this */
	struct str path, query;
	struct str body;
	struct str peer;         /* the address that connected, as text */
	const char *id;          /* the request's id, ended by NUL */
	const struct head *head; /* see web_header */
	const struct route *route;
	struct str params[ROUTE_PARAMS_MAX]; /* the {parts} of the route, in order, not decoded */
};

/* A header's value, empty if absent. The name in lower case. Headers that decide something (host,
 * authorization, signatures, content type; see head.c) are never there twice. */
struct str web_header(const struct web_request *r, const char *lower_name);

/* A copy in the arena, for a flow that needs the request later. */
const struct web_request *web_request_kept(struct arena *a, const struct web_request *r);

/* Who gets the answer. A value: copy it, keep it, forget it. Zero is nobody. Must not be used after
 * web_close: close the flows first. */
struct ticket {
	struct web *web;
	uint32_t slot, turn;
};

struct web_field {
	const char *name; /* "Retry-After" */
	struct str value; /* control characters become "_" */
};

/* Answers. content_type may be NULL when the body is empty. Body and fields are copied or sent. */
void web_reply(struct ticket t, int status, const char *content_type, struct str body);
void web_reply_headers(struct ticket t, int status, const char *content_type, struct str body,
		       const struct web_field *fields, size_t fields_n);
/* Answers with the problem that belongs to the error's kind; its sentence goes to the log only. */
void web_reply_problem(struct ticket t, const struct err *err);
/* Answers with this problem. 401 carries WWW-Authenticate, 503 and 429 carry Retry-After. */
void web_reply_refusal(struct ticket t, enum problem p);
/* The same with what stands beside it. */
struct web_refusal {
	enum problem problem;
	struct str members;     /* of the problem's object, `"name":value,...`; may be empty */
	unsigned retry_after_s; /* of 429 and 503; 0 stands for 2 */
};
void web_reply_refused(struct ticket t, const struct web_refusal *r);
/* Gives no answer and cuts the connection (TCP RST). For stand-ins that practise failure. */
void web_reset(struct ticket t);
/* Gives no answer and lets go of the connection: its descriptor is the caller's from here on, -1 if
 * nobody waits any more. Only within the handler's call, and for a request after which the client
 * sends nothing before it has an answer. For stand-ins that speak another protocol behind an
 * upgrade, and practise failure in it. */
int web_take(struct ticket t);
/* Somebody still waits for this answer. For work that is worth skipping, never for safety. */
bool web_waits(struct ticket t);

struct web *web_open(struct loop *l, struct app *app, const struct web_options *o);

/* Accepts connections: on sockets that were handed to the process (LISTEN_FDS, systemd's protocol;
 * then address and port only serve the log), else on its own. Port 0 takes any. */
MUST_USE
bool web_listen(struct web *w, const char *address, int port, struct err *err);
/* The real port, 0 before web_listen. */
int web_port(const struct web *w);
/* Its WebSockets: others may open theirs beside them (socket.h). */
struct sockets *web_sockets(struct web *w);

/* Accepts no more (an inherited listener stays open in whoever holds it, with its queue), ends idle
 * connections, finishes what is under way, and calls empty(with) once, when no connection is left;
 * possibly inside this call. */
void web_drain(struct web *w, void (*empty)(void *), void *with);

/* Ends everything. Memory goes when the loop has closed the handles. NULL is fine. */
void web_close(struct web *w);

struct web_figures {
	unsigned open, open_peak, sockets;
	uint64_t accepted, requests;
	uint64_t answers[6];  /* by the status' first digit */
	uint64_t refused;     /* by the server itself: malformed, too large, too slow */
	uint64_t turned_away; /* connections beyond the limits */
};
void web_figures(const struct web *w, struct web_figures *out);

#endif
