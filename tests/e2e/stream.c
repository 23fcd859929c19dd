/*
 * stream.c - the live feed as a console sees it: the real service, its database, real lines. What
 * it begins and ends with, what it refuses, whose events it shows, who is cut. That nothing is lost
 * or doubled when lines, services and databases fail: stream_faults.c.
 */
#include <criterion/criterion.h>
#include <signal.h>
#include <sys/socket.h>

#include "shared/clock.h"
#include "tests/support/daemon.h"
#include "tests/support/net_peer.h"
#include "tests/support/stream.h"

#define EVENTS  "/api/events"
#define SOON_MS 10000 /* a machine that is busy with other tests, too */
#define ABSENT  "00000000-0000-4000-8000-00000000dead"

static struct test_db *db;
static struct daemon service;
static struct daemon_session ours, theirs; /* of stores A and B */

static void set_up(void)
{
	db = test_db_new(TEST_DB_DEMO);
	daemon_session(db, DEMO_ORG_A, &ours);
	daemon_session(db, DEMO_ORG_B, &theirs);
	daemon_start(&service, db);
}

static void tear_down(void)
{
	daemon_stop(&service);
	test_db_free(db);
}

TestSuite(stream, .init = set_up, .fini = tear_down, .timeout = 120);

/* ---- events of the test's own ---- */

static int64_t last_event(const char *organization)
{
	sql_context(db->owner, organization);
	return sql_int(db->owner, "SELECT last_event FROM organization_counters"
				  " WHERE organization_id = current_setting("
				  "'app.current_organization_id')::uuid");
}

/* n events by a direct writer, who nudges nobody. */
static void events_add(const char *organization, int n, const char *body)
{
	char count[16];
	const char *params[3] = {organization, count, body};

	snprintf(count, sizeof count, "%d", n);
	sql_context(db->owner, organization);
	PQclear(sql_ask(db->owner,
			"SELECT event_add($1::uuid, 'customer.created', NULL, NULL,"
			" jsonb_build_object('n', n, 'body', $3::text))"
			" FROM generate_series(1, $2::int) n",
			3, params));
}

static void connect_stream(struct stream *s, const char *token, const char *path)
{
	stream_init(s, service.port, token, path);
	stream_open(s);
	cr_assert(stream_until(s, stream_connected, 0, SOON_MS), "no stream: %s", s->text);
}

/* The pattern with what "@" and "#" stand for. */
static void filled(char *out, size_t room, const char *pattern, const char *at, const char *hash)
{
	size_t n = 0;

	for (; *pattern != '\0' && n + 1 < room; pattern++) {
		const char *word = *pattern == '@' ? at : *pattern == '#' ? hash : NULL;

		if (word == NULL)
			out[n++] = *pattern;
		else
			n += (size_t)snprintf(out + n, room - n, "%s", word);
	}
	out[size_min(n, room - 1)] = '\0';
}

/* ---- beginning ---- */

Test(stream, begins_with_connection_and_goes_on_with_what_happens)
{
	int64_t before = last_event(DEMO_ORG_A);
	struct stream s;

	connect_stream(&s, ours.token, EVENTS);
	cr_expect_eq(s.newest, before);
	cr_expect(strstr(s.text, "Content-Type: text/event-stream\r\n") != NULL, "%s", s.text);
	cr_expect(strstr(s.text, "Cache-Control: no-store\r\n") != NULL);
	cr_expect(strstr(s.text, "X-Accel-Buffering: no\r\n") != NULL);
	cr_expect(strstr(s.text, "Content-Length") == NULL);
	cr_expect_eq(daemon_text(&service, DEMO_NUMBER_A, "+15145550171", "bonjour"), 200);
	cr_expect(stream_until(&s, stream_has, before + 3, SOON_MS));
	cr_expect(strncmp(s.types, "customer.created conversation.opened message.received ", 54) ==
			  0,
		  "%s", s.types);
	cr_expect_eq(s.missed + s.twice, 0u);
	stream_clear(&s);
}

static void body_kept(void *with, const struct event_seen *e)
{
	struct buf *out = with;

	if (e->has_id) {
		buf_reset(out);
		buf_add_str(out, e->data);
	}
}

