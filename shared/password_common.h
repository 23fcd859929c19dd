/*
 * password_common.h - the passwords that guessing programs try first.
 */
#ifndef SWITCHBACK_SHARED_PASSWORD_COMMON_H
#define SWITCHBACK_SHARED_PASSWORD_COMMON_H

#include "shared/str.h"

/* p is a well-known word (or one of `words`) dressed up with digits, signs, capitals or look-alikes
 * (P@ssw0rd1234!), the same thing over and over, a run of neighbours (123456789012, qwertyuiop12),
 * or several well-known words in a row. */
bool password_is_common(struct str p, const char *const *words, size_t words_n);

#endif
