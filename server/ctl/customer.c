/*
 * customer.c - switchbackctl customer list, show, add, opt-out, opt-in. What is kept about one as a
 * whole is in customer_record.c.
 */
#include "server/ctl/customer.h"

#include "server/ctl/columns.h"
#include "server/ctl/scope.h"
#include "shared/phone.h"

/* ---- finding one ----------------------------------------------------------------------------- */

static bool is_uuid(const char *s)
{
	size_t n = strlen(s);

	for (size_t i = 0; i < n; i++) {
		bool dash = i == 8 || i == 13 || i == 18 || i == 23;

		if (dash != (s[i] == '-') ||
		    (!dash && strchr("0123456789abcdefABCDEF", s[i]) == NULL))
			return false;
	}
	return n == 36;
}

bool customer_find(struct ctl *c, const char **id, struct err *err)
{
	const char *given = c->args.rest[0];
	char number[PHONE_MAX];
	PGresult *r;
	bool found;

	if (is_uuid(given))
		r = DATABASE_ASK(
			&c->db, err,
			"SELECT id FROM customers WHERE organization_id = $1 AND id = $2 FOR "
			"UPDATE",
			c->organization_id, given);
	else if (phone_parse(str_of(given), number))
		r = DATABASE_ASK(
			&c->db, err,
			"SELECT id FROM customers WHERE organization_id = $1 AND phone_number = $2 "
			"FOR UPDATE",
			c->organization_id, number);
	else
		return err_set(err, ERR_INPUT,
			       "\"%s\" is neither a customer's id nor a number such as "
			       "+14165550001.",
			       value_shown(&c->arena, str_of(given)));
	if (r == NULL)
		return false;
	found = PQntuples(r) == 1;
	if (found)
		*id = arena_strdup(&c->arena, PQgetvalue(r, 0, 0));
	PQclear(r);
	return found || err_set(err, ERR_MISSING, "That organization knows no such customer.");
}

/* ---- list and show --------------------------------------------------------------------------- */

/* "m***@example.com" */
static const char *email_masked(struct ctl *c, const char *email)
{
	const char *at = strrchr(email, '@');

	return at == NULL || at == email ? "" : arena_printf(&c->arena, "%.1s***%s", email, at);
}

bool customer_list(struct ctl *c, struct err *err)
{
	static const struct value_rule rule = {VALUE_INT, 1, 1000000, NULL};
	const char *limit = args_value(&c->args, "limit"), *search = args_value(&c->args, "search");
	bool full = args_has(&c->args, "full");
	struct err why;
	PGresult *r;

	if (limit != NULL && !value_read(&rule, str_of(limit), &c->arena, &limit, &why))
		return err_set(err, ERR_INPUT, "--limit: %s.", why.text);
	if (!scope_begin_option(c, err))
		return false;
	r = DATABASE_ASK(
		&c->db, err,
		"SELECT c.id, coalesce(c.phone_number, ''), coalesce(c.email, ''), concat_ws(' ', "
		"c.first_name, c.last_name), coalesce(c.preferred_language, '-'), "
		"coalesce(c.external_id, "
		"''), concat_ws(',', CASE WHEN n.opted_out THEN 'opted-out' END, CASE WHEN "
		"c.is_blocked "
		"THEN 'blocked' END, CASE WHEN c.erased_at IS NOT NULL THEN 'erased' END) FROM "
		"customers "
		"c LEFT JOIN consents n USING (organization_id, phone_number) WHERE "
		"c.organization_id = "
		"$1 AND ($2::text IS NULL OR position(lower($2) IN lower(concat_ws(' ', "
		"c.phone_number, "
		"c.email, c.first_name, c.last_name, c.external_id))) > 0) ORDER BY c.created_at, "
		"c.id "
		"LIMIT $3",
		c->organization_id, search, limit == NULL ? "1000" : limit);
	for (int i = 0; r != NULL && i < PQntuples(r); i++) {
		const char *number = PQgetvalue(r, i, 1), *email = PQgetvalue(r, i, 2);

		fprintf(c->out, "%s  %-16s %s  %-10s %s", PQgetvalue(r, i, 0),
			*number == '\0' ? "-"
			: full          ? number
					: phone_masked(str_of(number)),
			PQgetvalue(r, i, 4), PQgetvalue(r, i, 5), PQgetvalue(r, i, 3));
		fprintf(c->out, "%s%s%s%s%s\n", *email == '\0' ? "" : " <",
			full ? email : email_masked(c, email), *email == '\0' ? "" : ">",
			*PQgetvalue(r, i, 6) == '\0' ? "" : "  ", PQgetvalue(r, i, 6));
	}
	PQclear(r);
	return r != NULL && scope_end(c, "customer.list", NULL, NULL, NULL, err);
}

