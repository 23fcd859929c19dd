/*
 * app.c - start and stop in order. What is opened first is closed last; a stop drains: no new work
 * is claimed, no connection accepted, what is under way is finished, and after 5 s the rest is left
 * to its leases.
 */
#include "server/app.h"

#include "server/events/hub.h"
#include "server/jobs/runner.h"
#include "server/keys.h"
#include "server/routes.h"
#include "server/staff/delays.h"
#include "server/staff/passwords.h"
#include "server/staff/sessions.h"
#include "server/startup.h"
#include "server/voice/board.h"
#include "server/voice/outage.h"
#include "shared/log.h"

#define STOP_LIMIT_MS   4000
#define STOP_LOOK_MS    20
#define OWN_DESCRIPTORS 256

static void stop_asked(void *with);

#define CALLS_MAX 1000

/* Descriptors are shared out: some of our own (database, providers, log), of the rest an eighth for
 * calls (two sockets each), a third for requests and what is left for streams, none more than
 * anybody needs. */
static unsigned calls_room(unsigned descriptors)
{
	return (unsigned)int_clamp(((int64_t)descriptors - OWN_DESCRIPTORS) / 16, 16, CALLS_MAX);
}

static unsigned connections_room(unsigned descriptors)
{
	return (unsigned)int_clamp(((int64_t)descriptors - OWN_DESCRIPTORS) / 3, 64, 10000);
}

static unsigned streams_room(unsigned descriptors)
{
	return (unsigned)int_clamp((int64_t)descriptors - OWN_DESCRIPTORS -
					   connections_room(descriptors) -
					   2 * (int64_t)calls_room(descriptors),
				   64, 100000);
}

static void session_forgotten(void *with, const char *organization_id, const char *user_id,
			      const char *session_id)
{
	struct app *a = with;

	sessions_ended(a->sessions, organization_id, user_id, session_id);
}

bool app_open(struct app *a, const struct settings *s, struct err *err)
{
	struct db_options db = {.url = s->app_database_url};
	struct web_options web = {.tables = {routes, NULL}};
	unsigned descriptors;

	*a = (struct app){.settings = s};
	if (!startup_checked(s, err))
		return false;
	descriptors = startup_descriptors();
	web.streams_max = streams_room(descriptors);
	web.connections_max = connections_room(descriptors);
	web.sockets_max = 2 * calls_room(descriptors);
	loop_open(&a->loop);
	a->flows = flows_open(&a->loop, a);
	a->db = db_open(&a->loop, a->flows, &db);
	a->http = http_open(&a->loop, a->flows);
	a->keys = keys_open(s);
	a->passwords = passwords_open(&a->loop, a->flows, s->bcrypt_rounds);
	a->delays = delays_new();
	a->sessions = sessions_new();
	a->outage = outage_new();
	a->hub = hub_open(&a->loop, a->flows, a->db, s->app_database_url);
	hub_on_session_ended(a->hub, session_forgotten, a);
	a->web = web_open(&a->loop, a, &web);
	a->scribes = scribes_open(a);
	a->board = board_open(a->hub);
	a->bridges = bridges_open(&a->loop, web_sockets(a->web), calls_room(descriptors));
	uv_timer_init(&a->loop.uv, &a->stop_limit);
	a->stop_limit.data = a;
	loop_on_stop(&a->loop, stop_asked, a);
	if (!web_listen(a->web, s->listen, s->port, err))
		return false; /* the process ends: nothing was begun that needs undoing */
	a->runner = runner_open(a);
	log_info("event=listening address=%s port=%d version=%s", s->listen, web_port(a->web),
		 SWITCHBACK_VERSION);
	return true;
}

static void closed_down(struct app *a)
{
	uv_timer_stop(&a->stop_limit);
	uv_close((uv_handle_t *)&a->stop_limit, NULL);
	runner_stop(a->runner);
	bridges_close(a->bridges);
	flows_close(a->flows); /* what waits is answered "busy" here */
	scribes_close(a->scribes);
	board_close(a->board);
	runner_close(a->runner);
	hub_close(a->hub);
	web_close(a->web);
	http_close(a->http);
	db_close(a->db);
	passwords_close(a->passwords);
	delays_free(a->delays);
	sessions_free(a->sessions);
	outage_free(a->outage);
	keys_close(a->keys);
	zones_clear(&a->zones);
	loop_let_go(&a->loop);
}

static bool under_way(const struct app *a)
{
	struct scribes_figures said;

	scribes_figures(a->scribes, &said);
	return !a->drained || flows_running(a->flows) > 0 || said.waiting > 0;
}

/* Once nothing is under way, or the limit has passed. */
static void on_stop_look(uv_timer_t *t)
{
	struct app *a = t->data;
	uint64_t waited = uv_now(&a->loop.uv) - a->stop_began;

	if (waited < STOP_LIMIT_MS && under_way(a))
		return;
	log_info("event=stopping_done waited_ms=%" PRIu64 " unfinished=%zu", waited,
		 flows_running(a->flows));
	closed_down(a);
}

static void web_empty(void *with)
{
	struct app *a = with;

	a->drained = true;
}

static void stop_asked(void *with)
{
	struct app *a = with;

	if (a->stopping)
		return;
	a->stopping = true;
	a->stop_began = uv_now(&a->loop.uv);
	log_info("event=stopping flows=%zu", flows_running(a->flows));
	runner_stop(a->runner);
	bridges_close(a->bridges); /* the carrier asks another process what comes next */
	a->bridges = NULL;
	hub_stop(a->hub);
	uv_timer_start(&a->stop_limit, on_stop_look, 0, STOP_LOOK_MS);
	web_drain(a->web, web_empty, a);
}

void app_run(struct app *a)
{
	loop_run(&a->loop);
	loop_close(&a->loop);
}
