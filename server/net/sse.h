/*
 * sse.h - a connection that stays open and is written to: text/event-stream (HTML standard, 9.2).
 *
 * A stream takes blocks of text that many share. What the kernel takes at once costs one system
 * call and no memory; only what it does not take waits here, bounded in bytes and in time: a client
 * that lets SSE_QUEUE_MAX pile up, or takes nothing for write_ms, is cut. It never holds up
 * another. Whatever a client sends on its stream means nothing. A comment goes out every
 * heartbeat_ms, so that proxies keep the line and the kernel notices a peer that is gone without a
 * word; the streams' heartbeats are spread over that time.
 *
 * The answer has no length and ends with the connection, on HTTP/1.0 and 1.1 alike.
 */
#ifndef SWITCHBACK_SERVER_NET_SSE_H
#define SWITCHBACK_SERVER_NET_SSE_H

#include "server/net/web.h"

#define SSE_QUEUE_MAX (256u * 1024u)

/* ---- blocks ---- */

/* Text of whole frames, shared by reference. Not to be changed once it is sent. */
struct sse_block {
	uint32_t refs, n;
	char p[];
};

/* n bytes to be filled, with one reference, the caller's. */
struct sse_block *sse_block_new(size_t n);
struct sse_block *sse_block_of(struct str text);
struct sse_block *sse_block_hold(struct sse_block *b);
/* NULL is fine. */
void sse_block_drop(struct sse_block *b);

/* ---- streams ---- */

struct sse;

enum sse_end {
	SSE_CLIENT, /* it hung up, or the line is broken */
	SSE_SLOW,   /* cut: it did not take what was sent */
	SSE_STOPPED /* the server goes */
};

/* What the owner of a stream is told; never from inside sse_open or sse_close. It must not close
 * other streams from in there. */
struct sse_owner {
	/* All that was sent is with the kernel: there is room again. Only after something waited.
	 */
	void (*room)(void *with);
	/* The stream is no more. Possibly from inside sse_send. */
	void (*gone)(void *with, enum sse_end how);
};

/* Makes a stream of the connection behind the ticket: sends the head and the first text. NULL when
 * that was the whole answer: nobody waits any more, it was a HEAD, the streams are all taken (503),
 * we are stopping (503). `owner` is borrowed. */
struct sse *sse_open(struct ticket t, struct str first, const struct sse_owner *owner, void *with);

/* Sends n bytes of the block from `from` on, now or as soon as the client takes them. False: the
 * stream is no more, and its owner has been told so. */
bool sse_send(struct sse *s, struct sse_block *b, uint32_t from, uint32_t n);
/* Nothing waits here. */
bool sse_idle(const struct sse *s);
/* The owner ends it: last words if there is room for them, then an orderly end. */
void sse_close(struct sse *s, struct str last);

struct sse_figures {
	unsigned open;
	uint64_t opened, cut_slow, heartbeats;
};
void sse_figures(const struct web *w, struct sse_figures *out);

#endif
