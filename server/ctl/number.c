/*
 * number.c - switchbackctl number add, set, list, remove: which number reaches which store.
 *
 * Twilio is asked between two transactions. A number is added switched off, then pointed here at
 * Twilio, then switched on: until the last step it reaches nobody. When Twilio refuses, the row
 * goes again; after a crash in between it is listed as staged, and adding it once more finishes the
 * work.
 */
#include "server/ctl/number.h"

#include "server/ctl/columns.h"
#include "server/ctl/scope.h"
#include "server/ctl/twilio.h"
#include "shared/seal.h"

static const struct column_option options[] = {
	{"label", "label", {VALUE_TEXT, 1, 80, NULL}, NULL, false},
	{"fallback-number", "fallback_number", {VALUE_PHONE, 0, 0, NULL}, NULL, false},
	{"elevenlabs-phone-id", "elevenlabs_phone_id", {VALUE_ID, 0, 0, NULL}, NULL, false},
	{"elevenlabs-agent-id", "elevenlabs_agent_id", {VALUE_ID, 0, 0, NULL}, NULL, false},
};

static bool number_read(struct ctl *c, const char **out, struct err *err)
{
	static const struct value_rule rule = {VALUE_PHONE, 0, 0, NULL};
	struct err why;

	return value_read(&rule, str_of(c->args.rest[0]), &c->arena, out, &why) ||
	       err_set(err, ERR_INPUT, "%s.", why.text);
}

bool number_account(struct ctl *c, struct twilio_account *out, struct err *err)
{
	const struct settings *s = &c->settings;
	PGresult *r = DATABASE_ASK(
		&c->db, err,
		"SELECT twilio_account_sid, twilio_auth_token_sealed FROM organizations "
		"WHERE id = $1",
		c->organization_id);
	struct str token;
	bool ok = r != NULL;

	if (!ok)
		return false;
	*out = (struct twilio_account){s->twilio_api_url, s->twilio_account_sid,
				       s->twilio_auth_token};
	if (!PQgetisnull(r, 0, 0)) {
		out->sid = arena_strdup(&c->arena, PQgetvalue(r, 0, 0));
		out->token = NULL;
	}
	if (!PQgetisnull(r, 0, 0) && !PQgetisnull(r, 0, 1)) {
		ok = seal_open_either(s, c->organization_id, SEAL_TWILIO_AUTH_TOKEN,
				      database_bytes(&c->arena, r, 0, 1), &c->arena, &token, NULL,
				      err);
		if (ok)
			out->token = token.p;
	}
	PQclear(r);
	if (ok && (out->sid == NULL || out->token == NULL))
		ok = err_set(
			err, ERR_INPUT,
			"There are no Twilio credentials: set TWILIO_ACCOUNT_SID and "
			"TWILIO_AUTH_TOKEN, or the organization's own (organization set), or add "
			"--no-webhook.");
	return ok;
}

/* ---- add ------------------------------------------------------------------------------------- */

struct number {
	const char *e164, *id;
	bool is_new, is_active;
	bool is_native; /* ElevenLabs answers its calls */
};

/* The row, switched off where it is new. */
static bool row_stage(struct ctl *c, struct number *n, struct err *err)
{
	const char *native = args_value(&c->args, "elevenlabs-phone-id");
	struct columns cs = {0};
	PGresult *r = DATABASE_ASK(&c->db, err,
				   "SELECT id, is_active, elevenlabs_phone_id IS NOT NULL FROM "
				   "organization_phone_numbers WHERE organization_id = $1 AND "
				   "phone_number = $2 FOR UPDATE",
				   c->organization_id, n->e164);

	if (r == NULL)
		return false;
	n->is_new = PQntuples(r) == 0;
	if (!n->is_new) {
		n->id = arena_strdup(&c->arena, PQgetvalue(r, 0, 0));
		n->is_active = *PQgetvalue(r, 0, 1) == 't';
		n->is_native = *PQgetvalue(r, 0, 2) == 't';
	}
	PQclear(r);
	if (native != NULL)
		n->is_native = *native != '\0';
	if (!columns_gather(c, options, ARRAY_LEN(options), &cs, err))
		return false;
	if (!n->is_new)
		return cs.n == 0 || columns_update(c, "organization_phone_numbers",
						   "organization_id", n->id, &cs, err);
	r = database_ask(&c->db, err, "SELECT gen_random_uuid()", 0, NULL);
	if (r == NULL)
		return false;
	n->id = arena_strdup(&c->arena, PQgetvalue(r, 0, 0));
	PQclear(r);
	columns_add(&cs, "id", "uuid", n->id);
	columns_add(&cs, "phone_number", NULL, n->e164);
	columns_add(&cs, "is_active", "boolean", "false");
	if (columns_insert(c, "organization_phone_numbers", "organization_id", &cs, err))
		return true;
	if (strstr(err->text, "organization_phone_numbers_phone_number_key") != NULL)
		return err_set(
			err, ERR_CONFLICT,
			"%s belongs to another organization: a number reaches one store only.",
			n->e164);
	return false;
}

