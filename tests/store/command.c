/*
 * command.c - commands that come twice, at the same moment, or into something else's way: one
 * function call of each is a transaction, and what races is decided by the database. Many
 * connections, a thread each.
 */
#include <criterion/criterion.h>
#include <pthread.h>

#include "server/api/conversations.h"
#include "shared/clock.h"
#include "tests/support/desk.h"

#define MAYA   "+15145550199"
#define LEASE  "aaaaaaaa-0000-4000-8000-000000000001"
#define RACERS 8
#define OF_MAYA \
	"(SELECT id FROM conversations WHERE peer = '" MAYA "' ORDER BY opened_at DESC LIMIT 1)"

static struct test_db *t;
static struct desk *d;
static char *thread;

static void expect_int(const char *sql, int64_t wanted)
{
	int64_t got = sql_int(t->owner, sql);

	cr_expect_eq(got, wanted, "%s: %" PRId64 ", wanted %" PRId64, sql, got, wanted);
}

static void expect_text(const char *sql, const char *wanted)
{
	char *got = sql_text(t->owner, sql);

	cr_expect_str_eq(got, wanted, "%s: \"%s\", wanted \"%s\"", sql, got, wanted);
	free(got);
}

static void expect_is(const struct desk_answer *a, const char *outcome, const char *code)
{
	cr_expect_str_eq(a->outcome, outcome, "%s, wanted %s\n%.500s", a->outcome, outcome,
			 a->text);
	cr_expect_str_eq(a->code, code, "%s, wanted %s", a->code, code);
}

static void set_up(void)
{
	t = test_db_new(TEST_DB_DEMO);
	d = desk_open(t, DEMO_ORG_A);
	desk_user(d, "Jordan");
	sql_run(t->app, "SELECT text_in('" DEMO_NUMBER_A "', '" MAYA
			"', 'e164', 'SM1', NULL, 'hello', NULL, NULL,"
			" NULL, NULL, NULL, NULL)");
	thread = sql_text(t->app, "SELECT " OF_MAYA);
}

static void tear_down(void)
{
	free(thread);
	desk_close(d);
	test_db_free(t);
}

TestSuite(command, .init = set_up, .fini = tear_down, .timeout = 120);

/* ---- the same twice ---- */

Test(command, the_same_key_is_the_same_answer_and_nothing_happens_again)
{
	const struct desk_answer *a = DESK(d, &conversation_reply_row, {"id", thread},
					   {"epoch", "1"}, {"body", "hi"}, {"key", "k1"});
	const struct desk_answer *b = DESK(d, &conversation_reply_row, {"id", thread},
					   {"epoch", "1"}, {"body", "hi"}, {"key", "k1"});

	expect_is(a, "created", "");
	expect_is(b, "created", "");
	cr_expect_str_eq(a->text, b->text);
	expect_int("SELECT count(*) FROM messages WHERE body = 'hi'", 1);
	expect_is(DESK(d, &conversation_reply_row, {"id", thread}, {"epoch", "2"}, {"body", "ho"},
		       {"key", "k1"}),
		  "conflict", "idempotency_mismatch");
	expect_is(DESK(d, &conversation_note_row, {"id", thread}, {"body", "hi"}, {"key", "k1"}),
		  "conflict", "idempotency_mismatch");
	expect_int("SELECT count(*) FROM messages WHERE body = 'ho'", 0);
	desk_user(d, "Sylvie"); /* her keys are hers */
	expect_is(DESK(d, &conversation_note_row, {"id", thread}, {"body", "hi"}, {"key", "k1"}),
		  "created", "");
}

