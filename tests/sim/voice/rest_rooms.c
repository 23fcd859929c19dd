/*
 * rest_rooms.c - Conferences and their Participants (twilio.md 8.1).
 */
#include "tests/sim/rest.h"
#include "tests/sim/voice/amd.h"
#include "tests/sim/voice/dial.h"
#include "tests/sim/voice/room.h"
#include "tests/sim/voice/run.h"

static struct str param(const struct sim_call *c, const char *name)
{
	return sim_pairs_value(&c->ask->params, name);
}

static bool is_get(const struct sim_call *c, const char *name, bool otherwise)
{
	const struct str *v = sim_pairs_get(&c->ask->params, name);

	return v == NULL ? otherwise : str_is(*v, "GET");
}

/* "Muted" and the like: anything but true is false. */
static bool flag(const struct sim_call *c, const char *name, bool otherwise)
{
	const struct str *v = sim_pairs_get(&c->ask->params, name);

	return v == NULL ? otherwise : str_is_nocase(*v, "true");
}

/* ---- conferences ---- */

static void room_write(struct sim_call *c, const char *name, const struct sim_room *r,
		       struct buf *b)
{
	sim_json_open(b, name, '{');
	sim_json_cstr(b, "account_sid", c->sim->accounts[r->account].sid);
	sim_json_date(b, "date_created", r->created_us);
	sim_json_date(b, "date_updated", r->updated_us);
	sim_json_cstr(b, "api_version", "2010-04-01");
	sim_json_cstr(b, "friendly_name", r->name);
	sim_json_cstr(b, "region", "us1");
	sim_json_cstr(b, "sid", r->sid);
	sim_json_cstr(b, "status", sim_room_status_word(r->status));
	sim_json_printf(b, "uri", "%s/Conferences/%s.json", c->account_path, r->sid);
	sim_json_open(b, "subresource_uris", '{');
	sim_json_printf(b, "participants", "%s/Conferences/%s/Participants.json", c->account_path,
			r->sid);
	sim_json_printf(b, "recordings", "%s/Conferences/%s/Recordings.json", c->account_path,
			r->sid);
	sim_json_close(b, '}');
	/* Twilio's description has no null here: while it lasts, the member is left out */
	if (r->reason != NULL)
		sim_json_cstr(b, "reason_conference_ended", r->reason);
	sim_json_cstr(b, "call_sid_ending_conference", r->ending[0] == '\0' ? NULL : r->ending);
	sim_json_close(b, '}');
}

static void room_reply(struct sim_call *c, const struct sim_room *r)
{
	struct buf b = {0};

	room_write(c, NULL, r, &b);
	sim_call_reply(c, 200, &b);
}

static void rooms_list(struct sim_call *c)
{
	static const char *const known[] = {"FriendlyName", "Status",       "DateCreated",
					    "DateCreated>", "DateCreated<", "DateUpdated",
					    "DateUpdated>", "DateUpdated<", "PageSize",
					    "Page",         "PageToken",    NULL};
	struct str name = param(c, "FriendlyName"), status = param(c, "Status");
	const struct sim_room *found[SIM_ROOMS_MAX + 1];
	struct buf b = {.limit = 8u * 1024 * 1024};
	struct sim_slice slice;
	struct sim_page p;
	size_t n = 0;

	sim_call_know_only(c, known);
	if (!sim_page_read(c, &p))
		return;
	for (const struct sim_room *r = c->sim->rooms; r != NULL && n < SIM_ROOMS_MAX;
	     r = r->next) {
		if (r->account == c->account && (name.n == 0 || str_is(name, r->name)) &&
		    (status.n == 0 || str_is(status, sim_room_status_word(r->status))))
			found[n++] = r;
	}
	slice = sim_page_slice(&p, n);
	sim_json_open(&b, NULL, '{');
	sim_json_open(&b, "conferences", '[');
	for (size_t i = 0; i < slice.n; i++)
		room_write(c, NULL, found[slice.from + i], &b);
	sim_json_close(&b, ']');
	sim_page_write(c, &p, slice.n, slice.next, slice.previous, &b);
	sim_json_close(&b, '}');
	sim_call_reply(c, 200, &b);
}

