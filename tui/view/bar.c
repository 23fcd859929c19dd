/*
 * bar.c - the edges of the screen: the bar on top (where, who, how the line is, what waits), the
 * banner while there is no line, the keys at the foot.
 */
#include "tui/view/view.h"

static const char *link_word(const struct model *m, enum sign *sign)
{
	*sign = SIGN_RING;
	switch (m->link) {
	case LINK_LIVE:
		*sign = SIGN_DOT;
		return say(m->language, m->caught_up ? WORD_LINK_LIVE : WORD_LINK_CATCHING_UP);
	case LINK_LOST: return say(m->language, WORD_LINK_OFFLINE);
	default: return say(m->language, WORD_LINK_CONNECTING);
	}
}

static void count_word(const struct model *m, enum word one, enum word many, size_t n, char out[48])
{
	say_count(out, 48, m->language, one, many, (int64_t)n);
}

/* Puts a piece before column `end`, with the dot between pieces; returns where it begins. */
static int piece_before(struct area a, int end, const char *text)
{
	int used = area_put_right(a, 0, end, -1, str_of(text), LOOK_BAR);

	return end - used - 2;
}

void view_bar(const struct model *m, struct area a)
{
	struct when when = model_when(m);
	char clock[WHEN_TEXT], waiting[48], open[48], left[300];
	const char *role = view_role(m, m->me.role), *line;
	enum sign sign;
	int end = a.cols - 1, used;

	area_ground(a, 0, LOOK_BAR);
	when_clock(&when, model_now_us(m), clock);
	line = link_word(m, &sign);
	count_word(m, WORD_WAITING_ONE, WORD_WAITING_MANY, m->all.tabs[TAB_WAITING].n, waiting);
	count_word(m, WORD_OPEN_ONE, WORD_OPEN_MANY, m->all.tabs[TAB_ALL].n, open);
	end = piece_before(a, end, clock);
	if (a.cols < 60 && m->link == LINK_LIVE && m->caught_up)
		line = ""; /* the dot says it */
	used = area_put_right(a, 0, end, -1, str_of(line), LOOK_BAR);
	used += used > 0;
	(void)area_sign(a, 0, end - used - 1, sign, LOOK_BAR);
	end -= used + 3;
	if (a.cols >= 80)
		end = piece_before(a, end, open);
	end = piece_before(a, end, waiting);
	snprintf(left, sizeof left, "%.120s", m->me.organization == NULL ? "" : m->me.organization);
	used = 1 + area_put_cut(a, 0, 1, end - 1, str_of(left), LOOK_BAR);
	if (end - used < 16 || m->me.name == NULL)
		return;
	used += 1 + area_sign(a, 0, used + 1, SIGN_BETWEEN, LOOK_BAR);
	snprintf(left, sizeof left, role[0] == '\0' ? "%.150s" : "%.150s, %.40s", m->me.name, role);
	(void)area_put_cut(a, 0, used + 1, end - used - 1, str_of(left), LOOK_BAR);
}

void view_banner(const struct model *m, struct area a)
{
	char age[WHEN_TEXT], text[200], retry[80] = "", seconds[24];
	struct when when = model_when(m);
	int used;

	if (m->link != LINK_LOST) {
		(void)area_say(a, 0, 1, say(m->language, WORD_BANNER_CONNECTING), LOOK_FAINT);
		return;
	}
	when_since(&when, model_now_us(m) - (m->mono_ms - m->heard_ms) * 1000, age);
	if (m->mono_ms - m->heard_ms < 60000)
		snprintf(text, sizeof text, "%s", say(m->language, WORD_BANNER_OFFLINE_NOW));
	else
		say_fill(text, sizeof text, say(m->language, WORD_BANNER_OFFLINE), age, NULL, NULL);
	if (m->retry_at_ms > m->mono_ms) {
		snprintf(seconds, sizeof seconds, "%" PRId64,
			 (m->retry_at_ms - m->mono_ms + 999) / 1000);
		say_fill(retry, sizeof retry, say(m->language, WORD_BANNER_RETRY), seconds, NULL,
			 NULL);
	}
	(void)area_say(a, 0, 0, "!", LOOK_BAD);
	used = 2 + area_put_cut(a, 0, 2, -1, str_of(text), LOOK_BAD);
	(void)area_put_cut(a, 0, used + 2, -1, str_of(retry), LOOK_FAINT);
}

