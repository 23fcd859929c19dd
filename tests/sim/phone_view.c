/*
 * phone_view.c - see phone_view.h.
 *
 *   Bici Downtown  +1 416 555-0001               +1 514 555-0199
 *   connected 0:12  Bici Downtown                                    while there is one
 *   | We are open until 18:00 today.
 *     12:03
 *                                       and on Sunday? |           a text
 *                                     12:04 delivered
 *   : How can I help you?                                           spoken
 *     12:05 on the phone
 *   ---------------------------------------------- 145/1
 *   > what about
 */
#include "tests/sim/phone_view.h"

#include "tests/sim/phone_call.h"
#include "tests/sim/segments.h"

#define ROWS_MIN 4
#define COLS_MIN 16
#define ROWS_BAR 6 /* a smaller window shows its call in place of the title */

static const char *says(const struct phone *p, enum sim_word w)
{
	return sim_says(w, p->french);
}

static void title_draw(const struct phone *p, struct sim_cells *g)
{
	const struct phone_store *s = p->store < p->stores_n ? &p->stores[p->store] : NULL;
	char number[24] = "", mine[24], left[128];
	int right;

	sim_cells_fill(g, 0, 0, g->cols, ' ', SIM_TITLE);
	if (s != NULL)
		phone_text(str_of(s->number), number);
	phone_text(str_of(p->number), mine);
	if (s == NULL)
		snprintf(left, sizeof left, "%s", says(p, SIM_SAYS_NO_STORE));
	else if (s->name[0] == '\0' || strcmp(s->name, s->number) == 0)
		snprintf(left, sizeof left, "%s", number);
	else
		snprintf(left, sizeof left, "%s  %s", s->name, number);
	right = (int)strlen(mine);
	if (right + 20 > g->cols)
		right = 0;
	(void)sim_cells_put(g, 0, 1, g->cols - right - 3, str_of(left), SIM_TITLE);
	if (right > 0)
		(void)sim_cells_put(g, 0, g->cols - right - 1, right, str_of(mine), SIM_TITLE);
}

/* ---- the call ---- */

static const char *store_name(const struct phone *p, const char *number, char text[24])
{
	for (size_t i = 0; i < p->stores_n; i++) {
		if (strcmp(p->stores[i].number, number) == 0 && p->stores[i].name[0] != '\0')
			return p->stores[i].name;
	}
	phone_text(str_of(number), text);
	return text;
}

static enum sim_word why_ended(const struct phone_call *c)
{
	bool answered = c->answered_us > 0;

	if (c->left)
		return c->incoming && !answered ? SIM_SAYS_WHY_DECLINED : SIM_SAYS_WHY_WE_LEFT;
	if (c->incoming && !answered)
		return SIM_SAYS_WHY_MISSED;
	switch (c->state) {
	case PHONE_CALL_BUSY: return SIM_SAYS_WHY_BUSY;
	case PHONE_CALL_FAILED: return SIM_SAYS_WHY_FAILED;
	case PHONE_CALL_NO_ANSWER:
	case PHONE_CALL_CANCELED: return SIM_SAYS_WHY_NO_ANSWER;
	default: return SIM_SAYS_WHY_THEY_LEFT;
	}
}

/* "connected 0:12", "ended 0:42, the store hung up". */
static void call_words(const struct phone *p, const struct phone_call *c, char out[80])
{
	int s = phone_call_seconds(p, c);

	if (c->state == PHONE_CALL_CONNECTED)
		snprintf(out, 80, "%s %d:%02d", says(p, SIM_SAYS_CALL_CONNECTED), s / 60, s % 60);
	else if (!phone_call_is_over(c))
		snprintf(out, 80, "%s",
			 says(p, c->incoming ? SIM_SAYS_CALL_INCOMING : SIM_SAYS_CALL_RINGING));
	else if (c->answered_us > 0)
		snprintf(out, 80, "%s %d:%02d, %s", says(p, SIM_SAYS_CALL_ENDED), s / 60, s % 60,
			 says(p, why_ended(c)));
	else
		snprintf(out, 80, "%s, %s", says(p, SIM_SAYS_CALL_ENDED), says(p, why_ended(c)));
}

