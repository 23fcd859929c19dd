/*
 * row.c - see row.h. All values come in text form.
 */
#include "server/db/row.h"

#include <libpq-fe.h>

#include "shared/clock.h"

bool row_null(const struct db_rows *r, int row, int column)
{
	return PQgetisnull(r->result, row, column) != 0;
}

struct str row_str(const struct db_rows *r, int row, int column)
{
	if (row_null(r, row, column))
		return (struct str){NULL, 0};
	return str_make(PQgetvalue(r->result, row, column),
			(size_t)PQgetlength(r->result, row, column));
}

struct str row_keep(struct arena *a, const struct db_rows *r, int row, int column)
{
	struct str s = row_str(r, row, column);

	return s.p == NULL ? s : arena_str(a, s);
}

int64_t row_int(const struct db_rows *r, int row, int column)
{
	int64_t v;

	return str_int(row_str(r, row, column), INT64_MIN, INT64_MAX, &v) ? v : 0;
}

bool row_bool(const struct db_rows *r, int row, int column)
{
	return str_is(row_str(r, row, column), "t");
}

int64_t row_time(const struct db_rows *r, int row, int column)
{
	int64_t us;

	if (row_null(r, row, column) || !clock_parse(PQgetvalue(r->result, row, column), &us))
		return 0;
	return us;
}

void row_id(const struct db_rows *r, int row, int column, char out[ID_TEXT])
{
	struct str s = row_str(r, row, column);
	size_t n = size_min(s.n, ID_TEXT - 1);

	if (n > 0)
		memcpy(out, s.p, n);
	out[n] = '\0';
}
