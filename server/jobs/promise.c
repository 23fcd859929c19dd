/*
 * promise.c - a promise's time has come. A call that was promised is made (jobs/call_out). Nobody
 * answered: it is broken, and that is said aloud - in the event feed for staff, in the log and in
 * the figures for the operator.
 */
#include "server/app.h"
#include "server/events/hub.h"
#include "server/jobs/jobs.h"
#include "server/jobs/runner.h"
#include "server/store/outbox.h"
#include "shared/log.h"

static flow_step asked, settled;

struct promise_job {
	struct job job;
	enum promise_end end;
};

#define SELF(f) CONTAINER_OF(f, struct promise_job, job.flow)

static void asked(struct flow *f)
{
	struct promise_job *p = SELF(f);

	promise_due(f, f->app->db, &p->job.work, &p->end);
	flow_then(f, settled);
}

static void settled(struct flow *f)
{
	struct promise_job *p = SELF(f);

	if (p->end == PROMISE_SETTLED)
		return;
	hub_nudge_soon(f->app->hub, p->job.work.organization);
	if (p->end == PROMISE_CALLING) {
		runner_nudge(f->app->runner, 0);
		return;
	}
	f->app->figures.promises_broken++;
	log_warn("event=promise_broken organization=%s promise=%s", p->job.work.organization,
		 p->job.work.ref);
}

const struct flow_kind promise_due_kind = FLOW_KIND(promise_job, asked, NULL, 8000);
