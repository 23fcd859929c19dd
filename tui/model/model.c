/*
 * model.c - the model's birth and end, the queue of wishes, and what views read; see model.h.
 */
#include "tui/model/model.h"

#include "shared/phone.h"
#include "tui/model/inside.h"

#define MINUTE_US INT64_C(60000000)

static char *copy(const char *s)
{
	return xstrdup(s == NULL ? "" : s);
}

void model_init(struct model *m, const struct model_start *start, int rows, int cols)
{
	*m = (struct model){.start = *start, .rows = rows, .cols = cols, .dirty = true};
	m->start.url = copy(start->url);
	m->start.organization = copy(start->organization);
	m->start.email = copy(start->email);
	m->language = start->language == LANGUAGE_FR ? LANGUAGE_FR : LANGUAGE_EN;
	m->mouse = start->mouse;
	rows_init(&m->all);
	for (enum tab t = 0; t < TABS; t++)
		m->list.cursor[t] = ROW_NONE;
	m->wishes = wishes_new();
	when_zone((struct str){0});
	sign_in_start(m, NULL);
}

static void me_clear(struct me *me)
{
	free(me->name);
	free(me->email);
	free(me->organization);
	free(me->slug);
	for (size_t i = 0; i < me->permissions_n; i++)
		free(me->permissions[i]);
	free(me->permissions);
	*me = (struct me){0};
}

/* Everything that belongs to whoever is signed in. */
void model_forget(struct model *m)
{
	me_clear(&m->me);
	rows_clear(&m->all);
	threads_clear(&m->threads);
	facts_clear(&m->facts);
	compose_stop(m);
	edit_clear(&m->compose.edit);
	compose_drafts_clear(m);
	find_stop(m);
	pick_stop(m);
	edit_clear(&m->find.edit);
	m->confirm = (struct confirm){0};
	for (size_t i = 0; i < GOING_MAX; i++) {
		free(m->going[i].text);
		m->going[i] = (struct going){0};
	}
	memset(m->asked, 0, sizeof m->asked);
	m->list = (struct list){.tab = TAB_WAITING};
	for (enum tab t = 0; t < TABS; t++)
		m->list.cursor[t] = ROW_NONE;
	m->open[0] = '\0';
	m->known = m->newest = 0;
	m->loaded = m->counting = m->following = m->caught_up = false;
	m->focus = PANE_LIST;
	m->zoomed = m->help = false;
	m->notice = (struct notice){0};
	when_zone((struct str){0});
}

void model_clear(struct model *m)
{
	model_forget(m);
	for (enum field f = 0; f < FIELDS; f++)
		edit_clear(&m->sign_in.fields[f]);
	free((void *)(uintptr_t)m->start.url);
	free((void *)(uintptr_t)m->start.organization);
	free((void *)(uintptr_t)m->start.email);
	wishes_free(m->wishes);
	*m = (struct model){0};
}

/* ---- notices and wishes ---- */

void notice_set(struct model *m, enum look look, const char *text)
{
	snprintf(m->notice.text, sizeof m->notice.text, "%s", text);
	m->notice.look = look;
	m->notice.since_ms = m->mono_ms;
	m->notice.until_ms = m->mono_ms + NOTICE_MS;
	m->dirty = true;
}

void notice_say(struct model *m, enum look look, enum word w, const char *a, const char *b)
{
	char text[sizeof m->notice.text];

	say_fill(text, sizeof text, say(m->language, w), a, b, NULL);
	notice_set(m, look, text);
}

struct outgoing *wish_add(struct model *m, enum outgoing_kind kind, const char *conversation_id)
{
	struct outgoing *w = wishes_add(m->wishes, kind);
	struct asked *a = &m->asked[m->asked_next++ % ASKED_MAX];

	snprintf(w->conversation_id, sizeof w->conversation_id, "%s", conversation_id);
	*a = (struct asked){.id = w->id, .kind = kind};
	snprintf(a->conversation_id, sizeof a->conversation_id, "%s", conversation_id);
	return w;
}

bool asked_take(struct model *m, uint32_t id, struct asked *out)
{
	for (size_t i = 0; i < ASKED_MAX && id != 0; i++) {
		if (m->asked[i].id == id) {
			*out = m->asked[i];
			m->asked[i].id = 0;
			return true;
		}
	}
	return false;
}

bool asked_about(const struct model *m, enum outgoing_kind kind, const char *conversation_id)
{
	for (size_t i = 0; i < ASKED_MAX; i++) {
		if (m->asked[i].id != 0 && m->asked[i].kind == kind &&
		    strcmp(m->asked[i].conversation_id, conversation_id) == 0)
			return true;
	}
	return false;
}

/* ---- what views read ---- */

int64_t model_now_us(const struct model *m)
{
	return m->wall_us + m->skew_us;
}

struct when model_when(const struct model *m)
{
	return (struct when){m->language, model_now_us(m)};
}

static int composer_rows(const struct model *m, int cols)
{
	size_t row;
	int col, lines;

	if (m->compose.mode == MODE_NONE)
		return 1;
	lines = (int)edit_lines(&m->compose.edit, cols < 8 ? 8 : cols, m->start.plain, NULL, 0,
				&row, &col);
	return 1 + (int)int_clamp(lines, 1, m->rows >= 24 ? 6 : 3);
}

