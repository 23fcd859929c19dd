/*
 * terminal.h - a program on a pseudo-terminal of its own: what it writes goes to a screen.h, keys
 * go to it.
 */
#ifndef SWITCHBACK_TESTS_BENCH_TERMINAL_H
#define SWITCHBACK_TESTS_BENCH_TERMINAL_H

#include <sys/types.h>

#include "tests/bench/screen.h"

struct terminal {
	pid_t pid;
	int fd;
	struct screen screen;
	int64_t began_us, read_us; /* the program's start; when it was last heard */
};

/* Starts args[0] (NULL ends them) on an xterm-256color, with all its folders below `home`. */
void terminal_open(struct terminal *t, int rows, int cols, const char *const args[],
		   const char *home);
/* Asks the program to end and waits for that. Ends this program when a sequence came that screen.c
 * does not know: nothing that was read can be believed then. */
void terminal_close(struct terminal *t);

/* Takes what has come, or comes within so long; false: nothing did. A program that has ended ends
 * this one. */
bool terminal_hear(struct terminal *t, int64_t ms);
/* Until nothing has come for so long. */
void terminal_quiet(struct terminal *t, int64_t ms);
/* Until is(with) holds of the screen; false: not within so long. */
bool terminal_comes(struct terminal *t, bool (*is)(void *with), void *with, int64_t ms);
void terminal_type(const struct terminal *t, const char *keys);

bool terminal_shows(const struct terminal *t, const char *text);
bool terminal_foot_shows(const struct terminal *t, const char *text); /* in the last line */
/* The whole screen, on standard error. */
void terminal_print(const struct terminal *t);

#endif
