/*
 * migrate.c - see migrate.h.
 */
#include "server/ctl/migrate.h"

#include "server/ctl/scope.h"
#include "server/ctl/sql_text.h"

/* Any number, as long as it stays the same: the name of the lock among this database's. */
#define LOCK_KEY "7265626977746368"

/* A migration that cannot have its table for this long gives up instead of holding up the service
 * behind it. */
#define LOCK_TIMEOUT "15s"

struct run {
	struct database *db;
	const struct schema_list *list;
	FILE *out;
	PGresult *rows; /* name, sha256, applied_at of schema_migrations; NULL: no such table */
};

/* ---- what the database has ------------------------------------------------------------------- */

static int row_of(const struct run *r, const char *name)
{
	for (int i = 0; r->rows != NULL && i < PQntuples(r->rows); i++) {
		if (strcmp(PQgetvalue(r->rows, i, 0), name) == 0)
			return i;
	}
	return -1;
}

static bool is_recorded(const struct run *r, const struct schema_file *f)
{
	return row_of(r, f->name) >= 0;
}

static bool is_same(const struct run *r, const struct schema_file *f)
{
	int row = row_of(r, f->name);

	return row >= 0 && strcmp(PQgetvalue(r->rows, row, 1), f->sha256) == 0;
}

static bool is_known(const struct schema_list *list, const char *name)
{
	for (size_t i = 0; i < list->migrations_n; i++) {
		if (strcmp(list->migrations[i].name, name) == 0)
			return true;
	}
	return strncmp(name, "functions/", 10) == 0; /* one that went away harms nobody */
}

static bool rows_read(struct run *r, struct err *err)
{
	PGresult *there;
	bool has;

	PQclear(r->rows);
	r->rows = NULL;
	there = database_ask(r->db, err,
			     "SELECT to_regclass('public.schema_migrations') IS NOT NULL", 0, NULL);
	if (there == NULL)
		return false;
	has = *PQgetvalue(there, 0, 0) == 't';
	PQclear(there);
	if (!has)
		return true;
	r->rows = database_ask(r->db, err,
			       "SELECT name, sha256, to_char(applied_at AT TIME ZONE 'UTC', "
			       "'YYYY-MM-DD HH24:MI:SS\"Z\"') FROM schema_migrations ORDER BY name",
			       0, NULL);
	return r->rows != NULL;
}

/* Refuses what must not be built upon: an altered file, a newer database, a gap. */
static bool rows_check(const struct run *r, struct err *err)
{
	const struct schema_list *l = r->list;

	for (int i = 0; r->rows != NULL && i < PQntuples(r->rows); i++) {
		if (!is_known(l, PQgetvalue(r->rows, i, 0)))
			return err_set(
				err, ERR_CONFLICT,
				"The database is newer than this program: it has had %s, which "
				"this one does not know. Use the newer switchbackctl.",
				PQgetvalue(r->rows, i, 0));
	}
	for (size_t i = 0; i < l->migrations_n; i++) {
		const struct schema_file *f = &l->migrations[i];

		if (is_recorded(r, f) && !is_same(r, f))
			return err_set(
				err, ERR_CONFLICT,
				"%s was altered after it had run here (its checksum differs). "
				"Put it back as it was; a change is a new file.",
				f->name);
		if (i > 0 && is_recorded(r, f) && !is_recorded(r, f - 1))
			return err_set(
				err, ERR_CONFLICT,
				"%s has not run here, though %s after it has. A new file takes "
				"the next number.",
				f[-1].name, f->name);
	}
	return true;
}

bool migrate_pending(struct database *db, const struct schema_list *list, size_t *pending,
		     struct err *err)
{
	struct run r = {.db = db, .list = list};
	bool ok = rows_read(&r, err) && rows_check(&r, err);
	size_t n = 0;

	for (size_t i = 0; ok && i < list->migrations_n; i++)
		n += !is_recorded(&r, &list->migrations[i]);
	for (size_t i = 0; ok && i < list->functions_n; i++)
		n += !is_same(&r, &list->functions[i]);
	PQclear(r.rows);
	if (ok)
		*pending = n;
	return ok;
}

