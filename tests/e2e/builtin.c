/*
 * builtin.c - our own voice on the practice line, which carries out every document as the carrier
 * would and measures how long the caller waited for a sound: a call in each language, a message
 * after the tone, and a bridge that fails.
 */
#include <criterion/criterion.h>
#include <unistd.h>

#include "shared/clock.h"
#include "tests/support/db.h"
#include "tests/support/store.h"

#define MAYA       "+15145550178"
#define LUC        "+14385550179"
#define WAIT_MS    25000
#define SILENCE_MS 3000

static PGconn *owner;

/* The store is open whenever the test runs, and has no agent at ElevenLabs. */
static void set_up(void)
{
	store_whole_up();
	owner = test_db_connect(service_key(store.service, "DATABASE_URL"));
	sql_context(owner, DEMO_ORG_A);
	sql_run(owner, "DELETE FROM special_day_periods; DELETE FROM special_days;"
		       " DELETE FROM organization_hours;"
		       " INSERT INTO organization_hours (organization_id, weekday, opens, closes)"
		       " SELECT '" DEMO_ORG_A "', d, 0, 1440 FROM generate_series(1, 7) d;"
		       " UPDATE organizations SET voice_engine = 'builtin', consent_line_en = NULL,"
		       " consent_line_fr = NULL");
}

static void tear_down(void)
{
	PQfinish(owner);
	store_whole_down();
}

TestSuite(builtin, .init = set_up, .fini = tear_down, .timeout = 240);

/* ---- a telephone of the practice line ---- */

static void sim_ask(const char *method, const char *path, const char *body, struct api_answer *a)
{
	api_ask(service_key(store.service, "TWILIO_SIM_URL"),
		&(struct api_request){.method = method, .path = path, .body = body}, a);
	cr_assert_eq(a->status, 200, "%s %s: %d %s", method, path, a->status, buf_cstr(&a->body));
}

static void calls(const char *from, char sid[40])
{
	struct buf body = {0};
	struct api_answer a;

	buf_printf(&body, "{\"from\":\"%s\",\"to\":\"%s\"}", from,
		   service_key(store.service, "ORG_A_NUMBER"));
	sim_ask("POST", "/sim/calls", buf_cstr(&body), &a);
	snprintf(sid, 40, "%s", api_text(&a, "sid"));
	api_answer_clear(&a);
	buf_clear(&body);
}

static void looked(const char *sid, struct api_answer *a)
{
	char path[100];

	snprintf(path, sizeof path, "/sim/calls/%s", sid);
	sim_ask("GET", path, NULL, a);
}

/* {"say": "..."} {"press": "1"} {"do": "hang up"} */
static void does(const char *sid, const char *what, const char *how)
{
	char path[100], body[300];
	struct api_answer a;

	snprintf(path, sizeof path, "/sim/calls/%s", sid);
	snprintf(body, sizeof body, "{\"%s\":\"%s\"}", what, how);
	sim_ask("POST", path, body, &a);
	api_answer_clear(&a);
}

/* A spoken line that has `text` (and, unless NULL, begins to be spoken in that language). */
static bool has_line(const struct api_answer *a, const char *text, const char *language)
{
	const json_t *lines = json_object_get(a->json, "lines");

	for (size_t i = 0; i < json_array_size(lines); i++) {
		const json_t *line = json_array_get(lines, i);
		const char *said = json_string_value(json_object_get(line, "text"));
		const char *in = json_string_value(json_object_get(line, "language"));

		if (said != NULL && strstr(said, text) != NULL &&
		    (language == NULL || (in != NULL && strcmp(in, language) == 0)))
			return true;
	}
	return false;
}

/* All that was said, a line each. */
static void lines_told(const struct api_answer *a, struct buf *out)
{
	const json_t *lines = json_object_get(a->json, "lines");

	for (size_t i = 0; i < json_array_size(lines); i++) {
		const json_t *line = json_array_get(lines, i);

		buf_printf(out, "%s: %s\n", json_string_value(json_object_get(line, "kind")),
			   json_string_value(json_object_get(line, "text")));
	}
}

static void hears(const char *sid, const char *text, const char *language)
{
	int64_t from = clock_mono_ms();

	for (;;) {
		struct buf said = {0};
		struct api_answer a;
		bool there;

		looked(sid, &a);
		there = has_line(&a, text, language);
		lines_told(&a, &said);
		cr_assert(there || clock_mono_ms() - from < WAIT_MS, "never heard \"%s\":\n%s",
			  text, buf_cstr(&said));
		buf_clear(&said);
		api_answer_clear(&a);
		if (there)
			return;
		usleep(50000);
	}
}

/* The call is over, and the caller never waited too long for a sound. */
static void ends(const char *sid)
{
	int64_t from = clock_mono_ms();

	for (;;) {
		struct api_answer a;
		bool over;

		looked(sid, &a);
		over = json_is_true(json_object_get(a.json, "over"));
		cr_assert(over || clock_mono_ms() - from < WAIT_MS, "it does not end:\n%s",
			  buf_cstr(&a.body));
		if (over)
			cr_expect_lt(json_integer_value(json_object_get(a.json, "waited_ms")),
				     SILENCE_MS, "silence:\n%s", buf_cstr(&a.body));
		api_answer_clear(&a);
		if (over)
			return;
		usleep(50000);
	}
}

