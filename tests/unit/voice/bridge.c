/*
 * bridge.c - a call's audio between two sockets, both of them real and on one loop: what passes,
 * what must not, and how each way of ending is told. Twilio and ElevenLabs are played here, a
 * message at a time.
 */
#include "tests/unit/voice/between.h"

TestSuite(bridge, .init = set_up, .fini = tear_down, .timeout = 60);

/* The same as EXPECT, while Twilio's frames go on. */
static bool came_while_heard(struct log *l, const char *what, int ms)
{
	for (int i = 0; i < ms / 200; i++) {
		if (came(l, what, 200))
			return true;
		if (app.twilio != NULL)
			DO(twilio, HEARD("AAAA"));
	}
	return false;
}
#define EXPECT_HEARD(l, what, ms)                                                         \
	cr_assert(came_while_heard(&app.l, (what), (ms)), "%s: no %s in\n%s", #l, (what), \
		  app.l.text)

/* A call that is being carried. */
static void carried(void)
{
	DO(twilio, "{\"event\":\"connected\",\"protocol\":\"Call\",\"version\":\"1.0.0\"}");
	DO(twilio, START);
	EXPECT(ear, "started CA1 MZ1 tok");
	DO(connect, app.agent_url);
	EXPECT(to_agent, "conversation_initiation_client_data");
	DO(agent, METADATA);
	EXPECT(ear, "connected conv_1");
}

Test(bridge, carries_what_each_says_to_the_other_as_it_came)
{
	carried();
	DO(twilio, HEARD("AAECAw=="));
	EXPECT(to_agent, "{\"user_audio_chunk\":\"AAECAw==\"}");
	DO(agent, AUDIO("1", "/v7+/g=="));
	EXPECT(to_twilio,
	       "{\"event\":\"media\",\"streamSid\":\"MZ1\",\"media\":{\"payload\":\"/v7+/g==\"}}");
	/* written with blanks, in another order, the number as a string */
	DO(agent, "{ \"type\" : \"audio\", \"audio_event\" : { \"event_id\" : \"2\", "
		  "\"audio_base_64\" : \"AAAA\" } }");
	EXPECT(to_twilio, "\"payload\":\"AAAA\"");
	DO(twilio, "{ \"event\" : \"media\", \"streamSid\":\"MZ1\", \"media\" : { "
		   "\"track\":\"inbound\", \"payload\" : \"BBBB\" } }");
	EXPECT(to_agent, "{\"user_audio_chunk\":\"BBBB\"}");
}

Test(bridge, keeps_what_the_caller_says_before_the_agent_is_there)
{
	DO(twilio, START);
	EXPECT(ear, "started");
	DO(twilio, HEARD("AAAA"));
	DO(twilio, HEARD("BBBB"));
	DO(connect, app.agent_url);
	EXPECT(to_agent, "conversation_initiation_client_data");
	DO(twilio, HEARD("CCCC"));
	cr_expect_not(came(&app.to_agent, "AAAA", 200), "audio before the metadata");
	DO(agent, METADATA);
	EXPECT(to_agent, "{\"user_audio_chunk\":\"AAAA\"}\n{\"user_audio_chunk\":\"BBBB\"}\n{"
			 "\"user_audio_chunk\":\"CCCC\"}");
}

Test(bridge, tells_what_was_said_and_answers_pings_and_tools)
{
	carried();
	DO(agent, "{\"type\":\"ping\",\"ping_event\":{\"event_id\":7,\"ping_ms\":null}}");
	EXPECT(to_agent, "{\"type\":\"pong\",\"event_id\":7}");
	DO(agent, "{\"type\":\"tentative_user_transcript\",\"tentative_user_transcription_event\":{"
		  "\"user_transcript\":\"is my\",\"event_id\":2}}");
	EXPECT(ear, "partial is my");
	DO(agent, "{\"type\":\"user_transcript\",\"user_transcription_event\":{\"user_transcript\":"
		  "\"Is my \\\"bike\\\" ready?\",\"event_id\":2}}");
	EXPECT(ear, "customer 2 Is my \"bike\" ready?");
	DO(agent, "{\"type\":\"agent_response\",\"agent_response_event\":{\"agent_response\":\"It "
		  "is, since nine.\",\"event_id\":3}}");
	EXPECT(ear, "agent 3 It is, since nine.");
	DO(agent,
	   "{\"type\":\"agent_response_correction\",\"agent_response_correction_event\":{"
	   "\"original_agent_response\":"
	   "\"It is, since nine.\",\"corrected_agent_response\":\"It is...\",\"event_id\":3}}");
	EXPECT(ear, "corrected 3 It is, since nine. -> It is...");
	DO(agent, "{\"type\":\"client_tool_call\",\"client_tool_call\":{\"tool_name\":\"speak_to_"
		  "staff\",\"tool_call_id\":\"t1\","
		  "\"parameters\":{\"a\":1},\"event_id\":4}}");
	EXPECT(ear, "tool speak_to_staff t1 {\"a\":1}");
	EXPECT(to_agent, "\"is_error\":false");
	DO(twilio, "{\"event\":\"dtmf\",\"streamSid\":\"MZ1\",\"sequenceNumber\":\"5\",\"dtmf\":{"
		   "\"track\":\"inbound_track\",\"digit\":\"0\"}}");
	EXPECT(ear, "digit 0");
	DO(tell, "a \"text\" came");
	EXPECT(to_agent, "{\"type\":\"contextual_update\",\"text\":\"a \\\"text\\\" came\"}");
	EXPECT(to_agent, "{\"type\":\"user_message\",\"text\":\"a \\\"text\\\" came\"}");
}

