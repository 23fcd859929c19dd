/*
 * conn.h - the inside of the web server, for net/ only: one connection, and what all of them share.
 *
 * conn.c opens, reads and leaves, request.c decides, answer.c writes, web.c owns the listeners, the
 * tickets and the clock. What must stay true: a connection has at most one request under way and
 * reads nothing while it is; every phase has a deadline (`due`, looked at by one coarse sweep, so
 * that a request arms no timer); nothing is allocated for a request whose answer is short and
 * prompt.
 */
#ifndef SWITCHBACK_SERVER_NET_CONN_H
#define SWITCHBACK_SERVER_NET_CONN_H

#include <netinet/in.h>

#include "server/net/inbox.h"
#include "server/net/listen.h"
#include "server/net/socket.h"
#include "server/net/streams.h"
#include "server/net/web.h"

enum conn_phase {
	CONN_FRESH,     /* connected, has not sent a byte */
	CONN_IDLE,      /* between two requests */
	CONN_HEAD,      /* a head is arriving */
	CONN_BODY,      /* its body is */
	CONN_ANSWERING, /* a ticket is out */
	CONN_WRITING,   /* the client takes its time with the answer */
	CONN_STREAM,    /* it is a stream's now (sse.h) */
	CONN_ANSWERED, /* all of it is sent: conn_go goes on, not before the handler has returned */
	CONN_LEAVING,  /* our last byte is sent; what still comes is dropped until the client closes
			*/
	CONN_GONE,     /* the handle is closing */
};

struct conn {
	uv_poll_t poll;
	int fd;
	int events; /* that poll watches; 0: stopped */
	struct web *web;
	uint32_t slot;
	enum conn_phase phase;
	uint64_t due; /* of the phase, on the loop's clock */
	struct inbox *in;
	struct sse *stream;
	char *out; /* the rest of an answer, when the kernel did not take it all */
	size_t out_at, out_n;
	bool busy;       /* conn_go runs: a handler may hold views into the inbox */
	bool keep_alive; /* the request under way allows another after it */
	bool head_only;  /* HEAD */
	bool old;        /* HTTP/1.0 */
	char id[17];     /* of the request */
	char peer[INET6_ADDRSTRLEN];
	uint64_t address; /* IPv4, or the network of an IPv6 address; 0: loopback, not counted */
	struct conn *near_next, *near_prev; /* others whose address falls into the same bucket */
	struct conn *spare_next;
};

struct slot {
	struct conn *conn;
	uint32_t turn;
	uint32_t next_free;
};

#define NEAR_BUCKETS 1024 /* a power of two */

struct listener {
	uv_poll_t poll;
	struct web *web;
	int fd;
};

struct web {
	struct loop *loop;
	struct app *app;
	struct web_options o; /* with the defaults filled in */
	struct listener listeners[LISTEN_MAX];
	unsigned listeners_n;
	int port;
	bool inherited, accept_paused, draining, closing;
	uv_timer_t sweep;
	bool sweeping;
	struct slot *slots;
	uint32_t slots_n, free_head;
	struct conn *near[NEAR_BUCKETS];
	struct conn *spare_conns;
	unsigned spare_conns_n;
	struct inbox *spare_inboxes;
	unsigned spare_inboxes_n;
	unsigned handles; /* not closed yet; memory goes with the last */
	struct sockets *sockets;
	struct streams *streams;
	struct web_figures figures;
	uint32_t id_prefix;
	uint32_t id_next;
	char date[40]; /* "Date: ...\r\n" of date_s */
	size_t date_n;
	int64_t date_s;
	uint64_t logged_since; /* refusals are logged, but not without measure */
	unsigned logged;
	void (*empty)(void *);
	void *empty_with;
};

/* ---- web.c ---- */
void web_handle_closed(struct web *w);
/* A connection has gone: a drain may be over. */
void web_conn_gone(struct web *w);
struct inbox *web_inbox_take(struct web *w);
void web_inbox_give(struct web *w, struct inbox *in);
/* The connection that still waits for this answer, or NULL. */
struct conn *web_waiting(struct ticket t);

/* ---- conn.c ---- */

/* Takes over an accepted descriptor. */
void conn_open(struct web *w, int fd, const struct sockaddr_storage *address);
/* Ends it, in any phase. */
void conn_close(struct conn *c);
/* The answer is sent: goes on with what came meanwhile, or leaves. */
void conn_answered(struct conn *c);
/* Answers with a problem, whatever was under way, and leaves. */
void conn_refuse(struct conn *c, enum problem p, const char *allow);
/* What the sweep does with a connection whose `due` has passed. */
void conn_overdue(struct conn *c);
void conn_phase_set(struct conn *c, enum conn_phase phase, uint64_t ms);
void conn_watch(struct conn *c, int events);
/* A new id for its request. */
void conn_id_make(struct conn *c);
void conn_inbox_let_go(struct conn *c);
/* Ends the connection but leaves its descriptor, which is no longer ours, and its inbox. */
void conn_detach(struct conn *c);

/* ---- request.c ---- */

/* One step with the bytes that are there: a head judged, a request handed over, a refusal. False:
 * the client is to send more. */
bool request_step(struct conn *c);

/* ---- answer.c ---- */

/* Writes head and body as far as the kernel takes them, the rest later. Ends in conn_answered, or
 * in conn_close if the client is gone. The connection must be without an unsent answer. */
void answer_send(struct conn *c, int status, const char *content_type, struct str body,
		 const struct web_field *fields, size_t fields_n);
void answer_problem(struct conn *c, enum problem p, const char *allow);
void answer_refusal(struct conn *c, const struct web_refusal *r, const char *allow);
/* The head of an answer that goes on until the connection ends; a view into `out`. */
#define ANSWER_HEAD_MAX 4096
struct str answer_stream_head(struct conn *c, char out[ANSWER_HEAD_MAX]);
/* The socket takes more of it. */
void answer_go_on(struct conn *c);

#endif
