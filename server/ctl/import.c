/*
 * import.c - the driver of imports; see import.h.
 */
#include "server/ctl/import.h"

#include <errno.h>
#include <sys/mman.h>
#include <sys/stat.h>

#include <fcntl.h>
#include <unistd.h>

#include "server/ctl/scope.h"
#include "shared/buf.h"
#include "shared/utf8.h"

#define FILE_MAX  (512u * 1024u * 1024u)
#define COPY_SIZE (256u * 1024u)

struct import {
	struct import_sink sink; /* first: the readers hand it back */
	struct ctl *c;
	struct arena arena; /* of one row */
	struct buf copy;    /* rows on their way into the staging table */
	size_t rows, bad;
	bool broken; /* the database failed: err says why */
	struct err *err;
};

int import_column_find(const struct import_kind *kind, struct str name)
{
	struct str given = str_trim(name);

	for (size_t i = 0; i < kind->columns_n; i++) {
		struct str column = str_of(kind->columns[i].name);
		size_t at = 0;

		while (given.n == column.n && at < column.n &&
		       (column.p[at] == '_'
				? strchr("_ -", given.p[at]) != NULL
				: str_eq_nocase(str_sub(given, at, 1), str_sub(column, at, 1))))
			at++;
		if (at == column.n && given.n == column.n)
			return (int)i;
	}
	return -1;
}

/* ---- rows ------------------------------------------------------------------------------------ */

static void bad_said(struct import *m, size_t line, const char *sentence)
{
	m->bad++;
	fprintf(m->c->say, "line %zu: %s\n", line, sentence);
}

static void on_bad(struct import_sink *sink, size_t line, const char *sentence)
{
	bad_said((struct import *)sink, line, sentence);
}

/* COPY's text format: tab and line end between, \N for nothing. */
static void copy_add(struct buf *b, const char *value)
{
	if (value == NULL) {
		buf_add_cstr(b, "\\N");
		return;
	}
	for (const char *p = value; *p != '\0'; p++) {
		switch (*p) {
		case '\\': buf_add_cstr(b, "\\\\"); break;
		case '\n': buf_add_cstr(b, "\\n"); break;
		case '\r': buf_add_cstr(b, "\\r"); break;
		case '\t': buf_add_cstr(b, "\\t"); break;
		default: buf_add_char(b, *p); break;
		}
	}
}

static void copy_send(struct import *m)
{
	if (m->broken || m->copy.n == 0)
		return;
	if (PQputCopyData(m->c->db.conn, m->copy.p, (int)m->copy.n) != 1) {
		m->broken = true;
		database_error(&m->c->db, NULL, m->err);
	}
	buf_reset(&m->copy);
}

static bool column_read(struct import *m, const struct import_column *column, struct str given,
			const char **out, struct err *err)
{
	return value_read(&column->rule, given, &m->arena, out, err) &&
	       (column->refine == NULL || column->refine(&m->arena, *out, out, err));
}

static bool is_needed(const struct import_kind *kind, const char *name)
{
	struct str rest = str_of(kind->needed);

	while (rest.n > 0) {
		if (str_is(str_cut(&rest, '|'), name))
			return true;
	}
	return false;
}

static void on_row(struct import_sink *sink, const struct import_row *row)
{
	struct import *m = (struct import *)sink;
	const struct import_kind *kind = sink->kind;
	const char *values[IMPORT_COLUMNS_MAX] = {0}, *wrong = NULL;
	bool has_key = false;
	struct err why;

	m->rows++;
	for (size_t i = 0; i < kind->columns_n; i++) {
		if (row->values[i].p == NULL)
			continue;
		has_key |= is_needed(kind, kind->columns[i].name);
		if (!column_read(m, &kind->columns[i], row->values[i], &values[i], &why))
			wrong = arena_printf(&m->arena, "%s%s%s: %s", wrong == NULL ? "" : wrong,
					     wrong == NULL ? "" : "; ", kind->columns[i].name,
					     why.text);
	}
	if (!has_key && wrong == NULL)
		wrong = arena_printf(&m->arena, "it has no %s", kind->needed);
	if (wrong != NULL) {
		bad_said(m, row->line, wrong);
	} else {
		buf_printf(&m->copy, "%zu\t%zu", m->rows, row->line);
		for (size_t i = 0; i < kind->columns_n; i++) {
			buf_add_char(&m->copy, '\t');
			copy_add(&m->copy, values[i]);
		}
		buf_add_char(&m->copy, '\n');
		if (m->copy.n > COPY_SIZE)
			copy_send(m);
	}
	arena_clear(&m->arena);
}

