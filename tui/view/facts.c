/*
 * facts.c - what the store knows of the customer, and why they want a person: what somebody who
 * takes the conversation over must see at once.
 */
#include "shared/phone.h"
#include "tui/view/view.h"

/* Lines are drawn into an area that is scrolled by hand: what is above its top is counted only. */
struct paper {
	const struct model *m;
	struct area a;
	int row; /* of the next line; below 0 it is scrolled out */
};

static void line(struct paper *p, int indent, const char *text, enum look look)
{
	struct str rest = str_of(text);
	int cols = p->a.cols - 2 - indent;

	if (rest.n == 0)
		return;
	while (rest.n > 0) {
		struct str piece = text_line(&rest, cols < 4 ? 4 : cols, p->a.g->plain);

		(void)area_put(p->a, p->row, 1 + indent, cols, piece, look);
		p->row++;
	}
}

static void section(struct paper *p, enum word w)
{
	p->row++;
	line(p, 0, say(p->m->language, w), LOOK_TITLE);
}

static void pattern(struct paper *p, int indent, enum word w, const char *filled, enum look look)
{
	char text[300];

	say_fill(text, sizeof text, say(p->m->language, w), filled, NULL, NULL);
	line(p, indent, text, look);
}

static void person_draw(struct paper *p, const struct facts *f)
{
	char text[120], number[24];
	const char *language;

	if (f->phone != NULL) {
		phone_text(str_of(f->phone), number);
		line(p, 0, number, LOOK_PLAIN);
	}
	if (f->email != NULL)
		line(p, 0, f->email, LOOK_FAINT);
	language = view_language(p->m, f->language);
	if (f->language_chosen)
		pattern(p, 0, WORD_LANGUAGE_CHOSEN, language, LOOK_PLAIN);
	else
		line(p, 0, language, LOOK_FAINT);
	if (f->opted_out)
		line(p, 0, say(p->m->language, WORD_FACTS_OPTED_OUT), LOOK_BAD);
	if (f->blocked)
		line(p, 0, say(p->m->language, WORD_FACTS_BLOCKED), LOOK_BAD);
	when_date(f->since, text);
	pattern(p, 0, WORD_FACTS_SINCE, text, LOOK_FAINT);
}

static void wish_draw(struct paper *p, const struct row *row)
{
	const struct row_wish *w = row->wish;
	struct when when = model_when(p->m);
	int64_t due = row->promise_due_at;
	char text[WHEN_TEXT], left[WHEN_TEXT], reason[80], both[200];

	if (w != NULL && escalation_is_open(w->state)) {
		section(p, WORD_FACTS_WANTS);
		say_code(reason, sizeof reason, p->m->language, "ABOUT_", w->reason);
		if (w->reason != NULL && strcmp(w->reason, "human_request") != 0)
			line(p, 1, reason, LOOK_URGENT);
		if (w->reason_text != NULL)
			line(p, 1, w->reason_text, LOOK_PLAIN);
		if (w->requested_at != 0) {
			when_full(&when, w->requested_at, text);
			pattern(p, 1, WORD_FACTS_ASKED, text, LOOK_FAINT);
		}
	}
	if (due == 0 || row->state == THREAD_CLOSED)
		return;
	when_full(&when, due, text);
	if (due < when.now_us) {
		pattern(p, 1, WORD_FACTS_PROMISE_LATE, text, LOOK_BAD);
		return;
	}
	when_left(&when, due, left);
	say_fill(both, sizeof both, say(p->m->language, WORD_FACTS_PROMISED), text, left, NULL);
	line(p, 1, both, LOOK_URGENT);
}

