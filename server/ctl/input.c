/*
 * input.c - see input.h.
 */
#include "server/ctl/input.h"

#include <errno.h>
#include <termios.h>
#include <unistd.h>

#define LINE_ROOM 1024

/* One line without its end. */
static bool line_read(struct ctl *c, FILE *from, struct str *out)
{
	char *line = arena_take(&c->arena, LINE_ROOM);
	size_t n;

	if (fgets(line, LINE_ROOM, from) == NULL)
		return false;
	n = strlen(line);
	while (n > 0 && (line[n - 1] == '\n' || line[n - 1] == '\r'))
		line[--n] = '\0';
	*out = str_make(line, n);
	return n < LINE_ROOM - 2;
}

bool input_secret(struct ctl *c, const char *path, struct str *out, struct err *err)
{
	FILE *from = strcmp(path, "-") == 0 ? c->in : fopen(path, "re");
	bool ok;

	if (from == NULL)
		return err_set(err, ERR_INPUT, "%.120s cannot be read: %s.", path, strerror(errno));
	if (from != c->in)
		setvbuf(from, NULL, _IONBF, 0);
	ok = line_read(c, from, out);
	if (from != c->in)
		fclose(from);
	*out = str_trim(*out);
	return (ok && out->n > 0) ||
	       err_set(err, ERR_INPUT, "%.120s holds no credential on its first line.", path);
}

static bool asked(struct ctl *c, const char *prompt, struct str *out)
{
	struct termios before, quiet;
	int fd = fileno(c->in);
	bool ok;

	fprintf(c->say, "%s", prompt);
	fflush(c->say);
	if (tcgetattr(fd, &before) != 0)
		return false;
	quiet = before;
	quiet.c_lflag &= ~(tcflag_t)(ECHO | ECHONL);
	tcsetattr(fd, TCSAFLUSH, &quiet);
	ok = line_read(c, c->in, out);
	tcsetattr(fd, TCSAFLUSH, &before);
	fputc('\n', c->say);
	return ok;
}

bool input_password(struct ctl *c, const char *whose, struct str *out, struct err *err)
{
	int fd = fileno(c->in);
	struct str again;
	const char *prompt;

	*out = (struct str){NULL, 0};
	if (fd < 0 || !isatty(fd))
		return (line_read(c, c->in, out) && out->n > 0) ||
		       err_set(err, ERR_INPUT,
			       "The password is read from input, and there was none.");
	prompt = arena_printf(&c->arena, "New password of %s: ", whose);
	if (!asked(c, prompt, out) || !asked(c, "The same again: ", &again))
		return err_set(err, ERR_INPUT, "No password was given.");
	return str_eq(*out, again) || err_set(err, ERR_INPUT, "The two passwords differ.");
}