/* Takes back what row_stage() made; a failure here is told by "staged" in the list. */
static void row_unstage(struct ctl *c, const struct number *n)
{
	struct err ignored;
	bool gone =
		n->is_new && database_begin_for(&c->db, c->organization_id, &ignored) &&
		DATABASE_DO(
			&c->db, &ignored,
			"DELETE FROM organization_phone_numbers WHERE organization_id = $1 AND id "
			"= $2 AND NOT is_active",
			c->organization_id, n->id) &&
		database_commit(&c->db, &ignored);

	database_rollback(&c->db);
	if (n->is_new && !gone)
		fprintf(c->say, "%s stays staged (switched off); run the command again.\n",
			n->e164);
}

static bool row_activate(struct ctl *c, const struct number *n, const char *twilio_sid,
			 struct err *err)
{
	struct columns cs = {0};

	columns_add(&cs, "is_active", "boolean", "true");
	if (twilio_sid != NULL)
		columns_add(&cs, "twilio_phone_sid", NULL, twilio_sid);
	return database_begin_for(&c->db, c->organization_id, err) &&
	       columns_update(c, "organization_phone_numbers", "organization_id", n->id, &cs,
			      err) &&
	       scope_end(c, "number.add", "number", n->id, NULL, err);
}

static bool webhook_set(struct ctl *c, const struct number *n, struct twilio_number *out,
			struct err *err)
{
	enum number_parts parts = n->is_native ? NUMBER_TEXTS : NUMBER_ALL;
	struct twilio_account account;
	bool known = database_begin_for(&c->db, c->organization_id, err) &&
		     number_account(c, &account, err);

	database_rollback(&c->db);
	return known && twilio_number_find(&account, n->e164, &c->arena, out, err) &&
	       twilio_number_point(&account, out->sid, c->settings.public_url, parts, &c->arena,
				   err);
}

bool number_add(struct ctl *c, struct err *err)
{
	bool webhook = !args_has(&c->args, "no-webhook");
	struct twilio_number at_twilio = {0};
	struct number n = {0};

	if (!number_read(c, &n.e164, err) || !scope_begin_option(c, err) ||
	    !row_stage(c, &n, err) || !database_commit(&c->db, err))
		return false;
	if (webhook && !webhook_set(c, &n, &at_twilio, err)) {
		row_unstage(c, &n);
		return false;
	}
	if (!row_activate(c, &n, at_twilio.sid, err)) {
		database_rollback(&c->db);
		fprintf(c->say, "%s stays staged (switched off); run the command again.\n", n.e164);
		return false;
	}
	fprintf(c->out, "%s %s%s%s\n", n.e164, webhook ? "is active, and points at " : "is active",
		webhook ? c->settings.public_url : "", n.is_new ? "" : " (it was there already)");
	return true;
}

/* ---- set ------------------------------------------------------------------------------------- */

