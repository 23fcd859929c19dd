/*
 * args.c - see args.h.
 */
#include "server/ctl/args.h"

/* Finds name among the allowed; *takes says whether it takes a value. */
static bool allowed_find(const char *allowed, struct str name, bool *takes)
{
	struct str rest = str_of(allowed);

	while (rest.n > 0) {
		struct str word = str_cut(&rest, ' ');

		*takes = str_ends(word, STR_LIT("="));
		if (*takes)
			word.n--;
		if (word.n > 0 && str_eq(word, name))
			return true;
	}
	return false;
}

static bool option_read(int argc, char **argv, int *at, const char *allowed, struct args *out,
			struct err *err)
{
	struct str name = str_of(argv[*at] + 2), value = name;
	const char *given = "";
	bool takes;

	name = str_cut(&value, '=');
	if (!allowed_find(allowed, name, &takes))
		return err_set(err, ERR_INPUT, "--%.40s is not an option of this command.",
			       argv[*at] + 2);
	if (!takes && value.p != NULL)
		return err_set(err, ERR_INPUT, "--" STR_FMT " takes no value.", STR_ARG(name));
	if (takes && value.p != NULL)
		given = value.p;
	else if (takes && *at + 1 < argc)
		given = argv[++*at];
	else if (takes)
		return err_set(err, ERR_INPUT, "--" STR_FMT " needs a value.", STR_ARG(name));
	for (size_t i = 0; i < out->options_n; i++) {
		if (str_eq(out->options[i].name, name))
			return err_set(err, ERR_INPUT, "--" STR_FMT " is there twice.",
				       STR_ARG(name));
	}
	if (out->options_n == ARGS_OPTIONS_MAX)
		BUG("a command names more than %d options", ARGS_OPTIONS_MAX);
	out->options[out->options_n].name = name;
	out->options[out->options_n++].value = given;
	return true;
}

bool args_read(int argc, char **argv, const char *allowed, struct args *out, struct err *err)
{
	bool ended = false;

	*out = (struct args){0};
	for (int i = 0; i < argc; i++) {
		if (!ended && strcmp(argv[i], "--") == 0) {
			ended = true;
		} else if (!ended && strncmp(argv[i], "--", 2) == 0) {
			if (!option_read(argc, argv, &i, allowed, out, err))
				return false;
		} else if (out->rest_n == ARGS_REST_MAX) {
			return err_set(err, ERR_INPUT, "\"%.40s\" is one argument too many.",
				       argv[i]);
		} else {
			out->rest[out->rest_n++] = argv[i];
		}
	}
	return true;
}

const char *args_value(const struct args *a, const char *name)
{
	for (size_t i = 0; i < a->options_n; i++) {
		if (str_is(a->options[i].name, name))
			return a->options[i].value;
	}
	return NULL;
}

bool args_has(const struct args *a, const char *name)
{
	return args_value(a, name) != NULL;
}
