/*
 * model.h - all the state of the console, plain data, and the one function that changes it.
 *
 * Keys, answers, events of the stream, sizes and ticks are all messages (msg.h); what the console
 * wants done leaves as wishes (outgoing.h). The screen tells what the service has said, never what
 * we hope: it changes when an answer or an event comes. Views only read.
 *
 * Events count once: each has its number, and everything that was read knows the number it is true
 * at (as_of), so what came by a page is not counted again when its event arrives.
 */
#ifndef SWITCHBACK_TUI_MODEL_MODEL_H
#define SWITCHBACK_TUI_MODEL_MODEL_H

#include "shared/phone.h"
#include "shared/wire/customer.h"
#include "shared/wire/session.h"
#include "tui/draw/layout.h"
#include "tui/draw/look.h"
#include "tui/keys/action.h"
#include "tui/model/edit.h"
#include "tui/model/msg.h"
#include "tui/model/outgoing.h"
#include "tui/model/row.h"
#include "tui/model/thread.h"
#include "tui/model/when.h"

/* What the program is started with. Texts are copied. */
struct model_start {
	const char *url;          /* of the service, shown when signing in */
	const char *organization; /* what was used last; NULL or "" */
	const char *email;
	enum language language; /* of the screen until somebody has signed in; UNKNOWN: English */
	bool language_fixed;    /* ... and after, whatever the account says */
	bool plain;             /* ASCII only */
	bool mouse;
};

enum screen { SCREEN_SIGN_IN, SCREEN_MAIN };

enum field { FIELD_ORGANIZATION, FIELD_EMAIL, FIELD_PASSWORD, FIELDS };

struct sign_in {
	struct edit fields[FIELDS];
	enum field at;
	bool busy;
	bool restored;       /* a kept session is being tried */
	char refusal[300];   /* why the last try failed, or why the session ended */
	int64_t retry_at_ms; /* not before; 0: at once */
};

struct me {
	char user_id[WIRE_ID], session_id[WIRE_ID];
	char *name, *email, *organization, *slug;
	enum role_word role;
	char **permissions;
	size_t permissions_n;
};

/* Something under way: what an answer will be about. */
struct asked {
	uint32_t id; /* 0: free */
	enum outgoing_kind kind;
	enum list_filter filter;
	char conversation_id[48];
	char customer_id[WIRE_ID];
};
#define ASKED_MAX 64

enum mode {
	MODE_NONE,
	MODE_REPLY,
	MODE_NOTE,
	MODE_WHISPER,
	MODE_NEW,
	MODE_FORCE, /* why one takes it from a colleague */
};

#define DRAFT_KEY 48

struct draft {
	char key[DRAFT_KEY];
	char *text;
	uint32_t again; /* the wish whose fate nobody knows: this text goes under its key */
};

struct compose {
	enum mode mode; /* NONE: nothing is being written */
	char key[DRAFT_KEY];
	char conversation_id[WIRE_ID]; /* "" in MODE_NEW */
	char customer_id[WIRE_ID];     /* MODE_NEW: to whom, if the store knows them */
	char phone[20];                /* MODE_NEW: else the number */
	char *name;                    /* MODE_NEW: of the customer */
	enum language language;        /* of the text */
	struct edit edit;
	char *pasted;       /* waits for a yes */
	int64_t save_at_ms; /* 0: all is saved */
};

/* A text on its way: three seconds in which it can be taken back, then until the service answers.
 */
struct going {
	enum mode mode; /* NONE: free */
	int64_t at_ms;  /* when it goes */
	uint32_t wish;  /* 0: it waits */
	uint32_t again;
	char key[DRAFT_KEY], conversation_id[WIRE_ID], customer_id[WIRE_ID], phone[20];
	int64_t epoch;
	enum language language;
	char *text;
};
#define GOING_MAX     8
#define GOING_WAIT_MS 3000

/* The customers that a search found. */
struct find {
	bool open;
	bool to_write; /* the one chosen gets a new text */
	struct edit edit;
	int64_t ask_at_ms; /* 0: the answer fits what is typed */
	uint32_t wish;     /* the newest question */
	bool answered;
	struct found {
		char id[WIRE_ID];
		char *name, *phone, *email;
		bool opted_out, blocked;
	} * at;
	size_t n, cursor;
	char chosen[WIRE_ID]; /* whose conversations are being asked for */
};

/* Whom a call is passed on to. */
struct pick {
	bool open, answered;
	char conversation_id[WIRE_ID];
	struct colleague {
		char id[WIRE_ID];
		char *name;
		enum role_word role;
	} * at;
	size_t n, cursor;
};

struct fact_order {
	char *number, *status, *items;
	int64_t placed_at;
};

struct fact_appointment {
	char *service, *status;
	int64_t starts_at;
};

/* The customer of the conversation that is open. */
struct facts {
	char customer_id[WIRE_ID];
	bool loaded, asked, changed;
	char *name, *phone, *email, *notes;
	enum language language;
	bool language_chosen, blocked, opted_out;
	int64_t since;
	struct fact_order *orders;
	size_t orders_n;
	struct fact_appointment *appointments;
	size_t appointments_n;
	int scroll;
};

