/*
 * tell.c - see tell.h.
 */
#include "tui/link/tell.h"

#include <sys/random.h>

#include "shared/clock.h"
#include "shared/wire/problem.h"

#define RETRY_FIRST_MS 250
#define RETRY_MAX_MS   15000

void tell(const struct teller *t, struct msg *m)
{
	m->mono_ms = clock_mono_ms();
	m->wall_us = clock_wall_us();
	t->tell(t->to, m);
}

void tell_link(const struct teller *t, enum link_state state)
{
	tell(t, &(struct msg){.kind = MSG_LINK, .link = state});
}

void tell_refused(const struct teller *t, uint32_t id, const struct problem *p)
{
	tell(t, &(struct msg){.kind = MSG_REFUSED, .id = id, .problem = p});
}

struct problem problem_own(const char *code, const char *title)
{
	return (struct problem){.code = str_of(code), .title = str_of(title)};
}

struct problem problem_of(const struct exchange_answer *answer, struct arena *a)
{
	struct wire_problem *w;

	if (answer->fate != EXCHANGE_ANSWERED)
		return problem_own("unreachable", arena_strdup(a, answer->why));
	w = ARENA_NEW(a, struct wire_problem);
	wire_problem_read(answer->status, answer->body, a, w);
	return (struct problem){
		.status = answer->status,
		.code = str_of(w->code),
		.title = str_of(w->title),
		.holder_name = str_of(w->holder_name),
		.holder_user_id = str_of(w->holder_user_id),
		.holder_since_us = w->holder_since,
		.epoch = w->epoch,
		.retry_after_s = answer->retry_after_s,
	};
}

int64_t retry_delay_ms(unsigned failures)
{
	int64_t whole = RETRY_FIRST_MS;
	uint32_t chance = 0;

	for (unsigned i = 1; i < failures && whole < RETRY_MAX_MS; i++)
		whole *= 2;
	if (whole > RETRY_MAX_MS)
		whole = RETRY_MAX_MS;
	if (getrandom(&chance, sizeof chance, 0) != (ssize_t)sizeof chance)
		chance = 0;
	return whole - (int64_t)(chance % (uint64_t)(whole / 2 + 1));
}
