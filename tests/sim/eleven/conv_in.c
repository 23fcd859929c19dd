/*
 * conv_in.c - messages of the client; see conv.h. An unknown type, a field that is missing, JSON
 * that is none and binary frames end the conversation (1008 "Invalid message received").
 */
#include "shared/base64.h"
#include "shared/clock.h"
#include "tests/sim/eleven/conv.h"
#include "tests/sim/json.h"

#define VARIABLE_MAX 100000

static void invalid(struct sim_conv *c, const char *what)
{
	sim_alert_raise(c->sim, 0, c->id, "conversation: %s", what);
	sim_conv_close(c, 1008, "invalid_message", "Invalid message received");
}

static struct str text_of(const json_t *m, const char *name)
{
	const json_t *v = json_object_get(m, name);

	return json_is_string(v) ? str_make(json_string_value(v), json_string_length(v))
				 : (struct str){0};
}

/* ---- the first words ---- */

/* Every path that an override may have: the rest is an error of the client. */
static bool override_known(const char *group, const char *name)
{
	static const char *const paths[] = {"agent.first_message",
					    "agent.language",
					    "agent.prompt",
					    "agent.max_conversation_duration_message",
					    "agent.native_mcp_server_ids",
					    "asr.keywords",
					    "tts.voice_id",
					    "tts.model_id",
					    "tts.stability",
					    "tts.similarity_boost",
					    "tts.speed",
					    "turn.soft_timeout_config",
					    "conversation.text_only",
					    "conversation.client_events",
					    "conversation.max_duration_seconds"};
	char path[120];

	snprintf(path, sizeof path, "%s.%s", group, name);
	for (size_t i = 0; i < ARRAY_LEN(paths); i++) {
		if (strcmp(paths[i], path) == 0)
			return true;
	}
	return false;
}

static bool events_override(struct sim_conv *c, const json_t *list)
{
	struct err err = {0};
	json_t *change = json_pack("{s:O}", "events", list);
	bool good = sim_agent_change(&c->agent, change, &err);

	json_decref(change);
	if (!good)
		sim_conv_close(c, 1008, "override_error", err.text);
	return good;
}

static bool override_take(struct sim_conv *c, const char *group, const char *name, const json_t *v)
{
	if (strcmp(group, "agent") == 0 && strcmp(name, "first_message") == 0 &&
	    json_is_string(v)) {
		snprintf(c->agent.first_message, sizeof c->agent.first_message, "%s",
			 json_string_value(v));
	} else if (strcmp(name, "language") == 0 && json_is_string(v)) {
		const char *language = json_string_value(v);

		if (strlen(language) > 5 || strchr(language, '_') != NULL ||
		    strcmp(language, "fr-CA") == 0) {
			sim_conv_close(c, 1000, NULL, ""); /* closes without a word (2.5) */
			return false;
		}
		snprintf(c->agent.language, sizeof c->agent.language, "%s", language);
		c->french = strncmp(language, "fr", 2) == 0;
	} else if (strcmp(name, "text_only") == 0) {
		c->text_only = json_is_true(v);
	} else if (strcmp(name, "client_events") == 0) {
		return events_override(c, v);
	} else if (strcmp(name, "max_duration_seconds") == 0 && json_is_number(v)) {
		c->agent.max_ms = (unsigned)(json_number_value(v) * 1000);
	}
	return true;
}

static bool overrides_take(struct sim_conv *c, const json_t *overrides)
{
	const char *group, *name;
	json_t *members, *v;
	char why[160];

	json_object_foreach((json_t *)overrides, group, members)
	{
		json_object_foreach(members, name, v)
		{
			if (!override_known(group, name)) {
				snprintf(why, sizeof why, "Override %s.%s is not a field", group,
					 name);
				sim_conv_close(c, 1008, "override_error", why);
				return false;
			}
			if (!c->agent.overrides && !c->agent.ignore_overrides) {
				snprintf(why, sizeof why,
					 "Override for field '%s.%s' is not allowed by config.",
					 group, name);
				sim_conv_close(c, 1008, "override_error", why);
				return false;
			}
			if (c->agent.overrides && !override_take(c, group, name, v))
				return false;
		}
	}
	return true;
}

