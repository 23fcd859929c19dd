/*
 * follow.c - see follow.h. Callbacks of the stream only note what must happen; follow_turn() and
 * the stream's end do it.
 */
#include "tui/link/follow.h"

#include "shared/clock.h"
#include "shared/log.h"
#include "shared/wire/event.h"

#define HEAD_MS 10000

/* ---- what the stream says ---- */

static void connection_came(struct follow *f, struct str data)
{
	struct wire_connection c;
	struct err err;

	if (!wire_connection_read(data, &c, &err)) {
		log_warn("event=connection_unreadable why=\"%s\"", err.text);
		f->cut = "its first event cannot be read";
		return;
	}
	if (strcmp(c.user_id, f->pass->user_id) != 0) {
		f->cut = "it is another's";
		return;
	}
	f->is_live = true;
	log_info("event=stream_live last=%" PRId64 " newest=%" PRId64, f->last, c.last_event);
	tell(f->teller, &(struct msg){.kind = MSG_LINK,
				      .link = LINK_LIVE,
				      .newest = c.last_event,
				      .server_us = c.server_time});
}

static bool is_own_end(const struct follow *f, const struct wire_event *e)
{
	const struct wire_event_session *s = &e->session;

	if (e->type != EVENT_SESSION_ENDED || e->is_erased)
		return false;
	return strcmp(s->user_id, f->pass->user_id) == 0 &&
	       (s->session_id[0] == '\0' || strcmp(s->session_id, f->pass->session_id) == 0);
}

/* In order: told. Behind: told already. Ahead: something is missing. */
static void event_told(struct follow *f, const struct wire_event *e)
{
	if (e->seq <= f->last)
		return;
	if (e->seq != f->last + 1) {
		log_warn("event=number_skipped expected=%" PRId64 " got=%" PRId64, f->last + 1,
			 e->seq);
		f->cut = "a number is missing";
		return;
	}
	f->last = e->seq;
	f->failures = 0;
	f->is_resync = false;
	tell(f->teller, &(struct msg){.kind = MSG_EVENT, .event = e});
}

static void event_came(struct follow *f, struct str data)
{
	struct wire_event e;
	struct err err;

	if (!wire_event_read(data, &f->arena, &e, &err)) {
		log_warn("event=event_unreadable why=\"%s\"", err.text);
		f->cut = "an event cannot be read";
	} else {
		if (is_own_end(f, &e))
			snprintf(f->ended, sizeof f->ended, "%s",
				 e.session.reason[0] == '\0' ? "revoked" : e.session.reason);
		event_told(f, &e);
	}
	arena_clear(&f->arena);
}

/* What somebody is saying just now: it has no number, and nothing is missing without it. */
static void partial_came(struct follow *f, struct str data)
{
	struct wire_event e;
	struct err err;

	if (wire_partial_read(data, &f->arena, &e, &err))
		tell(f->teller, &(struct msg){.kind = MSG_EVENT, .event = &e});
	arena_free(&f->arena);
}

static void on_event(void *to, const struct sse_event *event)
{
	struct follow *f = to;

	if (f->cut != NULL)
		return;
	if (str_is(event->name, "connection"))
		connection_came(f, event->data);
	else if (f->is_live && str_is(event->name, "call.partial"))
		partial_came(f, event->data);
	else if (f->is_live)
		event_came(f, event->data);
	else
		f->cut = "it does not begin with `connection`";
}

static bool on_bytes(void *to, struct str bytes)
{
	struct follow *f = to;

	f->heard_ms = clock_mono_ms();
	if (!sse_reader_feed(&f->sse, bytes) && f->cut == NULL)
		f->cut = "it is too long";
	return f->cut == NULL;
}

/* ---- connections ---- */

static void lost(struct follow *f, const char *why, int64_t wait_ms)
{
	f->is_live = false;
	f->cut = NULL;
	f->retry_at_ms = clock_mono_ms() + wait_ms;
	log_info("event=stream_lost last=%" PRId64 " failures=%u wait_ms=%" PRId64 " why=\"%s\"",
		 f->last, f->failures, wait_ms, why);
	tell(f->teller, &(struct msg){.kind = MSG_LINK,
				      .link = LINK_LOST,
				      .retry_s = (int)((wait_ms + 999) / 1000)});
}

static void gone(struct follow *f)
{
	log_info("event=events_gone last=%" PRId64, f->last);
	f->wanted = f->is_live = f->is_resync = false;
	f->cut = NULL;
	tell_link(f->teller, LINK_GONE);
}

