/*
 * startup.c - see startup.h.
 */
#include "server/startup.h"

#include <libpq-fe.h>
#include <limits.h>
#include <sys/resource.h>
#include <unistd.h>

#include "server/db/schema_list.h"
#include "shared/clock.h"
#include "shared/log.h"

#define WAIT_MS  10000
#define AGAIN_US 100000

/* The server's last sentence without its line end. It names host and role, never the password. */
static void last_sentence(const PGconn *c, char out[160])
{
	snprintf(out, 160, "%s", PQerrorMessage(c));
	for (char *p = out; *p != '\0'; p++) {
		if (*p == '\n')
			*p = ' ';
	}
}

static PGconn *connected(const char *url, struct err *err)
{
	int64_t until = clock_mono_ms() + WAIT_MS;
	char why[160];

	for (;;) {
		PGconn *c = PQconnectdb(url);

		if (PQstatus(c) == CONNECTION_OK)
			return c;
		last_sentence(c, why);
		PQfinish(c);
		if (clock_mono_ms() >= until)
			break;
		log_debug("event=database_waited_for");
		usleep(AGAIN_US);
	}
	err_set(err, ERR_UPSTREAM,
		"the database of APP_DATABASE_URL does not answer: %s- start it, or correct the "
		"setting",
		why);
	return NULL;
}

/* One row, one column, as text; false when the statement fails or gives none. */
static bool asked(PGconn *c, const char *sql, char *out, size_t room)
{
	PGresult *r = PQexec(c, sql);
	bool ok = PQresultStatus(r) == PGRES_TUPLES_OK && PQntuples(r) == 1;

	if (ok)
		snprintf(out, room, "%s", PQgetvalue(r, 0, 0));
	PQclear(r);
	return ok;
}

static bool role_checked(PGconn *c, struct err *err)
{
	char word[64] = "";

	if (!asked(c,
		   "SELECT CASE WHEN rolsuper THEN 'is a superuser' WHEN rolbypassrls THEN "
		   "'bypasses row security'"
		   " WHEN EXISTS (SELECT FROM pg_class k JOIN pg_roles o ON o.oid = k.relowner"
		   "   WHERE k.relkind IN ('r', 'p') AND pg_has_role(current_user, o.oid, 'USAGE')"
		   "   AND k.relnamespace = 'public'::regnamespace) THEN 'owns tables' ELSE '' END"
		   " FROM pg_roles WHERE rolname = current_user",
		   word, sizeof word))
		return err_set(err, ERR_UPSTREAM, "the database does not say what its role may do");
	if (word[0] != '\0')
		return err_set(err, ERR_DENIED,
			       "the role of APP_DATABASE_URL %s: give the service a login of its "
			       "own that is a "
			       "member of switchback_service, and keep this one in DATABASE_URL",
			       word);
	return true;
}

static bool disk_checked(PGconn *c, struct err *err)
{
	char word[64] = "";

	if (!asked(c,
		   "SELECT coalesce(string_agg(name, ', '), '') FROM pg_settings WHERE (name IN "
		   "('fsync',"
		   " 'full_page_writes') AND setting = 'off') OR (name = 'synchronous_commit' AND "
		   "setting = 'off')",
		   word, sizeof word))
		return err_set(err, ERR_UPSTREAM, "the database does not say how it commits");
	if (word[0] != '\0')
		return err_set(err, ERR_DENIED,
			       "the database has %s turned off: what it calls kept could be lost; "
			       "turn it on",
			       word);
	return true;
}

static bool schema_checked(PGconn *c, struct err *err)
{
	const char *ours = schema_latest_name(schema_list());
	char theirs[128] = "";

	if (!asked(c,
		   "SELECT coalesce(max(name), '') FROM schema_migrations WHERE name NOT LIKE "
		   "'functions/%'",
		   theirs, sizeof theirs) ||
	    schema_number(theirs) < schema_number(ours))
		return err_set(err, ERR_CONFLICT,
			       "the database's schema (%s) is older than this program's (%s): run "
			       "switchbackctl migrate",
			       theirs[0] == '\0' ? "none" : theirs, ours);
	return true; /* a newer one is fine: old and new programs run side by side for two releases
		      */
}

bool startup_checked(const struct settings *s, struct err *err)
{
	PGconn *c = connected(s->app_database_url, err);
	bool ok;

	if (c == NULL)
		return false;
	ok = role_checked(c, err) && disk_checked(c, err) && schema_checked(c, err);
	PQfinish(c);
	return ok;
}

unsigned startup_descriptors(void)
{
	struct rlimit r;

	if (getrlimit(RLIMIT_NOFILE, &r) != 0)
		return 1024;
	if (r.rlim_cur < r.rlim_max) {
		rlim_t before = r.rlim_cur;

		r.rlim_cur = r.rlim_max;
		if (setrlimit(RLIMIT_NOFILE, &r) != 0)
			r.rlim_cur = before;
	}
	return r.rlim_cur > UINT_MAX ? UINT_MAX : (unsigned)r.rlim_cur;
}
