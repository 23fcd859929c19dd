/*
 * switchbackctl organization and number: a store, what it is set to, and the numbers that reach it.
 */
#include <criterion/criterion.h>

#include "server/ctl/ctl.h"
#include "shared/seal.h"
#include "tests/support/answers.h"
#include "tests/support/ctl.h"
#include "tests/support/db.h"

#define SID   "AC0123456789abcdef0123456789abcdef"
#define PN    "PN0123456789abcdef0123456789abcdef"
#define TOKEN "canary-auth-token-0123456789abcd"
#define KEY   "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="
#define KEY_2 "AQECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="
#define NUM   "+14165550001"

static struct ctl_test *t;

static void set_up(void)
{
	t = ctl_test_new(true);
	ctl_test_store(t, "velo");
}

static void tear_down(void)
{
	ctl_test_free(t);
}

TestSuite(ctl_store, .init = set_up, .fini = tear_down, .timeout = 60);

static void expect_text(const char *sql, const char *expected)
{
	char *text = sql_text(t->db, sql);

	cr_expect_str_eq(text, expected, "%s", sql);
	free(text);
}

/* ---- stores ---- */

Test(ctl_store, a_store_is_added_once_and_listed)
{
	cr_expect_eq(CTL(t, "organization", "add", "velo", "--name", "Again", "--time-zone",
			 "America/Toronto"),
		     CTL_FAILED);
	cr_expect(strstr(t->say, "already") != NULL, "%s", t->say);
	CTL_DO(t, "organization", "add", "bici", "--name", "Bici", "--time-zone",
	       "America/Vancouver", "--language", "fr", "--currency", "usd", "--allowed-countries",
	       "1,33");
	CTL_DO(t, "organization", "list");
	cr_expect(strstr(t->out, "velo") != NULL && strstr(t->out, "America/Vancouver") != NULL,
		  "%s", t->out);
	cr_expect_lt(strstr(t->out, "bici") - t->out, strstr(t->out, "velo") - t->out);
	expect_text("SELECT count(*) FROM organization_counters", "1");
}

Test(ctl_store, what_cannot_be_set_is_named)
{
	static const struct {
		const char *option, *value, *said;
	} cases[] = {
		{"--time-zone", "America/Nowhere", "not in the time zone database"},
		{"--time-zone", "", "cannot be empty"},
		{"--language", "de", "--language"},
		{"--phone-number", "4165550001", "--phone-number"},
		{"--reply-target-minutes", "0", "from 1 to 1440"},
		{"--currency", "dollars", "--currency"},
		{"--allowed-countries", "all", "--allowed-countries"},
		{"--twilio-account-sid", "AC1", "32 hexadecimal"},
		{"--text-engine", "gpt", "builtin|elevenlabs"},
		{"--voice-engine", "gpt", "builtin|elevenlabs"},
		{"--calling-hours", "9-12,13-20", "one period of a day"},
		{"--calling-hours", "22:00-2:00", "one period of a day"},
		{"--calling-hours", "closed", "one period of a day"},
		{"--name", "a\nb", "control characters"},
		{"--twilio-auth-token-file", "/nonexistent", "cannot be read"},
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		cr_expect_eq(CTL(t, "organization", "set", "velo", cases[i].option, cases[i].value),
			     CTL_FAILED, "%s", cases[i].option);
		cr_expect(strstr(t->say, cases[i].said) != NULL, "%s: %s", cases[i].said, t->say);
	}
	cr_expect_eq(CTL(t, "organization", "set", "nobody", "--name", "x"), CTL_FAILED);
	cr_expect(strstr(t->say, "no organization \"nobody\"") != NULL, "%s", t->say);
	cr_expect_eq(CTL(t, "organization", "set", "velo"), CTL_FAILED);
	cr_expect_eq(CTL(t, "organization", "set", "velo", "--colour", "red"), CTL_USAGE);
	cr_expect_eq(CTL(t, "organization", "add", "Vélo", "--name", "x", "--time-zone", "UTC"),
		     CTL_FAILED);
	cr_expect_eq(CTL(t, "organization"), CTL_USAGE);
	cr_expect_eq(CTL(t, "organization", "ad"), CTL_USAGE);
	cr_expect_eq(CTL(t, "organisation", "list"), CTL_USAGE);
	expect_text("SELECT count(*) FROM audit_log", "1");
}

