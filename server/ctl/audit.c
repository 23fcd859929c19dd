/*
 * audit.c - switchbackctl audit list, verify: who did what, and that nobody changed the record of
 * it.
 */
#include "server/ctl/scope.h"
#include "server/ctl/value.h"

bool audit_list(struct ctl *c, struct err *err)
{
	static const struct value_rule rule = {VALUE_INT, 1, 100000, NULL};
	const char *limit = args_value(&c->args, "limit");
	struct err why;
	PGresult *r;

	if (limit != NULL && !value_read(&rule, str_of(limit), &c->arena, &limit, &why))
		return err_set(err, ERR_INPUT, "--limit: %s.", why.text);
	if (!scope_begin_option(c, err))
		return false;
	r = DATABASE_ASK(
		&c->db, err,
		"SELECT a.seq, to_char(a.created_at AT TIME ZONE 'UTC', 'YYYY-MM-DD "
		"HH24:MI:SS\"Z\"'), a.actor, coalesce(a.actor_name, u.email, a.actor_id::text, "
		"'-'), a.action, coalesce(a.object_kind || ' ' || a.object_id, '-'), a.result FROM "
		"audit_log a LEFT JOIN user_profiles u ON u.organization_id = a.organization_id "
		"AND u.id = a.actor_id WHERE a.organization_id = $1 ORDER BY a.seq DESC LIMIT $2",
		c->organization_id, limit == NULL ? "50" : limit);
	for (int i = 0; r != NULL && i < PQntuples(r); i++)
		fprintf(c->out, "%6s  %s  %-8s %-28s %-24s %s  %s\n", PQgetvalue(r, i, 0),
			PQgetvalue(r, i, 1), PQgetvalue(r, i, 2), PQgetvalue(r, i, 3),
			PQgetvalue(r, i, 4), PQgetvalue(r, i, 6), PQgetvalue(r, i, 5));
	PQclear(r);
	return r != NULL && scope_end(c, "audit.list", NULL, NULL, NULL, err);
}

static bool store_verified(struct ctl *c, const char *slug, void *self, struct err *err)
{
	PGresult *r = DATABASE_ASK(&c->db, err,
				   "SELECT audit_broken($1), (SELECT last_audit FROM "
				   "organization_counters WHERE organization_id = $1)",
				   c->organization_id);
	bool *broken = self;

	if (r == NULL)
		return false;
	if (PQgetisnull(r, 0, 0)) {
		fprintf(c->out, "%s: whole up to %s\n", slug, PQgetvalue(r, 0, 1));
	} else {
		*broken = true;
		fprintf(c->out,
			"%s: BROKEN at %s: that line, or one beside it, was changed or taken out\n",
			slug, PQgetvalue(r, 0, 0));
	}
	PQclear(r);
	return true;
}

bool audit_verify(struct ctl *c, struct err *err)
{
	bool broken = false;

	return scope_each(c, args_value(&c->args, "organization"), store_verified, &broken, err) &&
	       (!broken || err_set(err, ERR_CONFLICT, "The audit log does not hold."));
}
