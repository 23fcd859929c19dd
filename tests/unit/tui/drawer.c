/*
 * drawer.c - what was begun is there again after a crash, and gone once it was sent.
 */
#include "tui/link/drawer.h"

#include <criterion/criterion.h>
#include <dirent.h>
#include <sys/stat.h>
#include <unistd.h>

#define ORGANIZATION "00000000-0000-4000-8000-000000000002"
#define USER         "00000000-0000-4000-8000-000000000001"

static char home[64];

static void home_made(void)
{
	snprintf(home, sizeof home, "/tmp/switchback-drafts-XXXXXX");
	cr_assert_not_null(mkdtemp(home));
}

static void emptied(const char *path)
{
	DIR *d = opendir(path);
	const struct dirent *e;
	char name[512];

	while (d != NULL && (e = readdir(d)) != NULL) {
		if (strcmp(e->d_name, ".") == 0 || strcmp(e->d_name, "..") == 0)
			continue;
		snprintf(name, sizeof name, "%s/%s", path, e->d_name);
		if (unlink(name) != 0)
			emptied(name);
	}
	if (d != NULL)
		closedir(d);
	rmdir(path);
}

static void home_gone(void)
{
	emptied(home);
}

TestSuite(drawer, .init = home_made, .fini = home_gone);

struct loaded {
	char text[DRAWER_TEXT_MAX + 1];
	const char *of;
	unsigned n;
};

static void on_draft(void *to, struct str conversation, struct str text)
{
	struct loaded *l = to;

	l->n++;
	if (l->of != NULL && str_is(conversation, l->of))
		snprintf(l->text, sizeof l->text, STR_FMT, STR_ARG(text));
}

static unsigned load(const char *user, const char *of, struct loaded *l)
{
	struct drawer d = {0};
	struct scribe *s = scribe_open();

	*l = (struct loaded){.of = of};
	drawer_of(&d, s, home, ORGANIZATION, user);
	drawer_load(&d, on_draft, l);
	drawer_clear(&d);
	scribe_close(s);
	return l->n;
}

static void save(const char *user, const char *conversation, const char *text)
{
	struct drawer d = {0};
	struct scribe *s = scribe_open();
	struct err err;

	drawer_of(&d, s, home, ORGANIZATION, user);
	drawer_put(&d, str_of(conversation), STR_LIT("overtaken while it waited"));
	drawer_put(&d, str_of(conversation), str_of(text));
	drawer_clear(&d);
	cr_expect(!scribe_failed(s, &err), "%s", err.text);
	scribe_close(s);
}

Test(drawer, are_there_again_for_their_own_user)
{
	struct loaded l;
	static const char *const names[] = {"00000000-0000-4000-8000-000000000003",
					    "new:+14165550001", "new:../../../etc/passwd"};

	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		save(USER, names[i], "l\xc3\xa0\nline two ");
		cr_expect_eq(load(USER, names[i], &l), i + 1);
		cr_expect_str_eq(l.text, "l\xc3\xa0\nline two ", "%s", names[i]);
	}
	cr_expect_eq(load("00000000-0000-4000-8000-000000000009", NULL, &l), 0);
	save(USER, names[0], "second thought");
	load(USER, names[0], &l);
	cr_expect_str_eq(l.text, "second thought");
	save(USER, names[0], "");
	cr_expect_eq(load(USER, names[0], &l), ARRAY_LEN(names) - 1);
	cr_expect_str_eq(l.text, "");
	save(USER, names[0], "");
}

Test(drawer, are_nobody_elses_to_read)
{
	char path[256];
	struct stat st;
	struct loaded l;

	save(USER, "a", "words");
	snprintf(path, sizeof path, "%s/drafts/" ORGANIZATION "-" USER, home);
	cr_assert_eq(stat(path, &st), 0);
	cr_expect_eq(st.st_mode & 0777, 0700);
	snprintf(path, sizeof path, "%s/drafts/" ORGANIZATION "-" USER "/a.txt", home);
	cr_assert_eq(stat(path, &st), 0);
	cr_expect_eq(st.st_mode & 0777, 0600);
	cr_assert_eq(chmod(path, 0644), 0);
	load(USER, "a", &l);
	cr_expect_eq(l.n, 0, "what others could have written is not put into somebody's mouth");
}

Test(drawer, that_are_too_long_or_strange_are_left)
{
	struct loaded l;
	char *text = xcalloc(1, DRAWER_TEXT_MAX + 2), name[400];

	memset(text, 'x', DRAWER_TEXT_MAX + 1);
	memset(name, '/', sizeof name - 1);
	name[sizeof name - 1] = '\0';
	{
		struct drawer d = {0};
		struct scribe *s = scribe_open();

		drawer_of(&d, s, home, ORGANIZATION, USER);
		drawer_put(&d, STR_LIT("a"), str_of(text));
		drawer_put(&d, str_of(name), STR_LIT("words"));
		drawer_put(&d, STR_LIT(""), STR_LIT("words"));
		drawer_of(&d, s, NULL, NULL, NULL);
		drawer_put(&d, STR_LIT("a"), STR_LIT("nobody's"));
		drawer_clear(&d);
		scribe_close(s);
	}
	cr_expect_eq(load(USER, NULL, &l), 0);
	free(text);
}

Test(drawer, a_disk_that_takes_nothing_is_said)
{
	struct scribe *s = scribe_open();
	struct err err;
	bool failed = false;

	scribe_write(s, "/proc/nothing/can/be/here", STR_LIT("words"));
	for (int i = 0; i < 500 && !failed; i++) {
		struct timespec t = {0, 2 * 1000 * 1000};

		failed = scribe_failed(s, &err);
		nanosleep(&t, NULL);
	}
	cr_expect(failed);
	cr_expect(!scribe_failed(s, &err), "once");
	scribe_close(s);
}
