/*
 * screen.h - a terminal without glass: it takes what a program writes to an xterm-256color and
 * knows what would be on the screen. Only letters are kept, no colours.
 */
#ifndef SWITCHBACK_TESTS_BENCH_SCREEN_H
#define SWITCHBACK_TESTS_BENCH_SCREEN_H

#include "shared/buf.h"

#define SCREEN_NUMBERS 16

struct screen {
	int rows, cols;
	uint32_t *at; /* code points; 0: the second half of a wide one */
	int row, col;
	int top, bottom; /* of what scrolls: the first line, and the one behind the last */
	int saved_row, saved_col;
	bool wraps; /* the last column was written: the next letter goes to the next line */
	bool inserts;
	uint32_t last; /* the letter that REP repeats */
	/* a sequence, or a letter, that is not whole */
	int state;
	char mark; /* the sign before a sequence's numbers; 0: none */
	unsigned numbers[SCREEN_NUMBERS], numbers_n;
	char letter[4];
	unsigned char letter_n, letter_has;
	/* what has come */
	uint64_t bytes;
	unsigned unknown; /* sequences that are not known here: then the screen may be wrong */
	char why[40];     /* the first of them */
};

void screen_init(struct screen *s, int rows, int cols);
void screen_clear(struct screen *s);
void screen_feed(struct screen *s, struct str bytes);

/* Columns from..to (not included) of a row as UTF-8, without blanks at its end, added to `out`. */
void screen_text(const struct screen *s, int row, int from, int to, struct buf *out);
/* The first row at or below `from` that shows that text; -1: none. */
int screen_find(const struct screen *s, int from, const char *text);

#endif
