/*
 * call_api.h - calls, conferences and their participants in Twilio's REST API (twilio.md 8.1, 8.2,
 * 8.3 and 8.6): requests built and answers read. Nothing is sent here.
 *
 * SIDs and the account are checked by whoever took them from outside (else a BUG). Answers come
 * from outside and are read as rest.h says. Requests to change what is there are safe to repeat; a
 * create is not: look at the list first (8.5).
 */
#ifndef SWITCHBACK_SERVER_TWILIO_CALL_API_H
#define SWITCHBACK_SERVER_TWILIO_CALL_API_H

#include "server/twilio/rest.h"

struct call_request {
	const char *method, *url;
	struct str body; /* a form; {NULL, 0}: none */
};

/* ---- calls ---- */

enum call_machine {
	MACHINE_NOT_ASKED,
	MACHINE_ENABLE,  /* the document is asked for with AnsweredBy, at once when it is known */
	MACHINE_MESSAGE, /* ... and for a machine only after its greeting's end */
};

struct call_create {
	struct str to, from;
	const char *url;             /* of the first document */
	const char *fallback_url;    /* NULL: none */
	const char *status_callback; /* told of initiated, ringing, answered and completed */
	unsigned ring_s;             /* 5 to 600 */
	enum call_machine machine;
};

/* POST .../Calls.json */
void call_create_request(struct arena *a, const char *base, struct str account_sid,
			 const struct call_create *c, struct call_request *out);

/* POST .../Calls/{CA}.json: goes on with the document at `url`, or with this document; ends. */
void call_redirect_request(struct arena *a, const char *base, struct str account_sid,
			   struct str call_sid, const char *url, const char *fallback_url,
			   struct call_request *out);
void call_document_request(struct arena *a, const char *base, struct str account_sid,
			   struct str call_sid, struct str twiml, struct call_request *out);
void call_end_request(struct arena *a, const char *base, struct str account_sid,
		      struct str call_sid, struct call_request *out);

/* GET .../Calls/{CA}.json */
void call_fetch_request(struct arena *a, const char *base, struct str account_sid,
			struct str call_sid, struct call_request *out);

/* GET .../Calls.json: calls from us to this number, newest first; page_size at most 1000. Not
 * filtered by StartTime: a call that the carrier still queues has none, and would be missing. */
void call_list_request(struct arena *a, const char *base, struct str account_sid, struct str from,
		       struct str to, unsigned page_size, struct call_request *out);

struct call_resource {
	struct str sid;    /* a checked CA... SID */
	struct str status; /* the carrier's word */
	struct str from, to, direction, answered_by;
	int64_t created_us; /* date_created; 0: absent */
};

/* The answer of a create, an update or a fetch. False: it is no such JSON. */
MUST_USE
bool call_read(struct arena *a, struct str json, struct call_resource *out);

struct call_page {
	struct call_resource *calls;
	size_t n;
	bool more; /* there is a next page */
};

MUST_USE
bool call_page_read(struct arena *a, struct str json, struct call_page *out);

/* Our word for the carrier's status of a call: queued, ringing, in_progress, completed, busy,
 * no_answer, canceled, failed (call_sessions.state). NULL: no word that we know. */
const char *call_state_word(struct str status);
/* Nothing can follow it. */
bool call_state_ends(const char *state);

/* ---- rooms ---- */

/* GET .../Conferences.json: those in progress of that name. */
void room_find_request(struct arena *a, const char *base, struct str account_sid, struct str name,
		       struct call_request *out);
/* The SID of the first one; *found says whether there is one. False: it is no such JSON. */
MUST_USE
bool room_found_read(struct arena *a, struct str json, struct str *sid, bool *found);

/* POST .../Conferences/{CF}.json: everybody out. */
void room_end_request(struct arena *a, const char *base, struct str account_sid,
		      struct str conference_sid, struct call_request *out);

struct participant_add {
	struct str from, to;
	const char *status_callback;
	unsigned ring_s;
	bool muted, end_on_exit;
};

/* POST .../Participants.json: dials somebody into the room. `room` is its SID or name. */
void participant_add_request(struct arena *a, const char *base, struct str account_sid,
			     struct str room, const struct participant_add *p,
			     struct call_request *out);

enum participant_change {
	PARTICIPANT_MUTE,
	PARTICIPANT_UNMUTE,
	PARTICIPANT_HOLD, /* hears `url` instead of the room */
	PARTICIPANT_UNHOLD,
	PARTICIPANT_ANNOUNCE, /* hears `url` once, alone */
	PARTICIPANT_COACH,    /* is heard by participant `url` (its CallSid) alone */
	PARTICIPANT_UNCOACH,
	PARTICIPANT_STAY, /* the room does not end with them */
};

/* POST .../Participants/{CA}.json. `url` as the change says, else NULL. */
void participant_change_request(struct arena *a, const char *base, struct str account_sid,
				struct str conference_sid, struct str call_sid,
				enum participant_change change, const char *url,
				struct call_request *out);
/* DELETE .../Participants/{CA}.json: out of the room; the call goes on with its document. */
void participant_kick_request(struct arena *a, const char *base, struct str account_sid,
			      struct str conference_sid, struct str call_sid,
			      struct call_request *out);
/* GET .../Participants.json: who is in the room. */
void participant_list_request(struct arena *a, const char *base, struct str account_sid,
			      struct str conference_sid, struct call_request *out);

struct participant {
	struct str call_sid; /* checked */
	bool muted, hold;
};

struct participant_page {
	struct participant *participants;
	size_t n;
};

MUST_USE
bool participant_page_read(struct arena *a, struct str json, struct participant_page *out);

/* ---- what an answer means ---- */

enum call_verdict {
	CALL_DONE,
	CALL_GONE, /* 20404, 21220, 404: no such call, or not in progress. Not in progress is also
		    * one that still rings: look at it before believing that it is over */
	CALL_NOT_DONE, /* 429: surely not taken, ask again */
	CALL_UNKNOWN,  /* 5xx, 408: may have been done */
	CALL_REFUSED,  /* this number cannot be called, this account may not: staff must know */
	CALL_BUG,      /* we asked wrongly: an operator must know */
};

/* Of a whole answer. *code is the carrier's error code, 0 where it gave none. */
enum call_verdict call_verdict(struct arena *a, int status, struct str body, int *code);

#endif
