/*
 * routes.c - the route table against itself and the database: whoever needs a permission asks the
 * door for one that exists, and every row's statement is one that PostgreSQL knows, with as many
 * parameters as its list has and the two columns that the door reads.
 */
#include "server/routes.h"

#include <criterion/criterion.h>

#include "server/api/auth.h"
#include "server/api/row.h"
#include "server/webhook/call_form.h"
#include "server/webhook/webhooks.h"
#include "tests/support/db.h"

/* What anybody may call. A route that is added here is open to the world: say so on purpose. */
static const char *const open_to_all[] = {
	"/healthz",
	"/readyz",
	"/metrics",
	"/api/webhooks/twilio/sms",
	"/api/webhooks/twilio/status",
	"/api/webhooks/twilio/voice",
	"/api/webhooks/twilio/voice/next",
	"/api/webhooks/twilio/stream-end",
	"/api/webhooks/twilio/stream",
	"/api/webhooks/twilio/gather",
	"/api/webhooks/twilio/dial",
	"/api/webhooks/twilio/conference",
	"/api/webhooks/twilio/transcription",
	"/api/webhooks/twilio/voicemail",
	"/api/webhooks/twilio/recording",
	"/api/webhooks/twilio/staff",
	"/api/webhooks/twilio/staff-key",
	"/api/webhooks/twilio/fallback",
	"/api/webhooks/elevenlabs/conversation-initiation",
	"/api/media/twilio",
	"/api/webhooks/twilio/hold",
	"/api/audio/hold.wav",
	"/api/auth/login",
	"/api/auth/refresh",
};

static bool is_open(const char *path)
{
	for (size_t i = 0; i < ARRAY_LEN(open_to_all); i++) {
		if (strcmp(open_to_all[i], path) == 0)
			return true;
	}
	return false;
}

/* What the carrier asks about a call is a row of the doors' table, and nothing else is. */
Test(routes, each_door_of_a_call_is_one)
{
	for (const struct route *r = routes; r->path != NULL; r++) {
		if (r->handle == call_hook_start || r->handle == status_start)
			cr_expect_not_null(call_door_find(str_of(r->path)), "%s", r->path);
		else
			cr_expect_null(call_door_find(str_of(r->path)), "%s", r->path);
	}
}

static size_t parts_of(const char *path)
{
	size_t n = 0;

	for (; *path != '\0'; path++)
		n += *path == '{' ? 1 : 0;
	return n;
}

Test(routes, what_is_not_open_is_behind_the_door_for_an_action_that_exists)
{
	for (const struct route *r = routes; r->path != NULL; r++) {
		bool door_asks = r->handle == door || r->handle == door_through;

		cr_expect_neq(door_asks, is_open(r->path), "%s", r->path);
		if (!door_asks) {
			cr_expect_null(r->action, "%s names an action that nobody asks for",
				       r->path);
			continue;
		}
		cr_expect_neq(action_find(r->action), ACTION_NONE, "%s: %s", r->path, r->action);
		cr_expect_not_null(r->with, "%s", r->path);
	}
}

Test(routes, a_row_takes_each_part_of_its_path_and_changes_nothing_by_get)
{
	for (const struct route *r = routes; r->path != NULL; r++) {
		const struct api_row *row = r->with;
		size_t parts = 0;

		if (r->handle != door)
			continue;
		for (size_t i = 0; i < row_params_count(row); i++) {
			const struct api_param *p = &row->params[i];

			parts += p->from == API_PATH ? 1 : 0;
			if (p->from == API_MAY)
				cr_expect_neq(action_find(p->field.name), ACTION_NONE, "%s: %s",
					      r->path, p->field.name);
			if (p->from == API_BODY)
				cr_expect_neq(r->method, WEB_GET, "%s", r->path);
			if (p->field.kind == FIELD_WORD || p->field.kind == FIELD_WORDS)
				cr_expect_not_null(p->field.words, "%s: %s", r->path,
						   p->field.name);
			if (p->field.kind == FIELD_INT)
				cr_expect_lt(p->field.min, p->field.max, "%s: %s", r->path,
					     p->field.name);
		}
		cr_expect_eq(parts, parts_of(r->path), "%s", r->path);
		cr_expect_eq(row->params[0].from, API_ORG, "%s: the organization comes first",
			     r->path);
		cr_expect_eq(row->command, r->method != WEB_GET, "%s", r->path);
	}
}

Test(routes, every_rows_statement_is_one_that_the_database_knows)
{
	struct test_db *t = test_db_new(TEST_DB_EMPTY);
	const char *names[200];
	size_t names_n = 0;

	for (const struct route *r = routes; r->path != NULL; r++) {
		const struct api_row *row = r->with;
		const struct db_statement *s;
		PGresult *made, *told;

		if (r->handle != door)
			continue;
		s = &row->statement;
		cr_expect_eq(row_params_count(row), s->params, "%s", s->name);
		for (size_t i = 0; i < names_n; i++)
			cr_expect_str_neq(names[i], s->name, "two statements of one name");
		cr_assert_lt(names_n, ARRAY_LEN(names));
		names[names_n++] = s->name;
		made = PQprepare(t->app, s->name, s->sql, 0, NULL);
		cr_expect_eq(PQresultStatus(made), PGRES_COMMAND_OK, "%s: %s", s->name,
			     PQresultErrorMessage(made));
		told = PQdescribePrepared(t->app, s->name);
		cr_expect_eq((unsigned)PQnparams(told), s->params, "%s", s->name);
		cr_expect_eq(PQnfields(told), 2, "%s", s->name);
		for (int i = 0; i < PQnfields(told) && i < 2; i++)
			cr_expect_str_eq(PQfname(told, i), i == 0 ? "outcome" : "body", "%s",
					 s->name);
		PQclear(made);
		PQclear(told);
	}
	cr_expect_gt(names_n, 4);
	test_db_free(t);
}