Test(command, what_was_refused_once_does_not_happen_when_it_comes_again)
{
	DESK(d, &conversation_take_over_row, {"id", thread}, {"epoch", "1"});
	desk_user(d, "Sylvie");
	expect_is(DESK(d, &conversation_start_row, {"phone_number", MAYA}, {"body", "me"},
		       {"key", "k"}),
		  "conflict", "already_held");
	desk_user(d, "Jordan");
	DESK(d, &conversation_hand_back_row, {"id", thread}, {"epoch", "2"});
	desk_user(d, "Sylvie");
	expect_is(DESK(d, &conversation_start_row, {"phone_number", MAYA}, {"body", "me"},
		       {"key", "k"}),
		  "conflict", "already_held");
	expect_is(DESK(d, &conversation_start_row, {"phone_number", MAYA}, {"body", "me"},
		       {"key", "k2"}),
		  "created", "");
}

Test(command, a_command_that_broke_off_left_nothing_and_can_be_asked_again)
{
	struct desk_said said[] = {
		{"id", thread}, {"epoch", "1"}, {"body", "hi"}, {"key", "k"}, {NULL, NULL}};
	PGconn *c = test_db_connect(t->app_url);

	sql_context(c, DEMO_ORG_A);
	sql_run(c, "BEGIN");
	free(desk_send(d, c, &conversation_reply_row, said));
	PQfinish(c); /* before the commit */
	for (int i = 0; i < 2; i++)
		expect_is(DESK(d, &conversation_reply_row, said[0], said[1], said[2], said[3]),
			  "created", "");
	expect_int("SELECT count(*) FROM messages WHERE body = 'hi'", 1);
	expect_int("SELECT (SELECT last_event FROM organization_counters WHERE organization_id = "
		   "'" DEMO_ORG_A "') - count(*) FROM events WHERE organization_id = '" DEMO_ORG_A
		   "'",
		   0);
}

Test(command, keys_are_kept_for_a_day)
{
	for (int i = 0; i < 3; i++) {
		const char *key = i == 0 ? "old" : i == 1 ? "young" : "next";

		DESK(d, &conversation_note_row, {"id", thread}, {"body", "hi"}, {"key", key});
		if (i == 0)
			sql_run(t->owner,
				"UPDATE command_keys SET created_at = now() - interval '25 hours'");
	}
	expect_text("SELECT string_agg(key, ' ' ORDER BY key) FROM command_keys",
		    "key next key young");
}

Test(command, a_card_that_is_taken_out_later_leaves_the_kept_answers_too)
{
	sql_run(t->owner, "UPDATE messages SET body = '4111 1111 1111' WHERE body = 'hello'");
	DESK(d, &conversation_note_row, {"id", thread}, {"body", "a note"}, {"key", "k"});
	expect_int("SELECT count(*) FROM command_keys WHERE body::text LIKE '%4111%'", 1);
	sql_run(t->app, "SELECT message_redact('" DEMO_ORG_A "', " OF_MAYA
			", jsonb_build_object((SELECT id FROM messages WHERE"
			" twilio_message_sid = 'SM1')::text, '[card]'))");
	expect_int("SELECT count(*) FROM command_keys WHERE body::text LIKE '%4111%'", 0);
	expect_is(DESK(d, &conversation_note_row, {"id", thread}, {"body", "a note"}, {"key", "k"}),
		  "created", "");
}

/* ---- all at once ---- */

struct racer {
	pthread_t thread;
	PGconn *c;
	const struct api_row *row;
	struct desk_said said[6];
	const char *sql, *then; /* instead of a row; each second time */
	int64_t until_us;       /* again and again till then; 0: once */
	char *came;             /* of the last */
	pthread_barrier_t *start;
};

/* In a thread nothing may assert: what went wrong is kept. */
static char *asked(PGconn *c, const char *sql)
{
	PGresult *r = PQexec(c, sql);
	char *out = xstrdup(PQresultStatus(r) == PGRES_TUPLES_OK ? PQgetvalue(r, 0, 0)
								 : PQresultErrorMessage(r));

	PQclear(r);
	return out;
}

