/*
 * dial.h - calls that go out: from the queue to the answer, for <Dial>, for the API and for a
 * conference's participants.
 */
#ifndef SWITCHBACK_TESTS_SIM_VOICE_DIAL_H
#define SWITCHBACK_TESTS_SIM_VOICE_DIAL_H

#include "tests/sim/voice/leg.h"

/* Queued, then initiated, then ringing for `ring_s` seconds (Twilio adds up to five), with what the
 * phone does. `wait_ms` is what it waits in the queue. */
void sim_dial_out(struct sim_leg *leg, unsigned wait_ms, unsigned ring_s);
/* A call that cannot even ring: failed, but not inside this call. */
void sim_dial_fail_soon(struct sim_leg *leg);
/* Ends the call when it has lasted this long. */
void sim_dial_limit(struct sim_leg *leg, unsigned seconds);
/* Both hear each other from here on; the link ends with either call or sim_dial_part. */
void sim_dial_bridge(struct sim_leg *a, struct sim_leg *b);
void sim_dial_part(struct sim_leg *leg);
/* How long the next call of an account waits in the queue: one a second by default. */
unsigned sim_dial_queue_ms(struct sim *s);

#endif
