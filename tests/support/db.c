/*
 * db.c - see db.h. Databases are copied with CREATE DATABASE ... TEMPLATE, which takes tens of
 * milliseconds; the template with demo data is made once per cluster, under an advisory lock.
 */
#include "tests/support/db.h"

#include <criterion/criterion.h>
#include <time.h>
#include <unistd.h>

#include "server/db/schema_list.h"

#define DEMO_LOCK "7305550100" /* any number that is ours */

/* The URL with another database name. */
static char *url_of(const char *url, const char *database)
{
	const char *host = strstr(url, "://");
	const char *path = host == NULL ? NULL : strchr(host + 3, '/');
	const char *query = path == NULL ? NULL : strchr(path, '?');
	char *out = NULL;

	if (path == NULL)
		cr_assert_fail(
			"the database URL has no database name: postgresql://user@host:port/name "
			"is expected");
	if (asprintf(&out, "%.*s/%s%s", (int)(path - url), url, database,
		     query == NULL ? "" : query) < 0)
		cr_assert_fail("out of memory");
	return out;
}

/* The database that the URL names. */
static void url_database(const char *url, char name[64])
{
	const char *host = strstr(url, "://");
	const char *path = host == NULL ? NULL : strchr(host + 3, '/');

	if (path == NULL || strcspn(path + 1, "?") == 0 || strcspn(path + 1, "?") > 62)
		cr_assert_fail("TEST_DATABASE_URL has no database name");
	snprintf(name, 64, "%.*s", (int)strcspn(path + 1, "?"), path + 1);
}

static const char *env_url(const char *name)
{
	const char *url = getenv(name);

	if (url == NULL || url[0] == '\0')
		cr_assert_fail(
			"%s is not set: this test needs a private PostgreSQL; run `make check`",
			name);
	return url;
}

PGconn *test_db_connect(const char *url)
{
	PGconn *c = PQconnectdb(url);

	if (PQstatus(c) != CONNECTION_OK)
		cr_assert_fail("cannot connect to the test database: %s", PQerrorMessage(c));
	PQsetErrorVerbosity(c, PQERRORS_VERBOSE);
	PQclear(PQexec(c, "SET client_min_messages = warning"));
	return c;
}

PGresult *sql_ask(PGconn *c, const char *sql, int n, const char *const *params)
{
	PGresult *r =
		n == 0 ? PQexec(c, sql) : PQexecParams(c, sql, n, NULL, params, NULL, NULL, 0);
	ExecStatusType status = PQresultStatus(r);

	if (status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK)
		cr_assert_fail("%.300s\nfailed: %s", sql, PQresultErrorMessage(r));
	return r;
}

void sql_run(PGconn *c, const char *sql)
{
	PQclear(sql_ask(c, sql, 0, NULL));
}

char *sql_text(PGconn *c, const char *sql)
{
	PGresult *r = sql_ask(c, sql, 0, NULL);
	char *out;

	if (PQntuples(r) < 1)
		cr_assert_fail("%.300s\ngave no row", sql);
	out = xstrdup(PQgetvalue(r, 0, 0));
	PQclear(r);
	return out;
}

int64_t sql_int(PGconn *c, const char *sql)
{
	char *text = sql_text(c, sql);
	int64_t value = strtoll(text, NULL, 10);

	free(text);
	return value;
}

char *sql_refused(PGconn *c, const char *sql)
{
	PGresult *r = PQexec(c, sql);
	const char *code = PQresultErrorField(r, PG_DIAG_SQLSTATE);
	const char *message = PQresultErrorField(r, PG_DIAG_MESSAGE_PRIMARY);
	char *out = NULL;

	if (PQresultStatus(r) != PGRES_FATAL_ERROR || code == NULL || message == NULL)
		cr_assert_fail("%.300s\nwas not refused", sql);
	if (asprintf(&out, "%s %s", code, message) < 0)
		cr_assert_fail("out of memory");
	PQclear(r);
	return out;
}

void sql_context(PGconn *c, const char *organization_id)
{
	PQclear(sql_ask(c, "SELECT set_config('app.current_organization_id', $1, false)", 1,
			&organization_id));
}

/* ---- copies ---- */

static void format_run(PGconn *c, const char *fmt, ...) PRINTF_LIKE(2, 3);
static void format_run(PGconn *c, const char *fmt, ...)
{
	char sql[600];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(sql, sizeof(sql), fmt, ap);
	va_end(ap);
	sql_run(c, sql);
}

