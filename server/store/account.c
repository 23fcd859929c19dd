/*
 * account.c - see account.h.
 */
#include "server/store/account.h"

static void account_read(struct flow *f, const struct db_rows *rows, void *to)
{
	struct account *out = to;

	*out = (struct account){.found = rows->n > 0 && !row_null(rows, 0, 0)};
	if (!out->found)
		return;
	row_id(rows, 0, 0, out->organization);
	out->token_sealed = row_keep(&f->arena, rows, 0, 1);
}

void account_find(struct flow *f, struct db *db, struct str account_sid, struct account *out)
{
	static const struct db_statement sql = {
		"account_find", "SELECT organization, token_sealed FROM account_find($1)", 1, true};

	db_ask(f, db, &sql, DB_PARAMS(db_str(f, account_sid)), account_read, out);
}
