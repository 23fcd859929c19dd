/*
 * ws.h - a WebSocket of the load generator and of the relay that stands beside the service: bytes
 * in, messages out, on a descriptor that does not block. Nothing more than these two need: whole
 * text messages, no fragments, pongs.
 */
#ifndef SWITCHBACK_TESTS_BENCH_WS_H
#define SWITCHBACK_TESTS_BENCH_WS_H

#include "shared/buf.h"

struct ws {
	int fd; /* -1: gone */
	int epoll;
	void *owner;     /* what epoll says of it */
	bool client;     /* ours are masked, theirs are not */
	bool up;         /* the upgrade is done */
	bool asks_write; /* epoll was asked to tell of room */
	char *in;
	size_t in_n, in_cap;
	size_t taken; /* bytes at the front that were given out */
	char *out;    /* what the kernel did not take */
	size_t out_n, out_cap;
};

/* Takes a connected descriptor over and has `epoll` tell of it as `owner`. */
void ws_open(struct ws *w, int fd, int epoll, void *owner, bool client);
void ws_cut(struct ws *w);
/* Connects to 127.0.0.1; -1 when nobody listens. The descriptor does not block afterwards. */
int ws_dial(int port);
int ws_listen(int port);

/* Reads what is there; false: the other side is gone. */
bool ws_fill(struct ws *w);
/* The head of a request or answer at the front of what was read, taken off; an empty view: not
 * whole yet. The view lives until the next ws_fill. */
struct str ws_head(struct ws *w);
/* The next text message; false: none whole. Pings are answered, a close cuts. Lives until the next
 * call. */
bool ws_message(struct ws *w, struct str *m);

/* Sends bytes as they are (heads), or a text message of up to three parts. */
void ws_raw(struct ws *w, struct str bytes);
void ws_text(struct ws *w, struct str a, struct str b, struct str c);
/* Sends what waits. Call it when epoll tells of room. */
void ws_flush(struct ws *w);

/* The answer to an upgrade: its Sec-WebSocket-Accept. */
void ws_accept(struct ws *w, struct str head);
/* The value of a header in a head; empty: none. */
struct str ws_header(struct str head, const char *name);

#endif
