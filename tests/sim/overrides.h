/*
 * overrides.h - how a webhook is fetched: Twilio's defaults and what a URL's fragment changes
 * (twilio.md 1.2): #ct=1000&rt=5000&tt=9000&rc=2&rp=5xx,ct.
 */
#ifndef SWITCHBACK_TESTS_SIM_OVERRIDES_H
#define SWITCHBACK_TESTS_SIM_OVERRIDES_H

#include "shared/str.h"

enum sim_retry_on {
	SIM_RETRY_4XX = 1 << 0,
	SIM_RETRY_5XX = 1 << 1,
	SIM_RETRY_CONNECT = 1 << 2,
	SIM_RETRY_READ = 1 << 3,
	SIM_RETRY_ALL = 15,
};

struct sim_overrides {
	unsigned connect_ms; /* ct: 5000 */
	unsigned read_ms;    /* rt: 15000 */
	unsigned total_ms;   /* tt: 15000, over all attempts */
	unsigned retries;    /* rc: 1 */
	unsigned retry_on;   /* rp: enum sim_retry_on; SIM_RETRY_CONNECT */
};

/* Reads the fragment of `url`. An unknown key or a value out of range is left at its default, as
 * Twilio does, and counted in *ignored (may be NULL). */
void sim_overrides_read(struct str url, struct sim_overrides *out, unsigned *ignored);

#endif
