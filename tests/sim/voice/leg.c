/*
 * leg.c - see leg.h.
 */
#include "tests/sim/voice/leg.h"

#include "shared/clock.h"
#include "tests/sim/faults.h"
#include "tests/sim/json.h"
#include "tests/sim/places.h"
#include "tests/sim/voice/room.h"
#include "tests/sim/voice/run.h"
#include "tests/sim/voice/scribe.h"
#include "tests/sim/voice/stream.h"
#include "tests/sim/voice/watch.h"

const char *sim_leg_status_word(enum sim_leg_status s)
{
	static const char *const words[] = {"queued", "ringing", "in-progress", "completed",
					    "busy",   "failed",  "no-answer",   "canceled"};

	return words[s];
}

const char *sim_leg_direction_word(enum sim_leg_direction d)
{
	static const char *const words[] = {"inbound", "outbound-api", "outbound-dial"};

	return words[d];
}

unsigned sim_leg_event_of(struct str word)
{
	static const char *const words[] = {"initiated", "ringing", "answered", "completed"};

	for (unsigned i = 0; i < ARRAY_LEN(words); i++) {
		if (str_is(word, words[i]))
			return 1u << i;
	}
	return 0;
}

struct str sim_leg_phone(const struct sim_leg *leg)
{
	return str_of(leg->direction == SIM_LEG_INBOUND ? leg->from : leg->to);
}

struct str sim_leg_store(const struct sim_leg *leg)
{
	return str_of(leg->direction == SIM_LEG_INBOUND ? leg->to : leg->from);
}

bool sim_leg_is_over(const struct sim_leg *leg)
{
	return leg->status >= SIM_LEG_COMPLETED;
}

struct sim_leg *sim_leg_find(const struct sim *s, struct str sid)
{
	for (struct sim_leg *l = s->legs; l != NULL; l = l->next) {
		if (str_is(sid, l->sid))
			return l;
	}
	return NULL;
}

struct sim_leg *sim_leg_of_phone(const struct sim *s, struct str phone)
{
	for (struct sim_leg *l = s->legs; l != NULL; l = l->next) {
		if (!sim_leg_is_over(l) && str_eq(sim_leg_phone(l), phone))
			return l;
	}
	return NULL;
}

/* ---- memory ---- */

static void leg_free(struct sim_leg *leg)
{
	sim_timer_free(&leg->timer);
	sim_timer_free(&leg->limit);
	sim_timer_free(&leg->talk.timer);
	sim_track_clear(&leg->talk.said);
	sim_track_clear(&leg->talk.played);
	sim_lines_clear(&leg->lines);
	sim_streams_free(leg);
	sim_scribes_free(leg);
	free(leg->told.url);
	free(leg->fallback);
	free(leg);
}

/* The oldest that is over goes when there are too many. */
static void oldest_drop(struct sim *s)
{
	struct sim_leg **at, **oldest = NULL;

	for (at = &s->legs; *at != NULL; at = &(*at)->next) {
		if (sim_leg_is_over(*at) && (*at)->hooks == 0 && !sim_streams_busy(*at))
			oldest = at;
	}
	if (oldest != NULL) {
		struct sim_leg *leg = *oldest;

		*oldest = leg->next;
		s->legs_n--;
		leg_free(leg);
	}
}

struct sim_leg *sim_leg_new(struct sim *s, unsigned account, enum sim_leg_direction d,
			    struct str from, struct str to)
{
	struct sim_leg *leg = xcalloc(1, sizeof *leg);

	if (s->legs_n >= SIM_LEGS_MAX)
		oldest_drop(s);
	leg->sim = s;
	leg->account = account;
	leg->direction = d;
	sim_sid_new("CA", leg->sid);
	snprintf(leg->from, sizeof leg->from, STR_FMT, (int)size_min(from.n, SIM_PARTY - 1),
		 from.p);
	snprintf(leg->to, sizeof leg->to, STR_FMT, (int)size_min(to.n, SIM_PARTY - 1), to.p);
	leg->created_us = clock_wall_us();
	leg->told.events = SIM_ENDED;
	leg->next = s->legs;
	s->legs = leg;
	s->legs_n++;
	sim_leg_changed(leg);
	return leg;
}

