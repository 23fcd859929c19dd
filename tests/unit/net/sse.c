/*
 * sse.c - streams over real connections: what goes out first, what waits for a client that takes
 * its time, who is cut, heartbeats, the end. And the reader of the tests, held against the web
 * platform's own cases where they are present (sse/eventstream.json in the folder that
 * SWITCHBACK_SHARED names).
 */
#include "server/net/sse.h"

#include <criterion/criterion.h>
#include <jansson.h>
#include <sys/socket.h>
#include <unistd.h>

#include "shared/base64.h"
#include "shared/clock.h"
#include "tests/support/net_peer.h"
#include "tests/support/stream.h"

#define SOON_MS 5000

/* ---- the reader ---- */

static void listed(void *with, const struct event_seen *e)
{
	json_array_append_new(with, json_pack("{s:s%, s:s%, s:s%}", "data", e->data.p, e->data.n,
					      "event", e->type.p, e->type.n, "id",
					      e->id.p == NULL ? "" : e->id.p, e->id.n));
}

/* Feeds in pieces of n bytes (0: all) and compares. */
static void case_read(const json_t *c, struct str bytes, size_t n)
{
	const json_t *wanted = json_object_get(c, "events");
	json_t *got = json_array(), *one;
	struct event_stream s;
	size_t i;

	event_stream_init(&s, listed, got);
	for (size_t at = 0; at < bytes.n; at += n == 0 ? bytes.n : n)
		event_stream_feed(&s, str_sub(bytes, at, n == 0 ? bytes.n : n));
	cr_expect_eq(json_array_size(got), json_array_size(wanted), "%s in pieces of %zu",
		     json_string_value(json_object_get(c, "name")), n);
	json_array_foreach(wanted, i, one)
	{
		const char *key;
		json_t *value;

		json_object_foreach(one, key, value)
		{
			if (strcmp(key, "retry") == 0)
				cr_expect_eq(s.retry, json_integer_value(value));
			else
				cr_expect(json_equal(value,
						     json_object_get(json_array_get(got, i), key)),
					  "%s: %s of event %zu",
					  json_string_value(json_object_get(c, "name")), key, i);
		}
	}
	json_decref(got);
	event_stream_clear(&s);
}

Test(sse, the_tests_reader_reads_as_browsers_do)
{
	const char *path = net_shared("corpora/sse/eventstream.json");
	json_t *all = path == NULL ? NULL : json_load_file(path, JSON_ALLOW_NUL, NULL), *c;
	size_t i;

	if (all == NULL)
		cr_skip_test("skipped: the cases are not here");
	json_array_foreach(json_object_get(all, "cases"), i, c)
	{
		const char *text = json_string_value(json_object_get(c, "stream_b64"));
		unsigned char *bytes = xmalloc(strlen(text));
		size_t n = 0, pieces[] = {0, 1, 3};

		cr_assert(base64_read(str_of(text), bytes, strlen(text), &n));
		for (size_t k = 0; k < ARRAY_LEN(pieces); k++)
			case_read(c, str_make((const char *)bytes, n), pieces[k]);
		free(bytes);
	}
	cr_expect_gt(i, 10u);
	json_decref(all);
}

/* ---- the server ---- */

struct app {
	struct sse *stream; /* the last that was opened */
	unsigned opened, rooms, gone;
	enum sse_end how;
};

static void has_room(void *with)
{
	((struct app *)with)->rooms++;
}

static void is_gone(void *with, enum sse_end how)
{
	struct app *app = with;

	app->gone++;
	app->how = how;
	app->stream = NULL;
}

static const struct sse_owner owner = {has_room, is_gone};

static void begin(struct app *app, const struct web_request *r, struct ticket t)
{
	struct sse *s = sse_open(t, STR_LIT("event: connection\ndata: {\"last_event\":0}\n\n"),
				 &owner, app);

	(void)r;
	if (s != NULL) {
		app->stream = s;
		app->opened++;
	}
}

static struct ticket kept;

static void begin_later(struct app *app, const struct web_request *r, struct ticket t)
{
	(void)app;
	(void)r;
	kept = t;
}

static const struct route routes[] = {
	{.method = WEB_GET, .path = "/stream", .handle = begin},
	{.method = WEB_GET, .path = "/later", .handle = begin_later},
	{.path = NULL},
};

static struct app app;
static struct net_server *server;
static struct stream s;

static void start_with(struct web_options o)
{
	o.tables[0] = routes;
	app = (struct app){0};
	server = net_server_start(&o, &app);
	stream_init(&s, net_server_port(server), NULL, "/stream");
}

