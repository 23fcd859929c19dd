/*
 * bridge_call.c - a call that the bridge carries, against the real service and the practice line on
 * both of its sides: what is said is written down once, whatever breaks; what staff and customer
 * send reaches the agent; nobody is left in silence.
 */
#include <criterion/criterion.h>
#include <signal.h>
#include <unistd.h>

#include "shared/clock.h"
#include "tests/support/db.h"
#include "tests/support/store.h"
#include "tests/support/stream.h"

#define MAYA    "+15145550178"
#define WAIT_MS 15000

static PGconn *owner;

static void set_up(void)
{
	store_whole_up();
	owner = test_db_connect(service_key(store.service, "DATABASE_URL"));
	sql_context(owner, DEMO_ORG_A);
	/* straight to the agent */
	sql_run(owner, "UPDATE organizations SET consent_line_en = NULL, consent_line_fr = NULL, "
		       "call_greeting_en = NULL, call_greeting_fr = NULL");
}

static void tear_down(void)
{
	PQfinish(owner);
	store_whole_down();
}

TestSuite(bridge_call, .init = set_up, .fini = tear_down, .timeout = 240);

/* ---- the practice line ---- */

static void sim_ask(const char *method, const char *path, const char *body, struct api_answer *a)
{
	api_ask(service_key(store.service, "TWILIO_SIM_URL"),
		&(struct api_request){.method = method, .path = path, .body = body}, a);
	cr_assert_eq(a->status / 100, 2, "%s %s: %d %.300s", method, path, a->status,
		     buf_cstr(&a->body));
}

static void sim_do(const char *path, const char *body)
{
	struct api_answer a;

	sim_ask("POST", path, body, &a);
	api_answer_clear(&a);
}

static char call_path[100], conv_path[100];

static void maya_calls(void)
{
	struct api_answer a;
	char body[200];

	snprintf(body, sizeof body, "{\"from\":\"" MAYA "\",\"to\":\"%s\"}",
		 service_key(store.service, "ORG_A_NUMBER"));
	sim_ask("POST", "/sim/calls", body, &a);
	snprintf(call_path, sizeof call_path, "/sim/calls/%s", api_text(&a, "sid"));
	api_answer_clear(&a);
}

static void maya(const char *what, const char *value)
{
	char body[300];

	snprintf(body, sizeof body, "{\"%s\":\"%s\"}", what, value);
	sim_do(call_path, body);
}

/* All that the caller heard and said, a line each: "agent Hello". */
static void call_lines(struct buf *out)
{
	struct api_answer a;
	const json_t *lines;

	buf_reset(out);
	sim_ask("GET", call_path, NULL, &a);
	lines = json_object_get(a.json, "lines");
	for (size_t i = 0; i < json_array_size(lines); i++) {
		const json_t *l = json_array_get(lines, i);

		buf_printf(out, "%s %s\n", json_string_value(json_object_get(l, "kind")),
			   json_string_value(json_object_get(l, "text")));
	}
	api_answer_clear(&a);
}

/* The newest conversation at ElevenLabs, as a whole. */
static void conversation(struct api_answer *a)
{
	struct api_answer list;

	sim_ask("GET", "/sim/conversations?limit=1", NULL, &list);
	snprintf(conv_path, sizeof conv_path, "/sim/conversations/%s",
		 json_string_value(json_object_get(
			 json_array_get(json_object_get(list.json, "conversations"), 0), "id")));
	api_answer_clear(&list);
	sim_ask("GET", conv_path, NULL, a);
}

static void conversation_text(struct buf *out)
{
	struct api_answer a;

	conversation(&a);
	buf_reset(out);
	buf_add_str(out, buf_str(&a.body));
	api_answer_clear(&a);
}

/* ---- waiting ---- */

typedef void reads(struct buf *out);

static void until(reads *read, const char *what, unsigned ms)
{
	int64_t from = clock_mono_ms();
	struct buf got = {0};

	for (;;) {
		read(&got);
		if (strstr(buf_cstr(&got), what) != NULL)
			break;
		cr_assert_lt(clock_mono_ms() - from, (int64_t)ms, "\"%s\" never came:\n%s", what,
			     buf_cstr(&got));
		usleep(30000);
	}
	buf_clear(&got);
}

#define VOICE "(SELECT id FROM conversations WHERE channel = 'voice' AND peer = '" MAYA "')"

static void thread(struct buf *out)
{
	char *said =
		sql_text(store.db,
			 "SELECT coalesce(string_agg(author || ' ' || body, E'\\n' ORDER BY "
			 "position), '') || E'\\n' FROM messages WHERE kind IN ('text', 'keyword') "
			 "AND conversation_id = " VOICE);

	buf_reset(out);
	buf_add_cstr(out, said);
	free(said);
}