/* The one that the bar tells of, NULL if none: what rings here before what is on. */
static const struct phone_call *call_shown(struct phone *p)
{
	const struct phone_call *c = phone_call_ringing(p);

	if (c == NULL)
		c = phone_call_on(p);
	return c == NULL ? phone_call_ended(p) : c;
}

static void call_draw(struct phone *p, struct sim_cells *g, int row)
{
	const struct phone_call *c = call_shown(p);
	char words[80], text[24];
	int used;

	if (c == NULL)
		return;
	call_words(p, c, words);
	sim_cells_fill(g, row, 0, g->cols, ' ', SIM_WARN);
	used = sim_cells_put(g, row, 1, g->cols - 2, str_of(words), SIM_WARN);
	(void)sim_cells_put(g, row, 3 + used, g->cols - used - 4,
			    str_of(store_name(p, c->store, text)), SIM_WARN);
}

/* ---- bubbles: laid out from the newest upwards, so that only what shows is drawn ---- */

static const char *state_word(const struct phone *p, const struct phone_text *t, bool *warns)
{
	static const struct {
		const char *state;
		enum sim_word word;
		bool warns;
	} words[] = {{"sent", SIM_SAYS_ST_SENT, false},
		     {"delivered", SIM_SAYS_ST_DELIVERED, false},
		     {"unanswered", SIM_SAYS_ST_UNANSWERED, true}};

	*warns = false;
	if (t->carrier)
		return says(p, SIM_SAYS_CARRIER);
	if (!t->mine)
		return "";
	for (size_t i = 0; i < ARRAY_LEN(words); i++) {
		if (strcmp(t->state, words[i].state) == 0) {
			*warns = words[i].warns;
			return says(p, words[i].word);
		}
	}
	return t->state;
}

/* What is under a bubble of a call: "on the phone, cut off", "keys pressed". */
static void spoken_words(const struct phone *p, const struct phone_text *t, char out[80])
{
	const char *what = says(p, t->kind == PHONE_PRESSED ? SIM_SAYS_PRESSED : SIM_SAYS_SPOKEN);

	snprintf(out, 80, "%s%s%s%s%s", what, t->who[0] == '\0' ? "" : ", ", t->who,
		 t->cut ? ", " : "", t->cut ? says(p, SIM_SAYS_CUT) : "");
}

static void meta_draw(const struct phone *p, const struct phone_text *t, struct sim_cells *g,
		      int row)
{
	time_t at = (time_t)(t->at_us / 1000000);
	char text[100], clock[8] = "", spoken[80];
	bool warns;
	const char *state = state_word(p, t, &warns);
	struct tm tm;
	int width;

	if (t->at_us > 0 && localtime_r(&at, &tm) != NULL)
		strftime(clock, sizeof clock, "%H:%M", &tm);
	if (t->kind != PHONE_TEXTED) {
		spoken_words(p, t, spoken);
		state = spoken;
	}
	snprintf(text, sizeof text, "%s%s%s", clock, state[0] == '\0' ? "" : " ", state);
	width = sim_cells_width(g, str_of(text), g->cols, NULL);
	(void)sim_cells_put(g, row, t->mine ? g->cols - width - 3 : 2, width, str_of(text),
			    warns ? SIM_WARN : SIM_FAINT);
}

static int bubble_width(const struct sim_cells *g)
{
	int width = g->cols < 50 ? g->cols - 6 : g->cols * 3 / 4;

	return width > 72 ? 72 : width;
}

/* What the bubble says: its text, or how many pictures it holds before it. */
static void bubble_text(const struct phone *p, const struct phone_text *t, struct buf *out)
{
	for (unsigned i = 0; i < t->media_n; i++)
		buf_printf(out, "[%s]%s", says(p, SIM_SAYS_PHOTO),
			   i + 1 < t->media_n || t->body[0] != '\0' ? " " : "");
	buf_add_cstr(out, t->body);
	if (t->cut)
		buf_add_cstr(out, "...");
}

static int lines_count(const struct sim_cells *g, struct str text, int cols)
{
	int n = 0;

	do {
		(void)sim_line_next(g, &text, cols);
		n++;
	} while (text.n > 0);
	return n;
}

