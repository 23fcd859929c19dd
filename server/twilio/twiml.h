/*
 * twiml.h - the one writer of TwiML (security.md 8.1, twilio.md 2.3 and 4). Nothing else in the
 * service puts markup together.
 *
 * Element and attribute names, and attribute values, come from our own code. What people wrote is
 * element text and nothing else; it is escaped, and what XML 1.0 forbids is dropped, so no text
 * changes the shape of the document.
 */
#ifndef SWITCHBACK_SERVER_TWILIO_TWIML_H
#define SWITCHBACK_SERVER_TWILIO_TWIML_H

#include "shared/buf.h"

#define TWIML_MAX  (64u * 1024) /* Twilio reads no more (error 11750) */
#define TWIML_DEEP 8

/* Accept, and send nothing. */
#define TWIML_EMPTY "<?xml version=\"1.0\" encoding=\"UTF-8\"?><Response/>"

struct twiml {
	struct buf *out;
	const char *open[TWIML_DEEP];
	unsigned depth;
	bool in_tag; /* the innermost start tag still takes attributes */
};

/* Starts a document with its root <Response>; it is written into the buffer, which is emptied. */
void twiml_begin(struct twiml *t, struct buf *out);

/* <name ...> inside the innermost open element; `name` is a literal of ours (letters only, else a
 * BUG), as twiml_attr's. */
void twiml_open(struct twiml *t, const char *name);
/* An attribute of the element just opened. `value` is ours or checked (a URL of our own, a SID, a
 * number); NULL leaves the attribute out. */
void twiml_attr(struct twiml *t, const char *name, const char *value);
void twiml_attr_int(struct twiml *t, const char *name, int64_t value);
/* Text of the innermost open element, from anyone. */
void twiml_text(struct twiml *t, struct str text);
void twiml_close(struct twiml *t);

/* twiml_open, twiml_text, twiml_close. */
void twiml_element(struct twiml *t, const char *name, struct str text);

/* Closes what is open. False when the document outgrew the buffer or TWIML_MAX: then it is of no
 * use. */
MUST_USE
bool twiml_end(struct twiml *t);

/* A whole document: <Response><Message>text</Message></Response>. */
MUST_USE
bool twiml_message(struct buf *out, struct str text);

#endif
