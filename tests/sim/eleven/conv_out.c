/*
 * conv_out.c - events to the client; see conv.h.
 */
#include "shared/clock.h"
#include "tests/sim/eleven/conv.h"
#include "tests/sim/json.h"

#define PIECE (16u * 1024)

static bool fault_on(const struct sim_conv *c, enum sim_fault_kind k)
{
	return c->fault.kind == k && c->messages >= (uint64_t)c->fault.at;
}

bool sim_conv_counted(struct sim_conv *c)
{
	c->messages++;
	if (c->ws == NULL || c->state >= SIM_CONV_ENDING)
		return false;
	if (fault_on(c, SIM_FAULT_CUT)) {
		sim_ws_reset(c->ws);
		return false;
	}
	if (fault_on(c, SIM_FAULT_CLOSE)) {
		const char *type = c->fault.code == 1008   ? "value_error"
				   : c->fault.code == 1002 ? "llm_error"
				   : c->fault.code == 1011 ? "unknown_websocket_crash"
							   : NULL;

		c->fault.kind = SIM_FAULT_NONE; /* the error event is a message too */
		sim_conv_close(c, (unsigned)c->fault.code, type,
			       "by a switch of the practice line");
		return false;
	}
	if (fault_on(c, SIM_FAULT_FREEZE))
		sim_ws_freeze(c->ws);
	return true;
}

void sim_conv_send(struct sim_conv *c, const char *json)
{
	struct str m = str_of(json);

	if (c->ws == NULL || c->state >= SIM_CONV_ENDING)
		return;
	if (!fault_on(c, SIM_FAULT_SILENCE)) {
		if (c->agent.pieces && m.n > PIECE)
			(void)sim_ws_send_pieces(c->ws, m, PIECE);
		else
			(void)sim_ws_send(c->ws, true, m);
		c->counts.sent++;
	}
	(void)sim_conv_counted(c);
}

void sim_conv_event(struct sim_conv *c, enum sim_agent_event e, const char *body)
{
	struct buf b = {.limit = 8u * 1024 * 1024};

	if ((c->agent.events & 1u << e) == 0)
		return;
	buf_printf(&b, "{\"type\":\"%s\"%s", sim_agent_event_word(e), body[0] == '\0' ? "" : ",");
	buf_add_cstr(&b, body);
	buf_add_char(&b, '}');
	sim_conv_send(c, buf_cstr(&b));
	buf_clear(&b);
}

const char *sim_conv_id_text(const struct sim_conv *c, unsigned id, char out[16])
{
	snprintf(out, 16, c->agent.string_ids ? "\"%u\"" : "%u", id);
	return out;
}

void sim_conv_text_event(struct sim_conv *c, enum sim_agent_event e, const char *key,
			 const char *member, struct str text, unsigned event_id)
{
	struct buf b = {.limit = 1024 * 1024};
	char id[16];

	buf_printf(&b, "\"%s\":{\"%s\":", key, member);
	sim_json_text(text, &b);
	buf_printf(&b, ",\"event_id\":%s}", sim_conv_id_text(c, event_id, id));
	sim_conv_event(c, e, buf_cstr(&b));
	buf_clear(&b);
}

void sim_conv_metadata(struct sim_conv *c)
{
	char body[300];

	snprintf(body, sizeof body,
		 "\"conversation_initiation_metadata_event\":{\"conversation_id\":\"%s\","
		 "\"agent_output_audio_format\":\"%s\",\"user_input_audio_format\":\"%s\"}",
		 c->id, c->agent.output_format, c->agent.input_format);
	sim_conv_event(c, SIM_EV_METADATA, body);
}

void sim_conv_ping(struct sim_conv *c)
{
	char body[120], id[16], ms[24] = "null";

	if (c->ping_open)
		c->counts.late_pongs++;
	c->ping_id++;
	c->ping_open = true;
	c->ping_us = clock_mono_us();
	c->counts.pings++;
	if (c->ping_ms >= 0)
		snprintf(ms, sizeof ms, "%" PRId64, c->ping_ms);
	sim_conv_id_text(c, c->ping_id, id);
	if (c->agent.ping == 0)
		snprintf(body, sizeof body, "\"ping_event\":{\"event_id\":%s}", id);
	else
		snprintf(body, sizeof body, "\"ping_event\":{\"event_id\":%s,\"ping_ms\":%s}", id,
			 ms);
	sim_conv_event(c, SIM_EV_PING, body);
}

static char *copied(struct str s)
{
	char *out = xmalloc(s.n + 1);

	if (s.n > 0)
		memcpy(out, s.p, s.n);
	out[s.n] = '\0';
	return out;
}

struct sim_conv_line *sim_conv_line(struct sim_conv *c, enum sim_conv_role role, struct str text,
				    unsigned event_id)
{
	struct sim_conv_line *l;

	if (c->lines_n == SIM_CONV_LINES) {
		free(c->lines[0].text);
		free(c->lines[0].original);
		free(c->lines[0].detail);
		memmove(c->lines, c->lines + 1, (c->lines_n - 1) * sizeof *c->lines);
		c->lines_n--;
	}
	if (c->lines_n == c->lines_cap) {
		c->lines_cap = c->lines_cap == 0 ? 16 : c->lines_cap * 2;
		c->lines = xrealloc(c->lines, c->lines_cap * sizeof *c->lines);
	}
	l = &c->lines[c->lines_n++];
	*l = (struct sim_conv_line){
		.role = role, .text = copied(text), .ms = sim_conv_ms(c), .event_id = event_id};
	sim_conv_changed(c);
	return l;
}
