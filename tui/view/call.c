/*
 * call.c - a live call in the thread's pane: what the caller is connected to and for how long, and
 * what is being said at this moment, dim, below what was said.
 */
#include "tui/view/view.h"

static enum word stage_word(const struct row *row)
{
	switch ((enum call_on)row->call) {
	case CALL_RINGING: return WORD_CALL_RINGS;
	case CALL_TYPING: return WORD_CALL_TYPED;
	case CALL_CONFERENCE: return WORD_CALL_IN_ROOM;
	case CALL_VOICEMAIL: return WORD_CALL_LEAVES_WORD;
	case CALL_NATIVE: return WORD_CALL_IS_NATIVE;
	default: return row->call_blind ? WORD_CALL_IS_NATIVE : WORD_CALL_WITH_AGENT;
	}
}

void view_call(const struct model *m, const struct row *row, bool clock, char *out, size_t room)
{
	int64_t seconds = row->call_at == 0 ? 0 : (model_when(m).now_us - row->call_at) / 1000000;
	size_t n;

	n = (size_t)snprintf(out, room, "%s", say(m->language, stage_word(row)));
	if (row->call_rings && n < room)
		n += (size_t)snprintf(out + n, room - n, ", %s",
				      say(m->language, WORD_CALL_PHONE_RINGS));
	if (row->call_held && n < room)
		n += (size_t)snprintf(out + n, room - n, ", %s",
				      say(m->language, WORD_CALL_ON_HOLD));
	if (row->call_muted && n < room)
		n += (size_t)snprintf(out + n, room - n, ", %s",
				      say(m->language, WORD_CALL_IS_MUTED));
	if (clock && seconds >= 0 && seconds < 24 * 3600 && n < room)
		snprintf(out + n, room - n, "  %d:%02d", (int)(seconds / 60), (int)(seconds % 60));
}

int view_call_rows(const struct row *row, const struct thread *t)
{
	if (row == NULL || t == NULL || !row_is_live(row))
		return 0;
	return (t->partial[0] != NULL) + (t->partial[1] != NULL);
}

/* The end of it matters: what was said before is known already. */
static void partial_draw(const struct model *m, struct area a, int at, const char *who,
			 const char *words)
{
	char head[160];
	struct str shown = str_of(words);
	int used;

	snprintf(head, sizeof head, "%s %s: ", who, say(m->language, WORD_CALL_SAYS));
	used = 1 + area_put_cut(a, at, 1, a.cols / 2, str_of(head), LOOK_FAINT);
	while (area_width(a, shown) > a.cols - used - 1 && shown.n > 0) {
		size_t step = 1;

		while (step < shown.n && ((unsigned char)shown.p[step] & 0xc0) == 0x80)
			step++;
		shown = str_sub(shown, step, shown.n - step);
	}
	(void)area_put(a, at, used, -1, shown, LOOK_FAINT);
}

void view_call_partials(const struct model *m, const struct row *row, const struct thread *t,
			struct area a)
{
	char room[24];
	int at = 0;

	if (t->partial[1] != NULL)
		partial_draw(m, a, at++, model_name(m, row, room), t->partial[1]);
	if (t->partial[0] != NULL)
		partial_draw(m, a, at, say(m->language, WORD_AUTHOR_AGENT), t->partial[0]);
}
