/*
 * switchbackctl migrate: a fresh database, the same again, and everything that must stop it before
 * harm is done.
 */
#include "server/ctl/migrate.h"

#include <criterion/criterion.h>
#include <sys/wait.h>
#include <unistd.h>

#include "server/ctl/ctl.h"
#include "tests/support/ctl.h"
#include "tests/support/db.h"

#define SHA_1 "1111111111111111111111111111111111111111111111111111111111111111"
#define SHA_2 "2222222222222222222222222222222222222222222222222222222222222222"

/* Runs a made-up list against the test's database; what was printed is in *said (free it). */
static bool migrated(struct ctl_test *t, const struct schema_list *list, enum migrate_mode mode,
		     char **said, struct err *err)
{
	struct database db;
	size_t n;
	FILE *out = open_memstream(said, &n);
	bool ok = database_open(&db, t->url, "DATABASE_URL", err) &&
		  migrate_run(&db, list, mode, out, err);

	database_close(&db);
	fclose(out);
	return ok;
}

static bool applied(struct ctl_test *t, const struct schema_file *files, size_t n, struct err *err)
{
	struct schema_list list = {.migrations = files, .migrations_n = n};
	char *said;
	bool ok = migrated(t, &list, MIGRATE_APPLY, &said, err);

	free(said);
	return ok;
}

static bool has_table(struct ctl_test *t, const char *name)
{
	char sql[120];

	snprintf(sql, sizeof sql, "SELECT count(*) FROM pg_class WHERE relname = '%s'", name);
	return sql_int(t->db, sql) > 0;
}

Test(ctl_migrate, the_whole_schema_runs_and_then_there_is_nothing_to_do)
{
	struct ctl_test *t = ctl_test_new(false);
	const struct schema_list *list = schema_list();

	CTL_DO(t, "migrate", "--dry-run");
	cr_expect(strstr(t->out, "would apply 0001_") != NULL, "%s", t->out);
	cr_expect_not(has_table(t, "organizations"));
	cr_expect_not(has_table(t, "schema_migrations"));
	CTL_DO(t, "migrate");
	cr_expect(has_table(t, "organizations"));
	cr_expect_eq(sql_int(t->db, "SELECT count(*) FROM schema_migrations"),
		     (int64_t)(list->migrations_n + list->functions_n));
	CTL_DO(t, "migrate");
	cr_expect(strstr(t->out, "nothing to do") != NULL, "%s", t->out);
	CTL_DO(t, "migrate", "--status");
	cr_expect(strstr(t->out, schema_latest_name(list)) != NULL, "%s", t->out);
	cr_expect(strstr(t->out, "pending") == NULL, "%s", t->out);
	ctl_test_free(t);
}

Test(ctl_migrate, two_at_once_do_the_work_once)
{
	struct ctl_test *t = ctl_test_new(false);
	pid_t other;
	int status = -1;

	other = fork();
	if (other == 0) {
		struct ctl_test own = {.url = t->url};

		_exit(CTL(&own, "migrate"));
	}
	CTL_DO(t, "migrate");
	cr_assert_eq(waitpid(other, &status, 0), other);
	cr_expect(WIFEXITED(status) && WEXITSTATUS(status) == 0, "the second one failed");
	cr_expect_eq(sql_int(t->db, "SELECT count(*) FROM schema_migrations WHERE name ~ '^[0-9]'"),
		     (int64_t)schema_list()->migrations_n);
	ctl_test_free(t);
}

Test(ctl_migrate, a_failing_file_leaves_nothing_and_is_named_with_its_line)
{
	static const struct schema_file files[] = {
		{"0001_good.sql", "CREATE TABLE good (a int);", SHA_1, false},
		{"0002_bad.sql",
		 "CREATE TABLE half (a int);\n-- a comment; with a semicolon\nINSERT INTO "
		 "half\nVALUES "
		 "('not a number');\n",
		 SHA_1, false},
		{"0003_after.sql", "CREATE TABLE after (a int);", SHA_1, false},
	};
	struct ctl_test *t = ctl_test_new(false);
	struct err err = {0};

	cr_expect_not(applied(t, files, 3, &err));
	cr_expect(strstr(err.text, "0002_bad.sql, line 4: ") == err.text, "%s", err.text);
	cr_expect(strstr(err.text, "not a number") != NULL, "%s", err.text);
	cr_expect(has_table(t, "good"));
	cr_expect_not(has_table(t, "half"));
	cr_expect_not(has_table(t, "after"));
	cr_expect_eq(sql_int(t->db, "SELECT count(*) FROM schema_migrations"), 1);
	ctl_test_free(t);
}

Test(ctl_migrate, what_must_not_be_built_upon_is_refused_before_anything_is_done)
{
	static const struct schema_file first[] = {
		{"0001_a.sql", "CREATE TABLE a (a int);", SHA_1, false},
		{"0003_c.sql", "CREATE TABLE c (a int);", SHA_1, false},
	};
	static const struct {
		struct schema_file files[3];
		size_t n;
		const char *said;
	} cases[] = {
		/* altered */
		{{{"0001_a.sql", "CREATE TABLE a (a bigint);", SHA_2, false},
		  {"0003_c.sql", "CREATE TABLE c (a int);", SHA_1, false},
		  {"0004_d.sql", "CREATE TABLE d (a int);", SHA_1, false}},
		 3,
		 "0001_a.sql was altered"},
		/* the database is newer */
		{{{"0001_a.sql", "CREATE TABLE a (a int);", SHA_1, false}}, 1, "0003_c.sql"},
		/* a number slipped in between */
		{{{"0001_a.sql", "CREATE TABLE a (a int);", SHA_1, false},
		  {"0002_b.sql", "CREATE TABLE d (a int);", SHA_1, false},
		  {"0003_c.sql", "CREATE TABLE c (a int);", SHA_1, false}},
		 3,
		 "0002_b.sql has not run here"},
	};
	struct ctl_test *t = ctl_test_new(false);
	struct err err = {0};

	cr_assert(applied(t, first, 2, &err), "%s", err.text);
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		cr_expect_not(applied(t, cases[i].files, cases[i].n, &err));
		cr_expect(strstr(err.text, cases[i].said) != NULL, "%s", err.text);
		cr_expect_not(has_table(t, "d"));
	}
	ctl_test_free(t);
}

