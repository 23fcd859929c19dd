/*
 * texts.h - every message that the practice line has carried, in both directions: the carrier's
 * record and what the handset shows. Bounded: the oldest go first.
 *
 * A text is changed only through sim_text_changed(), which gives it a new version number; whoever
 * waits for news (a handset, a script) compares versions and is told through the one listener.
 */
#ifndef SWITCHBACK_TESTS_SIM_TEXTS_H
#define SWITCHBACK_TESTS_SIM_TEXTS_H

#include "tests/sim/sids.h"

enum sim_status {
	SIM_QUEUED,
	SIM_ACCEPTED,
	SIM_SENDING,
	SIM_SENT,
	SIM_DELIVERED,
	SIM_UNDELIVERED,
	SIM_FAILED,
	SIM_RECEIVED,
};
const char *sim_status_word(enum sim_status s);

enum sim_direction { SIM_INBOUND, SIM_OUTBOUND_API, SIM_OUTBOUND_REPLY, SIM_CARRIERS_OWN };

#define SIM_MEDIA_MAX 10

struct sim_media {
	char sid[SIM_SID];
	char *content_type;
	char *url;   /* where the sender keeps it (outgoing MMS); NULL when we hold the bytes */
	char *bytes; /* what a handset sent */
	size_t n;
	int64_t created_us;
	bool deleted;
};

struct sim_text {
	char sid[SIM_SID];
	uint64_t seq;     /* 1, 2, 3 ... in the order in which they came */
	uint64_t version; /* of its last change */
	enum sim_direction direction;
	enum sim_status status;
	int error_code;
	unsigned segments;
	unsigned account;                                  /* index of the account it belongs to */
	int64_t created_us, updated_us, sent_us, shown_us; /* wall time; 0: not yet */
	char *from, *to, *body;                            /* owned */
	char *callback;                                    /* StatusCallback, NULL if none */
	char service[SIM_SID];                             /* messaging service, "" if none */
	unsigned media_n;
	struct sim_media *media; /* owned, media_n of them */
	bool deleted;            /* by the API: only the handset still has it */
	bool lost;               /* it is on its way, but will never reach the handset */
	int answered;            /* inbound: status of the store's answer; -1: there was none */
	struct sim_text *same;   /* next in the bucket of its SID */
};

struct sim_texts {
	struct sim_text **ring;
	size_t cap;
	uint64_t first, next; /* seq of the oldest kept and of the one to come */
	uint64_t version;
	struct sim_text **buckets;
	size_t buckets_n;
	size_t media_bytes, media_limit;
	void (*changed)(void *with, const struct sim_text *t);
	void *changed_with;
};

void sim_texts_init(struct sim_texts *ts, size_t cap);
void sim_texts_clear(struct sim_texts *ts);
/* Forgets all; versions go on rising. */
void sim_texts_forget(struct sim_texts *ts);

/* A new one with its own SID and times, strings copied; segments are counted. Valid until it is the
 * oldest of `cap`. The caller fills the rest, then calls sim_text_changed. */
struct sim_text *sim_text_add(struct sim_texts *ts, enum sim_direction d, struct str from,
			      struct str to, struct str body, bool mms);
/* Takes the copy of bytes (or a url) as the next medium of t; false at ten of them. */
bool sim_text_attach(struct sim_texts *ts, struct sim_text *t, struct str content_type,
		     struct str bytes, struct str url);
void sim_text_set_status(struct sim_texts *ts, struct sim_text *t, enum sim_status s, int code);
void sim_text_changed(struct sim_texts *ts, struct sim_text *t);

/* By SID, deleted ones too; NULL when unknown or gone. */
struct sim_text *sim_text_find(const struct sim_texts *ts, struct str sid);
/* By sequence number, NULL when gone. */
struct sim_text *sim_text_at(const struct sim_texts *ts, uint64_t seq);
struct sim_media *sim_media_find(const struct sim_text *t, struct str sid);

/* On the handset of `number`: what it sent, and what reached it. */
bool sim_text_on_handset(const struct sim_text *t, struct str number);

#endif