static void *raced(void *arg)
{
	struct racer *r = arg;
	bool broken = false;

	pthread_barrier_wait(r->start);
	for (int i = 0; !broken && (i == 0 || clock_wall_us() < r->until_us); i++) {
		free(r->came);
		r->came = r->sql != NULL
				  ? asked(r->c, r->then != NULL && i % 2 == 1 ? r->then : r->sql)
				  : desk_send(d, r->c, r->row, r->said);
		broken = strstr(r->came, "ERROR") != NULL;
	}
	return NULL;
}

static void race(struct racer *racers, unsigned n)
{
	pthread_barrier_t start;

	pthread_barrier_init(&start, NULL, n);
	for (unsigned i = 0; i < n; i++) {
		struct racer *r = &racers[i];

		if (r->c == NULL) {
			r->c = test_db_connect(t->app_url);
			sql_context(r->c, DEMO_ORG_A);
		}
		r->start = &start;
		cr_assert_eq(pthread_create(&r->thread, NULL, raced, r), 0);
	}
	for (unsigned i = 0; i < n; i++) {
		pthread_join(racers[i].thread, NULL);
		cr_expect(strstr(racers[i].came, "ERROR") == NULL, "%s", racers[i].came);
	}
	pthread_barrier_destroy(&start);
}

static void race_over(struct racer *racers, unsigned n)
{
	for (unsigned i = 0; i < n; i++) {
		PQfinish(racers[i].c);
		free(racers[i].came);
	}
}

static unsigned came(const struct racer *racers, unsigned n, const char *what)
{
	unsigned count = 0;

	for (unsigned i = 0; i < n; i++)
		count += strcmp(racers[i].came, what) == 0;
	return count;
}

static PGresult *users(void)
{
	return sql_ask(t->app, "SELECT id FROM user_profiles ORDER BY email", 0, NULL);
}

Test(command, of_all_who_take_a_thread_at_once_one_wins_and_the_others_are_told)
{
	PGresult *who = users();
	unsigned n = (unsigned)PQntuples(who);
	struct racer racers[RACERS] = {0};
	char epoch[20];

	cr_assert_geq(n, 6u);
	for (int round = 0; round < 40; round++) {
		snprintf(epoch, sizeof epoch, "%d", 1 + 2 * round);
		for (unsigned i = 0; i < n; i++) {
			racers[i].row = &conversation_take_over_row;
			racers[i].said[0] = (struct desk_said){"id", thread};
			racers[i].said[1] = (struct desk_said){"epoch", epoch};
			racers[i].said[2] = (struct desk_said){"user", PQgetvalue(who, (int)i, 0)};
		}
		race(racers, n);
		cr_expect_eq(came(racers, n, "ok"), 1u, "round %d: %u winners", round,
			     came(racers, n, "ok"));
		cr_expect_eq(came(racers, n, "already_held"), n - 1, "round %d", round);
		sql_run(t->owner, "UPDATE conversations SET holder = 'agent', holder_user_id = "
				  "NULL, epoch = epoch + 1 WHERE id = " OF_MAYA);
	}
	expect_int("SELECT count(*) FROM messages WHERE body = 'took over'", 40);
	race_over(racers, n);
	PQclear(who);
}

Test(command, the_same_command_many_times_at_once_is_one)
{
	struct racer racers[RACERS] = {0};

	for (unsigned i = 0; i < RACERS; i++) {
		racers[i].row = &conversation_reply_row;
		racers[i].said[0] = (struct desk_said){"id", thread};
		racers[i].said[1] = (struct desk_said){"epoch", "1"};
		racers[i].said[2] = (struct desk_said){"body", "once"};
		racers[i].said[3] = (struct desk_said){"key", "k"};
	}
	race(racers, RACERS);
	cr_expect_eq(came(racers, RACERS, "created"), (unsigned)RACERS);
	expect_int("SELECT count(*) FROM messages WHERE body = 'once'", 1);
	expect_int("SELECT count(*) FROM outbox WHERE body = 'once'", 1);
	race_over(racers, RACERS);
}

