/*
 * places.h - where a number is from, as far as FromCity and its like tell.
 */
#ifndef SWITCHBACK_TESTS_SIM_PLACES_H
#define SWITCHBACK_TESTS_SIM_PLACES_H

#include "shared/str.h"

struct sim_place {
	const char *area, *city, *state, *country; /* "" where unknown */
};

struct sim_place sim_place_of(struct str number);

#endif
