/*
 * leg.h - a call as Twilio sees it: one phone and the document that runs on it. What Twilio's API
 * calls a Call is one leg; a <Dial> or a participant makes further ones (parent and child).
 *
 *   leg      its life: states, who is told of them, the end
 *   person   the one at the phone: answers, speaks by typing, presses digits, hangs up
 *   run      its document, verb by verb; at most one verb waits at a time (an act)
 *   lines    what the person has heard and said, as text
 *
 * A leg lives in sim->legs until SIM_LEGS_MAX newer ones have come and it is over.
 */
#ifndef SWITCHBACK_TESTS_SIM_VOICE_LEG_H
#define SWITCHBACK_TESTS_SIM_VOICE_LEG_H

#include "tests/sim/hook.h"
#include "tests/sim/voice/lines.h"
#include "tests/sim/voice/timer.h"

#define SIM_LEGS_MAX 2000
#define SIM_PARTY    64 /* room for a number or what stands in its place */

enum sim_leg_status {
	SIM_LEG_QUEUED,
	SIM_LEG_RINGING,
	SIM_LEG_IN_PROGRESS,
	SIM_LEG_COMPLETED, /* from here on it is over */
	SIM_LEG_BUSY,
	SIM_LEG_FAILED,
	SIM_LEG_NO_ANSWER,
	SIM_LEG_CANCELED,
};
const char *sim_leg_status_word(enum sim_leg_status s);

enum sim_leg_direction { SIM_LEG_INBOUND, SIM_LEG_OUTBOUND_API, SIM_LEG_OUTBOUND_DIAL };
const char *sim_leg_direction_word(enum sim_leg_direction d);

/* Events of a call that can be asked for. */
enum { SIM_INITIATED = 1, SIM_RANG = 2, SIM_ANSWERED = 4, SIM_ENDED = 8 };
/* "ringing", "answered" ...; 0 for what is none. */
unsigned sim_leg_event_of(struct str word);

struct sim_told {  /* who is told of a call's states */
	char *url; /* owned; NULL: nobody */
	bool get;
	unsigned events, sequence;
};

struct sim_act;
struct sim_program;
struct sim_stream;
struct sim_scribe;
struct sim_member;
struct sim_leg;

struct sim_leg {
	struct sim_leg *next; /* the one before it */
	struct sim *sim;
	char sid[SIM_SID], parent[SIM_SID];
	unsigned account;
	enum sim_leg_direction direction;
	enum sim_leg_status status;
	char from[SIM_PARTY], to[SIM_PARTY];
	char answered_by[24]; /* human, machine_start ...; "" when nobody asked */
	int64_t created_us, updated_us, started_us, answered_us, ended_us; /* wall; 0: not yet */
	unsigned queued_ms, ring_s;
	int sip;   /* the code of its end, 0 if none */
	int rings; /* enum sim_ring_kind: what its phone does when the timer is due */
	uint64_t version;
	struct sim_told told;
	/* Where it goes when a document cannot be had, that of the call itself or a later one: what
	 * its number, or whoever placed or moved it, has set. Owned; NULL: nowhere. */
	char *fallback;
	bool fallback_get;

	struct sim_program *program;
	struct sim_act *act;
	uint64_t turn;  /* of its documents: a late answer to an earlier one is dropped */
	unsigned hooks; /* that will come back to it */
	unsigned documents;
	bool advised; /* it runs what a <Number url> says, before it is bridged */
	struct sim_timer *timer, *limit;

	struct sim_lines lines;
	struct sim_talk talk;
	struct sim_quiet quiet;
	struct sim_stream *streams; /* media streams (stream.h) */
	struct sim_scribe *scribes; /* real-time transcriptions (scribe.h) */
	struct sim_member *member;  /* in a conference (room.h) */
	struct sim_leg *bridged;    /* the leg that it talks with, NULL if none */

	/* Whoever made it is told once it was answered and once it is over. */
	void (*answered)(void *with, struct sim_leg *leg);
	void (*ended)(void *with, struct sim_leg *leg);
	/* Its document has come to its end; instead of hanging up. */
	void (*ran_out)(void *with, struct sim_leg *leg);
	void *with;
};

/* The phone of a person at this leg, and the store's number. */
struct str sim_leg_phone(const struct sim_leg *leg);
struct str sim_leg_store(const struct sim_leg *leg);
bool sim_leg_is_over(const struct sim_leg *leg);
/* NULL when it is unknown. */
struct sim_leg *sim_leg_find(const struct sim *s, struct str sid);
/* The newest one of that phone that is not over, NULL if none. */
struct sim_leg *sim_leg_of_phone(const struct sim *s, struct str phone);

/* ---- its life ---- */

/* A new one, queued. */
struct sim_leg *sim_leg_new(struct sim *s, unsigned account, enum sim_leg_direction d,
			    struct str from, struct str to);
/* Something of it changed that a watcher may want to see. */
void sim_leg_changed(struct sim_leg *leg);
/* Answered: in progress from here on. Once; later calls do nothing. */
void sim_leg_answer(struct sim_leg *leg);
/* Over, whatever ran. Later calls do nothing. */
void sim_leg_end(struct sim_leg *leg, enum sim_leg_status how, int sip);
/* Ends what lasts: completed, or canceled when nobody had answered. */
void sim_leg_hang_up(struct sim_leg *leg);
/* Tells of an event, if anybody asked for it. */
void sim_leg_tell(struct sim_leg *leg, unsigned event);
void sim_leg_told_set(struct sim_told *t, struct str url, bool get, unsigned events);
/* "Url=...", "StatusCallback" and so on as Twilio would call it from this leg. */
void sim_leg_params(const struct sim_leg *leg, struct arena *a, struct sim_pairs *p);
/* Tells url about this leg, with these parameters behind the usual ones; nothing comes of it. */
void sim_leg_notify(struct sim_leg *leg, struct str url, bool get, const struct sim_pairs *more);

/* Ends all of them, quietly: the line is closing. Frees them with sim_legs_free. */
void sim_legs_drop(struct sim *s);
void sim_legs_free(struct sim *s);
void sim_legs_forget(struct sim *s);

#endif
