/*
 * row.h - reading what the database answered. Columns are named once, by position, in the order of
 * the statement beside the reader.
 */
#ifndef SWITCHBACK_SERVER_DB_ROW_H
#define SWITCHBACK_SERVER_DB_ROW_H

#include "shared/arena.h"
#include "shared/str.h"

#define ID_TEXT 37 /* a uuid as text, with its NUL */

struct db_rows {
	const void *result; /* PGresult */
	int n;              /* rows */
};

bool row_null(const struct db_rows *r, int row, int column);
/* A view into the answer, gone with it. NULL reads as the empty view. */
struct str row_str(const struct db_rows *r, int row, int column);
/* A copy in the arena. */
struct str row_keep(struct arena *a, const struct db_rows *r, int row, int column);
/* NULL and anything that is no number read as 0. */
int64_t row_int(const struct db_rows *r, int row, int column);
bool row_bool(const struct db_rows *r, int row, int column);
/* timestamptz as microseconds since 1970; NULL is 0. */
int64_t row_time(const struct db_rows *r, int row, int column);
/* A uuid; NULL leaves the empty string. */
void row_id(const struct db_rows *r, int row, int column, char out[ID_TEXT]);

#endif