Test(stream, carries_any_text_whole_in_one_event)
{
	static const char *const bodies[] = {"line\nanother\r\nand\ra third\n\n",
					     "data: x\n\nevent: y\nid: 1\n\n",
					     "\xE2\x80\xA8 and \xE2\x80\xA9 and \xC2\x85",
					     "quotes \" and \\ and \x01 \x1b[2J",
					     "\xF0\x9F\x9A\xB2 v\xC3\xA9lo",
					     ""};
	struct buf data = {0};
	struct stream s;

	connect_stream(&s, ours.token, EVENTS);
	s.seen = body_kept;
	s.with = &data;
	for (size_t i = 0; i < ARRAY_LEN(bodies); i++) {
		const char *params[2];
		PGresult *r;

		events_add(DEMO_ORG_A, 1, bodies[i]);
		cr_assert(stream_until(&s, stream_has, last_event(DEMO_ORG_A), SOON_MS));
		params[0] = buf_cstr(&data);
		params[1] = bodies[i];
		r = sql_ask(db->owner, "SELECT ($1::jsonb -> 'payload' ->> 'body') = $2", 2,
			    params);
		cr_expect_str_eq(PQgetvalue(r, 0, 0), "t", "body %zu came as %s", i, params[0]);
		PQclear(r);
	}
	cr_expect_eq(s.missed + s.twice, 0u);
	buf_clear(&data);
	stream_clear(&s);
}

Test(stream, answers_head_and_an_old_client)
{
	static const char *const requests[] = {
		"HEAD /api/events HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer @\r\n\r\n",
		"GET /api/events HTTP/1.0\r\nAuthorization: Bearer @\r\n\r\n"};
	struct stream s;

	connect_stream(&s, ours.token, EVENTS);
	stream_close(&s, false);
	for (size_t i = 0; i < ARRAY_LEN(requests); i++) {
		char request[1400];

		filled(request, sizeof request, requests[i], ours.token, "");
		stream_open_with(&s, ""); /* only for its fresh state; then a line of our own */
		stream_close(&s, false);
		s.fd = net_connect(service.port);
		cr_assert(net_send(s.fd, str_of(request), 0));
		if (i == 0)
			cr_expect(stream_until(&s, stream_ended, 0, SOON_MS) && !s.connected);
		else
			cr_expect(stream_until(&s, stream_connected, 0, SOON_MS));
		cr_expect_eq(s.status, 200);
	}
	stream_clear(&s);
}

/* ---- from where ---- */

Test(stream, resumes_after_the_number_that_is_said_and_the_header_wins)
{
	int64_t before = last_event(DEMO_ORG_A);
	static const struct {
		const char *query, *header;
		int after; /* relative to `before` */
	} cases[] = {{"?after=@", "", 10},
		     {"", "Last-Event-ID: @\r\n", 10},
		     {"?after=3", "Last-Event-ID: @\r\n", 1000},
		     {"?after=@", "", 1500},
		     {"?after=@", "Last-Event-ID:\r\n", 0}};
	struct stream s;

	events_add(DEMO_ORG_A, 1500, "x");
	stream_init(&s, service.port, ours.token, EVENTS);
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		int after = (int)before + cases[i].after;
		char header[64], query[32], number[16];

		snprintf(number, sizeof number, "%d", after);
		filled(query, sizeof query, cases[i].query, number, "");
		filled(header, sizeof header, cases[i].header, number, "");
		snprintf(s.path, sizeof s.path, EVENTS "%s", query);
		s.have = after;
		s.events = 0;
		stream_open_with(&s, header);
		cr_assert(stream_until(&s, stream_connected, 0, SOON_MS), "%s", s.text);
		cr_expect_eq(s.newest, before + 1500);
		cr_expect(stream_until(&s, stream_has, before + 1500, SOON_MS));
		cr_expect_eq(s.events, (uint64_t)(1500 - cases[i].after));
		cr_expect_eq(s.missed + s.twice, 0u);
	}
	stream_clear(&s);
}

