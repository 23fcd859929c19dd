/*
 * tell.h - how the parts of link/ tell the console what happened, and how an answer that is none
 * becomes a refusal that the model can show.
 */
#ifndef SWITCHBACK_TUI_LINK_TELL_H
#define SWITCHBACK_TUI_LINK_TELL_H

#include "shared/arena.h"
#include "tui/link/exchange.h"
#include "tui/model/msg.h"

struct teller {
	void (*tell)(void *to, const struct msg *m); /* m is borrowed for the call */
	void *to;
};

/* Completes m with the clocks and hands it over. */
void tell(const struct teller *t, struct msg *m);
void tell_link(const struct teller *t, enum link_state state);

/* Why there is no good answer; without any it is "unreachable" (whether a command was done then,
 * the errand knows). Texts lie in the arena. */
struct problem problem_of(const struct exchange_answer *answer, struct arena *a);
/* One of our own: status 0, a code of the list in msg.h (or "unreadable", "busy"), a sentence. */
struct problem problem_own(const char *code, const char *title);

void tell_refused(const struct teller *t, uint32_t id, const struct problem *p);

/* How long to wait after so many failures in a row (from 1): a quarter second, doubled up to
 * 15 s, of which a random half falls away, so that consoles do not come back all at once. */
int64_t retry_delay_ms(unsigned failures);

#endif
