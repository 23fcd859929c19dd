/*
 * edit.h - a text being typed: characters in and out at a cursor that never stands inside one.
 *
 * The text is valid UTF-8 as long as what is put in is; it is as long as its limit in characters
 * allows. Moving up and down follows the lines as they are shown, so those two need the width.
 */
#ifndef SWITCHBACK_TUI_MODEL_EDIT_H
#define SWITCHBACK_TUI_MODEL_EDIT_H

#include "shared/str.h"

struct edit {
	char *text; /* owned; ends in NUL; NULL while empty */
	size_t n, cap;
	size_t at;    /* the cursor, in bytes */
	size_t limit; /* most characters; 0: 1600 */
};

#define EDIT_LIMIT 1600

void edit_clear(struct edit *e); /* frees; overwrites first */
void edit_set(struct edit *e, struct str text);
struct str edit_text(const struct edit *e);

/* Puts text in at the cursor; what is over the limit is left out: then false. */
bool edit_put(struct edit *e, struct str text);
bool edit_put_code(struct edit *e, uint32_t code);

void edit_left(struct edit *e);
void edit_right(struct edit *e);
void edit_line_start(struct edit *e);
void edit_line_end(struct edit *e);
/* One shown line up or down; false when there is none. */
bool edit_up(struct edit *e, int cols, bool plain);
bool edit_down(struct edit *e, int cols, bool plain);

void edit_rub(struct edit *e);       /* the character before */
void edit_delete(struct edit *e);    /* the one after */
void edit_word_wipe(struct edit *e); /* the word before */
void edit_line_wipe(struct edit *e); /* from the start of the line */

/* The shown lines: where each begins, at most `max`; returns how many there are (at least 1). The
 * cursor's line and column go to *row and *col. */
struct edit_line {
	size_t from, n;
};
size_t edit_lines(const struct edit *e, int cols, bool plain, struct edit_line *out, size_t max,
		  size_t *row, int *col);

#endif
