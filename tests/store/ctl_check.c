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

static int checked(struct ctl_test *t, const struct answer *twilio)
{
	struct answers a = answers_start(twilio, 1);
	int code;

	setenv("TWILIO_API_URL", a.url, 1);
	code = CTL(t, "check");
	free(answers_stop(&a));
	return code;
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
