/*
 * control.c - see control.h.
 */
#include "tests/sim/voice/control.h"

#include "shared/utf8.h"
#include "tests/sim/asked.h"
#include "tests/sim/handset.h"
#include "tests/sim/voice/person.h"
#include "tests/sim/voice/stream.h"
#include "tests/sim/voice/watch.h"

static void leg_reply(struct sim_asked *q, const struct sim_leg *leg)
{
	struct buf b = {.limit = 8u * 1024 * 1024};

	sim_watch_write(leg, NULL, 0, &b);
	sim_asked_reply(q, &b);
}

/* {from, to}: a phone calls a store. */
static void call_place(struct sim_asked *q)
{
	struct err err = {0};
	const struct sim_leg *leg =
		sim_person_call(q->sim, sim_asked_text(q, "from"), sim_asked_text(q, "to"), &err);

	if (leg == NULL)
		sim_asked_refuse_err(q->ticket, &err);
	else
		leg_reply(q, leg);
}

static void calls_show(struct sim_asked *q)
{
	struct str phone = sim_pairs_value(&q->query, "phone");
	struct buf b = {.limit = 32u * 1024 * 1024};

	sim_json_open(&b, NULL, '{');
	sim_json_int(&b, "version", (int64_t)q->sim->texts.version);
	sim_json_int(&b, "count", (int64_t)q->sim->legs_n);
	sim_watch_list(q->sim, phone, sim_asked_number(q, "since", 0),
		       (size_t)sim_asked_number(q, "limit", 50), "calls", &b);
	sim_json_close(&b, '}');
	sim_asked_reply(q, &b);
}

static struct sim_leg *leg_named(struct sim_asked *q)
{
	struct sim_leg *leg = sim_leg_find(q->sim, sim_asked_part(q, 0));

	if (leg == NULL)
		sim_asked_refuse(q->ticket, 404, "no call has that SID");
	return leg;
}

static void call_show(struct sim_asked *q)
{
	const struct sim_leg *leg = leg_named(q);

	if (leg != NULL)
		sim_watch_answer(
			q->sim, q->ticket, leg->sid, sim_asked_number(q, "since", 0),
			(unsigned)size_min(sim_asked_number(q, "wait", 0), SIM_WAIT_MAX_MS));
}

/* {"say": "..."} {"press": "1"} {"do": "answer" | "decline" | "hang up"} */
static bool act(struct sim_asked *q, struct sim_leg *leg, struct err *err)
{
	struct str say = utf8_repair(&q->arena, sim_asked_text(q, "say"));
	struct str press = sim_asked_text(q, "press"), what = sim_asked_text(q, "do");

	if (say.n > 0)
		return sim_person_say(leg, say, err);
	if (press.n > 0)
		return sim_person_press(leg, press, err);
	if (str_is(what, "answer"))
		return sim_person_answer(leg, err);
	if (str_is(what, "decline"))
		return sim_person_decline(leg, err);
	if (str_is(what, "hang up"))
		return sim_person_hang_up(leg, err);
	return err_set(err, ERR_INPUT,
		       "say something, press digits, or do: answer, decline, hang up");
}

static void call_act(struct sim_asked *q)
{
	struct sim_leg *leg = leg_named(q);
	struct err err = {0};

	if (leg == NULL)
		return;
	if (act(q, leg, &err))
		leg_reply(q, leg);
	else
		sim_asked_refuse_err(q->ticket, &err);
}

static void streams_show(struct sim_asked *q)
{
	size_t left = (size_t)sim_asked_number(q, "limit", 50);
	struct buf b = {.limit = 32u * 1024 * 1024};

	sim_json_open(&b, NULL, '{');
	sim_json_open(&b, "streams", '[');
	for (const struct sim_leg *l = q->sim->legs; l != NULL; l = l->next) {
		for (const struct sim_stream *st = l->streams; st != NULL && left > 0;
		     st = st->next, left--)
			sim_stream_write(st, NULL, false, &b);
	}
	sim_json_close(&b, ']');
	sim_json_close(&b, '}');
	sim_asked_reply(q, &b);
}

static void stream_show(struct sim_asked *q)
{
	const struct sim_stream *st = sim_stream_by_sid(q->sim, sim_asked_part(q, 0));
	struct buf b = {.limit = 8u * 1024 * 1024};

	if (st == NULL) {
		sim_asked_refuse(q->ticket, 404, "no stream has that SID");
		return;
	}
	sim_stream_write(st, NULL, true, &b);
	sim_asked_reply(q, &b);
}

SIM_ASKED(call_place)
SIM_ASKED(calls_show)
SIM_ASKED(call_show)
SIM_ASKED(call_act)
SIM_ASKED(streams_show)
SIM_ASKED(stream_show)

const struct route sim_voice_routes[] = {
	{WEB_GET, "/sim/calls", on_calls_show, 0, NULL, NULL, NULL},
	{WEB_POST, "/sim/calls", on_call_place, 0, NULL, NULL, NULL},
	{WEB_GET, "/sim/calls/{sid}", on_call_show, 0, NULL, NULL, NULL},
	{WEB_POST, "/sim/calls/{sid}", on_call_act, 0, NULL, NULL, NULL},
	{WEB_GET, "/sim/streams", on_streams_show, 0, NULL, NULL, NULL},
	{WEB_GET, "/sim/streams/{sid}", on_stream_show, 0, NULL, NULL, NULL},
	{0},
};
