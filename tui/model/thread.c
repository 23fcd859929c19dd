/*
 * thread.c - see thread.h.
 */
#include "tui/model/thread.h"

#include "tui/model/row.h"

static void links_clear(struct entry *e)
{
	for (size_t i = 0; i < e->links_n; i++)
		free(e->links[i]);
	free(e->links);
	e->links = NULL;
	e->links_n = 0;
}

static void entry_clear(struct entry *e)
{
	free(e->author_name);
	free(e->body);
	free(e->error_en);
	free(e->error_fr);
	links_clear(e);
}

static void thread_clear(struct thread *t)
{
	for (size_t i = 0; i < t->n; i++)
		entry_clear(&t->at[i]);
	free(t->at);
	free(t->older);
	free(t->partial[0]);
	free(t->partial[1]);
	*t = (struct thread){0};
}

void threads_clear(struct threads *t)
{
	for (size_t i = 0; i < t->n; i++)
		thread_clear(&t->at[i]);
	*t = (struct threads){0};
}

struct thread *threads_find(struct threads *t, const char *id)
{
	for (size_t i = 0; i < t->n; i++) {
		if (strcmp(t->at[i].id, id) == 0)
			return &t->at[i];
	}
	return NULL;
}

struct thread *threads_open(struct threads *t, const char *id)
{
	struct thread *found = threads_find(t, id);

	if (found == NULL && t->n < THREADS_MAX)
		found = &t->at[t->n++];
	if (found == NULL) {
		found = &t->at[0];
		for (size_t i = 1; i < t->n; i++) {
			if (t->at[i].used < found->used)
				found = &t->at[i];
		}
		thread_clear(found);
	}
	if (found->id[0] == '\0') {
		snprintf(found->id, sizeof found->id, "%s", id);
		found->follow = true;
	}
	found->used = ++t->clock;
	return found;
}

/* Where the entry of a position is or belongs. New ones come last, so it is looked for from there.
 */
static size_t place_of(const struct thread *t, int64_t position)
{
	size_t lo = 0, hi = t->n;

	if (t->n > 0 && t->at[t->n - 1].position < position)
		return t->n;
	while (lo < hi) {
		size_t mid = (lo + hi) / 2;

		if (t->at[mid].position < position)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo;
}

struct entry *thread_entry(const struct thread *t, int64_t position)
{
	size_t i = place_of(t, position);

	return i < t->n && t->at[i].position == position ? &t->at[i] : NULL;
}

struct entry *thread_entry_of(const struct thread *t, const char *id)
{
	for (size_t i = t->n; i > 0; i--) {
		if (strcmp(t->at[i - 1].id, id) == 0)
			return &t->at[i - 1];
	}
	return NULL;
}

struct entry *thread_take(struct thread *t, int64_t position, bool *is_new)
{
	size_t i = place_of(t, position);

	t->stamp++;
	*is_new = i == t->n || t->at[i].position != position;
	if (!*is_new)
		return &t->at[i];
	if (t->n == t->cap) {
		t->cap = t->cap == 0 ? 64 : t->cap * 2;
		t->at = xrealloc(t->at, t->cap * sizeof *t->at);
	}
	memmove(t->at + i + 1, t->at + i, (t->n - i) * sizeof *t->at);
	t->n++;
	t->at[i] = (struct entry){.position = position, .body = xstrdup("")};
	return &t->at[i];
}

static void body_set(struct entry *e, const char *body)
{
	free(e->body);
	e->body = xstrdup(body == NULL ? "" : body);
}

void entry_read(struct entry *e, const struct wire_message *m)
{
	memcpy(e->id, m->id, sizeof e->id);
	e->created_at = m->created_at;
	text_set(&e->author_name, m->author_name);
	body_set(e, m->body);
	text_set(&e->error_en, m->error_text_en);
	text_set(&e->error_fr, m->error_text_fr);
	e->error_code = m->error_code;
	e->author = (uint8_t)m->author;
	e->kind = (uint8_t)m->kind;
	e->direction = (uint8_t)m->direction;
	e->status = (uint8_t)m->status;
	e->language = (uint8_t)m->language;
	e->redacted = m->is_redacted;
	links_clear(e);
	e->media_n = e->links_n = m->media_n;
	if (m->media_n > 0)
		e->links = xcalloc(m->media_n, sizeof *e->links);
	for (size_t i = 0; i < m->media_n; i++)
		e->links[i] = xstrdup(m->media[i].url == NULL ? "" : m->media[i].url);
}

void entry_hear(struct entry *e, const struct wire_event *event)
{
	const struct wire_event_message *m = &event->message;

	memcpy(e->id, m->id, sizeof e->id);
	e->created_at = event->created_at;
	text_set(&e->author_name, m->author_name);
	body_set(e, m->body);
	e->author = (uint8_t)m->author;
	e->kind = (uint8_t)m->kind;
	e->direction = event->type == EVENT_MESSAGE_RECEIVED ? DIRECTION_IN : DIRECTION_OUT;
	e->status = (uint8_t)m->status;
	e->language = (uint8_t)m->language;
	e->media_n = m->media_n > 0 ? (size_t)m->media_n : 0;
}
