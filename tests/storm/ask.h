/*
 * ask.h - a keep-alive connection on which staff commands are asked; loopback, blocking. Sending
 * and reading are apart, so that many can be on their way at once.
 */
#ifndef SWITCHBACK_TESTS_STORM_ASK_H
#define SWITCHBACK_TESTS_STORM_ASK_H

#include "shared/base.h"

struct asker {
	int fd;
	char token[2048];
	int status;
	char body[32768]; /* of the last answer, ended by NUL; what is longer is cut */
};

/* A connection, blocking, without delay; -1 when nobody listens. */
int ask_connect(const char *host, int port);

/* Sends a request; body NULL is a GET. False when the line is gone. */
MUST_USE
bool ask_send(struct asker *a, const char *path, const char *body);
/* Waits for its answer. False when the line is gone or it is none. */
MUST_USE
bool ask_read(struct asker *a);

/* The value of the first member of that name in the last answer, as it stands ("text" without its
 * quotes); false when there is none. */
bool ask_member(const struct asker *a, const char *name, char *out, size_t room);

#endif
