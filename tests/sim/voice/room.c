/*
 * room.c - see room.h.
 */
#include "tests/sim/voice/room.h"

#include "shared/clock.h"
#include "tests/sim/json.h"
#include "tests/sim/speech.h"
#include "tests/sim/voice/room_tell.h"
#include "tests/sim/voice/scribe.h"

const char *sim_room_status_word(enum sim_room_status s)
{
	static const char *const words[] = {"init", "in-progress", "completed"};

	return words[s];
}

struct sim_room *sim_room_find(const struct sim *s, unsigned account, struct str name)
{
	for (struct sim_room *r = s->rooms; r != NULL; r = r->next) {
		if (r->account == account &&
		    (str_is(name, r->sid) ||
		     (r->status != SIM_ROOM_COMPLETED && str_is(name, r->name))))
			return r;
	}
	return NULL;
}

struct sim_member *sim_member_find(const struct sim_room *r, struct str name)
{
	for (struct sim_member *m = r->members; m != NULL; m = m->next) {
		if (str_is(name, m->leg->sid) || (m->label[0] != '\0' && str_is(name, m->label)))
			return m;
	}
	return NULL;
}

static unsigned joined_count(const struct sim_room *r)
{
	unsigned n = 0;

	for (const struct sim_member *m = r->members; m != NULL; m = m->next)
		n += m->joined ? 1 : 0;
	return n;
}

static bool has_company(const struct sim_member *m)
{
	for (const struct sim_member *o = m->room->members; o != NULL; o = o->next) {
		if (o != m && o->joined && o->met)
			return true;
	}
	return false;
}

bool sim_room_company(const struct sim_leg *leg)
{
	const struct sim_member *m = leg->member;

	return leg->bridged != NULL || (m != NULL && m->joined && !m->hold &&
					m->room->status == SIM_ROOM_IN_PROGRESS && has_company(m));
}

/* Whose company has changed: with somebody it is their turn, alone they wait. */
static void company_look(struct sim_room *r)
{
	if (r->status != SIM_ROOM_IN_PROGRESS)
		return;
	for (struct sim_member *m = r->members; m != NULL; m = m->next) {
		if (!m->joined || m->hold || sim_leg_is_over(m->leg))
			continue;
		if (has_company(m))
			sim_quiet_turn(m->leg);
		else
			sim_quiet_wait(m->leg);
	}
}

/* ---- memory ---- */

static void room_free(struct sim_room *r)
{
	free(r->callback);
	free(r);
}

static void oldest_drop(struct sim *s)
{
	struct sim_room **at, **oldest = NULL;
	unsigned n = 0;

	for (at = &s->rooms; *at != NULL; at = &(*at)->next) {
		n++;
		if ((*at)->status == SIM_ROOM_COMPLETED)
			oldest = at;
	}
	if (n >= SIM_ROOMS_MAX && oldest != NULL) {
		struct sim_room *r = *oldest;

		*oldest = r->next;
		room_free(r);
	}
}

void sim_rooms_free(struct sim *s)
{
	struct sim_room *r;

	while ((r = s->rooms) != NULL) {
		s->rooms = r->next;
		room_free(r);
	}
}

void sim_rooms_forget(struct sim *s)
{
	for (struct sim_room **at = &s->rooms; *at != NULL;) {
		struct sim_room *r = *at;

		if (r->members != NULL) {
			at = &r->next;
			continue;
		}
		*at = r->next;
		room_free(r);
	}
}

static struct sim_room *room_new(struct sim_leg *leg, struct str name)
{
	struct sim_room *r = xcalloc(1, sizeof *r);

	oldest_drop(leg->sim);
	r->sim = leg->sim;
	r->account = leg->account;
	sim_sid_new("CF", r->sid);
	snprintf(r->name, sizeof r->name, STR_FMT, STR_ARG(str_sub(name, 0, SIM_ROOM_NAME - 1)));
	r->created_us = clock_wall_us();
	r->updated_us = r->created_us;
	r->max = 250;
	r->next = leg->sim->rooms;
	leg->sim->rooms = r;
	return r;
}

/* ---- what those hear who wait ---- */

static void music_start(struct sim_member *m, struct str url, bool get)
{
	struct sim_music_ask ask = {.url = url, .get = get, .again = true};

	sim_music_stop(&m->music);
	if (url.n > 0 && sim_url_callable(url)) {
		m->music = sim_music_play(m->leg, &ask);
		return;
	}
	sim_line_note(m->leg, url.p == NULL ? "music" : "silence");
	if (url.p == NULL)
		sim_quiet_sound(m->leg);
}

static void wait_music(struct sim_member *m)
{
	music_start(m, str_of(m->wait_url), m->wait_get);
}

static void room_met(struct sim_leg *leg)
{
	sim_line_note(leg, "in the conference");
}

