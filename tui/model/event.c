/*
 * event.c - what the stream tells, applied once: to the conversation's row, to its thread if that
 * is kept, to the facts if they are shown.
 *
 * An event with a number at or below what is known is passed over; one that leaves a number out
 * means that something is missing: the stream is opened anew from where we stand. A row or thread
 * that was read with the event already in it (as_of) is left as it is.
 */
#include "tui/model/inside.h"

/* ---- threads ---- */

static void said(struct model *m, struct thread *t, const struct wire_event *e)
{
	bool is_new, shown = strcmp(t->id, m->open) == 0;
	struct entry *entry = thread_take(t, e->message.position, &is_new);

	if (!is_new)
		return;
	entry_hear(entry, e);
	if (e->message.media_n > 0 && t->loaded && !t->asked)
		thread_ask(m, t); /* the addresses of pictures do not come with the event */
	if (shown && !t->follow)
		t->fresh++;
	if (shown)
		conversation_shown(m);
}

static void status_changed(struct thread *t, const struct wire_event *e)
{
	struct entry *entry = thread_entry_of(t, e->status.message_id);

	if (entry == NULL)
		return;
	t->stamp++;
	entry->status = (uint8_t)e->status.status;
	entry->error_code = e->status.error_code;
	text_set(&entry->error_en, e->status.error_text_en);
	text_set(&entry->error_fr, e->status.error_text_fr);
}

/* Other words take the place of an entry's; `taken_out`: and it is to be said that some are gone.
 */
static void redacted(struct thread *t, const struct wire_event *e, bool taken_out)
{
	struct entry *entry = thread_entry_of(t, e->redacted.message_id);

	if (entry == NULL)
		return;
	t->stamp++;
	free(entry->body);
	entry->body = xstrdup(e->redacted.body == NULL ? "" : e->redacted.body);
	entry->redacted |= taken_out;
}

static void thread_hears(struct model *m, struct thread *t, const struct wire_event *e)
{
	if (e->seq <= t->as_of)
		return;
	if (!t->loaded && !t->asked)
		return; /* it will be read whole when it is opened */
	t->as_of = e->seq;
	if (e->is_erased)
		return;
	switch (e->type) {
	case EVENT_MESSAGE_RECEIVED:
	case EVENT_MESSAGE_QUEUED:
	case EVENT_MESSAGE_NOTED:
		if (e->message.author == AUTHOR_CUSTOMER || e->message.author == AUTHOR_AGENT)
			text_set(&t->partial[e->message.author == AUTHOR_CUSTOMER], NULL);
		said(m, t, e);
		break;
	case EVENT_MESSAGE_STATUS: status_changed(t, e); break;
	case EVENT_MESSAGE_REDACTED: redacted(t, e, true); break;
	case EVENT_MESSAGE_CORRECTED: redacted(t, e, false); break;
	case EVENT_CALL_UPDATED:
	case EVENT_CALL_ENDED:
		if (e->call.customer) {
			text_set(&t->partial[0], NULL);
			text_set(&t->partial[1], NULL);
		}
		break;
	case EVENT_OTHER:
		if (!t->asked)
			thread_ask(m, t); /* something newer than this program */
		break;
	default: break;
	}
}

/* ---- rows ---- */

static void row_received(struct row *row, const struct wire_event *e)
{
	bool asks = e->message.kind != KIND_KEYWORD;

	row->has_messages = true;
	row->last_message_at = e->created_at;
	if (asks && row->waiting_since == 0)
		row->waiting_since = row->waited_since = e->created_at;
	row->unread += row->unread < INT32_MAX;
	if (row->channel == CHANNEL_OTHER)
		row->channel = (uint8_t)e->message.channel;
	if (row_text(row, ROW_PEER) == NULL)
		row_text_set(row, ROW_PEER, e->message.from);
}

static void row_answered_by(struct row *row, const struct wire_event *e)
{
	bool person_wanted = row->wish != NULL && escalation_is_open(row->wish->state);

	row->has_messages = true;
	row->last_message_at = e->created_at;
	if (e->message.kind != KIND_TEXT)
		return; /* a notice answers nobody */
	if (e->message.author == AUTHOR_STAFF ||
	    (e->message.author == AUTHOR_AGENT && !person_wanted)) {
		row->waiting_since = 0;
		row->unread = 0;
	}
	if (e->message.status == DELIVERY_HELD)
		row->undelivered = true;
}

static void row_status(struct row *row, const struct wire_event *e)
{
	switch (e->status.status) {
	case DELIVERY_UNDELIVERED:
	case DELIVERY_FAILED:
	case DELIVERY_UNKNOWN:
	case DELIVERY_HELD: row->undelivered = true; break;
	case DELIVERY_DELIVERED:
	case DELIVERY_READ: row->undelivered = false; break;
	default: break;
	}
}

