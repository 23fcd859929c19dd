/*
 * canned.c - lines that are said to a caller with one key, by whoever has taken the call by typing.
 */
#include "tui/model/inside.h"

static const struct canned {
	enum action act;
	enum word en, fr;
} lines[] = {
	{ACT_ONE_MOMENT, WORD_CALL_ONE_MOMENT_EN, WORD_CALL_ONE_MOMENT_FR},
	{ACT_SAY_AGAIN, WORD_SAY_AGAIN_EN, WORD_SAY_AGAIN_FR},
	{ACT_STILL_THERE, WORD_STILL_THERE_EN, WORD_STILL_THERE_FR},
	{ACT_ANYTHING_ELSE, WORD_ANYTHING_ELSE_EN, WORD_ANYTHING_ELSE_FR},
	{ACT_GOODBYE, WORD_GOODBYE_EN, WORD_GOODBYE_FR},
};

static const struct canned *line_of(enum action a)
{
	for (size_t i = 0; i < ARRAY_LEN(lines); i++) {
		if (lines[i].act == a)
			return &lines[i];
	}
	return NULL;
}

bool canned_say(struct model *m, enum action a)
{
	const struct canned *line = line_of(a);
	struct outgoing *w;
	bool french;

	if (line == NULL)
		return false;
	french = model_row(m)->language == LANGUAGE_FR;
	w = command_add(m, OUT_REPLY);
	w->text = xstrdup(say(m->language, french ? line->fr : line->en));
	snprintf(w->language, sizeof w->language, "%s", french ? "fr" : "en");
	return true;
}
