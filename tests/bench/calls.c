/*
 * calls.c - many phone calls at once through the media bridge, both outer parties in one process:
 * Twilio (the voice webhook, then a WebSocket client: a frame of 20 ms every 20 ms a call) and
 * ElevenLabs (the signed URL, then a WebSocket server that says each frame back). Prints key=value
 * lines; ends with 1 when a frame was lost or reached another call.
 *
 * The first bytes of each frame's audio say whose it is, its number and when it left, so that one
 * clock times both ways. A call counts from its first frame that came back on; from then on every
 * number must follow the one before. With --plain PATH no webhook is asked: the stream begins at
 * once at that path, for a peer that knows none.
 */
#include <getopt.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include "shared/clock.h"
#include "tests/bench/call_webhook.h"
#include "tests/bench/latency.h"
#include "tests/bench/ws.h"

#define FRAME_BYTES 160
#define FRAME_TEXT  216 /* in base64 */
#define FRAME_US    20000
#define CALLS_MAX   4000
#define CALLER      "+1647%07d"
#define UP_US       (30 * INT64_C(1000000))

enum kind { CALLER_SIDE, AGENT_SIDE };
struct side {
	enum kind kind;
	struct ws ws;
	int call; /* the agent's side learns it from the first frame; -1: not yet */
	/* the caller's */
	char url[300], token[200], sid[40];
	bool started, counts;
	uint32_t sent, back; /* frames that left; the number of the last that came back */
	uint32_t heard;      /* the agent's: the number of the last that came */
};

/* In the first bytes of a frame. */
struct stamp {
	uint32_t call, number;
	int64_t us;
};

struct bench {
	struct call_webhook hook;
	const char *plain;
	int port, agent_port, pid, calls, secs, warm;
	int epoll, door;
	struct side *callers;
	int64_t began_us; /* when the first frame of all was due */
	int64_t turn;     /* frames that were due so far, of all calls in turn */
	int up, broken;
	uint64_t lost, crossed, up_n, down_n;
	bool measuring;
	struct latency to_agent, to_caller, late;
};

/* ---- frames ---- */

static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/* The first 18 bytes (24 letters) carry the stamp, the rest is silence. */
static void frame_write(char out[FRAME_TEXT], const struct stamp *s)
{
	unsigned char raw[18] = {0};

	memcpy(raw, s, 16);
	for (int i = 0; i < 6; i++) {
		const unsigned char *p = raw + (ptrdiff_t)i * 3;
		unsigned v = (unsigned)p[0] << 16 | (unsigned)p[1] << 8 | p[2];

		for (int k = 0; k < 4; k++)
			out[i * 4 + k] = letters[v >> (18 - 6 * k) & 63];
	}
	memset(out + 24, '/', FRAME_TEXT - 24 - 4);
	memcpy(out + FRAME_TEXT - 4, "/w==", 4);
}

static bool frame_read(struct str m, const char *key, struct stamp *s)
{
	static signed char value[256];
	const char *p = memmem(m.p, m.n, key, strlen(key));
	unsigned char raw[18];

	if (value['B'] == 0) {
		memset(value, -1, sizeof value);
		for (int i = 0; i < 64; i++)
			value[(unsigned char)letters[i]] = (signed char)i;
	}
	if (p == NULL || (size_t)(m.p + m.n - p) < strlen(key) + FRAME_TEXT)
		return false;
	p += strlen(key);
	for (int i = 0; i < 6; i++) {
		unsigned v = 0;

		for (int k = 0; k < 4; k++)
			v = v << 6 | ((unsigned)value[(unsigned char)p[i * 4 + k]] & 63);
		raw[i * 3] = (unsigned char)(v >> 16);
		raw[i * 3 + 1] = (unsigned char)(v >> 8);
		raw[i * 3 + 2] = (unsigned char)v;
	}
	memcpy(s, raw, 16);
	return true;
}

/* ---- the caller's side: Twilio ---- */

static void stream_open(struct bench *b, int i)
{
	struct side *s = &b->callers[i];
	char head[1200];
	int fd = ws_dial(b->port);

	if (fd < 0) {
		b->broken++;
		return;
	}
	ws_open(&s->ws, fd, b->epoll, s, true);
	if (b->plain != NULL)
		snprintf(s->url, sizeof s->url, "ws://127.0.0.1:%d%s", b->port, b->plain);
	call_upgrade(&b->hook, s->url, head, sizeof head);
	ws_raw(&s->ws, str_of(head));
}

