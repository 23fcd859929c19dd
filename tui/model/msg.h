/*
 * msg.h - everything that can happen to the console: a key, a new size, a tick of the clock, what
 * the service answered and what it tells by itself. model_update() takes one after the other.
 *
 * A message and all that it points to is borrowed for the call; the model copies what it keeps.
 * Text from the service is as it came: it becomes safe where it becomes cells (tui/draw/cells.h).
 *
 * An answer carries the id of the wish (outgoing.h) that asked for it, so that an answer to a
 * question nobody has any more is dropped.
 */
#ifndef SWITCHBACK_TUI_MODEL_MSG_H
#define SWITCHBACK_TUI_MODEL_MSG_H

#include "shared/str.h"

/* What the service says, read from JSON (shared/wire). */
struct wire_conversation;
struct wire_message;
struct wire_customer;
struct wire_user;
struct wire_order;
struct wire_appointment;
struct wire_event;
struct wire_me;

enum press {
	PRESS_NONE, /* nothing: a zeroed key */
	PRESS_CHAR, /* code is the character */
	PRESS_CTRL, /* code is the letter, 'a'..'z', or one of \ ] ^ _ */
	PRESS_ENTER,
	PRESS_TAB,
	PRESS_BACKTAB,
	PRESS_ESCAPE,
	PRESS_UP,
	PRESS_DOWN,
	PRESS_LEFT,
	PRESS_RIGHT,
	PRESS_HOME,
	PRESS_END,
	PRESS_PAGE_UP,
	PRESS_PAGE_DOWN,
	PRESS_INSERT,
	PRESS_DELETE,
	PRESS_BACKSPACE,
	PRESS_FUNCTION, /* code is 1..12 */
};

struct key {
	enum press press;
	uint32_t code;
	bool alt;  /* Alt or Esc before it */
	bool more; /* further input was waiting already: an unmarked paste, perhaps */
};

enum link_state {
	LINK_NONE,       /* not signed in */
	LINK_CONNECTING, /* the stream is being opened, or opened again */
	LINK_LIVE, /* the stream's `connection` has come; newest says how far there is to catch up
		    */
	LINK_LOST, /* no connection; link tries again by itself */
	LINK_GONE, /* the service no longer has the events from there on (410): load anew */
};

enum msg_kind {
	/* from the terminal */
	MSG_KEY,
	MSG_PASTE,  /* text: a bracketed paste, whole */
	MSG_MOUSE,  /* row, col, wheel */
	MSG_RESIZE, /* rows, cols */
	MSG_TICK,   /* nothing but time; the app sends one when model_wakes_at() has come */

	/* about the session */
	MSG_SIGNED_IN, /* me; id is the wish's (OUT_SIGN_IN), or 0: a session that was kept is still
			  good */
	MSG_SIGNED_OUT, /* the session is over; problem->code says why (logout, revoked, disabled,
			   password, role, reuse, expired), empty: on our own wish */
	MSG_LINK,       /* link, newest, server_us, retry_s */

	/* answers to wishes; conversation_id and the like say about whom */
	MSG_LIST,   /* conversations, count, cursor, as_of */
	MSG_THREAD, /* conversations[0], messages oldest first, count, cursor (older ones), as_of */
	MSG_OLDER, /* messages of an earlier page, count, cursor, as_of: in any order of position */
	MSG_CUSTOMERS,  /* customers, count: what a search found */
	MSG_FACTS,      /* customers[0], orders, appointments, as_of */
	MSG_COLLEAGUES, /* colleagues, count */
	MSG_DONE,    /* a command was done: conversations[0] and messages[0] where there are such */
	MSG_REFUSED, /* a wish of any kind was refused, or could not be asked: problem; id 0: a
			sign-in with what the program was started with */
	MSG_DRAFT,   /* a kept draft: conversation_id, text; after MSG_SIGNED_IN, one each */

	/* by itself */
	MSG_EVENT, /* event, as the stream gave it, with its number */
};

/* Why something did not happen. */
struct problem {
	int status;       /* HTTP's; 0: there was no answer */
	struct str code;  /* "already_held", "stale_epoch", ..., as the service names it; ours when
			     status is 0: "unreachable" (surely not done), "unknown" (nobody knows
			     whether it was done: asking again must carry the same key) */
	struct str title; /* the service's sentence, English; "" when none */
	struct str holder_name; /* already_held, stale_epoch */
	struct str holder_user_id;
	int64_t holder_since_us; /* 0: not said */
	int64_t epoch;           /* the epoch that is in force; 0: not said */
	int retry_after_s;       /* 429, 503; 0: not said */
};

struct msg {
	enum msg_kind kind;
	int64_t mono_ms; /* the monotonic clock now: every message carries it */
	int64_t wall_us; /* this machine's wall clock now */

	uint32_t id; /* answers: the wish's */

	struct key key;
	struct str text;
	int rows, cols; /* RESIZE; MOUSE: where, from 0 */
	int wheel;      /* MOUSE: -1 up, 1 down, 0 a click */

	const struct wire_me *me;
	enum link_state link;
	int64_t newest;    /* LINK_LIVE: the newest event's number when the stream was opened */
	int64_t server_us; /* LINK_LIVE: the service's clock then; 0: not said */
	int retry_s;       /* LINK_LOST: seconds until link tries again */

	struct str conversation_id;
	const struct wire_conversation *conversations;
	const struct wire_message *messages;
	const struct wire_customer *customers;
	const struct wire_user *colleagues;
	const struct wire_order *orders;
	const struct wire_appointment *appointments;
	size_t count, orders_n, appointments_n;
	struct str cursor; /* of the next page (older ones); empty: there is none */
	int64_t as_of;     /* the number of the newest event that the answer has in it */

	const struct problem *problem;
	const struct wire_event *event;
};

#endif
