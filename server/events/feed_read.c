/*
 * feed_read.c - what a feed reads: what is new, once for all who follow, and what is behind it, for
 * those who are late. One of each is under way at a time. See feed.h.
 */
#include "server/events/feed.h"

#include "server/events/inside.h"
#include "shared/log.h"

#define KEPT_BYTES (128 * 1024) /* of events, for who comes back soon */
#define READ_MS    8000

/* ---- what is kept ---- */

static void oldest_drop(struct feed *f)
{
	struct batch *b = f->oldest;

	f->oldest = b->next;
	if (f->oldest == NULL)
		f->newest = NULL;
	f->kept -= b->block->n;
	batch_free(b);
}

static void batch_keep(struct feed *f, struct batch *b)
{
	if (f->newest != NULL)
		f->newest->next = b;
	else
		f->oldest = b;
	f->newest = b;
	f->kept += b->block->n;
	f->last = batch_last(b);
	while (f->kept > KEPT_BYTES && f->oldest != b)
		oldest_drop(f);
}

void feed_kept_drop(struct feed *f, const struct batch *until)
{
	while (f->oldest != until)
		oldest_drop(f);
}

/* ---- reading ---- */

struct feed_read {
	struct flow flow;
	struct feed *feed;
	int64_t after;
	bool past;
	struct event_rows rows;
};

static flow_step read_asked, read_known, read_failed;

static const struct flow_kind feed_read_kind =
	FLOW_KIND(feed_read, read_asked, read_failed, READ_MS);

void feed_flow_over(void *with)
{
	struct feed *f = with;

	f->flows--;
}

static void read_begin(struct feed *f, int64_t after, bool past)
{
	struct feed_read *r = flow_new(f->hub->flows, &feed_read_kind);

	if (past)
		f->reading_past = true;
	else
		f->reading = true;
	f->flows++;
	r->feed = f;
	r->after = after;
	r->past = past;
	flow_on_end(&r->flow, feed_flow_over, f);
	flow_begin(&r->flow);
}

static void read_asked(struct flow *fl)
{
	struct feed_read *r = FLOW_SELF(fl, struct feed_read);

	event_read(fl, r->feed->hub->db, r->feed->organization, r->after, &r->rows);
	flow_then(fl, read_known);
}

/* What is new is still to be read: the next tick tries again. */
static void read_failed(struct flow *fl)
{
	struct feed_read *r = FLOW_SELF(fl, struct feed_read);

	if (r->past)
		r->feed->reading_past = false;
	else
		r->feed->reading = false;
	if (!r->past)
		r->feed->dirty = true;
}

void feed_nudge(struct feed *f)
{
	f->dirty = true;
	if (f->reading || f->hub->stopped || feed_empty(f))
		return;
	f->dirty = f->soon = false;
	read_begin(f, f->last, false);
}

/* For the one who is furthest behind; others stand on the way. */
void feed_past_read(struct feed *f)
{
	struct follower *fo = f->late.turn;
	int64_t after = -1;

	if (f->reading_past || f->late.left > 0 || f->wants_n == 0 || f->hub->stopped)
		return;
	for (unsigned i = 0; i < f->late.n; i++, fo = fo->next) {
		if (fo->wants && (after < 0 || fo->at < after))
			after = fo->at;
	}
	read_begin(f, after, true);
}

/* ---- what was read ---- */

static void new_arrived(struct feed *f, const struct event_rows *rows)
{
	struct batch *b;

	if (rows->n == 0)
		return;
	b = batch_new(rows, uv_now(&f->hub->loop->uv));
	if (b == NULL || b->first != f->last + 1) {
		log_error("event=events_missing organization=%s after=%" PRId64, f->organization,
			  f->last);
		batch_free(b);
		feed_end(f, FEED_GONE);
		f->last = rows->rows[rows->n - 1].seq;
		feed_ears_read(f); /* who listens inside goes on behind the gap */
		return;
	}
	batch_keep(f, b);
	for (size_t i = 0; i < rows->n; i++) {
		if (rows->rows[i].rewrites)
			feed_kept_drop(f, b); /* older words are others now */
		if (rows->rows[i].ended_user.n > 0)
			feed_session_ended(f, &rows->rows[i]);
	}
	if (rows->more)
		f->dirty = true;
	feed_ears_tell(f, rows);
	f->live.left = f->live.n;
	hub_work(f->hub, f);
}

/* Retention has removed what this one would have got next. */
static void stranded_end(struct feed *f, int64_t after, int64_t first)
{
	struct follower *fo = f->late.turn, *next;

	for (unsigned n = f->late.n; n > 0; n--, fo = next) {
		next = fo->next;
		if (fo->at >= after && fo->at + 1 < first)
			follower_end(fo, feed_last_words(FEED_GONE));
	}
}

static void past_arrived(struct feed *f, int64_t after, const struct event_rows *rows)
{
	int64_t first = rows->n == 0 ? INT64_MAX : rows->rows[0].seq;

	batch_free(f->past);
	f->past = rows->n == 0 ? NULL : batch_new(rows, uv_now(&f->hub->loop->uv));
	if (first > after + 1)
		stranded_end(f, after, first);
	f->late.left = f->late.n;
	hub_work(f->hub, f);
}

static void read_known(struct flow *fl)
{
	struct feed_read *r = FLOW_SELF(fl, struct feed_read);
	struct feed *f = r->feed;

	if (r->past) {
		f->reading_past = false;
		past_arrived(f, r->after, &r->rows);
		return;
	}
	f->reading = false;
	new_arrived(f, &r->rows);
	if (f->dirty)
		feed_nudge(f);
}
