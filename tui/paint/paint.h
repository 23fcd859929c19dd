/*
 * paint.h - the terminal, and the only file that knows ncurses: cells out, keys in.
 *
 * What goes out is what ncurses writes for our cells, and a few fixed sequences (bracketed paste,
 * title, mouse): no text from outside ever goes beside the cells. Whatever way the program ends,
 * paint_close() gives the terminal back as it was; it may be called twice.
 *
 * One terminal a process; ncurses keeps its state to itself.
 */
#ifndef SWITCHBACK_TUI_PAINT_PAINT_H
#define SWITCHBACK_TUI_PAINT_PAINT_H

#include "shared/err.h"
#include "tui/draw/cells.h"
#include "tui/model/msg.h"

struct paint;

struct paint_wish {
	bool plain;      /* --ascii, whatever the locale says */
	bool colourless; /* --no-color; NO_COLOR in the environment says so too */
	bool mouse;
};

/* Takes the terminal over. The program must have installed its own signal handlers before, SIGWINCH
 * among them. NULL when standard input or output is no terminal, or TERM is unknown. */
struct paint *paint_open(const struct paint_wish *wish, struct err *err);
void paint_close(struct paint *p); /* NULL is fine */

/* The locale or --ascii leaves nothing but ASCII. */
bool paint_plain(const struct paint *p);
void paint_size(const struct paint *p, int *rows, int *cols);
/* Asks the terminal for its size anew, and shows everything again with the next paint_show(). */
void paint_resized(struct paint *p, int *rows, int *cols);

/* The descriptor to watch for keys. */
int paint_fd(const struct paint *p);
/* The next key, paste or click that waits; false when none does. A paste's text is good
 * until the next call. The times in the message are the caller's to set. */
bool paint_read(struct paint *p, struct msg *out);
/* Nobody is there any more (the descriptor hangs up). */
bool paint_lost(const struct paint *p);

/* Shows the grid: only what changed travels, in one go. Its size must be the terminal's. */
void paint_show(struct paint *p, const struct cells *g);
/* Ctrl-L: the next paint_show() writes everything. */
void paint_redraw(struct paint *p);
/* The title of the terminal's window: Switchback, with how many wait when any does. */
void paint_title(struct paint *p, int64_t waiting);
void paint_mouse(struct paint *p, bool on);
/* Rings, or flashes where there is no bell. */
void paint_bell(struct paint *p);
/* Ctrl-Z: gives the terminal back, stops the process, and takes it over again when it goes on. */
void paint_suspend(struct paint *p, int *rows, int *cols);

/* For the handler of a signal that ends the process by a fault: what can still be done for the
 * terminal. */
void paint_abandon(void);

#endif
