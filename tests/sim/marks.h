/*
 * marks.h - what is known about a name: a small map from text to a number. Who opted out of whom,
 * and how a phone was told to behave. Bounded; a name is never removed, only set to 0.
 */
#ifndef SWITCHBACK_TESTS_SIM_MARKS_H
#define SWITCHBACK_TESTS_SIM_MARKS_H

#include "shared/str.h"

#define SIM_MARK_NAME 80
#define SIM_MARKS_MAX 100000

struct sim_mark {
	char name[SIM_MARK_NAME];
	int value;
};

struct sim_marks {
	struct sim_mark *at;
	size_t n, room; /* room is a power of two, at most half full */
};

/* 0 when the name was never set. */
int sim_marks_get(const struct sim_marks *m, const char *name);
/* False when SIM_MARKS_MAX names are known already. */
bool sim_marks_set(struct sim_marks *m, const char *name, int value);
void sim_marks_clear(struct sim_marks *m);

#endif
