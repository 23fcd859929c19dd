/*
 * stream_faults.c - the live feed while everything fails: lines are closed, reset, half open and
 * frozen, services are killed, the database drops its connections. Each console must end with every
 * number once and in order.
 */
#include <criterion/criterion.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "shared/clock.h"
#include "tests/support/daemon.h"
#include "tests/support/net_peer.h"
#include "tests/support/stream.h"

#define EVENTS   "/api/events"
#define SOON_MS  10000
#define CONSOLES 24 /* half of them of each store, half at each service */
#define WRITERS  3

static struct test_db *db;
static struct daemon services[2];

static void set_up(void)
{
	db = test_db_new(TEST_DB_DEMO);
	daemon_start(&services[0], db);
	daemon_start(&services[1], db);
}

static void tear_down(void)
{
	daemon_stop(&services[0]);
	daemon_stop(&services[1]);
	test_db_free(db);
}

TestSuite(stream_faults, .init = set_up, .fini = tear_down, .timeout = 180);

static int64_t last_event(const char *organization)
{
	char sql[200];

	snprintf(sql, sizeof sql,
		 "SELECT last_event FROM organization_counters WHERE organization_id = '%s'",
		 organization);
	return sql_int(db->owner, sql);
}

static void events_add(PGconn *c, const char *organization, int n, int bytes)
{
	char count[16], size[16];
	const char *params[3] = {organization, count, size};

	snprintf(count, sizeof count, "%d", n);
	snprintf(size, sizeof size, "%d", bytes);
	PQclear(sql_ask(c,
			"SELECT event_add($1::uuid, 'customer.created', NULL, NULL,"
			" jsonb_build_object('n', n, 'body', repeat('x', $3::int)))"
			" FROM generate_series(1, $2::int) n",
			3, params));
}

/* ---- everything at once ---- */

/* A process that commits events, some at a time, and nudges nobody. */
static pid_t writer_start(const char *organization, unsigned seed, int events)
{
	pid_t child = fork();

	if (child == 0) {
		PGconn *c = PQconnectdb(db->url);
		unsigned state = seed;

		sql_context(c, organization);
		while (events > 0) {
			int n = 1 + rand_r(&state) % 20;

			events_add(c, organization, n, rand_r(&state) % 300);
			events -= n;
			usleep((unsigned)rand_r(&state) % 60000);
		}
		_exit(0);
	}
	return child;
}

struct console {
	struct stream s;
	int64_t back_at, frozen_until; /* 0: not */
	int zombie;                    /* a line that nobody reads any more */
	unsigned cuts;
};

static void console_cut(struct console *c, unsigned *state, int64_t now)
{
	c->cuts++;
	switch (rand_r(state) % 4) {
	case 0: stream_close(&c->s, false); break;
	case 1: stream_close(&c->s, true); break;
	case 2: /* half open: the service hears nothing of it */
		if (c->zombie >= 0)
			close(c->zombie);
		c->zombie = c->s.fd;
		c->s.fd = -1;
		break;
	default: c->frozen_until = now + 100 + rand_r(state) % 900; return;
	}
	c->back_at = now + rand_r(state) % 200;
}

static void console_go(struct console *c, int64_t now)
{
	struct stream *s = &c->s;

	if (c->frozen_until > now)
		return;
	c->frozen_until = 0;
	if (s->fd < 0 && c->back_at == 0)
		c->back_at = now + 50; /* the service cut it, or died */
	if (s->fd < 0 && now >= c->back_at) {
		stream_open(s);
		c->back_at = 0;
	}
	if (s->head && s->status != 200)
		cr_assert_fail("a console that resumes from %" PRId64 " was refused: %s", s->have,
			       s->text);
}

static void consoles_read(struct console *all, int64_t now)
{
	struct stream *ready[CONSOLES];
	size_t n = 0;

	for (size_t i = 0; i < CONSOLES; i++) {
		if (all[i].s.fd >= 0 && all[i].frozen_until <= now)
			ready[n++] = &all[i].s;
	}
	if (n == 0)
		usleep(5000);
	else
		stream_read(ready, n, 5);
}

static bool writers_done(pid_t *writers)
{
	bool done = true;

	for (size_t i = 0; i < WRITERS; i++) {
		if (writers[i] != 0 && waitpid(writers[i], NULL, WNOHANG) == writers[i])
			writers[i] = 0;
		done = done && writers[i] == 0;
	}
	return done;
}

