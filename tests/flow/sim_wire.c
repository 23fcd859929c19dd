/* What the practice line's own wires carry: WebSockets in both roles, and speech that can be read.
 */
#include <criterion/criterion.h>
#include <sys/socket.h>
#include <unistd.h>

#include "server/core/loop.h"
#include "shared/arena.h"
#include "tests/sim/speech.h"
#include "tests/sim/ws.h"
#include "tests/sim/ws_frame.h"

/* ---- speech ---- */

struct ear {
	struct sim_speech_ear ear;
	struct buf words;
	unsigned blocks, lost;
	size_t silent, noisy;
	uint32_t voice, to;
};

static void on_block(void *self, const struct sim_speech_block *b, unsigned lost)
{
	struct ear *e = self;

	e->blocks++;
	e->lost += lost;
	e->voice = b->voice;
	e->to = b->to;
	buf_add(&e->words, b->text, b->n);
}

static void on_rest(void *self, size_t n, bool noise)
{
	struct ear *e = self;

	*(noise ? &e->noisy : &e->silent) += n;
}

static const struct sim_speech_heard heard = {on_block, on_rest};

static void say(struct buf *out, const char *text, unsigned rate, uint32_t voice)
{
	unsigned count = sim_speech_count(str_of(text), rate);
	struct sim_speech_block b = {.voice = voice, .to = 7, .utterance = 1};
	unsigned char bytes[SIM_SPEECH_BLOCK];

	for (unsigned i = 0; i < count; i++) {
		sim_speech_block_cut(str_of(text), i, count, &b);
		sim_speech_block_write(&b, bytes);
		buf_add(out, bytes, sizeof bytes);
	}
}

Test(sim_speech, is_heard_as_it_was_said_however_it_is_cut)
{
	static const char text[] = "Bonjour, mon v\u00e9lo est-il pr\u00eat? \U0001F6B2";
	static const size_t pieces[] = {1, 7, 159, 160, 161, 4000, 100000};
	struct buf audio = {0};
	unsigned char quiet[333];

	sim_speech_silence(quiet, sizeof quiet);
	buf_add(&audio, quiet, sizeof quiet);
	say(&audio, text, 15, 99);
	buf_add(&audio, "noise!", 6);
	buf_add(&audio, quiet, sizeof quiet);
	for (size_t p = 0; p < ARRAY_LEN(pieces); p++) {
		struct ear e = {0};

		for (size_t at = 0; at < audio.n; at += pieces[p])
			sim_speech_hear(&e.ear, (unsigned char *)audio.p + at,
					size_min(pieces[p], audio.n - at), &heard, &e);
		cr_expect_str_eq(buf_cstr(&e.words), text, "pieces of %zu", pieces[p]);
		cr_expect(e.silent == 2 * sizeof quiet && e.noisy == 6 && e.lost == 0,
			  "pieces of %zu: %zu %zu %u", pieces[p], e.silent, e.noisy, e.lost);
		cr_expect(e.voice == 99 && e.to == 7);
		buf_clear(&e.words);
	}
	buf_clear(&audio);
}

Test(sim_speech, a_block_that_is_missing_or_damaged_is_noticed)
{
	struct buf audio = {0};
	struct ear e = {0};

	say(&audio, "one two three four", 15, 1);
	memmove(audio.p + 3 * SIM_SPEECH_BLOCK, audio.p + 5 * SIM_SPEECH_BLOCK,
		audio.n - 5 * SIM_SPEECH_BLOCK);
	audio.n -= 2 * SIM_SPEECH_BLOCK;
	audio.p[SIM_SPEECH_BLOCK + 20] ^= 1;
	sim_speech_hear(&e.ear, (unsigned char *)audio.p, audio.n, &heard, &e);
	cr_expect_eq(e.lost, 3);
	cr_expect_eq(e.noisy, SIM_SPEECH_BLOCK);
	buf_clear(&e.words);
	buf_clear(&audio);
}

Test(sim_speech, takes_its_time)
{
	cr_expect_eq(sim_speech_count(STR_LIT("123456789012345"), 15), 50, "a second");
	cr_expect_eq(sim_speech_count(STR_LIT("a"), 15), 5, "a tenth at least");
	cr_expect_eq(sim_speech_count(str_make("", 0), 0), 5);
}

/* ---- frames ---- */

