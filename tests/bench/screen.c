/*
 * screen.c - see screen.h. The sequences are those that terminfo's xterm-256color names and ncurses
 * makes use of (ECMA-48, xterm's ctlseqs).
 */
#include "tests/bench/screen.h"

#include <wchar.h>

#include "shared/utf8.h"

enum { GROUND, ESCAPE, SEQUENCE, TITLE, TITLE_ESCAPE, CHARSET };

void screen_init(struct screen *s, int rows, int cols)
{
	*s = (struct screen){.rows = rows, .cols = cols, .bottom = rows};
	s->at = xcalloc((size_t)rows * (size_t)cols, sizeof *s->at);
	for (int i = 0; i < rows * cols; i++)
		s->at[i] = ' ';
}

void screen_clear(struct screen *s)
{
	free(s->at);
	*s = (struct screen){0};
}

static void not_known(struct screen *s, const char *kind, unsigned char byte)
{
	if (s->unknown++ == 0)
		snprintf(s->why, sizeof s->why, "%s %c%c (%u)", kind, s->mark == 0 ? ' ' : s->mark,
			 byte < ' ' ? '.' : byte, byte);
}

/* ---- cells ---- */

static uint32_t *cell(const struct screen *s, int row, int col)
{
	return &s->at[(size_t)row * (size_t)s->cols + (size_t)col];
}

static void wiped(struct screen *s, int row, int from, int to)
{
	for (int col = from; col < to && col < s->cols; col++)
		*cell(s, row, col) = ' ';
}

/* Rows from..bottom move by so many (> 0: up); what comes in is blank. */
static void scrolled(struct screen *s, int from, int by)
{
	int rows = s->bottom - from;
	size_t line = (size_t)s->cols * sizeof *s->at;
	int n = by < 0 ? -by : by;

	if (rows <= 0)
		return;
	if (n > rows)
		n = rows;
	if (by > 0)
		memmove(cell(s, from, 0), cell(s, from + n, 0), (size_t)(rows - n) * line);
	else
		memmove(cell(s, from + n, 0), cell(s, from, 0), (size_t)(rows - n) * line);
	for (int i = 0; i < n; i++)
		wiped(s, by > 0 ? s->bottom - 1 - i : from + i, 0, s->cols);
}

static void moved(struct screen *s, int row, int col)
{
	s->row = (int)int_clamp(row, 0, s->rows - 1);
	s->col = (int)int_clamp(col, 0, s->cols - 1);
	s->wraps = false;
}

static void line_fed(struct screen *s)
{
	if (s->row == s->bottom - 1)
		scrolled(s, s->top, 1);
	else if (s->row < s->rows - 1)
		s->row++;
	s->wraps = false;
}

static void line_fed_up(struct screen *s)
{
	if (s->row == s->top)
		scrolled(s, s->top, -1);
	else if (s->row > 0)
		s->row--;
	s->wraps = false;
}

/* Letters from the cursor on make room, or close up. */
static void shifted(struct screen *s, int by)
{
	int n = (int)int_clamp(by < 0 ? -by : by, 0, s->cols - s->col), rest = s->cols - s->col - n;
	uint32_t *here = cell(s, s->row, s->col);

	if (by > 0) {
		memmove(here + n, here, (size_t)rest * sizeof *here);
		wiped(s, s->row, s->col, s->col + n);
	} else {
		memmove(here, here + n, (size_t)rest * sizeof *here);
		wiped(s, s->row, s->cols - n, s->cols);
	}
}

static void letter_put(struct screen *s, uint32_t code)
{
	int width = wcwidth((wchar_t)code);

	if (width <= 0)
		return; /* a mark on the letter before */
	if (s->wraps || s->col + width > s->cols) {
		s->col = 0;
		line_fed(s);
	}
	if (s->inserts)
		shifted(s, width);
	*cell(s, s->row, s->col) = code;
	if (width == 2)
		*cell(s, s->row, s->col + 1) = 0;
	s->last = code;
	s->wraps = s->col + width == s->cols;
	s->col = s->wraps ? s->cols - 1 : s->col + width;
}

/* ---- sequences ---- */

/* The i-th number; left out or 0 is `otherwise`. */
static int number(const struct screen *s, unsigned i, int otherwise)
{
	return i < s->numbers_n && s->numbers[i] > 0 ? (int)s->numbers[i] : otherwise;
}

static void erased(struct screen *s, bool whole)
{
	int how = number(s, 0, 0);
	int from = how == 0 ? s->col : 0, to = how == 1 ? s->col + 1 : s->cols;

	wiped(s, s->row, from, to);
	for (int row = how == 0 ? s->row + 1 : 0; whole && row < (how == 1 ? s->row : s->rows);
	     row++)
		wiped(s, row, 0, s->cols);
}

static void modes_set(struct screen *s, bool on)
{
	if (s->mark == '?')
		return; /* the terminal's manners, none of them moves a letter; 1049 begins blank */
	for (unsigned i = 0; i < s->numbers_n; i++) {
		if (s->numbers[i] == 4)
			s->inserts = on;
		else
			not_known(s, "mode", (unsigned char)s->numbers[i]);
	}
}

static void region_set(struct screen *s)
{
	s->top = number(s, 0, 1) - 1;
	s->bottom = (int)int_clamp(number(s, 1, s->rows), 1, s->rows);
	if (s->top >= s->bottom)
		s->top = 0;
	moved(s, 0, 0);
}

