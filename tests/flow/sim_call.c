/*
 * Calls on the practice line and a scripted store: what a document does, what is asked of the
 * store, what the person at the phone hears.
 */
#include <criterion/criterion.h>

#include "server/twilio/sign.h"
#include "tests/support/sim_world.h"

static struct sim_world w;

static void open_world(void)
{
	world_open(&w, NULL, NULL);
	world_voice(&w, "/voice", "/status");
}

static void close_world(void)
{
	world_close(&w);
}

TestSuite(sim_call, .init = open_world, .fini = close_world, .timeout = 60);

/* The service's own reader of signatures agrees. */
static bool signed_well(const struct world_seen *s)
{
	struct twilio_urls urls;
	struct twilio_key key;
	struct arena a = {0};
	struct form form = {0};
	struct err err = {0};
	bool good;

	twilio_key_init(&key, STR_LIT(WORLD_TOKEN));
	cr_assert(twilio_urls_for(&a, str_of(world_url(&w, "")), s->target, &urls, &err), "%s",
		  err.text);
	cr_assert(form_parse(&a, s->body, &form, &err), "%s", err.text);
	good = twilio_sign_check(&key, 1, &urls, &form, s->signature, NULL);
	twilio_key_clear(&key);
	arena_free(&a);
	return good;
}

Test(sim_call, a_call_fetches_its_document_and_hears_it)
{
	const struct world_seen *s;
	const char *sid;

	world_answers(&w, "/voice",
		      "<Response><Say language=\"fr-CA\" voice=\"Polly.Chantal\">Bonjour &amp; "
		      "bienvenue.</Say><Pause/><Say>Goodbye.</Say></Response>");
	sid = world_call(&w);
	cr_expect_str_eq(world_word(&w, "status"), "ringing");
	cr_expect(world_call_is(&w, sid, "completed"));
	cr_expect(world_hears(&w, sid, "say", "Bonjour & bienvenue."));
	cr_expect(world_hears(&w, sid, "say", "Goodbye."));
	s = world_asked(&w, "/voice", 0);
	cr_assert(s != NULL && signed_well(s));
	cr_expect(str_is(s->method, "POST"));
	cr_expect(world_said(s, "CallSid", sid) && world_said(s, "CallStatus", "ringing"));
	cr_expect(world_said(s, "From", WORLD_PHONE) && world_said(s, "Caller", WORLD_PHONE));
	cr_expect(world_said(s, "To", WORLD_STORE) && world_said(s, "Called", WORLD_STORE));
	cr_expect(world_said(s, "Direction", "inbound") && world_said(s, "ToCity", "TORONTO"));
	s = world_asked(&w, "/status", 0);
	cr_assert(s != NULL && signed_well(s));
	cr_expect(world_said(s, "CallStatus", "completed") &&
		  world_said(s, "CallbackSource", "call-progress-events") &&
		  world_said(s, "SequenceNumber", "0") && world_said(s, "Duration", "1"));
}

Test(sim_call, what_is_said_and_pressed_reaches_the_action)
{
	const struct world_seen *s;
	const char *sid;

	world_answers(&w, "/voice",
		      "<Response><Gather input=\"dtmf speech\" numDigits=\"1\" action=\"heard\" "
		      "hints=\"order, repair\"><Say>How can I help?</Say></Gather>"
		      "<Say>Nobody there.</Say></Response>");
	world_answers(
		&w, "/heard",
		"<Response><Gather input=\"dtmf\" action=\"/digits\" timeout=\"3\"/></Response>");
	world_answers(&w, "/digits", "<Response><Say>Thank you.</Say></Response>");
	sid = world_call(&w);
	cr_expect(world_hears(&w, sid, "say", "How can I help?"));
	cr_expect_eq(world_do(&w, sid, "say", "Is my bike ready?"), 200);
	s = world_asked(&w, "/heard", 0);
	cr_assert(s != NULL && signed_well(s));
	cr_expect(world_said(s, "SpeechResult", "Is my bike ready?"));
	cr_expect(sim_pairs_value(&s->params, "Confidence").n > 0);
	cr_expect(world_said(s, "CallStatus", "in-progress"));
	cr_expect_eq(world_do(&w, sid, "press", "12#"), 200);
	s = world_asked(&w, "/digits", 0);
	cr_assert(s != NULL);
	cr_expect(world_said(s, "Digits", "12"), "without the key that ends it");
	cr_expect(world_call_is(&w, sid, "completed"));
}