/* The call has come to that verb of its document. */
static void until_doing(const char *sid, const char *verb)
{
	int64_t from = clock_mono_ms();

	for (bool there = false; !there;) {
		struct api_answer a;
		const char *doing;

		looked(sid, &a);
		doing = json_string_value(json_object_get(a.json, "doing"));
		there = doing != NULL && strcmp(doing, verb) == 0;
		cr_assert(there || clock_mono_ms() - from < WAIT_MS, "never comes to <%s>:\n%s",
			  verb, buf_cstr(&a.body));
		api_answer_clear(&a);
		usleep(there ? 0 : 50000);
	}
}

/* Nothing that the carrier would complain of: 12100, 12200, 11200 ... */
static void expect_no_alerts(void)
{
	struct api_answer a;

	sim_ask("GET", "/sim/alerts", NULL, &a);
	cr_expect_eq(json_array_size(json_object_get(a.json, "alerts")), 0u, "%s",
		     buf_cstr(&a.body));
	api_answer_clear(&a);
}

/* The status callback is on its way when the phone is silent. */
static void expect_soon(const char *sql, const char *wanted)
{
	int64_t from = clock_mono_ms();

	for (;;) {
		char *got = sql_text(owner, sql);
		bool right = strcmp(got, wanted) == 0;

		if (!right && clock_mono_ms() - from > WAIT_MS)
			cr_assert_fail("%s: \"%s\", wanted \"%s\"", sql, got, wanted);
		free(got);
		if (right)
			return;
		usleep(50000);
	}
}

/* ---- calls ---- */

Test(builtin, two_calls_at_once_in_two_languages)
{
	char maya[40], luc[40];

	calls(MAYA, maya);
	calls(LUC, luc);
	hears(maya, "Thank you for calling Bici Downtown.", "en-US");
	hears(luc, "Pour le service en français, appuyez sur le 9.", "fr-CA");
	does(luc, "press", "9");
	hears(luc, "Bien entendu, avec plaisir!", "fr-CA");
	does(maya, "say", "Are you open right now?");
	hears(maya, "We're open right now.", "en-US");
	does(luc, "say", "Quelle est votre adresse?");
	hears(luc, "Notre adresse", "fr-CA");
	does(maya, "say", "Thank you, bye!");
	hears(maya, "Goodbye!", "en-US");
	ends(maya);
	does(luc, "say", "Je veux parler à quelqu'un");
	hears(luc, "Personne ne peut prendre l'appel en ce moment.", "fr-CA");
	hears(luc, "laisser un message après le signal", "fr-CA");
	until_doing(luc, "Record");
	does(luc, "say", "Bonjour, ici Luc, rappelez-moi au sujet de mon vélo.");
	sleep(5);
	does(luc, "press", "1");
	hears(luc, "Notre équipe a bien reçu votre message.", "fr-CA");
	ends(luc);
	expect_soon("SELECT string_agg(s.state || ' ' || s.end_reason || ' ' || c.state || ' ' || "
		    "c.language,"
		    " ', ' ORDER BY c.peer) FROM conversations c JOIN call_sessions s ON "
		    "s.conversation_id ="
		    " c.id WHERE c.peer IN ('" MAYA "', '" LUC "')",
		    "completed voicemail open fr, completed goodbye closed en");
	expect_soon("SELECT e.state FROM escalations e JOIN conversations c ON c.id = "
		    "e.conversation_id WHERE"
		    " c.peer = '" LUC "'",
		    "voicemail_taken");
	expect_soon(
		"SELECT count(*) FROM messages m JOIN message_media f ON f.message_id = m.id JOIN"
		" conversations c ON c.id = m.conversation_id WHERE c.peer = '" LUC "' AND"
		" m.channel = 'voice'",
		"1");
	expect_no_alerts();
}

/* Who says nothing is asked twice, told how to leave a message, and let go. */
Test(builtin, silence_comes_to_a_friendly_end)
{
	char maya[40];

	calls(MAYA, maya);
	hears(maya, "I'm sorry, I didn't hear you.", "en-US");
	hears(maya, "I still can't hear you.", "en-US");
	hears(maya, "I'm sorry, I can't hear you.", "en-US");
	hears(maya, "Thank you for calling. Goodbye!", "en-US");
	ends(maya);
	expect_soon(
		"SELECT s.end_reason || ' ' || c.state FROM conversations c JOIN call_sessions s ON"
		" s.conversation_id = c.id WHERE c.peer = '" MAYA "'",
		"no_message closed");
	expect_no_alerts();
}

/* The agent at ElevenLabs cannot be had: the caller hears our own voice within seconds, on the same
 * call. */
Test(builtin, catches_a_call_whose_bridge_fails)
{
	char maya[40];

	sql_run(owner, "UPDATE organizations SET voice_engine = 'elevenlabs', elevenlabs_agent_id ="
		       " 'agent_that_is_not_there'");
	calls(MAYA, maya);
	hears(maya, "I'm sorry, we were interrupted for a moment.", "en-US");
	does(maya, "say", "Are you open right now?");
	hears(maya, "We're open right now.", "en-US");
	does(maya, "do", "hang up");
	ends(maya);
	expect_soon("SELECT s.mode || ' ' || s.stage || ' ' || s.bridge_failures FROM "
		    "conversations c JOIN"
		    " call_sessions s ON s.conversation_id = c.id WHERE c.peer = '" MAYA "'",
		    "bridge ended 1");
}