void sim_leg_changed(struct sim_leg *leg)
{
	leg->version = ++leg->sim->texts.version;
	leg->updated_us = clock_wall_us();
	sim_watch_news(leg);
}

/* ---- what is told of it ---- */

static void pair_put(struct sim_pairs *p, struct arena *a, const char *name, const char *value)
{
	sim_pairs_put(p, a, name, str_of(value));
}

/* In an order that is seen on the wire, neither sorted nor grouped (twilio.md 3.1). */
void sim_leg_params(const struct sim_leg *leg, struct arena *a, struct sim_pairs *p)
{
	struct sim_place from = sim_place_of(str_of(leg->from)), to = sim_place_of(str_of(leg->to));

	pair_put(p, a, "Called", leg->to);
	pair_put(p, a, "ToState", to.state);
	pair_put(p, a, "CallerCountry", from.country);
	pair_put(p, a, "Direction", sim_leg_direction_word(leg->direction));
	pair_put(p, a, "CallerState", from.state);
	pair_put(p, a, "ToZip", "");
	pair_put(p, a, "CallSid", leg->sid);
	if (leg->parent[0] != '\0')
		pair_put(p, a, "ParentCallSid", leg->parent);
	pair_put(p, a, "To", leg->to);
	pair_put(p, a, "CallerZip", "");
	pair_put(p, a, "ToCountry", to.country);
	if (leg->direction == SIM_LEG_INBOUND)
		pair_put(p, a, "CallToken",
			 arena_printf(a, "%%7B%%22parentCallInfoToken%%22%%3A%%22%s%%22%%7D",
				      leg->sid + 2));
	pair_put(p, a, "CalledZip", "");
	pair_put(p, a, "ApiVersion", "2010-04-01");
	pair_put(p, a, "CalledCity", to.city);
	pair_put(p, a, "CallStatus", sim_leg_status_word(leg->status));
	pair_put(p, a, "From", leg->from);
	pair_put(p, a, "AccountSid", leg->sim->accounts[leg->account].sid);
	pair_put(p, a, "CalledCountry", to.country);
	pair_put(p, a, "CallerCity", from.city);
	pair_put(p, a, "ToCity", to.city);
	pair_put(p, a, "FromCountry", from.country);
	pair_put(p, a, "Caller", leg->from);
	pair_put(p, a, "FromCity", from.city);
	pair_put(p, a, "CalledState", to.state);
	pair_put(p, a, "FromZip", "");
	pair_put(p, a, "FromState", from.state);
	if (leg->answered_by[0] != '\0')
		pair_put(p, a, "AnsweredBy", leg->answered_by);
}

void sim_leg_told_set(struct sim_told *t, struct str url, bool get, unsigned events)
{
	free(t->url);
	t->url = NULL;
	if (url.n > 0) {
		t->url = xmalloc(url.n + 1);
		memcpy(t->url, url.p, url.n);
		t->url[url.n] = '\0';
	}
	t->get = get;
	t->events = events == 0 ? SIM_ENDED : events;
}

static void on_notified(void *with, const struct sim_hook_result *result)
{
	struct sim_leg *leg = with;

	(void)result;
	leg->hooks--;
}

void sim_leg_notify(struct sim_leg *leg, struct str url, bool get, const struct sim_pairs *more)
{
	struct arena a = {0};
	struct sim_pairs p = {0};
	struct sim_hook_ask ask = {.kind = SIM_HOOK_CALL_STATUS,
				   .account = leg->account,
				   .sid = leg->sid,
				   .phone = sim_leg_phone(leg),
				   .url = arena_cstr(&a, url),
				   .method = get ? "GET" : "POST",
				   .params = &p};

	sim_leg_params(leg, &a, &p);
	for (size_t i = 0; more != NULL && i < more->n; i++)
		sim_pairs_add(&p, &a, more->at[i].name, more->at[i].value);
	leg->hooks++;
	sim_hook_send(leg->sim, &ask, on_notified, leg);
	arena_free(&a);
}

static int64_t seconds_of(const struct sim_leg *leg)
{
	int64_t us = leg->answered_us == 0 ? 0 : leg->ended_us - leg->answered_us;

	return (us + 999999) / 1000000;
}

