/*
 * events.c - holds docs/events.md against what is stored, by the demo's history and by the
 * functions that write events today: each payload has exactly the fields of its type's table, with
 * their kinds, and there is no type on the page that nothing writes.
 */
#include <criterion/criterion.h>
#include <stdio.h>

#include "tests/support/db.h"

#define FIELDS_MAX 300

struct field {
	char type[64], name[64], kind[32];
};

struct page {
	struct field fields[FIELDS_MAX];
	size_t n;
};

/* "| name | kind | what |" below "## type"; the heading lines of a table begin with "| field" and
 * "|---". */
static void page_read(struct page *page)
{
	char line[1000], type[64] = "";
	FILE *file = fopen("docs/events.md", "r");

	cr_assert(file != NULL, "docs/events.md is not here: tests run from the root");
	while (fgets(line, sizeof(line), file) != NULL) {
		struct field *f = &page->fields[page->n];

		if (sscanf(line, "## %63s", type) == 1)
			continue;
		if (line[0] != '|' || strncmp(line, "| field", 7) == 0 || line[1] == '-')
			continue;
		cr_assert_lt(page->n, (size_t)FIELDS_MAX);
		cr_assert_eq(sscanf(line, "| %63s | %31s |", f->name, f->kind), 2,
			     "docs/events.md: this line is no field: %s", line);
		memcpy(f->type, type, sizeof(type));
		page->n++;
	}
	fclose(file);
	cr_assert_gt(page->n, (size_t)50, "docs/events.md has too few fields: %zu", page->n);
}

static struct field *page_find(struct page *page, const char *type, const char *name)
{
	for (size_t i = 0; i < page->n; i++) {
		if (strcmp(page->fields[i].type, type) == 0 &&
		    strcmp(page->fields[i].name, name) == 0)
			return &page->fields[i];
	}
	return NULL;
}

/* The value's kind as the query names it fits what the page says. */
static bool kind_fits(const char *said, const char *found)
{
	size_t n = strlen(said);
	bool may_be_null = n > 0 && said[n - 1] == '?';

	if (strcmp(found, "null") == 0)
		return may_be_null;
	return strncmp(said, found, may_be_null ? n - 1 : n) == 0 ||
	       (strncmp(said, "text", 4) == 0 && strcmp(found, "uuid") == 0);
}

/* Holds the events after that number, of the organization in the app's context, against the page.
 */
static void page_hold(struct test_db *t, struct page *page, const char *after)
{
	static const char fields[] =
		"SELECT DISTINCT type, key, CASE WHEN jsonb_typeof(value) = 'number' THEN 'integer'"
		" WHEN jsonb_typeof(value) <> 'string' THEN jsonb_typeof(value)"
		" WHEN value #>> '{}' ~ '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$' THEN 'uuid'"
		" WHEN value #>> '{}' ~ '^\\d{4}-\\d\\d-\\d\\dT[\\d:.]+([+-]\\d\\d:\\d\\d|Z)$' "
		"THEN 'time'"
		" ELSE 'text' END FROM events, jsonb_each(payload) WHERE seq > $1::bigint";
	/* A listed field that some event of its type lacks. */
	static const char lacking[] =
		"SELECT count(*) FROM events WHERE type = $1 AND NOT payload ? $2"
		" AND seq > $3::bigint";
	PGresult *r = sql_ask(t->app, fields, 1, &after);

	cr_assert_gt(PQntuples(r), 30, "there are too few events");
	for (int i = 0; i < PQntuples(r); i++) {
		const char *type = PQgetvalue(r, i, 0), *name = PQgetvalue(r, i, 1);
		const char *kind = PQgetvalue(r, i, 2);
		struct field *f = page_find(page, type, name);

		cr_expect(f != NULL, "%s: the payload has %s, the page has not", type, name);
		cr_expect(f == NULL || kind_fits(f->kind, kind), "%s.%s is %s, the page says %s",
			  type, name, kind, f == NULL ? "" : f->kind);
	}
	PQclear(r);
	for (size_t i = 0; i < page->n; i++) {
		r = sql_ask(
			t->app, lacking, 3,
			(const char *const[]){page->fields[i].type, page->fields[i].name, after});
		cr_expect_str_eq(PQgetvalue(r, 0, 0), "0",
				 "%s: the page has %s, a payload lacks it", page->fields[i].type,
				 page->fields[i].name);
		PQclear(r);
	}
}