/* ---- one file -------------------------------------------------------------------------------- */

/* "0003_staff.sql, line 12: relation "x" does not exist. HINT" */
static bool statement_failed(struct database *db, const char *name, struct str statement, int line,
			     const PGresult *r, struct err *err)
{
	const char *position = PQresultErrorField(r, PG_DIAG_STATEMENT_POSITION);
	const char *primary = PQresultErrorField(r, PG_DIAG_MESSAGE_PRIMARY);
	const char *hint = PQresultErrorField(r, PG_DIAG_MESSAGE_HINT);
	int64_t at = 1;

	if (primary == NULL)
		return err_set(err, ERR_UPSTREAM, "%s, line %d: %s", name, line,
			       PQerrorMessage(db->conn));
	if (position != NULL && str_int(str_of(position), 1, INT32_MAX, &at))
		line = sql_line_at(statement, line, at);
	return err_set(err, ERR_UPSTREAM, "%s, line %d: %s%s%s", name, line, primary,
		       hint == NULL ? "" : ". ", hint == NULL ? "" : hint);
}

bool migrate_file_run(struct database *db, const struct schema_file *file, struct err *err)
{
	struct sql_text text = {.rest = str_of(file->text), .line = 1};
	PGTransactionStatusType before = PQtransactionStatus(db->conn);
	struct str statement;
	int line;

	while (sql_next(&text, &statement, &line)) {
		char *sql = strndup(statement.p, statement.n);
		PGresult *r = PQexec(db->conn, sql == NULL ? "" : sql);
		ExecStatusType status = PQresultStatus(r);
		bool ok = status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK;

		free(sql);
		if (!ok)
			statement_failed(db, file->name, statement, line, r, err);
		PQclear(r);
		if (ok && PQtransactionStatus(db->conn) != before)
			ok = err_set(err, ERR_INPUT,
				     "%s, line %d: a file must not begin or end a transaction.",
				     file->name, line);
		if (!ok)
			return false;
	}
	return true;
}

static bool file_record(struct run *r, const struct schema_file *f, struct err *err)
{
	return DATABASE_DO(
		r->db, err,
		"INSERT INTO schema_migrations (name, sha256, program) VALUES ($1, $2, $3) "
		"ON CONFLICT (name) DO UPDATE SET sha256 = excluded.sha256, program = "
		"excluded.program, applied_at = now(), applied_by = current_user",
		f->name, f->sha256, SWITCHBACK_VERSION);
}

static bool migration_apply(struct run *r, const struct schema_file *f, struct err *err)
{
	bool ok;

	if (f->no_transaction)
		ok = migrate_file_run(r->db, f, err) && file_record(r, f, err);
	else
		ok = database_begin(r->db, err) && migrate_file_run(r->db, f, err) &&
		     file_record(r, f, err) && database_commit(r->db, err);
	database_rollback(r->db);
	if (ok)
		fprintf(r->out, "applied %s\n", f->name);
	return ok;
}

/* All changed functions in one transaction, so that they change together. They may call each other
 * in any order, so bodies are checked when all of them stand. */
static bool functions_apply(struct run *r, size_t *n, struct err *err)
{
	const struct schema_list *l = r->list;
	bool ok = database_begin(r->db, err) &&
		  database_do(r->db, err, "SET LOCAL check_function_bodies = off", 0, NULL);

	*n = 0;
	for (size_t i = 0; ok && i < l->functions_n; i++) {
		if (is_same(r, &l->functions[i]))
			continue;
		ok = migrate_file_run(r->db, &l->functions[i], err) &&
		     file_record(r, &l->functions[i], err);
		++*n;
	}
	if (ok && *n > 0)
		ok = database_do(r->db, err, "SET LOCAL check_function_bodies = on", 0, NULL) &&
		     database_do(
			     r->db, err,
			     "SELECT CASE l.lanname WHEN 'sql' THEN fmgr_sql_validator(p.oid) "
			     "ELSE plpgsql_validator(p.oid) END FROM pg_proc p JOIN pg_language l "
			     "ON l.oid = p.prolang WHERE p.pronamespace = 'public'::regnamespace "
			     "AND l.lanname IN ('sql', 'plpgsql') AND pg_has_role(p.proowner, "
			     "'USAGE') AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = "
			     "'pg_proc'::regclass AND d.objid = p.oid AND d.deptype = 'e')",
			     0, NULL);
	ok = ok && database_commit(r->db, err);
	database_rollback(r->db);
	for (size_t i = 0; ok && i < l->functions_n; i++) {
		if (!is_same(r, &l->functions[i]))
			fprintf(r->out, "replaced %s\n", l->functions[i].name);
	}
	return ok;
}

