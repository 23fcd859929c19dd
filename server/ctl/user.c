/*
 * user.c - switchbackctl user add, list, set, role, disable, enable, password: staff accounts of a
 * store.
 *
 * A new password and disabling end the account's sign-ins, a new role its open streams: triggers of
 * the database see to that, and tell the running services (schema/functions/session.sql).
 */
#include "server/api/roles.h"
#include "server/ctl/columns.h"
#include "server/ctl/input.h"
#include "server/ctl/scope.h"
#include "shared/password.h"

static const struct column_option options[] = {
	{"name", "display_name", {VALUE_TEXT, 1, 120, NULL}, NULL, true},
	{"first-name", "first_name", {VALUE_TEXT, 1, 80, NULL}, NULL, false},
	{"last-name", "last_name", {VALUE_TEXT, 1, 80, NULL}, NULL, false},
	{"language", "language", {VALUE_CHOICE, 0, 0, "en|fr"}, NULL, true},
	{"speaks", "speaks", {VALUE_WORDS, 0, 2, NULL}, "text[]", true},
	{"skills", "skills", {VALUE_WORDS, 0, 20, NULL}, "text[]", false},
	{"phone-number", "phone_number", {VALUE_PHONE, 0, 0, NULL}, NULL, false},
};

static bool email_read(struct ctl *c, const char **email, struct err *err)
{
	static const struct value_rule rule = {VALUE_EMAIL, 0, 0, NULL};
	struct err why;

	return value_read(&rule, str_of(c->args.rest[0]), &c->arena, email, &why) ||
	       err_set(err, ERR_INPUT, "%s.", why.text);
}

/* Adds the role, when given; the sign-in knows no other than those of the role table. */
static bool role_gather(struct ctl *c, struct columns *cs, struct err *err)
{
	const char *word = args_value(&c->args, "role");
	enum role role;

	if (word == NULL)
		return true;
	if (!role_parse(str_of(word), &role))
		return err_set(err, ERR_INPUT,
			       "--role is one of admin, manager, staff, service_tech.");
	columns_add(cs, "role", NULL, role_name(role));
	return true;
}

/* The account of that e-mail, locked; its id and whether it is active. */
static bool user_find(struct ctl *c, const char **id, bool *active, struct err *err)
{
	const char *email;
	PGresult *r;
	bool found;

	if (!email_read(c, &email, err) || !scope_begin_option(c, err))
		return false;
	r = DATABASE_ASK(&c->db, err,
			 "SELECT id, is_active FROM user_profiles WHERE organization_id = $1 AND "
			 "lower(email) = lower($2) FOR UPDATE",
			 c->organization_id, email);
	if (r == NULL)
		return false;
	found = PQntuples(r) == 1;
	if (found) {
		*id = arena_strdup(&c->arena, PQgetvalue(r, 0, 0));
		*active = *PQgetvalue(r, 0, 1) == 't';
	} else {
		err_set(err, ERR_MISSING, "%s has no account there; \"user list\" shows them.",
			email);
	}
	PQclear(r);
	return found;
}

/* ---- passwords ------------------------------------------------------------------------------- */

static bool password_read(struct ctl *c, const char *email, const char **hash, struct err *err)
{
	struct str local = str_of(email), rest = local, password;
	const char *words[3];
	char out[PASSWORD_HASH_MAX];
	bool ok;

	local = str_cut(&rest, '@');
	words[0] = arena_cstr(&c->arena, local);
	words[1] = email;
	words[2] = args_value(&c->args, "organization");
	if (!input_password(c, email, &password, err))
		return false;
	ok = password_acceptable(password, words, words[2] == NULL ? 2 : 3, err);
	if (ok) {
		password_hash(password.p, c->settings.bcrypt_rounds, out);
		*hash = arena_strdup(&c->arena, out);
	}
	explicit_bzero((void *)(uintptr_t)password.p, password.n);
	return ok;
}

static void password_columns(struct columns *cs, const char *hash)
{
	columns_add(cs, "password_hash", NULL, hash);
	columns_add(cs, "password_changed_at", "timestamptz", "now");
	columns_add(cs, "failed_sign_ins", "integer", "0");
	columns_add(cs, "next_sign_in_at", "timestamptz", NULL);
}

bool user_password(struct ctl *c, struct err *err)
{
	const char *id, *hash, *email;
	struct columns cs = {0};
	bool active;

	/* the hash is made before the row is locked: it takes a while, and asking takes longer */
	if (!email_read(c, &email, err) || !password_read(c, email, &hash, err) ||
	    !user_find(c, &id, &active, err))
		return false;
	password_columns(&cs, hash);
	return columns_update(c, "user_profiles", "organization_id", id, &cs, err) &&
	       scope_end(c, "user.password", "user", id, NULL, err);
}

/* ---- accounts -------------------------------------------------------------------------------- */

