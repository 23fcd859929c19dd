/*
 * act.c - what may be done now, and doing it. Everything that a key can mean is a row of the table
 * of actions; what needs the service leaves as a wish.
 */
#include "tui/model/inside.h"

bool edit_act(struct edit *e, enum action a, const struct key *k)
{
	switch (a) {
	case ACT_NOTHING:
		if (!key_types(*k))
			return false;
		(void)edit_put_code(e, k->code);
		return true;
	case ACT_LEFT: edit_left(e); return false;
	case ACT_RIGHT: edit_right(e); return false;
	case ACT_LINE_START: edit_line_start(e); return false;
	case ACT_LINE_END: edit_line_end(e); return false;
	case ACT_RUB: edit_rub(e); return true;
	case ACT_DELETE: edit_delete(e); return true;
	case ACT_WORD_WIPE: edit_word_wipe(e); return true;
	case ACT_LINE_WIPE: edit_line_wipe(e); return true;
	default: return false;
	}
}

void problem_say(const struct model *m, const struct problem *p, char *out, size_t room)
{
	static const struct {
		const char *code;
		enum word word;
	} known[] = {
		{"stale_epoch", WORD_STALE},
		{"not_holder", WORD_NOT_YOURS},
		{"conversation_closed", WORD_IS_CLOSED},
		{"opted_out", WORD_OPTED_OUT},
		{"unreachable", WORD_UNREACHABLE},
		{"unknown", WORD_FATE_UNKNOWN},
		{"idempotency_mismatch", WORD_STALE},
		{"call_over", WORD_CALL_IS_OVER},
		{"no_phone", WORD_CALL_NO_PHONE},
		{"already_claimed", WORD_CALL_CLAIMED},
		{"on_a_call", WORD_CALL_BUSY_SELF},
		{"already_queued", WORD_CALL_IS_QUEUED},
		{"not_ready", WORD_CALL_NOTHING_READY},
		{"wrong_stage", WORD_CALL_NOT_NOW},
	};
	struct when when = model_when(m);
	char name[200], at[WHEN_TEXT], number[16];

	snprintf(name, sizeof name, STR_FMT, STR_ARG(p->holder_name));
	if (str_is(p->code, "already_held") && name[0] != '\0') {
		when_full(&when, p->holder_since_us, at);
		say_fill(out, room, say(m->language, WORD_TOOK_IT_AT), name, at, NULL);
		return;
	}
	if (p->status != 0 && str_is(p->code, "unreachable")) { /* the customer, not the service */
		snprintf(out, room, "%s", say(m->language, WORD_CALL_NO_NUMBER));
		return;
	}
	for (size_t i = 0; i < ARRAY_LEN(known); i++) {
		if (str_is(p->code, known[i].code)) {
			snprintf(out, room, "%s", say(m->language, known[i].word));
			return;
		}
	}
	snprintf(number, sizeof number, "%d", p->status == 0 ? p->retry_after_s : p->status);
	if (p->status == 403)
		snprintf(out, room, "%s", say(m->language, WORD_ROLE_MAY_NOT));
	else if (p->status == 404)
		snprintf(out, room, "%s", say(m->language, WORD_NOT_THERE));
	else if (p->status == 429 || p->status == 503)
		snprintf(out, room, "%s", say(m->language, WORD_TOO_MANY));
	else {
		snprintf(name, sizeof name, STR_FMT, STR_ARG(p->title));
		say_fill(out, room, say(m->language, WORD_REFUSED), number, name, NULL);
	}
}

/* ---- what may be done ---- */

static bool permitted(const struct model *m, const char *permission)
{
	if (permission == NULL)
		return true;
	for (size_t i = 0; i < m->me.permissions_n; i++) {
		if (strcmp(m->me.permissions[i], permission) == 0)
			return true;
	}
	return false;
}

bool model_opted_out(const struct model *m, const struct row *row)
{
	char customer[WIRE_ID];

	row_customer(row, customer);
	return m->facts.loaded && m->facts.opted_out && strcmp(m->facts.customer_id, customer) == 0;
}

static bool refuse(enum word *why, enum word w)
{
	*why = w;
	return false;
}

