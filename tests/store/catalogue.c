/*
 * catalogue.c - walks the catalogue of a migrated database and fails for anything short of the
 * tenant rule (ARCHITECTURE, "The database"). Who adds a table, a function or a grant adds it
 * rightly or sees it here by name.
 *
 * Each rule is a query that returns one line for each breach in one schema. The second test breaks
 * each rule on purpose, in a schema of its own, and demands that just that is reported: a rule that
 * notices nothing would pass for ever.
 */
#include <criterion/criterion.h>
#include <stdio.h>

#include "shared/buf.h"
#include "tests/support/db.h"

/* clang-format off */
/* The exemptions: no row security, because workers look for work before they know whose it is
 * (due_work), and because it is nobody's but the platform's (PLATFORM). */
#define EXEMPT "('due_work', 'schema_migrations', 'call_pace')"
/* The platform's own: no store's, no personal data. */
#define PLATFORM "('schema_migrations', 'call_pace')"
/* The one table whose tenant key is its own id. */
#define TENANT_KEY "CASE WHEN c.relname = 'organizations' THEN 'id' ELSE 'organization_id' END"
/* The closed list of SECURITY DEFINER functions: each gives one organization's id, or NULL; the feed's gives numbers only. */
#define DEFINERS "('organization_by_number', 'organization_by_slug', 'organization_by_account', " \
	"'outbox_organization', 'message_organization', 'call_organization', 'call_sid_organization', " \
	"'call_stream_organization', 'organization_by_family', 'feed_heads')"
#define DEFINER_GIVES "CASE p.proname WHEN 'feed_heads' THEN 'bigint[]' ELSE 'uuid' END::regtype"
/* The tables that those read, each with a policy for their role alone. */
#define LOOKED_UP "('organizations', 'organization_phone_numbers', 'messages', 'outbox', 'user_sessions'," \
	" 'organization_counters', 'call_sessions')"
/* Unique over the platform on purpose: what finds a store must find one, and hashes of secrets. */
#define PLATFORM_UNIQUE "('organizations_slug_key', 'organization_phone_numbers_phone_number_key', " \
	"'organization_phone_numbers_twilio_phone_sid_key', 'organization_phone_numbers_elevenlabs_phone_id_key', " \
	"'user_sessions_refresh_hash_key', 'user_sessions_family_hash_key', 'api_keys_key_hash_key')"

#define CONTEXT "(NULLIF(current_setting('app.current_organization_id'::text, true), ''::text))::uuid"

/* Tables of schema $1 as c; tenant tables. */
#define TABLES " FROM pg_class c WHERE c.relnamespace = $1::regnamespace AND c.relkind IN ('r', 'p')"
#define TENANTS TABLES " AND c.relname NOT IN " EXEMPT

