/*
 * amd.c - see amd.h. It stands between the answer and the plan that the call was made with.
 */
#include "tests/sim/voice/amd.h"

#include "tests/sim/voice/person.h"

#define VERDICT_MS 400 /* Twilio takes up to four seconds; a practice line need not */

struct amd {
	struct arena arena;
	struct sim_leg *leg;
	struct sim_timer *timer;
	void (*answered)(void *, struct sim_leg *);
	void (*ended)(void *, struct sim_leg *);
	void *with;
	bool async, to_the_end, get, planned;
	char *callback;
};

static void amd_free(struct amd *d)
{
	sim_timer_free(&d->timer);
	arena_free(&d->arena);
	free(d);
}

static void verdict_tell(struct amd *d)
{
	struct sim_pairs p = {0};

	if (d->callback == NULL)
		return;
	sim_pairs_put(&p, &d->arena, "AnsweredBy", str_of(d->leg->answered_by));
	sim_pairs_put_int(&p, &d->arena, "MachineDetectionDuration", VERDICT_MS);
	sim_leg_notify(d->leg, str_of(d->callback), d->get, &p);
}

static void on_verdict(void *with)
{
	struct amd *d = with;
	struct sim_leg *leg = d->leg;
	bool machine = leg->rings == SIM_RINGS_MACHINE;

	snprintf(leg->answered_by, sizeof leg->answered_by, "%s",
		 !machine        ? "human"
		 : d->to_the_end ? "machine_end_beep"
				 : "machine_start");
	sim_leg_changed(leg);
	if (d->async) {
		verdict_tell(d);
		leg->ended = NULL;
	} else {
		leg->ended = NULL;
		d->answered(d->with, leg);
	}
	amd_free(d);
}

static void on_ended(void *with, struct sim_leg *leg);

static void on_answered(void *with, struct sim_leg *leg)
{
	struct amd *d = with;

	if (d->async) { /* the call goes on, and the verdict comes beside it */
		d->planned = true;
		leg->ended = NULL;
		d->answered(d->with, leg);
		if (sim_leg_is_over(leg)) {
			amd_free(d);
			return;
		}
		leg->ended = on_ended;
		leg->with = d;
	}
	sim_timer_set(d->timer, VERDICT_MS);
}

static void on_ended(void *with, struct sim_leg *leg)
{
	struct amd *d = with;

	if (d->ended != NULL && !d->planned)
		d->ended(d->with, leg);
	amd_free(d);
}

void sim_amd_set(struct sim_leg *leg, const struct sim_pairs *params)
{
	struct str kind = sim_pairs_value(params, "MachineDetection");
	struct str url = sim_pairs_value(params, "AsyncAmdStatusCallback");
	struct amd *d;

	if (!str_is(kind, "Enable") && !str_is(kind, "DetectMessageEnd"))
		return;
	d = xcalloc(1, sizeof *d);
	d->leg = leg;
	d->timer = sim_timer_new(&leg->sim->loop->uv, on_verdict, d);
	d->answered = leg->answered;
	d->ended = leg->ended;
	d->with = leg->with;
	d->async = str_is(sim_pairs_value(params, "AsyncAmd"), "true");
	d->to_the_end = str_is(kind, "DetectMessageEnd");
	d->get = str_is(sim_pairs_value(params, "AsyncAmdStatusCallbackMethod"), "GET");
	d->callback = url.n > 0 && sim_url_callable(url) ? arena_cstr(&d->arena, url) : NULL;
	leg->answered = on_answered;
	leg->ended = on_ended;
	leg->with = d;
}