static void stream_start(struct side *s)
{
	char start[900];

	s->ws.up = true;
	ws_text(&s->ws,
		STR_LIT("{\"event\":\"connected\",\"protocol\":\"Call\",\"version\":\"1.0.0\"}"),
		STR_LIT(""), STR_LIT(""));
	snprintf(start, sizeof start,
		 "{\"event\":\"start\",\"sequenceNumber\":\"1\",\"start\":{\"streamSid\":\"MZ%"
		 "032d\",\"accountSid\":\"%s\",\"callSid\":\"%s\","
		 "\"tracks\":[\"inbound\"],\"customParameters\":{\"t\":\"%s\"},\"mediaFormat\":{"
		 "\"encoding\":\"audio/x-mulaw\","
		 "\"sampleRate\":8000,\"channels\":1}},\"streamSid\":\"MZ%032d\"}",
		 s->call, "AC00000000000000000000000000000001", s->sid, s->token, s->call);
	ws_text(&s->ws, str_of(start), STR_LIT(""), STR_LIT(""));
	s->started = true;
}

static void frame_send(struct bench *b, struct side *s, int64_t due)
{
	char head[200], tail[80], audio[FRAME_TEXT];
	struct stamp st = {.call = (uint32_t)s->call, .number = ++s->sent, .us = clock_mono_us()};

	if (b->measuring)
		latency_add(&b->late, st.us - due);
	frame_write(audio, &st);
	snprintf(head, sizeof head,
		 "{\"event\":\"media\",\"sequenceNumber\":\"%u\",\"media\":{\"track\":\"inbound\","
		 "\"chunk\":\"%u\",\"timestamp\":\"%u\","
		 "\"payload\":\"",
		 s->sent + 1, s->sent, s->sent * 20);
	snprintf(tail, sizeof tail, "\"},\"streamSid\":\"MZ%032d\"}", s->call);
	ws_text(&s->ws, str_of(head), str_make(audio, sizeof audio), str_of(tail));
}

static void caller_hears(struct bench *b, struct side *s, struct str m)
{
	struct stamp st;

	if (!frame_read(m, "\"payload\":\"", &st))
		return;
	if (st.call != (uint32_t)s->call) {
		b->crossed++;
		return;
	}
	if (!s->counts) {
		s->counts = true;
		b->up++;
	} else if (st.number != s->back + 1) {
		b->lost += st.number > s->back ? st.number - s->back - 1 : 1;
	}
	s->back = st.number;
	b->down_n++;
	if (b->measuring)
		latency_add(&b->to_caller, clock_mono_us() - st.us);
}

/* ---- the agent's side: ElevenLabs ---- */

static void agent_hears(struct bench *b, struct side *s, struct str m)
{
	static const char metadata[] =
		"{\"type\":\"conversation_initiation_metadata\",\"conversation_initiation_metadata_"
		"event\":{\"conversation_id\":\"conv_%d\","
		"\"agent_output_audio_format\":\"ulaw_8000\",\"user_input_audio_format\":\"ulaw_"
		"8000\"}}";
	char text[400], audio[FRAME_TEXT];
	struct stamp st;
	int64_t now;

	if (!frame_read(m, "\"user_audio_chunk\":\"", &st)) {
		if (memmem(m.p, m.n, "conversation_initiation_client_data", 35) != NULL) {
			snprintf(text, sizeof text, metadata, s->ws.fd);
			ws_text(&s->ws, str_of(text), STR_LIT(""), STR_LIT(""));
		}
		return;
	}
	now = clock_mono_us();
	if (s->call < 0)
		s->call = (int)st.call;
	else if ((uint32_t)s->call != st.call)
		b->crossed++;
	else if (st.number != s->heard + 1)
		b->lost += st.number > s->heard ? st.number - s->heard - 1 : 1;
	s->heard = st.number;
	b->up_n++;
	if (b->measuring)
		latency_add(&b->to_agent, now - st.us);
	st.us = now;
	frame_write(audio, &st);
	snprintf(text, sizeof text, "\",\"event_id\":%u}}", st.number);
	ws_text(&s->ws, STR_LIT("{\"type\":\"audio\",\"audio_event\":{\"audio_base_64\":\""),
		str_make(audio, sizeof audio), str_of(text));
}

