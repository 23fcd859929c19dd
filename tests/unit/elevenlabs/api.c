/*
 * api.c - answers of ElevenLabs' API: good ones are read, odd ones do no harm.
 */
#include "server/elevenlabs/api.h"

#include <criterion/criterion.h>

static struct arena arena;
static struct err err;

static void tear_down(void)
{
	arena_free(&arena);
}

TestSuite(el_api, .fini = tear_down);

Test(el_api, asks_for_agents_and_conversations_by_sound_names_only)
{
	static const char *const bad[] = {"", "a b", "a/b", "a?b", "a&b=c", "\xc3\xa9", "a\nb"};
	const char *url = NULL;

	cr_assert(elevenlabs_signed_url_ask(&arena, "https://api.elevenlabs.io",
					    STR_LIT("agent_1-a"), &url, &err));
	cr_expect_str_eq(url, "https://api.elevenlabs.io/v1/convai/conversation/get-signed-url?"
			      "agent_id=agent_1-a");
	cr_assert(elevenlabs_conversation_ask(&arena, "http://127.0.0.1:9", STR_LIT("conv_1"), &url,
					      &err));
	cr_expect_str_eq(url, "http://127.0.0.1:9/v1/convai/conversations/conv_1");
	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		cr_expect_not(
			elevenlabs_signed_url_ask(&arena, "https://x", str_of(bad[i]), &url, &err));
		cr_expect_not(elevenlabs_conversation_ask(&arena, "https://x", str_of(bad[i]), &url,
							  &err));
	}
}

Test(el_api, takes_a_signed_url_that_is_as_safe_as_the_api)
{
	static const struct {
		const char *api, *body;
		bool taken;
	} cases[] = {
		{"https://api.elevenlabs.io", "{\"signed_url\":\"wss://api.elevenlabs.io/x?t=1\"}",
		 true},
		{"https://api.elevenlabs.io", "{\"signed_url\":\"ws://api.elevenlabs.io/x?t=1\"}",
		 false},
		{"http://127.0.0.1:9", "{\"signed_url\":\"ws://127.0.0.1:9/x\",\"more\":[1]}",
		 true},
		{"https://a", "{\"signed_url\":\"https://a/x\"}", false},
		{"https://a", "{\"signed_url\":\"wss://a/x y\"}", false},
		{"https://a", "{\"signed_url\":\"wss://a/x\\r\\nHost: b\"}", false},
		{"https://a", "{\"signed_url\":7}", false},
		{"https://a", "{}", false},
		{"https://a", "[]", false},
		{"https://a", "", false},
		{"https://a", "{\"signed_url\":", false},
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		const char *url = NULL;

		cr_expect_eq(elevenlabs_signed_url_read(&arena, cases[i].api, str_of(cases[i].body),
							&url, &err),
			     cases[i].taken, "%s", cases[i].body);
	}
}

Test(el_api, reads_what_was_spoken_of_a_conversation)
{
	static const char body[] =
		"{\"status\":\"done\",\"transcript\":["
		"{\"role\":\"agent\",\"message\":\"Hello\",\"time_in_call_secs\":0,"
		"\"source_event_id\":1,\"tool_calls\":null},"
		"{\"role\":\"user\",\"message\":\"Is it ready?\",\"time_in_call_secs\":4.0,"
		"\"source_event_id\":\"2\",\"source_medium\":\"audio\"},"
		"{\"role\":\"agent\",\"message\":null,\"time_in_call_secs\":5,\"tool_calls\":[{}]},"
		"{\"role\":\"user\",\"message\":\"typed\",\"source_medium\":\"text\"},"
		"{\"role\":\"narrator\",\"message\":\"x\"},7,"
		"{\"role\":\"agent\",\"message\":\"It is\",\"original_message\":\"It is ready "
		"now\",\"interrupted\":true,\"time_in_call_secs\":1e9}]}";
	struct elevenlabs_transcript t = {0};

	cr_assert(elevenlabs_transcript_read(&arena, str_of(body), &t, &err));
	cr_expect(t.ended);
	cr_assert_eq(t.n, 3);
	cr_expect(!t.lines[0].customer && t.lines[0].event == 1 &&
		  str_is(t.lines[0].text, "Hello"));
	cr_expect(t.lines[1].customer && t.lines[1].event == 2 && t.lines[1].at_s == 4);
	cr_expect(str_is(t.lines[2].original, "It is ready now") && t.lines[2].event == 0 &&
		  t.lines[2].at_s == 86400);
	cr_assert(elevenlabs_transcript_read(
		&arena, STR_LIT("{\"status\":\"in-progress\",\"transcript\":[]}"), &t, &err));
	cr_expect_not(t.ended);
	cr_expect_not(
		elevenlabs_transcript_read(&arena, STR_LIT("{\"status\":\"done\"}"), &t, &err));
	cr_expect_not(elevenlabs_transcript_read(&arena, STR_LIT("[]"), &t, &err));
	cr_expect_not(elevenlabs_transcript_read(&arena, (struct str){NULL, 0}, &t, &err));
}

Test(el_api, calls_a_refusal_by_its_name_in_each_of_its_shapes)
{
	static const char *const cases[][2] = {
		{"{\"detail\":{\"type\":\"not_found\",\"code\":\"agent_not_found\"}}",
		 "agent_not_found"},
		{"{\"detail\":{\"status\":\"invalid_api_key\",\"message\":\"no\"}}",
		 "invalid_api_key"},
		{"{\"detail\":{\"type\":\"rate_limit_error\"}}", "rate_limit_error"},
		{"{\"detail\":[{\"loc\":[\"query\"],\"msg\":\"missing\"}]}", "validation_error"},
		{"{\"detail\":\"Not_Found\"}", "Not_Found"},
		{"{\"detail\":\"a whole sentence\"}", "unknown"},
		{"<html>", "unknown"},
		{"", "unknown"},
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		char word[64];

		elevenlabs_refusal(str_of(cases[i][0]), word);
		cr_expect_str_eq(word, cases[i][1]);
	}
}