struct layout model_layout(const struct model *m)
{
	struct layout_wish w = {.rows = m->rows,
				.cols = m->cols,
				.focus = m->focus,
				.zoomed = m->zoomed,
				.banner = m->screen == SCREEN_MAIN && m->loaded &&
					  m->link != LINK_LIVE,
				.composer_rows = 1};
	struct layout l = layout_of(&w);

	if (l.thread.cols == 0)
		return l;
	w.composer_rows = composer_rows(m, l.thread.cols - 3);
	return layout_of(&w);
}

unsigned model_where(const struct model *m)
{
	if (m->confirm.question != ASK_NOTHING)
		return IN_CONFIRM;
	return m->help ? IN_HELP : model_where_under(m);
}

unsigned model_where_under(const struct model *m)
{
	if (m->screen == SCREEN_SIGN_IN)
		return IN_SIGN_IN;
	if (m->find.open)
		return IN_FIND;
	if (m->pick.open)
		return IN_PICK;
	if (m->compose.mode != MODE_NONE && m->focus == PANE_THREAD)
		return IN_COMPOSER;
	return m->focus == PANE_LIST ? IN_LIST : m->focus == PANE_THREAD ? IN_THREAD : IN_FACTS;
}

const struct row *model_open_row(const struct model *m)
{
	uint32_t at = m->open[0] == '\0' ? ROW_NONE : rows_find(&m->all, m->open);

	return at == ROW_NONE ? NULL : &m->all.at[at];
}

const struct row *model_row(const struct model *m)
{
	uint32_t at = m->list.cursor[m->list.tab];

	if (m->focus != PANE_LIST)
		return model_open_row(m);
	return at == ROW_NONE ? NULL : &m->all.at[at];
}

struct thread *model_thread(const struct model *m)
{
	return m->open[0] == '\0' ? NULL
				  : threads_find((struct threads *)(uintptr_t)&m->threads, m->open);
}

const char *model_name(const struct model *m, const struct row *row, char room[24])
{
	const char *name = row_text(row, ROW_NAME), *peer = row_text(row, ROW_PEER);

	if (name != NULL)
		return name;
	if (peer == NULL)
		return say(m->language, WORD_NO_NAME);
	if (!phone_valid(str_of(peer)))
		return peer;
	phone_text(str_of(peer), room);
	return room;
}

bool model_is_mine(const struct model *m, const struct row *row)
{
	return row->holder == HOLDER_STAFF && row_is_held_by(row, m->me.user_id);
}

int model_row_height(int cols)
{
	return cols < 60 ? 2 : 1;
}

size_t model_list_top(const struct model *m, int visible)
{
	const struct tab_order *t = &m->all.tabs[m->list.tab];
	uint32_t at = m->list.cursor[m->list.tab];
	size_t position = m->list.position[m->list.tab], line, most;
	bool found = false;

	if (visible < 1)
		visible = 1;
	if (at != ROW_NONE)
		position = tab_find(&m->all, m->list.tab, at, &found);
	line = (size_t)int_clamp(m->list.line[m->list.tab], 0, visible - 1);
	most = t->n > (size_t)visible ? t->n - (size_t)visible : 0;
	return size_min(position > line ? position - line : 0, most);
}

const struct going *model_waiting(const struct model *m)
{
	for (size_t i = 0; i < GOING_MAX; i++) {
		if (m->going[i].mode != MODE_NONE && m->going[i].wish == 0)
			return &m->going[i];
	}
	return NULL;
}

const struct draft *model_draft(const struct model *m, const char *key)
{
	for (size_t i = 0; i < m->drafts_n; i++) {
		if (strcmp(m->drafts[i].key, key) == 0)
			return &m->drafts[i];
	}
	return NULL;
}

const struct draft *model_row_draft(const struct model *m, const struct row *row)
{
	char id[WIRE_ID];

	if (!row->drafted)
		return NULL;
	row_id(row, id);
	return model_draft(m, id);
}

static void sooner(int64_t *at, int64_t then)
{
	if (then != 0 && then < *at)
		*at = then;
}

void model_leave(struct model *m)
{
	compose_save(m);
}

bool call_is_open(const struct model *m)
{
	const struct row *row = model_open_row(m);

	return row != NULL && row_is_live(row);
}

int64_t model_wakes_at(const struct model *m)
{
	const struct going *waiting = model_waiting(m);
	int64_t at = m->mono_ms + (MINUTE_US - model_now_us(m) % MINUTE_US) / 1000 + 1;

	sooner(&at, m->notice.until_ms);
	sooner(&at, m->compose.save_at_ms);
	sooner(&at, m->find.ask_at_ms);
	sooner(&at, m->list.look_at_ms);
	sooner(&at, m->list.retry_at_ms);
	if (m->sign_in.retry_at_ms > m->mono_ms || m->retry_at_ms > m->mono_ms || waiting != NULL ||
	    call_is_open(m))
		sooner(&at, m->mono_ms + 1000 - m->mono_ms % 1000); /* seconds are counted */
	if (waiting != NULL)
		sooner(&at, waiting->at_ms);
	return at;
}
