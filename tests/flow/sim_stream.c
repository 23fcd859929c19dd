/*
 * Media streams and conversations of the practice line, with the smallest bridge between them: what
 * is said on one side is heard on the other, and everything that was sent is accounted for.
 */
#include <criterion/criterion.h>

#include "tests/sim/crypt.h"
#include "tests/sim/eleven/agent.h"
#include "tests/sim/sign.h"
#include "tests/support/sim_bridge.h"

static struct sim_world w;
static struct sim_bridge b;

static void open_world(void)
{
	world_open(&w, NULL, NULL);
	world_voice(&w, "/voice", "");
	sim_bridge_open(&b, &w);
	world_answers(&w, "/voice",
		      sim_bridge_twiml(&w, "<Parameter name=\"t\" value=\"one &amp; only\"/>",
				       "<Say>The stream has ended.</Say>"));
}

static void close_world(void)
{
	sim_bridge_close(&b);
	world_close(&w);
}

TestSuite(sim_stream, .init = open_world, .fini = close_world, .timeout = 60);

static const char *text_of(const json_t *m, const char *key, const char *name)
{
	const char *s = json_string_value(json_object_get(json_object_get(m, key), name));

	return s == NULL ? "" : s;
}

static const json_t *stream_of(const char *sid)
{
	world_look(&w, sid);
	return world_member(&w, "streams.0");
}

static int64_t figure(const json_t *stream, const char *name)
{
	return json_integer_value(json_object_get(stream, name));
}

Test(sim_stream, begins_as_twilio_begins_one)
{
	const char *sid = world_call(&w);
	const json_t *start = sim_bridge_from_twilio(&b, "start", 0), *m;
	char right[SIM_SIGNATURE];

	cr_assert(start != NULL);
	m = b.from_twilio[0];
	cr_expect_str_eq(json_string_value(json_object_get(m, "event")), "connected");
	cr_expect_str_eq(json_string_value(json_object_get(m, "protocol")), "Call");
	cr_expect_str_eq(json_string_value(json_object_get(start, "sequenceNumber")), "1");
	m = json_object_get(start, "start");
	cr_expect_str_eq(text_of(start, "start", "callSid"), sid);
	cr_expect_str_eq(text_of(start, "start", "accountSid"), WORLD_ACCOUNT);
	cr_expect_str_eq(text_of(m, "customParameters", "t"), "one & only");
	cr_expect_str_eq(text_of(m, "mediaFormat", "encoding"), "audio/x-mulaw");
	cr_expect_eq(json_integer_value(
			     json_object_get(json_object_get(m, "mediaFormat"), "sampleRate")),
		     8000);
	sim_sign(STR_LIT(WORLD_TOKEN),
		 str_of(arena_printf(&w.arena, "ws://127.0.0.1:%d/media", w.store_port)), NULL,
		 right);
	cr_expect(str_is(b.signature, right));
}

Test(sim_stream, both_sides_hear_what_the_other_says)
{
	const char *sid = world_call(&w);
	const json_t *m, *st;

	cr_expect(world_hears(&w, sid, "agent", "Welcome to Bici Downtown."));
	cr_expect_eq(world_do(&w, sid, "say", "What are your hours?"), 200);
	m = sim_bridge_from_agent(&b, "user_transcript", 0);
	cr_expect_str_eq(text_of(m, "user_transcription_event", "user_transcript"),
			 "What are your hours?");
	cr_expect(world_hears(&w, sid, "agent", "We are open. Nine to six."));
	st = stream_of(sid);
	cr_expect(figure(st, "blocks") >= 10);
	cr_expect_eq(figure(st, "lost") + figure(st, "doubled") + figure(st, "crossed") +
			     figure(st, "noise") + figure(st, "bad") + figure(st, "gaps"),
		     0);
	world_ask(&w, "GET", "/sim/conversations", NULL, NULL, 0);
	cr_expect_eq(world_number(&w, "conversations.0.lost") +
			     world_number(&w, "conversations.0.doubled") +
			     world_number(&w, "conversations.0.crossed") +
			     world_number(&w, "conversations.0.noise"),
		     0);
	world_do(&w, sid, "say", "Thank you, goodbye.");
	cr_expect(world_hears(&w, sid, "agent", "Goodbye."));
	cr_expect(sim_bridge_agent_ends(&b));
	cr_expect_eq(b.agent_end.code, 1000);
	cr_expect(world_hears(&w, sid, "say", "The stream has ended."), "the document goes on");
	cr_expect(world_call_is(&w, sid, "completed"));
	cr_expect_lt(world_number(&w, "waited_ms"), 2000);
}

static bool media_came(struct sim_world *world)
{
	(void)world;
	return b.media >= 50;
}

