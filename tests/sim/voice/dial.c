/*
 * dial.c - <Dial>: to numbers, all at once or one after the other, or into a conference (twilio.md
 * 4.3, 4.4).
 */
#include "tests/sim/voice/dial.h"

#include "shared/clock.h"
#include "tests/sim/voice/record.h"
#include "tests/sim/voice/room.h"
#include "tests/sim/voice/run.h"

#define CHILDREN_MAX 10

struct dial;

struct child {
	struct dial *dial;
	struct sim_leg *leg; /* NULL: not called yet, or gone */
	const struct sim_node *node;
};

struct dial {
	struct sim_act act;
	struct arena arena;
	const char *action, *method, *caller;
	bool on_bridge, on_star, one_by_one, record, room;
	unsigned ring_s, limit_s;
	struct child children[CHILDREN_MAX];
	size_t children_n, next;
	struct child *bridged;
	enum sim_leg_status last; /* of the child that ended last */
	char last_sid[SIM_SID];
	int64_t bridged_us;
	bool was_bridged, ending, over;
};

static struct dial *dial_of(struct sim_act *a)
{
	return CONTAINER_OF(a, struct dial, act);
}

/* ---- what comes of it ---- */

static void result_put(struct dial *d, const char *status, struct sim_pairs *p, struct arena *a)
{
	sim_pairs_put(p, a, "DialCallStatus", str_of(status));
	if (!d->room && d->last_sid[0] != '\0') {
		int64_t us = d->was_bridged ? clock_wall_us() - d->bridged_us : 0;

		sim_pairs_put(p, a, "DialCallSid", str_of(d->last_sid));
		sim_pairs_put_int(p, a, "DialCallDuration", (us + 999999) / 1000000);
	}
	sim_pairs_put(p, a, "DialBridged", str_of(d->was_bridged || d->room ? "true" : "false"));
	if (d->record && d->was_bridged) {
		struct sim_recording *r =
			sim_recording_of_call(d->act.leg, "DialVerb", d->bridged_us);
		char url[SIM_URL];

		sim_recording_url(r, url);
		sim_pairs_put(p, a, "RecordingUrl", str_of(url));
	}
}

static const char *status_word(const struct dial *d)
{
	return d->room ? "answered" : sim_leg_status_word(d->last);
}

static void children_end(struct dial *d, const struct child *but)
{
	for (size_t i = 0; i < d->children_n; i++) {
		struct sim_leg *leg = d->children[i].leg;

		if (leg == NULL || &d->children[i] == but)
			continue;
		d->children[i].leg = NULL;
		leg->answered = NULL;
		leg->ended = NULL;
		leg->ran_out = NULL;
		sim_dial_part(leg);
		sim_leg_hang_up(leg);
	}
}

static void dial_stop(struct sim_act *a, enum sim_stop why)
{
	struct dial *d = dial_of(a);
	struct sim_document discarded = {.get = d->method != NULL && strcmp(d->method, "GET") == 0,
					 .discard = true};
	struct sim_pairs p = {0};

	d->ending = true;
	sim_dial_part(a->leg);
	children_end(d, NULL);
	if (d->room)
		sim_room_leave(a->leg,
			       why == SIM_STOP_REDIRECT ? SIM_LEFT_UPDATED : SIM_LEFT_HUNG_UP);
	/* the interrupted one's action is asked for all the same, and what it says is thrown away
	 * (twilio.md 8.6) */
	if (why == SIM_STOP_REDIRECT && d->action != NULL && !d->over) {
		discarded.url = str_of(d->action);
		discarded.more = &p;
		result_put(d, d->was_bridged ? "completed" : status_word(d), &p, &d->arena);
		sim_run_fetch(a->leg, &discarded);
	}
	arena_free(&d->arena);
	free(d);
}

/* The document goes on, with the action or behind the verb. */
static void dial_over(struct dial *d)
{
	struct sim_pairs p = {0};

	if (d->ending)
		return;
	d->over = true;
	sim_quiet_wait(d->act.leg);
	if (d->action == NULL) {
		sim_act_end(&d->act);
		return;
	}
	result_put(d, status_word(d), &p, &d->arena);
	sim_run_action(d->act.leg, d->action, d->method, &p);
}

/* ---- numbers ---- */

static void call_next(struct dial *d);

static void child_ended(void *with, struct sim_leg *leg)
{
	struct child *c = with;
	struct dial *d = c->dial;

	c->leg = NULL;
	d->last = leg->status;
	memcpy(d->last_sid, leg->sid, sizeof d->last_sid);
	if (d->bridged == c) {
		sim_dial_part(d->act.leg);
		dial_over(d);
		return;
	}
	if (d->bridged != NULL)
		return;
	if (d->one_by_one) {
		call_next(d);
		return;
	}
	for (size_t i = 0; i < d->children_n; i++) {
		if (d->children[i].leg != NULL)
			return;
	}
	dial_over(d);
}

