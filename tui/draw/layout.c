/*
 * layout.c - see layout.h.
 */
#include "tui/draw/layout.h"

#define LEAST_ROWS  10
#define LEAST_COLS  40
#define STRIP_ROWS  24
#define STRIP_COLS  80
#define TWO_COLS    96
#define THREE_COLS  120
#define FACTS_LEAST 30

static void side_by_side(struct layout *l, const struct layout_wish *w, struct rect body)
{
	bool three = w->cols >= THREE_COLS;
	int list = (int)int_clamp(w->cols * 30 / 100, 34, 52);
	int facts = three ? (int)int_clamp(w->cols * 25 / 100, FACTS_LEAST, 44) : 0;
	int middle = w->cols - list - 1 - (three ? facts + 1 : 0);
	struct rect rest = {body.row, list + 1, body.rows, middle};

	l->list = (struct rect){body.row, 0, body.rows, list};
	l->rules[0] = list;
	if (three) {
		l->thread = rest;
		l->rules[1] = list + 1 + middle;
		l->facts = (struct rect){body.row, l->rules[1] + 1, body.rows, facts};
	} else if (w->focus == PANE_FACTS) {
		l->facts = rest;
	} else {
		l->thread = rest;
	}
}

static void one_alone(struct layout *l, const struct layout_wish *w, struct rect body)
{
	struct rect *there = w->focus == PANE_LIST     ? &l->list
			     : w->focus == PANE_THREAD ? &l->thread
						       : &l->facts;
	bool strip = !w->zoomed && w->focus == PANE_THREAD && w->rows >= STRIP_ROWS &&
		     w->cols >= STRIP_COLS;

	if (strip) {
		l->strip = (struct rect){body.row, 0, 1, body.cols};
		body.row++;
		body.rows--;
	}
	*there = body;
}

/* The composer takes the foot of the thread, but leaves it a few lines. */
static void composer_placed(struct layout *l, int rows)
{
	int most = l->thread.rows - 4;

	if (l->thread.rows == 0)
		return;
	rows = (int)int_clamp(rows, 1, most < 1 ? 1 : most);
	l->thread.rows -= rows;
	l->composer =
		(struct rect){l->thread.row + l->thread.rows, l->thread.col, rows, l->thread.cols};
}

struct layout layout_of(const struct layout_wish *w)
{
	struct layout l = {0};
	struct rect body = {1, 0, w->rows - 2, w->cols};

	if (w->rows < LEAST_ROWS || w->cols < LEAST_COLS) {
		l.too_small = true;
		return l;
	}
	l.bar = (struct rect){0, 0, 1, w->cols};
	l.foot = (struct rect){w->rows - 1, 0, 1, w->cols};
	if (w->banner) {
		l.banner = (struct rect){1, 0, 1, w->cols};
		body.row++;
		body.rows--;
	}
	if (w->zoomed || w->cols < TWO_COLS || w->rows < STRIP_ROWS)
		one_alone(&l, w, body);
	else
		side_by_side(&l, w, body);
	composer_placed(&l, w->composer_rows);
	return l;
}
