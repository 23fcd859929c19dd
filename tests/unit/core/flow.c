/*
 * flow.c - what the engine promises to steps (server/core/flow.h), on a real loop.
 */
#include <criterion/criterion.h>

#include "server/core/flow.h"

struct story {
	struct flow flow;
	unsigned asks;
};

static struct loop loop;
static struct flows *flows;
static char told[64];
static struct flow_token tokens[4];

static void tell(char c)
{
	size_t n = strlen(told);

	cr_assert_lt(n + 1, sizeof told);
	told[n] = c;
	told[n + 1] = '\0';
}

static void set_up(void)
{
	memset(told, 0, sizeof told);
	loop_open(&loop);
	flows = flows_open(&loop, NULL);
}

static void tear_down(void)
{
	flows_close(flows);
	loop_let_go(&loop);
	loop_close(&loop);
}

static flow_step asked, answered, failed, third;

static void asked(struct flow *f)
{
	struct story *s = FLOW_SELF(f, struct story);

	tell('a');
	for (unsigned i = 0; i < s->asks; i++)
		tokens[i] = flow_ask(f);
	flow_then(f, answered);
}

static void answered(struct flow *f)
{
	tell('b');
	flow_then(f, third);
}

static void third(struct flow *f)
{
	(void)f;
	tell('c');
}

static void failed(struct flow *f)
{
	tell('f');
	tell((char)('0' + (int)f->err.kind));
}

static const struct flow_kind kind = FLOW_KIND(story, asked, failed, 150);

static void ended(void *with)
{
	(void)with;
	tell('.');
}

static struct story *story_begun(unsigned asks)
{
	struct story *s = flow_new(flows, &kind);

	s->asks = asks;
	flow_on_end(&s->flow, ended, NULL);
	flow_begin(&s->flow);
	return s;
}

Test(flow, runs_steps_in_order_and_ends, .init = set_up, .fini = tear_down)
{
	story_begun(0);
	cr_expect_str_eq(told, "abc.");
	cr_expect_eq(flows_running(flows), 0);
}

Test(flow, goes_on_when_all_that_was_asked_has_answered, .init = set_up, .fini = tear_down)
{
	story_begun(2);
	cr_expect_str_eq(told, "a");
	flow_answered(flow_find(flows, tokens[0]));
	cr_expect_str_eq(told, "a");
	flow_answered(flow_find(flows, tokens[1]));
	cr_expect_str_eq(told, "abc.");
}

Test(flow, fails_once_and_a_late_answer_finds_nobody, .init = set_up, .fini = tear_down)
{
	struct flow_token late;

	story_begun(2);
	late = tokens[1];
	flow_refused(flow_find(flows, tokens[0]), ERR_UPSTREAM, "away");
	cr_expect_str_eq(told, "af6.");
	cr_expect_null(flow_find(flows, late));
	story_begun(1); /* the slot is used again, the old token still finds nobody */
	cr_expect_null(flow_find(flows, late));
	cr_expect_not_null(flow_find(flows, tokens[0]));
}

Test(flow, is_ended_at_its_deadline, .init = set_up, .fini = tear_down)
{
	int64_t from;

	story_begun(1);
	from = (int64_t)uv_hrtime();
	while (flows_running(flows) > 0)
		uv_run(&loop.uv, UV_RUN_ONCE);
	cr_expect_str_eq(told, "af7.");
	cr_expect_geq((int64_t)uv_hrtime() - from, INT64_C(140000000));
}

Test(flow, is_told_when_the_service_stops, .init = set_up)
{
	story_begun(1);
	tear_down();
	cr_expect_str_eq(told, "af5.");
}