static const struct rule {
	const char *name;
	const char *sql;
} rules[] = {
	{"organization_id", /* uuid NOT NULL, on due_work as well */
	 "SELECT c.relname" TABLES " AND c.relname NOT IN " PLATFORM " AND NOT EXISTS (SELECT FROM pg_attribute a"
	 " WHERE a.attrelid = c.oid AND a.attname = " TENANT_KEY " AND a.atttypid = 'uuid'::regtype AND a.attnotnull)"},
	{"primary key", /* begins with it */
	 "SELECT c.relname" TABLES " AND c.relname NOT IN " PLATFORM " AND NOT EXISTS (SELECT FROM pg_constraint k"
	 " JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = k.conkey[1]"
	 " WHERE k.conrelid = c.oid AND k.contype = 'p' AND a.attname = " TENANT_KEY ")"},
	{"foreign key", /* carries it, to the other's tenant key */
	 "SELECT c.relname || ' ' || k.conname FROM pg_constraint k JOIN pg_class c ON c.oid = k.conrelid"
	 " WHERE k.contype = 'f' AND c.relnamespace = $1::regnamespace AND NOT EXISTS ("
	 "  SELECT FROM generate_subscripts(k.conkey, 1) i"
	 "  JOIN pg_attribute a ON a.attrelid = k.conrelid AND a.attnum = k.conkey[i]"
	 "  JOIN pg_attribute b ON b.attrelid = k.confrelid AND b.attnum = k.confkey[i]"
	 "  WHERE a.attname = 'organization_id'"
	 "    AND b.attname = CASE WHEN k.confrelid = 'public.organizations'::regclass THEN 'id' ELSE 'organization_id' END)"},
	{"foreign key index",
	 "SELECT c.relname || ' ' || k.conname FROM pg_constraint k JOIN pg_class c ON c.oid = k.conrelid"
	 " WHERE k.contype = 'f' AND c.relnamespace = $1::regnamespace AND NOT EXISTS ("
	 "  SELECT FROM pg_index x WHERE x.indrelid = k.conrelid"
	 "   AND (SELECT array_agg(n ORDER BY n) FROM unnest(x.indkey[0:cardinality(k.conkey) - 1]) n)"
	 "     = (SELECT array_agg(n ORDER BY n) FROM unnest(k.conkey) n))"
	 /* or one that the key's first columns serve: a parent's other columns are immaterial */
	 " AND NOT EXISTS (SELECT FROM pg_constraint p WHERE p.conrelid = k.conrelid AND p.contype = 'p'"
	 "   AND p.conkey[1:2] <@ k.conkey)"},
	{"row security",
	 "SELECT c.relname" TENANTS " AND NOT (c.relrowsecurity AND c.relforcerowsecurity)"},
	{"policy", /* one, for all commands and everybody, with both clauses and the null-safe cast */
	 "SELECT c.relname" TENANTS " AND 1 <> (SELECT count(*) FROM pg_policy p WHERE p.polrelid = c.oid AND p.polcmd = '*'"
	 " AND p.polpermissive AND p.polroles = '{0}'"
	 " AND pg_get_expr(p.polqual, c.oid) = format('(%s = " "%s)', " TENANT_KEY ", $$" CONTEXT "$$)"
	 " AND pg_get_expr(p.polwithcheck, c.oid) = pg_get_expr(p.polqual, c.oid))"},
	{"other policy", /* only the lookups', which serve inside the lookups alone */
	 "SELECT c.relname || ' ' || p.polname FROM pg_policy p JOIN pg_class c ON c.oid = p.polrelid"
	 " WHERE c.relnamespace = $1::regnamespace AND p.polname <> 'tenant' AND NOT (p.polname = 'lookup' AND p.polcmd = 'r'"
	 " AND c.relname IN " LOOKED_UP " AND p.polroles = ARRAY['switchback_lookup'::regrole::oid]"
	 " AND pg_get_expr(p.polqual, c.oid) = $$(CURRENT_USER = 'switchback_lookup'::name)$$)"},
	{"grant", /* the service: rows only; the lookups: columns only; PUBLIC: nothing; nobody hands on */
	 "SELECT c.relname || ' ' || a.privilege_type || ' to ' || CASE a.grantee WHEN 0 THEN 'PUBLIC' ELSE a.grantee::regrole::text END"
	 " FROM pg_class c, aclexplode(c.relacl) a WHERE c.relnamespace = $1::regnamespace AND a.grantee <> c.relowner"
	 " AND (a.grantee <> 'switchback_service'::regrole OR a.is_grantable"
	 "      OR a.privilege_type NOT IN ('SELECT', 'INSERT', 'UPDATE', 'DELETE'))"},
	{"column grant",
	 "SELECT c.relname || '.' || t.attname FROM pg_class c JOIN pg_attribute t ON t.attrelid = c.oid, aclexplode(t.attacl) a"
	 " WHERE c.relnamespace = $1::regnamespace AND NOT (a.grantee = 'switchback_service'::regrole AND a.privilege_type = 'UPDATE')"
	 " AND NOT (a.grantee = 'switchback_lookup'::regrole AND a.privilege_type = 'SELECT' AND c.relname IN " LOOKED_UP
	 "  AND t.attname IN ('id', 'slug', 'organization_id', 'is_active', 'phone_number', 'twilio_account_sid', 'twilio_message_sid',"
	 "  'twilio_call_sid', 'stream_hash', 'family_hash', 'last_event'))"},
	{"unique", /* over one organization, so that nobody learns from a refusal what another has */
	 "SELECT x.indexrelid::regclass::text FROM pg_index x JOIN pg_class c ON c.oid = x.indrelid JOIN pg_class n ON n.oid = x.indexrelid"
	 " WHERE c.relnamespace = $1::regnamespace AND (x.indisunique OR x.indisexclusion) AND c.relname NOT IN " PLATFORM ""
	 " AND n.relname NOT IN " PLATFORM_UNIQUE
	 " AND NOT EXISTS (SELECT FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attnum = ANY (x.indkey) AND a.attname = " TENANT_KEY ")"},
	{"bounded text", /* by its domain, a CHECK that names the column, or a key to a bounded one; what is computed is as long as its source */
	 "SELECT c.relname || '.' || a.attname FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid JOIN pg_type y ON y.oid = a.atttypid"
	 " WHERE c.relnamespace = $1::regnamespace AND c.relkind IN ('r', 'p') AND a.attnum > 0 AND NOT a.attisdropped"
	 " AND c.relname NOT IN " PLATFORM " AND a.attgenerated = ''"
	 " AND coalesce(nullif(y.typbasetype, 0), y.oid) IN ('text'::regtype, 'text[]'::regtype, 'varchar'::regtype, 'bytea'::regtype)"
	 " AND NOT EXISTS (SELECT FROM pg_constraint k WHERE k.contypid = y.oid AND k.contype = 'c')"
	 " AND NOT EXISTS (SELECT FROM pg_constraint k WHERE k.conrelid = c.oid AND k.contype IN ('c', 'f') AND a.attnum = ANY (k.conkey))"},
	{"updated_at", /* moves by itself, but on the hot tables, where whoever updates sets it */
	 "SELECT c.relname" TENANTS " AND c.relname NOT IN ('conversations', 'messages', 'outbox') AND EXISTS (SELECT FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attname = 'updated_at')"
	 " AND NOT EXISTS (SELECT FROM pg_trigger t WHERE t.tgrelid = c.oid AND t.tgenabled <> 'D'"
	 "  AND t.tgfoid = 'public.touch_updated_at'::regproc)"},
	{"view", /* reads as whoever asks */
	 "SELECT c.relname FROM pg_class c WHERE c.relnamespace = $1::regnamespace AND (c.relkind = 'm' OR (c.relkind = 'v'"
	 " AND NOT coalesce(c.reloptions, '{}') && ARRAY['security_invoker=true', 'security_invoker=on', 'security_invoker=1']))"},
	{"security definer", /* the closed list, as the lookups' role, with a search_path of its own */
	 "SELECT p.oid::regprocedure::text FROM pg_proc p WHERE p.pronamespace = $1::regnamespace AND p.prosecdef"
	 " AND NOT (p.proname IN " DEFINERS " AND p.proowner = 'switchback_lookup'::regrole AND p.prorettype = " DEFINER_GIVES
	 " AND NOT p.proretset AND p.proconfig = ARRAY['search_path=pg_catalog, pg_temp'])"},
	{"public function",
	 "SELECT p.oid::regprocedure::text FROM pg_proc p, aclexplode(coalesce(p.proacl, acldefault('f', p.proowner))) a"
	 " WHERE p.pronamespace = $1::regnamespace AND a.grantee = 0"
	 " AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.objid = p.oid AND d.deptype = 'e')"},
	{"owner", /* the service and the lookups own no table, view, type or schema */
	 "SELECT c.relname || ' of ' || c.relowner::regrole FROM pg_class c WHERE c.relnamespace = $1::regnamespace"
	 " AND c.relowner IN (SELECT oid FROM pg_roles WHERE rolname IN ('switchback_service', 'switchback_lookup', 'switchback_app'))"
	 " UNION ALL SELECT 'schema ' || n.nspname FROM pg_namespace n WHERE n.oid = $1::regnamespace"
	 " AND n.nspowner IN (SELECT oid FROM pg_roles WHERE rolname IN ('switchback_service', 'switchback_lookup', 'switchback_app'))"},
};

