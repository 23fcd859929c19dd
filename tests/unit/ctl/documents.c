/*
 * documents: the tables in the documents are those of the code, and the manual page knows every
 * command. Read from the checkout's root, where the tests run.
 */
#include <criterion/criterion.h>

#include "server/api/roles.h"
#include "server/ctl/ctl.h"

static char *file_read(const char *path)
{
	FILE *f = fopen(path, "r");
	char *text = xcalloc(1, 200000);

	if (f == NULL)
		cr_assert_fail("%s is not here: tests run in the checkout's root", path);
	if (fread(text, 1, 199999, f) == 0)
		cr_assert_fail("%s is empty", path);
	fclose(f);
	return text;
}

/* What stands between the two marks of that file. */
static void expect_between(const char *path, const char *begin, const char *end,
			   void (*print)(FILE *to))
{
	char *text = file_read(path), *from = strstr(text, begin), *till, *expected;
	size_t n;
	FILE *to = open_memstream(&expected, &n);

	print(to);
	fclose(to);
	cr_assert_not_null(from, "%s has no mark %s", path, begin);
	from += strlen(begin) + 1;
	till = strstr(from, end);
	cr_assert_not_null(till, "%s has no mark %s", path, end);
	*till = '\0';
	cr_expect_str_eq(from, expected,
			 "%s is not what the code says: run tests/support/tables.sh", path);
	free(text);
	free(expected);
}

Test(documents, the_settings_are_those_of_the_table)
{
	expect_between("docs/operations.md", "<!-- settings -->", "<!-- /settings -->",
		       settings_markdown);
	expect_between("docs/man/switchback.conf.5", ".\\\" settings", ".\\\" /settings",
		       settings_man);
}

Test(documents, the_roles_are_those_of_the_table)
{
	expect_between("docs/roles.md", "<!-- roles -->", "<!-- /roles -->", roles_markdown);
}

/* In troff a dash is "\-". */
static void troff(const char *text, char *out)
{
	for (; *text != '\0'; text++) {
		if (*text == '-')
			*out++ = '\\';
		*out++ = *text;
	}
	*out = '\0';
}

Test(documents, the_manual_page_tells_of_every_command)
{
	char *page = file_read("docs/man/switchbackctl.1"), *help, name[64], wanted[160], *line;
	char *argv[] = {(char *)(uintptr_t) "switchbackctl", (char *)(uintptr_t) "--help"};
	size_t n, found = 0;
	FILE *out = open_memstream(&help, &n), *in = fopen("/dev/null", "r");

	cr_assert_eq(ctl_run(2, argv, in, out, stderr), CTL_DONE);
	fclose(out);
	fclose(in);
	line = strstr(help, "Commands:\n");
	cr_assert_not_null(line);
	for (line += strlen("Commands:\n"); *line == ' '; line = strchr(line, '\n') + 1) {
		char *end = strstr(line + 2, "  ");

		snprintf(name, sizeof name, "%.*s", (int)(end - line - 2), line + 2);
		for (size_t i = strlen(name); i > 0 && name[i - 1] == ' '; i--)
			name[i - 1] = '\0';
		troff(name, wanted);
		cr_expect(strstr(page, wanted) != NULL, "%s is not in the manual page", name);
		found++;
	}
	cr_expect_gt(found, 30);
	free(page);
	free(help);
}