Test(sim_stream, a_frame_goes_out_each_20_ms_in_order)
{
	const char *sid = world_call(&w);
	const json_t *st;
	int64_t ms, sent;

	cr_expect(world_until(&w, media_came, 5000));
	st = stream_of(sid);
	ms = figure(st, "ms");
	sent = figure(st, "sent");
	cr_expect(sent >= ms / 20 - 3 && sent <= ms / 20 + 1,
		  "%" PRId64 " frames in %" PRId64 " ms", sent, ms);
	world_do(&w, sid, "press", "0");
	cr_expect_str_eq(text_of(sim_bridge_from_twilio(&b, "dtmf", 0), "dtmf", "digit"), "0");
	world_do(&w, sid, "do", "hang up");
	cr_expect(sim_bridge_from_twilio(&b, "stop", 0) != NULL);
	cr_expect(sim_bridge_twilio_ends(&b));
}

Test(sim_stream, marks_come_back_when_what_is_before_them_was_played)
{
	const char *sid;
	char audio[4 * 1600 / 3 + 10], m[3000];
	unsigned char silence[1600];

	b.no_agent = true;
	sid = world_call(&w);
	cr_assert(sim_bridge_from_twilio(&b, "start", 0) != NULL);
	memset(silence, 0xff, sizeof silence);
	sim_base64(silence, sizeof silence, audio); /* 200 ms */
	snprintf(m, sizeof m,
		 "{\"event\":\"mark\",\"streamSid\":\"%s\",\"mark\":{\"name\":\"idle\"}}",
		 b.stream);
	sim_bridge_tell_twilio(&b, m);
	cr_expect_str_eq(text_of(sim_bridge_from_twilio(&b, "mark", 0), "mark", "name"), "idle");
	snprintf(m, sizeof m,
		 "{\"event\":\"media\",\"streamSid\":\"%s\",\"media\":{\"payload\":\"%s\"}}",
		 b.stream, audio);
	sim_bridge_tell_twilio(&b, m);
	snprintf(m, sizeof m,
		 "{\"event\":\"mark\",\"streamSid\":\"%s\",\"mark\":{\"name\":\"played\"}}",
		 b.stream);
	sim_bridge_tell_twilio(&b, m);
	cr_expect_str_eq(text_of(sim_bridge_from_twilio(&b, "mark", 1), "mark", "name"), "played");
	world_ask(&w, "GET", "/sim/streams", NULL, NULL, 0);
	world_ask(&w, "GET",
		  arena_printf(&w.arena, "/sim/streams/%s", world_word(&w, "streams.0.sid")), NULL,
		  NULL, 0);
	cr_expect_str_eq(world_word(&w, "events.1.event"), "media");
	cr_expect_eq(world_number(&w, "events.1.audio_ms"), 200);
	for (int i = 0; i < 50; i++) {
		snprintf(
			m, sizeof m,
			"{\"event\":\"media\",\"streamSid\":\"%s\",\"media\":{\"payload\":\"%s\"}}",
			b.stream, audio);
		sim_bridge_tell_twilio(&b, m);
	}
	snprintf(m, sizeof m,
		 "{\"event\":\"mark\",\"streamSid\":\"%s\",\"mark\":{\"name\":\"cleared\"}}",
		 b.stream);
	sim_bridge_tell_twilio(&b, m);
	snprintf(m, sizeof m, "{\"event\":\"clear\",\"streamSid\":\"%s\"}", b.stream);
	sim_bridge_tell_twilio(&b, m);
	cr_expect_str_eq(text_of(sim_bridge_from_twilio(&b, "mark", 2), "mark", "name"), "cleared");
	cr_expect_eq(figure(stream_of(sid), "clears"), 1);
	cr_expect_gt(figure(stream_of(sid), "cleared_bytes"), 60000);
}