/* ---- the file -------------------------------------------------------------------------------- */

static bool file_map(const char *path, struct str *out, struct err *err)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
	struct stat st;
	void *p;

	if (fd < 0 || fstat(fd, &st) != 0) {
		err_set(err, ERR_INPUT, "%.120s cannot be read: %s.", path, strerror(errno));
		if (fd >= 0)
			close(fd);
		return false;
	}
	if (!S_ISREG(st.st_mode) || st.st_size > (off_t)FILE_MAX || st.st_size == 0) {
		close(fd);
		return err_set(err, ERR_INPUT,
			       "%.120s must be a file with something in it, of at most "
			       "512 MiB.",
			       path);
	}
	p = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
	close(fd);
	if (p == MAP_FAILED)
		return err_set(err, ERR_INPUT, "%.120s cannot be read: %s.", path, strerror(errno));
	*out = str_make(p, (size_t)st.st_size);
	return true;
}

static bool format_find(struct ctl *c, bool *json, struct err *err)
{
	const char *format = args_value(&c->args, "format");
	struct str path = str_of(c->args.rest[0]);

	if (format == NULL) {
		*json = str_ends(path, STR_LIT(".json")) || str_ends(path, STR_LIT(".jsonl")) ||
			str_ends(path, STR_LIT(".ndjson"));
		return *json || str_ends(path, STR_LIT(".csv")) ||
		       err_set(err, ERR_INPUT,
			       "Say which format it is: --format csv or --format json.");
	}
	*json = strcmp(format, "json") == 0;
	return *json || strcmp(format, "csv") == 0 ||
	       err_set(err, ERR_INPUT, "--format is csv or json.");
}

static bool delimiter_find(struct ctl *c, char *out, struct err *err)
{
	const char *given = args_value(&c->args, "delimiter");

	*out = given == NULL ? 0 : strcmp(given, "tab") == 0 ? '\t' : given[0];
	return given == NULL || strcmp(given, "tab") == 0 ||
	       (strlen(given) == 1 && strchr(",;\t|", given[0]) != NULL) ||
	       err_set(err, ERR_INPUT, "--delimiter is one of , ; | and tab.");
}

static bool text_read(struct import *m, struct str text)
{
	struct ctl *c = m->c;
	char delimiter;
	bool json;

	if (str_starts(text, STR_LIT("\xff\xfe")) || str_starts(text, STR_LIT("\xfe\xff")))
		return err_set(m->err, ERR_INPUT, "The file is UTF-16: save it as UTF-8.");
	if (str_starts(text, STR_LIT("\xef\xbb\xbf")))
		text = str_sub(text, 3, text.n);
	if (!format_find(c, &json, m->err) || !delimiter_find(c, &delimiter, m->err))
		return false;
	return json ? import_json_read(text, &m->sink, m->err)
		    : import_csv_read(text, delimiter, &m->sink, m->err);
}

/* ---- staging, checking, applying ------------------------------------------------------------- */

static bool staging_make(struct import *m)
{
	const struct import_kind *kind = m->sink.kind;
	struct buf sql = {0};
	bool ok;

	buf_add_cstr(&sql, "CREATE TEMP TABLE import_rows (n bigint PRIMARY KEY, line bigint");
	for (size_t i = 0; i < kind->columns_n; i++)
		buf_printf(&sql, ", %s %s", kind->columns[i].name,
			   kind->columns[i].type == NULL ? "text" : kind->columns[i].type);
	buf_add_cstr(&sql, ") ON COMMIT DROP");
	ok = database_do(&m->c->db, m->err, buf_cstr(&sql), 0, NULL);
	buf_clear(&sql);
	return ok;
}

