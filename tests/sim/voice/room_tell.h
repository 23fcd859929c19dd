/*
 * room_tell.h - what is told of a conference, between room.c and room_tell.c.
 */
#ifndef SWITCHBACK_TESTS_SIM_VOICE_ROOM_TELL_H
#define SWITCHBACK_TESTS_SIM_VOICE_ROOM_TELL_H

#include "tests/sim/voice/room.h"

/* `about` is NULL for what concerns the room; failure is why an announcement failed, or NULL. */
void sim_room_tell(struct sim_room *r, unsigned event, const char *word,
		   const struct sim_member *about, const char *failure);
void sim_room_tell_left(struct sim_room *r, const struct sim_member *m, enum sim_left why);
void sim_room_tell_end(struct sim_room *r);

#endif
