/*
 * constraints.c - what the database itself refuses, whoever asks and however many at once: double
 * bookings, a second delivery, two open requests, a rewritten audit log. Each case runs as the
 * service in store A's context, in a transaction of its own that is rolled back.
 */
#include <criterion/criterion.h>

#include "tests/support/db.h"

static struct test_db *t;

static void set_up(void)
{
	t = test_db_new(TEST_DB_DEMO);
	sql_context(t->app, DEMO_ORG_A);
}

static void tear_down(void)
{
	test_db_free(t);
}

TestSuite(constraints, .init = set_up, .fini = tear_down);

#define ORG    "'" DEMO_ORG_A "'"
#define THREAD "(SELECT id FROM conversations WHERE state = 'open' ORDER BY id LIMIT 1)"
/* clang-format off */
static const struct {
	const char *what, *before, *sql, *state;
} cases[] = {
	{"a number without its plus", NULL,
	 "INSERT INTO customers (organization_id, phone_number) VALUES (" ORG ", '4165550123')", "23514"},
	{"a number of sixteen digits", NULL,
	 "INSERT INTO customers (organization_id, phone_number) VALUES (" ORG ", '+1234567890123456')", "23514"},
	{"a number that begins with zero", NULL,
	 "INSERT INTO customers (organization_id, phone_number) VALUES (" ORG ", '+0416555012')", "23514"},
	{"a customer's number twice", NULL,
	 "INSERT INTO customers (organization_id, phone_number) VALUES (" ORG ", '" DEMO_SHARED_NUMBER "')", "23505"},
	{"a language that we do not speak", NULL,
	 "UPDATE customers SET preferred_language = 'de' WHERE phone_number = '" DEMO_SHARED_NUMBER "'", "23514"},
	{"a chosen language that is none", NULL,
	 "UPDATE customers SET preferred_language = NULL, language_chosen = true", "23514"},
	{"an erased customer with a name", NULL, "UPDATE customers SET erased_at = now(), phone_number = NULL", "23514"},
	{"the same text delivered twice",
	 "INSERT INTO messages (organization_id, conversation_id, position, direction, author, channel, body, status, twilio_message_sid)"
	 " VALUES (" ORG ", " THREAD ", 98, 'in', 'customer', 'sms', 'x', 'received', 'SM1')",
	 "INSERT INTO messages (organization_id, conversation_id, position, direction, author, channel, body, status, twilio_message_sid)"
	 " VALUES (" ORG ", " THREAD ", 99, 'in', 'customer', 'sms', 'x', 'received', 'SM1')", "23505"},
	{"a place in the conversation taken twice", NULL,
	 "INSERT INTO messages (organization_id, conversation_id, position, direction, author, channel, body, status)"
	 " VALUES (" ORG ", " THREAD ", 1, 'in', 'customer', 'sms', 'x', 'received')", "23505"},
	{"a second open thread of one peer", NULL,
	 "INSERT INTO conversations (organization_id, channel, peer, store_number)"
	 " SELECT organization_id, channel, peer, store_number FROM conversations WHERE state = 'open' LIMIT 1", "23505"},
	{"a thread held by staff without a name", NULL, "UPDATE conversations SET holder = 'staff' WHERE state = 'open'", "23514"},
	{"a customer who speaks outwards", NULL,
	 "UPDATE messages SET direction = 'out', status = NULL WHERE author = 'customer'", "23514"},
	{"a staff message by nobody", NULL, "UPDATE messages SET author_user_id = NULL WHERE author = 'staff'", "23514"},
	{"a second open request in a conversation", NULL,
	 "INSERT INTO escalations (organization_id, conversation_id, reason)"
	 " SELECT organization_id, conversation_id, 'complaint' FROM escalations WHERE state = 'queued'", "23505"},
	{"a claim without a claimer", NULL, "UPDATE escalations SET state = 'claimed' WHERE state = 'queued'", "23514"},
	{"a promise that is open and settled", NULL, "UPDATE promises SET settled_at = now() WHERE state = 'open'", "23514"},
	{"opening hours that overlap", NULL,
	 "INSERT INTO organization_hours (organization_id, weekday, opens, closes) VALUES (" ORG ", 1, 1000, 1100)", "23P01"},
	{"an eighth day of the week", NULL,
	 "INSERT INTO organization_hours (organization_id, weekday, opens, closes) VALUES (" ORG ", 8, 1, 2)", "23514"},
	{"a mechanic booked twice", NULL,
	 "WITH busy AS (SELECT r.* FROM appointment_resources r WHERE r.state IN ('booked', 'confirmed') LIMIT 1),"
	 " extra AS (INSERT INTO service_appointments (organization_id, service_id, starts_at, ends_at)"
	 "  SELECT b.organization_id, (SELECT id FROM services LIMIT 1), lower(b.during), upper(b.during) FROM busy b RETURNING id)"
	 " INSERT INTO appointment_resources (organization_id, appointment_id, resource_id, state, during)"
	 "  SELECT b.organization_id, e.id, b.resource_id, 'booked', b.during FROM busy b, extra e", "23P01"},
	{"a taken place that has another state than its appointment", NULL,
	 "UPDATE appointment_resources SET state = 'cancelled' WHERE state = 'booked'", "23503"},
	{"a hold without an end", NULL, "UPDATE service_appointments SET state = 'held' WHERE state = 'booked'", "23514"},
	{"a booking asked for twice",
	 "INSERT INTO service_appointments (organization_id, service_id, starts_at, ends_at, request_key)"
	 " SELECT organization_id, id, now(), now() + interval '1 hour', 'key' FROM services LIMIT 1",
	 "INSERT INTO service_appointments (organization_id, service_id, starts_at, ends_at, request_key)"
	 " SELECT organization_id, id, now(), now() + interval '1 hour', 'key' FROM services LIMIT 1", "23505"},
	{"a provider's event twice",
	 "INSERT INTO provider_events (organization_id, provider, kind, event_key) VALUES (" ORG ", 'twilio', 'status', 'k')",
	 "INSERT INTO provider_events (organization_id, provider, kind, event_key) VALUES (" ORG ", 'twilio', 'status', 'k')", "23505"},
	{"an e-mail twice, in other letters", NULL,
	 "UPDATE user_profiles SET email = upper('admin@bici-downtown.example') WHERE role = 'manager'", "23505"},
	{"a platform administrator inside a store", NULL, "UPDATE user_profiles SET role = 'super_admin' WHERE role = 'admin'", "23514"},
	{"an event's type rewritten", NULL, "UPDATE events SET type = 'message.sent'", "42501"},
	{"an event deleted", NULL, "DELETE FROM events", "42501"},
	{"a customer deleted", NULL, "DELETE FROM customers", "42501"},
	{"the store's caps raised by the service", NULL, "UPDATE organizations SET daily_segment_cap = 1000000", "42501"},
};
/* clang-format on */

