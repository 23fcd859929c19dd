/*
 * import.h - customers, orders and products from a store's files, all or nothing.
 *
 *   reader   CSV or JSON bytes -> rows of texts by column        import_csv.c, import_json.c
 *   driver   checks each value, stages the rows, counts           import.c
 *   kind     the columns, the checks among rows, the upsert       import_customers.c, ...
 *
 * Every bad row is named with its line; with one bad row nothing of the file is applied. What a
 * file does not say (a column or cell that is absent or empty) stays as it is, so a file may be
 * imported again and again: an unchanged row changes nothing.
 */
#ifndef SWITCHBACK_SERVER_CTL_IMPORT_H
#define SWITCHBACK_SERVER_CTL_IMPORT_H

#include "server/ctl/ctl.h"
#include "server/ctl/value.h"

#define IMPORT_COLUMNS_MAX 32

/* A column of the file. Unless `aside`, it is the table's column of that name as well. In SQL, r is
 * the staged row, t the stored one, f what import_found says, s the organization. */
struct import_column {
	const char *name;
	struct value_rule rule;
	const char *type; /* in the staging table; NULL is text */
	bool aside;
	const char *initial; /* of a new row; NULL: r.NAME */
	const char *update;  /* of a stored row; NULL: coalesce(r.NAME, t.NAME) */
	/* Makes the value what the kind wants beyond its rule; NULL for nothing. */
	bool (*refine)(struct arena *a, const char *value, const char **out, struct err *err);
};

struct import_kind {
	const char *what; /* "customers": also the table */
	const struct import_column *columns;
	size_t columns_n;
	const char *needed; /* one of these columns must be in a row: "phone_number|external_id" */
	/* A column of the table that is none of the file; name NULL for none. */
	struct {
		const char *name, *initial, *update;
	} derived;
	/* $1 is the organization. `find` selects, from import_rows r (n, line, columns ...), (n,
	 * line, id, is_new, ...) into import_found: which stored row each one means. Each check
	 * returns (line, sentence) of bad rows. `after` runs when rows are written, and adds what
	 * else changed to import_changed(n). Lists end in NULL. */
	const char *find;
	const char *const *checks, *const *after;
};

/* One row as read: texts by index of the kind's column; p NULL where nothing was given. Borrowed.
 */
struct import_row {
	size_t line;
	struct str values[IMPORT_COLUMNS_MAX];
};

/* What a reader calls. `bad` names what cannot even be read; reading goes on where it can. */
struct import_sink {
	const struct import_kind *kind;
	void (*row)(struct import_sink *sink, const struct import_row *row);
	void (*bad)(struct import_sink *sink, size_t line, const char *sentence);
};

/* False with err when the file as a whole cannot be read (no header, unknown columns). delimiter 0
 * finds it in the header. */
MUST_USE
bool import_csv_read(struct str text, char delimiter, struct import_sink *sink, struct err *err);
MUST_USE
bool import_json_read(struct str text, struct import_sink *sink, struct err *err);

/* Index of the column of that name, blanks as '_' and in any case; -1 for none. */
int import_column_find(const struct import_kind *kind, struct str name);

MUST_USE
bool import_run(struct ctl *c, const struct import_kind *kind, struct err *err);

#endif
