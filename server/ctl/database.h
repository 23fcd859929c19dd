/*
 * database.h - libpq for one synchronous command: ask, and get rows or one sentence.
 */
#ifndef SWITCHBACK_SERVER_CTL_DATABASE_H
#define SWITCHBACK_SERVER_CTL_DATABASE_H

#include <libpq-fe.h>

#include "shared/arena.h"
#include "shared/err.h"

struct database {
	PGconn *conn;
};

#define ORGANIZATION_ID_MAX 37

/* Connects (UTF-8, search_path public, notices silent). `setting` is the name that the sentence of
 * a failure tells; the url itself is never told. Close with database_close(), also after a failure.
 */
MUST_USE
bool database_open(struct database *db, const char *url, const char *setting, struct err *err);
void database_close(struct database *db);

/* One statement with text parameters (NULL is NULL). The result is the caller's (PQclear); NULL
 * when it failed, and err says why in PostgreSQL's words. */
MUST_USE
PGresult *database_ask(struct database *db, struct err *err, const char *sql, int n,
		       const char *const *params);
#define DATABASE_ASK(db, err, sql, ...)                                                        \
	database_ask((db), (err), (sql), (int)ARRAY_LEN(((const char *const[]){__VA_ARGS__})), \
		     (const char *const[]){__VA_ARGS__})

/* The same where the rows do not matter. */
MUST_USE
bool database_do(struct database *db, struct err *err, const char *sql, int n,
		 const char *const *params);
#define DATABASE_DO(db, err, sql, ...)                                                        \
	database_do((db), (err), (sql), (int)ARRAY_LEN(((const char *const[]){__VA_ARGS__})), \
		    (const char *const[]){__VA_ARGS__})

/* A transaction; under an organization's context, which its row security asks for. */
MUST_USE
bool database_begin(struct database *db, struct err *err);
MUST_USE
bool database_begin_for(struct database *db, const char *organization_id, struct err *err);
MUST_USE
bool database_commit(struct database *db, struct err *err);
/* Does nothing outside of one. */
void database_rollback(struct database *db);

/* err from a result that failed: the sentence, and PostgreSQL's detail where there is room. */
bool database_error(const struct database *db, const PGresult *r, struct err *err);

/* A field as text; NULL when it is NULL. */
const char *database_text(const PGresult *r, int row, int column);

/* bytea, as a parameter and back. */
const char *database_bytea(struct arena *a, struct str bytes);
struct str database_bytes(struct arena *a, const PGresult *r, int row, int column);

#endif
