/*
 * find.c - looking for a customer by name, number or order: to read what was said with them, or to
 * write to them first. The service searches; we ask when typing pauses.
 */
#include "tui/model/inside.h"

#include "shared/phone.h"

#define ASK_AFTER_MS 200

static void found_clear(struct find *f)
{
	for (size_t i = 0; i < f->n; i++) {
		free(f->at[i].name);
		free(f->at[i].phone);
		free(f->at[i].email);
	}
	free(f->at);
	f->at = NULL;
	f->n = f->cursor = 0;
}

void find_start(struct model *m, bool to_write)
{
	find_stop(m);
	m->find.open = true;
	m->find.to_write = to_write;
	m->find.edit.limit = 100;
	m->dirty = true;
}

void find_stop(struct model *m)
{
	found_clear(&m->find);
	edit_clear(&m->find.edit);
	m->find = (struct find){0};
	m->dirty = true;
}

void find_tick(struct model *m)
{
	struct find *f = &m->find;
	struct str text = str_trim(edit_text(&f->edit));
	struct outgoing *w;

	if (f->ask_at_ms == 0 || f->ask_at_ms > m->mono_ms)
		return;
	f->ask_at_ms = 0;
	if (text.n == 0)
		return;
	w = wish_add(m, OUT_CUSTOMERS, "");
	w->limit = 50;
	w->text = xcalloc(1, text.n + 1);
	memcpy(w->text, text.p, text.n);
	f->wish = w->id;
}

bool find_number(const struct find *f, char out[PHONE_MAX])
{
	struct str text = str_trim(edit_text(&f->edit));
	char typed[40] = "+";
	size_t n = 0, digits = 0;

	if (text.n == 0 || text.n > 30)
		return false;
	if (text.p[0] == '+')
		return phone_parse(text, out);
	for (size_t i = 0; i < text.n; i++)
		digits += text.p[i] >= '0' && text.p[i] <= '9';
	n = (size_t)snprintf(typed, sizeof typed, digits == 10 ? "+1" STR_FMT : "+" STR_FMT,
			     STR_ARG(text));
	return (digits == 10 || (digits == 11 && text.p[0] == '1')) &&
	       phone_parse(str_make(typed, n), out);
}

static void chosen(struct model *m)
{
	struct find *f = &m->find;
	char number[PHONE_MAX];

	if (f->n == 0) {
		if (f->to_write && find_number(f, number)) {
			find_stop(m);
			compose_new(m, "", number, NULL);
		}
		return;
	}
	if (f->to_write) {
		const struct found c = f->at[f->cursor];

		if (c.phone == NULL || c.opted_out || c.blocked) {
			notice_say(m, LOOK_BAD,
				   c.phone == NULL ? WORD_NO_NUMBER
				   : c.opted_out   ? WORD_OPTED_OUT
						   : WORD_BLOCKED,
				   NULL, NULL);
			return;
		}
		compose_new(m, c.id, c.phone, c.name);
		find_stop(m);
		return;
	}
	memcpy(f->chosen, f->at[f->cursor].id, sizeof f->chosen);
	snprintf(wish_add(m, OUT_FACTS, "")->customer_id, OUT_ID, "%s", f->chosen);
}

/* The customer that was chosen: their newest conversation is opened. */
static void chosen_answered(struct model *m, const struct msg *msg)
{
	if (msg->customers == NULL || strcmp(msg->customers->id, m->find.chosen) != 0)
		return;
	if (msg->count == 0) {
		notice_say(m, LOOK_PLAIN, WORD_NOTHING_SAID_YET, msg->customers->display_name,
			   NULL);
		m->find.chosen[0] = '\0';
		return;
	}
	for (size_t i = 0; i < msg->count; i++)
		row_answered(m, &msg->conversations[i], msg->as_of);
	find_stop(m);
	conversation_open(m, msg->conversations[0].id);
	m->focus = PANE_THREAD;
}

void find_answered(struct model *m, const struct msg *msg)
{
	struct find *f = &m->find;

	if (!f->open)
		return;
	if (msg->kind == MSG_FACTS) {
		chosen_answered(m, msg);
		return;
	}
	if (msg->id != f->wish)
		return;
	found_clear(f);
	f->answered = true;
	f->n = msg->count;
	f->at = xcalloc(msg->count, sizeof *f->at);
	for (size_t i = 0; i < msg->count; i++) {
		const struct wire_customer *c = &msg->customers[i];

		memcpy(f->at[i].id, c->id, sizeof f->at[i].id);
		text_set(&f->at[i].name, c->display_name);
		text_set(&f->at[i].phone, c->phone_number);
		text_set(&f->at[i].email, c->email);
		f->at[i].opted_out = c->opted_out;
		f->at[i].blocked = c->is_blocked;
	}
}

void find_act(struct model *m, enum action a, const struct key *k)
{
	struct find *f = &m->find;

	m->dirty = true;
	switch (a) {
	case ACT_BACK: find_stop(m); break;
	case ACT_OPEN: chosen(m); break;
	case ACT_UP: f->cursor -= f->cursor > 0; break;
	case ACT_DOWN: f->cursor += f->cursor + 1 < f->n; break;
	case ACT_PAGE_UP: f->cursor = f->cursor > 10 ? f->cursor - 10 : 0; break;
	case ACT_PAGE_DOWN: f->cursor = f->n == 0 ? 0 : size_min(f->cursor + 10, f->n - 1); break;
	default:
		if (!edit_act(&f->edit, a, k))
			break;
		f->ask_at_ms = m->mono_ms + ASK_AFTER_MS;
		f->answered = false;
		if (str_trim(edit_text(&f->edit)).n == 0)
			found_clear(f);
		break;
	}
}
