/*
 * understand_datetime: a set of lines with their moments in, start and end out.
 */
#include <criterion/criterion.h>

#include "server/ctl/ctl.h"
#include "tests/unit/ctl/understand.h"

Test(understand_datetime, writes_start_and_end_of_each_line)
{
	struct understood u = understood(
		"datetime", "lang\tref\ttext\n"
			    "en\t2026-04-16T13:05:00-04:00[America/Toronto]\ttomorrow at 3\n"
			    "fr\t2026-04-16T13:05:00-04:00[America/Toronto]\tdemain avant-midi\n"
			    "en\t2026-03-07T09:00:00-05:00[America/Toronto]\ttomorrow at 2:30 am\n"
			    "en\t2026-10-01T09:10:00-05:00[America/Winnipeg]\tnov 5 at 10\n"
			    "en\t2026-03-07T09:00:00-05:00\ttomorrow at 10\n"
			    "-\t2026-06-01T09:00:00-02:30\ttomorrow at 10\n"
			    "-\t2026-06-01T09:00:00Z\ttomorrow at 10\n"
			    "fr\t2026-04-16T13:05:00-04:00[America/Toronto]\tdemain avant 11h\n"
			    "fr\t2026-04-16T13:05:00-04:00[America/Toronto]\tla fin de semaine\n"
			    "fr\t2026-04-16T13:05:00-04:00[America/Toronto]\tpneu 700x28\n");

	cr_expect_eq(u.code, 0, "%s", u.said);
	cr_expect_str_eq(u.out, "2026-04-17T15:00:00-04:00\t-\n"
				"2026-04-17T08:00:00-04:00\t2026-04-17T12:00:00-04:00\n"
				"2026-03-08T03:00:00-04:00\t-\n"
				"2026-11-05T10:00:00-06:00\t-\n"
				"2026-03-08T10:00:00-05:00\t-\n"
				"2026-06-02T10:00:00-02:30\t-\n"
				"2026-06-02T10:00:00+00:00\t-\n"
				"2026-04-17\t2026-04-17T11:00:00-04:00\n"
				"2026-04-18\t2026-04-20\n"
				"-\t-\n");
	understood_clear(&u);
}

Test(understand_datetime, refuses_a_moment_that_it_cannot_read)
{
	static const struct {
		const char *ref, *said;
	} refused[] = {
		{"yesterday", "cannot be read"},
		{"2026-04-16T13:05:00", "cannot be read"},
		{"2026-04-16T13:05:00-04:00[Mars/Olympus]", "names no zone"},
		{"2026-04-16T13:05:00-04:00[America/Toronto", "names no zone"},
	};

	for (size_t i = 0; i < ARRAY_LEN(refused); i++) {
		char set[200];
		struct understood u;

		snprintf(set, sizeof(set), "lang\tref\ttext\nen\t%s\ttomorrow\n", refused[i].ref);
		u = understood("datetime", set);
		cr_expect_eq(u.code, 1, "%s", refused[i].ref);
		cr_expect_not_null(strstr(u.said, refused[i].said), "%s", u.said);
		understood_clear(&u);
	}
}
