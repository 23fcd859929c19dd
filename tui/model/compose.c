/*
 * compose.c - writing: the composer, its drafts, and the three seconds in which a text can be taken
 * back.
 *
 * A text is a draft until the service says that it was kept: whatever goes wrong on the way, it is
 * there again. Nothing is ever sent by a paste.
 */
#include "shared/buf.h"
#include "tui/model/inside.h"

#define SAVE_AFTER_MS 400
#define PASTE_LINES   3
#define PASTE_MAX     65536

/* ---- drafts ---- */

static void row_drafted(struct model *m, const char *key, bool drafted)
{
	uint32_t at = rows_find(&m->all, key);

	if (at != ROW_NONE)
		m->all.at[at].drafted = drafted;
}

void compose_draft_keep(struct model *m, const char *key, struct str text, uint32_t again)
{
	struct draft *d = (struct draft *)(uintptr_t)model_draft(m, key);

	row_drafted(m, key, text.n > 0);
	if (text.n == 0) {
		if (d == NULL)
			return;
		free(d->text);
		*d = m->drafts[--m->drafts_n];
		return;
	}
	if (d == NULL) {
		m->drafts = xrealloc(m->drafts, (m->drafts_n + 1) * sizeof *m->drafts);
		d = &m->drafts[m->drafts_n++];
		*d = (struct draft){0};
		snprintf(d->key, sizeof d->key, "%s", key);
	}
	free(d->text);
	d->text = xcalloc(1, text.n + 1);
	memcpy(d->text, text.p, text.n);
	d->again = again;
}

void compose_drafts_clear(struct model *m)
{
	for (size_t i = 0; i < m->drafts_n; i++)
		free(m->drafts[i].text);
	free(m->drafts);
	m->drafts = NULL;
	m->drafts_n = 0;
}

static char *str_copy(struct str s)
{
	char *copy = xcalloc(1, s.n + 1);

	if (s.n > 0)
		memcpy(copy, s.p, s.n);
	return copy;
}

static void draft_wished(struct model *m, const char *key, struct str text, uint32_t again)
{
	struct outgoing *w = wishes_add(m->wishes, OUT_SAVE_DRAFT);

	compose_draft_keep(m, key, text, again);
	snprintf(w->conversation_id, sizeof w->conversation_id, "%s", key);
	w->text = str_copy(text);
}

void compose_save(struct model *m)
{
	const struct draft *d;
	struct str text = edit_text(&m->compose.edit);

	if (m->compose.save_at_ms == 0 || m->compose.key[0] == '\0')
		return;
	m->compose.save_at_ms = 0;
	d = model_draft(m, m->compose.key);
	draft_wished(m, m->compose.key, text, d != NULL && str_is(text, d->text) ? d->again : 0);
}

/* ---- the composer ---- */

static void composer_opened(struct model *m)
{
	const struct draft *d = model_draft(m, m->compose.key);

	edit_set(&m->compose.edit, str_of(d == NULL ? "" : d->text));
	m->compose.save_at_ms = 0;
	m->focus = PANE_THREAD;
	m->dirty = true;
}

void compose_start(struct model *m, enum mode mode, const struct row *row)
{
	static const char *const ends[] = {[MODE_REPLY] = "",
					   [MODE_NOTE] = ":note",
					   [MODE_WHISPER] = ":whisper",
					   [MODE_FORCE] = ":force"};
	struct compose *c = &m->compose;
	char id[WIRE_ID];

	row_id(row, id);
	conversation_open(m, id);
	if (c->mode != MODE_NONE)
		compose_stop(m);
	c->mode = mode;
	memcpy(c->conversation_id, id, sizeof id);
	snprintf(c->key, sizeof c->key, "%s%s", id, ends[mode]);
	c->language =
		row->language == LANGUAGE_UNKNOWN ? LANGUAGE_EN : (enum language)row->language;
	composer_opened(m);
	thread_newest(m);
}

void compose_new(struct model *m, const char *customer_id, const char *phone, const char *name)
{
	struct compose *c = &m->compose;

	if (c->mode != MODE_NONE)
		compose_stop(m);
	c->mode = MODE_NEW;
	snprintf(c->customer_id, sizeof c->customer_id, "%s", customer_id);
	snprintf(c->phone, sizeof c->phone, "%s", phone);
	snprintf(c->key, sizeof c->key, "new:%s", customer_id[0] != '\0' ? customer_id : phone);
	text_set(&c->name, name);
	c->language = m->language;
	m->open[0] = '\0';
	facts_follow(m);
	composer_opened(m);
}

void compose_stop(struct model *m)
{
	struct compose *c = &m->compose;

	compose_save(m);
	edit_clear(&c->edit);
	free(c->name);
	free(c->pasted);
	*c = (struct compose){0};
	m->dirty = true;
}

