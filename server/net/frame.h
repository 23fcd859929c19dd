/*
 * frame.h - the frames of a WebSocket (RFC 6455 section 5), read and written. Pure.
 *
 * Our own, and not a library's: a call is two sockets and two hundred frames a second, and what
 * stands around each frame is most of what it costs.
 */
#ifndef SWITCHBACK_SERVER_NET_FRAME_H
#define SWITCHBACK_SERVER_NET_FRAME_H

#include "shared/str.h"

enum frame_op {
	FRAME_MORE = 0, /* goes on with a message that was begun */
	FRAME_TEXT = 1,
	FRAME_BINARY = 2,
	FRAME_CLOSE = 8,
	FRAME_PING = 9,
	FRAME_PONG = 10,
};

#define FRAME_HEAD_MAX    14
#define FRAME_CONTROL_MAX 125 /* bytes in a Close, Ping or Pong */

struct frame {
	enum frame_op op;
	bool last; /* of its message */
	bool masked;
	unsigned char mask[4];
	size_t head; /* bytes before the payload */
	size_t n;    /* bytes of payload, which need not be there yet */
};

enum frame_reading { FRAME_PARTIAL, FRAME_READ, FRAME_WRONG };

/* Reads the head of the frame that begins at the front. PARTIAL: more bytes are needed to tell.
 * WRONG: nothing that may be sent without an extension (then the connection ends with 1002). */
enum frame_reading frame_read(struct str bytes, struct frame *out);

/* Writes the head of an unfragmented frame; `mask` is NULL for a server's. Returns its length. */
size_t frame_head(unsigned char out[FRAME_HEAD_MAX], enum frame_op op, size_t n,
		  const unsigned char mask[4]);
/* Masks or unmasks; `to` may be `from`. */
void frame_mask(char *to, const char *from, size_t n, const unsigned char mask[4]);

/* A status that may stand in a Close (7.4). */
bool frame_status_right(unsigned status);
/* UTF-8 as a text message must be; U+0000 is allowed there. */
bool frame_text_right(struct str text);

/* What a Close says: 1005 when it has no status. 0, or the status with which to refuse it. */
unsigned frame_close_read(struct str payload, unsigned *status, struct str *why);
/* Its payload; `why` is cut to what fits. Status 0 or 1005: none. Returns its length. */
size_t frame_close_write(unsigned char out[FRAME_CONTROL_MAX], unsigned status, struct str why);

#endif