Test(ctl_store, what_is_set_is_shown_and_recorded)
{
	CTL_DO(t, "organization", "set", "velo", "--name", "Vélo Test", "--phone-number",
	       "+1 (416) 555-0001", "--address", "1 Rue Un\nMontréal", "--reply-target-minutes",
	       "20", "--active", "no");
	CTL_DO(t, "organization", "show", "velo");
	cr_expect(strstr(t->out, "Vélo Test") != NULL && strstr(t->out, NUM) != NULL, "%s", t->out);
	CTL_DO(t, "organization", "set", "velo", "--phone-number", "");
	expect_text(
		"SELECT phone_number IS NULL AND NOT is_active AND reply_target_minutes = 20 FROM "
		"organizations",
		"t");
	expect_text("SELECT string_agg(action, ' ' ORDER BY seq) FROM audit_log",
		    "organization.add organization.set organization.show organization.set");
	expect_text("SELECT detail->'columns'->>1 FROM audit_log WHERE seq = 2", "phone_number");
	CTL_DO(t, "audit", "verify");
	cr_expect(strstr(t->out, "velo: whole") != NULL, "%s", t->out);
}

Test(ctl_store, what_callers_hear_and_when_customers_are_called)
{
	CTL_DO(t, "organization", "set", "velo", "--voice-engine", "builtin", "--call-greeting-en",
	       "Thank you for calling.", "--call-greeting-fr", "Merci de votre appel.",
	       "--consent-line-en", "This call is written down.", "--consent-line-fr",
	       "Cet appel est mis par écrit.", "--transcribe-staff", "yes", "--calling-hours",
	       "10:00-19:30");
	CTL_DO(t, "organization", "show", "velo");
	cr_expect(strstr(t->out, "Merci de votre appel.") != NULL &&
			  strstr(t->out, "10:00-19:30") != NULL &&
			  strstr(t->out, "builtin") != NULL,
		  "%s", t->out);
	expect_text("SELECT transcribe_staff AND calls_from = 600 AND calls_until = 1170 FROM "
		    "organizations",
		    "t");
	CTL_DO(t, "organization", "set", "velo", "--calling-hours", "never", "--consent-line-en",
	       "");
	CTL_DO(t, "organization", "show", "velo");
	cr_expect(strstr(t->out, "never") != NULL, "%s", t->out);
	expect_text("SELECT calls_from IS NULL AND calls_until IS NULL AND consent_line_en IS NULL "
		    "FROM organizations",
		    "t");
}

Test(ctl_store, hours_special_days_and_policies)
{
	CTL_DO(t, "organization", "hours", "velo", "mon-fri 9:00-12:00,13:00-18:00",
	       "sat 22:00-02:00");
	expect_text(
		"SELECT string_agg(weekday || ':' || opens || '-' || closes, ' ' ORDER BY weekday, "
		"opens) FROM organization_hours WHERE weekday IN (1, 6)",
		"1:540-720 1:780-1080 6:1320-1560");
	CTL_DO(t, "organization", "hours", "velo", "mon closed");
	expect_text("SELECT count(*) FROM organization_hours", "9");
	cr_expect(strstr(t->out, "mon closed\ntue 9:00-12:00,13:00-18:00") != NULL, "%s", t->out);
	cr_expect_eq(CTL(t, "organization", "hours", "velo", "tue closed", "wed 25-26"),
		     CTL_FAILED);
	expect_text("SELECT count(*) FROM organization_hours", "9");

	CTL_DO(t, "organization", "special", "velo", "2026-12-25", "closed", "--name-en",
	       "Christmas", "--name-fr", "Noël");
	CTL_DO(t, "organization", "special", "velo", "2026-12-24", "9:00-13:00,14-16");
	CTL_DO(t, "organization", "special", "velo");
	cr_expect(strstr(t->out, "2026-12-24 9:00-13:00,14:00-16:00") != NULL, "%s", t->out);
	cr_expect(strstr(t->out, "2026-12-25 closed  Christmas / Noël") != NULL, "%s", t->out);
	CTL_DO(t, "organization", "special", "velo", "2026-12-24", "as-usual");
	expect_text("SELECT count(*) FROM special_day_periods", "0");
	cr_expect_eq(CTL(t, "organization", "special", "velo", "2026-02-30", "closed"), CTL_FAILED);

	cr_expect_eq(CTL(t, "organization", "policy", "velo", "returns", "--en", "30 days"),
		     CTL_FAILED);
	CTL_DO(t, "organization", "policy", "velo", "returns", "--en", "30 days", "--fr",
	       "30 jours");
	CTL_DO(t, "organization", "policy", "velo", "returns", "--en", "60 days");
	expect_text("SELECT text_en || '/' || text_fr FROM policies", "60 days/30 jours");
	CTL_DO(t, "organization", "policy", "velo", "returns", "--remove");
	expect_text("SELECT count(*) FROM policies", "0");
}

