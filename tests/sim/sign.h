/*
 * sign.h - X-Twilio-Signature, written a second time from the description alone (twilio.md 7.1), so
 * that a mistake in the service's own verifier cannot hide behind a shared one.
 */
#ifndef SWITCHBACK_TESTS_SIM_SIGN_H
#define SWITCHBACK_TESTS_SIM_SIGN_H

#include "tests/sim/pairs.h"

#define SIM_SIGNATURE 32 /* 28 characters and a NUL, with room */

/* The signature of a request to `url` as it was configured: user:password@ and #fragment are
 * dropped, nothing else is touched. `form` is NULL for a GET: its parameters are in the URL. */
void sim_sign(struct str token, struct str url, const struct sim_pairs *form,
	      char out[SIM_SIGNATURE]);

/* What is signed, as text; for tests and for people who look for the difference. */
void sim_sign_text(struct str url, const struct sim_pairs *form, struct buf *out);

#endif
