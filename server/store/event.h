/*
 * event.h - what happened, read back: the numbered events of an organization as the frames of a
 * stream (docs/events.md, "The stream").
 */
#ifndef SWITCHBACK_SERVER_STORE_EVENT_H
#define SWITCHBACK_SERVER_STORE_EVENT_H

#include "server/db/db.h"

#define EVENT_READ_MAX 512 /* events in one read */
#define EVENT_READ_BYTES                                                         \
	(1024 * 1024) /* no further event once the frames before it have so many \
		       */

/* What a stream begins with, all true at one moment. */
struct event_start {
	bool alive; /* the session is in force, its account active */
	bool customer_known;
	int64_t last;       /* the newest event's number, 0 before the first */
	int64_t oldest;     /* the oldest that is kept; last + 1 when none is */
	int64_t expires_us; /* of the session */
	int64_t now_us;
};

/* `customer` may be NULL: then it counts as known. */
void event_start(struct flow *f, struct db *db, const char *organization, const char *session,
		 const char *user, const char *customer, struct event_start *out);

struct event_row {
	int64_t seq;
	struct str frame;        /* "id: 7\nevent: ...\ndata: {...}\n\n" */
	struct str type, data;   /* of the frame: the words behind "event: " and "data: " */
	struct str conversation; /* empty: none */
	struct str customer;     /* empty: none */
	struct str ended;        /* session.ended: the session's id, empty for all of the user */
	struct str ended_user;   /* session.ended: whose; empty for every other type */
	bool rewrites;           /* the words of earlier events were changed with it */
};

struct event_rows {
	struct event_row *rows; /* in the flow's arena */
	size_t n;
	bool more; /* a bound was reached: there may be */
};

/* Events after that number, oldest first, as many as the bounds allow: at least one if there is
 * one. */
void event_read(struct flow *f, struct db *db, const char *organization, int64_t after,
		struct event_rows *out);

/* The newest numbers of several organizations; `ids` is PostgreSQL's array of them, n in number.
 * -1 where there is none. */
void event_heads(struct flow *f, struct db *db, const char *ids, size_t n, int64_t *out);

#endif
