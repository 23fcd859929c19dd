/*
 * control.h - /sim/: how people and scripts work the practice line (docs/practice-line.md). For
 * this machine alone: other addresses, and names that only a browser was talked into, get 403.
 */
#ifndef SWITCHBACK_TESTS_SIM_CONTROL_H
#define SWITCHBACK_TESTS_SIM_CONTROL_H

#include "server/net/web.h"

extern const struct route sim_control_routes[];

#endif
