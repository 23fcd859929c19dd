/*
 * terminal.c - paint on a pseudo-terminal: only bytes that we mean go out, keys come in as what
 * they are, and the terminal is left as it was found.
 */
#include <criterion/criterion.h>
#include <poll.h>
#include <pty.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <unistd.h>
#include <utf8proc.h>

#include "shared/buf.h"
#include "shared/clock.h"
#include "shared/utf8.h"
#include "tests/unit/twilio/outside.h"
#include "tui/paint/paint.h"

#define ROWS 24
#define COLS 80

struct terminal {
	int fd;
	pid_t pid;
	struct buf out; /* all that was written to it */
};

/* Runs `play` as the program on a terminal of that kind. */
static struct terminal terminal_open(const char *term, const char *lang,
				     void (*play)(struct paint *p))
{
	struct winsize size = {.ws_row = ROWS, .ws_col = COLS};
	struct terminal t = {0};

	t.pid = forkpty(&t.fd, NULL, NULL, &size);
	cr_assert_geq(t.pid, 0);
	if (t.pid == 0) {
		struct paint_wish wish = {.mouse = false};
		struct paint *p;
		struct err err;

		setenv("TERM", term, 1);
		setenv("LC_ALL", lang, 1);
		unsetenv("NO_COLOR");
		p = paint_open(&wish, &err);
		if (p == NULL)
			_exit(9);
		play(p);
		paint_close(p);
		_exit(0);
	}
	return t;
}

/* Reads until the program has written `mark` (NULL: until it ends), for at most ten seconds. */
static void terminal_read(struct terminal *t, const char *mark)
{
	int64_t until = clock_mono_ms() + 10000;

	while (clock_mono_ms() < until) {
		struct pollfd fd = {.fd = t->fd, .events = POLLIN};
		char bytes[4096];
		ssize_t n;

		if (mark != NULL && t->out.n > 0 &&
		    memmem(t->out.p, t->out.n, mark, strlen(mark)) != NULL)
			return;
		if (poll(&fd, 1, 100) <= 0)
			continue;
		n = read(t->fd, bytes, sizeof bytes);
		if (n <= 0)
			break;
		(void)buf_add(&t->out, bytes, (size_t)n);
	}
	cr_assert(mark == NULL, "\"%s\" did not come", mark);
}

static ssize_t typed(struct terminal *t, const char *bytes)
{
	return write(t->fd, bytes, strlen(bytes));
}

static int terminal_close(struct terminal *t)
{
	int status = 0;

	terminal_read(t, NULL);
	waitpid(t->pid, &status, 0);
	close(t->fd);
	buf_clear(&t->out);
	return status;
}

static void show(struct paint *p, void (*draw)(struct area a))
{
	struct cells g;

	cells_init(&g, ROWS, COLS, paint_plain(p));
	draw(area_all(&g));
	paint_show(p, &g);
	cells_clear(&g);
}

static bool key_comes(struct paint *p, struct msg *out)
{
	struct pollfd fd = {.fd = paint_fd(p), .events = POLLIN};

	for (int i = 0; i < 100; i++) {
		if (paint_read(p, out))
			return true;
		(void)poll(&fd, 1, 100);
	}
	return false;
}

/* ---- what goes out ---- */

static bool code_allowed(uint32_t c)
{
	const utf8proc_property_t *p = utf8proc_get_property((utf8proc_int32_t)c);

	if (c < 0xA0 || p->ignorable)
		return false;
	switch (p->category) {
	case UTF8PROC_CATEGORY_CF:
	case UTF8PROC_CATEGORY_CS:
	case UTF8PROC_CATEGORY_CO:
	case UTF8PROC_CATEGORY_ZL:
	case UTF8PROC_CATEGORY_ZP: return false;
	default: return true;
	}
}

