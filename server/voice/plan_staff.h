/*
 * plan_staff.h - documents of a takeover by phone: what a staff phone hears, the room that caller
 * and staff meet in, and what one hears who waits there (twilio.md 4.2 to 4.7; docs/calls.md,
 * Takeover). Pure, as plan.h.
 *
 * A room begins when two are in it, and until then nobody in it is heard: so a colleague who has
 * pressed 1 may go in at once, and is heard by the caller only when the caller's leg has left the
 * agent for the room. It ends with the caller's leg, and with nobody else's.
 */
#ifndef SWITCHBACK_SERVER_VOICE_PLAN_STAFF_H
#define SWITCHBACK_SERVER_VOICE_PLAN_STAFF_H

#include "server/store/call.h"
#include "server/twilio/twiml.h"

/* The document of a staff leg: facts->phone says which. Nothing of the customer's is said before a
 * person has answered. */
MUST_USE
bool plan_staff(struct buf *out, const struct call_facts *f, const char *public_url);

/* The customer's leg goes into the room; what is said in it is written down where the store wants
 * it. */
void plan_room(struct twiml *t, const struct call_facts *f, const char *public_url);
/* ... and is not in it any more. */
void plan_room_left(struct twiml *t);

/* What is heard on hold (`words`: first a sentence), or by who waits in a room: a sound, for ever.
 */
MUST_USE
bool plan_hold(struct buf *out, const char *public_url, enum language l, bool words);
#define PLAN_HOLD_SOUND "/api/audio/hold.wav"

#endif