void sim_leg_tell(struct sim_leg *leg, unsigned event)
{
	static const char *const words[] = {[SIM_INITIATED] = "initiated",
					    [SIM_RANG] = "ringing",
					    [SIM_ANSWERED] = "in-progress"};
	struct arena a = {0};
	struct sim_pairs more = {0};
	char date[SIM_DATE];

	if (leg->told.url == NULL || (leg->told.events & event) == 0)
		return;
	if (event == SIM_INITIATED) /* a word that only callbacks know */
		pair_put(&more, &a, "CallStatus", words[event]);
	sim_date_text(clock_wall_us(), date);
	pair_put(&more, &a, "Timestamp", date);
	pair_put(&more, &a, "CallbackSource", "call-progress-events");
	sim_pairs_put_int(&more, &a, "SequenceNumber", leg->told.sequence++);
	if (event == SIM_ENDED) {
		sim_pairs_put_int(&more, &a, "CallDuration", seconds_of(leg));
		sim_pairs_put_int(&more, &a, "Duration", (seconds_of(leg) + 59) / 60);
		if (leg->sip != 0)
			sim_pairs_put_int(&more, &a, "SipResponseCode", leg->sip);
	}
	sim_leg_notify(leg, str_of(leg->told.url), leg->told.get, &more);
	arena_free(&a);
}

/* ---- its life ---- */

void sim_leg_answer(struct sim_leg *leg)
{
	if (leg->status >= SIM_LEG_IN_PROGRESS)
		return;
	leg->status = SIM_LEG_IN_PROGRESS;
	leg->answered_us = clock_wall_us();
	if (leg->started_us == 0)
		leg->started_us = leg->answered_us;
	sim_leg_changed(leg);
	sim_quiet_wait(leg);
	if (leg->direction != SIM_LEG_INBOUND)
		sim_leg_tell(leg, SIM_ANSWERED);
	if (leg->answered != NULL)
		leg->answered(leg->with, leg);
}

void sim_leg_end(struct sim_leg *leg, enum sim_leg_status how, int sip)
{
	if (sim_leg_is_over(leg))
		return;
	sim_quiet_sound(leg); /* what was waited for will not come: the wait counts */
	leg->status = how;
	leg->sip = sip;
	leg->ended_us = clock_wall_us();
	leg->turn++;
	sim_timer_free(&leg->timer);
	sim_timer_free(&leg->limit);
	sim_timer_free(&leg->talk.timer);
	leg->talk.talking = false;
	sim_run_stop(leg, SIM_STOP_END);
	sim_streams_stop(leg);
	sim_scribes_stop(leg);
	sim_room_leave(leg, SIM_LEFT_HUNG_UP);
	sim_line_note(leg, "%s",
		      how == SIM_LEG_COMPLETED ? "the call is over" : sim_leg_status_word(how));
	sim_leg_changed(leg);
	sim_leg_tell(leg, SIM_ENDED);
	if (leg->ended != NULL)
		leg->ended(leg->with, leg);
	leg->answered = NULL;
	leg->ended = NULL;
	leg->ran_out = NULL;
}

void sim_leg_hang_up(struct sim_leg *leg)
{
	sim_leg_end(leg, leg->status == SIM_LEG_IN_PROGRESS ? SIM_LEG_COMPLETED : SIM_LEG_CANCELED,
		    leg->status == SIM_LEG_IN_PROGRESS ? 200 : 487);
}

/* ---- all of them ---- */

void sim_legs_drop(struct sim *s)
{
	for (struct sim_leg *l = s->legs; l != NULL; l = l->next) {
		sim_leg_told_set(&l->told, (struct str){0}, false, 0);
		l->answered = NULL;
		l->ended = NULL;
		l->ran_out = NULL;
		sim_leg_end(l, SIM_LEG_CANCELED, 0);
	}
}

void sim_legs_free(struct sim *s)
{
	struct sim_leg *l;

	while ((l = s->legs) != NULL) {
		s->legs = l->next;
		leg_free(l);
	}
	s->legs_n = 0;
}

void sim_legs_forget(struct sim *s)
{
	sim_legs_drop(s);
	for (struct sim_leg **at = &s->legs; *at != NULL;) {
		struct sim_leg *l = *at;

		if (l->hooks > 0 || sim_streams_busy(l)) { /* somebody comes back to it */
			at = &l->next;
			continue;
		}
		*at = l->next;
		s->legs_n--;
		leg_free(l);
	}
}
