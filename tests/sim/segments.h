/*
 * segments.h - how many parts a text travels in: GSM 03.38 septets (160, or 153 each) or UTF-16
 * units (70, or 67 each). An escaped character or a surrogate pair is never cut in two.
 */
#ifndef SWITCHBACK_TESTS_SIM_SEGMENTS_H
#define SWITCHBACK_TESTS_SIM_SEGMENTS_H

#include "shared/str.h"

struct sim_segments {
	unsigned count;   /* parts; 1 for an empty text */
	unsigned left;    /* units that still fit into the last part */
	unsigned units;   /* septets or UTF-16 units in all */
	bool unicode;     /* a character outside GSM 03.38 made it UCS-2 */
	uint32_t culprit; /* the first such character, 0 if none */
};

void sim_segments_count(struct str body, struct sim_segments *out);

#endif
