/*
 * thread.c - what was said: heads with who, when and how it travelled, the words below, and what
 * happened between them.
 */
#include "shared/phone.h"
#include "tui/model/lines.h"
#include "tui/view/view.h"

/* Room on the left of the words, and on the right of everything. */
#define INDENT 2

static void title_draw(const struct model *m, const struct row *row, struct area a)
{
	struct when when = model_when(m);
	char room[24], number[24] = "", state[200], since[WHEN_TEXT];
	const char *name = model_name(m, row, room);
	bool focused = m->focus == PANE_THREAD;
	enum look look;
	int used, right;

	(void)view_letter(m, row, &look);
	if (row_is_live(row)) {
		view_call(m, row, true, state, sizeof state);
	} else if (a.cols < 56) {
		view_holder(m, row, state, sizeof state);
	} else if (row->state == THREAD_CLOSED) {
		when_full(&when, row->closed_at, since);
		say_fill(state, sizeof state, say(m->language, WORD_TITLE_CLOSED), since, NULL,
			 NULL);
	} else if (row_wants_person(row)) {
		when_since(&when, row_waits_since(row), since);
		say_fill(state, sizeof state, say(m->language, WORD_TITLE_WAITS), since, NULL,
			 NULL);
	} else if (row->holder == HOLDER_STAFF && !model_is_mine(m, row)) {
		say_fill(state, sizeof state, say(m->language, WORD_TITLE_COLLEAGUE),
			 view_staff(m, row), NULL, NULL);
	} else {
		snprintf(state, sizeof state, "%s",
			 say(m->language,
			     row->holder == HOLDER_STAFF ? WORD_TITLE_YOU : WORD_TITLE_AGENT));
	}
	right = area_put_right(a, 0, a.cols - 1, a.cols / 2, str_of(state),
			       look == LOOK_BAD ? LOOK_FAINT : look);
	used = view_title(area_part(a, 0, 0, 1, a.cols - right - 3), name, focused);
	if (row_text(row, ROW_NAME) != NULL && row_text(row, ROW_PEER) != NULL) {
		if (phone_valid(str_of(row_text(row, ROW_PEER))))
			phone_text(str_of(row_text(row, ROW_PEER)), number);
		if (number[0] != '\0' && used + (int)strlen(number) + right + 6 < a.cols)
			used += 2 + area_put(a, 0, used + 2, -1, str_of(number), LOOK_FAINT);
	}
	if (row->language != LANGUAGE_UNKNOWN) {
		const char *language = view_language(m, (enum language)row->language);

		if (used + area_width(a, str_of(language)) + right + 6 < a.cols)
			(void)area_put(a, 0, used + 2, -1, str_of(language), LOOK_FAINT);
	}
}

/* A text in the middle of a rule. */
static void ruled(struct area a, int row, const char *text, enum look look)
{
	int width = area_width(a, str_of(text)), from = (a.cols - width - 2) / 2;

	area_rule(a, row, 1, a.cols - 2, SIGN_ACROSS, LOOK_LINE);
	if (from < 1 || width == 0)
		from = 1;
	if (width == 0)
		return;
	(void)area_put(a, row, from, 1, STR_LIT(" "), LOOK_LINE);
	width = area_put_cut(a, row, from + 1, a.cols - from - 3, str_of(text), look);
	(void)area_put(a, row, from + 1 + width, 1, STR_LIT(" "), LOOK_LINE);
}

static enum look author_look(const struct model *m, const struct entry *e)
{
	if (e->kind == KIND_NOTE)
		return LOOK_NOTE;
	if (e->kind == KIND_WHISPER)
		return LOOK_WHISPER;
	switch (e->author) {
	case AUTHOR_CUSTOMER: return LOOK_CUSTOMER;
	case AUTHOR_STAFF:
		return e->author_name != NULL && m->me.name != NULL &&
				       strcmp(e->author_name, m->me.name) == 0
			       ? LOOK_MINE
			       : LOOK_STAFF;
	default: return LOOK_AGENT;
	}
}

