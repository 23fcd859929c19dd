/*
 * answer.c - what the service answered: lists, threads, customers, done and refused commands, and
 * what became of the line to it.
 */
#include "tui/model/inside.h"

/* ---- the list ---- */

void list_reload(struct model *m)
{
	struct outgoing *w = wish_add(m, OUT_LIST, "");

	w->filter = FILTER_OPEN;
	w->limit = LIST_PAGE;
	m->list.first = true;
	m->list.closed_asked = false;
	m->list.loading = true;
}

/* A conversation as the service has just told it. What a later event has changed already stays. */
void row_answered(struct model *m, const struct wire_conversation *c, int64_t as_of)
{
	uint32_t at = rows_find(&m->all, c->id);

	if (at != ROW_NONE && m->all.at[at].as_of > as_of) {
		m->all.at[at].asked = false; /* told of by events only: it is asked for again */
		return;
	}
	if (at == ROW_NONE) {
		if (m->all.count >= ROWS_MAX)
			return;
		at = rows_add(&m->all, c->id);
	} else {
		rows_lift(&m->all, at);
	}
	row_read(&m->all, &m->all.at[at], c);
	m->all.at[at].as_of = as_of;
	m->all.at[at].asked = false;
	m->all.at[at].drafted = model_draft(m, c->id) != NULL;
	rows_place(&m->all, at);
}

/* After a whole reload: what was open and did not come any more has been closed meanwhile. */
static void rows_swept(struct model *m)
{
	for (size_t i = 0; i < m->all.n; i++) {
		struct row *row = &m->all.at[i];

		if (row->used && row->state != THREAD_CLOSED && row->as_of < m->reload_as_of)
			rows_remove(&m->all, (uint32_t)i);
	}
}

static void list_answered(struct model *m, const struct msg *msg, const struct asked *asked)
{
	bool first = asked->filter == FILTER_OPEN && m->list.first;

	for (size_t i = 0; i < msg->count; i++)
		row_answered(m, &msg->conversations[i], msg->as_of);
	if (first) {
		m->known = m->reload_as_of = msg->as_of;
		m->list.first = false;
		m->counting = m->following = true;
		wishes_add(m->wishes, OUT_FOLLOW)->after = m->known;
	}
	if (asked->filter == FILTER_OPEN && msg->cursor.n > 0 && m->all.count < ROWS_MAX) {
		struct outgoing *w = wish_add(m, OUT_LIST, "");
		struct arena a = {0};

		w->filter = FILTER_OPEN;
		w->limit = LIST_PAGE;
		w->cursor = xstrdup(arena_cstr(&a, msg->cursor));
		arena_free(&a);
	} else if (asked->filter == FILTER_OPEN) {
		if (msg->cursor.n == 0)
			rows_swept(m);
		m->loaded = true;
		m->list.loading = false;
	}
	if (first && m->list.cursor[m->list.tab] == ROW_NONE && m->all.tabs[TAB_WAITING].n == 0)
		m->list.tab = TAB_ALL;
	list_settle(m);
	if (m->open[0] == '\0')
		m->list.look_at_ms = m->mono_ms;
}

/* ---- one conversation ---- */

static void entries_answered(struct thread *t, const struct msg *msg)
{
	for (size_t i = 0; i < msg->count; i++) {
		const struct wire_message *w = &msg->messages[i];
		bool is_new;
		struct entry *e = thread_take(t, w->position, &is_new);

		/* What an event after that answer has changed stays; addresses no event ever
		 * brings. */
		if (is_new || msg->as_of >= t->as_of || (e->links_n == 0 && w->media_n > 0))
			entry_read(e, w);
	}
}

static void cursor_kept(struct thread *t, struct str cursor)
{
	free(t->older);
	t->older = NULL;
	if (cursor.n > 0) {
		t->older = xcalloc(1, cursor.n + 1);
		memcpy(t->older, cursor.p, cursor.n);
	}
}

static void thread_answered(struct model *m, const struct msg *msg, const struct asked *asked)
{
	struct thread *t = threads_find(&m->threads, asked->conversation_id);
	bool was_loaded;

	if (msg->conversations != NULL)
		row_answered(m, msg->conversations, msg->as_of);
	list_settle(m);
	if (t == NULL)
		return; /* it was asked for its row only, or is no longer kept */
	was_loaded = t->loaded;
	t->asked = false;
	entries_answered(t, msg);
	if (!was_loaded)
		cursor_kept(t, msg->cursor);
	t->loaded = true;
	t->stamp++;
	if (t->as_of > msg->as_of && !was_loaded)
		thread_ask(m, t); /* something happened between the answer and its arrival */
	if (msg->as_of > t->as_of)
		t->as_of = msg->as_of;
	if (strcmp(m->open, t->id) == 0) {
		if (!was_loaded && t->seen > 0 && t->n > 0 && t->at[t->n - 1].position > t->seen)
			t->mark = t->seen;
		conversation_shown(m);
		facts_follow(m);
	}
}

