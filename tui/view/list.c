/*
 * list.c - the conversations: tabs with their counts, then a row each; in a narrow pane two lines,
 * in a wide one one.
 */
#include "tui/view/view.h"

static const enum word tab_words[TABS] = {WORD_TAB_WAITING, WORD_TAB_MINE, WORD_TAB_ALL,
					  WORD_TAB_CLOSED};

static void count_text(size_t n, char out[24])
{
	if (n >= 1000)
		snprintf(out, 24, "%zuk", n / 1000);
	else
		snprintf(out, 24, "%zu", n);
}

static void tabs_draw(const struct model *m, struct area a)
{
	bool focused = m->focus == PANE_LIST;
	int col = 1;

	if (focused)
		(void)area_sign(a, 0, 0, SIGN_POINTER, LOOK_FOCUS);
	for (enum tab t = 0; t < TABS; t++) {
		const struct tab_order *order = &m->all.tabs[t];
		bool on = t == m->list.tab;
		enum look look = on ? LOOK_FOCUS : LOOK_TITLE;
		char count[24];

		if (on)
			col += area_put(a, 0, col, -1, STR_LIT("["), look);
		col += area_put_cut(a, 0, col, -1, str_of(say(m->language, tab_words[t])), look);
		if (t != TAB_CLOSED) {
			count_text(order->n, count);
			col += 1 +
			       area_put_cut(a, 0, col + 1, -1, str_of(count),
					    t == TAB_WAITING && order->n > 0 ? LOOK_URGENT : look);
		}
		if (t == TAB_MINE && order->unread > 0)
			col += area_sign(a, 0, col, SIGN_DOT, LOOK_URGENT);
		if (on)
			col += area_put(a, 0, col, -1, STR_LIT("]"), look);
		col++;
		col += a.cols >= 40;
	}
}

/* Who said the newest words, when it was not the customer. */
static const char *preview_by(const struct model *m, const struct row *row)
{
	if (row->said_kind == KIND_NOTE || row->said_kind == KIND_WHISPER)
		return say(m->language, WORD_NOTE_PREFIX);
	switch (row->said_by) {
	case AUTHOR_AGENT: return say(m->language, WORD_AGENT_PREFIX);
	case AUTHOR_SYSTEM: return say(m->language, WORD_SYSTEM_PREFIX);
	case AUTHOR_STAFF:
		return say(m->language,
			   model_is_mine(m, row) ? WORD_YOU_PREFIX : WORD_STAFF_PREFIX);
	default: return "";
	}
}

static void preview_draw(const struct model *m, const struct row *row, struct area a, int line,
			 int col, int room)
{
	const struct draft *d = model_row_draft(m, row);
	const char *by = d != NULL ? say(m->language, WORD_DRAFT_PREFIX) : preview_by(m, row);
	const char *text = d != NULL ? d->text : row_text(row, ROW_SAID);
	int used = 0;

	if (by[0] != '\0')
		used = 1 + area_put_cut(a, line, col, room, str_of(by),
					d != NULL ? LOOK_URGENT : LOOK_FAINT);
	if (text == NULL || text[0] == '\0')
		text = row->has_messages ? say(m->language, WORD_NO_WORDS) : "";
	if (used < room)
		(void)area_put_cut(a, line, col + used, room - used, str_of(text),
				   row->unread > 0 && d == NULL ? LOOK_PLAIN : LOOK_FAINT);
}

/* How long somebody waits, else when the newest words came. */
static enum look time_text(const struct model *m, const struct row *row, char out[WHEN_TEXT])
{
	struct when when = model_when(m);
	int64_t waits = row->state == THREAD_CLOSED ? 0 : row_waits_since(row);
	bool urgent = waits != 0 && (row_wants_person(row) || row->holder == HOLDER_STAFF);

	when_short(&when, urgent ? waits : row->last_message_at, out);
	return urgent ? LOOK_URGENT : LOOK_FAINT;
}

static int unread_draw(const struct row *row, struct area a, int line, int end)
{
	char count[16];
	int used;

	if (row->unread <= 0)
		return 0;
	snprintf(count, sizeof count, "%d", (int)int_clamp(row->unread, 0, 99));
	used = area_put_right(a, line, end, -1, str_of(count), LOOK_URGENT);
	(void)area_sign(a, line, end - used - 1, SIGN_DOT, LOOK_URGENT);
	return used + 2;
}

