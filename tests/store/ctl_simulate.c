/*
 * switchbackctl simulate: a store at a moment, as its rows say and as customers are told.
 */
#include <criterion/criterion.h>

#include "server/ctl/ctl.h"
#include "tests/support/ctl.h"

static struct ctl_test *t;

static void set_up(void)
{
	t = ctl_test_new(true);
	ctl_test_store(t, "velo"); /* America/Toronto */
	CTL_DO(t, "organization", "hours", "velo", "mon-fri 9-18", "sat 22:00-02:30", "sun closed");
	CTL_DO(t, "organization", "special", "velo", "2026-07-01", "closed", "--name-en",
	       "Canada Day", "--name-fr", "fête du Canada");
}

static void tear_down(void)
{
	ctl_test_free(t);
}

TestSuite(ctl_simulate, .init = set_up, .fini = tear_down, .timeout = 60);

/* What is printed for that moment holds each of the lines. */
static void expect_says(const char *at, const char *const *lines)
{
	CTL_DO(t, "simulate", "--organization", "velo", "--at", at);
	for (; *lines != NULL; lines++)
		cr_expect_not_null(strstr(t->out, *lines), "%s: no \"%s\" in\n%s", at, *lines,
				   t->out);
}
#define SAYS(at, ...) expect_says((at), (const char *const[]){__VA_ARGS__, NULL})

Test(ctl_simulate, says_open_or_closed_and_why_and_when_that_changes)
{
	SAYS("2026-06-16 14:30", "at        Tuesday, June 16, 2026 at 2:30 p.m., UTC-04:00 (EDT)\n",
	     "store     open: the week's hours\n",
	     "closes    Tuesday, June 16, 2026 at 6:00 p.m., UTC-04:00 (EDT)\n",
	     "calls     the store may call customers\n",
	     "en        We're open now, until 6:00 p.m.\n",
	     "fr        Nous sommes ouverts en ce moment, jusqu'à 18 h.\n");
	SAYS("2026-07-01T12:00:00-04:00", "store     closed: a special day (Canada Day)\n",
	     "opens     Thursday, July 2, 2026 at 9:00 a.m., UTC-04:00 (EDT)\n");
	/* another offset names the same moment */
	SAYS("2026-07-02T06:00:00-07:00", "at        Thursday, July 2, 2026 at 9:00 a.m.",
	     "store     open: the week's hours\n");
	CTL_DO(t, "organization", "close", "velo", "--until", "2098-06-17 12:00");
	SAYS("2098-06-16 14:30", "store     closed: closed by hand\n",
	     "opens     Tuesday, June 17, 2098 at noon, UTC-04:00 (EDT)\n");
}

Test(ctl_simulate, owns_up_to_times_that_clocks_skip_or_repeat)
{
	SAYS("2026-03-08 02:15",
	     "at        Sunday, March 8, 2026 at 3:00 a.m., UTC-04:00 (EDT); that time is skipped",
	     "store     closed");
	SAYS("2026-11-01 01:15", "UTC-04:00 (EDT); that time comes twice",
	     "store     open: the week's hours\n",
	     "closes    Sunday, November 1, 2026 at 2:30 a.m., UTC-05:00 (EST)\n");
}

Test(ctl_simulate, lists_the_days_that_follow)
{
	CTL_DO(t, "simulate", "--organization", "velo", "--at", "2026-06-30 08:00", "--days", "6");
	cr_expect_not_null(strstr(t->out, "Tuesday 2026-06-30  from 9:00 a.m. to 6:00 p.m.\n"
					  "Wednesday 2026-07-01  closed (Canada Day)\n"
					  "Thursday 2026-07-02  from 9:00 a.m. to 6:00 p.m.\n"
					  "Friday 2026-07-03  from 9:00 a.m. to 6:00 p.m.\n"
					  "Saturday 2026-07-04  from 10:00 p.m. to 2:30 a.m.\n"
					  "Sunday 2026-07-05  closed\n"),
			   "%s", t->out);
}

Test(ctl_simulate, a_store_without_hours_is_closed_and_says_why)
{
	CTL_DO(t, "organization", "add", "bici", "--name", "Bici", "--time-zone",
	       "America/St_Johns");
	CTL_DO(t, "simulate", "--organization", "bici", "--at", "2026-06-16 14:30");
	cr_expect_not_null(strstr(t->out, "UTC-02:30 (NDT)"), "%s", t->out);
	cr_expect_not_null(strstr(t->out, "its hours are not known, and that counts as closed"));
	cr_expect_not_null(strstr(t->out, "calls     the store calls nobody\n"));
}

Test(ctl_simulate, what_is_no_time_or_no_number_is_named)
{
	static const char *const bad[] = {"2026-07-01", "tomorrow", "2026-02-30 10:00",
					  "2026-07-01 25:00", ""};

	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		cr_expect_eq(CTL(t, "simulate", "--organization", "velo", "--at", bad[i]),
			     CTL_FAILED, "%s", bad[i]);
		cr_expect_not_null(strstr(t->say, "is no time"), "%s", t->say);
	}
	cr_expect_eq(CTL(t, "simulate", "--organization", "velo", "--days", "0"), CTL_FAILED);
	cr_expect_eq(CTL(t, "simulate", "--organization", "nobody"), CTL_FAILED);
}
