/*
 * organization.c - switchbackctl organization add, list, show, set, close, open: the store itself.
 * Its hours, special days and policies are in organization_hours.c.
 */
#include "server/ctl/columns.h"
#include "server/ctl/hours.h"
#include "server/ctl/input.h"
#include "server/ctl/scope.h"
#include "shared/seal.h"

static const struct column_option options[] = {
	{"name", "name", {VALUE_TEXT, 1, 120, NULL}, NULL, true},
	{"time-zone", "time_zone", {VALUE_TEXT, 1, 60, NULL}, NULL, true},
	{"language", "default_language", {VALUE_CHOICE, 0, 0, "en|fr"}, NULL, true},
	{"phone-number", "phone_number", {VALUE_PHONE, 0, 0, NULL}, NULL, false},
	{"email", "email", {VALUE_EMAIL, 0, 0, NULL}, NULL, false},
	{"address", "address", {VALUE_PROSE, 0, 300, NULL}, NULL, false},
	{"directions-en", "directions_en", {VALUE_PROSE, 0, 1000, NULL}, NULL, false},
	{"directions-fr", "directions_fr", {VALUE_PROSE, 0, 1000, NULL}, NULL, false},
	{"currency", "currency", {VALUE_CURRENCY, 0, 0, NULL}, NULL, true},
	{"reply-target-minutes",
	 "reply_target_minutes",
	 {VALUE_INT, 1, 1440, NULL},
	 "integer",
	 true},
	{"daily-segment-cap",
	 "daily_segment_cap",
	 {VALUE_INT, 0, INT32_MAX, NULL},
	 "integer",
	 true},
	{"pair-hourly-cap", "pair_hourly_cap", {VALUE_INT, 0, INT32_MAX, NULL}, "integer", true},
	{"allowed-countries", "allowed_countries", {VALUE_COUNTRIES, 0, 50, NULL}, "text[]", true},
	{"twilio-account-sid", "twilio_account_sid", {VALUE_ACCOUNT, 0, 0, NULL}, NULL, false},
	{"elevenlabs-agent-id", "elevenlabs_agent_id", {VALUE_ID, 0, 0, NULL}, NULL, false},
	{"text-engine", "text_engine", {VALUE_CHOICE, 0, 0, "builtin|elevenlabs"}, NULL, true},
	{"voice-engine", "voice_engine", {VALUE_CHOICE, 0, 0, "builtin|elevenlabs"}, NULL, true},
	{"call-greeting-en", "call_greeting_en", {VALUE_TEXT, 1, 500, NULL}, NULL, false},
	{"call-greeting-fr", "call_greeting_fr", {VALUE_TEXT, 1, 500, NULL}, NULL, false},
	{"consent-line-en", "consent_line_en", {VALUE_TEXT, 1, 500, NULL}, NULL, false},
	{"consent-line-fr", "consent_line_fr", {VALUE_TEXT, 1, 500, NULL}, NULL, false},
	{"transcribe-staff", "transcribe_staff", {VALUE_YES_NO, 0, 0, NULL}, "boolean", true},
	{"active", "is_active", {VALUE_YES_NO, 0, 0, NULL}, "boolean", true},
};

/* Credentials come from a file or from input, never as an argument, and are kept sealed. */
static const struct {
	const char *option, *column, *sealed_as;
} credentials[] = {
	{"twilio-auth-token-file", "twilio_auth_token_sealed", SEAL_TWILIO_AUTH_TOKEN},
	{"elevenlabs-api-key-file", "elevenlabs_api_key_sealed", SEAL_ELEVENLABS_API_KEY},
};

static bool credentials_gather(struct ctl *c, struct columns *cs, struct err *err)
{
	for (size_t i = 0; i < ARRAY_LEN(credentials); i++) {
		const char *path = args_value(&c->args, credentials[i].option);
		struct str plain, sealed;
		bool ok;

		if (path == NULL)
			continue;
		if (*path == '\0') { /* --...-file "" takes it away */
			columns_add(cs, credentials[i].column, "bytea", NULL);
			continue;
		}
		if (!input_secret(c, path, &plain, err))
			return false;
		ok = seal_close(&c->settings.secrets_key, c->organization_id,
				credentials[i].sealed_as, plain, &c->arena, &sealed, err);
		explicit_bzero((void *)(uintptr_t)plain.p, plain.n);
		if (!ok)
			return false;
		columns_add(cs, credentials[i].column, "bytea", database_bytea(&c->arena, sealed));
	}
	return true;
}