enum question {
	ASK_NOTHING,
	ASK_CLOSE,
	ASK_HANG_UP,
	ASK_VOICEMAIL,
	ASK_CALL_BACK,
	ASK_PICKUP_CALL,
	ASK_QUIT,
	ASK_SIGN_OUT,
	ASK_PASTE,
};

struct confirm {
	enum question question;
	char conversation_id[WIRE_ID];
	char text[300]; /* the question, naming whom */
};

struct notice {
	char text[400]; /* "": none */
	enum look look;
	int64_t since_ms;
	int64_t until_ms; /* 0: until the next key */
};

struct list {
	enum tab tab;
	uint32_t cursor[TABS]; /* a row's place, or ROW_NONE */
	size_t position[TABS]; /* where it stood, for when it leaves the tab */
	int line[TABS];        /* its line in the pane: it stays there when others move */
	bool closed_asked, loading;
	bool first; /* the first page of a (re)load is awaited: from its number on events count */
	int64_t retry_at_ms; /* when the list, or the open thread, is asked for again; 0: not */
	int64_t look_at_ms;  /* when the conversation under the cursor is to be shown; 0: it is */
};

struct model {
	struct model_start start;
	int rows, cols;
	int64_t mono_ms, wall_us;
	int64_t skew_us; /* the service's clock minus ours */
	enum language language;
	enum screen screen;
	bool dirty; /* something that shows has changed: draw */
	bool mouse;
	enum pane focus;
	bool zoomed;

	struct sign_in sign_in;
	struct me me;

	enum link_state link;
	int64_t heard_ms;    /* when the service last said something */
	int64_t retry_at_ms; /* LINK_LOST */
	int64_t known;       /* the newest event that was counted */
	int64_t newest;      /* what there is to catch up with */
	int64_t lost_known;  /* where we stood when the line was lost */
	/* counting: `known` is a number of the service's, be it 0; loaded: the list is there */
	bool counting, caught_up, following, loaded;
	int64_t reload_as_of; /* rows older than this are gone after a reload */

	struct rows all;
	struct list list;
	struct threads threads;
	char open[WIRE_ID]; /* the conversation in the thread pane; "": none */
	struct facts facts;
	struct compose compose;
	struct going going[GOING_MAX];
	struct draft *drafts;
	size_t drafts_n;
	struct find find;
	struct pick pick;
	struct confirm confirm;
	bool help;
	int help_scroll;
	struct notice notice;

	struct asked asked[ASKED_MAX];
	size_t asked_next;
	struct wishes *wishes;
};

void model_init(struct model *m, const struct model_start *start, int rows, int cols);
void model_clear(struct model *m);
void model_update(struct model *m, const struct msg *msg);
/* The program is about to end: what was typed and is not kept yet leaves as wishes
 * (OUT_SAVE_DRAFT). */
void model_leave(struct model *m);
/* The monotonic time at which it wants a MSG_TICK, at the latest a minute from its last message. */
int64_t model_wakes_at(const struct model *m);

/* ---- what views read ---- */

int64_t model_now_us(const struct model *m);
struct when model_when(const struct model *m);
struct layout model_layout(const struct model *m);
/* Where the keys go: one IN_ flag. */
unsigned model_where(const struct model *m);
/* Where they would go if help were not open. */
unsigned model_where_under(const struct model *m);
/* May the action be done now; if not, *why is the sentence that says so (WORD_NONE: it just does
 * not apply here, and is not offered). */
bool model_may(const struct model *m, enum action a, enum word *why);
/* The conversation that keys act upon: the open one, in the list the one under the cursor. NULL:
 * none. */
const struct row *model_row(const struct model *m);
/* The open one. */
const struct row *model_open_row(const struct model *m);
struct thread *model_thread(const struct model *m);
/* Its name for people: the customer's, else the number, else the word for an unknown sender. */
const char *model_name(const struct model *m, const struct row *row, char room[24]);
bool model_is_mine(const struct model *m, const struct row *row);
/* The conversation's customer, or whom the composer writes to, has asked for no texts. */
bool model_opted_out(const struct model *m, const struct row *row);
/* The first visible position of the tab, for a list of so many rows. */
size_t model_list_top(const struct model *m, int visible);
/* The text that waits to go, or NULL. */
const struct going *model_waiting(const struct model *m);
/* The draft kept under a key, or NULL. */
const struct draft *model_draft(const struct model *m, const char *key);
const struct draft *model_row_draft(const struct model *m, const struct row *row);
/* What was typed as a number that a text can go to: "416 555 0123" is one of this continent. */
MUST_USE
bool find_number(const struct find *f, char out[PHONE_MAX]);
/* Rows of the list pane a conversation takes: 1 in a wide one, 2 in a narrow one. */
int model_row_height(int cols);

#endif