/* Every reply that was accepted was written by who held the thread under the epoch that it carries.
 */
Test(command, replies_race_with_takeovers_and_nobody_speaks_who_does_not_hold)
{
	PGresult *who = users();
	struct racer racers[RACERS] = {0};
	unsigned n = 6;

	for (int round = 0; round < 30; round++) {
		char *epoch =
			sql_text(t->app, "SELECT epoch FROM conversations WHERE id = " OF_MAYA);

		for (unsigned i = 0; i < n; i++) {
			racers[i].row =
				i % 2 == 0 ? &conversation_take_over_row : &conversation_reply_row;
			racers[i].said[0] = (struct desk_said){"id", thread};
			racers[i].said[1] = (struct desk_said){"epoch", epoch};
			racers[i].said[2] = (struct desk_said){"user", PQgetvalue(who, (int)i, 0)};
			racers[i].said[3] = i % 2 == 0 ? (struct desk_said){NULL, NULL}
						       : (struct desk_said){"body", "race"};
		}
		race(racers, n);
		cr_expect_eq(came(racers, n, "ok") + came(racers, n, "created"), 1u);
		sql_run(t->owner, "UPDATE conversations SET holder = 'agent', holder_user_id = "
				  "NULL, epoch = epoch + 1 WHERE id = " OF_MAYA);
		free(epoch);
	}
	/* one marker a taking, by the same person and under the same epoch as the words behind it
	 */
	expect_int("SELECT count(*) FROM messages m WHERE m.body = 'race' AND NOT EXISTS (SELECT "
		   "FROM messages k WHERE"
		   " k.conversation_id = m.conversation_id AND k.body = 'took over' AND k.epoch = "
		   "m.epoch AND k.author_user_id = m.author_user_id)",
		   0);
	expect_int("SELECT count(*) FROM (SELECT epoch FROM messages WHERE body = 'took over' "
		   "GROUP BY epoch HAVING count(*) > 1) x",
		   0);
	race_over(racers, n);
	PQclear(who);
}

/* Everything that locks a thread, from all sides at once: nothing deadlocks (sql_ask fails the
 * test), numbers have no gaps, no agent's word leaves after a person took over. */