/* Within a call. */
static bool may_in_call(const struct model *m, enum action a, const struct row *row, enum word *why)
{
	bool mine = model_is_mine(m, row), live = row_is_live(row);

	if (row->channel != CHANNEL_VOICE)
		return refuse(why, WORD_CALL_NOT_A_CALL);
	if (a == ACT_CALL_BACK)
		return live ? refuse(why, WORD_CALL_IS_LIVE) : true;
	if (!live)
		return refuse(why, WORD_CALL_IS_OVER);
	if (row->holder == HOLDER_STAFF && !mine)
		return refuse(why, WORD_COLLEAGUE_HAS_IT);
	switch (a) {
	case ACT_TAKE_OVER:
		return mine && row->call == CALL_TYPING ? refuse(why, WORD_ALREADY_YOURS) : true;
	case ACT_BY_PHONE:
		return mine && row->call == CALL_CONFERENCE ? refuse(why, WORD_ALREADY_YOURS)
							    : true;
	case ACT_REPLY:
	case ACT_ONE_MOMENT:
	case ACT_SAY_AGAIN:
	case ACT_STILL_THERE:
	case ACT_ANYTHING_ELSE:
	case ACT_GOODBYE:
		return !mine                          ? refuse(why, WORD_CALL_TAKE_FIRST)
		       : row->call == CALL_CONFERENCE ? refuse(why, WORD_CALL_SPEAK)
						      : true;
	case ACT_HOLD:
	case ACT_MUTE:
	case ACT_TRANSFER:
		return mine && row->call == CALL_CONFERENCE ? true
							    : refuse(why, WORD_CALL_NOT_IN_ROOM);
	case ACT_CLOSE: return refuse(why, WORD_CALL_IS_LIVE);
	default: return true;
	}
}

/* Some keys mean something in a call only, and some of all threads mean it otherwise there. */
static bool is_of_calls(enum action a, const struct row *row)
{
	switch (a) {
	case ACT_BY_PHONE:
	case ACT_HOLD:
	case ACT_MUTE:
	case ACT_ONE_MOMENT:
	case ACT_SAY_AGAIN:
	case ACT_STILL_THERE:
	case ACT_ANYTHING_ELSE:
	case ACT_GOODBYE:
	case ACT_TRANSFER:
	case ACT_VOICEMAIL:
	case ACT_HANG_UP:
	case ACT_CALL_BACK: return true;
	case ACT_TAKE_OVER:
	case ACT_REPLY: return row->channel == CHANNEL_VOICE;
	case ACT_CLOSE: return row_is_live(row);
	default: return false;
	}
}

static bool may_call_for_pickup(const struct row *row, enum word *why)
{
	char customer[WIRE_ID];

	row_customer(row, customer);
	if (customer[0] == '\0')
		return refuse(why, WORD_CALL_NOBODY);
	return row_is_live(row) ? refuse(why, WORD_CALL_IS_LIVE) : true;
}

static bool may_with(const struct model *m, enum action a, const struct row *row, enum word *why)
{
	bool mine = model_is_mine(m, row), closed = row->state == THREAD_CLOSED;
	bool others = row->holder == HOLDER_STAFF && !mine;

	if (is_of_calls(a, row))
		return may_in_call(m, a, row, why);
	switch (a) {
	case ACT_PICKUP_CALL: return may_call_for_pickup(row, why);
	case ACT_TAKE_OVER:
		if (mine)
			return refuse(why, WORD_ALREADY_YOURS);
		break;
	case ACT_HAND_BACK: return mine ? true : refuse(why, WORD_NOT_YOURS);
	case ACT_FORCE: return others ? true : refuse(why, WORD_NO_COLLEAGUE_HAS_IT);
	case ACT_REPLY:
		if (closed)
			return refuse(why, WORD_CLOSED_WRITE_NEW);
		if (model_opted_out(m, row))
			return refuse(why, WORD_OPTED_OUT);
		break;
	case ACT_CLOSE:
	case ACT_WHISPER: break;
	default: return true;
	}
	if (closed)
		return refuse(why, WORD_IS_CLOSED);
	return others && a != ACT_WHISPER ? refuse(why, WORD_COLLEAGUE_HAS_IT) : true;
}

