/*
 * chunk.h - the chunked transfer coding (RFC 9112 7.1), read strictly and in place.
 *
 * llhttp as Debian packages it lets a chunk pass that is not ended by CR LF, so the coding is read
 * here; the fuzz target holds both readers against each other. Extensions are checked and dropped;
 * so are trailers, which must not try to change what the head has said.
 */
#ifndef SWITCHBACK_SERVER_NET_CHUNK_H
#define SWITCHBACK_SERVER_NET_CHUNK_H

#include "server/net/problem.h"
#include "shared/str.h"

#define CHUNK_LINE_MAX    256  /* a size with its extensions */
#define CHUNK_TRAILER_MAX 4096 /* all trailers together */

enum chunk_state { CHUNK_MORE, CHUNK_DONE, CHUNK_REFUSED };

/* Zeroed is the start of a body. */
struct chunk {
	uint64_t left;    /* data of the running chunk that has not come yet */
	size_t body_n;    /* decoded so far */
	size_t trailer_n; /* bytes of trailers seen */
	unsigned where;   /* what comes next */
	enum problem problem;
};

/*
 * Decodes. `p` is the start of the body's room: its first c->body_n bytes are decoded already, and
 * the bytes not read yet are p[*from .. n). Decoded bytes are appended to the former, *from moves
 * on. CHUNK_DONE: the body is whole and *from stands behind its last byte. CHUNK_REFUSED:
 * c->problem; the body is larger than `max`, or not well-formed.
 */
enum chunk_state chunk_read(struct chunk *c, char *p, size_t *from, size_t n, size_t max);

/* The line of a chunk's size, without its CR LF. */
MUST_USE
bool chunk_size_read(struct str line, uint64_t *out);

#endif
