/*
 * switchbackctl check: a good set-up is all ok; each thing that is wrong has a line of its own.
 */
#include <criterion/criterion.h>

#include "server/ctl/ctl.h"
#include "tests/support/answers.h"
#include "tests/support/ctl.h"
#include "tests/support/db.h"

static const struct answer twilio_ok[] = {{200, "{\"incoming_phone_numbers\":[]}"}};
static const struct answer twilio_no[] = {{401, "{\"code\":20003}"}};

/* The service's login, in the test's database. */
static void app_url_set(const struct ctl_test *t)
{
	const char *app = getenv("TEST_APP_DATABASE_URL"), *host, *path;
	char url[400];

	cr_assert_not_null(app);
	host = strrchr(app, '@');
	path = host == NULL ? NULL : strchr(host, '/');
	cr_assert_not_null(path);
	snprintf(url, sizeof url, "%.*s/%s", (int)(path - app), app, t->name);
	setenv("APP_DATABASE_URL", url, 1);
}

static int checked_with(struct ctl_test *t, const struct answer *list, size_t n)
{
	struct answers a = answers_start(list, n);
	int code;

	setenv("TWILIO_API_URL", a.url, 1);
	setenv("ELEVENLABS_API_URL", a.url, 1);
	code = CTL(t, "check");
	free(answers_stop(&a));
	return code;
}

static int checked(struct ctl_test *t, const struct answer *twilio)
{
	return checked_with(t, twilio, 1);
}

static struct ctl_test *set_up(bool migrated)
{
	struct ctl_test *t = ctl_test_new(migrated);

	setenv("TWILIO_ACCOUNT_SID", "AC0123456789abcdef0123456789abcdef", 1);
	setenv("TWILIO_AUTH_TOKEN", "canary-auth-token", 1);
	setenv("JWT_SECRET", "canary-jwt-secret-0123456789abcdef0123", 1);
	setenv("PUBLIC_URL", "https://shop.example", 1);
	app_url_set(t);
	return t;
}

static void expect_line(const struct ctl_test *t, const char *state, const char *what,
			const char *said)
{
	char line[64];
	const char *found;

	snprintf(line, sizeof line, "%-7s %s", state, what);
	found = strstr(t->out, line);
	cr_expect(found != NULL && strstr(found, said) != NULL, "%s %s is expected:\n%s", line,
		  said, t->out);
}

Test(ctl_check, a_good_set_up_is_ok_throughout, .timeout = 60)
{
	struct ctl_test *t = set_up(true);

	cr_expect_eq(checked(t, twilio_ok), CTL_DONE, "%s%s", t->out, t->say);
	cr_expect_null(strstr(t->out, "NOT OK"), "%s", t->out);
	cr_expect_null(strstr(t->out, "canary"), "%s", t->out);
	expect_line(t, "ok", "schema", "0");
	expect_line(t, "ok", "service's role", "granted");
	expect_line(t, "ok", "tenants", "no store is seen");
	expect_line(t, "ok", "durability", "fsync");
	expect_line(t, "ok", "Twilio", "answer");
	ctl_test_free(t);
}

Test(ctl_check, each_thing_that_is_wrong_is_named, .timeout = 60)
{
	struct ctl_test *t = set_up(true);

	unsetenv("JWT_SECRET");
	setenv("TOOL_SECRET", "short", 1);
	setenv("APP_DATABASE_URL", t->url, 1);
	cr_expect_eq(checked(t, twilio_no), CTL_FAILED);
	expect_line(t, "NOT OK", "JWT_SECRET", "not set");
	expect_line(t, "NOT OK", "TOOL_SECRET", "16 or more");
	expect_line(t, "NOT OK", "service's role", "may create roles");
	expect_line(t, "NOT OK", "Twilio", "does not accept");
	cr_expect_null(strstr(t->out, "canary"), "%s", t->out);
	ctl_test_free(t);
}

Test(ctl_check, an_empty_database_is_told_to_migrate, .timeout = 60)
{
	struct ctl_test *t = set_up(false);

	cr_expect_eq(checked(t, twilio_ok), CTL_FAILED);
	expect_line(t, "NOT OK", "schema", "run switchbackctl migrate");
	ctl_test_free(t);
}

