/*
 * paint.c - see paint.h.
 *
 * ncurses decides what has to be written; we hand it changed cells only. A row with wide characters
 * is written whole when it changes: terminals disagree about such widths, and a row that was drawn
 * from its start is right at least up to the first of them.
 */
#include "tui/paint/paint.h"

#define NCURSES_WIDECHAR 1
#include <curses.h>
#include <errno.h>
#include <langinfo.h>
#include <locale.h>
#include <poll.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <term.h>
#include <termios.h>
#include <unistd.h>
#include <wchar.h>

#include "shared/utf8.h"
#include "tui/paint/keys.h"

#define PASTE_MAX (64u * 1024u)
#define ESC_WAIT_MS \
	5 /* a lone Esc is known as one after this: what a key sends comes in one piece */
#define PASTE_BEGINS (KEY_MAX + 1)
#define PASTE_ENDS   (KEY_MAX + 2)

struct paint {
	bool plain, modern; /* modern: knows bracketed paste and titles */
	bool mouse, pasting;
	enum theme theme;
	struct cells shown; /* what the terminal has; no rows: nothing */
	struct buf paste;
	struct termios before;
	bool has_before, open;
	int64_t titled; /* -1: no title was set */
};

/* ---- taking the terminal over, and giving it back ---- */

static enum theme theme_of(bool colourless)
{
	const char *none = getenv("NO_COLOR");

	if (colourless || (none != NULL && none[0] != '\0') || !has_colors() ||
	    start_color() == ERR || use_default_colors() == ERR)
		return THEME_MONO;
	return COLORS >= 256 ? THEME_256 : COLORS >= 16 ? THEME_16 : THEME_8;
}

static short pair_of(enum look look, bool on)
{
	return (short)(1 + look * 2 + on);
}

static void colours_set(struct paint *p)
{
	if (p->theme == THEME_MONO)
		return;
	for (enum look look = 0; look < LOOKS; look++) {
		for (int on = 0; on < 2; on++) {
			struct style s = look_style(p->theme, look, on != 0);

			if (s.fg >= 0 || s.bg >= 0)
				(void)init_pair(pair_of(look, on != 0), s.fg, s.bg);
		}
	}
}

/* Terminals that know what xterm knows; others are spared the sequences. */
static bool is_modern(void)
{
	static const char *const families[] = {"xterm", "screen",    "tmux",  "rxvt",
					       "foot",  "alacritty", "kitty", "st-",
					       "vte",   "konsole",   "gnome", "wezterm"};
	const char *term = getenv("TERM");

	for (size_t i = 0; term != NULL && i < ARRAY_LEN(families); i++) {
		if (strncmp(term, families[i], strlen(families[i])) == 0)
			return true;
	}
	return false;
}

static void sequence(struct paint *p, const char *bytes)
{
	if (p->modern)
		(void)putp(bytes);
}

static void modes_on(struct paint *p)
{
	sequence(p, "\033[?2004h"); /* pastes are marked */
	sequence(p, "\033[22;2t");  /* the title is kept aside */
	if (p->mouse)
		(void)mousemask(BUTTON1_PRESSED | BUTTON1_CLICKED | BUTTON4_PRESSED |
					BUTTON5_PRESSED,
				NULL);
	(void)fflush(stdout);
}

static void modes_off(struct paint *p)
{
	if (p->mouse)
		(void)mousemask(0, NULL);
	sequence(p, "\033[?2004l");
	sequence(p, "\033[23;2t");
	(void)fflush(stdout);
}

struct paint *paint_open(const struct paint_wish *wish, struct err *err)
{
	struct paint *p;

	setlocale(LC_CTYPE, "");
	if (!isatty(STDIN_FILENO) || !isatty(STDOUT_FILENO)) {
		(void)err_set(err, ERR_INPUT, "the console needs a terminal to draw on");
		return NULL;
	}
	p = xcalloc(1, sizeof *p);
	p->has_before = tcgetattr(STDIN_FILENO, &p->before) == 0;
	if (newterm(NULL, stdout, stdin) == NULL) {
		free(p);
		(void)err_set(
			err, ERR_INPUT,
			"TERM names no terminal that is known here; xterm-256color often fits");
		return NULL;
	}
	p->open = true;
	p->titled = -1;
	p->plain = wish->plain || strcmp(nl_langinfo(CODESET), "UTF-8") != 0;
	p->mouse = wish->mouse;
	p->paste.limit = PASTE_MAX;
	p->modern = is_modern();
	p->theme = theme_of(wish->colourless);
	(void)raw();
	(void)noecho();
	(void)nonl();
	(void)keypad(stdscr, TRUE);
	(void)nodelay(stdscr, TRUE);
	(void)idlok(stdscr, TRUE);
	(void)mouseinterval(0);
	(void)set_escdelay(ESC_WAIT_MS);
	(void)define_key("\033[200~", PASTE_BEGINS);
	(void)define_key("\033[201~", PASTE_ENDS);
	colours_set(p);
	modes_on(p);
	return p;
}