static bool email_free(struct ctl *c, const char *email, struct err *err)
{
	PGresult *r = DATABASE_ASK(
		&c->db, err,
		"SELECT FROM user_profiles WHERE organization_id = $1 AND lower(email) = "
		"lower($2)",
		c->organization_id, email);
	bool is_free = r != NULL && PQntuples(r) == 0;

	if (r != NULL && !is_free)
		err_set(err, ERR_CONFLICT, "%s has an account there already: use user set.", email);
	PQclear(r);
	return is_free;
}

/* Who says nothing else speaks the language of their console. */
static const char *spoken(struct ctl *c, const struct columns *cs)
{
	for (size_t i = 0; i < cs->n; i++) {
		if (strcmp(cs->column[i], "language") == 0)
			return arena_printf(&c->arena, "{%s}", cs->value[i]);
	}
	return "{en}";
}

bool user_add(struct ctl *c, struct err *err)
{
	const char *email, *hash = NULL, *id;
	struct columns cs = {0};
	PGresult *made;

	if (!args_has(&c->args, "role") || !args_has(&c->args, "name"))
		return err_set(err, ERR_INPUT, "--role and --name are needed.");
	if (!email_read(c, &email, err) || !role_gather(c, &cs, err) ||
	    !columns_gather(c, options, ARRAY_LEN(options), &cs, err))
		return false;
	if (!args_has(&c->args, "speaks"))
		columns_add(&cs, "speaks", "text[]", spoken(c, &cs));
	if (!args_has(&c->args, "no-password") && !password_read(c, email, &hash, err))
		return false;
	made = database_ask(&c->db, err, "SELECT gen_random_uuid()", 0, NULL);
	if (made == NULL)
		return false;
	id = arena_strdup(&c->arena, PQgetvalue(made, 0, 0));
	PQclear(made);
	columns_add(&cs, "id", "uuid", id);
	columns_add(&cs, "email", NULL, email);
	if (hash != NULL)
		password_columns(&cs, hash);
	if (!scope_begin_option(c, err) || !email_free(c, email, err) ||
	    !columns_insert(c, "user_profiles", "organization_id", &cs, err) ||
	    !scope_end(c, "user.add", "user", id, columns_audit(c, &cs), err))
		return false;
	fprintf(c->out, "%s %s\n", id, email);
	return true;
}

bool user_set(struct ctl *c, struct err *err)
{
	struct columns cs = {0};
	const char *id;
	bool active;

	if (!role_gather(c, &cs, err) || !columns_gather(c, options, ARRAY_LEN(options), &cs, err))
		return false;
	if (cs.n == 0)
		return err_set(err, ERR_INPUT,
			       "Nothing to set was given; --help lists the options.");
	return user_find(c, &id, &active, err) &&
	       columns_update(c, "user_profiles", "organization_id", id, &cs, err) &&
	       scope_end(c, "user.set", "user", id, columns_audit(c, &cs), err);
}

bool user_role(struct ctl *c, struct err *err)
{
	struct columns cs = {0};
	enum role role;
	const char *id;
	bool active;

	if (!role_parse(str_of(c->args.rest[1]), &role))
		return err_set(err, ERR_INPUT,
			       "A role is one of admin, manager, staff, service_tech.");
	columns_add(&cs, "role", NULL, role_name(role));
	return user_find(c, &id, &active, err) &&
	       columns_update(c, "user_profiles", "organization_id", id, &cs, err) &&
	       scope_end(c, "user.role", "user", id,
			 arena_printf(&c->arena, "{\"role\": \"%s\"}", role_name(role)), err);
}

static bool active_set(struct ctl *c, bool active, struct err *err)
{
	struct columns cs = {0};
	const char *id;
	bool was;

	columns_add(&cs, "is_active", "boolean", active ? "true" : "false");
	return user_find(c, &id, &was, err) &&
	       columns_update(c, "user_profiles", "organization_id", id, &cs, err) &&
	       scope_end(c, active ? "user.enable" : "user.disable", "user", id, NULL, err);
}

bool user_disable(struct ctl *c, struct err *err)
{
	return active_set(c, false, err);
}

bool user_enable(struct ctl *c, struct err *err)
{
	return active_set(c, true, err);
}

bool user_list(struct ctl *c, struct err *err)
{
	PGresult *r;

	if (!scope_begin_option(c, err))
		return false;
	r = DATABASE_ASK(
		&c->db, err,
		"SELECT email, role, CASE WHEN NOT is_active THEN 'disabled' WHEN password_hash "
		"IS NULL THEN 'no password' ELSE 'active' END, language, display_name, id FROM "
		"user_profiles WHERE organization_id = $1 ORDER BY lower(email)",
		c->organization_id);
	for (int i = 0; r != NULL && i < PQntuples(r); i++)
		fprintf(c->out, "%-36s %-12s %-11s %s  %s  %s\n", PQgetvalue(r, i, 0),
			PQgetvalue(r, i, 1), PQgetvalue(r, i, 2), PQgetvalue(r, i, 3),
			PQgetvalue(r, i, 5), PQgetvalue(r, i, 4));
	PQclear(r);
	return r != NULL && scope_end(c, "user.list", NULL, NULL, NULL, err);
}
