/*
 * help.c - every key, made from the table of actions: first what works where one is, then the rest.
 */
#include "tui/view/view.h"

#define KEYS_WIDTH 18

struct page {
	const struct model *m;
	struct area a;
	int row, cols;
	bool listed[ACTS];
};

/* All keys of an action that work there: "Up, k". */
static void keys_text(const struct page *p, enum action a, unsigned where, char *out, size_t room)
{
	const struct action_entry *e = action_of(a);
	size_t n = 0;

	out[0] = '\0';
	for (size_t i = 0; i < ARRAY_LEN(e->keys) && e->keys[i] != NULL; i++) {
		char label[KEY_LABEL];
		struct key k;

		if (!key_parse(e->keys[i], &k) || ((where & IN_TYPING) != 0 && key_types(k)))
			continue;
		key_label(k, p->m->language, label);
		if (n + strlen(label) + 3 < room)
			n += (size_t)snprintf(out + n, room - n, "%s%s", n == 0 ? "" : ", ", label);
	}
}

/* Counts its lines too where there is nothing to draw on; returns them. */
static int wrapped(struct area a, int row, int cols, const char *text)
{
	struct str rest = str_of(text);
	int used = 0;

	for (; rest.n > 0; used++) {
		struct str line = text_line(&rest, cols, a.g->plain);

		(void)area_put(a, row + used, KEYS_WIDTH, cols, line, LOOK_PLAIN);
	}
	return used;
}

static void section_draw(struct page *p, enum word title, unsigned where)
{
	bool first = true;

	for (enum action a = ACT_NOTHING + 1; a < ACTS; a++) {
		char keys[80];

		if (p->listed[a] || (action_of(a)->where & where) == 0)
			continue;
		keys_text(p, a, where, keys, sizeof keys);
		if (keys[0] == '\0')
			continue;
		if (first) {
			p->row += p->row > 0;
			(void)area_say(p->a, p->row++, 1, say(p->m->language, title), LOOK_TITLE);
			first = false;
		}
		p->listed[a] = true;
		(void)area_put_cut(p->a, p->row, 3, KEYS_WIDTH - 4, str_of(keys), LOOK_BAR_KEY);
		p->row += wrapped(p->a, p->row, p->cols - KEYS_WIDTH - 1,
				  say(p->m->language, action_of(a)->help));
	}
}

void view_help(const struct model *m, struct area a)
{
	struct area body = area_part(a, 1, 0, a.rows - 1, a.cols);
	struct page p = {.m = m, .a = body, .cols = a.cols};
	int length, most;

	/* Twice: to know how long it is, and to draw it. Rows outside the area are not drawn. */
	for (int turn = 0; turn < 2; turn++) {
		unsigned here = model_where_under(m);

		memset(p.listed, 0, sizeof p.listed);
		if (turn == 0)
			p.a = area_part(body, 0, 0, 0, 0);
		section_draw(&p, WORD_HELP_HERE, here);
		section_draw(&p, WORD_HELP_PANES, IN_PANES);
		section_draw(&p, WORD_HELP_WRITING, IN_COMPOSER);
		section_draw(&p, WORD_HELP_FINDING, IN_FIND);
		length = p.row;
		most = length > body.rows ? length - body.rows : 0;
		p.a = body;
		p.row = -(m->help_scroll < most ? m->help_scroll : most);
	}
	(void)view_title(a, say(m->language, WORD_HELP_TITLE), true);
	if (m->help_scroll < most)
		(void)area_put_right(a, 0, a.cols - 1, a.cols / 2,
				     str_of(say(m->language, WORD_HELP_MORE_BELOW)), LOOK_FAINT);
}
