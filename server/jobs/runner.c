/*
 * runner.c - see runner.h.
 */
#include "server/jobs/runner.h"

#include "server/jobs/jobs.h"
#include "shared/clock.h"
#include "shared/log.h"

#define JOBS_MAX       16
#define SOME_PER_S     50  /* texts a second: then JOBS_SOME at a time */
#define MANY_PER_S     200 /* then one, PAUSE_MANY_MS apart */
#define JOBS_SOME      4
#define WINDOW_MS      200
#define WAITING        2 /* webhooks at the database at once: then it may be busy */
#define SLACK_US       1000
#define PACE_MS        20  /* between two changes of pace */
#define QUIET_MS       100 /* without a webhook: then the pace rises by itself */
#define PAUSE_MIN_MS   5   /* between two jobs, when one at a time is too many */
#define PAUSE_MANY_MS  20
#define PAUSE_MAX_MS   100
#define LOOK_MS        1000 /* at least this often: other processes add work too */
#define CLAIM_DUE_MS   8000
#define ATTEMPTS_NOTED 5

struct runner {
	struct app *app;
	uv_timer_t timer;
	int64_t due_ms; /* when the timer fires; monotonic */
	unsigned running;
	unsigned pace;             /* jobs at a time, 1 to JOBS_MAX */
	int64_t pause_ms;          /* between two claims */
	int64_t felt_us, alone_us; /* what a webhook takes: lately; at its quickest */
	int64_t paced_ms;
	/* texts since window_ms, and how many a second there were in the window before */
	unsigned texts, texts_per_s;
	int64_t window_ms;
	bool claiming, stopped;
	int64_t next_ms; /* from the running claim: when to look again */
};

struct claim {
	struct flow flow;
	struct runner *runner;
	unsigned limit;
	struct work_claimed claimed;
	int64_t next_ms;
};

static const struct job_kind kinds[] = {
	{"agent_turn", &agent_turn_kind}, {"outbox", &outbox_send_kind},
	{"promise", &promise_due_kind},   {"call_transcript", &call_transcript_kind},
	{"call_out", &call_out_kind},     {"call_watch", &call_watch_kind},
	{"call_steer", &call_steer_kind},
};

static void on_timer(uv_timer_t *t);

static void look_in(struct runner *r, int64_t ms)
{
	int64_t at = clock_mono_ms() + ms;

	if (r->stopped || (uv_is_active((uv_handle_t *)&r->timer) && r->due_ms <= at))
		return;
	r->due_ms = at;
	uv_timer_start(&r->timer, on_timer, (uint64_t)ms, 0);
}

static void job_over(void *with)
{
	struct runner *r = with;

	r->running--;
	if (r->running < r->pace)
		look_in(r, r->pause_ms);
}

static void job_begin(struct runner *r, const struct work *w)
{
	for (size_t i = 0; i < ARRAY_LEN(kinds); i++) {
		struct job *j;

		if (strcmp(kinds[i].kind, w->kind) != 0)
			continue;
		if (w->attempts >= ATTEMPTS_NOTED)
			log_error("event=work_repeated kind=%s ref=%s attempts=%d", w->kind, w->ref,
				  w->attempts);
		j = flow_new(r->app->flows, kinds[i].flow);
		j->work = *w;
		flow_on_end(&j->flow, job_over, r);
		r->running++;
		flow_begin(&j->flow);
		return;
	}
	log_warn("event=work_unknown kind=%s ref=%s", w->kind,
		 w->ref); /* a newer service's, perhaps */
}

/* ---- one claim ---- */

static flow_step claim_asked, claimed, next_known;

static void claim_asked(struct flow *f)
{
	struct claim *c = FLOW_SELF(f, struct claim);

	work_claim(f, f->app->db, c->limit, RUNNER_LEASE_MS, &c->claimed);
	flow_then(f, claimed);
}

static void claimed(struct flow *f)
{
	struct claim *c = FLOW_SELF(f, struct claim);
	struct runner *r = c->runner;

	for (size_t i = 0; i < c->claimed.n && !r->stopped; i++)
		job_begin(r, &c->claimed.work[i]);
	if (c->claimed.n == c->limit) {
		r->next_ms = r->pause_ms;
		return;
	}
	work_next_ms(f, f->app->db, &c->next_ms);
	flow_then(f, next_known);
}

static void next_known(struct flow *f)
{
	struct claim *c = FLOW_SELF(f, struct claim);

	if (c->next_ms >= 0 && c->next_ms < LOOK_MS)
		c->runner->next_ms = c->next_ms;
}