static bool zone_check(struct ctl *c, struct err *err)
{
	const char *zone = args_value(&c->args, "time-zone");
	PGresult *r;
	bool known;

	if (zone == NULL)
		return true;
	r = DATABASE_ASK(&c->db, err,
			 "SELECT EXISTS (SELECT FROM pg_timezone_names WHERE name = $1)", zone);
	known = r != NULL && *PQgetvalue(r, 0, 0) == 't';
	PQclear(r);
	if (r != NULL && !known)
		err_set(err, ERR_INPUT,
			"--time-zone: \"%s\" is not in the time zone database; names look like "
			"America/Toronto.",
			value_shown(&c->arena, str_of(zone)));
	return known;
}

/* When the store calls customers by itself, "9:00-20:00"; "never" takes it away. */
static bool calling_hours_gather(struct ctl *c, struct columns *cs, struct err *err)
{
	const char *text = args_value(&c->args, "calling-hours");
	struct hours_day day;
	struct err why;

	if (text == NULL)
		return true;
	if (strcmp(text, "never") == 0) {
		columns_add(cs, "calls_from", "smallint", NULL);
		columns_add(cs, "calls_until", "smallint", NULL);
		return true;
	}
	if (!hours_periods_parse(str_of(text), &day, &why) || day.n != 1 ||
	    day.periods[0].closes > 1440)
		return err_set(err, ERR_INPUT,
			       "--calling-hours is one period of a day, such as 9:00-20:00, or "
			       "\"never\".");
	columns_add(cs, "calls_from", "smallint",
		    arena_printf(&c->arena, "%d", day.periods[0].opens));
	columns_add(cs, "calls_until", "smallint",
		    arena_printf(&c->arena, "%d", day.periods[0].closes));
	return true;
}

static bool columns_read(struct ctl *c, struct columns *cs, struct err *err)
{
	return columns_gather(c, options, ARRAY_LEN(options), cs, err) && zone_check(c, err) &&
	       calling_hours_gather(c, cs, err) && credentials_gather(c, cs, err);
}

/* ---- add and set ----------------------------------------------------------------------------- */

static bool slug_check(struct ctl *c, const char *slug, struct err *err)
{
	PGresult *r;
	bool taken;

	if (strspn(slug, "abcdefghijklmnopqrstuvwxyz0123456789-") != strlen(slug) ||
	    *slug == '\0' || strlen(slug) > 63 || *slug == '-' || slug[strlen(slug) - 1] == '-')
		return err_set(
			err, ERR_INPUT,
			"\"%s\" is no slug: 1 to 63 lower-case letters, digits and inner dashes, "
			"such as velo-plateau.",
			value_shown(&c->arena, str_of(slug)));
	r = DATABASE_ASK(&c->db, err, "SELECT organization_by_slug($1), gen_random_uuid()", slug);
	if (r == NULL)
		return false;
	taken = database_text(r, 0, 0) != NULL;
	c->organization_id = arena_strdup(&c->arena, PQgetvalue(r, 0, 1));
	PQclear(r);
	return !taken ||
	       err_set(err, ERR_CONFLICT,
		       "There is already an organization \"%s\": use organization set.", slug);
}

bool organization_add(struct ctl *c, struct err *err)
{
	const char *slug = c->args.rest[0];
	struct columns cs = {0};

	if (!args_has(&c->args, "name") || !args_has(&c->args, "time-zone"))
		return err_set(err, ERR_INPUT,
			       "--name and --time-zone are needed; the rest has defaults.");
	if (!slug_check(c, slug, err))
		return false;
	columns_add(&cs, "slug", NULL, slug);
	if (!columns_read(c, &cs, err) || !database_begin_for(&c->db, c->organization_id, err) ||
	    !columns_insert(c, "organizations", "id", &cs, err) ||
	    !scope_end(c, "organization.add", "organization", c->organization_id,
		       columns_audit(c, &cs), err))
		return false;
	fprintf(c->out, "%s %s\n", c->organization_id, slug);
	return true;
}

bool organization_set(struct ctl *c, struct err *err)
{
	struct columns cs = {0};

	if (!scope_begin(c, c->args.rest[0], err) || !columns_read(c, &cs, err))
		return false;
	if (cs.n == 0)
		return err_set(err, ERR_INPUT,
			       "Nothing to set was given; --help lists the options.");
	return columns_update(c, "organizations", "id", NULL, &cs, err) &&
	       scope_end(c, "organization.set", "organization", c->organization_id,
			 columns_audit(c, &cs), err);
}

/* ---- list and show --------------------------------------------------------------------------- */