Test(ctl_check, a_database_that_is_away_is_told_of, .timeout = 60)
{
	struct ctl_test *t = set_up(true);
	char away[] = "postgresql://nobody:canary@127.0.0.1:1/none", *url = t->url;

	setenv("APP_DATABASE_URL", away, 1);
	t->url = away;
	cr_expect_eq(checked(t, twilio_ok), CTL_FAILED);
	expect_line(t, "NOT OK", "owner's database", "does not answer");
	expect_line(t, "NOT OK", "service's database", "does not answer");
	cr_expect_null(strstr(t->out, "canary"), "%s", t->out);
	t->url = url;
	ctl_test_free(t);
}

/* ---- calls ---- */

#define NUM  "+14165550001"
#define HOOK "https://shop.example/api/webhooks/twilio/"
#define NUMBER(sms, voice, fallback, status)                                            \
	"{\"incoming_phone_numbers\":[{\"sid\":\"PN0123456789abcdef0123456789abcdef\"," \
	"\"phone_number\":\"" NUM "\",\"sms_url\":\"" sms "\",\"voice_url\":\"" voice   \
	"\",\"voice_fallback_url\":\"" fallback "\",\"status_callback\":\"" status "\"}]}"
#define NUMBER_OK NUMBER(HOOK "sms#rc=3", HOOK "voice#rc=3", HOOK "fallback", HOOK "status#rc=3")
#define AGENT(in, out, variable, events, silent)                                               \
	"{\"agent_id\":\"agent_1\",\"conversation_config\":{\"asr\":{\"user_input_audio_"      \
	"format\":\"" in "\"},\"tts\":{\"agent_output_audio_format\":\"" out                   \
	"\"},\"conversation\":{\"client_events\":[" events "]},\"language_presets\":{\"fr\":{" \
	"}},\"agent\":{\"language\":\"en\",\"dynamic_variables\":{\"dynamic_variable_"         \
	"placeholders\":{\"" variable "\":\"x\",\"system__time\":\"x\"}}}},\"platform_"        \
	"settings\":{\"overrides\":{\"conversation_config_override\":{\"agent\":{\"first_"     \
	"message\":" silent ",\"language\":true}}}}}"
#define EVENTS                                                                       \
	"\"audio\",\"agent_response\",\"user_transcript\",\"interruption\",\"agent_" \
	"response_correction\",\"ping\""
#define AGENT_OK AGENT("ulaw_8000", "ulaw_8000", "customer_name", EVENTS, "true")

static struct ctl_test *store_set_up(void)
{
	struct ctl_test *t = set_up(true);

	setenv("ELEVENLABS_API_KEY", "canary-elevenlabs", 1);
	CTL_DO(t, "organization", "add", "velo", "--name", "Velo", "--time-zone", "America/Toronto",
	       "--elevenlabs-agent-id", "agent_1");
	CTL_DO(t, "number", "add", NUM, "--organization", "velo", "--no-webhook");
	return t;
}