static void older_answered(struct model *m, const struct msg *msg, const struct asked *asked)
{
	struct thread *t = threads_find(&m->threads, asked->conversation_id);

	if (t == NULL)
		return;
	t->older_asked = false;
	entries_answered(t, msg);
	cursor_kept(t, msg->cursor);
}

/* ---- the customer ---- */

static void facts_answered(struct model *m, const struct msg *msg)
{
	struct facts *f = &m->facts;
	const struct wire_customer *c = msg->customers;
	int scroll = f->scroll;

	if (m->find.chosen[0] != '\0')
		find_answered(m, msg);
	if (c == NULL || strcmp(f->customer_id, c->id) != 0)
		return;
	facts_clear(f);
	memcpy(f->customer_id, c->id, sizeof f->customer_id);
	f->scroll = scroll;
	f->loaded = true;
	text_set(&f->name, c->display_name);
	text_set(&f->phone, c->phone_number);
	text_set(&f->email, c->email);
	text_set(&f->notes, c->notes);
	f->language = c->preferred_language;
	f->language_chosen = c->language_chosen;
	f->blocked = c->is_blocked;
	f->opted_out = c->opted_out;
	f->since = c->customer_since;
	f->orders_n = msg->orders_n;
	f->orders = xcalloc(msg->orders_n, sizeof *f->orders);
	for (size_t i = 0; i < msg->orders_n; i++) {
		text_set(&f->orders[i].number, msg->orders[i].order_number);
		text_set(&f->orders[i].status, msg->orders[i].status);
		text_set(&f->orders[i].items, msg->orders[i].items_text);
		f->orders[i].placed_at = msg->orders[i].placed_at;
	}
	f->appointments_n = msg->appointments_n;
	f->appointments = xcalloc(msg->appointments_n, sizeof *f->appointments);
	for (size_t i = 0; i < msg->appointments_n; i++) {
		text_set(&f->appointments[i].service, msg->appointments[i].service_name);
		text_set(&f->appointments[i].status, msg->appointments[i].status);
		f->appointments[i].starts_at = msg->appointments[i].starts_at;
	}
}

/* ---- commands ---- */

/* A call that will be made: nothing of it is in a conversation yet. */
static void call_is_planned(struct model *m, const struct asked *asked)
{
	uint32_t at = rows_find(&m->all, asked->conversation_id);
	enum word w = asked->kind == OUT_PICKUP_CALL ? WORD_CALL_WILL_BE : WORD_CALL_WILL_CALL;
	char room[24];

	if (at != ROW_NONE)
		notice_say(m, LOOK_GOOD, w, model_name(m, &m->all.at[at], room), NULL);
}

static void done(struct model *m, const struct msg *msg, const struct asked *asked)
{
	const struct wire_conversation *c = msg->conversations;
	const struct row *row;
	char room[24];

	if (c != NULL)
		row_answered(m, c, msg->as_of);
	if (msg->messages != NULL) {
		struct thread *t = threads_find(&m->threads, msg->messages->conversation_id);
		bool is_new;

		if (t != NULL && (t->loaded || t->asked) &&
		    thread_entry(t, msg->messages->position) == NULL)
			entry_read(thread_take(t, msg->messages->position, &is_new), msg->messages);
	}
	list_settle(m);
	conversation_shown(m);
	going_done(m, asked->id);
	row = c == NULL || rows_find(&m->all, c->id) == ROW_NONE
		      ? NULL
		      : &m->all.at[rows_find(&m->all, c->id)];
	if (asked->kind == OUT_CALL_BACK || asked->kind == OUT_PICKUP_CALL)
		call_is_planned(m, asked);
	if (row == NULL)
		return;
	switch (asked->kind) {
	case OUT_TAKE_OVER:
		if (model_is_mine(m, row))
			notice_say(m, LOOK_GOOD, WORD_TAKEN, model_name(m, row, room), NULL);
		else /* by phone: first it rings */
			notice_say(m, LOOK_PLAIN, WORD_CALL_YOURS_RINGS, NULL, NULL);
		break;
	case OUT_HAND_BACK:
		notice_say(m, LOOK_GOOD, WORD_HANDED_BACK, model_name(m, row, room), NULL);
		break;
	case OUT_CLOSE:
		notice_say(m, LOOK_GOOD, WORD_CLOSED_IT, model_name(m, row, room), NULL);
		break;
	case OUT_NEW_TEXT:
		conversation_open(m, c->id);
		m->focus = PANE_THREAD;
		break;
	default: break;
	}
}

/* A refusal often tells what is so now: the row is read again. */
static void row_asked_again(struct model *m, const char *id)
{
	uint32_t at = rows_find(&m->all, id);

	if (at != ROW_NONE && !asked_about(m, OUT_THREAD, id))
		(void)wish_add(m, OUT_THREAD, id);
}

