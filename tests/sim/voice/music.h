/*
 * music.h - what is fetched and played to somebody who waits: a conference's waitUrl, hold music,
 * an announcement. A document of <Say>, <Play>, <Pause> and <Redirect>, or a sound.
 */
#ifndef SWITCHBACK_TESTS_SIM_VOICE_MUSIC_H
#define SWITCHBACK_TESTS_SIM_VOICE_MUSIC_H

#include "tests/sim/voice/leg.h"

struct sim_music;

struct sim_music_ask {
	struct str url;
	bool get;
	bool again;                   /* from the start when it is over */
	const struct sim_pairs *more; /* parameters behind the usual ones; may be NULL */
	/* Told once it has been played (not with `again`), or could not be; may be NULL. */
	void (*done)(void *with, bool good);
	void *with;
};

struct sim_music *sim_music_play(struct sim_leg *leg, const struct sim_music_ask *ask);
/* *m becomes NULL; NULL is fine. */
void sim_music_stop(struct sim_music **stop);

#endif