static void cursor_sequence(struct screen *s, unsigned char last, int n)
{
	switch (last) {
	case 'A': moved(s, s->row - n, s->col); break;
	case 'B': moved(s, s->row + n, s->col); break;
	case 'C': moved(s, s->row, s->col + n); break;
	case 'D': moved(s, s->row, s->col - n); break;
	case 'G': moved(s, s->row, n - 1); break;
	case 'd': moved(s, n - 1, s->col); break;
	case 'Z': moved(s, s->row, (s->col - 1) / 8 * 8); break;
	default: moved(s, n - 1, number(s, 1, 1) - 1);
	}
}

static void sequence_ended(struct screen *s, unsigned char last)
{
	int n = number(s, 0, 1);

	switch (last) {
	case 'A':
	case 'B':
	case 'C':
	case 'D':
	case 'G':
	case 'H':
	case 'Z':
	case 'd':
	case 'f': cursor_sequence(s, last, n); break;
	case 'J':
	case 'K': erased(s, last == 'J'); break;
	case 'X': wiped(s, s->row, s->col, s->col + n); break;
	case '@': shifted(s, n); break;
	case 'P': shifted(s, -n); break;
	case 'L': scrolled(s, s->row, -n); break;
	case 'M': scrolled(s, s->row, n); break;
	case 'S': scrolled(s, s->top, n); break;
	case 'T': scrolled(s, s->top, -n); break;
	case 'b':
		for (int i = 0; i < n; i++)
			letter_put(s, s->last);
		break;
	case 'h':
	case 'l': modes_set(s, last == 'h'); break;
	case 'r': region_set(s); break;
	case 'm': /* colours */
	case 't': /* the window */
	case 'n':
	case 'c': break; /* questions */
	default: not_known(s, "CSI", last);
	}
}

static void in_sequence(struct screen *s, unsigned char byte)
{
	if (byte >= '0' && byte <= '9') {
		if (s->numbers_n == 0)
			s->numbers_n = 1;
		s->numbers[s->numbers_n - 1] =
			s->numbers[s->numbers_n - 1] % 10000 * 10 + byte - '0';
	} else if (byte == ';' || byte == ':') {
		s->numbers_n += s->numbers_n == 0 ? 2 : s->numbers_n < SCREEN_NUMBERS;
		s->numbers[s->numbers_n - 1] = 0;
	} else if (byte >= '<' && byte <= '?') {
		s->mark = (char)byte;
	} else if (byte >= '@' && byte <= '~') {
		s->state = GROUND;
		sequence_ended(s, byte);
	}
}

static void in_escape(struct screen *s, unsigned char byte)
{
	s->state = GROUND;
	switch (byte) {
	case '[':
		s->state = SEQUENCE;
		memset(s->numbers, 0, sizeof s->numbers);
		s->numbers_n = 0;
		s->mark = 0;
		break;
	case ']': s->state = TITLE; break;
	case '(':
	case ')': s->state = CHARSET; break;
	case '7':
		s->saved_row = s->row;
		s->saved_col = s->col;
		break;
	case '8': moved(s, s->saved_row, s->saved_col); break;
	case 'D': line_fed(s); break;
	case 'M': line_fed_up(s); break;
	case '=':
	case '>':
	case '\\': break; /* the keypad; the end of a title */
	default: not_known(s, "ESC", byte);
	}
}

/* ---- bytes ---- */

static void control(struct screen *s, unsigned char byte)
{
	switch (byte) {
	case '\033': s->state = ESCAPE; break;
	case '\n': line_fed(s); break;
	case '\r': moved(s, s->row, 0); break;
	case '\b': moved(s, s->row, s->col - 1); break;
	case '\t': moved(s, s->row, (s->col / 8 + 1) * 8); break;
	case '\a':
	case 0x0E:
	case 0x0F: break;
	default: not_known(s, "control", byte);
	}
}

static void in_letter(struct screen *s, unsigned char byte)
{
	uint32_t code;

	if (s->letter_n == 0)
		s->letter_has = byte < 0x80 ? 1 : byte < 0xE0 ? 2 : byte < 0xF0 ? 3 : 4;
	s->letter[s->letter_n++] = (char)byte;
	if (s->letter_n < s->letter_has)
		return;
	if (utf8_next(str_make(s->letter, s->letter_n), &code) == s->letter_n)
		letter_put(s, code);
	else
		not_known(s, "UTF-8", byte);
	s->letter_n = 0;
}

void screen_feed(struct screen *s, struct str bytes)
{
	s->bytes += bytes.n;
	for (size_t i = 0; i < bytes.n; i++) {
		unsigned char byte = (unsigned char)bytes.p[i];

		switch (s->state) {
		case ESCAPE: in_escape(s, byte); break;
		case SEQUENCE: in_sequence(s, byte); break;
		case CHARSET: s->state = GROUND; break;
		case TITLE:
			s->state = byte == '\a' ? GROUND : byte == '\033' ? TITLE_ESCAPE : TITLE;
			break;
		case TITLE_ESCAPE: s->state = GROUND; break;
		default:
			if (byte < ' ' && s->letter_n == 0)
				control(s, byte);
			else
				in_letter(s, byte);
		}
	}
}

/* ---- what is there ---- */

void screen_text(const struct screen *s, int row, int from, int to, struct buf *out)
{
	size_t end = out->n;
	char bytes[4];

	for (int col = from; col < to && col < s->cols; col++) {
		uint32_t code = *cell(s, row, col);

		if (code == 0)
			continue;
		(void)buf_add(out, bytes, utf8_put(code, bytes));
		if (code != ' ')
			end = out->n;
	}
	out->n = end;
}

int screen_find(const struct screen *s, int from, const char *text)
{
	struct buf line = {0};
	int found = -1;

	for (int row = from; row < s->rows && found < 0; row++) {
		buf_reset(&line);
		screen_text(s, row, 0, s->cols, &line);
		if (str_find(buf_str(&line), str_of(text)) >= 0)
			found = row;
	}
	buf_clear(&line);
	return found;
}
