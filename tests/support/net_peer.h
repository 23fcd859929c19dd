/*
 * net_peer.h - the other side of net/ in tests: a web server of ours in a thread with a loop of its
 * own, and a plain blocking client that says exactly the bytes it is told.
 */
#ifndef SWITCHBACK_TESTS_SUPPORT_NET_PEER_H
#define SWITCHBACK_TESTS_SUPPORT_NET_PEER_H

#include "server/net/web.h"

/* ---- the server ---- */

struct net_server;

/* Serves on a free port of 127.0.0.1, as `app`. Ends the test when it cannot. */
struct net_server *net_server_start(const struct web_options *o, struct app *app);
/* The same on another address. */
struct net_server *net_server_start_at(const char *address, const struct web_options *o,
				       struct app *app);
int net_server_port(const struct net_server *s);
/* Runs do_it in the server's thread and waits until it has returned. */
void net_server_do(struct net_server *s, void (*do_it)(struct web *w, struct loop *l, void *with),
		   void *with);
void net_server_figures(struct net_server *s, struct web_figures *out);
/* Closes the server and its loop (a handle left open aborts) and joins the thread. */
void net_server_stop(struct net_server *s);

/* ---- the client ---- */

int net_connect(int port);
int net_connect_at(const char *address, int port);
/* An IPv4 address of this machine that is not loopback; NULL if it has none. */
const char *net_own_address(void);
/* Sends all, in pieces of `chop` bytes (0: at once). False when the server has closed. */
bool net_send(int fd, struct str bytes, size_t chop);

struct net_answers {
	char bytes[128 * 1024]; /* as they came */
	size_t n;
	int status[64]; /* of the whole answers in them, 100 left out */
	unsigned count;
	unsigned continues; /* of 100 */
	bool ended;         /* the server has closed */
	bool reset;         /* by a reset */
};

/* Reads until `wanted` answers are whole, or the server closes, or ms have passed. Answers to HEAD
 * are not understood. */
void net_read(int fd, unsigned wanted, unsigned ms, struct net_answers *out);
/* One connection: connect, send, read up to `wanted` answers, close. */
void net_talk(int port, struct str bytes, size_t chop, unsigned wanted, struct net_answers *out);

/* The folder of data that is not part of the project, with `path` in it; NULL when absent. */
const char *net_shared(const char *path);

#endif
