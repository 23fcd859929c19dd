/*
 * phone_paint.c - see phone_paint.h. Signals are not its business: the loop has them, so ncurses
 * must find them taken when it starts.
 */
#include "tests/sim/phone_paint.h"

#define NCURSES_WIDECHAR 1
#include <curses.h>
#include <langinfo.h>
#include <locale.h>
#include <sys/ioctl.h>
#include <unistd.h>
#include <wchar.h>

static void styles_set(void)
{
	static const struct {
		short pair, colour;
	} colours[] = {{SIM_MINE, COLOR_GREEN}, {SIM_THEIRS, COLOR_CYAN}, {SIM_WARN, COLOR_YELLOW}};

	if (!has_colors())
		return;
	start_color();
	use_default_colors();
	for (size_t i = 0; i < ARRAY_LEN(colours); i++)
		init_pair(colours[i].pair, colours[i].colour, -1);
}

bool phone_paint_open(struct err *err)
{
	setlocale(LC_CTYPE, "");
	if (!isatty(STDIN_FILENO) || !isatty(STDOUT_FILENO))
		return err_set(err, ERR_INPUT,
			       "the phone needs a terminal; without one use switchback-sim play");
	if (newterm(NULL, stdout, stdin) == NULL)
		return err_set(err, ERR_INPUT, "TERM names no terminal that is known here");
	raw();
	noecho();
	nonl();
	keypad(stdscr, TRUE);
	nodelay(stdscr, TRUE);
	set_escdelay(25);
	styles_set();
	return true;
}

void phone_paint_close(void)
{
	if (stdscr == NULL)
		return;
	endwin();
	delscreen(set_term(NULL));
}

bool phone_paint_utf8(void)
{
	return strcmp(nl_langinfo(CODESET), "UTF-8") == 0;
}

void phone_paint_resized(int *rows, int *cols)
{
	struct winsize w = {0};

	if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &w) == 0 && w.ws_row > 0 && w.ws_col > 0)
		resizeterm(w.ws_row, w.ws_col);
	clearok(curscr, TRUE);
	getmaxyx(stdscr, *rows, *cols);
}

static attr_t attributes_of(enum sim_style s, short *pair)
{
	*pair = has_colors() && (s == SIM_MINE || s == SIM_THEIRS || s == SIM_WARN) ? (short)s : 0;
	switch (s) {
	case SIM_TITLE: return A_REVERSE;
	case SIM_FAINT: return A_DIM;
	case SIM_WARN: return A_BOLD;
	default: return A_NORMAL;
	}
}

/* The cell as ncurses wants it. Where the C library counts another width than our table did, a
 * stand-in keeps the columns straight. */
static void cell_show(const struct sim_cell *cell, int row, int col)
{
	wchar_t text[CCHARW_MAX + 1] = {0};
	cchar_t c;
	short pair;
	attr_t attributes = attributes_of((enum sim_style)cell->style, &pair);

	for (int i = 0; i <= SIM_CELL_MARKS && i < CCHARW_MAX && cell->c[i] != 0; i++)
		text[i] = (wchar_t)cell->c[i];
	if (wcwidth(text[0]) != cell->width)
		wmemcpy(text, cell->width == 2 ? L"\uff1f" : L"?", 2);
	for (int i = 1; text[i] != 0; i++) {
		if (wcwidth(text[i]) != 0)
			text[i] = 0;
	}
	if (setcchar(&c, text, attributes, pair, NULL) == OK)
		mvadd_wch(row, col, &c);
}

void phone_paint_show(const struct sim_cells *g)
{
	for (int row = 0; row < g->rows; row++) {
		for (int col = 0; col < g->cols; col++) {
			const struct sim_cell *cell = &g->at[row * g->cols + col];

			if (cell->width > 0)
				cell_show(cell, row, col);
		}
	}
	curs_set(g->cursor_row >= 0);
	if (g->cursor_row >= 0)
		move(g->cursor_row, g->cursor_col);
	refresh();
}

void phone_paint_bell(void)
{
	beep();
}

static bool special_key(wint_t code, struct phone_msg *m)
{
	static const struct {
		int code;
		enum phone_key key;
	} keys[] = {{KEY_ENTER, PHONE_KEY_ENTER},
		    {KEY_LEFT, PHONE_KEY_LEFT},
		    {KEY_RIGHT, PHONE_KEY_RIGHT},
		    {KEY_UP, PHONE_KEY_UP},
		    {KEY_HOME, PHONE_KEY_HOME},
		    {KEY_END, PHONE_KEY_END},
		    {KEY_BACKSPACE, PHONE_KEY_BACKSPACE},
		    {KEY_DC, PHONE_KEY_DELETE},
		    {KEY_PPAGE, PHONE_KEY_PAGE_UP},
		    {KEY_NPAGE, PHONE_KEY_PAGE_DOWN},
		    {KEY_F(1), PHONE_KEY_HELP}};

	for (size_t i = 0; i < ARRAY_LEN(keys); i++) {
		if ((wint_t)keys[i].code == code) {
			m->key = keys[i].key;
			return true;
		}
	}
	return false;
}

static bool plain_key(wint_t code, struct phone_msg *m)
{
	static const struct {
		wint_t code;
		enum phone_key key;
	} keys[] = {
		{'\r', PHONE_KEY_ENTER},   {'\n', PHONE_KEY_ENTER},    {'\t', PHONE_KEY_TAB},
		{1, PHONE_KEY_HOME},       {3, PHONE_KEY_QUIT},        {5, PHONE_KEY_END},
		{8, PHONE_KEY_BACKSPACE},  {127, PHONE_KEY_BACKSPACE}, {21, PHONE_KEY_LINE_WIPE},
		{23, PHONE_KEY_WORD_WIPE}, {27, PHONE_KEY_ESCAPE}};

	m->code = (uint32_t)code;
	for (size_t i = 0; i < ARRAY_LEN(keys); i++) {
		if (keys[i].code == code) {
			m->key = keys[i].key;
			return true;
		}
	}
	m->key = PHONE_KEY_CHAR;
	return code >= 0x20 && code <= 0x10ffff;
}

bool phone_paint_key(struct phone_msg *m)
{
	for (;;) {
		wint_t code, next;
		int got = get_wch(&code);
		bool known;

		*m = (struct phone_msg){.kind = PHONE_MSG_KEY};
		if (got == ERR)
			return false;
		known = got == KEY_CODE_YES ? special_key(code, m) : plain_key(code, m);
		if (!known)
			continue;
		if (m->key == PHONE_KEY_ENTER && get_wch(&next) == OK) {
			unget_wch((wchar_t)next);
			m->more = true;
		}
		return true;
	}
}
