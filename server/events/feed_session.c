/*
 * feed_session.c - the end of a session ends its streams: when the event says so, and when its time
 * has come. See feed.h.
 */
#include "server/events/feed.h"

#include "server/events/inside.h"
#include "shared/clock.h"

#define CHECK_MS 8000

/* ---- a session that was ended ---- */

static bool session_named(const struct follower *fo, const struct event_row *e,
			  const struct uuid *user, const struct uuid *session)
{
	return e->seq > fo->known && uuid_eq(&fo->user, user) &&
	       (e->ended.n == 0 || uuid_eq(&fo->session, session));
}

/* Its own end is the last that a stream tells: by the event itself where that comes next, else in
 * the same words without a number, so that its client can resume where it was. */
static void follower_ended(struct follower *fo, const struct event_row *e)
{
	struct feed *f = fo->feed;
	struct str words = e->frame;
	bool live = fo->circle == &f->live && !fo->one_customer;
	unsigned before = f->live.n;

	if (live) {
		follower_live_give(fo, e->seq);
		if (f->live.n < before)
			return; /* it is gone already */
		words.n = 0;
	} else {
		(void)str_cut(&words, '\n'); /* its id */
	}
	follower_end(fo, words);
}

/* Whoever remembers sessions forgets this one. */
static void session_tell(struct feed *f, const struct uuid *user, const struct uuid *session)
{
	char user_text[UUID_TEXT], session_text[UUID_TEXT];

	if (f->hub->session_told == NULL)
		return;
	uuid_write(user, user_text);
	if (session != NULL)
		uuid_write(session, session_text);
	f->hub->session_told(f->hub->session_with, f->organization, user_text,
			     session == NULL ? NULL : session_text);
}

void feed_session_ended(struct feed *f, const struct event_row *e)
{
	struct circle *circles[] = {&f->live, &f->late};
	struct uuid user, session = {0};

	if (!uuid_read(e->ended_user, &user) || (e->ended.n > 0 && !uuid_read(e->ended, &session)))
		return;
	session_tell(f, &user, e->ended.n > 0 ? &session : NULL);
	for (size_t c = 0; c < ARRAY_LEN(circles); c++) {
		struct follower *fo = circles[c]->turn, *next;

		for (unsigned n = circles[c]->n; n > 0; n--, fo = next) {
			next = fo->next;
			if (!session_named(fo, e, &user, &session))
				continue;
			f->hub->figures.ended++;
			follower_ended(fo, e);
		}
	}
}

/* ---- a session whose time has come ---- */

struct session_check {
	struct flow flow;
	struct feed *feed;
	struct uuid session;
	char session_text[UUID_TEXT], user_text[UUID_TEXT];
	struct event_start now;
};

static flow_step session_asked, session_known, session_unknown;

static const struct flow_kind session_check_kind =
	FLOW_KIND(session_check, session_asked, session_unknown, CHECK_MS);

static void session_asked(struct flow *fl)
{
	struct session_check *s = FLOW_SELF(fl, struct session_check);

	event_start(fl, s->feed->hub->db, s->feed->organization, s->session_text, s->user_text,
		    NULL, &s->now);
	flow_then(fl, session_known);
}

static void session_known(struct flow *fl)
{
	struct session_check *s = FLOW_SELF(fl, struct session_check);
	struct circle *circles[] = {&s->feed->live, &s->feed->late};

	for (size_t c = 0; c < ARRAY_LEN(circles); c++) {
		struct follower *fo = circles[c]->turn, *next;

		for (unsigned n = circles[c]->n; n > 0; n--, fo = next) {
			next = fo->next;
			if (!uuid_eq(&fo->session, &s->session))
				continue;
			fo->checking = false;
			fo->expires_us = s->now.expires_us;
			if (!s->now.alive)
				follower_end(fo, feed_last_words(FEED_EXPIRED));
		}
	}
}

static void session_unknown(struct flow *fl)
{
	struct session_check *s = FLOW_SELF(fl, struct session_check);
	struct circle *circles[] = {&s->feed->live, &s->feed->late};

	for (size_t c = 0; c < ARRAY_LEN(circles); c++) {
		struct follower *fo = circles[c]->turn;

		for (unsigned n = circles[c]->n; n > 0; n--, fo = fo->next)
			fo->checking = fo->checking && !uuid_eq(&fo->session, &s->session);
	}
}

static void session_check(struct feed *f, struct follower *fo)
{
	struct session_check *s = flow_new(f->hub->flows, &session_check_kind);

	s->feed = f;
	s->session = fo->session;
	uuid_write(&fo->session, s->session_text);
	uuid_write(&fo->user, s->user_text);
	fo->checking = true;
	f->flows++;
	flow_on_end(&s->flow, feed_flow_over, f);
	flow_begin(&s->flow);
}

/* A session may have been prolonged since its stream began: its row decides. */
void feed_expiries_look(struct feed *f)
{
	struct circle *circles[] = {&f->live, &f->late};
	int64_t now = clock_wall_us();

	if (now < f->expires_us)
		return;
	f->expires_us = INT64_MAX;
	for (size_t c = 0; c < ARRAY_LEN(circles); c++) {
		struct follower *fo = circles[c]->turn;

		for (unsigned n = circles[c]->n; n > 0; n--, fo = fo->next) {
			if (fo->expires_us <= now && !fo->checking)
				session_check(f, fo);
			if (fo->expires_us < f->expires_us)
				f->expires_us = fo->expires_us;
		}
	}
}
