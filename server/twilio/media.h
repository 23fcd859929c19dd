/*
 * media.h - the messages of a Twilio media stream, read and written (twilio.md 5.1, 5.2). Pure.
 *
 * Fifty messages a second a call are audio: those are recognised by their text and their payload is
 * a view into it. All others are read as JSON.
 */
#ifndef SWITCHBACK_SERVER_TWILIO_MEDIA_H
#define SWITCHBACK_SERVER_TWILIO_MEDIA_H

#include <jansson.h>

#include "shared/buf.h"

enum media_event {
	MEDIA_BAD,   /* no JSON object, or without an event; or audio that is no base64 */
	MEDIA_OTHER, /* an event that we do not know: nothing to do */
	MEDIA_CONNECTED,
	MEDIA_START,
	MEDIA_AUDIO,
	MEDIA_DTMF,
	MEDIA_MARK,
	MEDIA_STOP,
};

struct media {
	enum media_event event;
	struct str payload;                     /* AUDIO: base64 of mu-law, 8 kHz, as it came */
	struct str stream_sid, call_sid, token; /* START: the token is <Parameter name="t"> */
	bool mulaw;                             /* START: the one format that we speak */
	char digit;                             /* DTMF: 0-9 * # A-D */
	struct str mark;                        /* MARK: its name */
	json_t *json; /* what the views lie in; media_clear gives it back */
};

/* Reads one message. Views live as long as the message and `out`; give `out` back with media_clear.
 */
void media_read(struct str message, struct media *out);
void media_clear(struct media *m);

/* Written into `out`, which is emptied. `payload` is base64, `name` ours. */
void media_audio_write(struct buf *out, struct str stream_sid, struct str payload);
void media_clear_write(struct buf *out, struct str stream_sid);
void media_mark_write(struct buf *out, struct str stream_sid, struct str name);

#endif