static void stage(struct buf *out)
{
	char *is =
		sql_text(store.db, "SELECT coalesce((SELECT stage FROM call_sessions WHERE leg = "
				   "'customer' AND conversation_id = " VOICE "), 'none')");

	buf_reset(out);
	buf_add_cstr(out, is);
	free(is);
}

static void owed(struct buf *out)
{
	buf_reset(out);
	buf_printf(out, "owed %" PRId64 ".",
		   sql_int(owner, "SELECT count(*) FROM due_work WHERE kind = 'call_transcript'"));
}

static void expect_count(const char *what, const char *sql, int64_t wanted)
{
	int64_t got = sql_int(store.db, sql);

	cr_expect_eq(got, wanted, "%s: %" PRId64 ", wanted %" PRId64, what, got, wanted);
}

/* Every line once. */
static void expect_no_doubles(void)
{
	expect_count("lines with the same key",
		     "SELECT count(*) FROM (SELECT spoken_key FROM messages WHERE conversation_id "
		     "= " VOICE " AND spoken_key IS NOT NULL GROUP BY 1 HAVING count(*) > 1) d",
		     0);
}

static void talk_begins(void)
{
	maya_calls();
	until(call_lines, "agent ", WAIT_MS);
	until(thread, "virtual assistant", WAIT_MS);
}

static void command(const char *path, const char *body)
{
	struct api_tokens staff;
	char *id = sql_text(store.db, "SELECT " VOICE), full[200];
	struct api_answer a;

	store_signed_in("A", &staff);
	snprintf(full, sizeof full, "/api/conversations/%s/%s", id, path);
	store_asked(
		&(struct api_request){
			.method = "POST", .path = full, .bearer = staff.access, .body = body},
		&a);
	cr_assert_eq(a.status / 100, 2, "%s: %d %.300s", path, a.status, buf_cstr(&a.body));
	api_answer_clear(&a);
	free(id);
}

/* ---- the tests ---- */

Test(bridge_call, is_carried_and_written_down)
{
	struct buf said = {0};

	talk_begins();
	maya("say", "When do you open tomorrow?");
	until(thread, "customer When do you open tomorrow?", WAIT_MS);
	until(thread, "agent We", WAIT_MS);
	sleep(2);
	sim_do("/sim/texts", "{\"from\":\"" MAYA "\",\"to\":\"" DEMO_NUMBER_A
			     "\",\"body\":\"It is the red bike\"}");
	until(thread, "customer It is the red bike", WAIT_MS);
	until(call_lines, "It is the red bike", WAIT_MS);
	command("whisper", "{\"body\":\"offer the blue one\"}");
	until(conversation_text, "offer the blue one", WAIT_MS);
	maya("press", "0");
	until(conversation_text, "The caller pressed 0", WAIT_MS);
	maya("do", "hang up");
	until(stage, "ended", WAIT_MS);
	until(owed, "owed 0.", WAIT_MS);
	thread(&said);
	expect_count("texts that are told twice",
		     "SELECT count(*) FROM messages WHERE body = 'It is the red bike' AND "
		     "conversation_id = " VOICE,
		     1);
	expect_count("turns of the text agent",
		     "SELECT count(*) FROM messages m JOIN conversations c ON c.id = "
		     "m.conversation_id WHERE c.channel = 'sms' AND c.peer = '" MAYA
		     "' AND m.author = 'agent'",
		     0);
	expect_count("requests for a person",
		     "SELECT count(*) FROM escalations WHERE conversation_id = " VOICE, 1);
	expect_no_doubles();
	buf_clear(&said);
}

Test(bridge_call, a_takeover_silences_the_agent_and_hand_back_greets_nobody)
{
	struct buf said = {0};
	size_t before;

	talk_begins();
	command("takeover", "{\"epoch\":1,\"by\":\"typing\"}");
	until(stage, "typing", WAIT_MS);
	until(call_lines, "note ", WAIT_MS);
	thread(&said);
	before = said.n;
	sleep(2);
	thread(&said);
	cr_expect_eq(said.n, before, "the agent was heard after the takeover:\n%s",
		     buf_cstr(&said));
	command("hand-back", "{\"epoch\":2}");
	until(stage, "bridge", WAIT_MS);
	until(conversation_text, "This call goes on", WAIT_MS);
	maya("say", "When do you open tomorrow?");
	until(thread, "customer When do you open tomorrow?", WAIT_MS);
	until(thread, "agent We", WAIT_MS);
	expect_count("greetings",
		     "SELECT count(*) FROM messages WHERE author = 'agent' AND body LIKE '%virtual "
		     "assistant%' AND conversation_id = " VOICE,
		     1);
	expect_no_doubles();
	buf_clear(&said);
}