static void room_update(struct sim_call *c, struct sim_room *r)
{
	struct str status = param(c, "Status"), announce = param(c, "AnnounceUrl");

	if (status.n > 0 && !str_is(status, "completed")) {
		sim_call_refuse(c, 20422, "Status can only become completed");
		return;
	}
	if (announce.n > 0 && !sim_url_callable(announce)) {
		sim_call_refuse(c, 21205, NULL);
		return;
	}
	for (struct sim_member *m = r->members; m != NULL && announce.n > 0; m = m->next)
		sim_member_announce(m, announce, is_get(c, "AnnounceMethod", false));
	if (status.n > 0)
		sim_room_end(r, "conference-ended-via-api", SIM_LEFT_API, NULL);
	room_reply(c, r);
}

/* ---- participants ---- */

static const char *member_status(const struct sim_member *m)
{
	switch (m->leg->status) {
	case SIM_LEG_QUEUED: return "queued";
	case SIM_LEG_RINGING: return "ringing";
	case SIM_LEG_IN_PROGRESS: return m->joined ? "connected" : "connecting";
	case SIM_LEG_COMPLETED: return "complete";
	default: return "failed";
	}
}

static void member_write(struct sim_call *c, const char *name, const struct sim_member *m,
			 struct buf *b)
{
	sim_json_open(b, name, '{');
	sim_json_cstr(b, "account_sid", c->sim->accounts[c->account].sid);
	sim_json_cstr(b, "call_sid", m->leg->sid);
	sim_json_cstr(b, "label", m->label[0] == '\0' ? NULL : m->label);
	sim_json_cstr(b, "call_sid_to_coach", m->coached[0] == '\0' ? NULL : m->coached);
	sim_json_bool(b, "coaching", m->coaching);
	sim_json_cstr(b, "conference_sid", m->room->sid);
	sim_json_date(b, "date_created", m->created_us);
	sim_json_date(b, "date_updated", m->updated_us);
	sim_json_bool(b, "end_conference_on_exit", m->ends);
	sim_json_bool(b, "muted", m->muted);
	sim_json_bool(b, "hold", m->hold);
	sim_json_bool(b, "start_conference_on_enter", m->starts);
	sim_json_cstr(b, "status", member_status(m));
	sim_json_printf(b, "queue_time", "%u", m->leg->queued_ms);
	sim_json_printf(b, "uri", "%s/Conferences/%s/Participants/%s.json", c->account_path,
			m->room->sid, m->leg->sid);
	sim_json_close(b, '}');
}

static void member_reply(struct sim_call *c, int status, const struct sim_member *m)
{
	struct buf b = {0};

	memcpy(c->out->sid, m->leg->sid, sizeof c->out->sid);
	member_write(c, NULL, m, &b);
	sim_call_reply(c, status, &b);
}

static void members_list(struct sim_call *c, const struct sim_room *r)
{
	static const char *const names[] = {"Muted", "Hold", "Coaching"};
	struct buf b = {.limit = 8u * 1024 * 1024};
	struct sim_slice slice;
	struct sim_page p;
	size_t n = 0, at = 0;

	if (!sim_page_read(c, &p))
		return;
	for (int pass = 0; pass < 2; pass++) {
		if (pass == 1) {
			slice = sim_page_slice(&p, n);
			sim_json_open(&b, NULL, '{');
			sim_json_open(&b, "participants", '[');
		}
		for (const struct sim_member *m = r->members; m != NULL; m = m->next) {
			const bool is[] = {m->muted, m->hold, m->coaching};
			bool fits = true;

			for (size_t i = 0; i < ARRAY_LEN(names); i++)
				fits = fits && flag(c, names[i], is[i]) == is[i];
			if (!fits)
				continue;
			if (pass == 0)
				n++;
			else if (at >= slice.from && at < slice.from + slice.n)
				member_write(c, NULL, m, &b);
			if (pass == 1)
				at++;
		}
	}
	sim_json_close(&b, ']');
	sim_page_write(c, &p, slice.n, slice.next, slice.previous, &b);
	sim_json_close(&b, '}');
	sim_call_reply(c, 200, &b);
}

/* A participant is called, and comes in when somebody answers. */

