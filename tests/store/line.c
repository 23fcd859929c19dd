/*
 * line.c - server/voice/line and board over a real PostgreSQL and a stand-in for ElevenLabs' API,
 * with a bridge that takes down what is asked of it: who is let in, what the agent is told, what
 * happens to a call elsewhere, and every way in which a conversation ends.
 */
#include <criterion/criterion.h>
#include <jansson.h>

#include "server/keys.h"
#include "server/voice/board.h"
#include "server/voice/line.h"
#include "shared/seal.h"
#include "tests/store/fake_api.h"
#include "tests/store/fake_bridge.h"
#include "tests/support/inside.h"

#define MAYA  "+15145550199"
#define CALL  "cccccccc-0000-4000-8000-000000000001"
#define VOICE "cccccccc-0000-4000-8000-000000000002"
#define TOKEN "the-token-of-the-stream"
#define STAFF \
	"(SELECT min(id::text)::uuid FROM user_profiles WHERE organization_id = '" DEMO_ORG_A "')"
#define ORIGIN "https://hooks.example"
#define TARGET "/api/media/twilio"
#define SECRET "0123456789abcdef0123456789abcdef"

/* ---- the set-up ---- */

static char api_url[64];

static const char call_up[] =
	"INSERT INTO customers (organization_id, phone_number, first_name)"
	" VALUES ('" DEMO_ORG_A "', '" MAYA "', 'Maya');"
	"INSERT INTO conversations (organization_id, id, customer_id, channel, peer, store_number)"
	" SELECT '" DEMO_ORG_A "', '" VOICE "', id, 'voice', '" MAYA "', '" DEMO_NUMBER_A
	"' FROM customers WHERE phone_number = '" MAYA "' AND organization_id = '" DEMO_ORG_A "';"
	"INSERT INTO call_sessions (organization_id, id, conversation_id, twilio_call_sid, "
	"call_direction, mode, state, from_number, to_number, stage, stream_hash, stream_until)"
	" VALUES ('" DEMO_ORG_A "', '" CALL "', '" VOICE "', 'CA1', 'inbound', 'bridge', "
	"'in_progress', '" MAYA "', '" DEMO_NUMBER_A "', 'bridge', sha256('" TOKEN
	"'), now() + interval '1 minute')";

static void set_up(void)
{
	struct web_options web = {.tables = {api_routes, NULL}};
	struct app *a = &inside.app;
	struct err err;

	inside_up();
	sql_run(inside.db->owner, call_up);
	a->http = http_open(&a->loop, a->flows);
	a->web = web_open(&a->loop, a, &web);
	cr_assert(web_listen(a->web, "127.0.0.1", 0, &err));
	snprintf(api_url, sizeof api_url, "http://127.0.0.1:%d", web_port(a->web));
	inside.settings.twilio_account_sid = "AC1";
	inside.settings.twilio_auth_token = SECRET;
	inside.settings.public_url = ORIGIN;
	inside.settings.elevenlabs_api_url = api_url;
	inside.settings.elevenlabs_api_key = "the-key";
	inside.settings.elevenlabs_agent_id = "agent_1";
	inside.settings.tool_secret = "0123456789abcdef";
	a->keys = keys_open(&inside.settings);
	a->scribes = scribes_open(a);
	a->board = board_open(a->hub);
	api.status = 200;
}

static void tear_down(void)
{
	struct app *a = &inside.app;

	if (fake.live)
		fake_ended(BRIDGE_CLOSED_BY_US, 0);
	flows_close(a->flows);
	a->flows = flows_open(&a->loop, a);
	scribes_close(a->scribes);
	board_close(a->board);
	web_close(a->web);
	http_close(a->http);
	keys_close(a->keys);
	inside_down();
	fake_reset();
}

TestSuite(line, .init = set_up, .fini = tear_down, .timeout = 60);

/* ---- helpers ---- */

static char *signature_of(const char *url, const char *secret)
{
	struct twilio_key key;
	char out[TWILIO_SIGNATURE_TEXT];

	twilio_key_init(&key, str_of(secret));
	twilio_sign(&key, str_of(url), NULL, out);
	return xstrdup(out);
}

