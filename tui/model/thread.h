/*
 * thread.h - what was said in one conversation, as far as the console has read it: entries by
 * position, each once, whether they came with a page or with an event. A few threads are kept, so
 * that going back to one shows it at once.
 */
#ifndef SWITCHBACK_TUI_MODEL_THREAD_H
#define SWITCHBACK_TUI_MODEL_THREAD_H

#include "shared/wire/event.h"

struct entry {
	char id[WIRE_ID];
	int64_t position, created_at;
	char *author_name, *body; /* body is never NULL */
	char *error_en, *error_fr;
	char **links; /* pictures and files */
	size_t links_n, media_n;
	int64_t error_code;
	uint8_t author, kind, direction, status, language;
	bool redacted;
};

struct thread {
	char id[WIRE_ID];
	struct entry *at;
	size_t n, cap;
	char *older; /* cursor to older entries; NULL: there are none */
	bool loaded; /* the newest page has come */
	bool asked;  /* ... is on its way */
	bool older_asked;
	int64_t as_of;    /* the newest event that is in it */
	int64_t seen;     /* position up to which it was looked at; 0: never */
	int64_t mark;     /* the read marker stands behind this position; 0: no marker */
	bool follow;      /* the newest is shown */
	int64_t anchor;   /* else: position of the entry at the top of the pane, */
	int anchor_line;  /* and which of its lines */
	int fresh;        /* entries that came below what is shown */
	uint64_t stamp;   /* rises with every change of the entries */
	uint64_t used;    /* when it was last opened, for keeping the newest few */
	char *partial[2]; /* what the agent, the customer is saying on a call just now; NULL:
			     nothing */
};

#define THREADS_MAX 12

struct threads {
	struct thread at[THREADS_MAX];
	size_t n;
	uint64_t clock;
};

void threads_clear(struct threads *t);
struct thread *threads_find(struct threads *t, const char *id);
/* The thread, made when it is not there; the one not used for longest goes for it. */
struct thread *threads_open(struct threads *t, const char *id);

/* The entry of a position, or NULL. */
struct entry *thread_entry(const struct thread *t, int64_t position);
struct entry *thread_entry_of(const struct thread *t, const char *id);
/* Makes room for the entry of a position: as new, or the one that is there. */
struct entry *thread_take(struct thread *t, int64_t position, bool *is_new);
void entry_read(struct entry *e, const struct wire_message *m);
void entry_hear(struct entry *e, const struct wire_event *event);

#endif
