/*
 * words.c - see words.h.
 */
#include "tests/sim/words.h"

const char *sim_says(enum sim_word w, bool french)
{
	static const char *const words[][2] = {
#define X(name, en, fr) {en, fr},
		SIM_WORDS(X)
#undef X
	};

	return words[w][french];
}
