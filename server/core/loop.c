/*
 * loop.c - see loop.h.
 */
#include "server/core/loop.h"

#include <signal.h>

#include "shared/log.h"

unsigned loop_turn_bound_us(int slot)
{
	static const unsigned bounds[LOOP_TURN_SLOTS] = {
		500, 1000, 2000, 3000, 5000, 7500, 10000, 15000, 20000, 50000, 100000, UINT_MAX};

	return bounds[slot];
}

static void turn_counted(struct loop *l)
{
	uint64_t now = uv_hrtime(), idle = uv_metrics_idle_time(&l->uv);
	uint64_t took = now - l->turn_began_ns - (idle - l->idle_ns);
	int slot = 0;

	while (slot < LOOP_TURN_SLOTS - 1 && took > loop_turn_bound_us(slot) * UINT64_C(1000))
		slot++;
	l->turns.n[slot]++;
	l->turns.busy_ns += took;
	l->turn_began_ns = now;
	l->idle_ns = idle;
}

static void on_after_turn(uv_check_t *h)
{
	struct loop *l = CONTAINER_OF(h, struct loop, after_turn);

	turn_counted(l);
	log_flush();
}

static void on_signal(uv_signal_t *h, int number)
{
	struct loop *l = h->data;

	log_info("event=signal number=%d", number);
	if (l->stop != NULL)
		l->stop(l->stop_with);
}

void loop_open(struct loop *l)
{
	*l = (struct loop){0};
	signal(SIGPIPE, SIG_IGN);
	if (uv_loop_init(&l->uv) != 0)
		BUG("the event loop cannot be made");
	(void)uv_loop_configure(&l->uv, UV_METRICS_IDLE_TIME);
	uv_check_init(&l->uv, &l->after_turn);
	uv_check_start(&l->after_turn, on_after_turn);
	uv_unref((uv_handle_t *)&l->after_turn);
	uv_signal_init(&l->uv, &l->terminate);
	uv_signal_init(&l->uv, &l->interrupt);
	l->terminate.data = l;
	l->interrupt.data = l;
}

void loop_on_stop(struct loop *l, void (*stop)(void *), void *with)
{
	l->stop = stop;
	l->stop_with = with;
	uv_signal_start(&l->terminate, on_signal, SIGTERM);
	uv_signal_start(&l->interrupt, on_signal, SIGINT);
	uv_unref((uv_handle_t *)&l->terminate);
	uv_unref((uv_handle_t *)&l->interrupt);
}

void loop_run(struct loop *l)
{
	l->turn_began_ns = uv_hrtime();
	l->idle_ns = uv_metrics_idle_time(&l->uv);
	uv_run(&l->uv, UV_RUN_DEFAULT);
}

void loop_let_go(struct loop *l)
{
	uv_close((uv_handle_t *)&l->after_turn, NULL);
	uv_close((uv_handle_t *)&l->terminate, NULL);
	uv_close((uv_handle_t *)&l->interrupt, NULL);
}

void loop_close(struct loop *l)
{
	uv_run(&l->uv, UV_RUN_DEFAULT);
	if (uv_loop_close(&l->uv) != 0)
		BUG("a handle is still open at the end of the loop");
	log_flush();
}
