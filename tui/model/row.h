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

struct row {
	char id[WIRE_ID], customer_id[WIRE_ID], holder_user_id[WIRE_ID];
	char *customer_name, *holder_name, *peer; /* NULL where not known */
	char *preview;                            /* the newest words, shortened */
	char *closed_by;
	struct row_wish *wish; /* NULL: none */
	int64_t epoch, last_position, answered_position, unread;
	int64_t last_message_at, last_customer_at, waiting_since, waited_since, holder_since;
	int64_t opened_at, closed_at, promise_due_at;
	int64_t preview_position;
	int64_t as_of;  /* the newest event that is in it */
	uint32_t chain; /* the next row of its bucket */
	uint8_t channel, state, holder, language, contact_class, preview_author, preview_kind;
	bool language_chosen, undelivered, used;
	bool partial; /* told of by events only: names and counts are still to be asked for */
	bool asked;   /* ... and that was done */
	bool drafted; /* a draft of ours waits */
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
void row_read(struct row *row, const struct wire_conversation *c);
void row_preview(struct row *row, int64_t position, enum author author, enum message_kind kind,
		 struct str body);
struct row_wish *row_wish_of(struct row *row); /* made when there is none */
void row_wish_drop(struct row *row);

/* A person is wanted and nobody has it. */
bool row_wants_person(const struct row *row);
/* Since when somebody waits; 0: nobody does. */
int64_t row_waits_since(const struct row *row);

/* Where the row stands in the tab, or would stand; *found says which. */
size_t tab_find(const struct rows *r, enum tab tab, uint32_t at, bool *found);

/* Replaces an owned text; NULL or "" frees it. */
void text_set(char **owned, const char *text);

#endif
