/*
 * sign_in.c - the form: where one signs in, as whom, and why it did not work. A password leaves no
 * trace on the screen, not even its length.
 */
#include "tui/view/view.h"

#define WIDTH 58

static const struct {
	enum word label, hint;
} fields[FIELDS] = {
	[FIELD_ORGANIZATION] = {WORD_FIELD_ORGANIZATION, WORD_ORGANIZATION_HINT},
	[FIELD_EMAIL] = {WORD_FIELD_EMAIL, WORD_NONE},
	[FIELD_PASSWORD] = {WORD_FIELD_PASSWORD, WORD_PASSWORD_HINT},
};

static int label_width(const struct model *m, struct area a)
{
	int most = 0;

	for (enum field f = 0; f < FIELDS; f++) {
		int width = area_width(a, str_of(say(m->language, fields[f].label)));

		most = width > most ? width : most;
	}
	return most;
}

static void field_draw(const struct model *m, struct area a, int row, enum field f, int label)
{
	const struct sign_in *s = &m->sign_in;
	bool focused = s->at == f && !s->busy;

	if (focused)
		(void)area_sign(a, row, 0, SIGN_POINTER, LOOK_FOCUS);
	(void)area_say(a, row, 2, say(m->language, fields[f].label),
		       focused ? LOOK_FOCUS : LOOK_FAINT);
	view_field(a, row, 4 + label, a.cols - label - 5, &s->fields[f],
		   say(m->language, fields[f].hint), focused, f == FIELD_PASSWORD,
		   say(m->language, WORD_PASSWORD_TYPED));
}

static void outcome_draw(const struct model *m, struct area a, int row)
{
	const struct sign_in *s = &m->sign_in;
	char seconds[24], text[200];

	if (s->busy) {
		(void)area_say(a, row, 2, say(m->language, WORD_SIGNING_IN), LOOK_FAINT);
		return;
	}
	if (s->refusal[0] == '\0')
		return;
	row += view_wrapped(area_part(a, 0, 2, a.rows, a.cols - 2), row, 0, 3, str_of(s->refusal),
			    LOOK_BAD);
	if (s->retry_at_ms <= m->mono_ms)
		return;
	snprintf(seconds, sizeof seconds, "%" PRId64, (s->retry_at_ms - m->mono_ms + 999) / 1000);
	say_fill(text, sizeof text, say(m->language, WORD_SIGN_IN_AGAIN_IN), seconds, NULL, NULL);
	(void)area_say(a, row, 2, text, LOOK_FAINT);
}

void view_sign_in(const struct model *m, struct area a)
{
	bool airy = a.rows >= 16;
	int width = a.cols - 2 < WIDTH ? a.cols - 2 : WIDTH, height = airy ? 12 : 9;
	struct area form = area_part(a, (a.rows - height) / 2, (a.cols - width) / 2, a.rows, width);
	int row = 0, label = label_width(m, form);

	row = a.rows < height ? 0 : row;
	(void)area_put(form, row, 2, -1, STR_LIT("Switchback"), LOOK_STRONG);
	(void)area_put_right(form, row, form.cols, -1, str_of(say(m->language, WORD_SIGN_IN_TITLE)),
			     LOOK_FAINT);
	row++;
	if (airy) {
		area_rule(form, row, 2, form.cols - 2, SIGN_ACROSS, LOOK_LINE);
		row++;
	}
	(void)area_put_cut(form, row, 2, -1, str_of(m->start.url), LOOK_FAINT);
	row += airy ? 2 : 1;
	for (enum field f = 0; f < FIELDS; f++)
		field_draw(m, form, row++, f, label);
	outcome_draw(m, form, row + (airy ? 1 : 0));
}
