/*
 * net_rogue.h - a web server that misbehaves on purpose, for tests of what we send. What it does
 * hangs on the path of the request:
 *
 *   /ok          200 "ok"                           /created     201 with a body
 *   /busy        429, Retry-After: 7                /later       503, Retry-After: a date 30 s
 * ahead /redirect    302 to /ok                         /big         200 with 300,000 bytes /hang
 * no answer                          /half        half an answer, then nothing /drop        reads
 * all, closes                  /reset       reads all, resets /short       fewer bytes than
 * announced         /garbage     no HTTP at all /once        200, then closes without a word /twice
 * 200 to the first request of a connection, closes after reading the second /echo        200 with
 * the request's own bytes
 */
#ifndef SWITCHBACK_TESTS_SUPPORT_NET_ROGUE_H
#define SWITCHBACK_TESTS_SUPPORT_NET_ROGUE_H

#include "shared/base.h"

struct rogue;

/* On a free port of 127.0.0.1, in threads of its own. `deaf`: resets each connection unread. */
struct rogue *rogue_start(bool deaf);
int rogue_port(const struct rogue *r);
void rogue_stop(struct rogue *r);

/* Whole requests for this path so far; connections so far; connections that it has closed itself.
 */
unsigned rogue_seen(struct rogue *r, const char *path);
unsigned rogue_connections(struct rogue *r);
/* Waits until it has closed n connections. */
void rogue_wait_closed(struct rogue *r, unsigned n);
/* The most requests that were under way at once. */
unsigned rogue_peak(struct rogue *r);

#endif
