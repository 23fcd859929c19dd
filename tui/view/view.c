/*
 * view.c - the frame: which views stand where, and what several of them share.
 */
#include "tui/view/view.h"

static struct area area_of(struct area all, struct rect r)
{
	return area_part(all, r.row, r.col, r.rows, r.cols);
}

static const struct {
	size_t at; /* the view's rect in struct layout */
	void (*draw)(const struct model *m, struct area a);
} panes[] = {
	{offsetof(struct layout, bar), view_bar},
	{offsetof(struct layout, banner), view_banner},
	{offsetof(struct layout, strip), view_strip},
	{offsetof(struct layout, list), view_list},
	{offsetof(struct layout, thread), view_thread},
	{offsetof(struct layout, composer), view_composer},
	{offsetof(struct layout, facts), view_facts},
	{offsetof(struct layout, foot), view_foot},
};

static void panes_draw(const struct model *m, struct area all, const struct layout *l)
{
	int from = l->banner.rows > 0 ? 2 : 1;
	struct area body = area_part(all, from, 0, m->rows - from - 1, m->cols);

	for (size_t i = 0; i < ARRAY_LEN(panes); i++) {
		struct rect r;

		memcpy(&r, (const char *)l + panes[i].at, sizeof r);
		if (r.rows > 0)
			panes[i].draw(m, area_of(all, r));
	}
	for (size_t i = 0; i < ARRAY_LEN(l->rules); i++) {
		if (l->rules[i] > 0)
			area_column(body, l->rules[i], SIGN_DOWN, LOOK_LINE);
	}
}

void view_draw(const struct model *m, struct cells *g)
{
	struct layout l = model_layout(m);
	struct area all = area_all(g);
	struct area middle = area_part(all, 1, 0, m->rows - 2, m->cols);

	cells_wipe(g);
	if (l.too_small) {
		view_too_small(m, all);
		return;
	}
	if (m->screen == SCREEN_MAIN && !m->help && !m->find.open && !m->pick.open) {
		panes_draw(m, all, &l);
	} else {
		if (m->screen == SCREEN_MAIN)
			view_bar(m, area_of(all, l.bar));
		if (m->help)
			view_help(m, middle);
		else if (m->screen == SCREEN_SIGN_IN)
			view_sign_in(m, area_part(all, 0, 0, m->rows - 1, m->cols));
		else if (m->pick.open)
			view_pick(m, middle);
		else
			view_find(m, middle);
		view_foot(m, area_of(all, l.foot));
	}
	if (m->confirm.question != ASK_NOTHING) {
		g->cursor_row = -1;
		view_confirm(m, middle);
	}
}

/* ---- shared ---- */

const char *view_role(const struct model *m, enum role_word role)
{
	static const enum word words[] = {
		[ROLE_WORD_OTHER] = WORD_NONE,
		[ROLE_WORD_ADMIN] = WORD_ROLE_ADMIN,
		[ROLE_WORD_MANAGER] = WORD_ROLE_MANAGER,
		[ROLE_WORD_STAFF] = WORD_ROLE_STAFF,
		[ROLE_WORD_SERVICE_TECH] = WORD_ROLE_SERVICE_TECH,
	};

	return say(m->language, words[role]);
}

int view_wrapped(struct area a, int row, int col, int most, struct str s, enum look look)
{
	int used = 0, cols = a.cols - col;

	while (s.n > 0 && used < most && cols > 0) {
		struct str line = text_line(&s, cols, a.g->plain);

		(void)area_put(a, row + used, col, cols, line, look);
		used++;
	}
	return used;
}

int view_title(struct area a, const char *text, bool focused)
{
	int used = focused ? area_sign(a, 0, 0, SIGN_POINTER, LOOK_FOCUS) : 1;

	return used + area_put_cut(a, 0, used, a.cols - used, str_of(text),
				   focused ? LOOK_FOCUS : LOOK_STRONG);
}

void view_field(struct area a, int row, int col, int room, const struct edit *e, const char *hint,
		bool focused, bool hidden, const char *hidden_text)
{
	struct str text = edit_text(e);
	size_t from = 0;

	if (hidden && text.n > 0) {
		(void)area_put_cut(a, row, col, room, str_of(hidden_text), LOOK_HINT);
	} else if (text.n == 0) {
		(void)area_put_cut(a, row, col, room, str_of(hint), LOOK_HINT);
	} else {
		from = text_fit_end(str_sub(text, 0, e->at), room - 1, a.g->plain);
		(void)area_put_cut(a, row, col, room, str_sub(text, from, text.n), LOOK_PLAIN);
	}
	if (focused)
		area_cursor(
			a, row,
			col + (hidden ? 0
				      : text_width(str_sub(text, from, e->at - from), a.g->plain)));
}

const char *view_channel(const struct model *m, enum channel c)
{
	return say(m->language, c == CHANNEL_VOICE  ? WORD_CHANNEL_VOICE
				: c == CHANNEL_CHAT ? WORD_CHANNEL_CHAT
						    : WORD_CHANNEL_SMS);
}

const char *view_language(const struct model *m, enum language l)
{
	return say(m->language, l == LANGUAGE_EN   ? WORD_LANGUAGE_EN
				: l == LANGUAGE_FR ? WORD_LANGUAGE_FR
						   : WORD_LANGUAGE_NONE);
}

const char *view_letter(const struct model *m, const struct row *row, enum look *look)
{
	*look = LOOK_FAINT;
	if (row->undelivered && row->state != THREAD_CLOSED) {
		*look = LOOK_BAD;
		return "!";
	}
	if (row->state == THREAD_CLOSED)
		return say(m->language, WORD_LETTER_CLOSED);
	if (row_wants_person(row)) {
		*look = LOOK_URGENT;
		return say(m->language, WORD_LETTER_WAITS);
	}
	if (model_is_mine(m, row)) {
		*look = LOOK_MINE;
		return say(m->language, WORD_LETTER_MINE);
	}
	if (row->holder == HOLDER_STAFF) {
		*look = LOOK_STAFF;
		return say(m->language, WORD_LETTER_COLLEAGUE);
	}
	*look = LOOK_AGENT;
	return say(m->language, WORD_LETTER_AGENT);
}

const char *view_staff(const struct model *m, const struct row *row)
{
	const char *name = row_staff_name(row);

	return name == NULL ? say(m->language, WORD_AUTHOR_STAFF) : name;
}

void view_holder(const struct model *m, const struct row *row, char *out, size_t room)
{
	struct when when = model_when(m);
	char since[WHEN_TEXT];
	int64_t waits = row_waits_since(row);

	if (row->state == THREAD_CLOSED) {
		snprintf(out, room, "%s", say(m->language, WORD_IS_CLOSED_SHORT));
	} else if (row_wants_person(row)) {
		when_since(&when, waits, since);
		say_fill(out, room, say(m->language, WORD_WAITS_FOR), since, NULL, NULL);
	} else if (row_is_live(row)) {
		view_call(m, row, false, out, room);
	} else if (model_is_mine(m, row)) {
		snprintf(out, room, "%s", say(m->language, WORD_HAS_YOU));
	} else if (row->holder == HOLDER_STAFF) {
		snprintf(out, room, "%s", view_staff(m, row));
	} else {
		snprintf(out, room, "%s", say(m->language, WORD_HAS_AGENT));
	}
}