Test(stream, refuses_what_it_cannot_go_on_from)
{
	static const struct {
		const char *path, *header;
		int status;
		const char *code;
	} cases[] = {
		{EVENTS "?after=x", "", 400, "invalid_input"},
		{EVENTS "?after=-1", "", 400, "invalid_input"},
		{EVENTS "?after=", "", 400, "invalid_input"},
		{EVENTS "?after=99999999999999999999", "", 400, "invalid_input"},
		{EVENTS "?after=1&after=2", "", 400, "invalid_input"},
		{EVENTS "?aftr=1", "", 400, "invalid_input"},
		{EVENTS, "Last-Event-ID: 1a\r\n", 400, "invalid_input"},
		{EVENTS "?after=1", "Last-Event-ID: ?\r\n", 400, "invalid_input"},
		{EVENTS "?after=9000000", "", 410, "events_gone"},
		{EVENTS, "Last-Event-ID: 9000000\r\n", 410, "events_gone"},
		{EVENTS "?after=3", "", 410, "events_gone"}, /* 5 is the oldest: 4 is missing */
		{EVENTS "?after=4", "", 200, NULL},
	};
	struct stream s;

	sql_context(db->owner, DEMO_ORG_A);
	sql_run(db->owner,
		"DELETE FROM events WHERE organization_id = '" DEMO_ORG_A "' AND seq < 5");
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		char code[64];

		stream_init(&s, service.port, ours.token, cases[i].path);
		stream_open_with(&s, cases[i].header);
		cr_assert(stream_until(&s, stream_answered, 0, SOON_MS));
		cr_expect_eq(s.status, cases[i].status, "%s %s: %s", cases[i].path, cases[i].header,
			     s.text);
		if (cases[i].code != NULL) {
			/* the problem may come behind its head */
			snprintf(code, sizeof code, "\"code\":\"%s\"", cases[i].code);
			cr_expect(strstr(s.text, code) != NULL, "%s: %s", cases[i].path, s.text);
		}
		stream_clear(&s);
	}
}

Test(stream, what_retention_takes_away_in_between_ends_a_stream_that_still_needs_it)
{
	struct stream s;

	events_add(DEMO_ORG_A, 20, "x");
	sql_context(db->owner, DEMO_ORG_A);
	sql_run(db->owner, "DELETE FROM events WHERE organization_id = '" DEMO_ORG_A "'");
	stream_init(&s, service.port, ours.token, EVENTS);
	stream_open(&s); /* from now on: nothing is kept, nothing is missed */
	cr_assert(stream_until(&s, stream_connected, 0, SOON_MS), "%s", s.text);
	events_add(DEMO_ORG_A, 3, "y");
	cr_expect(stream_until(&s, stream_has, last_event(DEMO_ORG_A), SOON_MS));
	cr_expect_eq(s.missed + s.twice, 0u);
	stream_clear(&s);
}

/* ---- whose ---- */

Test(stream, shows_nobody_elses_events)
{
	struct stream a, b;

	connect_stream(&a, ours.token, EVENTS);
	connect_stream(&b, theirs.token, EVENTS);
	for (int i = 0; i < 5; i++) {
		cr_expect_eq(daemon_text(&service, DEMO_NUMBER_A, DEMO_SHARED_NUMBER, "to A"), 200);
		cr_expect_eq(daemon_text(&service, DEMO_NUMBER_B, DEMO_SHARED_NUMBER, "to B"), 200);
	}
	cr_expect(stream_until(&a, stream_has, last_event(DEMO_ORG_A), SOON_MS));
	cr_expect(stream_until(&b, stream_has, last_event(DEMO_ORG_B), SOON_MS));
	cr_expect_geq(a.events, 5u);
	cr_expect_geq(b.events, 5u);
	cr_expect_eq(a.missed + a.twice + b.missed + b.twice, 0u);
	stream_clear(&a);
	stream_clear(&b);
}

static char *customer_of(const char *organization, const char *number)
{
	char sql[200];

	sql_context(db->owner, organization);
	snprintf(sql, sizeof sql,
		 "SELECT id FROM customers WHERE organization_id = '%s' AND phone_number = '%s'",
		 organization, number);
	return sql_text(db->owner, sql);
}

struct whose {
	const char *customer;
	unsigned others, own;
};

static void customer_checked(void *with, const struct event_seen *e)
{
	struct whose *w = with;
	char said[80];

	if (!e->has_id)
		return;
	snprintf(said, sizeof said, "\"customer_id\":\"%s\"", w->customer);
	if (str_find(e->data, str_of(said)) >= 0)
		w->own++;
	else
		w->others++;
}