bool model_may(const struct model *m, enum action a, enum word *why)
{
	const struct action_entry *row = action_of(a);
	const struct thread *t = model_thread(m);

	*why = WORD_NONE;
	if (a == ACT_UNDO)
		return model_waiting(m) != NULL;
	if (a == ACT_NEWEST)
		return t != NULL && !t->follow;
	if ((row->needs & NEEDS_THREAD) != 0 && model_row(m) == NULL)
		return refuse(why, WORD_NO_CONVERSATION);
	if (m->screen == SCREEN_MAIN && !permitted(m, row->permission))
		return refuse(why, WORD_ROLE_MAY_NOT);
	if ((row->needs & NEEDS_LINK) != 0 && m->link != LINK_LIVE)
		return refuse(why, WORD_OFFLINE_NOT_NOW);
	return (row->needs & NEEDS_THREAD) == 0 || may_with(m, a, model_row(m), why);
}

/* ---- questions ---- */

void confirm_ask(struct model *m, enum question question, const char *text)
{
	m->confirm.question = question;
	snprintf(m->confirm.text, sizeof m->confirm.text, "%s", text);
	m->dirty = true;
}

static void confirm_about(struct model *m, enum question question, enum word w,
			  const struct row *row)
{
	char room[24], text[300];

	say_fill(text, sizeof text, say(m->language, w), model_name(m, row, room),
		 row_staff_name(row), NULL);
	confirm_ask(m, question, text);
	row_id(row, m->confirm.conversation_id);
}

static void quit(struct model *m)
{
	(void)wishes_add(m->wishes, OUT_QUIT);
}

static void confirmed_command(struct model *m, enum outgoing_kind kind, uint32_t at)
{
	if (at != ROW_NONE)
		wish_add(m, kind, m->confirm.conversation_id)->epoch = m->all.at[at].epoch;
}

/* About whom, not about which conversation. */
static void confirmed_pickup(struct model *m, uint32_t at)
{
	char customer[WIRE_ID];
	struct outgoing *w;

	if (at == ROW_NONE)
		return;
	row_customer(&m->all.at[at], customer);
	w = wish_add(m, OUT_PICKUP_CALL, m->confirm.conversation_id);
	snprintf(w->customer_id, sizeof w->customer_id, "%s", customer);
}

static void confirmed(struct model *m)
{
	uint32_t at = rows_find(&m->all, m->confirm.conversation_id);

	switch (m->confirm.question) {
	case ASK_CLOSE:
		if (at != ROW_NONE)
			wish_add(m, OUT_CLOSE, m->confirm.conversation_id)->epoch =
				m->all.at[at].epoch;
		break;
	case ASK_HANG_UP: confirmed_command(m, OUT_HANG_UP, at); break;
	case ASK_VOICEMAIL: confirmed_command(m, OUT_VOICEMAIL, at); break;
	case ASK_CALL_BACK: confirmed_command(m, OUT_CALL_BACK, at); break;
	case ASK_PICKUP_CALL: confirmed_pickup(m, at); break;
	case ASK_QUIT: quit(m); break;
	case ASK_SIGN_OUT:
		going_flush(m, INT64_MAX);
		(void)wish_add(m, OUT_SIGN_OUT, "");
		break;
	case ASK_PASTE: compose_paste_settled(m, true); break;
	default: break;
	}
}

static void confirm_act(struct model *m, enum action a)
{
	enum question q = m->confirm.question;

	if (a == ACT_YES)
		confirmed(m);
	else if (a != ACT_NO)
		return;
	if (a == ACT_NO && q == ASK_PASTE)
		compose_paste_settled(m, false);
	if (m->confirm.question == q)
		m->confirm = (struct confirm){0};
	m->dirty = true;
}

static void quit_asked(struct model *m)
{
	size_t held = m->all.tabs[TAB_MINE].n;
	char text[300];

	compose_save(m);
	going_flush(m, INT64_MAX);
	if (m->screen != SCREEN_MAIN || held == 0) {
		quit(m);
		return;
	}
	say_count(text, sizeof text, m->language, WORD_ASK_QUIT_ONE, WORD_ASK_QUIT_MANY,
		  (int64_t)held);
	confirm_ask(m, ASK_QUIT, text);
}

/* ---- doing it ---- */

static void pane_next(struct model *m, int by)
{
	static const enum pane order[] = {PANE_LIST, PANE_THREAD, PANE_FACTS};

	m->focus = order[((int)m->focus + by + 3) % 3];
	conversation_shown(m);
}

static void opened(struct model *m)
{
	const struct row *row = model_row(m);

	if (row == NULL)
		return;
	row_opened(m, row);
	m->focus = PANE_THREAD;
}

