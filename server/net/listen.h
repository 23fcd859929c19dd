/*
 * listen.h - listening sockets: our own, or those that were handed to the process.
 *
 * Handed over as systemd does it (sd_listen_fds(3)): LISTEN_FDS sockets from descriptor 3 on, meant
 * for the process LISTEN_PID. switchback-keep does the same. All are non-blocking and close on
 * exec.
 */
#ifndef SWITCHBACK_SERVER_NET_LISTEN_H
#define SWITCHBACK_SERVER_NET_LISTEN_H

#include "shared/err.h"

#define LISTEN_MAX 8

/* Takes what was handed over, once: the variables are unset. *n is 0 if there was nothing. */
MUST_USE
bool listen_inherited(int fds[LISTEN_MAX], unsigned *n, struct err *err);
/* A socket of our own. Only literal addresses; port 0 takes any that is free. */
MUST_USE
bool listen_open(const char *address, int port, int *fd, struct err *err);
/* Where it listens, 0 if that cannot be told. */
int listen_port(int fd);

#endif
