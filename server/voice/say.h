/*
 * say.h - <Say>: text as the caller or a colleague hears it, in a voice of its language.
 */
#ifndef SWITCHBACK_SERVER_VOICE_SAY_H
#define SWITCHBACK_SERVER_VOICE_SAY_H

#include "server/twilio/twiml.h"
#include "server/voice/sentences.h"

/* Somebody's words: as many <Say> as it takes, cut between words, in their spoken form. */
void say_line(struct twiml *t, struct str text, enum language l);
/* A sentence of ours that is spoken as it is written; short. */
void say_plain(struct twiml *t, struct str text, enum language l);

#endif
