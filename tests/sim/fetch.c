/*
 * fetch.c - see fetch.h.
 */
#include "tests/sim/fetch.h"

#include "server/net/http.h"
#include "shared/clock.h"

static flow_step asked, answered, failed;

struct fetch {
	struct flow flow;
	struct sim *sim;
	struct http_request request;
	const char *headers[4];
	struct http_answer answer;
	void (*told)(void *, const struct sim_fetch_answer *);
	void *with;
	int64_t started_us;
};

/* What waits in line: no flow yet, so no deadline runs. */
struct sim_queued {
	struct sim_queued *next;
	struct arena arena;
	struct sim_fetch ask;
	void (*told)(void *, const struct sim_fetch_answer *);
	void *with;
};

/* A webhook has at most 15 s (twilio.md 1.2). */
static const struct flow_kind fetch_kind = FLOW_KIND(fetch, asked, failed, 20000);

static void asked(struct flow *f)
{
	struct fetch *t = FLOW_SELF(f, struct fetch);

	http_send(f, t->sim->http, &t->request, &t->answer);
	flow_then(f, answered);
}

static enum sim_fetch_problem problem_of_answer(const struct http_answer *a)
{
	switch (a->outcome) {
	case HTTP_ANSWERED: return SIM_FETCH_GOOD;
	case HTTP_NOT_SENT: return SIM_FETCH_CONNECT;
	case HTTP_UNCERTAIN: break;
	}
	return a->too_long ? SIM_FETCH_LARGE : a->late ? SIM_FETCH_LATE : SIM_FETCH_BROKEN;
}

static void begin(struct sim *s, const struct sim_fetch *ask,
		  void (*told)(void *, const struct sim_fetch_answer *), void *with);

/* One is done: the first in line has its turn, once whoever asked has been told. */
static void tell(struct fetch *t, const struct sim_fetch_answer *a)
{
	struct sim *s = t->sim;
	struct sim_queued *q;

	s->fetching--;
	t->told(t->with, a);
	q = s->queued_first;
	if (q == NULL || s->fetching >= SIM_FETCHES_MAX || s->closing)
		return;
	s->queued_first = q->next;
	if (q->next == NULL)
		s->queued_last = NULL;
	begin(s, &q->ask, q->told, q->with);
	arena_free(&q->arena);
	free(q);
}

static void answered(struct flow *f)
{
	struct fetch *t = FLOW_SELF(f, struct fetch);
	struct sim_fetch_answer a = {.started_us = t->started_us,
				     .problem = problem_of_answer(&t->answer),
				     .status = t->answer.status,
				     .content_type = t->answer.content_type,
				     .location = t->answer.location,
				     .body = t->answer.body};

	if (a.problem != SIM_FETCH_GOOD) {
		a.status = 0;
		a.text = t->answer.error;
	}
	tell(t, &a);
}

static void failed(struct flow *f)
{
	struct fetch *t = FLOW_SELF(f, struct fetch);
	struct sim_fetch_answer a = {
		.problem = SIM_FETCH_LATE, .text = f->err.text, .started_us = t->started_us};

	tell(t, &a);
}

static void begin(struct sim *s, const struct sim_fetch *ask,
		  void (*told)(void *, const struct sim_fetch_answer *), void *with)
{
	struct fetch *t = flow_new(s->flows, &fetch_kind);
	struct arena *a = &t->flow.arena;
	unsigned n = 0;

	s->fetching++;
	t->sim = s;
	t->started_us = clock_mono_us();
	t->told = told;
	t->with = with;
	if (ask->json_header != NULL) {
		t->headers[n++] = "User-Agent: ElevenLabs/1.0";
		if (ask->json_header[0] != '\0')
			t->headers[n++] = arena_strdup(a, ask->json_header);
	} else {
		t->headers[n++] = "User-Agent: TwilioProxy/1.1";
		t->headers[n++] =
			arena_printf(a, "I-Twilio-Idempotency-Token: %s", ask->idempotency);
		if (ask->signature != NULL)
			t->headers[n++] = arena_printf(a, "X-Twilio-Signature: %s", ask->signature);
	}
	t->request = (struct http_request){
		.method = ask->post ? "POST" : "GET",
		.url = arena_cstr(a, ask->url),
		.headers = t->headers,
		.body = arena_str(a, ask->form),
		.content_type = !ask->post                 ? NULL
				: ask->json_header != NULL ? "application/json"
							   : "application/x-www-form-urlencoded",
		.connect_ms = ask->connect_ms,
		.timeout_ms = ask->total_ms,
		.answer_max = ask->limit};
	flow_begin(&t->flow);
}

void sim_fetch_start(struct sim *s, const struct sim_fetch *ask,
		     void (*told)(void *with, const struct sim_fetch_answer *), void *with)
{
	struct sim_queued *q;

	if (s->fetching < SIM_FETCHES_MAX && s->queued_first == NULL) {
		begin(s, ask, told, with);
		return;
	}
	q = xcalloc(1, sizeof *q);
	q->ask = *ask;
	q->ask.url = arena_str(&q->arena, ask->url);
	q->ask.form = arena_str(&q->arena, ask->form);
	q->ask.signature = arena_strdup(&q->arena, ask->signature);
	q->ask.idempotency = arena_strdup(&q->arena, ask->idempotency);
	q->ask.json_header = arena_strdup(&q->arena, ask->json_header);
	q->told = told;
	q->with = with;
	if (s->queued_last != NULL)
		s->queued_last->next = q;
	else
		s->queued_first = q;
	s->queued_last = q;
}

void sim_fetches_drop(struct sim *s)
{
	struct sim_fetch_answer never = {.problem = SIM_FETCH_CONNECT,
					 .text = "the line is closing"};
	struct sim_queued *q;

	while ((q = s->queued_first) != NULL) {
		s->queued_first = q->next;
		never.started_us = clock_mono_us();
		q->told(q->with, &never);
		arena_free(&q->arena);
		free(q);
	}
	s->queued_last = NULL;
}
