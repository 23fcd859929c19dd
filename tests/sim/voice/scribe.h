/*
 * scribe.h - real-time transcriptions of a call (twilio.md 4.7): each sentence of a track is told
 * to a callback, in order per track.
 */
#ifndef SWITCHBACK_TESTS_SIM_VOICE_SCRIBE_H
#define SWITCHBACK_TESTS_SIM_VOICE_SCRIBE_H

#include "tests/sim/voice/leg.h"
#include "tests/sim/voice/stream.h"

struct sim_scribe {
	struct sim_scribe *next;
	struct sim_leg *leg;
	struct arena arena;
	char sid[SIM_SID];
	const char *name, *language, *engine, *in_label, *out_label;
	char *callback;
	bool callback_get, partial, over;
	enum sim_tracks tracks;
	unsigned sequence;
	int64_t updated_us;
};

struct sim_scribe_ask {
	struct str name, language, engine, callback, in_label, out_label;
	bool callback_get, partial;
	enum sim_tracks tracks;
};

struct sim_scribe *sim_scribe_start(struct sim_leg *leg, const struct sim_scribe_ask *ask);
/* <Start><Transcription>. */
void sim_scribe_verb(struct sim_leg *leg, const struct sim_node *n);
/* By its name or SID. */
struct sim_scribe *sim_scribe_find(const struct sim_leg *leg, struct str name);
void sim_scribe_end(struct sim_scribe *s);
void sim_scribe_stop(struct sim_leg *leg, struct str name);
void sim_scribes_stop(struct sim_leg *leg);
void sim_scribes_free(struct sim_leg *leg);

/* A sentence was said: by the person, or (outbound) to them. */
void sim_scribe_said(struct sim_leg *leg, bool outbound, struct str words);

#endif
