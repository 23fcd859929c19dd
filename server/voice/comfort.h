/*
 * comfort.h - the sound that says "one moment": two soft notes, as a media stream carries them.
 */
#ifndef SWITCHBACK_SERVER_VOICE_COMFORT_H
#define SWITCHBACK_SERVER_VOICE_COMFORT_H

#include "shared/buf.h"

/* Adds base64 of mu-law at 8 kHz, 0.4 s. */
void comfort_write(struct buf *out);

/* One sample of 16 bits as mu-law (ITU-T G.711). */
unsigned char mulaw_of(int sample);

#endif
