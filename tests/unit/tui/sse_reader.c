/*
 * sse_reader.c - events out of a stream, however it is cut into pieces.
 */
#include "tui/link/sse_reader.h"

#include <criterion/criterion.h>
#include <jansson.h>

#include "shared/base64.h"
#include "tests/support/net_peer.h"

#define EVENTS_MAX 64

struct heard {
	json_t *events;
};

static void on_event(void *to, const struct sse_event *e)
{
	struct heard *h = to;

	json_array_append_new(h->events,
			      json_pack("{s:s%,s:s%,s:s%}", "id", e->id.p, e->id.n, "event",
					e->name.p, e->name.n, "data", e->data.p, e->data.n));
}

/* The stream in pieces of `chop` bytes, from the first `front` bytes on. */
static json_t *read_in(struct str stream, size_t front, size_t chop, int64_t *retry)
{
	struct heard h = {json_array()};
	struct sse_reader s;

	sse_reader_init(&s, on_event, &h);
	cr_assert(sse_reader_feed(&s, str_sub(stream, 0, front)));
	for (size_t at = front; at < stream.n; at += chop)
		cr_assert(sse_reader_feed(&s, str_sub(stream, at, chop)));
	*retry = s.retry_ms;
	sse_reader_clear(&s);
	return h.events;
}

static void wanted_is_there(const char *name, const json_t *wanted, const json_t *got,
			    int64_t retry)
{
	cr_assert_eq(json_array_size(got), json_array_size(wanted), "%s: %zu events, not %zu", name,
		     json_array_size(got), json_array_size(wanted));
	for (size_t i = 0; i < json_array_size(wanted); i++) {
		json_t *w = json_array_get(wanted, i), *g = json_array_get(got, i), *value;
		const char *member;

		json_object_foreach(w, member, value)
		{
			if (strcmp(member, "retry") == 0)
				cr_assert_eq(retry, json_integer_value(value), "%s: retry", name);
			else
				cr_assert(json_equal(value, json_object_get(g, member)),
					  "%s: event %zu: %s is \"%s\"", name, i, member,
					  json_string_value(json_object_get(g, member)));
		}
	}
}

static void case_holds(const char *name, struct str stream, const json_t *wanted)
{
	for (size_t front = 0; front <= stream.n && front < 300; front++) {
		static const size_t chops[] = {1, 2, 3, 7, 1 << 20};

		for (size_t i = 0; i < ARRAY_LEN(chops); i++) {
			int64_t retry;
			json_t *got;

			if (front > 0 && i + 1 < ARRAY_LEN(chops))
				continue; /* two pieces, split anywhere; or many equal ones */
			got = read_in(stream, front, chops[i], &retry);
			wanted_is_there(name, wanted, got, retry);
			json_decref(got);
		}
	}
}

Test(sse_reader, reads_what_browsers_read_in_any_pieces)
{
	const char *path = net_shared("corpora/sse/eventstream.json");
	json_t *all, *one;
	size_t i;

	if (path == NULL)
		cr_skip_test("skipped: the corpus of event streams is not here");
	all = json_load_file(path, JSON_ALLOW_NUL, NULL);
	cr_assert_not_null(all);
	cr_assert_gt(json_array_size(json_object_get(all, "cases")), 10);
	json_array_foreach(json_object_get(all, "cases"), i, one)
	{
		const char *b64 = json_string_value(json_object_get(one, "stream_b64"));
		unsigned char *bytes = xmalloc(strlen(b64));
		size_t n;

		cr_assert(base64_read(str_of(b64), bytes, strlen(b64), &n));
		case_holds(json_string_value(json_object_get(one, "name")),
			   str_make((const char *)bytes, n), json_object_get(one, "events"));
		free(bytes);
	}
	json_decref(all);
}

Test(sse_reader, reads_the_services_own_lines)
{
	json_t *wanted = json_pack("[{s:s,s:s,s:s},{s:s,s:s,s:s}]", "id", "", "event", "connection",
				   "data", "{\"a\":1}", "id", "8", "event", "message.received",
				   "data", "\xc3\xa9t\xc3\xa9");

	case_holds("ours",
		   STR_LIT("event: connection\ndata: {\"a\":1}\n\n: heartbeat\n\nid: 8\nevent: "
			   "message.received\ndata: \xc3\xa9t\xc3\xa9\n\n"),
		   wanted);
	json_decref(wanted);
}

Test(sse_reader, gives_up_what_is_too_long)
{
	static const char *const starts[] = {"data: ", ": ", "id: ", "event: ", ""};
	char piece[4096];

	memset(piece, 'x', sizeof piece);
	for (size_t i = 0; i < ARRAY_LEN(starts); i++) {
		struct heard h = {json_array()};
		struct sse_reader s;
		bool good;
		size_t fed = 0;

		sse_reader_init(&s, on_event, &h);
		good = sse_reader_feed(&s, str_of(starts[i]));
		while (good && fed < 4u * SSE_DATA_MAX) {
			good = sse_reader_feed(&s, str_make(piece, sizeof piece));
			fed += sizeof piece;
		}
		cr_expect(!good, "%s", starts[i]);
		cr_expect_lt(fed, 2u * SSE_DATA_MAX);
		cr_expect(!sse_reader_feed(&s, STR_LIT("\n\n")), "once broken, always");
		cr_expect_eq(json_array_size(h.events), 0);
		sse_reader_restart(&s);
		cr_expect(sse_reader_feed(&s, STR_LIT("data: again\n\n")), "a new stream");
		cr_expect_eq(json_array_size(h.events), 1);
		sse_reader_clear(&s);
		json_decref(h.events);
	}
}

Test(sse_reader, bounds_an_event_of_many_short_lines)
{
	struct heard h = {json_array()};
	struct sse_reader s;
	bool good = true;

	sse_reader_init(&s, on_event, &h);
	for (size_t fed = 0; good && fed < 4u * SSE_DATA_MAX; fed += 16)
		good = sse_reader_feed(&s, STR_LIT("data:0123456789\n"));
	cr_expect(!good);
	sse_reader_clear(&s);
	json_decref(h.events);
}
