/*
 * refresh.h - refresh tokens, and other digests of the staff's door.
 *
 * A refresh token is 48 random bytes in base64url: 16 that name its family (one sign-in, the same
 * in every token of it) and 32 that are new at each rotation. The database keeps SHA-256 of the
 * family and of the whole, nothing else; so any older token of a family is known for what it is,
 * however old, without a list of those that were.
 */
#ifndef SWITCHBACK_SERVER_STAFF_REFRESH_H
#define SWITCHBACK_SERVER_STAFF_REFRESH_H

#include "shared/err.h"
#include "shared/str.h"

#define REFRESH_BYTES 48
#define REFRESH_TEXT  65 /* with its NUL */
#define DIGEST_TEXT   67 /* \x and 64 digits: bytea as text */

struct refresh {
	char text[REFRESH_TEXT];
	char family_hash[DIGEST_TEXT], hash[DIGEST_TEXT];
};

/* Of a new family, or the next of the family of `before`. */
void refresh_make(const struct refresh *before, struct refresh *out);

/* False when text is no refresh token in form. */
MUST_USE
bool refresh_read(struct str text, struct refresh *out);

/* SHA-256 over the parts, each behind its length, so that nothing moves from one into the next. */
void digest_parts(const struct str *parts, size_t n, char out[DIGEST_TEXT]);

#endif
