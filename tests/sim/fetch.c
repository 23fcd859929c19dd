/*
 * fetch.c - see fetch.h.
 */
#include "tests/sim/fetch.h"

#include "server/net/http.h"

static flow_step asked, answered, failed;

struct fetch {
	struct flow flow;
	struct sim *sim;
	struct http_request request;
	struct http_header headers[4];
	struct http_answer answer;
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
	case HTTP_LATE: return SIM_FETCH_LATE;
	case HTTP_TOO_LARGE: return SIM_FETCH_LARGE;
	default: return SIM_FETCH_BROKEN;
	}
}

static void answered(struct flow *f)
{
	struct fetch *t = FLOW_SELF(f, struct fetch);
	struct sim_fetch_answer a = {.problem = problem_of_answer(&t->answer),
				     .status = t->answer.status,
				     .content_type = t->answer.content_type,
				     .location = t->answer.location,
				     .body = t->answer.body};

	if (a.problem != SIM_FETCH_GOOD) {
		a.status = 0;
		a.text = t->answer.error;
	}
	t->told(t->with, &a);
}

static void failed(struct flow *f)
{
	struct fetch *t = FLOW_SELF(f, struct fetch);
	struct sim_fetch_answer a = {.problem = SIM_FETCH_LATE, .text = f->err.text};

	t->told(t->with, &a);
}

void sim_fetch_start(struct sim *s, const struct sim_fetch *ask,
		     void (*told)(void *with, const struct sim_fetch_answer *), void *with)
{
	struct fetch *t = flow_new(s->flows, &fetch_kind);
	struct arena *a = &t->flow.arena;
	unsigned n = 0;

	t->sim = s;
	t->told = told;
	t->with = with;
	t->headers[n++] = (struct http_header){"User-Agent", "TwilioProxy/1.1"};
	t->headers[n++] = (struct http_header){"I-Twilio-Idempotency-Token",
					       arena_strdup(a, ask->idempotency)};
	if (ask->signature != NULL)
		t->headers[n++] =
			(struct http_header){"X-Twilio-Signature", arena_strdup(a, ask->signature)};
	t->request = (struct http_request){
		.method = ask->post ? "POST" : "GET",
		.url = arena_cstr(a, ask->url),
		.headers = t->headers,
		.headers_n = n,
		.body = arena_str(a, ask->form),
		.content_type = ask->post ? "application/x-www-form-urlencoded" : NULL,
		.connect_ms = ask->connect_ms,
		.timeout_ms = ask->total_ms,
		.answer_max = ask->limit};
	flow_begin(&t->flow);
}
