/*
 * cells.c - see cells.h.
 */
#include "tui/draw/cells.h"

#include "shared/utf8.h"

static const struct {
	uint32_t c;
	char plain;
} signs[SIGNS] = {
	[SIGN_ACROSS] = {0x2500, '-'},    [SIGN_DOWN] = {0x2502, '|'},
	[SIGN_MORE] = {0x2026, '~'},      [SIGN_DOT] = {0x25CF, '*'},
	[SIGN_RING] = {0x25CB, 'o'},      [SIGN_POINTER] = {0x25B8, '>'},
	[SIGN_BETWEEN] = {0x00B7, '-'},   [SIGN_UP_MORE] = {0x2191, '^'},
	[SIGN_DOWN_MORE] = {0x2193, 'v'}, [SIGN_BAR] = {0x2502, '|'},
	[SIGN_CORNER_1] = {0x250C, '+'},  [SIGN_CORNER_2] = {0x2510, '+'},
	[SIGN_CORNER_3] = {0x2514, '+'},  [SIGN_CORNER_4] = {0x2518, '+'},
};

void cells_init(struct cells *g, int rows, int cols, bool plain)
{
	*g = (struct cells){.rows = rows, .cols = cols, .plain = plain};
	g->at = xcalloc((size_t)rows * (size_t)cols, sizeof *g->at);
	cells_wipe(g);
}

void cells_clear(struct cells *g)
{
	free(g->at);
	*g = (struct cells){0};
}

void cells_wipe(struct cells *g)
{
	for (int i = 0; i < g->rows * g->cols; i++)
		g->at[i] = (struct cell){.c = {' '}, .width = 1, .look = LOOK_PLAIN};
	g->cursor_row = -1;
	g->cursor_col = 0;
}

bool cell_same(const struct cell *a, const struct cell *b)
{
	return memcmp(a->c, b->c, sizeof a->c) == 0 && a->width == b->width && a->look == b->look &&
	       a->on == b->on;
}

struct area area_all(struct cells *g)
{
	return (struct area){g, 0, 0, g->rows, g->cols};
}

struct area area_part(struct area a, int row, int col, int rows, int cols)
{
	row = (int)int_clamp(row, 0, a.rows);
	col = (int)int_clamp(col, 0, a.cols);
	return (struct area){a.g, a.row + row, a.col + col, (int)int_clamp(rows, 0, a.rows - row),
			     (int)int_clamp(cols, 0, a.cols - col)};
}

static struct cell *cell_at(struct area a, int row, int col)
{
	return &a.g->at[(size_t)(a.row + row) * (size_t)a.g->cols + (size_t)(a.col + col)];
}

/* The other half of a wide character goes when one half is written over. */
static void half_freed(struct area a, int row, int col)
{
	struct cell *c = cell_at(a, row, col);
	int x = a.col + col;

	if (c->width == 0 && x > 0) {
		c[-1].c[0] = ' ';
		c[-1].c[1] = 0;
		c[-1].width = 1;
	}
	if (c->width == 2 && x + 1 < a.g->cols) {
		memset(c[1].c, 0, sizeof c[1].c);
		c[1].c[0] = ' ';
		c[1].width = 1;
	}
}

static void cell_put(struct area a, int row, int col, const uint32_t *codes, size_t n,
		     uint8_t width, enum look look)
{
	struct cell *c = cell_at(a, row, col);

	half_freed(a, row, col);
	if (width == 2)
		half_freed(a, row, col + 1);
	*c = (struct cell){.width = width, .look = (uint8_t)look, .on = c->on};
	memcpy(c->c, codes, n * sizeof *codes);
	if (width == 2)
		c[1] = (struct cell){.look = (uint8_t)look, .on = c[1].on};
}

static void glyph_put(struct area a, int row, int col, const struct glyph *g, enum look look)
{
	if (!g->spread) {
		cell_put(a, row, col, g->c, GLYPH_CODES, g->width, look);
		return;
	}
	for (int i = 0; i < g->width; i++)
		cell_put(a, row, col + i, &g->c[i], 1, 1, look);
}

