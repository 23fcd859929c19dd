/*
 * tenancy.c - two stores in one database, seen as the service: nothing of the other is there, by no
 * door, and without a context there is nothing at all. Every table that the catalogue holds is
 * tried, so a new one is in the test before anybody thinks of it.
 */
#include <criterion/criterion.h>

#include "tests/support/db.h"

static struct test_db *t;

static void set_up(void)
{
	t = test_db_new(TEST_DB_DEMO);
}

static void tear_down(void)
{
	test_db_free(t);
}

TestSuite(tenancy, .init = set_up, .fini = tear_down);

/* Every tenant table with its tenant key; due_work, schema_migrations and call_pace are no
 * tenant's. */
static PGresult *tenant_tables(void)
{
	static const char sql[] =
		"SELECT relname, CASE relname WHEN 'organizations' THEN 'id' ELSE 'organization_id'"
		" END FROM pg_class WHERE relnamespace = 'public'::regnamespace"
		" AND relkind IN ('r', 'p') AND relname NOT IN ('due_work', 'schema_migrations', "
		"'call_pace')"
		" ORDER BY 1";
	PGresult *r = sql_ask(t->owner, sql, 0, NULL);

	cr_assert(PQntuples(r) >= 30, "only %d tables were found", PQntuples(r));
	return r;
}

static bool app_may(const char *table, const char *column, const char *what)
{
	char sql[300];

	if (column == NULL)
		snprintf(sql, sizeof(sql), "SELECT has_table_privilege('%s', '%s')::int", table,
			 what);
	else
		snprintf(sql, sizeof(sql), "SELECT has_column_privilege('%s', '%s', '%s')::int",
			 table, column, what);
	return sql_int(t->app, sql) == 1;
}

static int64_t count_where(PGconn *c, const char *table, const char *key, const char *organization)
{
	char sql[300];

	snprintf(sql, sizeof(sql), "SELECT count(*) FROM %s WHERE %s = '%s'", table, key,
		 organization);
	return sql_int(c, sql);
}

static int64_t count_all(PGconn *c, const char *table)
{
	char sql[200];

	snprintf(sql, sizeof(sql), "SELECT count(*) FROM %s", table);
	return sql_int(c, sql);
}

Test(tenancy, the_demo_is_a_full_house)
{
	static const struct {
		const char *table;
		int64_t a, b;
	} full[] = {
		{"customers", 40, 40},   {"orders", 60, 60}, {"products", 150, 150},
		{"user_profiles", 6, 6}, {"services", 9, 9}, {"resources", 4, 4},
	};
	static const char *const some[] = {"service_appointments",
					   "appointment_resources",
					   "conversations",
					   "messages",
					   "escalations",
					   "promises",
					   "outbox",
					   "events",
					   "policies",
					   "canned_replies",
					   "special_days",
					   "special_day_periods",
					   "returns",
					   "order_items",
					   "consents",
					   "call_sessions",
					   "message_media",
					   "organization_hours"};

	for (int store = 0; store < 2; store++) {
		sql_context(t->app, store == 0 ? DEMO_ORG_A : DEMO_ORG_B);
		for (size_t i = 0; i < ARRAY_LEN(full); i++)
			cr_expect_eq(count_all(t->app, full[i].table),
				     store == 0 ? full[i].a : full[i].b, "%s of store %d",
				     full[i].table, store);
		for (size_t i = 0; i < ARRAY_LEN(some); i++)
			cr_expect_gt(count_all(t->app, some[i]), 0, "store %d has no %s", store,
				     some[i]);
		cr_expect_eq(sql_int(t->app, "SELECT count(DISTINCT status) FROM orders"), 8,
			     "not every state of an order is there");
		cr_expect_eq(sql_int(t->app, "SELECT count(DISTINCT language) FROM messages"), 2,
			     "not both languages are spoken");
		cr_expect_eq(sql_int(t->app, "SELECT count(*) FROM escalations WHERE state NOT IN"
					     " ('closed', 'returned_to_bot', 'customer_gone',"
					     " 'expired')"),
			     1, "one request should be open");
		cr_expect_eq(sql_int(t->app, "SELECT count(*) FROM promises WHERE state = 'open'"
					     " AND due_at > now()"),
			     1, "and one promise, for later");
		cr_expect_eq(sql_int(t->app,
				     "SELECT (SELECT last_event FROM organization_counters) -"
				     " count(*) + max(seq) - count(*) + min(seq) - 1 FROM events"),
			     0, "the event numbers have gaps");
	}
}

