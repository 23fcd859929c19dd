/*
 * watch.h - a libpq connection's socket on the loop; private to server/db.
 *
 * libpq closes its socket by itself, in the middle of a send as well as of a read, and while it
 * connects it opens another, mostly with the same number. The loop must not notice: epoll refuses a
 * descriptor that is gone, and libuv then aborts the process. So what is watched is a duplicate of
 * ours, which goes when we say so; a socket that libpq has closed shows on it as an end.
 */
#ifndef SWITCHBACK_SERVER_DB_WATCH_H
#define SWITCHBACK_SERVER_DB_WATCH_H

#include <libpq-fe.h>

#include "server/core/loop.h"

struct watch {
	uv_poll_t *poll; /* NULL: nothing is watched */
	int fd;          /* the duplicate */
};

/* Watches pg's socket of now, instead of any other: to be called after each PQconnectPoll. When
 * something of `events` (UV_READABLE, UV_WRITABLE) shows, on_socket is called with `with` as the
 * handle's data. False when there is no socket or no descriptor left. */
bool watch_socket(struct watch *w, struct loop *l, const PGconn *pg, int events,
		  uv_poll_cb on_socket, void *with);
/* The same socket, other events. Nothing when nothing is watched. */
void watch_events(struct watch *w, int events);
/* Watches no more; on_socket is not called again. Safe to repeat. */
void watch_drop(struct watch *w);

#endif
