/*
 * agent.c - see agent.h. One table names each setting once, for reading and for showing.
 */
#include "tests/sim/eleven/agent.h"

#include "tests/sim/json.h"

static const char *const events[SIM_EVENTS] = {
	"conversation_initiation_metadata",
	"audio",
	"interruption",
	"agent_response",
	"agent_response_correction",
	"agent_chat_response_part",
	"user_transcript",
	"tentative_user_transcript",
	"ping",
	"client_tool_call",
	"agent_tool_request",
	"agent_tool_response",
	"vad_score",
	"error",
	"queue_status",
};

const char *sim_agent_event_word(enum sim_agent_event e)
{
	return events[e];
}

enum kind { TEXT, FLAG, NUMBER, EVENTS, WORDS };

static const struct setting {
	const char *name;
	enum kind kind;
	size_t at, size;
} settings[] = {
#define AT(field)      offsetof(struct sim_agent, field)
#define TEXT_AT(field) TEXT, AT(field), sizeof((struct sim_agent *)0)->field
	{"name", TEXT_AT(name)},
	{"first_message", TEXT_AT(first_message)},
	{"language", TEXT_AT(language)},
	{"input_format", TEXT_AT(input_format)},
	{"output_format", TEXT_AT(output_format)},
	{"voice", TEXT_AT(voice)},
	{"events", EVENTS, 0, 0},
	{"required", WORDS, 0, 0},
	{"auth", FLAG, AT(auth), 0},
	{"text_only", FLAG, AT(text_only), 0},
	{"overrides", FLAG, AT(overrides), 0},
	{"ignore_overrides", FLAG, AT(ignore_overrides), 0},
	{"lists", FLAG, AT(lists), 0},
	{"metadata_first", FLAG, AT(metadata_first), 0},
	{"queue", FLAG, AT(queue), 0},
	{"pieces", FLAG, AT(pieces), 0},
	{"string_ids", FLAG, AT(string_ids), 0},
	{"ping", NUMBER, AT(ping), 1},
	{"ping_every_ms", NUMBER, AT(ping_every_ms), 3600000},
	{"chunk_ms", NUMBER, AT(chunk_ms), 60000},
	{"pace", NUMBER, AT(pace), 1000},
	{"think_ms", NUMBER, AT(think_ms), 60000},
	{"idle_ms", NUMBER, AT(idle_ms), 3600000},
	{"max_ms", NUMBER, AT(max_ms), 36000000},
	{"post_call_ms", NUMBER, AT(post_call_ms), 600000},
	{"tool_ms", NUMBER, AT(tool_ms), 120000},
#undef TEXT_AT
#undef AT
};

void sim_agent_init(struct sim_agent *a, const char *id)
{
	*a = (struct sim_agent){.overrides = true,
				.lists = true,
				.auth = true,
				.ping = 1,
				.ping_every_ms = 2000,
				.chunk_ms = 200,
				.pace = 4,
				.think_ms = 300,
				.idle_ms = 60000,
				.max_ms = 600000,
				.post_call_ms = 1000,
				.tool_ms = 20000,
				.events = (1u << SIM_EVENTS) - 1};
	a->events &= ~(1u << SIM_EV_VAD); /* many a second: nobody leaves it on */
	snprintf(a->id, sizeof a->id, "%s", id);
	snprintf(a->name, sizeof a->name, "Practice agent");
	snprintf(a->first_message, sizeof a->first_message, "{{store_greeting}}");
	snprintf(a->language, sizeof a->language, "en");
	snprintf(a->input_format, sizeof a->input_format, "ulaw_8000");
	snprintf(a->output_format, sizeof a->output_format, "ulaw_8000");
	snprintf(a->voice, sizeof a->voice, "practice");
}

/* ---- changing ---- */

static bool events_take(struct sim_agent *a, const json_t *list, struct err *err)
{
	unsigned bits = 1u << SIM_EV_METADATA | 1u << SIM_EV_ERROR;
	const json_t *word;
	size_t i;

	json_array_foreach(list, i, word)
	{
		unsigned e = 0;

		while (e < SIM_EVENTS &&
		       (!json_is_string(word) || strcmp(json_string_value(word), events[e]) != 0))
			e++;
		if (e == SIM_EVENTS)
			return err_set(err, ERR_INPUT, "no event is called \"%.60s\"",
				       json_is_string(word) ? json_string_value(word) : "?");
		bits |= 1u << e;
	}
	a->events = bits;
	return true;
}

static bool words_take(struct sim_agent *a, const json_t *list, struct err *err)
{
	const json_t *word;
	size_t i;

	a->required_n = 0;
	json_array_foreach(list, i, word)
	{
		if (!json_is_string(word) || a->required_n == SIM_AGENT_LIST)
			return err_set(err, ERR_INPUT, "at most %d names of variables",
				       SIM_AGENT_LIST);
		snprintf(a->required[a->required_n], sizeof a->required[0], "%s",
			 json_string_value(word));
		a->required_n++;
	}
	return true;
}

static bool setting_take(struct sim_agent *a, const struct setting *s, const json_t *v,
			 struct err *err)
{
	char *at = (char *)a + s->at;

	switch (s->kind) {
	case TEXT:
		if (!json_is_string(v) || json_string_length(v) >= s->size)
			return err_set(err, ERR_INPUT, "%s is a text of at most %zu bytes", s->name,
				       s->size - 1);
		snprintf(at, s->size, "%s", json_string_value(v));
		return true;
	case FLAG:
		if (!json_is_boolean(v))
			return err_set(err, ERR_INPUT, "%s is true or false", s->name);
		*(bool *)at = json_is_true(v);
		return true;
	case NUMBER:
		if (!json_is_integer(v) || json_integer_value(v) < 0 ||
		    (size_t)json_integer_value(v) > s->size)
			return err_set(err, ERR_INPUT, "%s is a number up to %zu", s->name,
				       s->size);
		*(unsigned *)(void *)at = (unsigned)json_integer_value(v);
		return true;
	case EVENTS: return events_take(a, v, err);
	case WORDS: return words_take(a, v, err);
	}
	BUG("a setting of kind %d", (int)s->kind);
}

