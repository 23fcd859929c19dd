/*
 * socket_inside.h - what the parts of socket.h share: socket.c (all of them, and how one ends),
 * socket_read.c, socket_write.c, socket_client.c (until one that we open is open).
 *
 * What must stay true: closed() is called and a socket freed by socket_end alone, and that only
 * from the loop (socket_told, the turn, the sweep), never inside a call of socket.h. So whoever is
 * called back may do what it likes with any socket, and what it was called for is still there.
 */
#ifndef SWITCHBACK_SERVER_NET_SOCKET_INSIDE_H
#define SWITCHBACK_SERVER_NET_SOCKET_INSIDE_H

#include <sys/socket.h>

#include "server/net/frame.h"
#include "server/net/socket.h"
#include "server/net/tls.h"

#define MESSAGE_MAX_DEFAULT   (64u * 1024u)
#define QUEUE_MAX_DEFAULT     (256u * 1024u)
#define READ_ROOM             (64u * 1024u)
#define WRITE_ROOM            (64u * 1024u) /* a longer message is composed in memory of its own */
#define CHUNK_ROOM            (64u * 1024u)
#define SPARES_MAX            16
#define MASKS                 256
#define ADDRESSES_MAX         4
#define SWEEP_MS              250
#define PING_MS               20000
#define SILENT_MS             35000
#define CLOSE_MS              5000 /* for what waits to be sent, and for the peer's Close */
#define LINGER_MS             2000 /* between our last byte and the end */
#define CONNECT_MS            3000
#define SOCKET_WITHOUT_A_WORD 1006 /* RFC 6455 7.1.5 */

enum socket_phase {
	SOCKET_OPENING, /* ours: its name is looked up, it connects, it is upgraded */
	SOCKET_OPEN,
	SOCKET_LEAVING,   /* a Close of ours is sent, or waits to be: no message more */
	SOCKET_OVER,      /* closed() is to be told */
	SOCKET_LINGERING, /* it was told; what still comes is dropped until the peer closes */
};

/* The descriptor and what the loop knows of it; the loop may need it longer than we do. */
struct wire {
	uv_poll_t poll;
	struct socket *s;
	int fd, events;
};

/* Bytes that must wait for others: of a frame that is not whole, of a message in fragments. */
struct chunk {
	struct chunk *next; /* among the spare ones */
	size_t n, cap;
	char p[];
};

/* A frame, or the rest of one, that the kernel did not take. */
struct waiting {
	struct waiting *next;
	size_t at, n;
	bool begun; /* a part of it may be sent */
	char p[];
};

struct opening; /* socket_client.c */

struct socket {
	struct sockets *all;
	struct socket *next, *prev;
	const struct socket_kind *kind;
	void *self;
	struct wire *wire;
	struct tls *tls; /* NULL: none */
	struct opening *opening;
	struct chunk *in;     /* NULL: no frame has begun */
	struct chunk *joined; /* the message so far that comes in fragments; NULL: none does */
	struct waiting *first, *last;
	size_t waiting_n;  /* bytes */
	uint64_t heard_ms; /* when something came last, on the loop's clock */
	uint64_t due_ms;   /* of OPENING, LEAVING and LINGERING */
	enum socket_phase phase;
	bool client;      /* our frames are masked, and theirs are not */
	bool text;        /* the message in fragments is */
	bool pinged;      /* since something came last */
	bool refused;     /* it broke the rules: nothing it sends counts any more */
	bool peer_closed; /* its Close has come */
	bool linger;      /* it was ended in due form, so its last bytes must arrive */
	unsigned told;    /* the status that the other side gave, and its words */
	char told_why[FRAME_CONTROL_MAX];
};

struct sockets {
	struct loop *loop;
	struct socket *list;
	unsigned max, count; /* count: whose closed() is yet to come */
	unsigned handles;    /* timers that are not closed */
	uv_timer_t turn;     /* what must be done outside of all calls */
	uv_timer_t sweep;    /* deadlines; it runs while there are sockets */
	struct tls_trust *trust;
	struct chunk *spares;
	unsigned spares_n;
	uint64_t allocations;
	bool closing;
	/* the last name that was looked up: calls all go to one */
	struct resolved {
		char host[256];
		struct sockaddr_storage address[ADDRESSES_MAX];
		unsigned n;
		uint64_t until_ms;
	} resolved;
	unsigned masks_left;
	unsigned char masks[MASKS][4];
	char read[READ_ROOM]; /* what comes is looked at here, and kept only if it must be */
	char write[FRAME_HEAD_MAX + WRITE_ROOM];
};

/* ---- socket.c ---- */

struct socket *socket_new(struct sockets *ss, const struct socket_kind *kind, void *self);
/* The descriptor is s's from here on, and goes with the wire. */
void socket_wire_open(struct socket *s, int fd, int events);
void socket_wire_close(struct socket *s);
/* The loop tells of what s waits for now. */
void socket_watch(struct socket *s);
void socket_opened(struct socket *s);
/* Nothing comes of it any more; `why` is kept if the other side gave no words of its own. */
void socket_over(struct socket *s, const char *why);
/* LEAVING is over when all is sent and there is nothing to wait for. */
void socket_left(struct socket *s);
uint64_t socket_now(const struct socket *s);

/* ---- socket_read.c ---- */

void socket_fill(struct socket *s);
/* As recv: how many bytes; 0: none now; -1: it is over. */
ptrdiff_t socket_receive(struct socket *s, char *p, size_t n);
/* Bytes that were read by somebody else. They are changed. */
void socket_bytes(struct socket *s, char *p, size_t n);
void socket_drop_input(struct socket *s);
void chunk_give(struct sockets *ss, struct chunk **c);

/* ---- socket_write.c ---- */

/* A control frame or a message. */
bool socket_frame(struct socket *s, enum frame_op op, struct str payload);
/* Bytes that are no frame: the heads of the upgrade. */
bool socket_raw(struct socket *s, struct str bytes);
/* LEAVING begins with this Close. Status 0: one without. */
void socket_leave(struct socket *s, unsigned status, struct str why);
void socket_flush(struct socket *s);
void socket_drop_output(struct socket *s);

/* ---- socket_client.c ---- */

/* The loop told of something while it is OPENING. */
void socket_opening_go(struct socket *s);
/* It takes too long: the next address, or the end. */
void socket_opening_late(struct socket *s);
int socket_opening_waits_for(const struct socket *s);
void socket_opening_drop(struct socket *s);

#endif
