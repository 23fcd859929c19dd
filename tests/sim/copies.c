/*
 * copies.c - see copies.h.
 */
#include "tests/sim/copies.h"

struct copy {
	struct sim *sim;
	struct arena arena;
	struct sim_fetch ask;
	struct sim_entry entry;
	struct sim_pairs params;
	uv_timer_t timer;
};

static void on_copy_closed(uv_handle_t *t)
{
	struct copy *c = t->data;

	arena_free(&c->arena);
	free(c);
}

static void copy_answered(void *with, const struct sim_fetch_answer *answer)
{
	struct copy *c = with;

	c->entry.status = answer->status;
	c->entry.started_us = answer->started_us;
	c->entry.problem = answer->text;
	sim_journal_add(&c->sim->journal, &c->entry);
	c->sim->hooks_running--;
	uv_close((uv_handle_t *)&c->timer, on_copy_closed);
}

static void on_copy_due(uv_timer_t *t)
{
	struct copy *c = t->data;

	sim_fetch_start(c->sim, &c->ask, copy_answered, c);
}

void sim_copy_send(struct sim *s, const struct sim_fetch *ask, const struct sim_entry *like,
		   unsigned after_ms)
{
	struct copy *c = xcalloc(1, sizeof *c);
	struct arena *a = &c->arena;

	c->sim = s;
	c->ask = *ask;
	c->ask.url = arena_str(a, ask->url);
	c->ask.form = arena_str(a, ask->form);
	c->ask.signature = arena_strdup(a, ask->signature);
	c->ask.idempotency = arena_strdup(a, ask->idempotency);
	c->ask.json_header = arena_strdup(a, ask->json_header);
	for (size_t i = 0; like->params != NULL && i < like->params->n; i++)
		sim_pairs_add(&c->params, a, arena_str(a, like->params->at[i].name),
			      arena_str(a, like->params->at[i].value));
	c->entry = (struct sim_entry){.side = like->side,
				      .method = ask->post ? "POST" : "GET",
				      .url = c->ask.url,
				      .params = &c->params,
				      .attempt = 1,
				      .fault = like->fault,
				      .sid = arena_strdup(a, like->sid)};
	s->hooks_running++;
	uv_timer_init(&s->loop->uv, &c->timer);
	c->timer.data = c;
	uv_timer_start(&c->timer, on_copy_due, after_ms, 0);
}