static bool staging_fill(struct import *m, struct str text)
{
	PGresult *r = PQexec(m->c->db.conn, "COPY pg_temp.import_rows FROM STDIN");
	bool ok = PQresultStatus(r) == PGRES_COPY_IN;

	if (!ok)
		database_error(&m->c->db, r, m->err);
	PQclear(r);
	if (!ok)
		return false;
	ok = text_read(m, text);
	copy_send(m);
	ok = ok && !m->broken;
	if (PQputCopyEnd(m->c->db.conn, ok ? NULL : "not read") != 1 && ok)
		ok = database_error(&m->c->db, NULL, m->err);
	while ((r = PQgetResult(m->c->db.conn)) != NULL) {
		if (ok && PQresultStatus(r) != PGRES_COMMAND_OK)
			ok = database_error(&m->c->db, r, m->err);
		PQclear(r);
	}
	return ok && database_do(&m->c->db, m->err, "ANALYZE pg_temp.import_rows", 0, NULL);
}

/* A statement that may name the organization as $1. */
static bool statement_run(struct import *m, const char *sql)
{
	return database_do(&m->c->db, m->err, sql, strstr(sql, "$1") == NULL ? 0 : 1,
			   &m->c->organization_id);
}

static bool found_make(struct import *m)
{
	struct buf sql = {0};
	bool ok;

	buf_printf(&sql, "CREATE TEMP TABLE import_found ON COMMIT DROP AS %s", m->sink.kind->find);
	ok = statement_run(m, buf_cstr(&sql)) &&
	     statement_run(m, "CREATE UNIQUE INDEX ON import_found (n)") &&
	     statement_run(m, "ANALYZE import_found");
	buf_clear(&sql);
	return ok;
}

static bool checks_run(struct import *m)
{
	for (size_t i = 0; m->sink.kind->checks[i] != NULL; i++) {
		PGresult *r = database_ask(&m->c->db, m->err, m->sink.kind->checks[i], 0, NULL);

		for (int row = 0; r != NULL && row < PQntuples(r); row++) {
			const char *sentence =
				value_shown(&m->arena, str_of(PQgetvalue(r, row, 1)));

			m->bad++;
			fprintf(m->c->say, "line %s: %s\n", PQgetvalue(r, row, 0), sentence);
			arena_clear(&m->arena);
		}
		PQclear(r);
		if (r == NULL)
			return false;
	}
	return true;
}

/* The stored columns one after the other, each as `say` has it. */
static void columns_say(struct buf *b, const struct import_kind *kind,
			void (*say)(struct buf *b, const char *name, const char *initial,
				    const char *update))
{
	for (size_t i = 0; i < kind->columns_n; i++) {
		const struct import_column *column = &kind->columns[i];

		if (!column->aside)
			say(b, column->name, column->initial, column->update);
	}
	if (kind->derived.name != NULL)
		say(b, kind->derived.name, kind->derived.initial, kind->derived.update);
	b->n--; /* the last comma */
	b->p[b->n] = '\0';
}

static void name_say(struct buf *b, const char *name, const char *initial, const char *update)
{
	(void)initial, (void)update;
	buf_printf(b, "%s,", name);
}

static void stored_say(struct buf *b, const char *name, const char *initial, const char *update)
{
	(void)initial, (void)update;
	buf_printf(b, "t.%s,", name);
}

static void initial_say(struct buf *b, const char *name, const char *initial, const char *update)
{
	(void)update;
	if (initial == NULL)
		buf_printf(b, "r.%s,", name);
	else
		buf_printf(b, "%s,", initial);
}

static void update_say(struct buf *b, const char *name, const char *initial, const char *update)
{
	(void)initial;
	if (update == NULL)
		buf_printf(b, "coalesce(r.%s, t.%s),", name, name);
	else
		buf_printf(b, "%s,", update);
}

/* Stored rows that the file says something else about; import_changed gets their numbers. */
static bool rows_update(struct import *m)
{
	const struct import_kind *kind = m->sink.kind;
	struct buf sql = {0};
	bool ok;

	buf_printf(
		&sql,
		"CREATE TEMP TABLE import_changed ON COMMIT DROP AS WITH changed AS (UPDATE %s t "
		"SET (",
		kind->what);
	columns_say(&sql, kind, name_say);
	buf_add_cstr(&sql, ") = ROW(");
	columns_say(&sql, kind, update_say);
	buf_add_cstr(&sql,
		     ") FROM import_rows r JOIN import_found f USING (n) WHERE t.organization_id "
		     "= $1::uuid AND t.id = f.id AND NOT f.is_new AND ROW(");
	columns_say(&sql, kind, stored_say);
	buf_add_cstr(&sql, ") IS DISTINCT FROM ROW(");
	columns_say(&sql, kind, update_say);
	buf_add_cstr(&sql, ") RETURNING f.n) SELECT n FROM changed");
	ok = statement_run(m, buf_cstr(&sql));
	buf_clear(&sql);
	return ok;
}

