/*
 * event_stream.h - a reader of text/event-stream as the HTML standard has it (9.2.6), for tests:
 * what a client of any make would see. Fed in pieces of any size.
 */
#ifndef SWITCHBACK_TESTS_SUPPORT_EVENT_STREAM_H
#define SWITCHBACK_TESTS_SUPPORT_EVENT_STREAM_H

#include "shared/buf.h"

struct event_seen {
	struct str type; /* "message" when none was named */
	struct str data;
	struct str id; /* the last that was given, by this event or one before it */
	bool has_id;   /* by this one */
};

struct event_stream {
	void (*seen)(void *with, const struct event_seen *e);
	void *with;
	unsigned comments;
	int64_t retry; /* -1: never said */
	/* its own */
	struct buf line, data, type, id, last_id;
	bool begun, after_cr, has_id;
};

void event_stream_init(struct event_stream *s, void (*seen)(void *with, const struct event_seen *e),
		       void *with);
void event_stream_feed(struct event_stream *s, struct str bytes);
void event_stream_clear(struct event_stream *s);

#endif
