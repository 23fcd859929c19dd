/*
 * control.h - the control paths for calls: /sim/calls and /sim/streams (docs/practice-line.md).
 */
#ifndef SWITCHBACK_TESTS_SIM_VOICE_CONTROL_H
#define SWITCHBACK_TESTS_SIM_VOICE_CONTROL_H

#include "server/net/route.h"

extern const struct route sim_voice_routes[];

#endif