static void start(void)
{
	start_with((struct web_options){0});
}

static void stop(void)
{
	stream_clear(&s);
	if (server != NULL)
		net_server_stop(server);
}

TestSuite(stream, .init = start, .fini = stop, .timeout = 60);

static void restart_with(struct web_options o)
{
	stop();
	start_with(o);
}

struct send {
	size_t n, times;
	int64_t first;
	bool sent, waits;
};

static void do_send(struct web *w, struct loop *l, void *with)
{
	struct send *d = with;

	(void)w;
	(void)l;
	for (size_t i = 0; i < d->times && app.stream != NULL; i++) {
		struct sse_block *b = sse_block_new(d->n);
		int head = snprintf(b->p, d->n, "id: %" PRId64 "\ndata: ", d->first + (int64_t)i);

		memset(b->p + head, 'x', d->n - (size_t)head);
		memcpy(b->p + d->n - 2, "\n\n", 2);
		d->sent = sse_send(app.stream, b, 0, b->n);
		d->waits = d->sent && !sse_idle(app.stream);
		sse_block_drop(b);
	}
}

static void do_close(struct web *w, struct loop *l, void *with)
{
	(void)w;
	(void)l;
	if (app.stream != NULL)
		sse_close(app.stream, str_of(with));
	app.stream = NULL;
}

static void do_figures(struct web *w, struct loop *l, void *with)
{
	(void)l;
	sse_figures(w, with);
}

static void do_nothing(struct web *w, struct loop *l, void *with)
{
	(void)w;
	(void)l;
	(void)with;
}

static void connect_it(void)
{
	stream_open(&s);
	cr_assert(stream_until(&s, stream_connected, 0, SOON_MS), "%s", s.text);
}

static bool is_gone_by(unsigned ms)
{
	int64_t until = clock_mono_ms() + ms;

	while (app.gone == 0 && clock_mono_ms() < until) {
		net_server_do(server, do_nothing, NULL);
		usleep(1000);
	}
	return app.gone == 1;
}

Test(stream, goes_on_until_it_is_closed)
{
	struct send d = {.n = 100, .times = 50, .first = 1};

	connect_it();
	cr_expect(strstr(s.text, "Connection: close\r\n") != NULL);
	net_server_do(server, do_send, &d);
	cr_expect(stream_until(&s, stream_has, 50, SOON_MS));
	net_server_do(server, do_close, "event: closing\ndata: bye\n\n");
	cr_expect(stream_until(&s, stream_ended, 0, SOON_MS));
	cr_expect_str_eq(s.closing, "bye");
	cr_expect_not(s.reset);
	cr_expect_eq(s.events, 50u);
	cr_expect_eq(s.missed + s.twice, 0u);
	cr_expect_eq(app.gone, 0u, "its owner ended it: it is not told");
}

Test(stream, keeps_the_order_of_what_a_slow_client_has_not_taken)
{
	struct send d = {.n = 20000, .times = 1, .first = 1};

	connect_it();
	for (int round = 0; round < 3; round++) {
		for (d.waits = false; !d.waits; d.first++) /* until something waits here */
			net_server_do(server, do_send, &d);
		for (int i = 0; i < 3; i++, d.first++) /* and more behind it */
			net_server_do(server, do_send, &d);
		cr_assert(stream_until(&s, stream_has, d.first - 1, SOON_MS));
	}
	net_server_do(server, do_nothing, NULL);
	cr_expect_eq(app.rooms, 3u);
	cr_expect(stream_until(&s, stream_has, d.first - 1, SOON_MS));
	cr_expect_eq(s.missed + s.twice, 0u);
	cr_expect_eq(app.gone, 0u);
}

Test(stream, that_is_not_read_is_cut_and_tells_its_owner)
{
	struct send d = {.n = 64 * 1024, .times = 400, .first = 1, .sent = true};
	struct sse_figures f;

	connect_it();
	net_server_do(server, do_send, &d); /* 25 MB: more than kernel and queue hold */
	cr_expect_not(d.sent);
	cr_expect_eq(app.gone, 1u);
	cr_expect_eq(app.how, SSE_SLOW);
	net_server_do(server, do_figures, &f);
	cr_expect_eq(f.cut_slow, 1u);
	cr_expect_eq(f.open, 0u);
}

Test(stream, that_takes_nothing_for_a_while_is_cut)
{
	struct send d = {.n = 8 * 1024 * 1024, .times = 1, .first = 1};

	restart_with((struct web_options){.write_ms = 200});
	connect_it();
	net_server_do(server, do_send, &d); /* one piece may be larger than the queue */
	cr_expect(is_gone_by(SOON_MS));
	cr_expect_eq(app.how, SSE_SLOW);
}

