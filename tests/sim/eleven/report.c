/*
 * report.c - a conversation as JSON; see conv.h.
 */
#include "shared/clock.h"
#include "tests/sim/eleven/conv.h"
#include "tests/sim/json.h"

static const char *const roles[] = {"agent", "user", "tool", "context"};

static const struct {
	const char *name;
	size_t at;
} figures[] = {
#define FIGURE(name)                                          \
	{                                                     \
#name, offsetof(struct sim_conv_counts, name) \
	}
	FIGURE(sent),           FIGURE(received),  FIGURE(audio_in),
	FIGURE(audio_in_bytes), FIGURE(audio_out), FIGURE(audio_out_blocks),
	FIGURE(blocks),         FIGURE(lost),      FIGURE(doubled),
	FIGURE(crossed),        FIGURE(noise),     FIGURE(silence),
	FIGURE(pings),          FIGURE(pongs),     FIGURE(late_pongs),
	FIGURE(interruptions),  FIGURE(tools),     FIGURE(contexts),
	FIGURE(activities),     FIGURE(unknown),
#undef FIGURE
};

static uint64_t figure_of(const struct sim_conv *c, size_t i)
{
	return *(const uint64_t *)(const void *)((const char *)&c->counts + figures[i].at);
}

const char *sim_conv_status_word(const struct sim_conv *c)
{
	if (c->state < SIM_CONV_ENDING)
		return c->state == SIM_CONV_OPENING ? "initiated" : "in-progress";
	if (c->post_timer != NULL)
		return "processing";
	return c->close_code == 1000 || c->close_code == 1005 ? "done" : "failed";
}

static int64_t length_ms(const struct sim_conv *c)
{
	return c->state == SIM_CONV_OVER ? (c->ended_us - c->began_us) / 1000 : sim_conv_ms(c);
}

static void json_write(struct buf *b, const char *name, const json_t *v)
{
	char *dumped = json_dumps(v, JSON_COMPACT | JSON_ENCODE_ANY);

	if (dumped == NULL) {
		sim_json_null(b, name);
		return;
	}
	sim_json_null(b, name);
	b->n -= 4; /* the value takes the place of null */
	buf_add_cstr(b, dumped);
	free(dumped);
}

static void line_write(const struct sim_conv_line *l, struct buf *b)
{
	sim_json_open(b, NULL, '{');
	sim_json_cstr(b, "role", roles[l->role]);
	sim_json_cstr(b, "text", l->text);
	sim_json_int(b, "ms", l->ms);
	sim_json_int(b, "event_id", l->event_id);
	if (l->typed)
		sim_json_bool(b, "typed", true);
	if (l->interrupted) {
		sim_json_bool(b, "interrupted", true);
		sim_json_cstr(b, "original", l->original);
	}
	if (l->detail != NULL) {
		sim_json_cstr(b, "result", l->detail);
		sim_json_bool(b, "is_error", l->is_error);
	}
	sim_json_close(b, '}');
}

void sim_conv_write(const struct sim_conv *c, const char *name, bool full, struct buf *b)
{
	sim_json_open(b, name, '{');
	sim_json_cstr(b, "id", c->id);
	sim_json_int(b, "version", (int64_t)c->version);
	sim_json_cstr(b, "agent_id", c->agent.id);
	sim_json_str(b, "phone", sim_conv_phone(c));
	sim_json_cstr(b, "status", sim_conv_status_word(c));
	sim_json_bool(b, "over", c->state == SIM_CONV_OVER);
	sim_json_bool(b, "text_only", c->text_only);
	sim_json_cstr(b, "language", c->french ? "fr" : "en");
	sim_json_bool(b, "speaking", c->says.text != NULL);
	sim_json_bool(b, "tool_waits", c->tool_waits);
	sim_json_time(b, "at", c->accepted_us);
	sim_json_int(b, "ms", length_ms(c));
	sim_json_int(b, "close_code", c->close_code);
	sim_json_cstr(b, "close_why", c->close_why);
	sim_json_cstr(b, "reason", c->reason);
	sim_json_cstr(b, "fault",
		      c->fault.kind == SIM_FAULT_NONE ? NULL : sim_fault_word(c->fault.kind));
	for (size_t i = 0; i < ARRAY_LEN(figures); i++)
		sim_json_int(b, figures[i].name, (int64_t)figure_of(c, i));
	if (full) {
		json_write(b, "client_data", c->client_data);
		sim_json_open(b, "lines", '[');
		for (size_t i = 0; i < c->lines_n; i++)
			line_write(&c->lines[i], b);
		sim_json_close(b, ']');
	}
	sim_json_close(b, '}');
}

