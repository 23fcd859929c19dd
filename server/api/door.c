/*
 * door.c - see door.h. Who asks is settled before anything of the request is looked at.
 */
#include "server/api/door.h"

#include "server/api/row.h"
#include "server/app.h"
#include "server/events/hub.h"
#include "server/jobs/runner.h"
#include "server/staff/token.h"
#include "server/store/session.h"

static flow_step arrived, session_known, row_answered, failed;

struct enter {
	struct flow flow;
	struct ticket ticket;
	const struct web_request *request; /* in the first step the web server's, then a copy */
	const struct route *route;
	bool through; /* to a staff_handler */
	struct token token;
	struct sessions_asked asked;
	struct session_found found;
	struct staff who;
	enum problem refusal;
	struct row_answer answer;
};

static const struct flow_kind enter_kind = FLOW_KIND(enter, arrived, failed, 8000);

static void begin(struct app *app, const struct web_request *r, struct ticket t, bool through)
{
	struct str text;
	struct token token;
	struct enter *e;

	if (!token_of_header(web_header(r, "authorization"), &text) ||
	    !token_read(text, app->settings->jwt_secret, &token)) {
		app->figures.tokens_refused++;
		web_reply_refusal(t, PROBLEM_UNAUTHENTICATED);
		return;
	}
	e = flow_new(app->flows, &enter_kind);
	e->ticket = t;
	e->request = r;
	e->route = r->route;
	e->through = through;
	e->token = token;
	flow_begin(&e->flow);
}

void door(struct app *app, const struct web_request *r, struct ticket t)
{
	begin(app, r, t, false);
}

void door_through(struct app *app, const struct web_request *r, struct ticket t)
{
	begin(app, r, t, true);
}

/* ---- the steps ---- */

static void let_in(struct flow *f, struct enter *e)
{
	const struct staff_handler *handler = e->route->with;

	if (e->through) {
		handler->handle(f->app, e->request, e->ticket, &e->who);
		return;
	}
	row_ask(f, e->route->with, e->request, &e->who, &e->refusal, &e->answer);
	flow_then(f, row_answered);
}

/* The session is in force, it is the token's user's, and the role is still what the token says:
 * else a refresh tells the client what it may do now. */
static void judged(struct flow *f, struct enter *e)
{
	const struct staff *who = &e->who;

	if (who->role == ROLE_NONE || who->role != e->token.role ||
	    strcmp(who->user_id, e->token.user_id) != 0) {
		f->app->figures.tokens_refused++;
		web_reply_refusal(e->ticket, PROBLEM_UNAUTHENTICATED);
		return;
	}
	if (!role_may(who->role, action_find(e->route->action))) {
		web_reply_refusal(e->ticket, PROBLEM_DENIED);
		return;
	}
	let_in(f, e);
}

static void arrived(struct flow *f)
{
	struct enter *e = FLOW_SELF(f, struct enter);
	const struct token *t = &e->token;

	if (sessions_find(f->app->sessions, t->organization_id, t->session_id, &e->who)) {
		judged(f, e);
		return;
	}
	e->request = web_request_kept(&f->arena, e->request);
	e->asked = sessions_ask(f->app->sessions);
	session_find(f, f->app->db, t->organization_id, t->session_id, &e->found);
	flow_then(f, session_known);
}

static void session_known(struct flow *f)
{
	struct enter *e = FLOW_SELF(f, struct enter);

	snprintf(e->who.organization_id, ID_TEXT, "%s", e->token.organization_id);
	snprintf(e->who.session_id, ID_TEXT, "%s", e->token.session_id);
	if (e->found.in_force && role_parse(str_of(e->found.role), &e->who.role)) {
		snprintf(e->who.user_id, ID_TEXT, "%s", e->found.user);
		snprintf(e->who.language, sizeof e->who.language, "%s", e->found.language);
	}
	sessions_learn(f->app->sessions, e->asked, &e->who);
	judged(f, e);
}

/* Whatever came of it: a commit whose answer was lost has ended sessions as well. */
static void sessions_forgotten(struct flow *f, const struct enter *e)
{
	const struct api_row *row = e->route->with;

	if (!e->through && row->ends_sessions)
		sessions_ended(f->app->sessions, e->token.organization_id, NULL, NULL);
}

static void row_answered(struct flow *f)
{
	struct enter *e = FLOW_SELF(f, struct enter);
	const struct api_row *row = e->route->with;

	sessions_forgotten(f, e);
	if (row_reply(f, e->ticket, &e->answer) && row->command) {
		hub_nudge(f->app->hub, e->who.organization_id);
		runner_nudge(f->app->runner,
			     0); /* a text of theirs is in the outbox, a turn is due */
	}
}

static void failed(struct flow *f)
{
	struct enter *e = FLOW_SELF(f, struct enter);

	sessions_forgotten(f, e);
	if (e->refusal != PROBLEM_NONE)
		web_reply_refusal(e->ticket, e->refusal);
	else
		web_reply_problem(e->ticket, &f->err);
}
