/*
 * config.c - where the console's settings come from, and what is refused.
 */
#include "tui/config.h"

#include <criterion/criterion.h>
#include <sys/stat.h>
#include <unistd.h>

static char home[64];

static void home_made(void)
{
	char path[128];

	snprintf(home, sizeof home, "/tmp/switchback-config-XXXXXX");
	cr_assert_not_null(mkdtemp(home));
	snprintf(path, sizeof path, "%s/switchback", home);
	mkdir(path, 0700);
	setenv("XDG_CONFIG_HOME", home, 1);
	setenv("XDG_STATE_HOME", "/tmp/state", 1);
	unsetenv("NO_COLOR");
}

static void file_made(const char *name, const char *text, mode_t mode, char path[128])
{
	FILE *f;

	snprintf(path, 128, "%s/switchback/%s", home, name);
	f = fopen(path, "w");
	cr_assert_not_null(f);
	fputs(text, f);
	fclose(f);
	chmod(path, mode);
}

static void home_gone(void)
{
	static const char *const names[] = {"config", "other", "sign-in"};
	char path[128];

	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		snprintf(path, sizeof path, "%s/switchback/%s", home, names[i]);
		unlink(path);
	}
	snprintf(path, sizeof path, "%s/switchback", home);
	rmdir(path);
	rmdir(home);
}

static bool load(struct config *c, struct err *err, const char *a, const char *b, const char *d)
{
	char *argv[] = {(char *)(uintptr_t) "switchback", (char *)(uintptr_t)a,
			(char *)(uintptr_t)b, (char *)(uintptr_t)d, NULL};
	int argc = 1;

	while (argc < 4 && argv[argc] != NULL)
		argc++;
	return config_load(argc, argv, c, err);
}

TestSuite(config, .init = home_made, .fini = home_gone);

Test(config, has_defaults_for_everything)
{
	struct config c;
	struct err err;

	cr_assert(load(&c, &err, NULL, NULL, NULL), "%s", err.text);
	cr_expect_str_eq(c.url, "http://127.0.0.1:3001");
	cr_expect_eq(c.organization, NULL);
	cr_expect_eq(c.language, LANGUAGE_UNKNOWN);
	cr_expect_eq(c.theme, COLORS_AUTO);
	cr_expect_eq(c.ascii, CHOICE_AUTO);
	cr_expect_eq(c.mouse, CHOICE_YES);
	cr_expect_eq(c.bell, BELL_URGENT);
	cr_expect_eq(c.stay_signed_in, CHOICE_NO);
	cr_expect_str_eq(c.state_dir, "/tmp/state/switchback");
	config_clear(&c);
}

Test(config, arguments_win_over_the_file_and_the_file_over_defaults)
{
	struct config c;
	struct err err;
	char path[128];

	file_made("config",
		  "# mine\n\n url = https://s.example.com \nlanguage=fr\nmouse=no\r\nbell=all\n"
		  "organization=velo\nstay_signed_in=yes",
		  0644, path);
	cr_assert(load(&c, &err, "--language=en", "--email", "marie@example.com"), "%s", err.text);
	cr_expect_str_eq(c.url, "https://s.example.com");
	cr_expect_str_eq(c.organization, "velo");
	cr_expect_str_eq(c.email, "marie@example.com");
	cr_expect_eq(c.language, LANGUAGE_EN);
	cr_expect_eq(c.mouse, CHOICE_NO);
	cr_expect_eq(c.bell, BELL_ALL);
	cr_expect_eq(c.stay_signed_in, CHOICE_YES);
	cr_expect_eq(c.warnings_n, 0);
	config_clear(&c);
}

Test(config, an_unknown_key_is_a_warning_with_its_line)
{
	struct config c;
	struct err err;
	char path[128], wanted[256];

	file_made("config", "language=fr\n\ncolour=blue\n", 0644, path);
	cr_assert(load(&c, &err, NULL, NULL, NULL));
	cr_assert_eq(c.warnings_n, 1);
	snprintf(wanted, sizeof wanted,
		 "%s, line 3: there is no setting \"colour\"; it is passed over.", path);
	cr_expect_str_eq(c.warnings[0], wanted);
	config_clear(&c);
}

Test(config, what_cannot_be_is_refused_with_its_line)
{
	static const struct {
		const char *text, *sentence;
	} cases[] = {
		{"language=fr\nmouse=perhaps\n", ", line 2: mouse must be yes or no."},
		{"theme=blue\n", ", line 1: theme must be auto or mono."},
		{"nonsense\n", ", line 1: key=value is expected."},
		{"url=a\x1b[31mb\n", ", line 1: url is too long or holds a control character."},
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct config c;
		struct err err;
		char path[128], wanted[256];

		file_made("config", cases[i].text, 0644, path);
		cr_expect(!load(&c, &err, NULL, NULL, NULL));
		snprintf(wanted, sizeof wanted, "%s%s", path, cases[i].sentence);
		cr_expect_str_eq(err.text, wanted);
		config_clear(&c);
	}
}

