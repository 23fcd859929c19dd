/*
 * update.c - the one function that changes the model; see model.h.
 */
#include "tui/model/inside.h"

#define ROWS_ASKED 2 /* rows asked for at a time */

static void key_pressed(struct model *m, const struct key *k)
{
	enum action a;

	if (m->rows < 1)
		return;
	if (m->notice.since_ms + NOTICE_LEAST_MS <= m->mono_ms)
		m->notice = (struct notice){0}; /* it has been read */
	a = action_find(*k, model_where(m));
	if (a != ACT_NOTHING || (model_where(m) & IN_TYPING) != 0)
		model_act(m, a, k);
}

static void pasted(struct model *m, struct str text)
{
	struct edit *e = model_where(m) == IN_FIND      ? &m->find.edit
			 : model_where(m) == IN_SIGN_IN ? &m->sign_in.fields[m->sign_in.at]
							: NULL;

	if (model_where(m) == IN_COMPOSER) {
		compose_paste(m, text);
		return;
	}
	if (e == NULL)
		return; /* a paste is never taken for commands */
	text = str_trim(text);
	if (str_find_char(text, '\n') < 0 && str_find_char(text, '\r') < 0)
		(void)edit_put(e, text);
	if (e == &m->find.edit)
		m->find.ask_at_ms = m->mono_ms + 1;
	m->dirty = true;
}

static bool inside(struct rect r, int row, int col)
{
	return row >= r.row && row < r.row + r.rows && col >= r.col && col < r.col + r.cols;
}

static void clicked(struct model *m, const struct msg *msg)
{
	struct layout l = model_layout(m);
	bool panes = (model_where(m) & (IN_PANES | IN_COMPOSER)) != 0;

	if (!panes || !m->mouse)
		return;
	if (inside(l.thread, msg->rows, msg->cols)) {
		if (msg->wheel != 0)
			thread_scroll(m, msg->wheel * 3);
		m->focus = PANE_THREAD;
	} else if (inside(l.facts, msg->rows, msg->cols)) {
		m->focus = PANE_FACTS;
		m->facts.scroll = (int)int_clamp(m->facts.scroll + msg->wheel * 3, 0, 500);
	} else if (inside(l.list, msg->rows, msg->cols)) {
		int height = model_row_height(l.list.cols);
		int line = (msg->rows - l.list.row - 1) / height;
		int64_t at = (int64_t)model_list_top(m, (l.list.rows - 1) / height) + line;

		if (m->compose.mode != MODE_NONE)
			compose_stop(m);
		m->focus = PANE_LIST;
		if (msg->wheel != 0)
			list_move(m, msg->wheel * 3);
		else if (msg->rows > l.list.row)
			list_move(m, at - (int64_t)m->list.position[m->list.tab]);
	}
	m->dirty = true;
}

/* The conversation under the cursor is shown beside the list when the cursor rests on it. */
static void cursor_rested(struct model *m)
{
	struct layout l = model_layout(m);
	uint32_t at = m->list.cursor[m->list.tab];

	if (m->list.look_at_ms == 0 || m->list.look_at_ms > m->mono_ms)
		return;
	m->list.look_at_ms = 0;
	if (at != ROW_NONE && m->focus == PANE_LIST && l.list.rows > 0 && l.thread.rows > 0)
		row_opened(m, &m->all.at[at]);
}

static void ticked(struct model *m, int64_t before_us)
{
	if (m->notice.until_ms != 0 && m->notice.until_ms <= m->mono_ms) {
		m->notice = (struct notice){0};
		m->dirty = true;
	}
	going_flush(m, m->mono_ms);
	if (m->compose.save_at_ms != 0 && m->compose.save_at_ms <= m->mono_ms)
		compose_save(m);
	find_tick(m);
	if (m->list.retry_at_ms != 0 && m->list.retry_at_ms <= m->mono_ms) {
		m->list.retry_at_ms = 0;
		asked_anew(m);
	}
	cursor_rested(m);
	if (before_us / 60000000 != m->wall_us / 60000000 || model_waiting(m) != NULL ||
	    m->retry_at_ms > m->mono_ms || m->sign_in.retry_at_ms != 0 || call_is_open(m))
		m->dirty = true;
	if (m->sign_in.retry_at_ms != 0 && m->sign_in.retry_at_ms <= m->mono_ms)
		m->sign_in.retry_at_ms = 0;
}

/* Rows that only events have told of, asked for while they can be seen. */
static void partial_asked(struct model *m)
{
	struct layout l = model_layout(m);
	const struct tab_order *t = &m->all.tabs[m->list.tab];
	int visible = l.list.rows > 1 ? (l.list.rows - 1) / model_row_height(l.list.cols) : 0;
	size_t top = model_list_top(m, visible), asked = 0;

	if (m->link != LINK_LIVE || m->list.loading)
		return;
	for (size_t i = 0; i < ASKED_MAX; i++)
		asked += m->asked[i].id != 0 && m->asked[i].kind == OUT_THREAD;
	for (size_t i = top; i < t->n && i < top + (size_t)visible && asked < ROWS_ASKED; i++) {
		struct row *row = &m->all.at[t->at[i]];
		char id[WIRE_ID];

		if (!row->partial || row->asked)
			continue;
		row->asked = true;
		asked++;
		row_id(row, id);
		(void)wish_add(m, OUT_THREAD, id);
	}
}

void model_update(struct model *m, const struct msg *msg)
{
	int64_t before_us = m->wall_us;

	m->mono_ms = msg->mono_ms;
	m->wall_us = msg->wall_us;
	switch (msg->kind) {
	case MSG_KEY: key_pressed(m, &msg->key); break;
	case MSG_PASTE: pasted(m, msg->text); break;
	case MSG_MOUSE: clicked(m, msg); break;
	case MSG_RESIZE:
		m->rows = msg->rows;
		m->cols = msg->cols;
		m->dirty = true;
		break;
	case MSG_TICK: break;
	case MSG_SIGNED_IN: signed_in(m, msg); break;
	case MSG_SIGNED_OUT:
		signed_out(m, msg->problem == NULL ? (struct str){0} : msg->problem->code);
		break;
	case MSG_LINK: model_linked(m, msg); break;
	case MSG_LIST:
	case MSG_THREAD:
	case MSG_OLDER:
	case MSG_CUSTOMERS:
	case MSG_COLLEAGUES:
	case MSG_FACTS:
	case MSG_DONE:
	case MSG_REFUSED: model_answer(m, msg); break;
	case MSG_DRAFT: {
		struct arena a = {0};

		compose_draft_keep(m, arena_cstr(&a, msg->conversation_id), msg->text, 0);
		arena_free(&a);
		break;
	}
	case MSG_EVENT: model_event(m, msg->event); break;
	}
	ticked(m, before_us);
	if (m->screen == SCREEN_MAIN && m->dirty) {
		list_settle(m);
		partial_asked(m);
	}
}