Test(tenancy, nothing_of_another_store_is_visible)
{
	PGresult *tables = tenant_tables();

	sql_context(t->app, DEMO_ORG_A);
	for (int i = 0; i < PQntuples(tables); i++) {
		const char *table = PQgetvalue(tables, i, 0), *key = PQgetvalue(tables, i, 1);

		cr_expect_eq(count_where(t->app, table, key, DEMO_ORG_B), 0,
			     "rows of B are visible in %s", table);
		cr_expect_eq(count_all(t->app, table),
			     count_where(t->owner, table, key, DEMO_ORG_A),
			     "A sees something else than its own rows in %s", table);
	}
	PQclear(tables);
}

/* Unset, as on a new connection, and '', as after a transaction that had set it. */
Test(tenancy, without_a_context_there_is_nothing_and_no_error)
{
	PGresult *tables = tenant_tables();

	for (int turn = 0; turn < 2; turn++) {
		for (int i = 0; i < PQntuples(tables); i++)
			cr_expect_eq(count_all(t->app, PQgetvalue(tables, i, 0)), 0,
				     "%s shows rows without a context", PQgetvalue(tables, i, 0));
		sql_run(t->app,
			"BEGIN; SELECT set_config('app.current_organization_id', '" DEMO_ORG_A
			"', true); COMMIT");
		char *left =
			sql_text(t->app, "SELECT current_setting('app.current_organization_id')");
		cr_expect_str_empty(left, "the context outlives its transaction");
		free(left);
	}
	PQclear(tables);
}

static void expect_refused(const char *sql, const char *with, const char *about)
{
	char *why = sql_refused(t->app, sql);

	cr_expect(strstr(why, with) != NULL, "%s: \"%s\" was expected, got: %s\n%s", about, with,
		  why, sql);
	free(why);
}

Test(tenancy, rows_of_another_store_can_be_neither_written_nor_touched)
{
	PGresult *tables = tenant_tables();
	char sql[500];

	sql_context(t->app, DEMO_ORG_A);
	for (int i = 0; i < PQntuples(tables); i++) {
		const char *table = PQgetvalue(tables, i, 0), *key = PQgetvalue(tables, i, 1);

		/* The policy is asked before any other rule of the row. */
		if (app_may(table, NULL, "INSERT")) {
			snprintf(sql, sizeof(sql), "INSERT INTO %s (%s) VALUES ('%s')", table, key,
				 DEMO_ORG_B);
			expect_refused(sql, "42501 new row violates row-level security", table);
		}
		if (app_may(table, key, "UPDATE") && count_all(t->app, table) > 0) {
			snprintf(sql, sizeof(sql), "UPDATE %s SET %s = '%s'", table, key,
				 DEMO_ORG_B);
			expect_refused(sql, "42501 new row violates row-level security", table);
			snprintf(sql, sizeof(sql),
				 "WITH hit AS (UPDATE %s SET %s = %s WHERE %s = '%s' RETURNING 1)"
				 " SELECT count(*) FROM hit",
				 table, key, key, key, DEMO_ORG_B);
			cr_expect_eq(sql_int(t->app, sql), 0, "B's rows of %s were updated", table);
		}
		if (app_may(table, NULL, "DELETE")) {
			snprintf(sql, sizeof(sql),
				 "WITH hit AS (DELETE FROM %s WHERE %s = '%s' RETURNING 1)"
				 " SELECT count(*) FROM hit",
				 table, key, DEMO_ORG_B);
			cr_expect_eq(sql_int(t->app, sql), 0, "B's rows of %s were deleted", table);
		}
		snprintf(sql, sizeof(sql), "TRUNCATE %s", table);
		expect_refused(sql, "42501 permission denied", table);
	}
	PQclear(tables);
}

