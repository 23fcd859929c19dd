/*
 * runner.h - does what is due: claims rows of due_work under a lease and starts the job of their
 * kind.
 *
 * A job is a flow; when it ends in any way, its place is free again. A job that fails leaves its
 * row leased: it comes back when the lease runs out, so a failure is retried with the lease as its
 * back-off, and a process that dies is no different from one that fails.
 *
 * Webhooks go first. Each tells how long it took (runner_felt); when they become slow the runner
 * does fewer jobs at a time, down to one, and more again when they are quick.
 */
#ifndef SWITCHBACK_SERVER_JOBS_RUNNER_H
#define SWITCHBACK_SERVER_JOBS_RUNNER_H

#include "server/app.h"
#include "server/store/work.h"

#define RUNNER_LEASE_MS 20000

/* Starts one job for a row that it has claimed; told when over through job_over (flow_on_end). */
struct job_kind {
	const char *kind;
	const struct flow_kind *flow;
};

/* Every job's struct begins like this. */
struct job {
	struct flow flow;
	struct work work;
};

struct runner *runner_open(struct app *app);
/* Claims nothing more; what runs goes on. */
void runner_stop(struct runner *r);
void runner_close(struct runner *r);
/* Something will be due in ms: look then, not later. */
void runner_nudge(struct runner *r, unsigned ms);
/* A webhook was kept, after this time at the service. */
void runner_felt(struct runner *r, int64_t us);
unsigned runner_running(const struct runner *r);

#endif