/* A template that somebody (an autovacuum, a test that just ended) is still connected to cannot be
 * copied at this moment: asks again for some seconds. The copy gets what 0001 does to a database,
 * because rights on databases are not copied. */
static void database_copy(PGconn *server, const char *name, const char *template)
{
	char sql[200];

	snprintf(sql, sizeof(sql), "CREATE DATABASE \"%s\" TEMPLATE \"%s\"", name, template);
	for (int tried = 0;; tried++) {
		PGresult *r = PQexec(server, sql);
		const char *code = PQresultErrorField(r, PG_DIAG_SQLSTATE);
		bool in_use = code != NULL && strcmp(code, "55006") == 0;

		if (PQresultStatus(r) != PGRES_COMMAND_OK && (!in_use || tried >= 100))
			cr_assert_fail("cannot copy the template %s: %s", template,
				       PQresultErrorMessage(r));
		PQclear(r);
		if (!in_use)
			break;
		nanosleep(&(struct timespec){0, 50 * 1000 * 1000}, NULL);
	}
	format_run(server, "REVOKE ALL ON DATABASE \"%s\" FROM PUBLIC", name);
	format_run(server, "GRANT CONNECT ON DATABASE \"%s\" TO switchback_service", name);
}

const char *test_db_demo_sql(void)
{
	if (schema_list()->demo == NULL)
		cr_assert_fail("this program carries no schema/demo.sql");
	return schema_list()->demo->text;
}

/* The template with demo data, made when it is not there. Its name holds what it was made from. */
static void demo_template(PGconn *server, const char *url, const char *template, char name[64])
{
	char sql[200], *copy_url, *oid;
	PGconn *c;

	test_db_demo_sql();
	snprintf(sql, sizeof(sql), "SELECT oid FROM pg_database WHERE datname = '%s'", template);
	oid = sql_text(server, sql);
	snprintf(name, 64, "demo_%s_%.10s", oid, schema_list()->demo->sha256);
	free(oid);
	sql_run(server, "SELECT pg_advisory_lock(" DEMO_LOCK ")");
	snprintf(sql, sizeof(sql), "SELECT count(*) FROM pg_database WHERE datname = '%s'", name);
	if (sql_int(server, sql) == 0) {
		format_run(server, "DROP DATABASE IF EXISTS \"%s_new\" WITH (FORCE)", name);
		snprintf(sql, sizeof(sql), "%s_new", name);
		database_copy(server, sql, template);
		copy_url = url_of(url, sql);
		c = test_db_connect(copy_url);
		sql_run(c, test_db_demo_sql());
		PQfinish(c);
		free(copy_url);
		/* A backend is still listed for a moment after its client has gone. */
		format_run(server,
			   "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity"
			   " WHERE datname = '%s_new'",
			   name);
		format_run(server, "ALTER DATABASE \"%s_new\" RENAME TO \"%s\"", name, name);
	}
	sql_run(server, "SELECT pg_advisory_unlock(" DEMO_LOCK ")");
}

struct test_db *test_db_new(enum test_db_kind kind)
{
	const char *owner_url = env_url("TEST_DATABASE_URL");
	const char *app_url = env_url("TEST_APP_DATABASE_URL");
	struct test_db *t = xcalloc(1, sizeof(*t));
	struct timespec now;
	char template[64];
	PGconn *server;

	url_database(owner_url, template);
	t->server_url = url_of(owner_url, "postgres");
	server = test_db_connect(t->server_url);
	if (kind == TEST_DB_DEMO) {
		char demo[64];

		demo_template(server, owner_url, template, demo);
		memcpy(template, demo, sizeof(template));
	}
	clock_gettime(CLOCK_MONOTONIC, &now);
	snprintf(t->name, sizeof(t->name), "test_%d_%lld", (int)getpid(),
		 (long long)now.tv_sec * 1000000 + now.tv_nsec / 1000);
	database_copy(server, t->name, template);
	PQfinish(server);
	t->url = url_of(owner_url, t->name);
	t->app_url = url_of(app_url, t->name);
	t->owner = test_db_connect(t->url);
	t->app = test_db_connect(t->app_url);
	return t;
}

void test_db_free(struct test_db *t)
{
	PGconn *server;

	if (t == NULL)
		return;
	PQfinish(t->owner);
	PQfinish(t->app);
	server = test_db_connect(t->server_url);
	format_run(server, "DROP DATABASE IF EXISTS \"%s\" WITH (FORCE)", t->name);
	PQfinish(server);
	free(t->url);
	free(t->app_url);
	free(t->server_url);
	free(t);
}
