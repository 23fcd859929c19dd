/*
 * scope.c - see scope.h.
 */
#include "server/ctl/scope.h"

#include <pwd.h>
#include <unistd.h>

bool scope_begin(struct ctl *c, const char *slug, struct err *err)
{
	PGresult *r = DATABASE_ASK(&c->db, err, "SELECT organization_by_slug($1)", slug);
	const char *id = r == NULL ? NULL : database_text(r, 0, 0);

	if (r != NULL && id == NULL)
		err_set(err, ERR_MISSING,
			"There is no organization \"%.63s\"; \"organization list\" shows them.",
			slug);
	c->organization_id = arena_strdup(&c->arena, id);
	PQclear(r);
	return id != NULL && database_begin_for(&c->db, c->organization_id, err);
}

bool scope_begin_option(struct ctl *c, struct err *err)
{
	const char *slug = args_value(&c->args, "organization");

	if (slug == NULL)
		return err_set(err, ERR_INPUT, "--organization SLUG is missing.");
	return scope_begin(c, slug, err);
}

bool scope_store_time(struct ctl *c, struct err *err)
{
	return DATABASE_DO(
		&c->db, err,
		"SELECT set_config('timezone', time_zone, true) FROM organizations WHERE id = "
		"$1",
		c->organization_id);
}

/* Who sits at this machine: the one behind sudo where there is one. */
static const char *operator_name(struct ctl *c)
{
	const char *sudo = getenv("SUDO_USER");
	const struct passwd *who = getpwuid(getuid());
	char host[64] = "";

	gethostname(host, sizeof host - 1);
	if (sudo == NULL || *sudo == '\0')
		sudo = who == NULL ? "unknown" : who->pw_name;
	return arena_printf(&c->arena, "%.40s@%.60s", sudo, host);
}

bool scope_audit(struct ctl *c, const char *action, const char *kind, const char *object,
		 const char *detail, struct err *err)
{
	return DATABASE_DO(
		&c->db, err,
		"INSERT INTO audit_log (organization_id, actor, actor_name, action, "
		"object_kind, object_id, result, detail) VALUES ($1, 'platform', $2, $3, $4, "
		"$5, 'done', coalesce($6, '{}')::jsonb)",
		c->organization_id, operator_name(c), action, kind, object, detail);
}

/* Tells the running services that events may have been committed there (server/events/hub.h). Only
 * a hint: they look by themselves within a second, so its failure is nothing. */
static void events_hinted(struct ctl *c)
{
	struct err ignored;

	if (!DATABASE_DO(&c->db, &ignored, "SELECT pg_notify('switchback_events', $1)",
			 c->organization_id))
		database_rollback(&c->db);
}

bool scope_end(struct ctl *c, const char *action, const char *kind, const char *object,
	       const char *detail, struct err *err)
{
	if (!scope_audit(c, action, kind, object, detail, err) || !database_commit(&c->db, err))
		return false;
	events_hinted(c);
	return true;
}

/* The owner is under row security like everybody else, but may take the place of the role that
 * reads slugs (schema/0012). */
PGresult *scope_slugs(struct ctl *c, struct err *err)
{
	PGresult *r = NULL;

	if (database_begin(&c->db, err) &&
	    database_do(&c->db, err, "SET LOCAL ROLE switchback_lookup", 0, NULL))
		r = database_ask(&c->db, err, "SELECT slug FROM organizations ORDER BY slug", 0,
				 NULL);
	database_rollback(&c->db);
	return r;
}

bool scope_each(struct ctl *c, const char *slug,
		bool (*each)(struct ctl *c, const char *slug, void *self, struct err *err),
		void *self, struct err *err)
{
	PGresult *slugs;
	bool ok = true;

	if (slug != NULL) {
		ok = scope_begin(c, slug, err) && each(c, slug, self, err);
		database_rollback(&c->db);
		return ok;
	}
	slugs = scope_slugs(c, err);
	for (int i = 0; slugs != NULL && ok && i < PQntuples(slugs); i++) {
		ok = scope_begin(c, PQgetvalue(slugs, i, 0), err) &&
		     each(c, PQgetvalue(slugs, i, 0), self, err);
		database_rollback(&c->db);
	}
	PQclear(slugs);
	return slugs != NULL && ok;
}