static const char *author_name(const struct model *m, const struct entry *e, const struct row *row,
			       char room[24])
{
	if (e->author == AUTHOR_CUSTOMER)
		return row != NULL ? model_name(m, row, room)
				   : say(m->language, WORD_AUTHOR_CUSTOMER);
	if (e->author == AUTHOR_STAFF)
		return e->author_name != NULL ? e->author_name
					      : say(m->language, WORD_AUTHOR_STAFF);
	if (e->author == AUTHOR_AGENT)
		return say(m->language, WORD_AUTHOR_AGENT);
	if (e->kind != KIND_TEXT)
		return say(m->language, WORD_AUTHOR_SERVICE);
	return say(m->language, row != NULL && row->channel == CHANNEL_VOICE ? WORD_AUTHOR_VOICE
									     : WORD_AUTHOR_SYSTEM);
}

static enum word status_word(enum delivery d)
{
	switch (d) {
	case DELIVERY_QUEUED:
	case DELIVERY_ACCEPTED:
	case DELIVERY_SCHEDULED: return WORD_STATUS_QUEUED;
	case DELIVERY_SENDING: return WORD_STATUS_SENDING;
	case DELIVERY_SENT: return WORD_STATUS_SENT;
	case DELIVERY_DELIVERED: return WORD_STATUS_DELIVERED;
	case DELIVERY_READ: return WORD_STATUS_READ;
	case DELIVERY_UNDELIVERED: return WORD_STATUS_UNDELIVERED;
	case DELIVERY_FAILED: return WORD_STATUS_FAILED;
	case DELIVERY_UNKNOWN: return WORD_STATUS_UNKNOWN;
	case DELIVERY_SUPERSEDED: return WORD_STATUS_SUPERSEDED;
	case DELIVERY_SUPPRESSED: return WORD_STATUS_SUPPRESSED;
	case DELIVERY_HELD: return WORD_STATUS_HELD;
	case DELIVERY_CANCELED: return WORD_STATUS_CANCELED;
	default: return WORD_NONE;
	}
}

/* The same of a line in a call. */
static enum word spoken_word(enum delivery d)
{
	switch (d) {
	case DELIVERY_QUEUED: return WORD_SPOKEN_QUEUED;
	case DELIVERY_SENDING: return WORD_SPOKEN_SENDING;
	case DELIVERY_DELIVERED: return WORD_SPOKEN_DELIVERED;
	case DELIVERY_SUPERSEDED: return WORD_SPOKEN_SUPERSEDED;
	default: return status_word(d);
	}
}

static const char *kind_word(const struct model *m, const struct entry *e)
{
	if (e->redacted)
		return say(m->language, WORD_REDACTED);
	return say(m->language, e->kind == KIND_NOTE      ? WORD_KIND_NOTE
				: e->kind == KIND_WHISPER ? WORD_KIND_WHISPER
				: e->kind == KIND_KEYWORD ? WORD_KIND_KEYWORD
							  : WORD_NONE);
}

static void head_draw(const struct model *m, const struct entry *e, struct area a, int row)
{
	struct when when = model_when(m);
	enum delivery d = (enum delivery)e->status;
	const struct row *open = model_open_row(m);
	bool spoken = open != NULL && open->channel == CHANNEL_VOICE;
	enum word said = spoken ? spoken_word(d) : status_word(d);
	const char *status = e->direction == DIRECTION_OUT ? say(m->language, said) : "";
	const char *kind = kind_word(m, e);
	char clock[WHEN_TEXT], room[24];
	int end = a.cols - 1, used;

	when_clock(&when, e->created_at, clock);
	end -= area_put_right(a, row, end, -1, str_of(clock), LOOK_FAINT) + 2;
	if (status[0] != '\0')
		end -= area_put_right(a, row, end, end - 8, str_of(status),
				      delivery_failed(d) ? LOOK_BAD : LOOK_FAINT) +
		       2;
	used = 1 + area_put_cut(a, row, 1, end - 1, str_of(author_name(m, e, open, room)),
				author_look(m, e));
	if (kind[0] != '\0' && end - used > 6)
		(void)area_put_cut(a, row, used + 1, end - used - 1, str_of(kind), LOOK_FAINT);
}

