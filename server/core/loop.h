/*
 * loop.h - the one event loop of a program: libuv, one thread, no locks.
 *
 * Everything that waits hangs off it. Once per turn, after the callbacks, it runs what asked to be
 * run then (log lines written out, answers flushed).
 */
#ifndef SWITCHBACK_SERVER_CORE_LOOP_H
#define SWITCHBACK_SERVER_CORE_LOOP_H

#include <uv.h>

#include "shared/base.h"

/* A turn is what happens between two waits: while one is long, everybody else stands still. */
#define LOOP_TURN_SLOTS 12

struct loop_turns {
	uint64_t n[LOOP_TURN_SLOTS]; /* by how long they took: loop_turn_bound_us */
	uint64_t busy_ns;            /* all of them together */
};

struct loop {
	uv_loop_t uv;
	uv_check_t after_turn;
	uint64_t turn_began_ns, idle_ns;
	struct loop_turns turns;
	uv_signal_t terminate, interrupt;
	void (*stop)(void *);
	void *stop_with;
};

/* No turn of a slot took longer than this; UINT_MAX: there is no such bound (the last class). */
unsigned loop_turn_bound_us(int slot);

/* Opens the loop; it flushes the log once per turn. */
void loop_open(struct loop *l);
/* SIGTERM and SIGINT call stop(with), each time. SIGPIPE is ignored from loop_open on. */
void loop_on_stop(struct loop *l, void (*stop)(void *), void *with);
/* Runs until nothing is left to wait for: whoever stops closes their handles and it returns. */
void loop_run(struct loop *l);
/* Closes the loop's own handles (signals, after_turn), so that loop_run can return. */
void loop_let_go(struct loop *l);
/* After loop_run returned: frees the loop. A handle left open is a bug and said so. */
void loop_close(struct loop *l);

#endif
