/*
 * outgoing.h - what the console wants done. model_update() leaves wishes in the model; the app
 * takes them out (wishes_take) after each turn and hands them to link/. Nothing on the screen
 * changes because of a wish: it changes when the answer or the event comes back.
 *
 * Link owns the HTTP: tokens, their renewal, the Idempotency-Key of each command. `again` names an
 * earlier wish of the same content of which nobody knows whether it was done: its key is used anew.
 */
#ifndef SWITCHBACK_TUI_MODEL_OUTGOING_H
#define SWITCHBACK_TUI_MODEL_OUTGOING_H

#include "shared/str.h"

#define OUT_ID 37 /* a UUID and its NUL */

enum outgoing_kind {
	OUT_SIGN_IN,  /* organization, email, text: the password, wiped by outgoing_clear */
	OUT_SIGN_OUT, /* ends the session at the service; answered by SIGNED_OUT */
	OUT_FOLLOW,   /* (re)open the stream after event number `after` */

	OUT_LIST,       /* filter, cursor, limit: answered by LIST */
	OUT_THREAD,     /* conversation_id: answered by THREAD */
	OUT_OLDER,      /* conversation_id, cursor: answered by OLDER */
	OUT_CUSTOMERS,  /* text: what was typed; answered by CUSTOMERS */
	OUT_FACTS,      /* customer_id: answered by FACTS */
	OUT_COLLEAGUES, /* answered by COLLEAGUES */

	/* commands: answered by DONE or REFUSED */
	OUT_TAKE_OVER, /* conversation_id, epoch, force, text: the reason when forced; `by` of a
			  call */
	OUT_REPLY,     /* conversation_id, epoch, text, language or "" */
	OUT_NOTE,      /* conversation_id, text */
	OUT_WHISPER,   /* conversation_id, text */
	OUT_HAND_BACK, /* conversation_id, epoch */
	OUT_CLOSE,     /* conversation_id, epoch */
	/* within a call */
	OUT_HOLD,        /* conversation_id, epoch, on */
	OUT_MUTE,        /* conversation_id, on */
	OUT_VOICEMAIL,   /* conversation_id, epoch */
	OUT_HANG_UP,     /* conversation_id, epoch */
	OUT_CALL_BACK,   /* conversation_id */
	OUT_TRANSFER,    /* conversation_id, epoch, user_id */
	OUT_PICKUP_CALL, /* customer_id: called because an order of theirs is ready */
	OUT_NEW_TEXT,    /* customer_id or phone_number, text, language or "" */

	OUT_SAVE_DRAFT, /* conversation_id (or "new:" and a customer or number), text; "" takes it
			   away. On this machine only; not answered */
	OUT_QUIT,       /* leave the console: the terminal is given back, the session kept */
	OUT_SUSPEND,    /* Ctrl-Z */
	OUT_REDRAW,     /* Ctrl-L: paint everything anew */
	OUT_MOUSE,      /* turn the mouse on (on) or off */
};

enum list_filter {
	FILTER_OPEN,   /* ?state=open */
	FILTER_CLOSED, /* ?state=closed */
	FILTER_SEARCH, /* ?state=all&q=text */
};

struct outgoing {
	enum outgoing_kind kind;
	uint32_t id;    /* from 1; an answer carries it */
	uint32_t again; /* 0: a new wish */
	char conversation_id[48];
	char customer_id[OUT_ID];
	char user_id[OUT_ID]; /* TRANSFER: the colleague */
	char phone_number[20];
	char language[3];
	const char *by; /* TAKE_OVER of a call: "typing" or "phone"; NULL: it is a thread */
	int64_t epoch;
	int64_t after; /* FOLLOW */
	enum list_filter filter;
	int limit;
	bool force, on;
	char *text;         /* owned; NULL: none */
	char *cursor;       /* owned; NULL: the first page */
	char *organization; /* owned */
	char *email;        /* owned */
};

struct wishes; /* the wishes that wait, oldest first */

struct wishes *wishes_new(void);
void wishes_free(struct wishes *w);
/* A zeroed wish of that kind with its id, to be filled in; good until the next call. */
struct outgoing *wishes_add(struct wishes *w, enum outgoing_kind kind);
/* The oldest wish; the caller then owns it and calls outgoing_clear(). false: none waits. */
bool wishes_take(struct wishes *w, struct outgoing *out);
/* Frees what it owns; text is overwritten first. */
void outgoing_clear(struct outgoing *w);

#endif