Test(ctl_check, numbers_and_agents_that_can_carry_a_call_are_ok, .timeout = 60)
{
	const struct answer list[] = {
		{200, "{\"incoming_phone_numbers\":[]}"}, {200, NUMBER_OK}, {200, AGENT_OK}};
	struct ctl_test *t = store_set_up();

	cr_expect_eq(checked_with(t, list, 3), CTL_DONE, "%s%s", t->out, t->say);
	expect_line(t, "ok", "number " NUM, "texts and calls come here");
	expect_line(t, "ok", "agent of velo", "agent_1 answers");
	expect_line(t, "note", NUM, "no fallback number");
	cr_expect_null(strstr(t->out, "canary"), "%s", t->out);
	CTL_DO(t, "number", "set", NUM, "--organization", "velo", "--fallback-number",
	       "+1 416 555 0182");
	cr_expect_eq(checked_with(t, list, 3), CTL_DONE);
	cr_expect_null(strstr(t->out, "no fallback"), "%s", t->out);
	/* a store with a voice of its own needs no agent */
	CTL_DO(t, "organization", "set", "velo", "--voice-engine", "builtin");
	cr_expect_eq(checked_with(t, list, 2), CTL_DONE, "%s", t->out);
	cr_expect_null(strstr(t->out, "agent of velo"), "%s", t->out);
	/* of a number whose calls are ElevenLabs' only the texts are looked at, and its agent is */
	CTL_DO(t, "number", "set", NUM, "--organization", "velo", "--elevenlabs-phone-id",
	       "phnum_1");
	cr_expect_eq(checked_with(t,
				  (struct answer[]){{200, "{\"incoming_phone_numbers\":[]}"},
						    {200, NUMBER(HOOK "sms",
								 "https://api.us.elevenlabs.io/"
								 "twilio/inbound_call",
								 "", "https://x")},
						    {200, AGENT_OK}},
				  3),
		     CTL_DONE, "%s", t->out);
	expect_line(t, "ok", "number " NUM, "calls go to ElevenLabs");
	ctl_test_free(t);
}

Test(ctl_check, what_would_spoil_a_call_is_named, .timeout = 120)
{
	static const struct {
		struct answer number, agent;
		const char *what, *said;
	} cases[] = {
		{{200, NUMBER(HOOK "sms", "", HOOK "fallback", HOOK "status")},
		 {200, AGENT_OK},
		 "number " NUM,
		 "VoiceUrl is empty"},
		{{200, NUMBER(HOOK "sms", HOOK "voice", "https://other.example/x", HOOK "status")},
		 {200, AGENT_OK},
		 "number " NUM,
		 "VoiceFallbackUrl is https://other.example/x"},
		{{200, NUMBER(HOOK "sms", HOOK "voice", HOOK "fallback", HOOK "voice")},
		 {200, AGENT_OK},
		 "number " NUM,
		 "StatusCallback is"},
		{{200, "{\"incoming_phone_numbers\":[]}"},
		 {200, AGENT_OK},
		 "number " NUM,
		 "not hold"},
		{{200, NUMBER_OK},
		 {401, "{\"detail\":{\"status\":\"invalid_api_key\"}}"},
		 "agent of velo",
		 "does not accept the key"},
		{{200, NUMBER_OK}, {404, "{}"}, "agent of velo", "no agent agent_1"},
		{{200, NUMBER_OK}, {200, "<html>"}, "agent of velo", "answers 200"},
		{{200, NUMBER_OK},
		 {200, AGENT("pcm_16000", "ulaw_8000", "customer_name", EVENTS, "true")},
		 "agent of velo",
		 "ulaw_8000"},
		{{200, NUMBER_OK},
		 {200, AGENT("ulaw_8000", "ulaw_8000", "loyalty_points", EVENTS, "true")},
		 "agent of velo",
		 "loyalty_points"},
		{{200, NUMBER_OK},
		 {200, AGENT("ulaw_8000", "ulaw_8000", "customer_name", "\"audio\"", "true")},
		 "agent of velo",
		 "agent_response"},
		{{200, NUMBER_OK},
		 {200, AGENT("ulaw_8000", "ulaw_8000", "customer_name", EVENTS, "false")},
		 "agent of velo",
		 "overrides"},
	};
	struct ctl_test *t = store_set_up();

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		const struct answer list[] = {
			{200, "{\"incoming_phone_numbers\":[]}"}, cases[i].number, cases[i].agent};

		cr_expect_eq(checked_with(t, list, 3), CTL_FAILED, "%s", cases[i].said);
		expect_line(t, "NOT OK", cases[i].what, cases[i].said);
	}
	unsetenv("ELEVENLABS_API_KEY");
	cr_expect_eq(checked_with(t,
				  (struct answer[]){{200, "{\"incoming_phone_numbers\":[]}"},
						    {200, NUMBER_OK}},
				  2),
		     CTL_FAILED);
	expect_line(t, "NOT OK", "agent of velo", "ELEVENLABS_API_KEY");
	ctl_test_free(t);
}
