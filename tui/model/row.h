/*
 * row.h - the conversations that the console knows, and the tabs that show them in order.
 *
 * A row stays where it is in memory while it lives; a tab is a sorted array of row numbers, found
 * by binary search, so a change of one row among ten thousand moves a few kilobytes and nothing
 * else. To change a row: rows_lift() (out of the tabs, under its old order), change it,
 * rows_place().
 */
#ifndef SWITCHBACK_TUI_MODEL_ROW_H
#define SWITCHBACK_TUI_MODEL_ROW_H

#include "shared/uuid.h"
#include "shared/wire/conversation.h"

#define ROW_NONE UINT32_MAX

/* The conversation's request for a person. */
struct row_wish {
	char id[WIRE_ID];
	enum escalation_state state;
	char *reason, *reason_text; /* a code word; the customer's words, or NULL */
	int64_t requested_at, due_at;
	char claimed_by[WIRE_ID];
};

/* A colleague who holds conversations: told once, however many those are. */
struct row_holder {
	char id[WIRE_ID];
	char *name; /* NULL: not known */
};

/* What a row has in words; each may be missing. */
enum row_text {
	ROW_NAME, /* of the customer */
	ROW_PEER, /* the number, or what the carrier gave instead */
	ROW_SAID, /* the newest words, shortened */
	ROW_TEXTS
};

/* There are ten thousand of them: what is not shown is not kept, and ids are bytes. */
struct row {
	struct uuid id, customer_id; /* customer_id: all zero where the store knows nobody */
	char *texts;                 /* all of enum row_text, one behind the other; NULL: none */
	const struct row_holder *staff;
	struct row_wish *wish; /* NULL: none */
	int64_t epoch, last_message_at, waiting_since, waited_since, holder_since, closed_at;
	int64_t promise_due_at, said_position;
	int64_t as_of; /* the newest event that is in it */
	int32_t unread;
	uint32_t chain;  /* the next row of its bucket */
	int64_t call_at; /* when the call began; of channel voice */
	uint8_t channel, state, holder, language, contact_class, said_by, said_kind;
	uint8_t call; /* enum call_on; CALL_OTHER: no call that we know of */
	bool call_held : 1, call_muted : 1, call_rings : 1; /* rings: a staff phone does */
	bool call_blind : 1;                                /* no live transcript */
	bool undelivered : 1, used : 1;
	bool has_messages : 1;
	bool partial : 1; /* told of by events only: names and counts are still to be asked for */
	bool asked : 1;   /* ... and that was done */
	bool drafted : 1; /* a draft of ours waits */
};

enum tab { TAB_WAITING, TAB_MINE, TAB_ALL, TAB_CLOSED, TABS };

struct tab_order {
	uint32_t *at;
	size_t n, cap;
	size_t unread; /* rows with something unread */
};

struct rows {
	struct row *at;
	size_t n, cap; /* places used, free ones among them */
	size_t count;  /* rows */
	uint32_t *buckets;
	size_t buckets_n;
	uint32_t free; /* first free place */
	struct tab_order tabs[TABS];
	struct row_holder **holders;
	size_t holders_n;
	char me[WIRE_ID]; /* whose rows are in TAB_MINE */
};

void rows_init(struct rows *r);
/* Forgets all rows. */
void rows_clear(struct rows *r);

/* The place of a conversation, ROW_NONE when it is not known. */
uint32_t rows_find(const struct rows *r, const char *id);
/* A new row, in no tab yet. */
uint32_t rows_add(struct rows *r, const char *id);
void rows_remove(struct rows *r, uint32_t at);
void rows_lift(struct rows *r, uint32_t at);
void rows_place(struct rows *r, uint32_t at);

/* What the service said of a conversation goes into its row; lift and place are the caller's. */
void row_read(struct rows *r, struct row *row, const struct wire_conversation *c);
/* Its newest words, unless newer ones are there. */
void row_said_set(struct row *row, int64_t position, enum author author, enum message_kind kind,
		  struct str body);

/* NULL where there is none; good until the row changes. */
const char *row_text(const struct row *row, enum row_text which);
/* NULL or "": there is none. */
void row_text_set(struct row *row, enum row_text which, const char *text);
void row_id(const struct row *row, char out[WIRE_ID]);
void row_customer(const struct row *row, char out[WIRE_ID]); /* "": nobody */
void row_customer_set(struct row *row, const char *id);
/* Who has it, where staff do; an id of "" is nobody. */
void row_staff_set(struct rows *r, struct row *row, const char *id, const char *name);
bool row_is_held_by(const struct row *row, const char *id);
const char *row_staff_name(const struct row *row); /* NULL: not known */

struct row_wish *row_wish_of(struct row *row); /* made when there is none */
void row_wish_drop(struct row *row);

/* Somebody is on the line at this moment. */
bool row_is_live(const struct row *row);

/* A person is wanted and nobody has it. */
bool row_wants_person(const struct row *row);
/* Since when somebody waits; 0: nobody does. */
int64_t row_waits_since(const struct row *row);

/* Where the row stands in the tab, or would stand; *found says which. */
size_t tab_find(const struct rows *r, enum tab tab, uint32_t at, bool *found);

/* Replaces an owned text; NULL or "" frees it. */
void text_set(char **owned, const char *text);

#endif
