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

void view_confirm(const struct model *m, struct area a)
{
	static const enum action answers[] = {ACT_YES, ACT_NO};
	int col = 2, width = a.cols - 4 < 54 ? a.cols - 4 : 54;
	int lines = lines_of(m->confirm.text, width - 4, a.g->plain), height = lines + 5;
	struct area box = area_part(a, (a.rows - height) / 2, (a.cols - width) / 2, height, width);

	for (int row = 0; row < box.rows; row++)
		area_ground(box, row, LOOK_PLAIN);
	area_rule(box, 0, 0, width, SIGN_ACROSS, LOOK_URGENT);
	area_rule(box, box.rows - 1, 0, width, SIGN_ACROSS, LOOK_URGENT);
	for (size_t i = 0; i < ARRAY_LEN(answers); i++) {
		char key[KEY_LABEL];

		action_key(answers[i], IN_CONFIRM, m->language, key);
		col += area_put(box, box.rows - 2, col, -1, str_of(key), LOOK_BAR_KEY) + 1;
		col += area_say(box, box.rows - 2, col,
				say(m->language, action_of(answers[i])->bar), LOOK_PLAIN) +
		       3;
	}
	(void)view_wrapped(area_part(box, 0, 2, box.rows, width - 4), 1, 0, lines,
			   str_of(m->confirm.text), LOOK_STRONG);
}