Test(ctl_migrate, a_file_may_ask_to_run_without_a_transaction)
{
	static const struct schema_file files[] = {
		{"0001_a.sql", "CREATE TABLE a (a int);", SHA_1, false},
		{"0002_b.sql",
		 "-- migrate: no-transaction\nCREATE INDEX CONCURRENTLY a_a ON a (a);\nCREATE "
		 "TABLE b (a "
		 "int);",
		 SHA_1, true},
	};
	struct ctl_test *t = ctl_test_new(false);
	struct err err = {0};

	cr_expect(applied(t, files, 2, &err), "%s", err.text);
	cr_expect(has_table(t, "a_a"));
	cr_expect(has_table(t, "b"));
	ctl_test_free(t);
}

Test(ctl_migrate, a_file_cannot_end_its_transaction)
{
	static const struct schema_file files[] = {
		{"0001_a.sql", "CREATE TABLE a (a int);\nCOMMIT;\nCREATE TABLE b (a int);", SHA_1,
		 false}};
	struct ctl_test *t = ctl_test_new(false);
	struct err err = {0};

	cr_expect_not(applied(t, files, 1, &err));
	cr_expect(strstr(err.text, "0001_a.sql, line 2") == err.text, "%s", err.text);
	cr_expect_not(has_table(t, "b"));
	ctl_test_free(t);
}

Test(ctl_migrate, functions_are_replaced_when_their_text_changed_in_any_order)
{
	/* a calls b, which comes later; b changes */
	static const struct schema_file before[] = {
		{"functions/a.sql",
		 "CREATE OR REPLACE FUNCTION a() RETURNS int LANGUAGE sql AS $$ SELECT b() $$;",
		 SHA_1, false},
		{"functions/b.sql",
		 "CREATE OR REPLACE FUNCTION b() RETURNS int LANGUAGE sql AS $$ SELECT 1 $$;",
		 SHA_1, false},
	};
	static const struct schema_file after[] = {
		{"functions/a.sql",
		 "CREATE OR REPLACE FUNCTION a() RETURNS int LANGUAGE sql AS $$ SELECT b() $$;",
		 SHA_1, false},
		{"functions/b.sql",
		 "CREATE OR REPLACE FUNCTION b() RETURNS int LANGUAGE sql AS $$ SELECT 2 $$;",
		 SHA_2, false},
	};
	static const struct schema_file broken[] = {{"functions/a.sql",
						     "CREATE OR REPLACE FUNCTION a() RETURNS int "
						     "LANGUAGE sql AS $$ SELECT nobody() $$;",
						     SHA_2, false}};
	struct schema_list list = {.functions = before, .functions_n = 2};
	struct ctl_test *t = ctl_test_new(false);
	struct err err = {0};
	char *said;

	cr_assert(migrated(t, &list, MIGRATE_APPLY, &said, &err), "%s", err.text);
	free(said);
	cr_expect_eq(sql_int(t->db, "SELECT a()"), 1);
	list.functions = after;
	cr_assert(migrated(t, &list, MIGRATE_APPLY, &said, &err), "%s", err.text);
	cr_expect_str_eq(said, "replaced functions/b.sql\n");
	free(said);
	cr_expect_eq(sql_int(t->db, "SELECT a()"), 2);
	list = (struct schema_list){.functions = broken, .functions_n = 1};
	cr_expect_not(migrated(t, &list, MIGRATE_APPLY, &said, &err), "a body that calls nobody");
	free(said);
	cr_expect_eq(sql_int(t->db, "SELECT a()"), 2);
	ctl_test_free(t);
}

Test(ctl_migrate, demo_data_stay_away_from_real_stores)
{
	struct ctl_test *t = ctl_test_new(true);

	CTL_DO(t, "demo", "load");
	CTL_DO(t, "demo", "load");
	CTL_DO(t, "organization", "list");
	cr_expect(strstr(t->out, "bici-downtown") != NULL &&
		  strstr(t->out, "velo-plateau") != NULL);
	CTL_DO(t, "organization", "add", "real", "--name", "Real", "--time-zone",
	       "America/Toronto");
	cr_expect_eq(CTL(t, "demo", "load"), CTL_FAILED);
	cr_expect(strstr(t->say, "(real)") != NULL, "%s", t->say);
	ctl_test_free(t);
}

Test(ctl_migrate, without_a_database_it_says_which_setting_is_wrong)
{
	struct ctl_test t = {0};
	char away[] = "postgresql://nobody:canary@127.0.0.1:1/none", none[] = "";

	t.url = away;
	cr_expect_eq(CTL(&t, "migrate"), CTL_FAILED);
	cr_expect(strstr(t.say, "DATABASE_URL") != NULL, "%s", t.say);
	cr_expect(strstr(t.say, "canary") == NULL, "%s", t.say);
	t.url = none;
	cr_expect_eq(CTL(&t, "migrate"), CTL_FAILED);
	cr_expect(strstr(t.say, "DATABASE_URL is not set") != NULL, "%s", t.say);
	free(t.out);
	free(t.say);
}
