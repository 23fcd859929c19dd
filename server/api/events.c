/*
 * events.c - see events.h. One read says what must be true at one moment (session, newest and
 * oldest event, customer); then the connection is the hub's.
 */
#include "server/api/events.h"

#include "server/app.h"
#include "server/events/hub.h"
#include "server/store/event.h"
#include "shared/clock.h"

static flow_step asked, start_known, failed;

struct follow {
	struct flow flow;
	struct ticket ticket;
	struct staff who;
	char customer[ID_TEXT]; /* empty: the whole store */
	int64_t after;          /* the last number that the client has; -1: from now on */
	struct event_start start;
};

static const struct flow_kind follow_kind = FLOW_KIND(follow, asked, failed, 8000);

/* ---- from where ---- */

static bool number_read(struct str text, int64_t *out)
{
	return text.n > 0 && text.p[0] != '-' && text.p[0] != '+' &&
	       str_int(text, 0, INT64_MAX - 1, out);
}

/* The header of a client that comes back wins over the address that it was given first. */
static bool after_read(const struct web_request *r, int64_t *out)
{
	struct str header = web_header(r, "last-event-id"), rest = r->query, value, name;
	bool said = false;

	*out = -1;
	while (rest.n > 0) {
		value = str_cut(&rest, '&');
		name = str_cut(&value, '=');
		if (!str_is(name, "after") || said || !number_read(value, out))
			return false;
		said = true;
	}
	return header.n == 0 || number_read(header, out);
}

/* ---- the steps ---- */

static void follow(struct app *app, const struct web_request *r, struct ticket t,
		   const struct staff *who, struct str customer)
{
	struct follow *w;
	int64_t after;

	if (!after_read(r, &after)) {
		web_reply_refusal(t, PROBLEM_INPUT);
		return;
	}
	w = flow_new(app->flows, &follow_kind);
	w->ticket = t;
	w->who = *who;
	w->after = after;
	memcpy(w->customer, customer.p, customer.n);
	flow_begin(&w->flow);
}

static void store_followed(struct app *app, const struct web_request *r, struct ticket t,
			   const struct staff *who)
{
	follow(app, r, t, who, STR_LIT(""));
}

static void customer_followed(struct app *app, const struct web_request *r, struct ticket t,
			      const struct staff *who)
{
	if (field_is_id(r->params[0]))
		follow(app, r, t, who, r->params[0]);
	else
		web_reply_refusal(t, PROBLEM_MISSING);
}

static void asked(struct flow *f)
{
	struct follow *w = FLOW_SELF(f, struct follow);

	event_start(f, f->app->db, w->who.organization_id, w->who.session_id, w->who.user_id,
		    w->customer[0] == '\0' ? NULL : w->customer, &w->start);
	flow_then(f, start_known);
}

static struct str connection_event(struct flow *f, const struct follow *w)
{
	char now[CLOCK_TEXT];

	clock_text(w->start.now_us, now);
	return str_of(arena_printf(
		&f->arena,
		"event: connection\ndata: {\"organization_id\":\"%s\",\"user_id\":\"%s\","
		"\"last_event\":%" PRId64 ",\"oldest_event\":%" PRId64
		",\"server_time\":\"%s\"}\n\n",
		w->who.organization_id, w->who.user_id, w->start.last, w->start.oldest, now));
}

static void start_known(struct flow *f)
{
	struct follow *w = FLOW_SELF(f, struct follow);
	const struct event_start *s = &w->start;
	struct hub_wish wish = {.organization_id = w->who.organization_id,
				.session_id = w->who.session_id,
				.user_id = w->who.user_id,
				.customer_id = w->customer[0] == '\0' ? NULL : w->customer,
				.after = w->after < 0 ? s->last : w->after,
				.newest = s->last,
				.expires_us = s->expires_us};

	if (!s->alive)
		web_reply_refusal(w->ticket, PROBLEM_UNAUTHENTICATED);
	else if (!s->customer_known)
		web_reply_refusal(w->ticket, PROBLEM_MISSING);
	else if (wish.after + 1 < s->oldest || wish.after > s->last)
		web_reply_refusal(w->ticket, PROBLEM_EVENTS_GONE);
	else
		hub_follow(f->app->hub, w->ticket, &wish, connection_event(f, w));
}

static void failed(struct flow *f)
{
	web_reply_problem(FLOW_SELF(f, struct follow)->ticket, &f->err);
}

const struct staff_handler events_of_store = {store_followed};
const struct staff_handler events_of_customer = {customer_followed};