/* A head on the agent's port: the signed URL is asked for, or a conversation begins. */
static void agent_asked(struct bench *b, struct side *s, struct str head)
{
	char body[200], answer[400];

	if (ws_header(head, "Sec-WebSocket-Key").n > 0) {
		ws_accept(&s->ws, head);
		return;
	}
	snprintf(body, sizeof body,
		 "{\"signed_url\":\"ws://127.0.0.1:%d/v1/convai/"
		 "conversation?agent_id=bench&conversation_signature=s\"}",
		 b->agent_port);
	snprintf(answer, sizeof answer,
		 "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: "
		 "%zu\r\n\r\n%s",
		 strlen(body), body);
	ws_raw(&s->ws, str_of(answer));
}

/* ---- the loop ---- */

static void told(struct bench *b, struct side *s, unsigned events)
{
	struct str m;

	if (s->ws.fd < 0)
		return;
	if (events & EPOLLOUT)
		ws_flush(&s->ws);
	if (!(events & ~(unsigned)EPOLLOUT))
		return;
	if (!ws_fill(&s->ws)) {
		ws_cut(&s->ws);
	} else {
		while (!s->ws.up && (m = ws_head(&s->ws)).n > 0) {
			if (s->kind == AGENT_SIDE)
				agent_asked(b, s, m);
			else if (str_starts(m, STR_LIT("HTTP/1.1 101")))
				stream_start(s);
			else
				ws_cut(&s->ws);
			if (s->ws.fd < 0)
				break;
		}
		while (s->ws.up && ws_message(&s->ws, &m)) {
			if (s->kind == AGENT_SIDE)
				agent_hears(b, s, m);
			else
				caller_hears(b, s, m);
		}
	}
	if (s->ws.fd < 0 && s->kind == CALLER_SIDE)
		b->broken++;
}

static void serve(struct bench *b, int64_t until)
{
	struct epoll_event e[512];
	struct timespec wait;
	int64_t left = until - clock_mono_us();
	int n;

	wait = (struct timespec){0, left <= 0 ? 0 : left * 1000};
	n = epoll_pwait2(b->epoll, e, ARRAY_LEN(e), &wait, NULL);
	for (int i = 0; i < n; i++) {
		struct side *s;
		int fd;

		if (e[i].data.ptr != NULL) {
			told(b, e[i].data.ptr, e[i].events);
			continue;
		}
		while ((fd = accept4(b->door, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC)) >= 0) {
			s = xcalloc(1, sizeof *s);
			s->kind = AGENT_SIDE;
			s->call = -1;
			ws_open(&s->ws, fd, b->epoll, s, false);
		}
	}
}

/* Sends what is due, reads what is there. The calls take turns, so their frames are spread evenly
 * over the 20 ms. */
static void carry(struct bench *b, int64_t until)
{
	int64_t now, due;

	if (b->began_us == 0)
		b->began_us = clock_mono_us();
	while ((now = clock_mono_us()) < until) {
		while ((due = b->began_us + b->turn * FRAME_US / b->calls) <= now) {
			struct side *s = &b->callers[b->turn++ % b->calls];

			if (s->started && s->ws.fd >= 0)
				frame_send(b, s, due);
		}
		serve(b, due < now + 200 ? now + 200 : due);
	}
}

struct moment {
	struct usage usage;
	double steal_s;
	int64_t us;
	uint64_t up, down;
};
static struct moment moment_now(const struct bench *b)
{
	return (struct moment){usage_of(b->pid), usage_steal_s(), clock_mono_us(), b->up_n,
			       b->down_n};
}

static bool calls_up(struct bench *b)
{
	int64_t until = clock_mono_us() + UP_US;

	for (int i = 0; i < b->calls; i++) {
		struct side *s = &b->callers[i];
		char caller[20];

		s->call = i;
		s->ws.fd = -1;
		snprintf(s->sid, sizeof s->sid, "CA%08x%024d", (unsigned)clock_mono_us(), i);
		snprintf(caller, sizeof caller, CALLER, i);
		if (b->plain == NULL && !call_webhook(&b->hook, s->sid, caller, s->url,
						      sizeof s->url, s->token, sizeof s->token))
			return false;
	}
	for (int i = 0; i < b->calls; i++) {
		stream_open(b, i);
		carry(b, clock_mono_us() + 5000); /* 200 calls a second */
	}
	while (b->up + b->broken < b->calls && clock_mono_us() < until)
		carry(b, clock_mono_us() + 10000);
	return b->up == b->calls;
}

