/*
 * body.h - a flat JSON object being written: what the console sends with a command, what a scribe
 * passes on. A member that is not to be sent is not added.
 */
#ifndef SWITCHBACK_SHARED_WIRE_BODY_H
#define SWITCHBACK_SHARED_WIRE_BODY_H

#include "shared/buf.h"

struct body {
	void *object; /* json_t */
};

void body_start(struct body *b);
/* Bad UTF-8 and U+0000 become U+FFFD. */
void body_text(struct body *b, const char *name, struct str value);
void body_int(struct body *b, const char *name, int64_t value);
void body_bool(struct body *b, const char *name, bool value);
void body_null(struct body *b, const char *name);
/* The JSON text behind what out holds; b is given back. False: it did not fit. */
MUST_USE
bool body_end(struct body *b, struct buf *out);

#endif
