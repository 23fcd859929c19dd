/*
 * ws.h - a WebSocket of the practice line, as client (Twilio's media streams) or as server
 * (ElevenLabs' conversations), written from RFC 6455 alone: what the service's library gets wrong
 * must show here, and a stand-in must be able to break a connection in every way.
 *
 * Over plain TCP: a wss URL of this machine is a ws URL with another name (see sim_ws_url_read).
 * Every callback comes from the loop, never inside the call that asked. `ended` is always the last
 * and comes once; the handle is gone when it returns.
 */
#ifndef SWITCHBACK_TESTS_SIM_WS_H
#define SWITCHBACK_TESTS_SIM_WS_H

#include <uv.h>

#include "shared/buf.h"
#include "shared/err.h"

struct sim_ws;

enum sim_ws_how {
	SIM_WS_CLOSED,  /* both sides said close */
	SIM_WS_CUT,     /* the connection ended without a close */
	SIM_WS_REFUSED, /* the handshake was answered with something other than 101 */
	SIM_WS_NO_HOST, /* no connection: refused, unreachable, no such name */
	SIM_WS_LATE,    /* no connection or no handshake in time */
	SIM_WS_BROKEN,  /* what the peer sent is no WebSocket */
};

struct sim_ws_end {
	enum sim_ws_how how;
	unsigned code; /* the peer's close code; 1005 if it gave none; of REFUSED the HTTP status */
	const char *why; /* the peer's reason, or what was wrong; borrowed for the call */
	bool ours;       /* we closed first */
};

struct sim_ws_kind {
	size_t message_max; /* a longer one ends it (1009) */
	void (*opened)(struct sim_ws *ws, void *self);
	void (*message)(struct sim_ws *ws, void *self, bool text, struct str m);
	void (*ended)(void *self, const struct sim_ws_end *end);
};

struct sim_ws_url {
	char host[256];
	int port;
	bool secure;     /* wss */
	struct str path; /* with the query; "/" if there is none; a view into the URL */
};

/* ws:// and wss://; false for what is neither. */
MUST_USE
bool sim_ws_url_read(struct str url, struct sim_ws_url *out);
/* "127.0.0.1", "localhost" and "[::1]": hosts with which no TLS is spoken. */
bool sim_ws_host_is_near(const char *host);

struct sim_ws_field {
	const char *name;
	struct str value;
};

/* Opens one. Fields go into the handshake; connect_ms bounds the whole of it. */
struct sim_ws *sim_ws_connect(uv_loop_t *loop, const struct sim_ws_url *url,
			      const struct sim_ws_field *fields, size_t fields_n,
			      unsigned connect_ms, const struct sim_ws_kind *kind, void *self);

/* The answer to a handshake with this Sec-WebSocket-Key, and the server's side of what follows.
 * `protocol` NULL selects none. Takes over fd. */
struct sim_ws *sim_ws_accept(uv_loop_t *loop, int fd, struct str key, const char *protocol,
			     const struct sim_ws_kind *kind, void *self);

/* False once it is closing. Nothing is refused for length: ask sim_ws_waiting. */
bool sim_ws_send(struct sim_ws *ws, bool text, struct str m);
/* The same message in fragments of `piece` bytes. */
bool sim_ws_send_pieces(struct sim_ws *ws, struct str m, size_t piece);
/* A ping frame of the protocol, not of the application. */
void sim_ws_ping(struct sim_ws *ws);
/* Bytes that the peer has not taken yet. */
size_t sim_ws_waiting(const struct sim_ws *ws);

/* Says close and waits for the peer's, 2 s at most. code 0 closes without a code. */
void sim_ws_close(struct sim_ws *ws, unsigned code, const char *why);
/* Cuts the connection (TCP RST). `ended` comes with SIM_WS_CUT. */
void sim_ws_reset(struct sim_ws *ws);
/* Neither reads nor answers any more, as a peer behind a broken network. */
void sim_ws_freeze(struct sim_ws *ws);

#endif
