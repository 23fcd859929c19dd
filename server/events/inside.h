/*
 * inside.h - the inside of the hub, for server/events only: all feeds.
 */
#ifndef SWITCHBACK_SERVER_EVENTS_INSIDE_H
#define SWITCHBACK_SERVER_EVENTS_INSIDE_H

#include "server/events/feed.h"
#include "server/events/wake.h"

#define HUB_BUCKETS 1024 /* a power of two */

struct hub {
	struct loop *loop;
	struct flows *flows;
	struct db *db;
	struct wake *wake; /* NULL: no other processes */
	uv_timer_t tick;
	uv_timer_t soon; /* runs while a feed waits to be read soon */
	uv_idle_t more;  /* runs while followers wait for their turn */
	unsigned handles;
	struct feed *feeds[HUB_BUCKETS];
	unsigned feeds_n;
	struct feed *busy, **busy_end; /* feeds with such followers, in the order of their turns */
	bool looking;                  /* at the newest numbers */
	bool stopped;
	void (*session_told)(void *with, const char *organization_id, const char *user_id,
			     const char *session_id);
	void *session_with;
	struct hub_figures figures;
};

/* The feed of an organization, made if there is none: somebody is about to follow it. */
struct feed *hub_feed(struct hub *h, const struct uuid *id);
/* Gives some of the feed's followers their turn, and the rest on later turns of the loop. */
void hub_work(struct hub *h, struct feed *f);

#endif