/* A leg that talks with another has no document; what ends this is an update of its call. */
static void bridged_stop(struct sim_act *a, enum sim_stop why)
{
	struct sim_leg *leg = a->leg, *other = leg->bridged;

	free(a);
	if (why != SIM_STOP_REDIRECT || other == NULL)
		return;
	/* it was taken away: for the parent that is the end of its <Dial> */
	sim_dial_part(leg);
	if (leg->ended == child_ended) {
		struct child *c = leg->with;

		leg->ended = NULL;
		c->leg = NULL;
		c->dial->last = SIM_LEG_COMPLETED;
		memcpy(c->dial->last_sid, leg->sid, sizeof c->dial->last_sid);
		dial_over(c->dial);
	}
}

static const struct sim_act_kind bridged_kind = {"bridged", bridged_stop, NULL, NULL, NULL};

static void bridge(void *with, struct sim_leg *leg)
{
	struct child *c = with;
	struct dial *d = c->dial;
	struct sim_act *act = xcalloc(1, sizeof *act);

	leg->ran_out = NULL;
	leg->answered = NULL;
	sim_run_stop(leg, SIM_STOP_DONE);
	act->kind = &bridged_kind;
	sim_act_begin(leg, act);
	d->bridged = c;
	d->was_bridged = true;
	d->bridged_us = clock_wall_us();
	memcpy(d->last_sid, leg->sid, sizeof d->last_sid);
	children_end(d, c);
	sim_leg_answer(d->act.leg);
	sim_dial_bridge(d->act.leg, leg);
	if (d->limit_s > 0)
		sim_dial_limit(leg, d->limit_s);
}

/* What the callee hears first: a document of its own; when it runs out, both are connected. */
static void child_answered(void *with, struct sim_leg *leg)
{
	struct child *c = with;
	const char *url = sim_attr_find(c->node, "url");
	struct sim_document doc = {.get = strcmp(sim_attr_or(c->node, "method", "POST"), "GET") ==
					  0};
	struct arena a = {0};

	if (url == NULL || leg->status != SIM_LEG_IN_PROGRESS) {
		bridge(c, leg);
		return;
	}
	leg->ran_out = bridge;
	doc.url = sim_run_url(c->dial->act.leg, &a, str_of(url));
	sim_run_fetch(leg, &doc);
	arena_free(&a);
}

static void told_read(struct sim_leg *parent, const struct sim_node *n, struct sim_told *out)
{
	struct str events = str_of(sim_attr_or(n, "statusCallbackEvent", "")), url;
	struct arena a = {0};
	unsigned bits = 0;

	while (events.n > 0)
		bits |= sim_leg_event_of(str_cut(&events, ' '));
	url = str_of(sim_attr_or(n, "statusCallback", ""));
	if (url.n > 0)
		url = sim_run_url(parent, &a, url);
	sim_leg_told_set(out, url,
			 strcmp(sim_attr_or(n, "statusCallbackMethod", "POST"), "GET") == 0, bits);
	arena_free(&a);
}

static void child_call(struct child *c)
{
	struct dial *d = c->dial;
	struct sim_leg *parent = d->act.leg;
	struct str number = str_trim(c->node->text);
	struct str caller = d->caller != NULL ? str_of(d->caller) : str_of(parent->from);
	struct sim_leg *leg =
		sim_leg_new(parent->sim, parent->account, SIM_LEG_OUTBOUND_DIAL, caller, number);

	c->leg = leg;
	memcpy(leg->parent, parent->sid, sizeof leg->parent);
	told_read(parent, c->node, &leg->told);
	leg->answered = child_answered;
	leg->ended = child_ended;
	leg->with = c;
	if (sim_node_is(c->node, "Number") && phone_valid(number)) {
		sim_dial_out(leg, 0, d->ring_s);
		return;
	}
	sim_alert_raise(parent->sim, sim_node_is(c->node, "Number") ? 13223 : 13214, parent->sid,
			"<%s> \"%.40s\" cannot be called from here", c->node->name,
			arena_cstr(&d->arena, number));
	sim_dial_fail_soon(leg);
}

static void call_next(struct dial *d)
{
	if (d->next == d->children_n) {
		dial_over(d);
		return;
	}
	child_call(&d->children[d->next++]);
}

static void dial_digit(struct sim_act *a, char digit)
{
	struct dial *d = dial_of(a);

	if (digit == '*' && d->on_star && d->bridged != NULL)
		sim_leg_hang_up(d->bridged->leg);
}

static const struct sim_act_kind dial_kind = {"Dial", dial_stop, NULL, NULL, dial_digit};

