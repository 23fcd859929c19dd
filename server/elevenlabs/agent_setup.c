/*
 * agent_setup.c - see agent_setup.h.
 */
#include "server/elevenlabs/agent_setup.h"

#include <jansson.h>

/* What the bridge reads. An agent that does not send one of these is half deaf or half mute to us.
 */
static const char *const needed[] = {"audio", "agent_response", "user_transcript", "interruption",
				     "agent_response_correction"};

const char *agent_setup_url(struct arena *a, const char *base, const char *agent_id)
{
	return arena_printf(a, "%s/v1/convai/agents/%s", base, agent_id);
}

static const json_t *at(const json_t *object, const char *path)
{
	struct str rest = str_of(path);
	const json_t *found = object;

	while (rest.n > 0 && found != NULL) {
		struct str name = str_cut(&rest, '.');

		found = json_object_getn(found, name.p, name.n);
	}
	return found;
}

static bool is_text(const json_t *object, const char *path, const char *wanted)
{
	const char *text = json_string_value(at(object, path));

	return text != NULL && strcmp(text, wanted) == 0;
}

static const char *missing_of(const json_t *events)
{
	for (size_t i = 0; i < ARRAY_LEN(needed); i++) {
		bool there = false;

		for (size_t e = 0; e < json_array_size(events) && !there; e++) {
			const char *word = json_string_value(json_array_get(events, e));

			there = word != NULL && strcmp(word, needed[i]) == 0;
		}
		if (!there)
			return needed[i];
	}
	return NULL;
}

static void variables_read(struct arena *a, const json_t *named, struct agent_setup *out)
{
	const char *name;
	json_t *value;

	json_object_foreach((json_t *)(uintptr_t)named, name, value)
	{
		if (out->variables_n == AGENT_VARIABLES_MAX)
			return;
		out->variables[out->variables_n++] = str_of(arena_strdup(a, name));
	}
}

bool agent_setup_read(struct arena *a, struct str json, struct agent_setup *out)
{
	json_t *j = json.n == 0 ? NULL : json_loadb(json.p, json.n, JSON_REJECT_DUPLICATES, NULL);
	const json_t *conversation = at(j, "conversation_config");
	const json_t *may = at(j, "platform_settings.overrides.conversation_config_override.agent");
	bool ok = json_is_object(conversation);

	*out = (struct agent_setup){0};
	if (ok) {
		out->hears_mulaw =
			is_text(conversation, "asr.user_input_audio_format", "ulaw_8000");
		out->speaks_mulaw =
			is_text(conversation, "tts.agent_output_audio_format", "ulaw_8000");
		out->missing_event = missing_of(at(conversation, "conversation.client_events"));
		out->may_be_silent = json_is_true(at(may, "first_message"));
		out->may_be_told_language = json_is_true(at(may, "language"));
		out->speaks_french = is_text(conversation, "agent.language", "fr") ||
				     at(conversation, "language_presets.fr") != NULL;
		variables_read(
			a,
			at(conversation, "agent.dynamic_variables.dynamic_variable_placeholders"),
			out);
	}
	json_decref(j);
	return ok;
}