/* The service said so on the stream. */
static void session_over(struct follow *f)
{
	char code[sizeof f->ended];

	memcpy(code, f->ended, sizeof code);
	pass_ended(f->pass, code);
}

static bool must_reload(struct follow *f, const struct exchange_answer *answer)
{
	if (answer->fate == EXCHANGE_ANSWERED && answer->status == 410)
		return true;
	/* cut twice at the same event: asking for it a third time helps nobody */
	return f->cut != NULL && f->is_live && f->is_resync;
}

static void on_done(void *to, const struct exchange_answer *answer)
{
	struct follow *f = to;
	int64_t wait;
	char why[EXCHANGE_WHY];

	f->stream = NULL;
	if (f->ended[0] != '\0') {
		session_over(f);
		return;
	}
	if (must_reload(f, answer)) {
		gone(f);
		return;
	}
	if (answer->fate == EXCHANGE_ANSWERED && answer->status == 401)
		pass_stale(f->pass, f->generation);
	snprintf(why, sizeof why, "%s",
		 f->cut != NULL          ? f->cut
		 : answer->status == 200 ? "closed"
		 : answer->status != 0   ? "refused"
					 : answer->why);
	f->is_resync = f->cut != NULL && f->is_live;
	wait = retry_delay_ms(++f->failures);
	if (answer->status == 401 && f->failures == 1)
		wait = 0;
	if (answer->retry_after_s > 0)
		wait = (int64_t)answer->retry_after_s * 1000;
	lost(f, why, wait);
}

static void opened(struct follow *f, const char *token, int64_t now_ms)
{
	char after[24], path[48];

	snprintf(after, sizeof after, "%" PRId64, f->last);
	snprintf(path, sizeof path, "/api/events?after=%" PRId64, f->last);
	sse_reader_restart(&f->sse);
	f->is_live = false;
	f->cut = NULL;
	f->heard_ms = now_ms;
	f->generation = f->pass->generation;
	f->stream = exchange_start(f->exchanges, &(struct exchange_request){
							 .method = "GET",
							 .path = path,
							 .bearer = token,
							 .after = after,
							 .deadline_ms = HEAD_MS,
							 .on_done = on_done,
							 .on_bytes = on_bytes,
							 .to = f,
						 });
	tell_link(f->teller, LINK_CONNECTING);
}

/* ---- the console's side ---- */

static void closed(struct follow *f)
{
	exchange_stop(f->stream);
	f->stream = NULL;
	f->is_live = f->is_resync = false;
	f->cut = NULL;
	f->ended[0] = '\0';
	f->failures = 0;
	f->retry_at_ms = 0;
}

void follow_start(struct follow *f, int64_t after)
{
	closed(f);
	f->wanted = true;
	f->last = after;
}

void follow_stop(struct follow *f)
{
	closed(f);
	f->wanted = false;
}

int64_t follow_due_ms(const struct follow *f)
{
	if (f->stream != NULL)
		return f->heard_ms + f->silent_ms;
	if (!f->wanted || pass_token(f->pass) == NULL)
		return INT64_MAX; /* the pass wakes us */
	return f->retry_at_ms;
}

void follow_turn(struct follow *f, int64_t now_ms)
{
	const char *token;

	if (f->ended[0] != '\0' && f->stream != NULL) {
		exchange_stop(f->stream);
		f->stream = NULL;
		session_over(f);
		return;
	}
	if (f->stream != NULL && now_ms - f->heard_ms >= f->silent_ms) {
		exchange_stop(f->stream);
		f->stream = NULL;
		lost(f, "silent", retry_delay_ms(++f->failures));
	}
	if (f->stream != NULL || !f->wanted || now_ms < f->retry_at_ms)
		return;
	token = pass_token(f->pass);
	if (token != NULL)
		opened(f, token, now_ms);
}

void follow_init(struct follow *f, struct exchanges *exchanges, const struct teller *teller,
		 struct pass *pass)
{
	*f = (struct follow){.exchanges = exchanges,
			     .teller = teller,
			     .pass = pass,
			     .silent_ms = FOLLOW_SILENT_MS};
	sse_reader_init(&f->sse, on_event, f);
}

void follow_clear(struct follow *f)
{
	follow_stop(f);
	sse_reader_clear(&f->sse);
	arena_free(&f->arena);
}