/* Two tables that keep every rule; what is done to them must be noticed. */
static const char scratch[] =
	"CREATE SCHEMA scratch;"
	"CREATE TABLE scratch.parent (organization_id uuid NOT NULL REFERENCES public.organizations (id), id uuid NOT NULL,"
	" name text CHECK (char_length(name) <= 9), PRIMARY KEY (organization_id, id));"
	"CALL public.tenant_table('scratch.parent');"
	"CREATE TABLE scratch.child (organization_id uuid NOT NULL, id uuid NOT NULL, parent_id uuid, updated_at timestamptz,"
	" PRIMARY KEY (organization_id, id), FOREIGN KEY (organization_id, parent_id) REFERENCES scratch.parent);"
	"CREATE INDEX child_parent ON scratch.child (organization_id, parent_id);"
	"CALL public.tenant_table('scratch.child');"
	"GRANT SELECT, INSERT ON scratch.child TO switchback_service;"
	"CREATE VIEW scratch.sight WITH (security_invoker = true) AS SELECT * FROM scratch.child";

#define GOOD_CAST "nullif(current_setting('app.current_organization_id', true), '')::uuid"

static const struct breach {
	const char *rule, *ddl, *found;
} breaches[] = {
	{"organization_id", "CREATE TABLE scratch.lost (id uuid PRIMARY KEY)", "lost"},
	{"organization_id", "CREATE TABLE scratch.loose (organization_id text NOT NULL, id uuid, PRIMARY KEY (organization_id, id))", "loose"},
	{"primary key", "CREATE TABLE scratch.keyed (organization_id uuid NOT NULL, id uuid PRIMARY KEY)", "keyed"},
	{"foreign key", "ALTER TABLE scratch.parent ADD UNIQUE (id); ALTER TABLE scratch.child ADD FOREIGN KEY (parent_id) REFERENCES scratch.parent (id)",
	 "child child_parent_id_fkey"},
	{"foreign key index", "DROP INDEX scratch.child_parent", "child child_organization_id_parent_id_fkey"},
	{"row security", "ALTER TABLE scratch.child NO FORCE ROW LEVEL SECURITY", "child"},
	{"row security", "ALTER TABLE scratch.child DISABLE ROW LEVEL SECURITY", "child"},
	{"policy", "DROP POLICY tenant ON scratch.child", "child"},
	{"policy", "DROP POLICY tenant ON scratch.child; CREATE POLICY tenant ON scratch.child FOR SELECT USING (organization_id = " GOOD_CAST ")", "child"},
	{"policy", "ALTER POLICY tenant ON scratch.child USING (organization_id = current_setting('app.current_organization_id')::uuid)", "child"},
	{"policy", "ALTER POLICY tenant ON scratch.child WITH CHECK (true)", "child"},
	{"policy", "ALTER POLICY tenant ON scratch.child USING (id = " GOOD_CAST ") WITH CHECK (id = " GOOD_CAST ")", "child"},
	{"other policy", "CREATE POLICY more ON scratch.child USING (true)", "child more"},
	{"other policy", "CREATE POLICY lookup ON scratch.child FOR SELECT TO switchback_lookup USING (true)", "child lookup"},
	{"grant", "GRANT TRUNCATE ON scratch.child TO switchback_service", "child TRUNCATE to switchback_service"},
	{"grant", "GRANT SELECT ON scratch.child TO PUBLIC", "child SELECT to PUBLIC"},
	{"grant", "GRANT SELECT ON scratch.child TO switchback_lookup", "child SELECT to switchback_lookup"},
	{"column grant", "GRANT SELECT (id) ON scratch.child TO switchback_lookup", "child.id"},
	{"unique", "ALTER TABLE scratch.child ADD UNIQUE (parent_id)", "scratch.child_parent_id_key"},
	{"bounded text", "ALTER TABLE scratch.child ADD note text", "child.note"},
	{"bounded text", "CREATE DOMAIN scratch.anything AS text; ALTER TABLE scratch.child ADD note scratch.anything", "child.note"},
	{"updated_at", "DROP TRIGGER touch ON scratch.child", "child"},
	{"updated_at", "ALTER TABLE scratch.child DISABLE TRIGGER touch", "child"},
	{"view", "CREATE VIEW scratch.peek AS SELECT * FROM scratch.child", "peek"},
	{"view", "CREATE MATERIALIZED VIEW scratch.copy AS SELECT * FROM scratch.child", "copy"},
	{"security definer", "CREATE FUNCTION scratch.all_of_it() RETURNS uuid LANGUAGE sql SECURITY DEFINER AS 'SELECT NULL::uuid'", "scratch.all_of_it()"},
	{"public function", "CREATE FUNCTION scratch.anybody() RETURNS int LANGUAGE sql AS 'SELECT 1'; GRANT EXECUTE ON FUNCTION scratch.anybody() TO PUBLIC",
	 "scratch.anybody()"},
};
/* clang-format on */

