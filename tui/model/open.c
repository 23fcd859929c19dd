/*
 * open.c - moving about: the cursor in the list, which conversation is shown, how far it is
 * scrolled.
 *
 * The cursor stands on a conversation, not on a line: when rows move, the list moves under a cursor
 * that stays where it was on the screen.
 */
#include "tui/model/inside.h"

/* ---- the conversation that is shown ---- */

void thread_ask(struct model *m, struct thread *t)
{
	if (m->link != LINK_LIVE && m->link != LINK_CONNECTING)
		return;
	t->asked = true;
	(void)wish_add(m, OUT_THREAD, t->id);
}

/* The read marker: what has come since it was last looked at. */
static void mark_set(struct thread *t)
{
	int64_t last = t->n == 0 ? 0 : t->at[t->n - 1].position;

	t->mark = t->seen > 0 && last > t->seen ? t->seen : 0;
}

void conversation_shown(struct model *m)
{
	struct thread *t = model_thread(m);

	if (t != NULL && t->loaded && t->follow && t->n > 0)
		t->seen = t->at[t->n - 1].position;
}

void conversation_open(struct model *m, const char *id)
{
	struct thread *t;

	if (strcmp(m->open, id) == 0)
		return;
	if (m->compose.mode != MODE_NONE)
		compose_stop(m);
	conversation_shown(m);
	snprintf(m->open, sizeof m->open, "%s", id);
	t = threads_open(&m->threads, id);
	t->follow = true;
	t->fresh = 0;
	mark_set(t);
	if (!t->loaded && !t->asked)
		thread_ask(m, t);
	conversation_shown(m);
	facts_follow(m);
	m->dirty = true;
}

void row_opened(struct model *m, const struct row *row)
{
	char id[WIRE_ID];

	row_id(row, id);
	conversation_open(m, id);
}

void facts_clear(struct facts *f)
{
	free(f->name);
	free(f->phone);
	free(f->email);
	free(f->notes);
	for (size_t i = 0; i < f->orders_n; i++) {
		free(f->orders[i].number);
		free(f->orders[i].status);
		free(f->orders[i].items);
	}
	free(f->orders);
	for (size_t i = 0; i < f->appointments_n; i++) {
		free(f->appointments[i].service);
		free(f->appointments[i].status);
	}
	free(f->appointments);
	*f = (struct facts){0};
}

void facts_follow(struct model *m)
{
	const struct row *row = model_open_row(m);
	char whose[WIRE_ID] = "";

	if (row != NULL)
		row_customer(row, whose);
	if (strcmp(m->facts.customer_id, whose) != 0) {
		facts_clear(&m->facts);
		snprintf(m->facts.customer_id, sizeof m->facts.customer_id, "%s", whose);
	}
	if (whose[0] == '\0' || (m->facts.loaded && !m->facts.changed) || m->facts.asked ||
	    (m->link != LINK_LIVE && m->link != LINK_CONNECTING))
		return;
	m->facts.asked = true;
	m->facts.changed = false;
	snprintf(wish_add(m, OUT_FACTS, "")->customer_id, OUT_ID, "%s", whose);
}

/* ---- the list ---- */

static int list_visible(const struct model *m)
{
	struct layout l = model_layout(m);
	int rows = l.list.rows > 0 ? l.list.rows - 1 : m->rows - 3;

	return (int)int_clamp(rows / model_row_height(l.list.rows > 0 ? l.list.cols : m->cols), 1,
			      1000);
}

static void cursor_set(struct model *m, size_t position)
{
	enum tab tab = m->list.tab;
	const struct tab_order *t = &m->all.tabs[tab];
	size_t top;

	if (t->n == 0) {
		m->list.cursor[tab] = ROW_NONE;
		m->list.position[tab] = 0;
		return;
	}
	top = model_list_top(m, list_visible(m));
	if (position >= t->n)
		position = t->n - 1;
	m->list.cursor[tab] = t->at[position];
	m->list.position[tab] = position;
	m->list.line[tab] =
		(int)int_clamp((int64_t)position - (int64_t)top, 0, list_visible(m) - 1);
}

