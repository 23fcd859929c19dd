/*
 * loop.c - see loop.h.
 */
#include "server/core/loop.h"

#include <signal.h>

#include "shared/log.h"

static void on_after_turn(uv_check_t *h)
{
	(void)h;
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
