/*
 * understand.h - switchbackctl understand in a test: a set in, what was printed out.
 */
#ifndef SWITCHBACK_TESTS_UNIT_CTL_UNDERSTAND_H
#define SWITCHBACK_TESTS_UNIT_CTL_UNDERSTAND_H

#include "server/ctl/ctl.h"

struct understood {
	int code; /* the command's exit code */
	char *out, *said;
};

/* Runs "switchbackctl understand WHAT" with the set on its standard input. */
static inline struct understood understood(const char *what, const char *set)
{
	char program[] = "switchbackctl", command[] = "understand",
	     *argv[] = {program, command, NULL, NULL};
	FILE *in = tmpfile(), *out, *say;
	struct understood u;
	size_t n[2];

	argv[2] = xstrdup(what);
	fputs(set, in);
	rewind(in);
	out = open_memstream(&u.out, &n[0]);
	say = open_memstream(&u.said, &n[1]);
	u.code = ctl_run(3, argv, in, out, say);
	fclose(in);
	fclose(out);
	fclose(say);
	free(argv[2]);
	return u;
}

static inline void understood_clear(struct understood *u)
{
	free(u->out);
	free(u->said);
}

#endif
