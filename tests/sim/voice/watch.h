/*
 * watch.h - calls for whoever looks on (the handset, scripts, tests): as JSON, at once or when
 * there is news.
 */
#ifndef SWITCHBACK_TESTS_SIM_VOICE_WATCH_H
#define SWITCHBACK_TESTS_SIM_VOICE_WATCH_H

#include "server/net/web.h"
#include "tests/sim/voice/leg.h"

/* A call with the lines that changed after version `since`. */
void sim_watch_write(const struct sim_leg *leg, const char *name, uint64_t since, struct buf *b);
/* The calls of a phone (all of them: phone.n is 0) that changed after `since`, as an array. */
void sim_watch_list(const struct sim *s, struct str phone, uint64_t since, size_t limit,
		    const char *name, struct buf *b);

/* Answers with this call; when it has not changed after `since`, waits up to wait_ms for that. */
void sim_watch_answer(struct sim *s, struct ticket t, const char *sid, uint64_t since,
		      unsigned wait_ms);
/* Tells those who wait for this leg, or for its phone. */
void sim_watch_news(struct sim_leg *leg);
void sim_watch_drop(struct sim *s);

#endif
