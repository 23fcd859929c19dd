/*
 * between.h - a bridge and its two others in one program: a Twilio that streams, an agent that
 * talks, an ear that writes down what it is told. For the tests of the bridge; a header of its own,
 * since each test is one program.
 */
#ifndef SWITCHBACK_TESTS_UNIT_VOICE_BETWEEN_H
#define SWITCHBACK_TESTS_UNIT_VOICE_BETWEEN_H

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

#endif
