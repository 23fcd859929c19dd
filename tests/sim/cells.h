/*
 * cells.h - the handset's screen as a grid of cells: what view draws, paint shows and tests read.
 *
 * Text from outside becomes cells here and nowhere else: bad UTF-8, controls, bidi controls and
 * what is invisible become visible stand-ins, a cell holds at most four marks, and a wide
 * character never stands half outside (security.md 8).
 */
#ifndef SWITCHBACK_TESTS_SIM_CELLS_H
#define SWITCHBACK_TESTS_SIM_CELLS_H

#include "shared/buf.h"

enum sim_style {
	SIM_PLAIN,
	SIM_TITLE,
	SIM_MINE,
	SIM_THEIRS,
	SIM_FAINT,
	SIM_WARN,
	SIM_INPUT,
	SIM_STYLES,
};

#define SIM_CELL_MARKS 4

struct sim_cell {
	uint32_t c[1 + SIM_CELL_MARKS]; /* a character and its marks; 0 ends */
	uint8_t width;                  /* 1, 2, or 0: the right half of the one before */
	uint8_t style;
};

struct sim_cells {
	struct sim_cell *at;
	int rows, cols;
	int cursor_row, cursor_col; /* -1: hidden */
	bool ascii;                 /* only plain characters: others become '?' */
};

void sim_cells_init(struct sim_cells *g, int rows, int cols, bool ascii);
void sim_cells_clear(struct sim_cells *g);
/* All blank, in plain style. */
void sim_cells_wipe(struct sim_cells *g);

/* Writes s into the row from col on, at most `room` columns; returns the columns used. */
int sim_cells_put(struct sim_cells *g, int row, int col, int room, struct str s,
		  enum sim_style style);
/* Columns that s would use, up to `most`; *fits gets how many bytes of s that is. */
int sim_cells_width(const struct sim_cells *g, struct str s, int most, size_t *fits);
/* Fills the rest of a row. */
void sim_cells_fill(struct sim_cells *g, int row, int col, int n, uint32_t c, enum sim_style style);

/* The next line of at most `cols` columns: broken at '\n', else behind a blank, else anywhere.
 * *rest moves behind it. */
struct str sim_line_next(const struct sim_cells *g, struct str *rest, int cols);

/* The grid as lines of text without trailing blanks; for tests. */
void sim_cells_text(const struct sim_cells *g, struct buf *out);

#endif