/* ---- the foot ---- */

static void going_line(const struct model *m, struct area a, const struct going *g)
{
	uint32_t at = rows_find(&m->all, g->conversation_id);
	char seconds[24], text[400], room[24];
	const char *undo = say(m->language, WORD_ESC_TAKES_BACK);
	const char *name = at != ROW_NONE        ? model_name(m, &m->all.at[at], room)
			   : g->phone[0] != '\0' ? g->phone
						 : "";
	int right, left = (int)((g->at_ms - m->mono_ms + 999) / 1000);

	snprintf(seconds, sizeof seconds, "%d", left < 0 ? 0 : left);
	say_fill(text, sizeof text, say(m->language, WORD_GOES_OUT_IN), seconds, name, g->text);
	right = area_put_right(a, 0, a.cols - 1, a.cols / 2, str_of(undo), LOOK_BAR_KEY);
	(void)area_put_cut(a, 0, 1, a.cols - right - 4, str_of(text), LOOK_URGENT);
}

/* One key and its word; nothing when it does not fit. */
static int key_put(const struct model *m, struct area a, int col, int end, enum action action,
		   unsigned where)
{
	const struct action_entry *e = action_of(action);
	const char *word = say(m->language, e->bar);
	char key[KEY_LABEL];
	int width;

	action_key(action, where, m->language, key);
	width = area_width(a, str_of(key)) + 1 + area_width(a, str_of(word));
	if (col + width > end)
		return 0;
	col += area_put(a, 0, col, -1, str_of(key), LOOK_BAR_KEY) + 1;
	(void)area_put(a, 0, col, -1, str_of(word), LOOK_FAINT);
	return width + 2;
}

static bool shown_in_bar(const struct model *m, enum action a, unsigned where)
{
	char key[KEY_LABEL];
	enum word why;

	if (action_of(a)->bar == WORD_NONE || (action_of(a)->where & where) == 0 ||
	    !model_may(m, a, &why))
		return false;
	action_key(a, where, m->language, key);
	return key[0] != '\0';
}

void view_foot(const struct model *m, struct area a)
{
	unsigned where = model_where(m);
	const struct going *waiting = model_waiting(m);
	int col = 1, end = a.cols - 1;

	if (waiting != NULL && where != IN_HELP) {
		going_line(m, a, waiting);
		return;
	}
	if (m->notice.text[0] != '\0' && where != IN_CONFIRM) {
		(void)area_put_cut(a, 0, 1, end - 1, str_of(m->notice.text), m->notice.look);
		return;
	}
	if (where == IN_CONFIRM)
		return; /* the question says what answers it */
	/* Help keeps its place at the right, whatever else there is room for. */
	if (shown_in_bar(m, ACT_HELP, where)) {
		char key[KEY_LABEL];
		int width;

		action_key(ACT_HELP, where, m->language, key);
		width = area_width(a, str_of(key)) + 1 +
			area_width(a, str_of(say(m->language, WORD_BAR_HELP)));
		(void)key_put(m, a, end - width, end, ACT_HELP, where);
		end -= width + 2;
	}
	for (enum action action = ACT_NOTHING + 1; action < ACTS; action++) {
		if (action != ACT_HELP && shown_in_bar(m, action, where))
			col += key_put(m, a, col, end, action, where);
	}
}

void view_too_small(const struct model *m, struct area a)
{
	char waiting[48];
	const char *text = say(m->language, WORD_TOO_SMALL);
	int row = 0;

	if (m->screen == SCREEN_MAIN) {
		count_word(m, WORD_WAITING_ONE, WORD_WAITING_MANY, m->all.tabs[TAB_WAITING].n,
			   waiting);
		row = area_say(a, 0, 0, waiting, LOOK_URGENT) > 0;
	}
	if (a.cols < 12)
		text = say(m->language, WORD_TOO_SMALL_BRIEF);
	if (a.rows == 1 && row == 1)
		return;
	(void)view_wrapped(a, row, 0, a.rows - row, str_of(text), LOOK_PLAIN);
}