bool number_set(struct ctl *c, struct err *err)
{
	struct columns cs = {0};
	const char *e164, *id;
	PGresult *r;
	bool found;

	if (!number_read(c, &e164, err) || !scope_begin_option(c, err) ||
	    !columns_gather(c, options, ARRAY_LEN(options), &cs, err))
		return false;
	if (cs.n == 0)
		return err_set(err, ERR_INPUT,
			       "Nothing to set was given; --help lists the options.");
	r = DATABASE_ASK(&c->db, err,
			 "SELECT id FROM organization_phone_numbers WHERE organization_id = $1 AND "
			 "phone_number = $2 FOR UPDATE",
			 c->organization_id, e164);
	found = r != NULL && PQntuples(r) == 1;
	id = found ? arena_strdup(&c->arena, PQgetvalue(r, 0, 0)) : NULL;
	if (r != NULL && !found)
		err_set(err, ERR_MISSING, "%s is not a number of that organization.", e164);
	PQclear(r);
	return found &&
	       columns_update(c, "organization_phone_numbers", "organization_id", id, &cs, err) &&
	       scope_end(c, "number.set", "number", e164, columns_audit(c, &cs), err);
}

/* ---- list and remove ------------------------------------------------------------------------- */

static bool one_listed(struct ctl *c, const char *slug, void *self, struct err *err)
{
	PGresult *r =
		DATABASE_ASK(&c->db, err,
			     "SELECT phone_number, CASE WHEN is_active THEN 'active' ELSE 'staged' "
			     "END, coalesce(twilio_phone_sid, '-'), coalesce(fallback_number, "
			     "'-'), CASE WHEN elevenlabs_phone_id IS NOT NULL THEN 'native' "
			     "ELSE '-' END, coalesce(label, '') FROM "
			     "organization_phone_numbers WHERE organization_id = $1 ORDER BY 1",
			     c->organization_id);

	(void)self;
	for (int i = 0; r != NULL && i < PQntuples(r); i++)
		fprintf(c->out, "%-16s %-7s %-24s %-34s %-16s %-6s %s\n", PQgetvalue(r, i, 0),
			PQgetvalue(r, i, 1), slug, PQgetvalue(r, i, 2), PQgetvalue(r, i, 3),
			PQgetvalue(r, i, 4), PQgetvalue(r, i, 5));
	PQclear(r);
	return r != NULL;
}

bool number_list(struct ctl *c, struct err *err)
{
	return scope_each(c, args_value(&c->args, "organization"), one_listed, NULL, err);
}

/* Takes our addresses away at Twilio, unless somebody has pointed the number elsewhere meanwhile.
 */
static bool webhook_clear(struct ctl *c, const char *e164, struct err *err)
{
	struct str ours = str_of(c->settings.public_url);
	struct twilio_account account;
	struct twilio_number at_twilio;
	bool others, known = database_begin_for(&c->db, c->organization_id, err) &&
			     number_account(c, &account, err);

	database_rollback(&c->db);
	if (!known || !twilio_number_find(&account, e164, &c->arena, &at_twilio, err))
		return false;
	if (!str_starts(str_of(at_twilio.sms_url), ours) &&
	    !str_starts(str_of(at_twilio.voice_url), ours))
		return true;
	/* what somebody else answers is left to them */
	others = *at_twilio.voice_url != '\0' && !str_starts(str_of(at_twilio.voice_url), ours);
	return twilio_number_point(&account, at_twilio.sid, NULL,
				   others ? NUMBER_TEXTS : NUMBER_ALL, &c->arena, err);
}

bool number_remove(struct ctl *c, struct err *err)
{
	bool webhook = !args_has(&c->args, "no-webhook"), gone;
	const char *e164;
	PGresult *r;

	if (!number_read(c, &e164, err) || !scope_begin_option(c, err))
		return false;
	r = DATABASE_ASK(&c->db, err,
			 "DELETE FROM organization_phone_numbers WHERE organization_id = $1 AND "
			 "phone_number = $2",
			 c->organization_id, e164);
	gone = r != NULL && strcmp(PQcmdTuples(r), "1") == 0;
	if (r != NULL && !gone)
		err_set(err, ERR_MISSING, "%s is not a number of that organization.", e164);
	PQclear(r);
	if (!gone || !scope_end(c, "number.remove", "number", e164, NULL, err))
		return false;
	fprintf(c->out, "%s reaches nobody here any more\n", e164);
	if (webhook && !webhook_clear(c, e164, err)) {
		fprintf(c->say, "It still points here at Twilio; take its addresses away there.\n");
		return false;
	}
	return true;
}
