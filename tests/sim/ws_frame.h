/*
 * ws_frame.h - frames of RFC 6455: bytes in, frames out, and back. Knows no socket.
 */
#ifndef SWITCHBACK_TESTS_SIM_WS_FRAME_H
#define SWITCHBACK_TESTS_SIM_WS_FRAME_H

#include "shared/buf.h"

enum ws_op { WS_MORE = 0, WS_TEXT = 1, WS_BINARY = 2, WS_CLOSE = 8, WS_PING = 9, WS_PONG = 10 };

struct ws_frame {
	unsigned op;
	bool last; /* FIN */
	struct str payload;
};

enum ws_got { WS_FRAME, WS_UNFINISHED, WS_WRONG };

/* The frame at the front of p: *used gets its length. Masked payloads are unmasked in place.
 * `masked` says what the peer owes: a client masks, a server does not. WS_WRONG: *why says what is
 * wrong, *code which close code that is (1002, 1009). */
enum ws_got sim_frame_read(char *p, size_t n, bool masked, size_t max, struct ws_frame *out,
			   size_t *used, const char **why, unsigned *code);

/* Appends a frame; mask NULL: not masked. */
void sim_frame_write(struct buf *out, unsigned op, bool last, struct str payload,
		     const unsigned char *mask);

/* Sec-WebSocket-Accept of a key; 28 characters and a NUL. */
#define WS_ACCEPT 29
void sim_ws_accept_of(struct str key, char out[WS_ACCEPT]);

#endif