static void claim_over(void *with)
{
	struct runner *r = with;

	r->claiming = false;
	look_in(r, r->next_ms);
}

static void claim_failed(struct flow *f)
{
	(void)f; /* logged by the engine; claim_over looks again */
}

static const struct flow_kind claim_kind =
	FLOW_KIND(claim, claim_asked, claim_failed, CLAIM_DUE_MS);

static void on_timer(uv_timer_t *t)
{
	struct runner *r = t->data;
	int64_t now = clock_mono_ms();
	struct claim *c;

	if (now - r->paced_ms > QUIET_MS && r->pace < JOBS_MAX) {
		r->pace++; /* no webhook for a while */
		r->pause_ms = 0;
		r->texts_per_s = 0;
		r->paced_ms = now;
	}
	if (r->stopped || r->claiming || r->running >= r->pace)
		return; /* claim_over and job_over look again */
	r->claiming = true;
	c = flow_new(r->app->flows, &claim_kind);
	c->runner = r;
	c->limit = r->pace - r->running;
	r->next_ms = LOOK_MS;
	flow_on_end(&c->flow, claim_over, r);
	flow_begin(&c->flow);
}

/* ---- the outside ---- */

struct runner *runner_open(struct app *app)
{
	struct runner *r = xcalloc(1, sizeof *r);

	r->app = app;
	r->pace = JOBS_MAX;
	uv_timer_init(&app->loop.uv, &r->timer);
	r->timer.data = r;
	look_in(r, 0);
	return r;
}

void runner_stop(struct runner *r)
{
	r->stopped = true;
	uv_timer_stop(&r->timer);
}

static void on_closed(uv_handle_t *h)
{
	free(h->data);
}

void runner_close(struct runner *r)
{
	if (r == NULL)
		return;
	runner_stop(r);
	uv_close((uv_handle_t *)&r->timer, on_closed);
}

void runner_nudge(struct runner *r, unsigned ms)
{
	if (r != NULL)
		look_in(r, ms);
}

/* Webhooks wait behind each other, and each takes much longer than one does here when it is alone.
 */
static bool webhooks_suffer(struct runner *r, int64_t us)
{
	size_t ours = r->running + (r->claiming ? 1 : 0) + 1; /* and the one that tells */
	size_t all = flows_running(r->app->flows);

	r->felt_us += (us - r->felt_us) / 8;
	if (r->alone_us == 0 || us < r->alone_us)
		r->alone_us = us;
	else
		r->alone_us += r->alone_us / 1024 + 1; /* what was quick once may not be for ever */
	return all >= ours + WAITING && r->felt_us > 2 * r->alone_us + SLACK_US;
}

static void texts_counted(struct runner *r, int64_t now)
{
	r->texts++;
	if (now - r->window_ms < WINDOW_MS)
		return;
	r->texts_per_s = (unsigned)(r->texts * 1000 / (now - r->window_ms));
	r->texts = 0;
	r->window_ms = now;
}

/* A burst is kept first and answered right after: each turn costs the database as much as several
 * texts. */
static unsigned pace_most(const struct runner *r)
{
	return r->texts_per_s > MANY_PER_S ? 1 : r->texts_per_s > SOME_PER_S ? JOBS_SOME : JOBS_MAX;
}

void runner_felt(struct runner *r, int64_t us)
{
	int64_t now = clock_mono_ms();
	bool suffer;

	if (r == NULL)
		return;
	suffer = webhooks_suffer(r, us);
	texts_counted(r, now);
	if (now - r->paced_ms < PACE_MS)
		return;
	r->paced_ms = now;
	if (suffer && r->pace > 1)
		r->pace /= 2;
	else if (suffer)
		r->pause_ms = int_clamp(r->pause_ms * 2, PAUSE_MIN_MS, PAUSE_MAX_MS);
	else if (r->pause_ms > 0)
		r->pause_ms = r->pause_ms > PAUSE_MIN_MS ? r->pause_ms / 2 : 0;
	else if (r->pace < pace_most(r))
		r->pace++;
	if (r->pace > pace_most(r))
		r->pace = pace_most(r);
	if (r->texts_per_s > MANY_PER_S)
		r->pause_ms = int_clamp(r->pause_ms, PAUSE_MANY_MS, PAUSE_MAX_MS);
}

unsigned runner_running(const struct runner *r)
{
	return r->running;
}
