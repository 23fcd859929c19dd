/*
 * speech.h - a written line as it should be spoken: a telephone number digit by digit, "9 h 30" as
 * "9 heures 30", an order's number spelled out. The transcript keeps the written form.
 */
#ifndef SWITCHBACK_SERVER_VOICE_SPEECH_H
#define SWITCHBACK_SERVER_VOICE_SPEECH_H

#include "shared/buf.h"
#include "shared/language.h"

/* Writes the spoken form behind what is in b. What it does not know stays as it is. */
void speech_add(struct buf *b, struct str text, enum language l);

#endif
