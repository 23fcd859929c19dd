/*
 * phone_call.h - the handset's calls. One is on at most: the one that we placed or have taken; what
 * is typed is spoken there. Another may ring meanwhile.
 */
#ifndef SWITCHBACK_TESTS_SIM_PHONE_CALL_H
#define SWITCHBACK_TESTS_SIM_PHONE_CALL_H

#include "tests/sim/phone_model.h"

bool phone_call_is_over(const struct phone_call *c);

/* The one that is on, NULL if none. */
struct phone_call *phone_call_on(struct phone *p);
/* The one that rings here and waits for an answer, NULL if none. */
struct phone_call *phone_call_ringing(struct phone *p);
/* The one that ended last and has not been put away, NULL if none. */
const struct phone_call *phone_call_ended(const struct phone *p);
/* Seconds that c has been connected, or was. */
int phone_call_seconds(const struct phone *p, const struct phone_call *c);

/* What the line tells of a call. */
void phone_call_update(struct phone *p, const struct phone_call *c);
/* Puts away those that are over. */
void phone_call_put_away(struct phone *p);

#endif