/* An upgrade to us that shows this signature (NULL: none). */
static bool let_in(const char *signature)
{
	char text[1000];
	struct head head;
	struct web_request r = {.target = STR_LIT(TARGET), .path = STR_LIT(TARGET), .head = &head};
	enum problem problem;
	void *self = NULL;
	int n = snprintf(text, sizeof text, "GET " TARGET " HTTP/1.1\r\nHost: a\r\n%s%s%s\r\n",
			 signature == NULL ? "" : "X-Twilio-Signature: ",
			 signature == NULL ? "" : signature, signature == NULL ? "" : "\r\n");

	cr_assert(head_read(&head, text, (size_t)n, &problem));
	return line_stream.allow(&inside.app, &r, &self);
}

static bool did_something(void *with)
{
	return fake.did.n > 0 && strstr(buf_cstr(&fake.did), with) != NULL;
}

static void until_did(const char *what)
{
	inside_until(did_something, (void *)(uintptr_t)what, 5000);
}

static void stream_up(void)
{
	char *signature = signature_of("wss://hooks.example" TARGET, SECRET);

	cr_assert(let_in(signature));
	free(signature);
	fake_started("CA1", "MZ1", TOKEN);
}

/* A conversation with the agent is under way. */
static void talking(void)
{
	stream_up();
	until_did("connect");
	fake_connected("conv_1");
	buf_reset(&fake.did);
}

static bool kept_all(void *with)
{
	struct scribes_figures f;

	(void)with;
	scribes_figures(inside.app.scribes, &f);
	return f.waiting == 0;
}

static void happens(const char *sql)
{
	sql_run(inside.db->owner, sql);
	hub_nudge(inside.app.hub, DEMO_ORG_A);
}

static void expect_text(const char *sql, const char *wanted)
{
	char *got = sql_text(inside.db->app, sql);

	cr_expect_str_eq(got, wanted, "%s: \"%s\", wanted \"%s\"", sql, got, wanted);
	free(got);
}

static bool stage_is(void *with)
{
	char *got =
		sql_text(inside.db->app, "SELECT stage FROM call_sessions WHERE id = '" CALL "'");
	bool is = strcmp(got, with) == 0;

	free(got);
	return is;
}

static void until_stage(const char *stage)
{
	inside_until(stage_is, (void *)(uintptr_t)stage, 5000);
}

static const char *variable(const char *name)
{
	static char out[2000];
	json_t *j = json_loadb(fake.initiation.p, fake.initiation.n, 0, NULL);
	const char *text =
		json_string_value(json_object_get(json_object_get(j, "dynamic_variables"), name));

	snprintf(out, sizeof out, "%s", text == NULL ? "(none)" : text);
	json_decref(j);
	return out;
}

#define NOBODY_HERE "UPDATE user_sessions SET revoked_at = now() WHERE revoked_at IS NULL"

/* ---- who is let in ---- */

Test(line, an_upgrade_is_signed_in_one_of_the_forms)
{
	static const char *const good[] = {
		"wss://hooks.example" TARGET, "wss://hooks.example" TARGET "/",
		"wss://hooks.example:443" TARGET, "https://hooks.example" TARGET};
	char *signature;

	cr_expect_not(let_in(NULL));
	cr_expect_not(let_in("short"));
	for (size_t i = 0; i < ARRAY_LEN(good); i++) {
		signature = signature_of(good[i], SECRET);
		cr_expect(let_in(signature), "%s", good[i]);
		cr_expect_eq(inside.app.lines_unproved, 0);
		fake_ended(BRIDGE_STREAM_LOST, 1006);
		free(signature);
	}
	/* another key's: perhaps the store's own; it is known when the token is */
	signature = signature_of(good[0], "another secret of 32 characters!");
	cr_expect(let_in(signature));
	cr_expect_eq(inside.app.lines_unproved, 1);
	fake_started("CA1", "MZ1", TOKEN);
	until_did("close");
	cr_expect_eq(api.asked, 0);
	fake_ended(BRIDGE_CLOSED_BY_US, 0);
	inside_for(20);
	cr_expect_eq(inside.app.lines_unproved, 0);
	free(signature);
}