void paint_close(struct paint *p)
{
	if (p == NULL)
		return;
	if (p->open) {
		modes_off(p);
		(void)endwin();
		(void)fflush(stdout);
		delscreen(set_term(NULL));
		if (p->has_before)
			(void)tcsetattr(STDIN_FILENO, TCSADRAIN, &p->before);
	}
	cells_clear(&p->shown);
	buf_clear(&p->paste);
	free(p);
}

/* endwin() is not made for this place; but a terminal in raw mode without echo is worse. */
void paint_abandon(void)
{
	static const char modes[] = "\033[?2004l\033[23;2t";

	if (is_modern() && write(STDOUT_FILENO, modes, sizeof modes - 1) < 0)
		return;
	(void)endwin();
}

bool paint_plain(const struct paint *p)
{
	return p->plain;
}

void paint_size(const struct paint *p, int *rows, int *cols)
{
	(void)p;
	getmaxyx(stdscr, *rows, *cols);
}

void paint_redraw(struct paint *p)
{
	cells_clear(&p->shown);
	(void)clearok(curscr, TRUE);
}

void paint_resized(struct paint *p, int *rows, int *cols)
{
	struct winsize w = {0};

	if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &w) == 0 && w.ws_row > 0 && w.ws_col > 0)
		(void)resize_term(w.ws_row, w.ws_col); /* resizeterm() would send KEY_RESIZE */
	paint_redraw(p);
	paint_size(p, rows, cols);
}

void paint_suspend(struct paint *p, int *rows, int *cols)
{
	struct sigaction stop = {.sa_handler = SIG_DFL}, was;
	sigset_t one, mask;

	modes_off(p);
	(void)endwin();
	(void)fflush(stdout);
	sigemptyset(&one);
	sigaddset(&one, SIGTSTP);
	(void)sigaction(SIGTSTP, &stop, &was);
	(void)pthread_sigmask(SIG_UNBLOCK, &one, &mask);
	(void)raise(SIGTSTP); /* where nobody could wake us the system passes over it */
	(void)pthread_sigmask(SIG_SETMASK, &mask, NULL);
	(void)sigaction(SIGTSTP, &was, NULL);
	(void)reset_prog_mode();
	modes_on(p);
	p->titled = -1;
	paint_resized(p, rows, cols);
}

void paint_mouse(struct paint *p, bool on)
{
	p->mouse = on;
	(void)mousemask(on ? BUTTON1_PRESSED | BUTTON1_CLICKED | BUTTON4_PRESSED | BUTTON5_PRESSED
			   : 0,
			NULL);
}

void paint_bell(struct paint *p)
{
	(void)p;
	(void)beep();
}

void paint_title(struct paint *p, int64_t waiting)
{
	char title[64];

	if (p->titled == waiting || !p->modern)
		return;
	p->titled = waiting;
	if (waiting > 0)
		snprintf(title, sizeof title, "\033]2;Switchback (%" PRId64 ")\033\\", waiting);
	else
		snprintf(title, sizeof title, "\033]2;Switchback\033\\");
	sequence(p, title);
	(void)fflush(stdout);
}

/* ---- cells out ---- */

static attr_t attributes_of(unsigned flags)
{
	return (flags & STYLE_BOLD ? A_BOLD : 0) | (flags & STYLE_DIM ? A_DIM : 0) |
	       (flags & STYLE_REVERSE ? A_REVERSE : 0) |
	       (flags & STYLE_UNDERLINE ? A_UNDERLINE : 0);
}

/* The characters of a cell that go to the terminal: the first and the marks on it. Of a sequence of
 * emoji that is its first; joiners and selectors stay here, since terminals disagree about the
 * width of what they make. Where the C library, by which ncurses counts, has another width than our
 * table, a stand-in keeps the columns straight. */
static void cell_codes(const struct paint *p, const struct cell *cell, wchar_t out[GLYPH_CODES + 1])
{
	size_t n = 1;

	out[0] = (wchar_t)cell->c[0];
	if (wcwidth(out[0]) != cell->width) {
		wmemcpy(out, p->plain ? L"?" : cell->width == 2 ? L"\uff1f" : L"\u25af", 2);
		return;
	}
	for (size_t i = 1; i < GLYPH_CODES && cell->c[i] != 0; i++) {
		uint32_t c = cell->c[i];

		if (c == 0x200D || (c >= 0x1F3FB && c <= 0x1F3FF))
			break;
		if (c != 0xFE0E && c != 0xFE0F && wcwidth((wchar_t)c) == 0)
			out[n++] = (wchar_t)c;
	}
	out[n] = 0;
}

static void cell_put(const struct paint *p, const struct cell *cell, int row, int col)
{
	struct style s = look_style(p->theme, (enum look)cell->look, cell->on);
	short pair = s.fg >= 0 || s.bg >= 0 ? pair_of((enum look)cell->look, cell->on) : 0;
	wchar_t text[GLYPH_CODES + 1];
	cchar_t c;

	cell_codes(p, cell, text);
	if (setcchar(&c, text, attributes_of(s.flags), pair, NULL) == OK)
		(void)mvadd_wch(row, col, &c);
}