Test(sim_frame, what_is_no_websocket_is_refused_with_its_code)
{
	static const struct {
		const char *bytes;
		size_t n;
		enum ws_got got;
		unsigned code;
	} cases[] = {
		{"\x81\x02hi", 4, WS_FRAME, 0},
		{"\x81\x03hi", 4, WS_UNFINISHED, 0},
		{"\x81", 1, WS_UNFINISHED, 0},
		{"\x81\x7e\x00", 3, WS_UNFINISHED, 0},
		{"\xc1\x02hi", 4, WS_WRONG, 1002},
		{"\x83\x02hi", 4, WS_WRONG, 1002},
		{"\x81\x82mask\x05\x08", 8, WS_WRONG, 1002},
		{"\x09\x02hi", 4, WS_WRONG, 1002},
		{"\x89\x7e\x00\x80", 4, WS_WRONG, 1002},
		{"\x81\x7e\x04\x00", 4, WS_WRONG, 1009},
		{"\x81\x7f\xff\xff\xff\xff\xff\xff\xff\xff", 10, WS_WRONG, 1009},
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct ws_frame f;
		const char *why = "";
		unsigned code = 0;
		char bytes[16];
		size_t used = 0;

		memcpy(bytes, cases[i].bytes, cases[i].n);
		cr_expect_eq(sim_frame_read(bytes, cases[i].n, false, 1000, &f, &used, &why, &code),
			     cases[i].got, "%zu: %s", i, why);
		cr_expect_eq(code, cases[i].code, "%zu: %s", i, why);
	}
}

Test(sim_frame, goes_there_and_back_in_every_size)
{
	static const size_t sizes[] = {0, 1, 125, 126, 65535, 65536, 200000};

	for (size_t i = 0; i < ARRAY_LEN(sizes); i++) {
		struct buf payload = {0}, b = {0};
		const char *why;
		struct ws_frame f;
		unsigned code;
		size_t used;

		for (size_t k = 0; k < sizes[i]; k++)
			buf_add_char(&payload, (char)('a' + k % 26));
		sim_frame_write(&b, WS_TEXT, true, buf_str(&payload),
				(unsigned char *)"\x01\x80zq");
		cr_assert_eq(sim_frame_read(b.p, b.n, true, 1 << 20, &f, &used, &why, &code),
			     WS_FRAME);
		cr_expect(f.last && f.op == WS_TEXT && used == b.n);
		cr_expect(str_eq(f.payload, buf_str(&payload)), "%zu", sizes[i]);
		buf_clear(&payload);
		buf_clear(&b);
	}
}

/* ---- both roles over a real connection ---- */

struct side {
	struct sim_ws *ws;
	struct buf got;
	unsigned messages;
	bool opened, ended;
	struct sim_ws_end end;
	char why[130];
};

static struct loop loop;
static struct side server, client;
static int listener = -1;
static uv_poll_t accepting;

static void on_opened(struct sim_ws *ws, void *self)
{
	((struct side *)self)->ws = ws;
	((struct side *)self)->opened = true;
}

static void on_message(struct sim_ws *ws, void *self, bool text, struct str m)
{
	struct side *s = self;

	(void)ws;
	s->messages++;
	buf_printf(&s->got, "%s" STR_FMT "|", text ? "" : "binary ", STR_ARG(str_sub(m, 0, 40)));
}

static void on_ended(void *self, const struct sim_ws_end *end)
{
	struct side *s = self;

	s->ws = NULL;
	s->ended = true;
	s->end = *end;
	snprintf(s->why, sizeof s->why, "%s", end->why);
}

static const struct sim_ws_kind kind = {300000, on_opened, on_message, on_ended};

static uv_poll_t greeting;

/* The key is read as no server should: from where our own client puts it. */
static void on_greeting(uv_poll_t *h, int status, int events)
{
	char head[2000];
	int fd = -1;
	ssize_t n;

	(void)status;
	(void)events;
	uv_fileno((uv_handle_t *)h, &fd);
	n = recv(fd, head, sizeof head - 1, 0);
	cr_assert_gt(n, 0);
	head[n] = '\0';
	cr_expect(strstr(head, "X-Practice: yes\r\n") != NULL);
	uv_poll_stop(h);
	uv_close((uv_handle_t *)h, NULL);
	server.ws =
		sim_ws_accept(h->loop, fd, str_make(strstr(head, "Sec-WebSocket-Key: ") + 19, 24),
			      NULL, &kind, &server);
}

static void on_acceptable(uv_poll_t *h, int status, int events)
{
	(void)status;
	(void)events;
	uv_poll_init(h->loop, &greeting, accept(listener, NULL, NULL));
	uv_poll_start(&greeting, UV_READABLE, on_greeting);
}

static void open_both(void)
{
	struct sockaddr_in a = {.sin_family = AF_INET};
	struct sim_ws_field field = {"X-Practice", STR_LIT("yes")};
	struct sim_ws_url url;
	socklen_t n = sizeof a;
	char text[60];

	server = (struct side){0};
	client = (struct side){0};
	loop_open(&loop);
	cr_assert_eq(uv_ip4_addr("127.0.0.1", 0, &a), 0);
	listener = socket(AF_INET, SOCK_STREAM, 0);
	cr_assert_eq(bind(listener, (struct sockaddr *)&a, sizeof a), 0);
	cr_assert_eq(listen(listener, 5), 0);
	getsockname(listener, (struct sockaddr *)&a, &n);
	uv_poll_init(&loop.uv, &accepting, listener);
	uv_poll_start(&accepting, UV_READABLE, on_acceptable);
	snprintf(text, sizeof text, "ws://127.0.0.1:%d/a?b=c", ntohs(a.sin_port));
	cr_assert(sim_ws_url_read(str_of(text), &url));
	client.ws = sim_ws_connect(&loop.uv, &url, &field, 1, 5000, &kind, &client);
	while (!client.opened || !server.opened)
		uv_run(&loop.uv, UV_RUN_ONCE);
}

