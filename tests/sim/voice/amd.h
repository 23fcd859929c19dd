/*
 * amd.h - answering machine detection of outgoing calls (MachineDetection, AsyncAmd).
 */
#ifndef SWITCHBACK_TESTS_SIM_VOICE_AMD_H
#define SWITCHBACK_TESTS_SIM_VOICE_AMD_H

#include "tests/sim/voice/leg.h"

/* Takes what the request says of it. The document of a leg that asks for it waits for the verdict,
 * unless it is asked for beside the call (AsyncAmd): then a callback tells. */
void sim_amd_set(struct sim_leg *leg, const struct sim_pairs *params);

#endif
