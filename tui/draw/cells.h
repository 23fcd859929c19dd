/*
 * cells.h - the screen as a grid of cells: what views draw, paint/ shows and tests read.
 *
 * Views write through an area, a rectangle of the grid that nothing can be written beside. Text
 * enters by area_put and its kin, which take it through text.h; there is no other way in. A wide
 * character never stands half outside its area, and what is written over half of one takes the
 * other half away.
 */
#ifndef SWITCHBACK_TUI_DRAW_CELLS_H
#define SWITCHBACK_TUI_DRAW_CELLS_H

#include "shared/buf.h"
#include "tui/draw/look.h"
#include "tui/draw/text.h"

struct cell {
	uint32_t c[GLYPH_CODES]; /* a character and its marks; 0 ends */
	uint8_t width;           /* 1, 2, or 0: the right half of the one before */
	uint8_t look;            /* enum look */
	bool on;                 /* on the selected row */
};

struct cells {
	struct cell *at;
	int rows, cols;
	int cursor_row, cursor_col; /* -1: hidden */
	bool plain;                 /* ASCII only */
};

struct area {
	struct cells *g;
	int row, col, rows, cols;
};

/* Our own signs, and what stands for them in ASCII. */
enum sign {
	SIGN_ACROSS,  /* a rule */
	SIGN_DOWN,    /* between panes */
	SIGN_MORE,    /* cut off here */
	SIGN_DOT,     /* unread, live */
	SIGN_RING,    /* not so */
	SIGN_POINTER, /* the row with the cursor */
	SIGN_BETWEEN, /* between two facts of a line */
	SIGN_UP_MORE,
	SIGN_DOWN_MORE,
	SIGN_BAR,      /* beside notes */
	SIGN_CORNER_1, /* of a box: upper left, upper right, lower left, lower right */
	SIGN_CORNER_2,
	SIGN_CORNER_3,
	SIGN_CORNER_4,
	SIGNS,
};

void cells_init(struct cells *g, int rows, int cols, bool plain);
void cells_clear(struct cells *g);
/* All blank, the cursor hidden. */
void cells_wipe(struct cells *g);
bool cell_same(const struct cell *a, const struct cell *b);

struct area area_all(struct cells *g);
/* A part of an area, cut to it. */
struct area area_part(struct area a, int row, int col, int rows, int cols);

/* Each writes into one row of the area from col on, at most `room` columns (< 0: to the edge), and
 * returns the columns used. */
int area_put(struct area a, int row, int col, int room, struct str s, enum look look);
/* The same; what does not fit is cut, with the sign for that at the end. Line breaks and tabs are a
 * blank each: for a text shown in one line. */
int area_put_cut(struct area a, int row, int col, int room, struct str s, enum look look);
/* Ends before column `end`; returns the columns used. Cut like the one above. */
int area_put_right(struct area a, int row, int end, int room, struct str s, enum look look);
/* Catalogue texts and other texts of our own: they go the same way. */
int area_say(struct area a, int row, int col, const char *s, enum look look);
int area_sign(struct area a, int row, int col, enum sign sign, enum look look);
/* n times a sign. */
void area_rule(struct area a, int row, int col, int n, enum sign sign, enum look look);
void area_column(struct area a, int col, enum sign sign, enum look look);
/* Blank cells of a look over a row of the area. */
void area_ground(struct area a, int row, enum look look);
/* Marks a row of the area as the selected one. */
void area_select(struct area a, int row);
void area_cursor(struct area a, int row, int col);
/* Columns that a text of ours takes. */
int area_width(struct area a, struct str s);

/* The grid as lines of text without trailing blanks; for tests. */
void cells_text(const struct cells *g, struct buf *out);

#endif