Test(bridge, an_interruption_clears_what_is_not_wanted_any_more)
{
	carried();
	DO(agent, AUDIO("4", "AAAA"));
	EXPECT(to_twilio, "AAAA");
	DO(agent, "{\"type\":\"interruption\",\"interruption_event\":{\"event_id\":5}}");
	EXPECT(to_twilio, "{\"event\":\"clear\",\"streamSid\":\"MZ1\"}");
	DO(agent, AUDIO("4", "BBBB"));
	DO(agent, AUDIO("5", "CCCC"));
	DO(agent, AUDIO("6", "DDDD"));
	EXPECT(to_twilio, "DDDD");
	cr_expect_null(strstr(app.to_twilio.text, "BBBB"), "stale audio");
	cr_expect_null(strstr(app.to_twilio.text, "CCCC"), "stale audio");
}

Test(bridge, when_hushed_passes_not_one_sound_more)
{
	carried();
	DO(agent, AUDIO("1", "AAAA"));
	EXPECT(to_twilio, "AAAA");
	DO(hush, NULL);
	EXPECT(to_twilio, "\"event\":\"clear\"");
	DO(agent, AUDIO("2", "BBBB"));
	DO(twilio, HEARD("EEEE"));
	DO(agent, "{\"type\":\"agent_response\",\"agent_response_event\":{\"agent_response\":"
		  "\"late words\",\"event_id\":3}}");
	DO(bridge_close, NULL);
	EXPECT(to_twilio, "CLOSED");
	EXPECT(to_agent, "CLOSED");
	EXPECT(ear, "ended closed 0");
	cr_expect_null(strstr(app.to_twilio.text, "BBBB"), "two voices");
	cr_expect_null(strstr(app.to_agent.text, "EEEE"), "the agent listens on");
	cr_expect_null(strstr(app.ear.text, "late words"), "the agent still speaks");
}

Test(bridge, says_how_each_end_came)
{
	static const struct {
		unsigned code;
		const char *why, *told;
	} cases[] = {
		{1000, "done", "ended done 1000 done"},
		{1008, "Missing required dynamic variables in first message: {'x'}",
		 "ended refused 1008 Missing"},
		{3008, "too many", "ended refused 3008 too many"},
		{1002, "llm_error", "ended lost 1002 llm_error"},
		{1011, "crash", "ended lost 1011 crash"},
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct ending e = {cases[i].code, cases[i].why};

		if (i > 0)
			set_up();
		carried();
		DO(agent_close, &e);
		EXPECT(ear, cases[i].told);
		EXPECT(to_twilio, "CLOSED");
		if (i + 1 < ARRAY_LEN(cases))
			tear_down();
	}
}

Test(bridge, ends_with_the_stream_that_stops_or_breaks)
{
	carried();
	DO(twilio, "{\"event\":\"stop\",\"sequenceNumber\":\"9\",\"streamSid\":\"MZ1\",\"stop\":{"
		   "\"accountSid\":\"AC1\",\"callSid\":\"CA1\"}}");
	EXPECT(ear, "ended stopped");
	EXPECT(to_agent, "CLOSED");
	tear_down();
	set_up();
	carried();
	DO(twilio_close, NULL);
	EXPECT(ear, "ended stream lost");
	EXPECT(to_agent, "CLOSED");
}

Test(bridge, may_be_given_another_conversation_when_one_is_lost)
{
	struct ending e = {1011, "crash"};

	carried();
	app.wants_again = true;
	DO(agent_close, &e);
	EXPECT(ear, "lost 1011 crash");
	EXPECT(to_agent, "{\"again\":1}");
	DO(twilio, HEARD("FFFF"));
	DO(agent, METADATA);
	EXPECT(ear, "connected conv_1");
	EXPECT(to_agent, "{\"user_audio_chunk\":\"FFFF\"}");
	DO(agent_close, &e);
	EXPECT(ear, "lost 1011");
	EXPECT(ear, "ended lost 1011 crash");
}