Test(events, the_demos_history_is_written_as_the_page_says)
{
	struct test_db *t = test_db_new(TEST_DB_DEMO);
	struct page page = {0};

	page_read(&page);
	sql_context(t->app, DEMO_ORG_A);
	page_hold(t, &page, "0");
	sql_context(t->app, DEMO_ORG_B);
	page_hold(t, &page, "0");
	test_db_free(t);
}

/* ---- what the functions write ---- */

#define MAYA  "+15145550199"
#define LEASE "aaaaaaaa-0000-4000-8000-000000000001"

/* A store's short life in which everything happens once: each step as the service asks it. */
static const char *const life[] = {
	"SELECT text_in('" DEMO_NUMBER_A "', '" MAYA
	"', 'e164', 'SM1', NULL, '4111 1111', NULL, NULL,"
	" NULL, NULL, NULL, NULL)",
	"SELECT text_in('" DEMO_NUMBER_A "', '" MAYA
	"', 'e164', 'SM2', NULL, 'rest', '{x,image/png}',"
	" NULL, NULL, NULL, NULL, jsonb_build_object((SELECT id FROM messages WHERE"
	" twilio_message_sid = 'SM1')::text, '[card]'))",
	/* the agent answers, and a person is wanted */
	"UPDATE due_work SET lease = '" LEASE "', leased_until = now() + interval '1 minute'"
	" WHERE kind = 'agent_turn'",
	"SELECT agent_turn_store('" DEMO_ORG_A "', id, '" LEASE "', 1, 2, 'en', true, 'Soon', 1,"
	" 'order_status', 'order_status', 'my order', now() - interval '1 second', NULL)"
	" FROM conversations WHERE peer = '" MAYA "'",
	"UPDATE due_work SET lease = '" LEASE "', leased_until = now() + interval '1 minute'",
	"SELECT promise_due('" DEMO_ORG_A "', ref, '" LEASE
	"') FROM due_work WHERE kind = 'promise'"
	" AND due_at < now()",
	/* the reply goes out and arrives */
	"SELECT outbox_claim('" DEMO_ORG_A "', ref, '" LEASE
	"') FROM due_work WHERE kind = 'outbox'",
	"SELECT outbox_settle('" DEMO_ORG_A "', ref, '" LEASE
	"', 'sent', 'SM3', 1, NULL, NULL, NULL, 0)"
	" FROM due_work WHERE kind = 'outbox'",
	"SELECT text_status(NULL, id, 'AC0', 'SM3', 'undelivered', 9, 30003, 'gone', 'parti')"
	" FROM outbox WHERE to_number = '" MAYA "'",
	/* one more wish, then STOP, and a withheld sender */
	"SELECT text_in('" DEMO_NUMBER_A "', '" MAYA
	"', 'e164', 'SM4', NULL, 'and?', NULL, NULL, NULL,"
	" NULL, NULL, NULL)",
	"UPDATE due_work SET lease = '" LEASE "', leased_until = now() + interval '1 minute'"
	" WHERE kind = 'agent_turn'",
	"SELECT agent_turn_store('" DEMO_ORG_A "', id, '" LEASE
	"', 1, last_position, 'fr', true, 'Ok', 1,"
	" 'complaint', 'complaint', 'and?', NULL, NULL) FROM conversations WHERE peer = '" MAYA "'",
	"SELECT text_in('" DEMO_NUMBER_A "', '" MAYA
	"', 'e164', 'SM5', NULL, 'STOP', NULL, 'stop', 'en',"
	" '{store}: no more', NULL, NULL)",
	"SELECT text_in('" DEMO_NUMBER_A
	"', 'anonymous', 'withheld', 'SM6', NULL, 'x', NULL, NULL, NULL,"
	" NULL, NULL, NULL)",
	/* a call: greeted, asks for a person, is promised a call back, leaves a message, and ends
	 */
	"SELECT call_in('voice', '" DEMO_NUMBER_A "', '" MAYA
	"', 'e164', 'CA1', 'AC0', NULL, '{\"document\": true,"
	" \"words\": {\"hello\": {\"fr\": \"Allo\"}}}')",
	"SELECT call_hook('gather', id, 'CA1', 'AC0', NULL, '{\"d\": 1, \"document\": true,"
	" \"status\": \"in_progress\", \"digits\": \"0\"}') FROM call_sessions WHERE"
	" twilio_call_sid = 'CA1'",
	"SELECT call_answer(organization_id, id, '{\"epoch\": 1, \"answered_to\": 2, \"misses\": 0,"
	" \"language\": \"en\", \"language_chosen\": false, \"say\": \"Tomorrow\", \"reason\":"
	" \"human_request\", \"promise_due_us\": 1900000000000000, \"person_now\": false, "
	"\"voicemail\": true}',"
	" '{\"document\": true}') FROM call_sessions WHERE twilio_call_sid = 'CA1'",
	"SELECT call_said(organization_id, conversation_id, id, 1, '[{\"key\": \"el:c:1:a0\","
	" \"who\": \"agent\", \"body\": \"We open at nine\", \"language\": \"en\", \"ago_ms\": 0},"
	" {\"key\": \"el:c:1:a0\", \"body\": \"We open\", \"correction\": 1}]') FROM call_sessions"
	" WHERE twilio_call_sid = 'CA1'",
	"SELECT call_hook('recording', id, 'CA1', 'AC0', NULL, '{\"document\": false,"
	" \"recording_sid\": \"RE1\", \"recording_url\": \"https://x/1\", \"recorded_seconds\": "
	"9}')"
	" FROM call_sessions WHERE twilio_call_sid = 'CA1'",
	"SELECT call_hook('status', NULL, 'CA1', 'AC0', NULL, '{\"document\": false,"
	" \"status\": \"completed\", \"seconds\": 30}')",
	/* a person writes a note, and has another thread */
	"SELECT conversation_note(row('" DEMO_ORG_A
	"', (SELECT min(id::text)::uuid FROM user_profiles),"
	" NULL, NULL, NULL, NULL, NULL)::staff_call, id, 'note', 'careful') FROM conversations"
	" WHERE peer = '" MAYA "'",
	/* a call of ElevenLabs' own, of which nothing was known in time */
	"SELECT native_unknown('" DEMO_NUMBER_A "', 'CA404')",
	/* a customer is to be called */
	"SELECT outbound_queue('" DEMO_ORG_A
	"', 'callback', k, NULL, NULL, NULL, NULL, NULL) FROM customers k"
	" WHERE k.phone_number = '" MAYA "'",
	/* a person signs in and out, and is switched off */
	"INSERT INTO user_sessions (organization_id, user_id, refresh_hash, expires_at)"
	" SELECT organization_id, id, sha256(id::text::bytea), now() + interval '1 day'"
	" FROM user_profiles WHERE role = 'manager'",
	"SELECT session_end(organization_id, user_id, id, NULL, NULL) FROM user_sessions",
	"UPDATE user_profiles SET is_active = false WHERE role = 'manager'",
	/* the thread has slept: the next text closes it and opens another */
	"UPDATE escalations SET state = 'expired', closed_at = now() WHERE closed_at IS NULL",
	"UPDATE conversations SET last_message_at = now() - interval '3 days' WHERE peer = '" MAYA
	"'",
	"SELECT text_in('" DEMO_NUMBER_A "', '" MAYA
	"', 'e164', 'SM7', NULL, 'START', NULL, 'start', 'en',"
	" '{store}: again', NULL, NULL)",
};

