/*
 * transcript.h - what a script says and hears, printed line by line for a person: the time, who,
 * and the words, which come from outside and can do nothing to a terminal.
 */
#ifndef SWITCHBACK_TESTS_SIM_TRANSCRIPT_H
#define SWITCHBACK_TESTS_SIM_TRANSCRIPT_H

#include "tests/sim/script.h"

struct sim_transcript {
	FILE *out;
	const struct sim_script *script; /* the names that it gives to numbers */
	int name_width; /* of the longest, so that what is said stands in one column */
};

void sim_transcript_open(struct sim_transcript *t, FILE *out, const struct sim_script *script);
/* One line; `arrow` tells who to whom and by what. */
void sim_transcript_line(struct sim_transcript *t, struct str who, const char *arrow,
			 struct str words);

#endif
