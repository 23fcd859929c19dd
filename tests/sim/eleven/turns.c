/*
 * turns.c - what the agent answers; see conv.h.
 */
#include "tests/sim/eleven/conv.h"
#include "tests/sim/json.h"

static void answer(struct sim_conv *c)
{
	struct arena a = {0};
	struct sim_turn turn;

	if (c->to_answer == NULL || c->tool_waits)
		return;
	sim_turn_answer(&a, str_of(c->to_answer), c->french, c->variables, &turn);
	free(c->to_answer);
	c->to_answer = NULL;
	sim_conv_say(c, turn.text, turn.end);
	arena_free(&a);
}

static void on_thought(void *with)
{
	answer(with);
}

void sim_conv_said(struct sim_conv *c, struct str words, bool typed)
{
	unsigned event_id = c->next_id++;
	struct sim_conv_line *l;

	if (c->state != SIM_CONV_LIVE)
		return;
	if (typed) /* acts like a sentence that was spoken */
		sim_conv_interrupt(c);
	l = sim_conv_line(c, SIM_ROLE_USER, words, event_id);
	l->typed = typed;
	sim_conv_text_event(c, SIM_EV_USER_TRANSCRIPT, "user_transcription_event",
			    "user_transcript", words, event_id);
	if (c->state != SIM_CONV_LIVE)
		return;
	free(c->to_answer);
	c->to_answer = xmalloc(words.n + 1);
	memcpy(c->to_answer, words.p, words.n);
	c->to_answer[words.n] = '\0';
	if (c->think_timer == NULL)
		c->think_timer = sim_timer_new(&c->sim->loop->uv, on_thought, c);
	sim_timer_set(c->think_timer, c->agent.think_ms);
}

/* ---- tools ---- */

static void on_tool_late(void *with)
{
	struct sim_conv *c = with;

	sim_conv_tool_result(c, str_of(c->tool_id), STR_LIT("timeout"), true);
}

void sim_conv_tool(struct sim_conv *c, const char *name, const json_t *parameters)
{
	char *dumped = json_dumps(parameters, JSON_COMPACT);
	struct buf b = {.limit = 1024 * 1024};
	char hex[17], id[16];

	if (c->state != SIM_CONV_LIVE) {
		free(dumped);
		return;
	}
	sim_random_hex(8, hex);
	snprintf(c->tool_id, sizeof c->tool_id, "tool_%s", hex);
	c->tool_waits = true;
	c->counts.tools++;
	sim_conv_id_text(c, c->next_id, id);
	buf_printf(&b,
		   "\"agent_tool_request\":{\"tool_name\":\"%s\",\"tool_call_id\":\"%s\","
		   "\"tool_type\":\"client\",\"event_id\":%s}",
		   name, c->tool_id, id);
	sim_conv_event(c, SIM_EV_TOOL_REQUEST, buf_cstr(&b));
	buf_reset(&b);
	buf_printf(&b,
		   "\"client_tool_call\":{\"tool_name\":\"%s\",\"tool_call_id\":\"%s\","
		   "\"parameters\":",
		   name, c->tool_id);
	buf_add_cstr(&b, dumped == NULL ? "{}" : dumped);
	buf_printf(&b, ",\"event_id\":%s}", id);
	(void)sim_conv_line(c, SIM_ROLE_TOOL, str_of(name), c->next_id);
	sim_conv_event(c, SIM_EV_TOOL_CALL, buf_cstr(&b));
	free(dumped);
	buf_clear(&b);
	if (c->state != SIM_CONV_LIVE)
		return;
	if (c->tool_timer == NULL)
		c->tool_timer = sim_timer_new(&c->sim->loop->uv, on_tool_late, c);
	sim_timer_set(c->tool_timer, c->agent.tool_ms);
}

void sim_conv_tool_result(struct sim_conv *c, struct str id, struct str result, bool is_error)
{
	struct buf b = {0};
	char number[16];

	if (!c->tool_waits || !str_is(id, c->tool_id)) {
		sim_alert_raise(c->sim, 0, c->id, "a result of a tool that was not called");
		return;
	}
	c->tool_waits = false;
	sim_timer_stop(c->tool_timer);
	for (size_t i = c->lines_n; i > 0; i--) {
		struct sim_conv_line *l = &c->lines[i - 1];

		if (l->role != SIM_ROLE_TOOL || l->detail != NULL)
			continue;
		l->detail = xmalloc(result.n + 1);
		if (result.n > 0)
			memcpy(l->detail, result.p, result.n);
		l->detail[result.n] = '\0';
		l->is_error = is_error;
		break;
	}
	buf_printf(&b,
		   "\"agent_tool_response\":{\"tool_name\":\"" SIM_TOOL_STAFF
		   "\",\"tool_call_id\":\"%s\",\"tool_type\":\"client\",\"is_error\":%s,"
		   "\"is_called\":true,\"event_id\":%s}",
		   c->tool_id, is_error ? "true" : "false",
		   sim_conv_id_text(c, c->next_id, number));
	sim_conv_event(c, SIM_EV_TOOL_RESPONSE, buf_cstr(&b));
	buf_clear(&b);
	sim_conv_changed(c);
	if (c->to_answer != NULL)
		answer(c);
	else
		sim_conv_say(c, sim_turn_after_tool(c->french, is_error), SIM_TURN_ON);
}

void sim_conv_spoken(struct sim_conv *c, enum sim_turn_end then)
{
	json_t *parameters;

	switch (then) {
	case SIM_TURN_ON: return;
	case SIM_TURN_BYE: sim_conv_finish(c, "end_call tool was called."); return;
	case SIM_TURN_TOOL: break;
	}
	parameters = json_pack("{s:s}", "reason", "the customer asks for a person");
	sim_conv_tool(c, SIM_TOOL_STAFF, parameters);
	json_decref(parameters);
}