/* ---- as ElevenLabs has it ---- */

static void tool_write(const struct sim_conv_line *l, struct buf *b)
{
	sim_json_open(b, "tool_calls", '[');
	sim_json_open(b, NULL, '{');
	sim_json_cstr(b, "type", "client");
	sim_json_printf(b, "request_id", "%s_%u", l->text, l->event_id);
	sim_json_cstr(b, "tool_name", l->text);
	sim_json_cstr(b, "params_as_json", "{}");
	sim_json_bool(b, "tool_has_been_called", true);
	sim_json_null(b, "tool_details");
	sim_json_close(b, '}');
	sim_json_close(b, ']');
	sim_json_open(b, "tool_results", '[');
	if (l->detail != NULL) {
		sim_json_open(b, NULL, '{');
		sim_json_cstr(b, "type", "client");
		sim_json_printf(b, "request_id", "%s_%u", l->text, l->event_id);
		sim_json_cstr(b, "tool_name", l->text);
		sim_json_cstr(b, "result_value", l->detail);
		sim_json_bool(b, "is_error", l->is_error);
		sim_json_bool(b, "tool_has_been_called", true);
		sim_json_close(b, '}');
	}
	sim_json_close(b, ']');
}

static void turn_write(const struct sim_conv_line *l, struct buf *b)
{
	bool tool = l->role == SIM_ROLE_TOOL;

	sim_json_open(b, NULL, '{');
	sim_json_cstr(b, "role", l->role == SIM_ROLE_USER ? "user" : "agent");
	sim_json_cstr(b, "message", tool ? NULL : l->text);
	sim_json_int(b, "time_in_call_secs", l->ms / 1000);
	if (tool) {
		tool_write(l, b);
	} else {
		sim_json_open(b, "tool_calls", '[');
		sim_json_close(b, ']');
		sim_json_open(b, "tool_results", '[');
		sim_json_close(b, ']');
	}
	sim_json_null(b, "feedback");
	sim_json_bool(b, "interrupted", l->interrupted);
	if (l->interrupted)
		sim_json_cstr(b, "original_message", l->original);
	if (l->role == SIM_ROLE_USER)
		sim_json_cstr(b, "source_medium", l->typed ? "text" : "audio");
	else
		sim_json_null(b, "source_medium");
	sim_json_close(b, '}');
}

static void metadata_write(const struct sim_conv *c, struct buf *b)
{
	sim_json_open(b, "metadata", '{');
	sim_json_int(b, "start_time_unix_secs", c->accepted_us / 1000000);
	sim_json_int(b, "accepted_time_unix_secs", c->accepted_us / 1000000);
	sim_json_int(b, "call_duration_secs", length_ms(c) / 1000);
	sim_json_int(b, "cost", length_ms(c) / 100);
	sim_json_cstr(b, "authorization_method", c->agent.auth ? "signed_url" : "public");
	sim_json_null(b, "phone_call"); /* the platform never sees the phone leg of a bridge */
	sim_json_cstr(b, "termination_reason", c->reason == NULL ? "" : c->reason);
	if (c->error_type != NULL) {
		sim_json_open(b, "error", '{');
		sim_json_int(b, "code", c->close_code);
		sim_json_cstr(b, "reason", c->close_why);
		sim_json_close(b, '}');
	} else {
		sim_json_null(b, "error");
	}
	sim_json_open(b, "warnings", '[');
	sim_json_close(b, ']');
	sim_json_cstr(b, "main_language", c->french ? "fr" : "en");
	sim_json_bool(b, "text_only", c->text_only);
	sim_json_cstr(b, "conversation_initiation_source", "unknown");
	sim_json_null(b, "timezone");
	sim_json_close(b, '}');
}

