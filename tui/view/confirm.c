/*
 * confirm.c - a question that names whom it is about, in a box of its own; y and n answer it.
 */
#include "tui/view/view.h"

static int lines_of(const char *text, int cols, bool plain)
{
	struct str rest = str_of(text);
	int n = 0;

	for (; rest.n > 0; n++)
		(void)text_line(&rest, cols, plain);
	return n;
}

/* A box with a blank column around it, so that it stands clear of what lies under it. */
static void frame(struct area box)
{
	int right = box.cols - 2, foot = box.rows - 1;

	area_rule(box, 0, 1, box.cols - 2, SIGN_ACROSS, LOOK_URGENT);
	area_rule(box, foot, 1, box.cols - 2, SIGN_ACROSS, LOOK_URGENT);
	area_column(area_part(box, 0, 1, box.rows, 1), 0, SIGN_DOWN, LOOK_URGENT);
	area_column(area_part(box, 0, right, box.rows, 1), 0, SIGN_DOWN, LOOK_URGENT);
	(void)area_sign(box, 0, 1, SIGN_CORNER_1, LOOK_URGENT);
	(void)area_sign(box, 0, right, SIGN_CORNER_2, LOOK_URGENT);
	(void)area_sign(box, foot, 1, SIGN_CORNER_3, LOOK_URGENT);
	(void)area_sign(box, foot, right, SIGN_CORNER_4, LOOK_URGENT);
}

void view_confirm(const struct model *m, struct area a)
{
	static const enum action answers[] = {ACT_YES, ACT_NO};
	int col = 4, width = a.cols < 58 ? a.cols : 58;
	int lines = lines_of(m->confirm.text, width - 8, a.g->plain), height = lines + 4;
	struct area box = area_part(a, (a.rows - height) / 2, (a.cols - width) / 2, height, width);

	for (int row = 0; row < box.rows; row++)
		area_ground(box, row, LOOK_PLAIN);
	frame(box);
	for (size_t i = 0; i < ARRAY_LEN(answers); i++) {
		char key[KEY_LABEL];

		action_key(answers[i], IN_CONFIRM, m->language, key);
		col += area_put(box, box.rows - 2, col, -1, str_of(key), LOOK_BAR_KEY) + 1;
		col += area_say(box, box.rows - 2, col,
				say(m->language, action_of(answers[i])->bar), LOOK_PLAIN) +
		       3;
	}
	(void)view_wrapped(area_part(box, 0, 4, box.rows, width - 8), 1, 0, lines,
			   str_of(m->confirm.text), LOOK_STRONG);
}
