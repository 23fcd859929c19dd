/*
 * uuid.h - an id in 16 bytes, for maps that are asked often. Everywhere else an id is its text.
 */
#ifndef SWITCHBACK_SHARED_UUID_H
#define SWITCHBACK_SHARED_UUID_H

#include "shared/str.h"

struct uuid {
	uint8_t b[16];
};

/* "a0000000-0000-4000-8000-000000000001", letters in either case; false for anything else. */
MUST_USE
bool uuid_read(struct str text, struct uuid *out);
bool uuid_eq(const struct uuid *a, const struct uuid *b);
/* The usual form in small letters, with a NUL. */
#define UUID_TEXT 37
void uuid_write(const struct uuid *u, char out[UUID_TEXT]);

#endif
