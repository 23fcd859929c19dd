/*
 * agent_turn.c - one turn of the agent in one conversation: context read, decided by server/agent,
 * stored.
 *
 * Two round trips, and between them nothing but thinking. The decision is stored only while the
 * work's lease is ours and the thread is the agent's, so a turn that was overtaken - by a person,
 * or by its own repetition after a crash - says nothing. A payment card split over several texts is
 * looked for here once more, before the agent reads them: two texts that came at the same moment
 * did not see each other at the door.
 */
#include "server/agent/agent.h"
#include "server/app.h"
#include "server/events/hub.h"
#include "server/jobs/jobs.h"
#include "server/jobs/runner.h"
#include "server/store/turn.h"
#include "shared/clock.h"
#include "shared/log.h"
#include "shared/segments.h"

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

static void context_known(struct flow *f)
{
	struct turn_job *t = SELF(f);
	struct turn_context *c = &t->context;
	struct turn_store s = {0};

	if (!c->found)
		return;
	s.redact = turn_cards_out(&f->arena, c, &f->app->figures.cards_redacted);
	zones_hold(&f->app->zones, c->store.zone);
	c->in.now_us = clock_wall_us();
	agent_turn(&f->arena, &c->in, &t->said);
	s.epoch = c->epoch;
	s.answered_to = c->answered_to;
	s.said = &t->said;
	s.segments = t->said.say.n == 0 ? 0 : segments_of(t->said.say).count;
	turn_store(f, f->app->db, &t->job.work, &s, &t->outcome);
	flow_then(f, stored);
}

static void stored(struct flow *f)
{
	struct turn_job *t = SELF(f);
	struct figures *figures = &f->app->figures;

	hub_nudge_soon(f->app->hub, t->job.work.organization);
	if (t->outcome != TURN_STORED) {
		figures->turns_given_up++;
		log_info("event=turn_given_up conversation=%s taken=%d", t->job.work.ref,
			 t->outcome == TURN_TAKEN);
		return;
	}
	figures->turns_stored++;
	figures->turns_escalated += t->said.escalate ? 1 : 0;
	runner_nudge(f->app->runner, 0); /* the reply is in the outbox */
	log_info("event=turn_stored organization=%s conversation=%s class=%s language=%s "
		 "escalate=%s",
		 t->job.work.organization, t->job.work.ref, t->said.class,
		 language_code(t->said.language), t->said.escalate ? t->said.reason : "no");
}

const struct flow_kind agent_turn_kind = FLOW_KIND(turn_job, asked, NULL, 8000);
