/*
 * pick.c - the colleagues to whom a call may be passed on.
 */
#include "tui/view/view.h"

static void colleague_draw(const struct model *m, const struct colleague *c, struct area line,
			   bool on)
{
	int name = (int)int_clamp(line.cols / 2, 10, 40);

	if (on) {
		area_select(line, 0);
		(void)area_sign(line, 0, 0, SIGN_POINTER, LOOK_FOCUS);
	}
	(void)area_put_cut(line, 0, 3, name, str_of(c->name), LOOK_PLAIN);
	(void)area_put_cut(line, 0, 4 + name, -1, str_of(view_role(m, c->role)), LOOK_FAINT);
}

void view_pick(const struct model *m, struct area a)
{
	const struct pick *p = &m->pick;
	struct area list = area_part(a, 2, 0, a.rows - 2, a.cols);
	size_t top = 0;

	(void)view_title(a, say(m->language, WORD_PICK_TITLE), true);
	if (p->n == 0)
		(void)area_say(list, 0, 3,
			       say(m->language, p->answered ? WORD_PICK_NOBODY : WORD_PICK_ASKING),
			       LOOK_FAINT);
	if (list.rows > 0 && p->cursor >= (size_t)list.rows)
		top = p->cursor - (size_t)list.rows + 1;
	for (int i = 0; i < list.rows && top + (size_t)i < p->n; i++)
		colleague_draw(m, &p->at[top + (size_t)i], area_part(list, i, 0, 1, a.cols),
			       top + (size_t)i == p->cursor);
}
