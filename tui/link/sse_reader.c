/*
 * sse_reader.c - see sse_reader.h.
 */
#include "tui/link/sse_reader.h"

void sse_reader_init(struct sse_reader *s,
		     void (*on_event)(void *to, const struct sse_event *event), void *to)
{
	*s = (struct sse_reader){.on_event = on_event, .to = to, .retry_ms = -1};
	buf_init(&s->line, SSE_DATA_MAX + SSE_NAME_MAX);
	buf_init(&s->data, SSE_DATA_MAX);
	buf_init(&s->name, SSE_NAME_MAX);
	buf_init(&s->id, SSE_NAME_MAX);
}

void sse_reader_restart(struct sse_reader *s)
{
	buf_reset(&s->line);
	buf_reset(&s->data);
	buf_reset(&s->name);
	s->start = 0;
	s->had_data = s->had_cr = s->broken = false;
}

void sse_reader_clear(struct sse_reader *s)
{
	buf_clear(&s->line);
	buf_clear(&s->data);
	buf_clear(&s->name);
	buf_clear(&s->id);
}

static void event_ended(struct sse_reader *s)
{
	struct sse_event event = {.id = buf_str(&s->id), .name = buf_str(&s->name)};

	if (s->had_data) {
		event.data = str_sub(buf_str(&s->data), 0, s->data.n - 1);
		if (event.name.n == 0)
			event.name = STR_LIT("message");
		s->on_event(s->to, &event);
	}
	buf_reset(&s->data);
	buf_reset(&s->name);
	s->had_data = false;
}

static void replaced(struct sse_reader *s, struct buf *b, struct str value)
{
	buf_reset(b);
	if (!buf_add_str(b, value))
		s->broken = true;
}

static void field_came(struct sse_reader *s, struct str name, struct str value)
{
	int64_t ms;

	if (str_is(name, "data")) {
		s->had_data = true;
		if (!buf_add_str(&s->data, value) || !buf_add_char(&s->data, '\n'))
			s->broken = true;
	} else if (str_is(name, "event")) {
		replaced(s, &s->name, value);
	} else if (str_is(name, "id")) {
		if (str_find_char(value, '\0') < 0)
			replaced(s, &s->id, value);
	} else if (str_is(name, "retry")) {
		/* digits only: a sign or a blank makes it no number (the standard) */
		if (value.n > 0 && value.p[0] != '-' && str_int(value, 0, INT32_MAX, &ms))
			s->retry_ms = ms;
	}
}

static void line_ended(struct sse_reader *s)
{
	struct str rest = buf_str(&s->line), name;

	if (rest.n == 0) {
		event_ended(s);
	} else if (rest.p[0] != ':') {
		name = str_cut(&rest, ':');
		if (rest.n > 0 && rest.p[0] == ' ')
			rest = str_sub(rest, 1, rest.n);
		field_came(s, name, rest);
	}
	buf_reset(&s->line);
}

/* Past the byte order mark that a stream may begin with, in whatever pieces it comes. */
static struct str after_mark(struct sse_reader *s, struct str bytes)
{
	static const char mark[] = "\xef\xbb\xbf";

	while (s->start < 3 && bytes.n > 0) {
		if (bytes.p[0] != mark[s->start]) {
			if (!buf_add(&s->line, mark, s->start))
				s->broken = true;
			s->start = 3;
			return bytes;
		}
		s->start++;
		bytes = str_sub(bytes, 1, bytes.n);
	}
	return bytes;
}

bool sse_reader_feed(struct sse_reader *s, struct str bytes)
{
	bytes = after_mark(s, bytes);
	while (bytes.n > 0 && !s->broken) {
		size_t n = 0;

		if (s->had_cr && bytes.p[0] == '\n')
			bytes = str_sub(bytes, 1, bytes.n);
		s->had_cr = false;
		while (n < bytes.n && bytes.p[n] != '\n' && bytes.p[n] != '\r')
			n++;
		if (!buf_add(&s->line, bytes.p, n))
			s->broken = true;
		if (n == bytes.n || s->broken)
			break;
		s->had_cr = bytes.p[n] == '\r';
		bytes = str_sub(bytes, n + 1, bytes.n);
		line_ended(s);
	}
	return !s->broken;
}
