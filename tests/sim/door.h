/*
 * door.h - the practice line's listening sockets: Twilio's API, media, and /sim/ behind one, and
 * the one that stands in for ElevenLabs.
 */
#ifndef SWITCHBACK_TESTS_SIM_DOOR_H
#define SWITCHBACK_TESTS_SIM_DOOR_H

#include "tests/sim/sim.h"

/* Opens what s->set names; with port 0, s->set.port becomes the real one. */
MUST_USE
bool sim_door_open(struct sim *s, struct err *err);
void sim_door_close(struct sim *s);

#endif