/* The bar beside a bubble: whole for a text, broken for what is spoken. */
static uint32_t edge_of(const struct phone *p, const struct phone_text *t)
{
	if (t->kind == PHONE_TEXTED)
		return p->ascii ? '|' : 0x2590;
	return p->ascii ? ':' : 0x250a;
}

/* Draws the bubble whose last line (the one with the time) stands at `bottom`; returns its height.
 * Rows outside [top, last] are left alone. */
static int bubble_draw(const struct phone *p, const struct phone_text *t, struct sim_cells *g,
		       int top, int last, int bottom)
{
	enum sim_style style = t->mine ? SIM_MINE : SIM_THEIRS;
	struct buf text = {.limit = 64 * 1024};
	int cols = bubble_width(g), lines, row;
	struct str rest;

	bubble_text(p, t, &text);
	rest = buf_str(&text);
	lines = lines_count(g, rest, cols);
	row = bottom - lines;
	for (int i = 0; i < lines; i++, row++) {
		struct str line = sim_line_next(g, &rest, cols);
		int width = sim_cells_width(g, line, cols, NULL);
		int col = t->mine ? g->cols - width - 3 : 2;

		if (row < top || row > last)
			continue;
		(void)sim_cells_put(g, row, col, width, line, style);
		sim_cells_fill(g, row, t->mine ? g->cols - 2 : 0, 1, edge_of(p, t), style);
	}
	if (bottom >= top && bottom <= last)
		meta_draw(p, t, g, bottom);
	buf_clear(&text);
	return lines + 1;
}

/* What happened in a call, in the middle; returns its height. */
static int note_draw(const struct phone *p, const struct phone_text *t, struct sim_cells *g,
		     int top, int last, int bottom)
{
	struct buf text = {.limit = 64 * 1024};
	int cols = g->cols - 6, lines, row;
	struct str rest;

	buf_printf(&text, "- %s%s%s -", t->kind == PHONE_PLAYED ? says(p, SIM_SAYS_SOUND) : "",
		   t->kind == PHONE_PLAYED ? " " : "", sim_note_says(t->body, p->french));
	rest = buf_str(&text);
	lines = lines_count(g, rest, cols);
	row = bottom - lines + 1;
	for (int i = 0; i < lines; i++, row++) {
		struct str line = sim_line_next(g, &rest, cols);
		int width = sim_cells_width(g, line, cols, NULL);

		if (row >= top && row <= last)
			(void)sim_cells_put(g, row, (g->cols - width) / 2, width, line, SIM_FAINT);
	}
	buf_clear(&text);
	return lines;
}

/* An agent that was interrupted before its first word has said nothing. */
static bool shown(const struct phone *p, const struct phone_text *t)
{
	return strcmp(t->store, phone_store_number(p)) == 0 &&
	       (t->kind != PHONE_SPOKEN || t->body[0] != '\0');
}

static void texts_draw(struct phone *p, struct sim_cells *g, int top, int last)
{
	int bottom = last + p->scroll, height = 0;

	for (size_t i = p->texts_n; i > 0; i--) {
		const struct phone_text *t = &p->texts[i - 1];
		bool note = t->kind == PHONE_NOTED || t->kind == PHONE_PLAYED;

		if (!shown(p, t))
			continue;
		height += (note ? note_draw : bubble_draw)(p, t, g, top, last, bottom - height);
	}
	p->scroll_max = height > last - top + 1 ? height - (last - top + 1) : 0;
	if (height == 0)
		(void)sim_cells_put(g, top, 2, g->cols - 3, str_of(says(p, SIM_SAYS_EMPTY)),
				    SIM_FAINT);
}

/* ---- the foot ---- */

static enum sim_word keys_word(struct phone *p)
{
	const struct phone_call *c = phone_call_on(p);

	if (phone_call_ringing(p) != NULL)
		return SIM_SAYS_KEYS_RINGING;
	if (c == NULL)
		return SIM_SAYS_KEYS;
	return c->state == PHONE_CALL_CONNECTED ? SIM_SAYS_KEYS_TALKING : SIM_SAYS_KEYS_CALLING;
}