/* Characters that terminals may give another width than we do. */
static bool is_doubtful(const struct cell *c)
{
	return c->width != 1 || c->c[1] != 0;
}

static void row_show(const struct paint *p, const struct cells *g, int row)
{
	const struct cell *now = &g->at[(size_t)row * (size_t)g->cols];
	const struct cell *was =
		p->shown.rows > 0 ? &p->shown.at[(size_t)row * (size_t)g->cols] : NULL;
	bool changed = false, doubtful = false;

	for (int col = 0; col < g->cols; col++) {
		if (was != NULL && cell_same(&now[col], &was[col]))
			continue;
		changed = true;
		if (now[col].width > 0)
			cell_put(p, &now[col], row, col);
	}
	if (!changed || was == NULL)
		return;
	for (int col = 0; col < g->cols && !doubtful; col++)
		doubtful = is_doubtful(&now[col]) || is_doubtful(&was[col]);
	if (doubtful)
		(void)wredrawln(stdscr, row, 1);
}

void paint_show(struct paint *p, const struct cells *g)
{
	int rows, cols;

	paint_size(p, &rows, &cols);
	if (g->rows != rows || g->cols != cols)
		return; /* the size has just changed: a message about it is on its way */
	if (p->shown.rows != rows || p->shown.cols != cols)
		cells_clear(&p->shown);
	if (p->shown.rows == 0)
		(void)erase();
	for (int row = 0; row < g->rows; row++)
		row_show(p, g, row);
	if (p->shown.rows == 0)
		cells_init(&p->shown, rows, cols, p->plain);
	memcpy(p->shown.at, g->at, (size_t)rows * (size_t)cols * sizeof *g->at);
	(void)curs_set(g->cursor_row >= 0);
	if (g->cursor_row >= 0)
		(void)move(g->cursor_row, g->cursor_col);
	(void)wnoutrefresh(stdscr);
	(void)doupdate();
}

/* ---- keys in ---- */

int paint_fd(const struct paint *p)
{
	(void)p;
	return STDIN_FILENO;
}

bool paint_lost(const struct paint *p)
{
	struct pollfd fd = {.fd = STDIN_FILENO, .events = POLLIN};
	struct termios now;

	(void)p;
	if (poll(&fd, 1, 0) > 0 && (fd.revents & (POLLHUP | POLLERR | POLLNVAL)) != 0)
		return true;
	return tcgetattr(STDIN_FILENO, &now) != 0 && errno != EINTR;
}

static bool clicked(struct msg *out)
{
	MEVENT e;

	if (getmouse(&e) != OK)
		return false;
	*out = (struct msg){.kind = MSG_MOUSE, .rows = e.y, .cols = e.x};
	if ((e.bstate & BUTTON4_PRESSED) != 0)
		out->wheel = -1;
	else if ((e.bstate & BUTTON5_PRESSED) != 0)
		out->wheel = 1;
	return true;
}

/* Gathers a marked paste, which may come in pieces. True when it is whole. */
static bool paste_taken(struct paint *p, int got, wint_t code, struct msg *out)
{
	char bytes[4];

	if (got == KEY_CODE_YES && code == PASTE_ENDS) {
		p->pasting = false;
		*out = (struct msg){.kind = MSG_PASTE, .text = buf_str(&p->paste)};
		return true;
	}
	if (got == OK && code != 27)
		(void)buf_add(&p->paste, bytes, utf8_put((uint32_t)code, bytes));
	return false;
}

/* Is something more there at once; it is put back. */
static bool more_waits(wint_t *next)
{
	int got = get_wch(next);

	if (got == ERR)
		return false;
	if (got == KEY_CODE_YES)
		(void)ungetch((int)*next);
	else
		(void)unget_wch((wchar_t)*next);
	return got == OK;
}

static bool key_taken(int got, wint_t code, struct msg *out)
{
	wint_t next;

	*out = (struct msg){.kind = MSG_KEY};
	if (got == KEY_CODE_YES) {
		if (code == KEY_MOUSE)
			return clicked(out);
		return keys_special((int)code, &out->key);
	}
	if (!keys_plain((uint32_t)code, &out->key))
		return false;
	if (out->key.press == PRESS_ENTER)
		out->key.more = more_waits(&next) && next >= ' ';
	return true;
}

bool paint_read(struct paint *p, struct msg *out)
{
	for (;;) {
		wint_t code;
		int got = get_wch(&code);

		if (got == ERR)
			return false;
		if (p->pasting) {
			if (paste_taken(p, got, code, out))
				return true;
		} else if (got == KEY_CODE_YES && code == PASTE_BEGINS) {
			p->pasting = true;
			buf_reset(&p->paste);
		} else if (key_taken(got, code, out)) {
			return true;
		}
	}
}
