/*
 * switchbackctl customer and user: people as a store knows them, and the staff.
 */
#include <criterion/criterion.h>
#include <jansson.h>

#include "server/ctl/ctl.h"
#include "shared/password.h"
#include "tests/support/ctl.h"
#include "tests/support/db.h"

#define ORG "--organization", "velo"
#define NUM "+14165550100"

static struct ctl_test *t;

static void set_up(void)
{
	setenv("BCRYPT_ROUNDS", "4", 1);
	t = ctl_test_new(true);
	ctl_test_store(t, "velo");
}

static void tear_down(void)
{
	ctl_test_free(t);
}

TestSuite(ctl_people, .init = set_up, .fini = tear_down, .timeout = 60);

static void expect_text(const char *sql, const char *expected)
{
	char *text = sql_text(t->db, sql);

	cr_expect_str_eq(text, expected, "%s", sql);
	free(text);
}

/* ---- customers ---- */

Test(ctl_people, numbers_are_masked_unless_asked_for)
{
	CTL_DO(t, "customer", "add", "+1 416-555-0100", ORG, "--first-name", "Marie", "--last-name",
	       "Tremblay", "--email", "marie@example.com", "--language", "fr", "--external-id",
	       "C-1");
	CTL_DO(t, "customer", "list", ORG);
	cr_expect(strstr(t->out, "Marie Tremblay") != NULL, "%s", t->out);
	cr_expect(strstr(t->out, NUM) == NULL && strstr(t->out, "marie@") == NULL, "%s", t->out);
	CTL_DO(t, "customer", "list", ORG, "--full");
	cr_expect(strstr(t->out, NUM) != NULL && strstr(t->out, "marie@example.com") != NULL, "%s",
		  t->out);
	CTL_DO(t, "customer", "list", ORG, "--search", "TREMB");
	cr_expect(strstr(t->out, "Marie") != NULL);
	CTL_DO(t, "customer", "list", ORG, "--search", "%");
	cr_expect_str_eq(t->out, "");
	CTL_DO(t, "customer", "show", NUM, ORG);
	cr_expect(strstr(t->out, "Tremblay") != NULL && strstr(t->out, NUM) == NULL, "%s", t->out);
	cr_expect_eq(CTL(t, "customer", "add", NUM, ORG), CTL_FAILED);
	cr_expect_eq(CTL(t, "customer", "show", "+14165550199", ORG), CTL_FAILED);
	cr_expect_eq(CTL(t, "customer", "show", "marie", ORG), CTL_FAILED);
	cr_expect_eq(CTL(t, "customer", "list"), CTL_FAILED);
	expect_text("SELECT count(*) FROM audit_log WHERE action LIKE 'customer.%'", "6");
}

Test(ctl_people, consent_goes_both_ways)
{
	CTL_DO(t, "customer", "opt-out", NUM, ORG);
	expect_text("SELECT opted_out FROM consents WHERE phone_number = '" NUM "'", "t");
	CTL_DO(t, "customer", "opt-in", NUM, ORG);
	expect_text("SELECT opted_out FROM consents WHERE phone_number = '" NUM "'", "f");
	expect_text("SELECT string_agg((payload->>'opted_out'), ' ' ORDER BY seq) FROM events "
		    "WHERE type = "
		    "'consent.changed'",
		    "true false");
	cr_expect_eq(CTL(t, "customer", "opt-out", "nobody", ORG), CTL_FAILED);
}

