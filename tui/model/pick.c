/*
 * pick.c - to which colleague a call is passed on: those whose phone can be rung, and the one who
 * is chosen.
 */
#include "tui/model/inside.h"

#include "shared/wire/session.h"

static void colleagues_clear(struct pick *p)
{
	for (size_t i = 0; i < p->n; i++)
		free(p->at[i].name);
	free(p->at);
}

void pick_stop(struct model *m)
{
	colleagues_clear(&m->pick);
	m->pick = (struct pick){0};
	m->dirty = true;
}

void pick_start(struct model *m, const struct row *row)
{
	pick_stop(m);
	m->pick.open = true;
	row_id(row, m->pick.conversation_id);
	(void)wish_add(m, OUT_COLLEAGUES, "");
}

void pick_answered(struct model *m, const struct msg *msg)
{
	struct pick *p = &m->pick;

	if (!p->open)
		return;
	colleagues_clear(p);
	p->n = p->cursor = 0;
	p->answered = true;
	p->at = xcalloc(msg->count, sizeof *p->at);
	for (size_t i = 0; i < msg->count; i++) {
		const struct wire_user *c = &msg->colleagues[i];

		if (!c->is_active || !c->has_phone || strcmp(c->id, m->me.user_id) == 0)
			continue;
		memcpy(p->at[p->n].id, c->id, sizeof p->at[p->n].id);
		p->at[p->n].name = xstrdup(c->display_name);
		p->at[p->n++].role = c->role;
	}
}

static void chosen(struct model *m)
{
	struct pick *p = &m->pick;
	uint32_t at = rows_find(&m->all, p->conversation_id);
	struct outgoing *w;

	if (p->cursor >= p->n || at == ROW_NONE)
		return;
	w = wish_add(m, OUT_TRANSFER, p->conversation_id);
	w->epoch = m->all.at[at].epoch;
	memcpy(w->user_id, p->at[p->cursor].id, sizeof w->user_id);
	notice_say(m, LOOK_PLAIN, WORD_CALL_COLLEAGUE_RINGS, p->at[p->cursor].name, NULL);
	pick_stop(m);
}

void pick_act(struct model *m, enum action a)
{
	struct pick *p = &m->pick;

	m->dirty = true;
	switch (a) {
	case ACT_BACK: pick_stop(m); break;
	case ACT_OPEN: chosen(m); break;
	case ACT_UP: p->cursor -= p->cursor > 0; break;
	case ACT_DOWN: p->cursor += p->cursor + 1 < p->n; break;
	default: break;
	}
}
