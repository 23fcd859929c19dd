/*
 * inside.h - the middle of the service in the test's own process: loop, flows, the pool to a
 * database of the test's own, and the hub; no web server. For tests of what lies between a socket
 * and the store. Everything here fails the running test instead of returning an error.
 */
#ifndef SWITCHBACK_TESTS_SUPPORT_INSIDE_H
#define SWITCHBACK_TESTS_SUPPORT_INSIDE_H

#include "server/app.h"
#include "tests/support/db.h"

struct inside {
	struct app app;
	struct settings settings;
	struct test_db *db; /* the demo's stores; owner and app in the context of store A */
};
extern struct inside inside;

/* For TestSuite's .init and .fini. What hangs on them must be closed before inside_down. */
void inside_up(void);
void inside_down(void);

/* Turns the loop until done(with) is true; fails after ms. */
void inside_until(bool (*done)(void *with), void *with, unsigned ms);
/* Turns the loop for that long: for what must not happen. */
void inside_for(unsigned ms);

#endif