static void invited_stop(struct sim_act *a, enum sim_stop why)
{
	sim_room_leave(a->leg, why == SIM_STOP_REDIRECT ? SIM_LEFT_UPDATED : SIM_LEFT_HUNG_UP);
	free(a);
}

static const struct sim_act_kind invited_kind = {"Conference", invited_stop, NULL, NULL, NULL};

static void invited_answered(void *with, struct sim_leg *leg)
{
	struct sim_act *act = xcalloc(1, sizeof *act);

	(void)with;
	leg->ended = NULL;
	act->kind = &invited_kind;
	sim_act_begin(leg, act);
	sim_room_arrive(leg);
}

static void invited_lost(void *with, struct sim_leg *leg)
{
	(void)with;
	sim_room_leave(leg, SIM_LEFT_FAILED);
}

static void invited_left(void *with)
{
	sim_leg_hang_up(with);
}

static unsigned events_of(struct sim_call *c, const char *name)
{
	struct str words[8];
	size_t n = sim_pairs_all(&c->ask->params, name, words, ARRAY_LEN(words));
	unsigned events = 0;

	for (size_t i = 0; i < n; i++)
		events |= sim_leg_event_of(words[i]);
	return events;
}

static unsigned room_events_of(struct sim_call *c)
{
	struct str words[16];
	size_t n = sim_pairs_all(&c->ask->params, "ConferenceStatusCallbackEvent", words,
				 ARRAY_LEN(words));
	unsigned events = 0;

	for (size_t i = 0; i < n; i++)
		events |= sim_room_events_of(words[i]);
	return events;
}

static void member_create(struct sim_call *c)
{
	struct str to = param(c, "To"), from = param(c, "From"), wait = param(c, "WaitUrl");
	const struct sim_number *n = sim_number_find(&c->sim->numbers, from);
	struct sim_room *room = sim_room_find(c->sim, c->account, c->part[1]);
	struct sim_join j = {.name = room != NULL ? str_of(room->name) : c->part[1],
			     .label = param(c, "Label"),
			     .coached = param(c, "CallSidToCoach"),
			     .coaching = flag(c, "Coaching", false),
			     .wait_url = wait,
			     .wait_url_set = sim_pairs_get(&c->ask->params, "WaitUrl") != NULL,
			     .wait_get = is_get(c, "WaitMethod", false),
			     .callback = param(c, "ConferenceStatusCallback"),
			     .callback_get = is_get(c, "ConferenceStatusCallbackMethod", false),
			     .muted = flag(c, "Muted", false),
			     .starts = flag(c, "StartConferenceOnEnter", true),
			     .ends = flag(c, "EndConferenceOnExit", false),
			     .events = room_events_of(c),
			     .left = invited_left};
	int64_t timeout = 60, limit = 14400;
	struct sim_member *m;
	struct sim_leg *leg;
	int code = 0;

	(void)!str_int(param(c, "MaxParticipants"), 2, 250, &j.max);
	if (to.n == 0 || !phone_valid(to))
		code = to.n == 0 ? 21201 : 21211;
	else if (n == NULL || n->account != c->account)
		code = from.n == 0 ? 21213 : 21210;
	else if (param(c, "Timeout").n > 0 && !str_int(param(c, "Timeout"), 5, 600, &timeout))
		code = 20422;
	else if (sim_sid_valid("CF", c->part[1]) &&
		 (room == NULL || room->status == SIM_ROOM_COMPLETED))
		code = 20404;
	if (code != 0) {
		sim_call_refuse(c, code, NULL);
		return;
	}
	leg = sim_leg_new(c->sim, c->account, SIM_LEG_OUTBOUND_API, from, to);
	j.with = leg;
	m = sim_room_expect(leg, &j, &code);
	if (m == NULL) {
		sim_leg_end(leg, SIM_LEG_FAILED, 0);
		sim_call_refuse(c, 20422,
				"Nobody can come in so: the label is taken, there is nobody "
				"to coach, or the room is full");
		return;
	}
	leg->answered = invited_answered;
	leg->ended = invited_lost;
	leg->with = leg;
	sim_amd_set(leg, &c->ask->params);
	sim_leg_told_set(&leg->told, param(c, "StatusCallback"),
			 is_get(c, "StatusCallbackMethod", false),
			 events_of(c, "StatusCallbackEvent"));
	(void)!str_int(param(c, "TimeLimit"), 1, 86400, &limit);
	sim_dial_out(leg, sim_dial_queue_ms(c->sim), (unsigned)timeout);
	sim_dial_limit(leg, (unsigned)limit);
	member_reply(c, 201, m);
}

