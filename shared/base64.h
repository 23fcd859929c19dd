/*
 * base64.h - RFC 4648 base64 and base64url. Reading is strict: no blanks, no foreign characters,
 * right padding (base64url: none), no stray bits in the last character.
 */
#ifndef SWITCHBACK_SHARED_BASE64_H
#define SWITCHBACK_SHARED_BASE64_H

#include "shared/str.h"

#define BASE64_ROOM(n) (((n) + 2) / 3 * 4 + 1)

/* Writes the text of n bytes and a NUL to out (BASE64_ROOM(n) bytes of room); returns its length.
 */
size_t base64_write(const void *bytes, size_t n, char *out);
size_t base64url_write(const void *bytes, size_t n, char *out);

/* Reads into out, which has room for `room` bytes; false when s is not base64 or does not fit. */
MUST_USE
bool base64_read(struct str s, unsigned char *out, size_t room, size_t *n);
MUST_USE
bool base64url_read(struct str s, unsigned char *out, size_t room, size_t *n);

/* True for text that has letters of base64 only, and some: it may stand in a JSON string as it is.
 * For what is passed on without being read. */
bool base64_letters(struct str s);

#endif