Test(stream, of_a_customer_shows_that_customer_alone)
{
	char *customer = customer_of(DEMO_ORG_A, DEMO_SHARED_NUMBER), path[100];
	struct whose w = {.customer = customer};
	int64_t before = last_event(DEMO_ORG_A);
	struct stream s;

	snprintf(path, sizeof path, "/api/sse/conversation/%s", customer);
	for (int from_past = 0; from_past < 2; from_past++) {
		stream_init(&s, service.port, ours.token, path);
		s.filtered = true;
		s.seen = customer_checked;
		s.with = &w;
		if (from_past)
			s.have = before;
		stream_open(&s);
		cr_assert(stream_until(&s, stream_connected, 0, SOON_MS), "%s", s.text);
		w.own = 0;
		events_add(DEMO_ORG_A, 700, "somebody's");
		cr_expect_eq(daemon_text(&service, DEMO_NUMBER_A, "+15145550172", "other"), 200);
		cr_expect_eq(daemon_text(&service, DEMO_NUMBER_A, DEMO_SHARED_NUMBER, "own"), 200);
		sql_context(db->owner, DEMO_ORG_A);
		cr_expect(stream_until(
			&s, stream_has,
			sql_int(db->owner, "SELECT max(seq) FROM events WHERE type ="
					   " 'message.received' AND payload ->> 'body' = 'own'"),
			SOON_MS));
		cr_expect_geq(w.own, 1u);
		cr_expect_eq(w.others, 0u);
		cr_expect_eq(s.twice, 0u);
		stream_clear(&s);
	}
	free(customer);
}

Test(stream, of_a_customer_who_is_not_ours_is_not_there)
{
	char *neighbour = customer_of(DEMO_ORG_B, DEMO_SHARED_NUMBER);
	const char *const ids[] = {neighbour, ABSENT, "1", "%27",
				   "a0000000-0000-4000-8000-00000000000g"};
	char first[600] = "", path[100];
	struct stream s;

	for (size_t i = 0; i < ARRAY_LEN(ids); i++) {
		char *body;

		snprintf(path, sizeof path, "/api/sse/conversation/%s", ids[i]);
		stream_init(&s, service.port, ours.token, path);
		stream_open(&s);
		cr_assert(stream_until(&s, stream_answered, 0, SOON_MS));
		cr_expect_eq(s.status, 404, "%s: %s", ids[i], s.text);
		body = strstr(s.text, "\r\n\r\n{");
		cr_assert(body != NULL && strstr(body, "\"request_id\"") != NULL, "%s", s.text);
		*strstr(body, "\"request_id\"") = '\0'; /* the one thing that differs */
		if (first[0] == '\0')
			snprintf(first, sizeof first, "%s", body);
		cr_expect_str_eq(body, first);
		stream_clear(&s);
	}
	free(neighbour);
}

/* ---- the end of a session ---- */

Test(stream, ends_within_a_second_of_its_session)
{
	static const struct {
		const char *sql; /* @: the session's id, #: the user's */
		const char *reason;
	} cases[] = {
		{"UPDATE user_sessions SET revoked_at = now(), revoked_reason = 'logout' WHERE id ="
		 " '@'",
		 "logout"},
		{"UPDATE user_profiles SET role = CASE role WHEN 'staff' THEN 'manager' ELSE "
		 "'staff'"
		 " END WHERE id = '#'",
		 "role"},
		{"UPDATE user_profiles SET is_active = false WHERE id = '#'", "disabled"},
	};
	struct stream ended, other;
	char sql[300], reason[60];

	connect_stream(&other, theirs.token, EVENTS);
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct daemon_session session;
		int64_t began;

		daemon_session(db, DEMO_ORG_A, &session);
		connect_stream(&ended, session.token, EVENTS);
		filled(sql, sizeof sql, cases[i].sql, session.id, session.user);
		sql_context(db->owner, DEMO_ORG_A);
		began = clock_mono_ms();
		sql_run(db->owner, sql);
		sql_run(db->owner, "NOTIFY switchback_events, '" DEMO_ORG_A "'");
		cr_expect(stream_until(&ended, stream_ended, 0, SOON_MS), "%s", cases[i].reason);
		cr_expect_lt(clock_mono_ms() - began, 1000);
		cr_expect_not(ended.reset);
		snprintf(reason, sizeof reason, "\"reason\": \"%s\"", cases[i].reason);
		cr_expect(strstr(ended.session_ended, reason) != NULL, "%s: %s", cases[i].reason,
			  ended.session_ended);
		stream_clear(&ended);
	}
	stream_read((struct stream *[]){&other}, 1, 100);
	cr_expect(!other.ended && other.events == 0, "the neighbour's stream was touched");
	stream_clear(&other);
}