static enum word why_word(enum delivery d)
{
	switch (d) {
	case DELIVERY_HELD: return WORD_WHY_HELD;
	case DELIVERY_SUPERSEDED: return WORD_WHY_SUPERSEDED;
	case DELIVERY_SUPPRESSED: return WORD_WHY_SUPPRESSED;
	case DELIVERY_UNKNOWN: return WORD_WHY_UNKNOWN;
	default: return WORD_NONE;
	}
}

static void why_draw(const struct model *m, const struct entry *e, const struct line *l,
		     struct area a, int row)
{
	char code[24], text[120];
	int used = 0;

	if (l->text.n > 0 || !l->first) {
		(void)area_put(a, row, 1 + INDENT, -1, l->text, LOOK_BAD);
		return;
	}
	used = area_say(a, row, 1 + INDENT, say(m->language, why_word((enum delivery)e->status)),
			LOOK_BAD);
	if (e->error_code != 0 && used == 0) {
		snprintf(code, sizeof code, "%" PRId64, e->error_code);
		say_fill(text, sizeof text, say(m->language, WORD_WHY_CODE), code, NULL, NULL);
		(void)area_say(a, row, 1 + INDENT, text, LOOK_BAD);
	}
}

static void top_draw(const struct model *m, const struct thread *t, struct area a, int row)
{
	enum word w = t->older_asked     ? WORD_THREAD_LOADING
		      : t->older != NULL ? WORD_THREAD_OLDER
					 : WORD_THREAD_BEGINS;
	const char *text = say(m->language, w);

	(void)area_put_cut(a, row, (a.cols - area_width(a, str_of(text))) / 2, -1, str_of(text),
			   LOOK_FAINT);
}

/* What the service calls it, and how staff read it; {2} is what follows. */
static const struct {
	const char *words;
	enum word word;
} markers[] = {
	{"took over from ", WORD_MARKER_TOOK_FROM},
	{"took over", WORD_MARKER_TOOK_OVER},
	{"handed back", WORD_MARKER_HANDED_BACK},
	{"closed", WORD_MARKER_CLOSED},
	{"is being called", WORD_MARKER_CALLED},
	{"is calling ", WORD_MARKER_CALLING},
	{"declined the call", WORD_MARKER_DECLINED},
	{"was busy", WORD_MARKER_BUSY},
	{"was not there (voicemail)", WORD_MARKER_MACHINE},
	{"did not answer", WORD_MARKER_NO_ANSWER},
	{"could not be called", WORD_MARKER_NOT_CALLED},
	{"is not called any more", WORD_MARKER_WITHDRAWN},
	{"left the call", WORD_MARKER_LEFT},
	{"hung up", WORD_MARKER_HUNG_UP},
	{"sent to voicemail", WORD_MARKER_VOICEMAIL},
	{"promised a call back", WORD_MARKER_CALL_BACK},
};

/* "Marie took over   14:05": who, what, when, in the language of the screen. What the table does
 * not know stands as it came. */
static void marker_draw(const struct model *m, const struct entry *e, const struct line *l,
			struct area a, int row)
{
	struct when when = model_when(m);
	char text[400], at[40];
	struct str shown = l->text;