/* Length of a sequence that ncurses or we write; 0: none of those. */
static size_t sequence(struct str s)
{
	static const char *const fixed[] = {"\033(B", "\033)0", "\033(0", "\0337",
					    "\0338",  "\033=",  "\033>",  "\033]2;Switchback\033\\",
					    "\033M",  "\033D",  "\033E",  "\033H"};
	size_t n = 2;

	for (size_t i = 0; i < ARRAY_LEN(fixed); i++) {
		if (str_starts(s, str_of(fixed[i])))
			return strlen(fixed[i]);
	}
	if (!str_starts(s, STR_LIT("\033[")))
		return 0;
	while (n < s.n && strchr("0123456789;?!$\"'>", s.p[n]) != NULL)
		n++;
	return n < s.n && strchr("@ABCDEFGHIJKLMPSTXZ`abcdefghlmnpqrstu", s.p[n]) != NULL ? n + 1
											  : 0;
}

static void expect_allowed(struct str s, const char *term)
{
	bool plain_only = false;

	while (s.n > 0) {
		unsigned char c = (unsigned char)s.p[0];
		uint32_t code = 0;
		size_t n = 1;

		if (c == 27)
			n = sequence(s);
		else if (c >= 0x80)
			n = utf8_next(s, &code);
		else
			plain_only = true;
		cr_assert(n > 0, "%s: a sequence of its own begins with %02x %02x %02x", term, c,
			  s.n > 1 ? (unsigned char)s.p[1] : 0, s.n > 2 ? (unsigned char)s.p[2] : 0);
		cr_assert(c >= 0x80 || c == 27 || (c >= 0x20 && c < 0x7F) ||
				  strchr("\r\n\b\016\017", c) != NULL,
			  "%s: control %02x", term, c);
		cr_assert(c < 0x80 || code_allowed(code), "%s: U+%04X", term, (unsigned)code);
		s = str_sub(s, n, s.n);
	}
	cr_expect(plain_only);
}

/* Sixteen hostile texts a screen, from the public sets and some of our own, between rows of ours.
 */
static void hostile_play(struct paint *p)
{
	static const char *const ours[] = {
		"\033]0;owned\007\033[2J\033[31m",
		"\xC2\x9B"
		"2J\xC2\x9D"
		"0;x\xC2\x9C",
		"a\r\nb\bc\td\x7F",
		"\xE2\x80\xAE evil \xE2\x81\xA6 x \xE2\x80\x8F",
		"\xEF\xBB\xBF\xE2\x80\x8B\xE2\x81\xA0\xC2\xAD",
		"Z\xCD\xA5\xCD\xAB\xCC\xB4\xCC\x95\xCC\x9B\xCC\x83\xCD\x9D",
		"👨‍👩‍👧‍👦 🇨🇦 ❤️ 1️⃣ 👍🏽 🫠",
		"\xF3\xA0\x81\x81\xF3\xA0\x81\xBF\xEF\xBF\xB9\xEF\xBF\xBB",
		"\xFF\xFE\xC0\x80\xED\xA0\x80",
		"日本語 한국어 ﷽ ꧅ 𒐫",
	};
	struct arena a = {0};
	struct str all = outside_file(&a, "corpora/text/blns/blns.txt");
	struct cells g;

	cells_init(&g, ROWS, COLS, paint_plain(p));
	for (size_t turn = 0; turn == 0 || (all.n > 0 && turn < 40); turn++) {
		cells_wipe(&g);
		for (int row = 0; row < ROWS; row++) {
			struct area line = area_part(area_all(&g), row, 0, 1, COLS);
			struct str text = str_of(ours[((size_t)row + turn) % ARRAY_LEN(ours)]);

			if (row % 3 == 1 && all.n > 0)
				text = str_cut(&all, '\n');
			area_rule(line, 0, 0, COLS, SIGN_BETWEEN, LOOK_LINE);
			if (row % 3 != 2)
				(void)area_put(line, 0, 10, 60, text,
					       (enum look)((size_t)row % LOOKS));
		}
		paint_show(p, &g);
	}
	cells_clear(&g);
	arena_free(&a);
}

static const char *const terms[] = {"xterm-256color", "xterm", "linux",
				    "screen",         "vt100", "tmux-256color"};