static void rule_draw(struct phone *p, struct sim_cells *g, int row)
{
	struct sim_segments parts;
	struct str notice = str_of(p->notice);
	enum sim_style style = p->notice_warns ? SIM_WARN : SIM_FAINT;
	char count[80] = "";
	int width, used;

	sim_segments_count(str_make(p->input, p->input_n), &parts);
	if (phone_call_on(p) == NULL) /* what is spoken has no parts */
		snprintf(count, sizeof count, "%u/%u", parts.left, parts.count);
	width = sim_cells_width(g, str_of(count), g->cols, NULL);
	sim_cells_fill(g, row, 0, g->cols, p->ascii ? '-' : 0x2500, SIM_FAINT);
	if (p->link != PHONE_UP) {
		notice = str_of(
			says(p, p->link == PHONE_DOWN ? SIM_SAYS_LINK_DOWN : SIM_SAYS_CONNECTING));
		style = SIM_WARN;
	} else if (notice.n == 0) {
		notice = str_of(says(p, keys_word(p)));
	}
	used = sim_cells_put(g, row, 2, g->cols - width - 6, notice, style);
	sim_cells_fill(g, row, 1, 1, ' ', SIM_FAINT);
	sim_cells_fill(g, row, 2 + used, 1, ' ', SIM_FAINT);
	if (width == 0)
		return;
	sim_cells_fill(g, row, g->cols - width - 3, width + 2, ' ', SIM_FAINT);
	(void)sim_cells_put(g, row, g->cols - width - 2, width, str_of(count), SIM_FAINT);
}

/* The part of the input that shows: it moves so that the cursor is in it. */
static void input_draw(const struct phone *p, struct sim_cells *g, int row)
{
	struct str before = str_make(p->input, p->cursor);
	int room = g->cols - 3, width;

	while (sim_cells_width(g, before, 1 << 20, NULL) > room - 1) {
		size_t n = 1;

		while (n < before.n && ((unsigned char)before.p[n] & 0xc0) == 0x80)
			n++;
		before = str_sub(before, n, before.n);
	}
	(void)sim_cells_put(g, row, 0, 2, STR_LIT("> "), SIM_FAINT);
	width = sim_cells_width(g, before, room, NULL);
	(void)sim_cells_put(g, row, 2, room,
			    str_make(before.p, (size_t)(p->input + p->input_n - before.p)),
			    SIM_INPUT);
	g->cursor_row = row;
	g->cursor_col = 2 + width;
}

/* From help_top on; the last line says that there is more. */
static void help_draw(struct phone *p, struct sim_cells *g)
{
	struct str rest = str_of(says(p, SIM_SAYS_HELP_TEXT));
	int lines = lines_count(g, rest, g->cols - 2), row = 2 - p->help_top;

	p->help_max = lines > g->rows - 2 ? lines - (g->rows - 2) : 0;
	for (; rest.n > 0; row++) {
		struct str line = sim_line_next(g, &rest, g->cols - 2);

		if (row >= 2 && row < g->rows)
			(void)sim_cells_put(g, row, 1, g->cols - 2, line, SIM_PLAIN);
	}
	(void)sim_cells_put(g, 0, 1, g->cols - 2, str_of(says(p, SIM_SAYS_HELP_TITLE)), SIM_TITLE);
	if (p->help_top < p->help_max)
		(void)sim_cells_put(g, 0, g->cols - 5, 5, STR_LIT("PgDn"), SIM_FAINT);
}

void phone_draw(struct phone *p, struct sim_cells *g)
{
	bool bar;

	sim_cells_wipe(g);
	if (g->rows < ROWS_MIN || g->cols < COLS_MIN) {
		(void)sim_cells_put(g, 0, 0, g->cols, str_of(says(p, SIM_SAYS_TOO_SMALL)),
				    SIM_WARN);
		return;
	}
	if (p->help) {
		help_draw(p, g);
		return;
	}
	bar = call_shown(p) != NULL && g->rows >= ROWS_BAR;
	texts_draw(p, g, bar ? 2 : 1, g->rows - 3);
	title_draw(p, g);
	call_draw(p, g, bar ? 1 : 0);
	rule_draw(p, g, g->rows - 2);
	input_draw(p, g, g->rows - 1);
}
