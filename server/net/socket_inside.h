/*
 * socket_inside.h - what socket.c and socket_client.c share.
 */
#ifndef SWITCHBACK_SERVER_NET_SOCKET_INSIDE_H
#define SWITCHBACK_SERVER_NET_SOCKET_INSIDE_H

/* before ours: a parameter in it bears a name that shared/banned.h takes away */
#include <libwebsockets.h>

#include "server/net/socket.h"

#include <netinet/in.h>

#define MESSAGE_MAX_DEFAULT   (64u * 1024u)
#define QUEUE_MAX_DEFAULT     (256u * 1024u)
#define RECEIVE_SIZE          4096
#define SCRATCH               (16u * 1024u)
#define CLOSE_SECONDS         5 /* for what waits to be sent, and for the peer's close */
#define EARLY_MAX             2048
#define KEY_LENGTH            24
#define SOCKET_WITHOUT_A_WORD 1006 /* RFC 6455 7.1.5 */

struct waiting {
	struct waiting *next;
	size_t n;
	bool text;
	unsigned char p[]; /* LWS_PRE bytes of room, then the message */
};

struct socket {
	struct sockets *all;
	struct socket *next, *prev;
	const struct socket_kind *kind;
	void *self;
	struct lws *wsi;
	char *in; /* the message that is arriving */
	size_t in_n, in_cap;
	struct waiting *first, *last;
	size_t waiting_n;              /* bytes */
	struct connecting *connecting; /* of one that we open, until its name is known */
	bool open;                     /* `opened` was called */
	bool over;                     /* it never opened: the turn tells closed() */
	bool closing;                  /* socket_close was called: nothing more in or out */
	bool flushed;                  /* and all is sent that waited: the turn ends it */
	bool failed;                   /* a write failed: it is on its way out */
	unsigned status;
	char why[64];
	unsigned told; /* the status that the other side gave, and its words */
	char told_why[124];
};

struct sockets {
	struct loop *loop;
	struct lws_context *context; /* NULL until the first is taken */
	struct socket *list;
	struct socket *arriving; /* while libwebsockets takes it in */
	uv_timer_t turn;         /* what must be done outside of libwebsockets' callbacks */
	unsigned max, count;
	uint64_t allocations;
	struct resolved {
		char host[256], address[INET6_ADDRSTRLEN];
		int64_t until_ms;
	} resolved; /* the last name that was looked up: calls all go to one */
	/* what a message is written into on its way to the kernel: LWS_PRE bytes of room, then the
	 * message */
	unsigned char scratch[LWS_PRE + SCRATCH];
	bool broken, closing, ending, timer_closed;
};

/* libwebsockets is there, started by the first that needs it. */
bool sockets_context(struct sockets *ss);
struct socket *socket_new(struct sockets *ss, const struct socket_kind *kind, void *self);
/* Tells closed() and frees. */
void socket_gone(struct socket *s);
/* From outside all callbacks, soon: one that failed before it was opened. */
void socket_gone_soon(struct socket *s);
int socket_opened(struct socket *s, struct lws *wsi);
/* The name of one that we open is being looked up: that ends too. */
void socket_connecting_stop(struct socket *s);

#endif
