/*
 * daemon.h - the real service as a process of a test, over a database of the test's own (db.h): it
 * may be killed, started again on the same port, and run twice over one database.
 *
 * The listening socket belongs to the test and is handed over (LISTEN_FDS), so nobody is refused
 * while the service is away. Everything here fails the running test instead of returning an error.
 */
#ifndef SWITCHBACK_TESTS_SUPPORT_DAEMON_H
#define SWITCHBACK_TESTS_SUPPORT_DAEMON_H

#include <sys/types.h>

#include "shared/buf.h"
#include "tests/support/db.h"

#define DAEMON_TWILIO_TOKEN "0123456789abcdef0123456789abcdef"
#define DAEMON_JWT_SECRET   "of-the-tests-3f9c1d2ab45e6f708192a3b4c5d6e7f8"

struct daemon {
	pid_t pid; /* 0: not running */
	int fd, port;
	const char *app_url;
	char log[128]; /* its log's path */
};

/* Starts it and waits until it is ready. */
void daemon_start(struct daemon *d, const struct test_db *db);
/* Ends it with that signal and waits; returns its exit code, or -1 when the signal killed it. */
int daemon_end(struct daemon *d, int signal);
/* Once more, on the same port. */
void daemon_again(struct daemon *d);
/* Ends it in an orderly way, fails when that does not work, and lets the port go. */
void daemon_stop(struct daemon *d);

/* A signed form of the carrier's to the path (with its query): name, value, ..., NULL. Returns the
 * status; 0 when no answer came. What was answered is in `answer`, which may be NULL. */
int daemon_form(const struct daemon *d, const char *path, const char *const *pairs,
		struct buf *answer);
#define DAEMON_ACCOUNT "AC00000000000000000000000000000001"
/* A signed text to that number. Returns the status. */
int daemon_text(const struct daemon *d, const char *to, const char *from, const char *body);

/* A new session of the organization's first active account; its id, the account's, and a token. */
struct daemon_session {
	char id[40], user[40], token[1100];
};
void daemon_session(const struct test_db *db, const char *organization, struct daemon_session *out);

#endif
