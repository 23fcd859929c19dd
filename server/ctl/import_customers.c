/*
 * import_customers.c - switchbackctl import customers: known by external_id (the store's own number
 * for them) or by phone_number.
 */
#include "server/ctl/import.h"

/* A language that the customer chose themselves stays. */
#define LANGUAGE                                                      \
	"CASE WHEN t.language_chosen THEN t.preferred_language ELSE " \
	"coalesce(r.preferred_language, "                             \
	"t.preferred_language) END"

static const struct import_column columns[] = {
	{.name = "phone_number", .rule = {.kind = VALUE_PHONE}},
	{.name = "external_id", .rule = {VALUE_TEXT, 1, 100, NULL}},
	{.name = "email", .rule = {.kind = VALUE_EMAIL}},
	{.name = "first_name", .rule = {VALUE_TEXT, 1, 80, NULL}},
	{.name = "last_name", .rule = {VALUE_TEXT, 1, 80, NULL}},
	{.name = "preferred_language", .rule = {VALUE_CHOICE, 0, 0, "en|fr"}, .update = LANGUAGE},
	{.name = "notes", .rule = {VALUE_PROSE, 0, 4000, NULL}},
	{.name = "customer_since",
	 .rule = {.kind = VALUE_TIME},
	 .type = "timestamptz",
	 .initial = "coalesce(r.customer_since, now())"},
	{.name = "is_blocked",
	 .rule = {.kind = VALUE_YES_NO},
	 .type = "boolean",
	 .initial = "coalesce(r.is_blocked, false)"},
	{.name = "opted_out", .rule = {.kind = VALUE_YES_NO}, .type = "boolean", .aside = true},
};

static const char found[] =
	"SELECT r.n, r.line, coalesce(e.id, p.id, gen_random_uuid()) AS id, coalesce(e.id, p.id) "
	"IS NULL AS is_new, e.id AS by_external, p.id AS by_phone, p.external_id AS "
	"phones_external FROM import_rows r LEFT JOIN customers e ON e.organization_id = "
	"$1::uuid AND e.external_id = r.external_id LEFT JOIN customers p ON p.organization_id = "
	"$1::uuid AND p.phone_number = r.phone_number";

static const char *const checks[] = {
	"SELECT line, 'phone_number: the same as in line ' || first FROM (SELECT n, line, "
	"first_value(line) OVER (PARTITION BY phone_number ORDER BY n) AS first, row_number() OVER "
	"(PARTITION BY phone_number ORDER BY n) AS nth FROM import_rows WHERE phone_number IS NOT "
	"NULL) x WHERE nth > 1 ORDER BY n",
	"SELECT line, 'external_id: the same as in line ' || first FROM (SELECT n, line, "
	"first_value(line) OVER (PARTITION BY external_id ORDER BY n) AS first, row_number() "
	"OVER (PARTITION BY external_id ORDER BY n) AS nth FROM import_rows WHERE external_id IS "
	"NOT NULL) x WHERE nth > 1 ORDER BY n",
	"SELECT line, 'external_id is one customer''s, phone_number another''s' FROM "
	"import_found WHERE by_external <> by_phone ORDER BY n",
	"SELECT line, 'it is the same customer as line ' || first FROM (SELECT n, line, "
	"first_value(line) OVER (PARTITION BY id ORDER BY n) AS first, row_number() OVER "
	"(PARTITION "
	"BY id ORDER BY n) AS nth FROM import_found) x WHERE nth > 1 ORDER BY n",
	"SELECT r.line, 'phone_number is that of customer ' || f.phones_external FROM "
	"import_found f JOIN import_rows r USING (n) WHERE f.by_external IS NULL AND "
	"f.phones_external <> r.external_id ORDER BY n",
	NULL};

/* opted_out = no never lifts a STOP. */
static const char *const after[] = {
	"CREATE TEMP TABLE import_consents ON COMMIT DROP AS WITH changed AS (INSERT INTO "
	"consents AS n (organization_id, phone_number, opted_out, source) SELECT $1::uuid, "
	"c.phone_number, true, 'import' FROM import_rows r JOIN import_found f USING (n) JOIN "
	"customers c ON c.organization_id = $1::uuid AND c.id = f.id WHERE r.opted_out AND "
	"c.phone_number IS NOT NULL ON CONFLICT (organization_id, phone_number) DO UPDATE SET "
	"opted_out = true, source = 'import', changed_at = now() WHERE NOT n.opted_out RETURNING "
	"phone_number) SELECT x.phone_number, c.id FROM changed x JOIN customers c ON "
	"c.organization_id = $1::uuid AND c.phone_number = x.phone_number",
	"INSERT INTO import_changed SELECT f.n FROM import_consents n JOIN import_found f USING "
	"(id)",
	"SELECT event_add($1::uuid, 'consent.changed', NULL, n.id, "
	"jsonb_build_object('conversation_id', NULL, 'customer_id', n.id, 'phone_number', "
	"n.phone_number, 'opted_out', true, 'source', 'import')) FROM import_consents n",
	NULL};

bool import_customers(struct ctl *c, struct err *err)
{
	static const struct import_kind kind = {
		.what = "customers",
		.columns = columns,
		.columns_n = ARRAY_LEN(columns),
		.needed = "phone_number|external_id",
		.find = found,
		.checks = checks,
		.after = after,
	};

	return import_run(c, &kind, err);
}
