/*
 * args: options and the rest, and what is refused.
 */
#include "server/ctl/args.h"

#include <criterion/criterion.h>

static struct args a;
static struct err err;

static bool read_args(const char *line)
{
	static char copy[200], *argv[20];
	int argc = 0;

	snprintf(copy, sizeof copy, "%s", line);
	for (char *p = copy; *p != '\0';) {
		argv[argc++] = p;
		p += strcspn(p, " ");
		if (*p != '\0')
			*p++ = '\0';
	}
	return args_read(argc, argv, "name= full time-zone=", &a, &err);
}

Test(args, options_stand_anywhere)
{
	cr_assert(read_args("slug --name Ann --full two --time-zone=X/Y"));
	cr_expect_eq(a.rest_n, 2);
	cr_expect_str_eq(a.rest[1], "two");
	cr_expect_str_eq(args_value(&a, "name"), "Ann");
	cr_expect_str_eq(args_value(&a, "time-zone"), "X/Y");
	cr_expect(args_has(&a, "full"));
	cr_expect_null(args_value(&a, "organization"));
	cr_assert(read_args("--full -- --name"));
	cr_expect_str_eq(a.rest[0], "--name");
	cr_assert(read_args("--name="));
	cr_expect_str_eq(args_value(&a, "name"), "");
	cr_assert(read_args("--name --full"));
	cr_expect_str_eq(args_value(&a, "name"), "--full");
}

Test(args, what_is_not_allowed_is_refused_by_name)
{
	static const char *const cases[] = {"--nam x",  "--names x",         "--name",
					    "--full=1", "--name a --name b", "--full --full",
					    "--=x",     "--time-zone"};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++)
		cr_expect_not(read_args(cases[i]), "%s", cases[i]);
}
