/*
 * work.c - see work.h.
 */
#include "server/store/work.h"

static void claimed_read(struct flow *f, const struct db_rows *rows, void *to)
{
	struct work_claimed *out = to;

	(void)f;
	out->n = size_min((size_t)rows->n, WORK_CLAIM_MAX);
	for (size_t i = 0; i < out->n; i++) {
		struct work *w = &out->work[i];

		row_id(rows, (int)i, 0, w->organization);
		snprintf(w->kind, sizeof w->kind, STR_FMT, STR_ARG(row_str(rows, (int)i, 1)));
		row_id(rows, (int)i, 2, w->ref);
		row_id(rows, (int)i, 3, w->lease);
		w->attempts = (int)row_int(rows, (int)i, 4);
	}
}

void work_claim(struct flow *f, struct db *db, unsigned limit, unsigned lease_ms,
		struct work_claimed *out)
{
	static const struct db_statement sql = {
		"work_claim",
		"SELECT organization_id, kind, ref, lease, attempts FROM work_claim($1, $2)", 2,
		false};

	db_ask(f, db, &sql,
	       DB_PARAMS(db_int(f, limit > WORK_CLAIM_MAX ? WORK_CLAIM_MAX : limit),
			 db_int(f, lease_ms)),
	       claimed_read, out);
}

static void next_read(struct flow *f, const struct db_rows *rows, void *to)
{
	int64_t *out = to;

	(void)f;
	*out = rows->n == 0 || row_null(rows, 0, 0) ? -1 : row_int(rows, 0, 0);
}

void work_next_ms(struct flow *f, struct db *db, int64_t *out)
{
	static const struct db_statement sql = {"work_next_ms", "SELECT work_next_ms()", 0, true};

	db_ask(f, db, &sql, NULL, next_read, out);
}