Test(ctl_store, closed_by_hand_and_open_again)
{
	CTL_DO(t, "organization", "close", "velo", "--until", "2030-07-01T09:00", "--reason-en",
	       "Flood");
	expect_text("SELECT closed_manually AND closed_until = '2030-07-01 13:00Z' AND "
		    "closed_reason_en = "
		    "'Flood' FROM organizations",
		    "t");
	CTL_DO(t, "organization", "close", "velo");
	expect_text("SELECT closed_until IS NULL AND closed_reason_en IS NULL FROM organizations",
		    "t");
	cr_expect_eq(CTL(t, "organization", "close", "velo", "--until", "2020-01-01"), CTL_FAILED);
	CTL_DO(t, "organization", "open", "velo");
	expect_text("SELECT closed_manually FROM organizations", "f");
}

/* ---- credentials ---- */

Test(ctl_store, credentials_are_sealed_and_can_be_sealed_anew)
{
	const char *path = ctl_test_file("token", TOKEN "\n", sizeof TOKEN);
	struct settings_key key_2 = {.set = true, .bytes = {1, 1, 2}};
	struct arena a = {0};
	struct str plain, sealed;
	struct err err;
	PGresult *r;
	char *id;

	cr_expect_eq(CTL(t, "organization", "set", "velo", "--twilio-auth-token-file", path),
		     CTL_FAILED);
	cr_expect(strstr(t->say, "SECRETS_KEY") != NULL, "%s", t->say);
	setenv("SECRETS_KEY", KEY, 1);
	CTL_DO(t, "organization", "set", "velo", "--twilio-account-sid", SID,
	       "--twilio-auth-token-file", path);
	cr_expect_eq(CTL_INPUT(t, TOKEN "\n", "organization", "set", "velo",
			       "--elevenlabs-api-key-file", "-"),
		     CTL_DONE);
	expect_text("SELECT position('canary' IN encode(twilio_auth_token_sealed, 'escape')) FROM "
		    "organizations",
		    "0");
	CTL_DO(t, "organization", "show", "velo");
	cr_expect(strstr(t->out, "(sealed)") != NULL && strstr(t->out, "canary") == NULL, "%s",
		  t->out);

	setenv("SECRETS_KEY", KEY_2, 1);
	cr_expect_eq(CTL(t, "secrets", "reseal"), CTL_FAILED);
	setenv("SECRETS_KEY_PREVIOUS", KEY, 1);
	CTL_DO(t, "secrets", "reseal");
	cr_expect(strstr(t->out, "2 credentials") != NULL, "%s", t->out);
	memcpy(key_2.bytes,
	       "\1\1\2\3\4\5\6\7\10\11\12\13\14\15\16\17\20\21\22\23\24\25\26\27\30\31\32\33"
	       "\34\35\36\37",
	       sizeof key_2.bytes);
	r = sql_ask(t->db, "SELECT twilio_auth_token_sealed FROM organizations", 0, NULL);
	sealed = database_bytes(&a, r, 0, 0);
	id = sql_text(t->db, "SELECT id FROM organizations");
	cr_expect(seal_open(&key_2, id, SEAL_TWILIO_AUTH_TOKEN, sealed, &a, &plain, &err), "%s",
		  err.text);
	cr_expect(str_is(plain, TOKEN));
	PQclear(r);
	free(id);
	arena_free(&a);
}

/* ---- numbers ---- */

#define FOUND(number)                                                                 \
	"{\"incoming_phone_numbers\":[{\"sid\":\"" PN "\",\"phone_number\":\"" number \
	"\",\"sms_url\":\"https://shop.example/api/webhooks/twilio/sms\",\"voice_url\":\"\"}]}"

static void twilio_set(const struct answers *a)
{
	setenv("TWILIO_API_URL", a->url, 1);
	setenv("TWILIO_ACCOUNT_SID", SID, 1);
	setenv("TWILIO_AUTH_TOKEN", TOKEN, 1);
	setenv("PUBLIC_URL", "https://shop.example", 1);
}

