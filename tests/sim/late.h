/*
 * late.h - answers that are given later than they were made, or never.
 */
#ifndef SWITCHBACK_TESTS_SIM_LATE_H
#define SWITCHBACK_TESTS_SIM_LATE_H

#include "server/net/web.h"
#include "tests/sim/rest.h"

#define SIM_HANG_MS 120000 /* longer than anybody should wait */

/* Copies the answer; after ms it is given with `give`, or, if its status is 0, the connection is
 * cut. Counted among the line's requests in flight until then. */
void sim_late_answer(struct sim *s, struct ticket t, const struct sim_answer *a, int ms,
		     void (*give)(struct sim *s, struct ticket t, const struct sim_answer *a));
/* At the end of the line: nobody is answered any more. */
void sim_late_drop(struct sim *s);

#endif
