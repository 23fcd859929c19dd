/*
 * streams.h - the streams of one server, for net/ only: what the connections tell them. See sse.h.
 */
#ifndef SWITCHBACK_SERVER_NET_STREAMS_H
#define SWITCHBACK_SERVER_NET_STREAMS_H

#include "server/net/sse.h"

struct conn;

/* Holds a handle of the web's until streams_close has been called and the loop has turned. */
struct streams *streams_open(struct web *w);
/* Every connection must be gone. */
void streams_close(struct streams *all);
unsigned streams_count(const struct streams *all);

/* The socket can be written to; the client sent something or hung up; the deadline of a client that
 * takes nothing has passed; the connection is gone, whoever ended it. */
void sse_writable(struct conn *c);
void sse_readable(struct conn *c);
void sse_overdue(struct conn *c);
void sse_conn_gone(struct conn *c);
/* Orderly, from our side. */
void sse_drain(struct conn *c);

#endif