static void until(const bool *what)
{
	while (!*what)
		uv_run(&loop.uv, UV_RUN_ONCE);
}

static void close_both(void)
{
	if (client.ws != NULL)
		sim_ws_reset(client.ws);
	if (server.ws != NULL)
		sim_ws_reset(server.ws);
	uv_close((uv_handle_t *)&accepting, NULL);
	loop_let_go(&loop);
	loop_run(&loop);
	loop_close(&loop);
	close(listener);
	buf_clear(&client.got);
	buf_clear(&server.got);
}

TestSuite(sim_ws, .init = open_both, .fini = close_both, .timeout = 30);

Test(sim_ws, carries_messages_both_ways_and_closes_with_a_code)
{
	struct buf large = {0};

	for (int i = 0; i < 200000; i++)
		buf_add_char(&large, 'x');
	cr_expect(sim_ws_send(client.ws, true, STR_LIT("hello")));
	cr_expect(sim_ws_send(client.ws, false, STR_LIT("\1\2")));
	cr_expect(sim_ws_send(server.ws, true, buf_str(&large)));
	cr_expect(sim_ws_send_pieces(server.ws, STR_LIT("in three pieces"), 6));
	sim_ws_ping(client.ws);
	while (client.messages < 2 || server.messages < 2)
		uv_run(&loop.uv, UV_RUN_ONCE);
	cr_expect_str_eq(buf_cstr(&server.got), "hello|binary \1\2|");
	cr_expect(str_ends(buf_str(&client.got), STR_LIT("x|in three pieces|")));
	sim_ws_close(server.ws, 1008, "missing variables");
	cr_expect_not(sim_ws_send(server.ws, true, STR_LIT("too late")));
	until(&client.ended);
	until(&server.ended);
	cr_expect(client.end.how == SIM_WS_CLOSED && client.end.code == 1008 && !client.end.ours);
	cr_expect_str_eq(client.why, "missing variables");
	cr_expect(server.end.how == SIM_WS_CLOSED && server.end.code == 1008 && server.end.ours);
	buf_clear(&large);
}

Test(sim_ws, a_reset_is_seen_as_a_cut)
{
	sim_ws_reset(server.ws);
	until(&client.ended);
	until(&server.ended);
	cr_expect_eq(client.end.how, SIM_WS_CUT);
	cr_expect(server.end.ours && server.end.how == SIM_WS_CUT);
}

Test(sim_ws, one_that_is_frozen_is_given_up_after_a_close_without_answer)
{
	sim_ws_freeze(server.ws);
	sim_ws_close(client.ws, 1000, "");
	until(&client.ended);
	cr_expect(client.end.how == SIM_WS_CUT && client.end.ours);
}

Test(sim_ws, nobody_there_and_no_address_are_told_later)
{
	static const char *const urls[] = {"ws://127.0.0.1:1/", "ws://no.such.host.example/"};

	for (size_t i = 0; i < ARRAY_LEN(urls); i++) {
		struct side other = {0};
		struct sim_ws_url url;

		cr_assert(sim_ws_url_read(str_of(urls[i]), &url));
		sim_ws_connect(&loop.uv, &url, NULL, 0, 2000, &kind, &other);
		cr_expect_not(other.ended);
		until(&other.ended);
		cr_expect_eq(other.end.how, SIM_WS_NO_HOST, "%s", urls[i]);
		cr_expect_not(other.opened);
	}
}

Test(sim_ws_url, is_taken_apart)
{
	static const struct {
		const char *url;
		bool good, secure;
		const char *host;
		int port;
		const char *path;
	} cases[] = {
		{"wss://h.example/a/b?c=d#e", true, true, "h.example", 443, "/a/b?c=d"},
		{"ws://127.0.0.1:3001", true, false, "127.0.0.1", 3001, "/"},
		{"ws://[::1]:80/x", true, false, "::1", 80, "/x"},
		{"https://h.example/", false, false, "", 0, ""},
		{"ws://", false, false, "", 0, ""},
		{"ws://h:0/", false, false, "", 0, ""},
		{"ws://h:99999/", false, false, "", 0, ""},
		{"ws://h/a b", false, false, "", 0, ""},
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct sim_ws_url u;

		cr_expect_eq(sim_ws_url_read(str_of(cases[i].url), &u), cases[i].good, "%s",
			     cases[i].url);
		if (!cases[i].good)
			continue;
		cr_expect(u.secure == cases[i].secure && u.port == cases[i].port, "%s",
			  cases[i].url);
		cr_expect_str_eq(u.host, cases[i].host);
		cr_expect(str_is(u.path, cases[i].path), "%s", cases[i].url);
	}
}