static void member_update(struct sim_call *c, struct sim_member *m)
{
	const struct sim_pairs *p = &c->ask->params;
	struct str announce = param(c, "AnnounceUrl");
	bool modified = false;

	if (sim_pairs_get(p, "Muted") != NULL)
		sim_member_mute(m, flag(c, "Muted", false));
	if (sim_pairs_get(p, "Hold") != NULL)
		sim_member_hold(m, flag(c, "Hold", false),
				sim_pairs_get(p, "HoldUrl") != NULL ? param(c, "HoldUrl")
								    : (struct str){0},
				is_get(c, "HoldMethod", true));
	if (announce.n > 0)
		sim_member_announce(m, announce, is_get(c, "AnnounceMethod", false));
	if (sim_pairs_get(p, "EndConferenceOnExit") != NULL) {
		m->ends = flag(c, "EndConferenceOnExit", false);
		modified = true;
	}
	if (sim_pairs_get(p, "Coaching") != NULL || sim_pairs_get(p, "CallSidToCoach") != NULL) {
		m->coaching = flag(c, "Coaching", true);
		snprintf(m->coached, sizeof m->coached, STR_FMT,
			 STR_ARG(str_sub(param(c, "CallSidToCoach"), 0, SIM_SID - 1)));
		modified = true;
	}
	if (modified)
		sim_member_modified(m);
	member_reply(c, 200, m);
}

static void member_kick(struct sim_call *c, struct sim_member *m)
{
	struct sim_leg *leg = m->leg;
	void (*left)(void *) = m->left;
	void *with = m->with;

	memcpy(c->out->sid, leg->sid, sizeof c->out->sid);
	sim_room_leave(leg, SIM_LEFT_KICKED);
	if (left != NULL)
		left(with);
	c->out->status = 204;
}

static void one_member(struct sim_call *c, const struct sim_room *r)
{
	struct sim_member *m = sim_member_find(r, sim_unescape(c->arena, c->part[3]));
	struct sim_fault race;

	if (m == NULL) {
		sim_call_missing(c);
		return;
	}
	if (sim_call_is(c, "GET")) {
		member_reply(c, 200, m);
		return;
	}
	race = sim_faults_take_change(&c->sim->faults, sim_leg_phone(m->leg));
	if (race.kind == SIM_FAULT_GONE) {
		sim_leg_hang_up(m->leg);
		sim_call_missing(c);
	} else if (sim_call_is(c, "POST")) {
		member_update(c, m);
	} else if (sim_call_is(c, "DELETE")) {
		member_kick(c, m);
	} else {
		sim_call_refuse(c, 20004, NULL);
	}
}

void sim_rest_conferences(struct sim_call *c)
{
	struct sim_room *r;

	if (c->parts == 1) {
		if (sim_call_is(c, "GET"))
			rooms_list(c);
		else
			sim_call_refuse(c, 20004, NULL);
		return;
	}
	c->part[1] = sim_unescape(c->arena, c->part[1]);
	r = sim_room_find(c->sim, c->account, c->part[1]);
	if (c->parts == 3 && str_is(c->part[2], "Participants") && sim_call_is(c, "POST")) {
		member_create(c);
	} else if (r == NULL) {
		sim_call_missing(c);
	} else if (c->parts == 2 && sim_call_is(c, "GET")) {
		room_reply(c, r);
	} else if (c->parts == 2 && sim_call_is(c, "POST")) {
		room_update(c, r);
	} else if (c->parts == 3 && str_is(c->part[2], "Participants") && sim_call_is(c, "GET")) {
		members_list(c, r);
	} else if (c->parts == 4 && str_is(c->part[2], "Participants")) {
		one_member(c, r);
	} else {
		sim_call_refuse(c, 20004, NULL);
	}
}
