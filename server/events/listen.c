/*
 * listen.c - those who hear a feed inside the process (hub.h, "inside the process"), and what is
 * passed on without a number. See feed.h.
 *
 * An ear has heard everything up to `at`. What the feed reads continues there for nearly all; one
 * that began from an older number is behind until a read of its own has brought it to the feed's.
 */
#include "server/events/feed.h"
#include "server/events/inside.h"

#define READ_MS    8000
#define PASSING_MS 250

struct hub_ear {
	struct hub_ear *next;
	struct feed *feed;
	struct uuid conversation;
	int64_t at;
	hub_heard *heard;
	void *with;
	bool gone; /* unlistened while ears were being told */
};

/* ---- telling ---- */

/* What continues where this ear is. Others' events count, and are not told. */
static void ear_tell(struct hub_ear *e, const struct event_rows *rows)
{
	for (size_t i = 0; i < rows->n && !e->gone; i++) {
		const struct event_row *row = &rows->rows[i];
		struct uuid conversation;

		if (row->seq <= e->at)
			continue;
		if (row->seq > e->at + 1)
			return; /* behind: feed_ears_read brings it here */
		e->at = row->seq;
		if (row->conversation.n > 0 && uuid_read(row->conversation, &conversation) &&
		    uuid_eq(&conversation, &e->conversation))
			e->heard(e->with, row);
	}
}

static void gone_drop(struct feed *f)
{
	for (struct hub_ear **at = &f->ears; *at != NULL;) {
		struct hub_ear *e = *at;

		if (!e->gone) {
			at = &e->next;
			continue;
		}
		*at = e->next;
		free(e);
	}
}

void feed_ears_tell(struct feed *f, const struct event_rows *rows)
{
	if (f->ears == NULL)
		return;
	f->ears_told++;
	for (struct hub_ear *e = f->ears; e != NULL; e = e->next)
		ear_tell(e, rows);
	if (--f->ears_told == 0)
		gone_drop(f);
	feed_ears_read(f);
}

/* ---- who is behind ---- */

struct ears_read {
	struct flow flow;
	struct feed *feed;
	int64_t after;
	struct event_rows rows;
};

static flow_step read_asked, read_known, read_failed;

static const struct flow_kind ears_read_kind =
	FLOW_KIND(ears_read, read_asked, read_failed, READ_MS);

static int64_t furthest_behind(const struct feed *f)
{
	int64_t at = f->last;

	for (const struct hub_ear *e = f->ears; e != NULL; e = e->next) {
		if (!e->gone && e->at < at)
			at = e->at;
	}
	return at;
}

void feed_ears_read(struct feed *f)
{
	struct ears_read *r;
	int64_t after = furthest_behind(f);

	if (f->ears_read || f->hub->stopped || after == f->last)
		return;
	r = flow_new(f->hub->flows, &ears_read_kind);
	f->ears_read = true;
	f->flows++;
	r->feed = f;
	r->after = after;
	flow_on_end(&r->flow, feed_flow_over, f);
	flow_begin(&r->flow);
}

static void read_asked(struct flow *fl)
{
	struct ears_read *r = FLOW_SELF(fl, struct ears_read);

	event_read(fl, r->feed->hub->db, r->feed->organization, r->after, &r->rows);
	flow_then(fl, read_known);
}

static void read_known(struct flow *fl)
{
	struct ears_read *r = FLOW_SELF(fl, struct ears_read);
	struct feed *f = r->feed;
	int64_t next = r->rows.n > 0 ? r->rows.rows[0].seq : f->last + 1;

	f->ears_read = false;
	/* what retention has removed meanwhile, nobody hears any more */
	for (struct hub_ear *e = f->ears; e != NULL; e = e->next) {
		if (e->at >= r->after && e->at < next - 1)
			e->at = next - 1;
	}
	feed_ears_tell(f, &r->rows);
}

static void read_failed(struct flow *fl)
{
	struct ears_read *r = FLOW_SELF(fl, struct ears_read);

	r->feed->ears_read = false; /* the next tick tries again */
}

/* ---- the outside ---- */

struct hub_ear *hub_listen(struct hub *h, const char *organization_id, const char *conversation_id,
			   int64_t after, hub_heard *heard, void *with)
{
	struct hub_ear *e = xcalloc(1, sizeof *e);
	struct uuid id;
	struct feed *f;

	if (!uuid_read(str_of(organization_id), &id) ||
	    !uuid_read(str_of(conversation_id), &e->conversation))
		BUG("whoever listens needs an organization and a conversation");
	f = hub_feed(h, &id);
	if (feed_empty(f) && f->oldest == NULL && !f->reading)
		f->last = after;
	e->feed = f;
	e->at = after;
	e->heard = heard;
	e->with = with;
	e->next = f->ears;
	f->ears = e;
	feed_ears_read(f);
	feed_nudge(f); /* what was committed since was perhaps nudged to nobody */
	return e;
}

void hub_unlisten(struct hub_ear *e)
{
	if (e == NULL)
		return;
	e->gone = true;
	if (e->feed->ears_told == 0)
		gone_drop(e->feed);
}

void feed_pass(struct feed *f, const struct uuid *customer, struct str frame)
{
	uint64_t now = uv_now(&f->hub->loop->uv);
	struct follower *fo = f->live.turn, *next;
	struct sse_block *block;

	if (now - f->passing_ms >= PASSING_MS) {
		f->passing_ms = now;
		f->passing = 0;
	}
	if (fo == NULL || ++f->passing > HUB_PASSING_MAX)
		return;
	block = sse_block_of(frame);
	for (unsigned n = f->live.n; n > 0; n--, fo = next) {
		next = fo->next;
		if (fo->one_customer && (customer == NULL || !uuid_eq(&fo->customer, customer)))
			continue;
		if (sse_idle(fo->stream))
			(void)sse_send(fo->stream, block, 0, block->n);
	}
	sse_block_drop(block);
}
