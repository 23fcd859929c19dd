/*
 * lines.h - a thread as the lines that are shown: wrapped, with heads, days, markers and the read
 * marker. Scrolling counts these lines, and the view draws them, so both see the same.
 */
#ifndef SWITCHBACK_TUI_MODEL_LINES_H
#define SWITCHBACK_TUI_MODEL_LINES_H

#include "shared/str.h"
#include "tui/model/thread.h"
#include "tui/model/when.h"

enum line_kind {
	LINE_GAP,
	LINE_TOP,    /* the beginning, or that there is more above */
	LINE_DAY,    /* at is in that day */
	LINE_UNSEEN, /* new since you looked */
	LINE_HEAD,   /* who and when */
	LINE_BODY,   /* text: a piece of the words */
	LINE_LINK,   /* text: an address, or a piece of one */
	LINE_MEDIA,  /* pictures whose addresses are not known yet */
	LINE_WHY,    /* text: a piece of why it did not arrive; first: the front */
	LINE_MARKER, /* what happened between the words: text */
};

struct line {
	enum line_kind kind;
	uint32_t entry;  /* its place in the thread */
	struct str text; /* borrowed from the thread, good until it changes */
	int16_t nth;     /* among the lines of its entry, from 0 */
	bool first;      /* of its kind in this entry */
};

struct lines {
	struct line *at;
	size_t n, cap;
};

/* All lines of the thread in so many columns. */
void lines_build(struct lines *l, const struct thread *t, const struct when *when, int cols,
		 bool plain);
void lines_clear(struct lines *l);

/* Where the pane begins, so that `rows` lines show: the end when the thread is followed, else its
 * anchor. */
size_t lines_top(const struct lines *l, const struct thread *t, int rows);
/* Makes line `top` the first of the pane: follows when that is the end. */
void lines_anchor(const struct lines *l, struct thread *t, int64_t top, int rows);
/* Can this status be shown as something that went wrong? */
bool delivery_failed(enum delivery d);

#endif
