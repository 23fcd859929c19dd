/*
 * loop.c - how long the turns of the event loop took (server/core/loop.h): what is done counts,
 * what is waited for does not.
 */
#include <criterion/criterion.h>

#include "server/core/loop.h"

static struct loop loop;
static uint64_t busy_ms;
static int left;

static void on_due(uv_timer_t *t)
{
	uint64_t until = uv_hrtime() + busy_ms * 1000000;

	while (uv_hrtime() < until)
		;
	if (--left == 0)
		uv_close((uv_handle_t *)t, NULL);
}

/* So many turns with so much to do, and a longer wait between them. */
static void turns_run(int turns, uint64_t ms)
{
	uv_timer_t timer;

	left = turns;
	busy_ms = ms;
	loop_open(&loop);
	uv_timer_init(&loop.uv, &timer);
	uv_timer_start(&timer, on_due, 30, 30);
	loop_run(&loop);
	loop_let_go(&loop);
	loop_close(&loop);
}

static uint64_t turns_over(unsigned us)
{
	uint64_t n = 0;

	for (int slot = 1; slot < LOOP_TURN_SLOTS; slot++)
		n += loop_turn_bound_us(slot - 1) >= us ? loop.turns.n[slot] : 0;
	return n;
}

Test(loop, counts_how_long_its_turns_took)
{
	turns_run(3, 22);
	cr_expect_geq(turns_over(20000), 3);
	cr_expect_geq(loop.turns.busy_ns, 66000000);
}

/* Machines pause programs: of a few turns without work at least one is short. */
Test(loop, does_not_count_what_it_waited_for)
{
	turns_run(4, 0);
	cr_expect_gt(loop.turns.n[0], 0);
	cr_expect_lt(turns_over(20000), 4);
}
