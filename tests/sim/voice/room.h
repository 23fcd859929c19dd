/*
 * room.h - conferences: who is in, who hears whom, and what is told of it (twilio.md 4.4). A room
 * lives until its last member has left, and is kept for a while as a record.
 */
#ifndef SWITCHBACK_TESTS_SIM_VOICE_ROOM_H
#define SWITCHBACK_TESTS_SIM_VOICE_ROOM_H

#include "tests/sim/voice/leg.h"
#include "tests/sim/voice/music.h"
#include "tests/sim/voice/tree.h"

#define SIM_ROOMS_MAX 500 /* records */
#define SIM_ROOM_NAME 160
#define SIM_LABEL     130

enum sim_room_status { SIM_ROOM_INIT, SIM_ROOM_IN_PROGRESS, SIM_ROOM_COMPLETED };
const char *sim_room_status_word(enum sim_room_status s);

/* Why somebody left. */
enum sim_left {
	SIM_LEFT_HUNG_UP,
	SIM_LEFT_UPDATED,   /* their call was redirected */
	SIM_LEFT_MODERATOR, /* somebody left whose leaving ends it */
	SIM_LEFT_API,       /* it was ended through the API */
	SIM_LEFT_KICKED,
	SIM_LEFT_FAILED, /* never came in */
};

/* Events that can be asked for: bits. */
enum {
	SIM_ROOM_START = 1,
	SIM_ROOM_END = 2,
	SIM_ROOM_JOIN = 4,
	SIM_ROOM_LEAVE = 8,
	SIM_ROOM_MUTE = 16,
	SIM_ROOM_HOLD = 32,
	SIM_ROOM_MODIFY = 64,
	SIM_ROOM_SPEAKER = 128,
	SIM_ROOM_ANNOUNCEMENT = 256,
};
unsigned sim_room_events_of(struct str text); /* between blanks */

struct sim_room {
	struct sim_room *next;
	struct sim *sim;
	unsigned account;
	char sid[SIM_SID], name[SIM_ROOM_NAME];
	enum sim_room_status status;
	struct sim_member *members; /* in the order in which they came */
	char *callback;             /* of the first who came in; NULL: nobody is told */
	bool callback_get, callback_set;
	unsigned events, sequence;
	const char *reason;   /* why it ended */
	char ending[SIM_SID]; /* the call that ended it, "" if none */
	char ending_label[SIM_LABEL];
	int64_t created_us, updated_us, max;
};

struct sim_member {
	struct sim_member *next;
	struct sim_room *room;
	struct sim_leg *leg;
	char label[SIM_LABEL], coached[SIM_SID];
	bool joined, muted, hold, coaching, starts, ends, beep_on_exit;
	bool met;       /* could be heard, once: who is silent after that is so by themselves */
	char *wait_url; /* NULL: Twilio's own music; "": silence */
	bool wait_get;
	struct sim_music *music, *announcement;
	int64_t created_us, updated_us;
	void (*left)(void *with);
	void *with;
};

struct sim_join {
	struct str name, label, coached, wait_url, callback;
	bool wait_url_set, wait_get, callback_get;
	bool muted, starts, ends, coaching;
	unsigned events;
	int64_t max;
	void (*left)(void *with); /* told when somebody else ends it for them */
	void *with;
};

/* Comes in; NULL when it may not (label taken, room full, nobody to coach): code gets the error. */
struct sim_member *sim_room_enter(struct sim_leg *leg, const struct sim_join *j, int *code);
/* Is called, and will come in (sim_room_arrive) or not (sim_room_leave). */
struct sim_member *sim_room_expect(struct sim_leg *leg, const struct sim_join *j, int *code);
void sim_room_arrive(struct sim_leg *leg);
/* Leaves, if it is in one; `left` is not told of what it does itself. */
void sim_room_leave(struct sim_leg *leg, enum sim_left why);
void sim_room_end(struct sim_room *r, const char *reason, enum sim_left why,
		  const struct sim_member *by);

void sim_member_mute(struct sim_member *m, bool muted);
void sim_member_hold(struct sim_member *m, bool hold, struct str url, bool get);
void sim_member_modified(struct sim_member *m);
void sim_member_announce(struct sim_member *m, struct str url, bool get);

/* The person at this leg begins a sentence: whoever is with them hears it. */
void sim_room_said(struct sim_leg *leg, struct str words);
/* Somebody is with them who could answer: who came muted and still is, is not there yet. */
bool sim_room_company(const struct sim_leg *leg);

/* By SID, or the one of that name that is not over; NULL when there is none. */
struct sim_room *sim_room_find(const struct sim *s, unsigned account, struct str name);
/* By the call's SID or by label. */
struct sim_member *sim_member_find(const struct sim_room *r, struct str name);
void sim_rooms_free(struct sim *s);
void sim_rooms_forget(struct sim *s);

#endif
