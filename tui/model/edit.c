/*
 * edit.c - see edit.h.
 */
#include "tui/model/edit.h"

#include "shared/utf8.h"
#include "tui/draw/text.h"

#define LINES_MAX 1700

void edit_clear(struct edit *e)
{
	if (e->text != NULL)
		explicit_bzero(e->text, e->cap);
	free(e->text);
	*e = (struct edit){.limit = e->limit};
}

struct str edit_text(const struct edit *e)
{
	return str_make(e->text == NULL ? "" : e->text, e->n);
}

/* A text that grows is moved by hand: realloc would leave what it held behind, and it may be a
 * password. */
static void room_made(struct edit *e, size_t more)
{
	char *bigger;
	size_t cap = size_max(64, e->cap * 2);

	if (e->n + more + 1 <= e->cap)
		return;
	cap = size_max(cap, e->n + more + 1);
	bigger = xcalloc(1, cap);
	if (e->text != NULL) {
		memcpy(bigger, e->text, e->n);
		explicit_bzero(e->text, e->cap);
	}
	free(e->text);
	e->text = bigger;
	e->cap = cap;
}

static void removed(struct edit *e, size_t from, size_t n)
{
	if (n == 0)
		return;
	memmove(e->text + from, e->text + from + n, e->n - from - n);
	e->n -= n;
	e->text[e->n] = '\0';
	e->at = from;
}

void edit_set(struct edit *e, struct str text)
{
	edit_clear(e);
	(void)edit_put(e, text);
}

bool edit_put(struct edit *e, struct str text)
{
	size_t limit = e->limit == 0 ? EDIT_LIMIT : e->limit;
	size_t have = utf8_count(edit_text(e)), fits = 0;
	bool whole;

	while (fits < text.n && have < limit) {
		uint32_t c;
		size_t n = utf8_next(str_sub(text, fits, text.n), &c);

		fits += n == 0 ? 1 : n;
		have++;
	}
	whole = fits == text.n;
	if (fits == 0)
		return whole;
	room_made(e, fits);
	memmove(e->text + e->at + fits, e->text + e->at, e->n - e->at);
	memcpy(e->text + e->at, text.p, fits);
	e->n += fits;
	e->at += fits;
	e->text[e->n] = '\0';
	return whole;
}

bool edit_put_code(struct edit *e, uint32_t code)
{
	char bytes[4];

	return edit_put(e, str_make(bytes, utf8_put(code, bytes)));
}

/* ---- moving ---- */

static struct str before(const struct edit *e)
{
	return str_make(edit_text(e).p, e->at);
}

static struct str after(const struct edit *e)
{
	return str_make(edit_text(e).p + e->at, e->n - e->at);
}

void edit_left(struct edit *e)
{
	e->at -= text_before(before(e));
}

void edit_right(struct edit *e)
{
	e->at += text_next(after(e));
}

void edit_line_start(struct edit *e)
{
	while (e->at > 0 && e->text[e->at - 1] != '\n')
		e->at--;
}

void edit_line_end(struct edit *e)
{
	while (e->at < e->n && e->text[e->at] != '\n')
		e->at++;
}

size_t edit_lines(const struct edit *e, int cols, bool plain, struct edit_line *out, size_t max,
		  size_t *row, int *col)
{
	struct str all = edit_text(e), rest = all;
	size_t count = 0;

	*row = 0;
	*col = 0;
	do {
		size_t from = (size_t)(rest.p - all.p);
		struct str line = rest.n == 0 ? rest : text_line(&rest, cols, plain);

		if (count < max)
			out[count] = (struct edit_line){from, line.n};
		if (e->at >= from) {
			size_t in_line = size_min(e->at - from, line.n);

			*row = count;
			*col = text_width(str_sub(all, from, in_line), plain);
		}
		count++;
	} while (rest.n > 0);
	if (all.n > 0 && all.p[all.n - 1] == '\n') {
		if (count < max)
			out[count] = (struct edit_line){all.n, 0};
		if (e->at == all.n) {
			*row = count;
			*col = 0;
		}
		count++;
	}
	return count;
}

static bool moved_to_line(struct edit *e, int by, int cols, bool plain)
{
	struct edit_line *lines = xcalloc(LINES_MAX, sizeof *lines);
	size_t row, n;
	int col, width;
	bool there;

	n = size_min(edit_lines(e, cols, plain, lines, LINES_MAX, &row, &col), LINES_MAX);
	there = by < 0 ? row > 0 : row + 1 < n;
	if (there) {
		struct edit_line l = lines[by < 0 ? row - 1 : row + 1];

		e->at = l.from +
			text_fit(str_make(edit_text(e).p + l.from, l.n), col, plain, &width);
	}
	free(lines);
	return there;
}

bool edit_up(struct edit *e, int cols, bool plain)
{
	return moved_to_line(e, -1, cols, plain);
}

bool edit_down(struct edit *e, int cols, bool plain)
{
	return moved_to_line(e, 1, cols, plain);
}

/* ---- taking away ---- */

void edit_rub(struct edit *e)
{
	size_t n = text_before(before(e));

	removed(e, e->at - n, n);
}

void edit_delete(struct edit *e)
{
	removed(e, e->at, text_next(after(e)));
}

void edit_word_wipe(struct edit *e)
{
	size_t from = e->at;

	while (from > 0 && (e->text[from - 1] == ' ' || e->text[from - 1] == '\n'))
		from--;
	while (from > 0 && e->text[from - 1] != ' ' && e->text[from - 1] != '\n')
		from--;
	removed(e, from, e->at - from);
}

void edit_line_wipe(struct edit *e)
{
	size_t end = e->at;

	edit_line_start(e);
	removed(e, e->at, end - e->at);
}
