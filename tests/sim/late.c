/*
 * late.c - see late.h.
 */
#include "tests/sim/late.h"

struct late {
	struct late *next, **at;
	struct sim *sim;
	struct ticket ticket;
	struct arena arena;
	struct sim_answer answer;
	void (*give)(struct sim *, struct ticket, const struct sim_answer *);
	uv_timer_t timer;
};

static void on_late_closed(uv_handle_t *h)
{
	struct late *l = h->data;

	arena_free(&l->arena);
	free(l);
}

static void late_end(struct late *l)
{
	*l->at = l->next;
	if (l->next != NULL)
		l->next->at = l->at;
	l->sim->in_flight--;
	uv_close((uv_handle_t *)&l->timer, on_late_closed);
}

static void on_late(uv_timer_t *t)
{
	struct late *l = t->data;

	if (l->answer.status == 0) /* a request that was left hanging */
		web_reset(l->ticket);
	else
		l->give(l->sim, l->ticket, &l->answer);
	late_end(l);
}

void sim_late_answer(struct sim *s, struct ticket t, const struct sim_answer *a, int ms,
		     void (*give)(struct sim *s, struct ticket t, const struct sim_answer *a))
{
	struct late *l = xcalloc(1, sizeof *l);

	l->sim = s;
	l->ticket = t;
	l->give = give;
	l->answer = *a;
	l->answer.body = arena_str(&l->arena, a->body);
	l->answer.location = arena_strdup(&l->arena, a->location);
	l->next = s->late;
	l->at = &s->late;
	if (l->next != NULL)
		l->next->at = &l->next;
	s->late = l;
	s->in_flight++;
	uv_timer_init(&s->loop->uv, &l->timer);
	l->timer.data = l;
	uv_timer_start(&l->timer, on_late, (uint64_t)ms, 0);
}

void sim_late_drop(struct sim *s)
{
	while (s->late != NULL)
		late_end(s->late);
}
