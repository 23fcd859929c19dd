/*
 * hub.h - what happened in a store, told to whoever follows it, as it happens.
 *
 * Whoever has committed events says so with one word (hub_nudge); the hub reads what is new, once
 * for all who follow that organization, and writes it to their streams. Nothing is lost when a
 * nudge is: once a second the hub compares its numbers with the database's.
 */
#ifndef SWITCHBACK_SERVER_EVENTS_HUB_H
#define SWITCHBACK_SERVER_EVENTS_HUB_H

#include "server/db/db.h"

struct hub;

/* `url` is for the connection that speaks with other processes (LISTEN, NOTIFY); NULL: none. It is
 * borrowed for the hub's life, as are the others. */
struct hub *hub_open(struct loop *l, struct flows *fs, struct db *db, const char *url);

/* Events of this organization were committed, here, just now. Costs next to nothing when nobody
 * follows it and no other process lives. A NULL hub is fine. */
void hub_nudge(struct hub *h, const char *organization_id);

/* Ends every stream and goes. Close the flows first. NULL is fine. */
void hub_close(struct hub *h);

#endif
