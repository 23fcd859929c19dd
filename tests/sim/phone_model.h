/*
 * phone_model.h - the handset's state, and the one function that changes it. Keys, answers of the
 * line and new window sizes are all messages; what the handset wants done leaves as a wish, and
 * the screen changes when the line tells that it happened.
 *
 *   phone_model     messages, the input line, what the conversation holds
 *   phone_command   a line that was entered: a command, words to say, a text
 *   phone_call      calls: which one is on, which one rings
 *   phone_news      what the line tells, as messages
 */
#ifndef SWITCHBACK_TESTS_SIM_PHONE_MODEL_H
#define SWITCHBACK_TESTS_SIM_PHONE_MODEL_H

#include "shared/phone.h"
#include "tests/sim/sids.h"
#include "tests/sim/words.h"

#define PHONE_STORES_MAX 64
#define PHONE_CALLS_MAX  8
#define PHONE_TEXTS_MAX  500
#define PHONE_INPUT_MAX  6400 /* bytes: 1600 characters of four */
#define PHONE_NUMBER     40

enum phone_key {
	PHONE_KEY_CHAR, /* code is the character */
	PHONE_KEY_ENTER,
	PHONE_KEY_TAB,
	PHONE_KEY_LEFT,
	PHONE_KEY_RIGHT,
	PHONE_KEY_UP,
	PHONE_KEY_HOME,
	PHONE_KEY_END,
	PHONE_KEY_BACKSPACE,
	PHONE_KEY_DELETE,
	PHONE_KEY_PAGE_UP,
	PHONE_KEY_PAGE_DOWN,
	PHONE_KEY_LINE_WIPE, /* Ctrl-U */
	PHONE_KEY_WORD_WIPE, /* Ctrl-W */
	PHONE_KEY_HELP,
	PHONE_KEY_ESCAPE,
	PHONE_KEY_QUIT, /* Ctrl-C */
};

struct phone_store {
	char number[PHONE_MAX];
	char name[80];
};

/* What stands in the conversation. */
enum phone_text_kind {
	PHONE_TEXTED,
	PHONE_SPOKEN, /* words of a call */
	PHONE_PRESSED,
	PHONE_PLAYED, /* a sound: its address, or digits */
	PHONE_NOTED,  /* what happened in a call: the line's words */
};

struct phone_text {
	enum phone_text_kind kind;
	char sid[SIM_SID + 12];   /* of a line of a call: the call's, and its number there */
	char store[PHONE_NUMBER]; /* the other side */
	char who[24];             /* says it, when it is not the store */
	char state[16];           /* the line's word: sent delivered unanswered ... */
	char *body;               /* owned */
	int64_t at_us;
	uint64_t seq;
	unsigned media_n;
	bool mine, carrier;
	bool cut; /* somebody was interrupted here */
};

enum phone_call_state {
	PHONE_CALL_QUEUED, /* on its way to us: nothing rings yet */
	PHONE_CALL_RINGING,
	PHONE_CALL_CONNECTED,
	PHONE_CALL_COMPLETED, /* from here on it is over */
	PHONE_CALL_BUSY,
	PHONE_CALL_FAILED,
	PHONE_CALL_NO_ANSWER,
	PHONE_CALL_CANCELED,
};

struct phone_call {
	char sid[SIM_SID];
	char store[PHONE_NUMBER];
	enum phone_call_state state;
	int64_t answered_us, ended_us; /* 0: not yet */
	bool incoming;
	bool left; /* we hung up or declined */
};

enum phone_wish_kind {
	PHONE_WISH_SEND,
	PHONE_WISH_FOLLOW,
	PHONE_WISH_CALL,
	PHONE_WISH_SAY,   /* body */
	PHONE_WISH_PRESS, /* body */
	PHONE_WISH_ANSWER,
	PHONE_WISH_DECLINE,
	PHONE_WISH_HANG_UP,
};

struct phone_wish {
	enum phone_wish_kind kind;
	char to[PHONE_NUMBER];
	char call[SIM_SID];
	char body[PHONE_INPUT_MAX];
	char file[256]; /* of a picture; "-" is the sample */
	bool picture;
};

#define PHONE_WISHES_MAX 8

enum phone_link { PHONE_CONNECTING, PHONE_UP, PHONE_DOWN };

struct phone {
	int rows, cols;
	bool ascii, french, help, quit;
	enum phone_link link;
	char number[PHONE_NUMBER]; /* our own */
	struct phone_store stores[PHONE_STORES_MAX];
	size_t stores_n, store; /* store: the one we text */
	struct phone_text *texts;
	size_t texts_n;
	char input[PHONE_INPUT_MAX];
	size_t input_n, cursor;
	char last[PHONE_INPUT_MAX];               /* sent before: Up brings it back */
	int scroll;                               /* lines from the newest */
	int scroll_max;                           /* set by the view */
	int help_top, help_max;                   /* the same for the help, from its beginning */
	struct phone_call calls[PHONE_CALLS_MAX]; /* in the order in which they came */
	size_t calls_n;
	int64_t now_us; /* as it was last told: for the time of a call */
	bool calling;   /* a call was wished for and is not there yet */
	bool unsaid;    /* the call ended while this line was written */
	bool bell;      /* a call has begun to ring; whoever rings it takes this back */
	char notice[200];
	bool notice_warns;
	struct phone_wish *wishes; /* room for PHONE_WISHES_MAX */
	size_t wishes_n;
	bool dirty;
};

enum phone_msg_kind {
	PHONE_MSG_KEY,
	PHONE_MSG_RESIZE,
	PHONE_MSG_STORE, /* one more number of the line */
	PHONE_MSG_TEXT,  /* a text or a line of a call is new, or its state is */
	PHONE_MSG_CALL,  /* a call is new, or its state is */
	PHONE_MSG_TICK,  /* now_us: it is later */
	PHONE_MSG_LINK,
	PHONE_MSG_NOTICE, /* text: something went wrong */
};

struct phone_msg {
	enum phone_msg_kind kind;
	enum phone_key key;
	uint32_t code;
	bool more; /* KEY: further keys wait (a paste): Enter is then a line break */
	int rows, cols;
	enum phone_link link;
	const struct phone_store *store;
	const struct phone_text *text; /* body is copied */
	const struct phone_call *call;
	int64_t now_us;
	const char *notice;
};

void phone_init(struct phone *p, const char *number, bool french, bool ascii);
void phone_clear(struct phone *p);
void phone_update(struct phone *p, const struct phone_msg *m);
/* The number that a text would go to, "" if there is none. */
const char *phone_store_number(const struct phone *p);

#endif
