/*
 * stream.h - a console's side of the event stream in a test: connects, keeps count, comes back with
 * the last number that it has.
 */
#ifndef SWITCHBACK_TESTS_SUPPORT_STREAM_H
#define SWITCHBACK_TESTS_SUPPORT_STREAM_H

#include "tests/support/event_stream.h"

#define STREAM_TYPES_TEXT 400

struct stream {
	int port;
	const char *token;
	char path[200];
	bool filtered; /* numbers may have gaps: one customer's */
	/* over all its connections */
	int64_t have; /* the last number; -1: nothing yet */
	uint64_t events;
	unsigned missed, twice; /* numbers passed over, numbers that were there already */
	void (*seen)(void *with, const struct event_seen *e);
	void *with;
	/* of the running connection */
	int fd; /* -1: none */
	int status;
	bool head, connected, ended, reset;
	int64_t newest;    /* said by the event `connection` */
	char closing[100]; /* data of the event `closing` */
	char session_ended[300];
	char types[STREAM_TYPES_TEXT]; /* of the events, each followed by a blank */
	char text[600];                /* head, or what was answered instead of a stream */
	struct event_stream in;
};

void stream_init(struct stream *s, int port, const char *token, const char *path);
void stream_clear(struct stream *s);
/* Connects and asks, from s->have on if there is one. */
void stream_open(struct stream *s);
/* The same with headers of the test's own ("Name: value\r\n"). */
void stream_open_with(struct stream *s, const char *headers);
/* Closes: with a reset, or as everybody does. */
void stream_close(struct stream *s, bool reset);
/* Reads what there is on any of them, waiting up to ms for the first byte. */
void stream_read(struct stream **all, size_t n, unsigned ms);
/* Reads until done(s) or ms have passed; says which. */
bool stream_until(struct stream *s, bool (*done)(const struct stream *s, int64_t with),
		  int64_t with, unsigned ms);
bool stream_connected(const struct stream *s, int64_t unused);
bool stream_has(const struct stream *s, int64_t seq); /* this number or a later one */
bool stream_ended(const struct stream *s, int64_t unused);
bool stream_answered(const struct stream *s, int64_t unused);

#endif
