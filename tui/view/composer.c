/*
 * composer.c - the foot of the thread: who may speak and how to, or the text being written with
 * whom it goes to, by what, in which language and in how many segments.
 */
#include "shared/segments.h"
#include "tui/view/view.h"

#define LINES_MAX 1700

static void to_whom(const struct model *m, char *out, size_t room)
{
	static const enum word words[] = {
		[MODE_NONE] = WORD_TO,      [MODE_REPLY] = WORD_TO,
		[MODE_NOTE] = WORD_NOTE_ON, [MODE_WHISPER] = WORD_WHISPER_ON,
		[MODE_NEW] = WORD_NEW_TO,   [MODE_FORCE] = WORD_FORCE_FROM,
	};
	const struct row *row = model_open_row(m);
	char buffer[24];
	const char *name = m->compose.mode == MODE_NEW
				   ? (m->compose.name != NULL ? m->compose.name : m->compose.phone)
			   : row != NULL ? model_name(m, row, buffer)
					 : "";

	say_fill(out, room, say(m->language, words[m->compose.mode]), name,
		 row == NULL ? NULL : row_staff_name(row), NULL);
}

/* How the text will travel; brief is the same for a narrow pane. */
static void facts_of_text(const struct model *m, bool brief, char *out, size_t room)
{
	const struct row *row = model_open_row(m);
	struct str text = edit_text(&m->compose.edit);
	struct segments s = segments_of(text);
	char segments[40], code[4];

	if (m->compose.mode != MODE_REPLY && m->compose.mode != MODE_NEW) {
		out[0] = '\0';
		return;
	}
	if (row != NULL && m->compose.mode == MODE_REPLY &&
	    row->channel == CHANNEL_VOICE) { /* it is read out */
		snprintf(out, room, "%s, %s", view_channel(m, CHANNEL_VOICE),
			 view_language(m, m->compose.language));
		return;
	}
	say_count(segments, sizeof segments, m->language, WORD_SEGMENTS_ONE, WORD_SEGMENTS_MANY,
		  (int64_t)s.count);
	snprintf(code, sizeof code, "%s", m->compose.language == LANGUAGE_FR ? "FR" : "EN");
	if (brief)
		snprintf(out, room, "%s %s %u seg",
			 view_channel(m, row == NULL ? CHANNEL_SMS : (enum channel)row->channel),
			 code, s.count);
	else
		snprintf(out, room, "%s, %s, %s %s",
			 view_channel(m, row == NULL ? CHANNEL_SMS : (enum channel)row->channel),
			 view_language(m, m->compose.language), segments,
			 sms_encoding_name(s.encoding));
}

static void fresh_text(const struct model *m, char *out, size_t room)
{
	const struct thread *t = model_thread(m);
	char key[KEY_LABEL];

	out[0] = '\0';
	if (t == NULL || t->follow)
		return;
	if (t->fresh > 0) {
		say_count(out, room, m->language, WORD_NEW_BELOW_ONE, WORD_NEW_BELOW_MANY,
			  t->fresh);
		return;
	}
	action_key(ACT_NEWEST, IN_THREAD, m->language, key);
	say_fill(out, room, say(m->language, WORD_SCROLLED), key, NULL, NULL);
}

/* A rule with words in it: whom on the left, what on the right. */
static void rule_draw(const struct model *m, struct area a, const char *left, enum look left_look,
		      const char *right)
{
	char fresh[80];
	int end = a.cols - 1, used;

	area_rule(a, 0, 0, a.cols, SIGN_ACROSS, LOOK_LINE);
	fresh_text(m, fresh, sizeof fresh);
	if (fresh[0] != '\0') {
		used = area_put_right(a, 0, end - 1, -1, str_of(fresh), LOOK_URGENT);
		(void)area_sign(a, 0, end - used - 3, SIGN_DOWN_MORE, LOOK_URGENT);
		(void)area_put(a, 0, end - used - 2, 1, STR_LIT(" "), LOOK_LINE);
		(void)area_put(a, 0, end - used - 4, 1, STR_LIT(" "), LOOK_LINE);
		(void)area_put(a, 0, end - 1, 1, STR_LIT(" "), LOOK_LINE);
		end -= used + 5;
	}
	if (right[0] != '\0') {
		used = area_put_right(a, 0, end - 1, -1, str_of(right), LOOK_FAINT);
		(void)area_put(a, 0, end - used - 2, 1, STR_LIT(" "), LOOK_LINE);
		(void)area_put(a, 0, end - 1, 1, STR_LIT(" "), LOOK_LINE);
		end -= used + 3;
	}
	if (left[0] == '\0')
		return;
	(void)area_put(a, 0, 1, 1, STR_LIT(" "), LOOK_LINE);
	used = area_put_cut(a, 0, 2, end - 4, str_of(left), left_look);
	(void)area_put(a, 0, 2 + used, 1, STR_LIT(" "), LOOK_LINE);
}

/* Nothing is being written: who speaks, and what one can do. */
static enum look idle_text(const struct model *m, const struct row *row, char *out, size_t room)
{
	const struct draft *d = model_row_draft(m, row);
	char reply[KEY_LABEL], back[KEY_LABEL], note[KEY_LABEL], other[KEY_LABEL];