#define OTHER "current_setting('test.other')::uuid"

/* The setting holds the id of a row of B. A row that A writes cannot point at it: the keys carry
 * the organization, and key checks are not subject to row security. */
Test(tenancy, a_row_cannot_refer_to_another_stores)
{
	static const struct {
		const char *id, *sql;
	} cases[] = {
		{"SELECT id FROM customers",
		 "INSERT INTO conversations (organization_id, customer_id, channel, peer, "
		 "store_number)"
		 " VALUES ('" DEMO_ORG_A "', " OTHER ", 'sms', '+15145550199', '" DEMO_NUMBER_A
		 "')"},
		{"SELECT id FROM customers",
		 "INSERT INTO orders (organization_id, order_number, customer_id)"
		 " VALUES ('" DEMO_ORG_A "', 'x-1', " OTHER ")"},
		{"SELECT id FROM conversations",
		 "INSERT INTO messages (organization_id, conversation_id, position, direction, "
		 "author,"
		 " channel, body, status) VALUES ('" DEMO_ORG_A "', " OTHER
		 ", 99, 'in', 'customer', 'sms', 'x', 'received')"},
		{"SELECT id FROM conversations",
		 "INSERT INTO escalations (organization_id, conversation_id, reason)"
		 " VALUES ('" DEMO_ORG_A "', " OTHER ", 'human_request')"},
		{"SELECT id FROM messages",
		 "INSERT INTO message_media (organization_id, message_id, position, url)"
		 " VALUES ('" DEMO_ORG_A "', " OTHER ", 0, 'https://example.com/x')"},
		{"SELECT id FROM orders",
		 "INSERT INTO returns (organization_id, rma_number, order_id,"
		 " reason) VALUES ('" DEMO_ORG_A "', 'R-1', " OTHER ", 'x')"},
		{"SELECT id FROM services",
		 "INSERT INTO service_appointments (organization_id, service_id, starts_at, "
		 "ends_at)"
		 " VALUES ('" DEMO_ORG_A "', " OTHER ", now(), now() + interval '1 hour')"},
		{"SELECT id FROM user_profiles",
		 "UPDATE conversations SET holder = 'staff', holder_user_id = " OTHER ""
		 " WHERE organization_id = '" DEMO_ORG_A "' AND state = 'open'"},
		{"SELECT id FROM user_profiles",
		 "INSERT INTO user_sessions (organization_id, user_id, refresh_hash, expires_at)"
		 " VALUES ('" DEMO_ORG_A "', " OTHER ", sha256('x'), now() + interval '1 day')"},
	};

	sql_context(t->app, DEMO_ORG_A);
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		char ask[200];
		char *id;

		snprintf(ask, sizeof(ask), "%s WHERE organization_id = '" DEMO_ORG_B "' LIMIT 1",
			 cases[i].id);
		id = sql_text(t->owner, ask);
		snprintf(ask, sizeof(ask), "SELECT set_config('test.other', '%s', false)", id);
		sql_run(t->app, ask);
		expect_refused(cases[i].sql, "23503", cases[i].id);
		free(id);
	}
}