static void room_start(struct sim_room *r)
{
	bool may = false;

	for (const struct sim_member *m = r->members; m != NULL; m = m->next)
		may = may || (m->joined && m->starts);
	if (r->status != SIM_ROOM_INIT || !may || joined_count(r) < 2)
		return;
	r->status = SIM_ROOM_IN_PROGRESS;
	r->updated_us = clock_wall_us();
	for (struct sim_member *m = r->members; m != NULL; m = m->next) {
		sim_music_stop(&m->music);
		if (m->joined)
			room_met(m->leg);
	}
	company_look(r);
	sim_room_tell(r, SIM_ROOM_START, "conference-start", NULL, NULL);
}

/* ---- coming and going ---- */

/* 0, or the error that keeps this leg out. */
static int refused(const struct sim_room *r, const struct sim_join *j)
{
	const struct sim_member *coached = j->coached.n > 0 ? sim_member_find(r, j->coached) : NULL;

	if (j->label.n > 0 && sim_member_find(r, j->label) != NULL)
		return 16025;
	if (j->coached.n > 0 && coached == NULL)
		return 13240;
	return joined_count(r) >= r->max ? 16020 : 0;
}

struct sim_member *sim_room_expect(struct sim_leg *leg, const struct sim_join *j, int *code)
{
	struct sim_room *r = sim_room_find(leg->sim, leg->account, j->name);
	struct sim_member *m, **end;

	if (r == NULL || r->status == SIM_ROOM_COMPLETED)
		r = room_new(leg, j->name);
	if (j->max > 0)
		r->max = j->max;
	*code = refused(r, j);
	if (*code != 0)
		return NULL;
	m = xcalloc(1, sizeof *m);
	m->room = r;
	m->leg = leg;
	snprintf(m->label, sizeof m->label, STR_FMT, STR_ARG(str_sub(j->label, 0, SIM_LABEL - 1)));
	snprintf(m->coached, sizeof m->coached, STR_FMT,
		 STR_ARG(str_sub(j->coached, 0, SIM_SID - 1)));
	m->coaching = j->coaching || j->coached.n > 0;
	m->muted = j->muted;
	m->starts = j->starts;
	m->ends = j->ends;
	m->wait_get = j->wait_get;
	if (j->wait_url_set) {
		struct arena a = {0};

		m->wait_url = xstrdup(j->wait_url.n == 0 ? "" : arena_cstr(&a, j->wait_url));
		arena_free(&a);
	}
	m->created_us = clock_wall_us();
	m->updated_us = m->created_us;
	m->left = j->left;
	m->with = j->with;
	if (!r->callback_set && j->callback.n > 0) {
		struct arena a = {0};

		r->callback = xstrdup(arena_cstr(&a, j->callback));
		r->callback_get = j->callback_get;
		r->events = j->events == 0 ? SIM_ROOM_START | SIM_ROOM_END : j->events;
		arena_free(&a);
	}
	for (end = &r->members; *end != NULL; end = &(*end)->next)
		;
	*end = m;
	leg->member = m;
	return m;
}

void sim_room_arrive(struct sim_leg *leg)
{
	struct sim_member *m = leg->member;

	if (m == NULL || m->joined)
		return;
	m->joined = true;
	m->met = !m->muted;
	m->room->callback_set = true; /* of the first to come in; later ones are ignored */
	m->updated_us = clock_wall_us();
	sim_room_tell(m->room, SIM_ROOM_JOIN, "participant-join", m, NULL);
	if (m->room->status == SIM_ROOM_INIT)
		wait_music(m);
	else
		room_met(leg);
	room_start(m->room);
	company_look(m->room);
	sim_leg_changed(leg);
}

struct sim_member *sim_room_enter(struct sim_leg *leg, const struct sim_join *j, int *code)
{
	struct sim_member *m = sim_room_expect(leg, j, code);

	if (m != NULL)
		sim_room_arrive(leg);
	return m;
}

static void member_remove(struct sim_room *r, struct sim_member *m, enum sim_left why)
{
	struct sim_member **at = &r->members;

	while (*at != m)
		at = &(*at)->next;
	*at = m->next;
	m->leg->member = NULL;
	sim_music_stop(&m->music);
	sim_music_stop(&m->announcement);
	if (m->joined)
		sim_room_tell_left(r, m, why);
	sim_lines_hush(m->leg);
	for (struct sim_member *o = r->members; m->joined && o != NULL; o = o->next)
		sim_lines_hush(o->leg);
	company_look(r);
	sim_leg_changed(m->leg);
}

static void member_free(struct sim_member *m)
{
	free(m->wait_url);
	free(m);
}

