/*
 * ctl.c - see ctl.h. The migrated database is made once per cluster and schema, then copied.
 */
#include "tests/support/ctl.h"

#include <criterion/criterion.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "server/ctl/ctl.h"
#include "server/db/schema_list.h"
#include "tests/support/db.h"

#define OWNER    "ctl_plain_owner"
#define PASSWORD "plain"
#define LOCK     "7305550200" /* any number that is ours */
#define ARGS_MAX 24

static void format_run(PGconn *c, const char *fmt, ...) PRINTF_LIKE(2, 3);
static void format_run(PGconn *c, const char *fmt, ...)
{
	char sql[400];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(sql, sizeof sql, fmt, ap);
	va_end(ap);
	sql_run(c, sql);
}

/* scheme://USER:PASSWORD@host:port/NAME from the address of somebody else. */
static char *url_for(const char *url, const char *user, const char *name)
{
	const char *host = strstr(url, "://"), *at = strrchr(url, '@');
	const char *path;
	char *out = NULL;

	host = at != NULL ? at + 1 : host == NULL ? NULL : host + 3;
	path = host == NULL ? NULL : strchr(host, '/');
	if (path == NULL)
		cr_assert_fail("TEST_DATABASE_URL is no address");
	if (user == NULL) {
		if (asprintf(&out, "%.*s/%s", (int)(path - url), url, name) < 0)
			cr_assert_fail("out of memory");
	} else if (asprintf(&out, "postgresql://%s:" PASSWORD "@%.*s/%s", user, (int)(path - host),
			    host, name) < 0) {
		cr_assert_fail("out of memory");
	}
	return out;
}

/* The owner without BYPASSRLS; whoever runs the tests must be its member to give it databases. */
static void owner_make(PGconn *server)
{
	if (sql_int(server, "SELECT count(*) FROM pg_roles WHERE rolname = '" OWNER "'") == 0) {
		sql_run(server,
			"CREATE ROLE " OWNER " LOGIN NOSUPERUSER CREATEROLE NOBYPASSRLS PASSWORD "
			"'" PASSWORD "'");
		sql_run(server, "GRANT " OWNER " TO CURRENT_USER");
	}
}

static void grants_copy(PGconn *server, const char *name)
{
	format_run(server, "REVOKE ALL ON DATABASE \"%s\" FROM PUBLIC", name);
	format_run(server, "GRANT CONNECT ON DATABASE \"%s\" TO switchback_service", name);
}

static void template_make(PGconn *server, const char *url, char name[64])
{
	const struct schema_list *list = schema_list();
	struct ctl_test t = {0};
	char sql[200], first[72];
	uint64_t sum = 14695981039346656037u; /* FNV-1a over all checksums: what it was made from */

	for (size_t i = 0; i < list->migrations_n + list->functions_n; i++) {
		const char *p = i < list->migrations_n
					? list->migrations[i].sha256
					: list->functions[i - list->migrations_n].sha256;

		for (; *p != '\0'; p++)
			sum = (sum ^ (unsigned char)*p) * 1099511628211u;
	}
	snprintf(name, 64, "ctl_%016" PRIx64, sum);
	snprintf(sql, sizeof sql, "SELECT count(*) FROM pg_database WHERE datname = '%s'", name);
	if (sql_int(server, sql) > 0)
		return;
	snprintf(first, sizeof first, "%s_new", name);
	format_run(server, "DROP DATABASE IF EXISTS \"%s\" WITH (FORCE)", first);
	format_run(server, "CREATE DATABASE \"%s\" OWNER " OWNER " TEMPLATE template0", first);
	t.url = url_for(url, OWNER, first);
	ctl_test_do(&t, NULL, (const char *const[]){"migrate", NULL});
	free(t.url);
	free(t.out);
	free(t.say);
	format_run(
		server,
		"SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname = '%s'",
		first);
	format_run(server, "ALTER DATABASE \"%s\" RENAME TO \"%s\"", first, name);
}

struct ctl_test *ctl_test_new(bool migrated)
{
	const char *url = getenv("TEST_DATABASE_URL");
	struct ctl_test *t = xcalloc(1, sizeof *t);
	char template[64] = "template0";
	struct timespec now;
	PGconn *server;

