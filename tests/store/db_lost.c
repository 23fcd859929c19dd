/*
 * db_lost.c - the pool (server/db/db.h) when its connections go at the worst moment: asks that may
 * be repeated are answered all the same, others are told, and the process goes on.
 */
#include <criterion/criterion.h>
#include <unistd.h>

#include "server/db/db.h"
#include "server/db/row.h"
#include "shared/clock.h"
#include "tests/support/inside.h"

#define SOON_MS 10000
#define ASKS    32

TestSuite(db_lost, .init = inside_up, .fini = inside_down);

static const struct db_statement ask_again = {"ask_again", "SELECT 7::bigint", 0, true};
static const struct db_statement ask_once = {"ask_once", "SELECT 8::bigint", 0, false};

struct asks {
	unsigned answered, refused;
};

struct asking {
	struct flow flow;
	struct asks *all;
	const struct db_statement *statement;
	int64_t got;
};

static void got_read(struct flow *f, const struct db_rows *rows, void *out)
{
	(void)f;
	*(int64_t *)out = row_int(rows, 0, 0);
}

static void answered(struct flow *f)
{
	struct asking *a = FLOW_SELF(f, struct asking);

	a->all->answered += a->got == 7 || a->got == 8;
}

static void refused(struct flow *f)
{
	FLOW_SELF(f, struct asking)->all->refused++;
}

static void first(struct flow *f)
{
	struct asking *a = FLOW_SELF(f, struct asking);

	db_ask(f, inside.app.db, a->statement, NULL, got_read, &a->got);
	flow_then(f, answered);
}

static const struct flow_kind kind = FLOW_KIND(asking, first, refused, 8000);

static void ask(struct asks *all, const struct db_statement *s)
{
	struct asking *a = flow_new(inside.app.flows, &kind);

	a->all = all;
	a->statement = s;
	flow_begin(&a->flow);
}

static bool all_ended(void *with)
{
	struct asks *all = with;

	return all->answered + all->refused == ASKS;
}

static bool connected(void *with)
{
	struct db_figures f;

	(void)with;
	db_figures(inside.app.db, &f);
	return f.connected == 2;
}

/* The server's side of the pool's connections ends, and the pool, whose loop does not turn, cannot
 * know. */
static void backends_end(void)
{
	sql_run(inside.db->owner,
		"SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE usename = "
		"'switchback_app' AND datname = current_database() AND pid <> "
		"pg_backend_pid()");
}

Test(db_lost, asks_on_connections_that_went_unnoticed_are_asked_again)
{
	struct asks all = {0, 0};

	inside_until(connected, NULL, SOON_MS);
	for (int round = 0; round < 5; round++) {
		all = (struct asks){0, 0};
		backends_end();
		/* the first finds a dead peer, those after it a broken pipe, on which libpq closes
		 * its socket */
		for (int i = 0; i < ASKS; i++)
			ask(&all, &ask_again);
		inside_until(all_ended, &all, SOON_MS);
		cr_expect_eq(all.answered, ASKS);
		inside_until(connected, NULL, SOON_MS);
	}
}

Test(db_lost, asks_that_may_not_be_repeated_are_told)
{
	struct asks all = {0, 0};

	inside_until(connected, NULL, SOON_MS);
	backends_end();
	for (int i = 0; i < ASKS; i++)
		ask(&all, &ask_once);
	inside_until(all_ended, &all, SOON_MS);
	cr_expect_gt(all.refused,
		     0); /* those in flight; who still waited in the queue is answered */
	cr_expect_lt(all.refused, ASKS);
	inside_until(connected, NULL, SOON_MS);
}
