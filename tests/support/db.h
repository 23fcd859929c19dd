/*
 * db.h - a database of its own for a test: a copy of the migrated template, gone afterwards.
 *
 * The template is the database that TEST_DATABASE_URL names (as the owner; TEST_APP_DATABASE_URL is
 * the same as the service's login). `make check` sets both; nobody stays connected to the template,
 * else it cannot be copied. Without them a test fails and says so: it never skips itself.
 *
 * Criterion runs each test in a process of its own, so a copy belongs to one test. Everything here
 * fails the running test (cr_assert_fail) instead of returning an error.
 */
#ifndef SWITCHBACK_TESTS_SUPPORT_DB_H
#define SWITCHBACK_TESTS_SUPPORT_DB_H

#include <libpq-fe.h>

#include "shared/base.h"

/* The demo's organizations (schema/demo.sql). */
#define DEMO_ORG_A    "a0000000-0000-4000-8000-000000000001"
#define DEMO_ORG_B    "b0000000-0000-4000-8000-000000000002"
#define DEMO_NUMBER_A "+14165550001"
#define DEMO_NUMBER_B "+14165550002"
/* A customer of both, as two rows that never meet. */
#define DEMO_SHARED_NUMBER "+15145550100"

enum test_db_kind {
	TEST_DB_EMPTY, /* migrated, no organization */
	TEST_DB_DEMO,  /* with schema/demo.sql loaded */
};

struct test_db {
	char *url, *app_url; /* of the copy: the owner's, the service's */
	PGconn *owner, *app; /* connected as such */
	char name[64];
	char *server_url; /* the owner's, of the database `postgres` */
};

/* Copies the template; the first one with demo data makes a second template and loads it there. */
struct test_db *test_db_new(enum test_db_kind kind);
/* Closes both connections and drops the copy, whoever is still connected. NULL is fine. */
void test_db_free(struct test_db *t);

/* The text of schema/demo.sql. */
const char *test_db_demo_sql(void);

/* One more connection; close it with PQfinish. */
PGconn *test_db_connect(const char *url);

/* Runs one or several statements that must succeed. */
void sql_run(PGconn *c, const char *sql);
/* One statement with n text parameters (NULL is SQL's NULL) that must succeed; clear the result. */
PGresult *sql_ask(PGconn *c, const char *sql, int n, const char *const *params);
/* The first column of the first row, "" for NULL; fails when there is no row. free() it. */
char *sql_text(PGconn *c, const char *sql);
int64_t sql_int(PGconn *c, const char *sql);
/* Runs what must fail: "42501 new row violates row-level security policy ...", SQLSTATE and
 * message. free() it. Outside a transaction of the caller's nothing of it stays; inside, it is
 * broken. */
char *sql_refused(PGconn *c, const char *sql);
/* Sets the organization's context for the rest of the session; "" sets none. */
void sql_context(PGconn *c, const char *organization_id);

#endif