/* ---- the whole ------------------------------------------------------------------------------- */

/* The service's role and the table of what ran: both are wanted before the first file. */
static bool ground_lay(struct run *r, struct err *err)
{
	static const char role[] =
		"DO $$ BEGIN IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = "
		"'switchback_service') THEN CREATE ROLE switchback_service NOLOGIN; END IF; "
		"EXCEPTION "
		"WHEN duplicate_object OR unique_violation THEN NULL; END $$";
	static const char table[] =
		"CREATE TABLE schema_migrations (name text PRIMARY KEY, sha256 text NOT NULL CHECK "
		"(sha256 ~ '^[0-9a-f]{64}$'), program text NOT NULL, applied_at timestamptz NOT "
		"NULL "
		"DEFAULT now(), applied_by text NOT NULL DEFAULT current_user)";
	PGresult *made = PQexec(r->db->conn, role);
	const char *state = PQresultErrorField(made, PG_DIAG_SQLSTATE);
	bool ok = PQresultStatus(made) == PGRES_COMMAND_OK;

	if (state != NULL && strcmp(state, "42501") == 0)
		err_set(err, ERR_DENIED,
			"The role switchback_service is missing and %s may not create it. As a "
			"superuser: CREATE ROLE switchback_service NOLOGIN; or ALTER ROLE \"%s\" "
			"CREATEROLE; then migrate again.",
			PQuser(r->db->conn), PQuser(r->db->conn));
	else if (!ok)
		database_error(r->db, made, err);
	PQclear(made);
	if (!ok || r->rows != NULL)
		return ok;
	ok = database_begin(r->db, err) && database_do(r->db, err, table, 0, NULL) &&
	     database_do(r->db, err, "GRANT SELECT ON schema_migrations TO switchback_service", 0,
			 NULL) &&
	     database_commit(r->db, err);
	database_rollback(r->db);
	return ok && rows_read(r, err);
}

static bool apply(struct run *r, struct err *err)
{
	size_t done = 0, functions = 0;

	if (!ground_lay(r, err) ||
	    !database_do(r->db, err, "SET lock_timeout = '" LOCK_TIMEOUT "'", 0, NULL))
		return false;
	for (size_t i = 0; i < r->list->migrations_n; i++) {
		if (is_recorded(r, &r->list->migrations[i]))
			continue;
		if (!migration_apply(r, &r->list->migrations[i], err))
			return false;
		done++;
	}
	if (!functions_apply(r, &functions, err))
		return false;
	if (done + functions == 0)
		fprintf(r->out, "nothing to do: the database is at %s\n",
			schema_latest_name(r->list));
	return true;
}

static void dry_run_say(const struct run *r)
{
	size_t n = 0;

	for (size_t i = 0; i < r->list->migrations_n; i++) {
		if (!is_recorded(r, &r->list->migrations[i]) && ++n > 0)
			fprintf(r->out, "would apply %s\n", r->list->migrations[i].name);
	}
	for (size_t i = 0; i < r->list->functions_n; i++) {
		if (!is_same(r, &r->list->functions[i]) && ++n > 0)
			fprintf(r->out, "would replace %s\n", r->list->functions[i].name);
	}
	if (n == 0)
		fprintf(r->out, "nothing to do: the database is at %s\n",
			schema_latest_name(r->list));
}

