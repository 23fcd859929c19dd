/*
 * sids.h - identifiers in Twilio's shape: two capitals and 32 lower-case hex digits
 * (twilio.md 1.5).
 */
#ifndef SWITCHBACK_TESTS_SIM_SIDS_H
#define SWITCHBACK_TESTS_SIM_SIDS_H

#include "shared/str.h"

#define SIM_SID 35

/* A new random one: sim_sid_new("SM", sid). */
void sim_sid_new(const char prefix[2], char out[SIM_SID]);
/* The same one each time for the same text: a number keeps its SID over restarts. */
void sim_sid_of(const char prefix[2], struct str text, char out[SIM_SID]);
/* Has that prefix and shape; hex in either case, as the contract's patterns say. */
bool sim_sid_valid(const char prefix[2], struct str s);
/* n random bytes as 2n lower-case hex digits and a NUL. */
void sim_random_hex(size_t n, char *out);

#endif
