/*
 * stream.h - media streams of a call: a WebSocket to the service that carries what is heard
 * (twilio.md 5). Of a <Connect> in both directions, of a <Start> or the API in one.
 *
 *   stream       opens, sends a frame for each 20 ms, ends
 *   stream_in    what the service sends: the play buffer, marks, clears; strict about its form
 *   stream_report  all of that as JSON, for the journal and for GET /sim/streams/{sid}
 */
#ifndef SWITCHBACK_TESTS_SIM_VOICE_STREAM_H
#define SWITCHBACK_TESTS_SIM_VOICE_STREAM_H

#include "tests/sim/speech.h"
#include "tests/sim/voice/leg.h"
#include "tests/sim/voice/tree.h"
#include "tests/sim/ws.h"

#define SIM_STREAM_NAME   128
#define SIM_STREAM_EVENTS 2000
#define SIM_MARK_ROOM     512

enum sim_tracks { SIM_TRACK_INBOUND = 1, SIM_TRACK_OUTBOUND = 2, SIM_TRACK_BOTH = 3 };

/* What the service sent, and when; frames that come together are one. */
struct sim_stream_event {
	char kind;  /* 'm'edia, mar'k', 'c'lear */
	int64_t ms; /* since the stream began */
	int64_t last_ms;
	unsigned frames;
	size_t bytes;
	char name[40]; /* of a mark */
};

struct sim_stream_mark {
	char name[SIM_MARK_ROOM];
	uint64_t at; /* byte of the play buffer behind which it stands */
};

struct sim_stream_counts {
	uint64_t sent, sent_late, sent_dropped; /* media messages of ours */
	uint64_t messages;                      /* of the service, of every kind */
	uint64_t frames, bytes, marks, echoed, clears, bad;
	uint64_t cleared_bytes;                         /* thrown away by clears */
	uint64_t blocks, lost, doubled, crossed, noise; /* of the speech that was played */
	unsigned gaps, gap_ms; /* the play buffer ran dry within a sentence */
	unsigned late_max_ms;  /* how late our own clock was */
};

struct sim_stream {
	struct sim_stream *next;
	struct sim_leg *leg;
	char sid[SIM_SID], name[SIM_STREAM_NAME];
	bool both_ways;
	enum sim_tracks tracks;
	struct arena arena;
	struct str url, params; /* params: {"name":"value"} as JSON */
	char *callback;         /* NULL: nobody is told */
	bool callback_get;
	struct sim_ws *ws;
	bool open, over, error_told[3];
	int64_t asked_us, began_us, ended_us; /* monotonic, but for asked_us: wall */
	unsigned close_code;
	char problem[100];
	uint64_t sequence, chunk, ticks, said_messages; /* the last: of either direction */
	struct sim_timer *timer;
	struct sim_fault fault;
	int64_t late_until_ms, silent_until_ms;
	struct buf held; /* messages that a switch holds back, each with a NUL behind it */

	/* the places on the leg's tracks */
	size_t said, played;
	unsigned said_block, played_block;

	/* what is to be played */
	struct buf play;
	uint64_t queued, heard; /* bytes, of all that ever came */
	struct sim_stream_mark *marks;
	size_t marks_n, marks_cap;
	struct sim_speech_ear ear;
	struct sim_speech_block last; /* block that was played */
	bool speaking;                /* within a sentence */
	bool noisy, tone;             /* sound without words was heard; is heard now */
	bool waits;                   /* before that tone the person waited */
	size_t line;
	struct buf words; /* heard, not shown yet */
	int64_t words_ms;
	int dry_ms; /* the play buffer has been empty for so long */

	struct sim_stream_counts counts;
	struct sim_stream_event *events;
	size_t events_n;

	/* told once when a stream of both ways is over */
	void (*ended)(void *with);
	void *with;
};

struct sim_stream_ask {
	struct str url, name, params, callback;
	bool callback_get, both_ways;
	enum sim_tracks tracks;
	void (*ended)(void *with);
	void *with;
};

/* Opens one; the answer to an unusable URL is an alert and a stream that is over. */
struct sim_stream *sim_stream_start(struct sim_leg *leg, const struct sim_stream_ask *ask);
/* Says stop and closes; nobody is told that it ended but the callback. */
void sim_stream_stop(struct sim_stream *st);
/* By its SID or name; NULL when there is none. */
struct sim_stream *sim_stream_find(const struct sim_leg *leg, struct str name);
struct sim_stream *sim_stream_by_sid(const struct sim *s, struct str sid);

/* Of a leg: all of them. */
void sim_streams_stop(struct sim_leg *leg);
void sim_streams_free(struct sim_leg *leg);
bool sim_streams_busy(const struct sim_leg *leg); /* a socket is not closed yet */
void sim_streams_digit(struct sim_leg *leg, char digit);

/* ---- stream_in ---- */

void sim_stream_message(struct sim_stream *st, bool text, struct str m);
/* 20 ms of the play buffer are heard. */
void sim_stream_play(struct sim_stream *st);
/* What is being said breaks off. */
void sim_stream_silence(struct sim_stream *st);
/* A message of ours with the next sequence number: head is all before it, tail all behind. */
void sim_stream_send(struct sim_stream *st, const char *event, const char *tail);
/* One more message of either direction went by: switches may fire. False: the socket is gone. */
bool sim_stream_counted(struct sim_stream *st);
void sim_stream_error(struct sim_stream *st, int code, const char *why);

/* ---- stream_report ---- */

/* As an object of an array or a member; full: with its events. */
void sim_stream_write(const struct sim_stream *st, const char *name, bool full, struct buf *b);
void sim_stream_journal(struct sim_stream *st, bool opening);

#endif