Test(constraints, the_database_refuses)
{
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		char *why;

		sql_run(t->app, "BEGIN");
		if (cases[i].before != NULL)
			sql_run(t->app, cases[i].before);
		why = sql_refused(t->app, cases[i].sql);
		cr_expect(strncmp(why, cases[i].state, 5) == 0, "%s: %s was expected, got %s",
			  cases[i].what, cases[i].state, why);
		free(why);
		sql_run(t->app, "ROLLBACK");
	}
}

Test(constraints, a_time_zone_must_exist)
{
	char *why =
		sql_refused(t->owner, "UPDATE organizations SET time_zone = 'America/Atlantis'");

	cr_expect(strstr(why, "America/Atlantis") != NULL, "%s", why);
	free(why);
	why = sql_refused(t->owner, "UPDATE organizations SET time_zone = 'EST5EDT,M3.2.0'");
	cr_expect(strncmp(why, "23514", 5) == 0, "%s", why);
	free(why);
}

/* Back to back is fine, and what is cancelled frees its place by itself. */
Test(constraints, a_cancelled_place_can_be_taken_again)
{
	static const char again[] =
		"INSERT INTO service_appointments (organization_id, id, service_id, starts_at, "
		"ends_at)"
		" SELECT organization_id, 'c0000000-0000-4000-8000-000000000001', service_id, "
		"starts_at,"
		" ends_at FROM service_appointments WHERE id = current_setting('test.visit')::uuid;"
		"INSERT INTO appointment_resources (organization_id, appointment_id, resource_id, "
		"state,"
		" during) SELECT organization_id, 'c0000000-0000-4000-8000-000000000001', "
		"resource_id,"
		" 'booked', during FROM appointment_resources"
		" WHERE appointment_id = current_setting('test.visit')::uuid";
	char *why;

	sql_run(t->app, "SELECT set_config('test.visit', (SELECT appointment_id::text FROM "
			"appointment_resources WHERE state = 'confirmed' LIMIT 1), false)");
	why = sql_refused(t->app, again);
	cr_expect(strncmp(why, "23P01", 5) == 0, "%s", why);
	free(why);
	sql_run(t->app,
		"UPDATE service_appointments SET state = 'cancelled', cancelled_at = now(),"
		" cancelled_by = 'customer' WHERE id = current_setting('test.visit')::uuid");
	sql_run(t->app, again);
	why = sql_refused(t->app,
			  "UPDATE service_appointments SET state = 'booked', cancelled_at = NULL,"
			  " cancelled_by = NULL WHERE id = current_setting('test.visit')::uuid");
	cr_expect(strncmp(why, "23P01", 5) == 0, "a cancelled visit came back over a new one: %s",
		  why);
	free(why);
	/* Half-open: the next one may begin where this one ends. */
	sql_run(t->app, "INSERT INTO resources (organization_id, id, name, kind) VALUES (" ORG
			", 'c0000000-0000-4000-8000-00000000000a', 'a free bench', 'bench');"
			"INSERT INTO service_appointments (organization_id, id, service_id, "
			"starts_at, ends_at)"
			" SELECT " ORG ", ('c0000000-0000-4000-8000-00000000000' || n)::uuid, s.id,"
			" timestamptz '2030-01-07 10:00Z' + n * interval '1 hour',"
			" timestamptz '2030-01-07 11:00Z' + n * interval '1 hour'"
			" FROM generate_series(2, 4) n, (SELECT id FROM services LIMIT 1) s;"
			"INSERT INTO appointment_resources (organization_id, appointment_id, "
			"resource_id, state,"
			" during) SELECT organization_id, id, "
			"'c0000000-0000-4000-8000-00000000000a', state,"
			" tstzrange(starts_at, ends_at) FROM service_appointments WHERE starts_at "
			"> '2030-01-01'");
}

