/*
 * transcript.c - a call whose scribe is gone: what was not written down is read back, once, and
 * what was is recognised (schema/functions/call_transcript.sql, jobs/call_transcript).
 */
#include <criterion/criterion.h>

#include "server/jobs/runner.h"
#include "server/keys.h"
#include "tests/support/inside.h"

#define CALL  "cccccccc-0000-4000-8000-000000000001"
#define VOICE "cccccccc-0000-4000-8000-000000000002"

/* ---- ElevenLabs' API ---- */

static struct {
	int status;
	const char *body;
	unsigned asked;
} api;

static void transcript_asked(struct app *app, const struct web_request *r, struct ticket t)
{
	(void)app;
	api.asked++;
	cr_expect(str_is(r->params[0], "c1"));
	cr_expect(str_is(web_header(r, "xi-api-key"), "the-key"));
	web_reply(t, api.status, "application/json", str_of(api.body));
}

static const struct route api_routes[] = {
	{.method = WEB_GET, .path = "/v1/convai/conversations/{id}", .handle = transcript_asked},
	{.path = NULL},
};

static char api_url[64];

static void set_up(void)
{
	struct web_options web = {.tables = {api_routes, NULL}};
	struct app *a = &inside.app;
	struct err err;

	inside_up();
	sql_run(inside.db->owner,
		"INSERT INTO conversations (organization_id, id, channel, peer, store_number)"
		" VALUES ('" DEMO_ORG_A "', '" VOICE "', 'voice', '+15145550199', '" DEMO_NUMBER_A
		"');"
		"INSERT INTO call_sessions (organization_id, id, conversation_id, twilio_call_sid, "
		"call_direction, state, from_number, to_number, stage) VALUES ('" DEMO_ORG_A
		"', '" CALL "', '" VOICE
		"', 'CA1', 'inbound', 'in_progress', '+15145550199', '" DEMO_NUMBER_A
		"', 'bridge')");
	a->http = http_open(&a->loop, a->flows);
	a->web = web_open(&a->loop, a, &web);
	cr_assert(web_listen(a->web, "127.0.0.1", 0, &err));
	snprintf(api_url, sizeof api_url, "http://127.0.0.1:%d", web_port(a->web));
	inside.settings.elevenlabs_api_url = api_url;
	inside.settings.elevenlabs_api_key = "the-key";
	inside.settings.twilio_auth_token = "x";
	a->keys = keys_open(&inside.settings);
	api.status = 200;
}

static void tear_down(void)
{
	struct app *a = &inside.app;

	if (a->runner != NULL)
		runner_stop(a->runner);
	flows_close(a->flows);
	runner_close(a->runner);
	a->flows = flows_open(&a->loop, a);
	web_close(a->web);
	http_close(a->http);
	keys_close(a->keys);
	inside_down();
}

TestSuite(transcript, .init = set_up, .fini = tear_down, .timeout = 60);

/* What the scribe wrote down before it was gone. */
static void told(const char *json)
{
	PGresult *r = sql_ask(inside.db->app,
			      "SELECT kept FROM call_said('" DEMO_ORG_A "', '" VOICE "', '" CALL
			      "', 1, $1::jsonb)",
			      1, &json);

	PQclear(r);
}

#define LINE(key, who, body)                                                                  \
	",{\"key\":\"el:c1:" key "\",\"who\":\"" who "\",\"body\":\"" body "\",\"language\":" \
	"null,\"ago_ms\":0}"
#define CALL_OVER                                                                            \
	"UPDATE call_sessions SET stage = 'ended', state = 'completed', ended_at = now() - " \
	"interval "                                                                          \
	"'1 minute' WHERE id = '" CALL "'"
#define DUE_NOW "UPDATE due_work SET due_at = now() WHERE kind = 'call_transcript'"

static int64_t owed(void)
{
	return sql_int(inside.db->owner,
		       "SELECT count(*) FROM due_work WHERE kind = 'call_transcript'");
}

static bool nothing_owed(void *with)
{
	(void)with;
	return owed() == 0;
}

static bool asked_and_put_off(void *with)
{
	(void)with;
	return api.asked > 0 &&
	       sql_int(inside.db->owner,
		       "SELECT count(*) FROM due_work WHERE kind = "
		       "'call_transcript' AND lease IS NULL AND due_at > now()") == 1;
}

static void run(void)
{
	sql_run(inside.db->owner, "DELETE FROM due_work WHERE kind <> 'call_transcript'");
	sql_run(inside.db->owner, DUE_NOW);
	if (inside.app.runner == NULL)
		inside.app.runner = runner_open(&inside.app);
	else
		runner_nudge(inside.app.runner, 0);
}

static void expect_said(const char *wanted)
{
	char *got =
		sql_text(inside.db->app,
			 "SELECT string_agg(author || ':' || body, ' | ' ORDER BY position) FROM "
			 "messages WHERE conversation_id = '" VOICE "'");

	cr_expect_str_eq(got, wanted, "\"%s\", wanted \"%s\"", got, wanted);
	free(got);
}

static const char whole[] =
	"{\"status\":\"done\",\"transcript\":["
	"{\"role\":\"agent\",\"message\":\"Hello\",\"time_in_call_secs\":0,\"source_event_id\":1},"
	"{\"role\":\"user\",\"message\":\"Yes\",\"time_in_call_secs\":3,\"source_event_id\":2},"
	"{\"role\":\"agent\",\"message\":\"One moment\",\"original_message\":\"One moment please\","
	"\"interrupted\":true,\"time_in_call_secs\":4,\"source_event_id\":3},"
	"{\"role\":\"user\",\"message\":\"Yes\",\"time_in_call_secs\":6,\"source_event_id\":4},"
	"{\"role\":\"agent\",\"message\":null,\"tool_calls\":[],\"time_in_call_secs\":7},"
	"{\"role\":\"agent\",\"message\":\"It is 4111 1111 1111 1111\",\"time_in_call_secs\":8}]}";