static void holder_draw(struct paper *p, const struct row *row)
{
	struct when when = model_when(p->m);
	char holder[120], since[WHEN_TEXT], about[80], both[240];
	enum look look;

	section(p, WORD_FACTS_HOLDER);
	(void)view_letter(p->m, row, &look);
	view_holder(p->m, row, holder, sizeof holder);
	if (row->holder_since != 0 && !row_wants_person(row) && row->state != THREAD_CLOSED) {
		when_full(&when, row->holder_since, since);
		say_fill(about, sizeof about, say(p->m->language, WORD_SINCE_TIME), since, NULL,
			 NULL);
		snprintf(both, sizeof both, "%s, %s", holder, about);
		line(p, 1, both, look == LOOK_BAD ? LOOK_PLAIN : look);
	} else {
		line(p, 1, holder, look == LOOK_BAD ? LOOK_PLAIN : look);
	}
	if (row->contact_class > CLASS_NONE) {
		say_code(about, sizeof about, p->m->language, "ABOUT_",
			 wire_word(WORDS_CLASS, row->contact_class));
		snprintf(both, sizeof both, "%.100s: %s", say(p->m->language, WORD_FACTS_ABOUT),
			 about);
		line(p, 1, both, LOOK_FAINT);
	}
}

static void orders_draw(struct paper *p, const struct facts *f)
{
	char status[60], date[WHEN_TEXT], text[200];

	section(p, WORD_FACTS_ORDERS);
	if (f->orders_n == 0)
		line(p, 1, say(p->m->language, WORD_FACTS_NONE), LOOK_FAINT);
	for (size_t i = 0; i < f->orders_n; i++) {
		const struct fact_order *o = &f->orders[i];

		say_code(status, sizeof status, p->m->language, "ORDER_", o->status);
		snprintf(text, sizeof text, "%.60s  %s", o->number == NULL ? "" : o->number,
			 status);
		line(p, 1, text, LOOK_PLAIN);
		when_date(o->placed_at, date);
		snprintf(text, sizeof text, "%s  %.150s", date, o->items == NULL ? "" : o->items);
		line(p, 3, text, LOOK_FAINT);
	}
}

static void appointments_draw(struct paper *p, const struct facts *f)
{
	struct when when = model_when(p->m);
	char status[60], at[WHEN_TEXT], text[200];

	section(p, WORD_FACTS_APPOINTMENTS);
	if (f->appointments_n == 0)
		line(p, 1, say(p->m->language, WORD_FACTS_NONE), LOOK_FAINT);
	for (size_t i = 0; i < f->appointments_n; i++) {
		const struct fact_appointment *x = &f->appointments[i];

		say_code(status, sizeof status, p->m->language, "VISIT_", x->status);
		when_full(&when, x->starts_at, at);
		snprintf(text, sizeof text, "%s  %s", at, status);
		line(p, 1, text, x->starts_at > when.now_us ? LOOK_PLAIN : LOOK_FAINT);
		line(p, 3, x->service == NULL ? "" : x->service, LOOK_FAINT);
	}
}

void view_facts(const struct model *m, struct area a)
{
	const struct row *row = model_open_row(m);
	const struct facts *f = &m->facts;
	struct area body = area_part(a, 1, 0, a.rows - 1, a.cols);
	struct paper p = {m, body, -f->scroll};
	char room[24];

	(void)view_title(a,
			 f->name != NULL ? f->name
			 : row != NULL   ? model_name(m, row, room)
					 : say(m->language, WORD_FACTS_TITLE),
			 m->focus == PANE_FACTS);
	if (row == NULL && !f->loaded)
		return;
	if (f->loaded)
		person_draw(&p, f);
	else if (f->customer_id[0] == '\0')
		line(&p, 0, say(m->language, WORD_FACTS_NOBODY), LOOK_FAINT);
	if (row != NULL) {
		wish_draw(&p, row);
		holder_draw(&p, row);
	}
	if (!f->loaded)
		return;
	orders_draw(&p, f);
	appointments_draw(&p, f);
	if (f->notes != NULL) {
		section(&p, WORD_FACTS_NOTES);
		line(&p, 1, f->notes, LOOK_PLAIN);
	}
	if (p.row > body.rows)
		(void)area_sign(body, body.rows - 1, body.cols - 1, SIGN_DOWN_MORE, LOOK_FAINT);
}
