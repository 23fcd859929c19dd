/*
 * find.c - looking for a customer: what is typed, and whom the service found.
 */
#include "shared/phone.h"
#include "tui/view/view.h"

static void found_draw(const struct model *m, const struct found *f, struct area line, bool on)
{
	char number[24] = "";
	int name = (int)int_clamp(line.cols / 2 - 4, 10, 40);

	if (f->phone != NULL)
		phone_text(str_of(f->phone), number);
	if (on) {
		area_select(line, 0);
		(void)area_sign(line, 0, 0, SIGN_POINTER, LOOK_FOCUS);
	}
	(void)area_put_cut(line, 0, 3, name, str_of(f->name), LOOK_PLAIN);
	(void)area_put_cut(line, 0, 4 + name, 17, str_of(number), LOOK_FAINT);
	if (f->opted_out || f->blocked)
		(void)area_put_cut(line, 0, 22 + name, -1,
				   str_of(say(m->language, f->blocked ? WORD_FACTS_BLOCKED
								      : WORD_FACTS_OPTED_OUT)),
				   LOOK_BAD);
	else
		(void)area_put_cut(line, 0, 22 + name, -1, str_of(f->email), LOOK_FAINT);
}

void view_find(const struct model *m, struct area a)
{
	const struct find *f = &m->find;
	struct area list = area_part(a, 3, 0, a.rows - 3, a.cols);
	bool asking = f->ask_at_ms != 0 || !f->answered;
	size_t top = 0;
	char number[PHONE_MAX];
	bool is_number = f->to_write && find_number(f, number);

	(void)view_title(a, say(m->language, f->to_write ? WORD_FIND_TO_WRITE : WORD_FIND_TITLE),
			 true);
	view_field(a, 1, 3, a.cols - 4, &f->edit, say(m->language, WORD_FIND_HINT), true, false,
		   "");
	area_rule(a, 2, 0, a.cols, SIGN_ACROSS, LOOK_LINE);
	if (f->n == 0) {
		if (edit_text(&f->edit).n > 0)
			(void)area_say(list, 0, 3,
				       say(m->language, asking      ? WORD_FIND_ASKING
							: is_number ? WORD_FIND_NUMBER
								    : WORD_FIND_NOBODY),
				       LOOK_FAINT);
		return;
	}
	if (list.rows > 0 && f->cursor >= (size_t)list.rows)
		top = f->cursor - (size_t)list.rows + 1;
	for (int i = 0; i < list.rows && top + (size_t)i < f->n; i++)
		found_draw(m, &f->at[top + (size_t)i], area_part(list, i, 0, 1, a.cols),
			   top + (size_t)i == f->cursor);
}
