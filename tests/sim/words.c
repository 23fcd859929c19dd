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

const char *sim_note_says(const char *note, bool french)
{
	static const struct {
		const char *note;
		enum sim_word word;
	} notes[] = {{"ringing", SIM_SAYS_NOTE_RINGING},
		     {"ringing tone", SIM_SAYS_NOTE_RINGING_TONE},
		     {"the call is over", SIM_SAYS_NOTE_OVER},
		     {"busy", SIM_SAYS_NOTE_BUSY},
		     {"busy tone", SIM_SAYS_NOTE_BUSY_TONE},
		     {"failed", SIM_SAYS_NOTE_FAILED},
		     {"no-answer", SIM_SAYS_NOTE_NO_ANSWER},
		     {"canceled", SIM_SAYS_NOTE_CANCELED},
		     {"connected", SIM_SAYS_NOTE_CONNECTED},
		     {"nothing was said", SIM_SAYS_NOTE_NOTHING_SAID},
		     {"music", SIM_SAYS_NOTE_MUSIC},
		     {"silence", SIM_SAYS_NOTE_SILENCE},
		     {"in the conference", SIM_SAYS_NOTE_IN_ROOM},
		     {"on hold", SIM_SAYS_NOTE_ON_HOLD},
		     {"off hold", SIM_SAYS_NOTE_OFF_HOLD},
		     {"beep", SIM_SAYS_NOTE_BEEP},
		     {"not in service", SIM_SAYS_NOTE_NO_SERVICE},
		     {"sound that holds no words", SIM_SAYS_NOTE_NO_WORDS_IN_IT},
		     {"the longest time of a call is over", SIM_SAYS_NOTE_TOO_LONG}};

	for (size_t i = 0; i < ARRAY_LEN(notes); i++) {
		if (strcmp(notes[i].note, note) == 0)
			return sim_says(notes[i].word, french);
	}
	return note;
}