Test(stream, notices_at_once_that_its_client_goes)
{
	for (int reset = 0; reset < 2; reset++) {
		app.gone = 0;
		connect_it();
		stream_close(&s, reset == 1);
		cr_expect(is_gone_by(1000), "reset %d", reset);
		cr_expect_eq(app.how, SSE_CLIENT);
	}
}

Test(stream, does_not_read_what_its_client_says)
{
	static const char request[] = "GET /stream HTTP/1.1\r\nHost: a\r\n\r\n";
	struct send d = {.n = 100, .times = 1, .first = 1};
	char flood[8192] = {0};

	s.fd = net_connect(s.port);
	cr_assert(net_send(s.fd,
			   STR_LIT("GET /stream HTTP/1.1\r\nHost: a\r\n\r\nGET /stream HTTP/1.1"
				   "\r\nHost: a\r\n\r\n"),
			   0)); /* a second request behind the first */
	cr_assert(stream_until(&s, stream_connected, 0, SOON_MS));
	cr_assert(net_send(s.fd, str_make(request, sizeof request - 1), 0));
	net_server_do(server, do_send, &d);
	cr_expect(stream_until(&s, stream_has, 1, SOON_MS));
	cr_expect_eq(app.opened, 1u);
	net_send(s.fd, str_make(flood, sizeof flood), 0);
	cr_expect(is_gone_by(SOON_MS), "it may say so much, and no more");
}

static void do_begin(struct web *w, struct loop *l, void *with)
{
	(void)w;
	(void)l;
	(void)with;
	begin(&app, NULL, kept);
}

Test(stream, may_begin_later_or_find_nobody)
{
	for (int gone = 0; gone < 2; gone++) {
		app.opened = 0;
		stream_init(&s, net_server_port(server), NULL, "/later");
		kept = (struct ticket){0};
		stream_open(&s);
		for (int i = 0; i < 1000 && kept.web == NULL; i++)
			net_server_do(server, do_nothing, NULL);
		if (gone)
			stream_close(&s, true);
		usleep(20000);
		net_server_do(server, do_begin, NULL);
		if (gone)
			cr_expect(app.opened == 0 || is_gone_by(SOON_MS));
		else
			cr_expect(stream_until(&s, stream_connected, 0, SOON_MS));
		stream_clear(&s);
	}
}

Test(stream, beats_its_heart)
{
	struct sse_figures f;

	restart_with((struct web_options){.heartbeat_ms = 300});
	connect_it();
	for (int64_t until = clock_mono_ms() + SOON_MS;
	     s.in.comments < 3 && clock_mono_ms() < until;)
		stream_read((struct stream *[]){&s}, 1, 100);
	cr_expect_geq(s.in.comments, 3u);
	net_server_do(server, do_figures, &f);
	cr_expect_geq(f.heartbeats, 3u);
}

Test(stream, has_limits_of_its_own)
{
	static struct net_answers a;
	struct stream more;

	restart_with((struct web_options){.streams_max = 1, .connections_max = 2});
	connect_it();
	stream_init(&more, s.port, NULL, "/stream");
	stream_open(&more);
	cr_expect(stream_until(&more, stream_answered, 0, SOON_MS));
	cr_expect_eq(more.status, 503);
	stream_clear(&more);
	/* and takes no place from a request */
	net_talk(s.port, STR_LIT("GET /no HTTP/1.1\r\nHost: a\r\n\r\n"), 0, 1, &a);
	cr_expect_eq(a.status[0], 404);
	cr_expect_eq(app.gone, 0u);
}

static bool drained;

static void is_drained(void *with)
{
	(void)with;
	drained = true;
}

static void do_drain(struct web *w, struct loop *l, void *with)
{
	(void)l;
	(void)with;
	web_drain(w, is_drained, NULL);
}

Test(stream, does_not_hold_up_a_drain)
{
	connect_it();
	net_server_do(server, do_drain, NULL);
	cr_expect(stream_until(&s, stream_ended, 0, SOON_MS));
	cr_expect_not(s.reset);
	cr_expect_eq(app.gone, 1u);
	cr_expect_eq(app.how, SSE_STOPPED);
	for (int i = 0; i < 1000 && !drained; i++) {
		net_server_do(server, do_nothing, NULL);
		usleep(1000);
	}
	cr_expect(drained);
}

Test(stream, ends_with_its_server)
{
	connect_it();
	net_server_stop(server);
	server = NULL;
	cr_expect_eq(app.gone, 1u);
}
