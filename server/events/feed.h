/*
 * feed.h - the inside of the hub, for server/events only: one organization, and who follows it.
 *
 * A follower is `live` when it has everything that the feed has given out, and `late` while it
 * comes from an older number. New events are read once, kept for a little while and written to all
 * who are live; late ones take from what is kept, or from reads of their own which they share, each
 * at the pace at which its client takes them. Whoever arrives at the feed's number goes live: the
 * numbers have no gaps, so nothing is missed and nothing comes twice.
 *
 * What must stay true: `at` of a follower only grows, by events that were sent or passed over in
 * order; `last` is the number of the newest event that was read here; a follower may be gone after
 * anything was sent to it.
 */
#ifndef SWITCHBACK_SERVER_EVENTS_FEED_H
#define SWITCHBACK_SERVER_EVENTS_FEED_H

#include "server/events/batch.h"
#include "server/events/hub.h"

struct feed;

/* Followers in a ring with a place of turn. */
struct circle {
	struct follower *turn; /* who comes next */
	unsigned n;
	unsigned left; /* who has not had a turn since there was something new */
};

struct follower {
	struct follower *next, *prev;
	struct circle *circle;
	struct feed *feed;
	struct sse *stream;
	int64_t at;         /* has everything up to here */
	int64_t known;      /* its session was in force when this was the newest event */
	int64_t expires_us; /* its session, if nothing is done */
	struct uuid session, user, customer;
	bool one_customer; /* follows only that one */
	bool wants;        /* a read of what comes after `at` */
	bool checking;     /* its session is looked at */
};

enum feed_end {
	FEED_STOPPING, /* the service is */
	FEED_EXPIRED,  /* the session */
	FEED_GONE,     /* the events that would come next are not there any more */
	FEED_CLOSED,   /* the store */
};

struct feed {
	struct hub *hub;
	struct feed *next;      /* of the same bucket */
	struct feed *next_busy; /* of those with followers that wait for their turn */
	struct uuid id;
	char organization[UUID_TEXT];
	int64_t last;
	bool reading, dirty; /* a read of what is new; there may be more than it will find */
	bool soon;           /* dirty, and the hub\'s timer will see to it */
	bool reading_past;   /* a read for who is late */
	bool busy;
	unsigned wants_n;              /* followers that want a read */
	unsigned flows;                /* under way, which name this feed */
	struct batch *oldest, *newest; /* what is kept */
	size_t kept;                   /* bytes of it */
	struct batch *past;            /* the newest read for who is late */
	struct circle live, late;
	struct hub_ear *ears;
	bool ears_read;      /* a read for ears that are behind is under way */
	unsigned ears_told;  /* ears are being told something: none may be freed */
	uint64_t passing_ms; /* when this quarter of a second began, */
	unsigned passing;    /* and what was passed on in it */
	int64_t expires_us;  /* the earliest of its followers' */
};

struct feed *feed_new(struct hub *h, const struct uuid *id);
/* Without followers and flows. */
void feed_free(struct feed *f);
bool feed_empty(const struct feed *f);

/* Takes over a follower that is filled in, its stream open. */
void feed_join(struct feed *f, struct follower *fo);
/* There may be something new. */
void feed_nudge(struct feed *f);
/* Gives turns; returns how many of `turns` are left. feed_waits: somebody still waits for one. */
unsigned feed_work(struct feed *f, unsigned turns);
bool feed_waits(const struct feed *f);
/* Twice a second. */
void feed_tick(struct feed *f);
/* Ends every stream with this reason. */
void feed_end(struct feed *f, enum feed_end why);

/* ---- between the files of the feed ---- */

/* Gives a live follower all up to that number. It may be gone, or late, afterwards. */
void follower_live_give(struct follower *fo, int64_t until);
/* Ends its stream with these words, if there is room for them. */
void follower_end(struct follower *fo, struct str words);
struct str feed_last_words(enum feed_end why);
/* Reads for who is late, if somebody wants it and nothing is under way. */
void feed_past_read(struct feed *f);
/* Forgets what is kept before that batch; NULL: all. */
void feed_kept_drop(struct feed *f, const struct batch *until);
/* Something was read: those who listen inside the process hear it first. */
void feed_ears_tell(struct feed *f, const struct event_rows *rows);
/* Reads for ears that are behind, if there are any and nothing is under way. */
void feed_ears_read(struct feed *f);
/* An event without a number to those who keep up. */
void feed_pass(struct feed *f, const struct uuid *customer, struct str frame);
/* flow_on_end of every flow that names a feed and was counted in `flows`. */
void feed_flow_over(void *with);
/* A session has ended, by this event. */
void feed_session_ended(struct feed *f, const struct event_row *e);
void feed_expiries_look(struct feed *f);

/* What a follower's stream tells. */
extern const struct sse_owner follower_owner;

#endif