Test(sim_stream, what_is_no_message_of_the_protocol_is_told_once)
{
	static const char *const wrong[] = {
		"{\"event\":\"media\",\"streamSid\":\"MZ0\",\"media\":{\"payload\":\"\"}}",
		"{\"event\":\"media\",\"streamSid\":\"%s\",\"media\":{\"payload\":\"!\"}}",
		"{\"event\":\"media\",\"streamSid\":\"%s\",\"media\":{\"payload\":\"\",\"track\":1}"
		"}",
		"{\"event\":\"mark\",\"streamSid\":\"%s\"}",
		"{\"event\":\"stop\",\"streamSid\":\"%s\"}",
		"{\"event\":\"clear\",\"streamSid\":\"%s\",\"extra\":1}",
		"not json",
	};
	const char *sid;
	unsigned told = 0;
	const json_t *a;
	size_t k;

	b.no_agent = true;
	sid = world_call(&w);
	cr_assert(sim_bridge_from_twilio(&b, "start", 0) != NULL);
	for (size_t i = 0; i < ARRAY_LEN(wrong); i++) {
		char m[300];
		const char *at = strstr(wrong[i], "%s");

		if (at == NULL)
			snprintf(m, sizeof m, "%s", wrong[i]);
		else
			snprintf(m, sizeof m, "%.*s%s%s", (int)(at - wrong[i]), wrong[i], b.stream,
				 at + 2);
		sim_bridge_tell_twilio(&b, m);
	}
	while (figure(stream_of(sid), "bad") < (int64_t)ARRAY_LEN(wrong))
		;
	world_ask(&w, "GET", "/sim/alerts", NULL, NULL, 0);
	json_array_foreach(world_member(&w, "alerts"), k, a) told +=
		json_integer_value(json_object_get(a, "code")) == 31951 ? 1 : 0;
	cr_expect_eq(told, 1);
}

Test(sim_stream, who_speaks_interrupts_the_agent)
{
	const char *sid;
	const json_t *m;

	w.line.sim.set.letters_per_s = 15; /* slow enough to be interrupted */
	sid = world_call(&w);
	cr_expect(world_hears(&w, sid, "agent", "Welcome"));
	world_do(&w, sid, "say", "Stop.");
	m = sim_bridge_from_agent(&b, "interruption", 0);
	cr_assert(m != NULL);
	cr_expect_eq(json_integer_value(
			     json_object_get(json_object_get(m, "interruption_event"), "event_id")),
		     1);
	m = sim_bridge_from_agent(&b, "agent_response_correction", 0);
	cr_expect_str_eq(text_of(m, "agent_response_correction_event", "original_agent_response"),
			 "Welcome to Bici Downtown.");
	cr_expect(strlen(text_of(m, "agent_response_correction_event",
				 "corrected_agent_response")) < 20);
	m = sim_bridge_from_agent(&b, "agent_response", 1);
	cr_expect_gt(json_integer_value(json_object_get(json_object_get(m, "agent_response_event"),
							"event_id")),
		     1);
	cr_expect_eq(figure(stream_of(sid), "clears"), 1);
	for (size_t i = 0;; i++) {
		const json_t *line = json_array_get(world_member(&w, "lines"), i);

		cr_assert(line != NULL, "no line was cut");
		if (json_is_true(json_object_get(line, "cut")))
			break;
	}
}

Test(sim_stream, an_update_of_the_call_stops_the_stream)
{
	const char *sid = world_call(&w);

	cr_expect(world_hears(&w, sid, "agent", "Welcome"));
	cr_expect_eq(world_api(&w, arena_printf(&w.arena, "Calls/%s.json", sid),
			       "Twiml=%3CResponse%3E%3CSay%3ETaken+over.%3C%2FSay%3E%3CPause+"
			       "length%3D%2260%22%2F%3E%3C%2FResponse%3E"),
		     200);
	cr_expect(sim_bridge_from_twilio(&b, "stop", 0) != NULL);
	cr_expect(world_hears(&w, sid, "say", "Taken over."));
	cr_expect(sim_bridge_agent_ends(&b));
	cr_expect_eq(
		world_api(&w, arena_printf(&w.arena, "Calls/%s.json", sid), "Status=completed"),
		200);
	cr_expect(world_call_is(&w, sid, "completed"));
	cr_expect_eq(world_api(&w, arena_printf(&w.arena, "Calls/%s.json", sid),
			       "Twiml=%3CResponse%2F%3E"),
		     400);
	cr_expect_eq(world_number(&w, "code"), 21220);
}

Test(sim_stream, after_the_conversation_its_webhook_comes_signed)
{
	const struct world_seen *s;
	const char *sid;
	const json_t *m;
	json_t *root;

	w.line.sim.agents[0].post_call_ms = 10;
	sid = world_call(&w);
	cr_expect(world_hears(&w, sid, "agent", "Welcome to Bici Downtown."));
	world_do(&w, sid, "do", "hang up");
	s = world_asked(&w, "/post-call", 0);
	cr_assert(s != NULL);
	root = json_loadb(s->body.p, s->body.n, 0, NULL);
	cr_expect_str_eq(json_string_value(json_object_get(root, "type")),
			 "post_call_transcription");
	m = json_object_get(root, "data");
	cr_expect_str_eq(json_string_value(json_object_get(m, "status")), "done");
	cr_expect(json_array_size(json_object_get(m, "transcript")) >= 1);
	cr_expect_str_eq(text_of(json_object_get(m, "conversation_initiation_client_data"),
				 "dynamic_variables", "store_greeting"),
			 "Welcome to Bici Downtown.");
	json_decref(root);
}
