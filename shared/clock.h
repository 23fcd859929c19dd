/*
 * clock.h - "now". Wall time is for people, retention and tokens; the monotonic clock is for
 * deadlines (security: timers never use wall time). Replaceable in tests: one of the two fakes that
 * we allow.
 */
#ifndef SWITCHBACK_SHARED_CLOCK_H
#define SWITCHBACK_SHARED_CLOCK_H

#include "shared/base.h"

/* Microseconds since 1970-01-01 00:00 UTC. */
int64_t clock_wall_us(void);
/* Milliseconds and microseconds of the monotonic clock. */
int64_t clock_mono_ms(void);
int64_t clock_mono_us(void);

/* Tests only: wall time stands still at this instant; 0 lets it go again. */
void clock_stop_at_us(int64_t wall_us);

/* RFC 3339 in UTC with milliseconds, "2026-11-22T17:05:09.123Z"; out has room for CLOCK_TEXT bytes.
 */
#define CLOCK_TEXT 32
void clock_text(int64_t wall_us, char out[CLOCK_TEXT]);

/* Reads RFC 3339 ("2026-11-22T12:05:09.5-05:00", or with Z) or PostgreSQL's ISO output. */
MUST_USE
bool clock_parse(const char *text, int64_t *wall_us);

#endif