Test(line, a_stream_without_its_token_is_closed)
{
	static const char *const cases[][3] = {{"CA1", "MZ1", "another"},
					       {"CA2", "MZ1", TOKEN},
					       {"CA1", "", TOKEN},
					       {"CA1", "MZ 1", TOKEN},
					       {"CA1", "MZ1", ""}};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		char *signature = signature_of("wss://hooks.example" TARGET, SECRET);

		buf_reset(&fake.did);
		cr_assert(let_in(signature));
		fake_started(cases[i][0], cases[i][1], cases[i][2]);
		until_did("close");
		fake_ended(BRIDGE_CLOSED_BY_US, 0);
		free(signature);
	}
	cr_expect_eq(api.asked, 0);
	cr_expect_eq(inside.app.figures.streams_refused, ARRAY_LEN(cases));
	cr_expect(stage_is("bridge"), "a stranger changes nothing");
}

/* ---- the begin ---- */

Test(line, the_agent_is_told_who_calls)
{
	sql_run(inside.db->owner, "UPDATE organizations SET elevenlabs_agent_id = NULL");
	stream_up();
	until_did("connect");
	cr_expect_str_eq(api.key, "the-key");
	cr_expect_str_eq(api.query, "agent_id=agent_1");
	cr_expect_str_eq(fake.url, "ws://127.0.0.1:1/v1/convai/conversation?t=1");
	cr_expect_str_eq(variable("customer_name"), "Maya");
	cr_expect_str_eq(variable("caller_number"), MAYA);
	cr_expect_str_eq(variable("store_number"), DEMO_NUMBER_A);
	cr_expect_str_eq(variable("thread_id"), VOICE);
	cr_expect_str_eq(variable("twilio_call_sid"), "CA1");
	cr_expect(strstr(variable("secret__tool_token"), VOICE) != NULL);
	cr_expect_null(strstr(buf_cstr(&fake.initiation), "conversation_config_override"));
	cr_expect_not_null(board_find(inside.app.board, DEMO_ORG_A, VOICE));
}

Test(line, the_stores_own_agent_and_the_callers_language_count)
{
	sql_run(inside.db->owner,
		"UPDATE organizations SET elevenlabs_agent_id = 'agent_of_the_store' WHERE id = "
		"'" DEMO_ORG_A "'; UPDATE conversations SET language = 'fr' WHERE id = '" VOICE
		"'");
	stream_up();
	until_did("connect");
	cr_expect_str_eq(api.query, "agent_id=agent_of_the_store");
	cr_expect_str_eq(variable("language"), "fr");
	cr_expect_not_null(
		strstr(buf_cstr(&fake.initiation),
		       "\"conversation_config_override\":{\"agent\":{\"language\":\"fr\"}}"));
}

Test(line, where_the_agent_cannot_be_had_our_own_voice_takes_over)
{
	static const int statuses[] = {401, 429, 500, 0};

	for (size_t i = 0; i < ARRAY_LEN(statuses); i++) {
		int64_t began = uv_hrtime() / 1000000;

		sql_run(inside.db->owner, "UPDATE call_sessions SET stage = 'bridge', stream_sid = "
					  "NULL, served_number = 1, stage_number = 1");
		buf_reset(&fake.did);
		api.status = statuses[i];
		stream_up();
		until_did("close");
		cr_expect(stage_is("builtin"), "%d: before the carrier asks what comes next",
			  statuses[i]);
		cr_expect_lt((int64_t)(uv_hrtime() / 1000000) - began, 2000);
		fake_ended(BRIDGE_CLOSED_BY_US, 0);
	}
}

/* ---- what is said ---- */

Test(line, what_is_said_is_written_down_and_nothing_is_owed_afterwards)
{
	talking();
	fake_final(false, 1, "Hello, how can I help?");
	fake_final(true, 2, "When do you open?");
	inside_until(kept_all, NULL, 5000);
	expect_text(
		"SELECT string_agg(author || ':' || body, ' | ' ORDER BY position) FROM messages "
		"WHERE conversation_id = '" VOICE "'",
		"agent:Hello, how can I help? | customer:When do you open?");
	expect_text("SELECT count(*) FROM due_work WHERE kind = 'call_transcript'", "1");
	fake_ended(BRIDGE_STREAM_STOPPED, 0);
	inside_until(kept_all, NULL, 5000);
	expect_text("SELECT count(*) FROM due_work WHERE kind = 'call_transcript'", "0");
	cr_expect(stage_is("bridge"), "the carrier says what becomes of the call");
	cr_expect_null(board_find(inside.app.board, DEMO_ORG_A, VOICE));
}

