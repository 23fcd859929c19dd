/*
 * hub.h - what happened in a store, told to whoever follows it, as it happens.
 *
 * Whoever has committed events says so with one word (hub_nudge); the hub reads what is new, once
 * for all who follow that organization, and writes it to their streams. Nothing is lost when a
 * nudge is: twice a second the hub compares its numbers with the database's.
 */
#ifndef SWITCHBACK_SERVER_EVENTS_HUB_H
#define SWITCHBACK_SERVER_EVENTS_HUB_H

#include "server/db/db.h"
#include "server/net/sse.h"
#include "server/store/event.h"

struct hub;

/* `url` is for the connection that speaks with other processes (wake.h); NULL: none. All is
 * borrowed for the hub's life. */
struct hub *hub_open(struct loop *l, struct flows *fs, struct db *db, const char *url);

/* Events of this organization were committed, here, just now. Costs next to nothing when nobody
 * follows it and no other process lives. A NULL hub is fine. */
void hub_nudge(struct hub *h, const char *organization_id);
/* The same of what nobody waits for at this moment (a status, what the agent did): told within
 * HUB_SOON_MS, or together with the next that is nudged, so that a burst is one piece of a stream.
 */
#define HUB_SOON_MS 40
void hub_nudge_soon(struct hub *h, const char *organization_id);

/* Who wants to follow, and from where. All of it was true at one moment in the database. */
struct hub_wish {
	const char *organization_id, *session_id, *user_id;
	const char *customer_id; /* NULL: every event of the organization, else that customer's */
	int64_t after;           /* the last number that it has */
	int64_t newest;          /* at that moment, not below `after` */
	int64_t expires_us;      /* of its session, wall time */
};

/* The answer to this ticket becomes a stream that begins with `first` and goes on with every event
 * after wish->after, each once and in order, until the session ends or its client goes. */
void hub_follow(struct hub *h, struct ticket t, const struct hub_wish *wish, struct str first);

/* ---- inside the process ---- */

/* Somebody who hears the events of one conversation, each once and in order, in the loop turn in
 * which the hub reads it and before any stream gets it. */
struct hub_ear;

/* `e` lives during the call: seq, type and data count. */
typedef void hub_heard(void *with, const struct event_row *e);

/* Hears what came after that number. It may be unlistened from inside heard(), and must be before
 * hub_close. */
struct hub_ear *hub_listen(struct hub *h, const char *organization_id, const char *conversation_id,
			   int64_t after, hub_heard *heard, void *with);
/* NULL is fine. */
void hub_unlisten(struct hub_ear *e);

/* An event without a number, kept nowhere, to those who follow now and keep up: what a caller is
 * saying this moment. Who is behind misses it, and so does everybody when there are more than
 * HUB_PASSING_MAX in a quarter of a second. `data` is JSON of one line; customer_id NULL is
 * nobody's. */
#define HUB_PASSING_MAX 100
void hub_pass(struct hub *h, const char *organization_id, const char *customer_id, const char *type,
	      struct str data);

/* Calls told(with, organization, user, session) when an event says that a session has ended;
 * session NULL: all of the user's. Only of organizations that somebody follows here. */
void hub_on_session_ended(struct hub *h,
			  void (*told)(void *with, const char *organization_id, const char *user_id,
				       const char *session_id),
			  void *with);

/* Ends every stream with a word to its client, and begins none any more. */
void hub_stop(struct hub *h);
/* The same, and goes. Close the flows first, the web server after it. NULL is fine. */
void hub_close(struct hub *h);

struct hub_figures {
	unsigned feeds;     /* organizations that somebody follows */
	uint64_t delivered; /* events written to streams */
	uint64_t missed;    /* times that new events were found by looking, not by a nudge */
	uint64_t ended;     /* streams ended with their session */
};
void hub_figures(const struct hub *h, struct hub_figures *out);

#endif
