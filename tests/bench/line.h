/*
 * line.h - one keep-alive connection of the load generator: one request out, its answer back.
 */
#ifndef SWITCHBACK_TESTS_BENCH_LINE_H
#define SWITCHBACK_TESTS_BENCH_LINE_H

#include "shared/buf.h"

struct line {
	int fd; /* -1: not connected */
	struct buf out, in;
	size_t out_at;
	bool busy;          /* a request is on its way */
	uint64_t text;      /* which (its number in the run) */
	int64_t since_us;   /* when it was due (open loop) or sent */
	int64_t expired_us; /* give up then */
};

/* Connects (waits: loopback answers at once); false when nobody listens. The descriptor does not
 * block afterwards. */
MUST_USE
bool line_connect(struct line *l, const char *host, int port);
void line_cut(struct line *l);

/* Sends what it can of `out`; false when the connection is gone. */
MUST_USE
bool line_flush(struct line *l);

/* Reads what is there. LINE_MORE: the answer is not whole; LINE_ANSWER: *status is it, and the
 * answer has been taken off; LINE_GONE: the other side has closed. */
enum line_news { LINE_MORE, LINE_ANSWER, LINE_GONE };
enum line_news line_read(struct line *l, int *status);

#endif
