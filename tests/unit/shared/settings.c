/*
 * settings: what an operator who sets something wrong is told, and that no secret is in it.
 */
#include "shared/settings.h"

#include <criterion/criterion.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "shared/settings_table.h"

#define SID    "AC0123456789abcdef0123456789abcdef"
#define TOKEN  "canary-token-0123456789abcdef"
#define JWT    "canary-jwt-key-0123456789abcdef0123456"
#define DB     "postgresql://app:canary-password@127.0.0.1:5432/switchback"
#define KEY_64 "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="

static struct settings s;
static struct err err;

static void clean_environment(void)
{
	clearenv();
	setenv("APP_DATABASE_URL", DB, 1);
	setenv("TWILIO_ACCOUNT_SID", SID, 1);
	setenv("TWILIO_AUTH_TOKEN", TOKEN, 1);
	setenv("JWT_SECRET", JWT, 1);
}

static bool load_args(enum program program, const char *a, const char *b)
{
	char name[] = "program";
	char *argv[] = {name, (char *)(uintptr_t)a, (char *)(uintptr_t)b, NULL};

	err = (struct err){0};
	return settings_load(a == NULL ? 1 : b == NULL ? 2 : 3, argv, program, &s, &err);
}

static bool load(void)
{
	return load_args(PROGRAM_SERVICE, NULL, NULL);
}

/* A file of that text and mode in a folder that only this test knows. */
static char *file_make(const char *text, mode_t mode)
{
	static char path[64];
	int fd;

	snprintf(path, sizeof path, "/tmp/switchback-settings-XXXXXX");
	fd = mkstemp(path);
	cr_assert(fd >= 0);
	cr_assert_eq(write(fd, text, strlen(text)), (ssize_t)strlen(text));
	fchmod(fd, mode);
	close(fd);
	return path;
}

static bool has_note(bool stops, const char *name)
{
	for (size_t i = 0; i < s.notes_n; i++) {
		if (s.notes[i].stops == stops && strcmp(s.notes[i].name, name) == 0)
			return true;
	}
	return false;
}

TestSuite(settings, .init = clean_environment);

Test(settings, the_required_four_are_enough)
{
	cr_assert(load(), "%s", err.text);
	cr_expect_str_eq(s.listen, "127.0.0.1");
	cr_expect_eq(s.port, 3001);
	cr_expect_str_eq(s.public_url, "http://127.0.0.1:3001");
	cr_expect_str_eq(s.twilio_api_url, "https://api.twilio.com");
	cr_expect_str_eq(s.elevenlabs_api_url, "https://api.elevenlabs.io");
	cr_expect_eq(s.bcrypt_rounds, 12);
	cr_expect_eq(s.log_level, LOG_INFO);
	cr_expect_null(s.tool_secret);
	cr_expect_not(s.secrets_key.set);
	cr_expect_eq(s.notes_n, 0);
	settings_clear(&s);
}

Test(settings, the_default_public_url_follows_the_port)
{
	setenv("PORT", "8080", 1);
	cr_assert(load(), "%s", err.text);
	cr_expect_str_eq(s.public_url, "http://127.0.0.1:8080");
	settings_clear(&s);
}

Test(settings, each_missing_one_is_named)
{
	static const char *const names[] = {"APP_DATABASE_URL", "TWILIO_ACCOUNT_SID",
					    "TWILIO_AUTH_TOKEN", "JWT_SECRET"};

	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		for (int empty = 0; empty < 2; empty++) {
			clean_environment();
			if (empty)
				setenv(names[i], "", 1);
			else
				unsetenv(names[i]);
			cr_expect_not(load(), "%s", names[i]);
			cr_expect(strstr(err.text, names[i]) == err.text, "%s", err.text);
			cr_expect(strstr(err.text, "not set") != NULL, "%s", err.text);
			settings_clear(&s);
		}
	}
}