static void row_narrow(const struct model *m, const struct row *row, struct area a)
{
	char time[WHEN_TEXT], room[24];
	enum look look, time_look = time_text(m, row, time);
	const char *letter = view_letter(m, row, &look);
	int end = a.cols - 1, used;

	(void)area_put(a, 0, 1, 1, str_of(letter), look);
	used = area_put_right(a, 0, end, -1, str_of(time), time_look);
	(void)area_put_cut(a, 0, 3, end - used - 4, str_of(model_name(m, row, room)),
			   row->unread > 0 ? LOOK_STRONG : LOOK_PLAIN);
	used = unread_draw(row, a, 1, end);
	preview_draw(m, row, a, 1, 3, end - used - 3);
}

static void row_wide(const struct model *m, const struct row *row, struct area a)
{
	char time[WHEN_TEXT], holder[100], room[24];
	const struct when when = model_when(m);
	enum look look;
	const char *letter = view_letter(m, row, &look);
	int name = (int)int_clamp(a.cols / 4, 14, 28), end = a.cols - 1, used;

	(void)area_put(a, 0, 1, 1, str_of(letter), look);
	(void)area_put_cut(a, 0, 3, name, str_of(model_name(m, row, room)),
			   row->unread > 0 ? LOOK_STRONG : LOOK_PLAIN);
	view_holder(m, row, holder, sizeof holder);
	(void)area_put_cut(a, 0, 4 + name, 13, str_of(holder), look);
	when_short(&when, row->last_message_at, time);
	(void)area_put_right(a, 0, end, 8, str_of(time), LOOK_FAINT);
	used = unread_draw(row, a, 0, end - 8);
	preview_draw(m, row, a, 0, 18 + name, end - 8 - used - 19 - name);
}

static void empty_draw(const struct model *m, struct area a)
{
	static const enum word words[TABS] = {WORD_LIST_EMPTY_WAITING, WORD_LIST_EMPTY_MINE,
					      WORD_LIST_EMPTY_ALL, WORD_LIST_EMPTY_CLOSED};
	bool reading = m->list.loading || !m->loaded;

	(void)area_say(a, 2, 3, say(m->language, reading ? WORD_LIST_LOADING : words[m->list.tab]),
		       LOOK_FAINT);
	if (!reading && m->list.tab < TAB_ALL && m->all.tabs[TAB_ALL].n > 0)
		(void)area_say(a, 3, 3, say(m->language, WORD_LIST_EMPTY_HINT), LOOK_FAINT);
}

void view_list(const struct model *m, struct area a)
{
	const struct tab_order *t = &m->all.tabs[m->list.tab];
	int height = model_row_height(a.cols), visible = (a.rows - 1) / height;
	size_t top = model_list_top(m, visible);

	tabs_draw(m, a);
	if (t->n == 0) {
		empty_draw(m, a);
		return;
	}
	for (int i = 0; i < visible && top + (size_t)i < t->n; i++) {
		uint32_t at = t->at[top + (size_t)i];
		const struct row *row = &m->all.at[at];
		struct area line = area_part(a, 1 + i * height, 0, height, a.cols);
		bool on = at == m->list.cursor[m->list.tab];

		if (on && m->focus == PANE_LIST) {
			for (int r = 0; r < height; r++)
				area_select(line, r);
		}
		if (on)
			(void)area_sign(line, 0, 0, SIGN_POINTER, LOOK_FOCUS);
		if (height == 1)
			row_wide(m, row, line);
		else
			row_narrow(m, row, line);
	}
}

/* The list in one line: who waits, the longest first. */
void view_strip(const struct model *m, struct area a)
{
	const struct tab_order *t = &m->all.tabs[TAB_WAITING];
	struct when when = model_when(m);
	char text[48], time[WHEN_TEXT], room[24];
	int col = 1;

	if (t->n == 0) {
		(void)area_say(a, 0, 1, say(m->language, WORD_STRIP_NOBODY), LOOK_FAINT);
		return;
	}
	say_count(text, sizeof text, m->language, WORD_WAITING_ONE, WORD_WAITING_MANY,
		  (int64_t)t->n);
	col += area_put_cut(a, 0, col, -1, str_of(text), LOOK_URGENT);
	for (size_t i = 0; i < t->n && col < a.cols - 12; i++) {
		const struct row *row = &m->all.at[t->at[i]];

		col += 1 + area_sign(a, 0, col + 1, SIGN_BETWEEN, LOOK_LINE);
		col += 1 + area_put_cut(a, 0, col + 1, 24, str_of(model_name(m, row, room)),
					LOOK_PLAIN);
		when_since(&when, row_waits_since(row), time);
		col += 1 + area_put_cut(a, 0, col + 1, -1, str_of(time), LOOK_FAINT);
	}
}
