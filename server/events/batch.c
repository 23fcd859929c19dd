/*
 * batch.c - see batch.h.
 */
#include "server/events/batch.h"

struct batch *batch_new(const struct event_rows *rows, uint64_t now_ms)
{
	size_t bytes = 0, at = 0;
	struct batch *b;

	for (size_t i = 0; i < rows->n; i++) {
		if (rows->rows[i].seq != rows->rows[0].seq + (int64_t)i)
			return NULL;
		bytes += rows->rows[i].frame.n;
	}
	b = xcalloc(1, sizeof *b + rows->n * sizeof b->events[0]);
	b->first = rows->rows[0].seq;
	b->n = (uint32_t)rows->n;
	b->made_ms = now_ms;
	b->block = sse_block_new(bytes);
	for (size_t i = 0; i < rows->n; i++) {
		const struct event_row *row = &rows->rows[i];

		memcpy(b->block->p + at, row->frame.p, row->frame.n);
		at += row->frame.n;
		b->events[i].end = (uint32_t)at;
		if (row->customer.n > 0 && !uuid_read(row->customer, &b->events[i].customer))
			BUG("the database gave a customer's id that is none");
	}
	return b;
}

void batch_free(struct batch *b)
{
	if (b == NULL)
		return;
	sse_block_drop(b->block);
	free(b);
}

static uint32_t begin_of(const struct batch *b, size_t i)
{
	return i == 0 ? 0 : b->events[i - 1].end;
}

void batch_run(const struct batch *b, int64_t seq, int64_t until, size_t most,
	       const struct uuid *customer, struct batch_run *out)
{
	size_t i = (size_t)(seq - b->first), n = b->n, j;

	if (until < batch_last(b))
		n = (size_t)(until - b->first) + 1;
	while (customer != NULL && i < n && !uuid_eq(customer, &b->events[i].customer))
		i++;
	*out = (struct batch_run){.from = begin_of(b, i), .last = b->first + (int64_t)n - 1};
	if (i == n)
		return;
	for (j = i + 1; j < n && b->events[j].end - out->from <= most &&
			(customer == NULL || uuid_eq(customer, &b->events[j].customer));
	     j++)
		;
	out->n = b->events[j - 1].end - out->from;
	out->events = (unsigned)(j - i);
	out->last = b->first + (int64_t)j - 1;
}
