/*
 * contract.c - what we say to ElevenLabs is what they publish: every message of a conversation,
 * its first one with all variables and overrides, and the answer to the initiation webhook, whose
 * sample we read.
 */
#include "tests/support/contract.h"

#include <criterion/criterion.h>

#include "server/elevenlabs/initiation_request.h"
#include "server/elevenlabs/session.h"
#include "server/voice/initiation.h"

static void present(void)
{
	json_t *there = contract_file("elevenlabs_agent_events.schema.json");

	if (there == NULL)
		cr_skip_test("the contracts are not here");
	json_decref(there);
}

/* `b` is such a message; it is cleared. */
static void expect_fits(struct buf *b, const char *type)
{
	json_t *j = json_loadb(b->p, b->n, JSON_REJECT_DUPLICATES, NULL);
	struct err err;

	cr_assert_not_null(j, "%s", buf_cstr(b));
	if (type != NULL)
		cr_expect_str_eq(json_string_value(json_object_get(j, "type")), type);
	cr_expect(contract_conversation("client_to_server", j, &err), "%s: %s", buf_cstr(b),
		  err.text);
	json_decref(j);
	buf_clear(b);
}

Test(eleven_contract, every_message_of_ours_is_one_of_theirs)
{
	struct buf b = {0};

	present();
	session_audio_write(&b, STR_LIT("fn5+fg=="));
	expect_fits(&b, NULL);
	session_pong_write(&b, 7);
	expect_fits(&b, "pong");
	session_user_message_write(&b, STR_LIT("C'est \"prêt\"?\n"));
	expect_fits(&b, "user_message");
	session_context_write(&b, STR_LIT("Offer the blue one."));
	expect_fits(&b, "contextual_update");
	session_tool_result_write(&b, STR_LIT("call_1"), STR_LIT("done"), false);
	expect_fits(&b, "client_tool_result");
}

Test(eleven_contract, the_first_message_is_theirs_with_and_without_overrides)
{
	struct variable variables[VARIABLES_N];
	struct arena arena = {0};
	struct store store = {.name = STR_LIT("Vélo Plateau")};
	struct variables_in in = {.store = &store, .now_us = 1};
	struct initiation i = {.variables = variables};
	struct buf b = {0};

	present();
	variables_of(&arena, &in, variables);
	for (int n = 0; n < 4; n++) {
		i.language = (n & 1) != 0 ? "fr" : NULL;
		i.first = (n & 2) != 0 ? "" : NULL;
		cr_assert(initiation_write(&i, &b));
		expect_fits(&b, "conversation_initiation_client_data");
	}
	arena_free(&arena);
}

Test(eleven_contract, their_sample_of_the_initiation_webhook_is_read)
{
	json_t *sample = contract_file("elevenlabs_sample_conversation_initiation_webhook.json");
	const json_t *request = json_object_get(sample, "request");
	char *text = json_dumps(request, 0);
	struct initiation_request r;
	struct arena a = {0};

	present();
	cr_assert(initiation_request_read(&a, str_of(text), &r));
	cr_expect(str_is(r.caller_id, json_string_value(json_object_get(request, "caller_id"))));
	cr_expect(str_is(r.agent_id, json_string_value(json_object_get(request, "agent_id"))));
	cr_expect(str_is(r.called_number,
			 json_string_value(json_object_get(request, "called_number"))));
	cr_expect(str_is(r.call_sid, json_string_value(json_object_get(request, "call_sid"))));
	free(text);
	arena_free(&a);
	json_decref(sample);
}

/* A check that lets everything pass would prove nothing. */
Test(eleven_contract, what_is_not_theirs_does_not_fit)
{
	static const char *const wrong[] = {
		"{\"type\":\"pong\"}",
		"{\"type\":\"pong\",\"event_id\":\"7\"}",
		"{\"type\":\"contextual_update\",\"text\":1}",
		"{\"type\":\"client_tool_result\",\"tool_call_id\":\"a\",\"result\":\"b\"}",
		"{\"type\":\"shout\",\"text\":\"hello\"}",
	};
	static const char *const theirs[] = {
		"{\"type\":\"audio\",\"audio_event\":{\"event_id\":1}}",
		"{\"type\":\"ping\"}",
		"{\"type\":\"agent_response\",\"agent_response_event\":{}}",
	};
	struct err err;

	present();
	for (size_t n = 0; n < ARRAY_LEN(theirs); n++) {
		json_t *j = json_loads(theirs[n], 0, NULL);

		cr_expect_not(contract_conversation("server_to_client", j, &err), "%s", theirs[n]);
		json_decref(j);
	}
	for (size_t n = 0; n < ARRAY_LEN(wrong); n++) {
		json_t *j = json_loads(wrong[n], 0, NULL);

		cr_expect_not(contract_conversation("client_to_server", j, &err), "%s", wrong[n]);
		json_decref(j);
	}
}