Test(events, the_functions_write_what_the_page_says)
{
	static const char untold[] =
		"SELECT string_agg(t, ', ') FROM unnest(string_to_array($1, ',')) t"
		" WHERE NOT EXISTS (SELECT FROM events WHERE type = t AND seq > $2::bigint)";
	struct test_db *t = test_db_new(TEST_DB_DEMO);
	struct page page = {0};
	char types[2000] = "";
	char *before;
	PGresult *r;

	page_read(&page);
	sql_context(t->app, DEMO_ORG_A);
	sql_context(t->owner, DEMO_ORG_A);
	before = sql_text(t->app, "SELECT last_event FROM organization_counters");
	for (size_t i = 0; i < ARRAY_LEN(life); i++)
		sql_run(t->app, life[i]);
	page_hold(t, &page, before);
	for (size_t i = 0; i < page.n; i++) {
		/* switchbackctl's own: tests/store/ctl_people.c */
		if (strcmp(page.fields[i].type, "customer.erased") == 0)
			continue;
		if (i == 0 || strcmp(page.fields[i].type, page.fields[i - 1].type) != 0)
			snprintf(types + strlen(types), sizeof(types) - strlen(types), "%s%s",
				 i == 0 ? "" : ",", page.fields[i].type);
	}
	r = sql_ask(t->app, untold, 2, (const char *const[]){types, before});
	cr_expect(PQgetisnull(r, 0, 0), "on the page, but nothing here wrote: %s",
		  PQgetvalue(r, 0, 0));
	PQclear(r);
	free(before);
	test_db_free(t);
}
