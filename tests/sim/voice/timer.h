/*
 * timer.h - a timer that can be forgotten at once: its owner may go before the loop has closed it.
 */
#ifndef SWITCHBACK_TESTS_SIM_VOICE_TIMER_H
#define SWITCHBACK_TESTS_SIM_VOICE_TIMER_H

#include <uv.h>

#include "shared/base.h"

struct sim_timer;

struct sim_timer *sim_timer_new(uv_loop_t *loop, void (*due)(void *with), void *with);
/* Due in so many ms; a time that was set before is forgotten. */
void sim_timer_set(struct sim_timer *t, uint64_t ms);
void sim_timer_stop(struct sim_timer *t);
/* Never due again; *t becomes NULL. NULL is fine. */
void sim_timer_free(struct sim_timer **t);

#endif