static void edited(struct model *m)
{
	if (m->compose.save_at_ms == 0)
		m->compose.save_at_ms = m->mono_ms + SAVE_AFTER_MS;
	m->dirty = true;
}

void compose_paste(struct model *m, struct str text)
{
	struct compose *c = &m->compose;
	struct buf clean = {.limit = PASTE_MAX};
	size_t lines = 1;
	char number[24], question[200];

	for (size_t i = 0; i < text.n; i++) { /* CR LF and CR are line breaks */
		bool cr = text.p[i] == '\r';

		if (cr && i + 1 < text.n && text.p[i + 1] == '\n')
			continue;
		lines += cr || text.p[i] == '\n';
		(void)buf_add_char(&clean, cr ? '\n' : text.p[i]);
	}
	if (lines > PASTE_LINES) {
		free(c->pasted);
		c->pasted = str_copy(buf_str(&clean));
		snprintf(number, sizeof number, "%zu", lines);
		say_fill(question, sizeof question, say(m->language, WORD_ASK_PASTE), number, NULL,
			 NULL);
		confirm_ask(m, ASK_PASTE, question);
	} else if (!edit_put(&c->edit, buf_str(&clean))) {
		notice_say(m, LOOK_BAD, WORD_TEXT_FULL, NULL, NULL);
	}
	buf_clear(&clean);
	edited(m);
}

void compose_paste_settled(struct model *m, bool yes)
{
	struct compose *c = &m->compose;

	if (yes && c->pasted != NULL && !edit_put(&c->edit, str_of(c->pasted)))
		notice_say(m, LOOK_BAD, WORD_TEXT_FULL, NULL, NULL);
	free(c->pasted);
	c->pasted = NULL;
	edited(m);
}

/* ---- going out ---- */

static struct going *going_free(struct model *m)
{
	for (size_t i = 0; i < GOING_MAX; i++) {
		if (m->going[i].mode == MODE_NONE)
			return &m->going[i];
	}
	return NULL;
}

static void sent(struct model *m)
{
	struct compose *c = &m->compose;
	struct str text = str_trim(edit_text(&c->edit));
	const struct row *row = model_open_row(m);
	const struct draft *d;
	struct going *g;

	if (text.n == 0)
		return;
	going_flush(m, INT64_MAX);
	g = going_free(m);
	if (g == NULL) {
		notice_say(m, LOOK_BAD, WORD_TOO_MANY_GOING, NULL, NULL);
		return;
	}
	c->save_at_ms = m->mono_ms; /* the draft stays until the service has kept the text */
	compose_save(m);
	d = model_draft(m, c->key);
	*g = (struct going){.mode = c->mode,
			    .language = c->language,
			    .again = d == NULL ? 0 : d->again,
			    .epoch = row == NULL ? 0 : row->epoch};
	memcpy(g->key, c->key, sizeof g->key);
	memcpy(g->conversation_id, c->conversation_id, sizeof g->conversation_id);
	memcpy(g->customer_id, c->customer_id, sizeof g->customer_id);
	memcpy(g->phone, c->phone, sizeof g->phone);
	g->text = str_copy(text);
	/* a text can be taken back for a while; what is spoken to a caller cannot wait */
	g->at_ms = m->mono_ms;
	if (c->mode == MODE_NEW ||
	    (c->mode == MODE_REPLY && (row == NULL || row->channel != CHANNEL_VOICE)))
		g->at_ms += GOING_WAIT_MS;
	edit_clear(&c->edit);
	c->save_at_ms = 0;
	if (c->mode != MODE_REPLY)
		compose_stop(m);
	going_flush(m, m->mono_ms);
	m->dirty = true;
}

static bool under_way(const struct model *m, const struct going *g)
{
	for (size_t i = 0; i < GOING_MAX; i++) {
		const struct going *other = &m->going[i];

		if (other != g && other->mode != MODE_NONE && other->wish != 0 &&
		    strcmp(other->key, g->key) == 0)
			return true;
	}
	return false;
}

static void going_wished(struct model *m, struct going *g)
{
	static const enum outgoing_kind kinds[] = {[MODE_REPLY] = OUT_REPLY,
						   [MODE_NOTE] = OUT_NOTE,
						   [MODE_WHISPER] = OUT_WHISPER,
						   [MODE_NEW] = OUT_NEW_TEXT,
						   [MODE_FORCE] = OUT_TAKE_OVER};
	uint32_t at = rows_find(&m->all, g->conversation_id);
	struct outgoing *w = wish_add(m, kinds[g->mode], g->conversation_id);

	/* The epoch it was written under; a newer one only when it is our own. */
	w->epoch =
		at != ROW_NONE && model_is_mine(m, &m->all.at[at]) ? m->all.at[at].epoch : g->epoch;
	w->again = g->again;
	w->force = g->mode == MODE_FORCE;
	w->text = xstrdup(g->text);
	snprintf(w->customer_id, sizeof w->customer_id, "%s", g->customer_id);
	snprintf(w->phone_number, sizeof w->phone_number, "%s", g->phone);
	snprintf(w->language, sizeof w->language, "%s", language_code(g->language));
	g->wish = w->id;
	m->dirty = true;
}

