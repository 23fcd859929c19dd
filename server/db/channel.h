/*
 * channel.h - PostgreSQL's LISTEN and NOTIFY on one connection of its own, between the processes
 * that share a database.
 *
 * What is said is said at once, in a transaction of its own: never inside one that keeps something
 * (a commit with a notification waits for every other such commit). A message may be lost with the
 * connection; whoever listens must be able to do without. The connection is made again when it
 * goes, with back-off, and given up when the server does not answer for CHANNEL_SILENT_MS.
 */
#ifndef SWITCHBACK_SERVER_DB_CHANNEL_H
#define SWITCHBACK_SERVER_DB_CHANNEL_H

#include "server/core/loop.h"

#define CHANNEL_SILENT_MS   10000
#define CHANNEL_MESSAGE_MAX 7999 /* bytes of one message, PostgreSQL's limit */

struct channel;

struct channel_ears {
	/* It listens (again), or what was said last has arrived: more may be said. */
	void (*ready)(void *with);
	/* Somebody else said this: another process, switchbackctl, psql. */
	void (*heard)(void *with, const char *message);
};

/* `name` is a plain lower-case word; all texts are borrowed for the channel's life. */
struct channel *channel_open(struct loop *l, const char *url, const char *name,
			     const struct channel_ears *ears, void *with);
/* False when it cannot be said now: not connected, or the last message is still on its way. */
bool channel_say(struct channel *c, const char *message);
bool channel_ready(const struct channel *c);
void channel_close(struct channel *c);

#endif