bool sim_agent_change(struct sim_agent *a, const json_t *json, struct err *err)
{
	struct sim_agent changed = *a;
	const char *name;
	json_t *v;

	json_object_foreach((json_t *)json, name, v)
	{
		size_t i = 0;

		while (i < ARRAY_LEN(settings) && strcmp(settings[i].name, name) != 0)
			i++;
		if (i == ARRAY_LEN(settings))
			return err_set(err, ERR_INPUT, "an agent has no setting \"%.60s\"", name);
		if (!setting_take(&changed, &settings[i], v, err))
			return false;
	}
	*a = changed;
	return true;
}

/* ---- showing ---- */

static void setting_write(const struct sim_agent *a, const struct setting *s, struct buf *b)
{
	const char *at = (const char *)a + s->at;

	switch (s->kind) {
	case TEXT: sim_json_cstr(b, s->name, at); break;
	case FLAG: sim_json_bool(b, s->name, *(const bool *)at); break;
	case NUMBER: sim_json_int(b, s->name, *(const unsigned *)(const void *)at); break;
	case EVENTS:
		sim_json_open(b, s->name, '[');
		for (unsigned e = 0; e < SIM_EVENTS; e++) {
			if ((a->events & 1u << e) != 0)
				sim_json_cstr(b, NULL, events[e]);
		}
		sim_json_close(b, ']');
		break;
	case WORDS:
		sim_json_open(b, s->name, '[');
		for (unsigned i = 0; i < a->required_n; i++)
			sim_json_cstr(b, NULL, a->required[i]);
		sim_json_close(b, ']');
		break;
	}
}

void sim_agent_write(const struct sim_agent *a, const char *name, struct buf *b)
{
	sim_json_open(b, name, '{');
	sim_json_cstr(b, "id", a->id);
	for (size_t i = 0; i < ARRAY_LEN(settings); i++)
		setting_write(a, &settings[i], b);
	sim_json_close(b, '}');
}

static void overrides_write(const struct sim_agent *a, struct buf *b)
{
	sim_json_open(b, "overrides", '{');
	sim_json_open(b, "conversation_config_override", '{');
	sim_json_open(b, "agent", '{');
	sim_json_bool(b, "first_message", a->overrides);
	sim_json_bool(b, "language", a->overrides);
	sim_json_open(b, "prompt", '{');
	sim_json_bool(b, "prompt", a->overrides);
	sim_json_close(b, '}');
	sim_json_close(b, '}');
	sim_json_open(b, "tts", '{');
	sim_json_bool(b, "voice_id", a->overrides);
	sim_json_close(b, '}');
	sim_json_open(b, "conversation", '{');
	sim_json_bool(b, "text_only", a->overrides);
	sim_json_close(b, '}');
	sim_json_close(b, '}');
	sim_json_bool(b, "enable_conversation_initiation_client_data_from_webhook", true);
	sim_json_close(b, '}');
}

void sim_agent_write_api(const struct sim_agent *a, struct buf *b)
{
	sim_json_open(b, NULL, '{');
	sim_json_cstr(b, "agent_id", a->id);
	sim_json_cstr(b, "name", a->name);
	sim_json_open(b, "conversation_config", '{');
	sim_json_open(b, "asr", '{');
	sim_json_cstr(b, "user_input_audio_format", a->input_format);
	sim_json_close(b, '}');
	sim_json_open(b, "tts", '{');
	sim_json_cstr(b, "agent_output_audio_format", a->output_format);
	sim_json_cstr(b, "voice_id", a->voice);
	sim_json_close(b, '}');
	sim_json_open(b, "conversation", '{');
	sim_json_bool(b, "text_only", a->text_only);
	sim_json_int(b, "max_duration_seconds", a->max_ms / 1000);
	setting_write(a, &(struct setting){"client_events", EVENTS, 0, 0}, b);
	sim_json_close(b, '}');
	sim_json_open(b, "language_presets", '{');
	sim_json_open(b, "fr", '{');
	sim_json_open(b, "overrides", '{');
	sim_json_close(b, '}');
	sim_json_close(b, '}');
	sim_json_close(b, '}');
	sim_json_open(b, "agent", '{');
	sim_json_cstr(b, "first_message", a->first_message);
	sim_json_cstr(b, "language", a->language);
	sim_json_open(b, "dynamic_variables", '{');
	sim_json_open(b, "dynamic_variable_placeholders", '{');
	for (unsigned i = 0; i < a->required_n; i++)
		sim_json_cstr(b, a->required[i], "practice");
	sim_json_close(b, '}');
	sim_json_close(b, '}');
	sim_json_close(b, '}');
	sim_json_close(b, '}');
	sim_json_open(b, "platform_settings", '{');
	sim_json_open(b, "auth", '{');
	sim_json_bool(b, "enable_auth", a->auth);
	sim_json_close(b, '}');
	overrides_write(a, b);
	sim_json_close(b, '}');
	sim_json_open(b, "phone_numbers", '[');
	sim_json_close(b, ']');
	sim_json_open(b, "metadata", '{');
	sim_json_int(b, "created_at_unix_secs", 1767225600);
	sim_json_int(b, "updated_at_unix_secs", 1767225600);
	sim_json_close(b, '}');
	sim_json_close(b, '}');
}
