/*
 * timer.c - see timer.h.
 */
#include "tests/sim/voice/timer.h"

struct sim_timer {
	uv_timer_t handle;
	void (*due)(void *);
	void *with;
};

struct sim_timer *sim_timer_new(uv_loop_t *loop, void (*due)(void *with), void *with)
{
	struct sim_timer *t = xcalloc(1, sizeof *t);

	uv_timer_init(loop, &t->handle);
	t->handle.data = t;
	t->due = due;
	t->with = with;
	return t;
}

static void on_due(uv_timer_t *h)
{
	struct sim_timer *t = h->data;

	t->due(t->with);
}

void sim_timer_set(struct sim_timer *t, uint64_t ms)
{
	uv_update_time(t->handle.loop); /* a turn may have taken long: the time begins now */
	uv_timer_start(&t->handle, on_due, ms, 0);
}

void sim_timer_stop(struct sim_timer *t)
{
	uv_timer_stop(&t->handle);
}

static void on_closed(uv_handle_t *h)
{
	free(h->data);
}

void sim_timer_free(struct sim_timer **t)
{
	if (*t == NULL)
		return;
	uv_close((uv_handle_t *)&(*t)->handle, on_closed);
	*t = NULL;
}