	for (size_t i = 0; i < ARRAY_LEN(markers) && l->first && e->author_name != NULL; i++) {
		size_t n = strlen(markers[i].words);

		if (strncmp(e->body, markers[i].words, n) != 0 ||
		    (e->body[n] != '\0' && markers[i].words[n - 1] != ' '))
			continue;
		say_fill(text, sizeof text, say(m->language, markers[i].word), e->author_name,
			 e->body + n, NULL);
		shown = str_of(text);
		break;
	}
	if (l->first)
		(void)area_sign(a, row, 1, SIGN_BETWEEN, LOOK_MARKER);
	(void)area_put_cut(a, row, 1 + INDENT, a.cols - 1 - INDENT - 1, shown, LOOK_MARKER);
	if (l->first && area_width(a, shown) + 1 + INDENT + 10 < a.cols) {
		when_clock(&when, e->created_at, at);
		(void)area_put_right(a, row, a.cols - 1, -1, str_of(at), LOOK_FAINT);
	}
}

static void line_draw(const struct model *m, const struct thread *t, const struct line *l,
		      struct area a, int row)
{
	static const struct entry nothing = {0};
	const struct entry *e = t->n == 0 ? &nothing : &t->at[l->entry];
	bool aside = e->kind == KIND_NOTE || e->kind == KIND_WHISPER;
	struct when when = model_when(m);
	char text[120];

	if (aside && l->kind != LINE_GAP && l->kind != LINE_DAY && l->kind != LINE_UNSEEN)
		(void)area_sign(a, row, 0, SIGN_BAR, author_look(m, e));
	switch (l->kind) {
	case LINE_GAP: break;
	case LINE_TOP: top_draw(m, t, a, row); break;
	case LINE_DAY:
		when_day(&when, e->created_at, text);
		ruled(a, row, text, LOOK_FAINT);
		break;
	case LINE_UNSEEN: ruled(a, row, say(m->language, WORD_THREAD_UNSEEN), LOOK_URGENT); break;
	case LINE_HEAD: head_draw(m, e, a, row); break;
	case LINE_BODY:
		(void)area_put(a, row, 1 + INDENT, -1, l->text,
			       aside ? author_look(m, e) : LOOK_PLAIN);
		break;
	case LINE_LINK: (void)area_put(a, row, 1 + INDENT, -1, l->text, LOOK_ADDRESS); break;
	case LINE_MEDIA:
		say_count(text, sizeof text, m->language, WORD_PICTURES_ONE, WORD_PICTURES_MANY,
			  (int64_t)e->media_n);
		(void)area_say(a, row, 1 + INDENT, text, LOOK_FAINT);
		break;
	case LINE_WHY: why_draw(m, e, l, a, row); break;
	case LINE_MARKER: marker_draw(m, e, l, a, row); break;
	}
}

void view_thread(const struct model *m, struct area a)
{
	const struct row *row = model_open_row(m);
	const struct thread *t = model_thread(m);
	struct area words = area_part(a, 1, 0, a.rows - 1, a.cols);
	struct when when = model_when(m);
	struct lines lines = {0};
	enum word w = m->link == LINK_LIVE ? WORD_THREAD_LOADING : WORD_THREAD_OFFLINE;
	int spoken = view_call_rows(row, t);
	size_t top;

	if (row != NULL)
		title_draw(m, row, a);
	else
		(void)view_title(a, "", m->focus == PANE_THREAD);
	if (t == NULL || (!t->loaded && t->n == 0)) {
		if (m->compose.mode != MODE_NEW)
			(void)area_say(words, 1, 1 + INDENT,
				       say(m->language, t == NULL ? WORD_THREAD_NONE : w),
				       LOOK_FAINT);
		return;
	}
	if (spoken > 0 && words.rows > spoken + 2) {
		view_call_partials(m, row, t,
				   area_part(words, words.rows - spoken, 0, spoken, words.cols));
		words = area_part(words, 0, 0, words.rows - spoken, words.cols);
	}
	lines_build(&lines, t, &when, words.cols - 2, m->start.plain);
	top = lines_top(&lines, t, words.rows);
	for (int i = 0; i < words.rows && top + (size_t)i < lines.n; i++)
		line_draw(m, t, &lines.at[top + (size_t)i], words, i);
	lines_clear(&lines);
}