Test(terminal, gets_only_bytes_that_we_mean)
{
	for (size_t i = 0; i < ARRAY_LEN(terms); i++) {
		struct terminal t = terminal_open(terms[i], "C.UTF-8", hostile_play);

		terminal_read(&t, NULL);
		cr_assert_gt(t.out.n, 1000, "%s: nothing was drawn", terms[i]);
		expect_allowed(buf_str(&t.out), terms[i]);
		cr_expect_eq(terminal_close(&t), 0);
		t = terminal_open(terms[i], "C", hostile_play);
		terminal_read(&t, NULL);
		for (size_t k = 0; k < t.out.n; k++)
			cr_assert((unsigned char)t.out.p[k] < 0x80, "%s: not ASCII", terms[i]);
		cr_expect_eq(terminal_close(&t), 0);
	}
}

static void hello_draw(struct area a)
{
	(void)area_put(a, 0, 0, -1, STR_LIT("hello"), LOOK_PLAIN);
}

static void hello_changed(struct area a)
{
	hello_draw(a);
	(void)area_put(a, 5, 0, -1, STR_LIT("world"), LOOK_PLAIN);
}

static void twice_play(struct paint *p)
{
	show(p, hello_draw);
	show(p, hello_draw);
	show(p, hello_changed);
}

Test(terminal, gets_only_what_changed)
{
	struct terminal t = terminal_open("xterm", "C.UTF-8", twice_play);
	struct str out;
	ptrdiff_t hello;

	terminal_read(&t, NULL);
	out = buf_str(&t.out);
	hello = str_find(out, STR_LIT("hello"));
	cr_assert_geq(hello, 0);
	cr_expect_lt(str_find(str_sub(out, (size_t)hello + 1, out.n), STR_LIT("hello")), 0,
		     "drawn twice");
	cr_expect_geq(str_find(out, STR_LIT("world")), 0);
	cr_expect_eq(terminal_close(&t), 0);
}

static void wait_play(struct paint *p)
{
	struct msg msg;

	show(p, hello_draw);
	(void)key_comes(p, &msg);
}

/* Whatever was switched on is off again, and the line settings are what they were. */
Test(terminal, is_left_as_it_was_found)
{
	for (size_t i = 0; i < ARRAY_LEN(terms); i++) {
		struct terminal t = terminal_open(terms[i], "C.UTF-8", wait_play);
		struct termios during, after;
		bool modern = strcmp(terms[i], "linux") != 0 && strcmp(terms[i], "vt100") != 0;
		const char *last;

		terminal_read(&t, "hello");
		cr_assert_eq(tcgetattr(t.fd, &during), 0);
		cr_expect_eq(during.c_lflag & (ICANON | ECHO), 0);
		cr_assert_eq(typed(&t, "x"), 1);
		terminal_read(&t, NULL);
		if (tcgetattr(t.fd, &after) == 0)
			cr_expect_neq(after.c_lflag & (ICANON | ECHO), 0, "%s: no echo is left",
				      terms[i]);
		(void)buf_add_char(&t.out, '\0');
		if (modern) {
			last = strstr(t.out.p, "\033[?2004l");
			cr_expect(last != NULL && strstr(last, "\033[?2004h") == NULL, "%s",
				  terms[i]);
			last = strstr(t.out.p, "\033[?1049l");
			cr_expect(last != NULL && strstr(last, "\033[?1049h") == NULL, "%s",
				  terms[i]);
		} else {
			cr_expect(strstr(t.out.p, "2004") == NULL, "%s does not know pastes",
				  terms[i]);
		}
		cr_expect_eq(terminal_close(&t), 0);
	}
}

/* ---- what comes in ---- */

static void echo_play(struct paint *p)
{
	struct msg msg;

	show(p, hello_draw);
	while (key_comes(p, &msg) &&
	       !(msg.kind == MSG_KEY && msg.key.press == PRESS_CHAR && msg.key.code == 'Q')) {
		if (msg.kind == MSG_PASTE)
			fprintf(stdout, "<paste %zu:" STR_FMT ">", msg.text.n, STR_ARG(msg.text));
		else
			fprintf(stdout, "<%d %u %d>", (int)msg.key.press, (unsigned)msg.key.code,
				msg.key.alt);
		fflush(stdout);
	}
}

