/*
 * terminal.c - see terminal.h.
 */
#include "tests/bench/terminal.h"

#include <errno.h>
#include <poll.h>
#include <pty.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "shared/clock.h"

static void folder_set(const char *name, const char *home, const char *folder)
{
	char path[512];

	snprintf(path, sizeof path, "%s%s", home, folder);
	setenv(name, path, 1);
}

static NO_RETURN void program_begin(const char *const args[], const char *home)
{
	setenv("TERM", "xterm-256color", 1);
	setenv("LC_ALL", "C.UTF-8", 1);
	unsetenv("NO_COLOR");
	folder_set("HOME", home, "");
	folder_set("XDG_STATE_HOME", home, "/state");
	folder_set("XDG_CONFIG_HOME", home, "/config");
	execv(args[0], (char *const *)(uintptr_t)args);
	_exit(127);
}

void terminal_open(struct terminal *t, int rows, int cols, const char *const args[],
		   const char *home)
{
	struct winsize size = {.ws_row = (unsigned short)rows, .ws_col = (unsigned short)cols};

	screen_init(&t->screen, rows, cols);
	t->began_us = clock_mono_us();
	t->pid = forkpty(&t->fd, NULL, NULL, &size);
	if (t->pid < 0)
		BUG("no terminal");
	if (t->pid == 0)
		program_begin(args, home);
}

void terminal_close(struct terminal *t)
{
	char bytes[4096];
	int status;
	ssize_t n;

	kill(t->pid, SIGTERM);
	do { /* what it still writes has to go somewhere */
		n = read(t->fd, bytes, sizeof bytes);
	} while (n > 0 || (n < 0 && errno == EINTR));
	close(t->fd);
	while (waitpid(t->pid, &status, 0) < 0 && errno == EINTR)
		;
	if (t->screen.unknown > 0) {
		fprintf(stderr, "terminal: %u sequences that screen.c does not know: %s\n",
			t->screen.unknown, t->screen.why);
		exit(1);
	}
	screen_clear(&t->screen);
}

bool terminal_hear(struct terminal *t, int64_t ms)
{
	struct pollfd fd = {.fd = t->fd, .events = POLLIN};
	char bytes[65536];
	ssize_t n;

	if (poll(&fd, 1, (int)int_clamp(ms, 0, INT32_MAX)) <= 0)
		return false;
	n = read(t->fd, bytes, sizeof bytes);
	if (n <= 0) {
		fprintf(stderr, "terminal: the program has ended:\n");
		terminal_print(t);
		exit(1);
	}
	t->read_us = clock_mono_us();
	screen_feed(&t->screen, str_make(bytes, (size_t)n));
	return true;
}

void terminal_quiet(struct terminal *t, int64_t ms)
{
	while (terminal_hear(t, ms))
		;
}

bool terminal_comes(struct terminal *t, bool (*is)(void *with), void *with, int64_t ms)
{
	int64_t until = clock_mono_ms() + ms;

	while (!is(with)) {
		int64_t left = until - clock_mono_ms();

		if (left <= 0)
			return false;
		(void)terminal_hear(t, left);
	}
	return true;
}

void terminal_type(const struct terminal *t, const char *keys)
{
	if (write(t->fd, keys, strlen(keys)) != (ssize_t)strlen(keys))
		BUG("the terminal takes no keys");
}

bool terminal_shows(const struct terminal *t, const char *text)
{
	return screen_find(&t->screen, 0, text) >= 0;
}

bool terminal_foot_shows(const struct terminal *t, const char *text)
{
	return screen_find(&t->screen, t->screen.rows - 1, text) >= 0;
}

void terminal_print(const struct terminal *t)
{
	struct buf text = {0};

	for (int row = 0; row < t->screen.rows; row++) {
		screen_text(&t->screen, row, 0, t->screen.cols, &text);
		(void)buf_add_char(&text, '\n');
	}
	fwrite(text.p, 1, text.n, stderr);
	buf_clear(&text);
}
