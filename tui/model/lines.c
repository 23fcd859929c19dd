/*
 * lines.c - see lines.h.
 */
#include "tui/model/lines.h"

#include "tui/draw/text.h"

#define INDENT      2
#define SAME_TALK   (INT64_C(5) * 60 * 1000000) /* one head for what one says within five minutes */
#define LEAST_WIDTH 8

bool delivery_failed(enum delivery d)
{
	return d == DELIVERY_UNDELIVERED || d == DELIVERY_FAILED || d == DELIVERY_UNKNOWN ||
	       d == DELIVERY_HELD || d == DELIVERY_SUPPRESSED || d == DELIVERY_SUPERSEDED ||
	       d == DELIVERY_CANCELED;
}

void lines_clear(struct lines *l)
{
	free(l->at);
	*l = (struct lines){0};
}

struct build {
	struct lines *out;
	const struct thread *t;
	const struct when *when;
	int cols;
	bool plain;
	uint32_t entry;
	int nth;
};

static struct line *line_add(struct build *b, enum line_kind kind, struct str text)
{
	struct lines *l = b->out;

	if (l->n == l->cap) {
		l->cap = l->cap == 0 ? 256 : l->cap * 2;
		l->at = xrealloc(l->at, l->cap * sizeof *l->at);
	}
	l->at[l->n] = (struct line){.kind = kind,
				    .entry = b->entry,
				    .text = text,
				    .nth = (int16_t)b->nth,
				    .first = true};
	if (b->nth < INT16_MAX)
		b->nth++;
	return &l->at[l->n++];
}

static void wrapped_add(struct build *b, enum line_kind kind, struct str text, int indent)
{
	int cols = b->cols - indent;
	bool first = true;

	if (cols < LEAST_WIDTH)
		cols = LEAST_WIDTH;
	do {
		struct str piece = text.n == 0 ? text : text_line(&text, cols, b->plain);

		line_add(b, kind, piece)->first = first;
		first = false;
	} while (text.n > 0);
}

static bool is_aside(const struct entry *e)
{
	return e->kind == KIND_NOTE || e->kind == KIND_WHISPER;
}

/* Does the entry stand under the head of the one before it? */
static bool one_talk(const struct entry *e, const struct entry *before)
{
	const char *a = e->author_name == NULL ? "" : e->author_name;
	const char *b;

	if (before == NULL || before->kind == KIND_MARKER || e->author != before->author ||
	    e->kind != before->kind || is_aside(e) || delivery_failed((enum delivery)e->status) ||
	    delivery_failed((enum delivery)before->status) || e->status != before->status)
		return false;
	b = before->author_name == NULL ? "" : before->author_name;
	return strcmp(a, b) == 0 && e->created_at - before->created_at < SAME_TALK;
}

static void entry_lines(struct build *b, const struct entry *e, bool head)
{
	const char *why =
		b->when->language == LANGUAGE_FR && e->error_fr != NULL ? e->error_fr : e->error_en;

	if (e->kind == KIND_MARKER) {
		wrapped_add(b, LINE_MARKER, str_of(e->body), INDENT);
		return;
	}
	if (head)
		(void)line_add(b, LINE_HEAD, (struct str){0});
	if (e->body[0] != '\0' || e->media_n == 0)
		wrapped_add(b, LINE_BODY, str_of(e->body), INDENT);
	for (size_t i = 0; i < e->links_n; i++)
		wrapped_add(b, LINE_LINK, str_of(e->links[i]), INDENT);
	if (e->links_n < e->media_n)
		(void)line_add(b, LINE_MEDIA, (struct str){0});
	if (delivery_failed((enum delivery)e->status))
		wrapped_add(b, LINE_WHY, str_of(why), INDENT * 2);
}

void lines_build(struct lines *l, const struct thread *t, const struct when *when, int cols,
		 bool plain)
{
	struct build b = {.out = l, .t = t, .when = when, .cols = cols, .plain = plain};
	const struct entry *before = NULL;
	int64_t day = INT64_MIN;

	l->n = 0;
	(void)line_add(&b, LINE_TOP, (struct str){0});
	for (size_t i = 0; i < t->n; i++) {
		const struct entry *e = &t->at[i];
		int64_t its_day = when_day_number(e->created_at);
		bool head;

		b.entry = (uint32_t)i;
		b.nth = 0;
		if (its_day != day) {
			(void)line_add(&b, LINE_DAY, (struct str){0});
			before = NULL;
		}
		day = its_day;
		if (t->mark > 0 && e->position > t->mark &&
		    (i == 0 || t->at[i - 1].position <= t->mark)) {
			(void)line_add(&b, LINE_UNSEEN, (struct str){0});
			before = NULL;
		}
		head = !one_talk(e, before);
		if (head && before != NULL &&
		    !(e->kind == KIND_MARKER && before->kind == KIND_MARKER))
			(void)line_add(&b, LINE_GAP, (struct str){0});
		entry_lines(&b, e, head);
		before = e;
	}
}

size_t lines_top(const struct lines *l, const struct thread *t, int rows)
{
	size_t end = l->n > (size_t)rows ? l->n - (size_t)rows : 0;

	if (t->follow)
		return end;
	for (size_t i = 0; i < l->n; i++) {
		const struct line *at = &l->at[i];
		int64_t position = t->n == 0 ? 0 : t->at[at->entry].position;

		if (position > t->anchor || (position == t->anchor && at->nth >= t->anchor_line &&
					     (at->kind != LINE_TOP || t->anchor_line < 0)))
			return size_min(i, end);
	}
	return end;
}

void lines_anchor(const struct lines *l, struct thread *t, int64_t top, int rows)
{
	int64_t end = (int64_t)l->n - rows;

	if (top < 0)
		top = 0;
	t->follow = top >= end;
	if (t->follow || t->n == 0) {
		t->fresh = 0;
		return;
	}
	t->anchor = t->at[l->at[top].entry].position;
	t->anchor_line = l->at[top].kind == LINE_TOP ? -1 : l->at[top].nth;
}
