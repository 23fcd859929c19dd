/*
 * keep.h - a program kept running on a socket that is not its own.
 */
#ifndef SWITCHBACK_SERVER_KEEP_KEEP_H
#define SWITCHBACK_SERVER_KEEP_KEEP_H

#include "shared/err.h"

struct keep {
	char **program; /* argv of the child, ends in NULL; a name without '/' is looked up in PATH
			 */
	const char *pid_file; /* holds the pid of the child that serves; or NULL */
	int listen_fd, port;  /* port becomes the child's PORT */
};

/* Starts the program and looks after it until SIGTERM or SIGINT, which the child gets too.
 *
 *   it ends       it is started again: at once, then, while it dies young, after 50 ms to 2 s
 *   exit code 2   its settings are bad: it is not started again, 2 is returned
 *   SIGHUP        a second one is started beside it; when that has lived for a second the first
 * gets SIGTERM and drains. If the second dies before that, the first one stays. we end        a
 * child whose keeper is gone gets SIGTERM (PR_SET_PDEATHSIG)
 *
 * Returns the exit code; 1 with err when the program cannot be started at all. */
int keep_run(struct keep *k, struct err *err);

#endif
