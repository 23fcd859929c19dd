/*
 * bridge.c - a call's audio between two sockets, both of them real and on one loop: what passes,
 * what must not, and how each way of ending is told. Twilio and ElevenLabs are played here, a
 * message at a time.
 */
#include "server/voice/bridge.h"

#include <criterion/criterion.h>
#include <pthread.h>
#include <time.h>

#include "tests/support/net_peer.h"

#define START                                                                             \
	"{\"event\":\"start\",\"sequenceNumber\":\"1\",\"streamSid\":\"MZ1\",\"start\":{" \
	"\"streamSid\":\"MZ1\","                                                          \
	"\"accountSid\":\"AC1\",\"callSid\":\"CA1\",\"tracks\":[\"inbound\"],"            \
	"\"customParameters\":{\"t\":\"tok\"},"                                           \
	"\"mediaFormat\":{\"encoding\":\"audio/x-mulaw\",\"sampleRate\":8000,\"channels\":1}}}"
#define HEARD(payload)                                                                    \
	"{\"event\":\"media\",\"sequenceNumber\":\"2\",\"streamSid\":\"MZ1\",\"media\":{" \
	"\"track\":\"inbound\","                                                          \
	"\"chunk\":\"1\",\"timestamp\":\"20\",\"payload\":\"" payload "\"}}"
#define METADATA_OF(format)                                                                  \
	"{\"type\":\"conversation_initiation_metadata\",\"conversation_initiation_metadata_" \
	"event\":{"                                                                          \
	"\"conversation_id\":\"conv_1\",\"agent_output_audio_format\":\"" format             \
	"\",\"user_input_audio_format\":\"" format "\"}}"
#define METADATA METADATA_OF("ulaw_8000")
#define AUDIO(id, payload)                                                     \
	"{\"audio_event\":{\"audio_base_64\":\"" payload "\",\"event_id\":" id \
	"},\"type\":\"audio\"}"

/* ---- what came, where ---- */

struct log {
	char text[40000];
	size_t n, seen;
};
struct app {
	struct bridges *bridges;
	struct bridge *bridge;
	struct socket *agent, *twilio;
	struct log to_agent, to_twilio, ear;
	bool wants_again;
	char agent_url[200], stream_url[200];
};
static struct app app;
static struct net_server *server;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t changed = PTHREAD_COND_INITIALIZER;

static void note(struct log *l, struct str m)
{
	pthread_mutex_lock(&lock);
	if (l->n + m.n + 2 < sizeof l->text) {
		memcpy(l->text + l->n, m.p, m.n);
		l->n += m.n;
		l->text[l->n++] = '\n';
		l->text[l->n] = '\0';
	}
	pthread_cond_broadcast(&changed);
	pthread_mutex_unlock(&lock);
}

static void PRINTF_LIKE(1, 2) ear_note(const char *fmt, ...)
{
	char text[400];
	va_list args;

	va_start(args, fmt);
	vsnprintf(text, sizeof text, fmt, args);
	va_end(args);
	note(&app.ear, str_of(text));
}