Test(terminal, tells_keys_by_what_they_are)
{
	static const struct {
		const char *bytes;
		struct key key;
	} cases[] = {
		{"a", {.press = PRESS_CHAR, .code = 'a'}},
		{"é", {.press = PRESS_CHAR, .code = 0xE9}},
		{"🙏", {.press = PRESS_CHAR, .code = 0x1F64F}},
		{"\r", {.press = PRESS_ENTER}},
		{"\n", {.press = PRESS_CTRL, .code = 'j'}},
		{"\t", {.press = PRESS_TAB}},
		{"\033[Z", {.press = PRESS_BACKTAB}},
		{"\x7F", {.press = PRESS_BACKSPACE}},
		{"\x03", {.press = PRESS_CTRL, .code = 'c'}},
		{"\x1A", {.press = PRESS_CTRL, .code = 'z'}},
		{"\033OA", {.press = PRESS_UP}},
		{"\033[5~", {.press = PRESS_PAGE_UP}},
		{"\033OP", {.press = PRESS_FUNCTION, .code = 1}},
		{"\033", {.press = PRESS_ESCAPE}},
	};
	struct terminal t = terminal_open("xterm-256color", "C.UTF-8", echo_play);

	terminal_read(&t, "hello");
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		char want[40];

		snprintf(want, sizeof want, "<%d %u %d>", (int)cases[i].key.press,
			 (unsigned)cases[i].key.code, cases[i].key.alt);
		buf_reset(&t.out);
		cr_assert_gt(typed(&t, cases[i].bytes), 0);
		terminal_read(&t, want);
	}
	buf_reset(&t.out);
	cr_assert_gt(typed(&t, "\033[200~one\rtwo"), 0); /* a paste in pieces */
	usleep(50000);
	cr_assert_gt(typed(&t, " \033OA three\033[201~"), 0);
	terminal_read(&t, "<paste 14:one\rtwo  three>");
	cr_assert_eq(typed(&t, "Q"), 1);
	cr_expect_eq(terminal_close(&t), 0);
}

static void corner_draw(struct area a)
{
	(void)area_put(a, a.rows - 1, a.cols - 7, -1, STR_LIT("corner"), LOOK_PLAIN);
}

/* Takes a new size with each key, until Q. */
static void resize_play(struct paint *p)
{
	struct msg msg;
	struct cells g;
	int rows, cols;

	paint_size(p, &rows, &cols);
	do {
		cells_init(&g, rows, cols, false);
		corner_draw(area_all(&g));
		paint_show(p, &g);
		cells_clear(&g);
		if (!key_comes(p, &msg))
			_exit(6);
		paint_resized(p, &rows, &cols);
	} while (msg.key.code != 'Q');
}

Test(terminal, takes_a_new_size_and_goes_on_reading_keys)
{
	struct terminal t = terminal_open("xterm", "C.UTF-8", resize_play);
	static const struct winsize sizes[] = {{40, 120, 0, 0}, {10, 40, 0, 0}, {24, 80, 0, 0}};

	terminal_read(&t, "corner");
	for (size_t i = 0; i < ARRAY_LEN(sizes); i++) {
		char at[24];

		snprintf(at, sizeof at, "\033[%d;%dH", sizes[i].ws_row, sizes[i].ws_col - 6);
		buf_reset(&t.out);
		cr_assert_eq(ioctl(t.fd, TIOCSWINSZ, &sizes[i]), 0);
		cr_assert_eq(typed(&t, "k"), 1);
		terminal_read(&t, at);
		terminal_read(&t, "corner");
	}
	cr_assert_eq(typed(&t, "Q"), 1);
	cr_expect_eq(terminal_close(&t), 0);
}

static void lost_play(struct paint *p)
{
	struct msg msg;

	signal(SIGHUP, SIG_IGN);
	show(p, hello_draw);
	for (int i = 0; i < 100 && !paint_lost(p); i++) {
		(void)paint_read(p, &msg);
		usleep(20000);
	}
	_exit(paint_lost(p) ? 7 : 8);
}

Test(terminal, is_known_to_be_gone)
{
	struct terminal t = terminal_open("xterm", "C.UTF-8", lost_play);
	int status = 0;

	terminal_read(&t, "hello");
	close(t.fd);
	cr_assert_eq(waitpid(t.pid, &status, 0), t.pid);
	cr_expect(WIFEXITED(status) && WEXITSTATUS(status) == 7, "status %x", status);
	buf_clear(&t.out);
}
