/*
 * problem.c - see problem.h.
 */
#include "shared/wire/problem.h"

#include "shared/wire/read.h"

/* Each member for itself: one that cannot be read takes nothing else with it. */
static const char *told(const struct wire_reader *of, const json_t *o, const char *name, size_t max)
{
	struct err ignored;
	struct wire_reader r = {.arena = of->arena, .err = &ignored};

	return wire_text(&r, o, name, max, MAY);
}

void wire_problem_read(int status, struct str json, struct arena *a, struct wire_problem *out)
{
	struct err ignored;
	struct wire_reader r, one;
	const json_t *o = wire_start(&r, json, a, &ignored);

	*out = (struct wire_problem){.status = status, .code = ""};
	if (r.failed) {
		if (wire_finish(&r))
			BUG("a problem that failed and did not");
		return;
	}
	out->code = told(&r, o, "code", 64);
	if (out->code == NULL)
		out->code = "";
	out->title = told(&r, o, "title", 512);
	out->request_id = told(&r, o, "request_id", 128);
	out->holder_name = told(&r, o, "holder_name", 1024);
	one = (struct wire_reader){.arena = a, .err = &ignored};
	out->holder = wire_word_read(&one, o, "holder", WORDS_HOLDER, MAY, 0);
	one.failed = false;
	wire_id(&one, o, "holder_user_id", MAY, out->holder_user_id);
	one.failed = false;
	out->holder_since = wire_time(&one, o, "holder_since", MAY);
	one.failed = false;
	out->epoch = wire_int(&one, o, "epoch", 1, INT64_MAX, MAY);
	json_decref(r.root);
}
