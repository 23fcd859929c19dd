/*
 * bridge.c - a bridge from its beginning to its end; see bridge.h. bridge_stream.c is Twilio's side
 * of it, bridge_agent.c the agent's.
 */
#include "server/voice/bridge_inside.h"
#include "server/voice/comfort.h"
#include "shared/clock.h"

#define WATCH_MS 100

/* ---- all of them ---- */

/* When this process itself stood still, what came meanwhile has not been read yet: nobody counts as
 * silent for that. */
static void on_watch(uv_timer_t *t)
{
	struct bridges *all = t->data;
	int64_t now = clock_mono_ms();
	bool late = now - all->watched_ms > 5 * WATCH_MS;

	all->watched_ms = now;
	if (late)
		return;

	for (struct bridge *b = all->list, *next; b != NULL; b = next) {
		next = b->next;
		if (b->over)
			continue;
		if (now - b->heard_ms > BRIDGE_STREAM_MS)
			bridge_finish(b, BRIDGE_STREAM_SILENT, 0, STR_LIT("Twilio is silent"));
		else
			leg_watch(b, now);
	}
	if (all->list == NULL)
		uv_timer_stop(t);
}

struct bridges *bridges_open(struct loop *l, struct sockets *sockets, unsigned max)
{
	struct bridges *all = xcalloc(1, sizeof *all);

	all->loop = l;
	all->sockets = sockets;
	all->max = max;
	buf_init(&all->out, 8u << 20);
	buf_init(&all->comfort, 64u * 1024u);
	comfort_write(&all->comfort);
	uv_timer_init(&l->uv, &all->watch);
	all->watch.data = all;
	return all;
}

void bridges_figures(const struct bridges *all, struct bridge_figures *out)
{
	*out = all->figures;
	out->live = all->count;
	out->allocations = sockets_allocations(all->sockets);
}

void bridges_free_if_over(struct bridges *all)
{
	if (!all->closing || !all->timer_closed || all->list != NULL || all->legs > 0)
		return;
	buf_clear(&all->out);
	buf_clear(&all->comfort);
	free(all);
}

static void on_watch_closed(uv_handle_t *h)
{
	struct bridges *all = h->data;

	all->timer_closed = true;
	bridges_free_if_over(all);
}

void bridges_close(struct bridges *all)
{
	if (all == NULL || all->closing)
		return;
	all->closing = true;
	for (struct bridge *b = all->list, *next; b != NULL; b = next) {
		next = b->next;
		bridge_close(b);
	}
	uv_close((uv_handle_t *)&all->watch, on_watch_closed);
}

/* ---- one ---- */

struct bridge *bridge_accept(struct bridges *all, const struct bridge_ear *ear, void *with)
{
	struct bridge *b;

	if (all->closing || all->count >= all->max)
		return NULL;
	b = xcalloc(1, sizeof *b);
	b->all = all;
	b->ear = ear;
	b->with = with;
	b->heard_ms = clock_mono_ms();
	b->next = all->list;
	if (b->next != NULL)
		b->next->prev = b;
	all->list = b;
	all->count++;
	if (!uv_is_active((uv_handle_t *)&all->watch))
		uv_timer_start(&all->watch, on_watch, WATCH_MS, WATCH_MS);
	return b;
}

void bridge_free_if_over(struct bridge *b)
{
	struct bridges *all = b->all;

	if (!b->over || !b->stream_gone)
		return;
	if (b->next != NULL)
		b->next->prev = b->prev;
	if (b->prev != NULL)
		b->prev->next = b->next;
	else
		all->list = b->next;
	free(b->early);
	free(b);
	bridges_free_if_over(all);
}

void bridge_finish(struct bridge *b, enum bridge_end why, unsigned code, struct str reason)
{
	if (b->over)
		return;
	b->over = true;
	b->all->count--;
	if (why == BRIDGE_AGENT_LOST || why == BRIDGE_AGENT_REFUSED)
		b->all->figures.lost++;
	leg_leave(b, 1000, "the call has ended");
	b->ear->ended(b, b->with, why, code, reason);
	if (b->stream != NULL)
		socket_close(b->stream, 1000, "");
	bridge_free_if_over(b);
}

void bridge_hush(struct bridge *b)
{
	if (b->over || b->hushed)
		return;
	b->hushed = true;
	if (b->stream != NULL) {
		socket_drop_waiting(b->stream);
		bridge_stream_clear(b);
	}
}

bool bridge_unfinished(const struct bridge *b)
{
	return b->unfinished;
}

bool bridge_deaf(const struct bridge *b)
{
	return b->deaf;
}

void bridge_close(struct bridge *b)
{
	bridge_finish(b, BRIDGE_CLOSED_BY_US, 0, (struct str){"", 0});
}
