/*
 * hold_sound.h - what is heard while one waits in a room or on hold: a few soft notes, made here,
 * so that a caller on hold depends on nobody's music server. A WAV file, mu-law 8 kHz, mono, as the
 * telephone carries it.
 */
#ifndef SWITCHBACK_SERVER_VOICE_HOLD_SOUND_H
#define SWITCHBACK_SERVER_VOICE_HOLD_SOUND_H

#include "shared/buf.h"

#define HOLD_SOUND_HEAD    58 /* bytes before the first sample */
#define HOLD_SOUND_SAMPLES (8 * 6400)

/* The whole file, into an empty buffer with room for it. */
void hold_sound_make(struct buf *out);

#endif