static void something_fails(unsigned *state)
{
	struct daemon *d = &services[rand_r(state) % 2];

	if (rand_r(state) % 3 == 0) {
		sql_run(db->owner,
			"SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE "
			"datname ="
			" current_database() AND usename = 'switchback_app' AND random() < 0.7");
	} else {
		cr_expect_eq(daemon_end(d, SIGKILL), -1);
		daemon_again(d);
	}
}

Test(stream_faults, nothing_is_missed_and_nothing_comes_twice)
{
	static struct console consoles[CONSOLES];
	static const char *const stores[] = {DEMO_ORG_A, DEMO_ORG_B};
	static const char *const numbers[] = {DEMO_NUMBER_A, DEMO_NUMBER_B};
	struct daemon_session sessions[2];
	int64_t from[2], until[2], fail_at = clock_mono_ms() + 1000, stop_at;
	pid_t writers[WRITERS];
	unsigned state = 20261122, cuts = 0;
	bool writing = true;

	for (int i = 0; i < 2; i++) {
		daemon_session(db, stores[i], &sessions[i]);
		from[i] = last_event(stores[i]);
	}
	for (size_t i = 0; i < CONSOLES; i++) {
		stream_init(&consoles[i].s, services[i / 2 % 2].port, sessions[i % 2].token,
			    EVENTS);
		consoles[i].s.have = from[i % 2];
		consoles[i].zombie = -1;
	}
	for (unsigned i = 0; i < WRITERS; i++)
		writers[i] = writer_start(stores[i % 2], i + 7, 2500);
	while (writing) {
		int64_t now = clock_mono_ms();

		for (size_t i = 0; i < CONSOLES; i++)
			console_go(&consoles[i], now);
		consoles_read(consoles, now);
		if (rand_r(&state) % 3 == 0)
			console_cut(&consoles[(unsigned)rand_r(&state) % CONSOLES], &state, now);
		if (rand_r(&state) % 10 == 0) /* these nudge */
			(void)daemon_text(&services[rand_r(&state) % 2],
					  numbers[rand_r(&state) % 2], "+15145550173", "hello");
		if (now > fail_at) {
			something_fails(&state);
			fail_at = clock_mono_ms() + 1000;
		}
		writing = !writers_done(writers);
	}
	sql_run(db->owner, "UPDATE due_work SET due_at = now() + interval '1 day'");
	stop_at = clock_mono_ms() + SOON_MS;
	for (bool all = false; !all && clock_mono_ms() < stop_at;) {
		all = true;
		for (int i = 0; i < 2; i++)
			until[i] = last_event(stores[i]);
		for (size_t i = 0; i < CONSOLES; i++) {
			console_go(&consoles[i], clock_mono_ms());
			all = all && consoles[i].s.have >= until[i % 2];
		}
		consoles_read(consoles, clock_mono_ms());
	}
	for (size_t i = 0; i < CONSOLES; i++) {
		struct console *c = &consoles[i];

		cuts += c->cuts;
		cr_expect_eq(c->s.have, until[i % 2], "console %zu stopped at %" PRId64, i,
			     c->s.have);
		cr_expect_eq(c->s.missed, 0u, "console %zu missed %u", i, c->s.missed);
		cr_expect_eq(c->s.twice, 0u, "console %zu saw %u twice", i, c->s.twice);
		cr_expect_eq(c->s.events, (uint64_t)(c->s.have - from[i % 2]));
		if (c->zombie >= 0)
			close(c->zombie);
		stream_clear(&c->s);
	}
	cr_expect_gt(cuts, 50u);
}

/* ---- one who does not read ---- */

static unsigned cut_slow(const struct daemon *d)
{
	static struct net_answers a;
	const char *line;

	net_talk(d->port, STR_LIT("GET /metrics HTTP/1.1\r\nHost: a\r\n\r\n"), 0, 1, &a);
	line = strstr(a.bytes, "\nswitchback_streams_cut_slow_total ");
	return line == NULL ? 0 : (unsigned)strtoul(line + 35, NULL, 10);
}

