/*
 * agent_setup.c - an agent as ElevenLabs describes it: what a call of ours needs of it.
 */
#include "server/elevenlabs/agent_setup.h"

#include <criterion/criterion.h>

static bool read_it(struct arena *a, const char *json, struct agent_setup *out)
{
	return agent_setup_read(a, str_of(json), out);
}

Test(agent_setup, reads_what_a_call_needs_and_believes_nothing_that_is_not_said)
{
	struct arena a = {0};
	struct agent_setup s;

	cr_assert(read_it(
		&a,
		"{\"conversation_config\":{\"asr\":{\"user_input_audio_format\":\"ulaw_8000\"},"
		"\"tts\":{\"agent_output_audio_format\":\"pcm_16000\"},\"conversation\":{"
		"\"client_events\":[\"audio\",5,\"agent_response\",\"user_transcript\","
		"\"interruption\",\"agent_response_correction\"]},\"agent\":{\"language\":\"fr\","
		"\"dynamic_variables\":{\"dynamic_variable_placeholders\":{\"one\":\"x\",\"two\":2}"
		"}"
		"}},\"platform_settings\":{\"overrides\":{\"conversation_config_override\":{"
		"\"agent\":{\"first_message\":true,\"language\":\"yes\"}}}}}",
		&s));
	cr_expect(s.hears_mulaw && !s.speaks_mulaw);
	cr_expect_null(s.missing_event);
	cr_expect(s.may_be_silent && !s.may_be_told_language && s.speaks_french);
	cr_expect_eq(s.variables_n, 2u);
	cr_expect(str_is(s.variables[0], "one") && str_is(s.variables[1], "two"));

	cr_assert(read_it(&a, "{\"conversation_config\":{}}", &s));
	cr_expect(!s.hears_mulaw && !s.speaks_mulaw && !s.speaks_french && !s.may_be_silent);
	cr_expect_str_eq(s.missing_event, "audio");
	cr_expect_eq(s.variables_n, 0u);
	arena_free(&a);
}

Test(agent_setup, is_none_where_it_is_no_agent)
{
	static const char *const texts[] = {"",
					    "[]",
					    "{}",
					    "null",
					    "{\"conversation_config\":[]}",
					    "{\"detail\":{\"status\":\"not_found\"}}",
					    "<html>"};

	for (size_t i = 0; i < ARRAY_LEN(texts); i++) {
		struct arena a = {0};
		struct agent_setup s;

		cr_expect_not(read_it(&a, texts[i], &s), "%s", texts[i]);
		arena_free(&a);
	}
}
