/*
 * refresh.c - POST /api/auth/refresh: the next pair of tokens for the newest refresh token of a
 * sign-in. Any older one that comes again ends the sign-in, whoever shows it
 * (schema/functions/session.sql, session_refresh).
 */
#include "server/staff/refresh.h"

#include "server/api/address.h"
#include "server/api/auth.h"
#include "server/api/row.h"
#include "server/app.h"
#include "server/events/hub.h"
#include "server/store/session.h"
#include "shared/log.h"

static flow_step asked, exchanged, failed;

struct renewal {
	struct flow flow;
	struct ticket ticket;
	const struct web_request *request; /* during the first step only */
	struct refresh shown, next;
	struct session_refreshed done;
};

static const struct flow_kind renewal_kind = FLOW_KIND(renewal, asked, failed, 8000);

void refresh(struct app *app, const struct web_request *r, struct ticket t)
{
	struct renewal *n = flow_new(app->flows, &renewal_kind);

	n->ticket = t;
	n->request = r;
	flow_begin(&n->flow);
}

static void refuse(struct flow *f, struct renewal *n)
{
	f->app->figures.tokens_refused++;
	web_reply_refusal(n->ticket, PROBLEM_UNAUTHENTICATED);
}

static void asked(struct flow *f)
{
	static const struct field token = {"refresh_token", FIELD_TEXT, true, 1, 1024, NULL};
	static const struct field *const members[] = {&token};
	struct renewal *n = FLOW_SELF(f, struct renewal);
	const char *value;

	if (!json_is_said(n->request)) {
		web_reply_refusal(n->ticket, PROBLEM_MEDIA_TYPE);
		return;
	}
	if (!fields_read(members, 1, n->request->body, &f->arena, &value, NULL)) {
		web_reply_refusal(n->ticket, PROBLEM_INPUT);
		return;
	}
	if (!refresh_read(str_of(value), &n->shown)) {
		refuse(f, n);
		return;
	}
	refresh_make(&n->shown, &n->next);
	session_refresh(f, f->app->db, n->shown.family_hash, n->shown.hash, n->next.hash,
			address_of(&f->arena, n->request), arena_strdup(&f->arena, n->request->id),
			&n->done);
	flow_then(f, exchanged);
}

static void exchanged(struct flow *f)
{
	struct renewal *n = FLOW_SELF(f, struct renewal);
	const struct session_refreshed *d = &n->done;
	struct staff who = {.role = ROLE_NONE};

	if (d->reused) {
		log_warn("event=refresh_token_reused organization=%s user=%s session=%s",
			 d->organization, d->user, d->session);
		f->app->figures.sessions_reused++;
		sessions_ended(f->app->sessions, d->organization, d->user, d->session);
		hub_nudge(f->app->hub, d->organization);
	}
	if (!d->ok || !role_parse(str_of(d->role), &who.role)) {
		refuse(f, n);
		return;
	}
	snprintf(who.organization_id, ID_TEXT, "%s", d->organization);
	snprintf(who.user_id, ID_TEXT, "%s", d->user);
	snprintf(who.session_id, ID_TEXT, "%s", d->session);
	tokens_reply(f->app, n->ticket, &who, n->next.text);
	explicit_bzero(n->next.text, sizeof n->next.text);
}

static void failed(struct flow *f)
{
	web_reply_problem(FLOW_SELF(f, struct renewal)->ticket, &f->err);
}