/* ---- what happens elsewhere ---- */

Test(line, a_whisper_and_a_text_reach_the_agent)
{
	talking();
	happens("SELECT conversation_note(row('" DEMO_ORG_A "', " STAFF
		", NULL, NULL, NULL, NULL, NULL)::staff_call, '" VOICE
		"', 'whisper', 'offer the blue one')");
	until_did("offer the blue one");
	cr_expect_not_null(strstr(buf_cstr(&fake.did), "tell Instruction from "));
	happens("SELECT conversation_note(row('" DEMO_ORG_A "', " STAFF
		", NULL, NULL, NULL, NULL, NULL)::staff_call, '" VOICE "', 'note', 'a secret')");
	happens("SELECT text_in('" DEMO_NUMBER_A "', '" MAYA
		"', 'e164', 'SM1', NULL, 'It is the red one', '{https://x/1,image/png}', NULL, "
		"NULL, "
		"NULL, NULL, NULL)");
	until_did("picture");
	cr_expect_not_null(strstr(buf_cstr(&fake.did), "say It is the red one\n"));
	cr_expect_null(strstr(buf_cstr(&fake.did), "a secret"));
	cr_expect_not(fake.closed);
}

Test(line, the_agent_knows_whether_a_colleague_comes)
{
	static const char *const states[] = {"queued", "claimed", "connecting", "queued"};

	talking();
	for (size_t i = 0; i < ARRAY_LEN(states); i++) {
		char sql[500];

		snprintf(sql, sizeof sql,
			 "SELECT event_add('" DEMO_ORG_A "', 'escalation.updated', '" VOICE
			 "', NULL, '{\"escalation_id\": \"" CALL "\", \"conversation_id\": \"" VOICE
			 "\", \"customer_id\": null, \"state\": \"%s\", \"reason\": "
			 "\"human_request\", \"reason_text\": null, \"due_at\": null}')",
			 states[i]);
		happens(sql);
	}
	until_did("could not come");
	cr_expect_null(strstr(strstr(buf_cstr(&fake.did), "A colleague has taken") + 1,
			      "A colleague has taken"),
		       "told once");
}

Test(line, a_takeover_silences_the_agent)
{
	talking();
	happens("SELECT thread_taken(row('" DEMO_ORG_A "', " STAFF
		", NULL, NULL, NULL, NULL, NULL)::staff_call, c, 'took over') FROM conversations c "
		"WHERE id = '" VOICE "'");
	fake_final(false, 5, "I am still talking"); /* nobody here knows yet; the database does */
	until_did("close");
	cr_expect_str_eq(buf_cstr(&fake.did), "hush\nclose\n");
	inside_until(kept_all, NULL, 5000);
	expect_text("SELECT count(*) FROM messages WHERE conversation_id = '" VOICE
		    "' AND author = 'agent'",
		    "0");
	cr_expect(stage_is("bridge"), "the takeover decides the stage");
}

Test(line, another_stage_silences_the_agent_too)
{
	talking();
	happens("UPDATE call_sessions SET on_hold = false; SELECT call_told('call.updated', s, c) "
		"FROM call_sessions s JOIN conversations c ON c.id = s.conversation_id WHERE s.id "
		"= '" CALL "'");
	inside_for(100);
	cr_expect_eq(fake.did.n, 0, "nothing has changed for us");
	happens("UPDATE call_sessions SET stage = 'voicemail'; SELECT call_told('call.updated', s, "
		"c) "
		"FROM call_sessions s JOIN conversations c ON c.id = s.conversation_id WHERE s.id "
		"= '" CALL "'");
	until_did("close");
	cr_expect_str_eq(buf_cstr(&fake.did), "hush\nclose\n");
}

/* ---- a person is wanted ---- */