static void report(struct bench *b, const struct moment *from, const struct moment *to,
		   uint64_t rss)
{
	double window = (double)(to->us - from->us) / 1e6,
	       cpu = to->usage.cpu_s - from->usage.cpu_s;

	printf("calls=%d\nbroken=%d\nlost=%" PRIu64 "\ncrossed=%" PRIu64 "\n", b->up, b->broken,
	       b->lost, b->crossed);
	printf("frames_per_s=%.0f\n", (double)(to->up - from->up + to->down - from->down) / window);
	printf("cpu_percent=%.2f\ncall_cpu_percent=%.4f\n", cpu * 100 / window,
	       cpu * 100 / window / b->calls);
	printf("call_kb=%.2f\n", ((double)to->usage.rss_kb - (double)rss) / b->calls);
	printf("to_agent_p50_ms=%.3f\nto_agent_p99_ms=%.3f\n", latency_ms(&b->to_agent, 0.5),
	       latency_ms(&b->to_agent, 0.99));
	printf("to_caller_p50_ms=%.3f\nto_caller_p99_ms=%.3f\n", latency_ms(&b->to_caller, 0.5),
	       latency_ms(&b->to_caller, 0.99));
	printf("late_p99_ms=%.3f\n", latency_ms(&b->late, 0.99));
	printf("steal_percent=%.1f\n", (to->steal_s - from->steal_s) * 100 / window);
}

static NO_RETURN void usage(void)
{
	fputs("calls --port N --agent-port N [options]\n"
	      "  --calls N (400)  --secs S (5)  --warm S (2)  --pid N  account this process\n"
	      "  --to NUMBER  --account AC...  --token T  --public-url URL\n"
	      "  --plain PATH   no webhook: the stream begins there\n",
	      stderr);
	exit(2);
}

static int number(const char *text, int min, int max)
{
	int64_t n;

	if (!str_int(str_of(text), min, max, &n))
		usage();
	return (int)n;
}

static void options_read(struct bench *b, int argc, char **argv)
{
	static const struct option known[] = {
		{"port", 1, NULL, 'p'},  {"agent-port", 1, NULL, 'e'}, {"calls", 1, NULL, 'n'},
		{"secs", 1, NULL, 's'},  {"warm", 1, NULL, 'w'},       {"pid", 1, NULL, 'i'},
		{"to", 1, NULL, 'o'},    {"account", 1, NULL, 'a'},    {"token", 1, NULL, 't'},
		{"plain", 1, NULL, 'l'}, {"public-url", 1, NULL, 'u'}, {NULL, 0, NULL, 0},
	};
	int c;

	while ((c = getopt_long(argc, argv, "", known, NULL)) != -1) {
		switch (c) {
		case 'p': b->port = number(optarg, 1, 65535); break;
		case 'e': b->agent_port = number(optarg, 1, 65535); break;
		case 'n': b->calls = number(optarg, 1, CALLS_MAX); break;
		case 's': b->secs = number(optarg, 1, 3600); break;
		case 'w': b->warm = number(optarg, 0, 60); break;
		case 'i': b->pid = number(optarg, 1, INT32_MAX); break;
		case 'o': b->hook.to = optarg; break;
		case 'a': b->hook.account = optarg; break;
		case 't': b->hook.token = optarg; break;
		case 'l': b->plain = optarg; break;
		case 'u': b->hook.public_url = optarg; break;
		default: usage();
		}
	}
	if (b->port == 0 || b->agent_port == 0 || optind != argc)
		usage();
	b->hook.port = b->port;
}

int main(int argc, char **argv)
{
	struct bench b = {.calls = 400, .secs = 5, .warm = 2};
	struct epoll_event listening = {.events = EPOLLIN};
	struct rlimit files = {16384, 16384};
	struct moment from, to;
	uint64_t rss;
	bool all;

	options_read(&b, argc, argv);
	(void)!setrlimit(RLIMIT_NOFILE, &files);
	b.epoll = epoll_create1(EPOLL_CLOEXEC);
	b.door = ws_listen(b.agent_port);
	(void)!epoll_ctl(b.epoll, EPOLL_CTL_ADD, b.door, &listening);
	b.callers = xcalloc((size_t)b.calls, sizeof *b.callers);
	rss = usage_of(b.pid).rss_kb;
	all = calls_up(&b);
	carry(&b, clock_mono_us() + b.warm * INT64_C(1000000));
	b.measuring = true;
	from = moment_now(&b);
	carry(&b, clock_mono_us() + b.secs * INT64_C(1000000));
	to = moment_now(&b);
	b.measuring = false;
	report(&b, &from, &to, rss);
	return all && b.broken == 0 && b.lost == 0 && b.crossed == 0 ? 0 : 1;
}