Test(bridge_call, a_service_that_is_killed_loses_no_line_and_no_caller)
{
	struct buf said = {0}, pid = {0};
	struct api_answer a;
	const json_t *lines;
	char path[300];
	FILE *file;
	int id = 0;

	talk_begins();
	maya("say", "When do you open tomorrow?");
	until(thread, "customer When do you open tomorrow?", WAIT_MS);
	/* what is said from here on cannot be written down, and the service does not live to see
	 * the database again */
	sql_run(owner, "BEGIN; SELECT 1 FROM conversations WHERE id = " VOICE " FOR UPDATE");
	conversation(&a);
	api_answer_clear(&a);
	sim_do(conv_path, "{\"say\":\"This line was only heard.\"}");
	until(call_lines, "This line was only heard", WAIT_MS);
	snprintf(path, sizeof path, "%s", service_key(store.service, "SERVICE_PID_FILE"));
	file = fopen(path, "r");
	cr_assert(file != NULL && fscanf(file, "%d", &id) == 1 && id > 1);
	fclose(file);
	kill(id, SIGKILL);
	sql_run(owner, "ROLLBACK");
	until(call_lines, "say ", 4000);
	maya("do", "hang up");
	until(stage, "ended", WAIT_MS);
	sql_run(owner,
		"UPDATE call_sessions SET ended_at = ended_at - interval '1 minute' WHERE "
		"conversation_id = " VOICE "; UPDATE due_work SET due_at = now() WHERE kind = "
		"'call_transcript'");
	until(owed, "owed 0.", 30000);
	conversation(&a);
	lines = json_object_get(a.json, "lines");
	thread(&said);
	for (size_t i = 0; i < json_array_size(lines); i++) {
		const json_t *l = json_array_get(lines, i);
		const char *text = json_string_value(json_object_get(l, "text"));
		const char *role = json_string_value(json_object_get(l, "role"));

		if (role != NULL && (strcmp(role, "agent") == 0 || strcmp(role, "user") == 0))
			cr_expect_not_null(strstr(buf_cstr(&said), text), "lost: %s\n%s", text,
					   buf_cstr(&said));
	}
	expect_count("the line that was only heard",
		     "SELECT count(*) FROM messages WHERE body = 'This line was only heard.' AND "
		     "conversation_id = " VOICE,
		     1);
	expect_no_doubles();
	api_answer_clear(&a);
	buf_clear(&said);
	buf_clear(&pid);
}

Test(bridge_call, a_conversation_that_breaks_goes_on_in_another_one)
{
	struct api_answer a;

	talk_begins();
	sleep(1);
	conversation(&a);
	api_answer_clear(&a);
	sim_do(conv_path, "{\"close\":1011,\"why\":\"crashed\"}");
	until(conversation_text, "This call goes on", 3000);
	maya("say", "When do you open tomorrow?");
	until(thread, "customer When do you open tomorrow?", WAIT_MS);
	until(thread, "agent We", WAIT_MS);
	expect_count("conversations",
		     "SELECT count(DISTINCT split_part(spoken_key, ':', 2)) FROM messages WHERE "
		     "spoken_key LIKE 'el:%' AND conversation_id = " VOICE,
		     2);
	expect_no_doubles();
}

Test(bridge_call, without_an_agent_the_caller_hears_our_own_voice)
{
	int64_t from;

	sim_do("/sim/faults", "{\"fault\":\"503 on elevenlabs always\"}");
	maya_calls();
	from = clock_mono_ms();
	until(call_lines, "say ", 4000);
	cr_expect_lt(clock_mono_ms() - from, 3000);
	until(stage, "builtin", 1000);
}

static bool saw_partial(const struct stream *s, int64_t unused)
{
	(void)unused;
	return strstr(s->types, "call.partial ") != NULL;
}

Test(bridge_call, what_is_being_said_is_seen_while_it_is_said)
{
	struct api_tokens staff;
	struct stream s;
	int64_t port = 0;

	talk_begins();
	store_signed_in("A", &staff);
	cr_assert(str_int(str_of(service_key(store.service, "PORT")), 1, 65535, &port));
	stream_init(&s, (int)port, staff.access, "/api/events");
	stream_open(&s);
	cr_assert(stream_until(&s, stream_connected, 0, WAIT_MS));
	maya("say", "I would like to know when you open tomorrow in the morning please");
	cr_expect(stream_until(&s, saw_partial, 0, WAIT_MS), "%s", s.types);
	cr_expect_eq(s.missed + s.twice, 0);
	stream_close(&s, false);
	stream_clear(&s);
}