/* What the screen cannot do without is asked for again, when there is hope. */
static void retried(struct model *m, const struct problem *p)
{
	if (p->status == 0 || p->status == 429 || p->status >= 500)
		m->list.retry_at_ms =
			m->mono_ms + RETRY_MS * (p->retry_after_s > 0 ? p->retry_after_s : 1);
}

static void refused(struct model *m, const struct problem *p, const struct asked *asked)
{
	struct thread *t = threads_find(&m->threads, asked->conversation_id);
	char text[300];

	switch (asked->kind) {
	case OUT_SIGN_IN: sign_in_refused(m, p); return;
	case OUT_THREAD:
		if (t != NULL)
			t->asked = false;
		retried(m, p);
		break;
	case OUT_OLDER:
		if (t != NULL)
			t->older_asked = false;
		break;
	case OUT_FACTS: m->facts.asked = false; break;
	case OUT_LIST:
		m->list.loading = false;
		if (asked->filter == FILTER_CLOSED)
			m->list.closed_asked = false;
		else
			retried(m, p);
		break;
	case OUT_CUSTOMERS: m->find.answered = true; break;
	case OUT_COLLEAGUES: pick_stop(m); break;
	default: break;
	}
	if (asked->kind >= OUT_TAKE_OVER && asked->kind <= OUT_NEW_TEXT && p->status == 409)
		row_asked_again(m, asked->conversation_id);
	problem_say(m, p, text, sizeof text);
	notice_set(m, LOOK_BAD, text);
	going_refused(m, asked->id, p);
}

void model_answer(struct model *m, const struct msg *msg)
{
	struct asked asked;

	if (msg->kind == MSG_REFUSED && msg->id == 0) { /* a sign-in that nobody typed */
		sign_in_refused(m, msg->problem);
		return;
	}
	if (!asked_take(m, msg->id, &asked))
		return;
	asked.id = msg->id;
	m->heard_ms = m->mono_ms;
	m->dirty = true;
	switch (msg->kind) {
	case MSG_LIST: list_answered(m, msg, &asked); break;
	case MSG_THREAD: thread_answered(m, msg, &asked); break;
	case MSG_OLDER: older_answered(m, msg, &asked); break;
	case MSG_CUSTOMERS: find_answered(m, msg); break;
	case MSG_COLLEAGUES: pick_answered(m, msg); break;
	case MSG_FACTS: facts_answered(m, msg); break;
	case MSG_DONE: done(m, msg, &asked); break;
	case MSG_REFUSED: refused(m, msg->problem, &asked); break;
	default: break;
	}
}

/* ---- the line ---- */

void caught_up_check(struct model *m)
{
	char text[200];

	if (m->link != LINK_LIVE || m->caught_up || m->known < m->newest)
		return;
	m->caught_up = true;
	m->dirty = true;
	if (m->lost_known == 0)
		return; /* the first time there is nothing to tell */
	say_count(text, sizeof text, m->language, WORD_CAUGHT_UP_ONE, WORD_CAUGHT_UP_MANY,
		  m->known - m->lost_known);
	if (m->known == m->lost_known)
		notice_say(m, LOOK_GOOD, WORD_CAUGHT_UP_NOTHING, NULL, NULL);
	else
		notice_set(m, LOOK_GOOD, text);
	m->lost_known = 0;
}

/* What could not be asked for, or was not answered. */
void asked_anew(struct model *m)
{
	struct thread *t = model_thread(m);

	if (t != NULL && !t->loaded && !t->asked)
		thread_ask(m, t);
	facts_follow(m);
	if (!m->loaded && !m->list.loading)
		list_reload(m);
}

void model_linked(struct model *m, const struct msg *msg)
{
	if (msg->link != LINK_LIVE && m->link == LINK_LIVE)
		m->lost_known = m->known;
	if (msg->link == LINK_LIVE) {
		m->heard_ms = m->mono_ms;
		m->newest = msg->newest;
		m->caught_up = false;
		m->retry_at_ms = 0;
		m->following = m->counting;
		if (msg->server_us != 0)
			m->skew_us = msg->server_us - msg->wall_us;
	}
	if (msg->link == LINK_LOST)
		m->retry_at_ms = m->mono_ms + (int64_t)msg->retry_s * 1000;
	m->link = msg->link == LINK_GONE ? LINK_CONNECTING : msg->link;
	m->dirty = true;
	if (msg->link == LINK_GONE) {
		threads_clear(&m->threads);
		m->facts.changed = true;
		list_reload(m);
		if (m->open[0] != '\0') {
			struct thread *t = threads_open(&m->threads, m->open);

			thread_ask(m, t);
		}
	}
	if (msg->link == LINK_LIVE)
		asked_anew(m);
	caught_up_check(m);
}
