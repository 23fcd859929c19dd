/*
 * link.h - one connection of the pool; private to server/db.
 *
 * States: away (waiting to try again), connecting, ready. In flight asks answer in the order sent.
 * What happens is told to the pool through the db_ functions below; an ask is owned by whoever
 * holds it last.
 */
#ifndef SWITCHBACK_SERVER_DB_LINK_H
#define SWITCHBACK_SERVER_DB_LINK_H

#include "server/db/db.h"

#define DB_LINKS_MAX 32

struct ask {
	struct ask *next;
	const struct db_statement *statement;
	const char **params; /* in the flow's arena: only touched while the flow is there */
	db_reader *read;
	void *out;
	struct flow_token token;
	unsigned repeats;
	/* statements that this ask also prepares, in order, and how many of those the server took
	 */
	const struct db_statement *prepares[2];
	unsigned prepares_n, prepares_ok;
	char organization_id[ID_TEXT]; /* empty: no context to set */
};

enum ask_failure {
	ASK_LOST,        /* the connection went; whether it took effect is unknown */
	ASK_ROLLED_BACK, /* the server undid it for reasons of its own: deadlock, restart, time-out
			  */
	ASK_REFUSED,     /* the statement is wrong */
};

struct link;

struct link *link_open(struct db *db, struct loop *l, const char *url);
/* Fails what is in flight (ASK_LOST) and goes. */
void link_close(struct link *c);
bool link_ready(const struct link *c);
unsigned link_in_flight(const struct link *c);
/* c is ready; takes the ask. */
void link_send(struct link *c, struct ask *a);

/* The pool's side. */
void db_link_free(struct db *db);
void db_link_lost(struct db *db);
void db_ask_done(struct db *db, struct ask *a, const struct db_rows *rows);
void db_ask_failed(struct db *db, struct ask *a, enum ask_failure failure, const char *sqlstate,
		   const char *constraint);

#endif