Test(sim_call, without_input_the_document_goes_on_and_nobody_is_asked)
{
	const char *sid;

	world_answers(&w, "/voice",
		      "<Response><Gather action=\"/heard\" timeout=\"0\"><Say>Press one.</Say>"
		      "</Gather><Say>Nobody there.</Say></Response>");
	sid = world_call(&w);
	cr_expect(world_hears(&w, sid, "say", "Nobody there."));
	cr_expect(world_call_is(&w, sid, "completed"));
	for (size_t i = 0; i < w.seen_n; i++)
		cr_expect_not(str_is(w.seen[i].path, "/heard"));
	world_answers(&w, "/voice",
		      "<Response><Gather action=\"/heard\" timeout=\"0\" input=\"speech\" "
		      "actionOnEmptyResult=\"true\"/></Response>");
	world_call(&w);
	cr_expect(world_said(world_asked(&w, "/heard", 0), "SpeechResult", ""));
}

Test(sim_call, what_twilio_would_object_to_is_told)
{
	static const struct {
		const char *body;
		int code;
		const char *heard;
	} cases[] = {
		{"<Response><say>no</say><Say>yes</Say></Response>", 12200, "yes"},
		{"<Response><Speak>no</Speak><Say>yes</Say></Response>", 12200, "yes"},
		{"<Response><Say colour=\"red\">yes</Say></Response>", 12200, "yes"},
		{"<Response><Say voice=\"Google.fr-CA-Wavenet-A\" language=\"en-US\">no</Say>"
		 "<Say>yes</Say></Response>",
		 13511, "yes"},
		{"<Response><Gather input=\"voice\" timeout=\"0\"/><Say>yes</Say></Response>",
		 12200, "yes"},
		{"<Response><Enqueue>q</Enqueue><Say>yes</Say></Response>", 12200, "yes"},
		{"<Response><Redirect>ftp://h.example/</Redirect></Response>", 11100,
		 "application error"},
		{"<Answer/>", 12100, "application error"},
		{"<Response><Say>broken", 12100, "application error"},
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		const char *sid;
		bool found = false;
		const json_t *a;
		size_t k;

		world_ask(&w, "POST", "/sim/reset", "{}", NULL, 0);
		world_answers(&w, "/voice", cases[i].body);
		sid = world_call(&w);
		cr_expect(world_hears(&w, sid, NULL, cases[i].heard), "%s", cases[i].body);
		cr_expect(world_call_is(&w, sid, "completed"), "%s", cases[i].body);
		world_rests(&w);
		world_ask(&w, "GET", "/sim/alerts", NULL, NULL, 0);
		json_array_foreach(world_member(&w, "alerts"), k, a) found |=
			json_integer_value(json_object_get(a, "code")) == cases[i].code;
		cr_expect(found, "%d: %s", cases[i].code, cases[i].body);
	}
}

Test(sim_call, a_document_that_cannot_be_had_goes_to_the_fallback)
{
	struct sim_number *n = sim_number_find(&w.line.sim.numbers, STR_LIT(WORLD_STORE));
	const struct world_seen *s;
	const char *sid;

	sim_number_set(n, SIM_VOICE_FALLBACK_URL, str_of(world_url(&w, "/fallback")));
	world_will_answer(&w, (struct world_answer){.status = 500});
	world_answers(&w, "/fallback", "<Response><Say>From the fallback.</Say></Response>");
	sid = world_call(&w);
	cr_expect(world_hears(&w, sid, "say", "From the fallback."));
	s = world_asked(&w, "/fallback", 0);
	cr_expect(world_said(s, "ErrorCode", "11200"));
	cr_expect(world_said(s, "ErrorUrl", world_url(&w, "/voice")));
}