Test(stream_faults, who_does_not_read_is_cut_and_holds_nobody_up)
{
	struct daemon_session session;
	struct stream slow, quick;
	int64_t until;

	daemon_session(db, DEMO_ORG_A, &session);
	stream_init(&slow, services[0].port, session.token, EVENTS);
	stream_init(&quick, services[0].port, session.token, EVENTS);
	stream_open(&slow);
	stream_open(&quick);
	cr_assert(stream_until(&slow, stream_connected, 0, SOON_MS));
	cr_assert(stream_until(&quick, stream_connected, 0, SOON_MS));
	sql_context(db->owner, DEMO_ORG_A);
	for (int i = 0; i < 40; i++) {
		events_add(db->owner, DEMO_ORG_A, 40, 20000);
		sql_run(db->owner, "NOTIFY switchback_events, '" DEMO_ORG_A "'");
		until = last_event(DEMO_ORG_A);
		cr_assert(stream_until(&quick, stream_has, until, SOON_MS), "held up at %d", i);
	}
	cr_expect_eq(cut_slow(&services[0]), 1u);
	cr_expect_eq(quick.missed + quick.twice, 0u);
	/* it finds out, comes back and reads on */
	while (stream_until(&slow, stream_has, until, 500))
		;
	cr_expect(stream_until(&slow, stream_has, until, 0) || slow.ended);
	stream_open(&slow);
	cr_expect(stream_until(&slow, stream_has, until, SOON_MS));
	cr_expect_eq(slow.missed + slow.twice, 0u);
	stream_clear(&slow);
	stream_clear(&quick);
}

/* ---- two services ---- */

Test(stream_faults, a_text_into_one_service_shows_at_the_other)
{
	static struct net_answers a;
	struct daemon_session session;
	struct stream s;

	daemon_session(db, DEMO_ORG_A, &session);
	stream_init(&s, services[1].port, session.token, EVENTS);
	stream_open(&s);
	cr_assert(stream_until(&s, stream_connected, 0, SOON_MS));
	for (int i = 0; i < 10; i++) {
		char number[20];
		int64_t before;

		snprintf(number, sizeof number, "+151455501%02d", 80 + i);
		cr_expect_eq(daemon_text(&services[0], DEMO_NUMBER_A, number, "hello"), 200);
		before = last_event(DEMO_ORG_A);
		cr_expect(stream_until(&s, stream_has, before, 500), "text %d took too long", i);
	}
	net_talk(services[1].port, STR_LIT("GET /metrics HTTP/1.1\r\nHost: a\r\n\r\n"), 0, 1, &a);
	cr_expect(strstr(a.bytes, "\nswitchback_events_found_late_total 0\n") != NULL,
		  "found by looking, not told");
	cr_expect_eq(s.missed + s.twice, 0u);
	/* without the line between them it takes a second */
	sql_run(db->owner, "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname ="
			   " current_database() AND usename = 'switchback_app' AND (query LIKE"
			   " '%pg_notify%' OR query LIKE 'LISTEN%')");
	cr_expect_eq(daemon_text(&services[0], DEMO_NUMBER_A, "+15145550199", "hello"), 200);
	cr_expect(stream_until(&s, stream_has, last_event(DEMO_ORG_A), SOON_MS));
	cr_expect_eq(s.missed + s.twice, 0u);
	stream_clear(&s);
}

/* ---- a database that stands still ---- */

static void backends_signal(int signal)
{
	PGresult *r = sql_ask(db->owner,
			      "SELECT pid FROM pg_stat_activity WHERE datname ="
			      " current_database() AND usename = 'switchback_app'",
			      0, NULL);

	for (int i = 0; i < PQntuples(r); i++)
		kill((pid_t)strtol(PQgetvalue(r, i, 0), NULL, 10), signal);
	PQclear(r);
}

Test(stream_faults, a_database_that_stands_still_delays_and_loses_nothing)
{
	struct daemon_session session;
	struct stream s;

	daemon_session(db, DEMO_ORG_A, &session);
	stream_init(&s, services[0].port, session.token, EVENTS);
	stream_open(&s);
	cr_assert(stream_until(&s, stream_connected, 0, SOON_MS));
	sql_context(db->owner, DEMO_ORG_A);
	backends_signal(SIGSTOP);
	events_add(db->owner, DEMO_ORG_A, 100, 100);
	stream_read((struct stream *[]){&s}, 1, 1500);
	cr_expect_eq(s.events, 0u);
	cr_expect_not(s.ended);
	backends_signal(SIGCONT);
	cr_expect(stream_until(&s, stream_has, last_event(DEMO_ORG_A), 2 * SOON_MS));
	cr_expect_eq(s.missed + s.twice, 0u);
	stream_clear(&s);
}
