/*
 * phone_paint.h - the terminal: the only file that knows ncurses. Shows cells, reads keys.
 */
#ifndef SWITCHBACK_TESTS_SIM_PHONE_PAINT_H
#define SWITCHBACK_TESTS_SIM_PHONE_PAINT_H

#include "shared/err.h"
#include "tests/sim/cells.h"
#include "tests/sim/phone_model.h"

/* Takes the terminal over. Fails when standard input or output is none, or TERM is unknown. */
MUST_USE
bool phone_paint_open(struct err *err);
/* Gives it back as it was. Harmless when it is not taken. */
void phone_paint_close(void);

/* The terminal has a new size; what it is now. */
void phone_paint_resized(int *rows, int *cols);
/* Shows the cells: only what changed travels. */
void phone_paint_show(const struct sim_cells *g);
/* Rings: once. */
void phone_paint_bell(void);
/* The next key that waits; false when none does. m->more says whether another one does. */
bool phone_paint_key(struct phone_msg *m);
/* The terminal's locale can show more than ASCII. */
bool phone_paint_utf8(void);

#endif
