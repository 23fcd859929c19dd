/*
 * check.c - switchbackctl check: the set-up, line by line, each ok or not with what to do.
 */
#include "server/ctl/check.h"

#include "server/ctl/migrate.h"
#include "server/ctl/twilio.h"

void check_said(struct check *k, bool ok, const char *what, const char *sentence)
{
	fprintf(k->c->out, "%-7s %-28s %s\n", ok ? "ok" : "NOT OK", what, sentence);
	k->bad += !ok;
}

void check_noted(struct check *k, const char *what, const char *sentence)
{
	fprintf(k->c->out, "%-7s %-28s %s\n", "note", what, sentence);
}

/* ---- settings -------------------------------------------------------------------------------- */

static void settings_check(struct check *k)
{
	char name[] = "switchbackctl", option[] = "--config";
	char *argv[] = {name, option, NULL, NULL};
	const char *config = k->c->settings.config;
	struct err err;
	bool ok;

	argv[2] = arena_strdup(&k->c->arena, config);
	ok = settings_load(config == NULL ? 1 : 3, argv, PROGRAM_SERVICE, &k->service, &err);
	if (ok)
		check_said(k, true, "settings", "all that switchbackd needs are there");
	for (size_t i = 0; i < k->service.notes_n; i++) {
		if (k->service.notes[i].stops)
			check_said(k, false, k->service.notes[i].name, k->service.notes[i].text);
		else
			check_noted(k, k->service.notes[i].name, k->service.notes[i].text);
	}
	if (k->service.tool_secret == NULL)
		check_noted(k, "TOOL_SECRET",
			    "not set: the tool, initiation and MCP endpoints refuse everybody");
	if (!k->service.secrets_key.set)
		check_noted(k, "SECRETS_KEY",
			    "not set: organizations cannot have provider accounts of their own");
}

static void public_url_check(struct check *k)
{
	const char *url = k->service.public_url;

	if (url == NULL)
		return;
	if (strncmp(url, "https://", 8) == 0)
		check_said(k, true, "PUBLIC_URL", url);
	else
		check_noted(
			k, "PUBLIC_URL",
			arena_printf(
				&k->c->arena,
				"%s: good for trying; providers need an https:// address that they "
				"reach",
				url));
}

/* ---- the database ---------------------------------------------------------------------------- */

/* A statement whose first field is '' when all is well, else what is wrong. */
static void ask_check(struct check *k, struct database *db, const char *what, const char *good,
		      const char *sql)
{
	struct err err;
	PGresult *r = database_ask(db, &err, sql, 0, NULL);
	const char *wrong = r == NULL ? err.text : PQgetvalue(r, 0, 0);

	check_said(k, *wrong == '\0', what, *wrong == '\0' ? good : wrong);
	PQclear(r);
}

static void owner_check(struct check *k)
{
	struct database db;
	struct err err;
	size_t pending = 0;

	if (!database_open(&db, k->c->settings.database_url, "DATABASE_URL", &err)) {
		check_said(k, false, "owner's database", err.text);
		database_close(&db);
		return;
	}
	check_said(k, true, "owner's database", "answers");
	if (!migrate_pending(&db, schema_list(), &pending, &err))
		check_said(k, false, "schema", err.text);
	else if (pending > 0)
		check_said(k, false, "schema",
			   arena_printf(&k->c->arena, "%zu files wait: run switchbackctl migrate",
					pending));
	else
		check_said(k, true, "schema", schema_latest_name(schema_list()));
	database_close(&db);
}

static void service_check(struct check *k)
{
	struct database db;
	struct err err;

	if (k->service.app_database_url == NULL)
		return; /* told among the settings */
	if (!database_open(&db, k->service.app_database_url, "APP_DATABASE_URL", &err)) {
		check_said(k, false, "service's database", err.text);
		database_close(&db);
		return;
	}
	check_said(k, true, "service's database", "answers");
	ask_check(
		k, &db, "service's role", "may do only what it is granted",
		"SELECT coalesce((SELECT CASE WHEN rolsuper THEN current_user || ' is a superuser: "
		"ALTER ROLE ' || current_user || ' NOSUPERUSER' WHEN rolbypassrls THEN "
		"current_user || ' "
		"bypasses row security: ALTER ROLE ' || current_user || ' NOBYPASSRLS' WHEN "
		"rolcreaterole THEN current_user || ' may create roles: ALTER ROLE ' || "
		"current_user || ' "
		"NOCREATEROLE' END FROM pg_roles WHERE rolname = current_user), (SELECT "
		"current_user || ' "
		"owns the table ' || min(relname::text) || ': the service needs a login that owns "
		"none' "
		"FROM pg_class WHERE relkind IN ('r', 'p') AND relnamespace = "
		"'public'::regnamespace AND "
		"pg_has_role(relowner, 'USAGE') HAVING count(*) > 0), CASE WHEN NOT EXISTS (SELECT "
		"FROM "
		"pg_roles WHERE rolname = 'switchback_service') OR NOT "
		"pg_has_role('switchback_service', 'USAGE') THEN 'GRANT switchback_service TO ' || "
		"current_user END, '')");
	ask_check(k, &db, "tenants", "without a store's context no store is seen",
		  "SELECT CASE WHEN EXISTS (SELECT FROM organizations) THEN 'row security does not "
		  "hold: "
		  "the service sees stores without naming one' ELSE '' END");
	ask_check(k, &db, "durability", "fsync, full_page_writes and synchronous_commit are on",
		  "SELECT coalesce(string_agg(name, ', ') || ' is off: what was acknowledged could "
		  "be "
		  "lost; turn it on', '') FROM pg_settings WHERE name IN ('fsync', "
		  "'full_page_writes', "
		  "'synchronous_commit') AND setting = 'off'");
	database_close(&db);
}

/* ---- Twilio ---------------------------------------------------------------------------------- */

static void twilio_check(struct check *k)
{
	struct twilio_account account = {k->service.twilio_api_url, k->service.twilio_account_sid,
					 k->service.twilio_auth_token};
	struct err err;

	if (account.sid == NULL || account.token == NULL || account.api_url == NULL)
		return; /* told among the settings */
	if (twilio_account_answers(&account, &err))
		check_said(k, true, "Twilio", "the account and its token answer");
	else
		check_said(k, false, "Twilio", err.text);
}

bool check_command(struct ctl *c, struct err *err)
{
	struct check k = {.c = c};
	unsigned bad;

	settings_check(&k);
	public_url_check(&k);
	owner_check(&k);
	service_check(&k);
	twilio_check(&k);
	check_voice(&k);
	settings_clear(&k.service);
	bad = k.bad;
	return bad == 0 || err_set(err, ERR_INPUT, "%u of these are not ok.", bad);
}