static bool variables_take(struct sim_conv *c, const json_t *variables)
{
	const char *name;
	json_t *v;

	json_object_foreach((json_t *)variables, name, v)
	{
		bool list = json_is_array(v) || json_is_object(v);

		if (list && !c->agent.lists) {
			char why[160];

			snprintf(why, sizeof why,
				 "Dynamic variable %s is neither text, number nor "
				 "boolean",
				 name);
			sim_conv_close(c, 1008, "value_error", why);
			return false;
		}
		if (list)
			sim_alert_raise(c->sim, 0, c->id,
					"variable %s is a list: documented are text, numbers and "
					"booleans",
					name);
		json_object_set(c->variables, name, v);
	}
	return true;
}

/* Names that the first message and the configuration want and nobody gave. */
static bool variables_complete(struct sim_conv *c)
{
	struct str rest = str_of(c->agent.first_message), name;
	struct buf missing = {0};
	char why[256];
	bool good;

	while ((name = sim_template_missing(&rest, c->variables)).n > 0)
		buf_printf(&missing, "%s'" STR_FMT "'", missing.n == 0 ? "" : ", ", STR_ARG(name));
	snprintf(why, sizeof why, "Missing required dynamic variables in first message: {%s}",
		 buf_cstr(&missing));
	for (unsigned i = 0; missing.n == 0 && i < c->agent.required_n; i++) {
		if (json_object_get(c->variables, c->agent.required[i]) == NULL)
			buf_printf(&missing, "'%s'", c->agent.required[i]);
		snprintf(why, sizeof why, "Missing required dynamic variables in tools: {%s}",
			 buf_cstr(&missing));
	}
	good = missing.n == 0;
	buf_clear(&missing);
	if (!good)
		sim_conv_close(c, 1008, "missing_dynamic_variable", why);
	return good;
}

static void first_words(struct sim_conv *c, json_t *m)
{
	const json_t *overrides = json_object_get(m, "conversation_config_override");
	const json_t *variables = json_object_get(m, "dynamic_variables");

	if (c->client_data != NULL) {
		invalid(c, "a second conversation_initiation_client_data");
		return;
	}
	if (json_object_get(m, "conversation_initiation_client_data") != NULL)
		sim_alert_raise(c->sim, 0, c->id,
				"the initiation data lie one level too deep: they are ignored");
	c->client_data = json_incref(m);
	if (!c->agent.metadata_first)
		sim_conv_metadata(c);
	if ((overrides != NULL && !json_is_object(overrides) && !json_is_null(overrides)) ||
	    (variables != NULL && !json_is_object(variables) && !json_is_null(variables))) {
		sim_conv_close(c, 1008, "value_error", "overrides and variables are objects");
		return;
	}
	if (!overrides_take(c, overrides) || !variables_take(c, variables) ||
	    !variables_complete(c) || c->state != SIM_CONV_OPENING)
		return;
	sim_conv_begin(c);
	if (c->agent.queue) {
		sim_conv_event(c, SIM_EV_QUEUE, "\"queue_status_event\":{\"status\":\"waiting\"}");
		sim_conv_event(c, SIM_EV_QUEUE, "\"queue_status_event\":{\"status\":\"admitted\"}");
	}
	if (c->agent.first_message[0] != '\0') {
		struct str text =
			sim_template_fill(&c->arena, c->agent.first_message, c->variables);

		if (text.n > 0)
			sim_conv_say(c, text, SIM_TURN_ON);
	}
}

/* ---- while it lasts ---- */

static void audio_take(struct sim_conv *c, const json_t *chunk)
{
	struct str coded = str_make(json_string_value(chunk), json_string_length(chunk));
	unsigned char *bytes = xmalloc(coded.n + 1);
	size_t n = 0;

	if (!json_is_string(chunk) || !base64_read(coded, bytes, coded.n, &n)) {
		invalid(c, "user_audio_chunk is no base64");
	} else {
		c->counts.audio_in++;
		c->counts.audio_in_bytes += n;
		sim_conv_active(c);
		sim_conv_hear(c, bytes, n);
	}
	free(bytes);
}