static int page(const struct model *m)
{
	struct layout l = model_layout(m);
	int rows = m->focus == PANE_LIST     ? (l.list.rows - 1) / model_row_height(l.list.cols)
		   : m->focus == PANE_THREAD ? l.thread.rows - 2
					     : l.facts.rows - 2;

	return rows < 1 ? 1 : rows;
}

static void moved(struct model *m, int64_t by)
{
	if (m->focus == PANE_LIST)
		list_move(m, by);
	else if (m->focus == PANE_THREAD)
		thread_scroll(m, by);
	else
		m->facts.scroll = (int)int_clamp(m->facts.scroll + by, 0, 500);
}

static bool move_act(struct model *m, enum action a)
{
	switch (a) {
	case ACT_UP: moved(m, -1); break;
	case ACT_DOWN: moved(m, 1); break;
	case ACT_PAGE_UP: moved(m, -page(m)); break;
	case ACT_PAGE_DOWN: moved(m, page(m)); break;
	case ACT_FIRST: moved(m, -1000000); break;
	case ACT_LAST: moved(m, 1000000); break;
	case ACT_NEWEST: thread_newest(m); break;
	case ACT_NEXT_PANE: pane_next(m, 1); break;
	case ACT_PREVIOUS_PANE: pane_next(m, -1); break;
	case ACT_TAB_WAITING:
	case ACT_TAB_MINE:
	case ACT_TAB_ALL:
	case ACT_TAB_CLOSED: list_tab(m, (enum tab)(a - ACT_TAB_WAITING)); break;
	case ACT_TAB_NEXT: list_tab(m, (m->list.tab + 1) % TABS); break;
	case ACT_TAB_PREVIOUS: list_tab(m, (m->list.tab + TABS - 1) % TABS); break;
	default: return false;
	}
	return true;
}

struct outgoing *command_add(struct model *m, enum outgoing_kind kind)
{
	const struct row *row = model_row(m);
	struct outgoing *w;
	char id[WIRE_ID];

	row_id(row, id);
	conversation_open(m, id);
	w = wish_add(m, kind, id);
	w->epoch = row->epoch;
	return w;
}

static void take_over(struct model *m, const char *by)
{
	struct outgoing *w = command_add(m, OUT_TAKE_OVER);

	w->by = model_row(m)->channel == CHANNEL_VOICE ? by : NULL;
	if (strcmp(by, "phone") == 0)
		notice_say(m, LOOK_PLAIN, WORD_CALL_YOURS_RINGS, NULL, NULL);
}

static bool call_act(struct model *m, enum action a)
{
	const struct row *row = model_row(m);

	switch (a) {
	case ACT_BY_PHONE: take_over(m, "phone"); break;
	case ACT_HOLD: command_add(m, OUT_HOLD)->on = !row->call_held; break;
	case ACT_MUTE: command_add(m, OUT_MUTE)->on = !row->call_muted; break;
	case ACT_TRANSFER: pick_start(m, row); break;
	case ACT_PICKUP_CALL: confirm_about(m, ASK_PICKUP_CALL, WORD_ASK_PICKUP_CALL, row); break;
	case ACT_VOICEMAIL: confirm_about(m, ASK_VOICEMAIL, WORD_ASK_VOICEMAIL, row); break;
	case ACT_HANG_UP: confirm_about(m, ASK_HANG_UP, WORD_ASK_HANG_UP, row); break;
	case ACT_CALL_BACK: confirm_about(m, ASK_CALL_BACK, WORD_ASK_CALL_BACK, row); break;
	default: return false;
	}
	return true;
}

static bool thread_act(struct model *m, enum action a)
{
	const struct row *row = model_row(m);

	switch (a) {
	case ACT_REPLY: compose_start(m, MODE_REPLY, row); break;
	case ACT_NOTE: compose_start(m, MODE_NOTE, row); break;
	case ACT_WHISPER: compose_start(m, MODE_WHISPER, row); break;
	case ACT_TAKE_OVER: take_over(m, "typing"); break;
	case ACT_HAND_BACK: (void)command_add(m, OUT_HAND_BACK); break;
	case ACT_CLOSE: confirm_about(m, ASK_CLOSE, WORD_ASK_CLOSE, row); break;
	case ACT_FORCE: compose_start(m, MODE_FORCE, row); break;
	default: return call_act(m, a);
	}
	return true;
}