Test(line, zero_asks_for_a_person_once)
{
	sql_run(inside.db->owner, NOBODY_HERE);
	talking();
	fake.ear->digit(&it, fake.with, '5');
	cr_expect_str_eq(buf_cstr(&fake.did), "tell The caller pressed the key 5.\n");
	fake.ear->digit(&it, fake.with, '0');
	until_did("will call you back");
	fake.ear->digit(&it, fake.with, '0');
	until_did("asked for already");
	expect_text("SELECT concat_ws(' ', state, reason, jsonb_array_length(reasons)) FROM "
		    "escalations "
		    "WHERE conversation_id = '" VOICE "'",
		    "callback_promised key_zero 1");
}

Test(line, the_agents_tool_asks_for_a_person_and_others_are_not_known)
{
	sql_run(inside.db->owner,
		"INSERT INTO user_sessions (organization_id, user_id, refresh_hash, expires_at) "
		"SELECT "
		"organization_id, id, sha256(id::text::bytea), now() + interval '1 day' FROM "
		"user_profiles WHERE role = 'manager' AND organization_id = '" DEMO_ORG_A "'");
	talking();
	fake.ear->tool(&it, fake.with, STR_LIT("speak_to_staff"), STR_LIT("t1"),
		       STR_LIT("{\"reason\":\"wants a refund\",\"mood\":\"upset\"}"));
	until_did("result t1: ");
	cr_expect_not_null(strstr(buf_cstr(&fake.did), "somebody is being called"));
	fake.ear->tool(&it, fake.with, STR_LIT("speak_to_staff"), STR_LIT("t2"),
		       STR_LIT("not json"));
	until_did("result t2: A person has been asked for already");
	fake.ear->tool(&it, fake.with, STR_LIT("place_order"), STR_LIT("t3"), STR_LIT("{}"));
	until_did("error t3: unknown tool");
	expect_text("SELECT concat_ws(' ', state, reason, reason_text, "
		    "jsonb_array_length(reasons)) FROM "
		    "escalations WHERE conversation_id = '" VOICE "'",
		    "queued human_request wants a refund 1");
}

/* ---- how it ends ---- */

Test(line, a_conversation_that_is_lost_is_begun_anew_once)
{
	talking();
	fake_final(false, 1, "Hello, how can I help?");
	fake_final(true, 2, "Is my bike ready?");
	inside_until(kept_all, NULL, 5000);
	cr_assert(fake_lost(BRIDGE_AGENT_LOST, 1011));
	until_did("connect");
	cr_expect_not_null(strstr(buf_cstr(&fake.initiation), "\"first_message\":\"\""));
	cr_expect_not_null(strstr(variable("conversation_history"), "Is my bike ready?"));
	cr_expect_null(strstr(variable("store_greeting"), "virtual assistant"));
	fake_connected("conv_2");
	until_did("tell This call goes on");
	fake_final(false, 1, "It is ready.");
	inside_until(kept_all, NULL, 5000);
	expect_text("SELECT string_agg(spoken_key, ' ' ORDER BY position) FROM messages WHERE "
		    "conversation_id = '" VOICE "'",
		    "el:conv_1:1:a0 el:conv_1:2:c0 el:conv_2:1:a0");
	/* of the first nobody heard the end: its transcript is still owed */
	expect_text(
		"SELECT string_agg(e.payload ->> 'name', ' ' ORDER BY e.event_key) FROM due_work w "
		"JOIN provider_events e ON e.id = w.ref WHERE w.kind = 'call_transcript'",
		"conv_1 conv_2");
	cr_expect_not(fake_lost(BRIDGE_AGENT_LOST, 1011), "not a third one");
	until_stage("builtin");
	expect_text("SELECT bridge_failures FROM call_sessions WHERE id = '" CALL "'", "1");
}

/* Who was cut off, or had no answer, does not wait for a new agent who waits for them. */
Test(line, a_conversation_that_broke_off_is_taken_up_again_aloud)
{
	talking();
	fake_final(false, 1, "Hello, how can I help?");
	fake_final(true, 2, "Is my bike ready?");
	inside_until(kept_all, NULL, 5000);
	fake.unfinished = true;
	buf_reset(&fake.did);
	cr_assert(fake_lost(BRIDGE_AGENT_LOST, 1011));
	until_did("connect\n");
	cr_expect_not_null(strstr(buf_cstr(&fake.initiation),
				  "\"first_message\":\"I'm sorry, we were interrupted"),
			   "%s", buf_cstr(&fake.initiation));
	/* an agent that lets nobody override says it by the variable */
	cr_expect_not_null(strstr(variable("store_greeting"), "we were interrupted"));
}