static void row_updated(struct rows *r, struct row *row, const struct wire_event *e)
{
	const struct wire_event_conversation *c = &e->conversation;

	if (e->type == EVENT_CONVERSATION_OPENED) {
		row->channel = (uint8_t)c->channel;
		row->state = THREAD_OPEN;
		row->last_message_at = e->created_at;
		row_text_set(row, ROW_PEER, c->peer);
	} else {
		row->language = (uint8_t)c->language;
		row->contact_class = (uint8_t)c->contact_class;
	}
	if (c->epoch < row->epoch)
		return;
	row->epoch = c->epoch;
	row->holder = (uint8_t)c->holder;
	row_staff_set(r, row, c->holder_user_id, c->holder_name);
	row->holder_since = c->holder_since;
}

static void row_closed(struct row *row, const struct wire_event *e)
{
	row->state = THREAD_CLOSED;
	row->closed_at = e->created_at;
	row->waiting_since = 0;
	row->unread = 0;
	row_wish_drop(row);
}

static void row_wished(struct row *row, const struct wire_event *e)
{
	struct row_wish *w;

	if (!escalation_is_open(e->escalation.state)) {
		row_wish_drop(row);
		return;
	}
	w = row_wish_of(row);
	memcpy(w->id, e->escalation.id, sizeof w->id);
	w->state = e->escalation.state;
	text_set(&w->reason, e->escalation.reason);
	if (e->escalation.reason_text != NULL || e->type == EVENT_ESCALATION_REQUESTED)
		text_set(&w->reason_text, e->escalation.reason_text);
	w->due_at = e->escalation.due_at;
	if (e->type == EVENT_ESCALATION_REQUESTED) {
		w->requested_at = e->created_at;
		/* the agent's "a person will answer" is no answer: who waits goes on waiting */
		if (row->waiting_since == 0)
			row->waiting_since = row->waited_since;
	}
}

static void row_said(struct row *row, const struct wire_event *e)
{
	if (e->message.kind == KIND_MARKER)
		return;
	row_said_set(row, e->message.position, e->message.author, e->message.kind,
		     str_of(e->message.body));
}

static void row_call(struct row *row, const struct wire_event *e)
{
	const struct wire_event_call *c = &e->call;

	if (!c->customer) {
		row->call_rings = e->type != EVENT_CALL_ENDED && c->rings;
		row->call_muted = e->type != EVENT_CALL_ENDED && c->muted;
		return;
	}
	row->call = (uint8_t)c->on;
	row->call_held = c->on_hold;
	row->call_blind = !c->live_transcript;
	row->call_at = c->started_at;
	if (c->on == CALL_ENDED)
		row->call_rings = row->call_muted = false;
}

static void row_hears(struct rows *r, struct row *row, const struct wire_event *e)
{
	switch (e->type) {
	case EVENT_MESSAGE_RECEIVED:
		row_received(row, e);
		row_said(row, e);
		break;
	case EVENT_MESSAGE_QUEUED:
		row_answered_by(row, e);
		row_said(row, e);
		break;
	case EVENT_MESSAGE_NOTED:
		row->has_messages = true;
		row_said(row, e);
		break;
	case EVENT_MESSAGE_STATUS: row_status(row, e); break;
	case EVENT_CONVERSATION_OPENED:
	case EVENT_CONVERSATION_UPDATED: row_updated(r, row, e); break;
	case EVENT_CONVERSATION_CLOSED: row_closed(row, e); break;
	case EVENT_ESCALATION_REQUESTED:
	case EVENT_ESCALATION_UPDATED: row_wished(row, e); break;
	case EVENT_PROMISE_MADE: row->promise_due_at = e->promise.due_at; break;
	case EVENT_PROMISE_SETTLED: row->promise_due_at = 0; break;
	case EVENT_CALL_STARTED:
	case EVENT_CALL_UPDATED:
	case EVENT_CALL_ENDED: row_call(row, e); break;
	case EVENT_MESSAGE_CORRECTED:
	case EVENT_MESSAGE_REDACTED:
	case EVENT_OTHER: row->partial = true; break;
	default: break;
	}
}

static uint32_t row_for(struct model *m, const struct wire_event *e)
{
	uint32_t at = rows_find(&m->all, e->conversation_id);
	const struct tab_order *closed = &m->all.tabs[TAB_CLOSED];
	struct row *row;

	if (at != ROW_NONE || e->type == EVENT_CONVERSATION_CLOSED)
		return at;
	if (m->all.count >= ROWS_MAX && closed->n > 0)
		rows_remove(&m->all, closed->at[closed->n - 1]);
	if (m->all.count >= ROWS_MAX * 2)
		return ROW_NONE;
	at = rows_add(&m->all, e->conversation_id);
	row = &m->all.at[at];
	row->partial = true;
	row->state = THREAD_OPEN;
	row->holder = HOLDER_AGENT;
	row->last_message_at = e->created_at;
	row_customer_set(row, e->customer_id);
	return at;
}