/* One level: from the facts to the conversation, from there to the list. */
static void went_back(struct model *m)
{
	if (m->zoomed)
		m->zoomed = false;
	else
		m->focus = m->focus == PANE_FACTS && m->open[0] != '\0' ? PANE_THREAD : PANE_LIST;
}

static void other_act(struct model *m, enum action a)
{
	switch (a) {
	case ACT_OPEN:
	case ACT_GO_IN: opened(m); break;
	case ACT_BACK: went_back(m); break;
	case ACT_UNDO: going_undo(m); break;
	case ACT_NEXT_URGENT: urgent_next(m); break;
	case ACT_NEW_TEXT: find_start(m, true); break;
	case ACT_FIND: find_start(m, false); break;
	case ACT_FACTS: m->focus = m->focus == PANE_FACTS ? PANE_THREAD : PANE_FACTS; break;
	case ACT_ZOOM: m->zoomed = !m->zoomed; break;
	case ACT_MOUSE:
		m->mouse = !m->mouse;
		wishes_add(m->wishes, OUT_MOUSE)->on = m->mouse;
		notice_say(m, LOOK_PLAIN, m->mouse ? WORD_MOUSE_ON : WORD_MOUSE_OFF, NULL, NULL);
		break;
	case ACT_SIGN_OUT: confirm_ask(m, ASK_SIGN_OUT, say(m->language, WORD_ASK_SIGN_OUT)); break;
	default: break;
	}
}

/* What works everywhere, whatever has the keys. */
static bool any_act(struct model *m, enum action a)
{
	switch (a) {
	case ACT_REDRAW: (void)wishes_add(m->wishes, OUT_REDRAW); break;
	case ACT_SUSPEND:
		compose_save(m);
		(void)wishes_add(m->wishes, OUT_SUSPEND);
		break;
	case ACT_QUIT:
	case ACT_QUIT_NOW: quit_asked(m); break;
	case ACT_HELP:
		m->help = true;
		m->help_scroll = 0;
		break;
	case ACT_LANGUAGE:
	case ACT_LANGUAGE_TYPING:
		m->language = m->language == LANGUAGE_FR ? LANGUAGE_EN : LANGUAGE_FR;
		m->start.language_fixed = true;
		break;
	default: return false;
	}
	return true;
}

static void help_act(struct model *m, enum action a)
{
	int by = a == ACT_UP        ? -1
		 : a == ACT_DOWN    ? 1
		 : a == ACT_PAGE_UP ? 1 - m->rows / 2
				    : m->rows / 2;

	if (a == ACT_BACK)
		m->help = false;
	else if (a == ACT_FIRST)
		m->help_scroll = 0;
	else if (a == ACT_LAST)
		m->help_scroll = 1000;
	else if (a == ACT_UP || a == ACT_DOWN || a == ACT_PAGE_UP || a == ACT_PAGE_DOWN)
		m->help_scroll = (int)int_clamp(m->help_scroll + by, 0, 1000);
}

void model_act(struct model *m, enum action a, const struct key *k)
{
	unsigned where = model_where(m);
	enum word why;

	m->dirty = true;
	if (where == IN_CONFIRM && a != ACT_REDRAW && a != ACT_SUSPEND && a != ACT_QUIT_NOW) {
		confirm_act(m, a);
		return;
	}
	if (a != ACT_NOTHING && !model_may(m, a, &why)) {
		if (why != WORD_NONE)
			notice_say(m, LOOK_BAD, why, NULL, NULL);
		return;
	}
	if (any_act(m, a) || canned_say(m, a))
		return;
	if (where == IN_HELP)
		help_act(m, a);
	else if (where == IN_SIGN_IN)
		sign_in_act(m, a, k);
	else if (where == IN_FIND)
		find_act(m, a, k);
	else if (where == IN_PICK)
		pick_act(m, a);
	else if (where == IN_COMPOSER && (a == ACT_PAGE_UP || a == ACT_PAGE_DOWN))
		thread_scroll(m, a == ACT_PAGE_UP ? -page(m) : page(m));
	else if (where == IN_COMPOSER)
		compose_act(m, a, k);
	else if (!move_act(m, a) && !thread_act(m, a))
		other_act(m, a);
}