Test(sim_call, is_rejected_hung_up_and_sent_elsewhere)
{
	const char *sid;

	world_answers(&w, "/voice", "<Response><Reject reason=\"busy\"/></Response>");
	sid = world_call(&w);
	cr_expect(world_call_is(&w, sid, "busy"));
	world_answers(&w, "/voice", "<Response><Reject/></Response>");
	sid = world_call(&w);
	cr_expect(world_call_is(&w, sid, "failed"));
	world_answers(&w, "/voice",
		      "<Response><Redirect>other?x=1&amp;y=2</Redirect>"
		      "<Say>never</Say></Response>");
	world_answers(&w, "/other", "<Response><Hangup/><Say>never</Say></Response>");
	sid = world_call(&w);
	cr_expect(world_call_is(&w, sid, "completed"));
	cr_expect(str_is(world_asked(&w, "/other", 0)->target, "/other?x=1&y=2"));
	world_look(&w, sid);
	cr_expect_eq(world_number(&w, "documents"), 2);
	world_answers(&w, "/voice",
		      "<Response><Say>A rather long sentence, to be cut.</Say>"
		      "<Pause length=\"60\"/></Response>");
	sid = world_call(&w);
	cr_expect(world_hears(&w, sid, "say", "A rather long"));
	cr_expect_eq(world_do(&w, sid, "do", "hang up"), 200);
	cr_expect(world_call_is(&w, sid, "completed"));
	cr_expect_eq(world_do(&w, sid, "say", "hello?"), 409);
}

Test(sim_call, a_message_is_recorded_and_can_be_fetched)
{
	const struct world_seen *s;
	const char *sid;
	struct str url;

	world_answers(&w, "/voice",
		      "<Response><Say>Leave a message.</Say><Record action=\"/recorded\" "
		      "timeout=\"1\" recordingStatusCallback=\"/recording\" "
		      "transcribeCallback=\"/transcribed\"/></Response>");
	world_answers(&w, "/recorded", "<Response><Hangup/></Response>");
	sid = world_call(&w);
	cr_expect(world_hears(&w, sid, "note", "beep"));
	world_do(&w, sid, "say", "Please call me back.");
	s = world_asked(&w, "/recorded", 0);
	cr_assert(s != NULL);
	url = sim_pairs_value(&s->params, "RecordingUrl");
	cr_expect(str_find(url, STR_LIT("/Recordings/RE")) > 0);
	s = world_asked(&w, "/recording", 0);
	cr_expect(world_said(s, "RecordingStatus", "completed") &&
		  world_said(s, "RecordingSource", "RecordVerb"));
	s = world_asked(&w, "/transcribed", 0);
	cr_expect(world_said(s, "TranscriptionText", "Please call me back."));
	url = str_sub(url, (size_t)str_find(url, STR_LIT("/2010")), url.n);
	cr_expect_eq(world_ask(&w, "GET", arena_printf(&w.arena, STR_FMT ".wav", STR_ARG(url)),
			       NULL, NULL, 0),
		     200);
	cr_expect(str_is(w.answer.content_type, "audio/x-wav"));
	cr_expect(str_starts(w.answer.body, STR_LIT("RIFF")) && w.answer.body.n > 8000);
	cr_expect_eq(world_ask(&w, "GET", arena_printf(&w.arena, STR_FMT ".json", STR_ARG(url)),
			       NULL, NULL, 0),
		     200);
	cr_expect_str_eq(world_word(&w, "call_sid"), sid);
}
