/*
 * password.h - staff passwords: which are taken, and bcrypt ($2b$, libxcrypt).
 *
 * 12 characters to 72 bytes (bcrypt reads no further: longer ones are refused, never cut), no rules
 * of composition, and none that everybody tries first. Hashing takes a quarter of a second at cost
 * 12: the service does it off the loop.
 */
#ifndef SWITCHBACK_SHARED_PASSWORD_H
#define SWITCHBACK_SHARED_PASSWORD_H

#include "shared/err.h"
#include "shared/str.h"

#define PASSWORD_CHARACTERS_MIN 12
#define PASSWORD_BYTES_MAX      72
#define PASSWORD_HASH_MAX       64

/* May p be somebody's password? `words` are what an attacker knows about the account (e-mail,
 * store): one of them with nothing but digits and signs around it is refused too. */
MUST_USE
bool password_acceptable(struct str p, const char *const *words, size_t words_n, struct err *err);

/* p ends in NUL. rounds is 4 to 31. */
void password_hash(const char *p, int rounds, char out[PASSWORD_HASH_MAX]);

/* Whether p is the password of that hash; the same time for every p of a length. A hash that is
 * none of ours matches nothing. */
bool password_matches(const char *p, const char *hash);

/* The cost of a hash, 0 when it is none of ours: a lower one is renewed at the next sign-in. */
int password_rounds(const char *hash);

#endif
