/*
 * answers.h - an HTTP server on loopback that gives prepared answers, for programs that ask a
 * provider synchronously. It runs in a process of its own; what it was asked can be read
 * afterwards.
 */
#ifndef SWITCHBACK_TESTS_SUPPORT_ANSWERS_H
#define SWITCHBACK_TESTS_SUPPORT_ANSWERS_H

#include "shared/base.h"

struct answer {
	int status;
	const char *body; /* JSON */
};

struct answers {
	char url[64]; /* http://127.0.0.1:PORT */
	int pid, log; /* the log is a file without a name */
};

/* Gives the answers in order, one a connection; what comes beyond them gets 500. Ends with the
 * test. */
struct answers answers_start(const struct answer *list, size_t n);
/* Stops it; every request as it came ("POST /path HTTP/1.1\r\n..."), one behind the other. free()
 * it. */
char *answers_stop(struct answers *a);

#endif