Test(constraints, updated_at_moves_by_itself)
{
	static const char *const tables[] = {"customers", "orders",      "products", "services",
					     "policies",  "escalations", "returns",  "resources"};
	char sql[200];

	for (size_t i = 0; i < ARRAY_LEN(tables); i++) {
		snprintf(sql, sizeof(sql),
			 "UPDATE %s SET updated_at = '2001-01-01', organization_id = "
			 "organization_id",
			 tables[i]);
		sql_run(t->app, sql);
		snprintf(sql, sizeof(sql),
			 "SELECT count(*) FROM %s WHERE updated_at < now() - interval '1 hour'",
			 tables[i]);
		cr_expect_eq(sql_int(t->app, sql), 0, "%s.updated_at can be left behind",
			     tables[i]);
	}
}

/* Number, time and hash are the database's, whatever the writer says; nothing is changed or taken
 * out unseen. */
Test(constraints, the_audit_log_only_grows)
{
	static const char write[] =
		"INSERT INTO audit_log (organization_id, seq, actor, action, result, created_at, "
		"hash)"
		" SELECT " ORG ", 7000, 'system', 'order.read', 'ok', '2001-01-01', '\\x00'"
		" FROM generate_series(1, 5)";
	static const char broken[] = "SELECT coalesce(audit_broken(" ORG "), 0)";
	char *why;

	sql_run(t->app, write);
	cr_expect_eq(sql_int(t->app, "SELECT max(seq) FROM audit_log"), 5, "a number was forged");
	cr_expect_eq(sql_int(t->app, "SELECT count(*) FROM audit_log WHERE created_at < now() - "
				     "interval '1 hour'"),
		     0, "a time was forged");
	cr_expect_eq(sql_int(t->app, broken), 0, "a fresh chain does not hold");
	for (int as_owner = 0; as_owner < 2; as_owner++) {
		PGconn *c = as_owner ? t->owner : t->app;

		why = sql_refused(c, "UPDATE audit_log SET result = 'fine'");
		cr_expect(strncmp(why, "42501", 5) == 0, "%s", why);
		free(why);
		why = sql_refused(c, "DELETE FROM audit_log");
		cr_expect(strncmp(why, "42501", 5) == 0, "%s", why);
		free(why);
		why = sql_refused(c, "TRUNCATE audit_log");
		cr_expect(strncmp(why, "42501", 5) == 0, "%s", why);
		free(why);
	}
	/* An owner who goes to the length of switching the trigger off leaves a trace. */
	sql_run(t->owner, "ALTER TABLE audit_log DISABLE TRIGGER kept");
	sql_run(t->owner, "BEGIN; UPDATE audit_log SET result = 'fine' WHERE seq = 3");
	cr_expect_eq(sql_int(t->owner, broken), 3, "a changed row is not noticed");
	sql_run(t->owner, "ROLLBACK; BEGIN; DELETE FROM audit_log WHERE seq = 3");
	cr_expect_eq(sql_int(t->owner, broken), 4, "a row taken out is not noticed");
	sql_run(t->owner, "ROLLBACK; BEGIN; DELETE FROM audit_log WHERE seq = 5");
	cr_expect_eq(sql_int(t->owner, broken), 5, "a cut end is not noticed");
	sql_run(t->owner,
		"ROLLBACK; BEGIN; UPDATE audit_log SET detail = '{\"a\": 1}' WHERE seq = 1");
	cr_expect_eq(sql_int(t->owner, broken), 1, "a changed first row is not noticed");
	sql_run(t->owner, "ROLLBACK");
}
