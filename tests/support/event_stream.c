/*
 * event_stream.c - see event_stream.h.
 */
#include "tests/support/event_stream.h"

#define LINE_MAX_BYTES (64u << 20)

void event_stream_init(struct event_stream *s, void (*seen)(void *with, const struct event_seen *e),
		       void *with)
{
	struct buf *all[] = {&s->line, &s->data, &s->type, &s->id, &s->last_id};

	*s = (struct event_stream){.seen = seen, .with = with, .retry = -1};
	for (size_t i = 0; i < ARRAY_LEN(all); i++)
		buf_init(all[i], LINE_MAX_BYTES);
}

void event_stream_clear(struct event_stream *s)
{
	struct buf *all[] = {&s->line, &s->data, &s->type, &s->id, &s->last_id};

	for (size_t i = 0; i < ARRAY_LEN(all); i++)
		buf_clear(all[i]);
}

static void dispatch(struct event_stream *s)
{
	struct event_seen e;

	if (s->has_id) {
		buf_reset(&s->last_id);
		buf_add_str(&s->last_id, buf_str(&s->id));
	}
	if (s->data.n > 0) {
		e.data = str_sub(buf_str(&s->data), 0, s->data.n - 1); /* its last line end */
		e.type = s->type.n > 0 ? buf_str(&s->type) : STR_LIT("message");
		e.id = buf_str(&s->last_id);
		e.has_id = s->has_id;
		s->seen(s->with, &e);
	}
	buf_reset(&s->data);
	buf_reset(&s->type);
	s->has_id = false;
}

static void field(struct event_stream *s, struct str name, struct str value)
{
	int64_t ms;

	if (str_is(name, "data")) {
		buf_add_str(&s->data, value);
		buf_add_char(&s->data, '\n');
	} else if (str_is(name, "event")) {
		buf_reset(&s->type);
		buf_add_str(&s->type, value);
	} else if (str_is(name, "id") && str_find_char(value, '\0') < 0) {
		buf_reset(&s->id);
		buf_add_str(&s->id, value);
		s->has_id = true;
	} else if (str_is(name, "retry") && value.n > 0 && value.p[0] >= '0' &&
		   str_int(value, 0, INT64_MAX, &ms)) {
		s->retry = ms;
	}
}

static void line_done(struct event_stream *s)
{
	struct str value = buf_str(&s->line), name;

	if (!s->begun && str_starts(value, STR_LIT("\xEF\xBB\xBF")))
		value = str_sub(value, 3, value.n - 3);
	s->begun = true;
	if (value.n == 0) {
		dispatch(s);
	} else if (value.p[0] == ':') {
		s->comments++;
	} else {
		name = str_cut(&value, ':');
		if (value.n > 0 && value.p[0] == ' ')
			value = str_sub(value, 1, value.n - 1);
		field(s, name, value);
	}
	buf_reset(&s->line);
}

void event_stream_feed(struct event_stream *s, struct str bytes)
{
	const char *p = bytes.p, *end = bytes.p + bytes.n;

	while (p < end) {
		const char *at = p;

		if (*p == '\n' && s->after_cr) {
			s->after_cr = false;
			p++;
			continue;
		}
		while (at < end && *at != '\n' && *at != '\r')
			at++;
		buf_add(&s->line, p, (size_t)(at - p));
		s->after_cr = at < end && *at == '\r';
		p = at + (at < end);
		if (at < end)
			line_done(s);
	}
}