/* Is there anything of this row to write on; *room becomes what there is of it. */
static bool room_found(struct area a, int row, int col, int *room)
{
	if (row < 0 || row >= a.rows || col < 0 || col >= a.cols)
		return false;
	if (*room < 0 || *room > a.cols - col)
		*room = a.cols - col;
	return *room > 0;
}

static int put(struct area a, int row, int col, int room, struct str s, enum look look, bool flat)
{
	int used = 0;
	struct walk w;
	struct glyph g;

	walk_start(&w, s, a.g->plain);
	w.flat = flat;
	while (walk_next(&w, &g) && used + g.width <= room) {
		glyph_put(a, row, col + used, &g, look);
		used += g.width;
	}
	return used;
}

int area_put(struct area a, int row, int col, int room, struct str s, enum look look)
{
	return room_found(a, row, col, &room) ? put(a, row, col, room, s, look, false) : 0;
}

static size_t fit_flat(struct area a, struct str s, int room)
{
	struct walk w;
	int width;

	walk_start(&w, s, a.g->plain);
	w.flat = true;
	return walk_fit(&w, room, &width);
}

int area_put_cut(struct area a, int row, int col, int room, struct str s, enum look look)
{
	int width;

	if (!room_found(a, row, col, &room))
		return 0;
	if (fit_flat(a, s, room) == s.n)
		return put(a, row, col, room, s, look, true);
	width = put(a, row, col, room - 1, str_sub(s, 0, fit_flat(a, s, room - 1)), look, true);
	return width + area_sign(a, row, col + width, SIGN_MORE, look);
}

int area_put_right(struct area a, int row, int end, int room, struct str s, enum look look)
{
	int width = text_width(s, a.g->plain);

	if (room < 0 || room > end)
		room = end;
	if (width > room)
		width = room;
	return area_put_cut(a, row, end - width, width, s, look);
}

int area_say(struct area a, int row, int col, const char *s, enum look look)
{
	return area_put_cut(a, row, col, -1, str_of(s), look);
}

int area_sign(struct area a, int row, int col, enum sign sign, enum look look)
{
	uint32_t c = a.g->plain ? (uint32_t)signs[sign].plain : signs[sign].c;
	int room = 1;

	if (!room_found(a, row, col, &room))
		return 0;
	cell_put(a, row, col, &c, 1, 1, look);
	return 1;
}

void area_rule(struct area a, int row, int col, int n, enum sign sign, enum look look)
{
	for (int i = 0; i < n; i++)
		(void)area_sign(a, row, col + i, sign, look);
}

void area_column(struct area a, int col, enum sign sign, enum look look)
{
	for (int row = 0; row < a.rows; row++)
		(void)area_sign(a, row, col, sign, look);
}

void area_ground(struct area a, int row, enum look look)
{
	uint32_t blank = ' ';
	int room = a.cols;

	if (!room_found(a, row, 0, &room))
		return;
	for (int col = 0; col < a.cols; col++)
		cell_put(a, row, col, &blank, 1, 1, look);
}

void area_select(struct area a, int row)
{
	int room = a.cols;

	if (!room_found(a, row, 0, &room))
		return;
	for (int col = 0; col < a.cols; col++)
		cell_at(a, row, col)->on = true;
}

void area_cursor(struct area a, int row, int col)
{
	if (row < 0 || row >= a.rows || a.cols == 0)
		return;
	a.g->cursor_row = a.row + row;
	a.g->cursor_col = a.col + (int)int_clamp(col, 0, a.cols - 1);
}

int area_width(struct area a, struct str s)
{
	return text_width(s, a.g->plain);
}

void cells_text(const struct cells *g, struct buf *out)
{
	for (int row = 0; row < g->rows; row++) {
		const struct cell *line = &g->at[(size_t)row * (size_t)g->cols];
		int end = g->cols;

		while (end > 0 && line[end - 1].c[0] == ' ' && line[end - 1].c[1] == 0)
			end--;
		for (int col = 0; col < end; col++) {
			for (int i = 0; i < GLYPH_CODES && line[col].c[i] != 0; i++) {
				char bytes[4];

				(void)buf_add(out, bytes, utf8_put(line[col].c[i], bytes));
			}
		}
		(void)buf_add_char(out, '\n');
	}
}