static void conversation_hears(struct model *m, const struct wire_event *e)
{
	uint32_t at = row_for(m, e);
	struct row *row;

	if (at == ROW_NONE || e->seq <= m->all.at[at].as_of)
		return;
	row = &m->all.at[at];
	rows_lift(&m->all, at);
	if (e->is_erased)
		row->partial = true;
	else
		row_hears(&m->all, row, e);
	row->as_of = e->seq;
	rows_place(&m->all, at);
	m->dirty = true;
}

/* ---- a colleague was faster; a session ended; a customer changed ---- */

static void holder_told(struct model *m, const struct wire_event *e)
{
	const struct row *row = model_open_row(m);
	char room[24];

	if (e->type != EVENT_CONVERSATION_UPDATED || row == NULL || m->compose.mode != MODE_REPLY ||
	    strcmp(e->conversation_id, m->compose.conversation_id) != 0 ||
	    row->holder != HOLDER_STAFF || model_is_mine(m, row) || row_staff_name(row) == NULL)
		return;
	notice_say(m, LOOK_BAD, WORD_HOLDS_NOW, row_staff_name(row), model_name(m, row, room));
}

static void customer_erased(struct model *m, const char *id)
{
	struct uuid customer;

	for (size_t i = 0; uuid_read(str_of(id), &customer) && i < m->all.n; i++) {
		struct row *row = &m->all.at[i];
		char conversation[WIRE_ID];
		struct thread *t;

		if (!row->used || !uuid_eq(&row->customer_id, &customer))
			continue;
		for (int k = 0; k < ROW_TEXTS; k++)
			row_text_set(row, (enum row_text)k, NULL);
		if (row->wish != NULL)
			text_set(&row->wish->reason_text, NULL);
		row_id(row, conversation);
		t = threads_find(&m->threads, conversation);
		for (size_t k = 0; t != NULL && k < t->n; k++)
			t->at[k].body[0] = '\0';
		if (t != NULL && !t->asked)
			thread_ask(m, t);
	}
}

static void facts_hear(struct model *m, const struct wire_event *e)
{
	if (m->facts.customer_id[0] == '\0' || strcmp(m->facts.customer_id, e->customer_id) != 0)
		return;
	if (e->type == EVENT_CONSENT_CHANGED)
		m->facts.opted_out = e->consent.opted_out;
	if (e->type == EVENT_CUSTOMER_ERASED) {
		facts_clear(&m->facts);
		facts_follow(m);
	}
}

static bool ends_us(const struct model *m, const struct wire_event *e)
{
	return strcmp(e->session.user_id, m->me.user_id) == 0 &&
	       (e->session.session_id[0] == '\0' ||
		strcmp(e->session.session_id, m->me.session_id) == 0);
}

/* Shown at once where the thread is open, and kept nowhere else. */
static void partial_heard(struct model *m, const struct wire_event *e)
{
	struct thread *t = threads_find(&m->threads, e->conversation_id);

	if (t == NULL || !t->loaded)
		return;
	text_set(&t->partial[e->partial.customer], e->partial.body);
	if (strcmp(t->id, m->open) == 0)
		m->dirty = true;
}

void model_event(struct model *m, const struct wire_event *e)
{
	if (e->type == EVENT_SESSION_ENDED && (e->seq == 0 || e->seq > m->known) && ends_us(m, e)) {
		signed_out(m, str_of(e->session.reason));
		return;
	}
	if (e->type == EVENT_CALL_PARTIAL) {
		partial_heard(m, e);
		return;
	}
	if (e->seq <= m->known || !m->following)
		return;
	m->heard_ms = m->mono_ms;
	if (e->seq != m->known + 1) {
		m->following = false; /* until the stream is open again */
		wishes_add(m->wishes, OUT_FOLLOW)->after = m->known;
		return;
	}
	m->known = e->seq;
	if (e->type == EVENT_CUSTOMER_ERASED)
		customer_erased(m, e->customer_id);
	facts_hear(m, e);
	if (e->conversation_id[0] != '\0' && e->type != EVENT_CONSENT_CHANGED) {
		struct thread *t = threads_find(&m->threads, e->conversation_id);

		conversation_hears(m, e);
		if (t != NULL)
			thread_hears(m, t, e);
		holder_told(m, e);
	}
	caught_up_check(m);
}
