/*
 * phone_call.c - see phone_call.h.
 */
#include "tests/sim/phone_call.h"

#include "tests/sim/phone_command.h"

bool phone_call_is_over(const struct phone_call *c)
{
	return c->state >= PHONE_CALL_COMPLETED;
}

struct phone_call *phone_call_on(struct phone *p)
{
	for (size_t i = 0; i < p->calls_n; i++) {
		struct phone_call *c = &p->calls[i];

		if (c->state == PHONE_CALL_CONNECTED || (!c->incoming && !phone_call_is_over(c)))
			return c;
	}
	return NULL;
}

struct phone_call *phone_call_ringing(struct phone *p)
{
	for (size_t i = 0; i < p->calls_n; i++) {
		if (p->calls[i].incoming && p->calls[i].state == PHONE_CALL_RINGING)
			return &p->calls[i];
	}
	return NULL;
}

const struct phone_call *phone_call_ended(const struct phone *p)
{
	for (size_t i = p->calls_n; i > 0; i--) {
		if (phone_call_is_over(&p->calls[i - 1]))
			return &p->calls[i - 1];
	}
	return NULL;
}

int phone_call_seconds(const struct phone *p, const struct phone_call *c)
{
	int64_t end = c->ended_us > 0 ? c->ended_us : p->now_us;

	if (c->answered_us == 0 || end < c->answered_us)
		return 0;
	return (int)int_clamp((end - c->answered_us) / 1000000, 0, 24 * 3600);
}

static struct phone_call *call_known(struct phone *p, const char *sid)
{
	for (size_t i = 0; i < p->calls_n; i++) {
		if (strcmp(p->calls[i].sid, sid) == 0)
			return &p->calls[i];
	}
	return NULL;
}

static void call_remove(struct phone *p, size_t at)
{
	p->calls_n--;
	memmove(p->calls + at, p->calls + at + 1, (p->calls_n - at) * sizeof *p->calls);
}

void phone_call_put_away(struct phone *p)
{
	for (size_t i = p->calls_n; i > 0; i--) {
		if (phone_call_is_over(&p->calls[i - 1]))
			call_remove(p, i - 1);
	}
}

/* One that was over before we looked is history: its lines tell of it. */
static void call_add(struct phone *p, const struct phone_call *c)
{
	if (phone_call_is_over(c))
		return;
	phone_call_put_away(p);
	if (p->calls_n == PHONE_CALLS_MAX)
		call_remove(p, 0);
	p->calls[p->calls_n++] = *c;
}

void phone_call_update(struct phone *p, const struct phone_call *c)
{
	struct phone_call *known = call_known(p, c->sid);
	const struct phone_call *on = phone_call_on(p);
	bool rang = known != NULL && known->state == PHONE_CALL_RINGING;

	if (on != NULL && on == known && phone_call_is_over(c) && p->input_n > 0)
		p->unsaid = true;
	if (known != NULL) {
		bool left = known->left;

		*known = *c;
		known->left = left;
	} else {
		call_add(p, c);
	}
	if (!c->incoming)
		p->calling = false;
	if (c->incoming && c->state == PHONE_CALL_RINGING && !rang) {
		p->bell = true;
		phone_notice(p, "", false); /* how to take it stands there now */
	}
}
