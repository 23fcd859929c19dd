/*
 * ctl.h - switchbackctl in a test: a database of its own and the command run inside the test.
 *
 * The owner here is a role without BYPASSRLS, as an operator may well have it: row security is
 * forced on the owner too, so a command that forgets to name its store finds nothing. Needs
 * TEST_DATABASE_URL, as db.h does.
 */
#ifndef SWITCHBACK_TESTS_SUPPORT_CTL_H
#define SWITCHBACK_TESTS_SUPPORT_CTL_H

#include <libpq-fe.h>

#include "shared/base.h"

struct ctl_test {
	char *url;  /* the plain owner's; DATABASE_URL while the test runs */
	PGconn *db; /* connected as the plain owner */
	char *server_url;
	char name[64];
	char *out, *say; /* what the last command printed */
};

/* A database that belongs to the plain owner: empty, or migrated. */
struct ctl_test *ctl_test_new(bool migrated);
void ctl_test_free(struct ctl_test *t);

/* Runs "switchbackctl ARGS..." with that input (NULL: none); returns its exit code. The list ends
 * in NULL. */
#define CTL(t, ...) ctl_test_run((t), NULL, (const char *const[]){__VA_ARGS__, NULL})
#define CTL_INPUT(t, input, ...) \
	ctl_test_run((t), (input), (const char *const[]){__VA_ARGS__, NULL})
int ctl_test_run(struct ctl_test *t, const char *input, const char *const *args);

/* The same and it must succeed. */
#define CTL_DO(t, ...) ctl_test_do((t), NULL, (const char *const[]){__VA_ARGS__, NULL})
void ctl_test_do(struct ctl_test *t, const char *input, const char *const *args);

/* Adds a store (zone America/Toronto) and puts t->db under its context for good. */
void ctl_test_store(struct ctl_test *t, const char *slug);

/* A file of that name and text, in a folder of this test; returns its path (static). */
const char *ctl_test_file(const char *name, const void *text, size_t n);

#endif