void going_flush(struct model *m, int64_t now_ms)
{
	for (size_t i = 0; i < GOING_MAX; i++) {
		struct going *g = &m->going[i];

		if (g->mode != MODE_NONE && g->wish == 0 && g->at_ms <= now_ms && !under_way(m, g))
			going_wished(m, g);
	}
}

static struct going *going_of(struct model *m, uint32_t wish)
{
	for (size_t i = 0; i < GOING_MAX && wish != 0; i++) {
		if (m->going[i].mode != MODE_NONE && m->going[i].wish == wish)
			return &m->going[i];
	}
	return NULL;
}

void going_done(struct model *m, uint32_t wish)
{
	struct going *g = going_of(m, wish);
	const struct draft *d;

	if (g == NULL)
		return;
	d = model_draft(m, g->key);
	if (d != NULL && str_eq(str_trim(str_of(d->text)), str_of(g->text)))
		draft_wished(m, g->key, (struct str){0}, 0);
	free(g->text);
	*g = (struct going){0};
	going_flush(m, m->mono_ms);
}

/* Its text is a draft again, in the composer when that is where it came from. */
static void given_back(struct model *m, struct going *g, uint32_t again)
{
	struct compose *c = &m->compose;
	struct str typed = edit_text(&c->edit);
	struct buf b = {0};

	if (c->mode != MODE_NONE && strcmp(c->key, g->key) == 0 && typed.n > 0) {
		(void)buf_printf(&b, "%s\n" STR_FMT, g->text, STR_ARG(typed));
		again = 0;
	} else {
		(void)buf_add_cstr(&b, g->text);
	}
	draft_wished(m, g->key, buf_str(&b), again);
	if (c->mode != MODE_NONE && strcmp(c->key, g->key) == 0)
		edit_set(&c->edit, buf_str(&b));
	buf_clear(&b);
	m->dirty = true;
}

void going_undo(struct model *m)
{
	struct going *g = (struct going *)(uintptr_t)model_waiting(m), was;
	uint32_t at;

	if (g == NULL)
		return;
	given_back(m, g, g->again);
	was = *g;
	*g = (struct going){0};
	notice_say(m, LOOK_PLAIN, WORD_TAKEN_BACK, NULL, NULL);
	at = rows_find(&m->all, was.conversation_id);
	if (m->compose.mode == MODE_NONE && was.mode == MODE_NEW) {
		compose_new(m, was.customer_id, was.phone, NULL);
	} else if (m->compose.mode == MODE_NONE && at != ROW_NONE) {
		compose_start(m, was.mode, &m->all.at[at]);
	}
	free(was.text);
}

void going_refused(struct model *m, uint32_t wish, const struct problem *p)
{
	struct going *g = going_of(m, wish);
	char text[sizeof m->notice.text];

	if (g == NULL)
		return;
	given_back(m, g, p->status == 0 && str_is(p->code, "unknown") ? wish : 0);
	free(g->text);
	*g = (struct going){0};
	snprintf(text, sizeof text, "%.290s %.100s", m->notice.text,
		 say(m->language, WORD_DRAFT_KEPT));
	notice_set(m, LOOK_BAD, text);
	m->notice.until_ms = 0; /* it stays until a key is pressed */
	going_flush(m, m->mono_ms);
}

void compose_act(struct model *m, enum action a, const struct key *k)
{
	struct compose *c = &m->compose;
	int cols = model_layout(m).composer.cols - 3;

	if (cols < 8)
		cols = 8;
	switch (a) {
	case ACT_SEND:
		if (k->more) {
			(void)edit_put_code(&c->edit,
					    '\n'); /* a paste of a terminal that marks none */
			edited(m);
		} else {
			sent(m);
		}
		break;
	case ACT_NEW_LINE:
		(void)edit_put_code(&c->edit, '\n');
		edited(m);
		break;
	case ACT_TEXT_LANGUAGE:
		c->language = c->language == LANGUAGE_FR ? LANGUAGE_EN : LANGUAGE_FR;
		break;
	case ACT_UP: (void)edit_up(&c->edit, cols, m->start.plain); break;
	case ACT_DOWN: (void)edit_down(&c->edit, cols, m->start.plain); break;
	case ACT_BACK:
		if (model_waiting(m) != NULL)
			going_undo(m);
		else
			compose_stop(m);
		break;
	default:
		if (edit_act(&c->edit, a, k))
			edited(m);
		break;
	}
	m->dirty = true;
}
