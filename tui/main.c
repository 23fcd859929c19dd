/*
 * main.c - switchback: the console of a store's staff.
 *
 * Exit codes: 0 left, 2 it could not start (the sentence on standard error says why), 128 and the
 * number of the signal that ended it, 129 also when the terminal was lost.
 */
#include <errno.h>
#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "shared/log.h"
#include "tui/app.h"

#define CANNOT  2
#define LOG_MAX (1024 * 1024)

/* Passwords and tokens are in this memory: no core file, no debugger of the same user. */
static void secrets_guarded(void)
{
	struct rlimit none = {0, 0};

	setrlimit(RLIMIT_CORE, &none);
	prctl(PR_SET_DUMPABLE, 0);
}

static bool folders_made(char *path)
{
	for (char *p = path + 1; *p != '\0'; p++) {
		if (*p != '/')
			continue;
		*p = '\0';
		mkdir(path, 0700);
		*p = '/';
	}
	return mkdir(path, 0700) == 0 || errno == EEXIST;
}

/* The log file, begun anew when it has grown long; -1: there is none. */
static int log_opened(const struct config *c)
{
	struct buf path = {0}, old = {0};
	struct stat st;
	int fd = -1;

	if (c->state_dir == NULL)
		return -1;
	buf_printf(&path, "%s", c->state_dir);
	if (folders_made(path.p)) {
		buf_add_cstr(&path, "/console.log");
		buf_printf(&old, "%s.1", buf_cstr(&path));
		if (stat(buf_cstr(&path), &st) == 0 && st.st_size > LOG_MAX &&
		    rename(buf_cstr(&path), buf_cstr(&old)) != 0)
			log_warn("event=log_not_renewed");
		fd = open(buf_cstr(&path),
			  O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NOFOLLOW | O_NOCTTY, 0600);
	}
	buf_clear(&path);
	buf_clear(&old);
	return fd < 0 ? open("/dev/null", O_WRONLY | O_CLOEXEC) : fd;
}

static int failed(const struct err *err)
{
	fprintf(stderr, "switchback: %s\n", err->text);
	return CANNOT;
}

/* While the screen is up, nothing else writes to the terminal: libraries' complaints go into the
 * log too. */
static int console_run(const struct config *c, struct credentials *who)
{
	int log_fd = log_opened(c), error_fd = dup(STDERR_FILENO), code;
	struct err err;
	struct app *a;

	log_to(log_fd);
	for (size_t i = 0; i < c->warnings_n; i++)
		log_warn("event=config why=\"%s\"", c->warnings[i]);
	app_signals();
	a = app_open(c, who, &err);
	if (a == NULL) {
		code = failed(&err);
	} else {
		if (log_fd >= 0)
			dup2(log_fd, STDERR_FILENO);
		code = app_run(a);
		app_close(a);
		dup2(error_fd, STDERR_FILENO);
	}
	log_flush();
	close(error_fd);
	return code;
}

int main(int argc, char **argv)
{
	struct config c;
	struct credentials who = {0};
	struct err err;
	int code = 0;

	secrets_guarded();
	if (!config_load(argc, argv, &c, &err)) {
		config_clear(&c);
		return failed(&err);
	}
	if (c.help)
		config_help(stdout);
	else if (c.version)
		puts("switchback " SWITCHBACK_VERSION);
	else if (c.print)
		config_print(&c, stdout);
	else if (!isatty(STDIN_FILENO) || !isatty(STDOUT_FILENO))
		code = failed(&(struct err){.text = "This is a console for people: run it in a "
						    "terminal, not in a pipe."});
	else if (!credentials_read(&c, &who, &err))
		code = failed(&err);
	if (code == 0 && !c.help && !c.version && !c.print) {
		for (size_t i = 0; i < c.warnings_n; i++)
			fprintf(stderr, "switchback: %s\n", c.warnings[i]);
		code = console_run(&c, &who);
	}
	credentials_clear(&who);
	config_clear(&c);
	return code;
}
