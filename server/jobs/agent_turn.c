/*
 * agent_turn.c - one turn of the agent in one conversation: context read, decided by server/agent, stored.
 *
 * Two round trips, and between them nothing but thinking. The decision is stored only while the work's lease is
 * ours and the thread is the agent's, so a turn that was overtaken - by a person, or by its own repetition after
 * a crash - says nothing. A payment card split over several texts is found here once more, before the agent
 * reads them: two texts that came at the same moment did not see each other at the door.
 */
#include "server/agent/agent.h"
#include "server/app.h"
#include "server/jobs/jobs.h"
#include "server/jobs/runner.h"
#include "server/store/turn.h"
#include "server/twilio/segments.h"
#include "server/webhook/redact.h"
#include "shared/clock.h"
#include "shared/log.h"

static flow_step asked, context_known, stored;

struct turn_job {
	struct job job;
	struct turn_context context;
	struct agent_out said;
	enum turn_outcome outcome;
};

#define SELF(f) CONTAINER_OF(f, struct turn_job, job.flow)

static void asked(struct flow *f)
{
	struct turn_job *t = SELF(f);

	turn_begin(f, f->app->db, &t->job.work, &t->context);
	flow_then(f, context_known);
}
