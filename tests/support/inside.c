/*
 * inside.c - see inside.h.
 */
#include "tests/support/inside.h"

#include <criterion/criterion.h>

#include "server/events/hub.h"
#include "shared/clock.h"

struct inside inside;

void inside_up(void)
{
	struct app *a = &inside.app;
	struct db_options db = {.connections = 2};

	inside.db = test_db_new(TEST_DB_DEMO);
	sql_context(inside.db->owner, DEMO_ORG_A);
	sql_context(inside.db->app, DEMO_ORG_A);
	*a = (struct app){.settings = &inside.settings};
	loop_open(&a->loop);
	a->flows = flows_open(&a->loop, a);
	db.url = inside.db->app_url;
	a->db = db_open(&a->loop, a->flows, &db);
	a->hub = hub_open(&a->loop, a->flows, a->db, NULL);
}

void inside_down(void)
{
	struct app *a = &inside.app;

	flows_close(a->flows);
	hub_close(a->hub);
	db_close(a->db);
	zones_clear(&a->zones);
	loop_let_go(&a->loop);
	loop_run(&a->loop);
	loop_close(&a->loop);
	test_db_free(inside.db);
}

static void on_tick(uv_timer_t *t)
{
	(void)t; /* a turn of the loop */
}

static bool turned(bool (*done)(void *), void *with, unsigned ms)
{
	int64_t limit = clock_mono_ms() + ms;
	uv_timer_t tick;

	uv_timer_init(&inside.app.loop.uv, &tick);
	uv_timer_start(&tick, on_tick, 5, 5);
	while (!done(with) && clock_mono_ms() < limit)
		uv_run(&inside.app.loop.uv, UV_RUN_ONCE);
	uv_close((uv_handle_t *)&tick, NULL);
	uv_run(&inside.app.loop.uv, UV_RUN_NOWAIT);
	return done(with);
}

void inside_until(bool (*done)(void *with), void *with, unsigned ms)
{
	cr_assert(turned(done, with, ms), "waited %u ms in vain", ms);
}

static bool never(void *with)
{
	(void)with;
	return false;
}

void inside_for(unsigned ms)
{
	(void)turned(never, NULL, ms);
}