	if (url == NULL)
		cr_assert_fail("TEST_DATABASE_URL is not set: run `make check`");
	t->server_url = url_for(url, NULL, "postgres");
	server = test_db_connect(t->server_url);
	sql_run(server, "SELECT pg_advisory_lock(" LOCK ")");
	owner_make(server);
	if (migrated)
		template_make(server, url, template);
	clock_gettime(CLOCK_MONOTONIC, &now);
	snprintf(t->name, sizeof t->name, "ctl_%d_%lld", (int)getpid(),
		 (long long)now.tv_sec * 1000000 + now.tv_nsec / 1000);
	format_run(server, "CREATE DATABASE \"%s\" OWNER " OWNER " TEMPLATE \"%s\"", t->name,
		   template);
	if (migrated)
		grants_copy(server, t->name);
	sql_run(server, "SELECT pg_advisory_unlock(" LOCK ")");
	PQfinish(server);
	t->url = url_for(url, OWNER, t->name);
	t->db = test_db_connect(t->url);
	return t;
}

/* An autovacuum worker that happens to be there belongs to no role, and only a superuser may end
 * it: FORCE is refused until it has gone by itself. */
static void database_drop(PGconn *server, const char *name)
{
	char sql[120];
	bool refused = true;

	snprintf(sql, sizeof sql, "DROP DATABASE IF EXISTS \"%s\" WITH (FORCE)", name);
	for (int tried = 0; refused && tried < 100; tried++) {
		PGresult *r = PQexec(server, sql);

		refused = PQresultStatus(r) != PGRES_COMMAND_OK;
		PQclear(r);
		if (refused)
			nanosleep(&(struct timespec){0, 50 * 1000 * 1000}, NULL);
	}
	if (refused)
		cr_assert_fail("%s cannot be dropped: %s", name, PQerrorMessage(server));
}

void ctl_test_free(struct ctl_test *t)
{
	PGconn *server;

	PQfinish(t->db);
	server = test_db_connect(t->server_url);
	database_drop(server, t->name);
	PQfinish(server);
	free(t->url);
	free(t->server_url);
	free(t->out);
	free(t->say);
	free(t);
}

int ctl_test_run(struct ctl_test *t, const char *input, const char *const *args)
{
	char *argv[ARGS_MAX] = {(char *)(uintptr_t) "switchbackctl"};
	size_t out_n, say_n;
	FILE *in, *out, *say;
	int argc = 1, code;

	for (; args[argc - 1] != NULL; argc++) {
		if (argc == ARGS_MAX - 1)
			cr_assert_fail("too many arguments");
		argv[argc] = (char *)(uintptr_t)args[argc - 1];
	}
	free(t->out);
	free(t->say);
	t->out = t->say = NULL;
	in = input == NULL || *input == '\0'
		     ? fopen("/dev/null", "r")
		     : fmemopen((void *)(uintptr_t)input, strlen(input), "r");
	out = open_memstream(&t->out, &out_n);
	say = open_memstream(&t->say, &say_n);
	setenv("DATABASE_URL", t->url, 1);
	code = ctl_run(argc, argv, in, out, say);
	fclose(in);
	fclose(out);
	fclose(say);
	return code;
}

void ctl_test_do(struct ctl_test *t, const char *input, const char *const *args)
{
	int code = ctl_test_run(t, input, args);

	if (code != 0)
		cr_assert_fail("%s %s ended with %d: %s%s", args[0], args[1] == NULL ? "" : args[1],
			       code, t->out, t->say);
}

void ctl_test_store(struct ctl_test *t, const char *slug)
{
	char id[37];

	CTL_DO(t, "organization", "add", slug, "--name", slug, "--time-zone", "America/Toronto");
	snprintf(id, sizeof id, "%.36s", t->out);
	sql_context(t->db, id);
}

const char *ctl_test_file(const char *name, const void *text, size_t n)
{
	static char path[128];
	FILE *f;

	snprintf(path, sizeof path, "/tmp/switchback-ctl-%d", (int)getpid());
	mkdir(path, 0700);
	snprintf(path, sizeof path, "/tmp/switchback-ctl-%d/%s", (int)getpid(), name);
	f = fopen(path, "w");
	if (f == NULL || fwrite(text, 1, n, f) != n || fclose(f) != 0)
		cr_assert_fail("cannot write %s", path);
	return path;
}
