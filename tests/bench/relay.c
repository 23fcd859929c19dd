/*
 * relay.c - the least that can stand between the two sockets of a call: a relay on bare epoll that
 * knows one format on each side and only reframes. No signature, no database, no interruption, no
 * timeout, no log: what the service is measured against.
 *
 *   relay PORT ELEVENLABS_PORT
 */
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include "tests/bench/ws.h"

struct call;
struct side {
	struct ws ws;
	struct call *call;
	bool twilio;
};
struct call {
	struct side twilio, agent;
	char stream[64];
	unsigned gone;
};

static int epoll, agent_port;

static void call_cut(struct call *c)
{
	ws_cut(&c->twilio.ws);
	ws_cut(&c->agent.ws);
	/* one that epoll has told of in this same turn may still be looked at: the few bytes stay
	 */
}

/* The text between `key` and the next quote. */
static struct str between(struct str m, const char *key)
{
	const char *from = memmem(m.p, m.n, key, strlen(key)), *to;

	if (from == NULL)
		return (struct str){0};
	from += strlen(key);
	to = memchr(from, '"', (size_t)(m.p + m.n - from));
	return to == NULL ? (struct str){0} : str_make(from, (size_t)(to - from));
}

static void agent_begin(struct call *c, struct str start)
{
	struct str sid = between(start, "\"streamSid\":\"");
	int fd = ws_dial(agent_port);

	if (fd < 0 || sid.p == NULL || sid.n >= sizeof c->stream) {
		call_cut(c);
		return;
	}
	memcpy(c->stream, sid.p, sid.n);
	ws_open(&c->agent.ws, fd, epoll, &c->agent, true);
	ws_raw(&c->agent.ws,
	       STR_LIT("GET /v1/convai/conversation?agent_id=bench HTTP/1.1\r\nHost: 127.0.0.1\r\n"
		       "Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
		       "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n"));
}

static void from_twilio(struct call *c, struct str m)
{
	struct str payload = between(m, "\"payload\":\"");

	if (payload.n > 0 && c->agent.ws.up)
		ws_text(&c->agent.ws, STR_LIT("{\"user_audio_chunk\":\""), payload, STR_LIT("\"}"));
	else if (memmem(m.p, m.n, "\"event\":\"start\"", 15) != NULL)
		agent_begin(c, m);
}

static void from_agent(struct call *c, struct str m)
{
	struct str audio = between(m, "\"audio_base_64\":\"");
	char head[160];

	if (audio.n == 0)
		return;
	snprintf(head, sizeof head,
		 "{\"event\":\"media\",\"streamSid\":\"%s\",\"media\":{\"payload\":\"", c->stream);
	ws_text(&c->twilio.ws, str_of(head), audio, STR_LIT("\"}}"));
}

static void told(struct side *s, unsigned events)
{
	struct call *c = s->call;
	struct str m;

	if (s->ws.fd < 0)
		return;
	if (events & EPOLLOUT)
		ws_flush(&s->ws);
	if (!(events & ~(unsigned)EPOLLOUT))
		return;
	if (!ws_fill(&s->ws)) {
		call_cut(c);
		return;
	}
	if (!s->ws.up) {
		m = ws_head(&s->ws);
		if (m.n == 0)
			return;
		if (s->twilio) {
			ws_accept(&s->ws, m);
		} else {
			s->ws.up = true;
			ws_text(&s->ws,
				STR_LIT("{\"type\":\"conversation_initiation_client_data\"}"),
				STR_LIT(""), STR_LIT(""));
		}
	}
	while (ws_message(&s->ws, &m)) {
		if (s->twilio)
			from_twilio(c, m);
		else
			from_agent(c, m);
	}
	if (s->ws.fd < 0)
		call_cut(c);
}

int main(int argc, char **argv)
{
	struct rlimit files = {16384, 16384};
	struct epoll_event e[256], listening = {.events = EPOLLIN};
	int64_t port, agent;
	int door;

	if (argc != 3 || !str_int(str_of(argv[1]), 1, 65535, &port) ||
	    !str_int(str_of(argv[2]), 1, 65535, &agent)) {
		fputs("relay PORT ELEVENLABS_PORT\n", stderr);
		return 2;
	}
	(void)!setrlimit(RLIMIT_NOFILE, &files);
	agent_port = (int)agent;
	door = ws_listen((int)port);
	epoll = epoll_create1(EPOLL_CLOEXEC);
	(void)!epoll_ctl(epoll, EPOLL_CTL_ADD, door, &listening);
	for (;;) {
		int n = epoll_wait(epoll, e, ARRAY_LEN(e), -1);

		for (int i = 0; i < n; i++) {
			struct call *c;
			int fd;

			if (e[i].data.ptr != NULL) {
				told(e[i].data.ptr, e[i].events);
				continue;
			}
			fd = accept4(door, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
			if (fd < 0)
				continue;
			c = xcalloc(1, sizeof *c);
			c->twilio = (struct side){.ws = {.fd = -1}, .call = c, .twilio = true};
			c->agent = (struct side){.ws = {.fd = -1}, .call = c};
			ws_open(&c->twilio.ws, fd, epoll, &c->twilio, false);
		}
	}
}