/* A customer about whom every table knows something; everything personal holds the word canary. */
static void life_make(void)
{
	CTL_DO(t, "customer", "add", NUM, ORG, "--first-name", "canary", "--email",
	       "canary@example.com", "--notes", "canary");
	sql_run(t->db,
		"CREATE TEMP TABLE me AS SELECT organization_id AS o, id AS c, gen_random_uuid() "
		"AS v, "
		"gen_random_uuid() AS m, gen_random_uuid() AS e, gen_random_uuid() AS a FROM "
		"customers;"
		"INSERT INTO consents SELECT o, '" NUM "', true, 'sms', 'en', now() FROM me;"
		"INSERT INTO conversations (organization_id, id, customer_id, channel, peer, "
		"store_number, "
		"summary, last_position) SELECT o, v, c, 'sms', '" NUM
		"', '+14165550001', 'canary', 2 FROM "
		"me;"
		"INSERT INTO messages (organization_id, id, conversation_id, position, direction, "
		"author, "
		"channel, body, twilio_message_sid, status, provider_params) SELECT o, m, v, 1, "
		"'in', "
		"'customer', 'sms', 'canary', 'SM1', 'received', '{\"FromCity\":\"canary\"}' FROM "
		"me;"
		"INSERT INTO messages (organization_id, id, conversation_id, position, direction, "
		"author, "
		"channel, body, status) SELECT o, e, v, 2, 'out', 'agent', 'sms', 'canary', "
		"'queued' FROM "
		"me;"
		"INSERT INTO message_media (organization_id, message_id, position, url) SELECT o, "
		"m, 0, "
		"'https://canary.example' FROM me;"
		"INSERT INTO outbox (organization_id, message_id, conversation_id, kind, epoch, "
		"to_number, "
		"from_number, body) SELECT o, e, v, 'reply', 1, '" NUM
		"', '+14165550001', 'canary' FROM me;"
		"INSERT INTO escalations (organization_id, id, conversation_id, customer_id, "
		"reason, "
		"reason_text, packet, reasons) SELECT o, e, v, c, 'asked', 'canary', "
		"'{\"x\":\"canary\"}', "
		"'[\"canary\"]' FROM me;"
		"INSERT INTO promises (organization_id, conversation_id, customer_id, kind, text, "
		"due_at) "
		"SELECT o, v, c, 'answer', 'canary', now() FROM me;"
		"INSERT INTO orders (organization_id, order_number, customer_id, status, "
		"shipping_address, "
		"notes) SELECT o, '1001', c, 'delivered', 'canary', 'canary' FROM me;"
		"INSERT INTO returns (organization_id, rma_number, customer_id, reason, "
		"reason_text, "
		"items_text) SELECT o, 'R1', c, 'defect', 'canary', 'canary' FROM me;"
		"INSERT INTO services (organization_id, id, code, name_en, name_fr, "
		"duration_minutes) "
		"SELECT o, a, 'tune_up', 'Tune-up', 'Mise au point', 60 FROM me;"
		"INSERT INTO service_appointments (organization_id, id, service_id, customer_id, "
		"state, "
		"starts_at, ends_at, bike, notes) SELECT o, a, a, c, 'collected', now() - interval "
		"'2 days', "
		"now() - interval '47 hours', 'canary', 'canary' FROM me;"
		"INSERT INTO call_sessions (organization_id, conversation_id, call_direction, "
		"from_number, "
		"to_number, recording, recording_words, recording_at) SELECT o, v, 'inbound', '" NUM
		"', '+14165550001', 'accepted', 'canary', now() FROM me;"
		"INSERT INTO provider_events (organization_id, provider, kind, event_key, payload) "
		"SELECT "
		"o, 'twilio', 'sms', 'SM1', jsonb_build_object('From', '" NUM
		"', 'Body', 'canary') FROM me;"
		"INSERT INTO user_profiles (organization_id, id, email, display_name) SELECT o, a, "
		"'marie@example.com', 'Marie' FROM me;"
		"INSERT INTO command_keys (organization_id, user_id, key, hash, outcome, body, "
		"conversation_id) SELECT o, a, 'k', sha256('x'), 'ok', '{\"x\": \"canary\"}', v "
		"FROM me;"
		"INSERT INTO due_work (organization_id, kind, ref, due_at) SELECT o, 'agent_turn', "
		"v, now() "
		"FROM me;"
		"SELECT event_add(o, 'message.received', v, c, jsonb_build_object('body', "
		"'canary', 'from', "
		"'" NUM "')) FROM me");
}