/* ---- a conference ---- */

static void on_left(void *with)
{
	dial_over(with);
}

static void join_read(struct sim_leg *leg, struct arena *a, const struct sim_node *n,
		      struct sim_join *j)
{
	const char *wait = sim_attr_find(n, "waitUrl"), *told = sim_attr_find(n, "statusCallback");

	*j = (struct sim_join){
		.name = str_trim(n->text),
		.label = str_of(sim_attr_find(n, "participantLabel")),
		.coached = str_of(sim_attr_find(n, "coach")),
		.wait_url_set = wait != NULL,
		.wait_url = wait == NULL || wait[0] == '\0' ? (struct str){0}
							    : sim_run_url(leg, a, str_of(wait)),
		.wait_get = strcmp(sim_attr_or(n, "waitMethod", "POST"), "GET") == 0,
		.callback = told == NULL ? (struct str){0} : sim_run_url(leg, a, str_of(told)),
		.callback_get = strcmp(sim_attr_or(n, "statusCallbackMethod", "POST"), "GET") == 0,
		.muted = sim_attr_true(n, "muted", false),
		.starts = sim_attr_true(n, "startConferenceOnEnter", true),
		.ends = sim_attr_true(n, "endConferenceOnExit", false),
		.events = sim_room_events_of(str_of(sim_attr_or(n, "statusCallbackEvent", ""))),
		.max = sim_attr_int(n, "maxParticipants", 1, 250, 0)};
}

static void room_enter(struct dial *d, const struct sim_node *n)
{
	struct sim_leg *leg = d->act.leg;
	struct sim_join j;
	int code = 0;

	d->room = true;
	sim_leg_answer(leg);
	join_read(leg, &d->arena, n, &j);
	j.left = on_left;
	j.with = d;
	if (j.name.n == 0)
		code = 13225;
	else
		(void)sim_room_enter(leg, &j, &code);
	if (code == 0)
		return;
	sim_alert_raise(leg->sim, code, leg->sid, "cannot enter that conference");
	d->room = false;
	d->last = SIM_LEG_FAILED;
	dial_over(d);
}

/* ---- the verb ---- */

static void children_read(struct dial *d, const struct sim_node *n)
{
	for (const struct sim_node *c = n->first; c != NULL && d->children_n < CHILDREN_MAX;
	     c = c->next) {
		if (!c->refused)
			d->children[d->children_n++] = (struct child){.dial = d, .node = c};
	}
	if (n->first == NULL && str_trim(n->text).n > 0) { /* <Dial>+1514...</Dial> */
		struct sim_node *number = ARENA_NEW(&d->arena, struct sim_node);

		*number = (struct sim_node){.name = "Number", .text = n->text};
		d->children[d->children_n++] = (struct child){.dial = d, .node = number};
	}
}

static void dial_begin(struct dial *d)
{
	struct sim_leg *leg = d->act.leg;

	if (d->children_n == 1 && sim_node_is(d->children[0].node, "Conference")) {
		room_enter(d, d->children[0].node);
		return;
	}
	if (!d->on_bridge)
		sim_leg_answer(leg);
	if (d->children_n == 0) {
		sim_alert_raise(leg->sim, 13225, leg->sid, "a <Dial> with nobody to call");
		d->last = SIM_LEG_FAILED;
		dial_over(d);
		return;
	}
	sim_line_note(leg, "ringing tone");
	sim_quiet_sound(leg);
	if (d->one_by_one) {
		call_next(d);
		return;
	}
	for (size_t i = 0; i < d->children_n; i++)
		child_call(&d->children[i]);
}

void sim_verb_dial(struct sim_leg *leg, const struct sim_node *n)
{
	struct dial *d = xcalloc(1, sizeof *d);
	const char *record = sim_attr_or(n, "record", "do-not-record");

	d->act.kind = &dial_kind;
	d->action = arena_strdup(&d->arena, sim_attr_find(n, "action"));
	d->method = arena_strdup(&d->arena, sim_attr_find(n, "method"));
	d->caller = arena_strdup(&d->arena, sim_attr_find(n, "callerId"));
	d->on_bridge = sim_attr_true(n, "answerOnBridge", false) && leg->program->first;
	d->on_star = sim_attr_true(n, "hangupOnStar", false);
	d->one_by_one = sim_attr_true(n, "sequential", false);
	d->record = strcmp(record, "do-not-record") != 0 && strcmp(record, "false") != 0;
	d->ring_s = (unsigned)sim_attr_int(n, "timeout", 1, 600, 30);
	d->limit_s = (unsigned)sim_attr_int(n, "timeLimit", 1, 86400, 14400);
	d->last = SIM_LEG_FAILED;
	children_read(d, n);
	sim_act_begin(leg, &d->act);
	dial_begin(d);
}
