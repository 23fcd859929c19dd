/*
 * database.c - see database.h.
 */
#include "server/ctl/database.h"

#include "shared/base.h"
#include "shared/str.h"

static void notice_ignored(void *arg, const PGresult *r)
{
	(void)arg;
	(void)r;
}

bool database_open(struct database *db, const char *url, const char *setting, struct err *err)
{
	static const char *const keywords[] = {"application_name", "client_encoding", "options",
					       "connect_timeout",  "dbname",          NULL};
	const char *values[] = {"switchbackctl", "UTF8", "-c search_path=public", "10", url, NULL};
	struct str said;

	*db = (struct database){0};
	if (url == NULL)
		return err_set(
			err, ERR_INPUT,
			"%s is not set: this command needs it, PostgreSQL as the owner of the "
			"tables (postgresql://user:password@host:port/database).",
			setting);
	db->conn = PQconnectdbParams(keywords, values, 1);
	if (PQstatus(db->conn) != CONNECTION_OK) {
		said = str_trim(str_of(PQerrorMessage(db->conn)));
		return err_set(err, ERR_UPSTREAM, "The database of %s does not answer: " STR_FMT,
			       setting, STR_ARG(said));
	}
	PQsetNoticeReceiver(db->conn, notice_ignored, NULL);
	return true;
}

void database_close(struct database *db)
{
	PQfinish(db->conn);
	db->conn = NULL;
}

bool database_error(const struct database *db, const PGresult *r, struct err *err)
{
	const char *primary = r == NULL ? NULL : PQresultErrorField(r, PG_DIAG_MESSAGE_PRIMARY);
	const char *state = r == NULL ? NULL : PQresultErrorField(r, PG_DIAG_SQLSTATE);
	const char *detail = r == NULL ? NULL : PQresultErrorField(r, PG_DIAG_MESSAGE_DETAIL);
	struct str said = str_trim(str_of(PQerrorMessage(db->conn)));

	if (primary == NULL)
		return err_set(err, ERR_UPSTREAM, "PostgreSQL: " STR_FMT, STR_ARG(said));
	if (state != NULL && (strcmp(state, "42P01") == 0 || strcmp(state, "42883") == 0))
		return err_set(err, ERR_UPSTREAM,
			       "PostgreSQL: %s. Has \"switchbackctl migrate\" run?", primary);
	if (detail == NULL)
		return err_set(err, ERR_UPSTREAM, "PostgreSQL: %s.", primary);
	return err_set(err, ERR_UPSTREAM, "PostgreSQL: %s. %s", primary, detail);
}

PGresult *database_ask(struct database *db, struct err *err, const char *sql, int n,
		       const char *const *params)
{
	PGresult *r = PQexecParams(db->conn, sql, n, NULL, params, NULL, NULL, 0);
	ExecStatusType status = PQresultStatus(r);

	if (status == PGRES_TUPLES_OK || status == PGRES_COMMAND_OK)
		return r;
	database_error(db, r, err);
	PQclear(r);
	return NULL;
}

bool database_do(struct database *db, struct err *err, const char *sql, int n,
		 const char *const *params)
{
	PGresult *r = database_ask(db, err, sql, n, params);

	PQclear(r);
	return r != NULL;
}

bool database_begin(struct database *db, struct err *err)
{
	return database_do(db, err, "BEGIN", 0, NULL);
}

bool database_begin_for(struct database *db, const char *organization_id, struct err *err)
{
	return database_begin(db, err) &&
	       DATABASE_DO(db, err, "SELECT set_config('app.current_organization_id', $1, true)",
			   organization_id);
}

bool database_commit(struct database *db, struct err *err)
{
	PGresult *r = database_ask(db, err, "COMMIT", 0, NULL);
	/* a transaction that had failed "commits" as a rollback, without an error */
	bool kept = r != NULL && strcmp(PQcmdStatus(r), "COMMIT") == 0;

	if (r != NULL && !kept)
		err_set(err, ERR_UPSTREAM, "PostgreSQL rolled the transaction back.");
	PQclear(r);
	return kept;
}

void database_rollback(struct database *db)
{
	if (db->conn != NULL && PQtransactionStatus(db->conn) != PQTRANS_IDLE)
		PQclear(PQexec(db->conn, "ROLLBACK"));
}

const char *database_text(const PGresult *r, int row, int column)
{
	return PQgetisnull(r, row, column) ? NULL : PQgetvalue(r, row, column);
}

const char *database_bytea(struct arena *a, struct str bytes)
{
	char *hex = arena_take(a, bytes.n * 2 + 3), *at = hex;

	*at++ = '\\';
	*at++ = 'x';
	for (size_t i = 0; i < bytes.n; i++, at += 2)
		snprintf(at, 3, "%02x", (unsigned char)bytes.p[i]);
	return hex;
}

struct str database_bytes(struct arena *a, const PGresult *r, int row, int column)
{
	size_t n = 0;
	unsigned char *raw = PQunescapeBytea((const unsigned char *)PQgetvalue(r, row, column), &n);
	struct str copy = arena_str(a, str_make((const char *)raw, raw == NULL ? 0 : n));

	PQfreemem(raw);
	return copy;
}
