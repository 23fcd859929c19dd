/*
 * stream.h - the media stream of a bridged call in the database: schema/functions/call_stream.sql.
 */
#ifndef SWITCHBACK_SERVER_STORE_STREAM_H
#define SWITCHBACK_SERVER_STORE_STREAM_H

#include "server/db/db.h"
#include "server/store/caller.h"

struct stream_shown { /* by the stream, when it begins */
	struct str call_sid, stream_sid;
	unsigned char hash[32]; /* of its token */
};

/* Everything in the flow's arena. */
struct stream_begun {
	bool known; /* false: refused */
	char organization[ID_TEXT], conversation[ID_TEXT], call[ID_TEXT];
	char customer[ID_TEXT]; /* "": nobody whom we know */
	int64_t epoch;
	enum language language, store_language;
	struct str peer, store_number;
	struct str agent;      /* the store's or its number's own; empty: the platform's */
	struct str key_sealed; /* of the store's own account at ElevenLabs, bytea as text; empty */
	struct str account;    /* the store's own at Twilio; empty: the platform's */
	bool continued;        /* the agent or a person has spoken on this call before */
	int64_t last_event;    /* all of this was true at that number */
	struct caller caller;
};

void stream_begin(struct flow *f, struct db *db, const struct stream_shown *s,
		  struct stream_begun *out);

enum wish_outcome {
	WISH_OVER,      /* the agent does not speak there any more */
	WISH_ASKED,     /* somebody is here and has been asked */
	WISH_PROMISED,  /* nobody is here: they will call back */
	WISH_VOICEMAIL, /* nobody is here and the number cannot be called: to the tone */
	WISH_ALREADY,   /* a person was asked for before */
};

struct stream_wish {
	const char *organization, *call;
	int64_t epoch;
	const char *reason; /* key_zero, human_request */
	struct str text;    /* why, in the agent's words; may be empty */
	struct str say;     /* the promise of a call back, and when */
	int64_t due_us;
};

struct stream_wished {
	enum wish_outcome outcome;
	int64_t due_us; /* of what is promised; 0: nothing */
};

void stream_wish(struct flow *f, struct db *db, const struct stream_wish *w,
		 struct stream_wished *out);

/* The store as the promise needs it. */
void stream_store(struct flow *f, struct db *db, const char *organization, struct store *out);

/* The bridge of this call has come to its end: `why` is done (the agent ended the call) or failed.
 */
void stream_over(struct flow *f, struct db *db, const char *organization, const char *call,
		 const char *why);

#endif
