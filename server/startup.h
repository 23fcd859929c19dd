/*
 * startup.h - what must be true before the service opens its door. The only place where the service
 * blocks.
 */
#ifndef SWITCHBACK_SERVER_STARTUP_H
#define SWITCHBACK_SERVER_STARTUP_H

#include "shared/err.h"
#include "shared/settings.h"

/* The database answers (a server that is just starting is waited for, 10 s), its schema is this
 * program's, its role owns nothing and cannot bypass row security, and what it calls committed is
 * on disk. One sentence otherwise, which says what to do. */
MUST_USE
bool startup_checked(const struct settings *s, struct err *err);

/* Raises the number of descriptors that this process may hold to what it is allowed, and returns
 * it. */
unsigned startup_descriptors(void);

#endif