Test(bridge, does_not_wait_for_a_conversation_that_does_not_come)
{
	static const char *const urls[] = {"ws://127.0.0.1:1/agent", "no url at all"};

	for (size_t i = 0; i < ARRAY_LEN(urls); i++) {
		if (i > 0)
			set_up();
		DO(twilio, START);
		EXPECT(ear, "started");
		DO(connect, urls[i]);
		EXPECT(ear, "ended lost");
		EXPECT(to_twilio, "CLOSED");
		tear_down();
	}
	set_up();
	DO(twilio, START);
	EXPECT(ear, "started");
	DO(connect, app.agent_url); /* it opens, and never says a word */
	EXPECT_HEARD(ear, "lost 0 no conversation in time", 5000);
}

Test(bridge, fills_a_silence_with_a_sound_and_then_gives_up)
{
	carried();
	EXPECT_HEARD(to_twilio, "\"payload\":\"/", 5000);
	EXPECT_HEARD(ear, "lost 0 the agent does not answer (unfinished)", 12000);
}

/* Pings and all: what was said in it by then may never have been told. */
Test(bridge, a_conversation_that_falls_silent_is_noticed_though_it_owes_nothing)
{
	carried();
	DO(agent, AUDIO("1", "/v7+/g=="));
	EXPECT_HEARD(to_twilio, "/v7+/g==", 5000);
	EXPECT_HEARD(to_twilio, "\"payload\":\"/", 3500); /* the tone */
	EXPECT_HEARD(ear, "lost 0 the conversation is silent (unfinished)", 12000);
	EXPECT(ear, "ended lost 0 the conversation is silent (deaf)");
}

Test(bridge, who_was_cut_off_is_told_from_who_was_not)
{
	struct ending e = {1011, "crash"};

	carried();
	DO(agent, AUDIO("1", "/v7+/g=="));
	EXPECT_HEARD(to_twilio, "/v7+/g==", 5000);
	app.wants_again = true;
	DO(agent_close, &e);
	EXPECT(ear, "lost 1011 crash (unfinished)");
	EXPECT(to_agent, "{\"again\":1}");
	DO(agent, METADATA);
	EXPECT(ear, "connected conv_1");
	DO(agent_close, &e); /* it owed nothing, and had not begun to speak */
	EXPECT(ear, "lost 1011 crash\n");
}

Test(bridge, words_without_their_sound_are_owed)
{
	struct ending e = {1011, "crash"};

	carried();
	DO(agent, "{\"type\":\"agent_response\",\"agent_response_event\":{\"agent_response\":"
		  "\"Hello.\",\"event_id\":1}}");
	EXPECT(ear, "agent 1 Hello.");
	DO(agent_close, &e);
	EXPECT(ear, "lost 1011 crash (unfinished)");
}

Test(bridge, does_not_stay_with_a_stream_that_stands_still)
{
	carried();
	EXPECT(ear, "ended stream silent 0 Twilio is silent");
	EXPECT(to_twilio, "CLOSED");
}

Test(bridge, is_not_moved_by_what_it_cannot_read)
{
	static const char *const from_agent[] = {
		"",
		"{",
		"[]",
		"\"audio\"",
		"{\"type\":7}",
		"{\"type\":\"no_such_thing\"}",
		"{\"type\":\"audio\"}",
		"{\"type\":\"audio\",\"audio_event\":{\"audio_base_64\":\"<\\\"}{\",\"event_id\":1}"
		"}",
		"{\"type\":\"ping\"}",
		"{\"type\":\"user_transcript\",\"user_transcription_event\":{}}",
		"{\"type\":\"client_tool_call\",\"client_tool_call\":{}}",
		"{\"type\":\"interruption\"}",
		"{\"type\":\"error\",\"error_event\":{\"code\":1002,\"message\":\"x\"}}"};
	static const char *const from_twilio[] = {
		"",
		"{}",
		"[1]",
		"{\"event\":\"what\"}",
		"{\"event\":\"media\"}",
		"{\"event\":\"dtmf\",\"dtmf\":{\"digit\":\"12\"}}",
		"{\"event\":\"media\",\"media\":{\"payload\":\"\\u0022},\\u0022a\"}}",
		START,
		"{\"event\":\"media\",\"streamSid\":\"MZ1\",\"media\":{\"track\":\"outbound\","
		"\"payload\":\"EEEE\"}}"};

	carried();
	for (size_t i = 0; i < ARRAY_LEN(from_agent); i++)
		DO(agent, from_agent[i]);
	for (size_t i = 0; i < ARRAY_LEN(from_twilio); i++)
		DO(twilio, from_twilio[i]);
	DO(twilio, HEARD("AAAA"));
	EXPECT(to_agent, "{\"user_audio_chunk\":\"AAAA\"}");
	DO(agent, AUDIO("9", "BBBB"));
	EXPECT(to_twilio, "BBBB");
	cr_expect_null(strstr(app.to_agent.text, "EEEE"), "its own voice");
}

Test(bridge, wants_the_one_format_that_both_speak)
{
	DO(twilio, START);
	EXPECT(ear, "started");
	DO(connect, app.agent_url);
	EXPECT(to_agent, "conversation_initiation_client_data");
	DO(agent, METADATA_OF("pcm_16000"));
	EXPECT(ear, "ended refused 0 the agent is not set to ulaw_8000");
}
