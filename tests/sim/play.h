/*
 * play.h - plays a script (script.h) against a practice line and prints what was said.
 */
#ifndef SWITCHBACK_TESTS_SIM_PLAY_H
#define SWITCHBACK_TESTS_SIM_PLAY_H

#include "tests/sim/link.h"
#include "tests/sim/script.h"

struct sim_play {
	const struct sim_link *link;
	const struct sim_script *script;
	FILE *out;
	bool french;
	void (*ended)(void *with, bool good); /* told once; the reason has been printed */
	void *ended_with;
};

/* Starts; *ask stays with the caller until `ended`. */
void sim_play_start(const struct sim_play *ask);

#endif
