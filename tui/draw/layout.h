/*
 * layout.h - where the panes stand, by the size of the window and by what has the focus.
 *
 *   from 120 columns   list | conversation | facts
 *   from 96            list | conversation; facts take the conversation's place when asked for
 *   from 80 x 24       one of them, the list as a strip of one line above the conversation
 *   from 40 x 10       one of them
 *   below              nothing but a line that says so, with how many wait
 */
#ifndef SWITCHBACK_TUI_DRAW_LAYOUT_H
#define SWITCHBACK_TUI_DRAW_LAYOUT_H

#include "shared/base.h"

enum pane { PANE_LIST, PANE_THREAD, PANE_FACTS };

struct rect {
	int row, col, rows, cols; /* rows 0: not there */
};

struct layout {
	bool too_small;
	struct rect bar, banner, strip, list, thread, composer, facts, foot;
	int rules[2]; /* columns of the rules between panes; 0: none */
};

struct layout_wish {
	int rows, cols;
	enum pane focus;
	bool zoomed;       /* the focused pane alone */
	bool banner;       /* a line under the bar is needed */
	int composer_rows; /* of the thread pane, at its foot */
};

struct layout layout_of(const struct layout_wish *w);

#endif
