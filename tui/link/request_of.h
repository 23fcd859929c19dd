/*
 * request_of.h - which request a wish is: method, path, body; and which message its good answer
 * becomes. One row a kind of wish; nothing here waits or sends.
 */
#ifndef SWITCHBACK_TUI_LINK_REQUEST_OF_H
#define SWITCHBACK_TUI_LINK_REQUEST_OF_H

#include "shared/buf.h"
#include "tui/link/tell.h"
#include "tui/model/outgoing.h"

struct wish_route {
	const char *method;
	bool command; /* it changes something: it carries a key */
	void (*path)(const struct outgoing *wish, struct buf *path);
	void (*body)(const struct outgoing *wish, struct buf *body); /* NULL: none */
	/* Reads a good answer and tells it; false when it cannot be read. */
	bool (*answer)(const struct outgoing *wish, struct str json, const struct teller *t,
		       struct err *err);
};

/* NULL for wishes that are no request. */
const struct wish_route *wish_route_of(enum outgoing_kind kind);

#endif