static void analysis_write(const struct sim_conv *c, struct buf *b)
{
	size_t users = 0;

	for (size_t i = 0; i < c->lines_n; i++)
		users += c->lines[i].role == SIM_ROLE_USER ? 1 : 0;
	sim_json_open(b, "analysis", '{');
	sim_json_open(b, "evaluation_criteria_results", '{');
	sim_json_close(b, '}');
	sim_json_open(b, "data_collection_results", '{');
	sim_json_open(b, "call_type", '{');
	sim_json_cstr(b, "data_collection_id", "call_type");
	sim_json_cstr(b, "value", c->counts.tools > 0 ? "human_request" : "general_support");
	sim_json_cstr(b, "rationale", "Practice.");
	sim_json_close(b, '}');
	sim_json_close(b, '}');
	sim_json_cstr(b, "call_successful", c->error_type == NULL ? "success" : "failure");
	sim_json_printf(b, "transcript_summary",
			c->french ? "Le client a parl\u00e9 %zu fois avec l'agent d'exercice."
				  : "The customer spoke to the practice agent %zu times.",
			users);
	sim_json_cstr(b, "call_summary_title", c->french ? "Appel d'exercice" : "Practice call");
	sim_json_close(b, '}');
}

static void client_data_write(const struct sim_conv *c, struct buf *b)
{
	json_t *variables = json_deep_copy(c->variables);

	json_object_set_new(variables, "system__conversation_id", json_string(c->id));
	json_object_set_new(variables, "system__agent_id", json_string(c->agent.id));
	sim_json_open(b, "conversation_initiation_client_data", '{');
	json_write(b, "conversation_config_override",
		   json_object_get(c->client_data, "conversation_config_override"));
	sim_json_open(b, "custom_llm_extra_body", '{');
	sim_json_close(b, '}');
	sim_json_null(b, "user_id");
	json_write(b, "dynamic_variables", variables);
	sim_json_close(b, '}');
	json_decref(variables);
}

void sim_conv_write_api(const struct sim_conv *c, const char *name, struct buf *b)
{
	bool audio = c->counts.audio_in + c->counts.audio_out > 0;
	bool over = c->state == SIM_CONV_OVER;

	sim_json_open(b, name, '{');
	sim_json_cstr(b, "agent_id", c->agent.id);
	sim_json_cstr(b, "agent_name", c->agent.name);
	sim_json_cstr(b, "conversation_id", c->id);
	sim_json_cstr(b, "status", over && name != NULL ? "done" : sim_conv_status_word(c));
	sim_json_null(b, "user_id");
	sim_json_null(b, "branch_id");
	sim_json_cstr(b, "environment", "production");
	sim_json_bool(b, "has_audio", audio);
	sim_json_bool(b, "has_user_audio", c->counts.audio_in > 0);
	sim_json_bool(b, "has_response_audio", c->counts.audio_out > 0);
	sim_json_bool(b, "has_auxiliary_audio", false);
	sim_json_open(b, "transcript", '[');
	for (size_t i = 0; i < c->lines_n; i++) {
		if (c->lines[i].role != SIM_ROLE_CONTEXT)
			turn_write(&c->lines[i], b);
	}
	sim_json_close(b, ']');
	metadata_write(c, b);
	if (over)
		analysis_write(c, b);
	else
		sim_json_null(b, "analysis");
	client_data_write(c, b);
	sim_json_close(b, '}');
}

void sim_conv_journal(struct sim_conv *c, bool opening)
{
	struct arena a = {0};
	struct sim_pairs p = {0};
	struct sim_entry e = {
		.side = "agent",
		.method = opening ? "OPEN" : "CLOSE",
		.url = STR_LIT("/v1/convai/conversation"),
		.params = &p,
		.status = opening ? 101 : (int)c->close_code,
		.started_us = opening ? clock_mono_us() : c->began_us,
		.fault = c->fault.kind == SIM_FAULT_NONE ? NULL : sim_fault_word(c->fault.kind),
		.problem = c->close_why[0] == '\0' ? NULL : c->close_why,
		.sid = c->id};

	sim_pairs_put(&p, &a, "agent_id", str_of(c->agent.id));
	for (size_t i = 0; !opening && i < ARRAY_LEN(figures); i++)
		sim_pairs_put_int(&p, &a, figures[i].name, (int64_t)figure_of(c, i));
	sim_journal_add(&c->sim->journal, &e);
	arena_free(&a);
}
