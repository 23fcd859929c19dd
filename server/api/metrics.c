/*
 * metrics.c - GET /metrics: the figures of this process in Prometheus' text format. No
 * organization, no number and no name appears in it.
 */
#include <sys/resource.h>

#include "server/api/health.h"
#include "server/app.h"
#include "server/events/hub.h"
#include "server/jobs/runner.h"
#include "server/staff/passwords.h"
#include "server/voice/scribe.h"
#include "shared/buf.h"
#include "shared/clock.h"

static void figure(struct buf *b, const char *name, const char *kind, const char *help, double v)
{
	buf_printf(b, "# HELP switchback_%s %s\n# TYPE switchback_%s %s\nswitchback_%s %.17g\n",
		   name, help, name, kind, name, v);
}

static void counters(struct buf *b, const struct app *app)
{
#define FIGURE_SHOWN(name, help) \
	figure(b, #name "_total", "counter", help, (double)app->figures.name);
	FIGURES(FIGURE_SHOWN)
#undef FIGURE_SHOWN
}

static void web_shown(struct buf *b, const struct app *app)
{
	struct web_figures w;

	web_figures(app->web, &w);
	figure(b, "connections_open", "gauge", "Connections open now", w.open);
	figure(b, "connections_total", "counter", "Connections accepted", (double)w.accepted);
	figure(b, "connections_turned_away_total", "counter", "Connections beyond the limits",
	       (double)w.turned_away);
	figure(b, "requests_total", "counter", "Requests read", (double)w.requests);
	figure(b, "requests_refused_total", "counter", "Requests malformed, too large or too slow",
	       (double)w.refused);
	buf_add_cstr(b, "# HELP switchback_answers_total Answers by class of status\n"
			"# TYPE switchback_answers_total counter\n");
	for (int i = 1; i < 6; i++)
		buf_printf(b, "switchback_answers_total{class=\"%dxx\"} %" PRIu64 "\n", i,
			   w.answers[i]);
}

static void streams_shown(struct buf *b, const struct app *app)
{
	struct sse_figures s;
	struct hub_figures h;

	sse_figures(app->web, &s);
	hub_figures(app->hub, &h);
	figure(b, "streams_open", "gauge", "Event streams open now", s.open);
	figure(b, "streams_total", "counter", "Event streams begun", (double)s.opened);
	figure(b, "streams_cut_slow_total", "counter",
	       "Event streams cut because their client did not take what was sent",
	       (double)s.cut_slow);
	figure(b, "streams_ended_total", "counter", "Event streams ended with their session",
	       (double)h.ended);
	figure(b, "organizations_followed", "gauge", "Organizations with an event stream", h.feeds);
	figure(b, "events_delivered_total", "counter", "Events written to streams",
	       (double)h.delivered);
	figure(b, "events_found_late_total", "counter",
	       "Times that new events were found by looking, not by a word", (double)h.missed);
}

static void database_shown(struct buf *b, const struct app *app)
{
	struct db_figures d;

	db_figures(app->db, &d);
	figure(b, "database_connections", "gauge", "Connections to the database that are ready",
	       d.connected);
	figure(b, "database_in_flight", "gauge", "Asks that the database is at", d.in_flight);
	figure(b, "database_waiting", "gauge", "Asks that wait for a connection", d.queued);
	figure(b, "database_asks_total", "counter", "Asks of the database", (double)d.asked);
	figure(b, "database_failed_total", "counter", "Asks that failed", (double)d.failed);
	figure(b, "database_repeated_total", "counter", "Asks that were repeated",
	       (double)d.repeated);
	figure(b, "database_lost_total", "counter", "Connections lost", (double)d.lost);
}

static void calls_shown(struct buf *b, const struct app *app)
{
	struct bridge_figures c = {0};
	struct scribes_figures s;

	if (app->bridges != NULL)
		bridges_figures(app->bridges, &c);
	scribes_figures(app->scribes, &s);
	figure(b, "bridges_live", "gauge", "Calls whose audio is carried now", c.live);
	figure(b, "bridge_frames_in_total", "counter", "Pieces of audio from callers",
	       (double)c.frames_in);
	figure(b, "bridge_frames_out_total", "counter", "Pieces of audio to callers",
	       (double)c.frames_out);
	figure(b, "bridge_frames_dropped_total", "counter",
	       "Pieces of audio dropped: stale after an interruption, or no room",
	       (double)c.frames_dropped);
	figure(b, "bridge_allocations_total", "counter", "Allocations for messages of sockets",
	       (double)c.allocations);
	figure(b, "conversations_lost_total", "counter",
	       "Conversations with the agent that were lost or refused", (double)c.lost);
	figure(b, "bridge_messages_ignored_total", "counter",
	       "Messages of a call that could not be read, or are not known", (double)c.ignored);
	figure(b, "said_waiting", "gauge", "Lines of calls that are not written down yet",
	       s.waiting);
	figure(b, "said_kept_total", "counter", "Lines of calls written down", (double)s.kept);
	figure(b, "said_corrected_total", "counter", "Lines of calls cut to what was spoken",
	       (double)s.corrected);
	figure(b, "said_refused_total", "counter",
	       "Lines of an agent that did not speak for the store any more", (double)s.refused);
	figure(b, "said_retried_total", "counter",
	       "Times that lines of calls could not be written down at once", (double)s.retries);
	figure(b, "said_dropped_total", "counter", "Lines of calls that did not fit",
	       (double)s.lost);
}

static void staff_shown(struct buf *b, const struct app *app)
{
	struct passwords_figures p;

	passwords_figures(app->passwords, &p);
	figure(b, "password_checks_waiting", "gauge", "Sign-ins that wait for their turn",
	       p.waiting);
	figure(b, "password_checks_turned_away_total", "counter",
	       "Sign-ins refused because too many waited", (double)p.refused);
}

static void loop_shown(struct buf *b, const struct app *app)
{
	const struct loop_turns *t = &app->loop.turns;
	uint64_t n = 0;

	buf_add_cstr(b, "# HELP switchback_loop_turn_seconds How long the event loop was at it "
			"between two waits\n# TYPE switchback_loop_turn_seconds histogram\n");
	for (int i = 0; i < LOOP_TURN_SLOTS - 1; i++) {
		n += t->n[i];
		buf_printf(b, "switchback_loop_turn_seconds_bucket{le=\"%g\"} %" PRIu64 "\n",
			   loop_turn_bound_us(i) / 1e6, n);
	}
	n += t->n[LOOP_TURN_SLOTS - 1];
	buf_printf(b,
		   "switchback_loop_turn_seconds_bucket{le=\"+Inf\"} %" PRIu64 "\n"
		   "switchback_loop_turn_seconds_sum %.9g\n"
		   "switchback_loop_turn_seconds_count %" PRIu64 "\n",
		   n, (double)t->busy_ns / 1e9, n);
}

static void process_shown(struct buf *b, const struct app *app)
{
	struct rusage u;

	getrusage(RUSAGE_SELF, &u);
	figure(b, "process_cpu_seconds_total", "counter", "CPU time used",
	       (double)(u.ru_utime.tv_sec + u.ru_stime.tv_sec) +
		       (double)(u.ru_utime.tv_usec + u.ru_stime.tv_usec) / 1e6);
	figure(b, "process_resident_peak_bytes", "gauge", "Most memory resident so far",
	       (double)u.ru_maxrss * 1024);
	figure(b, "flows_running", "gauge", "Pieces of work under way",
	       (double)flows_running(app->flows));
	figure(b, "jobs_running", "gauge", "Due pieces of work under way",
	       app->runner == NULL ? 0 : runner_running(app->runner));
}

void metrics(struct app *app, const struct web_request *r, struct ticket t)
{
	struct buf b;

	(void)r;
	buf_init(&b, 64 * 1024);
	counters(&b, app);
	web_shown(&b, app);
	streams_shown(&b, app);
	database_shown(&b, app);
	calls_shown(&b, app);
	staff_shown(&b, app);
	loop_shown(&b, app);
	process_shown(&b, app);
	web_reply(t, 200, "text/plain; version=0.0.4; charset=utf-8", buf_str(&b));
	buf_clear(&b);
}
