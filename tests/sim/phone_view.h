/*
 * phone_view.h - draws the handset into cells: a title, bubbles, the input line. Reads the model
 * only, but for scroll_max, which depends on how the texts break into lines.
 */
#ifndef SWITCHBACK_TESTS_SIM_PHONE_VIEW_H
#define SWITCHBACK_TESTS_SIM_PHONE_VIEW_H

#include "tests/sim/cells.h"
#include "tests/sim/phone_model.h"

/* g has the model's size. */
void phone_draw(struct phone *p, struct sim_cells *g);

#endif