static void file_status_say(const struct run *r, const struct schema_file *f, const char *differs)
{
	int row = row_of(r, f->name);

	fprintf(r->out, "%-8s %-21s %s\n",
		row < 0         ? "pending"
		: is_same(r, f) ? "applied"
				: differs,
		row < 0 ? "-" : PQgetvalue(r->rows, row, 2), f->name);
}

static void status_say(const struct run *r)
{
	for (size_t i = 0; i < r->list->migrations_n; i++)
		file_status_say(r, &r->list->migrations[i], "ALTERED");
	for (size_t i = 0; i < r->list->functions_n; i++)
		file_status_say(r, &r->list->functions[i], "pending");
	for (int i = 0; r->rows != NULL && i < PQntuples(r->rows); i++) {
		if (!is_known(r->list, PQgetvalue(r->rows, i, 0)))
			fprintf(r->out, "%-8s %-21s %s\n", "UNKNOWN", PQgetvalue(r->rows, i, 2),
				PQgetvalue(r->rows, i, 0));
	}
}

/* One at a time: the lock belongs to the session, because some files run without a transaction. */
static bool lock_take(struct run *r, struct err *err)
{
	PGresult *got =
		database_ask(r->db, err, "SELECT pg_try_advisory_lock(" LOCK_KEY ")", 0, NULL);
	bool ours = got != NULL && *PQgetvalue(got, 0, 0) == 't';

	PQclear(got);
	if (got == NULL || ours)
		return ours;
	fprintf(r->out, "another migrate is at work here: waiting for it\n");
	fflush(r->out);
	return database_do(r->db, err, "SELECT pg_advisory_lock(" LOCK_KEY ")", 0, NULL);
}

bool migrate_run(struct database *db, const struct schema_list *list, enum migrate_mode mode,
		 FILE *out, struct err *err)
{
	struct run r = {.db = db, .list = list, .out = out};
	bool ok, locked = false;

	if (mode == MIGRATE_APPLY && !(locked = lock_take(&r, err)))
		return false;
	ok = rows_read(&r, err);
	if (ok && mode == MIGRATE_STATUS)
		status_say(&r);
	ok = ok && rows_check(&r, err);
	if (ok && mode == MIGRATE_DRY_RUN)
		dry_run_say(&r);
	if (ok && mode == MIGRATE_APPLY)
		ok = apply(&r, err);
	if (locked)
		PQclear(PQexec(db->conn, "SELECT pg_advisory_unlock(" LOCK_KEY ")"));
	PQclear(r.rows);
	return ok;
}

bool migrate_command(struct ctl *c, struct err *err)
{
	bool status = args_has(&c->args, "status"), dry = args_has(&c->args, "dry-run");

	return migrate_run(&c->db, schema_list(),
			   status ? MIGRATE_STATUS
			   : dry  ? MIGRATE_DRY_RUN
				  : MIGRATE_APPLY,
			   c->out, err);
}

/* Demo data beside real stores would be taken for real. */
static bool only_demo_there(struct ctl *c, struct err *err)
{
	static const char *const demo[] = {"bici-downtown", "velo-plateau"};
	PGresult *slugs = scope_slugs(c, err);
	bool ok = slugs != NULL;

	for (int i = 0; ok && i < PQntuples(slugs); i++) {
		const char *slug = PQgetvalue(slugs, i, 0);

		ok = strcmp(slug, demo[0]) == 0 || strcmp(slug, demo[1]) == 0 ||
		     err_set(err, ERR_CONFLICT,
			     "There is a store here that is not the demo's (%s): demo data want a "
			     "database of "
			     "their own.",
			     slug);
	}
	PQclear(slugs);
	return ok;
}

/* Stores, people and conversations to try things with. */
bool demo_load(struct ctl *c, struct err *err)
{
	const struct schema_file *demo = schema_list()->demo;
	bool ok;

	if (demo == NULL)
		return err_set(err, ERR_MISSING, "This program carries no demo data.");
	ok = only_demo_there(c, err) && database_begin(&c->db, err) &&
	     migrate_file_run(&c->db, demo, err) && database_commit(&c->db, err);
	database_rollback(&c->db);
	if (ok)
		fprintf(c->out, "loaded %s\n", demo->name);
	return ok;
}
