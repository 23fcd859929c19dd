/*
 * copies.h - requests of ours that are sent once more: at once or later, byte for byte, and nobody
 * waits for their answer.
 */
#ifndef SWITCHBACK_TESTS_SIM_COPIES_H
#define SWITCHBACK_TESTS_SIM_COPIES_H

#include "tests/sim/fetch.h"

/* Copies what it needs. `like` names side, switch, SID and parameters for the journal. */
void sim_copy_send(struct sim *s, const struct sim_fetch *ask, const struct sim_entry *like,
		   unsigned after_ms);

#endif