static bool rows_insert(struct import *m)
{
	const struct import_kind *kind = m->sink.kind;
	struct buf sql = {0};
	bool ok;

	buf_printf(&sql, "INSERT INTO %s (organization_id, id, ", kind->what);
	columns_say(&sql, kind, name_say);
	buf_add_cstr(&sql, ") SELECT $1::uuid, f.id, ");
	columns_say(&sql, kind, initial_say);
	buf_add_cstr(&sql,
		     " FROM import_rows r JOIN import_found f USING (n) JOIN organizations s ON "
		     "s.id = $1::uuid WHERE f.is_new");
	ok = statement_run(m, buf_cstr(&sql));
	buf_clear(&sql);
	return ok;
}

static bool written(struct import *m)
{
	if (!rows_update(m) || !rows_insert(m))
		return false;
	for (size_t i = 0; m->sink.kind->after[i] != NULL; i++) {
		if (!statement_run(m, m->sink.kind->after[i]))
			return false;
	}
	return true;
}

static bool counted(struct import *m, int64_t *added, int64_t *changed)
{
	PGresult *r =
		database_ask(&m->c->db, m->err,
			     "SELECT count(DISTINCT f.n) FILTER (WHERE f.is_new), count(DISTINCT "
			     "x.n) FILTER (WHERE NOT f.is_new) FROM import_found f LEFT JOIN "
			     "import_changed x USING (n)",
			     0, NULL);

	if (r == NULL)
		return false;
	if (!str_int(str_of(PQgetvalue(r, 0, 0)), 0, INT64_MAX, added) ||
	    !str_int(str_of(PQgetvalue(r, 0, 1)), 0, INT64_MAX, changed))
		BUG("counts of an import are no numbers");
	PQclear(r);
	return true;
}

static bool apply(struct import *m)
{
	const char *what = m->sink.kind->what;
	bool dry = args_has(&m->c->args, "dry-run");
	int64_t added, changed;
	const char *counts;

	if (!written(m) || !counted(m, &added, &changed))
		return false;
	counts = arena_printf(&m->c->arena, "{\"new\":%" PRId64 ",\"changed\":%" PRId64 "}", added,
			      changed);
	if (!dry && !scope_end(m->c, arena_printf(&m->c->arena, "import.%s", what), NULL, NULL,
			       counts, m->err))
		return false;
	fprintf(m->c->out, "%s: %" PRId64 " new, %" PRId64 " changed, %" PRId64 " unchanged%s\n",
		what, added, changed, (int64_t)m->rows - added - changed,
		dry ? " (dry run: nothing was written)" : "");
	return true;
}

static bool imported(struct import *m, struct str text)
{
	if (!scope_begin_option(m->c, m->err) || !scope_store_time(m->c, m->err) ||
	    !staging_make(m) || !staging_fill(m, text) || !found_make(m) || !checks_run(m))
		return false;
	if (m->bad > 0)
		return err_set(m->err, ERR_INPUT,
			       "%zu faults (above): nothing of the file was imported.", m->bad);
	return apply(m);
}

bool import_run(struct ctl *c, const struct import_kind *kind, struct err *err)
{
	struct import m = {.sink = {kind, on_row, on_bad},
			   .c = c,
			   .copy = {.limit = 64u * 1024u * 1024u},
			   .err = err};
	struct str text;
	bool ok;

	if (!file_map(c->args.rest[0], &text, err))
		return false;
	ok = imported(&m, text);
	if (!ok && m.bad > 0 && err->kind != ERR_INPUT)
		fprintf(c->say, "Nothing of the file was imported.\n");
	munmap((void *)(uintptr_t)text.p, text.n);
	buf_clear(&m.copy);
	arena_free(&m.arena);
	return ok;
}
