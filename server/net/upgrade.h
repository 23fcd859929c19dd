/*
 * upgrade.h - how a connection becomes a WebSocket (RFC 6455 section 4), both sides of it. Pure.
 */
#ifndef SWITCHBACK_SERVER_NET_UPGRADE_H
#define SWITCHBACK_SERVER_NET_UPGRADE_H

#include "shared/buf.h"

#define UPGRADE_KEY_LETTERS    24
#define UPGRADE_ACCEPT_LETTERS 28

/* A Sec-WebSocket-Key as it must be: base64 of 16 bytes. */
bool upgrade_key_right(struct str key);
/* The Sec-WebSocket-Accept that answers it, and a NUL. */
void upgrade_accept(struct str key, char out[UPGRADE_ACCEPT_LETTERS + 1]);

/* The server's answer. */
void upgrade_answer_write(struct buf *out, struct str key);
/* The client's request; `host` has the port where it is not the scheme's own. */
void upgrade_request_write(struct buf *out, const char *path, const char *host, struct str key);

enum upgrade_answer { UPGRADE_PARTIAL, UPGRADE_DONE, UPGRADE_REFUSED };
/* Reads the server's answer to `key`. PARTIAL: its head is not whole yet. DONE: *head is its
 * length. REFUSED: *why says how, for the log. */
enum upgrade_answer upgrade_answer_read(struct str bytes, struct str key, size_t *head, char *why,
					size_t why_n);

#endif