Test(line, a_stream_that_stands_still_is_no_place_for_a_caller)
{
	talking();
	fake_ended(BRIDGE_STREAM_SILENT, 0);
	until_stage("builtin");
	expect_text("SELECT count(*) FROM due_work WHERE kind = 'call_steer' AND ref = '" CALL "'",
		    "1");
}

Test(line, what_a_deaf_bridge_may_have_missed_is_owed)
{
	talking();
	fake.deaf = true;
	fake_ended(BRIDGE_STREAM_STOPPED, 0);
	inside_until(kept_all, NULL, 5000);
	expect_text("SELECT count(*) FROM due_work WHERE kind = 'call_transcript'", "1");
}

Test(line, an_agent_that_says_goodbye_ends_the_call)
{
	talking();
	cr_expect_not(fake_lost(BRIDGE_AGENT_DONE, 1000));
	until_stage("ended");
	expect_text("SELECT end_reason FROM call_sessions WHERE id = '" CALL "'", "goodbye");
}

Test(line, an_agent_that_refuses_an_override_is_asked_without_it)
{
	sql_run(inside.db->owner,
		"UPDATE conversations SET language = 'fr' WHERE id = '" VOICE "'");
	stream_up();
	until_did("connect");
	buf_reset(&fake.did);
	cr_assert(fake_lost(BRIDGE_AGENT_REFUSED, 1008));
	until_did("connect");
	cr_expect_null(strstr(buf_cstr(&fake.initiation), "conversation_config_override"));
	cr_expect_str_eq(variable("language"), "fr");
	cr_expect_not(fake_lost(BRIDGE_AGENT_REFUSED, 1008));
	until_stage("builtin");
}

/* A store with an account of its own at the carrier, whose token signs. */
Test(line, a_stores_own_key_proves_its_own_calls_and_no_others)
{
	static const char token[] = "of-the-store-0123456789abcdef012";
	char *signature = signature_of("wss://hooks.example" TARGET, token), sql[1500], hex[400];
	struct arena a = {0};
	struct str sealed;
	struct err err;
	size_t n = 0;

	inside.settings.secrets_key.set = true;
	cr_assert(seal_close(&inside.settings.secrets_key, DEMO_ORG_A, SEAL_TWILIO_AUTH_TOKEN,
			     str_of(token), &a, &sealed, &err));
	for (size_t i = 0; i < sealed.n; i++)
		n += (size_t)snprintf(hex + n, sizeof hex - n, "%02x", (unsigned char)sealed.p[i]);
	snprintf(sql, sizeof sql,
		 "UPDATE organizations SET twilio_account_sid = 'AC' || repeat('1', 32), "
		 "twilio_auth_token_sealed = '\\x%s' WHERE id = '" DEMO_ORG_A "'",
		 hex);
	sql_run(inside.db->owner, sql);
	for (int i = 0; i < 2; i++) { /* looked up, then known */
		buf_reset(&fake.did);
		cr_assert(let_in(signature));
		fake_started("CA1", "MZ1", TOKEN);
		until_did("connect");
		fake_ended(BRIDGE_STREAM_LOST, 1006);
	}
	free(signature);
	signature = signature_of("wss://hooks.example" TARGET, "of-somebody-else-0123456789abcde");
	buf_reset(&fake.did);
	cr_assert(let_in(signature));
	fake_started("CA1", "MZ1", TOKEN);
	until_did("close");
	cr_expect_null(strstr(buf_cstr(&fake.did), "connect"));
	free(signature);
	arena_free(&a);
}

Test(line, an_agent_that_refuses_is_not_asked_again)
{
	stream_up();
	until_did("connect");
	cr_expect_not(fake_lost(BRIDGE_AGENT_REFUSED, 1008));
	until_stage("builtin");
	cr_expect_eq(api.asked, 1);
}