Test(transcript, adds_what_was_not_written_down_and_nothing_twice)
{
	told("[{\"began\":\"c1\"}" LINE("1:a0", "agent", "Hello") LINE("2:c0", "customer", "Yes")
		     LINE("3:a0", "agent", "One moment please") "]");
	sql_run(inside.db->owner, CALL_OVER
		"; UPDATE provider_events SET received_at = received_at - interval '1 minute'");
	api.body = whole;
	run();
	inside_until(nothing_owed, NULL, 5000);
	expect_said(
		"agent:Hello | customer:Yes | agent:One moment | customer:Yes | agent:It is [card "
		"****1111]");
	cr_expect_eq(api.asked, 1);
	cr_expect_eq(inside.app.figures.lines_recovered, 2);
	/* they were said when they were said */
	cr_expect_eq(
		sql_int(inside.db->app,
			"SELECT count(*) FROM messages m, provider_events e WHERE e.kind = "
			"'conversation_began' AND "
			"m.conversation_id = '" VOICE "' AND m.spoken_key IN ('el:c1:4:c0', "
			"'el:c1:t5') AND m.created_at BETWEEN e.received_at + interval '6 s' AND "
			"e.received_at + interval '8 s'"),
		2);
	/* the same work once more, as after a lost answer */
	sql_run(inside.db->owner,
		"SELECT work_add(organization_id, 'call_transcript', id, now()) FROM "
		"provider_events");
	run();
	inside_until(nothing_owed, NULL, 5000);
	cr_expect_eq(inside.app.figures.lines_recovered, 2);
	cr_expect_eq(sql_int(inside.db->app,
			     "SELECT count(*) FROM messages WHERE conversation_id = '" VOICE "'"),
		     5);
}

Test(transcript, recognises_lines_without_events_by_their_words)
{
	told("[{\"began\":\"c1\"}" LINE("0:a0", "agent", "Hello") LINE("0:c0", "customer", "Yes")
		     LINE("0:a1", "agent", "And?") "]");
	sql_run(inside.db->owner, CALL_OVER);
	api.body =
		"{\"status\":\"failed\",\"transcript\":["
		"{\"role\":\"agent\",\"message\":\"Hello\"},{\"role\":\"user\",\"message\":\"Yes\"}"
		","
		"{\"role\":\"agent\",\"message\":\"And?\"},{\"role\":\"user\",\"message\":\"Yes\"},"
		"{\"role\":\"user\",\"message\":\"typed\",\"source_medium\":\"text\"}]}";
	run();
	inside_until(nothing_owed, NULL, 5000);
	expect_said("agent:Hello | customer:Yes | agent:And? | customer:Yes");
}

Test(transcript, is_not_read_while_the_call_goes_on)
{
	told("[{\"began\":\"c1\"}]");
	run();
	inside_for(300);
	cr_expect_eq(api.asked, 0);
	cr_expect_eq(owed(), 1);
	/* over this moment: whoever carried it may still be writing */
	sql_run(inside.db->owner,
		"UPDATE call_sessions SET stage = 'ended', ended_at = now() WHERE id "
		"= '" CALL "'");
	run();
	inside_for(300);
	cr_expect_eq(api.asked, 0);
	cr_expect_eq(owed(), 1);
}

Test(transcript, is_asked_for_again_until_it_is_there_and_given_up_where_it_never_was)
{
	static const struct {
		int status;
		const char *body;
	} later[] = {{500, "{}"},
		     {429, "{}"},
		     {200, "not json"},
		     {200, "{\"status\":\"in-progress\",\"transcript\":[]}"}};

	told("[{\"began\":\"c1\"}]");
	sql_run(inside.db->owner, CALL_OVER);
	for (size_t i = 0; i < ARRAY_LEN(later); i++) {
		api.status = later[i].status;
		api.body = later[i].body;
		api.asked = 0;
		run();
		inside_until(asked_and_put_off, NULL, 5000);
	}
	api.status = 404;
	api.body = "{\"detail\":{\"status\":\"conversation_not_found\"}}";
	run();
	inside_until(nothing_owed, NULL, 5000);
	/* or after a day */
	sql_run(inside.db->owner,
		"UPDATE provider_events SET received_at = now() - interval '2 days';"
		"SELECT work_add(organization_id, 'call_transcript', id, now()) FROM "
		"provider_events");
	api.asked = 0;
	run();
	inside_until(nothing_owed, NULL, 5000);
	cr_expect_eq(api.asked, 0);
}

Test(transcript, brings_back_nothing_of_an_agent_whose_time_was_over)
{
	told("[{\"began\":\"c1\"}]");
	sql_run(inside.db->owner,
		"SELECT thread_taken(row('" DEMO_ORG_A "', (SELECT min(id::text)::uuid FROM "
		"user_profiles WHERE organization_id = '" DEMO_ORG_A
		"'), NULL, NULL, NULL, NULL, NULL)::staff_call, c, 'took over') FROM conversations "
		"c "
		"WHERE id = '" VOICE "';"
		"UPDATE provider_events SET received_at = now() - interval '5 seconds';" CALL_OVER);
	api.body = whole;
	run();
	inside_until(nothing_owed, NULL, 5000);
	expect_said(
		"staff:took over | agent:Hello | customer:Yes | agent:One moment | customer:Yes");
}