static void pong_take(struct sim_conv *c, json_t *m)
{
	const json_t *id = json_object_get(m, "event_id");
	int64_t n = -1;

	if (json_is_integer(id))
		n = json_integer_value(id);
	else if (json_is_string(id))
		(void)!str_int(text_of(m, "event_id"), 0, UINT32_MAX, &n);
	if (n < 0) {
		invalid(c, "a pong without its event_id");
		return;
	}
	c->counts.pongs++;
	if (!c->ping_open || n != c->ping_id)
		return;
	c->ping_open = false;
	c->ping_ms = (clock_mono_us() - c->ping_us) / 1000;
}

static void user_message_take(struct sim_conv *c, json_t *m)
{
	struct str text = text_of(m, "text");

	sim_conv_active(c);
	if (text.n > 0)
		sim_conv_said(c, text, true);
}

static void context_take(struct sim_conv *c, json_t *m)
{
	struct str text = text_of(m, "text");

	if (text.n == 0) {
		invalid(c, "a contextual_update without text");
		return;
	}
	c->counts.contexts++;
	(void)sim_conv_line(c, SIM_ROLE_CONTEXT, text, 0);
}

static void activity_take(struct sim_conv *c, json_t *m)
{
	(void)m;
	c->counts.activities++;
	sim_conv_active(c);
}

static void tool_result_take(struct sim_conv *c, json_t *m)
{
	const json_t *is_error = json_object_get(m, "is_error");

	if (text_of(m, "tool_call_id").n == 0 || !json_is_string(json_object_get(m, "result")) ||
	    !json_is_boolean(is_error)) {
		invalid(c, "a client_tool_result wants tool_call_id, result (text) and is_error");
		return;
	}
	sim_conv_tool_result(c, text_of(m, "tool_call_id"), text_of(m, "result"),
			     json_is_true(is_error));
}

static void nothing_take(struct sim_conv *c, json_t *m)
{
	(void)c;
	(void)m;
}

static const struct {
	const char *type;
	void (*take)(struct sim_conv *, json_t *);
} types[] = {
	{"conversation_initiation_client_data", first_words},
	{"pong", pong_take},
	{"user_message", user_message_take},
	{"contextual_update", context_take},
	{"user_activity", activity_take},
	{"client_tool_result", tool_result_take},
	{"mcp_tool_approval_result", nothing_take},
	{"feedback", nothing_take},
	{"multimodal_message", nothing_take},
};

static void object_take(struct sim_conv *c, json_t *m)
{
	const json_t *type = json_object_get(m, "type");
	const json_t *chunk = json_object_get(m, "user_audio_chunk");

	if (type == NULL && chunk != NULL) {
		if (c->state == SIM_CONV_LIVE)
			audio_take(c, chunk);
		return;
	}
	for (size_t i = 0; i < ARRAY_LEN(types); i++) {
		if (!json_is_string(type) || strcmp(json_string_value(type), types[i].type) != 0)
			continue;
		if (i > 0 && c->state == SIM_CONV_OPENING) {
			invalid(c, "the first words are conversation_initiation_client_data");
			return;
		}
		types[i].take(c, m);
		return;
	}
	c->counts.unknown++;
	invalid(c, "a message of no known type");
}

void sim_conv_message(struct sim_conv *c, bool text, struct str m)
{
	json_t *json;

	if (c->state >= SIM_CONV_ENDING)
		return;
	c->counts.received++;
	if (!sim_conv_counted(c))
		return;
	json = text ? json_loadb(m.p, m.n, JSON_REJECT_DUPLICATES, NULL) : NULL;
	if (json_is_object(json))
		object_take(c, json);
	else
		invalid(c, text ? "no JSON object" : "a binary frame");
	json_decref(json);
}
