/*
 * uplink.h - the console's way to the service, whole: it takes the model's wishes and tells it what
 * came of them and what happens by itself.
 *
 * `tell` is called from uplink_start(), uplink_wish() and uplink_turn(), and must not call back in
 * here. Only uplink_wait() waits.
 */
#ifndef SWITCHBACK_TUI_LINK_UPLINK_H
#define SWITCHBACK_TUI_LINK_UPLINK_H

#include <poll.h>

#include "shared/err.h"
#include "tui/model/msg.h"
#include "tui/model/outgoing.h"

struct uplink;

struct uplink_options {
	const char *url;
	bool insecure_http;       /* plain http beyond this machine */
	const char *state_dir;    /* for drafts and the kept session; NULL: nothing is kept */
	bool stay_signed_in;      /* keep the session in a file for the next start */
	const char *organization; /* resume only a session of theirs; NULL: whoever's */
	const char *email;
	int64_t silent_ms, patience_ms; /* tests; 0: as is */
};

/* NULL: the address is none that may be used; the sentence says why. */
struct uplink *uplink_open(const struct uplink_options *o,
			   void (*tell)(void *to, const struct msg *m), void *to, struct err *err);
/* Ends everything, untold; drafts that wait are written first. */
void uplink_close(struct uplink *u);

/* Goes on with a kept session, if there is one: then SIGNED_IN or SIGNED_OUT follows. */
bool uplink_start(struct uplink *u);

/* Takes the wish over. False, and it stays the caller's: it is none of link's (OUT_QUIT, ...). */
bool uplink_wish(struct uplink *u, struct outgoing *wish);

/* Waits for the network, for one of the fds, or for timeout_ms (-1: as long as it takes). */
void uplink_wait(struct uplink *u, struct pollfd *fds, size_t n, int64_t timeout_ms);
void uplink_turn(struct uplink *u);

/* Before the end: a session that is not kept is signed out at the service, for which this waits at
 * most that long. */
void uplink_leave(struct uplink *u, int64_t max_ms);

#endif
