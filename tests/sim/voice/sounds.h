/*
 * sounds.h - <Say>, <Play> and <Pause>, one after the other: on a leg, in a <Gather>, or as a
 * conference's music. Each takes the time that it would take.
 */
#ifndef SWITCHBACK_TESTS_SIM_VOICE_SOUNDS_H
#define SWITCHBACK_TESTS_SIM_VOICE_SOUNDS_H

#include "tests/sim/voice/leg.h"
#include "tests/sim/voice/tree.h"

struct sim_sounds;

/* Plays the first sound of the list and those behind it (only_one: not those). done is told once,
 * never inside this call, unless it is stopped before. The nodes must live as long. */
struct sim_sounds *sim_sounds_play(struct sim_leg *leg, const struct sim_node *list, bool only_one,
				   void (*done)(void *with), void *with);
/* What is heard now is cut. *s becomes NULL; NULL is fine. */
void sim_sounds_stop(struct sim_sounds **s);

#endif
