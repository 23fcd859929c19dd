/*
 * socket.h - WebSockets: those that come in, after the web server has read and judged the request,
 * and those that we open.
 *
 * A route with `socket` set is a WebSocket. Its request is read by head.c like any other; allow()
 * sees it before anything is handed over; what is left here is the answer and the frames (frame.h).
 *
 * Who is silent for 20 s is pinged, and who is silent for 35 is gone. A message that comes whole
 * and one that the kernel takes at once cost no allocation and no memory that stays.
 */
#ifndef SWITCHBACK_SERVER_NET_SOCKET_H
#define SWITCHBACK_SERVER_NET_SOCKET_H

#include "server/core/loop.h"
#include "shared/str.h"

struct app;
struct socket;
struct sockets;
struct web_request;

struct socket_kind {
	const char *name;
	size_t message_max; /* a longer message ends the socket (1009); 0: 64 KiB */
	size_t queue_max; /* bytes that may wait to be sent; beyond: socket_send refuses; 0: 256 KiB
			   */
	/* Judges the request (signature, path). True lets it in, and *self is what the other calls
	 * get. False answers 403. */
	bool (*allow)(struct app *app, const struct web_request *r, void **self);
	/* opened comes after allow (or sockets_connect) unless the other side is gone by then;
	 * closed is always the last, and comes also when opened never did. Each may close the
	 * socket or send. */
	void (*opened)(struct socket *s, void *self);
	void (*message)(struct socket *s, void *self, bool text, struct str m);
	void (*closed)(struct socket *s, void *self);
};

/* Sends a message, at once or as soon as the other side takes it. False: it is closing, or too much
 * waits already (drop it, or close: a listener that is too slow). Text must be valid UTF-8. */
bool socket_send(struct socket *s, bool text, struct str m);
/* Bytes that wait here to be sent. */
size_t socket_waiting(const struct socket *s);
/* What waits here is not sent any more; but a message of which a part is sent goes out whole. */
void socket_drop_waiting(struct socket *s);
/* In closed(): how the other side ended it. 1006: without a word (RFC 6455 7.1.5); then, of a
 * connection that never opened, why. 0: it was ended from here. The text lives until closed()
 * returns. */
unsigned socket_status(const struct socket *s, struct str *why);
/* Ends it with this status (RFC 6455 7.4) once what waits is sent; `closed` comes later. The socket
 * takes no message more. */
void socket_close(struct socket *s, unsigned status, const char *why);

/* Connects to ws://host[:port]/... or wss:// (certificate and name verified), as a client without a
 * subprotocol, within 3 s. What comes of it is told by `opened` or `closed`, never inside this
 * call; `allow` is not used. The name is looked up off the loop, and of its addresses the next is
 * tried when one does not answer. NULL: no such URL, or no room. */
struct socket *sockets_connect(struct sockets *ss, const struct socket_kind *kind, void *self,
			       const char *url);
/* Allocations that messages have cost so far: those that had to wait, and those that came in
 * pieces (a few buffers are kept for these and used again). */
uint64_t sockets_allocations(const struct sockets *ss);

/* ---- for the web server ---- */

/* A request that asks for a WebSocket in the one way we speak: version 13, a proper key. */
enum socket_wish { SOCKET_WANTED, SOCKET_NOT_WANTED, SOCKET_BAD };
struct head;
enum socket_wish socket_wish(const struct head *h);

struct sockets *sockets_open(struct loop *l, unsigned max);
/* True while another one may come. */
bool sockets_room(const struct sockets *ss);
unsigned sockets_count(const struct sockets *ss);
/* Takes over the descriptor, which is in no loop, and answers. `key` is the client's
 * Sec-WebSocket-Key, `early` what it sent behind its head. opened() is called inside, closed() is
 * not. */
void sockets_take(struct sockets *ss, int fd, const struct socket_kind *kind, void *self,
		  struct str key, struct str early);
/* Closes all (1001, "going away"). */
void sockets_drain(struct sockets *ss);
/* The same at once, and frees when the loop has closed all handles. NULL is fine. */
void sockets_close(struct sockets *ss);

#endif
