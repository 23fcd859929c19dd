/*
 * batch.h - some events in a row, formatted once: the frames in a block that streams share, and
 * where each begins and whose it is. For server/events only.
 */
#ifndef SWITCHBACK_SERVER_EVENTS_BATCH_H
#define SWITCHBACK_SERVER_EVENTS_BATCH_H

#include "server/net/sse.h"
#include "server/store/event.h"
#include "shared/uuid.h"

struct batch_event {
	uint32_t end;         /* of its frame in the block */
	struct uuid customer; /* zeros: nobody's */
};

struct batch {
	struct batch *next; /* the one after it */
	int64_t first;      /* number of its first event; the others follow without a gap */
	uint32_t n;
	uint64_t made_ms; /* on the loop's clock */
	struct sse_block *block;
	struct batch_event events[];
};

/* At least one row; NULL when their numbers have a gap. */
struct batch *batch_new(const struct event_rows *rows, uint64_t now_ms);
void batch_free(struct batch *b);

static inline int64_t batch_last(const struct batch *b)
{
	return b->first + b->n - 1;
}

static inline bool batch_holds(const struct batch *b, int64_t seq)
{
	return seq >= b->first && seq <= batch_last(b);
}

/* A run of events that go out as one piece. */
struct batch_run {
	uint32_t from, n; /* bytes; n 0: nothing for this follower */
	int64_t last;     /* number that the follower has come to with it */
	unsigned events;
};

/* The next run from number `seq` on, no further than `until` and, unless its first event alone is
 * longer, no more than `most` bytes. `customer` NULL: all events; else only that customer's, and
 * what lies before and behind them is passed over. */
void batch_run(const struct batch *b, int64_t seq, int64_t until, size_t most,
	       const struct uuid *customer, struct batch_run *out);

#endif