Test(ctl_store, a_number_is_pointed_here_and_then_switched_on)
{
	static const struct answer list[] = {{200, FOUND(NUM)}, {200, "{\"sid\":\"" PN "\"}"}};
	static const char *const asked[] = {
		"GET /2010-04-01/Accounts/" SID
		"/IncomingPhoneNumbers.json?PhoneNumber=%2B14165550001 HTTP",
		"POST /2010-04-01/Accounts/" SID "/IncomingPhoneNumbers/" PN ".json HTTP",
		"\r\nAuthorization: Basic ",
		"SmsUrl=https%3A%2F%2Fshop.example%2Fapi%2Fwebhooks%2Ftwilio%2Fsms%23rc%3D3%26rp%"
		"3D5xx%2Cct"
		"%2Crt",
		"&SmsMethod=POST",
		"&SmsFallbackUrl=https%3A%2F%2Fshop.example%2F",
		"&VoiceUrl=https%3A%2F%2Fshop.example%2Fapi%2Fwebhooks%2Ftwilio%2Fvoice%23rc",
		"&VoiceFallbackUrl=https%3A%2F%2Fshop.example%2F",
		"&StatusCallback=https%3A%2F%2Fshop.example%2Fapi%2Fwebhooks%2Ftwilio%2Fstatus",
		"&StatusCallbackMethod=POST",
	};
	struct answers a = answers_start(list, ARRAY_LEN(list));
	char *log;

	twilio_set(&a);
	CTL_DO(t, "number", "add", "+1 416 555 0001", "--organization", "velo", "--label", "Main");
	log = answers_stop(&a);
	for (size_t i = 0; i < ARRAY_LEN(asked); i++)
		cr_expect(strstr(log, asked[i]) != NULL, "%s\n%s", asked[i], log);
	expect_text("SELECT is_active AND twilio_phone_sid = '" PN "' AND label = 'Main' FROM "
		    "organization_phone_numbers",
		    "t");
	CTL_DO(t, "number", "list");
	cr_expect(strstr(t->out, NUM "     active  velo") != NULL, "%s", t->out);
	free(log);
}

Test(ctl_store, a_number_whose_calls_elevenlabs_answers_keeps_its_voice_addresses)
{
	static const struct answer list[] = {{200, FOUND(NUM)}, {200, "{\"sid\":\"" PN "\"}"}};
	struct answers a = answers_start(list, ARRAY_LEN(list));
	char *log;

	twilio_set(&a);
	CTL_DO(t, "number", "add", NUM, "--organization", "velo", "--elevenlabs-phone-id",
	       "phnum_1", "--elevenlabs-agent-id", "agent_1");
	log = answers_stop(&a);
	cr_expect(strstr(log, "SmsUrl=https") != NULL && strstr(log, "VoiceUrl") == NULL &&
			  strstr(log, "StatusCallback") == NULL,
		  "%s", log);
	CTL_DO(t, "number", "list");
	cr_expect(strstr(t->out, "native") != NULL, "%s", t->out);
	free(log);
}

Test(ctl_store, what_is_set_for_a_number_can_be_changed)
{
	CTL_DO(t, "number", "add", NUM, "--organization", "velo", "--no-webhook");
	CTL_DO(t, "number", "set", NUM, "--organization", "velo", "--label", "Workshop",
	       "--fallback-number", "+1 (416) 555-0182", "--elevenlabs-agent-id", "agent_2");
	expect_text("SELECT label || fallback_number || elevenlabs_agent_id FROM "
		    "organization_phone_numbers",
		    "Workshop+14165550182agent_2");
	CTL_DO(t, "number", "set", NUM, "--organization", "velo", "--fallback-number", "");
	expect_text("SELECT fallback_number IS NULL AND is_active FROM organization_phone_numbers",
		    "t");
	cr_expect_eq(CTL(t, "number", "set", NUM, "--organization", "velo"), CTL_FAILED);
	cr_expect_eq(
		CTL(t, "number", "set", "+14165559999", "--organization", "velo", "--label", "x"),
		CTL_FAILED);
	cr_expect(strstr(t->say, "is not a number of that organization") != NULL, "%s", t->say);
	cr_expect_eq(
		CTL(t, "number", "set", NUM, "--organization", "velo", "--fallback-number", "0800"),
		CTL_FAILED);
	expect_text("SELECT string_agg(action, ' ' ORDER BY seq) FROM audit_log WHERE action LIKE "
		    "'number.%'",
		    "number.add number.set number.set");
}

