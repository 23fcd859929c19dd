/*
 * line.h - a practice line that runs: the loop, the flows, the client and the doors around struct
 * sim, started and stopped in order. For the program and for tests.
 */
#ifndef SWITCHBACK_TESTS_SIM_LINE_H
#define SWITCHBACK_TESTS_SIM_LINE_H

#include "tests/sim/options.h"
#include "tests/sim/sim.h"

struct sim_line {
	struct loop loop;
	struct flows *flows;
	struct http *http;
	struct sim sim;
	bool has_sim; /* else only loop, flows and client: a guest of another line */
	bool stopping;
};

/* Loop, flows and client. */
void sim_line_open(struct sim_line *l);
/* The line itself, listening. */
MUST_USE
bool sim_line_serve(struct sim_line *l, const struct sim_options *o, struct err *err);
/* Ends all that runs; the loop then has nothing left to wait for. May be called twice. */
void sim_line_stop(struct sim_line *l);
/* After loop_run has returned. */
void sim_line_close(struct sim_line *l);

/* The commands; each returns the program's status. */
int sim_serve_command(const struct sim_options *o);
int sim_play_command(const struct sim_options *o);
int sim_phone_command(const struct sim_options *o);

#endif
