/*
 * text.h - the one way of text onto the screen: bytes from outside become glyphs, and nothing else
 * becomes cells (cells.h writes only glyphs).
 *
 * What comes out can do a terminal no harm and hides nothing (security: output to terminals):
 *   - strict UTF-8; a bad sequence is one U+FFFD
 *   - controls, bidi controls, what is invisible or not assigned: a visible stand-in
 *   - ZWJ and variation selectors are kept between emoji only; at most 4 marks on one character
 *   - widths are those of utf8proc's table, never the C library's
 * Where the terminal cannot show UTF-8 (plain), accents fall away, signs are spelled, and what is
 * left is '?'.
 */
#ifndef SWITCHBACK_TUI_DRAW_TEXT_H
#define SWITCHBACK_TUI_DRAW_TEXT_H

#include "shared/str.h"

#define GLYPH_CODES 5 /* a character and four marks */

/* What one character of the text is on the screen. */
struct glyph {
	uint32_t c[GLYPH_CODES]; /* 0 ends */
	uint8_t width;           /* columns: 1, 2, or up to 5 when spread */
	bool spread;  /* c are so many characters of one column each ("oe", a tab's blanks) */
	bool strange; /* a stand-in for something that cannot be shown */
	bool joined;  /* belongs to the glyph before it: no cut between the two */
	bool blank;   /* a space: lines may break behind it */
	size_t bytes; /* of the text that it stands for */
};

/* Text being walked. */
struct walk {
	struct str rest;
	bool plain;       /* ASCII only */
	bool flat;        /* for one line: tabs and line breaks are a blank each */
	int32_t cluster;  /* utf8proc's state of grapheme breaking */
	int32_t previous; /* the code point before; 0: none */
};

void walk_start(struct walk *w, struct str s, bool plain);
/* The next glyph; false at the end. Every glyph takes at least a byte and a column. */
bool walk_next(struct walk *w, struct glyph *out);

/* Bytes of what fits `cols` columns from here, cut between characters; *width gets its columns. */
size_t walk_fit(struct walk *w, int cols, int *width);

/* Columns of all of s; lines of s are taken as one (see walk_next: '\n' is a stand-in). */
int text_width(struct str s, bool plain);
/* walk_fit() for the front: bytes of s that fit `cols` columns, cut between characters; *width gets
 * its columns. */
size_t text_fit(struct str s, int cols, bool plain, int *width);
/* The same for the end of s: from which byte on it fits. */
size_t text_fit_end(struct str s, int cols, bool plain);

/* Takes the next line of at most `cols` columns (at least 1) off *rest: ended by a line break
 * ("\n",
 * "\r\n"), else broken behind a blank, else between two characters. Blanks at the break are not
 * part of it. Call while rest->n > 0; a text that ends in a line break has an empty last line,
 * which is not given. */
struct str text_line(struct str *rest, int cols, bool plain);

/* Bytes of the character (grapheme cluster) at the front, and at the end, of s. */
size_t text_next(struct str s);
size_t text_before(struct str s);

#endif