	action_key(ACT_REPLY, IN_THREAD, m->language, reply);
	action_key(ACT_HAND_BACK, IN_THREAD, m->language, back);
	action_key(ACT_NOTE, IN_THREAD, m->language, note);
	action_key(ACT_NEW_TEXT, IN_THREAD, m->language, other);
	if (d != NULL) {
		say_fill(out, room, say(m->language, WORD_IDLE_DRAFT), d->text, NULL, NULL);
		return LOOK_URGENT;
	}
	if (row_is_live(row) && row->holder != HOLDER_STAFF) {
		char take[KEY_LABEL], phone[KEY_LABEL];

		action_key(ACT_TAKE_OVER, IN_THREAD, m->language, take);
		action_key(ACT_BY_PHONE, IN_THREAD, m->language, phone);
		say_fill(out, room, say(m->language, WORD_IDLE_CALL), take, phone, NULL);
		return LOOK_FAINT;
	}
	if (row_is_live(row) && model_is_mine(m, row)) {
		char hold[KEY_LABEL];
		bool in_room = row->call == CALL_CONFERENCE;

		action_key(ACT_HOLD, IN_THREAD, m->language, hold);
		say_fill(out, room,
			 say(m->language, in_room ? WORD_IDLE_CALL_ROOM : WORD_IDLE_CALL_YOU),
			 in_room ? hold : reply, back, NULL);
		return LOOK_FAINT;
	}
	if (row->state == THREAD_CLOSED)
		say_fill(out, room, say(m->language, WORD_IDLE_CLOSED), other, NULL, NULL);
	else if (model_opted_out(m, row))
		snprintf(out, room, "%s", say(m->language, WORD_IDLE_OPTED_OUT));
	else if (row_wants_person(row))
		say_fill(out, room, say(m->language, WORD_IDLE_WAITS), reply, NULL, NULL);
	else if (model_is_mine(m, row))
		say_fill(out, room, say(m->language, WORD_IDLE_YOU), reply, back, NULL);
	else if (row->holder == HOLDER_STAFF)
		say_fill(out, room, say(m->language, WORD_IDLE_COLLEAGUE), view_staff(m, row), note,
			 NULL);
	else
		say_fill(out, room, say(m->language, WORD_IDLE_AGENT), reply, NULL, NULL);
	return LOOK_FAINT;
}

static bool under_way(const struct model *m)
{
	for (size_t i = 0; i < GOING_MAX; i++) {
		const struct going *g = &m->going[i];

		if (g->mode != MODE_NONE && g->wish != 0 && strcmp(g->key, m->compose.key) == 0)
			return true;
	}
	return false;
}

static enum word hint_word(const struct model *m)
{
	if (under_way(m))
		return WORD_SENDING;
	switch (m->compose.mode) {
	case MODE_NOTE: return WORD_HINT_NOTE;
	case MODE_WHISPER: return WORD_HINT_WHISPER;
	case MODE_FORCE: return WORD_HINT_FORCE;
	default: return WORD_HINT_REPLY;
	}
}

static void text_draw(const struct model *m, struct area a)
{
	struct edit_line *lines = xcalloc(LINES_MAX, sizeof *lines);
	struct str text = edit_text(&m->compose.edit);
	struct area words = area_part(a, 0, 2, a.rows, a.cols - 3);
	bool has_keys = m->focus == PANE_THREAD;
	size_t row, n, top = 0;
	int col;

	n = size_min(edit_lines(&m->compose.edit, words.cols < 8 ? 8 : words.cols, m->start.plain,
				lines, LINES_MAX, &row, &col),
		     LINES_MAX);
	if (row >= (size_t)a.rows)
		top = row - (size_t)a.rows + 1;
	(void)area_sign(a, 0, 0, top > 0 ? SIGN_UP_MORE : SIGN_POINTER, LOOK_MINE);
	if (text.n == 0)
		(void)area_say(words, 0, 0, say(m->language, hint_word(m)), LOOK_HINT);
	for (size_t i = top; i < n && i < top + (size_t)a.rows; i++)
		(void)area_put(words, (int)(i - top), 0, -1,
			       str_sub(text, lines[i].from, lines[i].n), LOOK_PLAIN);
	if (n > top + (size_t)a.rows)
		(void)area_sign(a, a.rows - 1, 0, SIGN_DOWN_MORE, LOOK_MINE);
	if (has_keys)
		area_cursor(words, (int)(row - top), col);
	free(lines);
}

void view_composer(const struct model *m, struct area a)
{
	const struct row *row = model_open_row(m);
	char left[300], right[160];
	int room;
	enum look look = LOOK_STRONG;

	if (m->compose.mode == MODE_NONE) {
		left[0] = '\0';
		if (row != NULL)
			look = idle_text(m, row, left, sizeof left);
		rule_draw(m, a, left, look, "");
		return;
	}
	to_whom(m, left, sizeof left);
	facts_of_text(m, false, right, sizeof right);
	room = a.cols - area_width(a, str_of(right)) - 10;
	if (area_width(a, str_of(left)) > room)
		facts_of_text(m, true, right, sizeof right);
	rule_draw(m, a, left,
		  m->compose.mode == MODE_NOTE      ? LOOK_NOTE
		  : m->compose.mode == MODE_WHISPER ? LOOK_WHISPER
						    : LOOK_STRONG,
		  right);
	text_draw(m, area_part(a, 1, 0, a.rows - 1, a.cols));
}
