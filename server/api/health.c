/*
 * health.c - /healthz and /readyz; see health.h.
 */
#include "server/api/health.h"

#include "server/app.h"

static flow_step asked, answered, failed;

struct readyz {
	struct flow flow;
	struct ticket ticket;
};

static const struct flow_kind readyz_kind = FLOW_KIND(readyz, asked, failed, 2000);

void healthz(struct app *app, const struct web_request *r, struct ticket t)
{
	(void)app;
	(void)r;
	web_reply(t, 200, "text/plain; charset=utf-8", STR_LIT("ok\n"));
}

void readyz_start(struct app *app, const struct web_request *r, struct ticket t)
{
	struct readyz *z;

	(void)r;
	if (app->stopping) {
		web_reply_refusal(t, PROBLEM_UNAVAILABLE);
		return;
	}
	z = flow_new(app->flows, &readyz_kind);
	z->ticket = t;
	flow_begin(&z->flow);
}

static void asked(struct flow *f)
{
	static const struct db_statement sql = {"readyz", "SELECT 1", 0, true};

	db_ask(f, f->app->db, &sql, NULL, NULL, NULL);
	flow_then(f, answered);
}

static void answered(struct flow *f)
{
	web_reply(FLOW_SELF(f, struct readyz)->ticket, 200, "text/plain; charset=utf-8",
		  STR_LIT("ready\n"));
}

static void failed(struct flow *f)
{
	web_reply_refusal(FLOW_SELF(f, struct readyz)->ticket, PROBLEM_UNAVAILABLE);
}