Test(tenancy, one_number_is_two_customers)
{
	static const char who[] =
		"SELECT string_agg(concat_ws(' ', first_name, last_name, preferred_language), ';')"
		" FROM customers WHERE phone_number = '" DEMO_SHARED_NUMBER "'";
	char *seen;

	sql_context(t->app, DEMO_ORG_A);
	seen = sql_text(t->app, who);
	cr_expect_str_eq(seen, "Camille Tremblay en");
	free(seen);
	sql_context(t->app, DEMO_ORG_B);
	seen = sql_text(t->app, who);
	cr_expect_str_eq(seen, "Camille Tremblay fr");
	free(seen);
	/* And what one store writes is not the other's. */
	sql_run(t->app,
		"UPDATE customers SET notes = 'only here' WHERE phone_number = '" DEMO_SHARED_NUMBER
		"'");
	cr_expect_eq(sql_int(t->owner, "SELECT count(*) FROM customers WHERE notes = 'only here'"),
		     1);
}

Test(tenancy, an_order_number_is_free_in_every_store)
{
	for (int store = 0; store < 2; store++) {
		sql_context(t->app, store == 0 ? DEMO_ORG_A : DEMO_ORG_B);
		cr_expect_eq(
			sql_int(t->app, "SELECT count(*) FROM orders WHERE order_number = '555'"),
			1);
	}
}

/* The lookups need no context, tell one id and no more, and forget who was switched off. */
Test(tenancy, the_lookups_find_one_organization_and_tell_nothing_else)
{
	static const char sent[] =
		"SELECT quote_literal(id) || ',' || quote_literal(twilio_message_sid) FROM outbox"
		" WHERE organization_id = '" DEMO_ORG_B "' LIMIT 1";
	char *row = sql_text(t->owner, sent);
	char *sid = strchr(row, ',') + 1;
	char sql[300];
	char *found;
	const struct {
		const char *call, *expected;
	} cases[] = {
		{"organization_by_number('" DEMO_NUMBER_A "')", DEMO_ORG_A},
		{"organization_by_number('" DEMO_NUMBER_B "')", DEMO_ORG_B},
		{"organization_by_number('+14165559999')", ""},
		{"organization_by_number(NULL)", ""},
		{"organization_by_slug('velo-plateau')", DEMO_ORG_B},
		{"organization_by_slug('nobody')", ""},
		{"outbox_organization('00000000-0000-4000-8000-000000000000')", ""},
		{"message_organization(NULL, 'SMnone')", ""},
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		snprintf(sql, sizeof(sql), "SELECT %s", cases[i].call);
		found = sql_text(t->app, sql);
		cr_expect_str_eq(found, cases[i].expected, "%s", cases[i].call);
		free(found);
	}
	sid[-1] = '\0';
	snprintf(sql, sizeof(sql),
		 "SELECT outbox_organization(%s) = message_organization(NULL, %s)", row, sid);
	found = sql_text(t->app, sql);
	cr_expect_str_eq(found, "t", "a sent text is not found by its row and its SID");
	free(found);
	free(row);

	sql_run(t->owner, "UPDATE organization_phone_numbers SET is_active = false"
			  " WHERE phone_number = '" DEMO_NUMBER_A "';"
			  "UPDATE organizations SET is_active = false WHERE id = '" DEMO_ORG_B "'");
	found = sql_text(t->app, "SELECT concat(organization_by_number('" DEMO_NUMBER_A
				 "'), organization_by_number('" DEMO_NUMBER_B "'))");
	cr_expect_str_empty(found, "a number or store that is switched off is still found");
	free(found);
	expect_refused("SET ROLE switchback_lookup", "42501", "the service as the lookups' role");
}

/* Loading it twice changes nothing. */
Test(tenancy, the_demo_can_be_loaded_again)
{
	static const char all[] =
		"SELECT string_agg(query_to_xml('SELECT md5(string_agg(x::text, '','' ORDER BY"
		" x::text)) FROM ' || relname || ' x', false, false, '')::text, '' ORDER BY "
		"relname)"
		" FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'r'";
	char *before = sql_text(t->owner, all);
	char *after;

	sql_run(t->owner, test_db_demo_sql());
	after = sql_text(t->owner, all);
	cr_expect_str_eq(after, before, "a second load changed something");
	free(before);
	free(after);
}
