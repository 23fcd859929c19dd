/*
 * bridge_daemon.c - the service's media bridge and nothing beside it: web server, sockets, bridge.
 * No signature, no database. What a call costs here is the audio path's own.
 *
 *   bridge_daemon PORT ELEVENLABS_PORT
 *
 * SIGTERM ends it; then it says how many frames there were and what they cost in allocations.
 */
#include "server/net/socket.h"
#include "server/net/web.h"
#include "server/voice/bridge.h"
#include "shared/log.h"

#define CALLS_MAX 4000

struct app {
	struct loop loop;
	struct web *web;
	struct bridges *bridges;
	char url[200];
	uint64_t allocations_up; /* until the last call was connected: they are no frames' */
};

static void started(struct bridge *b, void *with, struct str call_sid, struct str stream_sid,
		    struct str token)
{
	struct app *a = with;

	(void)call_sid;
	(void)stream_sid;
	(void)token;
	bridge_connect(b, a->url, STR_LIT("{\"type\":\"conversation_initiation_client_data\"}"),
		       false);
}

static void connected(struct bridge *b, void *with, struct str conversation_id)
{
	struct app *a = with;

	(void)b;
	(void)conversation_id;
	a->allocations_up = sockets_allocations(web_sockets(a->web));
}

static void ended(struct bridge *b, void *with, enum bridge_end why, unsigned code,
		  struct str reason)
{
	(void)b;
	(void)with;
	(void)why;
	(void)code;
	(void)reason;
}

static const struct bridge_ear ear = {.started = started, .connected = connected, .ended = ended};

static bool allow(struct app *a, const struct web_request *r, void **self)
{
	(void)r;
	*self = bridge_accept(a->bridges, &ear, a);
	return *self != NULL;
}

static const struct socket_kind stream = BRIDGE_STREAM(allow);
static const struct route routes[] = {
	{WEB_GET, "/media", NULL, 0, NULL, &stream, NULL},
	{0, NULL, NULL, 0, NULL, NULL, NULL},
};

static void stop(void *with)
{
	struct app *a = with;
	struct bridge_figures f;

	bridges_figures(a->bridges, &f);
	fprintf(stderr,
		"frames_in=%" PRIu64 "\nframes_out=%" PRIu64 "\nframes_dropped=%" PRIu64
		"\nallocations=%" PRIu64 "\n",
		f.frames_in, f.frames_out, f.frames_dropped, f.allocations - a->allocations_up);
	bridges_close(a->bridges);
	web_close(a->web);
	loop_let_go(&a->loop);
}

int main(int argc, char **argv)
{
	struct web_options o = {
		.tables = {routes, NULL}, .sockets_max = 2 * CALLS_MAX, .connections_max = 20000};
	static struct app a;
	int64_t port, agent;
	struct err err;

	if (argc != 3 || !str_int(str_of(argv[1]), 1, 65535, &port) ||
	    !str_int(str_of(argv[2]), 1, 65535, &agent)) {
		fputs("bridge_daemon PORT ELEVENLABS_PORT\n", stderr);
		return 2;
	}
	log_set_level(LOG_ERROR);
	snprintf(a.url, sizeof a.url, "ws://127.0.0.1:%d/v1/convai/conversation?agent_id=bench",
		 (int)agent);
	loop_open(&a.loop);
	loop_on_stop(&a.loop, stop, &a);
	a.web = web_open(&a.loop, &a, &o);
	a.bridges = bridges_open(&a.loop, web_sockets(a.web), CALLS_MAX);
	if (!web_listen(a.web, "127.0.0.1", (int)port, &err)) {
		fprintf(stderr, "%s\n", err.text);
		return 1;
	}
	loop_run(&a.loop);
	loop_close(&a.loop);
	return 0;
}