Test(settings, a_bad_value_is_refused_by_name_and_says_what_is_expected)
{
	static const struct {
		const char *name, *value, *expected;
	} cases[] = {
		{"PORT", "70000", "0 to 65535"},
		{"PORT", "-1", "whole number"},
		{"PORT", "80a", "whole number"},
		{"LISTEN", "localhost", "IP address"},
		{"LISTEN", "1.2.3.4.5", "IP address"},
		{"BCRYPT_ROUNDS", "3", "4 to 15"},
		{"BCRYPT_ROUNDS", "16", "4 to 15"},
		{"BCRYPT_ROUNDS", "twelve", "whole number"},
		{"LOG_LEVEL", "verbose", "error, warn, info, debug"},
		{"LOG_LEVEL", "information", "error, warn, info, debug"},
		{"JWT_SECRET", "canary0123456789canary012345678", "32 or more"},
		{"JWT_SECRET", "your-super-secure-jwt-secret-min-32-chars", "placeholder"},
		{"JWT_SECRET", "change-me-change-me-change-me-change-me", "placeholder"},
		{"JWT_SECRET", "super-secret-jwt-token-with-at-least-32-characters-long",
		 "placeholder"},
		{"JWT_SECRET", "a-string-secret-at-least-256-bits-long", "placeholder"},
		{"JWT_SECRET", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", "guessed"},
		{"JWT_SECRET", "12345671234567123456712345671234567", "guessed"},
		{"TWILIO_AUTH_TOKEN", "your-auth-token", "placeholder"},
		{"TWILIO_ACCOUNT_SID", "your-account-sid", "placeholder"},
		{"TWILIO_ACCOUNT_SID", "AC0123456789abcdef", "32 hexadecimal"},
		{"TWILIO_ACCOUNT_SID", "SK0123456789abcdef0123456789abcdef", "32 hexadecimal"},
		{"TWILIO_ACCOUNT_SID", "AC../../../../../../../../../../etc", "32 hexadecimal"},
		{"TOOL_SECRET", "canary-fifteen!", "16 or more"},
		{"SECRETS_KEY", "canary", "base64 of exactly 32 bytes"},
		{"SECRETS_KEY", "AAECAwQFBgcICQoLDA0ODw==", "base64 of exactly 32 bytes"},
		{"SECRETS_KEY", KEY_64 "AAAA", "base64 of exactly 32 bytes"},
		{"PUBLIC_URL", "shop.example", "https://host"},
		{"PUBLIC_URL", "ftp://shop.example", "https://host"},
		{"PUBLIC_URL", "https://", "https://host"},
		{"PUBLIC_URL", "https://shop.example?x=1", "https://host"},
		{"PUBLIC_URL", "https://shop.example/#f", "https://host"},
		{"PUBLIC_URL", "https://user:pw@shop.example", "https://host"},
		{"PUBLIC_URL", "https://shop.example:99999", "https://host"},
		{"PUBLIC_URL", "https://shop example", "https://host"},
		{"PUBLIC_URL", "https://[::1", "https://host"},
		{"TWILIO_API_URL", "http://api.twilio.com", "https://"},
		{"TWILIO_API_URL", "http://8.8.8.8", "https://"},
		{"TWILIO_API_URL", "http://[2001:db8::1]", "https://"},
		{"APP_DATABASE_URL", "mysql://canary@x", "postgresql://"},
		{"SMTP_URL", "mail.example", "smtps://"},
		{"ELEVENLABS_API_KEY", "canary\nsecond-line", "control characters"},
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		clean_environment();
		setenv(cases[i].name, cases[i].value, 1);
		cr_expect_not(load(), "%s=%s", cases[i].name, cases[i].value);
		cr_expect(strstr(err.text, cases[i].name) == err.text, "%s", err.text);
		cr_expect(strstr(err.text, cases[i].expected) != NULL, "%s=%s: %s", cases[i].name,
			  cases[i].value, err.text);
		cr_expect(strstr(err.text, "canary") == NULL, "a secret is told: %s", err.text);
		settings_clear(&s);
	}
}

Test(settings, good_values_are_taken)
{
	static const struct {
		const char *name, *value;
	} cases[] = {
		{"PORT", "0"},
		{"LISTEN", "::1"},
		{"LISTEN", "0.0.0.0"},
		{"LOG_LEVEL", "debug"},
		{"SECRETS_KEY", KEY_64},
		{"PUBLIC_URL", "https://shop.example:8443/switchback"},
		{"PUBLIC_URL", "https://[2001:db8::1]:8443"},
		{"TWILIO_API_URL", "http://127.0.0.1:4010"},
		{"TWILIO_API_URL", "http://localhost:4010/"},
		{"TWILIO_API_URL", "http://[::1]:4010"},
		{"TWILIO_API_URL", "http://10.1.2.3"},
		{"TWILIO_API_URL", "http://simulator:4010"},
		{"TWILIO_API_URL", "http://host.docker.internal:4010"},
		{"TWILIO_API_URL", "https://api.dublin.ie1.twilio.com"},
		{"APP_DATABASE_URL", "host=/run/postgresql dbname=switchback user=app"},
		{"SMTP_URL", "smtps://robot%40shop.example:pw@mail.example:465"},
		{"SMTP_URL", "smtp://127.0.0.1:1025/"},
		{"TOOL_SECRET", "sixteen-bytes-ok"},
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		clean_environment();
		setenv(cases[i].name, cases[i].value, 1);
		cr_expect(load(), "%s=%s: %s", cases[i].name, cases[i].value, err.text);
		settings_clear(&s);
	}
}

Test(settings, a_url_loses_its_last_slash)
{
	setenv("PUBLIC_URL", "https://shop.example/", 1);
	cr_assert(load());
	cr_expect_str_eq(s.public_url, "https://shop.example");
	settings_clear(&s);
}

Test(settings, a_key_is_read_byte_by_byte)
{
	setenv("SECRETS_KEY", KEY_64, 1);
	cr_assert(load());
	cr_assert(s.secrets_key.set);
	for (unsigned i = 0; i < SETTINGS_KEY_BYTES; i++)
		cr_expect_eq(s.secrets_key.bytes[i], i);
	settings_clear(&s);
}

Test(settings, the_guides_names_that_mean_nothing_are_warned_of)
{
	static const char *const names[] = {"TWILIO_WEBHOOK_SECRET", "SUPABASE_URL",
					    "SUPABASE_SERVICE_ROLE_KEY", "NODE_ENV"};

	for (size_t i = 0; i < ARRAY_LEN(names); i++)
		setenv(names[i], "canary", 1);
	cr_assert(load(), "%s", err.text);
	for (size_t i = 0; i < ARRAY_LEN(names); i++)
		cr_expect(has_note(false, names[i]), "%s", names[i]);
	for (size_t i = 0; i < s.notes_n; i++)
		cr_expect(strstr(s.notes[i].text, "canary") == NULL, "%s", s.notes[i].text);
	settings_clear(&s);
}

Test(settings, cheap_hashes_and_plain_http_are_warned_of)
{
	setenv("BCRYPT_ROUNDS", "4", 1);
	setenv("PUBLIC_URL", "http://shop.example", 1);
	cr_assert(load(), "%s", err.text);
	cr_expect(has_note(false, "BCRYPT_ROUNDS"));
	cr_expect(has_note(false, "PUBLIC_URL"));
	settings_clear(&s);
}

Test(settings, a_file_is_read_and_the_environment_wins)
{
	char *path = file_make("# a comment\n\nPORT = 4000\r\nJWT_SECRET=\"" JWT "\"\n"
			       "LOG_LEVEL='debug'\nTOOL_SECRET=\nLISTEN=::1\n",
			       0600);

	unsetenv("JWT_SECRET");
	setenv("LISTEN", "127.0.0.2", 1);
	cr_assert(load_args(PROGRAM_SERVICE, "--config", path), "%s", err.text);
	cr_expect_eq(s.port, 4000);
	cr_expect_str_eq(s.jwt_secret, JWT);
	cr_expect_eq(s.log_level, LOG_DEBUG);
	cr_expect_str_eq(s.listen, "127.0.0.2");
	cr_expect_null(s.tool_secret);
	settings_clear(&s);
	setenv("SWITCHBACK_CONFIG", path, 1);
	cr_assert(load(), "%s", err.text);
	cr_expect_eq(s.port, 4000);
	settings_clear(&s);
	unlink(path);
}

Test(settings, a_bad_file_is_refused_with_its_line)
{
	static const struct {
		const char *text;
		mode_t mode;
		const char *expected;
	} cases[] = {
		{"PORT=1\nnonsense\n", 0600, "line 2: KEY=value"},
		{"=value\n", 0600, "line 1: KEY=value"},
		{"PROT=3000\n", 0600, "line 1: there is no setting"},
		{"PORT=1\n#\nPORT=2\n", 0600, "line 3: PORT is there twice"},
		{"JWT_SECRET=" JWT "\n", 0644, "may read it"},
		{"JWT_SECRET=" JWT "\n", 0620, "may change it"},
		{"PORT=99999\n", 0644, "PORT"},
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		char *path = file_make(cases[i].text, cases[i].mode);

		cr_expect_not(load_args(PROGRAM_SERVICE, "--config", path), "%s", cases[i].text);
		cr_expect(strstr(err.text, cases[i].expected) != NULL, "%s", err.text);
		cr_expect(strstr(err.text, "canary") == NULL, "%s", err.text);
		settings_clear(&s);
		unlink(path);
	}
	cr_expect_not(load_args(PROGRAM_SERVICE, "--config", "/nonexistent/switchback.conf"));
	cr_expect(strstr(err.text, "/nonexistent/switchback.conf") != NULL, "%s", err.text);
	settings_clear(&s);
}

Test(settings, a_file_without_secrets_may_be_public_and_a_group_may_read_secrets)
{
	char *path = file_make("PORT=1\n", 0644);

	cr_expect(load_args(PROGRAM_SERVICE, "--config", path), "%s", err.text);
	settings_clear(&s);
	unlink(path);
	path = file_make("JWT_SECRET=" JWT "\n", 0640);
	cr_expect(load_args(PROGRAM_SERVICE, "--config", path), "%s", err.text);
	settings_clear(&s);
	unlink(path);
}

Test(settings, a_systemd_credential_is_a_value)
{
	char dir[] = "/tmp/switchback-credentials-XXXXXX", path[64];
	int fd;

	cr_assert_not_null(mkdtemp(dir));
	snprintf(path, sizeof path, "%s/JWT_SECRET", dir);
	fd = open(path, O_CREAT | O_WRONLY, 0400);
	cr_assert_eq(write(fd, JWT "\n", strlen(JWT) + 1), (ssize_t)strlen(JWT) + 1);
	close(fd);
	unsetenv("JWT_SECRET");
	setenv("CREDENTIALS_DIRECTORY", dir, 1);
	cr_assert(load(), "%s", err.text);
	cr_expect_str_eq(s.jwt_secret, JWT);
	settings_clear(&s);
	unlink(path);
	rmdir(dir);
}

Test(settings, arguments_are_few)
{
	cr_assert(load_args(PROGRAM_SERVICE, "--help", NULL));
	cr_expect(s.help);
	cr_assert(load_args(PROGRAM_SERVICE, "--version", NULL));
	cr_expect(s.version);
	cr_expect_not(load_args(PROGRAM_SERVICE, "--jwt-secret", "canary"));
	cr_expect_not(load_args(PROGRAM_SERVICE, "--config", NULL));
	cr_expect_not(load_args(PROGRAM_SERVICE, "start", NULL));
	settings_clear(&s);
	cr_assert(load_args(PROGRAM_CTL, "migrate", "--status"), "%s", err.text);
	cr_expect_eq(s.rest, 1);
	settings_clear(&s);
}

Test(settings, every_problem_is_noted_not_only_the_first)
{
	unsetenv("JWT_SECRET");
	setenv("PORT", "x", 1);
	setenv("TOOL_SECRET", "short", 1);
	cr_expect_not(load());
	cr_expect(has_note(true, "JWT_SECRET"));
	cr_expect(has_note(true, "PORT"));
	cr_expect(has_note(true, "TOOL_SECRET"));
	settings_clear(&s);
}

Test(settings, other_programs_do_not_ask_for_the_services_secrets)
{
	clearenv();
	cr_expect(load_args(PROGRAM_CTL, NULL, NULL), "%s", err.text);
	settings_clear(&s);
	cr_expect(load_args(PROGRAM_KEEP, NULL, NULL), "%s", err.text);
	cr_expect_eq(s.port, 3001);
	settings_clear(&s);
}

Test(settings, help_tells_of_each_setting)
{
	size_t n, size;
	const struct setting *rows = settings_rows(&n);
	char *text;
	FILE *to = open_memstream(&text, &size);

	settings_help(to, PROGRAM_SERVICE);
	fclose(to);
	for (size_t i = 0; i < n; i++) {
		bool ours = (rows[i].used_by & PROGRAM_SERVICE) != 0;
		char line[80];

		snprintf(line, sizeof line, "\n  %s", rows[i].name);
		cr_expect_eq(ours, strstr(text, line) != NULL, "%s", rows[i].name);
	}
	free(text);
}