static struct test_db *t;

static void set_up(void)
{
	t = test_db_new(TEST_DB_EMPTY);
}

static void tear_down(void)
{
	test_db_free(t);
}

TestSuite(catalogue, .init = set_up, .fini = tear_down);

/* The breaches of a rule in a schema, one a line; "" when there is none. */
static void breaches_of(const struct rule *rule, const char *schema, struct buf *out)
{
	PGresult *r = sql_ask(t->owner, rule->sql, 1, &schema);

	buf_reset(out);
	for (int i = 0; i < PQntuples(r); i++)
		buf_printf(out, "%s\n", PQgetvalue(r, i, 0));
	PQclear(r);
}

Test(catalogue, every_table_keeps_every_rule)
{
	struct buf found = {0};

	for (size_t i = 0; i < ARRAY_LEN(rules); i++) {
		breaches_of(&rules[i], "public", &found);
		cr_expect(found.n == 0, "%s is broken by:\n%s", rules[i].name, buf_cstr(&found));
	}
	buf_clear(&found);
}

Test(catalogue, every_rule_notices_its_breach)
{
	struct buf found = {0};

	sql_run(t->owner, "BEGIN");
	sql_run(t->owner, scratch);
	for (size_t i = 0; i < ARRAY_LEN(rules); i++) {
		bool has_case = false;

		breaches_of(&rules[i], "scratch", &found);
		cr_expect(found.n == 0, "%s sees a breach where there is none:\n%s", rules[i].name,
			  buf_cstr(&found));
		for (size_t b = 0; b < ARRAY_LEN(breaches); b++) {
			char line[200];

			if (strcmp(breaches[b].rule, rules[i].name) != 0)
				continue;
			has_case = true;
			sql_run(t->owner, "SAVEPOINT whole");
			sql_run(t->owner, breaches[b].ddl);
			breaches_of(&rules[i], "scratch", &found);
			snprintf(line, sizeof(line), "%s\n", breaches[b].found);
			cr_expect(strcmp(buf_cstr(&found), line) == 0,
				  "%s: after\n%s\n\"%s\" was expected, found \"%s\"", rules[i].name,
				  breaches[b].ddl, breaches[b].found, buf_cstr(&found));
			sql_run(t->owner, "ROLLBACK TO SAVEPOINT whole");
		}
		/* Giving a table away needs rights that the owner does not have. */
		cr_expect(has_case || strcmp(rules[i].name, "owner") == 0,
			  "no case shows that %s notices anything", rules[i].name);
	}
	sql_run(t->owner, "ROLLBACK");
	buf_clear(&found);
}

