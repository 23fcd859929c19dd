/*
 * person.h - the one at the phone: takes a call or does not, speaks by typing, presses digits,
 * hangs up. Also what phones do by themselves when they ring.
 */
#ifndef SWITCHBACK_TESTS_SIM_VOICE_PERSON_H
#define SWITCHBACK_TESTS_SIM_VOICE_PERSON_H

#include "tests/sim/voice/leg.h"

enum sim_ring_kind {
	SIM_RINGS_ANSWERED, /* after some time (the line's answer-ms) */
	SIM_RINGS_BY_HAND,  /* until somebody answers or declines at the handset */
	SIM_RINGS_BUSY,
	SIM_RINGS_DECLINED, /* after some time */
	SIM_RINGS_ON,       /* nobody answers */
	SIM_RINGS_FAILED,   /* no such number */
	SIM_RINGS_MACHINE,  /* an answering machine, after some time */
};

struct sim_ring {
	enum sim_ring_kind kind;
	unsigned ms; /* 0: the line's answer-ms */
};

/* "answered", "by hand", "busy", "declined", "on", "failed", "machine"; behind it "after 2s". */
MUST_USE
bool sim_ring_parse(struct str words, struct sim_ring *out);
void sim_ring_words(struct sim_ring r, char out[40]);
struct sim_ring sim_ring_of(const struct sim *s, struct str phone);
bool sim_ring_set(struct sim *s, struct str phone, struct sim_ring r);
void sim_ring_help(struct buf *out);

/* Lets the phone of this leg ring, for `ms` at most; what becomes of it ends or answers the leg. */
void sim_person_ring(struct sim_leg *leg, unsigned ms);

/* The person's own doing; false with a sentence when it makes no sense now. */
MUST_USE
bool sim_person_answer(struct sim_leg *leg, struct err *err);
MUST_USE
bool sim_person_decline(struct sim_leg *leg, struct err *err);
MUST_USE
bool sim_person_hang_up(struct sim_leg *leg, struct err *err);
/* Speaks: behind what they say already. */
MUST_USE
bool sim_person_say(struct sim_leg *leg, struct str words, struct err *err);
MUST_USE
bool sim_person_press(struct sim_leg *leg, struct str digits, struct err *err);

/* Places a call to one of the line's numbers. */
struct sim_leg *sim_person_call(struct sim *s, struct str from, struct str to, struct err *err);

#endif
