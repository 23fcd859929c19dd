/*
 * control.c - the control paths of ElevenLabs' side: /sim/agents and /sim/conversations.
 */
#include "shared/utf8.h"
#include "tests/sim/asked.h"
#include "tests/sim/eleven/conv.h"
#include "tests/sim/eleven/side.h"

static void agents(struct sim_asked *q)
{
	struct buf b = {.limit = 8u * 1024 * 1024};

	sim_json_open(&b, NULL, '{');
	sim_json_open(&b, "agents", '[');
	for (unsigned i = 0; i < q->sim->agents_n; i++)
		sim_agent_write(&q->sim->agents[i], NULL, &b);
	sim_json_close(&b, ']');
	sim_json_close(&b, '}');
	sim_asked_reply(q, &b);
}

static void agent_change(struct sim_asked *q)
{
	struct sim_agent *a = sim_agent_get(q->sim, sim_asked_part(q, 0));
	struct err err = {0};
	struct buf b = {0};

	if (a == NULL) {
		sim_asked_refuse(q->ticket, 503, "there are too many agents, or that is no id");
	} else if (!sim_agent_change(a, q->body, &err)) {
		sim_asked_refuse_err(q->ticket, &err);
	} else {
		sim_agent_write(a, NULL, &b);
		sim_asked_reply(q, &b);
	}
}

static void convs(struct sim_asked *q)
{
	uint64_t since = sim_asked_number(q, "since", 0);
	size_t left = (size_t)sim_asked_number(q, "limit", 50);
	struct str phone = sim_pairs_value(&q->query, "phone");
	struct buf b = {.limit = 32u * 1024 * 1024};

	sim_json_open(&b, NULL, '{');
	sim_json_int(&b, "version", (int64_t)q->sim->texts.version);
	sim_json_open(&b, "conversations", '[');
	for (const struct sim_conv *c = q->sim->convs; c != NULL && left > 0; c = c->next) {
		if (c->version <= since || (phone.n > 0 && !str_eq(sim_conv_phone(c), phone)))
			continue;
		sim_conv_write(c, NULL, false, &b);
		left--;
	}
	sim_json_close(&b, ']');
	sim_json_close(&b, '}');
	sim_asked_reply(q, &b);
}

static void conv_reply(struct sim_asked *q, const struct sim_conv *c)
{
	struct buf b = {.limit = 16u * 1024 * 1024};

	sim_conv_write(c, NULL, true, &b);
	sim_asked_reply(q, &b);
}

static struct sim_conv *conv_named(struct sim_asked *q)
{
	struct sim_conv *c = sim_conv_find(q->sim, sim_asked_part(q, 0));

	if (c == NULL)
		sim_asked_refuse(q->ticket, 404, "no conversation has that id");
	return c;
}

static void conv_show(struct sim_asked *q)
{
	const struct sim_conv *c = conv_named(q);

	if (c != NULL)
		conv_reply(q, c);
}

static void event_send(struct sim_conv *c, const json_t *event)
{
	char *dumped = json_dumps(event, JSON_COMPACT);

	if (dumped != NULL)
		sim_conv_send(c, dumped);
	free(dumped);
}

/* {"say": "..."} {"hear": "..."} {"tool": {"name", "parameters"}} {"interrupt": true}
 * {"close": 1002, "why": "..."} {"cut": true} {"ping": true} {"event": {...}} */
static void conv_act(struct sim_asked *q)
{
	struct sim_conv *c = conv_named(q);
	struct str say = utf8_repair(&q->arena, sim_asked_text(q, "say"));
	struct str hear = utf8_repair(&q->arena, sim_asked_text(q, "hear"));
	const json_t *tool = json_object_get(q->body, "tool");
	const json_t *close = json_object_get(q->body, "close");
	const json_t *event = json_object_get(q->body, "event");
	const char *name = json_string_value(json_object_get(tool, "name"));

	if (c == NULL)
		return;
	if (c->state != SIM_CONV_LIVE) {
		sim_asked_refuse(q->ticket, 409, "the conversation is not live");
		return;
	}
	if (say.n > 0)
		sim_conv_say(c, say, SIM_TURN_ON);
	else if (hear.n > 0)
		sim_conv_said(c, hear, false);
	else if (name != NULL)
		sim_conv_tool(c, name, json_object_get(tool, "parameters"));
	else if (json_is_integer(close))
		sim_conv_close(c, (unsigned)json_integer_value(close), NULL,
			       arena_cstr(&q->arena, sim_asked_text(q, "why")) == NULL
				       ? ""
				       : arena_cstr(&q->arena, sim_asked_text(q, "why")));
	else if (json_is_object(event))
		event_send(c, event);
	else if (json_is_true(json_object_get(q->body, "interrupt")))
		sim_conv_interrupt(c);
	else if (json_is_true(json_object_get(q->body, "ping")))
		sim_conv_ping(c);
	else if (json_is_true(json_object_get(q->body, "cut")) && c->ws != NULL)
		sim_ws_reset(c->ws);
	else {
		sim_asked_refuse(q->ticket, 400,
				 "say, hear, tool, interrupt, ping, event, close or cut");
		return;
	}
	conv_reply(q, c);
}

SIM_ASKED(agents)
SIM_ASKED(agent_change)
SIM_ASKED(convs)
SIM_ASKED(conv_show)
SIM_ASKED(conv_act)

const struct route sim_el_controls[] = {
	{WEB_GET, "/sim/agents", on_agents, 0, NULL, NULL, NULL},
	{WEB_POST, "/sim/agents/{id}", on_agent_change, 0, NULL, NULL, NULL},
	{WEB_GET, "/sim/conversations", on_convs, 0, NULL, NULL, NULL},
	{WEB_GET, "/sim/conversations/{id}", on_conv_show, 0, NULL, NULL, NULL},
	{WEB_POST, "/sim/conversations/{id}", on_conv_act, 0, NULL, NULL, NULL},
	{0},
};