void sim_room_end(struct sim_room *r, const char *reason, enum sim_left why,
		  const struct sim_member *by)
{
	struct sim_member *m;

	if (r->status == SIM_ROOM_COMPLETED)
		return;
	r->status = SIM_ROOM_COMPLETED;
	r->reason = reason;
	r->updated_us = clock_wall_us();
	if (by != NULL) {
		memcpy(r->ending, by->leg->sid, sizeof r->ending);
		memcpy(r->ending_label, by->label, sizeof r->ending_label);
	}
	while ((m = r->members) != NULL) {
		void (*left)(void *) = m->left;
		void *with = m->with;

		member_remove(r, m, why);
		member_free(m);
		if (left != NULL)
			left(with);
	}
	sim_room_tell_end(r);
}

void sim_room_leave(struct sim_leg *leg, enum sim_left why)
{
	struct sim_member *m = leg->member;
	struct sim_room *r;
	bool kicked = why == SIM_LEFT_KICKED;

	if (m == NULL)
		return;
	r = m->room;
	member_remove(r, m, why);
	if (m->joined && m->ends)
		sim_room_end(r,
			     kicked ? "participant-with-end-conference-on-exit-kicked"
				    : "participant-with-end-conference-on-exit-left",
			     SIM_LEFT_MODERATOR, m);
	else if (r->members == NULL)
		sim_room_end(r, kicked ? "last-participant-kicked" : "last-participant-left", why,
			     m);
	member_free(m);
}

/* ---- changes ---- */

void sim_member_mute(struct sim_member *m, bool muted)
{
	if (m->muted == muted)
		return;
	m->muted = muted;
	m->met = m->met || !muted;
	m->updated_us = clock_wall_us();
	company_look(m->room);
	sim_room_tell(m->room, SIM_ROOM_MUTE, muted ? "participant-mute" : "participant-unmute", m,
		      NULL);
}

void sim_member_hold(struct sim_member *m, bool hold, struct str url, bool get)
{
	if (m->hold == hold)
		return;
	m->hold = hold;
	m->updated_us = clock_wall_us();
	if (hold)
		music_start(m, url, get);
	else
		sim_music_stop(&m->music);
	sim_line_note(m->leg, hold ? "on hold" : "off hold");
	sim_room_tell(m->room, SIM_ROOM_HOLD, hold ? "participant-hold" : "participant-unhold", m,
		      NULL);
}

void sim_member_modified(struct sim_member *m)
{
	m->updated_us = clock_wall_us();
	sim_room_tell(m->room, SIM_ROOM_MODIFY, "participant-modify", m, NULL);
}

static void on_announced(void *with, bool good)
{
	struct sim_member *m = with;

	sim_room_tell(m->room, SIM_ROOM_ANNOUNCEMENT,
		      good ? "announcement-end" : "announcement-fail", m,
		      good ? NULL : "the announcement cannot be fetched");
	sim_music_stop(&m->announcement);
}

void sim_member_announce(struct sim_member *m, struct str url, bool get)
{
	struct sim_music_ask ask = {.url = url, .get = get, .done = on_announced, .with = m};

	sim_music_stop(&m->announcement);
	m->announcement = sim_music_play(m->leg, &ask);
}

/* ---- hearing each other ---- */

static void hear(struct sim_leg *leg, const struct sim_leg *speaker, const char *label,
		 struct str words)
{
	size_t line = sim_line_add(leg, SIM_LINE_PERSON, words);
	struct sim_heard *h = sim_line_at(leg, line);
	const struct sim_utterance *u;

	snprintf(h->who, sizeof h->who, "%.*s", (int)size_min(sizeof h->who - 1, 23),
		 label[0] != '\0' ? label : sim_leg_phone(speaker).p);
	sim_line_over(leg, line);
	u = sim_track_add(&leg->talk.played, words, leg->sim->set.letters_per_s);
	sim_line_lasts(leg, line, (int64_t)u->count * SIM_SPEECH_MS);
	sim_scribe_said(leg, true, words);
	sim_quiet_sound(leg);
}

/* A coach is heard by the one who is coached alone. */
static bool hears(const struct sim_member *listener, const struct sim_member *speaker)
{
	return listener != speaker && listener->joined && !listener->hold &&
	       (!speaker->coaching || strcmp(speaker->coached, listener->leg->sid) == 0);
}

void sim_room_said(struct sim_leg *leg, struct str words)
{
	struct sim_member *m = leg->member;

	if (leg->bridged != NULL)
		hear(leg->bridged, leg, "", words);
	if (m == NULL || !m->joined || m->muted || m->hold ||
	    m->room->status != SIM_ROOM_IN_PROGRESS)
		return;
	sim_room_tell(m->room, SIM_ROOM_SPEAKER, "participant-speech-start", m, NULL);
	for (struct sim_member *o = m->room->members; o != NULL; o = o->next) {
		if (hears(o, m))
			hear(o->leg, leg, m->label, words);
	}
}