/* Waits until `what` comes behind what was seen before. */
static bool came(struct log *l, const char *what, int ms)
{
	struct timespec until;
	const char *at;

	clock_gettime(CLOCK_REALTIME, &until);
	until.tv_sec += ms / 1000;
	until.tv_nsec += ms % 1000 * 1000000L;
	if (until.tv_nsec >= 1000000000L) {
		until.tv_sec++;
		until.tv_nsec -= 1000000000L;
	}
	pthread_mutex_lock(&lock);
	while ((at = strstr(l->text + l->seen, what)) == NULL &&
	       pthread_cond_timedwait(&changed, &lock, &until) == 0)
		continue;
	if (at != NULL)
		l->seen = (size_t)(at - l->text) + strlen(what);
	pthread_mutex_unlock(&lock);
	return at != NULL;
}
#define EXPECT(l, what) \
	cr_assert(came(&app.l, (what), 5000), "%s: no %s in\n%s", #l, (what), app.l.text)

/* ---- the ear ---- */

static void ear_started(struct bridge *b, void *with, struct str call, struct str stream,
			struct str token)
{
	(void)b;
	(void)with;
	ear_note("started " STR_FMT " " STR_FMT " " STR_FMT, STR_ARG(call), STR_ARG(stream),
		 STR_ARG(token));
}
static void ear_connected(struct bridge *b, void *with, struct str id)
{
	(void)b;
	(void)with;
	ear_note("connected " STR_FMT, STR_ARG(id));
}
static void ear_partial(struct bridge *b, void *with, const struct bridge_line *l)
{
	(void)b;
	(void)with;
	ear_note("partial " STR_FMT, STR_ARG(l->text));
}
static void ear_final(struct bridge *b, void *with, const struct bridge_line *l)
{
	(void)b;
	(void)with;
	ear_note("%s %d " STR_FMT, l->customer ? "customer" : "agent", (int)l->event,
		 STR_ARG(l->text));
}
static void ear_corrected(struct bridge *b, void *with, int64_t event, struct str original,
			  struct str text)
{
	(void)b;
	(void)with;
	ear_note("corrected %d " STR_FMT " -> " STR_FMT, (int)event, STR_ARG(original),
		 STR_ARG(text));
}
static void ear_digit(struct bridge *b, void *with, char digit)
{
	(void)b;
	(void)with;
	ear_note("digit %c", digit);
}
static void ear_tool(struct bridge *b, void *with, struct str name, struct str id,
		     struct str parameters)
{
	(void)with;
	ear_note("tool " STR_FMT " " STR_FMT " " STR_FMT, STR_ARG(name), STR_ARG(id),
		 STR_ARG(parameters));
	cr_expect(bridge_tool_result(b, id, STR_LIT("a \"person\" comes"), false));
}
static bool ear_lost(struct bridge *b, void *with, enum bridge_end why, unsigned code,
		     struct str reason)
{
	(void)with;
	if (why != BRIDGE_AGENT_LOST)
		return false;
	ear_note("lost %u " STR_FMT "%s", code, STR_ARG(reason),
		 bridge_unfinished(b) ? " (unfinished)" : "");
	if (!app.wants_again)
		return false;
	app.wants_again = false;
	bridge_connect(b, app.agent_url, STR_LIT("{\"again\":1}"), false);
	return true;
}
static void ear_ended(struct bridge *b, void *with, enum bridge_end why, unsigned code,
		      struct str reason)
{
	static const char *const words[] = {"stopped", "stream lost", "stream silent", "done",
					    "refused", "lost",        "closed"};

	(void)with;
	app.bridge = NULL;
	ear_note("ended %s %u " STR_FMT "%s", words[why], code, STR_ARG(reason),
		 bridge_deaf(b) ? " (deaf)" : "");
}
static const struct bridge_ear ear = {ear_started, ear_connected, ear_partial,
				      ear_final,   ear_corrected, ear_digit,
				      ear_tool,    ear_lost,      ear_ended};

/* ---- the two others ---- */

static bool stream_judge(struct app *a, const struct web_request *r, void **self)
{
	(void)r;
	a->bridge = bridge_accept(a->bridges, &ear, a);
	*self = a->bridge;
	return a->bridge != NULL;
}
static bool agent_judge(struct app *a, const struct web_request *r, void **self)
{
	(void)r;
	*self = a;
	return true;
}
static void agent_opened(struct socket *s, void *self)
{
	((struct app *)self)->agent = s;
}
static void agent_message(struct socket *s, void *self, bool text, struct str m)
{
	(void)s;
	(void)text;
	note(&((struct app *)self)->to_agent, m);
}
static void agent_closed(struct socket *s, void *self)
{
	struct app *a = self;

	if (a->agent == s)
		a->agent = NULL;
	note(&a->to_agent, STR_LIT("CLOSED"));
}
static void twilio_opened(struct socket *s, void *self)
{
	(void)s;
	note(&((struct app *)self)->to_twilio, STR_LIT("OPEN"));
}
static void twilio_message(struct socket *s, void *self, bool text, struct str m)
{
	(void)s;
	(void)text;
	note(&((struct app *)self)->to_twilio, m);
}
static void twilio_closed(struct socket *s, void *self)
{
	struct app *a = self;

	(void)s;
	a->twilio = NULL;
	note(&a->to_twilio, STR_LIT("CLOSED"));
}
static const struct socket_kind stream_kind = BRIDGE_STREAM(stream_judge);
static const struct socket_kind agent_kind = {
	"agent", 0, 0, agent_judge, agent_opened, agent_message, agent_closed};
static const struct socket_kind twilio_kind = {
	"twilio", 0, 0, NULL, twilio_opened, twilio_message, twilio_closed};
static const struct route routes[] = {
	{WEB_GET, "/media", NULL, 0, NULL, &stream_kind, NULL},
	{WEB_GET, "/agent", NULL, 0, NULL, &agent_kind, NULL},
	{0, NULL, NULL, 0, NULL, NULL, NULL},
};

/* ---- what the test does, in the loop's thread ---- */

static void do_open(struct web *w, struct loop *l, void *with)
{
	app.bridges = bridges_open(l, web_sockets(w), 4);
	app.twilio = sockets_connect(web_sockets(w), &twilio_kind, &app, with);
}
static void do_close(struct web *w, struct loop *l, void *with)
{
	(void)w;
	(void)l;
	(void)with;
	bridges_close(app.bridges);
	if (app.twilio != NULL)
		socket_close(app.twilio, 1000, "");
}
static void do_connect(struct web *w, struct loop *l, void *with)
{
	(void)w;
	(void)l;
	bridge_connect(app.bridge, with,
		       STR_LIT("{\"type\":\"conversation_initiation_client_data\"}"), true);
}
static void do_twilio(struct web *w, struct loop *l, void *with)
{
	(void)w;
	(void)l;
	cr_expect(socket_send(app.twilio, true, str_of(with)));
}
static void do_agent(struct web *w, struct loop *l, void *with)
{
	(void)w;
	(void)l;
	cr_expect(socket_send(app.agent, true, str_of(with)));
}
struct ending {
	unsigned code;
	const char *why;
};
static void do_agent_close(struct web *w, struct loop *l, void *with)
{
	const struct ending *e = with;

	(void)w;
	(void)l;
	socket_close(app.agent, e->code, e->why);
}
static void do_twilio_close(struct web *w, struct loop *l, void *with)
{
	(void)w;
	(void)l;
	(void)with;
	socket_close(app.twilio, 1000, "");
}
static void do_hush(struct web *w, struct loop *l, void *with)
{
	(void)w;
	(void)l;
	(void)with;
	bridge_hush(app.bridge);
}
static void do_bridge_close(struct web *w, struct loop *l, void *with)
{
	(void)w;
	(void)l;
	(void)with;
	bridge_close(app.bridge);
}
static void do_tell(struct web *w, struct loop *l, void *with)
{
	(void)w;
	(void)l;
	cr_expect(bridge_tell(app.bridge, str_of(with)));
	cr_expect(bridge_say(app.bridge, str_of(with)));
}
#define DO(what, with) net_server_do(server, do_##what, (void *)(uintptr_t)(with))

static void set_up(void)
{
	struct web_options o = {.tables = {routes, NULL}, .sockets_max = 16};

	app = (struct app){0};
	server = net_server_start(&o, &app);
	snprintf(app.agent_url, sizeof app.agent_url, "ws://127.0.0.1:%d/agent?s=1",
		 net_server_port(server));
	snprintf(app.stream_url, sizeof app.stream_url, "ws://127.0.0.1:%d/media",
		 net_server_port(server));
	DO(open, app.stream_url);
	EXPECT(to_twilio, "OPEN");
}

static void tear_down(void)
{
	DO(close, NULL);
	net_server_stop(server);
}

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
