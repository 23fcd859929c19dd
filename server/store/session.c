/*
 * session.c - see session.h.
 */
#include "server/store/session.h"

static void text(const struct db_rows *rows, int column, char *out, size_t room)
{
	snprintf(out, room, STR_FMT, STR_ARG(row_str(rows, 0, column)));
}

static void found_read(struct flow *f, const struct db_rows *rows, void *to)
{
	struct sign_in_found *out = to;

	(void)f;
	*out = (struct sign_in_found){.wait_s = 0};
	if (rows->n == 0)
		return;
	row_id(rows, 0, 0, out->organization);
	row_id(rows, 0, 1, out->user);
	text(rows, 2, out->hash, sizeof out->hash);
	out->wait_s = (unsigned)int_clamp(row_int(rows, 0, 3), 0, 3600);
	out->known = row_bool(rows, 0, 4);
}

void sign_in_find(struct flow *f, struct db *db, struct str slug, struct str email,
		  const char *address, struct sign_in_found *out)
{
	static const struct db_statement sql = {
		"sign_in_find",
		"SELECT organization, user_id, password_hash, wait_s, known"
		" FROM sign_in_find($1, $2, $3)",
		3, true};

	db_ask(f, db, &sql, DB_PARAMS(db_str(f, slug), db_str(f, email), address), found_read, out);
}

void sign_in_refused(struct flow *f, struct db *db, const struct sign_in_found *who,
		     const char *address, const char *request)
{
	static const struct db_statement sql = {"sign_in_refused",
						"SELECT sign_in_refused($1, $2, $3, $4)", 4, false};

	db_ask_for(f, db, who->organization, &sql,
		   DB_PARAMS(who->organization, who->user[0] == '\0' ? NULL : who->user, address,
			     request),
		   NULL, NULL);
}

static void made_read(struct flow *f, const struct db_rows *rows, void *to)
{
	struct session_made *out = to;

	(void)f;
	*out = (struct session_made){.made = rows->n > 0};
	if (!out->made)
		return;
	row_id(rows, 0, 0, out->session);
	text(rows, 1, out->role, sizeof out->role);
}

void sign_in_done(struct flow *f, struct db *db, const struct sign_in *s, struct session_made *out)
{
	static const struct db_statement sql = {
		"sign_in_done",
		"SELECT session_id, role FROM sign_in_done($1, $2, $3, $4, $5, $6, $7, $8, $9)", 9,
		false};

	db_ask_for(f, db, s->who->organization, &sql,
		   DB_PARAMS(s->who->organization, s->who->user, s->who->hash, s->renewed,
			     s->family_hash, s->refresh, s->client, s->address, s->request),
		   made_read, out);
}

static void refreshed_read(struct flow *f, const struct db_rows *rows, void *to)
{
	struct session_refreshed *out = to;

	(void)f;
	*out = (struct session_refreshed){.ok = false};
	if (rows->n == 0)
		return;
	out->ok = str_is(row_str(rows, 0, 0), "ok");
	out->reused = str_is(row_str(rows, 0, 0), "reused");
	row_id(rows, 0, 1, out->organization);
	row_id(rows, 0, 2, out->session);
	row_id(rows, 0, 3, out->user);
	text(rows, 4, out->role, sizeof out->role);
}

void session_refresh(struct flow *f, struct db *db, const char *family_hash, const char *shown,
		     const char *next, const char *address, const char *request,
		     struct session_refreshed *out)
{
	static const struct db_statement sql = {
		"session_refresh",
		"SELECT outcome, organization, session_id, user_id, role"
		" FROM session_refresh($1, $2, $3, $4, $5)",
		5, false};

	db_ask(f, db, &sql, DB_PARAMS(family_hash, shown, next, address, request), refreshed_read,
	       out);
}

static void in_force_read(struct flow *f, const struct db_rows *rows, void *to)
{
	struct session_found *out = to;

	(void)f;
	*out = (struct session_found){.in_force = rows->n > 0};
	if (!out->in_force)
		return;
	row_id(rows, 0, 0, out->user);
	text(rows, 1, out->role, sizeof out->role);
	text(rows, 2, out->language, sizeof out->language);
}

void session_find(struct flow *f, struct db *db, const char *organization, const char *session,
		  struct session_found *out)
{
	static const struct db_statement sql = {
		"session_find", "SELECT user_id, role, language FROM session_in_force($1, $2)", 2,
		true};

	db_ask_for(f, db, organization, &sql, DB_PARAMS(organization, session), in_force_read, out);
}