Test(config, arguments_that_cannot_be_are_refused)
{
	static const char *const cases[][3] = {
		{"--url", NULL, NULL},
		{"--colour", NULL, NULL},
		{"marie", NULL, NULL},
		{"--ascii=yes", NULL, NULL},
		{"--language", "de", NULL},
		{"--password-fd", "x", NULL},
		{"--password", "secret", NULL},
		{"--url", "http://example.com", NULL},
		{"--url", "https://u:p@example.com", NULL},
		{"--config", "/nowhere/at/all", NULL},
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct config c;
		struct err err;

		cr_expect(!load(&c, &err, cases[i][0], cases[i][1], cases[i][2]), "%s",
			  cases[i][0]);
		cr_expect_gt(strlen(err.text), 10);
		config_clear(&c);
	}
}

Test(config, another_file_and_no_color)
{
	struct config c;
	struct err err;
	char path[128];

	file_made("config", "language=fr\n", 0644, path);
	file_made("other", "theme=auto\nascii=yes\n", 0644, path);
	setenv("NO_COLOR", "1", 1);
	cr_assert(load(&c, &err, "--config", path, NULL), "%s", err.text);
	cr_expect_eq(c.language, LANGUAGE_UNKNOWN);
	cr_expect_eq(c.theme, COLORS_NONE);
	cr_expect_eq(c.ascii, CHOICE_YES);
	config_clear(&c);
}

Test(config, what_is_printed_can_be_read_again)
{
	struct config c, again;
	struct err err;
	char path[128], *text = NULL;
	size_t n = 0;
	FILE *to = open_memstream(&text, &n);

	cr_assert(load(&c, &err, "--language=fr", "--organization=velo", "--no-mouse"));
	config_print(&c, to);
	fclose(to);
	file_made("config", text, 0644, path);
	cr_assert(load(&again, &err, NULL, NULL, NULL), "%s", err.text);
	cr_expect_eq(again.warnings_n, 0);
	cr_expect_eq(again.language, LANGUAGE_FR);
	cr_expect_str_eq(again.organization, "velo");
	cr_expect_eq(again.mouse, CHOICE_NO);
	free(text);
	config_clear(&c);
	config_clear(&again);
}

Test(config, a_sign_in_file_is_taken_only_when_nobody_else_can_read_it)
{
	struct config c;
	struct credentials who;
	struct err err;
	char path[128];

	file_made("sign-in", "organization=velo\nemail=m@example.com\npassword=a=b c\n", 0600,
		  path);
	cr_assert(load(&c, &err, "--sign-in", path, NULL));
	cr_assert(credentials_read(&c, &who, &err), "%s", err.text);
	cr_expect_str_eq(who.organization, "velo");
	cr_expect_str_eq(who.password, "a=b c");
	credentials_clear(&who);
	chmod(path, 0640);
	cr_expect(!credentials_read(&c, &who, &err));
	cr_expect(strstr(err.text, "chmod 600") != NULL);
	credentials_clear(&who);
	file_made("sign-in", "organization=velo\n", 0600, path);
	cr_expect(!credentials_read(&c, &who, &err));
	credentials_clear(&who);
	config_clear(&c);
}

Test(config, a_password_comes_from_a_descriptor)
{
	static const struct {
		const char *bytes;
		size_t n;
		const char *password; /* NULL: refused */
	} cases[] = {
		{"secret words\n", 13, "secret words"},
		{"secret", 6, "secret"},
		{"", 0, NULL},
		{"\n", 1, NULL},
		{"a\0b", 3, NULL},
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct config c;
		struct credentials who;
		struct err err;
		int fds[2];
		char number[16];
		bool good;

		cr_assert_eq(pipe(fds), 0);
		cr_assert_eq(write(fds[1], cases[i].bytes, cases[i].n), (ssize_t)cases[i].n);
		close(fds[1]);
		snprintf(number, sizeof number, "--password-fd=%d", fds[0]);
		cr_assert(load(&c, &err, number, "--organization=velo", "--email=m@e.com"));
		good = credentials_read(&c, &who, &err);
		cr_expect_eq(good, cases[i].password != NULL, "%zu", i);
		if (good && cases[i].password != NULL)
			cr_expect_str_eq(who.password, cases[i].password);
		credentials_clear(&who);
		config_clear(&c);
		close(fds[0]);
	}
}