/* A new table that hangs on a customer must be told of, and forgotten, too. */
static void expect_no_table_forgotten(const json_t *all)
{
	PGresult *r = sql_ask(
		t->db,
		"SELECT DISTINCT c.relname FROM pg_class c JOIN pg_attribute a ON a.attrelid = "
		"c.oid WHERE c.relkind = 'r' AND c.relnamespace = 'public'::regnamespace AND "
		"a.attname IN ('customer_id', 'conversation_id', 'message_id', 'order_id')",
		0, NULL);

	cr_expect_gt(PQntuples(r), 8);
	for (int i = 0; i < PQntuples(r); i++)
		cr_expect(json_is_array(json_object_get(all, PQgetvalue(r, i, 0))),
			  "%s is not in the export: server/ctl/customer_record.c",
			  PQgetvalue(r, i, 0));
	PQclear(r);
}

Test(ctl_people, an_export_tells_everything)
{
	static const char *const parts[] = {
		"customer",    "consents",      "conversations",   "message_media",
		"outbox",      "escalations",   "promises",        "orders",
		"returns",     "call_sessions", "provider_events", "service_appointments",
		"command_keys"};
	json_t *all;

	life_make();
	CTL_DO(t, "customer", "export", NUM, ORG);
	all = json_loads(t->out, JSON_REJECT_DUPLICATES, NULL);
	cr_assert_not_null(all, "%s", t->out);
	for (size_t i = 0; i < ARRAY_LEN(parts); i++)
		cr_expect_eq(json_array_size(json_object_get(all, parts[i])), 1, "%s", parts[i]);
	cr_expect_eq(json_array_size(json_object_get(all, "messages")), 2);
	cr_expect_eq(json_array_size(json_object_get(all, "events")), 1);
	expect_no_table_forgotten(all);
	json_decref(all);
	expect_text("SELECT object_kind FROM audit_log WHERE action = 'customer.export'",
		    "customer");
}

/* Every text and JSON column of every tenant table, as one number of canaries. */
static int64_t canaries(const char *word)
{
	PGresult *r = sql_ask(
		t->db,
		"SELECT format('SELECT count(*) FROM %I x WHERE position(%L IN x::text) > 0', "
		"relname, $1::text) FROM pg_class WHERE relkind = 'r' AND relnamespace = "
		"'public'::regnamespace",
		1, (const char *const[]){word});
	int64_t n = 0;

	for (int i = 0; i < PQntuples(r); i++) {
		int64_t here = sql_int(t->db, PQgetvalue(r, i, 0));

		if (here > 0)
			cr_log_info("%s: %d", PQgetvalue(r, i, 0), (int)here);
		n += here;
	}
	PQclear(r);
	return n;
}

Test(ctl_people, an_erased_customer_is_nowhere_but_in_the_wish_not_to_be_texted)
{
	life_make();
	cr_expect_gt(canaries("canary"), 10);
	cr_expect_eq(CTL(t, "customer", "erase", NUM, ORG), CTL_FAILED);
	cr_expect(strstr(t->say, "--yes") != NULL, "%s", t->say);
	cr_expect_gt(canaries("canary"), 10, "nothing was changed");
	CTL_DO(t, "customer", "erase", NUM, ORG, "--yes");
	cr_expect_eq(canaries("canary"), 0);
	cr_expect_eq(canaries(NUM), 1, "the consent alone");
	expect_text("SELECT opted_out FROM consents", "t");
	expect_text("SELECT erased_at IS NOT NULL FROM customers", "t");
	expect_text("SELECT state FROM outbox", "suppressed");
	expect_text("SELECT state FROM conversations", "closed");
	expect_text("SELECT state FROM escalations", "customer_gone");
	expect_text("SELECT count(*) FROM orders", "1");
	expect_text("SELECT type FROM events ORDER BY seq DESC LIMIT 1", "customer.erased");
	CTL_DO(t, "customer", "list", ORG);
	cr_expect(strstr(t->out, "erased") != NULL, "%s", t->out);
	CTL_DO(t, "audit", "verify");
}

