/*
 * ringing.c - see ringing.h.
 */
#include "tests/support/ringing.h"

#include <criterion/criterion.h>

#include "shared/buf.h"

#define PEER  "+15145550199"
#define LEASE "bbbbbbbb-0000-4000-8000-000000000001"
#define WORDS "{\"hello\": {\"en\": \"Hello\", \"fr\": \"Bonjour\"}, \"other\": {}, \"ask\": {}}"
#define HASH  "0000000000000000000000000000000000000000000000000000000000000000"

static void first(struct test_db *t, char out[40], const char *sql, const char *with)
{
	PGresult *r = sql_ask(t->app, sql, with == NULL ? 0 : 1, &with);

	cr_assert_eq(PQntuples(r), 1, "%s", sql);
	snprintf(out, 40, "%s", PQgetvalue(r, 0, 0));
	PQclear(r);
}

void ringing_begin(struct ringing *r, struct test_db *t, bool bridge)
{
	char told[500];
	const char *p[] = {DEMO_NUMBER_A, PEER, RINGING_SID, told};

	*r = (struct ringing){.t = t};
	snprintf(told, sizeof told,
		 "{\"document\": true, \"status\": \"ringing\", \"agent\": %s, \"key\": %s,"
		 " \"stream_hash\": \"" HASH "\", \"words\": " WORDS "}",
		 bridge ? "true" : "false", bridge ? "true" : "false");
	PQclear(sql_ask(t->app, "SELECT call_in('voice', $1, $2, 'e164', $3, 'AC', NULL, $4)", 4,
			p));
	first(t, r->call, "SELECT id FROM call_sessions WHERE twilio_call_sid = $1", RINGING_SID);
	first(t, r->conversation, "SELECT conversation_id FROM call_sessions WHERE id = $1",
	      r->call);
}

static PGresult *hooked(const struct ringing *r, const char *leg, const char *door,
			const char *status, const char *form, const char *more, bool d)
{
	struct buf told = {0};
	PGresult *out;

	buf_printf(&told, "{\"agent\": true, \"key\": true, \"stream_hash\": \"" HASH "\"%s", more);
	if (status != NULL)
		buf_printf(&told, ", \"status\": \"%s\"", status);
	if (form != NULL)
		buf_printf(&told, ", \"form\": %s", form);
	buf_add_char(&told, '}');
	const char *p[] = {door, leg, buf_cstr(&told), d ? "t" : "f"};

	out = sql_ask(
		r->t->app,
		"SELECT call_hook($1, $2, NULL, 'AC', NULL, $3::jsonb || CASE WHEN $4::boolean"
		" THEN (SELECT jsonb_build_object('d', document_number) FROM call_sessions"
		" WHERE id = $2::uuid AND document_number > 0) ELSE '{}' END)",
		4, p);
	buf_clear(&told);
	return out;
}

char *ringing_asked(const struct ringing *r, const char *leg, const char *door, const char *status,
		    const char *form, bool d, const char *member)
{
	PGresult *answer = hooked(r, leg, door, status, form, ", \"document\": true", d);
	char path[80];
	const char *p[] = {PQgetvalue(answer, 0, 0), path};
	PGresult *at;
	char *out;

	snprintf(path, sizeof path, "{%s}", member);
	for (char *c = path; *c != '\0'; c++)
		*c = *c == '.' ? ',' : *c;
	at = sql_ask(r->t->app, "SELECT $1::jsonb #>> $2::text[]", 2, p);
	out = xstrdup(PQgetvalue(at, 0, 0));
	PQclear(at);
	PQclear(answer);
	return out;
}

void ringing_told(const struct ringing *r, const char *leg, const char *door, const char *status,
		  const char *form)
{
	static int number;
	char more[80];

	snprintf(more, sizeof more, ", \"document\": false, \"sequence\": %d", ++number);
	PQclear(hooked(r, leg, door, status, form, more, false));
}

void ringing_said(const struct ringing *r, const char *words)
{
	struct buf more = {0};

	buf_printf(&more, ", \"document\": true, \"words\": \"%s\"", words);
	PQclear(hooked(r, r->call, "gather", "in_progress", NULL, buf_cstr(&more), true));
	buf_clear(&more);
}

void ringing_staff_only(struct ringing *r)
{
	first(r->t, r->staff,
	      "SELECT id FROM call_sessions WHERE leg = 'staff' AND conversation_id = $1"
	      " ORDER BY started_at DESC LIMIT 1",
	      r->conversation);
}

void ringing_staff(struct ringing *r, const char *sid)
{
	char *text;

	ringing_staff_only(r);
	text = ringing_need(r, r->staff);
	cr_assert_str_eq(text, "dial");
	free(text);
	free(ringing_settled(r, r->staff, "dial", "done", sid, NULL));
	ringing_told(r, r->staff, "status", "ringing", NULL);
	ringing_told(r, r->staff, "status", "in_progress", NULL);
}

char *ringing_pressed(const struct ringing *r, const char *key)
{
	char form[60], *brief = ringing_asked(r, r->staff, "staff", "in_progress",
					      "{\"AnsweredBy\": \"human\"}", false, "staff.plan");

	cr_assert_str_eq(brief, "brief");
	free(brief);
	snprintf(form, sizeof form, "{\"Digits\": \"%s\"}", key);
	return ringing_asked(r, r->staff, "staff-key", "in_progress", form, true, "staff.plan");
}

char *ringing_need(const struct ringing *r, const char *leg)
{
	const char *p[] = {leg};
	PGresult *a;
	char *out;

	PQclear(sql_ask(
		r->t->app,
		"UPDATE due_work SET lease = '" LEASE "', dirty = false, leased_until = now() +"
		" interval '20 s' WHERE kind = 'call_steer' AND ref = $1 AND due_at <= now()"
		" AND lease IS NULL",
		1, p));
	a = sql_ask(r->t->app,
		    "SELECT need FROM call_steer_claim('" DEMO_ORG_A "', $1, '" LEASE "')", 1, p);
	out = xstrdup(PQntuples(a) == 0 ? "" : PQgetvalue(a, 0, 0));
	PQclear(a);
	return out;
}

char *ringing_settled(const struct ringing *r, const char *leg, const char *need,
		      const char *result, const char *sid, const char *state)
{
	const char *p[] = {leg, need, result, sid, state};
	PGresult *a = sql_ask(r->t->app,
			      "SELECT need FROM call_steer_settle('" DEMO_ORG_A "', $1, '" LEASE
			      "', $2, $3, $4, ARRAY[$4::text], $5, NULL)",
			      5, p);
	char *out = xstrdup(PQntuples(a) == 0 ? "" : PQgetvalue(a, 0, 0));

	PQclear(a);
	return out;
}

void ringing_later(const struct ringing *r, int seconds)
{
	char by[20];
	const char *p[] = {r->conversation, by};

	snprintf(by, sizeof by, "%d seconds", seconds);
	PQclear(sql_ask(
		r->t->owner,
		"UPDATE call_sessions SET started_at = started_at - $2::interval, document_at ="
		" document_at - $2::interval, dialled_at = dialled_at - $2::interval WHERE"
		" conversation_id = $1",
		2, p));
	PQclear(sql_ask(
		r->t->owner,
		"UPDATE due_work SET due_at = due_at - $2::interval WHERE kind = 'call_steer' AND"
		" $1 <> ''",
		2, p));
}