static bool one_listed(struct ctl *c, const char *slug, void *self, struct err *err)
{
	PGresult *r = DATABASE_ASK(
		&c->db, err,
		"SELECT o.id, o.name, o.time_zone, o.default_language, CASE WHEN NOT o.is_active "
		"THEN "
		"'inactive' WHEN o.closed_manually THEN 'closed' ELSE 'active' END, (SELECT "
		"coalesce(string_agg(n.phone_number, ',' ORDER BY n.phone_number), '-') FROM "
		"organization_phone_numbers n WHERE n.organization_id = o.id AND n.is_active) FROM "
		"organizations o WHERE o.id = $1",
		c->organization_id);

	(void)self;
	if (r == NULL)
		return false;
	if (PQntuples(r) == 1)
		fprintf(c->out, "%-24s %-8s %s  %-20s %s  %s  %s\n", slug, PQgetvalue(r, 0, 4),
			PQgetvalue(r, 0, 3), PQgetvalue(r, 0, 2), PQgetvalue(r, 0, 0),
			PQgetvalue(r, 0, 5), PQgetvalue(r, 0, 1));
	PQclear(r);
	return true;
}

bool organization_list(struct ctl *c, struct err *err)
{
	return scope_each(c, NULL, one_listed, NULL, err);
}

bool organization_show(struct ctl *c, struct err *err)
{
	PGresult *r;

	if (!scope_begin(c, c->args.rest[0], err))
		return false;
	r = DATABASE_ASK(
		&c->db, err,
		"SELECT id, slug, name, is_active, time_zone, default_language, phone_number, "
		"email, address, directions_en, directions_fr, currency, reply_target_minutes, "
		"closed_manually, closed_until, closed_reason_en, closed_reason_fr, "
		"daily_segment_cap, pair_hourly_cap, array_to_string(allowed_countries, ',') AS "
		"allowed_countries, twilio_account_sid, CASE WHEN twilio_auth_token_sealed IS "
		"NOT NULL THEN '(sealed)' END AS twilio_auth_token, elevenlabs_agent_id, CASE "
		"WHEN elevenlabs_api_key_sealed IS NOT NULL THEN '(sealed)' END AS "
		"elevenlabs_api_key, text_engine, voice_engine, call_greeting_en, "
		"call_greeting_fr, consent_line_en, consent_line_fr, transcribe_staff, "
		"coalesce(to_char(make_interval(mins => calls_from), 'HH24:MI') || '-' || "
		"to_char(make_interval(mins => calls_until), 'HH24:MI'), 'never') AS "
		"calling_hours, created_at, updated_at FROM organizations WHERE id = $1",
		c->organization_id);
	if (r == NULL)
		return false;
	for (int i = 0; i < PQnfields(r); i++)
		fprintf(c->out, "%-22s %s\n", PQfname(r, i),
			PQgetisnull(r, 0, i) ? "-" : PQgetvalue(r, 0, i));
	PQclear(r);
	return scope_end(c, "organization.show", "organization", c->organization_id, NULL, err);
}

/* ---- closed by hand -------------------------------------------------------------------------- */

bool organization_close(struct ctl *c, struct err *err)
{
	static const struct column_option given[] = {
		{"until", "closed_until", {VALUE_TIME, 0, 0, NULL}, "timestamptz", true},
		{"reason-en", "closed_reason_en", {VALUE_TEXT, 1, 300, NULL}, NULL, true},
		{"reason-fr", "closed_reason_fr", {VALUE_TEXT, 1, 300, NULL}, NULL, true},
	};
	struct columns cs = {0};
	PGresult *past;
	bool ok;

	if (!scope_begin(c, c->args.rest[0], err) || !scope_store_time(c, err))
		return false;
	columns_add(&cs, "closed_manually", "boolean", "true");
	for (size_t i = 0; i < ARRAY_LEN(given);
	     i++) { /* what is not given does not stay from before */
		if (!args_has(&c->args, given[i].option))
			columns_add(&cs, given[i].column, given[i].type, NULL);
	}
	if (!columns_gather(c, given, ARRAY_LEN(given), &cs, err))
		return false;
	past = !columns_update(c, "organizations", "id", NULL, &cs, err)
		       ? NULL
		       : DATABASE_ASK(
				 &c->db, err,
				 "SELECT closed_until <= now() FROM organizations WHERE id = $1",
				 c->organization_id);
	if (past == NULL)
		return false;
	ok = strcmp(PQgetvalue(past, 0, 0), "t") != 0 ||
	     err_set(err, ERR_INPUT, "--until is in the past.");
	PQclear(past);
	return ok && scope_end(c, "organization.close", "organization", c->organization_id,
			       columns_audit(c, &cs), err);
}

bool organization_open(struct ctl *c, struct err *err)
{
	struct columns cs = {0};

	columns_add(&cs, "closed_manually", "boolean", "false");
	columns_add(&cs, "closed_until", "timestamptz", NULL);
	columns_add(&cs, "closed_reason_en", NULL, NULL);
	columns_add(&cs, "closed_reason_fr", NULL, NULL);
	return scope_begin(c, c->args.rest[0], err) &&
	       columns_update(c, "organizations", "id", NULL, &cs, err) &&
	       scope_end(c, "organization.open", "organization", c->organization_id, NULL, err);
}
