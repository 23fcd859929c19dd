/*
 * db.h - PostgreSQL on the loop: a few connections in pipeline mode, asked by flows.
 *
 * One ask is one statement, one round trip and one transaction (libpq pipeline: a statement and a
 * Sync). The hot ones call an SQL function that does everything at once; a plain statement is
 * preceded, inside the same transaction, by setting the organization's context (db_ask_for).
 * Nothing here ever holds a transaction open between two turns of the loop.
 *
 * An ask waits in a bounded queue while no connection is free or the server is away, until its
 * flow's deadline. When a connection is lost with the ask in flight, a statement that says `again`
 * is asked once more (its effect is keyed, so twice is once); any other fails with ERR_UPSTREAM,
 * effect unknown. A deadlock or serialization failure rolled everything back and is always asked
 * again, a few times.
 */
#ifndef SWITCHBACK_SERVER_DB_DB_H
#define SWITCHBACK_SERVER_DB_DB_H

#include "server/core/flow.h"
#include "server/db/row.h"

struct db;

struct db_statement {
	const char *name; /* unique; also the prepared statement's */
	const char *sql;
	unsigned params;
	bool again; /* safe to ask twice */
};

struct db_options {
	const char *url;      /* libpq URI or keywords; an address or a socket, names block */
	unsigned connections; /* 0: 8 */
	unsigned in_flight;   /* per connection; 0: 4 */
	unsigned queue_max;   /* asks that may wait; 0: 4096. Beyond it: ERR_BUSY */
};

struct db_figures {
	unsigned connected, in_flight, queued;
	uint64_t asked, failed, repeated, lost;
};

/* Starts connecting; never fails: a server that is away is tried again with back-off. Text and url
 * are borrowed for the life of the pool. */
struct db *db_open(struct loop *l, struct flows *fs, const struct db_options *o);
/* Ends every ask with ERR_BUSY and closes. */
void db_close(struct db *db);
void db_figures(const struct db *db, struct db_figures *out);

/* What reads the answer: called once, in the loop, before the flow goes on; rows may be none.
 * Results are copied into f->arena or out; `rows` goes afterwards. */
typedef void db_reader(struct flow *f, const struct db_rows *rows, void *out);

/* Asks. params has s->params entries (see row.h); they are copied into the flow's arena by the db_
 * helpers already, the array itself is copied here. */
void db_ask(struct flow *f, struct db *db, const struct db_statement *s, const char *const *params,
	    db_reader *read, void *out);
/* The same under an organization's context. */
void db_ask_for(struct flow *f, struct db *db, const char *organization_id,
		const struct db_statement *s, const char *const *params, db_reader *read,
		void *out);

/* DB_PARAMS("a", db_int(f, 3), NULL): the array of parameters, as text; NULL is SQL's NULL. */
#define DB_PARAMS(...) ((const char *const[]){__VA_ARGS__})
const char *db_int(struct flow *f, int64_t v);
const char *db_bool(bool v);
/* Borrowed bytes as a parameter; must hold no NUL (text from outside is repaired before). */
const char *db_str(struct flow *f, struct str s);
/* An empty view becomes NULL. */
const char *db_str_or_null(struct flow *f, struct str s);
/* Microseconds since 1970 as timestamptz text; 0 is NULL. */
const char *db_time(struct flow *f, int64_t wall_us);

#endif
