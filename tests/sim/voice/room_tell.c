/*
 * room_tell.c - see room_tell.h. Each conference numbers its own events.
 */
#include "tests/sim/voice/room_tell.h"

#include "shared/clock.h"
#include "tests/sim/json.h"

static const struct {
	const char *word;
	unsigned event;
} words[] = {{"start", SIM_ROOM_START},
	     {"end", SIM_ROOM_END},
	     {"join", SIM_ROOM_JOIN},
	     {"leave", SIM_ROOM_LEAVE},
	     {"mute", SIM_ROOM_MUTE},
	     {"hold", SIM_ROOM_HOLD},
	     {"modify", SIM_ROOM_MODIFY},
	     {"speaker", SIM_ROOM_SPEAKER},
	     {"announcement", SIM_ROOM_ANNOUNCEMENT}};

unsigned sim_room_events_of(struct str text)
{
	unsigned events = 0;

	while (text.n > 0) {
		struct str word = str_cut(&text, ' ');

		for (size_t i = 0; i < ARRAY_LEN(words); i++)
			events |= str_is(word, words[i].word) ? words[i].event : 0;
	}
	return events;
}

static void put(struct sim_pairs *p, struct arena *a, const char *name, const char *value)
{
	sim_pairs_put(p, a, name, str_of(value));
}

static void flag(struct sim_pairs *p, struct arena *a, const char *name, bool value)
{
	put(p, a, name, value ? "true" : "false");
}

static void member_put(struct sim_pairs *p, struct arena *a, const struct sim_member *m)
{
	put(p, a, "CallSid", m->leg->sid);
	flag(p, a, "Muted", m->muted);
	flag(p, a, "Hold", m->hold);
	flag(p, a, "Coaching", m->coaching);
	flag(p, a, "EndConferenceOnExit", m->ends);
	flag(p, a, "StartConferenceOnEnter", m->starts);
	if (m->label[0] != '\0')
		put(p, a, "ParticipantLabel", m->label);
}

static void event_send(struct sim_room *r, unsigned event, const char *word,
		       const struct sim_member *m, const struct sim_pairs *more)
{
	struct arena a = {0};
	struct sim_pairs p = {0};
	char date[SIM_DATE];
	struct sim_hook_ask ask = {.kind = SIM_HOOK_CALL_STATUS,
				   .account = r->account,
				   .sid = r->sid,
				   .phone = m == NULL ? (struct str){0} : sim_leg_phone(m->leg),
				   .url = r->callback,
				   .method = r->callback_get ? "GET" : "POST",
				   .params = &p};

	r->sequence++;
	if (r->callback == NULL || (r->events & event) == 0 || r->sim->closing)
		return;
	sim_date_text(clock_wall_us(), date);
	put(&p, &a, "ConferenceSid", r->sid);
	put(&p, &a, "FriendlyName", r->name);
	put(&p, &a, "AccountSid", r->sim->accounts[r->account].sid);
	sim_pairs_put_int(&p, &a, "SequenceNumber", r->sequence);
	put(&p, &a, "Timestamp", date);
	put(&p, &a, "StatusCallbackEvent", word);
	if (m != NULL)
		member_put(&p, &a, m);
	for (size_t i = 0; more != NULL && i < more->n; i++)
		sim_pairs_add(&p, &a, more->at[i].name, more->at[i].value);
	sim_hook_send(r->sim, &ask, NULL, NULL);
	arena_free(&a);
}

void sim_room_tell(struct sim_room *r, unsigned event, const char *word,
		   const struct sim_member *about, const char *failure)
{
	struct arena a = {0};
	struct sim_pairs more = {0};

	if (failure != NULL)
		put(&more, &a, "ReasonAnnouncementFailed", failure);
	event_send(r, event, word, about, &more);
	arena_free(&a);
}

void sim_room_tell_left(struct sim_room *r, const struct sim_member *m, enum sim_left why)
{
	static const char *const reasons[] = {[SIM_LEFT_HUNG_UP] = "participant_hung_up",
					      [SIM_LEFT_UPDATED] = "participant_updated_via_api",
					      [SIM_LEFT_MODERATOR] = "moderator_ended_conference",
					      [SIM_LEFT_API] = "conference_ended_via_api",
					      [SIM_LEFT_KICKED] = "participant_updated_via_api",
					      [SIM_LEFT_FAILED] = "participant_add_failed"};
	struct arena a = {0};
	struct sim_pairs more = {0};

	put(&more, &a, "ParticipantCallStatus", sim_leg_status_word(m->leg->status));
	put(&more, &a, "ReasonParticipantLeft", reasons[why]);
	event_send(r, SIM_ROOM_LEAVE, "participant-leave", m, &more);
	arena_free(&a);
}

void sim_room_tell_end(struct sim_room *r)
{
	struct arena a = {0};
	struct sim_pairs more = {0};

	if (r->ending[0] != '\0')
		put(&more, &a, "CallSidEndingConference", r->ending);
	if (r->ending_label[0] != '\0')
		put(&more, &a, "ParticipantLabelEndingConference", r->ending_label);
	put(&more, &a, "ReasonConferenceEnded", r->reason);
	put(&more, &a, "Reason", r->reason);
	event_send(r, SIM_ROOM_END, "conference-end", NULL, &more);
	arena_free(&a);
}
