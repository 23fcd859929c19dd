/*
 * line.c - see line.h. The order of stopping: no new hooks, what is held back and on its way is
 * dropped, flows fail (their hooks end), then the sockets.
 */
#include "tests/sim/line.h"

#include "server/net/http.h"
#include "tests/sim/carrier.h"
#include "tests/sim/door.h"
#include "tests/sim/eleven/conv.h"
#include "tests/sim/fetch.h"
#include "tests/sim/hook.h"
#include "tests/sim/voice/leg.h"

void sim_line_open(struct sim_line *l)
{
	*l = (struct sim_line){0};
	loop_open(&l->loop);
	l->flows = flows_open(&l->loop, NULL);
	l->http = http_open(&l->loop, l->flows);
}

bool sim_line_serve(struct sim_line *l, const struct sim_options *o, struct err *err)
{
	if (!sim_open(&l->sim, &l->loop, &o->set, err))
		return false;
	l->has_sim = true;
	l->sim.flows = l->flows;
	l->sim.http = l->http;
	http_set_per_host(l->http, SIM_FETCHES_MAX);
	return sim_options_apply(o, &l->sim, err) && sim_door_open(&l->sim, err);
}

void sim_line_stop(struct sim_line *l)
{
	if (l->stopping)
		return;
	l->stopping = true;
	if (l->has_sim) {
		l->sim.closing = true;
		sim_carrier_drop(&l->sim);
		sim_legs_drop(&l->sim);
		sim_convs_drop(&l->sim);
		sim_hooks_release(&l->sim);
		sim_fetches_drop(&l->sim);
	}
	flows_close(l->flows);
	if (l->has_sim) {
		sim_door_close(&l->sim);
		sim_journal_close(&l->sim.journal);
	}
	http_close(l->http);
	loop_let_go(&l->loop);
}

void sim_line_close(struct sim_line *l)
{
	loop_close(&l->loop);
	if (l->has_sim)
		sim_free(&l->sim);
}
