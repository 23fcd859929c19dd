/*
 * call.h - a call in the database: what each request of the carrier's about it tells, and the facts
 * that its answer is made from (schema/functions/call.sql, call_turn.sql; docs/calls.md).
 *
 * One request is one call of call_in or call_hook; where the agent has to answer first, the facts
 * hold its turn, and call_answer stores what it decided and gives the facts of the document.
 */
#ifndef SWITCHBACK_SERVER_STORE_CALL_H
#define SWITCHBACK_SERVER_STORE_CALL_H

#include "server/db/db.h"
#include "server/store/turn.h"

/* What the caller is connected to; docs/calls.md has the table. */
enum call_stage {
	CALL_RINGING,
	CALL_BRIDGE,
	CALL_BUILTIN,
	CALL_TYPING,
	CALL_CONFERENCE,
	CALL_VOICEMAIL,
	CALL_NATIVE,
	CALL_ENDED,
};

/* "bridge"; and the stage of a word, CALL_ENDED for any that is none. */
const char *call_stage_word(enum call_stage s);
enum call_stage call_stage_parse(struct str word);

#define CALL_LINES_MAX 50

struct call_line {
	struct str body;
	enum language language; /* unknown: the call's */
};

/* What the agent must answer before there is a document (call_turn). */
struct call_turn {
	bool wanted;
	struct turn_context context; /* of agent/: found, epoch, answered_to, in, store, messages */
	const char *wish;            /* unheard | waited; NULL: an answer to what was said */
	int misses;
};

/* What a staff phone hears (call_staff_document). */
enum staff_plan {
	STAFF_SILENCE, /* nothing, and the call ends: an answering machine */
	STAFF_BRIEF,   /* who, why, what was said; 1 or 2 */
	STAFF_ROOM,    /* the caller */
	STAFF_GONE,    /* a sentence and the end: the caller hung up, as the next */
	STAFF_DECLINED,
	STAFF_NO_KEY,
	STAFF_WITHDRAWN,
	STAFF_HANDED_BACK,
	STAFF_TYPING,
	STAFF_OVER,
};

struct call_staff {
	enum staff_plan plan;
	char parent[ID_TEXT]; /* the customer's leg */
	bool muted;
	bool ends; /* the room is over when they leave it: nobody else of the staff is in it */
	/* of the brief */
	bool first;                /* else it was read to them already */
	struct str who;            /* the caller's name; empty: not known */
	struct str from_name;      /* whose call it is, who hands it over; empty: nobody's */
	struct str reason;         /* of the request for a person; empty: there is none */
	struct call_line words[2]; /* what the caller said last */
	size_t words_n;
};

/* Everything lives in the flow's arena. */
struct call_facts {
	bool known; /* false: nobody's call, or another store's; nothing else is set */
	char organization[ID_TEXT], conversation[ID_TEXT], call[ID_TEXT];
	bool goes_on;         /* no document of its own: the next one is to be asked for */
	bool staff, outbound; /* a staff phone's leg; a call that we placed */
	struct str sid;
	enum call_stage stage;
	int64_t stage_number, document, epoch; /* document: 0 when there is none in this answer */
	bool held_by_staff;
	struct str holder_name;
	enum language language; /* to speak now: en or fr */
	bool language_chosen;
	struct str store_name, store_number;
	struct str fallback_number; /* of the called number; empty: none */
	bool reachable;             /* the caller's number can be called back */
	int misses;                 /* how often nothing was heard, since something was */
	int bridge_failures;
	bool awaited; /* a person was asked for and is still to come */
	bool waiting; /* the caller has said something that nobody has answered yet */
	bool arrived; /* none of this stage's documents was surely played; not the call's first */
	bool over;    /* the carrier has said that the leg is over */
	bool message_taken; /* a recording of the caller's is there */
	bool on_hold, muted;
	struct str room;
	bool recording;    /* the consent line was said */
	bool transcribe;   /* what is said in a room is to be written down */
	bool transcribing; /* ... and is: it ends with the first document of another stage */
	struct call_line lines[CALL_LINES_MAX]; /* to be spoken first, in this order */
	size_t lines_n;
	struct call_turn turn;
	struct call_staff phone; /* of a staff leg's document */
	struct str json; /* the whole answer: what the hooks of others added is read from here */
};

/* What a request tells. Every text is valid UTF-8 without NUL; an empty view is not told. */
struct call_told {
	const char *door;     /* the path's last part: "gather"; docs/calls.md */
	struct str call;      /* `c` of the URL, checked to be a uuid */
	int64_t document;     /* `d` of the URL: 0 none */
	struct str sid;       /* CallSid */
	struct str account;   /* AccountSid, proved */
	const char *expected; /* the organization whose own account signed, or NULL */
	bool answered;        /* with a document */
	const char *status;   /* where the leg is, in our words (call_sessions.state); or NULL */
	int64_t sequence;     /* of a status callback; -1 none */
	int64_t seconds;      /* of the call, when it is over; -1 not told */
	struct str words, confidence, digits;    /* gather */
	struct str stream_sid;                   /* stream */
	struct str recording_sid, recording_url; /* voicemail, recording */
	int64_t recorded_seconds;                /* -1: not told */
	const char *form; /* JSON of the other parameters, by their own names; or NULL */
	/* for the document */
	bool has_agent, has_key;       /* the service's own at ElevenLabs */
	unsigned char stream_hash[32]; /* SHA-256 of the stream's token */
};

/* A call that comes in, by the first request about it (or the fallback's): begun once. */
struct call_arrival {
	struct str to, from;
	const char *sender;      /* e164 | short | withheld | odd */
	const char *attestation; /* A | B | C, or NULL */
	const char *words;       /* JSON of the greeting: hello, other, ask, each {en, fr}
				    (voice/sentences) */
};

/* All may be asked again when the database goes away meanwhile: told twice is kept once. */
void call_in(struct flow *f, struct db *db, const struct call_arrival *a, const struct call_told *t,
	     struct call_facts *out);
void call_hook(struct flow *f, struct db *db, const struct call_told *t, struct call_facts *out);

/* What the agent decided in the turn of `facts`. */
struct call_said {
	const struct agent_out *out;
	const char *redact; /* JSON: message id -> new body; or NULL */
};
/* Stores it (once, and only while the agent holds the call under the turn's epoch); t->answered
 * asks for the document. `out` may not be `facts`. */
void call_answer(struct flow *f, struct db *db, const struct call_facts *facts,
		 const struct call_said *s, const struct call_told *t, struct call_facts *out);

#endif