Test(ctl_people, what_is_still_open_is_settled_before_anybody_is_forgotten)
{
	static const struct {
		const char *open, *settled, *said;
	} cases[] = {
		{"UPDATE orders SET status = 'shipped'", "UPDATE orders SET status = 'collected'",
		 "order"},
		{"UPDATE service_appointments SET state = 'booked'",
		 "UPDATE service_appointments SET state = 'collected'", "appointment"},
		{"UPDATE outbox SET state = 'unknown'", "UPDATE outbox SET state = 'sent'", "text"},
	};

	life_make();
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		sql_run(t->db, cases[i].open);
		cr_expect_eq(CTL(t, "customer", "erase", NUM, ORG, "--yes"), CTL_FAILED);
		cr_expect(strstr(t->say, cases[i].said) != NULL, "%s", t->say);
		sql_run(t->db, cases[i].settled);
	}
	cr_expect_gt(canaries("canary"), 10);
	CTL_DO(t, "customer", "erase", NUM, ORG, "--yes");
	cr_expect_eq(canaries("canary"), 0);
}

/* ---- staff ---- */

Test(ctl_people, an_account_has_a_role_and_a_hashed_password)
{
	char *hash;

	cr_expect_eq(CTL_INPUT(t, "plum cart wind\n", "user", "add", "Ann@velo.example", ORG,
			       "--role", "admin", "--name", "Ann", "--language", "fr"),
		     CTL_DONE, "%s", t->say);
	hash = sql_text(t->db, "SELECT password_hash FROM user_profiles");
	cr_expect(password_matches("plum cart wind", hash));
	cr_expect_eq(password_rounds(hash), 4);
	free(hash);
	expect_text("SELECT role || ' ' || language || ' ' || array_to_string(speaks, ',') FROM "
		    "user_profiles",
		    "admin fr fr");
	CTL_DO(t, "user", "list", ORG);
	cr_expect(strstr(t->out, "Ann@velo.example") != NULL && strstr(t->out, "active") != NULL,
		  "%s", t->out);
	cr_expect(strstr(t->out, "$2b$") == NULL);
	cr_expect_eq(CTL_INPUT(t, "plum cart wind\n", "user", "add", "ann@VELO.example", ORG,
			       "--role", "staff", "--name", "Ann"),
		     CTL_FAILED);
	cr_expect(strstr(t->say, "already") != NULL, "%s", t->say);
}

Test(ctl_people, bad_accounts_and_passwords_are_refused)
{
	static const struct {
		const char *email, *role, *password, *said;
	} cases[] = {
		{"ann", "admin", "plum cart wind\n", "e-mail"},
		{"ann@velo.example", "super_admin", "plum cart wind\n", "--role"},
		{"ann@velo.example", "owner", "plum cart wind\n", "--role"},
		{"ann@velo.example", "admin", "short\n", "too short"},
		{"ann@velo.example", "admin", "P@ssword1234\n", "tried first"},
		{"annabelle@velo.example", "admin", "annabelle1234\n", "tried first"},
		{"ann@velo.example", "admin", "", "there was none"},
		{"ann@velo.example", "admin", "\n", "there was none"},
		{"ann@velo.example", "admin",
		 "a very long one that goes on and on and on and on and on beyond seventy two "
		 "bytes\n",
		 "too long"},
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		cr_expect_eq(CTL_INPUT(t, cases[i].password, "user", "add", cases[i].email, ORG,
				       "--role", cases[i].role, "--name", "Ann"),
			     CTL_FAILED, "%s", cases[i].said);
		cr_expect(strstr(t->say, cases[i].said) != NULL, "%s: %s", cases[i].said, t->say);
	}
	cr_expect_eq(
		CTL(t, "user", "add", "ann@velo.example", ORG, "--name", "Ann", "--password", "x"),
		CTL_USAGE);
	expect_text("SELECT count(*) FROM user_profiles", "0");
}