Test(command, everything_at_once_neither_deadlocks_nor_leaves_a_gap)
{
	static const char in[] = "SELECT outcome FROM text_in('" DEMO_NUMBER_A "', '" MAYA
				 "', 'e164', 'SM' || md5(random()::text), NULL,"
				 " 'and?', NULL, NULL, NULL, NULL, NULL, NULL)";
	/* as the runner does: leased in a transaction of its own, then done */
	static const char lease[] = "WITH w AS (UPDATE due_work SET lease = gen_random_uuid(), "
				    "leased_until = now() + interval '1 minute', dirty = false"
				    " WHERE (kind, ref) IN (SELECT kind, ref FROM due_work WHERE "
				    "lease IS NULL LIMIT 5 FOR UPDATE SKIP LOCKED)"
				    " RETURNING 1) SELECT count(*) FROM w";
#define LEASED(k)                                           \
	"(SELECT ref, lease FROM due_work WHERE kind = '" k \
	"' AND lease IS NOT NULL ORDER BY random() LIMIT 1) w"
	static const char turn[] = "SELECT count(s.outcome) FROM " LEASED(
		"agent_turn") " JOIN conversations c ON c.id = w.ref,"
			      " agent_turn_store('" DEMO_ORG_A
			      "', c.id, w.lease, c.epoch, c.last_position, 'en', false, 'bot', 1,"
			      " 'general_support', 'human_request', 'x', now() + interval '10 ms', "
			      "NULL) s";
	static const char claim[] =
		"SELECT count(c.action) FROM " LEASED("outbox") ", outbox_claim('" DEMO_ORG_A
								"', w.ref, w.lease) c";
	static const char settle[] = "SELECT count(s.state) FROM " LEASED(
		"outbox") ", outbox_settle('" DEMO_ORG_A "', w.ref, w.lease,"
			  " (ARRAY['sent','again','unknown'])[1 + floor(random() * 3)], NULL, 1, "
			  "NULL, NULL, NULL, 0) s";
	static const char promise[] =
		"SELECT count(p.outcome) FROM " LEASED("promise") ", promise_due('" DEMO_ORG_A
								  "', w.ref, w.lease) p";
	static const char staff[] =
		"WITH c AS (SELECT id, epoch, floor(random() * 7) AS x FROM conversations WHERE "
		"peer = '" MAYA "' AND state = 'open'),"
		" u AS (SELECT id FROM user_profiles ORDER BY random() LIMIT 1)"
		" SELECT CASE x WHEN 0 THEN (SELECT outcome FROM "
		"conversation_take_over(row('" DEMO_ORG_A
		"', u.id, NULL, NULL, NULL, md5(random()::text),"
		" sha256('x'))::staff_call, c.id, epoch, true, 'mine', true))"
		" WHEN 1 THEN (SELECT outcome FROM conversation_reply(row('" DEMO_ORG_A
		"', u.id, NULL, NULL, NULL, NULL, NULL)::staff_call, c.id, epoch, 'human', NULL, "
		"1))"
		" WHEN 4 THEN 'rest' WHEN 5 THEN 'rest' WHEN 2 THEN (SELECT outcome FROM "
		"conversation_hand_back(row('" DEMO_ORG_A
		"', coalesce((SELECT holder_user_id FROM conversations k WHERE k.id = c.id), u.id),"
		" NULL, NULL, NULL, NULL, NULL)::staff_call, c.id, epoch))"
		" WHEN 3 THEN (SELECT outcome FROM conversation_close(row('" DEMO_ORG_A
		"', u.id, NULL, NULL, NULL, NULL, NULL)::staff_call, c.id, epoch, NULL))"
		" ELSE (SELECT outcome FROM conversation_start(row('" DEMO_ORG_A
		"', u.id, NULL, NULL, NULL, NULL, NULL)::staff_call, NULL, '" MAYA
		"', NULL, 'first', NULL, 1)) END"
		" FROM c, u UNION ALL SELECT 'none' LIMIT 1";
	static const char *const all[] = {in, lease, turn, claim, promise, staff, staff};
	struct racer racers[ARRAY_LEN(all)] = {0};

	for (unsigned i = 0; i < ARRAY_LEN(all); i++) {
		racers[i].sql = all[i];
		racers[i].then = all[i] == claim ? settle : NULL; /* one worker does both */
		racers[i].until_us = clock_wall_us() + 6000000;
	}
	race(racers, ARRAY_LEN(all));
	for (int i = 0; i < 4; i++) { /* it did happen */
		static const char *const done[] = {"human", "bot", "handed back", "closed"};
		char sql[100];

		snprintf(sql, sizeof sql,
			 "SELECT least(count(*), 1) FROM messages WHERE body = '%s'", done[i]);
		expect_int(sql, 1);
	}
	expect_int("SELECT (SELECT last_event FROM organization_counters WHERE organization_id = "
		   "'" DEMO_ORG_A "') - count(*) + max(seq) - count(*) FROM events WHERE "
		   "organization_id = '" DEMO_ORG_A "'",
		   0);
	expect_int("SELECT coalesce(audit_broken('" DEMO_ORG_A "'), 0)", 0);
	expect_int("SELECT count(*) FROM (SELECT position - row_number() OVER (PARTITION BY "
		   "conversation_id ORDER BY position) AS gap FROM"
		   " messages WHERE organization_id = '" DEMO_ORG_A "') x WHERE gap <> 0",
		   0);
	expect_int("SELECT count(*) FROM (SELECT conversation_id FROM escalations WHERE closed_at "
		   "IS NULL GROUP BY 1 HAVING count(*) > 1) x",
		   0);
	race_over(racers, ARRAY_LEN(all));
}
