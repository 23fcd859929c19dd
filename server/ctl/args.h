/*
 * args.h - what stands behind a subcommand: options that the subcommand names, and the rest.
 */
#ifndef SWITCHBACK_SERVER_CTL_ARGS_H
#define SWITCHBACK_SERVER_CTL_ARGS_H

#include "shared/err.h"
#include "shared/str.h"

#define ARGS_OPTIONS_MAX 48
#define ARGS_REST_MAX    8

struct args {
	struct {
		struct str name;   /* without the dashes */
		const char *value; /* "" for one that takes none */
	} options[ARGS_OPTIONS_MAX];
	size_t options_n;
	const char *rest[ARGS_REST_MAX];
	size_t rest_n;
};

/* Reads argv[0..argc) by `allowed`, names between blanks, those that take a value end in '=':
 * "name= full". Options may stand anywhere, as --name VALUE or --name=VALUE; "--" ends them. The
 * same option twice, an unknown one, or one without its value is refused. */
MUST_USE
bool args_read(int argc, char **argv, const char *allowed, struct args *out, struct err *err);

/* The value, or NULL when the option was not given. */
const char *args_value(const struct args *a, const char *name);
bool args_has(const struct args *a, const char *name);

#endif