void list_settle(struct model *m)
{
	enum tab tab = m->list.tab;
	uint32_t at = m->list.cursor[tab];
	bool found = false;

	if (at != ROW_NONE && m->all.at[at].used)
		m->list.position[tab] = tab_find(&m->all, tab, at, &found);
	if (!found) {
		m->list.cursor[tab] = ROW_NONE;
		cursor_set(m, m->list.position[tab]);
	}
	if (m->list.line[tab] > (int)m->list.position[tab])
		m->list.line[tab] = (int)m->list.position[tab];
}

void list_move(struct model *m, int64_t by)
{
	const struct tab_order *t = &m->all.tabs[m->list.tab];
	int64_t to = (int64_t)m->list.position[m->list.tab] + by;

	if (t->n == 0)
		return;
	cursor_set(m, (size_t)int_clamp(to, 0, (int64_t)t->n - 1));
	m->list.look_at_ms = m->mono_ms + LOOK_WAIT_MS;
	m->dirty = true;
}

void list_tab(struct model *m, enum tab tab)
{
	m->list.tab = tab;
	m->dirty = true;
	if (tab == TAB_CLOSED && !m->list.closed_asked) {
		struct outgoing *w = wish_add(m, OUT_LIST, "");

		w->filter = FILTER_CLOSED;
		w->limit = LIST_PAGE;
		m->asked[(m->asked_next - 1) % ASKED_MAX].filter = FILTER_CLOSED;
		m->list.closed_asked = true;
	}
	list_settle(m);
	m->list.look_at_ms = m->mono_ms + LOOK_WAIT_MS;
}

/* The one that waits longest and is not on the screen already; else what is unread and ours. */
void urgent_next(struct model *m)
{
	static const enum tab tabs[] = {TAB_WAITING, TAB_MINE};

	for (size_t i = 0; i < ARRAY_LEN(tabs); i++) {
		const struct tab_order *t = &m->all.tabs[tabs[i]];

		for (size_t p = 0; p < t->n; p++) {
			const struct row *row = &m->all.at[t->at[p]];

			if (row == model_open_row(m) || (tabs[i] == TAB_MINE && row->unread == 0))
				continue;
			m->list.tab = tabs[i];
			list_settle(m);
			cursor_set(m, p);
			row_opened(m, row);
			m->focus = PANE_THREAD;
			return;
		}
	}
	notice_say(m, LOOK_PLAIN, WORD_NOBODY_ELSE_WAITS, NULL, NULL);
}

/* ---- the thread ---- */

static void older_ask(struct model *m, struct thread *t)
{
	struct outgoing *w;

	if (t->older == NULL || t->older_asked || m->link != LINK_LIVE)
		return;
	t->older_asked = true;
	w = wish_add(m, OUT_OLDER, t->id);
	w->cursor = xstrdup(t->older);
	w->limit = LIST_PAGE / 4;
}

void thread_scroll(struct model *m, int64_t by)
{
	struct thread *t = model_thread(m);
	struct layout l = model_layout(m);
	struct when when = model_when(m);
	struct lines lines = {0};
	int rows = l.thread.rows - 1;
	int64_t top;

	if (t == NULL || rows < 1)
		return;
	lines_build(&lines, t, &when, l.thread.cols - 2, m->start.plain);
	top = (int64_t)lines_top(&lines, t, rows) + by;
	lines_anchor(&lines, t, top, rows);
	if (top <= 0)
		older_ask(m, t);
	lines_clear(&lines);
	conversation_shown(m);
	m->dirty = true;
}

void thread_newest(struct model *m)
{
	struct thread *t = model_thread(m);

	if (t == NULL)
		return;
	t->follow = true;
	t->fresh = 0;
	conversation_shown(m);
	m->dirty = true;
}
