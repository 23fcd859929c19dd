/*
 * told.h - what the tests of a call's functions share: a call to store A, told of as the webhooks
 * tell it, and looks at what came of it. A header of its own: each test is one program.
 */
#ifndef SWITCHBACK_TESTS_STORE_TOLD_H
#define SWITCHBACK_TESTS_STORE_TOLD_H

#include <criterion/criterion.h>
#include <jansson.h>

#include "shared/buf.h"
#include "tests/support/db.h"

#define MAYA "+15145550199"
#define CALL "(SELECT id FROM call_sessions WHERE twilio_call_sid = 'CA1')"
#define TALK "(SELECT conversation_id FROM call_sessions WHERE twilio_call_sid = 'CA1')"
#define ORG  "'" DEMO_ORG_A "'"
#define WORDS                                                                             \
	"\"words\":{\"hello\":{\"en\":\"Hello, {store}.\",\"fr\":\"Bonjour, {store}.\"}," \
	"\"other\":{\"en\":\"English: 9.\",\"fr\":\"Le 9.\"},\"ask\":{\"en\":\"Yes?\","   \
	"\"fr\":\"Oui?\"}}"

static struct test_db *t;
static json_t *facts; /* of the last request */

static inline void set_up(void)
{
	t = test_db_new(TEST_DB_DEMO);
	sql_context(t->owner, DEMO_ORG_A);
	sql_context(t->app, DEMO_ORG_A);
	/* a store that has set up nothing for its calls */
	sql_run(t->owner,
		"UPDATE organizations SET elevenlabs_agent_id = NULL, consent_line_en = NULL,"
		" consent_line_fr = NULL WHERE id = " ORG);
}

static inline void tear_down(void)
{
	json_decref(facts);
	test_db_free(t);
}

/* ---- asking ---- */

static inline void asked(const char *sql)
{
	char *text = sql_text(t->app, sql);

	json_decref(facts);
	facts = json_loads(text, 0, NULL);
	cr_assert_not_null(facts, "%s\ngave %s", sql, text);
	free(text);
	sql_context(t->app, DEMO_ORG_A);
}

/* call_in: a call of that number with that SID. `more` goes into what is told: ",\"agent\":true" */
static inline void rings(const char *from, const char *sender, const char *sid, const char *more)
{
	char sql[1200];

	snprintf(sql, sizeof sql,
		 "SELECT call_in('voice', '" DEMO_NUMBER_A "', '%s', '%s', '%s', 'AC0', NULL,"
		 " '{\"document\":true,\"status\":\"ringing\",\"stream_hash\":\""
		 "00000000000000000000000000000000000000000000000000000000000000ff\"," WORDS
		 "%s}')",
		 from, sender, sid, more);
	asked(sql);
}

static inline void maya_rings(void)
{
	rings(MAYA, "e164", "CA1", "");
}

/* call_hook about Maya's call; `told` is the inside of the object behind document and status. */
static inline void hook(const char *door, bool answered, const char *told)
{
	char sql[1200];

	snprintf(sql, sizeof sql,
		 "SELECT call_hook('%s', " CALL ", 'CA1', 'AC0', NULL, '{\"document\":%s%s%s}')",
		 door, answered ? "true" : "false", told[0] == '\0' ? "" : ",", told);
	asked(sql);
}

/* The agent's answer to the turn in `facts`; `more` as in rings(). */
static inline void agent_says(const char *say, const char *more)
{
	const json_t *turn = json_object_get(facts, "turn");
	char sql[1400], wish[40] = "";

	cr_assert(json_is_object(turn), "no turn is wanted");
	if (json_is_string(json_object_get(turn, "wish")))
		snprintf(wish, sizeof wish, ",\"wish\":\"%s\"",
			 json_string_value(json_object_get(turn, "wish")));
	snprintf(sql, sizeof sql,
		 "SELECT call_answer(" ORG ", " CALL
		 ", '{\"epoch\":%d,\"answered_to\":%d,\"misses\":%d,"
		 "\"language\":\"en\",\"language_chosen\":false,\"say\":\"%s\",\"class\":\"store_"
		 "info\","
		 "\"promise_due_us\":0,\"person_now\":false%s%s}', '{\"document\":true}')",
		 (int)json_integer_value(json_object_get(turn, "epoch")),
		 (int)json_integer_value(json_object_get(turn, "answered_to")),
		 (int)json_integer_value(json_object_get(turn, "misses")), say, wish, more);
	asked(sql);
}

static inline void said(const char *words, int document)
{
	char told[300];

	snprintf(told, sizeof told, "\"d\":%d,\"status\":\"in_progress\",\"words\":\"%s\"",
		 document, words);
	hook("gather", true, told);
}

static inline void pressed(const char *digit, int document)
{
	char told[300];

	snprintf(told, sizeof told, "\"d\":%d,\"status\":\"in_progress\",\"digits\":\"%s\"",
		 document, digit);
	hook("gather", true, told);
}

/* Nothing was heard. */
static inline void silent(int document)
{
	said("", document);
}

/* ---- looking ---- */

static inline void expect_int(const char *sql, int64_t wanted)
{
	int64_t got = sql_int(t->owner, sql);

	cr_expect_eq(got, wanted, "%s: %" PRId64 ", wanted %" PRId64, sql, got, wanted);
}

static inline void expect_text(const char *sql, const char *wanted)
{
	char *got = sql_text(t->owner, sql);

	cr_expect_str_eq(got, wanted, "%s: \"%s\", wanted \"%s\"", sql, got, wanted);
	free(got);
}

static inline void expect_fact(const char *name, const char *wanted)
{
	const char *got = json_string_value(json_object_get(facts, name));

	cr_expect_str_eq(got == NULL ? "" : got, wanted, "%s is \"%s\", wanted \"%s\"", name, got,
			 wanted);
}

/* The lines of the document: "a|b". */
static inline void expect_lines(const char *wanted)
{
	const json_t *lines = json_object_get(facts, "lines");
	struct buf b = {0};

	for (size_t i = 0; i < json_array_size(lines); i++)
		buf_printf(&b, "%s%s", i == 0 ? "" : "|",
			   json_string_value(json_object_get(json_array_get(lines, i), "body")));
	cr_expect_str_eq(buf_cstr(&b), wanted, "lines \"%s\", wanted \"%s\"", buf_cstr(&b), wanted);
	buf_clear(&b);
}

static inline int document(void)
{
	return (int)json_integer_value(json_object_get(facts, "document"));
}

static inline void expect_stage(const char *wanted)
{
	expect_fact("stage", wanted);
	expect_text("SELECT stage FROM call_sessions WHERE id = " CALL, wanted);
}

static inline void expect_request(const char *state)
{
	expect_text(
		"SELECT coalesce(max(state), '') FROM escalations WHERE conversation_id = " TALK,
		state);
}

#endif