Test(ctl_people, whatever_ends_an_accounts_rights_ends_its_sign_ins)
{
	static const char signed_in[] =
		"INSERT INTO user_sessions (organization_id, user_id, refresh_hash, expires_at) "
		"SELECT "
		"organization_id, id, sha256(gen_random_uuid()::text::bytea), now() + interval '1 "
		"day' FROM "
		"user_profiles";
	static const char ended[] =
		"SELECT coalesce(string_agg(payload->>'reason', ' ' ORDER BY seq), 'none') FROM "
		"events WHERE type = 'session.ended'";
	static const char in_force[] =
		"SELECT count(*) FROM user_sessions WHERE revoked_at IS NULL";

	CTL_DO(t, "user", "add", "bob@velo.example", ORG, "--role", "staff", "--name", "Bob",
	       "--no-password");
	expect_text("SELECT password_hash IS NULL FROM user_profiles", "t");
	sql_run(t->db, signed_in);
	CTL_DO(t, "user", "set", "bob@velo.example", ORG, "--name", "Bobby", "--skills",
	       "brakes,wheels");
	expect_text(ended, "none");
	CTL_DO(t, "user", "set", "bob@velo.example", ORG, "--role", "service_tech");
	CTL_DO(t, "user", "role", "bob@velo.example", "manager", ORG);
	CTL_DO(t, "user", "role", "bob@velo.example", "manager", ORG);
	expect_text(ended, "role role");
	expect_text(in_force, "1");
	cr_expect_eq(CTL(t, "user", "role", "bob@velo.example", "super_admin", ORG), CTL_FAILED);
	cr_expect_eq(
		CTL_INPUT(t, "plum cart wind\r\n", "user", "password", "BOB@velo.example", ORG),
		CTL_DONE, "%s", t->say);
	expect_text(ended, "role role password");
	expect_text(in_force, "0");
	expect_text(
		"SELECT password_hash LIKE '$2b$04$%' AND failed_sign_ins = 0 FROM user_profiles",
		"t");
	sql_run(t->db, signed_in);
	CTL_DO(t, "user", "disable", "bob@velo.example", ORG);
	CTL_DO(t, "user", "disable", "bob@velo.example", ORG);
	expect_text(ended, "role role password disabled");
	expect_text(in_force, "0");
	expect_text("SELECT is_active FROM user_profiles", "f");
	CTL_DO(t, "user", "enable", "bob@velo.example", ORG);
	expect_text("SELECT is_active FROM user_profiles", "t");
	cr_expect_eq(CTL(t, "user", "disable", "eve@velo.example", ORG), CTL_FAILED);
	cr_expect(strstr(t->say, "no account") != NULL, "%s", t->say);
}

Test(ctl_people, one_stores_people_are_not_anothers)
{
	CTL_DO(t, "organization", "add", "bici", "--name", "Bici", "--time-zone",
	       "America/Toronto");
	CTL_DO(t, "customer", "add", NUM, ORG);
	CTL_DO(t, "user", "add", "bob@velo.example", ORG, "--role", "staff", "--name", "Bob",
	       "--no-password");
	cr_expect_eq(CTL(t, "customer", "show", NUM, "--organization", "bici"), CTL_FAILED);
	cr_expect_eq(CTL(t, "customer", "export", NUM, "--organization", "bici"), CTL_FAILED);
	cr_expect_eq(CTL(t, "user", "disable", "bob@velo.example", "--organization", "bici"),
		     CTL_FAILED);
	CTL_DO(t, "customer", "list", "--organization", "bici");
	cr_expect_str_eq(t->out, "");
	CTL_DO(t, "user", "list", "--organization", "bici");
	cr_expect_str_eq(t->out, "");
}

/* ---- the record ---- */

Test(ctl_people, a_changed_record_is_noticed)
{
	CTL_DO(t, "customer", "add", NUM, ORG);
	CTL_DO(t, "customer", "opt-out", NUM, ORG);
	CTL_DO(t, "audit", "list", ORG);
	cr_expect(strstr(t->out, "customer.opt_out") != NULL && strstr(t->out, "platform") != NULL,
		  "%s", t->out);
	cr_expect(strstr(t->out, NUM) == NULL, "%s", t->out);
	CTL_DO(t, "audit", "verify");
	sql_run(t->db, "ALTER TABLE audit_log DISABLE TRIGGER kept; UPDATE audit_log SET action = "
		       "'nothing' "
		       "WHERE seq = 2; ALTER TABLE audit_log ENABLE TRIGGER kept");
	cr_expect_eq(CTL(t, "audit", "verify"), CTL_FAILED);
	cr_expect(strstr(t->out, "BROKEN at 2") != NULL, "%s", t->out);
}
