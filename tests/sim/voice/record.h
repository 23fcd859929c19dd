/*
 * record.h - recordings: <Record> and <Dial record>, and their bytes behind RecordingUrl.
 *
 * The audio is made when it is asked for: mu-law in a WAV, with the words of speech.h in it.
 */
#ifndef SWITCHBACK_TESTS_SIM_VOICE_RECORD_H
#define SWITCHBACK_TESTS_SIM_VOICE_RECORD_H

#include "tests/sim/voice/leg.h"

#define SIM_RECORDINGS_MAX 500

struct sim_recording {
	struct sim_recording *next;
	struct sim *sim;
	unsigned account;
	char sid[SIM_SID], call[SIM_SID];
	const char *source; /* "RecordVerb", "DialVerb" */
	int64_t began_us, seconds;
	char *words; /* what was said, sentence by sentence on lines of its own; owned */
};

/* Of what both sides of a call have said since then. */
struct sim_recording *sim_recording_of_call(struct sim_leg *leg, const char *source,
					    int64_t since_us);
/* Of these words. */
struct sim_recording *sim_recording_new(struct sim_leg *leg, const char *source, int64_t since_us,
					struct str words);
void sim_recording_url(const struct sim_recording *r, char out[SIM_URL]);
struct sim_recording *sim_recording_find(const struct sim *s, struct str sid);
void sim_recording_delete(struct sim *s, struct sim_recording *r);
/* The WAV. */
void sim_recording_bytes(const struct sim_recording *r, struct buf *out);
void sim_recordings_free(struct sim *s);

#endif
