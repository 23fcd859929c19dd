/*
 * follow.h - one follower of the event stream, as a console is one, and its cuts.
 *
 * A parser of its own, so that it does not share a mistake with the programs under test: the answer
 * (chunked or not) becomes lines, and of the lines only "id:" and "event:" matter, for what is
 * counted is whether each number comes once, in order, whatever happens to the line.
 */
#ifndef SWITCHBACK_TESTS_STORM_FOLLOW_H
#define SWITCHBACK_TESTS_STORM_FOLLOW_H

#include "shared/base.h"

#define LINE_ROOM 8192

struct follower {
	int store; /* which sign-in */
	int fd;    /* -1: not connected */
	bool frozen;
	int64_t wake_us; /* not connected: connect then. Frozen: read on then. Else: the next cut */
	int cuts_left;
	/* the answer */
	int status; /* 0: not seen yet */
	bool in_body, chunked;
	int chunk_state; /* 0 size, 1 data, 2 the line end after it, 3 the end */
	uint64_t chunk_left;
	char line[LINE_ROOM];
	size_t line_n;
	bool line_long;
	/* the event that is arriving */
	uint64_t id;
	bool has_id, is_connection;
	uint64_t announced; /* last_event of `connection` */
	/* what is known */
	bool started;
	uint64_t seen; /* the last number */
	uint64_t events, missed, twice, resumed, gone, refused, connections;
};

/* Connects (loopback: at once) and asks for the stream, after `seen` if it has begun. False when
 * nobody listens; the follower stays unconnected. */
MUST_USE
bool follower_connect(struct follower *f, const char *host, int port, const char *token);
/* Reads what is there. False: the stream has ended. */
MUST_USE
bool follower_read(struct follower *f);
/* Leaves the connection: politely, with a reset, or by forgetting it (returns the descriptor, which
 * stays open and unread; else -1). */
enum cut { CUT_CLOSE, CUT_RESET, CUT_FORGET };
int follower_cut(struct follower *f, enum cut how);

/* Signs in; the access token into out. False when it is refused or nobody answers. */
MUST_USE
bool sign_in(const char *host, int port, const char *organization, const char *email,
	     const char *password, char *out, size_t room);

#endif
