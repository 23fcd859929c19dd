/*
 * sign_in_storm.c - passwords at a cost that takes time: a storm of sign-ins holds nothing else up,
 * what cannot wait is told so, and a hash of yesterday's cost is made anew.
 */
#include <arpa/inet.h>
#include <criterion/criterion.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "shared/clock.h"
#include "shared/password.h"
#include "tests/support/store.h"

#define STORM 60

static void costly(void)
{
	setenv("BCRYPT_ROUNDS", "10", 1);
	store_up();
}

TestSuite(sign_in_storm, .init = costly, .fini = store_down, .timeout = 120);

/* Asks to sign in and does not wait; the socket. */
static int login_sent(int port, int i)
{
	struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
	char body[200], text[400];
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), n;

	inet_pton(AF_INET, "127.0.0.1", &to.sin_addr);
	cr_assert_eq(connect(fd, (struct sockaddr *)&to, sizeof to), 0);
	n = snprintf(body, sizeof body,
		     "{\"organization\":\"bici-downtown\",\"email\":\"guess%d@x.example\","
		     "\"password\":\"wrong word of mine\"}",
		     i);
	n = snprintf(text, sizeof text,
		     "POST /api/auth/login HTTP/1.1\r\nHost: x\r\nContent-Type: "
		     "application/json\r\nContent-Length: %d\r\n\r\n%s",
		     n, body);
	cr_assert_eq(send(fd, text, (size_t)n, MSG_NOSIGNAL), n);
	return fd;
}

static bool answered(int fd)
{
	struct pollfd p = {.fd = fd, .events = POLLIN};

	return poll(&p, 1, 0) == 1;
}

static int status_of(int fd)
{
	char text[64] = "";

	cr_assert_gt(recv(fd, text, sizeof text - 1, 0), 12);
	close(fd);
	cr_assert(str_starts(str_of(text), STR_LIT("HTTP/1.1 ")), "%s", text);
	return (int)strtol(text + 9, NULL, 10);
}

Test(sign_in_storm, holds_up_nothing_else_and_ends)
{
	int fds[STORM], port = store.daemon.port;
	unsigned wrong = 0, busy = 0, other = 0, waiting = 0;

	for (int i = 0; i < STORM; i++)
		fds[i] = login_sent(port, i);
	cr_expect_eq(daemon_text(&store.daemon, DEMO_NUMBER_A, "+15145550177", "Bonjour"), 200);
	for (int i = 0; i < STORM; i++)
		waiting += answered(fds[i]) ? 0 : 1;
	cr_expect_gt(waiting, 10, "the text was kept while %u sign-ins waited", waiting);
	for (int i = 0; i < STORM; i++) {
		switch (status_of(fds[i])) {
		case 401: wrong++; break;
		case 503: busy++; break;
		default: other++;
		}
	}
	cr_expect_eq(other, 0);
	cr_expect_geq(wrong, 34, "two at work and thirty-two waiting are served");
	cr_expect_gt(busy, 0, "the others are told to come back");
}

/* A queue full of guesses at one account, once tries at it are delayed: one of them is made. */
Test(sign_in_storm, of_many_guesses_at_once_one_is_made)
{
	int fds[20], port = store.daemon.port;
	unsigned wrong = 0, delayed = 0;
	struct api_tokens t;

	for (int i = 0; i < 4; i++)
		api_sign_in(store.url, "bici-downtown", "guess7@x.example", "wrong word of mine",
			    &t);
	for (size_t i = 0; i < ARRAY_LEN(fds); i++)
		fds[i] = login_sent(port, 7);
	for (size_t i = 0; i < ARRAY_LEN(fds); i++) {
		int status = status_of(fds[i]);

		wrong += status == 401 ? 1 : 0;
		delayed += status == 429 ? 1 : 0;
	}
	cr_expect_eq(wrong, 1);
	cr_expect_eq(delayed, 19);
}

/* An account that is nobody's and a wrong password both take a whole bcrypt: neither is answered
 * in a small part of the other's time. */
Test(sign_in_storm, nobodys_account_takes_its_time_too)
{
	const char *slug = STORE_A;
	int64_t took[3] = {0};
	struct api_tokens t;
	char hash[PASSWORD_HASH_MAX], sql[300], *email;

	email = store_account("staff");
	password_hash(STORE_PASSWORD, 10, hash);
	snprintf(sql, sizeof sql,
		 "UPDATE user_profiles SET password_hash = '%s' WHERE email = '%s'", hash, email);
	sql_run(store.db, sql);
	for (int i = 0; i < 3; i++) {
		const char *who[] = {email, "nobody@bici-downtown.example",
				     "nobody@nowhere.example"};
		const char *where[] = {slug, slug, "no-such-store"};

		for (size_t k = 0; k < ARRAY_LEN(took); k++) {
			int64_t from = clock_mono_us(), one;

			api_sign_in(store.url, where[k], who[k], "wrong word of mine", &t);
			one = clock_mono_us() - from;
			cr_expect_eq(t.status, 401);
			took[k] = took[k] == 0 || one < took[k] ? one : took[k];
		}
	}
	for (size_t k = 1; k < ARRAY_LEN(took); k++) {
		cr_expect_gt(took[k] * 3, took[0], "%" PRId64 " and %" PRId64, took[k], took[0]);
		cr_expect_gt(took[0] * 3, took[k], "%" PRId64 " and %" PRId64, took[k], took[0]);
	}
	free(email);
}

Test(sign_in_storm, a_hash_of_lower_cost_is_made_anew_and_ends_nothing)
{
	struct api_tokens first, second;
	char *email = store_account("staff"); /* cost 4 */
	const char *slug = STORE_A;

	api_sign_in(store.url, slug, email, STORE_PASSWORD, &first);
	cr_assert_eq(first.status, 200);
	cr_expect_eq(sql_int(store.db,
			     "SELECT count(*) FROM user_profiles WHERE role = 'staff' AND "
			     "password_hash LIKE '$2b$10$%'"),
		     1);
	api_sign_in(store.url, slug, email, STORE_PASSWORD, &second);
	cr_expect_eq(second.status, 200, "with the same password as before");
	cr_expect_eq(store_me(first.access), 200);
	cr_expect_eq(store_me(second.access), 200);
	cr_expect_eq(sql_int(store.db,
			     "SELECT count(*) FROM events WHERE type = 'session.ended' AND "
			     "created_at > now() - interval '1 minute' AND payload->>'user_id' "
			     "IN (SELECT user_id::text FROM user_sessions)"),
		     1, "that of store_account's new password only");
	free(email);
}