Test(ctl_store, when_twilio_refuses_nothing_stays_and_the_sentence_helps)
{
	static const struct {
		struct answer list[2];
		const char *said;
	} cases[] = {
		{{{401, "{\"code\":20003,\"message\":\"Authenticate\",\"status\":401}"}},
		 "does not accept the account SID and auth token"},
		{{{200, "{\"incoming_phone_numbers\":[]}"}}, "does not hold " NUM},
		{{{200, FOUND("+14165550002")}}, "does not hold " NUM},
		{{{200, FOUND(NUM)}, {400, "{\"code\":21402,\"message\":\"SmsUrl is bad\"}"}},
		 "SmsUrl is bad"},
		{{{200, FOUND(NUM)}, {503, "<html>"}}, "in trouble"},
		{{{200, "<html>hello</html>"}}, "does not speak like Twilio"},
		{{{429, "{}"}}, "busy"},
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct answers a = answers_start(cases[i].list, 2);

		twilio_set(&a);
		cr_expect_eq(CTL(t, "number", "add", NUM, "--organization", "velo"), CTL_FAILED);
		cr_expect(strstr(t->say, cases[i].said) != NULL, "%s: %s", cases[i].said, t->say);
		cr_expect(strstr(t->say, "canary") == NULL, "%s", t->say);
		free(answers_stop(&a));
		expect_text("SELECT count(*) FROM organization_phone_numbers", "0");
	}
	setenv("TWILIO_API_URL", "http://127.0.0.1:1", 1);
	cr_expect_eq(CTL(t, "number", "add", NUM, "--organization", "velo"), CTL_FAILED);
	cr_expect(strstr(t->say, "does not answer") != NULL, "%s", t->say);
	expect_text("SELECT count(*) FROM organization_phone_numbers", "0");
}

Test(ctl_store, without_credentials_it_says_what_is_missing)
{
	unsetenv("TWILIO_ACCOUNT_SID");
	unsetenv("TWILIO_AUTH_TOKEN");
	cr_expect_eq(CTL(t, "number", "add", NUM, "--organization", "velo"), CTL_FAILED);
	cr_expect(strstr(t->say, "TWILIO_ACCOUNT_SID") != NULL, "%s", t->say);
	expect_text("SELECT count(*) FROM organization_phone_numbers", "0");
}

Test(ctl_store, the_stores_own_account_is_used_where_it_has_one)
{
	static const struct answer list[] = {{200, FOUND(NUM)}, {200, "{}"}};
	struct answers a = answers_start(list, ARRAY_LEN(list));
	char *log;

	twilio_set(&a);
	setenv("SECRETS_KEY", KEY, 1);
	CTL_DO(t, "organization", "set", "velo", "--twilio-account-sid",
	       "ACffffffffffffffffffffffffffffffff", "--twilio-auth-token-file",
	       ctl_test_file("token", TOKEN, sizeof TOKEN - 1));
	CTL_DO(t, "number", "add", NUM, "--organization", "velo");
	log = answers_stop(&a);
	cr_expect(strstr(log, "/Accounts/ACffffffffffffffffffffffffffffffff/") != NULL, "%s", log);
	free(log);
}

Test(ctl_store, a_number_reaches_one_store_only)
{
	CTL_DO(t, "number", "add", NUM, "--organization", "velo", "--no-webhook");
	CTL_DO(t, "number", "add", NUM, "--organization", "velo", "--no-webhook");
	cr_expect(strstr(t->out, "already") != NULL, "%s", t->out);
	CTL_DO(t, "organization", "add", "bici", "--name", "Bici", "--time-zone",
	       "America/Toronto");
	cr_expect_eq(CTL(t, "number", "add", NUM, "--organization", "bici", "--no-webhook"),
		     CTL_FAILED);
	cr_expect(strstr(t->say, "belongs to another organization") != NULL, "%s", t->say);
	cr_expect_eq(CTL(t, "number", "remove", NUM, "--organization", "bici", "--no-webhook"),
		     CTL_FAILED);
	cr_expect_eq(CTL(t, "number", "add", "4165550001", "--organization", "velo"), CTL_FAILED);
	expect_text("SELECT count(*) FROM organization_phone_numbers WHERE is_active", "1");
}

Test(ctl_store, a_removed_number_no_longer_points_here)
{
	static const struct answer list[] = {{200, FOUND(NUM)}, {200, "{}"}};
	struct answers a;
	char *log;

	CTL_DO(t, "number", "add", NUM, "--organization", "velo", "--no-webhook");
	a = answers_start(list, ARRAY_LEN(list));
	twilio_set(&a);
	CTL_DO(t, "number", "remove", NUM, "--organization", "velo");
	log = answers_stop(&a);
	cr_expect(strstr(log, "SmsUrl=&") != NULL && strstr(log, "VoiceUrl=&") != NULL, "%s", log);
	free(log);
	expect_text("SELECT count(*) FROM organization_phone_numbers", "0");
}
