/*
 * feed.c - see feed.h: who follows, and who gets what when. What is read is feed_read.c's.
 */
#include "server/events/feed.h"

#include "server/events/inside.h"

#define KEPT_MS   60000
#define PIECE_MAX (64 * 1024) /* given to a late follower at once */

/* ---- the circles ---- */

static void circle_add(struct circle *c, struct follower *fo)
{
	struct follower *turn = c->turn;

	fo->circle = c;
	if (turn == NULL) {
		fo->next = fo->prev = fo;
		c->turn = fo;
	} else {
		fo->next = turn;
		fo->prev = turn->prev;
		turn->prev->next = fo;
		turn->prev = fo;
	}
	c->n++;
}

static void circle_remove(struct follower *fo)
{
	struct circle *c = fo->circle;

	if (c->turn == fo)
		c->turn = fo->next == fo ? NULL : fo->next;
	fo->prev->next = fo->next;
	fo->next->prev = fo->prev;
	c->n--;
	if (c->left > c->n)
		c->left = c->n;
	fo->circle = NULL;
}

/* The one whose turn it is, and the turn goes on; for emptying a circle. */
static struct follower *circle_turned(struct circle *c)
{
	struct follower *fo = c->turn;

	c->turn = fo->next;
	return fo;
}

static struct follower *circle_next(struct circle *c)
{
	c->left--;
	return circle_turned(c);
}

static void wants_set(struct follower *fo, bool wants)
{
	if (fo->wants == wants)
		return;
	fo->wants = wants;
	if (wants)
		fo->feed->wants_n++;
	else
		fo->feed->wants_n--;
}

/* ---- ending ---- */

struct str feed_last_words(enum feed_end why)
{
	switch (why) {
	case FEED_STOPPING: return STR_LIT("event: closing\ndata: {\"reason\":\"stopping\"}\n\n");
	case FEED_EXPIRED:
		return STR_LIT("event: closing\ndata: {\"reason\":\"session_expired\"}\n\n");
	case FEED_GONE: return STR_LIT("event: closing\ndata: {\"reason\":\"events_gone\"}\n\n");
	case FEED_CLOSED: return STR_LIT("event: closing\ndata: {\"reason\":\"store_closed\"}\n\n");
	}
	return (struct str){NULL, 0};
}

static void follower_leave(struct follower *fo)
{
	wants_set(fo, false);
	circle_remove(fo);
	free(fo);
}

void follower_end(struct follower *fo, struct str words)
{
	struct sse *stream = fo->stream;

	follower_leave(fo);
	sse_close(stream, words);
}

/* ---- giving ---- */

static struct batch *batch_with(const struct feed *f, int64_t seq)
{
	if (f->oldest != NULL && seq >= f->oldest->first) {
		/* nearly always the newest */
		if (batch_holds(f->newest, seq))
			return f->newest;
		for (struct batch *b = f->oldest; b != NULL; b = b->next) {
			if (batch_holds(b, seq))
				return b;
		}
	}
	return f->past != NULL && batch_holds(f->past, seq) ? f->past : NULL;
}

/* The next piece; false: the follower is gone. */
static bool piece_give(struct follower *fo, const struct batch *b, int64_t until, size_t most)
{
	struct batch_run run;

	batch_run(b, fo->at + 1, until, most, fo->one_customer ? &fo->customer : NULL, &run);
	fo->at = run.last; /* before it is sent: afterwards there may be no follower */
	fo->feed->hub->figures.delivered += run.events;
	return run.n == 0 || sse_send(fo->stream, b->block, run.from, run.n);
}

static void late_made(struct follower *fo)
{
	struct feed *f = fo->feed;

	circle_remove(fo);
	circle_add(&f->late, fo);
	wants_set(fo, true);
}

/* All there is, up to `until`, whether its client keeps up or not: a stream bounds what waits. */
void follower_live_give(struct follower *fo, int64_t until)
{
	while (fo->at < until) {
		struct batch *b = batch_with(fo->feed, fo->at + 1);

		if (b == NULL) {
			late_made(fo);
			return;
		}
		if (!piece_give(fo, b, until, SIZE_MAX))
			return;
	}
}

/* As much as its client takes. */
static void late_give(struct follower *fo)
{
	struct feed *f = fo->feed;

	wants_set(fo, false);
	while (fo->at < f->last) {
		struct batch *b = batch_with(f, fo->at + 1);

		if (!sse_idle(fo->stream))
			return; /* its stream says when there is room */
		if (b == NULL) {
			wants_set(fo, true);
			return;
		}
		if (!piece_give(fo, b, f->last, PIECE_MAX))
			return;
	}
	circle_remove(fo);
	circle_add(&f->live, fo);
}

/* ---- turns ---- */

bool feed_waits(const struct feed *f)
{
	return f->live.left > 0 || f->late.left > 0;
}

unsigned feed_work(struct feed *f, unsigned turns)
{
	for (; f->live.left > 0 && turns > 0; turns--)
		follower_live_give(circle_next(&f->live), f->last);
	for (; f->late.left > 0 && turns > 0; turns--)
		late_give(circle_next(&f->late));
	feed_past_read(f);
	return turns;
}

/* ---- what streams tell ---- */

static void stream_has_room(void *with)
{
	struct follower *fo = with;
	struct feed *f = fo->feed;

	if (fo->circle != &f->late)
		return;
	late_give(fo);
	feed_past_read(f);
}

static void stream_gone(void *with, enum sse_end how)
{
	struct follower *fo = with;

	(void)how;
	follower_leave(fo);
}

const struct sse_owner follower_owner = {stream_has_room, stream_gone};

/* ---- joining and leaving ---- */

struct feed *feed_new(struct hub *h, const struct uuid *id)
{
	struct feed *f = xcalloc(1, sizeof *f);

	f->hub = h;
	f->id = *id;
	uuid_write(id, f->organization);
	f->expires_us = INT64_MAX;
	return f;
}

void feed_free(struct feed *f)
{
	feed_kept_drop(f, NULL);
	batch_free(f->past);
	free(f);
}

bool feed_empty(const struct feed *f)
{
	return f->live.n == 0 && f->late.n == 0 && f->ears == NULL;
}

void feed_join(struct feed *f, struct follower *fo)
{
	bool first = feed_empty(f);

	if (first && f->oldest == NULL && !f->reading)
		f->last = fo->known;
	fo->feed = f;
	if (fo->expires_us < f->expires_us)
		f->expires_us = fo->expires_us;
	circle_add(&f->late, fo);
	late_give(fo); /* possibly live at once; possibly gone */
	feed_past_read(f);
	if (first)
		feed_nudge(f); /* what was committed since `known` was nudged to nobody */
}

void feed_end(struct feed *f, enum feed_end why)
{
	while (f->live.n > 0)
		follower_end(circle_turned(&f->live), feed_last_words(why));
	while (f->late.n > 0)
		follower_end(circle_turned(&f->late), feed_last_words(why));
	feed_kept_drop(f, NULL);
}

/* ---- twice a second ---- */

void feed_tick(struct feed *f)
{
	uint64_t now = uv_now(&f->hub->loop->uv);

	while (f->oldest != NULL && f->oldest->made_ms + KEPT_MS < now)
		feed_kept_drop(f, f->oldest->next);
	if (f->dirty)
		feed_nudge(f);
	feed_past_read(f);
	feed_ears_read(f);
	feed_expiries_look(f);
}