Test(stream, of_one_customer_ends_with_its_session_too)
{
	char *customer = customer_of(DEMO_ORG_A, DEMO_SHARED_NUMBER), path[100], sql[200];
	struct stream s;

	snprintf(path, sizeof path, "/api/sse/conversation/%s", customer);
	connect_stream(&s, ours.token, path);
	snprintf(sql, sizeof sql,
		 "UPDATE user_sessions SET revoked_at = now(), revoked_reason = 'revoked'"
		 " WHERE id = '%s'",
		 ours.id);
	sql_context(db->owner, DEMO_ORG_A);
	sql_run(db->owner, sql);
	cr_expect(stream_until(&s, stream_ended, 0, SOON_MS));
	cr_expect(s.session_ended[0] != '\0');
	cr_expect_eq(s.events, 0u, "its number would be taken for the customer's");
	free(customer);
	stream_clear(&s);
}

Test(stream, ends_when_its_sessions_time_has_come_and_not_before)
{
	struct daemon_session brief, longer;
	struct stream a, b;
	char sql[200];

	daemon_session(db, DEMO_ORG_A, &brief);
	daemon_session(db, DEMO_ORG_A, &longer);
	sql_context(db->owner, DEMO_ORG_A);
	snprintf(sql, sizeof sql,
		 "UPDATE user_sessions SET expires_at = now() + interval '2 s' WHERE id IN"
		 " ('%s', '%s')",
		 brief.id, longer.id);
	sql_run(db->owner, sql);
	connect_stream(&a, brief.token, EVENTS);
	connect_stream(&b, longer.token, EVENTS);
	snprintf(sql, sizeof sql,
		 "UPDATE user_sessions SET expires_at = now() + interval '1 h' WHERE id = '%s'",
		 longer.id);
	sql_run(db->owner, sql);
	cr_expect(stream_until(&a, stream_ended, 0, SOON_MS));
	cr_expect(strstr(a.closing, "session_expired") != NULL, "%s", a.closing);
	stream_read((struct stream *[]){&b}, 1, 1500);
	cr_expect_not(b.ended, "prolonged, and ended all the same");
	stream_clear(&a);
	stream_clear(&b);
}

Test(stream, ends_when_its_store_is_switched_off_and_the_neighbours_goes_on)
{
	struct daemon_session neighbour;
	struct stream a, b;

	daemon_session(db, DEMO_ORG_B, &neighbour);
	connect_stream(&a, ours.token, EVENTS);
	connect_stream(&b, neighbour.token, EVENTS);
	sql_run(db->owner,
		"UPDATE organizations SET is_active = false WHERE id = '" DEMO_ORG_A "'");
	cr_expect(stream_until(&a, stream_ended, 0, 1100));
	cr_expect(strstr(a.closing, "store_closed") != NULL, "%s", a.closing);
	stream_read((struct stream *[]){&b}, 1, 600);
	cr_expect_not(b.ended, "the neighbour's ended with it");
	sql_run(db->owner, "UPDATE organizations SET is_active = true WHERE id = '" DEMO_ORG_A "'");
	stream_clear(&a);
	stream_clear(&b);
}

Test(stream, is_not_begun_for_a_session_that_has_ended)
{
	struct stream s;

	sql_context(db->owner, DEMO_ORG_A);
	sql_run(db->owner, "UPDATE user_sessions SET revoked_at = now()");
	stream_init(&s, service.port, ours.token, EVENTS);
	stream_open(&s);
	cr_assert(stream_until(&s, stream_answered, 0, SOON_MS));
	cr_expect_eq(s.status, 401);
	stream_clear(&s);
}

/* ---- between processes ---- */