bool customer_show(struct ctl *c, struct err *err)
{
	bool full = args_has(&c->args, "full");
	const char *id;
	PGresult *r;

	if (!scope_begin_option(c, err) || !customer_find(c, &id, err))
		return false;
	r = DATABASE_ASK(
		&c->db, err,
		"SELECT c.id, c.phone_number, c.email, c.first_name, c.last_name, "
		"c.preferred_language, c.language_chosen, c.external_id, c.notes, c.is_blocked, "
		"coalesce(n.opted_out, false) AS opted_out, c.customer_since, c.erased_at, (SELECT "
		"count(*) FROM conversations v WHERE v.organization_id = $1 AND v.customer_id = "
		"c.id) AS conversations, (SELECT count(*) FROM orders o WHERE o.organization_id = "
		"$1 AND o.customer_id = c.id) AS orders, (SELECT count(*) FROM "
		"service_appointments a WHERE a.organization_id = $1 AND a.customer_id = c.id) AS "
		"appointments FROM customers c LEFT JOIN consents n USING (organization_id, "
		"phone_number) WHERE c.organization_id = $1 AND c.id = $2",
		c->organization_id, id);
	for (int i = 0; r != NULL && i < PQnfields(r); i++) {
		const char *name = PQfname(r, i), *value = database_text(r, 0, i);

		if (value != NULL && !full && strcmp(name, "phone_number") == 0)
			value = phone_masked(str_of(value));
		else if (value != NULL && !full && strcmp(name, "email") == 0)
			value = email_masked(c, value);
		fprintf(c->out, "%-20s %s\n", name, value == NULL ? "-" : value);
	}
	PQclear(r);
	return r != NULL && scope_end(c, "customer.show", "customer", id, NULL, err);
}

/* ---- add ------------------------------------------------------------------------------------- */

bool customer_add(struct ctl *c, struct err *err)
{
	static const struct value_rule phone = {VALUE_PHONE, 0, 0, NULL};
	static const struct column_option options[] = {
		{"first-name", "first_name", {VALUE_TEXT, 1, 80, NULL}, NULL, true},
		{"last-name", "last_name", {VALUE_TEXT, 1, 80, NULL}, NULL, true},
		{"email", "email", {VALUE_EMAIL, 0, 0, NULL}, NULL, true},
		{"language", "preferred_language", {VALUE_CHOICE, 0, 0, "en|fr"}, NULL, true},
		{"external-id", "external_id", {VALUE_TEXT, 1, 100, NULL}, NULL, true},
		{"notes", "notes", {VALUE_PROSE, 0, 4000, NULL}, NULL, true},
	};
	struct columns cs = {0};
	const char *number, *id;
	struct err why;
	PGresult *r;

	if (!value_read(&phone, str_of(c->args.rest[0]), &c->arena, &number, &why))
		return err_set(err, ERR_INPUT, "%s.", why.text);
	if (!columns_gather(c, options, ARRAY_LEN(options), &cs, err) ||
	    !scope_begin_option(c, err))
		return false;
	r = DATABASE_ASK(
		&c->db, err,
		"SELECT gen_random_uuid(), EXISTS (SELECT FROM customers WHERE organization_id = "
		"$1 AND phone_number = $2)",
		c->organization_id, number);
	if (r == NULL)
		return false;
	id = arena_strdup(&c->arena, PQgetvalue(r, 0, 0));
	if (*PQgetvalue(r, 0, 1) == 't')
		number = NULL;
	PQclear(r);
	if (number == NULL)
		return err_set(err, ERR_CONFLICT, "There is a customer with that number already.");
	columns_add(&cs, "id", "uuid", id);
	columns_add(&cs, "phone_number", NULL, number);
	if (!columns_insert(c, "customers", "organization_id", &cs, err) ||
	    !scope_end(c, "customer.add", "customer", id, NULL, err))
		return false;
	fprintf(c->out, "%s %s\n", id, phone_masked(str_of(number)));
	return true;
}

/* ---- consent --------------------------------------------------------------------------------- */

static bool consent_set(struct ctl *c, bool opted_out, struct err *err)
{
	static const struct value_rule phone = {VALUE_PHONE, 0, 0, NULL};
	const char *number, *word = opted_out ? "true" : "false";
	struct err why;

	if (!value_read(&phone, str_of(c->args.rest[0]), &c->arena, &number, &why))
		return err_set(err, ERR_INPUT, "%s.", why.text);
	if (!scope_begin_option(c, err) ||
	    !DATABASE_DO(
		    &c->db, err,
		    "INSERT INTO consents (organization_id, phone_number, opted_out, source, "
		    "changed_at) VALUES ($1, $2, $3, 'staff', now()) ON CONFLICT (organization_id, "
		    "phone_number) DO UPDATE SET opted_out = excluded.opted_out, source = "
		    "excluded.source, changed_at = now()",
		    c->organization_id, number, word) ||
	    !DATABASE_DO(
		    &c->db, err,
		    "SELECT event_add($1::uuid, 'consent.changed', v.id, cu.id, "
		    "jsonb_build_object('conversation_id', v.id, 'customer_id', cu.id, "
		    "'phone_number', "
		    "$2::text, 'opted_out', $3::boolean, 'source', 'staff')) FROM (VALUES (1)) one "
		    "LEFT JOIN customers cu ON cu.organization_id = $1::uuid AND cu.phone_number = "
		    "$2 "
		    "LEFT JOIN LATERAL (SELECT id FROM conversations WHERE organization_id = "
		    "$1::uuid "
		    "AND customer_id = cu.id AND channel = 'sms' AND state = 'open' ORDER BY "
		    "last_message_at DESC LIMIT 1) v ON true",
		    c->organization_id, number, word) ||
	    !scope_end(c, opted_out ? "customer.opt_out" : "customer.opt_in", "consent",
		       phone_masked(str_of(number)), NULL, err))
		return false;
	fprintf(c->out, "%s %s\n", phone_masked(str_of(number)),
		opted_out ? "is never texted again" : "may be texted");
	return true;
}

bool customer_opt_out(struct ctl *c, struct err *err)
{
	return consent_set(c, true, err);
}

bool customer_opt_in(struct ctl *c, struct err *err)
{
	return consent_set(c, false, err);
}