Test(catalogue, the_services_roles_can_do_nothing_special)
{
	static const char sql[] =
		"SELECT string_agg(rolname, ', ') FROM pg_roles"
		" WHERE rolname IN ('switchback_service', 'switchback_lookup', current_user)"
		" AND (rolsuper OR rolbypassrls OR rolcreatedb OR rolcreaterole OR rolreplication)";
	char *found = sql_text(t->app, sql);

	cr_expect_str_empty(found, "these can do more than they should: %s", found);
	free(found);
	cr_expect_eq(sql_int(t->app, "SELECT count(*) FROM pg_auth_members m WHERE m.member ="
				     " 'switchback_service'::regrole"),
		     0, "switchback_service is a member of another role");
	cr_expect_eq(sql_int(t->app, "SELECT pg_has_role('switchback_lookup', 'MEMBER')::int"), 0,
		     "the service may become switchback_lookup");
	cr_expect_eq(sql_int(t->app, "SELECT has_schema_privilege('public', 'CREATE')::int"), 0,
		     "the service may create tables");
	cr_expect_eq(sql_int(t->app, "SELECT has_database_privilege(current_database(), "
				     "'CREATE, TEMPORARY')::int"),
		     0, "the service may create schemas or temporary tables");
}

/* The first cells of ARCHITECTURE's table of tables hold their names in backquotes. */
static void documented_tables(struct buf *out)
{
	char line[2000];
	bool inside = false;
	FILE *page = fopen("docs/ARCHITECTURE.md", "r");

	cr_assert(page != NULL, "docs/ARCHITECTURE.md is not here: tests run from the root");
	while (fgets(line, sizeof(line), page) != NULL) {
		char *end = inside ? strchr(line + 1, '|') : NULL;

		if (strncmp(line, "| table | one row is |", 22) == 0)
			inside = true;
		else if (inside && line[0] != '|')
			break;
		if (end == NULL)
			continue;
		for (char *p = strchr(line, '`'); p != NULL && p < end;) {
			size_t n = strcspn(p + 1, "`");

			buf_printf(out, "%s%.*s", out->n == 0 ? "" : ",", (int)n, p + 1);
			p = strchr(p + n + 2, '`');
		}
	}
	fclose(page);
}

Test(catalogue, the_tables_are_those_of_the_page)
{
	static const char missing[] =
		"SELECT string_agg(name, ', ') FROM unnest(string_to_array($1, ',')) name"
		" WHERE to_regclass('public.' || name) IS NULL";
	static const char extra[] =
		"SELECT string_agg(relname, ', ') FROM pg_class WHERE relkind IN ('r', 'p')"
		" AND relnamespace = 'public'::regnamespace"
		" AND relname <> ALL (string_to_array($1, ','))";
	struct buf names = {0};
	PGresult *r;

	documented_tables(&names);
	cr_assert(names.n > 100, "the table of tables was not found in docs/ARCHITECTURE.md");
	r = sql_ask(t->owner, missing, 1, (const char *const[]){buf_cstr(&names)});
	cr_expect(PQgetisnull(r, 0, 0), "on the page, not in the database: %s",
		  PQgetvalue(r, 0, 0));
	PQclear(r);
	r = sql_ask(t->owner, extra, 1, (const char *const[]){buf_cstr(&names)});
	cr_expect(PQgetisnull(r, 0, 0), "in the database, not on the page: %s",
		  PQgetvalue(r, 0, 0));
	PQclear(r);
	buf_clear(&names);
}