/* What was said on the channel since the last look, each followed by a blank. */
static void words_heard(PGconn *c, char *out, size_t room)
{
	PGnotify *n;
	size_t at = 0;

	out[0] = '\0';
	PQclear(PQexec(c, "SELECT 1"));
	PQconsumeInput(c);
	while ((n = PQnotifies(c)) != NULL) {
		at += (size_t)snprintf(out + at, room - at, "%s ", n->extra);
		PQfreemem(n);
	}
}

Test(stream, of_a_service_that_is_alone_costs_no_word_to_others)
{
	PGconn *ear = test_db_connect(db->url);
	struct daemon other;
	struct stream s;
	char heard[400];

	sql_run(ear, "LISTEN switchback_events");
	connect_stream(&s, ours.token, EVENTS);
	cr_expect_eq(daemon_text(&service, DEMO_NUMBER_A, "+15145550174", "one"), 200);
	cr_expect(stream_until(&s, stream_has, last_event(DEMO_ORG_A), SOON_MS));
	words_heard(ear, heard, sizeof heard);
	cr_expect(strstr(heard, DEMO_ORG_A) == NULL, "heard: %s", heard);

	daemon_start(&other, db); /* from now on it is not alone */
	for (int64_t until = clock_mono_ms() + SOON_MS;
	     strstr(heard, "here") == NULL && clock_mono_ms() < until;)
		words_heard(ear, heard, sizeof heard);
	cr_expect_eq(daemon_text(&service, DEMO_NUMBER_A, "+15145550174", "two"), 200);
	heard[0] = '\0';
	for (int64_t until = clock_mono_ms() + SOON_MS;
	     strstr(heard, DEMO_ORG_A) == NULL && clock_mono_ms() < until;)
		words_heard(ear, heard, sizeof heard);
	cr_expect(strstr(heard, DEMO_ORG_A) != NULL, "it said nothing");
	daemon_stop(&other);
	PQfinish(ear);
	stream_clear(&s);
}

/* ---- the end of the service ---- */

Test(stream, ends_with_a_reason_when_the_service_stops)
{
	struct stream s;
	int64_t began;

	connect_stream(&s, ours.token, EVENTS);
	began = clock_mono_ms();
	kill(service.pid, SIGTERM);
	cr_expect(stream_until(&s, stream_ended, 0, SOON_MS));
	cr_expect(strstr(s.closing, "stopping") != NULL, "%s", s.closing);
	cr_expect_not(s.reset);
	cr_expect_eq(daemon_end(&service, 0), 0);
	cr_expect_lt(clock_mono_ms() - began, 5000);
	stream_clear(&s);
}

Test(stream, is_counted)
{
	static struct net_answers a;
	struct stream s;

	connect_stream(&s, ours.token, EVENTS);
	events_add(DEMO_ORG_A, 7, "x");
	cr_expect(stream_until(&s, stream_has, last_event(DEMO_ORG_A), SOON_MS));
	net_talk(service.port, STR_LIT("GET /metrics HTTP/1.1\r\nHost: a\r\n\r\n"), 0, 1, &a);
	cr_expect(strstr(a.bytes, "\nswitchback_streams_open 1\n") != NULL);
	cr_expect(strstr(a.bytes, "\nswitchback_organizations_followed 1\n") != NULL);
	cr_expect(strstr(a.bytes, "\nswitchback_events_delivered_total 7\n") != NULL);
	/* Nobody gives a word of them: a look finds them, unless one of the stream's own first
	 * reads was just under way. */
	for (int64_t until = clock_mono_ms() + SOON_MS;
	     strstr(a.bytes, "\nswitchback_events_found_late_total 0\n") != NULL &&
	     clock_mono_ms() < until;) {
		events_add(DEMO_ORG_A, 1, "x");
		cr_expect(stream_until(&s, stream_has, last_event(DEMO_ORG_A), SOON_MS));
		net_talk(service.port, STR_LIT("GET /metrics HTTP/1.1\r\nHost: a\r\n\r\n"), 0, 1,
			 &a);
	}
	cr_expect(strstr(a.bytes, "\nswitchback_events_found_late_total ") != NULL);
	cr_expect(strstr(a.bytes, "\nswitchback_events_found_late_total 0\n") == NULL);
	stream_clear(&s);
}
