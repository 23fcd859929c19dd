/*
 * outgoing.c - see dial.h.
 */
#include "shared/clock.h"
#include "tests/sim/voice/dial.h"
#include "tests/sim/voice/person.h"

static void on_ringing(void *with)
{
	struct sim_leg *leg = with;

	leg->started_us = clock_wall_us();
	sim_timer_free(&leg->timer);
	sim_person_ring(leg, leg->ring_s * 1000);
	sim_leg_changed(leg);
	sim_leg_tell(leg, SIM_RANG);
}

static void on_initiated(void *with)
{
	struct sim_leg *leg = with;

	sim_timer_free(&leg->timer);
	sim_leg_tell(leg, SIM_INITIATED);
	leg->timer = sim_timer_new(&leg->sim->loop->uv, on_ringing, leg);
	sim_timer_set(leg->timer, leg->sim->set.ring_ms);
}

void sim_dial_out(struct sim_leg *leg, unsigned wait_ms, unsigned ring_s)
{
	leg->queued_ms = wait_ms;
	leg->ring_s = ring_s;
	leg->timer = sim_timer_new(&leg->sim->loop->uv, on_initiated, leg);
	sim_timer_set(leg->timer, wait_ms);
}

static void on_failed(void *with)
{
	sim_leg_end(with, SIM_LEG_FAILED, 404);
}

void sim_dial_fail_soon(struct sim_leg *leg)
{
	leg->timer = sim_timer_new(&leg->sim->loop->uv, on_failed, leg);
	sim_timer_set(leg->timer, 0);
}

static void on_limit(void *with)
{
	struct sim_leg *leg = with;

	sim_line_note(leg, "the longest time of a call is over");
	sim_leg_hang_up(leg);
}

void sim_dial_limit(struct sim_leg *leg, unsigned seconds)
{
	sim_timer_free(&leg->limit);
	leg->limit = sim_timer_new(&leg->sim->loop->uv, on_limit, leg);
	sim_timer_set(leg->limit, (uint64_t)seconds * 1000);
}

void sim_dial_bridge(struct sim_leg *a, struct sim_leg *b)
{
	a->bridged = b;
	b->bridged = a;
	sim_line_note(a, "connected");
	sim_line_note(b, "connected");
	sim_quiet_turn(a);
	sim_quiet_turn(b);
}

void sim_dial_part(struct sim_leg *leg)
{
	if (leg->bridged == NULL)
		return;
	leg->bridged->bridged = NULL;
	leg->bridged = NULL;
}

unsigned sim_dial_queue_ms(struct sim *s)
{
	int64_t now = clock_mono_ms(), wait;

	if (s->set.calls_per_s == 0)
		return 0;
	wait = s->next_dial_ms > now ? s->next_dial_ms - now : 0;
	s->next_dial_ms = now + wait + 1000 / s->set.calls_per_s;
	return (unsigned)wait;
}
