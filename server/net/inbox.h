/*
 * inbox.h - what a connection has received, and the one request being made of it.
 *
 * A connection holds an inbox only while a request is under way, so idle connections cost little.
 * Bytes behind the request (a client that pipelines) stay here until it is answered. Knows no
 * socket: the caller receives into inbox_room() and asks inbox_read() what there is now. This is
 * what tests/fuzz/web.c drives.
 */
#ifndef SWITCHBACK_SERVER_NET_INBOX_H
#define SWITCHBACK_SERVER_NET_INBOX_H

#include "server/net/chunk.h"
#include "server/net/head.h"

#define INBOX_SIZE 8192 /* without any further allocation */

enum inbox_state {
	INBOX_MORE,    /* receive more */
	INBOX_HEAD,    /* the head is whole, told once: see inbox_accept */
	INBOX_WHOLE,   /* the body is whole too */
	INBOX_REFUSED, /* in->problem says what to answer; the bytes behind it mean nothing */
	INBOX_FOREIGN, /* not HTTP: close without a word */
};

enum inbox_part { INBOX_PART_HEAD, INBOX_PART_DECIDE, INBOX_PART_BODY, INBOX_PART_WHOLE };

struct inbox {
	struct inbox *next; /* for whoever keeps spare ones */
	char *p;            /* `small`, or allocated */
	size_t n, cap;      /* received, room */
	size_t start;       /* where the request begins, behind the empty lines before it */
	size_t body_at;     /* where its body begins */
	size_t body_n;      /* length of the whole body */
	size_t raw_at; /* chunked: what has not been decoded yet; whole: what follows the request */
	size_t body_max;      /* set by inbox_accept */
	enum inbox_part part; /* how far it has come */
	enum problem problem;
	struct head_scan scan;
	struct head head; /* from INBOX_HEAD on */
	struct chunk chunk;
	char small[INBOX_SIZE];
};

struct inbox *inbox_new(void);
void inbox_free(struct inbox *in);
/* Empty again, memory beyond `small` given back: fit to be used for another connection. */
void inbox_reset(struct inbox *in);

/* Where the next bytes go; *room is at least 1 unless the request is whole. */
char *inbox_room(struct inbox *in, size_t *room);
void inbox_received(struct inbox *in, size_t n);

/* Goes on with what is there. After INBOX_HEAD call inbox_accept (or leave the connection). */
enum inbox_state inbox_read(struct inbox *in);
/* The head is fine with the caller; the body may have this many bytes. */
void inbox_accept(struct inbox *in, size_t body_max);

/* Of a whole request. */
struct str inbox_body(const struct inbox *in);
/* Bytes of a next request are here already. Only while one is whole. */
bool inbox_has_more(const struct inbox *in);
/* The request is done with: what follows it becomes the next. */
void inbox_next(struct inbox *in);
/* Nothing is here of a request; at most empty lines before one, which mean nothing. */
bool inbox_empty(const struct inbox *in);

#endif
