/*
 * cells.c - see cells.h.
 */
#include "tests/sim/cells.h"

#include <utf8proc.h>

#include "shared/utf8.h"

void sim_cells_init(struct sim_cells *g, int rows, int cols, bool ascii)
{
	*g = (struct sim_cells){.rows = rows, .cols = cols, .cursor_row = -1, .ascii = ascii};
	g->at = xcalloc((size_t)rows * (size_t)cols, sizeof *g->at);
	sim_cells_wipe(g);
}

void sim_cells_clear(struct sim_cells *g)
{
	free(g->at);
	*g = (struct sim_cells){0};
}

void sim_cells_wipe(struct sim_cells *g)
{
	for (int i = 0; i < g->rows * g->cols; i++)
		g->at[i] = (struct sim_cell){{' '}, 1, SIM_PLAIN};
	g->cursor_row = -1;
}

/* ---- characters ---- */

enum glyph { SPACING, MARK, JOINER, HIDDEN };

/* What a character is on a screen. Joiners between emoji fall away without a trace: the emoji then
 * stand side by side, which every terminal can draw. */
static enum glyph glyph_of(uint32_t c)
{
	const utf8proc_property_t *p = utf8proc_get_property((utf8proc_int32_t)c);

	if (c == 0x200d || c == 0xfe0f || c == 0xfe0e)
		return JOINER;
	switch (p->category) {
	case UTF8PROC_CATEGORY_CC:
	case UTF8PROC_CATEGORY_CF:
	case UTF8PROC_CATEGORY_CS:
	case UTF8PROC_CATEGORY_CN:
	case UTF8PROC_CATEGORY_CO:
	case UTF8PROC_CATEGORY_ZL:
	case UTF8PROC_CATEGORY_ZP: return HIDDEN;
	case UTF8PROC_CATEGORY_MN:
	case UTF8PROC_CATEGORY_ME: return MARK;
	default: break;
	}
	return p->ignorable ? HIDDEN : SPACING;
}

/* One character as it is shown: never a control, never invisible. */
struct shown {
	uint32_t c;
	size_t bytes;
	uint8_t width; /* 0: a mark, or nothing at all (c is 0) */
};

static struct shown shown_next(const struct sim_cells *g, struct str s)
{
	struct shown r = {0};
	uint32_t c;
	int width;

	r.bytes = utf8_next(s, &c);
	if (r.bytes == 0) {
		r.bytes = 1;
		c = 0xfffd;
	}
	switch (glyph_of(c)) {
	case JOINER: return r;
	case HIDDEN: c = c < 0x20 ? 0x2400 + c : c == 0x7f ? 0x2421 : 0xfffd; break;
	case MARK: r.c = g->ascii ? 0 : c; return r;
	case SPACING: break;
	}
	width = utf8proc_charwidth((utf8proc_int32_t)c);
	r.width = width == 2 ? 2 : 1;
	if (width == 0)
		c = 0xfffd;
	if (g->ascii && c > 0x7e) {
		c = '?';
		r.width = 1;
	}
	r.c = c;
	return r;
}

static void mark_add(struct sim_cell *cell, uint32_t c)
{
	for (int i = 1; i <= SIM_CELL_MARKS; i++) {
		if (cell->c[i] == 0) {
			cell->c[i] = c;
			return;
		}
	}
}

int sim_cells_put(struct sim_cells *g, int row, int col, int room, struct str s,
		  enum sim_style style)
{
	int at = col, end = col + room > g->cols ? g->cols : col + room;
	struct sim_cell *cells, *last = NULL;

	if (row < 0 || row >= g->rows || col < 0)
		return 0;
	cells = &g->at[row * g->cols];
	while (s.n > 0) {
		struct shown c = shown_next(g, s);

		if (c.width > 0 && at + c.width > end)
			break;
		if (c.width == 0 && c.c != 0 && last != NULL)
			mark_add(last, c.c);
		if (c.width > 0) {
			last = &cells[at];
			*last = (struct sim_cell){{c.c}, c.width, (uint8_t)style};
			if (c.width == 2)
				cells[at + 1] = (struct sim_cell){{0}, 0, (uint8_t)style};
			at += c.width;
		}
		s = str_sub(s, c.bytes, s.n);
	}
	return at - col;
}

int sim_cells_width(const struct sim_cells *g, struct str s, int most, size_t *fits)
{
	size_t all = s.n;
	int width = 0;

	while (s.n > 0) {
		struct shown c = shown_next(g, s);

		if (width + c.width > most)
			break;
		width += c.width;
		s = str_sub(s, c.bytes, s.n);
	}
	if (fits != NULL)
		*fits = all - s.n;
	return width;
}

void sim_cells_fill(struct sim_cells *g, int row, int col, int n, uint32_t c, enum sim_style style)
{
	struct sim_cell cell = {{c}, 1, (uint8_t)style};

	if (row < 0 || row >= g->rows)
		return;
	if (g->ascii && c > 0x7e)
		cell.c[0] = '-';
	for (int i = col < 0 ? 0 : col; i < col + n && i < g->cols; i++)
		g->at[row * g->cols + i] = cell;
}

/* ---- lines ---- */

struct str sim_line_next(const struct sim_cells *g, struct str *rest, int cols)
{
	ptrdiff_t newline = str_find_char(*rest, '\n');
	struct str line = newline < 0 ? *rest : str_sub(*rest, 0, (size_t)newline);
	size_t fits;

	(void)sim_cells_width(g, line, cols, &fits);
	if (fits == line.n) {
		*rest = str_sub(*rest, newline < 0 ? rest->n : line.n + 1, rest->n);
		return line;
	}
	for (size_t i = fits; i > 0; i--) {
		if (line.p[i] == ' ') {
			line.n = i;
			*rest = str_sub(*rest, i + 1, rest->n);
			return line;
		}
	}
	if (fits == 0) /* a window narrower than one character */
		fits = shown_next(g, line).bytes;
	line.n = fits;
	*rest = str_sub(*rest, fits, rest->n);
	return line;
}

void sim_cells_text(const struct sim_cells *g, struct buf *out)
{
	for (int row = 0; row < g->rows; row++) {
		int end = g->cols;

		while (end > 0 && g->at[row * g->cols + end - 1].c[0] == ' ')
			end--;
		for (int col = 0; col < end; col++) {
			const struct sim_cell *cell = &g->at[row * g->cols + col];

			for (int i = 0; i <= SIM_CELL_MARKS && cell->c[i] != 0; i++) {
				char bytes[4];

				buf_add(out, bytes, utf8_put(cell->c[i], bytes));
			}
		}
		buf_add_char(out, '\n');
	}
}
