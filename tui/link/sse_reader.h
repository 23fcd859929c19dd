/*
 * sse_reader.h - text/event-stream taken apart (WHATWG HTML, "Interpreting an event stream"): bytes
 * in any pieces go in, whole events come out, one at a time.
 *
 * Bounded: a line or an event's data of more than SSE_DATA_MAX bytes, and an event name or id of
 * more than SSE_NAME_MAX, ends the stream as broken; a client has no use for half an event.
 */
#ifndef SWITCHBACK_TUI_LINK_SSE_READER_H
#define SWITCHBACK_TUI_LINK_SSE_READER_H

#include "shared/buf.h"

#define SSE_DATA_MAX (1024u * 1024u)
#define SSE_NAME_MAX 256u

/* Borrowed for the call. */
struct sse_event {
	struct str id;   /* the last id seen so far, of this event or an earlier one */
	struct str name; /* "message" where the stream gave none */
	struct str data; /* the data lines, joined with LF */
};

struct sse_reader {
	void (*on_event)(void *to, const struct sse_event *event);
	void *to;
	struct buf line;               /* the line that is coming in */
	struct buf data;               /* of the event that is coming in, each line with its LF */
	struct buf name, id;           /* its name; the last id */
	int64_t retry_ms;              /* the server's wish; -1: none */
	size_t start;                  /* how much of a byte order mark has been seen; 3: past it */
	bool had_data, had_cr, broken; /* a CR ended the last line: an LF now belongs to it */
};

void sse_reader_init(struct sse_reader *s,
		     void (*on_event)(void *to, const struct sse_event *event), void *to);
/* For a new stream; last id and retry stay. */
void sse_reader_restart(struct sse_reader *s);
void sse_reader_clear(struct sse_reader *s);

/* False when the stream is broken (a bound was passed, now or before): cut it. */
MUST_USE
bool sse_reader_feed(struct sse_reader *s, struct str bytes);

#endif
