/*
 * look.h - what a cell means to the eye, and what that is in each theme. Views name meanings;
 * colours stand here alone. Colour never carries a meaning by itself: what a look says is also a
 * letter, a word or a place (NO_COLOR, mono).
 */
#ifndef SWITCHBACK_TUI_DRAW_LOOK_H
#define SWITCHBACK_TUI_DRAW_LOOK_H

#include "shared/base.h"

enum look {
	LOOK_PLAIN,
	LOOK_FAINT,   /* times, hints, what may be passed over */
	LOOK_STRONG,  /* names, what is unread */
	LOOK_BAR,     /* top bar and titles' ground */
	LOOK_BAR_KEY, /* a key in the bottom bar */
	LOOK_LINE,    /* rules between panes */
	LOOK_TITLE,   /* a pane's title */
	LOOK_FOCUS,   /* the title of the pane that has the keys */
	LOOK_CUSTOMER,
	LOOK_AGENT,
	LOOK_STAFF,   /* a colleague */
	LOOK_MINE,    /* oneself */
	LOOK_NOTE,    /* for colleagues only */
	LOOK_WHISPER, /* for the agent only */
	LOOK_MARKER,  /* what happened between the words */
	LOOK_URGENT,  /* somebody waits */
	LOOK_BAD,     /* undelivered, refused, offline */
	LOOK_GOOD,    /* delivered, live */
	LOOK_HINT,    /* a placeholder in a field */
	LOOK_ADDRESS, /* a URL */
	LOOKS,
};

enum theme { THEME_MONO, THEME_8, THEME_16, THEME_256, THEMES };

#define STYLE_BOLD      1u
#define STYLE_DIM       2u
#define STYLE_REVERSE   4u
#define STYLE_UNDERLINE 8u

/* Colours are the terminal's numbers; -1 is its own default. */
struct style {
	int16_t fg, bg;
	uint8_t flags;
};

/* on: the cell lies on the selected row. */
struct style look_style(enum theme theme, enum look look, bool on);

#endif
