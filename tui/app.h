/*
 * app.h - the console put together: terminal, link and model, and the one loop that feeds them.
 *
 * A turn: signals, keys, what the service said, a tick if one is due, each a message to the model;
 * then its wishes go to link; then, if anything shows, the grid is drawn and painted once.
 */
#ifndef SWITCHBACK_TUI_APP_H
#define SWITCHBACK_TUI_APP_H

#include "tui/config.h"

struct app;

/* Takes the terminal over and shows the first screen. NULL: the sentence says why not. The signals
 * of app_signals() must be blocked before, and before any thread is made. */
struct app *app_open(const struct config *c, struct credentials *who, struct err *err);
/* Until the user leaves, the terminal is gone or a signal ends it; the exit code: 0, or 128 and the
 * signal's number. The terminal is the shell's again then. */
int app_run(struct app *a);
void app_close(struct app *a);

/* Blocks the signals that the loop reads. */
void app_signals(void);

#endif
