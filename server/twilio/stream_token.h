/*
 * stream_token.h - what a media stream must show to be let in: a word that is good once, put into
 * the document as a <Parameter> (twilio.md 5.5). Only its SHA-256 is kept.
 */
#ifndef SWITCHBACK_SERVER_TWILIO_STREAM_TOKEN_H
#define SWITCHBACK_SERVER_TWILIO_STREAM_TOKEN_H

#include "shared/base64.h"

#define STREAM_TOKEN_BYTES 32
#define STREAM_TOKEN_TEXT  BASE64_ROOM(STREAM_TOKEN_BYTES)
#define STREAM_HASH_BYTES  32

/* A new one. */
void stream_token_make(char out[STREAM_TOKEN_TEXT]);
void stream_token_hash(struct str token, unsigned char out[STREAM_HASH_BYTES]);

#endif
